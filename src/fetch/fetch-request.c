/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-request-private.h"

#include <curl/curl.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "fetch/fetch-error.h"
#include "fetch/fetch-url.h"

/**
 * FetchRequest:
 *
 * What to fetch, how, and within which bounds. It belongs to one thread at a time; a
 * session makes its own copy.
 *
 * The secrets in it (passwords, tokens) are not part of any text that this library gives
 * out, and are overwritten when they are freed.
 */

G_DEFINE_BOXED_TYPE (FetchRequest, fetch_request, fetch_request_copy, fetch_request_free)

/**
 * fetch_request_new:
 * @text: an address, as somebody typed it; it need not be valid UTF-8
 * @error: where to put a sentence that says what is wrong with it
 *
 * Returns: (transfer full) (nullable): a request; %NULL if @text is no address
 */
FetchRequest *
fetch_request_new (const char *text, GError **error)
{
  g_autofree char *url = NULL;
  g_autofree char *fallback_url = NULL;
  FetchRequest    *self;

  g_return_val_if_fail (text != NULL, NULL);

  if (!fetch_url_parse (text, &url, &fallback_url, error))
    return NULL;

  self = g_new0 (FetchRequest, 1);
  self->shown_url = fetch_url_to_shown (url, text);
  self->url = g_steal_pointer (&url);
  self->fallback_url = g_steal_pointer (&fallback_url);
  self->preview_size = FETCH_REQUEST_DEFAULT_PREVIEW_SIZE;
  self->max_size = 1024 * 1024 * 1024;
  self->max_redirects = 10;
  self->connect_timeout = 30 * G_TIME_SPAN_SECOND;
  self->stall_timeout = 60 * G_TIME_SPAN_SECOND;
  self->header_timeout = FETCH_REQUEST_DEFAULT_HEADER_TIMEOUT;
  self->min_speed = FETCH_REQUEST_DEFAULT_MIN_SPEED;
  self->total_timeout = FETCH_REQUEST_DEFAULT_TOTAL_TIMEOUT;

  return self;
}

/**
 * fetch_request_copy:
 * @self: a request
 *
 * Returns: (transfer full): one like it
 */
FetchRequest *
fetch_request_copy (FetchRequest *self)
{
  FetchRequest *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new (FetchRequest, 1);
  *copy = *self;
  copy->url = g_strdup (self->url);
  copy->shown_url = g_strdup (self->shown_url);
  copy->fallback_url = g_strdup (self->fallback_url);
  copy->save_path = g_strdup (self->save_path);
  copy->header_fields = g_strdupv (self->header_fields);
  copy->user = g_strdup (self->user);
  copy->password = g_strdup (self->password);
  copy->bearer_token = g_strdup (self->bearer_token);
  copy->proxy = g_strdup (self->proxy);
  copy->ca_file = g_strdup (self->ca_file);

  return copy;
}

static void
free_secret (char *secret)
{
  if (secret != NULL)
    explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

/* A field may be a secret, too: a cookie, or a key. */
static void
free_secrets (char **secrets)
{
  for (gsize i = 0; secrets != NULL && secrets[i] != NULL; i++)
    free_secret (secrets[i]);
  g_free (secrets);
}

/**
 * fetch_request_free:
 * @self: (transfer full): a request
 */
void
fetch_request_free (FetchRequest *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->url);
  g_free (self->shown_url);
  g_free (self->fallback_url);
  g_free (self->save_path);
  free_secrets (self->header_fields);
  free_secret (self->user);
  free_secret (self->password);
  free_secret (self->bearer_token);
  free_secret (self->proxy);
  g_free (self->ca_file);
  g_free (self);
}

/**
 * fetch_request_get_url:
 * @self: a request
 *
 * Returns: (transfer none): the address to fetch
 */
const char *
fetch_request_get_url (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->url;
}

/**
 * fetch_request_get_shown_url:
 * @self: a request
 *
 * Returns: (transfer none): the address to fetch, with its host name as it was typed
 */
const char *
fetch_request_get_shown_url (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->shown_url;
}

/**
 * fetch_request_get_fallback_url:
 * @self: a request
 *
 * Returns: (transfer none) (nullable): the address to fetch if nobody speaks HTTPS at the
 *   first; %NULL if the scheme was not left out
 */
