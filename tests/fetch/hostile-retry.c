/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Servers that do better at the second try. */

#include <stdatomic.h>

#include "hostile-case.h"

#define GOOD "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n" HOSTILE_GOOD_BODY

/* How many requests have come, in all connections of the one server that runs. */
static _Atomic (int) n_requests;

/* How the first one of them is answered, in some tests. */
static _Atomic (int) first_status;

static gboolean
is_first (void)
{
  return atomic_fetch_add (&n_requests, 1) == 0;
}

/* For a connection that is reset after that, but not before the client has gone. */
static void
answer_all_but_first (HostileConnection *connection)
{
  if (is_first ())
    return;

  hostile_write_text (connection, GOOD);
  hostile_end (connection, HOSTILE_CLOSES);
}

static void
stall_at_first (HostileConnection *connection)
{
  if (is_first ())
    hostile_end (connection, HOSTILE_STALLS);
  else
    hostile_write_text (connection, GOOD);
}

static void
refuse_at_first (HostileConnection *connection)
{
  if (is_first ())
    hostile_write_text (connection, "HTTP/1.1 429 Too Many Requests\r\n"
                                    "Content-Length: 0\r\n\r\n");
  else
    hostile_write_text (connection, GOOD);
}

/* In so many seconds; HTTP has no fractions of them. */
#define SECONDS_TO_WAIT 2

static void
name_a_date (HostileConnection *connection, GDateTime *now, gboolean says_what_time_it_is)
{
  static const char format[] = "%a, %d %b %Y %H:%M:%S GMT";
  g_autoptr (GDateTime) then = g_date_time_add_seconds (now, SECONDS_TO_WAIT);
  g_autofree char *date = g_date_time_format (now, format);
  g_autofree char *date_then = g_date_time_format (then, format);
  g_autofree char *busy = g_strdup_printf (
      "HTTP/1.1 503 Service Unavailable\r\n"
      "Retry-After: %s\r\n%s%s%s"
      "Content-Length: 0\r\n\r\n",
      date_then, says_what_time_it_is ? "Date: " : "", says_what_time_it_is ? date : "",
      says_what_time_it_is ? "\r\n" : "");

  hostile_write_text (connection, is_first () ? busy : GOOD);
}

static void
name_a_date_at_first (HostileConnection *connection)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  name_a_date (connection, now, FALSE);
}

/* Its clock is years behind. */
static void
name_an_old_date_at_first (HostileConnection *connection)
{
  g_autoptr (GDateTime) now = g_date_time_new_utc (2001, 9, 9, 1, 46, 40);

  name_a_date (connection, now, TRUE);
}

typedef struct
{
  const char      *name;
  HostileBehaviour server;
  gint64           least_duration;
} Case;

static const Case cases[] = {
  { "after-a-reset", { .on_request = answer_all_but_first, .then = HOSTILE_RESETS }, 0 },
  { "after-a-timeout", { .on_request = stall_at_first, .then = HOSTILE_GOES_ON }, 0 },
  { "after-429", { .on_request = refuse_at_first, .then = HOSTILE_GOES_ON }, 0 },
  { "at-the-date-that-was-named",
    { .on_request = name_a_date_at_first, .then = HOSTILE_GOES_ON },
    (SECONDS_TO_WAIT - 1) * G_TIME_SPAN_SECOND },
  { "at-the-date-that-was-named-by-a-wrong-clock",
    { .on_request = name_an_old_date_at_first, .then = HOSTILE_GOES_ON },
    (SECONDS_TO_WAIT - 1) * G_TIME_SPAN_SECOND },
};

static BackgroundCall *
fetch_with_retries (FetchSession *session, HostileServer *server, guint n_retries)
{
  g_autofree char *url = hostile_server_get_url (server, "http", "/hostile");
  g_autoptr (FetchRequest) request = hostile_request_new (url);

  atomic_store (&n_requests, 0);
  fetch_request_set_stall_timeout (request, G_TIME_SPAN_SECOND);
  fetch_request_set_max_retries (request, n_retries);

  return fetch_session_fetch (session, request);
}

