/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Calls that are made of calls. */

#include <stdatomic.h>

#include "backgroundcall/backgroundcall.h"
#include "gate.h"

#define NO_WAIT BACKGROUND_CALL_NO_WAIT

static gpointer
return_data (BackgroundPromise *promise G_GNUC_UNUSED,
             gpointer           data,
             GError           **error G_GNUC_UNUSED)
{
  return data;
}

static gpointer
fail (BackgroundPromise *promise G_GNUC_UNUSED,
      gpointer           data G_GNUC_UNUSED,
      GError           **error)
{
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "There is no such thing");
  return NULL;
}

static void
count_destroyed (gpointer data)
{
  atomic_fetch_add ((_Atomic (int) *) data, 1);
}

/* A call that is done when the test says so. */
typedef struct
{
  BackgroundCall    *call;
  BackgroundPromise *promise;
} Manual;

static Manual
manual_new (void)
{
  Manual manual;

  manual.call = background_call_new_for_promise (&manual.promise, NULL, NULL);

  return manual;
}

static void
manual_clear (Manual *self)
{
  g_clear_object (&self->call);
  g_clear_pointer (&self->promise, background_promise_unref);
}

static gboolean
is_cancelled (BackgroundCall *call)
{
  return background_call_is_done (call) == BACKGROUND_CALL_FAILED &&
         g_error_matches (background_call_get_error (call), G_IO_ERROR,
                          G_IO_ERROR_CANCELLED);
}

static void
test_all_returns_when_all_have (void)
{
  Manual                first = manual_new ();
  Manual                second = manual_new ();
  BackgroundCall *const calls[] = { first.call, second.call };
  g_autoptr (BackgroundCall) all = background_call_new_all (calls, 2);
  GPtrArray *results;

  background_promise_return (second.promise, "second");
  g_assert_cmpint (background_call_is_done (all), ==, BACKGROUND_CALL_RUNNING);
  background_promise_return (first.promise, "first");

  results = background_call_get_return (all, NO_WAIT, NULL);
  g_assert_cmpuint (results->len, ==, 2);
  g_assert_cmpstr (background_call_get_return (results->pdata[0], NO_WAIT, NULL), ==,
                   "first");
  g_assert_cmpstr (background_call_get_return (results->pdata[1], NO_WAIT, NULL), ==,
                   "second");
  manual_clear (&first);
  manual_clear (&second);
}

static void
test_all_fails_with_the_first_error (void)
{
  Manual                first = manual_new ();
  Manual                second = manual_new ();
  BackgroundCall *const calls[] = { first.call, second.call };
  g_autoptr (BackgroundCall) all = background_call_new_all (calls, 2);

  background_promise_fail (second.promise,
                           g_error_new (G_FILE_ERROR, G_FILE_ERROR_IO, "Broken"));

  g_assert_cmpint (background_call_is_done (all), ==, BACKGROUND_CALL_FAILED);
  g_assert_true (
      g_error_matches (background_call_get_error (all), G_FILE_ERROR, G_FILE_ERROR_IO));
  g_assert_true (is_cancelled (first.call));
  manual_clear (&first);
  manual_clear (&second);
}

static void
test_all_of_none (void)
{
  g_autoptr (BackgroundCall) all = background_call_new_all (NULL, 0);
  GPtrArray *results = background_call_get_return (all, NO_WAIT, NULL);

  g_assert_nonnull (results);
  g_assert_cmpuint (results->len, ==, 0);
}

static void
test_all_of_what_is_done (void)
{
  g_autoptr (BackgroundCall) one = background_call_new (return_data, "one", NULL);
  BackgroundCall *const calls[] = { one, one };
  g_autoptr (BackgroundCall) all = NULL;

  background_call_get_return (one, PATIENCE, NULL);
  all = background_call_new_all (calls, 2);
  g_assert_nonnull (background_call_get_return (all, PATIENCE, NULL));
}

static void
test_dropped_all_cancels_downwards (void)
{
  Manual                first = manual_new ();
  Manual                second = manual_new ();
  BackgroundCall *const calls[] = { first.call, second.call };
  BackgroundCall       *inner = background_call_new_all (calls, 2);
  BackgroundCall *const inners[] = { inner };
  BackgroundCall       *outer = background_call_new_all (inners, 1);

  g_object_unref (inner);
  g_assert_cmpint (background_call_is_done (first.call), ==, BACKGROUND_CALL_RUNNING);
  g_object_unref (outer);

  g_assert_true (is_cancelled (first.call));
  g_assert_true (is_cancelled (second.call));
  manual_clear (&first);
  manual_clear (&second);
  iterate_all ();
}

