/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-secrets.h"

#include <string.h>

#include "fetch/fetch-error.h"
#include "fetch/fetch-request-private.h"
#include "fetch/fetch-result-private.h"
#include "fetch/fetch-secrets-private.h"
#include "fetch/fetch-tls-private.h"

/*
 * What is written to a file, or copied for somebody else, has no secrets in it: neither
 * those that were sent, nor the cookies that came back, nor the tokens in URLs, nor what
 * a server has repeated of them in its answer.
 */

#define PLACEHOLDER "SECRET"

#define SET_COOKIE "Set-Cookie:"

/* Of cookies and tokens that were received. */
#define MAX_RECEIVED 256

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

static void
add_secret (GPtrArray *secrets, const char *secret, gsize length)
{
  g_ptr_array_add (secrets, g_strndup (secret, length));
}

static void
replace_secret (char **text, char *hidden)
{
  explicit_bzero (*text, strlen (*text));
  g_free (*text);
  *text = hidden;
}

static void
take_out_tokens (FetchRequest *self)
{
  char **urls[] = { &self->url, &self->shown_url, &self->fallback_url };

  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    if (*urls[i] != NULL && fetch_tokens_has_any (*urls[i], TRUE))
      {
        replace_secret (urls[i], fetch_secrets_hide_tokens (*urls[i]));
        self->lacks_secrets = TRUE;
      }
}

static void
take_out (FetchRequest *self)
{
  for (gsize i = 0; self->header_fields != NULL && self->header_fields[i] != NULL; i++)
    if (fetch_secrets_is_field (self->header_fields[i]))
      {
        replace_secret (&self->header_fields[i], hide_field (self->header_fields[i]));
        self->lacks_secrets = TRUE;
      }
    else if (fetch_secrets_has_urls (self->header_fields[i]))
      {
        replace_secret (&self->header_fields[i],
                        fetch_secrets_hide_urls (self->header_fields[i]));
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
      g_autofree char *proxy = fetch_secrets_replace_user (self->proxy, "USER:PASSWORD");

      self->lacks_secrets = self->lacks_secrets || !g_str_equal (proxy, self->proxy);
      fetch_request_set_proxy (self, proxy, NULL);
    }
}

/**
 * fetch_request_copy_keeping_tokens:
 * @self: a request
 *
 * As [method@FetchRequest.copy_without_secrets], but the tokens in its address stay.
 *
 * Thread-safe.
 *
 * Returns: (transfer full): one like it
 */
FetchRequest *
fetch_request_copy_keeping_tokens (FetchRequest *self)
{
  FetchRequest *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = fetch_request_copy (self);
  take_out (copy);

  return copy;
}

/**
 * fetch_request_copy_without_secrets:
 * @self: a request
 *
 * May be called from any thread.
 *
 * Returns: (transfer full): one like it, with words such as `PASSWORD` in the places of
 *   secrets, those in its address included; it tells so by
 *   [method@FetchRequest.lacks_secrets]
 */
FetchRequest *
fetch_request_copy_without_secrets (FetchRequest *self)
{
  FetchRequest *copy = fetch_request_copy_keeping_tokens (self);

  if (copy != NULL)
    take_out_tokens (copy);

  return copy;
}

/* The whole value; what follows the name of a scheme, as in “Bearer …”; and the value of
 * each cookie. */
static void
add_secrets_of_field (GPtrArray *secrets, const char *field)
{
  g_autofree char *value = g_strstrip (g_strdup (strchr (field, ':') + 1));
  g_auto (GStrv) parts = g_strsplit (value, ";", -1);
  const char *blank = strchr (value, ' ');

  add_secret (secrets, value, strlen (value));
  if (blank != NULL)
    add_secret (secrets, blank + 1, strlen (blank + 1));
  if (g_ascii_strncasecmp (value, "Basic ", strlen ("Basic ")) == 0)
    {
      gsize              size;
      g_autofree guchar *both = g_base64_decode (value + strlen ("Basic "), &size);
      const char        *colon = memchr (both, ':', size);

      if (colon != NULL)
        add_secret (secrets, colon + 1, (const char *) both + size - colon - 1);
      explicit_bzero (both, size);
    }
  for (gsize i = 0; parts[i] != NULL; i++)
    {
      const char *equals = strchr (parts[i], '=');

      if (equals != NULL)
        add_secret (secrets, equals + 1, strlen (equals + 1));
    }
  explicit_bzero (value, strlen (value));
}

/* Both, and the password alone. */
static void
add_user (GPtrArray *secrets, const char *user, const char *password)
{
  g_autofree char *both = g_strconcat (user, ":", password, NULL);

  add_secret (secrets, both, strlen (both));
  add_secret (secrets, password, strlen (password));
  explicit_bzero (both, strlen (both));
}

