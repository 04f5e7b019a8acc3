/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Fetches from a real server over loopback, which the test starts and stops. */

#include <arpa/inet.h>
#include <curl/curl.h>
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../backgroundcall/gate.h"
#include "demo/demo-server.h"
#include "fetch/fetch-session.h"

/* The system's resolver: this stands before libc's function. Nothing here asks the
 * network: all names in here.test are this machine's, and no other name is found. */
static Gate resolver_gate = GATE_INIT;

int
getaddrinfo (const char            *name,
             const char            *service,
             const struct addrinfo *hints,
             struct addrinfo      **addresses)
{
  int (*next) (const char *, const char *, const struct addrinfo *,
               struct addrinfo **) = dlsym (RTLD_NEXT, "getaddrinfo");

  if (name != NULL && g_str_equal (name, "slow.test"))
    gate_pass (&resolver_gate);
  if (name != NULL && g_str_has_suffix (name, ".here.test"))
    return next ("127.0.0.1", service, hints, addresses);
  if (name != NULL && g_str_has_suffix (name, ".test"))
    return EAI_NONAME;

  return next (name, service, hints, addresses);
}

typedef struct
{
  DemoServer   *server;
  FetchSession *session;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  fixture->server = demo_server_new (&error);
  g_assert_no_error (error);
  fixture->session = fetch_session_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_clear_object (&fixture->session);
  g_clear_object (&fixture->server);

  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
}

static FetchRequest *
request_for (Fixture *fixture, const char *path)
{
  g_autofree char *url = demo_server_get_url (fixture->server, path);
  g_autoptr (GError) error = NULL;
  FetchRequest *request = fetch_request_new (url, &error);

  g_assert_no_error (error);

  return request;
}

static BackgroundCall *
fetch_text (Fixture *fixture, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FetchRequest) request = fetch_request_new (text, &error);

  g_assert_no_error (error);

  return fetch_session_fetch (fixture->session, request);
}

static BackgroundCall *
fetch_path (Fixture *fixture, const char *path)
{
  g_autoptr (FetchRequest) request = request_for (fixture, path);

  return fetch_session_fetch (fixture->session, request);
}

static FetchResult *
result_of (BackgroundCall *call)
{
  g_autoptr (GError) error = NULL;
  FetchResult *result = background_call_get_return (call, PATIENCE, &error);

  g_assert_no_error (error);

  return result;
}

static char *
first_bytes_of (FetchResult *result)
{
  gsize         size;
  gconstpointer data = g_bytes_get_data (fetch_result_get_first_bytes (result), &size);

  return g_strndup (data != NULL ? data : "", size);
}

/* Waits for the failure, says what it was, and returns what was learned before it. */
static FetchResult *
assert_fails (BackgroundCall *call, FetchError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (background_call_get_return (call, PATIENCE, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, FETCH_ERROR, (int) code);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_true (g_str_has_suffix (error->message, ".") ||
                 g_str_has_suffix (error->message, ")"));

  return fetch_error_get_result (background_call_get_error (call));
}

static void
test_hello (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");
  g_autoptr (BackgroundCall) call = fetch_path (fixture, "/hello");
  FetchResult     *result = result_of (call);
  g_autofree char *text = first_bytes_of (result);

  g_assert_cmpint (fetch_result_get_status (result), ==, 200);
  g_assert_cmpstr (fetch_result_get_status_line (result), ==, "HTTP/1.1 200 OK");
  g_assert_cmpstr (fetch_result_get_content_type (result), ==,
                   "text/plain; charset=utf-8");
  g_assert_cmpstr (fetch_result_get_url (result), ==, url);
  g_assert_true (g_str_has_prefix (text, "Hello from the demo server.\n"));
  g_assert_cmpuint (fetch_result_get_size (result), ==, strlen (text));
  g_assert_cmpuint (fetch_result_get_size_on_wire (result), ==, strlen (text));
  g_assert_true (fetch_result_is_complete (result));
  g_assert_false (fetch_result_is_fallback (result));
  g_assert_cmpuint (fetch_result_get_n_redirects (result), ==, 0);
  g_assert_true (
      g_str_has_prefix (fetch_result_get_remote_address (result), "127.0.0.1:"));
  g_assert_cmpint (fetch_result_get_duration (result), >, 0);
}

static void
test_keeps_the_first_500_and_counts_the_rest (Fixture      *fixture,
                                              gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = fetch_path (fixture, "/binary?bytes=1000000");
  FetchResult  *result = result_of (call);
  gsize         size;
  const guint8 *bytes = g_bytes_get_data (fetch_result_get_first_bytes (result), &size);

  g_assert_cmpuint (size, ==, 500);
  for (gsize i = 0; i < size; i++)
    g_assert_cmpuint (bytes[i], ==, i % 256);
  g_assert_cmpuint (fetch_result_get_size (result), ==, 1000000);
  g_assert_true (fetch_result_is_complete (result));
}

static void
test_keeps_as_many_as_asked_for (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const gsize sizes[] = { 0, 1, 20000, 100000 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (FetchRequest) request = request_for (fixture, "/binary?bytes=50000");
      g_autoptr (BackgroundCall) call = NULL;
      FetchResult *result;

      fetch_request_set_preview_size (request, sizes[i]);
      call = fetch_session_fetch (fixture->session, request);
      result = result_of (call);

      g_assert_cmpuint (g_bytes_get_size (fetch_result_get_first_bytes (result)), ==,
                        MIN (sizes[i], 50000));
      g_assert_cmpuint (fetch_result_get_size (result), ==, 50000);
    }
}

/* Who is slow to look at them is not sent the same bytes again and again. */
static void
test_first_bytes_are_shown_sparingly (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest)
      request = request_for (fixture, "/trickle?bytes=200000&steps=100&pause=2");
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (GPtrArray) shown = NULL;
  gsize size = 0;

  fetch_request_set_preview_size (request, 200000);
  call = fetch_session_fetch (fixture->session, request);
  result_of (call);

  shown = background_call_take_results (call);
  for (guint i = 0; i < shown->len; i++)
    size += g_bytes_get_size (fetch_result_get_first_bytes (shown->pdata[i]));
  g_test_message ("%u times, %" G_GSIZE_FORMAT " bytes", shown->len, size);
  g_assert_cmpuint (size, <=, 3 * 200000);
}

