/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-json.h"

#include "app/morsel-json-builder.h"
#include "fetch/fetch-error.h"
#include "fetch/fetch-preview.h"
#include "fetch/fetch-status.h"

/* What `morsel --print --json` prints of a fetch. The members are promised in the README:
 * more may come, and these stay. */

static void
add_timeline (JsonBuilder *builder, const FetchTimeline *timeline)
{
  json_builder_set_member_name (builder, "timeline_us");
  json_builder_begin_object (builder);
  morsel_json_add_number (builder, "queued", timeline->queued);
  morsel_json_add_number (builder, "name", timeline->name);
  morsel_json_add_number (builder, "connect", timeline->connect);
  morsel_json_add_number (builder, "tls", timeline->tls);
  morsel_json_add_number (builder, "wait", timeline->wait);
  morsel_json_add_number (builder, "receive", timeline->receive);
  json_builder_end_object (builder);
}

static void
add_texts (JsonBuilder *builder, const char *name, const char *const *texts)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (; *texts != NULL; texts++)
    {
      g_autofree char *valid = g_utf8_make_valid (*texts, -1);

      json_builder_add_string_value (builder, valid);
    }
  json_builder_end_array (builder);
}

static void
add_tls (JsonBuilder *builder, const FetchTls *tls)
{
  json_builder_set_member_name (builder, "tls");
  if (tls == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }

  json_builder_begin_object (builder);
  morsel_json_add_text (builder, "version", tls->version);
  morsel_json_add_text (builder, "cipher", tls->cipher);
  morsel_json_add_text (builder, "subject", tls->subject);
  morsel_json_add_text (builder, "issuer", tls->issuer);
  add_texts (builder, "names", (const char *const *) tls->names);
  morsel_json_add_number (builder, "valid_from", tls->valid_from);
  morsel_json_add_number (builder, "expires", tls->expires);
  json_builder_end_object (builder);
}

static void
add_hops (JsonBuilder *builder, FetchResult *result)
{
  json_builder_set_member_name (builder, "hops");
  json_builder_begin_array (builder);
  for (guint i = 0; i < fetch_result_get_n_hops (result); i++)
    {
      FetchHop hop = fetch_result_get_hop (result, i);

      json_builder_begin_object (builder);
      morsel_json_add_text (builder, "url", hop.url);
      morsel_json_add_number (builder, "status", hop.status);
      morsel_json_add_text (builder, "status_line", hop.status_line);
      add_texts (builder, "headers", hop.fields);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

/* Short names of what is no error, and yet worth knowing. */
static void
add_notes (JsonBuilder *builder, FetchResult *result)
{
  static const char *const notes[] = {
    [FETCH_DECODING_NOTE_TRAILING_DATA] = "trailing-data",
    [FETCH_DECODING_NOTE_UNKNOWN_CODING] = "unknown-coding",
    [FETCH_DECODING_NOTE_PART] = "undecoded-part",
  };
  FetchDecodingNote note = fetch_result_get_decoding_note (result);

  json_builder_set_member_name (builder, "notes");
  json_builder_begin_array (builder);
  if (note != FETCH_DECODING_NOTE_NONE)
    json_builder_add_string_value (builder, notes[note]);
  json_builder_end_array (builder);
}

static void
add_result (JsonBuilder *builder, FetchResult *result)
{
  static const char *const kinds[] = { "empty", "text", "binary" };
  static const char *const endings[] = {
    [FETCH_ENDING_COMPLETE] = "complete", [FETCH_ENDING_RANGE] = "range",
    [FETCH_ENDING_STOPPED] = "stopped",   [FETCH_ENDING_TOO_LARGE] = "too-large",
    [FETCH_ENDING_FAILED] = "failed",
  };
  g_autoptr (FetchPreview) preview = fetch_preview_new_for_result (result);
  GBytes          *bytes = fetch_result_get_first_bytes (result);
  g_autofree char *codings = fetch_result_dup_content_codings (result);
  g_autofree char *base64 = g_base64_encode (g_bytes_get_data (bytes, NULL),
                                             g_bytes_get_size (bytes));

  morsel_json_add_text (builder, "url", fetch_result_get_url (result));
  morsel_json_add_number (builder, "status", fetch_result_get_status (result));
  morsel_json_add_text (builder, "status_line", fetch_result_get_status_line (result));
  morsel_json_add_text (builder, "explanation",
                        fetch_status_explain (fetch_result_get_status (result)));
  morsel_json_add_text (builder, "content_type", fetch_result_get_content_type (result));
  morsel_json_add_number (builder, "size", fetch_result_get_size (result));
  morsel_json_add_number (builder, "size_on_wire",
                          fetch_result_get_size_on_wire (result));
  morsel_json_add_number (builder, "full_size", fetch_result_get_full_size (result));
  morsel_json_add_text (builder, "ending", endings[fetch_result_get_ending (result)]);
  json_builder_set_member_name (builder, "is_complete");
  json_builder_add_boolean_value (builder, fetch_result_is_complete (result));
  morsel_json_add_text (builder, "content_coding", codings);
  add_notes (builder, result);
  morsel_json_add_number (builder, "redirects", fetch_result_get_n_redirects (result));
  morsel_json_add_number (builder, "attempts", fetch_result_get_n_attempts (result));
  morsel_json_add_text (builder, "http_version", fetch_result_get_http_version (result));
  morsel_json_add_text (builder, "remote_address",
                        fetch_result_get_remote_address (result));
  morsel_json_add_text (builder, "saved_path", fetch_result_get_saved_path (result));
  morsel_json_add_number (builder, "duration_us", fetch_result_get_duration (result));
  add_timeline (builder, fetch_result_get_timeline (result));
  add_tls (builder, fetch_result_get_tls (result));
  add_hops (builder, result);
  morsel_json_add_text (builder, "sniffed_type", fetch_result_get_sniffed_type (result));
  morsel_json_add_text (builder, "kind", kinds[fetch_preview_get_kind (preview)]);
  morsel_json_add_text (builder, "charset", fetch_preview_get_charset (preview));
  morsel_json_add_text (builder, "preview", fetch_preview_get_text (preview));
  morsel_json_add_text (builder, "first_bytes_base64", base64);
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
 * morsel_json_new_line:
 * @address: what was asked for, as it was given
 * @result: (nullable): what was found
 * @error: (nullable): what went wrong
 *
 * Returns: (transfer full): a JSON object on one line, without the line end; UTF-8 that a
 *   terminal does not obey
 */
char *
morsel_json_new_line (const char *address, FetchResult *result, const GError *error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  morsel_json_add_text (builder, "address", address);
  if (result != NULL)
    add_result (builder, result);
  json_builder_set_member_name (builder, "error");
  if (error == NULL)
    json_builder_add_null_value (builder);
  else
    {
      json_builder_begin_object (builder);
      morsel_json_add_text (builder, "name", name_of_error (error));
      morsel_json_add_text (builder, "message", error->message);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);

  return morsel_json_to_line (builder);
}
