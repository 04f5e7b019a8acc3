/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Watches: the idle callback that polls a call when there is something to see. */

#include <stdatomic.h>

#include "backgroundcall/backgroundcall.h"
#include "gate.h"

static gpointer
return_data (BackgroundPromise *promise G_GNUC_UNUSED,
             gpointer           data,
             GError           **error G_GNUC_UNUSED)
{
  return data;
}

static gpointer
pass_gate (BackgroundPromise *promise G_GNUC_UNUSED,
           gpointer           data,
           GError           **error G_GNUC_UNUSED)
{
  gate_pass (data);
  return "passed";
}

/* What a watch has seen, in the thread that it must run in. */
typedef struct
{
  GThread            *thread;
  int                 n_runs;
  int                 n_destroyed;
  BackgroundCallState state;
  double              progress;
} Seen;

#define SEEN_INIT              \
  {                            \
    .thread = g_thread_self () \
  }

static gboolean
see (BackgroundCall *call, gpointer user_data)
{
  Seen *seen = user_data;

  g_assert_true (g_thread_self () == seen->thread);
  seen->n_runs++;
  seen->state = background_call_is_done (call);
  seen->progress = background_call_get_progress (call);

  return G_SOURCE_CONTINUE;
}

static void
seen_destroy (gpointer user_data)
{
  Seen *seen = user_data;

  g_assert_true (g_thread_self () == seen->thread);
  seen->n_destroyed++;
}

static GObject *
owner_new (void)
{
  return g_object_new (G_TYPE_OBJECT, NULL);
}

static void
test_sees_the_return (void)
{
  Seen seen = SEEN_INIT;
  g_autoptr (BackgroundCall) call = background_call_new (return_data, NULL, NULL);

  background_call_watch (call, NULL, see, &seen, seen_destroy);

  iterate_until (seen.n_destroyed == 1);
  g_assert_cmpint (seen.state, ==, BACKGROUND_CALL_RETURNED);
}

static void
test_added_after_the_end_still_runs (void)
{
  Seen seen = SEEN_INIT;
  g_autoptr (BackgroundCall) call = background_call_new (return_data, NULL, NULL);

  background_call_get_return (call, PATIENCE, NULL);
  iterate_all ();
  background_call_watch (call, NULL, see, &seen, seen_destroy);
  g_assert_cmpint (seen.n_runs, ==, 0);

  iterate_until (seen.n_destroyed == 1);
  g_assert_cmpint (seen.n_runs, ==, 1);
}

static void
test_keeps_the_call (void)
{
  Gate            gate = GATE_INIT;
  Seen            seen = SEEN_INIT;
  BackgroundCall *call = background_call_new (pass_gate, &gate, NULL);

  background_call_watch (call, NULL, see, &seen, seen_destroy);
  g_object_unref (call);
  gate_open (&gate);

  iterate_until (seen.n_destroyed == 1);
  g_assert_cmpint (seen.state, ==, BACKGROUND_CALL_RETURNED);
}

static void
test_sees_progress_then_the_return (void)
{
  Seen seen = SEEN_INIT;
  g_autoptr (BackgroundPromise) promise = NULL;
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&promise, NULL, NULL);

  background_call_watch (call, NULL, see, &seen, seen_destroy);
  background_promise_report_progress (promise, 0.5);
  iterate_until (seen.progress == 0.5);
  g_assert_cmpint (seen.state, ==, BACKGROUND_CALL_RUNNING);

  background_promise_report_progress (promise, 1.0);
  background_promise_return (promise, NULL);
  iterate_until (seen.n_destroyed == 1);
  g_assert_cmpint (seen.state, ==, BACKGROUND_CALL_RETURNED);
  g_assert_cmpfloat (seen.progress, ==, 1.0);
}

static gboolean
remove_at_once (BackgroundCall *call G_GNUC_UNUSED, gpointer user_data)
{
  (*(int *) user_data)++;
  return G_SOURCE_REMOVE;
}