static void
test_progress_with_known_total (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = fetch_path (fixture, "/trickle?bytes=1000&steps=20");
  FetchProgress progress;
  gint64        last = 0;

  iterate_until (fetch_progress_of (call).phase == FETCH_PHASE_RECEIVING);
  while (!background_call_is_done (call))
    {
      progress = fetch_progress_of (call);
      g_assert_cmpint (progress.total, ==, 1000);
      g_assert_cmpint (progress.received, >=, last);
      g_assert_cmpint (progress.received, <=, 1000);
      last = progress.received;
    }

  g_assert_cmpuint (fetch_result_get_size (result_of (call)), ==, 1000);
  g_assert_cmpint (fetch_progress_of (call).received, ==, 1000);
  g_assert_cmpfloat (background_call_get_progress (call), ==, 1.0);
}

static void
test_progress_with_unknown_total (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = fetch_path (fixture, "/endless");

  iterate_until (fetch_progress_of (call).received > 100000);

  g_assert_cmpint (fetch_progress_of (call).total, ==, -1);
  g_assert_cmpfloat (background_call_get_progress (call), <, 0);
}

static void
test_redirects_are_followed (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");
  g_autoptr (BackgroundCall) call = fetch_path (fixture, "/redirect/3");
  FetchResult *result = result_of (call);

  g_assert_cmpint (fetch_result_get_status (result), ==, 200);
  g_assert_cmpuint (fetch_result_get_n_redirects (result), ==, 3);
  g_assert_cmpstr (fetch_result_get_url (result), ==, url);
}

static void
test_gzip_is_decoded (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = fetch_path (fixture, "/gzip");
  FetchResult     *result = result_of (call);
  g_autofree char *text = first_bytes_of (result);

  g_assert_true (g_str_has_prefix (text, "This page comes slowly"));
  g_assert_cmpuint (strlen (text), ==, 500);
  g_assert_cmpuint (fetch_result_get_size (result), ==, 20000);
  g_assert_cmpuint (fetch_result_get_size_on_wire (result), <, 2000);
}

static void
test_status_404_is_an_answer (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = fetch_path (fixture, "/missing");
  FetchResult *result = result_of (call);

  g_assert_cmpint (fetch_result_get_status (result), ==, 404);
  g_assert_cmpuint (fetch_result_get_size (result), >, 0);
}

static void
test_largest_size_stops_it (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest) request = request_for (fixture, "/endless");
  g_autoptr (BackgroundCall) call = NULL;
  FetchResult *result;

  fetch_request_set_max_size (request, 100000);
  call = fetch_session_fetch (fixture->session, request);
  result = result_of (call);

  g_assert_false (fetch_result_is_complete (result));
  g_assert_cmpuint (fetch_result_get_size (result), >=, 100000);
  g_assert_cmpuint (fetch_result_get_size (result), <, 200000);
  g_assert_cmpuint (g_bytes_get_size (fetch_result_get_first_bytes (result)), ==, 500);
}

static void
test_cut_off_keeps_what_came (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = fetch_path (fixture, "/cut-off");
  FetchResult     *result = assert_fails (call, FETCH_ERROR_CUT_OFF);
  g_autofree char *text = first_bytes_of (result);

  g_assert_cmpint (fetch_result_get_status (result), ==, 200);
  g_assert_false (fetch_result_is_complete (result));
  g_assert_true (g_str_has_prefix (text, "The server promises ten thousand bytes"));
}

static void
test_status_line_is_not_forged (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = fetch_path (fixture, "/forged-status");
  FetchResult *result = result_of (call);

  g_assert_cmpint (fetch_result_get_status (result), ==, 500);
  g_assert_cmpstr (fetch_result_get_status_line (result), ==,
                   "HTTP/1.1 500 Internal Server Error");
}