static void
test_succeeds_then (gconstpointer data)
{
  const Case *self = data;
  g_autoptr (HostileServer) server = hostile_server_new (&self->server);
  g_autoptr (FetchSession) session = fetch_session_new ();
  gint64 start = g_get_monotonic_time ();
  g_autoptr (BackgroundCall) call = fetch_with_retries (session, server, 1);

  hostile_assert_good (call);
  g_assert_cmpuint (fetch_result_get_n_attempts (hostile_result_of (call)), ==, 2);
  g_assert_cmpint (atomic_load (&n_requests), ==, 2);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, self->least_duration);
}

/* Nobody has asked for it. */
static void
test_is_off_by_default (void)
{
  g_autoptr (HostileServer) server = hostile_server_new (&cases[0].server);
  g_autoptr (FetchSession) session = fetch_session_new ();
  g_autoptr (BackgroundCall) call = fetch_with_retries (session, server, 0);

  hostile_assert_fails (call, FETCH_ERROR_CLOSED);
  g_assert_cmpint (atomic_load (&n_requests), ==, 1);
}

/* The first request for each status is answered with that. */
static void
answer_with_status_at_first (HostileConnection *connection)
{
  int status = atomic_load (&first_status);

  if (is_first ())
    {
      g_autofree char *answer = g_strdup_printf ("HTTP/1.1 %d Not Now\r\n"
                                                 "Content-Length: 0\r\n\r\n",
                                                 status);

      hostile_write_text (connection, answer);
    }
  else
    hostile_write_text (connection, GOOD);
}

static void
test_status (gconstpointer data)
{
  static const HostileBehaviour behaviour = { .on_request = answer_with_status_at_first,
                                              .then = HOSTILE_GOES_ON };
  int                           status = GPOINTER_TO_INT (data);
  gboolean                      is_passing = status > 0;
  g_autoptr (HostileServer) server = hostile_server_new (&behaviour);
  g_autoptr (FetchSession) session = fetch_session_new ();
  g_autoptr (BackgroundCall) call = NULL;

  atomic_store (&first_status, ABS (status));
  call = fetch_with_retries (session, server, 1);

  if (is_passing)
    hostile_assert_good (call);
  g_assert_cmpint (fetch_result_get_status (hostile_result_of (call)), ==,
                   is_passing ? 200 : -status);
  g_assert_cmpint (atomic_load (&n_requests), ==, is_passing ? 2 : 1);
}

/* What it takes is 5 requests a second, and 5 at once. */
static void
limit_the_rate (HostileConnection *connection)
{
  static GMutex mutex;
  static double tokens;
  static gint64 filled;
  const double  rate = 5;
  gint64        now = g_get_monotonic_time ();
  gboolean      is_accepted;

  g_mutex_lock (&mutex);
  if (is_first ())
    {
      tokens = rate;
      filled = now;
    }
  tokens = MIN (rate, tokens + (now - filled) * rate / G_TIME_SPAN_SECOND);
  filled = now;
  is_accepted = tokens >= 1;
  if (is_accepted)
    tokens--;
  g_mutex_unlock (&mutex);

  hostile_write_text (connection, is_accepted ? GOOD
                                              : "HTTP/1.1 429 Too Many Requests\r\n"
                                                "Retry-After: 1\r\n"
                                                "Content-Length: 0\r\n\r\n");
}

static const HostileBehaviour limited = { .on_request = limit_the_rate,
                                          .then = HOSTILE_GOES_ON };

/* All come through, with few requests more than there are fetches, and others don't wait
 * for that. */
