/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which transfer starts when: by the limits, by the pace of its host, and by a clock that
 * goes as the tests want. */

#include "fetch/fetch-pace-private.h"
#include "fetch/fetch-schedule-private.h"

#define SECOND G_TIME_SPAN_SECOND
#define MILLISECOND G_TIME_SPAN_MILLISECOND

/* Not 0, which is never. */
#define START (1000 * SECOND)

/* As long as a Retry-After that is scattered may last. */
#define SCATTERED(seconds) ((seconds) *SECOND + 300 * MILLISECOND)

/* A server that takes so many requests a second, and as many at once. */
typedef struct
{
  double rate;
  double tokens;
  gint64 filled;
} Bucket;

static gboolean
bucket_accepts (Bucket *self, gint64 now)
{
  double filled = self->tokens + (now - self->filled) * self->rate / SECOND;

  self->tokens = MIN (self->rate, filled);
  self->filled = now;
  if (self->tokens < 1)
    return FALSE;

  self->tokens--;

  return TRUE;
}

static void
test_host_that_refuses_nothing_has_no_pace (void)
{
  FetchPace pace = { 0 };

  for (int i = 0; i < 100; i++)
    {
      g_assert_cmpint (fetch_pace_get_due (&pace, 0), <=, START);
      fetch_pace_start (&pace, START);
      fetch_pace_accept (&pace, START, START + i);
    }

  g_assert_false (fetch_pace_is_memorable (&pace, 0, START + 100));
}

static void
test_refusal_holds_for_as_long_as_the_host_says (void)
{
  FetchPace pace = { 0 };

  fetch_pace_start (&pace, START);
  g_assert_true (fetch_pace_refuse (&pace, START, 7 * SECOND, START + 1));

  g_assert_cmpint (fetch_pace_get_due (&pace, 0), >=, START + 7 * SECOND);
  g_assert_cmpint (fetch_pace_get_due (&pace, 0), <=, START + SCATTERED (7));
  g_assert_true (fetch_pace_is_memorable (&pace, 0, START + 6 * SECOND));
}

/* Those that were on their way together lower the rate once; a later Retry-After of one
 * of them counts all the same. */
static void
test_flight_of_requests_counts_once (void)
{
  FetchPace pace = { 0 };
  double    rate;

  for (int i = 0; i < 6; i++)
    fetch_pace_start (&pace, START + i);
  g_assert_true (fetch_pace_refuse (&pace, START, SECOND, START + 10));
  rate = pace.rate;

  for (int i = 1; i < 5; i++)
    g_assert_false (fetch_pace_refuse (&pace, START + i, SECOND, START + 10 + i));
  g_assert_false (fetch_pace_refuse (&pace, START + 5, 5 * SECOND, START + 20));
  g_assert_cmpfloat (pace.rate, ==, rate);
  g_assert_cmpint (fetch_pace_get_due (&pace, 0), >=, START + 5 * SECOND);

  /* It was on its way, too. */
  fetch_pace_accept (&pace, START + 5, START + 30);
  g_assert_cmpfloat (pace.rate, ==, rate);
}

/* The one that goes first keeps the next one waiting until it is accepted, but not for
 * ever. */
static void
test_one_goes_first (void)
{
  FetchPace pace = { 0 };
  gint64    now;

  for (int i = 0; i < 20; i++)
    fetch_pace_accept (&pace, START, START);
  fetch_pace_refuse (&pace, START, SECOND, START + 1);
  now = fetch_pace_get_due (&pace, 0);
  fetch_pace_start (&pace, now);
  g_assert_cmpint (fetch_pace_get_due (&pace, 0), >=, now + SECOND);
  g_assert_cmpint (fetch_pace_get_due (&pace, 0), <=, now + 5 * SECOND);

  fetch_pace_accept (&pace, now, now + 10 * MILLISECOND);
  g_assert_cmpint (fetch_pace_get_due (&pace, 0), <=, now + 200 * MILLISECOND);
}

/* However fast the host takes requests, most are accepted, and not much of what it would
 * take is left unused. */
