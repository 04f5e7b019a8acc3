/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Fetches from a server that does what no server should do. */

#include <curl/curl.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <locale.h>
#include <netdb.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../backgroundcall/gate.h"
#include "hostile-case.h"

/* The system's resolver: this stands before libc's function. Nothing here asks the
 * network. */
static Gate resolver_gate = GATE_INIT;

/* Of a name whose server is unable to answer at first. */
static _Atomic (int) n_lookups;

/* In microseconds: much longer than what loopback takes. */
#define MOMENT (200 * G_TIME_SPAN_MILLISECOND)

#define LARGE_SIZE (16 * 1024 * 1024)

static const struct
{
  const char *name;
  const char *address;
} hosts[] = {
  { "good.test", "127.0.0.1" },          { "again.test", "127.0.0.1" },
  { "late.test", "127.0.0.1" },          { "six.test", "::1" },
  { "xn--bcher-kva.test", "127.0.0.1" },
};

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
  if (name != NULL && g_str_equal (name, "again.test") &&
      atomic_fetch_add (&n_lookups, 1) == 0)
    return EAI_AGAIN;
  if (name != NULL && g_str_equal (name, "late.test"))
    g_usleep (MOMENT);
  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (hosts); i++)
    if (g_str_equal (name, hosts[i].name))
      return next (hosts[i].address, service, hints, addresses);
  if (name != NULL && g_str_has_suffix (name, ".test"))
    return EAI_NONAME;

  return next (name, service, hints, addresses);
}

typedef struct
{
  HostileServer *server;
  FetchSession  *session;
} Fixture;

/* The data is how the server behaves; nothing: well. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const HostileBehaviour good = { 0 };

  fixture->server = hostile_server_new (data != NULL ? data : &good);
  fixture->session = fetch_session_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_clear_object (&fixture->session);
  g_clear_pointer (&fixture->server, hostile_server_free);

  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
}

static BackgroundCall *
fetch_path (Fixture *fixture, const char *path)
{
  g_autofree char *url = hostile_server_get_url (fixture->server, "http", path);
  g_autoptr (FetchRequest) request = hostile_request_new (url);

  return fetch_session_fetch (fixture->session, request);
}

/* A text with {port} and the like. */
static FetchRequest *
request_for (Fixture *fixture, const char *text)
{
  g_autofree char *url = hostile_server_expand (fixture->server, text);

  return hostile_request_new (url);
}

static BackgroundCall *
fetch_text (Fixture *fixture, const char *text)
{
  g_autoptr (FetchRequest) request = request_for (fixture, text);

  return fetch_session_fetch (fixture->session, request);
}

static void
test_slow_name_is_cancelled (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  int n_arrived = gate_count (&resolver_gate);
  g_autoptr (BackgroundCall) call = fetch_text (fixture, "http://slow.test:{port}/good");

  gate_await (&resolver_gate, n_arrived + 1);
  background_call_cancel (call);

  hostile_assert_fails (call, FETCH_ERROR_CANCELLED);
  hostile_assert_still_works (fixture->session, fixture->server, "http");
}

static void
test_slow_name_is_given_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest)
      request = request_for (fixture, "http://slow.test:{port}/good");
  g_autoptr (BackgroundCall) call = NULL;

  fetch_request_set_connect_timeout (request, 300 * G_TIME_SPAN_MILLISECOND);
  call = fetch_session_fetch (fixture->session, request);

  hostile_assert_fails (call, FETCH_ERROR_TIMED_OUT);
  hostile_assert_still_works (fixture->session, fixture->server, "http");
}

static void
test_name_is_not_found (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = fetch_text (fixture, "http://nowhere.test/");

  hostile_assert_fails (call, FETCH_ERROR_NAME_NOT_FOUND);
  hostile_assert_still_works (fixture->session, fixture->server, "http");
}

static void
test_name_server_fails_for_a_moment (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest)
      request = request_for (fixture, "http://again.test:{port}/good");
  g_autoptr (BackgroundCall) call = NULL;

  atomic_store (&n_lookups, 0);
  fetch_request_set_max_retries (request, 1);
  call = fetch_session_fetch (fixture->session, request);

  hostile_assert_good (call);
  g_assert_cmpuint (fetch_result_get_n_attempts (hostile_result_of (call)), ==, 2);
}