static void
test_ends_when_it_wants (void)
{
  int n_runs = 0;
  g_autoptr (BackgroundPromise) promise = NULL;
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&promise, NULL, NULL);

  background_call_watch (call, NULL, remove_at_once, &n_runs, NULL);
  background_promise_report_progress (promise, 0.1);
  iterate_until (n_runs == 1);

  background_promise_report_progress (promise, 0.2);
  background_promise_return (promise, NULL);
  iterate_all ();
  g_assert_cmpint (n_runs, ==, 1);
}

/* What the main context would do next: how long it would sleep, -1 for ever. */
static int
time_to_sleep (void)
{
  GMainContext *context = g_main_context_default ();
  GPollFD       fds[32];
  int           priority, timeout, n_fds;

  g_assert_true (g_main_context_acquire (context));
  g_main_context_prepare (context, &priority);
  n_fds = g_main_context_query (context, priority, &timeout, fds, G_N_ELEMENTS (fds));
  g_assert_cmpint (n_fds, <=, G_N_ELEMENTS (fds));
  if (timeout != 0 && g_poll (fds, n_fds, 0) > 0)
    timeout = 0;
  g_main_context_check (context, priority, fds, n_fds);
  g_main_context_release (context);

  return timeout;
}

static void
test_sleeps_while_nothing_happens (void)
{
  Gate gate = GATE_INIT;
  Seen seen = SEEN_INIT;
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);
  int n_seen;

  /* Nothing is left to be told by a thread of the tests before. */
  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();

  for (int i = 0; i < 20; i++)
    {
      BackgroundCall *call = background_call_new (pass_gate, &gate, NULL);

      background_call_watch (call, NULL, see, &seen, seen_destroy);
      g_ptr_array_add (calls, call);
    }
  gate_await (&gate, 20);
  iterate_until (time_to_sleep () == -1);
  n_seen = seen.n_runs;

  g_assert_false (g_main_context_iteration (NULL, FALSE));
  g_assert_cmpint (seen.n_runs, ==, n_seen);

  gate_open (&gate);
  iterate_until (seen.n_destroyed == 20);
  iterate_until (time_to_sleep () == -1);
}

/* The worker may be faster than whoever adds the watch, and say nothing more for long. */
static void
test_progress_from_before_is_seen (void)
{
  Seen seen = SEEN_INIT;
  g_autoptr (BackgroundPromise) promise = NULL;
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&promise, NULL, NULL);

  iterate_all ();
  background_promise_report_progress (promise, 0.5);
  background_call_watch (call, NULL, see, &seen, seen_destroy);
  iterate_until (seen.progress == 0.5);
  g_assert_cmpint (seen.state, ==, BACKGROUND_CALL_RUNNING);

  background_promise_return (promise, NULL);
  iterate_until (seen.n_destroyed == 1);
}

static void
test_progress_wakes_for_the_next_frame_only (void)
{
  Seen seen = SEEN_INIT;
  g_autoptr (BackgroundPromise) promise = NULL;
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&promise, NULL, NULL);
  int n_runs;

  background_call_watch (call, NULL, see, &seen, seen_destroy);
  background_promise_report_progress (promise, 0.1);
  iterate_until (seen.progress == 0.1);
  n_runs = seen.n_runs;

  /* The frame is not over, or it just was: at any rate the report is not lost. */
  background_promise_report_progress (promise, 0.2);
  g_assert_cmpint (time_to_sleep (), >=, 0);
  iterate_until (seen.progress == 0.2);
  g_assert_cmpint (seen.n_runs, ==, n_runs + 1);

  background_promise_return (promise, NULL);
  iterate_until (seen.n_destroyed == 1);
}

static gpointer
report_until_cancelled (BackgroundPromise *promise,
                        gpointer           data G_GNUC_UNUSED,
                        GError           **error G_GNUC_UNUSED)
{
  for (double i = 1; !background_promise_is_cancelled (promise); i++)
    background_promise_report_progress (promise, i);

  return NULL;
}

static void
test_progress_is_seen_once_a_frame_at_most (void)
{
  Seen seen = SEEN_INIT;
  g_autoptr (BackgroundCall)
      call = background_call_new (report_until_cancelled, NULL, NULL);
  gint64 start = g_get_monotonic_time ();
  int    n_frames;

  background_call_watch (call, NULL, see, &seen, seen_destroy);
  iterate_until (seen.n_runs >= 10);

  n_frames = (g_get_monotonic_time () - start) * 60 / G_USEC_PER_SEC;
  g_assert_cmpint (seen.n_runs, <=, n_frames + 2);

  background_call_cancel (call);
  iterate_until (seen.n_destroyed == 1);
}

