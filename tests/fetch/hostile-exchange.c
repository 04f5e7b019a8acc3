/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What goes from one exchange of a redirect chain to the next, and where the time goes.
 */

#include <stdatomic.h>
#include <string.h>

#include "hostile-case.h"

/* In microseconds: much longer than what loopback takes. */
#define MOMENT (200 * G_TIME_SPAN_MILLISECOND)

static void
echo_request (HostileConnection *connection)
{
  const char      *request = hostile_get_request (connection);
  g_autofree char *response = g_strdup_printf (
      "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen (request), request);

  hostile_write (connection, response, strlen (response));
}

static char *
text_of (FetchResult *result)
{
  GBytes *bytes = fetch_result_get_first_bytes (result);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static guint
count (const char *text, const char *part)
{
  guint n_parts = 0;

  while ((text = strstr (text, part)) != NULL)
    {
      text += strlen (part);
      n_parts++;
    }

  return n_parts;
}

typedef struct
{
  HostileServer *server;
  FetchSession  *session;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = hostile_server_new (data);
  fixture->session = fetch_session_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_clear_object (&fixture->session);
  g_clear_pointer (&fixture->server, hostile_server_free);
}

static FetchRequest *
request_for (Fixture *fixture, const char *text)
{
  g_autofree char *url = hostile_server_expand (fixture->server, text);
  FetchRequest    *request = hostile_request_new (url);

  fetch_request_set_preview_size (request, 4000);

  return request;
}

/* A page that redirects to itself until its cookie comes back. */
static void
want_cookie (HostileConnection *connection)
{
  if (strstr (hostile_get_request (connection), "seen=1") != NULL)
    echo_request (connection);
  else
    hostile_write_text (connection, "HTTP/1.1 302 Found\r\nLocation: /page\r\n"
                                    "Set-Cookie: seen=1; Path=/\r\n"
                                    "Content-Length: 0\r\n\r\n");
}

static const HostileBehaviour wants_cookie = { .on_request = want_cookie,
                                               .then = HOSTILE_GOES_ON };

static void
test_one_cookie_field (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest)
      request = request_for (fixture, "http://127.0.0.1:{port}/page");
  g_autoptr (BackgroundCall) call = NULL;
  g_autofree char *echo = NULL;

  g_assert_true (fetch_request_add_header (request, "Cookie: mine=2", NULL));
  g_assert_true (fetch_request_add_header (request, "cookie: other=3", NULL));
  call = fetch_session_fetch (fixture->session, request);
  echo = text_of (hostile_result_of (call));

  g_assert_cmpuint (count (echo, "ookie:"), ==, 1);
  g_assert_nonnull (strstr (echo, "seen=1"));
  g_assert_nonnull (strstr (echo, "mine=2; other=3"));
}

static void
redirect_by_path (HostileConnection *connection)
{
  static const struct
  {
    const char *path;
    const char *target;
  } redirects[] = {
    { "/to-same", "/echo" },
    { "/to-other-port", "https://127.0.0.1:{tls-port}/echo" },
    { "/there", "https://127.0.0.1:{tls-port}/and-back" },
    { "/and-back", "http://127.0.0.1:{port}/echo" },
    { "/to-nobody", "http://127.0.0.1:{refused-port}/echo" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (redirects); i++)
    if (g_str_equal (hostile_get_path (connection), redirects[i].path))
      {
        g_autofree char *response = g_strdup_printf (
            "HTTP/1.1 307 Temporary Redirect\r\nLocation: %s\r\nContent-Length: 5\r\n\r\n"
            "moved",
            redirects[i].target);

        hostile_write_text (connection, response);
        return;
      }

  echo_request (connection);
}

static const HostileBehaviour redirects_by_path = { .on_request = redirect_by_path,
                                                    .then = HOSTILE_GOES_ON };

static char *
echo_of_secrets (Fixture *fixture, const char *text, char ***withheld)
{
  g_autoptr (FetchRequest) request = request_for (fixture, text);
  g_autoptr (BackgroundCall) call = NULL;

  fetch_request_set_verifies_tls (request, FALSE);
  g_assert_true (fetch_request_add_header (request, "X-Api-Key: swordfish", NULL));
  g_assert_true (fetch_request_add_header (request, "Cookie: a=swordfish", NULL));
  g_assert_true (fetch_request_add_header (request, "Accept-Language: eo", NULL));
  fetch_request_set_basic_auth (request, "tom", "swordfish");
  call = fetch_session_fetch (fixture->session, request);
  *withheld = g_strdupv (
      (char **) fetch_result_get_withheld_fields (hostile_result_of (call)));

  return text_of (hostile_result_of (call));
}

static void
test_secrets_stay_with_their_origin (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const away[] = { "http://127.0.0.1:{port}/to-other-port",
                                      "http://127.0.0.1:{port}/there" };
  g_auto (GStrv) none = NULL;
  g_autofree char *same = echo_of_secrets (fixture, "http://127.0.0.1:{port}/to-same",
                                           &none);

  g_assert_null (none);
  g_assert_nonnull (strstr (same, "X-Api-Key: swordfish"));
  g_assert_nonnull (strstr (same, "Cookie: a=swordfish"));
  g_assert_nonnull (strstr (same, "Authorization: Basic"));

  for (gsize i = 0; i < G_N_ELEMENTS (away); i++)
    {
      g_auto (GStrv) withheld = NULL;
      g_autofree char *echo = echo_of_secrets (fixture, away[i], &withheld);

      g_assert_null (strstr (echo, "swordfish"));
      g_assert_null (strstr (echo, "Authorization"));
      g_assert_nonnull (strstr (echo, "Accept-Language: eo"));
      g_assert_cmpuint (g_strv_length (withheld), ==, 3);
      g_assert_true (g_strv_contains ((const char *const *) withheld, "X-Api-Key"));
      g_assert_true (g_strv_contains ((const char *const *) withheld, "Cookie"));
      g_assert_true (g_strv_contains ((const char *const *) withheld, "Authorization"));
    }
}

/* The one that has answered is not the one that could not be asked. */
static void
test_target_that_is_not_reached (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest)
      request = request_for (fixture, "http://127.0.0.1:{port}/to-nobody");
  g_autoptr (BackgroundCall) call = fetch_session_fetch (fixture->session, request);
  FetchResult     *result = hostile_assert_fails (call, FETCH_ERROR_CANNOT_CONNECT);
  g_autofree char *target = hostile_server_expand (
      fixture->server, "http://127.0.0.1:{refused-port}/echo");

  g_assert_cmpint (fetch_result_get_status (result), ==, 307);
  g_assert_true (g_str_has_suffix (fetch_result_get_url (result), "/to-nobody"));
  g_assert_cmpstr (fetch_result_get_redirect_url (result), ==, target);
}

static void
test_redirects_are_not_wanted (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest)
      request = request_for (fixture, "http://127.0.0.1:{port}/to-same");
  g_autoptr (BackgroundCall) call = NULL;
  FetchResult     *result;
  g_autofree char *target = hostile_server_expand (fixture->server,
                                                   "http://127.0.0.1:{port}/echo");
  g_autofree char *body = NULL;

  fetch_request_set_max_redirects (request, 0);
  call = fetch_session_fetch (fixture->session, request);
  result = hostile_result_of (call);
  body = text_of (result);

  g_assert_cmpint (fetch_result_get_status (result), ==, 307);
  g_assert_cmpstr (fetch_result_get_redirect_url (result), ==, target);
  g_assert_cmpstr (body, ==, "moved");
}

