/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* BackgroundCall: what the asker sees. */

#include "backgroundcall/backgroundcall.h"
#include "gate.h"

#include <math.h>

static gpointer
return_data (BackgroundPromise *promise G_GNUC_UNUSED,
             gpointer           data,
             GError           **error G_GNUC_UNUSED)
{
  return data;
}

static gpointer
fail_with_not_found (BackgroundPromise *promise G_GNUC_UNUSED,
                     gpointer           data G_GNUC_UNUSED,
                     GError           **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "No such thing: %d", 7);
  return NULL;
}

static gpointer
pass_gate (BackgroundPromise *promise G_GNUC_UNUSED,
           gpointer           data,
           GError           **error G_GNUC_UNUSED)
{
  gate_pass (data);
  return "passed";
}

/* Counts what is destroyed, and insists on the thread where it may be. */
typedef struct
{
  GThread *creator;
  Gate     gate;
  int      n_destroyed; /* creator's thread only */
} Tracked;

static void
tracked_destroy (gpointer data)
{
  Tracked *tracked = data;

  g_assert_true (g_thread_self () == tracked->creator);
  tracked->n_destroyed++;
}

static gpointer
pass_gate_and_return_tracked (BackgroundPromise *promise G_GNUC_UNUSED,
                              gpointer           data,
                              GError           **error G_GNUC_UNUSED)
{
  Tracked *tracked = data;

  gate_pass (&tracked->gate);
  return tracked;
}

#define TRACKED_INIT                               \
  {                                                \
    .creator = g_thread_self (), .gate = GATE_INIT \
  }

static void
test_is_done_tells_running_from_returned (void)
{
  Gate gate = GATE_INIT;
  g_autoptr (BackgroundCall) call = background_call_new (pass_gate, &gate, NULL);

  g_assert_cmpint (background_call_is_done (call), ==, BACKGROUND_CALL_RUNNING);
  g_assert_cmpint (background_call_is_done (call), ==, 0);

  gate_open (&gate);
  background_call_get_return (call, PATIENCE, NULL);

  g_assert_cmpint (background_call_is_done (call), ==, BACKGROUND_CALL_RETURNED);
  g_assert_cmpint (background_call_is_done (call), ==, 1);
}

static void
test_is_done_tells_failed (void)
{
  g_autoptr (BackgroundCall) call = background_call_new (fail_with_not_found, NULL, NULL);

  background_call_get_return (call, PATIENCE, NULL);

  g_assert_cmpint (background_call_is_done (call), ==, BACKGROUND_CALL_FAILED);
  g_assert_cmpint (background_call_is_done (call), ==, 2);
}

static void
test_get_return_without_waiting (void)
{
  Gate gate = GATE_INIT;
  g_autoptr (BackgroundCall) call = background_call_new (pass_gate, &gate, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, &error));
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_NOT_DONE);

  gate_open (&gate);
  iterate_until (background_call_is_done (call));
  g_assert_cmpstr (background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, NULL), ==,
                   "passed");
}

static void
test_get_return_waits (void)
{
  g_autoptr (BackgroundCall) call = background_call_new (return_data, "value", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (
      background_call_get_return (call, BACKGROUND_CALL_WAIT_FOREVER, &error), ==,
      "value");
  g_assert_no_error (error);
  g_assert_cmpstr (
      background_call_get_return (call, BACKGROUND_CALL_WAIT_FOREVER, &error), ==,
      "value");
}

static void
test_get_return_times_out_and_may_be_asked_again (void)
{
  Gate gate = GATE_INIT;
  g_autoptr (BackgroundCall) call = background_call_new (pass_gate, &gate, NULL);
  g_autoptr (GError) error = NULL;
  gint64 before = g_get_monotonic_time ();

  g_assert_null (background_call_get_return (call, 20 * 1000, &error));
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_TIMED_OUT);
  g_assert_cmpint (g_get_monotonic_time () - before, >=, 20 * 1000);
  g_assert_cmpint (background_call_is_done (call), ==, BACKGROUND_CALL_RUNNING);

  gate_open (&gate);
  g_assert_cmpstr (background_call_get_return (call, PATIENCE, NULL), ==, "passed");
}

static gpointer
ask_from_another_thread (gpointer data)
{
  return background_call_get_return (data, PATIENCE, NULL);
}

