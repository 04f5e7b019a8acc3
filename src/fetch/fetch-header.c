/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-header-private.h"

#include <string.h>

/*
 * What a header says of the body that follows it: how long it is, which part of what, and
 * whether that can be. It is the server's word, and may be anything.
 */

static gboolean
is_field (const char *line, gsize length, const char *name)
{
  gsize name_length = strlen (name);

  return length > name_length && line[name_length] == ':' &&
         g_ascii_strncasecmp (line, name, name_length) == 0;
}

/* Digits, and nothing else: GLib's reader passes over some blanks. */
static gboolean
read_size (const char *text, gint64 *size)
{
  guint64 number;

  if (!g_ascii_isdigit (*text) ||
      !g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &number, NULL))
    return FALSE;

  *size = number;

  return TRUE;
}

/* A line of a header, of which libcurl may keep something for the next request. */
gboolean
fetch_header_sets_cookie (const char *line, gsize length)
{
  return is_field (line, length, "Set-Cookie");
}

/* A line of a header. Two lengths that differ are how one answer is smuggled into
 * another, and one that can't be is a mistake, or a trap. The first that comes is kept in
 * @first, as thousands may follow; it is NULL before. */
gboolean
fetch_header_is_bad_length (char **first, const char *line, gsize length)
{
  static const char name[] = "Content-Length:";
  g_autofree char  *value = NULL;
  gint64            size;

  if (!is_field (line, length, "Content-Length"))
    return FALSE;

  value = g_strstrip (g_strndup (line + strlen (name), length - strlen (name)));
  if (*first == NULL)
    *first = g_strdup (value);
  else if (!g_str_equal (*first, value))
    return TRUE;

  return strspn (value, "0123456789") == strlen (value) && !read_size (value, &size);
}

/* Whether a value is nothing but "chunked", as it is with most bodies without a length.
 */
static gboolean
is_chunked (const char *value, gsize length)
{
  static const char chunked[] = "chunked";
  gsize             name_length = strlen (chunked);

  length = strnlen (value, length);
  while (length > 0 && g_ascii_isspace (*value))
    {
      value++;
      length--;
    }
  while (length > 0 && g_ascii_isspace (value[length - 1]))
    length--;

  return length == name_length && g_ascii_strncasecmp (value, chunked, name_length) == 0;
}

/* Tells whether a line of a header may name codings of the body that libcurl does not
 * undo. */
gboolean
fetch_header_has_coding (const char *line, gsize length)
{
  gsize start = strlen ("Transfer-Encoding:");

  return is_field (line, length, "Content-Encoding") ||
         (is_field (line, length, "Transfer-Encoding") &&
          !is_chunked (line + start, length - start));
}

/* Adds the list that follows the colon of each field of that name. */
static void
add_codings (GString *codings, const char *const *fields, const char *name)
{
  for (; *fields != NULL; fields++)
    if (is_field (*fields, strlen (*fields), name))
      {
        g_autofree char *value = g_strstrip (g_strdup (*fields + strlen (name) + 1));

        if (*value != '\0')
          g_string_append_printf (codings, "%s%s", codings->len > 0 ? ", " : "", value);
      }
}

/* Lists what the Content-Encoding fields of the last header say; NULL if there are none.
 */
char *
fetch_header_dup_content_codings (FetchHops *hops)
{
  FetchHop last = fetch_hops_get (hops, fetch_hops_get_length (hops) - 1);
  GString *codings = g_string_new (NULL);

  add_codings (codings, last.fields, "Content-Encoding");

  return g_string_free (codings, codings->len == 0);
}

/* Lists the codings of the body that follows the last header, in the order in which they
 * were applied: those of the content (RFC 9110 §8.4), and then those of the transfer (RFC
 * 9112 §7), which are not asked for and sent all the same. libcurl undoes "chunked". */
char *
fetch_header_dup_codings (FetchHops *hops)
{
  FetchHop last = fetch_hops_get (hops, fetch_hops_get_length (hops) - 1);
  GString *codings = g_string_new (NULL);
  GString *transfer_codings = g_string_new (NULL);

  add_codings (codings, last.fields, "Content-Encoding");
  add_codings (transfer_codings, last.fields, "Transfer-Encoding");
  g_string_ascii_down (transfer_codings);
  g_string_replace (transfer_codings, "chunked", "", 0);
  g_string_append_printf (codings, ",%s", transfer_codings->str);
  g_string_free (transfer_codings, TRUE);

  return g_string_free (codings, FALSE);
}

/* That of the body, as the header of the last answer says; -1 if it does not. */
gint64
fetch_header_get_length (FetchHops *hops)
{
  const char *length = fetch_hops_find_field (hops, "Content-Length");
  gint64      size;

  return length != NULL && fetch_hops_find_field (hops, "Transfer-Encoding") == NULL &&
                 read_size (length, &size)
             ? size
             : -1;
}

/* As in “bytes 500-999/1000”. */
gboolean
fetch_header_begins_at (const char *content_range, guint64 offset)
{
  return g_str_has_prefix (content_range, "bytes ") &&
         g_ascii_isdigit (content_range[strlen ("bytes ")]) &&
         g_ascii_strtoull (content_range + strlen ("bytes "), NULL, 10) == offset;
}

/* The number after the slash, as in “bytes 0-499/1234”; -1 if there is none. */
gint64
fetch_header_get_full_size (const char *content_range)
{
  const char *slash = strchr (content_range, '/');
  gint64      size;

  return slash != NULL && read_size (slash + 1, &size) ? size : -1;
}

/* Whether a range is what follows, and of a whole that is as large as it was. */
static gboolean
follows (const char *content_range, guint64 offset, gint64 expected_size)
{
  gint64 full_size = fetch_header_get_full_size (content_range);

  return fetch_header_begins_at (content_range, offset) &&
         (expected_size < 0 || full_size < 0 || full_size == expected_size);
}

/* Whether the body begins at @offset, and is of the version that is called @entity and is
 * of @full_size (-1 if that is not known), whatever the server was asked. */
gboolean
fetch_header_goes_on (FetchHops  *hops,
                      const char *entity,
                      guint64     offset,
                      gint64      full_size)
{
  const char *range = fetch_hops_find_field (hops, "Content-Range");
  const char *name = fetch_hops_find_field (hops,
                                            *entity == '"' ? "ETag" : "Last-Modified");
  gboolean    is_named_alike = name != NULL ? g_str_equal (name, entity) : *entity != '"';

  return is_named_alike && range != NULL && follows (range, offset, full_size) &&
         fetch_hops_find_field (hops, "Content-Encoding") == NULL;
}
