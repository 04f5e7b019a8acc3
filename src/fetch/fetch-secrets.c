/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-secrets.h"

#include <string.h>

#include "fetch/fetch-request-private.h"
#include "fetch/fetch-result-private.h"
#include "fetch/fetch-tls-private.h"

/* What is written to a file, or copied for somebody else, has no secrets in it: neither
 * those that were sent, nor the cookies that came back, nor what a server has repeated of
 * them in its answer as it was. */

#define PLACEHOLDER "SECRET"

#define SET_COOKIE "Set-Cookie:"

/* What is shorter is no secret, but a part of many words that are none. */
#define LEAST_LENGTH 4

static char
to_lower (char character)
{
  return g_ascii_isupper (character) ? character - 'A' + 'a' : character;
}

/* @word is in lower case. */
static gboolean
begins_with (const char *text, const char *word)
{
  while (*word != '\0' && to_lower (*text) == *word)
    {
      text++;
      word++;
    }

  return *word == '\0';
}

/* Whether there is a word that tells of a secret. */
static gboolean
is_telling (const char *text)
{
  static const char *const words[26][6] = {
    ['a' - 'a'] = { "authorization", "api-key", "apikey", "access-key", "auth-key" },
    ['c' - 'a'] = { "cookie", "credential" },
    ['p' - 'a'] = { "password" },
    ['s' - 'a'] = { "secret", "session", "signature" },
    ['t' - 'a'] = { "token" },
    ['x' - 'a'] = { "x-auth" },
  };
  const guchar letter = to_lower (*text) - 'a';

  if (letter >= G_N_ELEMENTS (words))
    return FALSE;

  for (const char *const *word = words[letter]; *word != NULL; word++)
    if (begins_with (text + 1, *word + 1))
      return TRUE;

  return FALSE;
}

/**
 * fetch_secrets_is_field:
 * @field: a header field, as in `Cookie: a=b`
 *
 * Tells by its name: who makes up a header field for a secret mostly says so.
 *
 * May be called from any thread.
 *
 * Returns: whether its value is a secret
 */
gboolean
fetch_secrets_is_field (const char *field)
{
  /* Each field of each answer is looked at: nothing is copied for that, and compared is
   * only what begins with the same letter. */
  for (; *field != '\0' && *field != ':'; field++)
    if (is_telling (field))
      return TRUE;

  return FALSE;
}

/* The name of a cookie, and how long it lives, are no secrets. One without a name is. */
static char *
hide_field (const char *field)
{
  const char *equals = memchr (field, '=', strcspn (field, ";"));

  if (g_ascii_strncasecmp (field, SET_COOKIE, strlen (SET_COOKIE)) == 0 && equals != NULL)
    return g_strdup_printf ("%.*s" PLACEHOLDER "%s", (int) (equals + 1 - field), field,
                            equals + strcspn (equals, ";"));

  return g_strdup_printf ("%.*s: " PLACEHOLDER, (int) strcspn (field, ":"), field);
}

/* Behind the scheme and its slashes, of which libcurl takes one to three, and browsers
 * those that lean the other way, too. */
static const char *
find_authority (const char *address)
{
  const char *end = address + strcspn (address, "@?#");

  for (const char *p = address; p < end; p++)
    if (*p == ':' && (p[1] == '/' || p[1] == '\\'))
      return p + 1 + strspn (p + 1, "/\\");

  return address + strspn (address, " \t\r\n/\\");
}

/* Where the user ends, in what may be no valid address. */
static const char *
find_user_end (const char *authority)
{
  gsize       size = strcspn (authority, "/\\?#");
  const char *at = g_strrstr_len (authority, size, "@");
  const char *colon = memchr (authority, ':', size);

  if (at != NULL || colon == NULL || *authority == '[')
    return at;

  /* What is no port is a password, with a slash or the like in it. */
  return colon + 1 + strspn (colon + 1, "0123456789") == authority + size
             ? NULL
             : strchr (authority + size, '@');
}

static char *
replace_user (const char *address, const char *user)
{
  const char *start = find_authority (address);
  const char *at = find_user_end (start);

  if (at == NULL)
    return g_strdup (address);

  return g_strdup_printf ("%.*s%s%s", (int) (start - address), address, user, at);
}

/**
 * fetch_secrets_hide_user:
 * @address: what somebody gave for an address
 *
 * Makes a user name and a password in front of the host unreadable. Such an address is
 * not fetched, but it is kept to be mended.
 *
 * May be called from any thread.
 *
 * Returns: (transfer full): the address without them
 */
