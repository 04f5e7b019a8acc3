/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* BackgroundPool: threads that grow on demand, up to a bound, and never starve. */

#include <dlfcn.h>
#include <stdatomic.h>
#include <sys/resource.h>

#include "backgroundcall/backgroundcall.h"
#include "gate.h"

/* The system's refusal to start a thread: this stands before GLib's function. */
static _Atomic (gboolean) threads_are_refused = FALSE;

GThread *
g_thread_try_new (const char *name, GThreadFunc func, gpointer data, GError **error)
{
  GThread *(*next) (const char *, GThreadFunc, gpointer,
                    GError **) = dlsym (RTLD_NEXT, "g_thread_try_new");

  if (threads_are_refused)
    {
      g_set_error_literal (error, G_THREAD_ERROR, G_THREAD_ERROR_AGAIN, "None left");
      return NULL;
    }

  return next (name, func, data, error);
}

static gpointer
pass_gate (BackgroundPromise *promise G_GNUC_UNUSED,
           gpointer           data,
           GError           **error G_GNUC_UNUSED)
{
  gate_pass (data);
  return "passed";
}

static BackgroundCall *
call_in (BackgroundPool *pool, BackgroundFunc func, gpointer data)
{
  return background_call_new_full (func, data, NULL, NULL, NULL, G_PRIORITY_DEFAULT,
                                   pool);
}

static void
test_grows_at_once (void)
{
  Gate gate = GATE_INIT;
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);

  for (int i = 0; i < BACKGROUND_POOL_DEFAULT_MAX_THREADS; i++)
    g_ptr_array_add (calls, call_in (NULL, pass_gate, &gate));

  /* All of them run, though none has returned. */
  gate_await (&gate, BACKGROUND_POOL_DEFAULT_MAX_THREADS);

  gate_open (&gate);
  for (guint i = 0; i < calls->len; i++)
    background_call_get_return (calls->pdata[i], PATIENCE, NULL);
}

typedef struct
{
  _Atomic (int) n_running;
  _Atomic (int) most_running;
} Crowd;

static gpointer
join_crowd (BackgroundPromise *promise G_GNUC_UNUSED,
            gpointer           data,
            GError           **error G_GNUC_UNUSED)
{
  Crowd *crowd = data;
  int    n = atomic_fetch_add (&crowd->n_running, 1) + 1;
  int    most = atomic_load (&crowd->most_running);

  while (n > most && !atomic_compare_exchange_weak (&crowd->most_running, &most, n))
    ;
  g_usleep (1000);
  atomic_fetch_sub (&crowd->n_running, 1);

  return NULL;
}

static gpointer
count_in_crowd (BackgroundPromise *promise G_GNUC_UNUSED,
                gpointer           data,
                GError           **error G_GNUC_UNUSED)
{
  Crowd *crowd = data;

  atomic_fetch_add (&crowd->n_running, 1);

  return NULL;
}

static void
test_is_bounded (void)
{
  Crowd crowd = { 0 };
  g_autoptr (BackgroundPool) pool = background_pool_new ("three", 3);
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);

  for (int i = 0; i < 50; i++)
    g_ptr_array_add (calls, call_in (pool, join_crowd, &crowd));
  for (guint i = 0; i < calls->len; i++)
    background_call_get_return (calls->pdata[i], PATIENCE, NULL);

  g_assert_cmpint (crowd.most_running, <=, 3);
}

static gpointer
get_niceness (BackgroundPromise *promise G_GNUC_UNUSED,
              gpointer           data G_GNUC_UNUSED,
              GError           **error G_GNUC_UNUSED)
{
  return GINT_TO_POINTER (getpriority (PRIO_PROCESS, 0));
}

static void
test_threads_give_way (void)
{
#ifdef __linux__
  g_autoptr (BackgroundPool) nice = background_pool_new ("nice", 1);
  g_autoptr (BackgroundPool) other = background_pool_new ("other", 1);
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (BackgroundCall) other_call = NULL;
  int own = getpriority (PRIO_PROCESS, 0);

  background_pool_set_niceness (nice, 5);
  call = call_in (nice, get_niceness, NULL);
  other_call = call_in (other, get_niceness, NULL);

  g_assert_cmpint (GPOINTER_TO_INT (background_call_get_return (call, PATIENCE, NULL)),
                   ==, MIN (own + 5, 19));
  g_assert_cmpint (
      GPOINTER_TO_INT (background_call_get_return (other_call, PATIENCE, NULL)), ==, own);
  g_assert_cmpint (getpriority (PRIO_PROCESS, 0), ==, own);
#else
  g_test_skip ("A thread has no niceness of its own here.");
#endif
}

/* Each waits for the next one, and so on. */
typedef struct
{
  BackgroundPool *pool;
  int             depth;
} Chain;