/* The hints come at once, and what they are hints of does not. */
static void
give_early_hints (HostileConnection *connection)
{
  hostile_write_text (connection, "HTTP/1.1 103 Early Hints\r\n"
                                  "Link: </style.css>; rel=preload\r\n\r\n");
  hostile_pause (MOMENT);
  hostile_write_text (connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
}

static const HostileBehaviour gives_early_hints = { .on_request = give_early_hints,
                                                    .then = HOSTILE_GOES_ON };

static void
test_time_of_early_hints (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest) request = request_for (fixture, "http://127.0.0.1:{port}/");
  g_autoptr (BackgroundCall) call = fetch_session_fetch (fixture->session, request);
  const FetchTimeline *times = fetch_result_get_timeline (hostile_result_of (call));

  g_assert_cmpint (times->wait, >=, MOMENT);
  g_assert_cmpint (times->receive, <, MOMENT);
}

/* Nothing comes of the handshake, after a while. */
static void
close_late_in_handshake (HostileConnection *connection)
{
  char byte;

  hostile_read (connection, &byte, 1);
  hostile_pause (MOMENT);
}

static const HostileBehaviour closes_late_in_handshake = {
  .on_accept = close_late_in_handshake,
};

static void
test_time_of_failed_handshake (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest)
      request = request_for (fixture, "https://127.0.0.1:{tls-port}/");
  g_autoptr (BackgroundCall) call = fetch_session_fetch (fixture->session, request);
  FetchResult         *result = hostile_assert_fails (call, FETCH_ERROR_TLS);
  const FetchTimeline *times = fetch_result_get_timeline (result);

  g_assert_cmpint (times->tls, >=, MOMENT);
  g_assert_cmpint (times->wait, <, MOMENT);
}