static void
test_goes_with_its_owner (void)
{
  Gate     gate = GATE_INIT;
  Seen     seen = SEEN_INIT;
  GObject *owner = owner_new ();
  g_autoptr (BackgroundCall) call = background_call_new (pass_gate, &gate, NULL);
  int n_runs;

  background_call_watch (call, owner, see, &seen, seen_destroy);
  iterate_all ();
  n_runs = seen.n_runs;
  g_object_unref (owner);
  gate_open (&gate);
  background_call_get_return (call, PATIENCE, NULL);

  iterate_until (seen.n_destroyed == 1);
  iterate_all ();
  g_assert_cmpint (seen.n_runs, ==, n_runs);
}

static void
test_goes_with_an_owner_that_is_disposed_of (void)
{
  Seen seen = SEEN_INIT;
  g_autoptr (GObject) owner = owner_new ();
  g_autoptr (BackgroundPromise) promise = NULL;
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&promise, NULL, NULL);
  int n_runs;

  background_call_watch (call, owner, see, &seen, seen_destroy);
  iterate_all ();
  n_runs = seen.n_runs;
  g_object_run_dispose (owner);
  background_promise_return (promise, NULL);

  iterate_until (seen.n_destroyed == 1);
  iterate_all ();
  g_assert_cmpint (seen.n_runs, ==, n_runs);
}

static void
test_owner_takes_the_call_along (void)
{
  Seen     seen = SEEN_INIT;
  GObject *owner = owner_new ();
  g_autoptr (BackgroundPromise) promise = NULL;
  BackgroundCall *call = background_call_new_for_promise (&promise, NULL, NULL);

  background_call_watch (call, owner, see, &seen, seen_destroy);
  g_object_unref (call);
  g_assert_false (background_promise_is_cancelled (promise));
  g_object_unref (owner);

  iterate_until (background_promise_is_cancelled (promise));
  g_assert_cmpint (seen.n_destroyed, ==, 1);
}

static gpointer
unref_in_thread (gpointer data)
{
  g_object_unref (data);
  return NULL;
}

static void
test_owner_may_go_in_another_thread (void)
{
  Seen     seen = SEEN_INIT;
  GObject *owner = owner_new ();
  g_autoptr (BackgroundPromise) promise = NULL;
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&promise, NULL, NULL);

  background_call_watch (call, owner, see, &seen, seen_destroy);
  iterate_all ();
  g_thread_join (g_thread_new ("dropper", unref_in_thread, owner));
  g_assert_cmpint (seen.n_destroyed, ==, 0);

  iterate_until (seen.n_destroyed == 1);
}

typedef struct
{
  GObject *owner;
  gboolean owner_was_alive;
} Suicide;

static gboolean
drop_owner (BackgroundCall *call G_GNUC_UNUSED, gpointer user_data)
{
  Suicide *suicide = user_data;
  GObject *owner = suicide->owner;

  g_object_add_weak_pointer (suicide->owner, (gpointer *) &suicide->owner);
  g_object_unref (owner);
  suicide->owner_was_alive = suicide->owner != NULL;

  return G_SOURCE_CONTINUE;
}

static void
test_owner_dropped_by_the_callback_lives_until_it_returns (void)
{
  Suicide suicide = { .owner = owner_new () };
  g_autoptr (BackgroundCall) call = background_call_new (return_data, NULL, NULL);

  background_call_watch (call, suicide.owner, drop_owner, &suicide, NULL);

  iterate_until (suicide.owner == NULL);
  g_assert_true (suicide.owner_was_alive);
}

