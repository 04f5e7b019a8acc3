/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-error.h"

typedef struct
{
  FetchResult *result;
} FetchErrorPrivate;

static void
fetch_error_private_init (FetchErrorPrivate *priv G_GNUC_UNUSED)
{
}

static void
fetch_error_private_copy (const FetchErrorPrivate *source, FetchErrorPrivate *target)
{
  if (source->result != NULL)
    target->result = fetch_result_ref (source->result);
}

static void
fetch_error_private_clear (FetchErrorPrivate *priv)
{
  g_clear_pointer (&priv->result, fetch_result_unref);
}

G_DEFINE_EXTENDED_ERROR (FetchError, fetch_error)

/**
 * fetch_error_new:
 * @code: why it failed
 * @message: a sentence for the one who asked
 * @result: (nullable) (transfer none): what was learned before it failed
 *
 * May be called from any thread.
 *
 * Returns: (transfer full): a new error
 */
GError *
fetch_error_new (FetchError code, const char *message, FetchResult *result)
{
  GError *error = g_error_new_literal (FETCH_ERROR, code, message);

  if (result != NULL)
    fetch_error_get_private (error)->result = fetch_result_ref (result);

  return error;
}

/**
 * fetch_error_get_result:
 * @error: an error
 *
 * Gets what was learned before a fetch failed: the first bytes of a body that was cut
 * off, say. It came with the error through the background call, which hands errors over
 * whole.
 *
 * May be called from any thread.
 *
 * Returns: (transfer none) (nullable): the partial result; %NULL if there is none, or the
 *   error is of another domain
 */
FetchResult *
fetch_error_get_result (const GError *error)
{
  if (error == NULL || error->domain != FETCH_ERROR)
    return NULL;

  return fetch_error_get_private (error)->result;
}