static void
test_rate_is_found (gconstpointer data)
{
  double    rate = GPOINTER_TO_INT (data);
  Bucket    bucket = { .rate = rate, .tokens = rate, .filled = START };
  FetchPace pace = { 0 };
  gint64    now = START;
  guint     n_accepted = 0;
  guint     n_refused = 0;

  while (now < START + 60 * SECOND)
    {
      now = MAX (now + MILLISECOND, fetch_pace_get_due (&pace, 0));
      fetch_pace_start (&pace, now);
      if (bucket_accepts (&bucket, now))
        {
          fetch_pace_accept (&pace, now, now + 1);
          n_accepted++;
        }
      else
        {
          fetch_pace_refuse (&pace, now, -1, now + 1);
          n_refused++;
        }
    }

  g_test_message ("%u accepted, %u refused", n_accepted, n_refused);
  g_assert_cmpuint (n_accepted, >, 60 * rate / 2);
  g_assert_cmpuint (n_refused, <, MAX (n_accepted / 5, 20));
}

/* Nothing is gained by waiting: that a list of its addresses comes to an end is. */
static void
test_host_that_refuses_all_is_not_waited_for (void)
{
  FetchPace pace = { 0 };
  gint64    now = START;

  for (int i = 0; i < 100; i++)
    {
      now = MAX (now + 1, fetch_pace_get_due (&pace, 0));
      fetch_pace_start (&pace, now);
      fetch_pace_refuse (&pace, now, 30 * SECOND, now + 1);
    }

  g_assert_cmpint (now - START, <, 120 * SECOND);

  /* And it may change its mind. */
  fetch_pace_accept (&pace, now + 2, now + 3);
  fetch_pace_refuse (&pace, now + 4, 30 * SECOND, now + 5);
  g_assert_cmpint (fetch_pace_get_due (&pace, 0), >=, now + 30 * SECOND);
}

static void
test_longest_wait_is_no_day (void)
{
  FetchPace pace = { 0 };

  fetch_pace_refuse (&pace, START, G_TIME_SPAN_DAY, START + 1);

  g_assert_cmpint (fetch_pace_get_due (&pace, 0), <=, START + G_TIME_SPAN_MINUTE);
}

typedef struct
{
  FetchSchedule *schedule;
  GPtrArray     *transfers;
  gint64         now;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->schedule = fetch_schedule_new ();
  fixture->transfers = g_ptr_array_new ();
  fixture->now = START;
  fetch_schedule_set_time (fixture->schedule, START);
  fetch_schedule_set_limits (fixture->schedule, 4, 2, 16, 0);
}

static void
free_transfer (gpointer data)
{
  FetchTransfer *transfer = data;

  g_free (transfer->host);
  g_free (transfer);
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  while (fetch_schedule_take_any (fixture->schedule) != NULL)
    ;
  fetch_schedule_free (fixture->schedule);
  g_ptr_array_set_free_func (fixture->transfers, free_transfer);
  g_ptr_array_unref (fixture->transfers);
}

static FetchTransfer *
add_transfer (Fixture *fixture, const char *host)
{
  FetchTransfer *transfer = g_new0 (FetchTransfer, 1);

  transfer->host = g_strdup (host);
  transfer->link.data = transfer;
  g_ptr_array_add (fixture->transfers, transfer);
  fetch_schedule_add (fixture->schedule, transfer);

  return transfer;
}

static void
pass (Fixture *fixture, gint64 microseconds)
{
  fixture->now += microseconds;
  fetch_schedule_set_time (fixture->schedule, fixture->now);
}

static FetchTransfer *
start_next (Fixture *fixture)
{
  FetchTransfer *transfer = fetch_schedule_start_next (fixture->schedule);

  if (transfer != NULL)
    transfer->started = fixture->now;

  return transfer;
}

static void
refuse (Fixture *fixture, FetchTransfer *transfer, gint64 retry_after)
{
  gint64 held_until;

  pass (fixture, 1);
  fetch_schedule_refuse (fixture->schedule, transfer->host, transfer->started,
                         retry_after, &held_until);
  fetch_schedule_end (fixture->schedule, transfer);
}

static void
test_delay_is_between_two_starts (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  FetchTransfer *first = add_transfer (fixture, "a");
  FetchTransfer *second = add_transfer (fixture, "a");
  FetchTransfer *other = add_transfer (fixture, "b");

  fetch_schedule_set_limits (fixture->schedule, 4, 2, 16, SECOND);

  g_assert_true (start_next (fixture) == first);
  g_assert_true (start_next (fixture) == other);
  g_assert_null (start_next (fixture));
  g_assert_cmpint (fetch_schedule_get_next_due (fixture->schedule), ==, START + SECOND);

  pass (fixture, SECOND - 1);
  g_assert_null (start_next (fixture));
  pass (fixture, 1);
  g_assert_true (start_next (fixture) == second);
  g_assert_cmpint (fetch_schedule_get_next_due (fixture->schedule), ==, G_MAXINT64);

  fetch_schedule_end (fixture->schedule, first);
  fetch_schedule_end (fixture->schedule, second);
  fetch_schedule_end (fixture->schedule, other);
}