static gpointer
wait_for_the_next (BackgroundPromise *promise G_GNUC_UNUSED,
                   gpointer           data,
                   GError           **error)
{
  Chain *chain = data;
  Chain  next = { .pool = chain->pool, .depth = chain->depth - 1 };
  g_autoptr (BackgroundCall) call = NULL;

  if (chain->depth == 0)
    return GINT_TO_POINTER (1);

  call = call_in (chain->pool, wait_for_the_next, &next);

  return GINT_TO_POINTER (
      GPOINTER_TO_INT (background_call_get_return (call, PATIENCE, error)) + 1);
}

static void
test_calls_that_wait_for_calls_do_not_starve_it (void)
{
  g_autoptr (BackgroundPool) pool = background_pool_new ("one", 1);
  Chain chain = { .pool = pool, .depth = 100 };
  g_autoptr (BackgroundCall) call = call_in (pool, wait_for_the_next, &chain);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (GPOINTER_TO_INT (background_call_get_return (call, PATIENCE, &error)),
                   ==, 101);
  g_assert_no_error (error);
}

/* All at once, which fills the pool with calls that wait. */
static void
test_a_pool_full_of_waiting_calls_does_not_starve (void)
{
  g_autoptr (BackgroundPool) pool = background_pool_new ("two", 2);
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);
  Chain chain = { .pool = pool, .depth = 3 };

  for (int i = 0; i < 20; i++)
    g_ptr_array_add (calls, call_in (pool, wait_for_the_next, &chain));

  for (guint i = 0; i < calls->len; i++)
    g_assert_cmpint (
        GPOINTER_TO_INT (background_call_get_return (calls->pdata[i], PATIENCE, NULL)),
        ==, 4);
}

/* A wait within the hook of a wait: one thread waits, and counts as one. */
typedef struct
{
  BackgroundPool    *pool;
  BackgroundPromise *promise;
} Nested;

static gboolean
wait_for_another (BackgroundCall *call G_GNUC_UNUSED, gpointer data, GError **error)
{
  Nested *nested = data;
  Chain   chain = { .pool = nested->pool, .depth = 3 };
  g_autoptr (BackgroundCall) other = call_in (nested->pool, wait_for_the_next, &chain);

  if (background_call_get_return (other, PATIENCE, error) == NULL)
    return FALSE;

  background_promise_return (nested->promise, "answered");

  return TRUE;
}

static gpointer
wait_with_a_hook_that_waits (BackgroundPromise *promise G_GNUC_UNUSED,
                             gpointer           data,
                             GError           **error)
{
  Nested nested = { .pool = data };
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&nested.promise, NULL, NULL);
  gpointer value = background_call_get_return_with_hook (call, PATIENCE, wait_for_another,
                                                         &nested, error);

  background_promise_unref (nested.promise);

  return value;
}

static void
test_a_wait_within_a_wait_counts_once (void)
{
  g_autoptr (BackgroundPool) pool = background_pool_new ("one", 1);
  g_autoptr (BackgroundCall) call = call_in (pool, wait_with_a_hook_that_waits, pool);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (background_call_get_return (call, PATIENCE, &error), ==, "answered");
  g_assert_no_error (error);
}

/* Many threads push at once what is done at once, and all of it runs. */
static gpointer
push_many (gpointer data)
{
  Crowd *crowd = data;

  for (int i = 0; i < 2000; i++)
    {
      g_autoptr (BackgroundCall) call = background_call_new (count_in_crowd, crowd, NULL);

      background_call_detach (call);
      if (i % 100 == 0)
        g_usleep (300);
    }

  return NULL;
}

static void
test_nothing_pushed_is_left_behind (void)
{
  Crowd    crowd = { 0 };
  GThread *threads[4];
  gint64   deadline = g_get_monotonic_time () + PATIENCE;

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("push", push_many, &crowd);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);

  while (atomic_load (&crowd.n_running) < 8000)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (100);
    }
}

typedef struct
{
  GString *order;
  char     letter;
} Letter;

static gpointer
write_letter (BackgroundPromise *promise G_GNUC_UNUSED,
              gpointer           data,
              GError           **error G_GNUC_UNUSED)
{
  Letter *letter = data;

  g_string_append_c (letter->order, letter->letter);

  return NULL;
}