const char *
fetch_request_get_fallback_url (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->fallback_url;
}

/**
 * fetch_request_get_preview_size:
 * @self: a request
 *
 * Returns: how many bytes of the body are kept
 */
gsize
fetch_request_get_preview_size (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->preview_size;
}

/**
 * fetch_request_set_preview_size:
 * @self: a request
 * @bytes: how many bytes of the body to keep; the others are counted
 */
void
fetch_request_set_preview_size (FetchRequest *self, gsize bytes)
{
  g_return_if_fail (self != NULL);

  self->preview_size = bytes;
}

/**
 * fetch_request_get_max_size:
 * @self: a request
 *
 * Returns: the size of the body, in bytes and decoded, at which the fetch stops
 */
guint64
fetch_request_get_max_size (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->max_size;
}

/**
 * fetch_request_set_max_size:
 * @self: a request
 * @bytes: at which size of the body to stop, decoded; the fetch then succeeds with a
 * result that is not complete
 */
void
fetch_request_set_max_size (FetchRequest *self, guint64 bytes)
{
  g_return_if_fail (self != NULL);

  self->max_size = bytes;
}

/**
 * fetch_request_get_max_redirects:
 * @self: a request
 *
 * Returns: how many redirects are followed, at most
 */
guint
fetch_request_get_max_redirects (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->max_redirects;
}

/**
 * fetch_request_set_max_redirects:
 * @self: a request
 * @redirects: how many redirects to follow, at most; with 0, a redirect is the result
 */
void
fetch_request_set_max_redirects (FetchRequest *self, guint redirects)
{
  g_return_if_fail (self != NULL);

  self->max_redirects = redirects;
}

/**
 * fetch_request_get_connect_timeout:
 * @self: a request
 *
 * Returns: how long finding and reaching the host may take, in microseconds
 */
gint64
fetch_request_get_connect_timeout (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->connect_timeout;
}

/**
 * fetch_request_set_connect_timeout:
 * @self: a request
 * @microseconds: how long finding and reaching the host may take
 */
void
fetch_request_set_connect_timeout (FetchRequest *self, gint64 microseconds)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (microseconds > 0);

  self->connect_timeout = microseconds;
}

/**
 * fetch_request_get_stall_timeout:
 * @self: a request
 *
 * Returns: how long nothing may arrive, in microseconds
 */
gint64
fetch_request_get_stall_timeout (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->stall_timeout;
}

/**
 * fetch_request_set_stall_timeout:
 * @self: a request
 * @microseconds: how long nothing may arrive; it is looked once a second
 */
void
fetch_request_set_stall_timeout (FetchRequest *self, gint64 microseconds)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (microseconds > 0);

  self->stall_timeout = microseconds;
}

/**
 * fetch_request_get_header_timeout:
 * @self: a request
 *
 * Returns: how long a server may take to send the header of a response, in microseconds
 */
gint64
fetch_request_get_header_timeout (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->header_timeout;
}

/**
 * fetch_request_set_header_timeout:
 * @self: a request
 * @microseconds: how long a server may take to send the header of a response, from when
 *   it is asked to the end of the header; interim responses (1xx) count as part of it
 */
void
fetch_request_set_header_timeout (FetchRequest *self, gint64 microseconds)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (microseconds > 0);

  self->header_timeout = microseconds;
}

/**
 * fetch_request_get_min_speed:
 * @self: a request
 *
 * Returns: the speed, in bytes per second, below which a fetch is given up; 0 for none
 */
guint
fetch_request_get_min_speed (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->min_speed;
}

/**
 * fetch_request_set_min_speed:
 * @self: a request
 * @bytes_per_second: the lowest speed of a body; 0 for any
 *
 * Sets the speed at which a body has to come at least, as it is compressed. It is an
 * average over the time in which nothing may arrive
 * ([method@FetchRequest.set_stall_timeout]), so that a connection may rest in between.
 */
void
fetch_request_set_min_speed (FetchRequest *self, guint bytes_per_second)
{
  g_return_if_fail (self != NULL);

  self->min_speed = bytes_per_second;
}

