/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-url-private.h"

#include <string.h>

#include "fetch/fetch-url.h"

/*
 * URL parser of the WHATWG URL standard (https://url.spec.whatwg.org/#url-parsing), for
 * http and https only. libcurl's own takes backslashes, blanks and missing slashes
 * otherwise, and its versions differ; so libcurl is given only what has been read and
 * normalized here.
 */

typedef struct
{
  char    *scheme;
  char    *host;
  int      port;     /* -1 for the scheme's own */
  GString *path;     /* begins with a slash */
  char    *query;    /* without the question mark; NULL for none */
  char    *fragment; /* without the hash; NULL for none */
} Url;

static void
url_clear (Url *self)
{
  g_free (self->scheme);
  g_free (self->host);
  if (self->path != NULL)
    g_string_free (self->path, TRUE);
  g_free (self->query);
  g_free (self->fragment);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Url, url_clear)

static gboolean
is_slash (char c)
{
  return c == '/' || c == '\\';
}

/* Without C0 controls and blanks at both ends, and without tabs and line ends anywhere.
 */
static GString *
clean (const char *reference, gsize length)
{
  GString *text = g_string_sized_new (length);

  while (length > 0 && (guchar) *reference <= ' ')
    {
      reference++;
      length--;
    }
  while (length > 0 && (guchar) reference[length - 1] <= ' ')
    length--;

  for (gsize i = 0; i < length; i++)
    if (reference[i] != '\t' && reference[i] != '\n' && reference[i] != '\r')
      g_string_append_c (text, reference[i]);

  return text;
}

/* Percent-encodes controls, the blank, what is not ASCII (byte by byte, so that Latin-1
 * arrives as it was sent) and the characters in @set. Escapes that are there stay, and so
 * does a percent sign that is none. */
static void
append_encoded (GString *string, const char *text, gsize length, const char *set)
{
  for (gsize i = 0; i < length; i++)
    {
      guchar byte = (guchar) text[i];

      if (byte <= ' ' || byte >= 0x7f || strchr (set, byte) != NULL)
        g_string_append_printf (string, "%%%02X", byte);
      else
        g_string_append_c (string, (char) byte);
    }
}

/* The percent-encode sets of the standard, without what all of them have. */
#define PATH_SET "\"#<>?^`{}"
#define SPECIAL_QUERY_SET "\"#<>'"
#define FRAGMENT_SET "\"<>`"

static char *
encode (const char *text, gsize length, const char *set)
{
  GString *string = g_string_sized_new (length);

  append_encoded (string, text, length, set);

  return g_string_free (string, FALSE);
}

/* Returns the number of dots if a segment consists of one or two of them, and else 0. */
static int
count_dots (const char *segment, gsize length)
{
  int n_dots = 0;

  while (length > 0)
    {
      gsize size = *segment == '.'                                               ? 1
                   : length >= 3 && g_ascii_strncasecmp (segment, "%2e", 3) == 0 ? 3
                                                                                 : 0;

      if (size == 0 || ++n_dots > 2)
        return 0;
      segment += size;
      length -= size;
    }

  return n_dots;
}

/* Removes the last segment with its slash. */
static void
shorten (GString *path)
{
  const char *slash = strrchr (path->str, '/');

  g_string_truncate (path, slash != NULL ? slash - path->str : 0);
}

/* Appends segments to a path that ends where a slash is to follow. @text begins behind
 * that slash. */
static void
append_path (GString *path, const char *text, gsize length)
{
  for (;;)
    {
      gsize    size = 0;
      gboolean is_last;
      int      n_dots;

      while (size < length && !is_slash (text[size]))
        size++;
      is_last = size == length;
      n_dots = count_dots (text, size);

      if (n_dots == 2)
        shorten (path);
      if (n_dots == 0)
        {
          g_string_append_c (path, '/');
          append_encoded (path, text, size, PATH_SET);
        }
      else if (is_last)
        g_string_append_c (path, '/');

      if (is_last)
        return;
      text += size + 1;
      length -= size + 1;
    }
}