static void
test_interim_answer_is_not_the_answer (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = fetch_path (fixture, "/early-hints");
  FetchResult *result = result_of (call);

  g_assert_cmpint (fetch_result_get_status (result), ==, 200);
  g_assert_cmpstr (fetch_result_get_status_line (result), ==, "HTTP/1.1 200 OK");
}

static void
test_stall_is_given_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest) request = request_for (fixture, "/stall");
  g_autofree char *text = NULL;

  /* If not even the beginning came, it was this machine that stalled. */
  for (gint64 timeout = G_TIME_SPAN_SECOND; text == NULL || *text == '\0'; timeout *= 2)
    {
      g_autoptr (BackgroundCall) call = NULL;

      g_assert_cmpint (timeout, <, PATIENCE);
      g_clear_pointer (&text, g_free);
      fetch_request_set_stall_timeout (request, timeout);
      call = fetch_session_fetch (fixture->session, request);
      text = first_bytes_of (assert_fails (call, FETCH_ERROR_TIMED_OUT));
    }

  g_assert_true (g_str_has_prefix (text, "The server begins"));
}

static void
test_silence_is_given_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest) request = request_for (fixture, "/silence");
  g_autoptr (BackgroundCall) call = NULL;

  fetch_request_set_stall_timeout (request, G_TIME_SPAN_SECOND);
  call = fetch_session_fetch (fixture->session, request);

  assert_fails (call, FETCH_ERROR_TIMED_OUT);
}

static void
test_total_time_is_bounded (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest) request = request_for (fixture, "/endless");
  g_autoptr (BackgroundCall) call = NULL;

  fetch_request_set_total_timeout (request, 300 * G_TIME_SPAN_MILLISECOND);
  call = fetch_session_fetch (fixture->session, request);

  assert_fails (call, FETCH_ERROR_TIMED_OUT);
}

typedef struct
{
  const char *path;
  FetchError  code;
} Failure;

static const Failure failures[] = {
  { "/hang-up", FETCH_ERROR_CLOSED },
  { "/garbage", FETCH_ERROR_BAD_ANSWER },
  { "/broken-gzip", FETCH_ERROR_BAD_ANSWER },
  { "/long-header?bytes=10485760", FETCH_ERROR_TOO_LARGE },
  { "/many-headers?lines=100000", FETCH_ERROR_TOO_LARGE },
  { "/redirect-circle", FETCH_ERROR_BAD_REDIRECT },
  { "/redirect/50", FETCH_ERROR_BAD_REDIRECT },
  { "/redirect-to-file", FETCH_ERROR_BAD_REDIRECT },
  { "/redirect-with-user", FETCH_ERROR_BAD_REDIRECT },
  { "/redirect-to-garbage", FETCH_ERROR_BAD_ANSWER },
  { "/half-a-header", FETCH_ERROR_CLOSED },
  { "/bomb", FETCH_ERROR_TOO_LARGE },
};

static void
test_failure (Fixture *fixture, gconstpointer data)
{
  const Failure *failure = data;
  g_autoptr (BackgroundCall) call = fetch_path (fixture, failure->path);
  g_autoptr (BackgroundCall) other = NULL;

  assert_fails (call, failure->code);

  /* The others go on. */
  other = fetch_path (fixture, "/hello");
  g_assert_cmpint (fetch_result_get_status (result_of (other)), ==, 200);
}

/* A port where nobody listens, and which nobody else gets until it is closed. */
static int
open_refused_port (guint *port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t          size = sizeof address;
  int                fd = socket (AF_INET, SOCK_STREAM, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &size), ==, 0);
  *port = ntohs (address.sin_port);

  return fd;
}

static void
test_refused_port (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  guint            port;
  int              fd = open_refused_port (&port);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/", port);
  g_autoptr (BackgroundCall) call = fetch_text (fixture, url);

  assert_fails (call, FETCH_ERROR_CANNOT_CONNECT);
  close (fd);
}

static void
test_unknown_host (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = fetch_text (fixture, "http://nowhere.test/");

  assert_fails (call, FETCH_ERROR_NAME_NOT_FOUND);
  g_assert_nonnull (
      strstr (background_call_get_error (call)->message, "no host named nowhere.test"));
}

static void
test_without_scheme_falls_back_to_http (Fixture      *fixture,
                                        gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");
  g_autoptr (BackgroundCall) call = fetch_text (fixture, url + strlen ("http://"));
  FetchResult *result = result_of (call);

  g_assert_cmpint (fetch_result_get_status (result), ==, 200);
  g_assert_cmpstr (fetch_result_get_url (result), ==, url);
  g_assert_true (fetch_result_is_fallback (result));
}