/**
 * fetch_request_get_total_timeout:
 * @self: a request
 *
 * Returns: how long all of it may take, in microseconds
 */
gint64
fetch_request_get_total_timeout (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->total_timeout;
}

/**
 * fetch_request_set_total_timeout:
 * @self: a request
 * @microseconds: how long all of it may take, from when it begins: with all attempts and
 *   the pauses between them, but without the waiting until it is its turn
 */
void
fetch_request_set_total_timeout (FetchRequest *self, gint64 microseconds)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (microseconds > 0);

  self->total_timeout = microseconds;
}

/**
 * fetch_request_get_method:
 * @self: a request
 *
 * Returns: what is asked for
 */
FetchMethod
fetch_request_get_method (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, FETCH_METHOD_GET);

  return self->method;
}

/**
 * fetch_request_set_method:
 * @self: a request
 * @method: what to ask for; %FETCH_METHOD_GET unless told otherwise
 */
void
fetch_request_set_method (FetchRequest *self, FetchMethod method)
{
  g_return_if_fail (self != NULL);

  self->method = method;
}

/**
 * fetch_request_get_body_use:
 * @self: a request
 *
 * Returns: what becomes of the body
 */
FetchBodyUse
fetch_request_get_body_use (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, FETCH_BODY_COUNT);

  return self->body_use;
}

/**
 * fetch_request_set_body_use:
 * @self: a request
 * @use: %FETCH_BODY_COUNT, as it is unless told otherwise, or %FETCH_BODY_PEEK; for
 *   %FETCH_BODY_SAVE there is [method@FetchRequest.save_to], and for %FETCH_BODY_KEEP
 *   [method@FetchRequest.keep_body]
 */
void
fetch_request_set_body_use (FetchRequest *self, FetchBodyUse use)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (use != FETCH_BODY_SAVE || self->save_path != NULL);

  self->body_use = use;
}

/**
 * fetch_request_keep_body:
 * @self: a request
 * @max_size: how many bytes to keep at most; the fetch stops where there are as many
 *
 * Keeps the body in memory, for whoever needs all of it at once. It is handed over once,
 * at the end: interim results would be a copy each.
 */
void
fetch_request_keep_body (FetchRequest *self, gsize max_size)
{
  g_return_if_fail (self != NULL);

  self->body_use = FETCH_BODY_KEEP;
  self->preview_size = max_size;
  self->max_size = max_size;
}

/**
 * fetch_request_save_to:
 * @self: a request
 * @path: where the body is to be in the end, if the status is a success
 * @replaces: whether a file that is there may be replaced
 *
 * Saves the body. It is written to “@path.part”, which is renamed to @path when it is
 * complete and on the disk. If the connection breaks, and the server can go on from
 * there, it is resumed. Whatever ends it otherwise, be it a kill of the process or a full
 * disk, what has arrived stays as “@path.part”, if the server has sent a strong validator
 * (RFC 9110 §8.8), and the next fetch of the same request resumes it: see
 * [func@fetch_part_discard]. A file with that name that is something else is left alone:
 * the part is “@path.2.part” then. Of two fetches that save to the same path at the same
 * time, the second fails. A body that is saved may be large: there is no bound to its
 * size then, and it may take a day.
 */
void
fetch_request_save_to (FetchRequest *self, const char *path, gboolean replaces)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (path != NULL);

  g_free (self->save_path);
  self->save_path = g_strdup (path);
  self->replaces = replaces;
  self->body_use = FETCH_BODY_SAVE;
  self->max_size = G_MAXUINT64;
  self->total_timeout = G_TIME_SPAN_DAY;
}

/**
 * fetch_request_write_to:
 * @self: a request
 * @fd: a file descriptor that stays open until the fetch has ended: a pipe, a device, or
 *   a file
 *
 * Writes the body to a stream as it arrives, if the status is a success. What is written
 * can't be taken back, so the fetch is not retried any more when the first byte is. There
 * is no bound to its size, as with [method@FetchRequest.save_to].
 *
 * The I/O thread waits for the reader of a pipe, up to when the fetch is cancelled. Use
 * this only where the session has nothing else to do.
 */
