/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-url.h"

#include <curl/curl.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "fetch/fetch-error.h"
#include "fetch/fetch-secrets.h"
#include "fetch/fetch-visible-text.h"

/* How much of somebody's text an error message repeats. */
#define MAX_QUOTED_CHARACTERS 40

#define ZERO_WIDTH_NON_JOINER 0x200c
#define ZERO_WIDTH_JOINER 0x200d

/* The canonical combining class of the sign that takes the vowel from a letter. */
#define VIRAMA_CLASS 9

static gboolean
fail (GError **error, const char *message)
{
  g_propagate_error (error, fetch_error_new (FETCH_ERROR_BAD_ADDRESS, message, NULL));

  return FALSE;
}

/* White space at the ends is never meant. A byte order mark there is not seen by anybody.
 */
static char *
strip (const char *text)
{
  const char *end = text + strlen (text);

  while (*text != '\0' &&
         (g_unichar_isspace (g_utf8_get_char (text)) || g_utf8_get_char (text) == 0xfeff))
    text = g_utf8_next_char (text);

  while (end > text)
    {
      const char *last = g_utf8_prev_char (end);

      if (!g_unichar_isspace (g_utf8_get_char (last)))
        break;
      end = last;
    }

  return g_strndup (text, end - text);
}

/* A message may be kept, and shown to others: there is no password in it. */
static char *
quote (const char *text)
{
  g_autofree char *harmless = fetch_secrets_hide_in_address (text);
  g_autofree char *start = NULL;
  g_autofree char *line = NULL;

  if (g_utf8_strlen (harmless, -1) <= MAX_QUOTED_CHARACTERS)
    return fetch_visible_line (harmless);

  start = g_utf8_substring (harmless, 0, MAX_QUOTED_CHARACTERS);
  line = fetch_visible_line (start);

  return g_strconcat (line, "…", NULL);
}

/* Returns the part of an address behind its authority: the path, the query or the
 * fragment. */
static const char *
find_rest (const char *text, const char *scheme_end)
{
  const char *authority = text;

  if (scheme_end != NULL)
    authority = scheme_end + 1 + strspn (scheme_end + 1, "/\\");

  return authority + strcspn (authority, "/\\?#");
}

/* Scripts whose letters join, so that a zero-width non-joiner between them is a part of
 * the spelling, as in Persian. */
static gboolean
is_joining_letter (gunichar character)
{
  if (!g_unichar_isalpha (character))
    return FALSE;

  switch (g_unichar_get_script (character))
    {
    case G_UNICODE_SCRIPT_ARABIC:
    case G_UNICODE_SCRIPT_SYRIAC:
    case G_UNICODE_SCRIPT_MANDAIC:
    case G_UNICODE_SCRIPT_MONGOLIAN:
    case G_UNICODE_SCRIPT_NKO:
    case G_UNICODE_SCRIPT_PHAGS_PA:
    case G_UNICODE_SCRIPT_ADLAM:
    case G_UNICODE_SCRIPT_HANIFI_ROHINGYA:
      return TRUE;
    default:
      return FALSE;
    }
}

/* Returns whether a character can be a part of an emoji sequence: a symbol, or what
 * chooses its skin tone or its look. */
static gboolean
is_emoji (gunichar character)
{
  return character == 0xfe0f || (character >= 0x1f3fb && character <= 0x1f3ff) ||
         (character >= 0x203c && g_unichar_type (character) == G_UNICODE_OTHER_SYMBOL);
}

/* Returns whether a zero-width joiner or non-joiner stands where spelling needs it:
 * behind a virama (RFC 5892, appendix A.1 and A.2; Hindi, Sinhala), between letters that
 * would join, or between the parts of an emoji. Elsewhere it only hides. */