static void
test_any_returns_the_first (void)
{
  Manual                first = manual_new ();
  Manual                second = manual_new ();
  BackgroundCall *const calls[] = { first.call, second.call };
  g_autoptr (BackgroundCall) any = background_call_new_any (calls, 2);

  background_promise_fail (first.promise,
                           g_error_new (G_FILE_ERROR, G_FILE_ERROR_IO, "Broken"));
  g_assert_cmpint (background_call_is_done (any), ==, BACKGROUND_CALL_RUNNING);
  background_promise_return (second.promise, "second");

  g_assert_cmpstr (background_call_get_return (any, NO_WAIT, NULL), ==, "second");
  manual_clear (&first);
  manual_clear (&second);
  /* It keeps the one that the value belongs to. */
  g_assert_cmpstr (background_call_get_return (any, NO_WAIT, NULL), ==, "second");
}

static void
test_any_cancels_the_rest (void)
{
  Manual                first = manual_new ();
  Manual                second = manual_new ();
  BackgroundCall *const calls[] = { first.call, second.call };
  g_autoptr (BackgroundCall) any = background_call_new_any (calls, 2);

  background_promise_return (first.promise, "first");

  g_assert_cmpstr (background_call_get_return (any, NO_WAIT, NULL), ==, "first");
  g_assert_true (is_cancelled (second.call));
  manual_clear (&first);
  manual_clear (&second);
}