/* The whole is the sum of its parts, also if there was a pause between two attempts. */
static void
test_time_of_retry (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest)
      request = request_for (fixture, "http://127.0.0.1:{refused-port}/");
  gint64 start = g_get_monotonic_time ();
  g_autoptr (BackgroundCall) call = NULL;
  FetchResult         *result;
  const FetchTimeline *times;
  gint64               whole;

  fetch_request_set_max_retries (request, 1);
  call = fetch_session_fetch (fixture->session, request);
  result = hostile_assert_fails (call, FETCH_ERROR_CANNOT_CONNECT);
  whole = g_get_monotonic_time () - start;
  times = fetch_result_get_timeline (result);

  g_assert_cmpuint (fetch_result_get_n_attempts (result), ==, 2);
  g_assert_cmpint (times->queued, >=, MOMENT);
  g_assert_cmpint (times->queued + fetch_result_get_duration (result), <=, whole);
}

/* As a proxy, for the hosts of which some never respond. */
static void
serve_as_proxy (HostileConnection *connection)
{
  if (strstr (hostile_get_request (connection), "Host: hangs") != NULL)
    hostile_end (connection, HOSTILE_STALLS);
  else
    hostile_write_text (connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
}

static const HostileBehaviour serves_as_proxy = { .on_request = serve_as_proxy,
                                                  .then = HOSTILE_GOES_ON };

static BackgroundCall *
fetch_through_proxy (Fixture *fixture, FetchSession *session, const char *url)
{
  g_autoptr (FetchRequest) request = hostile_request_new (url);
  g_autofree char *proxy = hostile_server_get_url (fixture->server, "http", "/");

  g_assert_true (fetch_request_set_proxy (request, proxy, NULL));

  return fetch_session_fetch (session, request);
}

/* The limit of connections to a host is none of those to a proxy. */
static void
test_hosts_behind_a_proxy (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchSession) session = fetch_session_new_with_limits (8, 1);
  g_autoptr (BackgroundCall)
      hangs = fetch_through_proxy (fixture, session, "http://hangs.example/");
  g_autoptr (BackgroundCall)
      good = fetch_through_proxy (fixture, session, "http://good.example/");
  g_autofree char *body = text_of (hostile_result_of (good));

  g_assert_cmpstr (body, ==, "ok");
  g_assert_cmpint (background_call_is_done (hangs), ==, BACKGROUND_CALL_RUNNING);
}

/* Requests to the secure port, at the same time. */
static _Atomic (int) n_secure;
static _Atomic (int) most_secure;

static void
redirect_to_secure_port (HostileConnection *connection)
{
  if (g_str_equal (hostile_get_path (connection), "/echo"))
    {
      int n_now = atomic_fetch_add (&n_secure, 1) + 1;
      int most = atomic_load (&most_secure);

      while (n_now > most && !atomic_compare_exchange_weak (&most_secure, &most, n_now))
        ;
      hostile_pause (MOMENT / 10);
      atomic_fetch_sub (&n_secure, 1);
      hostile_write_text (connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
  else
    hostile_write_text (connection,
                        "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
                        "Location: https://127.0.0.1:{tls-port}/echo\r\n\r\n");
}

static const HostileBehaviour redirects_to_secure_port = {
  .on_request = redirect_to_secure_port,
  .then = HOSTILE_GOES_ON,
};

/* Who is redirected waits for its turn where that leads, and may be dropped there. */
static void
test_limit_of_the_target (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchSession) session = fetch_session_new_with_limits (16, 1);
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);

  atomic_store (&most_secure, 0);
  for (int i = 0; i < 10; i++)
    {
      g_autoptr (FetchRequest)
          request = request_for (fixture, "http://127.0.0.1:{port}/");

      fetch_request_set_verifies_tls (request, FALSE);
      g_ptr_array_add (calls, fetch_session_fetch (session, request));
    }
  background_call_cancel (calls->pdata[8]);
  g_ptr_array_set_size (calls, 9);

  for (int i = 0; i < 8; i++)
    g_assert_cmpint (fetch_result_get_status (hostile_result_of (calls->pdata[i])), ==,
                     200);
  hostile_assert_fails (calls->pdata[8], FETCH_ERROR_CANCELLED);
  g_assert_cmpint (atomic_load (&most_secure), ==, 1);
}

#define add(path, function, behaviour) \
  g_test_add ("/hostile/exchange/" path, Fixture, behaviour, set_up, function, tear_down)

void
hostile_exchange_add (void)
{
  add ("one-cookie-field", test_one_cookie_field, &wants_cookie);
  add ("secrets-stay-with-their-origin", test_secrets_stay_with_their_origin,
       &redirects_by_path);
  add ("target-that-is-not-reached", test_target_that_is_not_reached, &redirects_by_path);
  add ("redirects-are-not-wanted", test_redirects_are_not_wanted, &redirects_by_path);
  add ("hosts-behind-a-proxy", test_hosts_behind_a_proxy, &serves_as_proxy);
  add ("limit-of-the-target", test_limit_of_the_target, &redirects_to_secure_port);
  add ("time/early-hints", test_time_of_early_hints, &gives_early_hints);
  add ("time/failed-handshake", test_time_of_failed_handshake, &closes_late_in_handshake);
  add ("time/retry", test_time_of_retry, &redirects_by_path);
}