static void
test_unwatch_ends_it_at_once (void)
{
  Seen seen = SEEN_INIT;
  g_autoptr (GObject) owner = owner_new ();
  g_autoptr (BackgroundPromise) promise = NULL;
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&promise, NULL, NULL);
  guint id = background_call_watch (call, owner, see, &seen, seen_destroy);

  background_promise_return (promise, NULL);
  background_call_unwatch (call, id);
  g_assert_cmpint (seen.n_destroyed, ==, 1);

  iterate_all ();
  g_assert_cmpint (seen.n_runs, ==, 0);
}

typedef struct
{
  guint ids[3];
  int   n_runs;
} Trio;

static gboolean
unwatch_all (BackgroundCall *call, gpointer user_data)
{
  Trio *trio = user_data;

  trio->n_runs++;
  for (guint i = 0; i < G_N_ELEMENTS (trio->ids); i++)
    background_call_unwatch (call, trio->ids[i]);

  return G_SOURCE_CONTINUE;
}

static void
test_watches_may_end_each_other (void)
{
  Trio trio = { 0 };
  g_autoptr (BackgroundCall) call = background_call_new (return_data, NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (trio.ids); i++)
    trio.ids[i] = background_call_watch (call, NULL, unwatch_all, &trio, NULL);

  iterate_until (trio.n_runs > 0);
  iterate_all ();
  g_assert_cmpint (trio.n_runs, ==, 1);
}

/* Runs a main loop of its own, as a modal dialog does. */
typedef struct
{
  BackgroundPromise *other;
  Seen               other_seen;
  BackgroundPromise *own;
  int                n_running;
  int                n_runs;
  gboolean           is_done;
} Modal;

static gboolean
run_nested (BackgroundCall *call, gpointer user_data)
{
  Modal *modal = user_data;

  g_assert_cmpint (modal->n_running, ==, 0);
  modal->n_running++;
  if (modal->n_runs++ == 0)
    {
      background_promise_return (modal->own, NULL);
      background_promise_return (modal->other, NULL);
      iterate_until (modal->other_seen.n_destroyed == 1);
    }
  modal->n_running--;
  modal->is_done = background_call_is_done (call) != BACKGROUND_CALL_RUNNING;

  return G_SOURCE_CONTINUE;
}

static void
test_nested_loop_serves_the_others_and_loses_nothing (void)
{
  Modal modal = { .other_seen = SEEN_INIT };
  g_autoptr (BackgroundCall)
      own = background_call_new_for_promise (&modal.own, NULL, NULL);
  g_autoptr (BackgroundCall)
      other = background_call_new_for_promise (&modal.other, NULL, NULL);

  background_call_watch (own, NULL, run_nested, &modal, NULL);
  background_call_watch (other, NULL, see, &modal.other_seen, seen_destroy);
  iterate_all ();
  background_promise_report_progress (modal.own, 0.5);

  /* Its own return came while it was running: it is told after that, and not inside. */
  iterate_until (modal.n_runs >= 2);
  g_assert_true (modal.is_done);

  background_promise_unref (modal.own);
  background_promise_unref (modal.other);
}

static gboolean
be_slow (BackgroundCall *call, gpointer user_data)
{
  gint64 end = g_get_monotonic_time () + G_TIME_SPAN_MILLISECOND;

  if (!background_call_is_done (call))
    return G_SOURCE_CONTINUE;

  while (g_get_monotonic_time () < end)
    ;
  (*(int *) user_data)++;

  return G_SOURCE_REMOVE;
}

static void
test_flood_comes_in_slices (void)
{
  int n_seen = 0, most_at_once = 0;

  for (int i = 0; i < 100; i++)
    {
      BackgroundPromise *promise = NULL;
      g_autoptr (BackgroundCall)
          call = background_call_new_for_promise (&promise, NULL, NULL);

      background_call_watch (call, NULL, be_slow, &n_seen, NULL);
      background_promise_return (promise, NULL);
      background_promise_unref (promise);
    }

  while (n_seen < 100)
    {
      int before = n_seen;

      g_main_context_iteration (NULL, FALSE);
      most_at_once = MAX (most_at_once, n_seen - before);
    }

  /* Each takes a millisecond, and a slice has four. */
  g_assert_cmpint (most_at_once, <=, 5);
}

/* What waits for longer than this goes before the drawing. */
#define OVERDUE (100 * G_TIME_SPAN_MILLISECOND)

