/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-har.h"

#include <string.h>

#include "app/morsel-json-builder.h"
#include "fetch/fetch-preview.h"

/* An HTTP Archive, version 1.2, as the developer tools of browsers read it: an entry for
 * each answer, those that redirected included. The comments in it are for programmers,
 * and not translated. */

static void
begin_object (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
}

static void
begin_array (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
}

static void
add_empty_array (JsonBuilder *builder, const char *name)
{
  begin_array (builder, name);
  json_builder_end_array (builder);
}

static void
add_pair (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_begin_object (builder);
  morsel_json_add_text (builder, "name", name);
  morsel_json_add_text (builder, "value", value);
  json_builder_end_object (builder);
}

static void
add_headers (JsonBuilder *builder, const char *const *fields)
{
  begin_array (builder, "headers");
  for (; *fields != NULL; fields++)
    {
      g_autofree char *name = g_strndup (*fields, strcspn (*fields, ":"));
      g_autofree char *value = g_strdup (*fields + strlen (name));

      add_pair (builder, name, *value == ':' ? g_strstrip (value + 1) : value);
    }
  json_builder_end_array (builder);
}

/* In a query, a blank may be written as a plus sign. */
static char *
decode (const char *text)
{
  g_autofree char *spaced = g_strdelimit (g_strdup (text), "+", ' ');
  char            *decoded = g_uri_unescape_string (spaced, NULL);

  return decoded != NULL ? decoded : g_strdup (text);
}

static void
add_query (JsonBuilder *builder, const char *url)
{
  const char      *mark = strchr (url, '?');
  g_autofree char *query = NULL;
  g_auto (GStrv) parts = NULL;

  query = mark != NULL ? g_strndup (mark + 1, strcspn (mark + 1, "#")) : g_strdup ("");
  parts = g_strsplit (query, "&", -1);
  begin_array (builder, "queryString");
  for (gsize i = 0; parts[i] != NULL; i++)
    if (*parts[i] != '\0')
      {
        g_autofree char *name = NULL;
        g_autofree char *value = NULL;
        char            *equals = strchr (parts[i], '=');

        if (equals != NULL)
          *equals++ = '\0';
        name = decode (parts[i]);
        value = decode (equals != NULL ? equals : "");
        add_pair (builder, name, value);
      }
  json_builder_end_array (builder);
}

static void
add_request (JsonBuilder  *builder,
             FetchRequest *request,
             const char   *url,
             const char   *http_version)
{
  static const char *const none[] = { NULL };
  gboolean                 is_head = request != NULL &&
                     fetch_request_get_method (request) == FETCH_METHOD_HEAD;

  begin_object (builder, "request");
  morsel_json_add_text (builder, "method", is_head ? "HEAD" : "GET");
  morsel_json_add_text (builder, "url", url);
  morsel_json_add_text (builder, "httpVersion", http_version);
  add_empty_array (builder, "cookies");
  add_headers (builder, request != NULL ? fetch_request_get_headers (request) : none);
  add_query (builder, url);
  morsel_json_add_number (builder, "headersSize", -1);
  morsel_json_add_number (builder, "bodySize", 0);
  json_builder_end_object (builder);
}

/* A text is shown as it can be read; other bytes, as they are. */
static void
add_content (JsonBuilder *builder, FetchResult *result)
{
  g_autoptr (FetchPreview) preview = fetch_preview_new_for_result (result);
  GBytes     *bytes = fetch_result_get_first_bytes (result);
  gsize       n_bytes = g_bytes_get_size (bytes);
  const char *type = fetch_result_get_content_type (result);

  begin_object (builder, "content");
  morsel_json_add_number (builder, "size", fetch_result_get_size (result));
  morsel_json_add_text (builder, "mimeType", type != NULL ? type : "");
  if (fetch_preview_get_kind (preview) == FETCH_PREVIEW_TEXT)
    morsel_json_add_text (builder, "text", fetch_preview_get_text (preview));
  else if (fetch_preview_get_kind (preview) == FETCH_PREVIEW_BINARY)
    {
      g_autofree char *base64 = g_base64_encode (g_bytes_get_data (bytes, NULL), n_bytes);

      morsel_json_add_text (builder, "text", base64);
      morsel_json_add_text (builder, "encoding", "base64");
    }
  if (n_bytes < fetch_result_get_size (result) || !fetch_result_is_complete (result))
    {
      g_autofree char *comment = g_strdup_printf (
          "A preview: the first %" G_GSIZE_FORMAT " bytes", n_bytes);

      morsel_json_add_text (builder, "comment", comment);
    }
  json_builder_end_object (builder);
}

