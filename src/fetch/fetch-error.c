/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-error.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  FetchResult *result;
  int          curl_code;
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
  target->curl_code = source->curl_code;
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
 * fetch_error_set_curl_code:
 * @error: an error of %FETCH_ERROR
 * @curl_code: a CURLcode; 0 for none
 *
 * Notes what libcurl says of it, which is finer than the codes of %FETCH_ERROR.
 */
void
fetch_error_set_curl_code (GError *error, int curl_code)
{
  g_return_if_fail (error != NULL && error->domain == FETCH_ERROR);

  fetch_error_get_private (error)->curl_code = curl_code;
}

/**
 * fetch_error_get_curl_code:
 * @error: an error
 *
 * Gets what libcurl says of it, for scripts that know the exit statuses of curl. It is
 * not part of what is kept in a file.
 *
 * Returns: a CURLcode; 0 if the error was not found by libcurl, or is of another domain
 */
int
fetch_error_get_curl_code (const GError *error)
{
  if (error == NULL || error->domain != FETCH_ERROR)
    return 0;

  return fetch_error_get_private (error)->curl_code;
}

/**
 * fetch_error_new_for_result:
 * @result: what a fetch has returned
 *
 * Tells why a fetch that did not fail has not brought all that was asked for: its body
 * is larger than the request allows. Previews are shown nevertheless; for a program that
 * wants the whole body, it is an error.
 *
 * Thread-safe.
 *
 * Returns: (transfer full) (nullable): an error; %NULL if there is none
 */
GError *
fetch_error_new_for_result (FetchResult *result)
{
  g_autofree char *size = NULL;
  g_autofree char *message = NULL;

  if (fetch_result_get_ending (result) != FETCH_ENDING_TOO_LARGE)
    return NULL;

  size = g_format_size (fetch_result_get_size (result));
  message = g_strdup_printf (
      /* Translators: %s is a size, such as “1.2 GB”. */
      _ ("The body is too large. Receiving stopped after %s."), size);

  return fetch_error_new (FETCH_ERROR_TOO_LARGE, message, result);
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