/* It may look the same, but not for long. */
static void
test_name_that_is_not_there_is_no_matter_of_time (Fixture      *fixture,
                                                  gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest) request = request_for (fixture, "http://nowhere.test/");
  g_autoptr (BackgroundCall) call = NULL;
  FetchResult *result;

  fetch_request_set_max_retries (request, FETCH_REQUEST_MOST_RETRIES);
  call = fetch_session_fetch (fixture->session, request);

  result = hostile_assert_fails (call, FETCH_ERROR_NAME_NOT_FOUND);
  g_assert_cmpuint (fetch_result_get_n_attempts (result), ==, 2);
}

static void
test_certificate_for_the_name (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall)
      call = fetch_text (fixture, "https://good.test:{tls-port}/good");

  hostile_assert_good (call);
}

static void
test_certificate_not_for_the_name (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall)
      call = fetch_text (fixture, "https://xn--bcher-kva.test:{tls-port}/good");

  hostile_assert_fails (call, FETCH_ERROR_TLS);
  hostile_assert_still_works (fixture->session, fixture->server, "https");
}

/* The facts of a connection are told by each answer that came through it. */
static void
test_facts_of_the_connection (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const gint64 day = 24 * 60 * 60;
  gint64       now = g_get_real_time () / G_USEC_PER_SEC;

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (BackgroundCall)
          call = fetch_text (fixture, "https://127.0.0.1:{tls-port}/good");
      const FetchTls *tls = fetch_result_get_tls (hostile_result_of (call));

      g_assert_cmpstr (tls->version, ==, "TLSv1.3");
      g_assert_true (g_str_has_prefix (tls->cipher, "TLS_"));
      g_assert_cmpstr (tls->subject, ==, "CN=Hostile Server");
      g_assert_cmpstr (tls->issuer, ==, "CN=Hostile Authority");
      g_assert_cmpuint (g_strv_length (tls->names), ==, 3);
      g_assert_cmpstr (tls->names[0], ==, "good.test");
      g_assert_cmpstr (tls->names[1], ==, "127.0.0.1");
      g_assert_cmpstr (tls->names[2], ==, "::1");
      g_assert_cmpint (ABS (tls->valid_from - (now - day)), <, 600);
      g_assert_cmpint (ABS (tls->expires - (now + day)), <, 600);
    }

  g_assert_cmpuint (hostile_server_get_n_connections (fixture->server), ==, 1);
}

static const HostileBehaviour stapled_and_closed = {
  .answer = "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n" HOSTILE_GOOD_BODY,
  .certificate = HOSTILE_CERTIFICATE_STAPLED,
};

/* A session of TLS that is resumed has no certificate, and nothing that is stapled to it.
 */
static void
test_staple_of_a_resumed_session (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (BackgroundCall)
          call = fetch_text (fixture, "https://127.0.0.1:{tls-port}/page");

      hostile_assert_good (call);
    }

  g_assert_cmpuint (hostile_server_get_n_connections (fixture->server), ==, 3);
}

static const HostileBehaviour revoked = { .certificate = HOSTILE_CERTIFICATE_REVOKED };

/* There is HTTPS, and somebody in its place: going round it would be what they want. */
static void
test_revoked_does_not_fall_back (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = fetch_text (fixture, "127.0.0.1:{tls-port}/page");

  hostile_assert_fails (call, FETCH_ERROR_TLS);
  g_assert_nonnull (strstr (background_call_get_error (call)->message, "was revoked"));
}

static void
test_plain_request_to_tls (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall)
      call = fetch_text (fixture, "http://127.0.0.1:{tls-port}/good");
  g_autoptr (GError) error = NULL;

  /* OpenSSL may answer with an alert, which is no HTTP, or with nothing. */
  g_assert_null (background_call_get_return (call, PATIENCE, &error));
  g_assert_true (g_error_matches (error, FETCH_ERROR, FETCH_ERROR_BAD_ANSWER) ||
                 g_error_matches (error, FETCH_ERROR, FETCH_ERROR_CLOSED));
  hostile_assert_still_works (fixture->session, fixture->server, "https");
}