char *
fetch_secrets_hide_user (const char *address)
{
  g_return_val_if_fail (address != NULL, NULL);

  return replace_user (address, PLACEHOLDER);
}

static void
take_out (FetchRequest *self)
{
  for (gsize i = 0; self->header_fields != NULL && self->header_fields[i] != NULL; i++)
    if (fetch_secrets_is_field (self->header_fields[i]))
      {
        char *hidden = hide_field (self->header_fields[i]);

        explicit_bzero (self->header_fields[i], strlen (self->header_fields[i]));
        g_free (self->header_fields[i]);
        self->header_fields[i] = hidden;
        self->lacks_secrets = TRUE;
      }

  if (self->user != NULL)
    {
      fetch_request_set_basic_auth (self, "USER", "PASSWORD");
      self->lacks_secrets = TRUE;
    }
  if (self->bearer_token != NULL)
    {
      fetch_request_set_bearer_token (self, "TOKEN", NULL);
      self->lacks_secrets = TRUE;
    }
  if (self->proxy != NULL)
    {
      g_autofree char *proxy = replace_user (self->proxy, "USER:PASSWORD");

      self->lacks_secrets = self->lacks_secrets || !g_str_equal (proxy, self->proxy);
      fetch_request_set_proxy (self, proxy, NULL);
    }
}

/**
 * fetch_request_copy_without_secrets:
 * @self: a request
 *
 * May be called from any thread.
 *
 * Returns: (transfer full): one like it, with words such as `PASSWORD` in the places of
 *   secrets; it tells so by [method@FetchRequest.lacks_secrets]
 */
FetchRequest *
fetch_request_copy_without_secrets (FetchRequest *self)
{
  FetchRequest *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = fetch_request_copy (self);
  take_out (copy);

  return copy;
}