static gboolean
count_high (gpointer user_data)
{
  (*(int *) user_data)++;
  return G_SOURCE_CONTINUE;
}

/* Whether ten iterations with drawing to do were all for it; undecided if they took so
 * long that the watch was overdue. */
static gboolean
draw_ten_times (void)
{
  Seen     seen = SEEN_INIT;
  int      n_drawn = 0;
  gint64   start;
  gboolean is_in_time;
  guint    drawing;
  g_autoptr (BackgroundCall) call = background_call_new (return_data, NULL, NULL);

  background_call_get_return (call, PATIENCE, NULL);
  start = g_get_monotonic_time ();
  background_call_watch (call, NULL, see, &seen, seen_destroy);

  /* GTK draws at this priority. */
  drawing = g_idle_add_full (G_PRIORITY_HIGH_IDLE + 20, count_high, &n_drawn, NULL);
  for (int i = 0; i < 10; i++)
    g_main_context_iteration (NULL, FALSE);
  is_in_time = g_get_monotonic_time () - start < OVERDUE;
  if (is_in_time)
    {
      g_assert_cmpint (n_drawn, ==, 10);
      g_assert_cmpint (seen.n_runs, ==, 0);
    }

  g_source_remove (drawing);
  iterate_until (seen.n_destroyed == 1);

  return is_in_time;
}

static void
test_drawing_goes_first (void)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  while (!draw_ten_times ())
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
}

static void
test_drawing_without_a_pause_does_not_hold_it_up (void)
{
  Seen  seen = SEEN_INIT;
  int   n_drawn = 0;
  guint drawing = g_idle_add_full (G_PRIORITY_HIGH_IDLE + 20, count_high, &n_drawn, NULL);
  g_autoptr (BackgroundCall) call = background_call_new (return_data, NULL, NULL);

  background_call_watch (call, NULL, see, &seen, seen_destroy);

  iterate_until (seen.n_destroyed == 1);
  g_assert_cmpint (n_drawn, >, 0);
  g_source_remove (drawing);
}

#define N_RESULTS 2000

static _Atomic (int) n_results_freed;

static void
free_result (gpointer data)
{
  atomic_fetch_add (&n_results_freed, 1);
  g_free (data);
}

static gpointer
report_results (BackgroundPromise *promise,
                gpointer           data G_GNUC_UNUSED,
                GError           **error G_GNUC_UNUSED)
{
  for (int i = 0; i < N_RESULTS; i++)
    {
      int *result = g_new (int, 1);

      *result = i;
      background_promise_report_result (promise, result, free_result);
      if (i % 500 == 0)
        g_usleep (1000);
    }

  return NULL;
}

typedef struct
{
  int      n_seen;
  int      n_batches;
  gboolean is_over;
} Harvest;

static gboolean
harvest_cb (BackgroundCall *call, gpointer data)
{
  Harvest   *harvest = data;
  gboolean   is_done = background_call_is_done (call) != BACKGROUND_CALL_RUNNING;
  GPtrArray *results = background_call_take_results (call);

  if (results != NULL)
    {
      harvest->n_batches++;
      for (guint i = 0; i < results->len; i++)
        g_assert_cmpint (*(int *) results->pdata[i], ==, harvest->n_seen++);
      g_ptr_array_unref (results);
    }
  harvest->is_over = is_done;

  return !is_done;
}

static void
test_interim_results_come_in_order_and_in_batches (void)
{
  Harvest harvest = { 0 };
  g_autoptr (BackgroundCall) call = background_call_new (report_results, NULL, NULL);

  atomic_store (&n_results_freed, 0);
  background_call_watch (call, NULL, harvest_cb, &harvest, NULL);
  iterate_until (harvest.is_over);

  g_assert_cmpint (harvest.n_seen, ==, N_RESULTS);
  g_assert_cmpint (harvest.n_batches, <, N_RESULTS / 10);
  g_assert_cmpint (n_results_freed, ==, N_RESULTS);
}