static void
add_no_content (JsonBuilder *builder)
{
  begin_object (builder, "content");
  morsel_json_add_number (builder, "size", 0);
  morsel_json_add_text (builder, "mimeType", "");
  json_builder_end_object (builder);
}

/* What follows the number in “HTTP/1.1 404 Not Found”. */
static const char *
status_text_of (const char *status_line)
{
  const char *blank = strchr (status_line, ' ');

  blank = blank != NULL ? strchr (blank + 1, ' ') : NULL;

  return blank != NULL ? blank + 1 : "";
}

static const char *
find_location (const FetchHop *hop)
{
  for (const char *const *field = hop->fields; *field != NULL; field++)
    if (g_ascii_strncasecmp (*field, "Location:", strlen ("Location:")) == 0)
      return *field + strlen ("Location:") +
             strspn (*field + strlen ("Location:"), " \t");

  return "";
}

/* The body, if this is the answer that has it. */
static void
add_response (JsonBuilder    *builder,
              const FetchHop *hop,
              const char     *http_version,
              FetchResult    *result)
{
  begin_object (builder, "response");
  morsel_json_add_number (builder, "status", hop->status);
  morsel_json_add_text (builder, "statusText", status_text_of (hop->status_line));
  morsel_json_add_text (builder, "httpVersion", http_version);
  add_empty_array (builder, "cookies");
  add_headers (builder, hop->fields);
  if (result != NULL)
    add_content (builder, result);
  else
    add_no_content (builder);
  morsel_json_add_text (builder, "redirectURL", find_location (hop));
  morsel_json_add_number (builder, "headersSize", -1);
  morsel_json_add_number (builder, "bodySize",
                          result != NULL ? (gint64) fetch_result_get_size_on_wire (result)
                                         : -1);
  json_builder_end_object (builder);
}

static void
add_milliseconds (JsonBuilder *builder, const char *name, gint64 microseconds)
{
  json_builder_set_member_name (builder, name);
  if (microseconds < 0)
    json_builder_add_int_value (builder, -1);
  else
    json_builder_add_double_value (builder, microseconds / 1000.0);
}

/* In an archive, connecting includes what it took to agree on a secure connection. When
 * the request was on its way is not known: that is part of the waiting. */
static void
add_timings (JsonBuilder *builder, FetchResult *result)
{
  static const FetchTimeline nothing = { 0 };
  const FetchTimeline       *timeline = &nothing;
  gboolean                   is_known = result != NULL;
  gboolean has_tls = is_known && fetch_result_get_timeline (result)->tls > 0;

  if (is_known)
    timeline = fetch_result_get_timeline (result);

  add_milliseconds (builder, "time",
                    timeline->queued +
                        (is_known ? fetch_result_get_duration (result) : 0));
  begin_object (builder, "timings");
  add_milliseconds (builder, "blocked", is_known ? timeline->queued : -1);
  add_milliseconds (builder, "dns", is_known ? timeline->name : -1);
  add_milliseconds (builder, "connect",
                    is_known ? timeline->connect + timeline->tls : -1);
  add_milliseconds (builder, "ssl", has_tls ? timeline->tls : -1);
  add_milliseconds (builder, "send", 0);
  add_milliseconds (builder, "wait", timeline->wait);
  add_milliseconds (builder, "receive", timeline->receive);
  if (!is_known)
    morsel_json_add_text (builder, "comment",
                          "The times of all answers are in the entry of the last one");
  json_builder_end_object (builder);
}