/* Reads the path, the query and the fragment, or those of them that there are. Without a
 * path, the query of the base is gone only if there is another. */
static void
read_rest (Url *self, const char *text, gsize length, gboolean has_path)
{
  const char *end = text + length;
  const char *hash = memchr (text, '#', length);
  const char *query_end = hash != NULL ? hash : end;
  const char *mark = memchr (text, '?', query_end - text);
  const char *path_end = mark != NULL ? mark : query_end;

  if (has_path)
    append_path (self->path, text, path_end - text);

  if (has_path || mark != NULL)
    g_clear_pointer (&self->query, g_free);
  if (mark != NULL)
    self->query = encode (mark + 1, query_end - mark - 1, SPECIAL_QUERY_SET);

  /* RFC 9110, section 10.2.2: that of the base stays, unless there is another. */
  if (hash != NULL)
    {
      g_free (self->fragment);
      self->fragment = encode (hash + 1, end - hash - 1, FRAGMENT_SET);
    }
}

static gboolean
read_port (Url *self, const char *text, gsize length)
{
  const int usual_port = g_str_equal (self->scheme, "https") ? 443 : 80;
  int       port = 0;

  self->port = -1;
  if (length == 0)
    return TRUE;

  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return FALSE;
      port = port * 10 + g_ascii_digit_value (text[i]);
      if (port > 65535)
        return FALSE;
    }

  if (port != usual_port)
    self->port = port;

  /* Nothing can be reached at port 0. */
  return port > 0;
}

/* @text begins behind the slashes. */
static FetchUrlProblem
read_authority (Url *self, const char *text, gsize length)
{
  gsize       size = 0;
  const char *at;
  const char *host = text;
  const char *colon = NULL;
  gboolean    is_in_brackets = FALSE;
  gboolean    has_user;
  gsize       host_size;

  while (size < length && !is_slash (text[size]) && text[size] != '?' &&
         text[size] != '#')
    size++;

  at = memrchr (text, '@', size);
  if (at != NULL)
    host = at + 1;
  /* “@” and “:@” name no user. */
  has_user = at != NULL && at != text && !(at == text + 1 && *text == ':');

  for (const char *c = host; c < text + size && colon == NULL; c++)
    {
      if (*c == '[')
        is_in_brackets = TRUE;
      else if (*c == ']')
        is_in_brackets = FALSE;
      else if (*c == ':' && !is_in_brackets)
        colon = c;
    }
  host_size = (colon != NULL ? colon : text + size) - host;

  g_free (self->host);
  self->host = fetch_url_normalize_host (host, host_size);
  if (self->host == NULL)
    return FETCH_URL_PROBLEM_INVALID;
  if (!read_port (self, colon != NULL ? colon + 1 : NULL,
                  colon != NULL ? text + size - colon - 1 : 0))
    return FETCH_URL_PROBLEM_INVALID;
  if (has_user)
    return FETCH_URL_PROBLEM_USERINFO;

  g_string_truncate (self->path, 0);
  if (size < length && is_slash (text[size]))
    size++;
  read_rest (self, text + size, length - size, TRUE);

  return FETCH_URL_PROBLEM_NONE;
}

/* @self holds the base, and then the result. */
static FetchUrlProblem
read_relative (Url *self, const char *text, gsize length)
{
  if (length > 1 && is_slash (text[0]) && is_slash (text[1]))
    {
      gsize n_slashes = 2;

      while (n_slashes < length && is_slash (text[n_slashes]))
        n_slashes++;

      return read_authority (self, text + n_slashes, length - n_slashes);
    }

  if (length > 0 && is_slash (*text))
    {
      g_string_truncate (self->path, 0);
      read_rest (self, text + 1, length - 1, TRUE);
    }
  else if (length == 0 || *text == '?' || *text == '#')
    read_rest (self, text, length, FALSE);
  else
    {
      shorten (self->path);
      read_rest (self, text, length, TRUE);
    }

  return FETCH_URL_PROBLEM_NONE;
}