static void
test_interim_results_that_nobody_takes_are_freed (void)
{
  BackgroundCall *call = background_call_new (report_results, NULL, NULL);

  atomic_store (&n_results_freed, 0);
  background_call_get_return (call, PATIENCE, NULL);
  g_object_unref (call);
  iterate_until (n_results_freed == N_RESULTS);
}

typedef struct
{
  BackgroundCall *call;
  gpointer        value;
  GError         *error;
  gboolean        is_over;
} Wait;

static void
waited_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  wait->value = background_call_wait_finish (BACKGROUND_CALL (source), result,
                                             &wait->error);
  wait->is_over = TRUE;
}

static void
test_wait_async (void)
{
  g_autoptr (BackgroundCall) call = background_call_new (return_data, "data", NULL);
  Wait wait = { .call = call };
  Wait again = { .call = call };

  background_call_wait_async (call, NULL, waited_cb, &wait);
  iterate_until (wait.is_over);
  g_assert_no_error (wait.error);
  g_assert_cmpstr (wait.value, ==, "data");

  /* It never calls back at once. */
  background_call_wait_async (call, NULL, waited_cb, &again);
  g_assert_false (again.is_over);
  iterate_until (again.is_over);
  g_assert_cmpstr (again.value, ==, "data");
}

static void
test_cancelled_wait_leaves_the_call_alone (void)
{
  BackgroundPromise *promise;
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&promise, NULL, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Wait wait = { .call = call };

  background_call_wait_async (call, cancellable, waited_cb, &wait);
  g_cancellable_cancel (cancellable);
  iterate_until (wait.is_over);
  g_assert_error (wait.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&wait.error);

  g_assert_cmpint (background_call_is_done (call), ==, BACKGROUND_CALL_RUNNING);
  background_promise_return (promise, "data");
  background_promise_unref (promise);
  g_assert_cmpstr (background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, NULL), ==,
                   "data");
}

/* A thread with a main context of its own. */
static gpointer
call_in_own_context (gpointer data G_GNUC_UNUSED)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Seen   seen = SEEN_INIT;
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  g_main_context_push_thread_default (context);
  {
    g_autoptr (BackgroundCall) call = background_call_new (return_data, NULL, NULL);

    background_call_watch (call, NULL, see, &seen, seen_destroy);
    while (seen.n_destroyed == 0 && g_get_monotonic_time () < deadline)
      g_main_context_iteration (context, FALSE);
  }
  g_main_context_pop_thread_default (context);

  g_assert_cmpint (seen.state, ==, BACKGROUND_CALL_RETURNED);
  g_assert_cmpint (seen.n_destroyed, ==, 1);

  return NULL;
}

static void
test_runs_in_the_context_of_the_caller (void)
{
  g_thread_join (g_thread_new ("caller", call_in_own_context, NULL));
}

typedef struct
{
  BackgroundPromise *promise;
  Seen               seen;
} Orphan;

static gpointer
call_and_leave (gpointer data)
{
  Orphan *orphan = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (BackgroundCall) call = NULL;

  g_main_context_push_thread_default (context);
  call = background_call_new_for_promise (&orphan->promise, NULL, NULL);
  background_call_watch (call, NULL, see, &orphan->seen, seen_destroy);
  g_main_context_pop_thread_default (context);

  return NULL;
}

static void
test_context_that_is_gone_gets_no_callback (void)
{
  Orphan orphan = { .seen = SEEN_INIT };

  g_thread_join (g_thread_new ("leaver", call_and_leave, &orphan));
  background_promise_return (orphan.promise, NULL);
  background_promise_unref (orphan.promise);

  /* But what must be cleaned up is. */
  iterate_until (orphan.seen.n_destroyed == 1);
  g_assert_cmpint (orphan.seen.n_runs, ==, 0);
}

static gpointer
watch_in_thread (gpointer data)
{
  gpointer *call_and_seen = data;

  background_call_watch (call_and_seen[0], NULL, see, call_and_seen[1], seen_destroy);

  return NULL;
}

static void
test_asked_for_elsewhere_runs_in_the_calls_context (void)
{
  Seen seen = SEEN_INIT;
  g_autoptr (BackgroundCall) call = background_call_new (return_data, NULL, NULL);
  gpointer call_and_seen[] = { call, &seen };
  GThread *thread = g_thread_new ("watcher", watch_in_thread, call_and_seen);

  iterate_until (seen.n_destroyed == 1);
  g_thread_join (thread);
  g_assert_cmpint (seen.state, ==, BACKGROUND_CALL_RETURNED);
}