static gboolean
is_joiner_in_place (const char *text, const char *p)
{
  const char *before = p;
  const char *after = g_utf8_next_char (p);
  gunichar    previous;
  gunichar    next;

  if (p == text || *after == '\0')
    return FALSE;

  before = g_utf8_prev_char (before);
  if (g_unichar_combining_class (g_utf8_get_char (before)) == VIRAMA_CLASS)
    return TRUE;

  next = g_utf8_get_char (after);
  if (g_utf8_get_char (p) == ZERO_WIDTH_JOINER)
    return is_emoji (g_utf8_get_char (before)) && is_emoji (next);

  while (before > text && g_unichar_ismark (g_utf8_get_char (before)))
    before = g_utf8_prev_char (before);
  previous = g_utf8_get_char (before);

  return is_joining_letter (previous) && is_joining_letter (next);
}

static gboolean
is_joiner (gunichar character)
{
  return character == ZERO_WIDTH_NON_JOINER || character == ZERO_WIDTH_JOINER;
}

static gboolean
fail_with_hidden (gunichar character, GError **error)
{
  g_autofree char *message = g_strdup_printf (
      /* Translators: %04X becomes the number of a Unicode character, as in
         U+202E. */
      _ ("There is an invisible character in the address (U+%04X)."), character);

  return fail (error, message);
}

/* Nothing that can't be seen may be in an address, and no space. @rest is where its path
 * begins: there, joiners may stand where spelling needs them; those before it are left to
 * the rules for host names. A space may be in @spacious, a part of @rest. */
static gboolean
check_characters (const char *text,
                  const char *rest,
                  const char *spacious,
                  GError    **error)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar character = g_utf8_get_char (p);

      if (character < 0x80 && g_ascii_isgraph (character))
        continue;

      if (character == ' ' && p > spacious)
        continue;

      if (g_unichar_isspace (character))
        return fail (
            error,
            /* Translators: %20 is to be typed like this.
             * xgettext:no-c-format */
            _ ("An address can’t contain spaces or line breaks. Write a space as "
               "%20."));

      if (is_joiner (character) && (p < rest || is_joiner_in_place (text, p)))
        continue;

      if (fetch_visible_is_hidden (character))
        return fail_with_hidden (character, error);
    }

  return TRUE;
}

/* Where the scheme ends: at its colon. NULL if there is none, as in “example.org”, or in
 * “example.org:8080”, where the colon is another one. */
static const char *
find_scheme_end (const char *text)
{
  const char *p = text;

  if (!g_ascii_isalpha (*p))
    return NULL;
  while (g_ascii_isalnum (*p) || *p == '+' || *p == '-' || *p == '.')
    p++;
  if (*p != ':')
    return NULL;

  if (!g_str_has_prefix (p, "://"))
    {
      gsize n_digits = strspn (p + 1, "0123456789");

      if (n_digits > 0 && strchr ("/?#", p[1 + n_digits]) != NULL)
        return NULL;
    }

  return p;
}

static gboolean
fail_with_curl (CURLUcode code, const char *text, GError **error)
{
  g_autofree char *quoted = quote (text);
  g_autofree char *message = NULL;

  switch (code)
    {
    case CURLUE_NO_HOST:
      /* Translators: %s is what somebody typed. So it is in what follows. */
      message = g_strdup_printf (_ ("There is no host name in “%s”."), quoted);
      break;

    case CURLUE_BAD_HOSTNAME:
    case CURLUE_BAD_IPV6:
      message = g_strdup_printf (_ ("The host name in “%s” is not valid."), quoted);
      break;

    case CURLUE_BAD_PORT_NUMBER:
      message = g_strdup_printf (
          _ ("The port number in “%s” is not valid: it goes from 1 to 65535."), quoted);
      break;

    default:
      message = g_strdup_printf (_ ("“%s” is not a valid address."), quoted);
      break;
    }

  return fail (error, message);
}

/* What was hidden by percent-encoding. */
static gboolean
check_host (CURLU *parts, const char *typed, GError **error)
{
  char    *host = NULL;
  gboolean is_good;

  if (curl_url_get (parts, CURLUPART_HOST, &host, 0) != CURLUE_OK)
    return fail_with_curl (CURLUE_NO_HOST, typed, error);

  is_good = g_utf8_validate (host, -1, NULL)
                ? check_characters (host, host + strlen (host), host + strlen (host),
                                    error)
                : fail_with_curl (CURLUE_BAD_HOSTNAME, typed, error);
  curl_free (host);

  return is_good;
}

