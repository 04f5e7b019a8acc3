/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * How fast the layer is, against what one would use otherwise. Each line is a ratio to a
 * peer that was measured in the same run, in turns with it, as machines are noisy: the
 * median of several rounds.
 *
 * Usage: benchmark-layer [PART OF A NAME]...
 */

#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "backgroundcall/backgroundcall.h"

#define N_ROUNDS 9

static gint64
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);

  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

static int
compare_doubles (const void *a, const void *b)
{
  double difference = *(const double *) a - *(const double *) b;

  return (difference > 0) - (difference < 0);
}

/* Of sorted values. */
static double
quantile_of (double *values, guint n, double quantile)
{
  return values[MIN (n - 1, (guint) (quantile * n))];
}

static double
median_of (double *values, guint n)
{
  qsort (values, n, sizeof *values, compare_doubles);

  return quantile_of (values, n, 0.5);
}

/* Seconds of one round. */
typedef double (*Round) (void);

static double
median_ratio (Round   ours,
              Round   peer,
              int     n_rounds,
              double *our_median,
              double *peer_median)
{
  double our_times[N_ROUNDS];
  double peer_times[N_ROUNDS];

  g_assert (n_rounds <= N_ROUNDS);
  for (int i = 0; i < n_rounds; i++)
    {
      our_times[i] = ours ();
      peer_times[i] = peer ();
    }
  *our_median = median_of (our_times, n_rounds);
  *peer_median = median_of (peer_times, n_rounds);

  return *our_median / *peer_median;
}

static void
compare (const char *what,
         const char *goal,
         Round       ours,
         const char *peer_name,
         Round       peer,
         int         n_rounds)
{
  double our_median;
  double peer_median;
  double ratio = median_ratio (ours, peer, n_rounds, &our_median, &peer_median);

  g_print ("%-46s %10.3f ms; %-22s %10.3f ms: %.3f x (goal %s)\n", what, our_median * 1e3,
           peer_name, peer_median * 1e3, ratio, goal);
}

/* What runs in the background. */

static gpointer
return_at_once (BackgroundPromise *promise G_GNUC_UNUSED,
                gpointer           data,
                GError           **error G_GNUC_UNUSED)
{
  return data;
}

static gpointer
return_after_sleep (BackgroundPromise *promise G_GNUC_UNUSED,
                    gpointer           data,
                    GError           **error G_GNUC_UNUSED)
{
  g_usleep (GPOINTER_TO_SIZE (data));

  return data;
}

static void
task_return_at_once (GTask        *task,
                     gpointer      source G_GNUC_UNUSED,
                     gpointer      data G_GNUC_UNUSED,
                     GCancellable *cancellable G_GNUC_UNUSED)
{
  g_task_return_pointer (task, NULL, NULL);
}

static void
task_return_after_sleep (GTask        *task,
                         gpointer      source G_GNUC_UNUSED,
                         gpointer      data,
                         GCancellable *cancellable G_GNUC_UNUSED)
{
  g_usleep (GPOINTER_TO_SIZE (data));
  g_task_return_pointer (task, NULL, NULL);
}

/* One call. */

static gboolean
count_down_call (BackgroundCall *call G_GNUC_UNUSED, gpointer n_left)
{
  (*(int *) n_left)--;

  return G_SOURCE_REMOVE;
}

static void
count_down_task (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer n_left)
{
  g_task_propagate_pointer (G_TASK (result), NULL);
  (*(int *) n_left)--;
}

static double
one_call (void)
{
  gint64 start = now_ns ();

  for (int i = 0; i < 1000; i++)
    {
      int             n_left = 1;
      BackgroundCall *call = background_call_new (return_at_once, NULL, NULL);

      background_call_watch (call, NULL, count_down_call, &n_left, NULL);
      g_object_unref (call);
      while (n_left > 0)
        g_main_context_iteration (NULL, TRUE);
    }

  return (now_ns () - start) / 1e9 / 1000;
}