static void
add_proxy_user (GPtrArray *secrets, const char *proxy)
{
  gsize       length;
  const char *user = fetch_secrets_find_user (proxy, &length);
  const char *colon = user != NULL ? memchr (user, ':', length) : NULL;

  if (colon != NULL)
    {
      g_autofree char *password = g_strndup (colon + 1, user + length - colon - 1);
      g_autofree char *decoded = g_uri_unescape_string (password, NULL);

      add_secret (secrets, password, strlen (password));
      if (decoded != NULL)
        add_secret (secrets, decoded, strlen (decoded));
    }
}

static void
add_secrets_of_request (GPtrArray *secrets, FetchRequest *request)
{
  if (request->user != NULL)
    add_user (secrets, request->user, request->password);
  if (request->bearer_token != NULL)
    add_secret (secrets, request->bearer_token, strlen (request->bearer_token));
  if (request->proxy != NULL)
    add_proxy_user (secrets, request->proxy);
  for (gsize i = 0; request->header_fields != NULL && request->header_fields[i] != NULL;
       i++)
    if (fetch_secrets_is_field (request->header_fields[i]))
      add_secrets_of_field (secrets, request->header_fields[i]);
  fetch_tokens_foreach (request->url, TRUE, fetch_secrets_add_received, secrets);
}

/* A cookie comes back to the server with the next request of a redirect chain: all of it,
 * and its value alone. */
static void
add_cookie (GPtrArray *secrets, const char *cookie)
{
  const char *end = cookie + strcspn (cookie, ";");
  const char *value = memchr (cookie, '=', end - cookie);

  while (cookie < end && g_ascii_isspace (*cookie))
    cookie++;
  while (end > cookie && g_ascii_isspace (end[-1]))
    end--;

  add_secret (secrets, cookie, end - cookie);
  if (value != NULL && value < end)
    {
      value++;
      if (end - value >= 2 && *value == '"' && end[-1] == '"')
        {
          value++;
          end--;
        }
      fetch_secrets_add_received (value, end - value, secrets);
    }
}

/* Cookies, and the tokens in the URLs of the chain. */
static void
add_received (GPtrArray *secrets, FetchResult *result)
{
  guint most = secrets->len + MAX_RECEIVED;

  if (result->url != NULL)
    fetch_tokens_foreach (result->url, TRUE, fetch_secrets_add_received, secrets);
  for (guint i = 0; i < fetch_result_get_n_hops (result); i++)
    {
      FetchHop hop = fetch_result_get_hop (result, i);

      fetch_tokens_foreach (hop.url, TRUE, fetch_secrets_add_received, secrets);
      for (const char *const *field = hop.fields; *field != NULL && secrets->len < most;
           field++)
        if (g_ascii_strncasecmp (*field, SET_COOKIE, strlen (SET_COOKIE)) == 0)
          add_cookie (secrets, *field + strlen (SET_COOKIE));
        else if (g_ascii_strncasecmp (*field, "Location:", strlen ("Location:")) == 0)
          fetch_tokens_foreach (*field, FALSE, fetch_secrets_add_received, secrets);
    }
}

/* What is hidden of a result, and what stays. */
typedef struct
{
  FetchSecretSearch *search; /* NULL if there is nothing to look for */
  gboolean           keeps_tokens;
} Hiding;

/* Takes @text. */
static char *
hide_repeated (const Hiding *hiding, char *text)
{
  if (hiding->search != NULL && text != NULL)
    fetch_secret_search_hide (hiding->search, text, strlen (text), FALSE);

  return text;
}

static char *
copy_hidden (const Hiding *hiding, const char *text)
{
  return hide_repeated (hiding, g_strdup (text));
}

static char *
copy_url (const Hiding *hiding, const char *url)
{
  if (url == NULL || hiding->keeps_tokens)
    return g_strdup (url);

  return hide_repeated (hiding, fetch_secrets_hide_in_address (url));
}

static char *
copy_field (const Hiding *hiding, const char *field)
{
  gsize name_length = strcspn (field, ":");

  if (fetch_secrets_is_name (field, name_length))
    return hide_field (field);
  if (hiding->keeps_tokens &&
      g_ascii_strncasecmp (field, "Location:", strlen ("Location:")) == 0)
    return copy_hidden (hiding, field);

  return hide_repeated (hiding, fetch_secrets_hide_urls (field));
}

static GBytes *
hide_in_bytes (const Hiding *hiding, GBytes *bytes)
{
  gsize size;
  char *copy;

  if (hiding->search == NULL)
    return g_bytes_ref (bytes);

  copy = g_bytes_unref_to_data (g_bytes_ref (bytes), &size);
  if (size > 0)
    fetch_secret_search_hide (hiding->search, copy, size, TRUE);

  return g_bytes_new_take (copy, size);
}

static FetchHops *
hide_in_hops (const Hiding *hiding, FetchResult *result)
{
  FetchHops *hops = fetch_hops_new ();

  for (guint i = 0; i < fetch_result_get_n_hops (result); i++)
    {
      FetchHop         hop = fetch_result_get_hop (result, i);
      g_autofree char *url = copy_url (hiding, hop.url);
      g_autofree char *status_line = copy_hidden (hiding, hop.status_line);

      fetch_hops_add (hops, url, status_line, strlen (status_line));
      for (const char *const *field = hop.fields; *field != NULL; field++)
        {
          g_autofree char *hidden = copy_field (hiding, *field);

          fetch_hops_add_field (hops, hidden, strlen (hidden));
        }
    }

  return hops;
}