/* A function that makes a call itself, on the thread of the pool. */
static gpointer
call_another (BackgroundPromise *promise G_GNUC_UNUSED, gpointer data, GError **error)
{
  g_autoptr (BackgroundCall) call = background_call_new (return_data, data, NULL);

  return background_call_get_return (call, PATIENCE, error);
}

static void
test_a_worker_may_call (void)
{
  Seen seen = SEEN_INIT;
  g_autoptr (BackgroundCall) call = background_call_new (call_another, "value", NULL);

  background_call_watch (call, NULL, see, &seen, seen_destroy);

  iterate_until (seen.n_destroyed == 1);
  g_assert_cmpstr (background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, NULL), ==,
                   "value");
}

static void
test_ten_thousand (void)
{
  enum
  {
    N = 10000
  };
  Seen seen = SEEN_INIT;

  for (int i = 0; i < N; i++)
    {
      g_autoptr (BackgroundCall) call = background_call_new (return_data, NULL, NULL);

      background_call_watch (call, NULL, see, &seen, seen_destroy);
    }

  iterate_until (seen.n_destroyed == N);
}

/* What has been notified, in the thread that it must be in. */
typedef struct
{
  GThread            *thread;
  int                 n_states;
  int                 n_progresses;
  BackgroundCallState state;
  double              progress;
} Heard;

static void
hear_cb (GObject *call, GParamSpec *property, gpointer data)
{
  Heard *heard = data;

  g_assert_true (g_thread_self () == heard->thread);
  g_object_get (call, "state", &heard->state, "progress", &heard->progress, NULL);
  if (g_str_equal (property->name, "state"))
    heard->n_states++;
  else
    heard->n_progresses++;
}

static BackgroundCall *
call_to_hear (BackgroundPromise **promise, Heard *heard)
{
  BackgroundCall *call = background_call_new_for_promise (promise, NULL, NULL);

  *heard = (Heard){ .thread = g_thread_self () };
  g_signal_connect (call, "notify", G_CALLBACK (hear_cb), heard);

  return call;
}

static gpointer
report_and_return (gpointer promise)
{
  background_promise_report_progress (promise, 0.5);
  background_promise_return (promise, NULL);

  return NULL;
}

static void
test_changes_are_notified (void)
{
  Heard heard;
  g_autoptr (BackgroundPromise) promise = NULL;
  g_autoptr (BackgroundCall) call = call_to_hear (&promise, &heard);

  background_call_notify_changes (call);
  background_promise_report_progress (promise, 0.25);
  iterate_until (heard.n_progresses == 1);
  g_assert_cmpfloat (heard.progress, ==, 0.25);
  g_assert_cmpint (heard.n_states, ==, 0);

  g_thread_join (g_thread_new ("worker", report_and_return, promise));
  g_assert_cmpint (heard.n_states, ==, 0);
  iterate_until (heard.n_states == 1);
  g_assert_cmpint (heard.n_progresses, ==, 2);
  g_assert_cmpfloat (heard.progress, ==, 0.5);
  g_assert_cmpint (heard.state, ==, BACKGROUND_CALL_RETURNED);
  iterate_all ();
  g_assert_cmpint (heard.n_states + heard.n_progresses, ==, 3);
}

static void
test_changes_are_notified_late (void)
{
  Heard heard;
  g_autoptr (BackgroundPromise) promise = NULL;
  g_autoptr (BackgroundCall) call = call_to_hear (&promise, &heard);

  report_and_return (promise);
  iterate_all ();
  g_assert_cmpint (heard.n_states, ==, 0);

  background_call_notify_changes (call);
  g_assert_cmpint (heard.n_states, ==, 0);
  iterate_until (heard.n_states == 1);
}