static void
test_get_return_wakes_every_thread_that_waits (void)
{
  Gate gate = GATE_INIT;
  g_autoptr (BackgroundCall) call = background_call_new (pass_gate, &gate, NULL);
  GThread *threads[8];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("asker", ask_from_another_thread, call);
  gate_open (&gate);

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpstr (g_thread_join (threads[i]), ==, "passed");
}

static gboolean
count_and_open (BackgroundCall *call, gpointer user_data, GError **error G_GNUC_UNUSED)
{
  gpointer *count_and_gate = user_data;
  int      *count = count_and_gate[0];

  g_assert_true (BACKGROUND_IS_CALL (call));
  if (++*count == 3)
    gate_open (count_and_gate[1]);

  return TRUE;
}

static void
test_hook_runs_while_waiting (void)
{
  Gate     gate = GATE_INIT;
  int      count = 0;
  gpointer count_and_gate[] = { &count, &gate };
  g_autoptr (BackgroundCall) call = background_call_new (pass_gate, &gate, NULL);

  g_assert_cmpstr (background_call_get_return_with_hook (call, PATIENCE, count_and_open,
                                                         count_and_gate, NULL),
                   ==, "passed");
  g_assert_cmpint (count, >=, 3);
}

static gboolean
give_up (BackgroundCall *call G_GNUC_UNUSED,
         gpointer        user_data G_GNUC_UNUSED,
         GError        **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, "Enough");
  return FALSE;
}

