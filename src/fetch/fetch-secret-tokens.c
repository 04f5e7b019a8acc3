/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-secrets-private.h"

#include <string.h>

/*
 * Finds the parameters of URLs whose values are secrets, such as access_token and
 * X-Amz-Signature: in the query, in the fragment (OAuth's implicit grant), behind a
 * semicolon in the path (jsessionid), and in a URL that is percent-encoded within
 * another. One pass, whatever the text is.
 */

#define PLACEHOLDER "SECRET"

/* Names are shorter. */
#define MAX_NAME_LENGTH 64

/* Enough of a value to see what it looks like. The same bytes may be looked at again, as
 * a part of another value. */
#define MAX_SAMPLE 512

/* Returns the length of one of the characters at @p, as it is or percent-encoded, or 0.
 * @characters and @encoded are in the same order. */
static gsize
match_one (const char *p, const char *characters, const char *const *encoded)
{
  if (*p == '\0')
    return 0;
  if (strchr (characters, *p) != NULL)
    return 1;
  if (*p != '%')
    return 0;

  for (; *encoded != NULL; encoded++)
    if (g_ascii_strncasecmp (p, *encoded, strlen (*encoded)) == 0)
      return strlen (*encoded);

  return 0;
}

static gsize
match_separator (const char *p)
{
  static const char *const encoded[] = { "%3f", "%26", "%23", "%3b", NULL };

  return match_one (p, "?&#;", encoded);
}

static gsize
match_equals (const char *p)
{
  static const char *const encoded[] = { "%3d", NULL };

  return match_one (p, "=", encoded);
}

static gsize
match_value_end (const char *p, gboolean is_address, gboolean is_in_path)
{
  static const char *const encoded[] = { "%26", "%23", NULL };

  if (!is_address && strchr (" \t\r\n\"<>", *p) != NULL)
    return 1;

  return match_one (p, is_in_path ? "&#;/?" : "&#", encoded);
}

/* Returns the end of the name that begins at @p, where its sign of equality is, or NULL.
 */
static const char *
find_name_end (const char *p)
{
  for (const char *end = p + MAX_NAME_LENGTH; p < end && *p != '\0'; p++)
    {
      if (match_equals (p) > 0)
        return p;
      if (match_separator (p) > 0 || g_ascii_isspace (*p) || *p == '/')
        return NULL;
    }

  return NULL;
}

static gboolean
is_secret (const char *name, const char *name_end, const char *value, gsize length)
{
  g_autofree char *decoded = NULL;

  if (memchr (name, '%', name_end - name) != NULL)
    decoded = g_uri_unescape_segment (name, name_end, NULL);

  return decoded != NULL
             ? fetch_secrets_is_parameter (decoded, strlen (decoded), value, length)
             : fetch_secrets_is_parameter (name, name_end - name, value, length);
}

static gsize
measure_value (const char *value, gsize most, gboolean is_address, gboolean is_in_path)
{
  gsize length = 0;

  while (length < most && value[length] != '\0' &&
         match_value_end (value + length, is_address, is_in_path) == 0)
    length++;

  return length;
}

/* Finds the next secret value, from @p on. */
static const char *
find_value (const char *p, gboolean is_address, gsize *length)
{
  gboolean is_in_path = TRUE;

  if (strchr (p, '=') == NULL && strchr (p, '%') == NULL)
    return NULL;

  while ((p = strpbrk (p, "?&#;%")) != NULL)
    {
      const char *name;
      const char *name_end;
      const char *value;
      gboolean    is_of_path;
      gsize       n = match_separator (p);

      if (n == 0)
        {
          p++;
          continue;
        }

      is_in_path = is_in_path && (*p == ';' || n > 1);
      is_of_path = is_in_path && *p == ';';
      name = p + n;
      name_end = find_name_end (name);
      p = name;
      if (name_end == NULL)
        continue;

      value = name_end + match_equals (name_end);
      if (is_secret (name, name_end, value,
                     measure_value (value, MAX_SAMPLE, is_address, is_of_path)))
        {
          *length = measure_value (value, G_MAXSIZE, is_address, is_of_path);
          return value;
        }
      p = value;
    }

  return NULL;
}

/* Calls @func with each value that is a secret. An address may have blanks and quotation
 * marks in its values; in other texts they end a URL. */
void
fetch_tokens_foreach (const char    *text,
                      gboolean       is_address,
                      FetchTokenFunc func,
                      gpointer       user_data)
{
  gsize length;

  while ((text = find_value (text, is_address, &length)) != NULL)
    {
      func (text, length, user_data);
      text += length;
    }
}

gboolean
fetch_tokens_has_any (const char *text, gboolean is_address)
{
  const char *value;
  gsize       length;

  while ((value = find_value (text, is_address, &length)) != NULL)
    {
      if (length != strlen (PLACEHOLDER) || !g_str_has_prefix (value, PLACEHOLDER))
        return TRUE;
      text = value + length;
    }

  return FALSE;
}

/* Puts a word in the places of secret values. */
char *
fetch_tokens_hide (const char *text, gboolean is_address)
{
  GString    *hidden = g_string_new (NULL);
  const char *value;
  gsize       length;

  while ((value = find_value (text, is_address, &length)) != NULL)
    {
      g_string_append_len (hidden, text, value - text);
      g_string_append (hidden, PLACEHOLDER);
      text = value + length;
    }
  g_string_append (hidden, text);

  return g_string_free (hidden, FALSE);
}