static void
add_begin (JsonBuilder *builder, gint64 begun)
{
  g_autoptr (GDateTime)
      second = g_date_time_new_from_unix_utc (MAX (begun, 0) / G_TIME_SPAN_SECOND);
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *text = NULL;

  if (second != NULL)
    time = g_date_time_add (second, MAX (begun, 0) % G_TIME_SPAN_SECOND);
  if (time != NULL)
    text = g_date_time_format_iso8601 (time);

  morsel_json_add_text (builder, "startedDateTime",
                        text != NULL ? text : "1970-01-01T00:00:00Z");
}

/* Without the port, and without the brackets around an IPv6 address. */
static void
add_server (JsonBuilder *builder, FetchResult *result)
{
  const char      *address = fetch_result_get_remote_address (result);
  const char      *colon = address != NULL ? strrchr (address, ':') : NULL;
  g_autofree char *host = NULL;
  gsize            length;

  if (colon == NULL)
    return;

  host = g_strndup (address, colon - address);
  length = strlen (host);
  if (length >= 2 && host[0] == '[' && host[length - 1] == ']')
    {
      memmove (host, host + 1, length - 2);
      host[length - 2] = '\0';
    }
  morsel_json_add_text (builder, "serverIPAddress", host);
  morsel_json_add_text (builder, "connection", colon + 1);
}

/* The result is that of the last answer, and NULL before. */
static void
append_entry (GString        *har,
              MorselRecord   *record,
              const FetchHop *hop,
              FetchResult    *result)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *http_version = g_strndup (hop->status_line,
                                             strcspn (hop->status_line, " "));
  g_autofree char *line = NULL;

  json_builder_begin_object (builder);
  add_begin (builder, record->begun);
  add_request (builder, record->request, hop->url, http_version);
  add_response (builder, hop, http_version, result);
  begin_object (builder, "cache");
  json_builder_end_object (builder);
  add_timings (builder, result);
  if (result != NULL)
    add_server (builder, result);
  if (result != NULL && record->error != NULL)
    morsel_json_add_text (builder, "_error", record->error->message);
  json_builder_end_object (builder);

  line = morsel_json_to_line (builder);
  g_string_append (har, line);
}

/* Browsers write down in the same way what got no answer. */
static void
append_entry_without_answer (GString *har, MorselRecord *record)
{
  static const char *const none[] = { NULL };
  const char              *url = record->address;
  FetchHop                 hop;

  if (record->result != NULL)
    url = fetch_result_get_url (record->result);
  else if (record->request != NULL)
    url = fetch_request_get_url (record->request);
  hop = (FetchHop){ .url = url, .status = 0, .status_line = "", .fields = none };

  append_entry (har, record, &hop, record->result);
}

/**
 * morsel_har_append_start:
 * @har: the text to append to
 *
 * Appends what comes before the first record.
 */
void
morsel_har_append_start (GString *har)
{
  g_string_append (har, "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"Morsel\","
                        "\"version\":\"" MORSEL_VERSION "\"},\"entries\":[\n");
}

/**
 * morsel_har_append_record:
 * @har: the text to append to
 * @record: a record without secrets
 * @is_first: whether there is none before it
 *
 * Appends an entry for each answer.
 */
void
morsel_har_append_record (GString *har, MorselRecord *record, gboolean is_first)
{
  guint n_hops = record->result != NULL ? fetch_result_get_n_hops (record->result) : 0;

  for (guint i = 0; i < n_hops; i++)
    {
      FetchHop hop = fetch_result_get_hop (record->result, i);

      if (i > 0 || !is_first)
        g_string_append (har, ",\n");
      append_entry (har, record, &hop, i + 1 == n_hops ? record->result : NULL);
    }

  if (n_hops > 0)
    return;
  if (!is_first)
    g_string_append (har, ",\n");
  append_entry_without_answer (har, record);
}

/**
 * morsel_har_append_end:
 * @har: the text to append to
 *
 * Appends what comes after the last record.
 */
void
morsel_har_append_end (GString *har)
{
  g_string_append (har, "\n]}}\n");
}
