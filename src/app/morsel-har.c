/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-har.h"

#include <string.h>

#include "app/morsel-json-writer.h"
#include "fetch/fetch-preview.h"

/* An HTTP Archive, version 1.2, as the developer tools of browsers read it: an entry for
 * each answer, those that redirected included. The comments in it are for programmers,
 * and not translated. */

static void
add_empty_array (MorselJsonWriter *writer, const char *name)
{
  morsel_json_writer_begin_array (writer, name);
  morsel_json_writer_end_array (writer);
}

static void
add_pair (MorselJsonWriter *writer, const char *name, const char *value)
{
  morsel_json_writer_begin_object (writer, NULL);
  morsel_json_writer_add_text (writer, "name", name);
  morsel_json_writer_add_text (writer, "value", value);
  morsel_json_writer_end_object (writer);
}

static void
add_headers (MorselJsonWriter *writer, const char *const *fields)
{
  morsel_json_writer_begin_array (writer, "headers");
  for (; *fields != NULL; fields++)
    {
      g_autofree char *name = g_strndup (*fields, strcspn (*fields, ":"));
      g_autofree char *value = g_strdup (*fields + strlen (name));

      add_pair (writer, name, *value == ':' ? g_strstrip (value + 1) : value);
    }
  morsel_json_writer_end_array (writer);
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
add_query (MorselJsonWriter *writer, const char *url)
{
  const char      *mark = strchr (url, '?');
  g_autofree char *query = NULL;
  g_auto (GStrv) parts = NULL;

  query = mark != NULL ? g_strndup (mark + 1, strcspn (mark + 1, "#")) : g_strdup ("");
  parts = g_strsplit (query, "&", -1);
  morsel_json_writer_begin_array (writer, "queryString");
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
        add_pair (writer, name, value);
      }
  morsel_json_writer_end_array (writer);
}

static void
add_request (MorselJsonWriter *writer,
             FetchRequest     *request,
             const char       *url,
             const char       *http_version)
{
  static const char *const none[] = { NULL };
  gboolean                 is_head = request != NULL &&
                     fetch_request_get_method (request) == FETCH_METHOD_HEAD;

  morsel_json_writer_begin_object (writer, "request");
  morsel_json_writer_add_text (writer, "method", is_head ? "HEAD" : "GET");
  morsel_json_writer_add_text (writer, "url", url);
  morsel_json_writer_add_text (writer, "httpVersion", http_version);
  add_empty_array (writer, "cookies");
  add_headers (writer, request != NULL ? fetch_request_get_headers (request) : none);
  add_query (writer, url);
  morsel_json_writer_add_number (writer, "headersSize", -1);
  morsel_json_writer_add_number (writer, "bodySize", 0);
  morsel_json_writer_end_object (writer);
}

/* A text is shown as it can be read; other bytes, as they are. */
static void
add_content (MorselJsonWriter *writer, FetchResult *result)
{
  g_autoptr (FetchPreview) preview = fetch_preview_new_for_result (result);
  GBytes     *bytes = fetch_result_get_first_bytes (result);
  gsize       n_bytes = g_bytes_get_size (bytes);
  const char *type = fetch_result_get_content_type (result);

  morsel_json_writer_begin_object (writer, "content");
  morsel_json_writer_add_size (writer, "size", fetch_result_get_size (result));
  morsel_json_writer_add_text (writer, "mimeType", type != NULL ? type : "");
  if (fetch_preview_get_kind (preview) == FETCH_PREVIEW_TEXT)
    morsel_json_writer_add_text (writer, "text", fetch_preview_get_text (preview));
  else if (fetch_preview_get_kind (preview) == FETCH_PREVIEW_BINARY)
    {
      morsel_json_writer_add_base64 (writer, "text", bytes);
      morsel_json_writer_add_text (writer, "encoding", "base64");
    }
  if (n_bytes < fetch_result_get_size (result) || !fetch_result_is_complete (result))
    {
      g_autofree char *comment = g_strdup_printf (
          "A preview: the first %" G_GSIZE_FORMAT " bytes", n_bytes);

      morsel_json_writer_add_text (writer, "comment", comment);
    }
  morsel_json_writer_end_object (writer);
}

