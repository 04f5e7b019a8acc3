/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-file-name.h"

#include <string.h>

#include "fetch/fetch-visible-text.h"

/* The name that a body is saved under, unless somebody chooses another one: the one that
 * the server says, or the one at the end of the address. Either may be made up to do
 * harm. */

/* In bytes. File systems allow 255, and what is being saved has a longer name. */
#define MAX_LENGTH 120

/* The longest end that is kept when a name is cut, as in “.tar.gz”. */
#define MAX_EXTENSION 12

/* What stands in quotes, or up to the next semicolon. */
static char *
value_at (const char *text)
{
  GString *value = g_string_new (NULL);

  if (*text != '"')
    g_string_append_len (value, text, strcspn (text, "; \t"));
  else
    for (text++; *text != '\0' && *text != '"'; text++)
      {
        if (*text == '\\' && text[1] != '\0')
          text++;
        g_string_append_c (value, *text);
      }

  return g_string_free (value, FALSE);
}

/* Jumps over one parameter of a header field, to its semicolon or the end. */
static const char *
skip_parameter (const char *text)
{
  gboolean is_quoted = FALSE;

  for (; *text != '\0' && (is_quoted || *text != ';'); text++)
    if (*text == '"')
      is_quoted = !is_quoted;
    else if (*text == '\\' && is_quoted && text[1] != '\0')
      text++;

  return text;
}

/* NULL if there is none of that name. */
static char *
find_parameter (const char *field, const char *name)
{
  for (field = skip_parameter (field); *field == ';'; field = skip_parameter (field))
    {
      field += 1 + strspn (field + 1, " \t");
      if (g_ascii_strncasecmp (field, name, strlen (name)) == 0 &&
          field[strlen (name)] == '=')
        return value_at (field + strlen (name) + 1);
    }

  return NULL;
}

/* As in “UTF-8'en'%e2%82%ac”, by RFC 8187. */
static char *
decode_extended (const char *value)
{
  const char *quote = strchr (value, '\'');

  quote = quote != NULL ? strchr (quote + 1, '\'') : NULL;
  if (quote == NULL || g_ascii_strncasecmp (value, "UTF-8'", strlen ("UTF-8'")) != 0)
    return NULL;

  return g_uri_unescape_string (quote + 1, NULL);
}

static char *
name_in_header (const char *disposition)
{
  g_autofree char *extended = find_parameter (disposition, "filename*");
  char            *name = extended != NULL ? decode_extended (extended) : NULL;

  return name != NULL ? name : find_parameter (disposition, "filename");
}

static char *
name_in_address (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  const char *path = uri != NULL ? g_uri_get_path (uri) : "";
  const char *slash = strrchr (path, '/');

  return g_uri_unescape_string (slash != NULL ? slash + 1 : path, NULL);
}

static char *
cut (const char *name)
{
  const char      *dot = strrchr (name, '.');
  const char      *end = "";
  const char      *last;
  g_autofree char *start = NULL;

  if (strlen (name) <= MAX_LENGTH)
    return g_strdup (name);
  if (dot != NULL && strlen (dot) <= MAX_EXTENSION)
    end = dot;

  /* No half of a character. */
  last = name + MAX_LENGTH - strlen (end);
  while ((*last & 0xc0) == 0x80)
    last--;
  start = g_strndup (name, last - name);

  return g_strconcat (start, end, NULL);
}

/* Only a name, and no way to another folder; not hidden, and showing all that it is. */
static char *
clean (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  const char      *slash = strrchr (valid, '/');
  const char      *start = slash != NULL ? slash + 1 : valid;
  GString         *cleaned = g_string_new (NULL);

  if (strrchr (start, '\\') != NULL)
    start = strrchr (start, '\\') + 1;
  start += strspn (start, ". ");
  for (; *start != '\0'; start = g_utf8_next_char (start))
    {
      gunichar character = g_utf8_get_char (start);

      /* Some file systems know no names with these. */
      if (character < 0x80 && strchr (":*?\"<>|", character) != NULL)
        g_string_append_c (cleaned, '_');
      else if (!fetch_visible_is_hidden (character) && character != 0xfffd)
        g_string_append_unichar (cleaned, character);
    }

  return g_strchomp (g_string_free (cleaned, FALSE));
}

/**
 * morsel_file_name_suggest:
 * @url: what is to be saved
 * @result: (nullable): what is known of it
 *
 * Returns: (transfer full): the name of a file, in UTF-8, without a folder
 */
char *
morsel_file_name_suggest (const char *url, FetchResult *result)
{
  const char      *disposition = NULL;
  const char      *type = NULL;
  g_autofree char *given = NULL;
  g_autofree char *name = NULL;

  if (result != NULL)
    {
      disposition = fetch_result_get_header (result, "Content-Disposition");
      type = fetch_result_get_content_type (result);
      url = fetch_result_get_url (result);
    }

  if (disposition != NULL)
    given = name_in_header (disposition);
  if (given != NULL)
    name = clean (given);
  if (name == NULL || *name == '\0')
    {
      g_free (given);
      g_free (name);
      given = name_in_address (url);
      name = clean (given != NULL ? given : "");
    }
  if (*name != '\0')
    return cut (name);

  return g_strdup (type != NULL && g_str_has_prefix (type, "text/html") ? "index.html"
                                                                        : "download");
}
