/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-secrets-private.h"

#include <string.h>

#include "fetch/fetch-secrets.h"

/*
 * Tells by names which header fields and query parameters hold secrets. A name is taken
 * apart into words, at punctuation and where a capital follows: “X-Amz-Security-Token”,
 * “accessToken” and “access_token” are of the same words. Rules for words rather than a
 * list, because services make up new names. Sources of what the rules have to cover:
 *
 * Authorization, Proxy-Authorization, Cookie, Set-Cookie: RFC 9110, RFC 6265
 * access_token, code, client_secret, client_assertion: RFC 6749, 6750, 7521
 * id_token, id_token_hint: OpenID Connect Core
 * oauth_token, oauth_signature, oauth_verifier: RFC 5849
 * SAMLRequest, SAMLResponse: SAML 2.0 bindings; ticket: CAS protocol
 * X-Amz-Security-Token, -Signature, -Credential, AWSAccessKeyId: AWS Signature 4 and 2
 * X-Goog-Api-Key, X-Goog-Signature, X-Goog-Credential, key: Google Cloud
 * Ocp-Apim-Subscription-Key, x-functions-key, api-key, sig: Azure
 * DD-API-KEY, DD-APPLICATION-KEY: Datadog; X-Vault-Token: Vault; PRIVATE-TOKEN: GitLab
 * X-Auth-Token: OpenStack; X-GitHub-OTP: GitHub; X-CSRF…, X-XSRF-TOKEN: frameworks
 * hdnts, hdnea, hdntl: Akamai; Signature, Key-Pair-Id: CloudFront
 * PHPSESSID, jsessionid, sid: sessions of servers
 */

#define MAX_NAME_LENGTH 128
#define MAX_WORDS 24

typedef struct
{
  char text[MAX_NAME_LENGTH + MAX_WORDS]; /* words in lower case, each with a NUL */
  const char *words[MAX_WORDS];
  guint       n_words;
} Words;

static void
begin_word (Words *self, char **end)
{
  if (self->n_words > 0 && *end > self->words[self->n_words - 1])
    *(*end)++ = '\0';
  if (self->n_words == 0 || *end > self->words[self->n_words - 1])
    self->words[self->n_words++] = *end;
}

/* “APIKey” is api and key, “TToken” t and token. Of what is too long for a name, the
 * beginning is looked at. */
static void
take_apart (Words *self, const char *name, gsize length)
{
  char    *end = self->text;
  gboolean was_lower = FALSE;
  gboolean was_letter = FALSE;

  self->n_words = 0;
  length = MIN (length, MAX_NAME_LENGTH);
  for (gsize i = 0; i < length; i++)
    {
      const char c = name[i];
      gboolean   is_upper = g_ascii_isupper (c);
      gboolean   begins = is_upper && (was_lower || (was_letter && i + 1 < length &&
                                                   g_ascii_islower (name[i + 1])));

      if (!g_ascii_isalnum (c))
        {
          was_lower = was_letter = FALSE;
          continue;
        }

      if ((!was_letter || begins) && self->n_words < MAX_WORDS)
        begin_word (self, &end);
      *end++ = g_ascii_tolower (c);
      was_lower = !is_upper;
      was_letter = TRUE;
    }
  *end = '\0';
}

static gboolean
is_in (const char *word, const char *const *list)
{
  for (; *list != NULL; list++)
    if (g_str_equal (word, *list))
      return TRUE;

  return FALSE;
}

static gboolean
has_one_of (const char *word, const char *const *list)
{
  for (; *list != NULL; list++)
    if (strstr (word, *list) != NULL)
      return TRUE;

  return FALSE;
}

static gboolean
begins_with_one_of (const char *word, const char *const *list)
{
  for (; *list != NULL; list++)
    if (g_str_has_prefix (word, *list))
      return TRUE;

  return FALSE;
}

static gboolean
ends_with_one_of (const char *word, const char *const *list)
{
  for (; *list != NULL; list++)
    if (g_str_has_suffix (word, *list))
      return TRUE;

  return FALSE;
}