static void
test_without_scheme_and_without_anybody (Fixture      *fixture,
                                         gconstpointer data G_GNUC_UNUSED)
{
  guint            port;
  int              fd = open_refused_port (&port);
  g_autofree char *text = g_strdup_printf ("127.0.0.1:%u", port);
  g_autoptr (BackgroundCall) call = fetch_text (fixture, text);

  assert_fails (call, FETCH_ERROR_CANNOT_CONNECT);
  close (fd);
}

static void
test_https_is_meant_if_it_is_said (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");
  g_autofree char *https = g_strconcat ("https://", url + strlen ("http://"), NULL);
  g_autoptr (BackgroundCall) call = fetch_text (fixture, https);

  assert_fails (call, FETCH_ERROR_TLS);
}

/* Cancels, and says how long that took: the benchmarks are where it may be judged. */
static FetchResult *
cancel_and_report (BackgroundCall *call)
{
  gint64       start = g_get_monotonic_time ();
  FetchResult *result;
  double       seconds;

  background_call_cancel (call);
  result = assert_fails (call, FETCH_ERROR_CANCELLED);
  seconds = (g_get_monotonic_time () - start) / (double) G_USEC_PER_SEC;
  g_test_minimized_result (seconds, "cancelled after %.3f ms", seconds * 1000);

  return result;
}

static void
test_cancel_while_resolving (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = fetch_text (fixture, "http://slow.test/");
  g_autoptr (BackgroundCall) other = NULL;

  gate_await (&resolver_gate, 1);
  g_assert_cmpint (fetch_progress_of (call).phase, ==, FETCH_PHASE_RESOLVING);

  /* The resolver is still at the gate, and nobody waits for it. */
  cancel_and_report (call);
  other = fetch_path (fixture, "/hello");
  g_assert_cmpint (fetch_result_get_status (result_of (other)), ==, 200);

  gate_open (&resolver_gate);
}

/* Of a socket that listens: how many connections wait to be accepted. */
static gboolean
is_queue_full (int fd)
{
  struct tcp_info info = { 0 };
  socklen_t       size = sizeof info;

  g_assert_cmpint (getsockopt (fd, IPPROTO_TCP, TCP_INFO, &info, &size), ==, 0);

  return info.tcpi_unacked > 0;
}

/* A port that neither accepts nor refuses: its queue is full. */
static int
listen_and_fill_the_queue (guint *port, int fillers[], guint n_fillers)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t          size = sizeof address;
  int                fd = socket (AF_INET, SOCK_STREAM, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (fd, 0), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &size), ==, 0);
  *port = ntohs (address.sin_port);

  for (guint i = 0; i < n_fillers; i++)
    {
      fillers[i] = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      connect (fillers[i], (struct sockaddr *) &address, size);
    }
  iterate_until (is_queue_full (fd));

  return fd;
}

static void
test_cancel_while_connecting (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  guint port;
  int   fillers[8];
  int   fd = listen_and_fill_the_queue (&port, fillers, G_N_ELEMENTS (fillers));
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/", port);
  g_autoptr (BackgroundCall) call = fetch_text (fixture, url);

  iterate_until (fetch_progress_of (call).phase == FETCH_PHASE_CONNECTING);
  cancel_and_report (call);

  close (fd);
  for (guint i = 0; i < G_N_ELEMENTS (fillers); i++)
    close (fillers[i]);
}

static void
test_connection_is_given_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  guint port;
  int   fillers[8];
  int   fd = listen_and_fill_the_queue (&port, fillers, G_N_ELEMENTS (fillers));
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/", port);
  g_autoptr (FetchRequest) request = fetch_request_new (url, NULL);
  g_autoptr (BackgroundCall) call = NULL;

  fetch_request_set_connect_timeout (request, 200 * G_TIME_SPAN_MILLISECOND);
  call = fetch_session_fetch (fixture->session, request);
  assert_fails (call, FETCH_ERROR_TIMED_OUT);
  g_assert_nonnull (
      strstr (background_call_get_error (call)->message, "could not be reached"));

  close (fd);
  for (guint i = 0; i < G_N_ELEMENTS (fillers); i++)
    close (fillers[i]);
}

static void
test_cancel_while_waiting (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = fetch_path (fixture, "/silence");

  iterate_until (fetch_progress_of (call).phase == FETCH_PHASE_WAITING);
  cancel_and_report (call);
}

static void
test_cancel_while_stalled (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = fetch_path (fixture, "/stall");
  g_autofree char *text = NULL;

  iterate_until (fetch_progress_of (call).received > 0);
  text = first_bytes_of (cancel_and_report (call));

  g_assert_true (g_str_has_prefix (text, "The server begins"));
}

static void
test_cancel_while_trickling (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = fetch_path (fixture, "/trickle");
  FetchResult *result;

  iterate_until (fetch_progress_of (call).received > 0);
  result = cancel_and_report (call);

  g_assert_cmpuint (fetch_result_get_size (result), >, 0);
  g_assert_false (fetch_result_is_complete (result));
}

