/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whatever a server sends, and whatever it says that it is, is shown honestly. */

#include "fuzz.h"

#include <string.h>

#include "fetch/fetch-preview.h"

#define BYTES_PER_ROW 16

/* The longest is a control character of one byte above 0x7f, as “‹U+0080›”. */
#define MAX_SHOWN_PER_BYTE 12

static void
check_text (FetchPreview *preview, gsize size)
{
  g_assert_nonnull (fetch_preview_get_charset (preview));
  g_assert_cmpuint (strlen (fetch_preview_get_text (preview)), <=,
                    MAX_SHOWN_PER_BYTE * size);
}

/* Each row is an offset, the bytes, and what they are in ASCII. */
static void
check_row (const char *row, gsize offset, const uint8_t *data, gsize size)
{
  g_auto (GStrv) words = g_strsplit_set (row, " ", -1);
  char **word = words;

  g_assert_cmpuint (g_ascii_strtoull (*word++, NULL, 16), ==, offset);
  for (gsize i = 0; i < size; i++)
    {
      while (**word == '\0')
        word++;
      g_assert_cmpuint (strlen (*word), ==, 2);
      g_assert_cmpuint (g_ascii_strtoull (*word++, NULL, 16), ==, data[i]);
    }

  for (gsize i = 0; i < size; i++)
    {
      char shown = row[strlen (row) - size + i];

      g_assert_cmpint (shown, ==, data[i] >= 0x20 && data[i] < 0x7f ? data[i] : '.');
    }
}

static void
check_hex_dump (FetchPreview *preview, const uint8_t *data, gsize size)
{
  g_auto (GStrv) rows = g_strsplit (fetch_preview_get_text (preview), "\n", -1);

  g_assert_null (fetch_preview_get_charset (preview));
  g_assert_cmpuint (g_strv_length (rows), ==, (size + BYTES_PER_ROW - 1) / BYTES_PER_ROW);
  for (gsize i = 0; rows[i] != NULL; i++)
    {
      gsize offset = i * BYTES_PER_ROW;

      check_row (rows[i], offset, data + offset, MIN (BYTES_PER_ROW, size - offset));
    }
}

static FetchPreview *
preview_of (const uint8_t *data, gsize size, const char *content_type, gboolean is_cut)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  FetchPreview *preview = fetch_preview_new (bytes, content_type, is_cut);

  fuzz_assert_all_is_visible (fetch_preview_get_text (preview));
  switch (fetch_preview_get_kind (preview))
    {
    case FETCH_PREVIEW_EMPTY:
      g_assert_cmpuint (size, ==, 0);
      g_assert_cmpstr (fetch_preview_get_text (preview), ==, "");
      break;

    case FETCH_PREVIEW_TEXT:
      check_text (preview, size);
      break;

    case FETCH_PREVIEW_BINARY:
      check_hex_dump (preview, data, size);
      break;

    default:
      g_assert_not_reached ();
    }

  return preview;
}

/* What was shown of the first bytes stays when more come, if they are taken for the same.
 */
static void
check_prefix (FetchPreview *part, FetchPreview *whole)
{
  if (fetch_preview_get_kind (part) == FETCH_PREVIEW_TEXT &&
      fetch_preview_get_kind (whole) == FETCH_PREVIEW_TEXT &&
      g_str_equal (fetch_preview_get_charset (part), fetch_preview_get_charset (whole)))
    g_assert_true (
        g_str_has_prefix (fetch_preview_get_text (whole), fetch_preview_get_text (part)));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *content_type = fuzz_take_line (&data, &size);
  g_autoptr (FetchPreview) whole = preview_of (data, size, content_type, FALSE);
  g_autoptr (FetchPreview) cut = preview_of (data, size, content_type, TRUE);
  g_autoptr (FetchPreview) half = preview_of (data, size / 2, content_type, TRUE);

  check_prefix (cut, whole);
  check_prefix (half, whole);

  return 0;
}