static void
test_tls_request_to_plain (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = fetch_text (fixture, "https://127.0.0.1:{port}/good");

  hostile_assert_fails (call, FETCH_ERROR_TLS);
  hostile_assert_still_works (fixture->session, fixture->server, "http");
}

static const HostileBehaviour only_ipv6 = { .is_ipv6 = TRUE };

static void
test_ipv6_only (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall)
      by_name = fetch_text (fixture, "http://six.test:{port}/good");
  g_autoptr (BackgroundCall)
      by_address = fetch_text (fixture, "https://[::1]:{tls-port}/good");

  hostile_assert_good (by_name);
  hostile_assert_good (by_address);
}

static void
test_ipv6_only_where_ipv4_is_asked_for (Fixture      *fixture,
                                        gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest) request = request_for (fixture, "http://six.test:{port}/good");
  g_autoptr (BackgroundCall) call = NULL;

  fetch_request_set_ip_version (request, FETCH_IP_VERSION_4);
  call = fetch_session_fetch (fixture->session, request);

  hostile_assert_fails (call, FETCH_ERROR_NAME_NOT_FOUND);
  hostile_assert_still_works (fixture->session, fixture->server, "http");
}

static void
test_port_is_closed (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall)
      plain = fetch_text (fixture, "http://127.0.0.1:{refused-port}/");
  g_autoptr (BackgroundCall)
      tls = fetch_text (fixture, "https://good.test:{refused-port}/");

  hostile_assert_fails (plain, FETCH_ERROR_CANNOT_CONNECT);
  hostile_assert_fails (tls, FETCH_ERROR_CANNOT_CONNECT);
  hostile_assert_still_works (fixture->session, fixture->server, "http");
}

/* Each connection is closed when its second request has come. */
static void
answer_once (HostileConnection *connection)
{
  if (hostile_get_n_requests (connection) == 1)
    hostile_write_text (connection, "HTTP/1.1 200 OK\r\n"
                                    "Content-Length: 13\r\n\r\n" HOSTILE_GOOD_BODY);
  else
    hostile_end (connection, HOSTILE_CLOSES);
}

static const HostileBehaviour closes_when_asked_again = { .on_request = answer_once,
                                                          .then = HOSTILE_GOES_ON };

static void
test_closed_when_asked_again (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (BackgroundCall) call = fetch_path (fixture, "/hostile");

      hostile_assert_good (call);
    }

  g_assert_cmpuint (hostile_server_get_n_connections (fixture->server), ==, 3);
}

/* It says that the connection goes on, and then closes it. */
static const HostileBehaviour closes_after_answer = {
  .answer = "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n"
            "Content-Length: 13\r\n\r\n" HOSTILE_GOOD_BODY,
};

static void
test_closed_between_two_fetches (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (BackgroundCall) call = fetch_path (fixture, "/hostile");

      hostile_assert_good (call);
    }
}

static const HostileBehaviour resets_after_answer = {
  .answer = "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n"
            "Content-Length: 13\r\n\r\n" HOSTILE_GOOD_BODY,
  .then = HOSTILE_RESETS_AFTER_BODY,
};

static void
test_reset_between_two_fetches (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = fetch_path (fixture, "/hostile");

  hostile_assert_good (call);
  hostile_server_tell_body_was_seen (fixture->server);
  hostile_assert_still_works (fixture->session, fixture->server, "http");
}

/* An answer that comes when nobody has asked: between two fetches. */
static void
answer_twice (HostileConnection *connection)
{
  hostile_write_text (connection, "HTTP/1.1 200 OK\r\n"
                                  "Content-Length: 13\r\n\r\n" HOSTILE_GOOD_BODY);
  hostile_await_body_was_seen (connection);
  hostile_write_text (connection, "HTTP/1.1 200 OK\r\n"
                                  "Content-Length: 6\r\n\r\npoison");
  hostile_tell_written (connection);
}

static const HostileBehaviour answers_twice = { .on_request = answer_twice,
                                                .then = HOSTILE_GOES_ON };