static void
test_cancel_while_queued (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchSession) session = fetch_session_new_with_limits (1, 1);
  g_autoptr (FetchRequest) request = request_for (fixture, "/stall");
  g_autoptr (BackgroundCall) running = fetch_session_fetch (session, request);
  g_autoptr (BackgroundCall) queued = fetch_session_fetch (session, request);

  iterate_until (fetch_progress_of (running).received > 0);
  g_assert_null (cancel_and_report (queued));
  g_assert_cmpint (background_call_is_done (running), ==, BACKGROUND_CALL_RUNNING);
}

static void
test_cancel_after_the_end_changes_nothing (Fixture      *fixture,
                                           gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = fetch_path (fixture, "/hello");

  result_of (call);
  background_call_cancel (call);

  g_assert_cmpint (fetch_result_get_status (result_of (call)), ==, 200);
}

/* The same server, by another name. */
static FetchRequest *
request_for_host (Fixture *fixture, const char *host, const char *path)
{
  g_autofree char *url = demo_server_get_url (fixture->server, path);
  g_autofree char *other_url = g_strconcat ("http://", host, strrchr (url, ':'), NULL);
  g_autoptr (GError) error = NULL;
  FetchRequest *request = fetch_request_new (other_url, &error);

  g_assert_no_error (error);

  return request;
}

static FetchRequest *
request_for_other_host (Fixture *fixture, const char *path)
{
  return request_for_host (fixture, "localhost", path);
}

static void
test_a_host_has_its_limit_and_others_go_on (Fixture      *fixture,
                                            gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchSession) session = fetch_session_new_with_limits (10, 2);
  g_autoptr (FetchRequest) stall = request_for (fixture, "/stall");
  g_autoptr (FetchRequest) hello = request_for (fixture, "/hello");
  g_autoptr (FetchRequest) other_host = request_for_other_host (fixture, "/hello");
  g_autoptr (BackgroundCall) first = fetch_session_fetch (session, stall);
  g_autoptr (BackgroundCall) second = fetch_session_fetch (session, stall);
  g_autoptr (BackgroundCall) third = fetch_session_fetch (session, hello);
  g_autoptr (BackgroundCall) other = fetch_session_fetch (session, other_host);

  iterate_until (fetch_progress_of (first).received > 0);
  iterate_until (fetch_progress_of (second).received > 0);
  g_assert_cmpint (fetch_result_get_status (result_of (other)), ==, 200);
  g_assert_cmpint (fetch_progress_of (third).phase, ==, FETCH_PHASE_QUEUED);

  background_call_cancel (first);
  g_assert_cmpint (fetch_result_get_status (result_of (third)), ==, 200);
}

static void
test_limits_are_raised_while_others_wait (Fixture      *fixture,
                                          gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchSession) session = fetch_session_new_with_limits (1, 1);
  g_autoptr (FetchRequest) stall = request_for (fixture, "/stall");
  g_autoptr (BackgroundCall) first = fetch_session_fetch (session, stall);
  g_autoptr (BackgroundCall) second = fetch_session_fetch (session, stall);
  g_autoptr (BackgroundCall) third = fetch_session_fetch (session, stall);

  iterate_until (fetch_progress_of (first).received > 0);
  g_assert_cmpint (fetch_progress_of (second).phase, ==, FETCH_PHASE_QUEUED);

  fetch_session_set_limits (session, 3, 2);
  iterate_until (fetch_progress_of (second).received > 0);
  g_assert_cmpint (fetch_progress_of (third).phase, ==, FETCH_PHASE_QUEUED);

  fetch_session_set_limits (session, 3, 3);
  iterate_until (fetch_progress_of (third).received > 0);
}

static void
test_lowered_limits_end_nothing (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchSession) session = fetch_session_new_with_limits (3, 2);
  g_autoptr (FetchRequest) stall = request_for (fixture, "/stall");
  g_autoptr (FetchRequest) hello = request_for (fixture, "/hello");
  g_autoptr (FetchRequest) other_host = request_for_other_host (fixture, "/hello");
  g_autoptr (BackgroundCall) first = fetch_session_fetch (session, stall);
  g_autoptr (BackgroundCall) second = fetch_session_fetch (session, stall);
  g_autoptr (BackgroundCall) third = NULL;
  g_autoptr (BackgroundCall) other = NULL;

  iterate_until (fetch_progress_of (first).received > 0);
  iterate_until (fetch_progress_of (second).received > 0);
  fetch_session_set_limits (session, 3, 1);
  third = fetch_session_fetch (session, hello);

  /* With one of two gone, there is still one that runs; a later one for another host is
   * done before the next of theirs has begun. */
  cancel_and_report (first);
  other = fetch_session_fetch (session, other_host);
  g_assert_cmpint (fetch_result_get_status (result_of (other)), ==, 200);
  g_assert_cmpint (background_call_is_done (second), ==, BACKGROUND_CALL_RUNNING);
  g_assert_cmpint (fetch_progress_of (third).phase, ==, FETCH_PHASE_QUEUED);

  background_call_cancel (second);
  g_assert_cmpint (fetch_result_get_status (result_of (third)), ==, 200);
}

