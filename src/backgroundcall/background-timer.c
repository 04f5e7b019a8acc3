/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-timer-private.h"

#include "backgroundcall/background-call-private.h"
#include "backgroundcall/background-condition-private.h"
#include "backgroundcall/background-follower-private.h"
#include "backgroundcall/background-promise-private.h"

#include <stdatomic.h>

/*
 * Something that happens after a while, without a main loop: one thread sleeps for all
 * timers, until the first of them is due, and goes when there are none.
 */
struct _BackgroundTimer
{
  _Atomic (int)       ref_count;
  gint64              deadline;
  BackgroundTimerFunc func;
  gpointer            data;
  GSequenceIter      *place; /* under the lock: NULL when it is due or cancelled */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t  changed;
static GSequence      *timers = NULL; /* those that wait, by deadline */
static bool            is_running = false;

static int
compare (gconstpointer a, gconstpointer b, gpointer user_data G_GNUC_UNUSED)
{
  gint64 deadline_a = ((const BackgroundTimer *) a)->deadline;
  gint64 deadline_b = ((const BackgroundTimer *) b)->deadline;

  return (deadline_a > deadline_b) - (deadline_a < deadline_b);
}

BackgroundTimer *
background_timer_ref (BackgroundTimer *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);

  return self;
}

void
background_timer_unref (BackgroundTimer *self)
{
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) == 1)
    g_free (self);
}

/* With the lock: the timer that is due first. */
static BackgroundTimer *
get_first (void)
{
  GSequenceIter *first = g_sequence_get_begin_iter (timers);

  return g_sequence_iter_is_end (first) ? NULL : g_sequence_get (first);
}

/* With the lock. */
static void
take_out (BackgroundTimer *self)
{
  g_sequence_remove (self->place);
  self->place = NULL;
}

/* A BackgroundFunc. */
static gpointer
run (BackgroundPromise *promise G_GNUC_UNUSED,
     gpointer           data G_GNUC_UNUSED,
     GError           **error G_GNUC_UNUSED)
{
  BackgroundTimer *timer;

  pthread_mutex_lock (&lock);
  while ((timer = get_first ()) != NULL)
    {
      if (g_get_monotonic_time () < timer->deadline)
        {
          background_condition_wait (&changed, &lock, timer->deadline);
          continue;
        }

      take_out (timer);
      pthread_mutex_unlock (&lock);
      timer->func (timer->data, NULL);
      background_timer_unref (timer);
      pthread_mutex_lock (&lock);
    }
  is_running = false;
  g_clear_pointer (&timers, g_sequence_free);
  pthread_mutex_unlock (&lock);

  return NULL;
}

/* Of its own, so that it never waits for anybody's thread. */
static BackgroundPool *pool = NULL;

static void
make_pool (void)
{
  background_condition_init (&changed);
  pool = background_pool_new ("timer", 1);
}

/* Nobody waits for those that are there, now. */
static void
give_up (const GError *error)
{
  BackgroundTimer *timer;

  pthread_mutex_lock (&lock);
  while ((timer = get_first ()) != NULL)
    {
      take_out (timer);
      pthread_mutex_unlock (&lock);
      timer->func (timer->data, error);
      background_timer_unref (timer);
      pthread_mutex_lock (&lock);
    }
  is_running = false;
  g_clear_pointer (&timers, g_sequence_free);
  pthread_mutex_unlock (&lock);
}

/* A follower: it has ended in order, or could not begin. */
static void
run_ended (BackgroundPromise *promise, gpointer data G_GNUC_UNUSED)
{
  if (background_promise_get_state (promise) == BACKGROUND_CALL_FAILED)
    give_up (promise->error);
}

static void
start (void)
{
  g_autoptr (BackgroundCall) call = background_call_new_full (run, NULL, NULL, NULL, NULL,
                                                              G_PRIORITY_HIGH, pool);

  background_call_detach (call);
  background_follower_add (background_call_get_promise (call), run_ended, NULL);
}

BackgroundTimer *
background_timer_new (gint64 timeout, BackgroundTimerFunc func, gpointer data)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  BackgroundTimer      *self = g_new0 (BackgroundTimer, 1);
  bool                  must_start;

  pthread_once (&once, make_pool);

  /* One reference is the caller's, one is that of the thread. */
  atomic_init (&self->ref_count, 2);
  self->deadline = background_deadline_of (timeout);
  self->func = func;
  self->data = data;

  pthread_mutex_lock (&lock);
  if (timers == NULL)
    timers = g_sequence_new (NULL);
  self->place = g_sequence_insert_sorted (timers, self, compare, NULL);
  must_start = !is_running;
  is_running = true;
  pthread_cond_signal (&changed);
  pthread_mutex_unlock (&lock);

  if (must_start)
    start ();

  return self;
}

/* Returns whether it was in time: then the function never runs. */
bool
background_timer_cancel (BackgroundTimer *self)
{
  bool is_in_time;

  pthread_mutex_lock (&lock);
  is_in_time = self->place != NULL;
  if (is_in_time)
    {
      take_out (self);
      /* So that the thread can go if this was the last. */
      pthread_cond_signal (&changed);
    }
  pthread_mutex_unlock (&lock);

  if (is_in_time)
    background_timer_unref (self);

  return is_in_time;
}