static void
test_rate_of_the_host_is_found (void)
{
  g_autoptr (HostileServer) server = hostile_server_new (&limited);
  g_autoptr (FetchSession) session = fetch_session_new ();
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *good = hostile_server_expand (server, "http://localhost:{port}/good");
  g_autoptr (FetchRequest) request = hostile_request_new (good);

  g_ptr_array_add (calls, fetch_with_retries (session, server, 3));
  for (int i = 1; i < 40; i++)
    {
      g_autofree char *url = hostile_server_get_url (server, "http", "/hostile");
      g_autoptr (FetchRequest) limited_request = hostile_request_new (url);

      fetch_request_set_max_retries (limited_request, 3);
      g_ptr_array_add (calls, fetch_session_fetch (session, limited_request));
    }
  for (int i = 0; i < 200; i++)
    g_ptr_array_add (others, fetch_session_fetch (session, request));

  for (guint i = 0; i < others->len; i++)
    hostile_assert_good (others->pdata[i]);
  g_assert_cmpint (background_call_is_done (calls->pdata[calls->len - 1]), ==,
                   BACKGROUND_CALL_RUNNING);

  for (guint i = 0; i < calls->len; i++)
    hostile_assert_good (calls->pdata[i]);
  g_test_message ("%d requests", atomic_load (&n_requests));
  g_assert_cmpint (atomic_load (&n_requests), <=, 70);
}

/* Without retries the answer is the result, and those that wait are slower all the same.
 */
static void
test_refusal_slows_those_without_retries (void)
{
  g_autoptr (HostileServer) server = hostile_server_new (&limited);
  g_autoptr (FetchSession) session = fetch_session_new ();
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_refused = 0;

  g_ptr_array_add (calls, fetch_with_retries (session, server, 0));
  for (int i = 1; i < 30; i++)
    {
      g_autofree char *url = hostile_server_get_url (server, "http", "/hostile");
      g_autoptr (FetchRequest) request = hostile_request_new (url);

      g_ptr_array_add (calls, fetch_session_fetch (session, request));
    }

  for (guint i = 0; i < calls->len; i++)
    if (fetch_result_get_status (hostile_result_of (calls->pdata[i])) == 429)
      n_refused++;
  g_test_message ("%u refused", n_refused);
  g_assert_cmpuint (n_refused, >, 0);
  g_assert_cmpuint (n_refused, <, 20);
  g_assert_cmpint (atomic_load (&n_requests), ==, 30);
}

/* Of those that a host refuses, each can be cancelled while it is left alone. */
static void
test_those_that_wait_are_cancelled (void)
{
  static const HostileBehaviour behaviour = {
    .answer = "HTTP/1.1 429 Too Many Requests\r\n"
              "Retry-After: 50\r\nContent-Length: 0\r\n\r\n",
    .then = HOSTILE_GOES_ON,
  };
  g_autoptr (HostileServer) server = hostile_server_new (&behaviour);
  g_autoptr (FetchSession) session = fetch_session_new_with_limits (1, 1);
  g_autofree char *url = hostile_server_get_url (server, "http", "/hostile");
  g_autoptr (FetchRequest) request = hostile_request_new (url);
  g_autoptr (BackgroundCall) first = fetch_session_fetch (session, request);
  g_autoptr (BackgroundCall) second = fetch_session_fetch (session, request);
  g_autoptr (BackgroundCall) third = fetch_session_fetch (session, request);

  g_assert_cmpint (fetch_result_get_status (hostile_result_of (first)), ==, 429);
  fetch_session_hurry (session, third);
  background_call_cancel (second);
  hostile_assert_fails (second, FETCH_ERROR_CANCELLED);
  g_assert_cmpint (background_call_is_done (third), ==, BACKGROUND_CALL_RUNNING);

  /* The session goes while the third still waits. */
  g_clear_object (&session);
  hostile_assert_fails (third, FETCH_ERROR_CANCELLED);
}

static void
drip (HostileConnection *connection)
{
  hostile_write_text (connection, "HTTP/1.1 200 OK\r\nX-Slow: ");
  while (hostile_write_text (connection, "X"))
    hostile_pause (G_TIME_SPAN_SECOND / 2);
}