/* It is no new host when nothing of it is left. */
static void
test_delay_outlives_the_transfers (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  FetchTransfer *first = add_transfer (fixture, "a");
  FetchTransfer *second;

  fetch_schedule_set_limits (fixture->schedule, 4, 2, 16, SECOND);
  g_assert_true (start_next (fixture) == first);
  fetch_schedule_end (fixture->schedule, first);

  second = add_transfer (fixture, "a");
  g_assert_null (start_next (fixture));
  pass (fixture, SECOND);
  g_assert_true (start_next (fixture) == second);
  fetch_schedule_end (fixture->schedule, second);
}

static void
test_new_delay_counts_at_once (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  FetchTransfer *first = add_transfer (fixture, "a");
  FetchTransfer *second = add_transfer (fixture, "a");

  fetch_schedule_set_limits (fixture->schedule, 4, 2, 16, G_TIME_SPAN_HOUR);
  g_assert_true (start_next (fixture) == first);
  g_assert_null (start_next (fixture));

  fetch_schedule_set_limits (fixture->schedule, 4, 2, 16, 0);
  g_assert_true (start_next (fixture) == second);
  fetch_schedule_end (fixture->schedule, first);
  fetch_schedule_end (fixture->schedule, second);
}

static void
test_host_that_refuses_slows_no_other (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  FetchTransfer *first = add_transfer (fixture, "a");
  FetchTransfer *second = add_transfer (fixture, "a");

  g_assert_true (start_next (fixture) == first);
  g_assert_true (start_next (fixture) == second);
  for (int i = 0; i < 100; i++)
    {
      add_transfer (fixture, "a");
      add_transfer (fixture, "b");
    }
  refuse (fixture, first, 10 * SECOND);
  refuse (fixture, second, 10 * SECOND);

  for (int i = 0; i < 100; i++)
    {
      FetchTransfer *next = start_next (fixture);

      g_assert_cmpstr (next->host, ==, "b");
      fetch_schedule_end (fixture->schedule, next);
    }
  g_assert_null (start_next (fixture));
  g_assert_cmpint (fetch_schedule_get_next_due (fixture->schedule), >=,
                   START + 10 * SECOND);

  /* One first. */
  pass (fixture, SCATTERED (10));
  first = start_next (fixture);
  g_assert_cmpstr (first->host, ==, "a");
  g_assert_null (start_next (fixture));
  fetch_schedule_end (fixture->schedule, first);
}

static void
test_refusal_outlives_the_transfers (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  FetchTransfer *first = add_transfer (fixture, "a");

  g_assert_true (start_next (fixture) == first);
  refuse (fixture, first, 10 * SECOND);
  first = add_transfer (fixture, "a");
  pass (fixture, 9 * SECOND);
  g_assert_null (start_next (fixture));

  pass (fixture, SCATTERED (1));
  g_assert_true (start_next (fixture) == first);
  fetch_schedule_end (fixture->schedule, first);
}

/* A list of hosts without an end does not fill the memory. */
static void
test_not_all_hosts_are_remembered (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const int n_hosts = 20000;

  for (int i = 0; i < n_hosts; i++)
    {
      g_autofree char *host = g_strdup_printf ("host-%d", i);

      add_transfer (fixture, host);
      refuse (fixture, start_next (fixture), 30 * SECOND);
    }

  add_transfer (fixture, "host-0");
  g_assert_nonnull (start_next (fixture));
  add_transfer (fixture, "host-19999");
  g_assert_null (start_next (fixture));
  fetch_schedule_end (fixture->schedule,
                      fixture->transfers->pdata[fixture->transfers->len - 2]);
}

static void
test_urgent_one_goes_first_when_its_host_may (Fixture      *fixture,
                                              gconstpointer data G_GNUC_UNUSED)
{
  FetchTransfer *first = add_transfer (fixture, "a");
  FetchTransfer *urgent;

  g_assert_true (start_next (fixture) == first);
  refuse (fixture, first, 5 * SECOND);
  for (int i = 0; i < 10; i++)
    add_transfer (fixture, "a");
  urgent = add_transfer (fixture, "a");
  atomic_store (&urgent->is_urgent, TRUE);
  fetch_schedule_move_to_front (fixture->schedule, urgent);
  g_assert_null (start_next (fixture));

  for (int i = 0; i < 10; i++)
    add_transfer (fixture, "b");
  pass (fixture, SCATTERED (5));
  g_assert_true (start_next (fixture) == urgent);
  fetch_schedule_end (fixture->schedule, urgent);
}

