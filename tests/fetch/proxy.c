/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The system's settings of proxy servers: a resolver of the test stands in their place,
 * and takes its time. */

#include <curl/curl.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../backgroundcall/gate.h"
#include "demo/demo-server.h"
#include "fetch/fetch-error.h"
#include "fetch/fetch-session.h"

static _Atomic (gint64) time_passed;

/* Instead of GLib's: hours can pass in no time. */
gint64
g_get_monotonic_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);

  return now.tv_sec * G_TIME_SPAN_SECOND + now.tv_nsec / 1000 +
         atomic_load (&time_passed);
}

typedef struct
{
  GObject parent_instance;
} TestResolver;

typedef GObjectClass TestResolverClass;

static char         *proxy;       /* several, with blanks between; NULL: it fails */
static char         *inner_proxy; /* the same for http://inner.example */
static Gate          gate;        /* before the answer */
static Gate          inner_gate;
static _Atomic (int) n_lookups;
static _Atomic (int) n_cancelled;
static char         *last_uri;

static gboolean
test_resolver_is_supported (GProxyResolver *resolver G_GNUC_UNUSED)
{
  return TRUE;
}

static char **
test_resolver_lookup (GProxyResolver *resolver G_GNUC_UNUSED,
                      const char     *uri,
                      GCancellable   *cancellable,
                      GError        **error)
{
  gboolean is_inner = g_str_equal (uri, "http://inner.example/");

  atomic_fetch_add (&n_lookups, 1);
  if (!is_inner)
    {
      g_free (last_uri);
      last_uri = g_strdup (uri);
    }
  gate_pass (is_inner ? &inner_gate : &gate);

  if (g_cancellable_is_cancelled (cancellable))
    atomic_fetch_add (&n_cancelled, 1);
  if (is_inner)
    return g_strsplit (inner_proxy, " ", -1);
  if (proxy != NULL)
    return g_strsplit (proxy, " ", -1);

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The script is torn.");

  return NULL;
}

static void
test_resolver_iface_init (GProxyResolverInterface *iface)
{
  iface->is_supported = test_resolver_is_supported;
  iface->lookup = test_resolver_lookup;
}

static GType test_resolver_get_type (void);

G_DEFINE_TYPE_WITH_CODE (TestResolver,
                         test_resolver,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER,
                                                test_resolver_iface_init))

static void
test_resolver_class_init (TestResolverClass *klass G_GNUC_UNUSED)
{
}

static void
test_resolver_init (TestResolver *self G_GNUC_UNUSED)
{
}

/* A port on which nobody listens by now. */
static int
bind_port (guint *port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t          size = sizeof address;
  int                fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &size), ==, 0);
  *port = ntohs (address.sin_port);

  return fd;
}

/* A proxy server that notes what it is asked for, and answers for everybody. */
typedef struct
{
  int         fd;
  GThread    *thread;
  char       *url;
  const char *answer;
  GMutex      lock;
  GString    *asked;
} Proxy;

static void
serve_one (Proxy *self, int fd)
{
  g_autoptr (GString) request = g_string_new (NULL);
  char bytes[500];

  while (!g_str_has_suffix (request->str, "\r\n\r\n"))
    {
      gssize length = read (fd, bytes, sizeof bytes);

      if (length <= 0)
        return;
      g_string_append_len (request, bytes, length);
    }

  g_mutex_lock (&self->lock);
  g_string_append (self->asked, request->str);
  g_mutex_unlock (&self->lock);
  (void) !send (fd, self->answer, strlen (self->answer), MSG_NOSIGNAL);
}