static void
test_answer_between_two_fetches (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = fetch_path (fixture, "/hostile");

  hostile_assert_good (call);
  hostile_server_tell_body_was_seen (fixture->server);
  hostile_server_await_written (fixture->server);
  hostile_assert_still_works (fixture->session, fixture->server, "http");
}

/* Each second one is cut off, and the others go on. */
static const HostileBehaviour cuts_off = {
  .answer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
};

static void
test_many_at_once (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);

  for (int i = 0; i < 100; i++)
    g_ptr_array_add (calls, fetch_path (fixture, i % 2 == 0 ? "/good" : "/hostile"));

  for (guint i = 0; i < calls->len; i++)
    if (i % 2 == 0)
      hostile_assert_good (calls->pdata[i]);
    else
      hostile_assert_fails (calls->pdata[i], FETCH_ERROR_CUT_OFF);
}

/* More than 64 KiB: a large body once, and then one without end, whatever was asked. */
static void
write_large_bodies (HostileConnection *connection)
{
  g_autofree char *zeros = g_malloc0 (LARGE_SIZE);

  if (strstr (hostile_get_path (connection), "/large") != NULL)
    {
      hostile_write_text (connection,
                          "HTTP/1.1 200 OK\r\nContent-Length: 16777216\r\n\r\n");
      hostile_write (connection, zeros, LARGE_SIZE);
    }
  else
    {
      hostile_write_text (connection, "HTTP/1.1 200 OK\r\n\r\n");
      hostile_write_for_ever (connection, zeros, 16 * 1024);
    }
}

static const HostileBehaviour writes_large_bodies = { .on_request = write_large_bodies,
                                                      .then = HOSTILE_GOES_ON };

static BackgroundCall *
peek (Fixture *fixture, const char *scheme, const char *path)
{
  g_autofree char *url = hostile_server_get_url (fixture->server, scheme, path);
  g_autoptr (FetchRequest) request = hostile_request_new (url);

  fetch_request_set_body_use (request, FETCH_BODY_PEEK);

  return fetch_session_fetch (fixture->session, request);
}

static BackgroundCall *
count (Fixture *fixture, const char *scheme, const char *path)
{
  g_autofree char *url = hostile_server_get_url (fixture->server, scheme, path);
  g_autoptr (FetchRequest) request = hostile_request_new (url);

  return fetch_session_fetch (fixture->session, request);
}

/* Through the connection of the first, much more would come than the second wants. */
static void
assert_peek_after_count (Fixture *fixture, const char *scheme)
{
  g_autoptr (BackgroundCall) counted = count (fixture, scheme, "/hostile/large");
  g_autoptr (BackgroundCall) peeked = NULL;

  g_assert_cmpuint (fetch_result_get_size (hostile_result_of (counted)), ==, LARGE_SIZE);
  peeked = peek (fixture, scheme, "/hostile/endless");

  g_assert_cmpint (fetch_result_get_ending (hostile_result_of (peeked)), ==,
                   FETCH_ENDING_STOPPED);
  g_assert_cmpuint (fetch_result_get_n_attempts (hostile_result_of (peeked)), ==, 1);
  g_assert_cmpuint (hostile_server_get_n_connections (fixture->server), ==, 2);
  hostile_server_await_written (fixture->server);
  g_test_message ("%" G_GUINT64_FORMAT " bytes have arrived",
                  hostile_server_get_n_arrived (fixture->server));
  g_assert_cmpuint (hostile_server_get_n_arrived (fixture->server), <, 64 * 1024);
}

static void
test_peek_after_count (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  assert_peek_after_count (fixture, "http");
}

static void
test_peek_after_count_under_tls (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  assert_peek_after_count (fixture, "https");
}

/* The connection of a peek receives little at a time, so nobody else uses it. */
static void
assert_count_after_peek (Fixture *fixture, const char *scheme)
{
  g_autoptr (BackgroundCall) peeked = peek (fixture, scheme, "/good");
  g_autoptr (BackgroundCall) peeked_again = NULL;
  g_autoptr (BackgroundCall) counted = NULL;
  g_autoptr (BackgroundCall) counted_again = NULL;

  hostile_assert_good (peeked);
  peeked_again = peek (fixture, scheme, "/good");
  hostile_assert_good (peeked_again);
  g_assert_cmpuint (hostile_server_get_n_connections (fixture->server), ==, 1);

  counted = count (fixture, scheme, "/good");
  hostile_assert_good (counted);
  counted_again = count (fixture, scheme, "/good");
  hostile_assert_good (counted_again);
  g_assert_cmpuint (hostile_server_get_n_connections (fixture->server), ==, 2);
}

