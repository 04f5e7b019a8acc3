/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-isolate.h"

/*
 * Names of hosts and addresses within a sentence that is read from right to left. What
 * stands at their ends (a slash, a port, a bracket) would be shown on the wrong side, if
 * they were not told apart from the sentence.
 */

#define FIRST_STRONG_ISOLATE 0x2068
#define POP_DIRECTIONAL_ISOLATE 0x2069

static gboolean
is_from_right_to_left (gunichar character)
{
  switch (g_unichar_get_script (character))
    {
    case G_UNICODE_SCRIPT_ARABIC:
    case G_UNICODE_SCRIPT_HEBREW:
    case G_UNICODE_SCRIPT_NKO:
    case G_UNICODE_SCRIPT_SYRIAC:
    case G_UNICODE_SCRIPT_THAANA:
      return TRUE;
    default:
      return FALSE;
    }
}

/* ASCII, or a letter of another script that is written from left to right. */
static gboolean
is_foreign (const char *p)
{
  gunichar character = g_utf8_get_char (p);

  return g_ascii_isgraph (*p) ||
         (g_unichar_isalpha (character) && !is_from_right_to_left (character));
}

static gboolean
is_in_word (const char *p)
{
  return is_foreign (p) && g_unichar_isalnum (g_utf8_get_char (p));
}

/* A number and its unit have one between them that does not break. */
static gboolean
is_space (const char *p)
{
  return *p == ' ' || g_str_has_prefix (p, "\u00a0");
}

/* The end of words with spaces between them, without what ends a sentence. */
static const char *
find_end (const char *start)
{
  const char *end = start;

  for (const char *p = start; is_space (p) || is_foreign (p); p = g_utf8_next_char (p))
    if (is_in_word (p) || *p == '/' || *p == ']')
      end = g_utf8_next_char (p);

  return end;
}

/**
 * morsel_isolate_foreign_words:
 * @text: a sentence to be shown in a window
 *
 * Does nothing where sentences are read from left to right.
 *
 * Returns: (transfer full): the same, with each run of words of the other direction
 *   between the characters that isolate it
 */
char *
morsel_isolate_foreign_words (const char *text)
{
  GString *result;

  if (gtk_widget_get_default_direction () != GTK_TEXT_DIR_RTL)
    return g_strdup (text);

  result = g_string_new (NULL);
  while (*text != '\0')
    {
      const char *end = is_in_word (text) || *text == '[' ? find_end (text) : text;

      if (end == text)
        {
          g_string_append_unichar (result, g_utf8_get_char (text));
          text = g_utf8_next_char (text);
          continue;
        }

      g_string_append_unichar (result, FIRST_STRONG_ISOLATE);
      g_string_append_len (result, text, end - text);
      g_string_append_unichar (result, POP_DIRECTIONAL_ISOLATE);
      text = end;
    }

  return g_string_free (result, FALSE);
}