void
fetch_request_write_to (FetchRequest *self, int fd)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (fd >= 0);

  g_clear_pointer (&self->save_path, g_free);
  if (self->body_use == FETCH_BODY_SAVE)
    self->body_use = FETCH_BODY_COUNT;
  self->writes_to_stream = TRUE;
  self->stream_fd = fd;
  self->max_size = G_MAXUINT64;
}

/**
 * fetch_request_get_save_path:
 * @self: a request
 *
 * Returns: (transfer none) (nullable) (type filename): where the body is saved; %NULL if
 * it is not
 */
const char *
fetch_request_get_save_path (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->save_path;
}

/**
 * fetch_request_get_replaces:
 * @self: a request
 *
 * Returns: whether a file that is there may be replaced by the body
 */
gboolean
fetch_request_get_replaces (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->replaces;
}

/**
 * fetch_request_set_replaces:
 * @self: a request that saves the body
 * @replaces: whether a file that is there may be replaced by the body
 */
void
fetch_request_set_replaces (FetchRequest *self, gboolean replaces)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->save_path != NULL || !replaces);

  self->replaces = replaces;
}

/* The characters of a token, by RFC 9110. */
static gboolean
is_token (const char *text, gsize length)
{
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && strchr ("!#$%&'*+-.^_`|~", text[i]) == NULL)
      return FALSE;

  return length > 0;
}

/* Another line would be another field, or a request of its own. */
static gboolean
is_field_value (const char *text)
{
  for (; *text != '\0'; text++)
    if (((guchar) *text < ' ' && *text != '\t') || *text == 0x7f)
      return FALSE;

  return TRUE;
}

/**
 * fetch_request_check_header:
 * @field: what may be a header field
 * @error: where to put a sentence that says what is wrong with it
 *
 * Returns: whether [method@FetchRequest.add_header] would take it
 */
gboolean
fetch_request_check_header (const char *field, GError **error)
{
  const char *colon;

  g_return_val_if_fail (field != NULL, FALSE);

  colon = strchr (field, ':');
  if (colon != NULL && is_token (field, colon - field) && is_field_value (colon + 1))
    return TRUE;

  g_set_error_literal (error, FETCH_ERROR, FETCH_ERROR_BAD_SETTING,
                       _ ("This is not a header field. It should look like "
                          "“Accept-Language: de”, on one line."));

  return FALSE;
}

/**
 * fetch_request_add_header:
 * @self: a request
 * @field: a header field, such as `Accept-Language: de`
 * @error: where to put a sentence that says what is wrong with it
 *
 * Adds a header field to the request. It is sent to whom the server redirects, too;
 * `Authorization` and `Cookie` only to the same host.
 *
 * Returns: whether it is one
 */
gboolean
fetch_request_add_header (FetchRequest *self, const char *field, GError **error)
{
  guint n_fields;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (field != NULL, FALSE);

  if (!fetch_request_check_header (field, error))
    return FALSE;

  n_fields = self->header_fields != NULL ? g_strv_length (self->header_fields) : 0;
  self->header_fields = g_renew (char *, self->header_fields, n_fields + 2);
  self->header_fields[n_fields] = g_strdup (field);
  self->header_fields[n_fields + 1] = NULL;

  return TRUE;
}

/**
 * fetch_request_get_headers:
 * @self: a request
 *
 * Returns: (transfer none) (array zero-terminated=1): the header fields that were added,
 *   of which some may be secrets: see [func@fetch_request_copy_without_secrets]
 */
const char *const *
fetch_request_get_headers (FetchRequest *self)
{
  static const char *const none[] = { NULL };

  g_return_val_if_fail (self != NULL, none);

  return self->header_fields != NULL ? (const char *const *) self->header_fields : none;
}

/* Whether one of that name was added. */
gboolean
fetch_request_has_field (FetchRequest *self, const char *name)
{
  char **fields = self->header_fields;

  for (gsize i = 0; fields != NULL && fields[i] != NULL; i++)
    if (g_ascii_strncasecmp (fields[i], name, strlen (name)) == 0 &&
        fields[i][strlen (name)] == ':')
      return TRUE;

  return FALSE;
}