/* They take all places of a session, and others fetch all the same. */
static void
test_dripping_holds_up_no_other (void)
{
  static const HostileBehaviour behaviour = { .on_request = drip };
  g_autoptr (HostileServer) server = hostile_server_new (&behaviour);
  g_autoptr (FetchSession) session = fetch_session_new_with_limits (8, 8);
  g_autofree char *slow = hostile_server_get_url (server, "http", "/hostile");
  g_autofree char *good = hostile_server_expand (server, "http://localhost:{port}/good");
  g_autoptr (FetchRequest) slow_request = hostile_request_new (slow);
  g_autoptr (FetchRequest) good_request = hostile_request_new (good);
  g_autoptr (GPtrArray) dripping = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 start = g_get_monotonic_time ();

  for (int i = 0; i < 8; i++)
    g_ptr_array_add (dripping, fetch_session_fetch (session, slow_request));
  for (int i = 0; i < 200; i++)
    g_ptr_array_add (others, fetch_session_fetch (session, good_request));

  for (guint i = 0; i < others->len; i++)
    hostile_assert_good (others->pdata[i]);
  g_test_message ("after %" G_GINT64_FORMAT " ms",
                  (g_get_monotonic_time () - start) / G_TIME_SPAN_MILLISECOND);
  for (guint i = 0; i < dripping->len; i++)
    g_assert_cmpint (background_call_is_done (dripping->pdata[i]), ==,
                     BACKGROUND_CALL_RUNNING);
  if (!hostile_is_under_valgrind ())
    g_assert_cmpint (g_get_monotonic_time () - start, <, 15 * G_TIME_SPAN_SECOND);
}

/* With a delay, each goes its own time after the one before. */
static void
test_delay_is_kept (void)
{
  static const HostileBehaviour good = { 0 };
  const gint64                  delay = 200 * G_TIME_SPAN_MILLISECOND;
  g_autoptr (HostileServer) server = hostile_server_new (&good);
  g_autoptr (FetchSession) session = fetch_session_new ();
  g_autofree char *url = hostile_server_get_url (server, "http", "/good");
  g_autoptr (FetchRequest) request = hostile_request_new (url);
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 start = g_get_monotonic_time ();

  fetch_session_set_delay (session, delay);
  for (int i = 0; i < 6; i++)
    g_ptr_array_add (calls, fetch_session_fetch (session, request));
  for (guint i = 0; i < calls->len; i++)
    hostile_assert_good (calls->pdata[i]);

  g_assert_cmpint (g_get_monotonic_time () - start, >=, 5 * delay);
}

void
hostile_retry_add (void)
{
  static const int statuses[] = {
    408,
    425,
    429,
    500,
    502,
    503,
    504,
    520,
    521,
    522,
    523,
    524,
    /* Those that stay as they are. */
    -400,
    -401,
    -403,
    -404,
    -410,
    -501,
    -505,
    -519,
    -525,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/hostile/retry/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_succeeds_then);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autofree char *path = g_strdup_printf ("/hostile/retry/status/%d",
                                               ABS (statuses[i]));

      g_test_add_data_func (path, GINT_TO_POINTER (statuses[i]), test_status);
    }
  g_test_add_func ("/hostile/retry/is-off-by-default", test_is_off_by_default);
  g_test_add_func ("/hostile/pace/rate-is-found", test_rate_of_the_host_is_found);
  g_test_add_func ("/hostile/pace/slows-those-without-retries",
                   test_refusal_slows_those_without_retries);
  g_test_add_func ("/hostile/pace/those-that-wait-are-cancelled",
                   test_those_that_wait_are_cancelled);
  g_test_add_func ("/hostile/pace/delay-is-kept", test_delay_is_kept);
  g_test_add_func ("/hostile/pace/dripping-holds-up-no-other",
                   test_dripping_holds_up_no_other);
}
