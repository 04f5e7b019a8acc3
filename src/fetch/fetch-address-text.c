/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-address-list-private.h"

#include <string.h>

/*
 * Addresses in a text. Usually, it has one on each line: then whatever is on a line is
 * one, or is meant to be. Where most lines are of several words, it is what somebody has
 * written, with addresses here and there.
 */

/* How the addresses begin that are found between other words. */
static const char *const starts[] = { "https://", "http://", "www." };

static gboolean
is_space (const char *text)
{
  return g_unichar_isspace (g_utf8_get_char (text));
}

static gboolean
starts_address (const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
    if (g_ascii_strncasecmp (text, starts[i], strlen (starts[i])) == 0)
      return TRUE;

  return FALSE;
}

/* In languages that have no spaces, an address follows a letter. */
static gboolean
is_boundary (const char *before)
{
  return (guchar) *before >= 0x80 || g_ascii_isspace (*before) ||
         strchr ("\"'<>()[]{}|,;:*_", *before) != NULL;
}

/* Returns where the next address begins that has something else before it, or NULL. */
static const char *
find_address (const char *text, const char *end)
{
  for (const char *p = text; p < end; p++)
    if ((g_ascii_tolower (*p) == 'h' || g_ascii_tolower (*p) == 'w') &&
        (p == text || is_boundary (p - 1)) && starts_address (p))
      return p;

  return NULL;
}

/* Whether it is a bracket that was not opened in the address. */
static gboolean
closes_outer (char character, int *depths)
{
  static const char brackets[] = "()[]{}";
  const char       *bracket = strchr (brackets, character);
  int               kind;

  if (bracket == NULL || character == '\0')
    return FALSE;

  kind = (bracket - brackets) / 2;
  depths[kind] += (bracket - brackets) % 2 == 0 ? 1 : -1;

  return depths[kind] < 0;
}

/* A sentence goes on around an address: what ends the one is no part of the other. */
static const char *
find_address_end (const char *text, const char *end)
{
  int         depths[3] = { 0, 0, 0 };
  const char *p = text;

  for (; p < end; p = g_utf8_next_char (p))
    {
      gunichar character = g_utf8_get_char (p);

      if (g_unichar_isspace (character) || strchr ("<>\"", *p) != NULL ||
          (character >= 0x80 && g_unichar_ispunct (character)) ||
          closes_outer (*p, depths))
        break;
    }

  while (p > text && strchr (".,;:!?'*_", p[-1]) != NULL)
    p--;

  return p;
}

/* Returns whether there is any. */
static gboolean
add_all (FetchAddressList *list, guint line, const char *text, const char *end)
{
  gboolean    has_address = FALSE;
  const char *start;

  while ((start = find_address (text, end)) != NULL && !fetch_address_list_is_full (list))
    {
      text = find_address_end (start, end);
      fetch_address_list_add (list, line, start, text - start);
      has_address = TRUE;
    }

  return has_address;
}

/* What a line is like, without white space at its ends. */
typedef struct
{
  const char *start;
  const char *end;
  gboolean    is_empty; /* or only a comment */
  gboolean    has_spaces;
  gboolean    starts_address;
  gboolean    is_all_addresses; /* each of its words begins as one */
} Line;

static Line
look_at (const char *text, const char *end)
{
  Line     line = { .is_all_addresses = TRUE };
  gboolean was_space = TRUE;

  while (text < end && is_space (text))
    text = g_utf8_next_char (text);
  line.start = line.end = text;

  for (const char *p = text; p < end; p = g_utf8_next_char (p))
    {
      if (is_space (p))
        {
          was_space = TRUE;
          continue;
        }

      if (was_space)
        {
          line.has_spaces = line.has_spaces || p > line.start;
          line.is_all_addresses = line.is_all_addresses && starts_address (p);
        }
      was_space = FALSE;
      line.end = g_utf8_next_char (p);
    }

  line.is_empty = line.start == line.end || *line.start == '#';
  line.starts_address = !line.is_empty && starts_address (line.start);

  return line;
}

/* Whether the text has more lines of several words than others, and addresses in them. */
gboolean
fetch_address_text_is_prose (const char *text)
{
  const char *end;
  guint       n_prose = 0, n_others = 0, line_number = 0;
  gboolean    has_address = FALSE;

  for (const char *next = text; next != NULL; text = next)
    {
      Line line;

      next = fetch_address_text_next_line (text, &end, &line_number);
      line = look_at (text, end);
      if (line.is_empty)
        continue;

      if (!line.has_spaces || line.starts_address)
        n_others++;
      else
        {
          n_prose++;
          has_address = has_address || find_address (line.start, line.end) != NULL;
        }
    }

  return has_address && n_prose > n_others;
}

/* What only begins with an address goes on with something that was meant to be a part of
 * it, for all that one knows. */
static void
read_line (FetchAddressList *list, guint number, const Line *line, gboolean is_prose)
{
  if (line->is_empty)
    return;

  if (is_prose || (line->has_spaces && line->is_all_addresses) ||
      (!line->starts_address && (line->has_spaces || !g_ascii_isalnum (*line->start)) &&
       find_address (line->start, line->end) != NULL))
    {
      if (!add_all (list, number, line->start, line->end))
        fetch_address_list_skip (list);
    }
  else
    fetch_address_list_add (list, number, line->start, line->end - line->start);
}

/* Whether the text begins as an address does that can't be anything else. */
gboolean
fetch_address_text_has_scheme (const char *text)
{
  return g_ascii_strncasecmp (text, "http://", strlen ("http://")) == 0 ||
         g_ascii_strncasecmp (text, "https://", strlen ("https://")) == 0;
}

/* Counts the line that begins at @text, and finds its end. Returns where the next one
 * begins, or NULL if there is none. */
const char *
fetch_address_text_next_line (const char *text, const char **end, guint *line)
{
  *end = text + strcspn (text, "\r\n");
  (*line)++;

  if (**end == '\0')
    return NULL;

  return g_str_has_prefix (*end, "\r\n") ? *end + 2 : *end + 1;
}

void
fetch_address_text_read (FetchAddressList *list, const char *text)
{
  gboolean    is_written = fetch_address_text_is_prose (text);
  guint       number = 0;
  const char *end;

  for (const char *next = text; next != NULL; text = next)
    {
      Line line;

      if (fetch_address_list_is_full (list))
        return;

      next = fetch_address_text_next_line (text, &end, &number);
      line = look_at (text, end);
      read_line (list, number, &line, is_written);
    }
}
