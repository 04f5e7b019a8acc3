/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-json.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "fetch/fetch-error.h"
#include "fetch/fetch-preview.h"
#include "fetch/fetch-status.h"
#include "fetch/fetch-visible-text.h"

/* What `morsel --print --json` prints of a fetch. The members are promised in the README:
 * more may come, and these stay. */

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  g_autofree char *valid = NULL;

  json_builder_set_member_name (builder, name);
  if (text == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }

  valid = g_utf8_make_valid (text, -1);
  json_builder_add_string_value (builder, valid);
}

static void
add_number (JsonBuilder *builder, const char *name, gint64 number)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, number);
}

static void
add_timeline (JsonBuilder *builder, const FetchTimeline *timeline)
{
  json_builder_set_member_name (builder, "timeline_us");
  json_builder_begin_object (builder);
  add_number (builder, "queued", timeline->queued);
  add_number (builder, "name", timeline->name);
  add_number (builder, "connect", timeline->connect);
  add_number (builder, "tls", timeline->tls);
  add_number (builder, "wait", timeline->wait);
  add_number (builder, "receive", timeline->receive);
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
  add_text (builder, "version", tls->version);
  add_text (builder, "cipher", tls->cipher);
  add_text (builder, "subject", tls->subject);
  add_text (builder, "issuer", tls->issuer);
  add_texts (builder, "names", (const char *const *) tls->names);
  add_number (builder, "valid_from", tls->valid_from);
  add_number (builder, "expires", tls->expires);
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
      add_text (builder, "url", hop.url);
      add_number (builder, "status", hop.status);
      add_text (builder, "status_line", hop.status_line);
      add_texts (builder, "headers", hop.fields);
      json_builder_end_object (builder);
    }
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
  g_autofree char *base64 = g_base64_encode (g_bytes_get_data (bytes, NULL),
                                             g_bytes_get_size (bytes));

  add_text (builder, "url", fetch_result_get_url (result));
  add_number (builder, "status", fetch_result_get_status (result));
  add_text (builder, "status_line", fetch_result_get_status_line (result));
  add_text (builder, "explanation",
            fetch_status_explain (fetch_result_get_status (result)));
  add_text (builder, "content_type", fetch_result_get_content_type (result));
  add_number (builder, "size", fetch_result_get_size (result));
  add_number (builder, "size_on_wire", fetch_result_get_size_on_wire (result));
  add_number (builder, "full_size", fetch_result_get_full_size (result));
  add_text (builder, "ending", endings[fetch_result_get_ending (result)]);
  json_builder_set_member_name (builder, "is_complete");
  json_builder_add_boolean_value (builder, fetch_result_is_complete (result));
  add_number (builder, "redirects", fetch_result_get_n_redirects (result));
  add_number (builder, "attempts", fetch_result_get_n_attempts (result));
  add_text (builder, "http_version", fetch_result_get_http_version (result));
  add_text (builder, "remote_address", fetch_result_get_remote_address (result));
  add_text (builder, "saved_path", fetch_result_get_saved_path (result));
  add_number (builder, "duration_us", fetch_result_get_duration (result));
  add_timeline (builder, fetch_result_get_timeline (result));
  add_tls (builder, fetch_result_get_tls (result));
  add_hops (builder, result);
  add_text (builder, "sniffed_type", fetch_result_get_sniffed_type (result));
  add_text (builder, "kind", kinds[fetch_preview_get_kind (preview)]);
  add_text (builder, "charset", fetch_preview_get_charset (preview));
  add_text (builder, "preview", fetch_preview_get_text (preview));
  add_text (builder, "first_bytes_base64", base64);
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

/* json-glib escapes what JSON wants escaped. Some terminals obey the control characters
 * above U+007F, too. */
static char *
escape_terminal_controls (const char *json)
{
  GString *escaped = g_string_sized_new (strlen (json));

  while (*json != '\0')
    {
      const char *next = json;
      gunichar    character;

      while (*next > 0 && *next < 0x7f)
        next++;
      g_string_append_len (escaped, json, next - json);
      json = next;
      if (*json == '\0')
        break;

      character = g_utf8_get_char (json);
      if (fetch_visible_is_hidden (character) && character < 0x10000)
        g_string_append_printf (escaped, "\\u%04x", character);
      else
        g_string_append_unichar (escaped, character);
      json = g_utf8_next_char (json);
    }

  return g_string_free (escaped, FALSE);
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
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *line = NULL;

  json_builder_begin_object (builder);
  add_text (builder, "address", address);
  if (result != NULL)
    add_result (builder, result);
  json_builder_set_member_name (builder, "error");
  if (error == NULL)
    json_builder_add_null_value (builder);
  else
    {
      json_builder_begin_object (builder);
      add_text (builder, "name", name_of_error (error));
      add_text (builder, "message", error->message);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  line = json_generator_to_data (generator, NULL);

  return escape_terminal_controls (line);
}
