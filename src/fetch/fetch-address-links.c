/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-address-list-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fetch/fetch-url.h"

/*
 * The links of a page, as in the bookmarks that all browsers export in the format of one
 * that is long gone. This is no parser of HTML, which such files seldom are in a strict
 * sense: it looks for the start tags of links, and for their addresses.
 */
typedef struct
{
  const char *next;
  guint       line; /* of what is next */
  const char *end;  /* of the text */
} Page;

/* How far the beginning of a page is. */
#define START_SIZE 4096

static const struct
{
  const char *name;
  char        character;
} entities[] = {
  { "amp;", '&' }, { "lt;", '<' }, { "gt;", '>' }, { "quot;", '"' }, { "apos;", '\'' },
};

static void
go_to (Page *self, const char *place)
{
  for (const char *p = self->next; p < place; p++)
    if (*p == '\n' || (*p == '\r' && p[1] != '\n'))
      self->line++;
  self->next = place;
}

/* Where it is not found, nothing is left to be read: there is one search in vain only. */
static void
go_past (Page *self, const char *what)
{
  const char *found = strstr (self->next, what);

  go_to (self, found != NULL ? found + strlen (what) : self->end);
}

static gboolean
append_entity (GString *text, const char *entity, const char **end)
{
  for (gsize i = 0; i < G_N_ELEMENTS (entities); i++)
    if (g_str_has_prefix (entity, entities[i].name))
      {
        g_string_append_c (text, entities[i].character);
        *end = entity + strlen (entities[i].name);
        return TRUE;
      }

  return FALSE;
}

static gboolean
append_numeric_entity (GString *text, const char *entity, const char **end)
{
  gboolean    is_hexadecimal = entity[0] == '#' && g_ascii_tolower (entity[1]) == 'x';
  const char *digits = entity + (is_hexadecimal ? 2 : 1);
  guint64     character;
  char       *digits_end;

  if (entity[0] != '#' || !g_ascii_isxdigit (*digits))
    return FALSE;

  character = g_ascii_strtoull (digits, &digits_end, is_hexadecimal ? 16 : 10);
  if (digits_end == digits || *digits_end != ';')
    return FALSE;

  g_string_append_unichar (text, character > 0 && character <= G_MAXINT32 &&
                                         g_unichar_validate (character)
                                     ? character
                                     : 0xfffd);
  *end = digits_end + 1;

  return TRUE;
}

/* As a browser reads it: what is no entity is an ampersand. */
static char *
decode (const char *text, gsize length)
{
  g_autofree char *encoded = g_strndup (text, MIN (length, FETCH_URL_MAX_LENGTH + 1));
  GString         *decoded = g_string_new (NULL);
  const char      *p = encoded;

  while (*p != '\0')
    {
      gsize n_plain = strcspn (p, "&");

      g_string_append_len (decoded, p, n_plain);
      p += n_plain;
      if (*p == '\0')
        break;

      p++;
      if (!append_entity (decoded, p, &p) && !append_numeric_entity (decoded, p, &p))
        g_string_append_c (decoded, '&');
    }

  return g_string_free (decoded, FALSE);
}

/* “mailto:” has one, “page.html” and “//example.org” have none. */
static gboolean
has_scheme (const char *address)
{
  gsize length = strspn (address, "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

  return length > 0 && address[length] == ':';
}

static void
add_link (FetchAddressList *list,
          guint             line,
          const char       *value,
          gsize             length,
          gboolean          is_at_end)
{
  g_autofree char *address = g_strstrip (decode (value, length));

  /* Another place of the same page. */
  if (*address == '\0' || *address == '#')
    return;

  if (is_at_end)
    fetch_address_list_add_bad_line (list, line, address, strlen (address),
                                     _ ("The file ends in the middle of this link."));
  else if (has_scheme (address))
    {
      /* The quotation marks say where it ends: blanks are a part of it, as in browsers.
       */
      g_auto (GStrv) words = g_strsplit (address, " ", -1);
      g_autofree char *encoded = g_strjoinv ("%20", words);

      fetch_address_list_add (list, line, encoded, strlen (encoded));
    }
  else
    fetch_address_list_add_bad_line (
        list, line, address, strlen (address),
        _ ("This is only a part of an address: it leads on from a page that is not "
           "known."));
}

/* Reads the value of an attribute. */
static void
read_value (Page *self, const char **value, gsize *length)
{
  static const char white_space[] = " \t\r\n\f";
  const char       *start = self->next + strspn (self->next, white_space);
  char              quote = *start;
  const char       *end;

  if (quote == '"' || quote == '\'')
    {
      end = strchr (++start, quote);
      *length = end != NULL ? end - start : self->end - start;
      go_to (self, end != NULL ? end + 1 : self->end);
    }
  else
    {
      *length = strcspn (start, " \t\r\n\f>");
      go_to (self, start + *length);
    }
  *value = start;
}

/* Reads what follows the name of a tag, up to its end. */
static void
read_attributes (Page *self, FetchAddressList *list, gboolean is_link)
{
  guint line = self->line;

  while (*self->next != '\0' && *self->next != '>')
    {
      const char *name;
      gsize       name_length;
      const char *value;
      gsize       length;

      go_to (self, self->next + strspn (self->next, " \t\r\n\f/"));
      name = self->next;
      name_length = strcspn (name, " \t\r\n\f/>=");
      go_to (self, name + name_length);
      go_to (self, self->next + strspn (self->next, " \t\r\n\f"));
      if (*self->next != '=')
        continue;

      go_to (self, self->next + 1);
      read_value (self, &value, &length);
      if (is_link && name_length == strlen ("href") &&
          g_ascii_strncasecmp (name, "href", name_length) == 0)
        {
          add_link (list, line, value, length, *self->next == '\0');
          is_link = FALSE;
        }
    }
}

static gboolean
is_link_tag (const char *tag)
{
  return g_ascii_tolower (tag[1]) == 'a' && g_ascii_isspace (tag[2]);
}

gboolean
fetch_address_links_is_one (const char *text)
{
  static const char *const starts[] = { "<!doctype netscape-bookmark", "<!doctype html",
                                        "<html", "<a ", "<dl" };
  const char              *end;

  text += strspn (text, " \t\r\n\f");
  if (*text != '<')
    return FALSE;

  /* After a comment, or the declaration of XHTML. */
  end = text + strnlen (text, START_SIZE);
  for (const char *p = text; p != NULL; p = memchr (p + 1, '<', end - (p + 1)))
    for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
      if (g_ascii_strncasecmp (p, starts[i], strlen (starts[i])) == 0)
        return TRUE;

  return FALSE;
}

void
fetch_address_links_read (FetchAddressList *list, const char *text)
{
  Page page = { .next = text, .line = 1, .end = text + strlen (text) };

  while (*page.next != '\0' && !fetch_address_list_is_full (list))
    {
      go_to (&page, page.next + strcspn (page.next, "<"));

      if (g_str_has_prefix (page.next, "<!--"))
        go_past (&page, "-->");
      else if (g_ascii_isalpha (page.next[0] != '\0' ? page.next[1] : '\0'))
        {
          gboolean is_link = is_link_tag (page.next);

          go_to (&page, page.next + strcspn (page.next, " \t\r\n\f/>"));
          read_attributes (&page, list, is_link);
        }
      else if (*page.next != '\0')
        go_to (&page, page.next + 1);
    }
}