/**
 * fetch_request_set_basic_auth:
 * @self: a request
 * @user: (nullable): a user name; %NULL for no such authentication
 * @password: (nullable): the password
 *
 * Sends a user name and a password, to the first host only and not to whom it redirects.
 */
void
fetch_request_set_basic_auth (FetchRequest *self, const char *user, const char *password)
{
  g_return_if_fail (self != NULL);

  free_secret (self->user);
  free_secret (self->password);
  self->user = g_strdup (user);
  self->password = user != NULL ? g_strdup (password != NULL ? password : "") : NULL;
}

/**
 * fetch_request_get_user:
 * @self: a request
 *
 * Returns: (transfer none) (nullable): the user name that is sent; %NULL if none is
 */
const char *
fetch_request_get_user (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->user;
}

/**
 * fetch_request_get_password:
 * @self: a request
 *
 * Returns: (transfer none) (nullable): the password that is sent; %NULL if none is
 */
const char *
fetch_request_get_password (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->password;
}

/**
 * fetch_request_set_bearer_token:
 * @self: a request
 * @token: (nullable): a token; %NULL for none
 * @error: where to put a sentence that says what is wrong with it
 *
 * Sends a token, to the first host only and not to whom it redirects.
 *
 * Returns: whether it is one
 */
gboolean
fetch_request_set_bearer_token (FetchRequest *self, const char *token, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (token != NULL && !is_field_value (token))
    {
      g_set_error_literal (error, FETCH_ERROR, FETCH_ERROR_BAD_SETTING,
                           _ ("This is not a token: it has more than one line."));
      return FALSE;
    }

  free_secret (self->bearer_token);
  self->bearer_token = g_strdup (token);

  return TRUE;
}

/**
 * fetch_request_get_bearer_token:
 * @self: a request
 *
 * Returns: (transfer none) (nullable): the token that is sent; %NULL if none is
 */
const char *
fetch_request_get_bearer_token (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->bearer_token;
}

/**
 * fetch_request_get_http_version:
 * @self: a request
 *
 * Returns: which version of HTTP is spoken
 */
FetchHttpVersion
fetch_request_get_http_version (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, FETCH_HTTP_VERSION_ANY);

  return self->http_version;
}

/**
 * fetch_request_set_http_version:
 * @self: a request
 * @version: which version of HTTP to speak
 */
void
fetch_request_set_http_version (FetchRequest *self, FetchHttpVersion version)
{
  g_return_if_fail (self != NULL);

  self->http_version = version;
}

/**
 * fetch_request_get_ip_version:
 * @self: a request
 *
 * Returns: which version of the Internet Protocol is used
 */
FetchIpVersion
fetch_request_get_ip_version (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, FETCH_IP_VERSION_ANY);

  return self->ip_version;
}

/**
 * fetch_request_set_ip_version:
 * @self: a request
 * @version: which version of the Internet Protocol to use
 */
void
fetch_request_set_ip_version (FetchRequest *self, FetchIpVersion version)
{
  g_return_if_fail (self != NULL);

  self->ip_version = version;
}