/* Others fetch meanwhile, so that there is time enough. */
static void
test_nothing_is_read_while_it_is_quiet (Fixture      *fixture,
                                        gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchSession) session = fetch_session_new ();
  g_autoptr (FetchSession) other_session = fetch_session_new ();
  g_autoptr (FetchRequest) hello = request_for (fixture, "/hello");
  g_autoptr (BackgroundCall) call = NULL;

  fetch_session_stay_quiet (session, g_get_monotonic_time () + G_TIME_SPAN_HOUR);
  call = fetch_session_fetch (session, hello);
  for (int i = 0; i < 20; i++)
    {
      g_autoptr (BackgroundCall) other = fetch_session_fetch (other_session, hello);

      g_assert_cmpint (fetch_result_get_status (result_of (other)), ==, 200);
    }
  g_assert_cmpint (background_call_is_done (call), ==, BACKGROUND_CALL_RUNNING);
  g_assert_cmpuint (fetch_progress_of (call).received, ==, 0);

  fetch_session_stay_quiet (session, 0);
  g_assert_cmpint (fetch_result_get_status (result_of (call)), ==, 200);
}

static void
test_it_is_quiet_for_so_long_only (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchSession) session = fetch_session_new ();
  g_autoptr (FetchRequest) hello = request_for (fixture, "/hello");
  g_autoptr (BackgroundCall) call = NULL;
  gint64 until = g_get_monotonic_time () + 50 * G_TIME_SPAN_MILLISECOND;

  fetch_session_stay_quiet (session, until);
  call = fetch_session_fetch (session, hello);
  g_assert_cmpint (fetch_result_get_status (result_of (call)), ==, 200);
  g_assert_cmpint (g_get_monotonic_time (), >=, until);
}

/* Its thread ends, or the sanitizers find what it has. */
static void
test_a_quiet_session_can_be_dropped (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  FetchSession *session = fetch_session_new ();
  g_autoptr (FetchRequest) hello = request_for (fixture, "/hello");
  g_autoptr (BackgroundCall) call = NULL;

  fetch_session_stay_quiet (session, g_get_monotonic_time () + G_TIME_SPAN_HOUR);
  call = fetch_session_fetch (session, hello);
  g_object_unref (session);
  iterate_until (background_call_is_done (call) != BACKGROUND_CALL_RUNNING);
  g_assert_cmpint (background_call_is_done (call), ==, BACKGROUND_CALL_FAILED);
}

/* Fetches that never end, each of another host. */
static GPtrArray *
fetch_stalls_of_hosts (Fixture *fixture, FetchSession *session, guint n_hosts)
{
  GPtrArray *calls = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_hosts; i++)
    {
      g_autofree char *host = g_strdup_printf ("host-%u.here.test", i);
      g_autoptr (FetchRequest) request = request_for_host (fixture, host, "/stall");

      g_ptr_array_add (calls, fetch_session_fetch (session, request));
    }

  return calls;
}

/* What somebody looks at does not wait for other hosts, when its own has been busy. */
static void
test_hurry_when_the_host_is_busy (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchSession) session = fetch_session_new_with_limits (1, 1);
  g_autoptr (FetchRequest) stall = request_for (fixture, "/stall");
  g_autoptr (FetchRequest) hello = request_for (fixture, "/hello");
  g_autoptr (BackgroundCall) running = fetch_session_fetch (session, stall);
  g_autoptr (BackgroundCall) same_host = fetch_session_fetch (session, stall);
  g_autoptr (BackgroundCall) looked_at = fetch_session_fetch (session, hello);
  g_autoptr (GPtrArray)
      others G_GNUC_UNUSED = fetch_stalls_of_hosts (fixture, session, 3);

  iterate_until (fetch_progress_of (running).received > 0);
  fetch_session_hurry (session, looked_at);
  background_call_cancel (running);

  g_assert_cmpint (fetch_result_get_status (result_of (looked_at)), ==, 200);
  g_assert_cmpint (background_call_is_done (same_host), ==, BACKGROUND_CALL_RUNNING);
}

/* One that runs until it is cancelled, in a session that lets one run at once: what comes
 * meanwhile begins together. */
static BackgroundCall *
block (Fixture *fixture, FetchSession *session)
{
  g_autoptr (FetchRequest) stall = request_for (fixture, "/stall");
  BackgroundCall *blocker = fetch_session_fetch (session, stall);

  iterate_until (fetch_progress_of (blocker).received > 0);

  return blocker;
}

/* Takes longer than the pause before a second attempt. */
#define ONE_SECOND "/trickle?bytes=100&steps=10&pause=100"

/* A first attempt, which fails; what takes longer than the pause after it; and then many
 * others. The second attempt goes before them. */