static void
add_no_content (MorselJsonWriter *writer)
{
  morsel_json_writer_begin_object (writer, "content");
  morsel_json_writer_add_number (writer, "size", 0);
  morsel_json_writer_add_text (writer, "mimeType", "");
  morsel_json_writer_end_object (writer);
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
add_response (MorselJsonWriter *writer,
              const FetchHop   *hop,
              const char       *http_version,
              FetchResult      *result)
{
  morsel_json_writer_begin_object (writer, "response");
  morsel_json_writer_add_number (writer, "status", hop->status);
  morsel_json_writer_add_text (writer, "statusText", status_text_of (hop->status_line));
  morsel_json_writer_add_text (writer, "httpVersion", http_version);
  add_empty_array (writer, "cookies");
  add_headers (writer, hop->fields);
  if (result != NULL)
    add_content (writer, result);
  else
    add_no_content (writer);
  morsel_json_writer_add_text (writer, "redirectURL", find_location (hop));
  morsel_json_writer_add_number (writer, "headersSize", -1);
  morsel_json_writer_add_number (
      writer, "bodySize",
      result != NULL ? (gint64) fetch_result_get_size_on_wire (result) : -1);
  morsel_json_writer_end_object (writer);
}

/* In an archive, connecting includes what it took to agree on a secure connection. When
 * the request was on its way is not known: that is part of the waiting. */
static void
add_timings (MorselJsonWriter *writer, FetchResult *result)
{
  static const FetchTimeline nothing = { 0 };
  const FetchTimeline       *timeline = &nothing;
  gboolean                   is_known = result != NULL;
  gboolean has_tls = is_known && fetch_result_get_timeline (result)->tls > 0;

  if (is_known)
    timeline = fetch_result_get_timeline (result);

  morsel_json_writer_add_milliseconds (
      writer, "time",
      timeline->queued + (is_known ? fetch_result_get_duration (result) : 0));
  morsel_json_writer_begin_object (writer, "timings");
  morsel_json_writer_add_milliseconds (writer, "blocked",
                                       is_known ? timeline->queued : -1);
  morsel_json_writer_add_milliseconds (writer, "dns", is_known ? timeline->name : -1);
  morsel_json_writer_add_milliseconds (writer, "connect",
                                       is_known ? timeline->connect + timeline->tls : -1);
  morsel_json_writer_add_milliseconds (writer, "ssl", has_tls ? timeline->tls : -1);
  morsel_json_writer_add_milliseconds (writer, "send", 0);
  morsel_json_writer_add_milliseconds (writer, "wait", timeline->wait);
  morsel_json_writer_add_milliseconds (writer, "receive", timeline->receive);
  if (!is_known)
    morsel_json_writer_add_text (
        writer, "comment", "The times of all answers are in the entry of the last one");
  morsel_json_writer_end_object (writer);
}

static void
add_begin (MorselJsonWriter *writer, gint64 begun)
{
  g_autoptr (GDateTime)
      second = g_date_time_new_from_unix_utc (MAX (begun, 0) / G_TIME_SPAN_SECOND);
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *text = NULL;

  if (second != NULL)
    time = g_date_time_add (second, MAX (begun, 0) % G_TIME_SPAN_SECOND);
  if (time != NULL)
    text = g_date_time_format_iso8601 (time);

  morsel_json_writer_add_text (writer, "startedDateTime",
                               text != NULL ? text : "1970-01-01T00:00:00Z");
}

/* Without the port, and without the brackets around an IPv6 address. */
static void
add_server (MorselJsonWriter *writer, FetchResult *result)
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
  morsel_json_writer_add_text (writer, "serverIPAddress", host);
  morsel_json_writer_add_text (writer, "connection", colon + 1);
}

/* The result is that of the last answer, and NULL before. */
static void
append_entry (GString        *har,
              MorselRecord   *record,
              const FetchHop *hop,
              FetchResult    *result)
{
  MorselJsonWriter writer;
  g_autofree char *http_version = g_strndup (hop->status_line,
                                             strcspn (hop->status_line, " "));

  morsel_json_writer_init (&writer, har);
  morsel_json_writer_begin_object (&writer, NULL);
  add_begin (&writer, record->begun);
  add_request (&writer, record->request, hop->url, http_version);
  add_response (&writer, hop, http_version, result);
  morsel_json_writer_begin_object (&writer, "cache");
  morsel_json_writer_end_object (&writer);
  add_timings (&writer, result);
  if (result != NULL)
    add_server (&writer, result);
  if (result != NULL && record->error != NULL)
    morsel_json_writer_add_text (&writer, "_error", record->error->message);
  morsel_json_writer_end_object (&writer);
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