/* “auth”, “authorization”, but not “author”, “authority” or “authenticate”, with
 * which a server only asks, nor “authuser”, which is a number. */
static gboolean
is_auth (const char *word)
{
  static const char *const others[] = { "authenticate", "authenticated", "authuser",
                                        NULL };

  if (!g_str_has_prefix (word, "auth"))
    return FALSE;

  return !is_in (word, others) &&
         (!g_str_has_prefix (word, "author") || g_str_has_prefix (word, "authoriz") ||
          g_str_has_prefix (word, "authoris"));
}

static gboolean
is_telling_word (const char *word, gboolean is_last)
{
  static const char *const parts[] = { "secret",   "passwor",    "passwd",  "passphrase",
                                       "passcode", "credential", "session", "sessid",
                                       "cookie",   "signature",  "jwt",     NULL };
  static const char *const ends[] = { "token", "apikey", "csrf", "xsrf", "hmac", NULL };
  static const char *const wholes[] = { "pwd",    "psw",       "passkey",  "creds",
                                        "sig",    "lsig",      "otp",      "totp",
                                        "hdnts",  "hdnea",     "hdntl",    "rlkey",
                                        "bearer", "assertion", "verifier", NULL };
  static const char *const starts[] = { "saml", NULL };

  return has_one_of (word, parts) || ends_with_one_of (word, ends) ||
         is_in (word, wholes) || begins_with_one_of (word, starts) || is_auth (word) ||
         (is_last && g_str_equal (word, "pass"));
}

/* In one word, as in “subscriptionkey”. */
static gboolean
is_kind_of_key (const char *word)
{
  static const char *const kinds[] = {
    "api",         "access",    "auth",    "private", "secret",     "subscription",
    "application", "app",       "master",  "shared",  "encryption", "signing",
    "function",    "functions", "account", "license", "developer",  "consumer",
    "resource",    "storage",   NULL
  };
  gsize length = strlen (word);

  if (length <= strlen ("key") || !g_str_has_suffix (word, "key"))
    return FALSE;

  for (const char *const *kind = kinds; *kind != NULL; kind++)
    if (strlen (*kind) == length - strlen ("key") && g_str_has_prefix (word, *kind))
      return TRUE;

  return FALSE;
}

/* A key at the end of a name opens something, unless it finds something. In the middle,
 * as in “Access-Key-Id”, it has to be of a kind that opens. */
static gboolean
has_key (const Words *words)
{
  static const char *const openers[] = { "api",     "access", "auth",
                                         "private", "secret", NULL };
  static const char *const finders[] = { "cache",   "surrogate", "idempotency", "sort",
                                         "primary", "partition", "foreign",     "public",
                                         "route",   "routing",   "lookup",      "socket",
                                         NULL };

  for (guint i = 0; i < words->n_words; i++)
    {
      const char *before = i > 0 ? words->words[i - 1] : "";

      if (is_kind_of_key (words->words[i]))
        return TRUE;
      if (!g_str_equal (words->words[i], "key"))
        continue;
      if (is_in (before, openers) ||
          (i + 1 == words->n_words && !is_in (before, finders)))
        return TRUE;
    }

  return FALSE;
}

/* A place in a list is no secret. */
static gboolean
is_page (const char *word)
{
  static const char *const words[] = { "page",         "next",       "prev",   "previous",
                                       "continuation", "pagination", "cursor", "sync",
                                       "start",        NULL };

  return is_in (word, words);
}

static gboolean
are_telling (const Words *words)
{
  for (guint i = 0; i < words->n_words; i++)
    {
      const char *word = words->words[i];
      gboolean    is_of_page = i > 0 && is_page (words->words[i - 1]);

      if (is_telling_word (word, i + 1 == words->n_words) &&
          !(is_of_page && g_str_equal (word, "token")))
        return TRUE;
    }

  return has_key (words);
}

