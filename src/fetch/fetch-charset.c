/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-charset.h"

#include <errno.h>
#include <string.h>

#include "fetch/fetch-charset-private.h"

/*
 * Which characters some bytes from the network stand for.
 */

static const struct
{
  const char *bom;
  gsize       size;
  const char *charset;
} boms[] = {
  { "\xef\xbb\xbf", 3, "UTF-8" },
  { "\xff\xfe", 2, "UTF-16LE" },
  { "\xfe\xff", 2, "UTF-16BE" },
};

/* The size of some UTF-8 without a character that was cut off at its end. */
gsize
fetch_charset_size_without_cut_character (const char *bytes, gsize size)
{
  for (gsize n_back = 1; n_back <= 3 && n_back <= size; n_back++)
    {
      guchar byte = bytes[size - n_back];

      if ((byte & 0xc0) == 0x80)
        continue;

      /* The byte that begins the last character, and says how long it is. */
      if (byte >= 0xc2 && byte <= 0xf4 && g_utf8_skip[byte] > (char) n_back)
        return size - n_back;
      break;
    }

  return size;
}

static gboolean
is_ascii (const char *bytes, gsize size)
{
  guchar all = 0;

  for (gsize i = 0; i < size; i++)
    all |= (guchar) bytes[i];

  return all < 0x80;
}

/* A NUL is a character like others here, but not to GLib. */
static gboolean
is_utf8 (const char *bytes, gsize size)
{
  const char *end = bytes + size;

  if (is_ascii (bytes, size))
    return TRUE;

  while (!g_utf8_validate_len (bytes, end - bytes, &bytes))
    {
      if (*bytes != '\0')
        return FALSE;
      bytes++;
    }

  return TRUE;
}

static const char *
guess (const char *data, gsize size, gboolean is_cut)
{
  const char *wide = fetch_charset_guess_wide (data, size, is_cut);

  if (wide != NULL)
    return wide;
  if (is_cut)
    size = fetch_charset_size_without_cut_character (data, size);

  /* Where there are no bytes, there need not be a pointer to them. */
  return size == 0 || is_utf8 (data, size)
             ? "UTF-8"
             : fetch_charset_guess_legacy (data, size, is_cut);
}

/**
 * fetch_charset_find:
 * @bytes: the first bytes of a text
 * @content_type: (nullable): what the server says that it is
 * @is_cut: whether there are more bytes than these
 * @bom_size: (out): how many bytes at the start only say which charset it is
 *
 * Finds out in which character set a text is: by its byte order mark, or else by what the
 * server says, or else by what the text says, or else by whether it can be UTF-16 or
 * UTF-8. What is left is guessed by how often which bytes are there, and taken for
 * Windows-1252 where they don't tell.
 *
 * Returns: (transfer none): the name of a character set
 */
const char *
fetch_charset_find (GBytes     *bytes,
                    const char *content_type,
                    gboolean    is_cut,
                    gsize      *bom_size)
{
  gsize       size;
  const char *data = g_bytes_get_data (bytes, &size);
  const char *declared;

  *bom_size = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (boms); i++)
    if (size >= boms[i].size && memcmp (data, boms[i].bom, boms[i].size) == 0)
      {
        *bom_size = boms[i].size;
        return boms[i].charset;
      }

  declared = fetch_charset_declared_by_type (content_type);
  if (declared == NULL)
    declared = fetch_charset_declared_by_text (data, size, content_type);
  if (declared != NULL)
    return declared;

  return guess (data, size, is_cut);
}

/* By some names, browsers mean more than iconv does: what Windows made of it. Where iconv
 * does not know that, it is as it says. */
static GIConv
open_converter (const char *charset)
{
  static const char *const wider[][2] = {
    { "SHIFT_JIS", "CP932" },
    { "EUC-KR", "UHC" },
    { "GBK", "GB18030" },
  };
  GIConv converter = (GIConv) -1;

  for (gsize i = 0; i < G_N_ELEMENTS (wider); i++)
    if (g_str_equal (charset, wider[i][0]))
      converter = g_iconv_open ("UTF-8", wider[i][1]);

  return converter != (GIConv) -1 ? converter : g_iconv_open ("UTF-8", charset);
}

/**
 * fetch_charset_to_utf8:
 * @charset: what [func@fetch_charset_find] found, other than UTF-8, of which glibc lets
 * pass more than there is in Unicode
 * @bytes: (array length=size): the bytes, without a byte order mark
 * @size: how many
 * @is_cut: whether there are more bytes than these: a character that is cut off at the
 * end is left out
 * @n_written: (out): how long the text is
 *
 * Decodes a text. What can't be decoded becomes U+FFFD.
 *
 * Returns: (transfer full): the text, which may have NULs in it
 */
char *
fetch_charset_to_utf8 (const char *charset,
                       const char *bytes,
                       gsize       size,
                       gboolean    is_cut,
                       gsize      *n_written)
{
  /* No character takes more than four bytes, nor fewer than one of the input, and U+FFFD
   * takes three. */
  gsize  room = 4 * size + 1;
  char  *text = g_malloc (room);
  char  *in = (char *) bytes;
  char  *out = text;
  gsize  n_in = size;
  gsize  n_out = room - 1;
  gsize  unit = g_str_has_prefix (charset, "UTF-16") ? 2 : 1;
  GIConv converter = open_converter (charset);

  if (converter == (GIConv) -1)
    {
      g_free (text);
      *n_written = size;
      return g_memdup2 (bytes, size);
    }

  while (n_in > 0 && g_iconv (converter, &in, &n_in, &out, &n_out) == (gsize) -1)
    {
      if (errno == EINVAL && is_cut)
        break;

      /* What the converter kept, as below, comes before what can't be decoded. */
      g_iconv (converter, NULL, NULL, &out, &n_out);
      memcpy (out, "\xef\xbf\xbd", 3);
      out += 3;
      n_out -= 3;
      in += MIN (unit, n_in);
      n_in -= MIN (unit, n_in);
    }
  /* Some converters keep the last character until they know that no mark follows. */
  if (!is_cut)
    g_iconv (converter, NULL, NULL, &out, &n_out);
  g_iconv_close (converter);

  *out = '\0';
  *n_written = out - text;

  return text;
}