static void
test_hook_error_ends_the_waiting_and_not_the_call (void)
{
  Gate gate = GATE_INIT;
  g_autoptr (BackgroundCall) call = background_call_new (pass_gate, &gate, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (
      background_call_get_return_with_hook (call, PATIENCE, give_up, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);

  gate_open (&gate);
  g_assert_cmpstr (background_call_get_return (call, PATIENCE, NULL), ==, "passed");
}

static gboolean
ignore (BackgroundCall *call G_GNUC_UNUSED,
        gpointer        user_data G_GNUC_UNUSED,
        GError        **error G_GNUC_UNUSED)
{
  return TRUE;
}

static void
test_hook_times_out (void)
{
  Gate gate = GATE_INIT;
  g_autoptr (BackgroundCall) call = background_call_new (pass_gate, &gate, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (background_call_get_return_with_hook (call, 1000, ignore, NULL, &error));
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_TIMED_OUT);

  gate_open (&gate);
  background_call_get_return (call, PATIENCE, NULL);
}

/* The worker reports, then waits until the hook has seen the report. */
static gpointer
report_and_pass_gate (BackgroundPromise *promise, gpointer data, GError **error)
{
  background_promise_report_progress (promise, 0.25);
  return pass_gate (promise, data, error);
}

static gboolean
open_when_reported (BackgroundCall *call,
                    gpointer        user_data,
                    GError        **error G_GNUC_UNUSED)
{
  if (background_call_get_progress (call) >= 0)
    gate_open (user_data);

  return TRUE;
}

static void
test_hook_sees_progress (void)
{
  Gate gate = GATE_INIT;
  g_autoptr (BackgroundCall)
      call = background_call_new (report_and_pass_gate, &gate, NULL);

  g_assert_cmpstr (background_call_get_return_with_hook (call, PATIENCE,
                                                         open_when_reported, &gate, NULL),
                   ==, "passed");
}

static gboolean
open_gate_cb (gpointer user_data)
{
  gate_open (user_data);
  return G_SOURCE_REMOVE;
}

static void
test_iterating_serves_the_main_context (void)
{
  Gate gate = GATE_INIT;
  g_autoptr (BackgroundCall) call = background_call_new (pass_gate, &gate, NULL);

  g_idle_add (open_gate_cb, &gate);

  g_assert_cmpstr (background_call_get_return_iterating (call, PATIENCE, NULL, NULL), ==,
                   "passed");
}

static void
test_iterating_times_out (void)
{
  Gate gate = GATE_INIT;
  g_autoptr (BackgroundCall) call = background_call_new (pass_gate, &gate, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (background_call_get_return_iterating (call, 5000, NULL, &error));
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_TIMED_OUT);

  gate_open (&gate);
  background_call_get_return (call, PATIENCE, NULL);
}

static void
test_alternative_instead_of_the_error (void)
{
  Gate gate = GATE_INIT;
  g_autoptr (BackgroundCall)
      failing = background_call_new (fail_with_not_found, NULL, NULL);
  g_autoptr (BackgroundCall) running = background_call_new (pass_gate, &gate, NULL);

  g_assert_cmpstr (background_call_get_return_or (failing, PATIENCE, "other"), ==,
                   "other");
  g_assert_cmpstr (
      background_call_get_return_or (running, BACKGROUND_CALL_NO_WAIT, "other"), ==,
      "other");
  g_assert_cmpstr (background_call_get_return_or (running, 1000, "other"), ==, "other");

  gate_open (&gate);
  g_assert_cmpstr (background_call_get_return_or (running, PATIENCE, "other"), ==,
                   "passed");
}

static void
test_returned_null_is_no_error (void)
{
  g_autoptr (BackgroundCall) call = background_call_new (return_data, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (background_call_get_return (call, PATIENCE, &error));
  g_assert_no_error (error);
  g_assert_null (background_call_get_return_or (call, PATIENCE, "other"));
  g_assert_cmpint (background_call_is_done (call), ==, BACKGROUND_CALL_RETURNED);
}

/* An error of its own kind, which carries more than its message. */
typedef struct
{
  int line;
} ParseErrorPrivate;

static void
parse_error_private_init (ParseErrorPrivate *priv)
{
  priv->line = -1;
}

static void
parse_error_private_copy (const ParseErrorPrivate *source, ParseErrorPrivate *target)
{
  target->line = source->line;
}

static void
parse_error_private_clear (ParseErrorPrivate *priv G_GNUC_UNUSED)
{
}

GQuark parse_error_quark (void);

G_DEFINE_EXTENDED_ERROR (ParseError, parse_error)

static gpointer
fail_with_parse_error (BackgroundPromise *promise G_GNUC_UNUSED,
                       gpointer           data G_GNUC_UNUSED,
                       GError           **error)
{
  g_set_error (error, parse_error_quark (), 3, "Unexpected “%s”", "]");
  parse_error_get_private (*error)->line = 42;
  return NULL;
}

static void
test_error_arrives_whole_and_as_often_as_asked (void)
{
  g_autoptr (BackgroundCall)
      call = background_call_new (fail_with_parse_error, NULL, NULL);

  for (int i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (background_call_get_return (call, PATIENCE, &error));
      g_assert_error (error, parse_error_quark (), 3);
      g_assert_cmpstr (error->message, ==, "Unexpected “]”");
      g_assert_cmpint (parse_error_get_private (error)->line, ==, 42);
    }

  g_assert_cmpint (background_call_get_error (call)->code, ==, 3);
}

static void
test_get_error_is_null_without_error (void)
{
  Gate gate = GATE_INIT;
  g_autoptr (BackgroundCall) call = background_call_new (pass_gate, &gate, NULL);

  g_assert_null (background_call_get_error (call));

  gate_open (&gate);
  background_call_get_return (call, PATIENCE, NULL);
  g_assert_null (background_call_get_error (call));
}

/* A pool of one thread, which is at the gate: whatever comes next is in line. */
static BackgroundPool *
busy_pool_new (Gate *gate, BackgroundCall **busy)
{
  BackgroundPool *pool = background_pool_new ("one", 1);

  *busy = background_call_new_full (pass_gate, gate, NULL, NULL, NULL, G_PRIORITY_DEFAULT,
                                    pool);
  gate_await (gate, 1);

  return pool;
}

static gpointer
must_not_run (BackgroundPromise *promise G_GNUC_UNUSED,
              gpointer           data G_GNUC_UNUSED,
              GError           **error G_GNUC_UNUSED)
{
  g_assert_not_reached ();
}

static void
test_cancelled_before_start_never_runs (void)
{
  Gate    gate = GATE_INIT;
  Tracked data = TRACKED_INIT;
  g_autoptr (BackgroundCall) busy = NULL;
  g_autoptr (BackgroundPool) pool = busy_pool_new (&gate, &busy);
  g_autoptr (BackgroundCall) call = background_call_new_full (
      must_not_run, &data, tracked_destroy, NULL, NULL, G_PRIORITY_DEFAULT, pool);
  g_autoptr (GError) error = NULL;

  background_call_cancel (call);

  g_assert_null (background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (data.n_destroyed, ==, 1);

  gate_open (&gate);
  background_call_get_return (busy, PATIENCE, NULL);
}

static void
test_dropped_before_start_never_runs (void)
{
  Gate    gate = GATE_INIT;
  Tracked data = TRACKED_INIT;
  g_autoptr (BackgroundCall) busy = NULL;
  g_autoptr (BackgroundPool) pool = busy_pool_new (&gate, &busy);

  g_object_unref (background_call_new_full (must_not_run, &data, tracked_destroy, NULL,
                                            NULL, G_PRIORITY_DEFAULT, pool));

  g_assert_cmpint (data.n_destroyed, ==, 1);

  gate_open (&gate);
  background_call_get_return (busy, PATIENCE, NULL);
}

static void
test_cancelled_cancellable_before_start_never_runs (void)
{
  Tracked data = TRACKED_INIT;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  call = background_call_new_full (must_not_run, &data, tracked_destroy, NULL,
                                   cancellable, G_PRIORITY_DEFAULT, NULL);

  g_assert_null (background_call_get_return (call, PATIENCE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (data.n_destroyed, ==, 1);
}

static void
test_cancelled_running_fails_at_once (void)
{
  Tracked tracked = TRACKED_INIT;
  g_autoptr (BackgroundCall)
      call = background_call_new_full (pass_gate_and_return_tracked, &tracked, NULL,
                                       tracked_destroy, NULL, G_PRIORITY_DEFAULT, NULL);
  g_autoptr (GError) error = NULL;

  gate_await (&tracked.gate, 1);
  background_call_cancel (call);

  g_assert_null (background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (tracked.n_destroyed, ==, 0);

  /* The value that comes too late is freed quietly, and changes nothing. */
  gate_open (&tracked.gate);
  iterate_until (tracked.n_destroyed == 1);
  g_assert_cmpint (background_call_is_done (call), ==, BACKGROUND_CALL_FAILED);
}

static void
test_cancel_after_return_changes_nothing (void)
{
  g_autoptr (BackgroundCall) call = background_call_new (return_data, "value", NULL);

  background_call_get_return (call, PATIENCE, NULL);
  background_call_cancel (call);

  g_assert_cmpstr (background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, NULL), ==,
                   "value");
}

static void
test_cancellable_cancels_all_that_share_it (void)
{
  Gate gate = GATE_INIT;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (BackgroundCall) one = background_call_new_full (
      pass_gate, &gate, NULL, NULL, cancellable, G_PRIORITY_DEFAULT, NULL);
  g_autoptr (BackgroundCall) two = background_call_new_full (
      pass_gate, &gate, NULL, NULL, cancellable, G_PRIORITY_DEFAULT, NULL);
  g_autoptr (BackgroundCall) other = background_call_new (pass_gate, &gate, NULL);

  g_cancellable_cancel (cancellable);

  g_assert_true (g_error_matches (background_call_get_error (one), G_IO_ERROR,
                                  G_IO_ERROR_CANCELLED));
  g_assert_true (g_error_matches (background_call_get_error (two), G_IO_ERROR,
                                  G_IO_ERROR_CANCELLED));
  g_assert_cmpint (background_call_is_done (other), ==, BACKGROUND_CALL_RUNNING);

  gate_open (&gate);
  g_assert_true (background_pool_drain (PATIENCE));
}

static void
test_cancelling_a_call_spares_the_shared_cancellable (void)
{
  Gate gate = GATE_INIT;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (BackgroundCall) call = background_call_new_full (
      pass_gate, &gate, NULL, NULL, cancellable, G_PRIORITY_DEFAULT, NULL);

  background_call_cancel (call);

  g_assert_false (g_cancellable_is_cancelled (cancellable));

  gate_open (&gate);
  g_assert_true (background_pool_drain (PATIENCE));
}

static void
open_gate_when_cancelled (GCancellable *cancellable G_GNUC_UNUSED, gpointer gate)
{
  gate_open (gate);
}

/* Comes back only when it is cancelled. */
static gpointer
wait_for_cancellation (BackgroundPromise *promise, gpointer data, GError **error)
{
  GCancellable *cancellable = background_promise_get_cancellable (promise);
  gulong id = g_cancellable_connect (cancellable, G_CALLBACK (open_gate_when_cancelled),
                                     data, NULL);

  gate_pass (data);
  g_cancellable_disconnect (cancellable, id);

  g_assert_true (background_promise_is_cancelled (promise));
  g_assert_true (g_cancellable_set_error_if_cancelled (cancellable, error));

  return NULL;
}

static void
test_worker_sees_the_cancellation (void)
{
  Gate gate = GATE_INIT;
  g_autoptr (BackgroundCall)
      call = background_call_new (wait_for_cancellation, &gate, NULL);

  gate_await (&gate, 1);
  background_call_cancel (call);

  g_assert_true (background_pool_drain (PATIENCE));
}

static void
test_drop_cancels_and_the_data_outlives_the_function (void)
{
  Tracked         tracked = TRACKED_INIT;
  BackgroundCall *call = background_call_new_full (pass_gate_and_return_tracked, &tracked,
                                                   tracked_destroy, tracked_destroy, NULL,
                                                   G_PRIORITY_DEFAULT, NULL);

  gate_await (&tracked.gate, 1);
  g_object_unref (call);
  iterate_all ();
  g_assert_cmpint (tracked.n_destroyed, ==, 0);

  /* Both the data and the late value. */
  gate_open (&tracked.gate);
  iterate_until (tracked.n_destroyed == 2);
}

static void
test_drop_frees_the_value_where_it_was_asked_for (void)
{
  Tracked         tracked = TRACKED_INIT;
  BackgroundCall *call = background_call_new_full (return_data, &tracked, tracked_destroy,
                                                   tracked_destroy, NULL,
                                                   G_PRIORITY_DEFAULT, NULL);

  background_call_get_return (call, PATIENCE, NULL);
  iterate_until (tracked.n_destroyed == 1);
  g_object_unref (call);
  g_assert_cmpint (tracked.n_destroyed, ==, 2);
}

static void
test_detached_runs_to_its_end (void)
{
  Tracked         tracked = TRACKED_INIT;
  BackgroundCall *call = background_call_new_full (pass_gate_and_return_tracked, &tracked,
                                                   tracked_destroy, tracked_destroy, NULL,
                                                   G_PRIORITY_DEFAULT, NULL);

  background_call_detach (call);
  g_object_unref (call);
  gate_await (&tracked.gate, 1);
  gate_open (&tracked.gate);

  /* Both the data and the value. */
  iterate_until (tracked.n_destroyed == 2);
}

static gpointer
unref_in_thread (gpointer data)
{
  g_object_unref (data);
  return NULL;
}

static void
test_dropped_elsewhere_frees_the_value_in_the_creators_context (void)
{
  Tracked         tracked = TRACKED_INIT;
  BackgroundCall *call = background_call_new_full (
      return_data, &tracked, NULL, tracked_destroy, NULL, G_PRIORITY_DEFAULT, NULL);

  background_call_get_return (call, PATIENCE, NULL);
  g_thread_join (g_thread_new ("dropper", unref_in_thread, call));
  g_assert_cmpint (tracked.n_destroyed, ==, 0);

  iterate_until (tracked.n_destroyed == 1);
}

static void
test_data_is_freed_without_a_main_loop (void)
{
  Tracked tracked = TRACKED_INIT;
  g_autoptr (BackgroundCall) call = NULL;
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  gate_open (&tracked.gate);
  call = background_call_new (pass_gate_and_return_tracked, &tracked, tracked_destroy);
  background_call_get_return (call, PATIENCE, NULL);

  /* The outcome is there a moment before the worker has left the function. */
  while (tracked.n_destroyed == 0 && g_get_monotonic_time () < deadline)
    background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, NULL);
  g_assert_cmpint (tracked.n_destroyed, ==, 1);
}

/* A value that is returned along with an error is a slip, and no leak. */
static gpointer
return_and_fail (BackgroundPromise *promise, gpointer data, GError **error)
{
  fail_with_not_found (promise, NULL, error);
  return data;
}

static void
test_value_beside_an_error_is_freed (void)
{
  Tracked tracked = TRACKED_INIT;
  g_autoptr (BackgroundCall) call = background_call_new_full (
      return_and_fail, &tracked, NULL, tracked_destroy, NULL, G_PRIORITY_DEFAULT, NULL);

  background_call_get_return (call, PATIENCE, NULL);

  iterate_until (tracked.n_destroyed == 1);
  g_assert_cmpint (background_call_is_done (call), ==, BACKGROUND_CALL_FAILED);
}

typedef struct
{
  guint64 position;
  int     phase;
  char    letter;
} Snapshot;

static gpointer
report_in_steps (BackgroundPromise *promise, gpointer data, GError **error)
{
  Snapshot snapshot = { .position = G_MAXUINT64, .phase = -5, .letter = 'z' };

  background_promise_report_progress (promise, 0.5);
  background_promise_report_snapshot (promise, &snapshot, sizeof snapshot);
  snapshot.letter = 'a';
  background_promise_report_snapshot (promise, &snapshot, sizeof snapshot);

  return pass_gate (promise, data, error);
}

static void
test_progress_is_the_newest_report (void)
{
  Gate     gate = GATE_INIT;
  Snapshot snapshot = { 0 };
  g_autoptr (BackgroundCall) call = background_call_new (report_in_steps, &gate, NULL);

  gate_await (&gate, 1);

  g_assert_cmpfloat (background_call_get_progress (call), ==, 0.5);
  g_assert_true (background_call_get_snapshot (call, &snapshot, sizeof snapshot));
  g_assert_cmpuint (snapshot.position, ==, G_MAXUINT64);
  g_assert_cmpint (snapshot.phase, ==, -5);
  g_assert_cmpint (snapshot.letter, ==, 'a');

  gate_open (&gate);
  background_call_get_return (call, PATIENCE, NULL);
}

static gpointer
report_fraction (BackgroundPromise *promise, gpointer data, GError **error G_GNUC_UNUSED)
{
  background_promise_report_progress (promise, *(double *) data);

  return NULL;
}

static void
test_progress_is_a_fraction (void)
{
  static const struct
  {
    double reported;
    double expected;
  } cases[] = { { 0, 0 },          { 1, 1 },     { 1.000001, 1 }, { G_MAXDOUBLE, 1 },
                { INFINITY, 1 },   { -0.5, -1 }, { -7, -1 },      { -G_MAXDOUBLE, -1 },
                { -INFINITY, -1 }, { NAN, -1 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BackgroundCall) call = background_call_new (
          report_fraction, (gpointer) &cases[i].reported, NULL);

      background_call_get_return (call, PATIENCE, NULL);
      g_assert_cmpfloat (background_call_get_progress (call), ==, cases[i].expected);
    }
}

static void
test_progress_is_unknown_at_first (void)
{
  Gate     gate = GATE_INIT;
  Snapshot snapshot = { 0 };
  g_autoptr (BackgroundCall) call = background_call_new (pass_gate, &gate, NULL);

  g_assert_cmpfloat (background_call_get_progress (call), <, 0);
  g_assert_false (background_call_get_snapshot (call, &snapshot, sizeof snapshot));

  gate_open (&gate);
  background_call_get_return (call, PATIENCE, NULL);
}

/* Every word of the struct is the same number, in each report. */
typedef struct
{
  guint64 words[7];
} Uniform;

static gpointer
report_uniform (BackgroundPromise *promise,
                gpointer           data G_GNUC_UNUSED,
                GError           **error G_GNUC_UNUSED)
{
  for (guint64 n = 0; !background_promise_is_cancelled (promise); n++)
    {
      Uniform uniform;

      for (guint i = 0; i < G_N_ELEMENTS (uniform.words); i++)
        uniform.words[i] = n;
      background_promise_report_snapshot (promise, &uniform, sizeof uniform);
    }

  return NULL;
}

static void
test_snapshot_is_never_torn (void)
{
  g_autoptr (BackgroundCall) call = background_call_new (report_uniform, NULL, NULL);
  gint64  end = g_get_monotonic_time () + G_TIME_SPAN_SECOND;
  guint64 newest = 0;
  int     n_changes = 0;

  /* On a single processor, one sees few. */
  while (n_changes < 1000 && (n_changes == 0 || g_get_monotonic_time () < end))
    {
      Uniform uniform = { { 0 } };

      if (!background_call_get_snapshot (call, &uniform, sizeof uniform))
        continue;

      for (guint i = 1; i < G_N_ELEMENTS (uniform.words); i++)
        g_assert_cmpuint (uniform.words[i], ==, uniform.words[0]);
      g_assert_cmpuint (uniform.words[0], >=, newest);
      if (uniform.words[0] > newest)
        n_changes++;
      newest = uniform.words[0];
    }

  background_call_cancel (call);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/call/is-done/tells-running-from-returned",
                   test_is_done_tells_running_from_returned);
  g_test_add_func ("/call/is-done/tells-failed", test_is_done_tells_failed);
  g_test_add_func ("/call/get-return/without-waiting", test_get_return_without_waiting);
  g_test_add_func ("/call/get-return/waits", test_get_return_waits);
  g_test_add_func ("/call/get-return/times-out-and-may-be-asked-again",
                   test_get_return_times_out_and_may_be_asked_again);
  g_test_add_func ("/call/get-return/wakes-every-thread-that-waits",
                   test_get_return_wakes_every_thread_that_waits);
  g_test_add_func ("/call/get-return/null-is-no-error", test_returned_null_is_no_error);
  g_test_add_func ("/call/hook/runs-while-waiting", test_hook_runs_while_waiting);
  g_test_add_func ("/call/hook/error-ends-the-waiting-and-not-the-call",
                   test_hook_error_ends_the_waiting_and_not_the_call);
  g_test_add_func ("/call/hook/times-out", test_hook_times_out);
  g_test_add_func ("/call/hook/sees-progress", test_hook_sees_progress);
  g_test_add_func ("/call/iterating/serves-the-main-context",
                   test_iterating_serves_the_main_context);
  g_test_add_func ("/call/iterating/times-out", test_iterating_times_out);
  g_test_add_func ("/call/alternative/instead-of-the-error",
                   test_alternative_instead_of_the_error);
  g_test_add_func ("/call/error/arrives-whole-and-as-often-as-asked",
                   test_error_arrives_whole_and_as_often_as_asked);
  g_test_add_func ("/call/error/is-null-without-error",
                   test_get_error_is_null_without_error);
  g_test_add_func ("/call/error/value-beside-it-is-freed",
                   test_value_beside_an_error_is_freed);
  g_test_add_func ("/call/cancel/before-start-never-runs",
                   test_cancelled_before_start_never_runs);
  g_test_add_func ("/call/cancel/cancelled-cancellable-never-runs",
                   test_cancelled_cancellable_before_start_never_runs);
  g_test_add_func ("/call/cancel/running-fails-at-once",
                   test_cancelled_running_fails_at_once);
  g_test_add_func ("/call/cancel/after-return-changes-nothing",
                   test_cancel_after_return_changes_nothing);
  g_test_add_func ("/call/cancel/cancellable-cancels-all-that-share-it",
                   test_cancellable_cancels_all_that_share_it);
  g_test_add_func ("/call/cancel/spares-the-shared-cancellable",
                   test_cancelling_a_call_spares_the_shared_cancellable);
  g_test_add_func ("/call/cancel/worker-sees-it", test_worker_sees_the_cancellation);
  g_test_add_func ("/call/drop/before-start-never-runs",
                   test_dropped_before_start_never_runs);
  g_test_add_func ("/call/drop/data-outlives-the-function",
                   test_drop_cancels_and_the_data_outlives_the_function);
  g_test_add_func ("/call/drop/frees-the-value-where-it-was-asked-for",
                   test_drop_frees_the_value_where_it_was_asked_for);
  g_test_add_func ("/call/drop/elsewhere-frees-the-value-in-the-creators-context",
                   test_dropped_elsewhere_frees_the_value_in_the_creators_context);
  g_test_add_func ("/call/drop/detached-runs-to-its-end", test_detached_runs_to_its_end);
  g_test_add_func ("/call/data/is-freed-without-a-main-loop",
                   test_data_is_freed_without_a_main_loop);
  g_test_add_func ("/call/progress/is-the-newest-report",
                   test_progress_is_the_newest_report);
  g_test_add_func ("/call/progress/is-a-fraction", test_progress_is_a_fraction);
  g_test_add_func ("/call/progress/is-unknown-at-first",
                   test_progress_is_unknown_at_first);
  g_test_add_func ("/call/progress/snapshot-is-never-torn", test_snapshot_is_never_torn);

  status = g_test_run ();

  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();

  return status;
}
