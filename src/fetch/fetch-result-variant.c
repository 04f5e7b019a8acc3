/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-result-private.h"
#include "fetch/fetch-tls-private.h"
#include "fetch/fetch-variant-private.h"

#include <string.h>

/* A result as it is kept in a file. What comes back may have been damaged since, or made
 * up: it is as good as what comes from the network. */

/* In microseconds. Longer than anything takes, and short enough to be added up. */
#define LONGEST (G_TIME_SPAN_DAY * 365)

/* The byte of the ending has that of the decoding in its upper half. That is 0 in what
 * was kept by versions that had no such note, so that it can be read as it is. */
#define ENDING_BITS 4
#define ENDING_MASK 0xf

/* All that a result may have. The first is none. */
static const char *const http_versions[] = { NULL, "HTTP/1.0", "HTTP/1.1", "HTTP/2",
                                             "HTTP/3" };

static guint8
number_of_http_version (const char *version)
{
  for (guint8 i = 1; i < G_N_ELEMENTS (http_versions); i++)
    if (g_strcmp0 (version, http_versions[i]) == 0)
      return i;

  return 0;
}

static GVariant *
variant_of_hops (FetchResult *self)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ayayaay)"));

  for (guint i = 0; i < fetch_result_get_n_hops (self); i++)
    {
      FetchHop hop = fetch_result_get_hop (self, i);

      g_variant_builder_add (&builder, "(^ay^ay^aay)", hop.url, hop.status_line,
                             hop.fields);
    }

  return g_variant_builder_end (&builder);
}

static GVariant *
variant_of_tls (const FetchTls *tls)
{
  if (tls == NULL)
    return NULL;

  return g_variant_new (
      "(@may@may@may@may^aayxx)", fetch_variant_of_string (tls->version),
      fetch_variant_of_string (tls->cipher), fetch_variant_of_string (tls->subject),
      fetch_variant_of_string (tls->issuer), tls->names, tls->valid_from, tls->expires);
}

/**
 * fetch_result_to_variant:
 * @self: a result
 *
 * Makes a copy that can be written to a file. Take the secrets out before, with
 * [func@fetch_result_without_secrets].
 *
 * May be called from any thread.
 *
 * Returns: (transfer floating): a value of the type %FETCH_RESULT_VARIANT_TYPE
 */
GVariant *
fetch_result_to_variant (FetchResult *self)
{
  const FetchTimeline *timeline;

  g_return_val_if_fail (self != NULL, NULL);

  timeline = &self->timeline;

  return g_variant_new (
      "(^ayi@may@ayttxybuu@mayy@may@a(ayayaay)(xxxxxx)@m(maymaymaymayaayxx))", self->url,
      self->status, fetch_variant_of_string (self->content_type),
      g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, self->first_bytes, TRUE),
      self->size, self->size_on_wire, self->full_size,
      self->ending | self->decoding_note << ENDING_BITS, self->is_fallback,
      self->n_redirects, self->n_attempts, fetch_variant_of_string (self->remote_address),
      number_of_http_version (self->http_version),
      fetch_variant_of_string (self->saved_path), variant_of_hops (self),
      timeline->queued, timeline->name, timeline->connect, timeline->tls, timeline->wait,
      timeline->receive,
      g_variant_new_maybe (G_VARIANT_TYPE ("(maymaymaymayaayxx)"),
                           variant_of_tls (self->tls)));
}

static char *
dup_bytestring (GVariant *parent, gsize position)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (parent, position);

  return g_variant_dup_bytestring (child, NULL);
}

/* A copy, so that it does not keep all the others in memory. */
static GBytes *
copy_bytes (GVariant *parent, gsize position)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (parent, position);

  return g_bytes_new (g_variant_get_data (child), g_variant_get_size (child));
}