static gpointer
serve (gpointer data)
{
  Proxy *self = data;
  int    fd;

  while ((fd = accept4 (self->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0)
    {
      serve_one (self, fd);
      close (fd);
    }

  return NULL;
}

static void
proxy_start (Proxy *self, const char *answer)
{
  guint port;

  self->fd = bind_port (&port);
  g_assert_cmpint (listen (self->fd, 10), ==, 0);
  self->url = g_strdup_printf ("http://127.0.0.1:%u", port);
  self->answer = answer;
  self->asked = g_string_new (NULL);
  self->thread = g_thread_new ("proxy", serve, self);
}

static void
proxy_stop (Proxy *self)
{
  shutdown (self->fd, SHUT_RDWR);
  g_thread_join (self->thread);
  close (self->fd);
  g_free (self->url);
  g_string_free (self->asked, TRUE);
}

static void
proxy_forget_asked (Proxy *self)
{
  g_mutex_lock (&self->lock);
  g_string_truncate (self->asked, 0);
  g_mutex_unlock (&self->lock);
}

static char *
proxy_get_asked (Proxy *self)
{
  char *asked;

  g_mutex_lock (&self->lock);
  asked = g_strdup (self->asked->str);
  g_mutex_unlock (&self->lock);

  return asked;
}

typedef struct
{
  DemoServer   *server;
  FetchSession *session;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->server = demo_server_new (NULL);
  fixture->session = fetch_session_new ();
  gate = (Gate) GATE_INIT;
  inner_gate = (Gate) GATE_INIT;
  n_lookups = 0;
  n_cancelled = 0;
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_clear_object (&fixture->session);
  g_clear_object (&fixture->server);
  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
  g_clear_pointer (&proxy, g_free);
  g_clear_pointer (&inner_proxy, g_free);
  g_clear_pointer (&last_uri, g_free);
}

static BackgroundCall *
fetch (Fixture *fixture, const char *url)
{
  g_autoptr (FetchRequest) request = fetch_request_new (url, NULL);

  return fetch_session_fetch (fixture->session, request);
}

static void
assert_returns (BackgroundCall *call)
{
  g_autoptr (GError) error = NULL;
  FetchResult *result = background_call_get_return (call, PATIENCE, &error);

  g_assert_no_error (error);
  g_assert_cmpint (fetch_result_get_status (result), ==, 200);
}

static void
test_is_used_and_asked_once (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) first = NULL;
  g_autoptr (BackgroundCall) second = NULL;
  g_autoptr (BackgroundCall) third = NULL;

  proxy = demo_server_get_url (fixture->server, "");
  first = fetch (fixture, "http://nowhere.example/hello");
  second = fetch (fixture, "http://nowhere.example/hello");
  gate_await (&gate, 1);
  g_assert_cmpint (background_call_is_done (first), ==, BACKGROUND_CALL_RUNNING);
  gate_open (&gate);
  assert_returns (first);
  assert_returns (second);

  third = fetch (fixture, "http://nowhere.example/hello");
  assert_returns (third);
  g_assert_cmpint (n_lookups, ==, 1);
}

static void
test_none (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");
  g_autoptr (BackgroundCall) call = NULL;

  proxy = g_strdup ("direct://");
  gate_open (&gate);
  call = fetch (fixture, url);
  assert_returns (call);
}

/* The host is not blamed for it, whatever the way to it is. */
static void
test_is_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const schemes[] = { "http", "socks5" };
  static const char *const urls[] = { "http://nowhere.example/",
                                      "https://nowhere.example/" };
  guint                    port;
  int                      fd = bind_port (&port);

  gate_open (&gate);

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (urls); k++)
      {
        g_autoptr (FetchRequest) request = fetch_request_new (urls[k], NULL);
        g_autofree char *own = g_strdup_printf ("%s://127.0.0.1:%u", schemes[i], port);
        g_autoptr (BackgroundCall) call = NULL;
        g_autoptr (GError) error = NULL;

        g_assert_true (fetch_request_set_proxy (request, own, NULL));
        call = fetch_session_fetch (fixture->session, request);
        background_call_get_return (call, PATIENCE, &error);

        g_test_message ("%s", error->message);
        g_assert_error (error, FETCH_ERROR, FETCH_ERROR_CANNOT_CONNECT);
        g_assert_true (g_str_has_prefix (error->message, "The proxy server does not"));
      }
  close (fd);
}

/* Whoever waits for the settings can be cancelled, and goes with the session. */
static void
test_cancelled_while_they_are_asked (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) cancelled = NULL;
  g_autoptr (BackgroundCall) dropped = NULL;
  g_autoptr (GError) error = NULL;

  proxy = g_strdup ("direct://");
  cancelled = fetch (fixture, "http://nowhere.example/");
  dropped = fetch (fixture, "http://nowhere.example/");
  gate_await (&gate, 1);

  background_call_cancel (cancelled);
  background_call_get_return (cancelled, PATIENCE, &error);
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_CANCELLED);
  g_clear_error (&error);

  g_clear_object (&fixture->session);
  background_call_get_return (dropped, PATIENCE, &error);
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_CANCELLED);
  gate_open (&gate);
}

/* What somebody looks at goes before those that have waited longer for the settings. */
static void
test_hurry_while_they_are_asked (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");
  g_autoptr (FetchRequest) request = fetch_request_new (url, NULL);
  g_autoptr (BackgroundCall) first = NULL;
  g_autoptr (BackgroundCall) looked_at = NULL;
  g_autoptr (BackgroundCall) last = NULL;

  g_clear_object (&fixture->session);
  fixture->session = fetch_session_new_with_limits (1, 1);
  proxy = demo_server_get_url (fixture->server, "");
  first = fetch (fixture, "http://nowhere.example/stall");
  looked_at = fetch (fixture, "http://nowhere.example/hello");
  gate_await (&gate, 1);
  fetch_session_hurry (fixture->session, looked_at);

  /* Who needs no settings goes at once: so all that came before is known by then. */
  g_assert_true (fetch_request_set_proxy (request, "", NULL));
  last = fetch_session_fetch (fixture->session, request);
  assert_returns (last);
  gate_open (&gate);

  assert_returns (looked_at);
  g_assert_cmpint (background_call_is_done (first), ==, BACKGROUND_CALL_RUNNING);
}

