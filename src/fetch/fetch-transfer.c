/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-transfer-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "fetch/fetch-curl-error.h"
#include "fetch/fetch-io-private.h"

static char *
host_of (const char *url)
{
  CURLU *parts = curl_url ();
  char  *scheme = NULL;
  char  *host = NULL;
  char  *port = NULL;
  char  *key;

  curl_url_set (parts, CURLUPART_URL, url, 0);
  curl_url_get (parts, CURLUPART_SCHEME, &scheme, 0);
  curl_url_get (parts, CURLUPART_HOST, &host, 0);
  curl_url_get (parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
  key = g_strdup_printf ("%s://%s:%s", scheme, host, port);
  curl_free (scheme);
  curl_free (host);
  curl_free (port);
  curl_url_cleanup (parts);

  return key;
}

/* Takes the promise. */
FetchTransfer *
fetch_transfer_new (FetchIo *io, FetchRequest *request, BackgroundPromise *promise)
{
  FetchTransfer *self = g_new0 (FetchTransfer, 1);

  atomic_init (&self->ref_count, 1);
  background_change_init (self, news);
  self->io = fetch_io_ref (io);
  self->request = fetch_request_copy (request);
  self->promise = promise;
  self->host = host_of (fetch_request_get_url (request));
  self->link.data = self;
  self->progress.total = -1;

  return self;
}

FetchTransfer *
fetch_transfer_ref (FetchTransfer *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);

  return self;
}

void
fetch_transfer_unref (FetchTransfer *self)
{
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  g_assert (self->easy == NULL && self->promise == NULL);

  fetch_request_free (self->request);
  g_free (self->host);
  g_clear_pointer (&self->first_bytes, g_byte_array_unref);
  g_free (self->status_line);
  fetch_io_unref (self->io);
  g_free (self);
}

/* What follows runs on the I/O thread. */

static void
report (FetchTransfer *self, FetchPhase phase, gint64 received, gint64 total)
{
  FetchProgress progress = { .phase = phase, .received = received, .total = total };

  if (phase == self->progress.phase && received == self->progress.received &&
      total == self->progress.total)
    return;

  self->progress = progress;
  background_promise_report_snapshot (self->promise, &progress, sizeof progress);
  background_promise_report_progress (self->promise,
                                      total > 0 ? (double) received / total : -1.0);
}

static int
resolver_start_cb (void *resolver G_GNUC_UNUSED,
                   void *reserved G_GNUC_UNUSED,
                   void *user_data)
{
  report (user_data, FETCH_PHASE_RESOLVING, 0, -1);

  return 0;
}

static curl_socket_t
open_socket_cb (void                 *user_data,
                curlsocktype          purpose G_GNUC_UNUSED,
                struct curl_sockaddr *address)
{
  FetchTransfer *self = user_data;
  curl_socket_t  fd;

  report (self, FETCH_PHASE_CONNECTING, 0, -1);