static void
secret_free (gpointer secret)
{
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

static void
add_secret (GPtrArray *secrets, const char *secret)
{
  if (strlen (secret) >= LEAST_LENGTH)
    g_ptr_array_add (secrets, g_strdup (secret));
}

/* The whole value; what follows the name of a scheme, as in “Bearer …”; and the value of
 * each cookie. */
static void
add_secrets_of_field (GPtrArray *secrets, const char *field)
{
  g_autofree char *value = g_strstrip (g_strdup (strchr (field, ':') + 1));
  g_auto (GStrv) parts = g_strsplit (value, ";", -1);
  const char *blank = strchr (value, ' ');

  add_secret (secrets, value);
  if (blank != NULL)
    add_secret (secrets, blank + 1);
  for (gsize i = 0; parts[i] != NULL; i++)
    {
      const char *equals = strchr (parts[i], '=');

      if (equals != NULL)
        add_secret (secrets, equals + 1);
    }
  explicit_bzero (value, strlen (value));
}

/* The forms in which a server may repeat them. */
static void
add_secrets_of_request (GPtrArray *secrets, FetchRequest *request)
{
  if (request->user != NULL)
    {
      g_autofree char *both = g_strconcat (request->user, ":", request->password, NULL);
      g_autofree char *encoded = g_base64_encode ((const guint8 *) both, strlen (both));

      add_secret (secrets, request->password);
      add_secret (secrets, encoded);
      explicit_bzero (both, strlen (both));
      explicit_bzero (encoded, strlen (encoded));
    }
  if (request->bearer_token != NULL)
    add_secret (secrets, request->bearer_token);
  for (gsize i = 0; request->header_fields != NULL && request->header_fields[i] != NULL;
       i++)
    if (fetch_secrets_is_field (request->header_fields[i]))
      add_secrets_of_field (secrets, request->header_fields[i]);
}

/* A cookie comes back to the server with the next request of a redirect chain. Its value
 * alone may be a word like others. */
static void
add_cookies (GPtrArray *secrets, FetchResult *result)
{
  for (guint i = 0; i < fetch_result_get_n_hops (result); i++)
    for (const char *const *field = fetch_result_get_hop (result, i).fields;
         *field != NULL; field++)
      if (g_ascii_strncasecmp (*field, SET_COOKIE, strlen (SET_COOKIE)) == 0)
        {
          const char      *cookie = *field + strlen (SET_COOKIE);
          g_autofree char *pair = g_strndup (cookie, strcspn (cookie, ";"));

          add_secret (secrets, g_strstrip (pair));
        }
}

/* The length stays. What has been cut off in the middle of a secret ends in a part of
 * it. */
static void
hide_in (GPtrArray *secrets, char *bytes, gsize size)
{
  for (guint i = 0; i < secrets->len; i++)
    {
      const char *secret = secrets->pdata[i];
      gsize       length = strlen (secret);
      char       *found = bytes;

      while ((found = memmem (found, bytes + size - found, secret, length)) != NULL)
        {
          memset (found, '*', length);
          found += length;
        }
      for (gsize part = MIN (size, length - 1); part >= LEAST_LENGTH; part--)
        if (memcmp (bytes + size - part, secret, part) == 0)
          memset (bytes + size - part, '*', part);
    }
}

static void
hide_in_text (GPtrArray *secrets, char *text)
{
  if (text != NULL)
    hide_in (secrets, text, strlen (text));
}

static char *
copy_hidden (GPtrArray *secrets, const char *text)
{
  char *copy = g_strdup (text);

  hide_in_text (secrets, copy);

  return copy;
}

static GBytes *
hide_in_bytes (GPtrArray *secrets, GBytes *bytes)
{
  gsize size;
  char *copy = g_bytes_unref_to_data (g_bytes_ref (bytes), &size);

  if (size > 0)
    hide_in (secrets, copy, size);

  return g_bytes_new_take (copy, size);
}

static FetchHops *
hide_in_hops (GPtrArray *secrets, FetchResult *result)
{
  FetchHops *hops = fetch_hops_new ();

  for (guint i = 0; i < fetch_result_get_n_hops (result); i++)
    {
      FetchHop         hop = fetch_result_get_hop (result, i);
      g_autofree char *url = copy_hidden (secrets, hop.url);

      fetch_hops_add (hops, url, hop.status_line, strlen (hop.status_line));
      for (const char *const *field = hop.fields; *field != NULL; field++)
        {
          g_autofree char *hidden = fetch_secrets_is_field (*field)
                                        ? hide_field (*field)
                                        : copy_hidden (secrets, *field);

          fetch_hops_add_field (hops, hidden, strlen (hidden));
        }
    }

  return hops;
}

static gboolean
has_secret_field (FetchResult *result)
{
  for (guint i = 0; i < fetch_result_get_n_hops (result); i++)
    for (const char *const *field = fetch_result_get_hop (result, i).fields;
         *field != NULL; field++)
      if (fetch_secrets_is_field (*field))
        return TRUE;

  return FALSE;
}

static FetchResult *
copy_without (FetchResult *self, GPtrArray *secrets)
{
  FetchResult *copy = fetch_result_new (NULL);

  copy->url = copy_hidden (secrets, self->url);
  copy->status = self->status;
  copy->content_type = copy_hidden (secrets, self->content_type);
  copy->first_bytes = hide_in_bytes (secrets, self->first_bytes);
  copy->size = self->size;
  copy->size_on_wire = self->size_on_wire;
  copy->full_size = self->full_size;
  copy->ending = self->ending;
  copy->is_fallback = self->is_fallback;
  copy->n_redirects = self->n_redirects;
  copy->n_attempts = self->n_attempts;
  copy->remote_address = g_strdup (self->remote_address);
  copy->http_version = self->http_version;
  copy->redirect_url = copy_hidden (secrets, self->redirect_url);
  copy->saved_path = g_strdup (self->saved_path);
  copy->hops = self->hops != NULL ? hide_in_hops (secrets, self) : NULL;
  copy->timeline = self->timeline;
  copy->tls = self->tls != NULL ? fetch_tls_copy (self->tls) : NULL;

  return copy;
}

/**
 * fetch_result_without_secrets:
 * @self: a result
 * @request: (nullable): what it is the result of
 *
 * Hides the values of cookies, and what the server has repeated of the secrets in
 * @request.
 *
 * May be called from any thread.
 *
 * Returns: (transfer full): a result like @self, or @self where there are none
 */
FetchResult *
fetch_result_without_secrets (FetchResult *self, FetchRequest *request)
{
  g_autoptr (GPtrArray) secrets = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  secrets = g_ptr_array_new_with_free_func (secret_free);
  if (request != NULL)
    add_secrets_of_request (secrets, request);
  add_cookies (secrets, self);
  if (secrets->len == 0 && !has_secret_field (self))
    return fetch_result_ref (self);

  return copy_without (self, secrets);
}
