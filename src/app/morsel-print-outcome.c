/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-print-outcome.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/morsel-json.h"
#include "app/morsel-words-for-duration.h"
#include "app/morsel-words-for-error.h"
#include "fetch/fetch-error.h"
#include "fetch/fetch-preview.h"
#include "fetch/fetch-secrets.h"
#include "fetch/fetch-status.h"
#include "fetch/fetch-visible-text.h"

/* What `morsel --print` says of one fetch. It may end in a log or in a file that others
 * read: there are no secrets in it, as in what the window exports. */

/* The buffer is used again: it belongs to the main thread, as standard output does. */
static gboolean
print_as_json (FILE         *stream,
               const char   *address,
               FetchResult  *result,
               const GError *error)
{
  static GString *json;

  if (json == NULL)
    json = g_string_new (NULL);
  g_string_truncate (json, 0);
  morsel_json_append (json, address, result, error);
  g_string_append_c (json, '\n');

  /* JSON is UTF-8, whatever the locale is. */
  return fwrite (json->str, 1, json->len, stream) == json->len;
}

/* What the locale can't show is written as an escape. */
static gboolean
print_text (FILE *stream, const char *text)
{
  const char      *charset;
  g_autofree char *converted = NULL;

  if (!g_get_console_charset (&charset))
    converted = g_convert_with_fallback (text, -1, charset, "UTF-8", NULL, NULL, NULL,
                                         NULL);

  return fputs (converted != NULL ? converted : text, stream) != EOF;
}

/* How much has come, and of how much, where that is not all. */
static char *
words_for_size (FetchResult *result)
{
  FetchEnding      ending = fetch_result_get_ending (result);
  gint64           full_size = fetch_result_get_full_size (result);
  g_autofree char *size = g_format_size (fetch_result_get_size (result));
  g_autofree char *full = NULL;

  if (ending == FETCH_ENDING_COMPLETE)
    return g_steal_pointer (&size);

  if (full_size > 0 && (guint64) full_size > fetch_result_get_size (result))
    full = g_format_size (full_size);

  if (ending == FETCH_ENDING_TOO_LARGE && full != NULL)
    return g_strdup_printf (
        /* Translators: both are sizes, such as “1.2 kB”. */
        _ ("%s of %s, stopped as it is too large"), size, full);
  if (ending == FETCH_ENDING_TOO_LARGE)
    return g_strdup_printf (
        /* Translators: %s is a size, such as “1.2 kB”. */
        _ ("%s, stopped as it is too large"), size);
  if (full != NULL)
    /* Translators: how much of a page has come: both are sizes, such as “1.2 kB”. */
    return g_strdup_printf (_ ("%s of %s"), size, full);
  if (ending == FETCH_ENDING_FAILED)
    return g_strdup_printf (
        /* Translators: %s is a size, such as “1.2 kB”. */
        _ ("%s, not to the end"), size);

  return g_strdup_printf (
      /* Translators: %s is a size, such as “1.2 kB”. */
      _ ("the first %s, of how much is not known"), size);
}

static gboolean
print_response (FILE *stream, FetchResult *result, const char *explanation)
{
  g_autoptr (FetchPreview) preview = fetch_preview_new_for_result (result);
  const char      *type = fetch_result_get_content_type (result);
  g_autofree char *status = fetch_visible_line (fetch_result_get_status_line (result));
  g_autofree char *visible_type = fetch_visible_line (type != NULL ? type : "");
  g_autofree char *size = words_for_size (result);
  g_autofree char *duration = morsel_words_for_duration (
      fetch_result_get_duration (result));
  g_autofree char *visible_url = fetch_visible_line (fetch_result_get_url (result));
  g_autofree char *facts = g_strconcat (
      visible_url, "\n", status, " · ", visible_type, type != NULL ? " · " : "", size,
      " · ", duration, "\n", explanation, explanation[0] ? "\n" : "", NULL);
  g_autofree char *text = NULL;

  /* Where the body goes to standard output, it is there already. */
  if (stream != stdout)
    return print_text (stream, facts);

  text = g_strconcat (facts, "\n", fetch_preview_get_text (preview), "\n\n", NULL);

  return print_text (stream, text);
}

