/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-charset-private.h"

#include <string.h>

/*
 * In which character set a text is said to be: by the server, or by the text itself, as
 * browsers read it (the prescan of the WHATWG's HTML Standard).
 */

/* What browsers look at. */
#define MAX_SCANNED 1024

typedef struct
{
  const char *at;
  const char *end;
} Cursor;

typedef struct
{
  const char *start;
  gsize       length;
} Slice;

/* The parameter of a Content-Type, such as `text/html; charset="utf-8"`. */
const char *
fetch_charset_declared_by_type (const char *content_type)
{
  g_auto (GStrv) parts = NULL;

  if (content_type == NULL || strchr (content_type, ';') == NULL)
    return NULL;

  parts = g_strsplit (content_type, ";", 16);
  for (guint i = 1; parts[0] != NULL && parts[i] != NULL; i++)
    {
      char *part = g_strstrip (parts[i]);
      char *value;
      gsize length;

      if (g_ascii_strncasecmp (part, "charset=", strlen ("charset=")) != 0)
        continue;

      value = part + strlen ("charset=");
      length = strlen (value);
      if (length >= 2 && value[0] == '"' && value[length - 1] == '"')
        {
          value[length - 1] = '\0';
          value++;
        }

      return fetch_charset_find_by_label (value);
    }

  return NULL;
}

static gboolean
begins_with (const Cursor *self, const char *word)
{
  gsize length = strlen (word);

  return (gsize) (self->end - self->at) >= length &&
         g_ascii_strncasecmp (self->at, word, length) == 0;
}

/* To what comes after the text, or to the end. */
static void
skip_past (Cursor *self, const char *text)
{
  const char *found = memmem (self->at, self->end - self->at, text, strlen (text));

  self->at = found != NULL ? found + strlen (text) : self->end;
}

static void
skip_spaces (Cursor *self)
{
  while (self->at < self->end && g_ascii_isspace (*self->at))
    self->at++;
}

static Slice
take_until (Cursor *self, const char *stops)
{
  const char *start = self->at;

  while (self->at < self->end && *self->at != '\0' && strchr (stops, *self->at) == NULL)
    self->at++;

  return (Slice){ start, self->at - start };
}

static gboolean
slice_is (Slice self, const char *word)
{
  return self.length == strlen (word) &&
         g_ascii_strncasecmp (self.start, word, self.length) == 0;
}

#define SPACES " \t\n\f\r"

/* In quotes, or up to one of the characters. */
static Slice
take_value (Cursor *self, const char *stops)
{
  char  quote[] = { 0, '\0' };
  Slice value;

  if (self->at == self->end || (*self->at != '"' && *self->at != '\''))
    return take_until (self, stops);

  quote[0] = *self->at++;
  value = take_until (self, quote);
  if (self->at < self->end)
    self->at++;

  return value;
}

/* The next attribute of a tag, which goes on after it. FALSE at its end. */
static gboolean
take_attribute (Cursor *self, Slice *name, Slice *value)
{
  while (self->at < self->end && (g_ascii_isspace (*self->at) || *self->at == '/'))
    self->at++;
  if (self->at == self->end || *self->at == '>' || *self->at == '\0')
    return FALSE;

  *name = take_until (self, SPACES "/>=");
  *value = (Slice){ "", 0 };
  skip_spaces (self);
  if (self->at < self->end && *self->at == '=')
    {
      self->at++;
      skip_spaces (self);
      *value = take_value (self, SPACES ">");
    }

  return TRUE;
}

/* Of what is written in a way that is like ASCII, nothing can be UTF-16. */
static const char *
find_by_label_in_text (Slice slice)
{
  g_autofree char *label = g_strndup (slice.start, slice.length);
  const char      *charset = fetch_charset_find_by_label (label);

  if (charset != NULL && g_str_has_prefix (charset, "UTF-16"))
    return "UTF-8";
  if (charset == NULL && g_ascii_strcasecmp (label, "x-user-defined") == 0)
    return "WINDOWS-1252";

  return charset;
}