/* Returns the length of the scheme with its colon, or 0 if there is none. */
static gsize
get_scheme_length (const char *text)
{
  gsize n = 0;

  if (!g_ascii_isalpha (*text))
    return 0;
  while (g_ascii_isalnum (text[n]) ||
         (text[n] != '\0' && strchr ("+-.", text[n]) != NULL))
    n++;

  return text[n] == ':' ? n + 1 : 0;
}

/* @self holds the base, if there is one, and then the result. */
static FetchUrlProblem
read_url (Url *self, const char *reference, gsize length)
{
  g_autoptr (GString) text = clean (reference, length);
  gsize            scheme_length = get_scheme_length (text->str);
  g_autofree char *scheme = NULL;
  gsize            start = scheme_length;

  if (scheme_length == 0)
    return self->scheme != NULL ? read_relative (self, text->str, text->len)
                                : FETCH_URL_PROBLEM_INVALID;

  scheme = g_ascii_strdown (text->str, scheme_length - 1);
  if (!g_str_equal (scheme, "http") && !g_str_equal (scheme, "https"))
    return FETCH_URL_PROBLEM_SCHEME;

  /* “http:path” is relative to a base of the same scheme. */
  if (self->scheme != NULL && g_str_equal (scheme, self->scheme))
    return read_relative (self, text->str + start, text->len - start);

  while (start < text->len && is_slash (text->str[start]))
    start++;
  g_free (self->scheme);
  self->scheme = g_steal_pointer (&scheme);
  if (self->path == NULL)
    self->path = g_string_new (NULL);

  return read_authority (self, text->str + start, text->len - start);
}

static char *
to_string (const Url *self)
{
  GString *string = g_string_new (self->scheme);

  g_string_append_printf (string, "://%s", self->host);
  if (self->port >= 0)
    g_string_append_printf (string, ":%d", self->port);
  g_string_append (string, self->path->len > 0 ? self->path->str : "/");
  if (self->query != NULL)
    g_string_append_printf (string, "?%s", self->query);
  if (self->fragment != NULL)
    g_string_append_printf (string, "#%s", self->fragment);

  return g_string_free (string, FALSE);
}

/**
 * fetch_url_resolve:
 * @base: (nullable): an absolute http or https URL, or %NULL
 * @reference: (array length=length): a URL reference, such as the value of a `Location`
 *   field; any bytes
 * @length: the length of @reference in bytes
 * @problem: (out) (optional): return location for the reason of a failure
 *
 * Resolves a URL reference against a base URL, by the WHATWG URL standard as browsers do.
 * The result consists of printable ASCII characters without blanks, with A-labels in the
 * host. It has no user name and no port that is its scheme's own, so that equal origins
 * are equal text. The fragment is the reference's, or else that of @base (RFC 9110,
 * section 10.2.2). A reference with a user name or a password is refused.
 *
 * Thread-safe.
 *
 * Returns: (transfer full) (nullable): the URL, or %NULL if there is a problem
 */
char *
fetch_url_resolve (const char      *base,
                   const char      *reference,
                   gsize            length,
                   FetchUrlProblem *problem)
{
  g_auto (Url) url = { .port = -1 };
  FetchUrlProblem found = FETCH_URL_PROBLEM_NONE;

  g_return_val_if_fail (reference != NULL, NULL);

  if (base != NULL)
    found = read_url (&url, base, strlen (base));

  /* A base that is none is as good as no base: an absolute reference does not need it. */
  if (found != FETCH_URL_PROBLEM_NONE)
    {
      url_clear (&url);
      url = (Url){ .port = -1 };
    }

  found = read_url (&url, reference, length);
  if (problem != NULL)
    *problem = found;

  return found == FETCH_URL_PROBLEM_NONE ? to_string (&url) : NULL;
}
