/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whatever a server says about characters, the bytes become text, in their order. */

#include "fuzz.h"

#include <string.h>

#include "fetch/fetch-charset.h"

static gboolean
is_single_byte (const char *charset)
{
  return g_str_has_prefix (charset, "WINDOWS-") || g_str_has_prefix (charset, "ISO-") ||
         g_str_has_prefix (charset, "KOI8-") || g_str_equal (charset, "IBM866") ||
         g_str_has_prefix (charset, "MAC");
}

static GString *
decode (const char *charset, const uint8_t *data, gsize size, gboolean is_cut)
{
  gsize    n_written = 0;
  char    *text = fetch_charset_to_utf8 (charset, (const char *) data, size, is_cut,
                                         &n_written);
  GString *string = g_string_new_len (text, n_written);

  g_assert_cmpuint (n_written, <=, 4 * size);
  g_assert_cmpint (text[n_written], ==, '\0');
  g_free (text);

  return string;
}

/* A NUL is a character, too, but GLib's functions end at it. */
static void
check_is_text (const GString *text)
{
  g_autofree char *copy = g_memdup2 (text->str, text->len + 1);

  for (gsize i = 0; i < text->len; i++)
    if (copy[i] == '\0')
      copy[i] = '\1';
  g_assert_true (g_utf8_validate_len (copy, text->len, NULL));
}

/* A character set of single bytes: each of them by itself makes the same text, but for
 * accents, which may join the letter before them. */
static void
check_bytes_alone (const char    *charset,
                   const GString *whole,
                   const uint8_t *data,
                   gsize          size)
{
  g_autoptr (GString) alone = g_string_new (NULL);
  g_autofree char *expected = NULL;
  g_autofree char *decomposed = NULL;

  if (memchr (data, '\0', size) != NULL)
    return;

  for (gsize i = 0; i < size; i++)
    {
      GString *character = decode (charset, data + i, 1, FALSE);

      g_string_append_len (alone, character->str, character->len);
      g_string_free (character, TRUE);
    }
  expected = g_utf8_normalize (alone->str, alone->len, G_NORMALIZE_NFD);
  decomposed = g_utf8_normalize (whole->str, whole->len, G_NORMALIZE_NFD);
  g_assert_cmpstr (decomposed, ==, expected);
}

static void
check_decoding (const char *charset, const uint8_t *data, gsize size)
{
  GString *whole = decode (charset, data, size, FALSE);
  GString *cut = decode (charset, data, size, TRUE);

  check_is_text (whole);
  check_is_text (cut);
  g_assert_cmpuint (cut->len, <=, whole->len);
  g_assert_cmpmem (cut->str, cut->len, whole->str, cut->len);
  if (is_single_byte (charset) && size > 0)
    check_bytes_alone (charset, whole, data, size);

  g_string_free (whole, TRUE);
  g_string_free (cut, TRUE);
}

static void
check_utf8_without_cut_character (const uint8_t *data, gsize size)
{
  gsize whole = fetch_charset_size_without_cut_character ((const char *) data, size);

  g_assert_cmpuint (whole, <=, size);
  g_assert_cmpuint (size - whole, <=, 3);
  if (g_utf8_validate_len ((const char *) data, size, NULL))
    g_assert_cmpuint (whole, ==, size);
}

/* Then the text may say it itself, as it may where there is no type. */
static gboolean
is_html_and_no_more (const char *content_type)
{
  return content_type == NULL || g_ascii_strcasecmp (content_type, "text/html") == 0;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *content_type = fuzz_take_line (&data, &size);
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  for (int is_cut = 0; is_cut < 2; is_cut++)
    {
      gsize       bom_size = 4;
      gsize       bom_size_alone = 4;
      const char *charset = fetch_charset_find (bytes, content_type, is_cut, &bom_size);
      const char *charset_alone = fetch_charset_find (bytes, NULL, is_cut,
                                                      &bom_size_alone);
      GIConv      converter = g_iconv_open ("UTF-8", charset);

      g_assert_true (converter != (GIConv) -1);
      g_iconv_close (converter);
      g_assert_cmpuint (bom_size, <=, MIN (3, size));
      g_assert_cmpuint (bom_size, ==, bom_size_alone);
      if (bom_size > 0 || is_html_and_no_more (content_type))
        g_assert_cmpstr (charset, ==, charset_alone);

      if (!g_str_equal (charset, "UTF-8"))
        check_decoding (charset, data + bom_size, size - bom_size);
    }
  check_utf8_without_cut_character (data, size);

  return 0;
}
