/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-visible-text.h"

#include <string.h>

/*
 * Text from the network, shown so that it can't lie: whatever would show nothing, or
 * would change how other characters show (as the bidirectional overrides do, with which a
 * file name can seem to end in something else), is replaced by something to see.
 */

typedef struct
{
  gunichar first;
  gunichar last;
} Range;

/* Unicode's default ignorable code points (DerivedCoreProperties.txt), the line
 * separators, the interlinear annotations, and the blank Braille pattern. Not the two
 * variation selectors that choose between text and emoji. */
static const Range hidden_ranges[] = {
  { 0x00ad, 0x00ad },   { 0x034f, 0x034f },   { 0x061c, 0x061c }, { 0x115f, 0x1160 },
  { 0x17b4, 0x17b5 },   { 0x180b, 0x180f },   { 0x200b, 0x200f }, { 0x2028, 0x202e },
  { 0x2060, 0x206f },   { 0x2800, 0x2800 },   { 0x3164, 0x3164 }, { 0xfe00, 0xfe0d },
  { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb }, { 0x1bca0, 0x1bca3 },
  { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
};

static gboolean
is_in_hidden_range (gunichar character)
{
  for (gsize i = 0;
       i < G_N_ELEMENTS (hidden_ranges) && character >= hidden_ranges[i].first; i++)
    if (character <= hidden_ranges[i].last)
      return TRUE;

  return FALSE;
}

/**
 * fetch_visible_is_hidden:
 * @character: a character
 *
 * Tells whether a character shows nothing of its own, and is no space or line end either.
 *
 * Returns: whether it is hidden
 */
gboolean
fetch_visible_is_hidden (gunichar character)
{
  if (character == '\t' || character == '\n')
    return FALSE;

  return character < 0x20 || (character >= 0x7f && character < 0xa0) ||
         is_in_hidden_range (character);
}

/* By the names that the old control characters have, and by number for the others. (There
 * are pictures of them in Unicode, too, but not in every font.) */
static void
append_hidden (GString *string, gunichar character)
{
  static const char names[][4] = {
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS",  "TAB", "LF",
    "VT",  "FF",  "CR",  "SO",  "SI",  "DLE", "DC1", "DC2", "DC3", "DC4", "NAK",
    "SYN", "ETB", "CAN", "EM",  "SUB", "ESC", "FS",  "GS",  "RS",  "US",
  };

  if (character < G_N_ELEMENTS (names))
    g_string_append_printf (string, "‹%s›", names[character]);
  else
    g_string_append_printf (string, "‹U+%04X›", character);
}

static gboolean
is_plain (char byte)
{
  return (byte >= ' ' && byte < 0x7f) || byte == '\n' || byte == '\t';
}

/* As many as are looked at together: without a way out in between, the compiler makes a
 * few instructions of it. */
#define BLOCK_SIZE 32

static gboolean
is_plain_block (const char *bytes)
{
  guint8 has_other = 0;

  for (gsize i = 0; i < BLOCK_SIZE; i++)
    has_other |= !is_plain (bytes[i]);

  return !has_other;
}

/* How many bytes from here are what most text consists of, and show themselves. */
static gsize
plain_length (const char *text, gsize n_bytes)
{
  gsize n = 0;

  while (n + BLOCK_SIZE <= n_bytes && is_plain_block (text + n))
    n += BLOCK_SIZE;
  while (n < n_bytes && is_plain (text[n]))
    n++;

  return n;
}

/**
 * fetch_visible_is_plain:
 * @text: some text
 * @length: its length in bytes
 *
 * Tells whether a text consists of ASCII characters that show themselves, tabs and
 * newlines only: then [func@fetch_visible_text] leaves it as it is.
 *
 * Returns: whether there is nothing else in it
 */
gboolean
fetch_visible_is_plain (const char *text, gsize length)
{
  return plain_length (text, length) == length;
}

/**
 * fetch_visible_text:
 * @text: some text, which need not be valid UTF-8
 * @length: its length in bytes, or -1 if it ends with a NUL
 *
 * Makes everything in a text visible: control characters, zero-width characters, and
 * those that change the direction of others. What is not UTF-8 becomes U+FFFD. Line ends,
 * of whatever kind, become newlines.
 *
 * Returns: (transfer full): valid UTF-8 that shows all that is in @text
 */
char *
fetch_visible_text (const char *text, gssize length)
{
  GString *string;
  gsize    n_bytes = length < 0 ? strlen (text) : (gsize) length;

  if (fetch_visible_is_plain (text, n_bytes))
    return g_strndup (text, n_bytes);

  /* A NUL is a character like others here, but not to g_utf8_make_valid(). */
  string = g_string_sized_new (n_bytes);
  while (n_bytes > 0)
    {
      gsize    n_plain = plain_length (text, n_bytes);
      gunichar character;
      gsize    size = 1;

      g_string_append_len (string, text, n_plain);
      text += n_plain;
      n_bytes -= n_plain;
      if (n_bytes == 0)
        break;

      character = g_utf8_get_char_validated (text, n_bytes);
      if (*text == '\0')
        append_hidden (string, 0);
      else if (character == (gunichar) -1 || character == (gunichar) -2)
        g_string_append_unichar (string, 0xfffd);
      else
        {
          size = g_utf8_skip[*(const guchar *) text];

          if (character == '\r' && n_bytes > 1 && text[1] == '\n')
            ;
          else if (character == '\r')
            g_string_append_c (string, '\n');
          else if (fetch_visible_is_hidden (character))
            append_hidden (string, character);
          else
            g_string_append_unichar (string, character);
        }

      text += size;
      n_bytes -= size;
    }

  return g_string_free (string, FALSE);
}

/**
 * fetch_visible_line:
 * @text: some text, which need not be valid UTF-8
 *
 * As [func@fetch_visible_text], for what must stay on one line: tabs and line ends become
 * visible, too.
 *
 * Returns: (transfer full): one line of valid UTF-8
 */
char *
fetch_visible_line (const char *text)
{
  g_autofree char *visible = fetch_visible_text (text, -1);
  GString         *line;

  if (strpbrk (visible, "\t\n") == NULL)
    return g_steal_pointer (&visible);

  line = g_string_new (visible);

  g_string_replace (line, "\t", "‹TAB›", 0);
  g_string_replace (line, "\n", "‹LF›", 0);

  return g_string_free (line, FALSE);
}
