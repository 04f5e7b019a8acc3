/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-json.h"

#include "app/morsel-json-writer.h"
#include "fetch/fetch-error.h"
#include "fetch/fetch-preview.h"
#include "fetch/fetch-status.h"

/* What `morsel --print --json` prints of a fetch. The members are promised in the README:
 * more may come, and these stay. */

static void
add_timeline (MorselJsonWriter *writer, const FetchTimeline *timeline)
{
  morsel_json_writer_begin_object (writer, "timeline_us");
  morsel_json_writer_add_number (writer, "queued", timeline->queued);
  morsel_json_writer_add_number (writer, "name", timeline->name);
  morsel_json_writer_add_number (writer, "connect", timeline->connect);
  morsel_json_writer_add_number (writer, "tls", timeline->tls);
  morsel_json_writer_add_number (writer, "wait", timeline->wait);
  morsel_json_writer_add_number (writer, "receive", timeline->receive);
  morsel_json_writer_end_object (writer);
}

static void
add_tls (MorselJsonWriter *writer, const FetchTls *tls)
{
  if (tls == NULL)
    {
      morsel_json_writer_add_null (writer, "tls");
      return;
    }

  morsel_json_writer_begin_object (writer, "tls");
  morsel_json_writer_add_text (writer, "version", tls->version);
  morsel_json_writer_add_text (writer, "cipher", tls->cipher);
  morsel_json_writer_add_text (writer, "subject", tls->subject);
  morsel_json_writer_add_text (writer, "issuer", tls->issuer);
  morsel_json_writer_add_texts (writer, "names", (const char *const *) tls->names);
  morsel_json_writer_add_number (writer, "valid_from", tls->valid_from);
  morsel_json_writer_add_number (writer, "expires", tls->expires);
  morsel_json_writer_end_object (writer);
}

static void
add_hops (MorselJsonWriter *writer, FetchResult *result)
{
  morsel_json_writer_begin_array (writer, "hops");
  for (guint i = 0; i < fetch_result_get_n_hops (result); i++)
    {
      FetchHop hop = fetch_result_get_hop (result, i);

      morsel_json_writer_begin_object (writer, NULL);
      morsel_json_writer_add_text (writer, "url", hop.url);
      morsel_json_writer_add_number (writer, "status", hop.status);
      morsel_json_writer_add_text (writer, "status_line", hop.status_line);
      morsel_json_writer_add_texts (writer, "headers", hop.fields);
      morsel_json_writer_end_object (writer);
    }
  morsel_json_writer_end_array (writer);
}

/* Short names of what is no error, and yet worth knowing. */
static void
add_notes (MorselJsonWriter *writer, FetchResult *result)
{
  static const char *const notes[] = {
    [FETCH_DECODING_NOTE_TRAILING_DATA] = "trailing-data",
    [FETCH_DECODING_NOTE_UNKNOWN_CODING] = "unknown-coding",
    [FETCH_DECODING_NOTE_PART] = "undecoded-part",
  };
  FetchDecodingNote note = fetch_result_get_decoding_note (result);
  const char *const texts[] = {
    note != FETCH_DECODING_NOTE_NONE ? notes[note] : NULL,
    NULL,
  };

  morsel_json_writer_add_texts (writer, "notes", texts);
}

static void
add_withheld_fields (MorselJsonWriter *writer, FetchResult *result)
{
  static const char *const none[] = { NULL };
  const char *const       *names = fetch_result_get_withheld_fields (result);

  morsel_json_writer_add_texts (writer, "withheld_fields", names != NULL ? names : none);
}