static void
test_count_after_peek (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  assert_count_after_peek (fixture, "http");
}

static void
test_count_after_peek_under_tls (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  assert_count_after_peek (fixture, "https");
}

static void
redirect_late_to_tls (HostileConnection *connection)
{
  hostile_pause (MOMENT);
  hostile_write_text (connection, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
                                  "Location: https://127.0.0.1:{tls-port}/good\r\n\r\n");
}

static const HostileBehaviour redirects_late_to_tls = {
  .on_request = redirect_late_to_tls,
  .then = HOSTILE_GOES_ON,
};

/* Each part is where it belongs, also if another hop has spent its time otherwise. */
static void
test_timeline_of_a_redirect_to_tls (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  gint64 start = g_get_monotonic_time ();
  g_autoptr (BackgroundCall) call = fetch_text (fixture, "http://late.test:{port}/");
  const FetchTimeline *timeline;
  gint64               whole;
  gint64               duration;

  hostile_assert_good (call);
  whole = g_get_monotonic_time () - start;
  timeline = fetch_result_get_timeline (hostile_result_of (call));
  duration = fetch_result_get_duration (hostile_result_of (call));

  g_assert_cmpint (timeline->name, >=, MOMENT);
  g_assert_cmpint (timeline->tls, >, 0);
  g_assert_cmpint (timeline->wait, >=, MOMENT);
  g_assert_cmpint (timeline->name + timeline->connect + timeline->tls + timeline->wait +
                       timeline->receive,
                   ==, duration);
  g_assert_cmpint (duration, >=, 2 * MOMENT);
  g_assert_cmpint (timeline->queued + duration, <=, whole);
}

/* The lowest number that the next file would get: as many as that are open, at least. */
static rlim_t
get_next_file_number (void)
{
  int fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  close (fd);

  return fd;
}

/* Its own process, as the limit holds for all threads. */
static void
test_no_file_left (void)
{
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, PATIENCE, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }

  Fixture       fixture;
  struct rlimit limit;
  struct rlimit none_left;

  set_up (&fixture, NULL);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  none_left = limit;
  {
    g_autoptr (BackgroundCall) first = fetch_path (&fixture, "/good");

    hostile_assert_good (first);
  }

  none_left.rlim_cur = get_next_file_number ();
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none_left), ==, 0);
  {
    g_autoptr (BackgroundCall)
        call = fetch_text (&fixture, "http://127.0.0.1:{refused-port}/");

    hostile_assert_fails (call, FETCH_ERROR_FAILED);
    g_assert_nonnull (
        strstr (background_call_get_error (call)->message, "too many files"));
  }

  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  hostile_assert_still_works (fixture.session, fixture.server, "https");
  tear_down (&fixture, NULL);
}

/* A session that can't even begin: its fetches say so. */
static void
test_no_file_left_for_a_session (void)
{
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, PATIENCE, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }

  Fixture       fixture;
  struct rlimit limit;
  struct rlimit few_left;
  g_autoptr (BackgroundCall) first = NULL;

  set_up (&fixture, NULL);
  first = fetch_path (&fixture, "/good");
  hostile_assert_good (first);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);

  /* None for its wake-up, and one for that and none for what comes next. */
  for (rlim_t n_left = 0; n_left < 2; n_left++)
    {
      g_autoptr (FetchSession) session = NULL;
      g_autoptr (FetchRequest) request = hostile_request_new ("http://127.0.0.1/");
      g_autoptr (BackgroundCall) call = NULL;

      few_left = limit;
      few_left.rlim_cur = get_next_file_number () + n_left;
      g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &few_left), ==, 0);
      session = fetch_session_new ();
      call = fetch_session_fetch (session, request);
      fetch_session_hurry (session, call);
      fetch_session_set_limits (session, 1, 1);
      hostile_assert_fails (call, FETCH_ERROR_FAILED);
      g_assert_nonnull (
          strstr (background_call_get_error (call)->message, "too many files"));
      g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
    }

  tear_down (&fixture, NULL);
}