/* A response that is no success is told on standard error, if the exit status tells it,
 * too, and else with the response. */
static gboolean
print_as_text (FILE         *stream,
               const char   *address,
               FetchResult  *result,
               const GError *error)
{
  g_autofree char *visible_address = fetch_visible_line (address);
  g_autofree char *explanation = NULL;
  gboolean is_failure = morsel_print_get_exit_status (result, error) != EXIT_SUCCESS;

  if (result != NULL)
    explanation = fetch_status_explain_result (result);

  if (error != NULL)
    g_printerr ("morsel: %s: %s\n", visible_address, morsel_words_for_error (error));
  else if (is_failure && explanation != NULL)
    g_printerr ("morsel: %s: %s\n", visible_address, explanation);

  if (result == NULL || fetch_result_get_status_line (result) == NULL)
    return TRUE;

  return print_response (stream, result,
                         !is_failure && explanation != NULL ? explanation : "");
}

/**
 * morsel_print_outcome:
 * @stream: where to print; not standard output if the body is written there
 * @address: what was asked for, as it was given
 * @request: (nullable): how it was asked for; %NULL if it is no address
 * @result: (nullable): what was found
 * @error: (nullable): what went wrong
 * @as_json: whether to print one JSON object on a line
 *
 * Prints what came of a fetch. What is no JSON, and went wrong, goes to standard error.
 *
 * Returns: %FALSE, with errno set, if it could not be written
 */
gboolean
morsel_print_outcome (FILE         *stream,
                      const char   *address,
                      FetchRequest *request,
                      FetchResult  *result,
                      const GError *error,
                      gboolean      as_json)
{
  /* Programs find by it what they have asked for: a token stays in it. */
  g_autofree char *harmless_address = as_json ? fetch_secrets_hide_user (address)
                                              : fetch_secrets_hide_in_address (address);
  g_autoptr (FetchResult)
      harmless = result != NULL ? fetch_result_without_secrets (result, request) : NULL;
  g_autoptr (GError) harmless_error = error != NULL
                                          ? fetch_error_without_secrets (error, request)
                                          : NULL;

  return as_json ? print_as_json (stream, harmless_address, harmless, harmless_error)
                 : print_as_text (stream, harmless_address, harmless, harmless_error);
}

/**
 * morsel_print_get_exit_status:
 * @result: (nullable): what was found
 * @error: (nullable): what went wrong
 *
 * The codes of libcurl are finer than those of [enum@FetchError], so they come first.
 *
 * Returns: what curl says in such a case, as scripts may know it
 */
int
morsel_print_get_exit_status (FetchResult *result, const GError *error)
{
  static const int statuses[] = {
    [FETCH_ERROR_BAD_ADDRESS] = 3,    [FETCH_ERROR_NAME_NOT_FOUND] = 6,
    [FETCH_ERROR_CANNOT_CONNECT] = 7, [FETCH_ERROR_TLS] = 60,
    [FETCH_ERROR_TIMED_OUT] = 28,     [FETCH_ERROR_CLOSED] = 52,
    [FETCH_ERROR_CUT_OFF] = 18,       [FETCH_ERROR_BAD_REDIRECT] = 47,
    [FETCH_ERROR_BAD_ANSWER] = 8,     [FETCH_ERROR_TOO_LARGE] = 63,
    [FETCH_ERROR_BAD_SETTING] = 2,    [FETCH_ERROR_FILE_EXISTS] = 23,
    [FETCH_ERROR_CANNOT_SAVE] = 23,   [FETCH_ERROR_CANCELLED] = 42,
    [FETCH_ERROR_FAILED] = 1,
  };
  const int not_found = 22;
  int       curl_code = fetch_error_get_curl_code (error);

  if (error == NULL)
    return result != NULL && fetch_result_get_status (result) >= 400 ? not_found
                                                                     : EXIT_SUCCESS;

  if (curl_code != 0)
    return curl_code;

  return error->domain == FETCH_ERROR ? statuses[error->code] : EXIT_FAILURE;
}
