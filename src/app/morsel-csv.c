/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-csv.h"

#include <string.h>

#include "fetch/fetch-visible-text.h"

/* The facts, a row for each fetch, for a spreadsheet: CSV as RFC 4180 has it, in UTF-8.
 * The columns have the names that the members have in JSON. */

static const char *const columns[] = {
  "address",      "begun",        "error",          "url",
  "status",       "content_type", "size",           "size_on_wire",
  "full_size",    "is_complete",  "redirects",      "attempts",
  "http_version", "saved_path",   "remote_address", "duration_us",
};

/* A spreadsheet takes what begins like this for a formula, and computes it: by that, a
 * server could make it send what else is in the sheet. */
static gboolean
is_formula (const char *text)
{
  static const char *const starts[] = { "=", "+", "-", "@", "＝", "＋", "－", "＠" };

  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
    if (g_str_has_prefix (text, starts[i]))
      return TRUE;

  return FALSE;
}

/* An apostrophe in front makes it a text. That must hold for somebody, too, who opens the
 * file with semicolons between its cells. */
static void
append_text (GString *csv, const char *text)
{
  g_autofree char *line = fetch_visible_line (text);
  gboolean         is_start = TRUE;

  g_string_append_c (csv, '"');
  for (const char *next = line; *next != '\0'; next++)
    {
      if (is_start && is_formula (next))
        g_string_append_c (csv, '\'');
      if (*next == '"')
        g_string_append_c (csv, '"');
      g_string_append_c (csv, *next);
      is_start = *next == ';' || (is_start && *next == ' ');
    }
  g_string_append_c (csv, '"');
}

static void
append_next_text (GString *csv, const char *text)
{
  g_string_append_c (csv, ',');
  if (text != NULL)
    append_text (csv, text);
}

static void
append_next_number (GString *csv, guint64 number)
{
  g_string_append_printf (csv, ",%" G_GUINT64_FORMAT, number);
}

static void
append_time (GString *csv, gint64 microseconds)
{
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *text = NULL;

  g_string_append_c (csv, ',');
  if (microseconds > 0)
    time = g_date_time_new_from_unix_utc (microseconds / G_TIME_SPAN_SECOND);
  if (time != NULL)
    text = g_date_time_format_iso8601 (time);
  if (text != NULL)
    g_string_append (csv, text);
}

static void
append_result (GString *csv, FetchResult *result)
{
  append_next_text (csv, fetch_result_get_url (result));
  append_next_number (csv, fetch_result_get_status (result));
  append_next_text (csv, fetch_result_get_content_type (result));
  append_next_number (csv, fetch_result_get_size (result));
  append_next_number (csv, fetch_result_get_size_on_wire (result));
  if (fetch_result_get_full_size (result) >= 0)
    append_next_number (csv, fetch_result_get_full_size (result));
  else
    append_next_text (csv, NULL);
  g_string_append (csv, fetch_result_is_complete (result) ? ",true" : ",false");
  append_next_number (csv, fetch_result_get_n_redirects (result));
  append_next_number (csv, fetch_result_get_n_attempts (result));
  append_next_text (csv, fetch_result_get_http_version (result));
  append_next_text (csv, fetch_result_get_saved_path (result));
  append_next_text (csv, fetch_result_get_remote_address (result));
  append_next_number (csv, fetch_result_get_duration (result));
}

/**
 * morsel_csv_append_header:
 * @csv: the text to append to
 *
 * Appends a row with the names of the columns.
 */
void
morsel_csv_append_header (GString *csv)
{
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    g_string_append_printf (csv, "%s%s", i > 0 ? "," : "", columns[i]);
  g_string_append (csv, "\r\n");
}

/**
 * morsel_csv_append_record:
 * @csv: the text to append to
 * @record: a record without secrets
 *
 * Appends a row.
 */
void
morsel_csv_append_record (GString *csv, MorselRecord *record)
{
  append_text (csv, record->address);
  append_time (csv, record->begun);
  append_next_text (csv, record->error != NULL ? record->error->message : NULL);
  if (record->result != NULL)
    append_result (csv, record->result);
  else
    for (gsize i = 3; i < G_N_ELEMENTS (columns); i++)
      g_string_append_c (csv, ',');
  g_string_append (csv, "\r\n");
}