/* libcurl reads it once more when it fetches. Something else may come of that, of what is
 * encoded: “%39” is read as the host 9, and that as 0.0.0.9. */
static gboolean
check_is_read_as_itself (CURLU *parts, const char *url, const char *typed, GError **error)
{
  char    *again = NULL;
  gboolean is_same = strchr (typed, '%') == NULL;

  if (is_same)
    return TRUE;

  is_same = curl_url_set (parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
            curl_url_get (parts, CURLUPART_URL, &again, 0) == CURLUE_OK &&
            g_str_equal (again, url);

  curl_free (again);

  return is_same || fail_with_curl (CURLUE_BAD_HOSTNAME, typed, error);
}

/* Versions of libcurl differ in whether they take 0 for a port. */
static gboolean
check_port (CURLU *parts, const char *typed, GError **error)
{
  char    *port = NULL;
  gboolean is_zero = curl_url_get (parts, CURLUPART_PORT, &port, 0) == CURLUE_OK &&
                     g_ascii_strtoull (port, NULL, 10) == 0;

  curl_free (port);

  return !is_zero || fail_with_curl (CURLUE_BAD_PORT_NUMBER, typed, error);
}

/* What libcurl refuses is refused, with its reason, although browsers may make something
 * of it: in what was typed, that is more likely a mistake. */
static gboolean
check_as_libcurl (const char *text, const char *typed, GError **error)
{
  CURLU    *parts = curl_url ();
  char     *user = NULL;
  char     *url = NULL;
  gboolean  is_good = FALSE;
  CURLUcode code = curl_url_set (parts, CURLUPART_URL, text,
                                 CURLU_URLENCODE | CURLU_ALLOW_SPACE);

  if (code == CURLUE_OK)
    code = curl_url_get (parts, CURLUPART_URL, &url, 0);

  if (code != CURLUE_OK)
    fail_with_curl (code, typed, error);
  else if (curl_url_get (parts, CURLUPART_USER, &user, 0) == CURLUE_OK)
    fail (error, _ ("Take the user name and the password out of the address: "
                    "they are not sent."));
  else
    is_good = check_host (parts, typed, error) && check_port (parts, typed, error) &&
              check_is_read_as_itself (parts, url, typed, error);

  curl_free (user);
  curl_free (url);
  curl_url_cleanup (parts);

  return is_good;
}

/* A joiner in a host name that IDNA refuses can't be seen in the message about it. */
static gboolean
fail_with_host (const char *text, const char *typed, GError **error)
{
  const char *rest = find_rest (text, strchr (text, ':'));

  for (const char *p = text; p < rest; p = g_utf8_next_char (p))
    if (is_joiner (g_utf8_get_char (p)))
      return fail_with_hidden (g_utf8_get_char (p), error);

  return fail_with_curl (CURLUE_BAD_HOSTNAME, typed, error);
}

/* @text has a scheme. */
static char *
normalize (const char *text, const char *typed, GError **error)
{
  char *url;

  if (!check_as_libcurl (text, typed, error))
    return NULL;

  url = fetch_url_resolve (NULL, text, strlen (text), NULL);
  if (url == NULL)
    fail_with_host (text, typed, error);

  return url;
}

static gboolean
check_scheme (const char *text, const char *end, GError **error)
{
  g_autofree char *scheme = g_strndup (text, end - text);
  g_autofree char *quoted = NULL;
  g_autofree char *message = NULL;

  if (g_ascii_strcasecmp (scheme, "http") == 0 ||
      g_ascii_strcasecmp (scheme, "https") == 0)
    return TRUE;

  quoted = quote (scheme);
  message = g_strdup_printf (
      /* Translators: %s becomes the start of an address, such as “ftp”. */
      _ ("Only web addresses can be fetched: they start with http or https, not “%s”."),
      quoted);

  return fail (error, message);
}

/**
 * fetch_url_parse:
 * @text: what somebody typed; it need not be valid UTF-8
 * @url: (out): where to put the address to fetch
 * @fallback_url: (out) (nullable): where to put the address to fetch if there is no HTTPS
 *   at @url; %NULL unless the scheme was left out
 * @error: where to put a sentence that says what is wrong with it
 *
 * Reads an address. “example.org” is taken as `https://example.org/` first. The URLs are
 * normalized as those of [func@fetch_url_resolve].
 *
 * May be called from any thread.
 *
 * Returns: whether it is an address
 */
gboolean
fetch_url_parse (const char *text, char **url, char **fallback_url, GError **error)
{
  g_autofree char *stripped = NULL;
  g_autofree char *with_https = NULL;
  g_autofree char *with_http = NULL;
  g_autofree char *first = NULL;
  const char      *scheme_end;
  const char      *rest;

  if (strlen (text) > FETCH_URL_MAX_LENGTH)
    {
      g_autofree char *message = g_strdup_printf (
          ngettext ("This is too long for an address: it can have %u byte at most.",
                    "This is too long for an address: it can have %u bytes at most.",
                    FETCH_URL_MAX_LENGTH),
          FETCH_URL_MAX_LENGTH);

      return fail (error, message);
    }

  if (!g_utf8_validate (text, -1, NULL))
    return fail (error, _ ("The address is not valid text (UTF-8)."));

  stripped = strip (text);
  if (*stripped == '\0')
    return fail (error, _ ("Type an address, such as example.org."));

  scheme_end = find_scheme_end (stripped);
  rest = find_rest (stripped, scheme_end);
  /* Several words that begin with a host name may be no address. */
  if (!check_characters (stripped, rest,
                         scheme_end != NULL ? rest : stripped + strlen (stripped), error))
    return FALSE;

  if (scheme_end != NULL)
    {
      if (!check_scheme (stripped, scheme_end, error))
        return FALSE;

      *url = normalize (stripped, stripped, error);
      *fallback_url = NULL;

      return *url != NULL;
    }

  with_https = g_strconcat ("https://", stripped, NULL);
  first = normalize (with_https, stripped, error);
  if (first == NULL)
    return FALSE;

  with_http = g_strconcat ("http://", stripped, NULL);
  *fallback_url = normalize (with_http, stripped, error);
  if (*fallback_url == NULL)
    return FALSE;

  *url = g_steal_pointer (&first);

  return TRUE;
}

/**
 * fetch_url_to_shown:
 * @url: a URL that [func@fetch_url_parse] has made
 * @text: what it has made it of
 *
 * Puts a host name that is not ASCII back as it was typed, for people to read. What was
 * typed as an A-label stays one: it may look like another name.
 *
 * Thread-safe.
 *
 * Returns: (transfer full): the URL as it is shown; it may have invisible characters
 */
char *
fetch_url_to_shown (const char *url, const char *text)
{
  g_autofree char *stripped = strip (text);
  const char      *scheme_end = find_scheme_end (stripped);
  const char      *rest = find_rest (stripped, scheme_end);
  const char      *authority = stripped;
  const char      *url_authority = strstr (url, "://") + strlen ("://");

  if (scheme_end != NULL)
    authority = scheme_end + 1 + strspn (scheme_end + 1, "/\\");
  for (const char *p = authority; p < rest; p++)
    if ((guchar) *p >= 0x80)
      return g_strdup_printf ("%.*s%.*s%s", (int) (url_authority - url), url,
                              (int) (rest - authority), authority,
                              url_authority + strcspn (url_authority, "/?#"));

  return g_strdup (url);
}

/* Scheme, host and port of a normalized URL, as in “http://example.org:8080”. */
char *
fetch_url_get_origin (const char *url)
{
  const char *authority = strstr (url, "://") + strlen ("://");

  return g_strndup (url, authority - url + strcspn (authority, "/?#"));
}
