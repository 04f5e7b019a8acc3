/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-transfer-private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "fetch/fetch-coding-private.h"
#include "fetch/fetch-io-private.h"
#include "fetch/fetch-secrets.h"

/* What libcurl is asked to do for one exchange, with every bound that there is. */

/* In seconds: as long as the longest fetch. */
#define LONGEST_SLOWNESS 86400L

/* As much as the kernel may accept for us before we have looked: with the twice as much
 * that it counts for itself, a server can't send more than 64 KiB that nobody wants. */
#define PEEK_RECEIVE_BUFFER (16 * 1024)

const char *
fetch_transfer_get_url (FetchTransfer *self)
{
  return self->is_fallback ? self->request->fallback_url : self->request->url;
}

/* Where the present exchange goes: the first one, or one that a redirect has led to. */
const char *
fetch_transfer_get_target (FetchTransfer *self)
{
  return self->target != NULL ? self->target : fetch_transfer_get_url (self);
}

/* Something that speaks plain HTTP may wait for the rest of what looks like a strange
 * request, so a guess at HTTPS is given up sooner. */
gint64
fetch_transfer_get_connect_timeout (FetchTransfer *self)
{
  gint64   timeout = self->request->connect_timeout;
  gboolean is_guess = !self->is_fallback && self->request->fallback_url != NULL &&
                      self->target == NULL;

  return is_guess ? MIN (timeout, FETCH_GUESS_TIMEOUT) : timeout;
}

/* NULL for what the environment says, empty for none. */
const char *
fetch_transfer_get_proxy (FetchTransfer *self)
{
  if (self->request->proxy != NULL || self->system_proxies == NULL)
    return self->request->proxy;

  return self->system_proxies[self->n_dead_proxies];
}

static long
milliseconds_of (gint64 microseconds)
{
  return CLAMP (microseconds / G_TIME_SPAN_MILLISECOND, 1, G_MAXINT32);
}

gboolean
fetch_transfer_wants_range (FetchTransfer *self)
{
  return self->request->body_use == FETCH_BODY_PEEK &&
         self->request->method == FETCH_METHOD_GET && !self->is_range_refused &&
         self->request->preview_size > 0;
}

static curl_socket_t
open_socket_cb (void                 *user_data,
                curlsocktype          purpose G_GNUC_UNUSED,
                struct curl_sockaddr *address)
{
  FetchTransfer *self = user_data;
  gboolean       is_small = self->request->body_use == FETCH_BODY_PEEK;
  curl_socket_t  fd;

  fetch_exchange_times_connect (&self->answer.times);
  if (self->progress.phase != FETCH_PHASE_CONNECTING)
    {
      self->progress = (FetchProgress){ .phase = FETCH_PHASE_CONNECTING, .total = -1 };
      background_promise_report_snapshot (self->promise, &self->progress,
                                          sizeof self->progress);
    }

  fd = socket (address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (fd < 0 && (errno == EMFILE || errno == ENFILE))
    self->has_no_file_left = TRUE;
  if (fd >= 0)
    fetch_sockets_add (fetch_io_get_sockets (self->io), fd, is_small);
  if (fd >= 0 && is_small)
    setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &(int){ PEEK_RECEIVE_BUFFER }, sizeof (int));

  return fd;
}

/* The codings to ask for. What is saved, or seen in part, is meant as it is: an offset
 * into something that was compressed for the journey means nothing. */
static const char *
get_codings (FetchRequest *request)
{
  return request->body_use == FETCH_BODY_COUNT || request->body_use == FETCH_BODY_KEEP
             ? fetch_coding_get_names ()
             : "identity";
}

/* The header fields of a request that has no others. The codings are asked for in a field
 * and not by libcurl's own option, as libcurl would decode them then: it does not tell
 * that a body is cut off, and does not stop in the middle of a bomb. */
