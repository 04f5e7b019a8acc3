/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-record.h"

#include "fetch/fetch-error.h"
#include "fetch/fetch-secrets.h"
#include "fetch/fetch-visible-text.h"

/**
 * morsel_record_free:
 * @self: (nullable) (transfer full): a record; %NULL where one has been taken out of an
 *   array
 */
void
morsel_record_free (MorselRecord *self)
{
  if (self == NULL)
    return;

  g_free (self->address);
  g_clear_pointer (&self->request, fetch_request_free);
  g_clear_pointer (&self->result, fetch_result_unref);
  g_clear_error (&self->error);
  g_free (self);
}

/**
 * morsel_record_hide_secrets:
 * @self: a record
 * @keeps_tokens: whether tokens in its address and in redirects stay
 *
 * Takes the secrets out of it, for a file that others may read.
 *
 * May be called from any thread that has the record.
 */
void
morsel_record_hide_secrets (MorselRecord *self, gboolean keeps_tokens)
{
  g_autofree char *address = g_steal_pointer (&self->address);
  g_autoptr (FetchResult) result = g_steal_pointer (&self->result);
  g_autoptr (FetchRequest) request = g_steal_pointer (&self->request);
  g_autoptr (GError) error = g_steal_pointer (&self->error);

  self->address = keeps_tokens ? fetch_secrets_hide_user (address)
                               : fetch_secrets_hide_in_address (address);
  if (result != NULL)
    self->result = keeps_tokens ? fetch_result_keeping_tokens (result, request)
                                : fetch_result_without_secrets (result, request);
  if (error != NULL)
    self->error = fetch_error_without_secrets (error, request);
  if (request != NULL)
    self->request = keeps_tokens ? fetch_request_copy_keeping_tokens (request)
                                 : fetch_request_copy_without_secrets (request);
}

/**
 * morsel_record_to_variant:
 * @self: a record without secrets
 *
 * May be called from any thread that has the record.
 *
 * Returns: (transfer floating): a value of the type %MORSEL_RECORD_VARIANT_TYPE
 */
GVariant *
morsel_record_to_variant (MorselRecord *self)
{
  GVariant *request = NULL;
  GVariant *result = NULL;
  GVariant *error = NULL;

  if (self->request != NULL)
    request = fetch_request_to_variant (self->request);
  if (self->result != NULL)
    result = fetch_result_to_variant (self->result);
  if (self->error != NULL)
    error = g_variant_new ("(y^ay)",
                           self->error->domain == FETCH_ERROR ? self->error->code
                                                              : FETCH_ERROR_FAILED,
                           self->error->message);

  return g_variant_new (
      "(^ayx@*@*@*)", self->address, self->begun,
      g_variant_new_maybe (G_VARIANT_TYPE (FETCH_REQUEST_VARIANT_TYPE), request),
      g_variant_new_maybe (G_VARIANT_TYPE (FETCH_RESULT_VARIANT_TYPE), result),
      g_variant_new_maybe (G_VARIANT_TYPE ("(yay)"), error));
}

static GVariant *
get_maybe (GVariant *parent, gsize position)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (parent, position);

  return g_variant_get_maybe (child);
}

/* What was found is worth something without it, too. */
static void
read_request (MorselRecord *self, GVariant *variant)
{
  g_autoptr (GVariant) request = get_maybe (variant, 2);

  if (request != NULL)
    self->request = fetch_request_new_from_variant (request);
}

static gboolean
read_result (MorselRecord *self, GVariant *variant)
{
  g_autoptr (GVariant) result = get_maybe (variant, 3);

  if (result == NULL)
    return TRUE;

  self->result = fetch_result_new_from_variant (result);

  return self->result != NULL;
}

static gboolean
read_error (MorselRecord *self, GVariant *variant)
{
  g_autoptr (GVariant) error = get_maybe (variant, 4);
  g_autofree char *visible = NULL;
  const char      *message;
  guint8           code;

  if (error == NULL)
    return TRUE;

  g_variant_get (error, "(y^&ay)", &code, &message);
  visible = fetch_visible_text (message, -1);
  self->error = g_error_new_literal (FETCH_ERROR, MIN (code, FETCH_ERROR_FAILED),
                                     visible);

  return code <= FETCH_ERROR_FAILED;
}

/**
 * morsel_record_new_from_variant:
 * @variant: a value of the type %MORSEL_RECORD_VARIANT_TYPE, in normal form
 *
 * Makes a record of what was kept, which may have been damaged since.
 *
 * May be called from any thread.
 *
 * Returns: (transfer full) (nullable): the record of a fetch that has ended; %NULL if it
 *   could be none
 */
MorselRecord *
morsel_record_new_from_variant (GVariant *variant)
{
  g_autoptr (MorselRecord) self = g_new0 (MorselRecord, 1);
  const char *address;

  g_return_val_if_fail (
      g_variant_is_of_type (variant, G_VARIANT_TYPE (MORSEL_RECORD_VARIANT_TYPE)), NULL);

  g_variant_get_child (variant, 0, "^&ay", &address);
  g_variant_get_child (variant, 1, "x", &self->begun);
  self->address = fetch_visible_line (address);
  read_request (self, variant);
  if (!read_result (self, variant) || !read_error (self, variant))
    return NULL;

  /* Without an error, there was an answer. */
  if (self->error == NULL &&
      (self->result == NULL || fetch_result_get_status_line (self->result) == NULL))
    return NULL;

  return g_steal_pointer (&self);
}