static void
add_result (MorselJsonWriter *writer, FetchResult *result)
{
  static const char *const kinds[] = { "empty", "text", "binary" };
  static const char *const endings[] = {
    [FETCH_ENDING_COMPLETE] = "complete", [FETCH_ENDING_RANGE] = "range",
    [FETCH_ENDING_STOPPED] = "stopped",   [FETCH_ENDING_TOO_LARGE] = "too-large",
    [FETCH_ENDING_FAILED] = "failed",
  };
  g_autoptr (FetchPreview) preview = fetch_preview_new_for_result (result);
  g_autofree char *explanation = fetch_status_explain_result (result);
  g_autofree char *codings = fetch_result_dup_content_codings (result);

  morsel_json_writer_add_text (writer, "url", fetch_result_get_url (result));
  morsel_json_writer_add_number (writer, "status", fetch_result_get_status (result));
  morsel_json_writer_add_text (writer, "status_line",
                               fetch_result_get_status_line (result));
  morsel_json_writer_add_text (writer, "explanation", explanation);
  morsel_json_writer_add_text (writer, "content_type",
                               fetch_result_get_content_type (result));
  morsel_json_writer_add_size (writer, "size", fetch_result_get_size (result));
  morsel_json_writer_add_size (writer, "size_on_wire",
                               fetch_result_get_size_on_wire (result));
  morsel_json_writer_add_number (writer, "full_size",
                                 fetch_result_get_full_size (result));
  morsel_json_writer_add_text (writer, "ending",
                               endings[fetch_result_get_ending (result)]);
  morsel_json_writer_add_boolean (writer, "is_complete",
                                  fetch_result_is_complete (result));
  morsel_json_writer_add_text (writer, "content_coding", codings);
  add_notes (writer, result);
  morsel_json_writer_add_text (writer, "redirect_url",
                               fetch_result_get_redirect_url (result));
  add_withheld_fields (writer, result);
  morsel_json_writer_add_number (writer, "redirects",
                                 fetch_result_get_n_redirects (result));
  morsel_json_writer_add_number (writer, "attempts",
                                 fetch_result_get_n_attempts (result));
  morsel_json_writer_add_text (writer, "http_version",
                               fetch_result_get_http_version (result));
  morsel_json_writer_add_text (writer, "remote_address",
                               fetch_result_get_remote_address (result));
  morsel_json_writer_add_text (writer, "saved_path",
                               fetch_result_get_saved_path (result));
  morsel_json_writer_add_number (writer, "duration_us",
                                 fetch_result_get_duration (result));
  add_timeline (writer, fetch_result_get_timeline (result));
  add_tls (writer, fetch_result_get_tls (result));
  add_hops (writer, result);
  morsel_json_writer_add_text (writer, "sniffed_type",
                               fetch_result_get_sniffed_type (result));
  morsel_json_writer_add_text (writer, "kind", kinds[fetch_preview_get_kind (preview)]);
  morsel_json_writer_add_text (writer, "charset", fetch_preview_get_charset (preview));
  morsel_json_writer_add_text (writer, "preview", fetch_preview_get_text (preview));
  morsel_json_writer_add_base64 (writer, "first_bytes_base64",
                                 fetch_result_get_first_bytes (result));
}

static const char *
name_of_error (const GError *error)
{
  static const char *const names[] = {
    [FETCH_ERROR_BAD_ADDRESS] = "bad-address",
    [FETCH_ERROR_NAME_NOT_FOUND] = "name-not-found",
    [FETCH_ERROR_CANNOT_CONNECT] = "cannot-connect",
    [FETCH_ERROR_TLS] = "tls",
    [FETCH_ERROR_TIMED_OUT] = "timed-out",
    [FETCH_ERROR_CLOSED] = "closed",
    [FETCH_ERROR_CUT_OFF] = "cut-off",
    [FETCH_ERROR_BAD_REDIRECT] = "bad-redirect",
    [FETCH_ERROR_BAD_ANSWER] = "bad-answer",
    [FETCH_ERROR_TOO_LARGE] = "too-large",
    [FETCH_ERROR_BAD_SETTING] = "bad-setting",
    [FETCH_ERROR_FILE_EXISTS] = "file-exists",
    [FETCH_ERROR_CANNOT_SAVE] = "cannot-save",
    [FETCH_ERROR_CANCELLED] = "cancelled",
    [FETCH_ERROR_FAILED] = "failed",
  };

  return error->domain == FETCH_ERROR ? names[error->code] : "failed";
}

/**
 * morsel_json_append:
 * @json: the text to append to
 * @address: what was asked for, as it was given
 * @result: (nullable): what was found
 * @error: (nullable): what went wrong
 *
 * Appends a JSON object on one line, without the line end: UTF-8 that a terminal does not
 * obey.
 *
 * May be called from any thread that has @json.
 */
void
morsel_json_append (GString      *json,
                    const char   *address,
                    FetchResult  *result,
                    const GError *error)
{
  g_autoptr (GError) own_error = NULL;
  MorselJsonWriter writer;

  if (error == NULL && result != NULL)
    error = own_error = fetch_error_new_for_result (result);

  morsel_json_writer_init (&writer, json);
  morsel_json_writer_begin_object (&writer, NULL);
  morsel_json_writer_add_text (&writer, "address", address);
  if (result != NULL)
    add_result (&writer, result);
  if (error == NULL)
    morsel_json_writer_add_null (&writer, "error");
  else
    {
      morsel_json_writer_begin_object (&writer, "error");
      morsel_json_writer_add_text (&writer, "name", name_of_error (error));
      morsel_json_writer_add_text (&writer, "message", error->message);
      morsel_json_writer_end_object (&writer);
    }
  morsel_json_writer_end_object (&writer);
}