/* As in `text/html; charset=utf-8`, but with less rules. */
static const char *
find_in_content (Slice content)
{
  Cursor cursor = { content.start, content.start + content.length };

  for (; cursor.at < cursor.end; cursor.at++)
    if (begins_with (&cursor, "charset"))
      {
        cursor.at += strlen ("charset");
        skip_spaces (&cursor);
        if (cursor.at < cursor.end && *cursor.at == '=')
          {
            cursor.at++;
            skip_spaces (&cursor);

            return find_by_label_in_text (take_value (&cursor, SPACES ";"));
          }
        cursor.at--;
      }

  return NULL;
}

/* After `<meta`. */
static const char *
take_meta (Cursor *self)
{
  const char *by_charset = NULL;
  const char *by_content = NULL;
  gboolean    is_content_type = FALSE;
  Slice       name;
  Slice       value;

  while (take_attribute (self, &name, &value))
    if (slice_is (name, "charset") && by_charset == NULL)
      by_charset = find_by_label_in_text (value);
    else if (slice_is (name, "content") && by_content == NULL)
      by_content = find_in_content (value);
    else if (slice_is (name, "http-equiv"))
      is_content_type = slice_is (value, "content-type");

  if (by_charset != NULL)
    return by_charset;

  return is_content_type ? by_content : NULL;
}

static void
skip_tag (Cursor *self)
{
  Slice name;
  Slice value;

  take_until (self, SPACES ">");
  while (take_attribute (self, &name, &value))
    ;
}

static gboolean
begins_tag (const Cursor *self)
{
  const char *letter = self->at + 1;

  if (letter < self->end && *letter == '/')
    letter++;

  return letter < self->end && g_ascii_isalpha (*letter);
}

static gboolean
begins_meta (const Cursor *self)
{
  const char *next = self->at + strlen ("<meta");

  return begins_with (self, "<meta") && next < self->end &&
         (g_ascii_isspace (*next) || *next == '/');
}

static const char *
find_meta (Cursor cursor)
{
  const char *found = NULL;

  while (cursor.at < cursor.end && found == NULL)
    if (*cursor.at != '<')
      cursor.at++;
    else if (begins_with (&cursor, "<!--"))
      {
        /* “<!-->” is a whole one. */
        cursor.at += strlen ("<!");
        skip_past (&cursor, "-->");
      }
    else if (begins_meta (&cursor))
      {
        cursor.at += strlen ("<meta");
        found = take_meta (&cursor);
      }
    else if (begins_tag (&cursor))
      skip_tag (&cursor);
    else if (begins_with (&cursor, "<!") || begins_with (&cursor, "</") ||
             begins_with (&cursor, "<?"))
      skip_past (&cursor, ">");
    else
      cursor.at++;

  return found;
}

/* As in `<?xml version="1.0" encoding="utf-8"?>`, which is at the very start. */
static const char *
find_in_xml_declaration (Cursor cursor)
{
  const char *found = NULL;
  Slice       name;
  Slice       value;

  if (!begins_with (&cursor, "<?xml") ||
      cursor.end - cursor.at == (gssize) strlen ("<?xml"))
    return NULL;

  cursor.at += strlen ("<?xml");
  if (!g_ascii_isspace (*cursor.at))
    return NULL;
  cursor.end = memchr (cursor.at, '>', cursor.end - cursor.at);
  if (cursor.end == NULL)
    return NULL;

  while (take_attribute (&cursor, &name, &value) && found == NULL)
    if (slice_is (name, "encoding"))
      found = find_by_label_in_text (value);

  return found;
}

/* Any thread. What is neither HTML nor XML is not said to be anything by itself. */
const char *
fetch_charset_declared_by_text (const char *bytes, gsize size, const char *content_type)
{
  g_autofree char *type = g_ascii_strdown (content_type != NULL ? content_type : "html",
                                           -1);
  const char *declared = NULL;
  gboolean    is_html;
  Cursor      cursor;

  /* Where there are no bytes, there need not be a pointer to them. */
  if (size == 0)
    return NULL;

  cursor = (Cursor){ bytes, bytes + MIN (size, MAX_SCANNED) };
  type[strcspn (type, ";")] = '\0';
  is_html = strstr (type, "html") != NULL;
  if (is_html || strstr (type, "xml") != NULL)
    declared = find_in_xml_declaration (cursor);
  /* In XHTML, <meta> means nothing; but who sends “xhtml” may well mean HTML. */
  if (declared == NULL && is_html)
    declared = find_meta (cursor);

  return declared;
}