/* What the fields of these names hold is public, although they tell of secrets. */
static gboolean
is_public_field (const char *name, gsize length)
{
  static const char *const names[] = { "www-authenticate",  "proxy-authenticate",
                                       "sec-websocket-key", "accept-signature",
                                       "signature-input",   "xkey" };
  static const char        prefix[] = "access-control-";

  if (length > strlen (prefix) &&
      g_ascii_strncasecmp (name, prefix, strlen (prefix)) == 0)
    return TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (length == strlen (names[i]) && g_ascii_strncasecmp (name, names[i], length) == 0)
      return TRUE;

  return FALSE;
}

static gboolean
judge_name (const char *name, gsize length)
{
  Words words;

  if (length == 0 || is_public_field (name, length))
    return FALSE;
  take_apart (&words, name, length);

  return are_telling (&words);
}

/* The same few names come in each response. */
#define N_REMEMBERED 64
#define MAX_REMEMBERED_LENGTH 32

typedef struct
{
  char     name[MAX_REMEMBERED_LENGTH];
  gsize    length; /* 0 for none */
  gboolean is_secret;
} Remembered;

/* Returns whether a header field of this name holds a secret, in a request or in a
 * response. Thread-safe. */
gboolean
fetch_secrets_is_name (const char *name, gsize length)
{
  static _Thread_local Remembered table[N_REMEMBERED];
  Remembered                     *remembered;
  guint                           hash = 5381;

  if (length == 0 || length > MAX_REMEMBERED_LENGTH)
    return judge_name (name, length);

  for (gsize i = 0; i < length; i++)
    hash = hash * 33 + (guchar) name[i];
  remembered = &table[(hash * 2654435769u >> 16) % N_REMEMBERED];

  if (remembered->length != length || memcmp (remembered->name, name, length) != 0)
    {
      memcpy (remembered->name, name, length);
      remembered->length = length;
      remembered->is_secret = judge_name (name, length);
    }

  return remembered->is_secret;
}

/* Fields that browsers and well-known libraries send: what is in them may be long and
 * random, but nobody is let in by it. Each is a name, or with a dash at its end the
 * beginning of names. */
static gboolean
is_usual_field (const char *name, gsize length)
{
  static const char *const names[] = { "accept",
                                       "accept-",
                                       "a-im",
                                       "alt-used",
                                       "b3",
                                       "baggage",
                                       "cache-control",
                                       "connection",
                                       "content-",
                                       "cf-",
                                       "date",
                                       "destination",
                                       "dnt",
                                       "etag",
                                       "expect",
                                       "forwarded",
                                       "from",
                                       "host",
                                       "if-",
                                       "link",
                                       "origin",
                                       "pragma",
                                       "prefer",
                                       "priority",
                                       "range",
                                       "referer",
                                       "repr-digest",
                                       "digest",
                                       "sec-",
                                       "traceparent",
                                       "tracestate",
                                       "trailer",
                                       "upgrade",
                                       "upgrade-",
                                       "user-agent",
                                       "via",
                                       "want-",
                                       "warning",
                                       "x-b3-",
                                       "x-client-data",
                                       "x-cloud-trace-context",
                                       "x-forwarded-" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gsize size = strlen (names[i]);

      if (length >= size && g_ascii_strncasecmp (name, names[i], size) == 0 &&
          (length == size || names[i][size - 1] == '-'))
        return TRUE;
    }

  return FALSE;
}

/* What ends like this names something: a request, a trace, a version of a file. */
static gboolean
names_something (const Words *words)
{
  static const char *const ends[] = { "id",       "ids",   "trace",   "uuid",
                                      "guid",     "etag",  "hash",    "digest",
                                      "match",    "agent", "sha1",    "sha256",
                                      "checksum", "md5",   "version", "commit",
                                      "revision", NULL };
  const char              *last;

  if (words->n_words == 0)
    return FALSE;
  last = words->words[words->n_words - 1];

  return is_in (last, ends) || g_str_has_suffix (last, "traceid") ||
         g_str_has_suffix (last, "spanid") || g_str_has_suffix (last, "requestid");
}

static gboolean
is_vowel (char c)
{
  return strchr ("aeiouy", g_ascii_tolower (c)) != NULL;
}

/* Returns whether letters can be spoken: no more than three consonants or vowels follow
 * each other. */