  fd = socket (address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (fd < 0 && (errno == EMFILE || errno == ENFILE))
    self->has_no_file_left = TRUE;

  return fd;
}

static int
before_request_cb (void *user_data,
                   char *remote_ip G_GNUC_UNUSED,
                   char *local_ip G_GNUC_UNUSED,
                   int   remote_port G_GNUC_UNUSED,
                   int   local_port G_GNUC_UNUSED)
{
  FetchTransfer *self = user_data;

  report (self, FETCH_PHASE_WAITING, 0, -1);
  self->expects_status_line = TRUE;

  return CURL_PREREQFUNC_OK;
}

static gboolean
is_interim (FetchTransfer *self)
{
  long status = 0;

  curl_easy_getinfo (self->easy, CURLINFO_RESPONSE_CODE, &status);

  return status / 100 == 1;
}

/* A field may be called “HTTP/…”, too, be it in the header or after the body: only its
 * place makes a line the status line. */
static void
read_header_line (FetchTransfer *self, const char *line, size_t length)
{
  if (self->expects_status_line)
    {
      g_free (self->status_line);
      self->status_line = g_strchomp (g_strndup (line, length));
      self->expects_status_line = FALSE;
      self->is_in_header = TRUE;
    }
  else if (self->is_in_header && (*line == '\r' || *line == '\n'))
    {
      self->is_in_header = FALSE;
      self->expects_status_line = is_interim (self);
    }
}

static size_t
header_cb (char *line, size_t one G_GNUC_UNUSED, size_t length, void *user_data)
{
  FetchTransfer *self = user_data;

  self->header_size += length;
  if (self->header_size > FETCH_MAX_HEADER_SIZE)
    {
      self->is_header_too_large = TRUE;
      return CURL_WRITEFUNC_ERROR;
    }

  read_header_line (self, line, length);

  return length;
}

static char *
remote_address_of (CURL *easy)
{
  char *ip = NULL;
  long  port = 0;

  curl_easy_getinfo (easy, CURLINFO_PRIMARY_IP, &ip);
  curl_easy_getinfo (easy, CURLINFO_PRIMARY_PORT, &port);
  if (ip == NULL || *ip == '\0')
    return NULL;

  return strchr (ip, ':') != NULL ? g_strdup_printf ("[%s]:%ld", ip, port)
                                  : g_strdup_printf ("%s:%ld", ip, port);
}

/* What is known by now. */
static FetchResult *
learn (FetchTransfer *self)
{
  FetchResult *result = fetch_result_new ();
  char        *url = NULL;
  char        *content_type = NULL;
  long         status = 0;
  long         n_redirects = 0;
  curl_off_t   size_on_wire = 0;

  curl_easy_getinfo (self->easy, CURLINFO_EFFECTIVE_URL, &url);
  curl_easy_getinfo (self->easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo (self->easy, CURLINFO_CONTENT_TYPE, &content_type);
  curl_easy_getinfo (self->easy, CURLINFO_REDIRECT_COUNT, &n_redirects);
  curl_easy_getinfo (self->easy, CURLINFO_SIZE_DOWNLOAD_T, &size_on_wire);

  result->url = g_strdup (url);
  result->status = status;
  result->status_line = g_strdup (self->status_line);
  result->content_type = g_strdup (content_type);
  result->first_bytes = g_bytes_new (self->first_bytes->data, self->first_bytes->len);
  result->size = self->size;
  result->size_on_wire = size_on_wire;
  result->is_fallback = self->is_fallback;
  result->n_redirects = n_redirects;
  result->remote_address = remote_address_of (self->easy);
  result->duration = g_get_monotonic_time () - self->started;

  return result;
}

static gboolean
unpacks_to_too_much (FetchTransfer *self, size_t length)
{
  curl_off_t on_wire = 0;

  curl_easy_getinfo (self->easy, CURLINFO_SIZE_DOWNLOAD_T, &on_wire);
  if (on_wire != self->unpacked_from)
    {
      self->unpacked_from = on_wire;
      self->unpacked = 0;
    }
  self->unpacked += length;

  return self->unpacked > FETCH_MAX_UNPACKED;
}

static void
unref_result (gpointer result)
{
  fetch_result_unref (result);
}

static size_t
body_cb (char *bytes, size_t one G_GNUC_UNUSED, size_t length, void *user_data)
{
  FetchTransfer *self = user_data;
  gsize          n_wanted = fetch_request_get_preview_size (self->request);

  self->size += length;
  if (self->first_bytes->len < n_wanted)
    {
      g_byte_array_append (self->first_bytes, (const guint8 *) bytes,
                           MIN (length, n_wanted - self->first_bytes->len));
      background_promise_report_result (self->promise, learn (self), unref_result);
    }

  if (unpacks_to_too_much (self, length))
    {
      self->unpacks_to_too_much = TRUE;
      return CURL_WRITEFUNC_ERROR;
    }
  if (self->size >= fetch_request_get_max_size (self->request))
    {
      self->is_stopped_at_max_size = TRUE;
      return CURL_WRITEFUNC_ERROR;
    }

  return length;
}

static int
progress_cb (void      *user_data,
             curl_off_t total,
             curl_off_t received,
             curl_off_t upload_total G_GNUC_UNUSED,
             curl_off_t uploaded G_GNUC_UNUSED)
{
  if (received > 0)
    report (user_data, FETCH_PHASE_RECEIVING, received, total > 0 ? total : -1);

  return 0;
}

static const char *
current_url (FetchTransfer *self)
{
  return self->is_fallback ? fetch_request_get_fallback_url (self->request)
                           : fetch_request_get_url (self->request);
}

/* Something that speaks plain HTTP may wait for the rest of what looks like a strange
 * request, so a guess at HTTPS is given up sooner. */
static long
connect_timeout_in_milliseconds (FetchTransfer *self)
{
  gint64   timeout = fetch_request_get_connect_timeout (self->request);
  gboolean is_guess = !self->is_fallback &&
                      fetch_request_get_fallback_url (self->request) != NULL;

  if (is_guess)
    timeout = MIN (timeout, FETCH_GUESS_TIMEOUT);

  return MAX (1, timeout / G_TIME_SPAN_MILLISECOND);
}

/* Makes the easy handle, with every bound that there is. */
void
fetch_transfer_prepare (FetchTransfer *self)
{
  FetchRequest *request = self->request;
  CURL         *easy = curl_easy_init ();

  g_assert (self->easy == NULL);

  self->easy = easy;
  self->started = g_get_monotonic_time ();
  self->first_bytes = g_byte_array_new ();

  curl_easy_setopt (easy, CURLOPT_URL, current_url (self));
  curl_easy_setopt (easy, CURLOPT_PRIVATE, self);
  curl_easy_setopt (easy, CURLOPT_USERAGENT, FETCH_USER_AGENT);
  curl_easy_setopt (easy, CURLOPT_ACCEPT_ENCODING, "");

  curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt (easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt (easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  curl_easy_setopt (easy, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt (easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt (easy, CURLOPT_MAXREDIRS,
                    (long) fetch_request_get_max_redirects (request));

  curl_easy_setopt (easy, CURLOPT_CONNECTTIMEOUT_MS,
                    connect_timeout_in_milliseconds (self));
  curl_easy_setopt (easy, CURLOPT_TIMEOUT_MS,
                    (long) MAX (1, fetch_request_get_total_timeout (request) /
                                       G_TIME_SPAN_MILLISECOND));
  curl_easy_setopt (easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt (
      easy, CURLOPT_LOW_SPEED_TIME,
      (long) MAX (1, fetch_request_get_stall_timeout (request) / G_TIME_SPAN_SECOND));

  /* No signals in a program with threads; and a name that is being looked up when the
   * fetch is cancelled is not waited for. */
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_QUICK_EXIT, 1L);

  curl_easy_setopt (easy, CURLOPT_ERRORBUFFER, self->curl_detail);
  curl_easy_setopt (easy, CURLOPT_RESOLVER_START_FUNCTION, resolver_start_cb);
  curl_easy_setopt (easy, CURLOPT_RESOLVER_START_DATA, self);
  curl_easy_setopt (easy, CURLOPT_OPENSOCKETFUNCTION, open_socket_cb);
  curl_easy_setopt (easy, CURLOPT_OPENSOCKETDATA, self);
  curl_easy_setopt (easy, CURLOPT_PREREQFUNCTION, before_request_cb);
  curl_easy_setopt (easy, CURLOPT_PREREQDATA, self);
  curl_easy_setopt (easy, CURLOPT_HEADERFUNCTION, header_cb);
  curl_easy_setopt (easy, CURLOPT_HEADERDATA, self);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, body_cb);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, self);
  curl_easy_setopt (easy, CURLOPT_XFERINFOFUNCTION, progress_cb);
  curl_easy_setopt (easy, CURLOPT_XFERINFODATA, self);
  curl_easy_setopt (easy, CURLOPT_NOPROGRESS, 0L);
}

static void
discard (FetchTransfer *self)
{
  g_clear_pointer (&self->easy, curl_easy_cleanup);
  g_clear_pointer (&self->first_bytes, g_byte_array_unref);
  g_clear_pointer (&self->status_line, g_free);
}

/* For an address that was typed without a scheme. There is no HTTPS, if nobody listens
 * for it, or if something else than TLS answers. A certificate that is wrong is another
 * matter, and so is an answer that redirects to where it fails: then there is HTTPS, and
 * going round it would be what an attacker wants. */
gboolean
fetch_transfer_fall_back (FetchTransfer *self, CURLcode code)
{
  gboolean is_timeout_of_connection = code == CURLE_OPERATION_TIMEDOUT &&
                                      self->progress.phase < FETCH_PHASE_WAITING;

  if (self->is_fallback || self->status_line != NULL ||
      fetch_request_get_fallback_url (self->request) == NULL)
    return FALSE;

  if (code != CURLE_COULDNT_CONNECT && code != CURLE_SSL_CONNECT_ERROR &&
      !is_timeout_of_connection)
    return FALSE;

  discard (self);
  self->is_fallback = TRUE;
  self->header_size = 0;
  self->expects_status_line = FALSE;
  *self->curl_detail = '\0';

  return TRUE;
}

static void
answer_with_error (FetchTransfer *self, GError *error)
{
  background_promise_fail (self->promise, error);
  g_clear_pointer (&self->promise, background_promise_unref);
}

/* When the easy handle is off the multi handle: answers the call. */
void
fetch_transfer_finish (FetchTransfer *self, CURLcode code)
{
  /* libcurl is content with half a header when the connection is closed. */
  gboolean is_cut_off = self->is_in_header ||
                        (self->expects_status_line && self->status_line != NULL);
  FetchResult *result = learn (self);

  if (code == CURLE_OK && is_cut_off)
    code = CURLE_GOT_NOTHING;

  if (code == CURLE_OK || self->is_stopped_at_max_size)
    {
      result->is_complete = code == CURLE_OK;
      background_promise_return (self->promise, result);
      g_clear_pointer (&self->promise, background_promise_unref);
    }
  else
    {
      answer_with_error (self, fetch_curl_error_new (self, code, result));
      fetch_result_unref (result);
    }

  discard (self);
}

/* The same for one that nobody wants any more; it may not have been begun. */
void
fetch_transfer_finish_cancelled (FetchTransfer *self)
{
  g_autoptr (FetchResult) result = self->easy != NULL ? learn (self) : NULL;

  answer_with_error (self,
                     fetch_error_new (FETCH_ERROR_CANCELLED, _ ("Cancelled."), result));
  discard (self);
}