static gboolean
is_proxy (const char *text)
{
  static const char *const schemes[] = { "http",   "https",   "socks4", "socks4a",
                                         "socks5", "socks5h", NULL };
  CURLU                   *parts = curl_url ();
  char                    *scheme = NULL;
  gboolean                 is_one;

  is_one = curl_url_set (parts, CURLUPART_URL, text,
                         CURLU_DEFAULT_SCHEME | CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
           curl_url_get (parts, CURLUPART_SCHEME, &scheme, CURLU_DEFAULT_SCHEME) ==
               CURLUE_OK &&
           g_strv_contains (schemes, scheme);
  curl_free (scheme);
  curl_url_cleanup (parts);

  return is_one;
}

/**
 * fetch_request_check_proxy:
 * @proxy: what may be the address of a proxy server
 * @error: where to put a sentence that says what is wrong with it
 *
 * Returns: whether [method@FetchRequest.set_proxy] would take it for one
 */
gboolean
fetch_request_check_proxy (const char *proxy, GError **error)
{
  g_return_val_if_fail (proxy != NULL, FALSE);

  if (is_proxy (proxy))
    return TRUE;

  g_set_error_literal (error, FETCH_ERROR, FETCH_ERROR_BAD_SETTING,
                       _ ("This is not the address of a proxy server. It should look "
                          "like “http://proxy.example.org:8080” or “socks5://…”."));

  return FALSE;
}

/**
 * fetch_request_get_proxy:
 * @self: a request
 *
 * Returns: (transfer none) (nullable): the proxy server; empty for none, %NULL for what
 * the system's settings say
 */
const char *
fetch_request_get_proxy (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->proxy;
}

/**
 * fetch_request_set_proxy:
 * @self: a request
 * @proxy: (nullable): the proxy server to use, such as `http://proxy.example:8080`;
 *   empty for none, %NULL for what the system's settings say
 * @error: where to put a sentence that says what is wrong with it
 *
 * The system's settings are asked for each host, also for those that a redirect goes to.
 * If they name several proxy servers, the next is tried for the first host only. A fetch
 * fails if they can't be asked, or don't answer within the time for a connection.
 *
 * Returns: whether it is one
 */
gboolean
fetch_request_set_proxy (FetchRequest *self, const char *proxy, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (proxy != NULL && *proxy != '\0' && !fetch_request_check_proxy (proxy, error))
    return FALSE;

  free_secret (self->proxy);
  self->proxy = g_strdup (proxy);

  return TRUE;
}

/**
 * fetch_request_get_verifies_tls:
 * @self: a request
 *
 * Returns: whether a server has to prove who it is
 */
gboolean
fetch_request_get_verifies_tls (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return !self->trusts_anybody;
}

/**
 * fetch_request_set_verifies_tls:
 * @self: a request
 * @verifies: whether a server has to prove who it is, as it has unless told otherwise.
 *   Without, anybody on the way may answer in its place.
 */
void
fetch_request_set_verifies_tls (FetchRequest *self, gboolean verifies)
{
  g_return_if_fail (self != NULL);

  self->trusts_anybody = !verifies;
}

/**
 * fetch_request_get_ca_file:
 * @self: a request
 *
 * Returns: (transfer none) (nullable) (type filename): the authorities to trust; %NULL
 * for those of the system
 */
const char *
fetch_request_get_ca_file (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->ca_file;
}

/**
 * fetch_request_set_ca_file:
 * @self: a request
 * @path: (nullable): a file, in PEM format, with the authorities to trust; %NULL for
 * those of the system
 */
void
fetch_request_set_ca_file (FetchRequest *self, const char *path)
{
  g_return_if_fail (self != NULL);

  g_free (self->ca_file);
  self->ca_file = g_strdup (path);
}

/**
 * fetch_request_get_max_retries:
 * @self: a request
 *
 * Returns: how often it is tried again, at most
 */
guint
fetch_request_get_max_retries (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->max_retries;
}

/**
 * fetch_request_set_max_retries:
 * @self: a request
 * @retries: how often to try again, after a pause that grows, what may well succeed at
 * the next try; none unless told otherwise, and ten at most
 *
 * Tried again is what took too long or broke off, what the server had no time for or
 * failed at (the status is 408, 425, 429, 500, 502, 503, 504 or 520 to 524), after as
 * long as it says, up to a minute, and once what has a host whose name was not found. A
 * host that refuses a request (429 or 503) is asked more slowly from then on; what it
 * refuses together with others does not count.
 */
void
fetch_request_set_max_retries (FetchRequest *self, guint retries)
{
  g_return_if_fail (self != NULL);

  self->max_retries = MIN (retries, FETCH_REQUEST_MOST_RETRIES);
}

/**
 * fetch_request_get_user_agent:
 * @self: a request
 *
 * Returns: (transfer none): what the program calls itself to servers, unless a header
 *   field says otherwise
 */
const char *
fetch_request_get_user_agent (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return FETCH_USER_AGENT;
}

/**
 * fetch_request_lacks_secrets:
 * @self: a request
 *
 * Tells whether there were secrets in it that were taken out, as they are not kept. It
 * can't be made again without them.
 *
 * Returns: whether there are only words in their places
 */
gboolean
fetch_request_lacks_secrets (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->lacks_secrets;
}