static void
test_any_fails_if_all_fail (void)
{
  g_autoptr (BackgroundCall) one = background_call_new (fail, NULL, NULL);
  g_autoptr (BackgroundCall) two = background_call_new (fail, NULL, NULL);
  BackgroundCall *const calls[] = { one, two };
  g_autoptr (BackgroundCall) any = background_call_new_any (calls, 2);
  g_autoptr (GError) error = NULL;

  background_call_get_return (any, PATIENCE, &error);
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

static gpointer
go_on (BackgroundPromise *promise G_GNUC_UNUSED,
       BackgroundCall    *previous,
       gpointer           data G_GNUC_UNUSED,
       GError           **error)
{
  return background_call_get_return (previous, NO_WAIT, error);
}

static void
pass_gate (gpointer gate)
{
  gate_pass (gate);
}

static gpointer
return_behind_gate (BackgroundPromise *promise G_GNUC_UNUSED,
                    gpointer           gate,
                    GError           **error G_GNUC_UNUSED)
{
  gate_pass (gate);

  return "passed";
}

/* A cancel function runs on the thread whose call has decided it, and takes its time: the
 * pool does not wait for that thread. */
static void
test_slow_cancel_function_holds_up_nobody (void)
{
  Gate   gate = GATE_INIT;
  Gate   start = GATE_INIT;
  Manual slow = manual_new ();
  g_autoptr (BackgroundCall) quick = NULL;
  g_autoptr (BackgroundCall) any = NULL;
  g_autoptr (BackgroundCall) other = NULL;
  BackgroundCall *calls[2];

  background_promise_set_cancel_func (slow.promise, pass_gate, &gate, NULL);
  quick = background_call_new (return_behind_gate, &start, NULL);
  calls[0] = slow.call;
  calls[1] = background_call_new_then (quick, go_on, NULL, NULL, NULL, NULL);
  any = background_call_new_any (calls, 2);
  g_object_unref (calls[1]);

  /* Not before: what is decided already is decided by this thread. */
  gate_open (&start);
  gate_await (&gate, 1);
  other = background_call_new (return_data, "other", NULL);
  g_assert_cmpstr (background_call_get_return (other, PATIENCE, NULL), ==, "other");

  gate_open (&gate);
  manual_clear (&slow);
  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
}

static gpointer
append_world (BackgroundPromise *promise G_GNUC_UNUSED,
              BackgroundCall    *previous,
              gpointer           data,
              GError           **error G_GNUC_UNUSED)
{
  return g_strconcat (background_call_get_return (previous, NO_WAIT, NULL), data, NULL);
}

static void
test_then_goes_on (void)
{
  g_autoptr (BackgroundCall) hello = background_call_new (return_data, "hello", NULL);
  g_autoptr (BackgroundCall) then = background_call_new_then (
      hello, append_world, ", world", NULL, g_free, NULL);
  g_autoptr (BackgroundCall)
      more = background_call_new_then (then, append_world, "!", NULL, g_free, NULL);

  g_assert_cmpstr (background_call_get_return (more, PATIENCE, NULL), ==,
                   "hello, world!");
}

static gpointer
return_thread (BackgroundPromise *promise G_GNUC_UNUSED,
               BackgroundCall    *previous G_GNUC_UNUSED,
               gpointer           data G_GNUC_UNUSED,
               GError           **error G_GNUC_UNUSED)
{
  return g_thread_self ();
}

static void
test_then_in_the_main_thread (void)
{
  g_autoptr (CallQueue) ui = call_queue_new (CALL_QUEUE_UNBOUNDED);
  g_autoptr (BackgroundCall) call = background_call_new (return_data, "data", NULL);
  g_autoptr (BackgroundCall) then = NULL;

  call_queue_attach (ui, NULL, G_PRIORITY_DEFAULT_IDLE);
  then = background_call_new_then (call, return_thread, NULL, NULL, NULL, ui);
  iterate_until (background_call_is_done (then));

  g_assert_true (background_call_get_return (then, NO_WAIT, NULL) == g_thread_self ());
}

static void
test_then_passes_errors_on (void)
{
  _Atomic (int) n_destroyed = 0;
  g_autoptr (BackgroundCall) call = background_call_new (fail, NULL, NULL);
  g_autoptr (BackgroundCall) then = background_call_new_then (
      call, append_world, &n_destroyed, count_destroyed, g_free, NULL);
  g_autoptr (GError) error = NULL;

  background_call_get_return (then, PATIENCE, &error);
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  iterate_until (n_destroyed == 1);
}

static void
test_cancelled_then_never_runs (void)
{
  Manual        first = manual_new ();
  _Atomic (int) n_destroyed = 0;
  g_autoptr (BackgroundCall) then = background_call_new_then (
      first.call, append_world, &n_destroyed, count_destroyed, g_free, NULL);

  background_call_cancel (then);
  g_assert_true (is_cancelled (then));
  g_assert_true (is_cancelled (first.call));
  manual_clear (&first);
  iterate_until (n_destroyed == 1);
}

static void
test_cancelled_then_leaves_the_queue (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  g_autoptr (BackgroundCall) call = background_call_new (return_data, "data", NULL);
  _Atomic (int) n_destroyed = 0;
  g_autoptr (BackgroundCall) then = background_call_new_then (
      call, return_thread, &n_destroyed, count_destroyed, NULL, queue);

  iterate_until (call_queue_get_length (queue) == 1);
  background_call_cancel (then);

  g_assert_true (is_cancelled (then));
  g_assert_cmpuint (call_queue_get_length (queue), ==, 0);
  iterate_until (n_destroyed == 1);
}

static void
test_closed_queue_ends_then (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  g_autoptr (BackgroundCall) call = background_call_new (return_data, "data", NULL);
  g_autoptr (BackgroundCall)
      then = background_call_new_then (call, return_thread, NULL, NULL, NULL, queue);
  g_autoptr (GError) error = NULL;

  call_queue_close (queue);
  background_call_get_return (then, PATIENCE, &error);
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_CLOSED);
}

static void
test_delay (void)
{
  gint64 start = g_get_monotonic_time ();
  g_autoptr (BackgroundCall)
      late = background_call_new_delay (20 * G_TIME_SPAN_MILLISECOND);
  g_autoptr (BackgroundCall)
      soon = background_call_new_delay (5 * G_TIME_SPAN_MILLISECOND);
  g_autoptr (GError) error = NULL;

  background_call_get_return (soon, PATIENCE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 5 * G_TIME_SPAN_MILLISECOND);
  background_call_get_return (late, PATIENCE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 20 * G_TIME_SPAN_MILLISECOND);
}

/* Nothing is left of it: the timer's thread goes. */
static void
test_cancelled_delay (void)
{
  g_autoptr (BackgroundCall) call = background_call_new_delay (G_TIME_SPAN_HOUR);

  background_call_cancel (call);
  g_assert_true (is_cancelled (call));
  g_assert_true (background_pool_drain (PATIENCE));
}