static void
test_one_that_waits_for_its_time_can_go (Fixture      *fixture,
                                         gconstpointer data G_GNUC_UNUSED)
{
  FetchTransfer *first = add_transfer (fixture, "a");
  FetchTransfer *second;

  g_assert_true (start_next (fixture) == first);
  refuse (fixture, first, 5 * SECOND);
  second = add_transfer (fixture, "a");

  g_assert_true (fetch_schedule_remove (fixture->schedule, second));
  g_assert_cmpint (fetch_schedule_get_next_due (fixture->schedule), ==, G_MAXINT64);
  pass (fixture, SCATTERED (5));
  g_assert_null (start_next (fixture));
}

static void
test_slow_ones_give_others_their_places (Fixture      *fixture,
                                         gconstpointer data G_GNUC_UNUSED)
{
  FetchTransfer *slow[16];

  for (guint i = 0; i < G_N_ELEMENTS (slow); i++)
    {
      g_autofree char *host = g_strdup_printf ("host-%u", i);

      add_transfer (fixture, host);
    }
  add_transfer (fixture, "other");

  /* Four at a time, up to the limit on all. */
  for (guint i = 0; i < G_N_ELEMENTS (slow); i++)
    {
      slow[i] = start_next (fixture);
      g_assert_nonnull (slow[i]);
      if (i % 4 < 3)
        continue;
      g_assert_null (start_next (fixture));
      g_assert_true (fetch_schedule_lacks_places (fixture->schedule) == (i < 15));
      for (guint j = 0; j <= i; j++)
        fetch_schedule_set_slow (fixture->schedule, slow[j], TRUE);
    }
  g_assert_null (start_next (fixture));

  /* Those that are no longer slow take their places again. */
  for (guint i = 0; i < 4; i++)
    fetch_schedule_set_slow (fixture->schedule, slow[i], FALSE);
  fetch_schedule_end (fixture->schedule, slow[15]);
  g_assert_null (start_next (fixture));
  fetch_schedule_end (fixture->schedule, slow[0]);
  slow[0] = start_next (fixture);
  g_assert_cmpstr (slow[0]->host, ==, "other");
  for (guint i = 0; i < 15; i++)
    fetch_schedule_end (fixture->schedule, slow[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define add(path, function) g_test_add_func (path, function)
  add ("/pace/none-without-a-refusal", test_host_that_refuses_nothing_has_no_pace);
  add ("/pace/held-as-the-host-says", test_refusal_holds_for_as_long_as_the_host_says);
  add ("/pace/flight-counts-once", test_flight_of_requests_counts_once);
  add ("/pace/one-goes-first", test_one_goes_first);
  add ("/pace/host-that-refuses-all", test_host_that_refuses_all_is_not_waited_for);
  add ("/pace/longest-wait", test_longest_wait_is_no_day);
#undef add
  for (int rate = 1; rate <= 125; rate *= 5)
    {
      g_autofree char *path = g_strdup_printf ("/pace/rate-is-found/%d", rate);

      g_test_add_data_func (path, GINT_TO_POINTER (rate), test_rate_is_found);
    }

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  add ("/schedule/delay/between-two-starts", test_delay_is_between_two_starts);
  add ("/schedule/delay/outlives-the-transfers", test_delay_outlives_the_transfers);
  add ("/schedule/delay/new-one-counts-at-once", test_new_delay_counts_at_once);
  add ("/schedule/refusal/slows-no-other", test_host_that_refuses_slows_no_other);
  add ("/schedule/refusal/outlives-the-transfers", test_refusal_outlives_the_transfers);
  add ("/schedule/refusal/not-all-hosts-are-remembered",
       test_not_all_hosts_are_remembered);
  add ("/schedule/refusal/urgent-one-goes-first",
       test_urgent_one_goes_first_when_its_host_may);
  add ("/schedule/refusal/one-that-waits-can-go",
       test_one_that_waits_for_its_time_can_go);
  add ("/schedule/slow-ones-give-others-their-places",
       test_slow_ones_give_others_their_places);
#undef add

  return g_test_run ();
}