/* Nobody goes round a proxy server only because it is not known. */
static void
test_failure_is_no_way_round (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (BackgroundCall) again = NULL;
  g_autoptr (GError) error = NULL;

  gate_open (&gate);
  call = fetch (fixture, url);
  background_call_get_return (call, PATIENCE, &error);

  g_test_message ("%s", error->message);
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_CANNOT_CONNECT);
  g_assert_nonnull (strstr (error->message, "proxy settings"));
  g_assert_nonnull (strstr (error->message, "The script is torn."));

  /* It may have been mended since. */
  proxy = g_strdup ("direct://");
  again = fetch (fixture, url);
  assert_returns (again);
  g_assert_cmpint (n_lookups, ==, 2);
}

static void
test_nothing_is_no_answer (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (GError) error = NULL;

  gate_open (&gate);
  proxy = g_strdup ("");
  call = fetch (fixture, url);
  background_call_get_return (call, PATIENCE, &error);

  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_CANNOT_CONNECT);
  g_assert_nonnull (strstr (error->message, "proxy settings"));
}

/* A script that hangs holds nobody up for longer than a host that does not answer. */
static void
test_has_a_deadline (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest) request = fetch_request_new ("http://nowhere.example/", NULL);
  g_autoptr (BackgroundCall) hasty = NULL;
  g_autoptr (BackgroundCall) patient = NULL;
  g_autoptr (GError) error = NULL;

  proxy = demo_server_get_url (fixture->server, "");
  patient = fetch (fixture, "http://nowhere.example/hello");
  fetch_request_set_connect_timeout (request, 50 * G_TIME_SPAN_MILLISECOND);
  hasty = fetch_session_fetch (fixture->session, request);
  background_call_get_return (hasty, PATIENCE, &error);

  g_test_message ("%s", error->message);
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (error->message, "proxy settings"));

  gate_open (&gate);
  assert_returns (patient);
  g_assert_cmpint (n_cancelled, ==, 0);
}

/* A guess at HTTPS is given up soon: but not while nobody could even try it. */
static void
test_deadline_without_a_scheme (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");
  guint            port;
  int              fd = bind_port (&port);
  g_autoptr (FetchRequest) request = fetch_request_new (url, NULL);
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (BackgroundCall) last = NULL;

  proxy = g_strdup_printf ("http://127.0.0.1:%u", port);
  inner_proxy = demo_server_get_url (fixture->server, "");
  gate_open (&inner_gate);
  call = fetch (fixture, "inner.example/hello");
  gate_await (&gate, 1);
  atomic_fetch_add (&time_passed, 10 * G_TIME_SPAN_SECOND);

  /* Who needs no settings goes at once: so it was looked at the time by then. */
  g_assert_true (fetch_request_set_proxy (request, "", NULL));
  last = fetch_session_fetch (fixture->session, request);
  assert_returns (last);
  gate_open (&gate);

  assert_returns (call);
  close (fd);
}

static void
test_is_cancelled_when_nobody_waits (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (BackgroundCall) again = NULL;
  g_autoptr (GError) error = NULL;

  proxy = demo_server_get_url (fixture->server, "");
  call = fetch (fixture, "http://nowhere.example/hello");
  gate_await (&gate, 1);
  background_call_cancel (call);
  background_call_get_return (call, PATIENCE, &error);
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_CANCELLED);

  /* Another is not told what was given up. */
  again = fetch (fixture, "http://nowhere.example/hello");
  gate_await (&gate, 2);
  gate_open (&gate);
  assert_returns (again);
  g_assert_cmpint (n_lookups, ==, 2);

  g_clear_object (&fixture->session);
  g_clear_object (&fixture->server);
  g_assert_true (background_pool_drain (PATIENCE));
  g_assert_cmpint (n_cancelled, ==, 1);
}

/* Settings change, and a program runs for days. */
static void
test_answer_gets_old (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  guint port;
  int   fd = bind_port (&port);
  g_autoptr (BackgroundCall) first = NULL;
  g_autoptr (BackgroundCall) second = NULL;
  g_autoptr (BackgroundCall) third = NULL;
  g_autoptr (GError) error = NULL;

  gate_open (&gate);
  proxy = g_strdup_printf ("http://127.0.0.1:%u", port);
  first = fetch (fixture, "http://nowhere.example/hello");
  background_call_get_return (first, PATIENCE, &error);
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_CANNOT_CONNECT);

  g_free (proxy);
  proxy = demo_server_get_url (fixture->server, "");
  atomic_fetch_add (&time_passed, 70 * G_TIME_SPAN_SECOND);
  second = fetch (fixture, "http://nowhere.example/hello");
  assert_returns (second);
  third = fetch (fixture, "http://nowhere.example/hello");
  assert_returns (third);
  g_assert_cmpint (n_lookups, ==, 2);
  close (fd);
}

#define MAX_ANSWERS 1000