#define add(path, function, behaviour) \
  g_test_add (path, Fixture, behaviour, set_up, function, tear_down)

static gboolean
has_ipv6 (void)
{
  g_autofree char *interfaces = NULL;

  return g_file_get_contents ("/proc/net/if_inet6", &interfaces, NULL, NULL) &&
         strstr (interfaces, "00000000000000000000000000000001") != NULL;
}

int
main (int argc, char *argv[])
{
  int status;

  /* Names in other scripts are in the character set of the locale. */
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);
  hostile_certificates_make ();

  hostile_connection_add ();
  hostile_header_add ();
  hostile_body_add ();
  hostile_encoding_add ();
  hostile_redirect_add ();
  hostile_retry_add ();
  hostile_save_add ();
  hostile_secrets_add ();
  hostile_tls_add ();
  hostile_http2_add ();
  hostile_idle_add ();
  hostile_exchange_add ();
  add ("/hostile/tls/certificate/good-for-the-name", test_certificate_for_the_name, NULL);
  add ("/hostile/tls/certificate/not-for-the-name", test_certificate_not_for_the_name,
       NULL);
  add ("/hostile/tls/facts-of-the-connection", test_facts_of_the_connection, NULL);
  add ("/hostile/tls/certificate/staple-of-a-resumed-session",
       test_staple_of_a_resumed_session, &stapled_and_closed);
  add ("/hostile/tls/certificate/revoked-does-not-fall-back",
       test_revoked_does_not_fall_back, &revoked);
  add ("/hostile/tls/plain-request-to-tls", test_plain_request_to_tls, NULL);
  add ("/hostile/tls/tls-request-to-plain", test_tls_request_to_plain, NULL);
  add ("/hostile/name/slow-and-cancelled", test_slow_name_is_cancelled, NULL);
  add ("/hostile/name/slow-and-given-up", test_slow_name_is_given_up, NULL);
  add ("/hostile/name/not-found", test_name_is_not_found, NULL);
  add ("/hostile/name/fails-for-a-moment", test_name_server_fails_for_a_moment, NULL);
  add ("/hostile/name/is-not-looked-up-for-ever",
       test_name_that_is_not_there_is_no_matter_of_time, NULL);
  if (has_ipv6 ())
    {
      add ("/hostile/name/ipv6-only", test_ipv6_only, &only_ipv6);
      add ("/hostile/name/ipv6-only-where-ipv4-is-asked-for",
           test_ipv6_only_where_ipv4_is_asked_for, &only_ipv6);
    }
  add ("/hostile/port-is-closed", test_port_is_closed, NULL);
  add ("/hostile/between-two-fetches/closed", test_closed_between_two_fetches,
       &closes_after_answer);
  add ("/hostile/between-two-fetches/closed-when-asked-again",
       test_closed_when_asked_again, &closes_when_asked_again);
  add ("/hostile/between-two-fetches/reset", test_reset_between_two_fetches,
       &resets_after_answer);
  add ("/hostile/between-two-fetches/answered", test_answer_between_two_fetches,
       &answers_twice);
  add ("/hostile/many-at-once", test_many_at_once, &cuts_off);
  add ("/hostile/peek/after-count", test_peek_after_count, &writes_large_bodies);
  add ("/hostile/peek/after-count-under-tls", test_peek_after_count_under_tls,
       &writes_large_bodies);
  add ("/hostile/peek/before-count", test_count_after_peek, NULL);
  add ("/hostile/peek/before-count-under-tls", test_count_after_peek_under_tls, NULL);
  add ("/hostile/timeline-of-a-redirect-to-tls", test_timeline_of_a_redirect_to_tls,
       &redirects_late_to_tls);
  g_test_add_func ("/hostile/no-file-left", test_no_file_left);
  g_test_add_func ("/hostile/no-file-left-for-a-session",
                   test_no_file_left_for_a_session);

  status = g_test_run ();

  /* Whoever still looks for a name. */
  gate_open (&resolver_gate);
  hostile_certificates_free ();
  curl_global_cleanup ();

  return status;
}