static double
one_task (void)
{
  gint64 start = now_ns ();

  for (int i = 0; i < 1000; i++)
    {
      int    n_left = 1;
      GTask *task = g_task_new (NULL, NULL, count_down_task, &n_left);

      g_task_run_in_thread (task, task_return_at_once);
      g_object_unref (task);
      while (n_left > 0)
        g_main_context_iteration (NULL, TRUE);
    }

  return (now_ns () - start) / 1e9 / 1000;
}

static void
measure_one_call (void)
{
  compare ("one call, to its callback", "<= 0.8", one_call, "GTask", one_task, N_ROUNDS);
}

/* Many at once. */

#define MANY 100000

static double
many_calls (void)
{
  int    n_left = MANY;
  gint64 start = now_ns ();

  for (int i = 0; i < MANY; i++)
    {
      BackgroundCall *call = background_call_new (return_at_once, NULL, NULL);

      background_call_watch (call, NULL, count_down_call, &n_left, NULL);
      g_object_unref (call);
    }
  while (n_left > 0)
    g_main_context_iteration (NULL, TRUE);

  return (now_ns () - start) / 1e9;
}

static double
many_tasks (void)
{
  int    n_left = MANY;
  gint64 start = now_ns ();

  for (int i = 0; i < MANY; i++)
    {
      GTask *task = g_task_new (NULL, NULL, count_down_task, &n_left);

      g_task_run_in_thread (task, task_return_at_once);
      g_object_unref (task);
    }
  while (n_left > 0)
    g_main_context_iteration (NULL, TRUE);

  return (now_ns () - start) / 1e9;
}

/* Without a main loop: all have run. */
static _Atomic (int) n_ran;

static void
count_in_thread_pool (gpointer data G_GNUC_UNUSED, gpointer user_data G_GNUC_UNUSED)
{
  atomic_fetch_add (&n_ran, 1);
}

static gpointer
count_in_call (BackgroundPromise *promise G_GNUC_UNUSED,
               gpointer           data G_GNUC_UNUSED,
               GError           **error G_GNUC_UNUSED)
{
  atomic_fetch_add (&n_ran, 1);

  return NULL;
}

static double
many_detached_calls (void)
{
  gint64 start = now_ns ();

  atomic_store (&n_ran, 0);
  for (int i = 0; i < MANY; i++)
    {
      BackgroundCall *call = background_call_new (count_in_call, NULL, NULL);

      background_call_detach (call);
      g_object_unref (call);
    }
  while (atomic_load (&n_ran) < MANY)
    g_usleep (50);

  return (now_ns () - start) / 1e9;
}

static double
many_pushes (void)
{
  GThreadPool *pool = g_thread_pool_new (count_in_thread_pool, NULL, 64, FALSE, NULL);
  gint64       start = now_ns ();
  double       seconds;

  atomic_store (&n_ran, 0);
  for (int i = 0; i < MANY; i++)
    g_thread_pool_push (pool, GINT_TO_POINTER (i + 1), NULL);
  while (atomic_load (&n_ran) < MANY)
    g_usleep (50);
  seconds = (now_ns () - start) / 1e9;
  g_thread_pool_free (pool, FALSE, TRUE);

  return seconds;
}

static void
measure_many_calls (void)
{
  compare ("100 000 calls at once, to their callbacks", "<= 0.6", many_calls, "GTask",
           many_tasks, 5);
  compare ("100 000 calls at once, until all have run", "<= 1.3", many_detached_calls,
           "GThreadPool", many_pushes, 5);
}

/* From the worker's return to the callback. */

static _Atomic (gint64) returned_at;

static gpointer
sleep_and_note_the_time (BackgroundPromise *promise G_GNUC_UNUSED,
                         gpointer           data G_GNUC_UNUSED,
                         GError           **error G_GNUC_UNUSED)
{
  g_usleep (100 * G_TIME_SPAN_MILLISECOND);
  atomic_store (&returned_at, now_ns ());

  return NULL;
}

static gboolean
note_latency (BackgroundCall *call G_GNUC_UNUSED, gpointer latency)
{
  *(double *) latency = (now_ns () - atomic_load (&returned_at)) / 1e6;

  return G_SOURCE_REMOVE;
}