static void
test_few_answers_are_kept (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  gate_open (&gate);
  proxy = demo_server_get_url (fixture->server, "");

  for (int i = 0; i < MAX_ANSWERS + 2; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://nowhere%d.example/hello", i);
      g_autoptr (BackgroundCall) call = fetch (fixture, url);

      assert_returns (call);
    }
  g_assert_cmpint (n_lookups, ==, MAX_ANSWERS + 2);

  for (int i = 0; i < 2; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://nowhere%d.example/hello",
                                              i * MAX_ANSWERS);
      g_autoptr (BackgroundCall) call = fetch (fixture, url);

      assert_returns (call);
    }
  g_assert_cmpint (n_lookups, ==, MAX_ANSWERS + 3);
}

/* What an address has after the host is nobody's business. */
static void
test_is_asked_for_the_host_only (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = NULL;

  proxy = demo_server_get_url (fixture->server, "");
  gate_open (&gate);
  call = fetch (fixture, "http://nowhere.example:8080/hello?password=1");
  assert_returns (call);

  g_assert_cmpstr (last_uri, ==, "http://nowhere.example:8080/");
}

static void
test_next_is_used (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *alive = demo_server_get_url (fixture->server, "");
  guint            port;
  int              fd = bind_port (&port);
  g_autoptr (BackgroundCall) call = NULL;
  FetchResult *result;

  proxy = g_strdup_printf ("http://127.0.0.1:%u socks5://127.0.0.1:%u %s", port, port,
                           alive);
  gate_open (&gate);
  call = fetch (fixture, "http://nowhere.example/redirect/2");
  result = background_call_get_return (call, PATIENCE, NULL);

  g_assert_nonnull (result);
  g_assert_cmpint (fetch_result_get_status (result), ==, 200);
  g_assert_cmpuint (fetch_result_get_n_attempts (result), ==, 1);
  close (fd);
}

#define REDIRECT                                 \
  "HTTP/1.1 302 Found\r\n"                       \
  "Location: http://outer.example/there\r\n"     \
  "Set-Cookie: crumb=1; Path=/; Max-Age=999\r\n" \
  "Content-Length: 4\r\n"                        \
  "Connection: close\r\n"                        \
  "\r\n"                                         \
  "gone"

#define ANSWER            \
  "HTTP/1.1 200 OK\r\n"   \
  "Content-Length: 5\r\n" \
  "Connection: close\r\n" \
  "\r\n"                  \
  "there"

typedef struct
{
  Proxy inner;
  Proxy outer;
} Proxies;

static void
proxies_start (Proxies *self, const char *inner_answer, const char *outer_answer)
{
  proxy_start (&self->inner, inner_answer);
  proxy_start (&self->outer, outer_answer);
  inner_proxy = g_strdup (self->inner.url);
  proxy = g_strdup (self->outer.url);
}

static void
proxies_stop (Proxies *self)
{
  proxy_stop (&self->inner);
  proxy_stop (&self->outer);
}

/* In an order that adds up. */
static void
assert_is_whole_way (FetchResult *result)
{
  const FetchTimeline *timeline = fetch_result_get_timeline (result);

  g_assert_cmpstr (fetch_result_get_url (result), ==, "http://outer.example/there");
  g_assert_cmpint (fetch_result_get_status (result), ==, 200);
  g_assert_cmpuint (fetch_result_get_n_redirects (result), ==, 1);
  g_assert_cmpuint (fetch_result_get_n_attempts (result), ==, 1);
  g_assert_cmpuint (fetch_result_get_n_hops (result), ==, 2);
  g_assert_cmpint (fetch_result_get_hop (result, 0).status, ==, 302);
  g_assert_cmpstr (fetch_result_get_hop (result, 0).url, ==, "http://inner.example/");
  g_assert_cmpint (timeline->name, >=, 0);
  g_assert_cmpint (timeline->connect, >=, 0);
  g_assert_cmpint (timeline->tls, ==, 0);
  g_assert_cmpint (timeline->wait, >=, 0);
  g_assert_cmpint (timeline->receive, >=, 0);
}

/* From the intranet to the Internet, say: be it known by then or not. */
static void
test_redirect_has_its_own (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  Proxies proxies = { 0 };

  proxies_start (&proxies, REDIRECT, ANSWER);
  gate_open (&gate);
  gate_open (&inner_gate);

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (FetchRequest)
          request = fetch_request_new ("http://inner.example/", NULL);
      g_autofree char *inner_asked = NULL;
      g_autofree char *outer_asked = NULL;
      g_autoptr (BackgroundCall) call = NULL;
      g_autoptr (GError) error = NULL;
      FetchResult *result;

      g_assert_true (fetch_request_add_header (request, "X-Own: kept", NULL));
      g_assert_true (fetch_request_add_header (request, "Authorization: secret", NULL));
      g_assert_true (fetch_request_add_header (request, "Cookie: secret", NULL));
      proxy_forget_asked (&proxies.inner);
      proxy_forget_asked (&proxies.outer);
      call = fetch_session_fetch (fixture->session, request);
      result = background_call_get_return (call, PATIENCE, &error);

      g_assert_no_error (error);
      assert_is_whole_way (result);
      inner_asked = proxy_get_asked (&proxies.inner);
      outer_asked = proxy_get_asked (&proxies.outer);
      g_assert_true (g_str_has_prefix (inner_asked, "GET http://inner.example/ HTTP"));
      g_assert_nonnull (strstr (inner_asked, "secret"));
      g_assert_true (
          g_str_has_prefix (outer_asked, "GET http://outer.example/there HTTP"));
      g_assert_null (strstr (outer_asked, "secret"));
      g_assert_nonnull (strstr (outer_asked, "X-Own: kept"));
    }
  g_assert_cmpint (n_lookups, ==, 2);

  proxies_stop (&proxies);
}