static gboolean
read_facts (FetchResult *self, GVariant *variant)
{
  guint8 ending, http_version;

  self->url = dup_bytestring (variant, 0);
  g_variant_get_child (variant, 1, "i", &self->status);
  self->content_type = fetch_variant_dup_string (variant, 2);
  self->first_bytes = copy_bytes (variant, 3);
  g_variant_get_child (variant, 4, "t", &self->size);
  g_variant_get_child (variant, 5, "t", &self->size_on_wire);
  g_variant_get_child (variant, 6, "x", &self->full_size);
  g_variant_get_child (variant, 7, "y", &ending);
  g_variant_get_child (variant, 8, "b", &self->is_fallback);
  g_variant_get_child (variant, 9, "u", &self->n_redirects);
  g_variant_get_child (variant, 10, "u", &self->n_attempts);
  self->remote_address = fetch_variant_dup_string (variant, 11);
  g_variant_get_child (variant, 12, "y", &http_version);
  self->saved_path = fetch_variant_dup_string (variant, 13);
  if ((ending & ENDING_MASK) > FETCH_ENDING_FAILED ||
      ending >> ENDING_BITS > FETCH_DECODING_NOTE_PART ||
      http_version >= G_N_ELEMENTS (http_versions) || self->status < 0 ||
      self->status > 999 || self->full_size < -1)
    return FALSE;

  self->ending = ending & ENDING_MASK;
  self->decoding_note = ending >> ENDING_BITS;
  self->http_version = http_versions[http_version];

  return TRUE;
}

static void
read_hops (FetchResult *self, GVariant *variant)
{
  g_autoptr (GVariant) hops = g_variant_get_child_value (variant, 14);
  gsize n_hops = g_variant_n_children (hops);

  if (n_hops > 0)
    self->hops = fetch_hops_new ();
  for (gsize i = 0; i < n_hops; i++)
    {
      g_autoptr (GVariant) hop = g_variant_get_child_value (hops, i);
      g_autoptr (GVariant) fields = g_variant_get_child_value (hop, 2);
      g_autofree const char **texts = g_variant_get_bytestring_array (fields, NULL);
      g_autofree char        *url = dup_bytestring (hop, 0);
      g_autofree char        *status_line = dup_bytestring (hop, 1);

      fetch_hops_add (self->hops, url, status_line, strlen (status_line));
      for (gsize k = 0; texts[k] != NULL; k++)
        fetch_hops_add_field (self->hops, texts[k], strlen (texts[k]));
    }
}

static gboolean
read_timeline (FetchResult *self, GVariant *variant)
{
  gint64 times[6];

  g_variant_get_child (variant, 15, "(xxxxxx)", &times[0], &times[1], &times[2],
                       &times[3], &times[4], &times[5]);
  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    if (times[i] < 0 || times[i] > LONGEST)
      return FALSE;

  self->timeline = (FetchTimeline){ times[0], times[1], times[2],
                                    times[3], times[4], times[5] };

  return TRUE;
}

static void
read_tls (FetchResult *self, GVariant *variant)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (variant, 16);
  g_autoptr (GVariant) tls = g_variant_get_maybe (child);
  g_autoptr (GVariant) names = NULL;

  if (tls == NULL)
    return;

  names = g_variant_get_child_value (tls, 4);
  self->tls = g_new0 (FetchTls, 1);
  self->tls->version = fetch_variant_dup_string (tls, 0);
  self->tls->cipher = fetch_variant_dup_string (tls, 1);
  self->tls->subject = fetch_variant_dup_string (tls, 2);
  self->tls->issuer = fetch_variant_dup_string (tls, 3);
  self->tls->names = g_variant_dup_bytestring_array (names, NULL);
  g_variant_get_child (tls, 5, "x", &self->tls->valid_from);
  g_variant_get_child (tls, 6, "x", &self->tls->expires);
}

/**
 * fetch_result_new_from_variant:
 * @variant: a value of the type %FETCH_RESULT_VARIANT_TYPE, in normal form
 *
 * Makes a result of what was kept, which may have been damaged since.
 *
 * May be called from any thread.
 *
 * Returns: (transfer full) (nullable): a result; %NULL if it could be none
 */
FetchResult *
fetch_result_new_from_variant (GVariant *variant)
{
  g_autoptr (FetchResult) self = NULL;

  g_return_val_if_fail (
      g_variant_is_of_type (variant, G_VARIANT_TYPE (FETCH_RESULT_VARIANT_TYPE)), NULL);

  self = fetch_result_new (NULL);
  if (!read_facts (self, variant) || !read_timeline (self, variant))
    return NULL;

  read_hops (self, variant);
  /* It is not kept by itself: it follows from what is. */
  self->redirect_url = fetch_result_find_redirect_url (self);
  read_tls (self, variant);

  return g_steal_pointer (&self);
}
