/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <string.h>

/*
 * What the fuzzers share: how several things are written in one input, such as a header
 * and a body, and what must hold for every text that is shown.
 */

/**
 * fuzz_take_line:
 * @data: (inout): an input: a line, such as a Content-Type, and what follows it
 * @size: (inout): how many bytes there are
 *
 * Takes the first line off.
 *
 * Returns: (transfer full) (nullable): the line; %NULL if it is empty
 */
char *
fuzz_take_line (const uint8_t **data, size_t *size)
{
  const uint8_t *start = *data;
  const uint8_t *end = *size > 0 ? memchr (start, '\n', *size) : NULL;
  gsize          length = end != NULL ? (gsize) (end - start) : *size;

  *data = end != NULL ? end + 1 : start + length;
  *size -= *data - start;

  return length > 0 ? g_strndup ((const char *) start, length) : NULL;
}

/* Marks before Arabic or Syriac digits, and what joins hieroglyphs: format characters,
 * by their type, which show. */
static gboolean
is_visible_format (gunichar character)
{
  return (character >= 0x600 && character <= 0x605) || character == 0x6dd ||
         character == 0x70f || character == 0x890 || character == 0x891 ||
         character == 0x8e2 || character == 0x110bd || character == 0x110cd ||
         (character >= 0x13430 && character <= 0x1343f);
}

/* By what GLib knows of Unicode, and not by the ranges that the program has. */
static gboolean
is_hidden (gunichar character)
{
  switch (g_unichar_type (character))
    {
    case G_UNICODE_CONTROL:
      return character != '\t' && character != '\n';

    case G_UNICODE_FORMAT:
      return !is_visible_format (character);

    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_SURROGATE:
      return TRUE;

    default:
      return FALSE;
    }
}

/**
 * fuzz_assert_all_is_visible:
 * @text: what is shown
 *
 * Aborts unless it is valid UTF-8 in which nothing is hidden, and nothing changes the
 * direction of other characters.
 */
void
fuzz_assert_all_is_visible (const char *text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (is_hidden (g_utf8_get_char (p)))
      g_error ("U+%04X is in the text.", g_utf8_get_char (p));
}