/* What the first answer has said is known while the settings are asked for the next. */
static void
test_redirect_waits (Fixture *fixture, gconstpointer data)
{
  gboolean is_cancelled = GPOINTER_TO_INT (data);
  int      expected = is_cancelled ? FETCH_ERROR_CANCELLED : FETCH_ERROR_TIMED_OUT;
  Proxies  proxies = { 0 };
  g_autofree char *outer_asked = NULL;
  g_autoptr (FetchRequest) request = fetch_request_new ("http://inner.example/", NULL);
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (GError) error = NULL;
  FetchResult *result;

  proxies_start (&proxies, REDIRECT, ANSWER);
  gate_open (&inner_gate);
  if (!is_cancelled)
    fetch_request_set_connect_timeout (request, 2 * G_TIME_SPAN_SECOND);
  call = fetch_session_fetch (fixture->session, request);
  gate_await (&gate, 1);
  if (is_cancelled)
    background_call_cancel (call);
  background_call_get_return (call, PATIENCE, &error);

  g_assert_error (error, FETCH_ERROR, expected);
  result = fetch_error_get_result (error);
  g_assert_nonnull (result);
  g_assert_cmpint (fetch_result_get_status (result), ==, 302);
  g_assert_cmpuint (fetch_result_get_n_hops (result), ==, 1);
  g_assert_cmpuint (fetch_result_get_n_redirects (result), ==, 0);
  outer_asked = proxy_get_asked (&proxies.outer);
  g_assert_cmpstr (outer_asked, ==, "");

  gate_open (&gate);
  proxies_stop (&proxies);
}

/* There are not more redirects than allowed because somebody was asked in between. */
static void
test_redirects_are_counted (Fixture      *fixture G_GNUC_UNUSED,
                            gconstpointer data G_GNUC_UNUSED)
{
  Proxies proxies = { 0 };

  proxies_start (&proxies, REDIRECT,
                 "HTTP/1.1 302 Found\r\n"
                 "Location: http://outer.example/there\r\n"
                 "Content-Length: 0\r\n"
                 "Connection: close\r\n"
                 "\r\n");
  gate_open (&gate);
  gate_open (&inner_gate);

  for (guint max_redirects = 1; max_redirects < 4; max_redirects++)
    {
      g_autoptr (FetchSession) session = fetch_session_new ();
      g_autoptr (FetchRequest)
          request = fetch_request_new ("http://inner.example/", NULL);
      g_autoptr (BackgroundCall) call = NULL;
      g_autoptr (GError) error = NULL;
      FetchResult *result;

      fetch_request_set_max_redirects (request, max_redirects);
      call = fetch_session_fetch (session, request);
      background_call_get_return (call, PATIENCE, &error);

      g_assert_error (error, FETCH_ERROR, FETCH_ERROR_BAD_REDIRECT);
      result = fetch_error_get_result (error);
      g_assert_cmpuint (fetch_result_get_n_redirects (result), ==, max_redirects);
      g_assert_cmpuint (fetch_result_get_n_hops (result), ==, max_redirects + 1);
    }

  proxies_stop (&proxies);
}

/* Of the host that has set them, although another was asked in between. */
static void
test_redirect_keeps_cookies (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest) request = fetch_request_new ("http://inner.example/", NULL);
  Proxies          proxies = { 0 };
  g_autofree char *inner_asked = NULL;
  g_autofree char *outer_asked = NULL;
  g_autoptr (BackgroundCall) call = NULL;
  const char *again;

  proxies_start (&proxies, REDIRECT,
                 "HTTP/1.1 302 Found\r\n"
                 "Location: http://inner.example/again\r\n"
                 "Content-Length: 0\r\n"
                 "Connection: close\r\n"
                 "\r\n");
  gate_open (&gate);
  gate_open (&inner_gate);
  fetch_request_set_max_redirects (request, 2);
  call = fetch_session_fetch (fixture->session, request);
  background_call_get_return (call, PATIENCE, NULL);

  inner_asked = proxy_get_asked (&proxies.inner);
  outer_asked = proxy_get_asked (&proxies.outer);
  again = strstr (inner_asked, "GET http://inner.example/again HTTP");
  g_assert_nonnull (again);
  g_assert_nonnull (strstr (again, "Cookie: crumb=1\r\n"));
  g_assert_null (strstr (outer_asked, "crumb"));

  proxies_stop (&proxies);
}