static gboolean
has_secret_field (FetchResult *result)
{
  for (guint i = 0; i < fetch_result_get_n_hops (result); i++)
    {
      FetchHop hop = fetch_result_get_hop (result, i);

      if (fetch_tokens_has_any (hop.url, TRUE))
        return TRUE;
      for (const char *const *field = hop.fields; *field != NULL; field++)
        if (fetch_secrets_is_name (*field, strcspn (*field, ":")) ||
            fetch_secrets_has_urls (*field))
          return TRUE;
    }

  return result->url != NULL && fetch_tokens_has_any (result->url, TRUE);
}

static FetchResult *
copy_without (FetchResult *self, const Hiding *secrets)
{
  FetchResult *copy = fetch_result_new (NULL);

  copy->url = copy_url (secrets, self->url);
  copy->status = self->status;
  copy->content_type = copy_hidden (secrets, self->content_type);
  copy->first_bytes = hide_in_bytes (secrets, self->first_bytes);
  copy->size = self->size;
  copy->size_on_wire = self->size_on_wire;
  copy->full_size = self->full_size;
  copy->ending = self->ending;
  copy->decoding_note = self->decoding_note;
  copy->is_fallback = self->is_fallback;
  copy->n_redirects = self->n_redirects;
  copy->n_attempts = self->n_attempts;
  copy->remote_address = g_strdup (self->remote_address);
  copy->http_version = self->http_version;
  copy->redirect_url = copy_hidden (secrets, self->redirect_url);
  copy->withheld_fields = g_strdupv (self->withheld_fields);
  copy->saved_path = g_strdup (self->saved_path);
  copy->hops = self->hops != NULL ? hide_in_hops (secrets, self) : NULL;
  copy->timeline = self->timeline;
  copy->tls = self->tls != NULL ? fetch_tls_copy (self->tls) : NULL;

  return copy;
}

/* What is looked for of a request and a result. A secret of the request comes first, as
 * it has to be found in any case. */
static FetchSecretSearch *
search_new (FetchRequest *request, FetchResult *result)
{
  g_autoptr (GPtrArray) secrets = g_ptr_array_new_with_free_func (fetch_secret_free);

  if (request != NULL)
    add_secrets_of_request (secrets, request);
  if (result != NULL)
    add_received (secrets, result);

  return fetch_secret_search_new (secrets);
}

static FetchResult *
hide (FetchResult *self, FetchRequest *request, gboolean keeps_tokens)
{
  g_autoptr (FetchSecretSearch) search = search_new (request, self);

  if (search == NULL && !has_secret_field (self))
    return fetch_result_ref (self);

  return copy_without (self, &(Hiding){ search, keeps_tokens });
}

/**
 * fetch_result_without_secrets:
 * @self: a result
 * @request: (nullable): what it is the result of
 *
 * Hides the values of cookies, users and tokens in URLs, and what the server has repeated
 * of them and of the secrets in @request: also if it has percent-encoded them, escaped
 * them as in JSON or HTML, or written them in base64.
 *
 * May be called from any thread.
 *
 * Returns: (transfer full): a result like @self, or @self where there are none
 */
FetchResult *
fetch_result_without_secrets (FetchResult *self, FetchRequest *request)
{
  g_return_val_if_fail (self != NULL, NULL);

  return hide (self, request, FALSE);
}

/**
 * fetch_result_keeping_tokens:
 * @self: a result
 * @request: (nullable): what it is the result of
 *
 * As [method@FetchResult.without_secrets], but the tokens stay in the URLs that were
 * asked for and in those that they redirect to.
 *
 * Thread-safe.
 *
 * Returns: (transfer full): a result like @self, or @self where there are none
 */
FetchResult *
fetch_result_keeping_tokens (FetchResult *self, FetchRequest *request)
{
  g_return_val_if_fail (self != NULL, NULL);

  return hide (self, request, TRUE);
}

/**
 * fetch_error_without_secrets:
 * @error: why a fetch failed
 * @request: (nullable): the request
 *
 * Hides secrets in the message of an error, which may quote an address or what a server
 * has said.
 *
 * Thread-safe.
 *
 * Returns: (transfer full): an error like @error
 */
GError *
fetch_error_without_secrets (const GError *error, FetchRequest *request)
{
  g_autoptr (FetchSecretSearch) search = NULL;
  g_autofree char *message = NULL;
  GError          *copy;

  g_return_val_if_fail (error != NULL, NULL);

  search = search_new (request, fetch_error_get_result (error));
  copy = g_error_copy (error);
  message = g_steal_pointer (&copy->message);
  copy->message = hide_repeated (&(Hiding){ search, FALSE },
                                 fetch_secrets_hide_urls (message));

  return copy;
}