static void
test_priority_goes_before_order (void)
{
  Gate gate = GATE_INIT;
  g_autoptr (GString) order = g_string_new (NULL);
  g_autoptr (BackgroundPool) pool = background_pool_new ("one", 1);
  g_autoptr (BackgroundCall) busy G_GNUC_UNUSED = call_in (pool, pass_gate, &gate);
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);
  const struct
  {
    char letter;
    int  priority;
  } wanted[] = {
    { 'c', G_PRIORITY_DEFAULT }, { 'd', G_PRIORITY_DEFAULT }, { 'a', G_PRIORITY_HIGH },
    { 'e', G_PRIORITY_LOW },     { 'b', G_PRIORITY_HIGH },
  };
  Letter letters[G_N_ELEMENTS (wanted)];

  gate_await (&gate, 1);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      letters[i] = (Letter){ order, wanted[i].letter };
      g_ptr_array_add (calls,
                       background_call_new_full (write_letter, &letters[i], NULL, NULL,
                                                 NULL, wanted[i].priority, pool));
    }
  gate_open (&gate);
  for (guint i = 0; i < calls->len; i++)
    background_call_get_return (calls->pdata[i], PATIENCE, NULL);

  g_assert_cmpstr (order->str, ==, "abcde");
}

static void
test_thread_that_cannot_be_started_is_an_error (void)
{
  Gate gate = GATE_INIT;
  g_autoptr (BackgroundPool) pool = background_pool_new ("none", 4);
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (GError) error = NULL;

  threads_are_refused = TRUE;
  call = call_in (pool, pass_gate, &gate);
  threads_are_refused = FALSE;

  g_assert_null (background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, &error));
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_NO_THREAD);
  g_assert_cmpint (gate.n_arrived, ==, 0);
}

static void
test_with_a_thread_at_work_a_refused_one_only_delays (void)
{
  Gate gate = GATE_INIT;
  g_autoptr (BackgroundPool) pool = background_pool_new ("few", 4);
  g_autoptr (BackgroundCall) busy G_GNUC_UNUSED = call_in (pool, pass_gate, &gate);
  g_autoptr (BackgroundCall) call = NULL;

  gate_await (&gate, 1);
  threads_are_refused = TRUE;
  call = call_in (pool, pass_gate, &gate);
  threads_are_refused = FALSE;
  g_assert_cmpint (background_call_is_done (call), ==, BACKGROUND_CALL_RUNNING);

  gate_open (&gate);
  g_assert_cmpstr (background_call_get_return (call, PATIENCE, NULL), ==, "passed");
}

static gpointer
wait_where_threads_are_refused (BackgroundPromise *promise G_GNUC_UNUSED,
                                gpointer           data,
                                GError           **error)
{
  Gate gate = GATE_INIT;
  g_autoptr (BackgroundCall) call = call_in (data, pass_gate, &gate);

  gate_open (&gate);
  threads_are_refused = TRUE;
  background_call_get_return (call, BACKGROUND_CALL_WAIT_FOREVER, error);
  threads_are_refused = FALSE;

  return NULL;
}

static void
test_waiting_for_a_call_that_gets_no_thread_ends (void)
{
  g_autoptr (BackgroundPool) pool = background_pool_new ("one", 1);
  g_autoptr (BackgroundCall) call = call_in (pool, wait_where_threads_are_refused, pool);
  g_autoptr (GError) error = NULL;

  g_assert_null (background_call_get_return (call, PATIENCE, &error));
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_NO_THREAD);
}

static void
test_drain_waits_for_all (void)
{
  Crowd crowd = { 0 };

  for (int i = 0; i < 100; i++)
    {
      g_autoptr (BackgroundCall) call = call_in (NULL, join_crowd, &crowd);

      background_call_detach (call);
    }

  g_assert_true (background_pool_drain (PATIENCE));
  g_assert_cmpint (crowd.n_running, ==, 0);
  g_assert_cmpint (crowd.most_running, >=, 1);
  iterate_all ();
}

static void
test_drain_gives_up_in_time (void)
{
  Gate gate = GATE_INIT;
  g_autoptr (BackgroundCall) call G_GNUC_UNUSED = call_in (NULL, pass_gate, &gate);

  gate_await (&gate, 1);
  g_assert_false (background_pool_drain (1000));

  gate_open (&gate);
  g_assert_true (background_pool_drain (PATIENCE));
}

/* One thread has ended meanwhile, the other has not, and then the pool goes. */
static void
test_drain_that_gives_up_leaves_nothing_behind (void)
{
  Gate            slow = GATE_INIT;
  Gate            quick = GATE_INIT;
  BackgroundPool *pool = background_pool_new ("two", 2);
  g_autoptr (BackgroundCall) one = call_in (pool, pass_gate, &slow);
  g_autoptr (BackgroundCall) two = call_in (pool, pass_gate, &quick);

  gate_await (&slow, 1);
  gate_await (&quick, 1);
  gate_open (&quick);
  background_call_get_return (two, PATIENCE, NULL);
  g_assert_false (background_pool_drain (20 * G_TIME_SPAN_MILLISECOND));

  background_pool_unref (pool);
  gate_open (&slow);
  background_call_get_return (one, PATIENCE, NULL);
  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
}