/* Of two, the one goes there whose settings were looked at. */
static void
test_two_targets (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  Proxies proxies = { 0 };
  g_autoptr (BackgroundCall) known = NULL;

  proxies_start (&proxies,
                 "HTTP/1.1 302 Found\r\n"
                 "Location: http://outer.example/there\r\n"
                 "Location: http://inner.example/trap\r\n"
                 "Content-Length: 0\r\n"
                 "Connection: close\r\n"
                 "\r\n",
                 ANSWER);
  gate_open (&gate);
  gate_open (&inner_gate);
  known = fetch (fixture, "http://outer.example/");
  assert_returns (known);

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (BackgroundCall) call = fetch (fixture, "http://inner.example/");

      assert_is_whole_way (background_call_get_return (call, PATIENCE, NULL));
    }

  proxies_stop (&proxies);
}

#define TO(locations)                                        \
  "HTTP/1.1 302 Found\r\n" locations "Content-Length: 0\r\n" \
  "Connection: close\r\n\r\n"

/* libcurl takes blanks for none that are hardly ever seen, and nothing for no target. */
static void
test_redirect_is_read_as_by_libcurl (Fixture *fixture, gconstpointer data)
{
  Proxies proxies = { 0 };

  proxies_start (&proxies, data, ANSWER);
  gate_open (&gate);
  gate_open (&inner_gate);

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (BackgroundCall) call = fetch (fixture, "http://inner.example/");
      g_autoptr (GError) error = NULL;
      FetchResult *result = background_call_get_return (call, PATIENCE, &error);

      g_assert_no_error (error);
      assert_is_whole_way (result);
    }

  proxies_stop (&proxies);
}

/* It is not left to libcurl, which may know more. The first one is followed. */
static void
test_redirect_to_what_is_not_valid (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  Proxies proxies = { 0 };
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (GError) error = NULL;
  FetchResult *result;

  proxies_start (&proxies, REDIRECT, TO ("Location: http://\x01inner.example/\r\n"));
  gate_open (&gate);
  gate_open (&inner_gate);
  call = fetch (fixture, "http://inner.example/");
  background_call_get_return (call, PATIENCE, &error);

  g_test_message ("%s", error->message);
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_BAD_REDIRECT);
  g_assert_nonnull (strstr (error->message, "not valid"));
  result = fetch_error_get_result (error);
  g_assert_cmpint (fetch_result_get_status (result), ==, 302);
  g_assert_cmpuint (fetch_result_get_n_redirects (result), ==, 1);
  g_assert_cmpuint (fetch_result_get_n_hops (result), ==, 2);

  proxies_stop (&proxies);
}

/* To nowhere is an answer like others. */
static void
test_redirect_without_a_target (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  Proxies proxies = { 0 };
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (GError) error = NULL;
  FetchResult *result;

  proxies_start (&proxies, TO ("Location: \v\r\n"), ANSWER);
  gate_open (&gate);
  gate_open (&inner_gate);
  call = fetch (fixture, "http://inner.example/");
  result = background_call_get_return (call, PATIENCE, &error);

  g_assert_no_error (error);
  g_assert_cmpint (fetch_result_get_status (result), ==, 302);
  g_assert_cmpuint (fetch_result_get_n_redirects (result), ==, 0);

  proxies_stop (&proxies);
}

/* Without a scheme, HTTPS is tried first, and HTTP is another question. */
static void
test_fallback_has_its_own (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  Proxies          proxies = { 0 };
  guint            port;
  int              fd = bind_port (&port);
  g_autofree char *inner_asked = NULL;
  g_autoptr (BackgroundCall) call = NULL;

  proxies_start (&proxies, ANSWER, ANSWER);
  g_free (proxy);
  proxy = g_strdup_printf ("http://127.0.0.1:%u", port);
  gate_open (&gate);
  gate_open (&inner_gate);
  call = fetch (fixture, "inner.example");
  assert_returns (call);

  g_assert_cmpstr (last_uri, ==, "https://inner.example/");
  inner_asked = proxy_get_asked (&proxies.inner);
  g_assert_true (g_str_has_prefix (inner_asked, "GET http://inner.example/ HTTP"));

  close (fd);
  proxies_stop (&proxies);
}

static const char *const variables[] = { "http_proxy",  "HTTP_PROXY", "https_proxy",
                                         "HTTPS_PROXY", "all_proxy",  "ALL_PROXY",
                                         "no_proxy",    "NO_PROXY" };

typedef struct
{
  const char *settings[3]; /* NAME=VALUE; "proxy" for the address of one */
  const char *url;
  gboolean    is_used;  /* the one that the environment names */
  gboolean    is_asked; /* whether the settings are */
} Environment;

