/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whatever a header says of the body that follows: it has one length, and is taken for a
 * part of what is there only if it says so. */

#include "fuzz.h"

#include <string.h>

#include "fetch/fetch-header-private.h"

/* A number that is too large stays so. Returns how many digits there are. */
static gsize
read_number (const char *text, guint64 *number)
{
  gsize n_digits;

  *number = 0;
  for (n_digits = 0; text[n_digits] >= '0' && text[n_digits] <= '9'; n_digits++)
    {
      guint64 digit = text[n_digits] - '0';

      *number = *number > (G_MAXUINT64 - digit) / 10 ? G_MAXUINT64 : *number * 10 + digit;
    }

  return n_digits;
}

/* -1 if it is anything else, or too large. */
static gint64
number_of (const char *text)
{
  guint64 number;
  gsize   n_digits = read_number (text, &number);

  return n_digits > 0 && text[n_digits] == '\0' && number <= G_MAXINT64 ? (gint64) number
                                                                        : -1;
}

static void
check_line (const char *line, gsize length)
{
  g_autofree char *text = g_strndup (line, length);
  g_autofree char *lower = g_ascii_strdown (text, -1);
  gboolean         is_transfer = g_str_has_prefix (lower, "transfer-encoding:");
  g_autofree char *value = g_strstrip (
      g_strdup (is_transfer ? lower + strlen ("transfer-encoding:") : ""));

  g_assert_true (fetch_header_has_coding (line, length) ==
                 (g_str_has_prefix (lower, "content-encoding:") ||
                  (is_transfer && !g_str_equal (value, "chunked"))));
}

/* The header, and nothing else, makes the list. */
static void
check_codings (FetchHops *hops)
{
  g_autofree char *all = fetch_header_dup_codings (hops);
  g_autofree char *of_content = fetch_header_dup_content_codings (hops);

  if (of_content != NULL)
    {
      g_assert_true (*of_content != '\0');
      g_assert_true (g_str_has_prefix (all, of_content));
      g_assert_nonnull (fetch_hops_find_field (hops, "Content-Encoding"));
    }
}

/* Nobody can read two lengths out of it. */
static void
check_length (FetchHops *hops)
{
  FetchHop         last = fetch_hops_get (hops, fetch_hops_get_length (hops) - 1);
  const char      *length = fetch_hops_find_field (hops, "Content-Length");
  g_autofree char *first = length != NULL ? g_strstrip (g_strdup (length)) : NULL;
  guint64          number;

  for (gsize i = 0; last.fields[i] != NULL; i++)
    if (g_ascii_strncasecmp (last.fields[i], "Content-Length:", 15) == 0)
      {
        g_autofree char *value = g_strstrip (g_strdup (last.fields[i] + 15));

        g_assert_cmpstr (value, ==, first);
        g_assert_true (*value != '\0');
        if (read_number (value, &number) == strlen (value))
          g_assert_cmpuint (number, <=, G_MAXINT64);
      }

  if (length == NULL || fetch_hops_find_field (hops, "Transfer-Encoding") != NULL)
    g_assert_cmpint (fetch_header_get_length (hops), ==, -1);
  else
    g_assert_cmpint (fetch_header_get_length (hops), ==, number_of (length));
}

static void
check_range (const char *range, guint64 offset)
{
  const char *slash = strchr (range, '/');
  gboolean    begins_there = FALSE;
  guint64     number;

  if (strncmp (range, "bytes ", 6) == 0 && read_number (range + 6, &number) > 0)
    begins_there = number == offset;
  g_assert_true (fetch_header_begins_at (range, offset) == begins_there);
  g_assert_cmpint (fetch_header_get_full_size (range), ==,
                   slash != NULL ? number_of (slash + 1) : -1);
}

static void
check_goes_on (FetchHops *hops, const char *entity, guint64 offset, gint64 full_size)
{
  const char *range = fetch_hops_find_field (hops, "Content-Range");
  const char *tag = fetch_hops_find_field (hops, "ETag");
  const char *modified = fetch_hops_find_field (hops, "Last-Modified");

  if (!fetch_header_goes_on (hops, entity, offset, full_size))
    return;

  g_assert_nonnull (range);
  g_assert_true (fetch_header_begins_at (range, offset));
  g_assert_null (fetch_hops_find_field (hops, "Content-Encoding"));
  if (*entity == '"')
    g_assert_cmpstr (tag, ==, entity);
  else if (modified != NULL)
    g_assert_cmpstr (modified, ==, entity);
  if (full_size >= 0 && fetch_header_get_full_size (range) >= 0)
    g_assert_cmpint (fetch_header_get_full_size (range), ==, full_size);
}

/* Line by line, as libcurl calls back. Returns FALSE where a fetch would end. */
static gboolean
read_header (FetchHops *hops, const char *data, gsize size)
{
  g_autofree char *content_length = NULL;

  while (size > 0)
    {
      const char *end = memchr (data, '\n', size);
      gsize       length = end != NULL ? (gsize) (end - data) + 1 : size;

      check_line (data, length);
      if (fetch_header_is_bad_length (&content_length, data, length))
        return FALSE;

      fetch_hops_add_field (hops, data, length);
      data += length;
      size -= length;
    }

  return TRUE;
}

/* The input is what is known of a body, a line each: the name of its version, how much of
 * it is there, and how much there is of it; and a header without its status line. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FetchHops       *hops = fetch_hops_new ();
  g_autofree char *entity = fuzz_take_line (&data, &size);
  g_autofree char *there = fuzz_take_line (&data, &size);
  g_autofree char *all = fuzz_take_line (&data, &size);
  guint64          offset = there != NULL ? g_ascii_strtoull (there, NULL, 10) : 0;
  gint64           full_size = all != NULL ? number_of (all) : -1;
  const char      *range;

  fetch_hops_add (hops, "http://example.org/", "HTTP/1.1 206 Part", 17);
  if (read_header (hops, (const char *) data, size))
    {
      check_codings (hops);
      check_length (hops);
      range = fetch_hops_find_field (hops, "Content-Range");
      if (range != NULL)
        check_range (range, offset);
      check_goes_on (hops, entity != NULL ? entity : "", offset, full_size);
    }
  fetch_hops_unref (hops);

  return 0;
}
