/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The system's settings of proxy servers: a resolver of the test stands in their place,
 * and takes its time. */

#include <curl/curl.h>
#include <gio/gio.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../backgroundcall/gate.h"
#include "demo/demo-server.h"
#include "fetch/fetch-error.h"
#include "fetch/fetch-session.h"

typedef struct
{
  GObject parent_instance;
} TestResolver;

typedef GObjectClass TestResolverClass;

static char         *proxy;
static Gate          gate;
static _Atomic (int) n_lookups;

static gboolean
test_resolver_is_supported (GProxyResolver *resolver G_GNUC_UNUSED)
{
  return TRUE;
}

static char **
test_resolver_lookup (GProxyResolver *resolver G_GNUC_UNUSED,
                      const char     *uri G_GNUC_UNUSED,
                      GCancellable   *cancellable G_GNUC_UNUSED,
                      GError        **error G_GNUC_UNUSED)
{
  const char *uris[] = { proxy, NULL };

  atomic_fetch_add (&n_lookups, 1);
  gate_pass (&gate);

  return g_strdupv ((char **) uris);
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
  n_lookups = 0;
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_clear_object (&fixture->session);
  g_clear_object (&fixture->server);
  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
  g_clear_pointer (&proxy, g_free);
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
  struct sockaddr_in       address = { .sin_family = AF_INET,
                                       .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t                size = sizeof address;
  int                      fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  /* A port on which nobody listens. */
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &size), ==, 0);
  gate_open (&gate);

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (urls); k++)
      {
        g_autoptr (FetchRequest) request = fetch_request_new (urls[k], NULL);
        g_autofree char *own = g_strdup_printf ("%s://127.0.0.1:%u", schemes[i],
                                                ntohs (address.sin_port));
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

#define add(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  GIOExtensionPoint *point;
  int                status;

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

  status = g_test_run ();

  curl_global_cleanup ();

  return status;
}