static const Environment environments[] = {
  { { "http_proxy=proxy" }, "http://outer.example/there", TRUE, FALSE },
  { { "all_proxy=proxy" }, "http://outer.example/there", TRUE, FALSE },
  { { "ALL_PROXY=proxy" }, "http://outer.example/there", TRUE, FALSE },
  { { "https_proxy=proxy" }, "https://outer.example/there", TRUE, FALSE },
  { { "HTTPS_PROXY=proxy" }, "https://outer.example/there", TRUE, FALSE },
  { { "all_proxy=proxy" }, "https://outer.example/there", TRUE, FALSE },
  { { "http_proxy=proxy", "all_proxy=http://nowhere.example" },
    "http://outer.example/there",
    TRUE,
    FALSE },
  /* Not for this scheme, or nothing at all */
  { { "HTTP_PROXY=proxy" }, "http://outer.example/there", FALSE, TRUE },
  { { "https_proxy=proxy" }, "http://outer.example/there", FALSE, TRUE },
  { { "http_proxy=proxy" }, "https://outer.example/there", FALSE, TRUE },
  { { "http_proxy=" }, "http://outer.example/there", FALSE, TRUE },
  /* Others are exempt */
  { { "http_proxy=proxy", "no_proxy=inner.example" },
    "http://outer.example/there",
    TRUE,
    FALSE },
};

static void
set_environment (const Environment *self, const char *url)
{
  for (gsize i = 0; i < G_N_ELEMENTS (self->settings) && self->settings[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (self->settings[i], "=", 2);

      g_setenv (parts[0], g_str_equal (parts[1], "proxy") ? url : parts[1], TRUE);
    }
}

static void
unset_environment (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (variables); i++)
    g_unsetenv (variables[i]);
}

/* As curl does it, whatever the system's settings are. */
static void
test_environment_comes_first (Fixture *fixture G_GNUC_UNUSED, gconstpointer data)
{
  const Environment *environment = data;
  Proxies            proxies = { 0 };
  g_autofree char   *inner_asked = NULL;
  g_autofree char   *outer_asked = NULL;
  g_autoptr (FetchRequest) request = fetch_request_new (environment->url, NULL);
  g_autoptr (FetchSession) session = NULL;
  g_autoptr (BackgroundCall) call = NULL;
  g_autofree char *expected = g_strdup_printf (
      g_str_has_prefix (environment->url, "https") ? "CONNECT outer.example:443 "
                                                   : "GET %s ",
      environment->url);

  /* The outer one is of the settings. A refusal ends it, with HTTPS, too. */
  proxies_start (&proxies, ANSWER, ANSWER);
  set_environment (environment, proxies.inner.url);
  gate_open (&gate);
  session = fetch_session_new ();
  call = fetch_session_fetch (session, request);
  background_call_get_return (call, PATIENCE, NULL);

  inner_asked = proxy_get_asked (&proxies.inner);
  outer_asked = proxy_get_asked (&proxies.outer);
  if (environment->is_used)
    {
      g_assert_true (g_str_has_prefix (inner_asked, expected));
      g_assert_cmpstr (outer_asked, ==, "");
    }
  else
    {
      g_assert_true (g_str_has_prefix (outer_asked, expected));
      g_assert_cmpstr (inner_asked, ==, "");
    }
  g_assert_cmpint (n_lookups, ==, environment->is_asked ? 1 : 0);

  unset_environment ();
  proxies_stop (&proxies);
}

/* Whoever has named the proxy server; but for a fetch that names one itself. */
static void
test_no_proxy (Fixture *fixture, gconstpointer data)
{
  const char      *variable = data;
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");
  Proxies          proxies = { 0 };
  g_autoptr (FetchRequest) own = fetch_request_new (url, NULL);
  g_autofree char *inner_asked = NULL;
  g_autofree char *outer_asked = NULL;

  proxies_start (&proxies, ANSWER, ANSWER);
  g_setenv (variable, "elsewhere.example, 127.0.0.1", TRUE);
  gate_open (&gate);

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (FetchSession) session = fetch_session_new ();
      g_autoptr (FetchRequest) request = fetch_request_new (url, NULL);
      g_autoptr (BackgroundCall) call = fetch_session_fetch (session, request);

      assert_returns (call);
      g_setenv ("http_proxy", proxies.inner.url, TRUE);
    }
  inner_asked = proxy_get_asked (&proxies.inner);
  outer_asked = proxy_get_asked (&proxies.outer);
  g_assert_cmpstr (inner_asked, ==, "");
  g_assert_cmpstr (outer_asked, ==, "");

  g_free (outer_asked);
  g_assert_true (fetch_request_set_proxy (own, proxies.outer.url, NULL));
  {
    g_autoptr (BackgroundCall) call = fetch_session_fetch (fixture->session, own);

    assert_returns (call);
  }
  outer_asked = proxy_get_asked (&proxies.outer);
  g_assert_true (g_str_has_prefix (outer_asked, "GET http://127.0.0.1:"));

  unset_environment ();
  proxies_stop (&proxies);
}