/* The recipe asks again after 1 ms, then after 2, and so on, up to 50. */
static double
latency_of_the_recipe (void)
{
  g_autoptr (BackgroundCall)
      call = background_call_new (sleep_and_note_the_time, NULL, NULL);
  gulong pause = 1000;

  while (!background_call_is_done (call))
    {
      g_usleep (pause);
      pause = MIN (2 * pause, 50000);
    }

  return (now_ns () - atomic_load (&returned_at)) / 1e6;
}

static void
measure_latency (void)
{
  enum
  {
    N = 100
  };
  double ours[N];
  double recipe[10];

  for (int i = 0; i < N; i++)
    {
      BackgroundCall *call = background_call_new (sleep_and_note_the_time, NULL, NULL);

      ours[i] = -1;
      background_call_watch (call, NULL, note_latency, &ours[i], NULL);
      g_object_unref (call);
      while (ours[i] < 0)
        g_main_context_iteration (NULL, TRUE);
    }
  for (guint i = 0; i < G_N_ELEMENTS (recipe); i++)
    recipe[i] = latency_of_the_recipe ();

  qsort (ours, N, sizeof *ours, compare_doubles);
  g_print (
      "%-46s median %.3f ms, 99th %.3f ms (goals <= 0.1, <= 1); the recipe: %.3f ms\n",
      "from the worker's return to the callback", quantile_of (ours, N, 0.5),
      quantile_of (ours, N, 0.99), median_of (recipe, G_N_ELEMENTS (recipe)));
}

/* Behind sleepers. */

#define N_SLEEPERS 40
#define ONE_SECOND GSIZE_TO_POINTER (G_USEC_PER_SEC)

static double
call_behind_sleepers (void)
{
  int    n_left = 1;
  int    n_sleepers = N_SLEEPERS;
  gint64 start = now_ns ();
  double seconds;

  for (int i = 0; i <= N_SLEEPERS; i++)
    {
      BackgroundCall *call = background_call_new (
          i < N_SLEEPERS ? return_after_sleep : return_at_once, ONE_SECOND, NULL);

      background_call_watch (call, NULL, count_down_call,
                             i < N_SLEEPERS ? &n_sleepers : &n_left, NULL);
      g_object_unref (call);
    }
  while (n_left > 0)
    g_main_context_iteration (NULL, TRUE);
  seconds = (now_ns () - start) / 1e9;
  while (n_sleepers > 0)
    g_main_context_iteration (NULL, TRUE);

  return seconds;
}

static double
task_behind_sleepers (void)
{
  int    n_left = 1;
  int    n_sleepers = N_SLEEPERS;
  gint64 start = now_ns ();
  double seconds;

  for (int i = 0; i <= N_SLEEPERS; i++)
    {
      GTask *task = g_task_new (NULL, NULL, count_down_task,
                                i < N_SLEEPERS ? &n_sleepers : &n_left);

      g_task_set_task_data (task, ONE_SECOND, NULL);
      g_task_run_in_thread (task, i < N_SLEEPERS ? task_return_after_sleep
                                                 : task_return_at_once);
      g_object_unref (task);
    }
  while (n_left > 0)
    g_main_context_iteration (NULL, TRUE);
  seconds = (now_ns () - start) / 1e9;
  while (n_sleepers > 0)
    g_main_context_iteration (NULL, TRUE);

  return seconds;
}

static void
measure_behind_sleepers (void)
{
  compare ("a call behind 40 that sleep for a second", "<= 0.05", call_behind_sleepers,
           "GTask", task_behind_sleepers, 1);
}

/* A chain. */

static gpointer
call_the_next (BackgroundPromise *promise G_GNUC_UNUSED, gpointer depth, GError **error)
{
  g_autoptr (BackgroundCall) next = NULL;

  if (GPOINTER_TO_INT (depth) > 1)
    {
      next = background_call_new (call_the_next,
                                  GINT_TO_POINTER (GPOINTER_TO_INT (depth) - 1), NULL);
      background_call_get_return (next, BACKGROUND_CALL_WAIT_FOREVER, error);
    }

  return NULL;
}