/* The one who listens does not keep the call: it is cancelled when it is dropped. */
static void
test_notifying_keeps_no_call (void)
{
  Heard heard;
  g_autoptr (BackgroundPromise) promise = NULL;
  BackgroundCall *call = call_to_hear (&promise, &heard);

  background_call_notify_changes (call);
  background_promise_report_progress (promise, 0.5);
  g_object_add_weak_pointer (G_OBJECT (call), (gpointer *) &call);
  g_object_unref (call);

  g_assert_null (call);
  g_assert_true (background_promise_is_cancelled (promise));
  iterate_all ();
  g_assert_cmpint (heard.n_states + heard.n_progresses, ==, 0);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/watch/sees-the-return", test_sees_the_return);
  g_test_add_func ("/watch/sees-progress-then-the-return",
                   test_sees_progress_then_the_return);
  g_test_add_func ("/watch/added-after-the-end-still-runs",
                   test_added_after_the_end_still_runs);
  g_test_add_func ("/watch/keeps-the-call", test_keeps_the_call);
  g_test_add_func ("/watch/ends-when-it-wants", test_ends_when_it_wants);
  g_test_add_func ("/watch/sleeps-while-nothing-happens",
                   test_sleeps_while_nothing_happens);
  g_test_add_func ("/watch/progress/from-before-is-seen",
                   test_progress_from_before_is_seen);
  g_test_add_func ("/watch/progress/wakes-for-the-next-frame-only",
                   test_progress_wakes_for_the_next_frame_only);
  g_test_add_func ("/watch/progress/is-seen-once-a-frame-at-most",
                   test_progress_is_seen_once_a_frame_at_most);
  g_test_add_func ("/watch/owner/takes-the-watch-along", test_goes_with_its_owner);
  g_test_add_func ("/watch/owner/disposed-of-takes-the-watch-along",
                   test_goes_with_an_owner_that_is_disposed_of);
  g_test_add_func ("/watch/owner/takes-the-call-along", test_owner_takes_the_call_along);
  g_test_add_func ("/watch/owner/may-go-in-another-thread",
                   test_owner_may_go_in_another_thread);
  g_test_add_func ("/watch/owner/lives-until-the-callback-returns",
                   test_owner_dropped_by_the_callback_lives_until_it_returns);
  g_test_add_func ("/watch/unwatch/ends-it-at-once", test_unwatch_ends_it_at_once);
  g_test_add_func ("/watch/unwatch/each-other", test_watches_may_end_each_other);
  g_test_add_func ("/watch/nested-loop/serves-the-others-and-loses-nothing",
                   test_nested_loop_serves_the_others_and_loses_nothing);
  g_test_add_func ("/watch/flood-comes-in-slices", test_flood_comes_in_slices);
  g_test_add_func ("/watch/drawing-goes-first", test_drawing_goes_first);
  g_test_add_func ("/watch/drawing-without-a-pause-does-not-hold-it-up",
                   test_drawing_without_a_pause_does_not_hold_it_up);
  g_test_add_func ("/watch/notify/changes", test_changes_are_notified);
  g_test_add_func ("/watch/notify/late", test_changes_are_notified_late);
  g_test_add_func ("/watch/notify/keeps-no-call", test_notifying_keeps_no_call);
  g_test_add_func ("/watch/interim-results/in-order-and-in-batches",
                   test_interim_results_come_in_order_and_in_batches);
  g_test_add_func ("/watch/interim-results/that-nobody-takes-are-freed",
                   test_interim_results_that_nobody_takes_are_freed);
  g_test_add_func ("/watch/wait-async/waits", test_wait_async);
  g_test_add_func ("/watch/wait-async/cancelled",
                   test_cancelled_wait_leaves_the_call_alone);
  g_test_add_func ("/watch/context/of-the-caller",
                   test_runs_in_the_context_of_the_caller);
  g_test_add_func ("/watch/context/gone-gets-no-callback",
                   test_context_that_is_gone_gets_no_callback);
  g_test_add_func ("/watch/context/asked-for-elsewhere",
                   test_asked_for_elsewhere_runs_in_the_calls_context);
  g_test_add_func ("/watch/a-worker-may-call", test_a_worker_may_call);
  g_test_add_func ("/watch/ten-thousand", test_ten_thousand);

  status = g_test_run ();

  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();

  return status;
}