/* What the environment names for one scheme is not taken for the other on the way. */
static void
test_redirect_out_of_environment (Fixture      *fixture G_GNUC_UNUSED,
                                  gconstpointer data G_GNUC_UNUSED)
{
  Proxies          proxies = { 0 };
  g_autofree char *inner_asked = NULL;
  g_autofree char *outer_asked = NULL;
  g_autoptr (FetchRequest) request = fetch_request_new ("http://inner.example/", NULL);
  g_autoptr (FetchSession) session = NULL;
  g_autoptr (BackgroundCall) call = NULL;

  proxies_start (&proxies,
                 "HTTP/1.1 302 Found\r\n"
                 "Location: https://outer.example/there\r\n"
                 "Content-Length: 0\r\n"
                 "Connection: close\r\n"
                 "\r\n",
                 ANSWER);
  g_setenv ("http_proxy", proxies.inner.url, TRUE);
  gate_open (&gate);
  session = fetch_session_new ();
  call = fetch_session_fetch (session, request);
  background_call_get_return (call, PATIENCE, NULL);

  inner_asked = proxy_get_asked (&proxies.inner);
  outer_asked = proxy_get_asked (&proxies.outer);
  g_assert_true (g_str_has_prefix (inner_asked, "GET http://inner.example/ "));
  g_assert_null (strstr (inner_asked, "CONNECT"));
  g_assert_true (g_str_has_prefix (outer_asked, "CONNECT outer.example:443 "));

  unset_environment ();
  proxies_stop (&proxies);
}

#define add(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  GIOExtensionPoint *point;
  int                status;

  for (gsize i = 0; i < G_N_ELEMENTS (variables); i++)
    g_unsetenv (variables[i]);

  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);
  point = g_io_extension_point_register (G_PROXY_RESOLVER_EXTENSION_POINT_NAME);
  g_io_extension_point_set_required_type (point, G_TYPE_PROXY_RESOLVER);
  g_io_extension_point_implement (G_PROXY_RESOLVER_EXTENSION_POINT_NAME,
                                  test_resolver_get_type (), "test", 1000);

  add ("/proxy/is-used-and-asked-once", test_is_used_and_asked_once);
  add ("/proxy/none", test_none);
  add ("/proxy/is-down", test_is_down);
  add ("/proxy/cancelled-while-they-are-asked", test_cancelled_while_they_are_asked);
  add ("/proxy/hurry-while-they-are-asked", test_hurry_while_they_are_asked);

  add ("/proxy/failure-is-no-way-round", test_failure_is_no_way_round);
  add ("/proxy/nothing-is-no-answer", test_nothing_is_no_answer);
  add ("/proxy/has-a-deadline", test_has_a_deadline);
  add ("/proxy/deadline-without-a-scheme", test_deadline_without_a_scheme);
  add ("/proxy/is-cancelled-when-nobody-waits", test_is_cancelled_when_nobody_waits);
  add ("/proxy/answer-gets-old", test_answer_gets_old);
  add ("/proxy/few-answers-are-kept", test_few_answers_are_kept);
  add ("/proxy/is-asked-for-the-host-only", test_is_asked_for_the_host_only);
  add ("/proxy/next-is-used", test_next_is_used);
  add ("/proxy/redirect/has-its-own", test_redirect_has_its_own);
  g_test_add ("/proxy/redirect/waits-until-too-late", Fixture, GINT_TO_POINTER (FALSE),
              set_up, test_redirect_waits, tear_down);
  g_test_add ("/proxy/redirect/cancelled-while-it-waits", Fixture, GINT_TO_POINTER (TRUE),
              set_up, test_redirect_waits, tear_down);
  add ("/proxy/redirect/is-counted", test_redirects_are_counted);
  add ("/proxy/redirect/keeps-cookies", test_redirect_keeps_cookies);
  add ("/proxy/redirect/two-targets", test_two_targets);
  g_test_add ("/proxy/redirect/after-odd-blanks", Fixture,
              TO ("Location: \v\rhttp://outer.example/there\f\r\n"), set_up,
              test_redirect_is_read_as_by_libcurl, tear_down);
  g_test_add ("/proxy/redirect/after-an-empty-one", Fixture,
              TO ("Location: \r\nLocation: http://outer.example/there\r\n"), set_up,
              test_redirect_is_read_as_by_libcurl, tear_down);
  add ("/proxy/redirect/to-what-is-not-valid", test_redirect_to_what_is_not_valid);
  add ("/proxy/redirect/without-a-target", test_redirect_without_a_target);
  add ("/proxy/fallback-has-its-own", test_fallback_has_its_own);
  for (gsize i = 0; i < G_N_ELEMENTS (environments); i++)
    {
      g_autofree char *path = g_strdup_printf (
          "/proxy/environment/comes-first/%" G_GSIZE_FORMAT, i);

      g_test_add (path, Fixture, &environments[i], set_up, test_environment_comes_first,
                  tear_down);
    }
  g_test_add ("/proxy/environment/no-proxy", Fixture, "no_proxy", set_up, test_no_proxy,
              tear_down);
  g_test_add ("/proxy/environment/no-proxy/in-capitals", Fixture, "NO_PROXY", set_up,
              test_no_proxy, tear_down);
  add ("/proxy/environment/redirect-out-of-it", test_redirect_out_of_environment);

  status = g_test_run ();

  curl_global_cleanup ();

  return status;
}