static void
test_in_time (void)
{
  g_autoptr (BackgroundCall) call = background_call_new (return_data, "data", NULL);
  g_autoptr (BackgroundCall)
      timed = background_call_new_with_timeout (call, G_TIME_SPAN_HOUR);

  g_clear_object (&call);
  g_assert_cmpstr (background_call_get_return (timed, PATIENCE, NULL), ==, "data");
  g_assert_true (background_pool_drain (PATIENCE));
}

static void
test_not_in_time (void)
{
  Manual slow = manual_new ();
  g_autoptr (BackgroundCall)
      timed = background_call_new_with_timeout (slow.call, G_TIME_SPAN_MILLISECOND);
  g_autoptr (GError) error = NULL;

  background_call_get_return (timed, PATIENCE, &error);
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_TIMED_OUT);
  background_call_get_return (slow.call, PATIENCE, NULL);
  g_assert_true (is_cancelled (slow.call));
  manual_clear (&slow);
}

static void
test_dropped_timeout_cancels (void)
{
  Manual          slow = manual_new ();
  BackgroundCall *timed = background_call_new_with_timeout (slow.call, G_TIME_SPAN_HOUR);

  g_object_unref (timed);
  g_assert_true (is_cancelled (slow.call));
  manual_clear (&slow);
  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
}

typedef struct
{
  _Atomic (int) n_attempts;
  _Atomic (int) n_destroyed;
  int           succeeds_at;
} Attempts;

static gpointer
attempt (BackgroundPromise *promise G_GNUC_UNUSED, gpointer data, GError **error)
{
  Attempts *attempts = data;
  int       n = atomic_fetch_add (&attempts->n_attempts, 1) + 1;

  if (n < attempts->succeeds_at)
    return fail (promise, NULL, error);

  return "at last";
}

static void
attempts_destroyed (gpointer data)
{
  atomic_fetch_add (&((Attempts *) data)->n_destroyed, 1);
}

static void
test_retry_until_it_works (void)
{
  Attempts attempts = { .succeeds_at = 3 };
  g_autoptr (BackgroundCall) call = background_call_new_with_retry (
      attempt, &attempts, attempts_destroyed, NULL, NULL, 5, 1000, NULL);

  g_assert_cmpstr (background_call_get_return (call, PATIENCE, NULL), ==, "at last");
  g_assert_cmpint (attempts.n_attempts, ==, 3);
  iterate_until (attempts.n_destroyed == 1);
}

static void
test_retry_gives_up (void)
{
  Attempts attempts = { .succeeds_at = 100 };
  g_autoptr (BackgroundCall) call = background_call_new_with_retry (
      attempt, &attempts, attempts_destroyed, NULL, NULL, 3, 1000, NULL);
  g_autoptr (GError) error = NULL;

  background_call_get_return (call, PATIENCE, &error);
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_cmpint (attempts.n_attempts, ==, 3);
  iterate_until (attempts.n_destroyed == 1);
}

static gboolean
is_worth_one_more (const GError *error, guint n_attempts, gpointer data G_GNUC_UNUSED)
{
  return g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT) && n_attempts < 2;
}

static void
test_retry_only_what_is_worth_it (void)
{
  Attempts attempts = { .succeeds_at = 100 };
  g_autoptr (BackgroundCall) call = background_call_new_with_retry (
      attempt, &attempts, attempts_destroyed, NULL, NULL, 50, 1000, is_worth_one_more);

  background_call_get_return (call, PATIENCE, NULL);
  g_assert_cmpint (attempts.n_attempts, ==, 2);
  iterate_until (attempts.n_destroyed == 1);
}

static void
test_retry_cancelled_in_its_pause (void)
{
  Attempts attempts = { .succeeds_at = 100 };
  g_autoptr (BackgroundCall) call = background_call_new_with_retry (
      attempt, &attempts, attempts_destroyed, NULL, NULL, 50, G_TIME_SPAN_HOUR, NULL);

  iterate_until (attempts.n_attempts == 1);
  background_call_cancel (call);
  iterate_until (background_call_is_done (call));
  g_assert_true (is_cancelled (call));

  /* Neither the data nor the thread of the timer waits for an hour. */
  iterate_until (attempts.n_destroyed == 1);
  g_assert_true (background_pool_drain (PATIENCE));
  g_assert_cmpint (attempts.n_attempts, ==, 1);
}