static void
test_hurry_after_a_pause (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchSession) session = fetch_session_new_with_limits (1, 1);
  g_autoptr (FetchRequest) busy = request_for (fixture, "/busy");
  g_autoptr (FetchRequest) slow = request_for_other_host (fixture, ONE_SECOND);
  g_autoptr (BackgroundCall) blocker = block (fixture, session);
  g_autoptr (BackgroundCall) looked_at = NULL;
  g_autoptr (BackgroundCall) between = NULL;
  g_autoptr (GPtrArray) others G_GNUC_UNUSED = NULL;

  fetch_request_set_max_retries (busy, 1);
  looked_at = fetch_session_fetch (session, busy);
  between = fetch_session_fetch (session, slow);
  others = fetch_stalls_of_hosts (fixture, session, 3);
  fetch_session_hurry (session, looked_at);
  background_call_cancel (blocker);

  g_assert_cmpint (fetch_result_get_status (result_of (looked_at)), ==, 200);
  g_assert_cmpint (background_call_is_done (between), ==, BACKGROUND_CALL_RETURNED);
}

/* What has had its turn does not go to the end of the queue of its host, and until it is
 * accepted, nothing else goes there. */
static void
test_second_attempt_is_the_next_of_its_host (Fixture      *fixture,
                                             gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchSession) session = fetch_session_new_with_limits (1, 1);
  g_autoptr (FetchRequest) busy = request_for (fixture, "/busy");
  g_autoptr (FetchRequest) slow = request_for (fixture, ONE_SECOND);
  g_autoptr (FetchRequest) stall = request_for (fixture, "/stall");
  g_autoptr (BackgroundCall) blocker = block (fixture, session);
  g_autoptr (BackgroundCall) retried = NULL;
  g_autoptr (BackgroundCall) between = NULL;
  g_autoptr (BackgroundCall) after = NULL;

  fetch_request_set_max_retries (busy, 1);
  retried = fetch_session_fetch (session, busy);
  between = fetch_session_fetch (session, slow);
  after = fetch_session_fetch (session, stall);
  background_call_cancel (blocker);

  g_assert_cmpint (fetch_result_get_status (result_of (retried)), ==, 200);
  g_assert_cmpint (background_call_is_done (between), ==, BACKGROUND_CALL_RUNNING);
  g_assert_cmpint (background_call_is_done (after), ==, BACKGROUND_CALL_RUNNING);
}

/* The time in which others are served is not the time of a fetch, also between its
 * attempts. */
static void
test_waiting_for_its_turn_is_not_counted (Fixture      *fixture,
                                          gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchSession) session = fetch_session_new_with_limits (1, 1);
  g_autoptr (FetchRequest) busy = request_for (fixture, "/busy");
  g_autoptr (FetchRequest)
      slow = request_for_other_host (fixture, "/trickle?bytes=90000&steps=45&pause=100");
  g_autoptr (BackgroundCall) blocker = block (fixture, session);
  g_autoptr (BackgroundCall) retried = NULL;
  g_autoptr (BackgroundCall) between = NULL;
  const FetchTimeline *timeline;

  fetch_request_set_max_retries (busy, 1);
  fetch_request_set_total_timeout (busy, 4 * G_TIME_SPAN_SECOND);
  retried = fetch_session_fetch (session, busy);
  between = fetch_session_fetch (session, slow);
  background_call_cancel (blocker);

  timeline = fetch_result_get_timeline (result_of (retried));
  g_assert_cmpint (background_call_is_done (between), ==, BACKGROUND_CALL_RETURNED);
  g_assert_cmpint (timeline->queued, >, 3 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (fetch_result_get_duration (result_of (retried)), <,
                   3 * G_TIME_SPAN_SECOND);
}

static void
test_many (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);

  for (int i = 0; i < 500; i++)
    g_ptr_array_add (calls, fetch_path (fixture, i % 5 == 0 ? "/cut-off" : "/hello"));

  for (guint i = 0; i < calls->len; i++)
    if (i % 5 == 0)
      assert_fails (calls->pdata[i], FETCH_ERROR_CUT_OFF);
    else
      g_assert_cmpint (fetch_result_get_status (result_of (calls->pdata[i])), ==, 200);
}

static void
test_dropped_session_ends_its_fetches (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);

  for (int i = 0; i < 20; i++)
    g_ptr_array_add (calls, fetch_path (fixture, "/stall"));
  iterate_until (fetch_progress_of (calls->pdata[0]).received > 0);
  g_clear_object (&fixture->session);

  for (guint i = 0; i < calls->len; i++)
    assert_fails (calls->pdata[i], FETCH_ERROR_CANCELLED);
}

/* Its thread may not even have begun. */
static void
test_session_dropped_at_once_ends_its_fetches (Fixture      *fixture,
                                               gconstpointer data G_GNUC_UNUSED)
{
  for (int i = 0; i < 50; i++)
    {
      FetchSession *session = fetch_session_new ();
      g_autoptr (FetchRequest) request = request_for (fixture, "/stall");
      g_autoptr (BackgroundCall) call = fetch_session_fetch (session, request);

      g_object_unref (session);
      assert_fails (call, FETCH_ERROR_CANCELLED);
    }
}