static gboolean
is_word (const char *letters, gsize length)
{
  gsize n_same = 1;

  for (gsize i = 1; i < length; i++)
    {
      n_same = is_vowel (letters[i]) == is_vowel (letters[i - 1]) ? n_same + 1 : 1;
      if (n_same > 3)
        return FALSE;
    }

  return TRUE;
}

/* Returns the length of the letters that begin at @text and are of one word: a capital at
 * most at the beginning, or nothing but capitals. */
static gsize
get_word_length (const char *text, gsize length)
{
  gsize n = 0;

  while (n < length && g_ascii_isupper (text[n]))
    n++;
  if (n > 1)
    return n;
  while (n < length && g_ascii_islower (text[n]))
    n++;

  return n;
}

/* Returns whether a value looks like a key: a long piece of letters and digits, mixed, of
 * which less than two fifths can be read as words. What consists of short pieces (a date,
 * an address, a version, a UUID) does not. */
static gboolean
looks_like_key (const char *value, gsize length, gsize least_length)
{
  gsize n_upper = 0, n_lower = 0, n_digits = 0, n_in_words = 0, n_in_piece = 0,
        longest_piece = 0;

  if (length < least_length)
    return FALSE;

  for (gsize i = 0; i < length;)
    {
      gsize n = g_ascii_isalpha (value[i]) ? get_word_length (value + i, length - i) : 1;

      if (g_ascii_isalpha (value[i]))
        {
          for (gsize k = i; k < i + n; k++)
            if (g_ascii_isupper (value[k]))
              n_upper++;
            else
              n_lower++;
          if (n >= 4 && is_word (value + i, n))
            n_in_words += n;
        }
      else if (g_ascii_isdigit (value[i]))
        n_digits++;
      else if (strchr ("-_.~+/=:%", value[i]) == NULL || value[i] == '\0')
        return FALSE;

      n_in_piece = g_ascii_isalnum (value[i]) || value[i] == '_' ? n_in_piece + n : 0;
      longest_piece = MAX (longest_piece, n_in_piece);
      i += n;
    }

  return longest_piece >= MIN (least_length, 16) && n_upper + n_lower >= 4 &&
         (n_digits >= 2 || (n_digits == 1 && n_upper > 0 && n_lower > 0)) &&
         n_in_words * 5 < length * 2;
}

/* Returns whether a parameter of a query holds a secret. Names that others use for
 * harmless things, too (“code=404”), count if the value looks like a key; @value_length
 * may be less than that of all of it. Thread-safe. */
gboolean
fetch_secrets_is_parameter (const char *name,
                            gsize       name_length,
                            const char *value,
                            gsize       value_length)
{
  static const char *const doubtful[] = { "code", "ticket", "sid",   "state",
                                          "sign", "hash",   "nonce", NULL };
  Words                    words;

  if (name_length == 0 || value_length == 0)
    return FALSE;
  take_apart (&words, name, name_length);
  if (are_telling (&words))
    return TRUE;

  return words.n_words == 1 && is_in (words.words[0], doubtful) &&
         looks_like_key (value, value_length, 12);
}

/**
 * fetch_secrets_is_field:
 * @field: a header field of a request, as in `Cookie: a=b`
 *
 * Tells whether the value of a header field is a secret: by its name, such as
 * `X-Api-Key`, or because it looks like a key (long and random) in a field that is not
 * one of those that browsers send.
 *
 * Thread-safe.
 *
 * Returns: %TRUE if its value is a secret
 */
gboolean
fetch_secrets_is_field (const char *field)
{
  gsize       length = strcspn (field, ":");
  const char *value = field + length;
  gsize       value_length;
  Words       words;

  if (*value == '\0')
    return FALSE;
  if (fetch_secrets_is_name (field, length))
    return TRUE;

  value += 1 + strspn (value + 1, " \t");
  value_length = strlen (value);
  while (value_length > 0 && g_ascii_isspace (value[value_length - 1]))
    value_length--;

  if (!looks_like_key (value, value_length, 20) || is_usual_field (field, length))
    return FALSE;
  take_apart (&words, field, length);

  return !names_something (&words);
}