static gpointer
return_late (BackgroundPromise *promise G_GNUC_UNUSED,
             gpointer           data,
             GError           **error G_GNUC_UNUSED)
{
  g_usleep (20 * G_TIME_SPAN_MILLISECOND);

  return data;
}

static gpointer
open_a_little_later (gpointer gate)
{
  g_usleep (20 * G_TIME_SPAN_MILLISECOND);
  gate_open (gate);

  return NULL;
}

typedef struct
{
  Gate            gate;
  BackgroundPool *pool;
} Late;

static gpointer
call_in_another_pool (BackgroundPromise *promise G_GNUC_UNUSED,
                      gpointer           data,
                      GError           **error G_GNUC_UNUSED)
{
  Late *late = data;

  gate_pass (&late->gate);

  return call_in (late->pool, return_late, NULL);
}

/* Pools are drained one after the other, and the newest is the first. */
static void
test_drain_waits_for_what_is_called_meanwhile (void)
{
  g_autoptr (BackgroundPool) older = background_pool_new ("older", 1);
  g_autoptr (BackgroundPool) newer = background_pool_new ("newer", 1);
  Late late = { .gate = GATE_INIT, .pool = newer };
  g_autoptr (BackgroundCall) outer = call_in (older, call_in_another_pool, &late);
  g_autoptr (BackgroundCall) inner = NULL;
  GThread *thread;

  gate_await (&late.gate, 1);
  thread = g_thread_new ("opener", open_a_little_later, &late.gate);
  g_assert_true (background_pool_drain (PATIENCE));
  g_thread_join (thread);

  inner = background_call_get_return (outer, BACKGROUND_CALL_NO_WAIT, NULL);
  g_assert_cmpint (background_call_is_done (inner), ==, BACKGROUND_CALL_RETURNED);
}

static void
test_works_again_after_drain (void)
{
  Gate gate = GATE_INIT;
  g_autoptr (BackgroundCall) call = NULL;

  g_assert_true (background_pool_drain (PATIENCE));
  gate_open (&gate);
  call = call_in (NULL, pass_gate, &gate);

  g_assert_cmpstr (background_call_get_return (call, PATIENCE, NULL), ==, "passed");
}

static void
test_dropped_pool_still_runs_what_was_asked (void)
{
  Gate            gate = GATE_INIT;
  BackgroundPool *pool = background_pool_new ("short-lived", 1);
  g_autoptr (BackgroundCall) first = call_in (pool, pass_gate, &gate);
  g_autoptr (BackgroundCall) second = call_in (pool, pass_gate, &gate);

  background_pool_unref (pool);
  gate_open (&gate);

  g_assert_cmpstr (background_call_get_return (first, PATIENCE, NULL), ==, "passed");
  g_assert_cmpstr (background_call_get_return (second, PATIENCE, NULL), ==, "passed");
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pool/grows-at-once", test_grows_at_once);
  g_test_add_func ("/pool/is-bounded", test_is_bounded);
  g_test_add_func ("/pool/threads-give-way", test_threads_give_way);
  g_test_add_func ("/pool/nested/does-not-starve",
                   test_calls_that_wait_for_calls_do_not_starve_it);
  g_test_add_func ("/pool/nested/full-pool-does-not-starve",
                   test_a_pool_full_of_waiting_calls_does_not_starve);
  g_test_add_func ("/pool/nested/counts-once", test_a_wait_within_a_wait_counts_once);
  g_test_add_func ("/pool/nothing-is-left-behind", test_nothing_pushed_is_left_behind);
  g_test_add_func ("/pool/priority-goes-before-order", test_priority_goes_before_order);
  g_test_add_func ("/pool/no-thread/is-an-error",
                   test_thread_that_cannot_be_started_is_an_error);
  g_test_add_func ("/pool/no-thread/beside-one-at-work-only-delays",
                   test_with_a_thread_at_work_a_refused_one_only_delays);
  g_test_add_func ("/pool/no-thread/ends-the-waiting",
                   test_waiting_for_a_call_that_gets_no_thread_ends);
  g_test_add_func ("/pool/drain/waits-for-all", test_drain_waits_for_all);
  g_test_add_func ("/pool/drain/gives-up-in-time", test_drain_gives_up_in_time);
  g_test_add_func ("/pool/drain/leaves-nothing-behind",
                   test_drain_that_gives_up_leaves_nothing_behind);
  g_test_add_func ("/pool/drain/waits-for-what-is-called-meanwhile",
                   test_drain_waits_for_what_is_called_meanwhile);
  g_test_add_func ("/pool/drain/works-again-afterwards", test_works_again_after_drain);
  g_test_add_func ("/pool/dropped-still-runs-what-was-asked",
                   test_dropped_pool_still_runs_what_was_asked);

  status = g_test_run ();

  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();

  return status;
}