static struct curl_slist *
get_constant_fields (void)
{
  static struct curl_slist fields;

  if (g_once_init_enter (&fields.data))
    g_once_init_leave (
        &fields.data, g_strconcat ("Accept-Encoding: ", fetch_coding_get_names (), NULL));

  return &fields;
}

/* What is the same for all exchanges. */
static void
set_constant_options (CURL *easy, FetchIo *io)
{
  curl_easy_setopt (easy, CURLOPT_USERAGENT, FETCH_USER_AGENT);
  curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt (easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  curl_easy_setopt (easy, CURLOPT_HTTPHEADER, get_constant_fields ());
  curl_easy_setopt (easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
  curl_easy_setopt (easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
  /* What is slow is not given up; but libcurl looks once a second, and so do we. */
  curl_easy_setopt (easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt (easy, CURLOPT_LOW_SPEED_TIME, LONGEST_SLOWNESS);
  curl_easy_setopt (easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt (easy, CURLOPT_BUFFERSIZE, (long) FETCH_RECEIVE_BUFFER);
  curl_easy_setopt (easy, CURLOPT_SHARE, fetch_io_get_share (io));

  /* Cookies are read, for the next exchange of a redirect chain. */
  curl_easy_setopt (easy, CURLOPT_COOKIEFILE, "");

  /* No signals in a program with threads; and a name that is being looked up when the
   * fetch is cancelled is not waited for. */
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_QUICK_EXIT, 1L);

  curl_easy_setopt (easy, CURLOPT_OPENSOCKETFUNCTION, open_socket_cb);
  curl_easy_setopt (easy, CURLOPT_CLOSESOCKETFUNCTION, fetch_sockets_close);
  curl_easy_setopt (easy, CURLOPT_CLOSESOCKETDATA, fetch_io_get_sockets (io));
}

static void
set_bounds (FetchTransfer *self)
{
  FetchRequest *request = self->request;
  CURL         *easy = self->easy;
  gint64        spent = self->spent + g_get_monotonic_time () - self->started;

  curl_easy_setopt (easy, CURLOPT_CONNECTTIMEOUT_MS,
                    milliseconds_of (fetch_transfer_get_connect_timeout (self)));
  curl_easy_setopt (easy, CURLOPT_TIMEOUT_MS,
                    milliseconds_of (request->total_timeout - spent));
}

static gboolean
is_called (const char *field, const char *name)
{
  gsize length = strlen (name);

  return g_ascii_strncasecmp (field, name, length) == 0 && field[length] == ':';
}

/* What is secret, and what is meant for one host, is not sent to another one (WHATWG
 * Fetch, HTTP-redirect fetch; RFC 9110, 15.4). */
static gboolean
is_for_first_origin_only (const char *field)
{
  return is_called (field, "Host") || is_called (field, "Cookie") ||
         fetch_secrets_is_field (field);
}

static void
withhold (FetchTransfer *self, const char *name, gsize length)
{
  GPtrArray *names = self->answer.withheld_fields;

  if (names == NULL)
    names = self->answer.withheld_fields = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < names->len; i++)
    if (g_ascii_strncasecmp (names->pdata[i], name, length) == 0 &&
        strlen (names->pdata[i]) == length)
      return;

  g_ptr_array_add (names, g_strndup (name, length));
}

static char *
dup_value (const char *field)
{
  return g_strstrip (g_strdup (strchr (field, ':') + 1));
}

static void
add_field (FetchTransfer *self, const char *field)
{
  g_autofree char *value = dup_value (field);
  g_autofree char *line = NULL;

  /* libcurl takes “Name:” for one that is not to be sent, and “Name;” for an empty one.
   */
  line = *value == '\0'
             ? g_strdup_printf ("%.*s;", (int) (strchr (field, ':') - field), field)
             : g_strdup (field);
  self->fields = curl_slist_append (self->fields, line);
}

/* There is one Cookie field, with what the user sends and what the responses before have
 * set (RFC 6265, 5.4). libcurl puts it together. */
static void
set_fields (FetchTransfer *self)
{
  char **fields = self->request->header_fields;
  g_autoptr (GString) cookies = g_string_new (NULL);
  g_autofree char *codings = g_strconcat (
      "Accept-Encoding: ", get_codings (self->request), NULL);

  if (!fetch_request_has_field (self->request, "Accept-Encoding"))
    self->fields = curl_slist_append (self->fields, codings);
  for (gsize i = 0; fields != NULL && fields[i] != NULL; i++)
    if (self->has_left_origin && is_for_first_origin_only (fields[i]))
      withhold (self, fields[i], strcspn (fields[i], ":"));
    else if (is_called (fields[i], "Cookie"))
      {
        g_autofree char *value = dup_value (fields[i]);

        g_string_append_printf (cookies, "%s%s", cookies->len > 0 ? "; " : "", value);
      }
    else
      add_field (self, fields[i]);

  if (cookies->len > 0)
    curl_easy_setopt (self->easy, CURLOPT_COOKIE, cookies->str);
  curl_easy_setopt (self->easy, CURLOPT_HTTPHEADER, self->fields);
}

static void
set_body_use (FetchTransfer *self)
{
  CURL            *easy = self->easy;
  g_autofree char *range = NULL;

  /* A peek takes no more than it may. */
  if (self->request->body_use == FETCH_BODY_PEEK)
    curl_easy_setopt (easy, CURLOPT_BUFFERSIZE, (long) PEEK_RECEIVE_BUFFER);

  if (self->request->method == FETCH_METHOD_HEAD)
    curl_easy_setopt (easy, CURLOPT_NOBODY, 1L);

  if (fetch_transfer_wants_range (self))
    range = g_strdup_printf ("0-%" G_GSIZE_FORMAT, self->request->preview_size - 1);
  else if (self->file != NULL && fetch_file_get_size (self->file) > 0)
    {
      g_autofree char *condition = g_strconcat ("If-Range: ", self->entity, NULL);

      range = g_strdup_printf ("%" G_GUINT64_FORMAT "-",
                               fetch_file_get_size (self->file));
      self->fields = curl_slist_append (self->fields, condition);
    }

  if (range != NULL)
    curl_easy_setopt (easy, CURLOPT_RANGE, range);
}

/* As a field, which does not go along to another host, either. A user that libcurl knows
 * of becomes a part of the address that a redirect begins at, and there are none in
 * addresses here: it would not be followed. */
static void
add_basic_auth (FetchTransfer *self)
{
  g_autofree char *both = g_strconcat (self->request->user, ":", self->request->password,
                                       NULL);
  g_autofree char *encoded = g_base64_encode ((const guchar *) both, strlen (both));
  g_autofree char *field = g_strconcat ("Authorization: Basic ", encoded, NULL);

  self->fields = curl_slist_append (self->fields, field);
  explicit_bzero (both, strlen (both));
  explicit_bzero (encoded, strlen (encoded));
  explicit_bzero (field, strlen (field));
}

static void
set_secrets (FetchTransfer *self)
{
  CURL *easy = self->easy;

  if (self->has_left_origin)
    {
      if (self->request->user != NULL || self->request->bearer_token != NULL)
        withhold (self, "Authorization", strlen ("Authorization"));
      return;
    }

  /* What is given as a field goes first, as with curl. */
  if (self->request->user != NULL &&
      !fetch_request_has_field (self->request, "Authorization"))
    add_basic_auth (self);
  else if (self->request->bearer_token != NULL)
    {
      curl_easy_setopt (easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
      curl_easy_setopt (easy, CURLOPT_XOAUTH2_BEARER, self->request->bearer_token);
    }
}

static void
set_versions (FetchTransfer *self)
{
  static const long http_versions[] = {
    [FETCH_HTTP_VERSION_ANY] = CURL_HTTP_VERSION_2TLS,
    [FETCH_HTTP_VERSION_1_1] = CURL_HTTP_VERSION_1_1,
    [FETCH_HTTP_VERSION_2] = CURL_HTTP_VERSION_2_0,
  };
  static const long ip_versions[] = {
    [FETCH_IP_VERSION_ANY] = CURL_IPRESOLVE_WHATEVER,
    [FETCH_IP_VERSION_4] = CURL_IPRESOLVE_V4,
    [FETCH_IP_VERSION_6] = CURL_IPRESOLVE_V6,
  };
  FetchRequest *request = self->request;

  curl_easy_setopt (self->easy, CURLOPT_HTTP_VERSION,
                    http_versions[request->http_version]);
  curl_easy_setopt (self->easy, CURLOPT_IPRESOLVE, ip_versions[request->ip_version]);
}

static void
set_trust (FetchTransfer *self)
{
  FetchRequest *request = self->request;
  CURL         *easy = self->easy;

  if (request->trusts_anybody)
    {
      curl_easy_setopt (easy, CURLOPT_SSL_VERIFYPEER, 0L);
      curl_easy_setopt (easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
  if (request->ca_file != NULL)
    {
      curl_easy_setopt (easy, CURLOPT_CAINFO, request->ca_file);
      curl_easy_setopt (easy, CURLOPT_CAPATH, NULL);
    }
}

static void
set_cookies (FetchTransfer *self)
{
  for (struct curl_slist *cookie = self->answer.cookies; cookie != NULL;
       cookie = cookie->next)
    curl_easy_setopt (self->easy, CURLOPT_COOKIELIST, cookie->data);
}

static void
set_network (FetchTransfer *self, const char *url)
{
  CURL       *easy = self->easy;
  const char *proxy = fetch_transfer_get_proxy (self);

  /* Whoever can share a connection waits for it, instead of making another. Without TLS,
   * libcurl finds out too late that it can't be shared: when the first answer is over. */
  curl_easy_setopt (easy, CURLOPT_PIPEWAIT, g_str_has_prefix (url, "https:") ? 1L : 0L);

  /* Without one, libcurl looks at the environment; and with one still, for the hosts that
   * are not to go through it (no_proxy), unless it is told that there are none. */
  curl_easy_setopt (easy, CURLOPT_PROXY, proxy);
  curl_easy_setopt (easy, CURLOPT_NOPROXY, self->request->proxy != NULL ? "" : NULL);

  fetch_tls_listen (easy, self->handshake);
  curl_easy_setopt (easy, CURLOPT_OPENSOCKETDATA, self);
  curl_easy_setopt (easy, CURLOPT_FRESH_CONNECT, self->wants_new_connection ? 1L : 0L);
}

/* Whether there is more to say than for most transfers. */
static gboolean
is_special (FetchRequest *request)
{
  return request->method != FETCH_METHOD_GET || request->body_use != FETCH_BODY_COUNT ||
         request->header_fields != NULL || request->user != NULL ||
         request->bearer_token != NULL ||
         request->http_version != FETCH_HTTP_VERSION_ANY ||
         request->ip_version != FETCH_IP_VERSION_ANY || request->trusts_anybody ||
         request->ca_file != NULL;
}

/* On a new handle. */
void
fetch_transfer_set_options (FetchTransfer *self)
{
  CURL       *easy = self->easy;
  const char *url = fetch_transfer_get_target (self);

  set_constant_options (easy, self->io);
  curl_easy_setopt (easy, CURLOPT_URL, url);
  curl_easy_setopt (easy, CURLOPT_PRIVATE, self);
  curl_easy_setopt (easy, CURLOPT_ERRORBUFFER, self->curl_detail);
  set_bounds (self);
  set_network (self, url);
  set_cookies (self);

  if (is_special (self->request))
    {
      set_versions (self);
      set_trust (self);
      set_secrets (self);
      set_body_use (self);
      set_fields (self);
    }
}