static double
chain_of_calls (void)
{
  gint64 start = now_ns ();
  g_autoptr (BackgroundCall)
      call = background_call_new (call_the_next, GINT_TO_POINTER (40), NULL);

  background_call_get_return (call, BACKGROUND_CALL_WAIT_FOREVER, NULL);

  return (now_ns () - start) / 1e9;
}

static void
task_the_next (GTask        *task,
               gpointer      source G_GNUC_UNUSED,
               gpointer      depth,
               GCancellable *cancellable G_GNUC_UNUSED)
{
  if (GPOINTER_TO_INT (depth) > 1)
    {
      g_autoptr (GTask) next = g_task_new (NULL, NULL, NULL, NULL);

      g_task_set_task_data (next, GINT_TO_POINTER (GPOINTER_TO_INT (depth) - 1), NULL);
      g_task_run_in_thread_sync (next, task_the_next);
    }

  g_task_return_pointer (task, NULL, NULL);
}

static double
chain_of_tasks (void)
{
  gint64 start = now_ns ();
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_task_data (task, GINT_TO_POINTER (40), NULL);
  g_task_run_in_thread_sync (task, task_the_next);

  return (now_ns () - start) / 1e9;
}

static void
measure_chain (void)
{
  compare ("a chain of 40 calls, each waiting for the next", "<= 0.05", chain_of_calls,
           "GTask", chain_of_tasks, 1);
}

/* is_done. */

static void
measure_is_done (void)
{
  enum
  {
    N = 20000000
  };
  BackgroundPromise *promise;
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&promise, NULL, NULL);
  double times[N_ROUNDS];
  guint  n_done = 0;

  for (int round = 0; round < N_ROUNDS; round++)
    {
      gint64 start = now_ns ();

      for (int i = 0; i < N; i++)
        n_done += background_call_is_done (call);
      times[round] = (double) (now_ns () - start) / N;
    }
  g_assert_cmpuint (n_done, ==, 0);
  g_print ("%-46s %.2f ns (goal <= 3)\n", "is_done on a running call",
           median_of (times, N_ROUNDS));
  background_promise_unref (promise);
}

/* Quiet calls. */

typedef struct
{
  BackgroundCall    *call;
  BackgroundPromise *promise;
} Quiet;