/* Made, cancelled and dropped at any moment, from here and there. */
static gpointer
sleep_a_little (BackgroundPromise *promise, gpointer data, GError **error)
{
  g_usleep (g_random_int_range (0, 300));

  return g_random_int_range (0, 4) == 0 ? fail (promise, NULL, error) : data;
}

static BackgroundCall *
random_call (int depth)
{
  g_autoptr (BackgroundCall) first = NULL;
  g_autoptr (BackgroundCall) second = NULL;
  BackgroundCall *calls[2];

  if (depth == 0)
    return g_random_boolean () ? background_call_new (sleep_a_little, "data", NULL)
                               : background_call_new_delay (g_random_int_range (0, 300));

  first = random_call (depth - 1);
  second = random_call (depth - 1);
  calls[0] = first;
  calls[1] = second;

  switch (g_random_int_range (0, 5))
    {
    case 0:
      return background_call_new_all (calls, 2);
    case 1:
      return background_call_new_any (calls, 2);
    case 2:
      return background_call_new_then (first, go_on, NULL, NULL, NULL, NULL);
    case 3:
      return background_call_new_with_timeout (first, g_random_int_range (0, 300));
    default:
      return background_call_new_with_retry (sleep_a_little, "data", NULL, NULL, NULL, 3,
                                             g_random_int_range (0, 300), NULL);
    }
}

static void
test_random (void)
{
  guint32 seed = g_test_rand_int ();

  g_test_message ("seed %u", seed);
  g_random_set_seed (seed);
  for (int i = 0; i < 300; i++)
    {
      g_autoptr (BackgroundCall) call = random_call (g_random_int_range (0, 4));

      switch (g_random_int_range (0, 4))
        {
        case 0:
          background_call_get_return (call, PATIENCE, NULL);
          g_assert_cmpint (background_call_is_done (call), !=, BACKGROUND_CALL_RUNNING);
          break;
        case 1:
          background_call_cancel (call);
          break;
        case 2:
          g_usleep (g_random_int_range (0, 300));
          break;
        default:
          break;
        }
      if (i % 10 == 0)
        iterate_all ();
    }

  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/combine/all/returns-when-all-have", test_all_returns_when_all_have);
  g_test_add_func ("/combine/all/fails-with-the-first-error",
                   test_all_fails_with_the_first_error);
  g_test_add_func ("/combine/all/of-none", test_all_of_none);
  g_test_add_func ("/combine/all/of-what-is-done", test_all_of_what_is_done);
  g_test_add_func ("/combine/all/dropped-cancels-downwards",
                   test_dropped_all_cancels_downwards);
  g_test_add_func ("/combine/any/returns-the-first", test_any_returns_the_first);
  g_test_add_func ("/combine/any/cancels-the-rest", test_any_cancels_the_rest);
  g_test_add_func ("/combine/any/fails-if-all-fail", test_any_fails_if_all_fail);
  g_test_add_func ("/combine/any/slow-cancel-function",
                   test_slow_cancel_function_holds_up_nobody);
  g_test_add_func ("/combine/then/goes-on", test_then_goes_on);
  g_test_add_func ("/combine/then/in-the-main-thread", test_then_in_the_main_thread);
  g_test_add_func ("/combine/then/passes-errors-on", test_then_passes_errors_on);
  g_test_add_func ("/combine/then/cancelled-never-runs", test_cancelled_then_never_runs);
  g_test_add_func ("/combine/then/cancelled-leaves-the-queue",
                   test_cancelled_then_leaves_the_queue);
  g_test_add_func ("/combine/then/closed-queue", test_closed_queue_ends_then);
  g_test_add_func ("/combine/delay/waits", test_delay);
  g_test_add_func ("/combine/delay/cancelled", test_cancelled_delay);
  g_test_add_func ("/combine/timeout/in-time", test_in_time);
  g_test_add_func ("/combine/timeout/not-in-time", test_not_in_time);
  g_test_add_func ("/combine/timeout/dropped-cancels", test_dropped_timeout_cancels);
  g_test_add_func ("/combine/retry/until-it-works", test_retry_until_it_works);
  g_test_add_func ("/combine/retry/gives-up", test_retry_gives_up);
  g_test_add_func ("/combine/retry/only-what-is-worth-it",
                   test_retry_only_what_is_worth_it);
  g_test_add_func ("/combine/retry/cancelled-in-its-pause",
                   test_retry_cancelled_in_its_pause);
  g_test_add_func ("/combine/random", test_random);

  status = g_test_run ();

  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();

  return status;
}
