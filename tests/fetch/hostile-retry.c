/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Servers that do better at the second try. */

#include <stdatomic.h>

#include "hostile-case.h"

#define GOOD "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n" HOSTILE_GOOD_BODY

/* How many requests have come, in all connections of the one server that runs. */
static _Atomic (int) n_requests;

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
name_a_date_at_first (HostileConnection *connection)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) then = g_date_time_add_seconds (now, SECONDS_TO_WAIT);
  g_autofree char *date = g_date_time_format (then, "%a, %d %b %Y %H:%M:%S GMT");
  g_autofree char *busy = g_strdup_printf ("HTTP/1.1 503 Service Unavailable\r\n"
                                           "Retry-After: %s\r\n"
                                           "Content-Length: 0\r\n\r\n",
                                           date);

  hostile_write_text (connection, is_first () ? busy : GOOD);
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

void
hostile_retry_add (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/hostile/retry/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_succeeds_then);
    }
  g_test_add_func ("/hostile/retry/is-off-by-default", test_is_off_by_default);
}