static gboolean
look (BackgroundCall *call, gpointer user_data G_GNUC_UNUSED)
{
  return background_call_is_done (call) ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static Quiet *
be_quiet (guint n)
{
  Quiet *quiet = g_new (Quiet, n);

  for (guint i = 0; i < n; i++)
    {
      quiet[i].call = background_call_new_for_promise (&quiet[i].promise, NULL, NULL);
      background_call_watch (quiet[i].call, NULL, look, NULL, NULL);
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;

  return quiet;
}

static void
end_quiet (Quiet *quiet, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      background_promise_return (quiet[i].promise, NULL);
      background_promise_unref (quiet[i].promise);
      g_object_unref (quiet[i].call);
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_free (quiet);
}

static double
iteration_with (guint n)
{
  enum
  {
    N = 100000
  };
  Quiet *quiet = be_quiet (n);
  gint64 start = now_ns ();
  double duration;

  for (int i = 0; i < N; i++)
    g_main_context_iteration (NULL, FALSE);
  duration = (double) (now_ns () - start) / N;
  end_quiet (quiet, n);

  return duration;
}

static void
measure_iteration (void)
{
  const guint numbers[] = { 10, 1000, 100000 };
  double      times[G_N_ELEMENTS (numbers)][N_ROUNDS];

  for (int round = 0; round < N_ROUNDS; round++)
    for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
      times[i][round] = iteration_with (numbers[i]);

  g_print ("%-46s", "an iteration with 10, 1 000, 100 000 quiet ones");
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_print (" %.0f ns", median_of (times[i], N_ROUNDS));
  g_print (" (goal: the same within 10 %%)\n");
}

static void
measure_wake_ups (void)
{
  Quiet        *quiet = be_quiet (1);
  GMainLoop    *loop = g_main_loop_new (NULL, FALSE);
  struct rusage before;
  struct rusage after;

  /* The threads of other measurements go after a while, and wake up for that. */
  background_pool_drain (BACKGROUND_CALL_WAIT_FOREVER);

  g_timeout_add_seconds (10, G_SOURCE_FUNC (g_main_loop_quit), loop);
  getrusage (RUSAGE_SELF, &before);
  g_main_loop_run (loop);
  getrusage (RUSAGE_SELF, &after);

  /* One of them is the end of the 10 seconds. */
  g_print ("%-46s %ld wake-ups (goal: 0)\n", "10 s with a watched call that says nothing",
           after.ru_nvcsw - before.ru_nvcsw - 1);
  g_main_loop_unref (loop);
  end_quiet (quiet, 1);
}

static void
measure_memory (void)
{
  enum
  {
    N = 100000
  };
  Quiet *quiet = be_quiet (1000);
  gsize  before;
  gsize  after;
  Quiet *many;

  end_quiet (quiet, 1000);
  before = mallinfo2 ().uordblks;
  many = g_new (Quiet, N);
  for (guint i = 0; i < N; i++)
    many[i].call = background_call_new_for_promise (&many[i].promise, NULL, NULL);
  after = mallinfo2 ().uordblks;
  g_print ("%-46s %.0f bytes (goal <= 400)\n", "memory of a waiting call",
           (double) (after - before) / N - sizeof (Quiet));
  end_quiet (many, N);
}

/* Progress. */

#define N_REPORTERS 4
#define N_REPORTS 250000

static gpointer
report_much (BackgroundPromise *promise,
             gpointer           data G_GNUC_UNUSED,
             GError           **error G_GNUC_UNUSED)
{
  gint64 start = g_get_monotonic_time ();

  /* Evenly over a second. */
  for (int i = 1; i <= N_REPORTS; i++)
    {
      background_promise_report_progress (promise, (double) i / N_REPORTS);
      if (i % 1000 == 0)
        {
          gint64 ahead = start + G_USEC_PER_SEC * (gint64) i / N_REPORTS -
                         g_get_monotonic_time ();

          if (ahead > 0)
            g_usleep (ahead);
        }
    }

  return NULL;
}

typedef struct
{
  int    n_seen;
  double last;
  int   *n_left;
} Reporter;

static gboolean
see_report (BackgroundCall *call, gpointer user_data)
{
  Reporter *reporter = user_data;

  reporter->n_seen++;
  reporter->last = background_call_get_progress (call);
  if (!background_call_is_done (call))
    return G_SOURCE_CONTINUE;

  (*reporter->n_left)--;

  return G_SOURCE_REMOVE;
}

static void
measure_progress (void)
{
  Reporter      reporters[N_REPORTERS];
  int           n_left = N_REPORTERS;
  int           n_seen = 0;
  bool          is_whole = true;
  struct rusage before;
  struct rusage after;
  gint64        start = now_ns ();
  double        seconds;
  double        cpu;

  getrusage (RUSAGE_THREAD, &before);
  for (int i = 0; i < N_REPORTERS; i++)
    {
      g_autoptr (BackgroundCall) call = background_call_new (report_much, NULL, NULL);

      reporters[i] = (Reporter){ .n_left = &n_left };
      background_call_watch (call, NULL, see_report, &reporters[i], NULL);
    }
  while (n_left > 0)
    g_main_context_iteration (NULL, TRUE);
  getrusage (RUSAGE_THREAD, &after);

  seconds = (now_ns () - start) / 1e9;
  cpu = (after.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_utime.tv_sec -
         before.ru_stime.tv_sec) +
        (after.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_utime.tv_usec -
         before.ru_stime.tv_usec) /
            1e6;
  for (int i = 0; i < N_REPORTERS; i++)
    {
      n_seen += reporters[i].n_seen;
      is_whole = is_whole && reporters[i].last == 1.0;
    }
  g_print ("%-46s %.1f dispatches a call and second (goal <= 60), last report %s, main "
           "loop %.1f %% of a core (goal <= 10)\n",
           "1 000 000 reports of 4 workers in a second", n_seen / seconds / N_REPORTERS,
           is_whole ? "seen" : "LOST", 100 * cpu / seconds);
}

/* There and back: a thread asks the main loop. */

#define N_TRIPS 2000

static gpointer
return_nothing (gpointer data G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
  return NULL;
}

static gpointer
call_by_queue (gpointer queue)
{
  for (int i = 0; i < N_TRIPS; i++)
    call_queue_call (queue, return_nothing, NULL, NULL, BACKGROUND_CALL_WAIT_FOREVER,
                     NULL);

  return NULL;
}

typedef struct
{
  GMutex   lock;
  GCond    cond;
  gboolean is_done;
} Answer;

static gboolean
answer_cb (gpointer data)
{
  Answer *answer = data;

  g_mutex_lock (&answer->lock);
  answer->is_done = TRUE;
  g_cond_signal (&answer->cond);
  g_mutex_unlock (&answer->lock);

  return G_SOURCE_REMOVE;
}

static gpointer
call_by_invoke (gpointer data G_GNUC_UNUSED)
{
  for (int i = 0; i < N_TRIPS; i++)
    {
      Answer answer = { .is_done = FALSE };

      g_mutex_init (&answer.lock);
      g_cond_init (&answer.cond);
      g_main_context_invoke (NULL, answer_cb, &answer);
      g_mutex_lock (&answer.lock);
      while (!answer.is_done)
        g_cond_wait (&answer.cond, &answer.lock);
      g_mutex_unlock (&answer.lock);
      g_cond_clear (&answer.cond);
      g_mutex_clear (&answer.lock);
    }

  return NULL;
}

static gboolean
quit_cb (gpointer loop)
{
  g_main_loop_quit (loop);

  return G_SOURCE_REMOVE;
}

typedef struct
{
  GThreadFunc func;
  gpointer    data;
  GMainLoop  *loop;
} Trips;

static gpointer
travel (gpointer data)
{
  Trips *trips = data;

  trips->func (trips->data);
  g_main_context_invoke (NULL, quit_cb, trips->loop);

  return NULL;
}

static double
time_trips (GThreadFunc func, gpointer data)
{
  Trips    trips = { func, data, g_main_loop_new (NULL, FALSE) };
  gint64   start = now_ns ();
  GThread *thread = g_thread_new ("traveller", travel, &trips);
  double   seconds;

  g_main_loop_run (trips.loop);
  g_thread_join (thread);
  seconds = (now_ns () - start) / 1e9 / N_TRIPS;
  g_main_loop_unref (trips.loop);

  return seconds;
}

static double
trips_by_queue (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);

  call_queue_attach (queue, NULL, G_PRIORITY_DEFAULT);

  return time_trips (call_by_queue, queue);
}

static double
trips_by_invoke (void)
{
  return time_trips (call_by_invoke, NULL);
}

static void
measure_trips (void)
{
  compare ("a call into the main loop, and back", "<= 1.0", trips_by_queue,
           "g_main_context_invoke", trips_by_invoke, N_ROUNDS);
}

static const struct
{
  const char *name;
  void (*measure) (void);
} measurements[] = {
  { "one", measure_one_call },      { "many", measure_many_calls },
  { "trips", measure_trips },       { "latency", measure_latency },
  { "is-done", measure_is_done },   { "iteration", measure_iteration },
  { "memory", measure_memory },     { "progress", measure_progress },
  { "chain", measure_chain },       { "sleepers", measure_behind_sleepers },
  { "wake-ups", measure_wake_ups },
};

static bool
is_wanted (const char *name, int n_parts, char **parts)
{
  if (n_parts == 0)
    return true;

  for (int i = 0; i < n_parts; i++)
    if (strstr (name, parts[i]) != NULL)
      return true;

  return false;
}

int
main (int argc, char *argv[])
{
  for (guint i = 0; i < G_N_ELEMENTS (measurements); i++)
    if (is_wanted (measurements[i].name, argc - 1, argv + 1))
      measurements[i].measure ();

  background_pool_drain (BACKGROUND_CALL_WAIT_FOREVER);

  return 0;
}