static void
test_dropped_fetches_leave_nothing (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) last = NULL;

  for (int i = 0; i < 100; i++)
    g_object_unref (fetch_path (fixture, i % 2 == 0 ? "/stall" : "/hello"));

  last = fetch_path (fixture, "/hello");
  g_assert_cmpint (fetch_result_get_status (result_of (last)), ==, 200);
}

static void
test_cancel_races_with_the_end (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  for (int i = 0; i < 200; i++)
    {
      g_autoptr (BackgroundCall) call = fetch_path (fixture, "/hello");

      g_usleep (g_test_rand_int_range (0, 1000));
      background_call_cancel (call);
      background_call_get_return (call, PATIENCE, NULL);
      g_assert_true (background_call_is_done (call) == BACKGROUND_CALL_RETURNED ||
                     g_error_matches (background_call_get_error (call), FETCH_ERROR,
                                      FETCH_ERROR_CANCELLED));
    }
}

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);

  add ("/session/hello", test_hello);
  add ("/session/first-bytes/keeps-500-and-counts-the-rest",
       test_keeps_the_first_500_and_counts_the_rest);
  add ("/session/first-bytes/keeps-as-many-as-asked-for",
       test_keeps_as_many_as_asked_for);
  add ("/session/first-bytes/are-shown-sparingly", test_first_bytes_are_shown_sparingly);
  add ("/session/progress/known-total", test_progress_with_known_total);
  add ("/session/progress/unknown-total", test_progress_with_unknown_total);
  add ("/session/redirects-are-followed", test_redirects_are_followed);
  add ("/session/gzip-is-decoded", test_gzip_is_decoded);
  add ("/session/status-404-is-an-answer", test_status_404_is_an_answer);
  add ("/session/bounds/largest-size-stops-it", test_largest_size_stops_it);
  add ("/session/bounds/stall-is-given-up", test_stall_is_given_up);
  add ("/session/bounds/silence-is-given-up", test_silence_is_given_up);
  add ("/session/bounds/total-time", test_total_time_is_bounded);
  add ("/session/bounds/connection-is-given-up", test_connection_is_given_up);
  add ("/session/fails/cut-off-keeps-what-came", test_cut_off_keeps_what_came);
  add ("/session/honest/status-line-is-not-forged", test_status_line_is_not_forged);
  add ("/session/honest/interim-answer-is-not-the-answer",
       test_interim_answer_is_not_the_answer);
  for (gsize i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      g_autofree char *path = g_strconcat ("/session/fails", failures[i].path, NULL);

      g_test_add (path, Fixture, &failures[i], set_up, test_failure, tear_down);
    }
  add ("/session/fails/refused-port", test_refused_port);
  add ("/session/fails/unknown-host", test_unknown_host);
  add ("/session/scheme/falls-back-to-http", test_without_scheme_falls_back_to_http);
  add ("/session/scheme/nobody-there", test_without_scheme_and_without_anybody);
  add ("/session/scheme/https-is-meant-if-it-is-said", test_https_is_meant_if_it_is_said);
  add ("/session/cancel/while-resolving", test_cancel_while_resolving);
  add ("/session/cancel/while-connecting", test_cancel_while_connecting);
  add ("/session/cancel/while-waiting", test_cancel_while_waiting);
  add ("/session/cancel/while-stalled", test_cancel_while_stalled);
  add ("/session/cancel/while-trickling", test_cancel_while_trickling);
  add ("/session/cancel/while-queued", test_cancel_while_queued);
  add ("/session/cancel/after-the-end-changes-nothing",
       test_cancel_after_the_end_changes_nothing);
  add ("/session/cancel/races-with-the-end", test_cancel_races_with_the_end);
  add ("/session/limits/a-host-has-its-own", test_a_host_has_its_limit_and_others_go_on);
  add ("/session/limits/raised-while-others-wait",
       test_limits_are_raised_while_others_wait);
  add ("/session/limits/lowered-end-nothing", test_lowered_limits_end_nothing);
  add ("/session/quiet/nothing-is-read", test_nothing_is_read_while_it_is_quiet);
  add ("/session/quiet/for-so-long-only", test_it_is_quiet_for_so_long_only);
  add ("/session/quiet/dropped", test_a_quiet_session_can_be_dropped);
  add ("/session/hurry/when-the-host-is-busy", test_hurry_when_the_host_is_busy);
  add ("/session/hurry/after-a-pause", test_hurry_after_a_pause);
  add ("/session/retry/is-the-next-of-its-host",
       test_second_attempt_is_the_next_of_its_host);
  add ("/session/retry/waiting-for-its-turn-is-not-counted",
       test_waiting_for_its_turn_is_not_counted);
  add ("/session/many", test_many);
  add ("/session/dropped/ends-its-fetches", test_dropped_session_ends_its_fetches);
  add ("/session/dropped/at-once", test_session_dropped_at_once_ends_its_fetches);
  add ("/session/dropped/fetches-leave-nothing", test_dropped_fetches_leave_nothing);

  status = g_test_run ();

  curl_global_cleanup ();

  return status;
}
