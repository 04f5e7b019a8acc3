/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-worker-private.h"

#ifdef __linux__
#  include <sys/resource.h>
#endif

#include "backgroundcall/background-call-error.h"
#include "backgroundcall/background-condition-private.h"
#include "backgroundcall/background-pool-private.h"
#include "backgroundcall/background-promise-private.h"

/*
 * How many threads? Functions that block want one each, at once; of functions that don't,
 * a hundred thousand are done soonest by as many threads as there are processors. Nobody
 * can tell the two apart beforehand. So the first few calls get a thread each, at once;
 * and when that many run, and none of them has been seen to take long, the next ones stay
 * in line for a tick, with one thread (the watcher) looking whether they get on. If they
 * don't, it calls for more threads, each time for twice as many.
 */

/* How long a thread waits for work before it goes. */
#define IDLE_TIME (10 * G_TIME_SPAN_SECOND)

/* How long a call may take before it counts as one that blocks. */
#define TICK (250)

/* For how many ticks without a backlog the watcher stays awake. */
#define TICKS_TO_STAY 8

/* How long a thread that runs one call after the other looks for the next before it
 * sleeps: about as long as it would take to wake it. (After a single call it sleeps at
 * once: then the kernel lets it take turns with its caller, on the same processor.) */
#define SPIN_TIME 20

typedef enum
{
  WORKER_IS_FREE,    /* on its way, asleep, or about to end */
  WORKER_IS_QUICK,   /* runs a call, and has not yet been seen to take long */
  WORKER_IS_SLOW,    /* runs a call that takes long: it blocks, or has much to compute */
  WORKER_IS_WAITING, /* runs a call that waits for another call */
} WorkerState;

/* A thread of a pool. It is on the thread's own stack. */
struct _Worker
{
  BackgroundPool *pool;
  const char     *shown_name; /* the thread's name, now */
  guint           n_waits;    /* one within another: the hook of one wait may wait */
  bool            is_finishing;

  /* Under the pool's lock. */
  GList          link;
  WorkerState    state;
  gint64         started; /* when it took its call */
  bool           is_wanted;
  pthread_cond_t cond;
};

/* The worker that the calling thread is. */
static _Thread_local Worker *own_worker = NULL;

static _Atomic (guint) n_started = 0;

/* With the lock. */
static void
set_state (BackgroundPool *self, Worker *worker, WorkerState state)
{
  if (worker->state == WORKER_IS_QUICK)
    g_queue_unlink (&self->quick, &worker->link);
  else if (worker->state == WORKER_IS_WAITING)
    self->n_waiting--;

  worker->state = state;

  if (state == WORKER_IS_QUICK)
    g_queue_push_head_link (&self->quick, &worker->link);
  else if (state == WORKER_IS_WAITING)
    self->n_waiting++;
}

/* With the lock. */
static void
look_who_is_slow (BackgroundPool *self)
{
  gint64 now = g_get_monotonic_time ();
  GList *link = self->quick.head;

  while (link != NULL)
    {
      Worker *worker = link->data;

      link = link->next;
      if (now - worker->started > TICK)
        set_state (self, worker, WORKER_IS_SLOW);
    }
}

/* With the lock. */
static bool
may_grow (BackgroundPool *self)
{
  return self->n_threads - self->n_waiting < self->max_threads;
}

/* With the lock. */
static void
wake_worker (BackgroundPool *self, Worker *worker)
{
  self->n_coming++;
  worker->is_wanted = true;
  pthread_cond_signal (&worker->cond);
}

/* With the lock. Returns false if all have something to do. */
static bool
wake_idle_worker (BackgroundPool *self)
{
  GList *link = g_queue_pop_head_link (&self->idle);

  if (link == NULL)
    return false;

  wake_worker (self, link->data);

  return true;
}

/* With the lock. */
static bool
wake_watcher (BackgroundPool *self)
{
  if (self->watcher == NULL)
    return false;

  wake_worker (self, g_steal_pointer (&self->watcher));

  return true;
}

/* With the lock: all that sleep shall look again. */
void
background_worker_wake_all (BackgroundPool *self)
{
  while (wake_idle_worker (self) || wake_watcher (self))
    ;
}

/* With the lock: sees to it that there are threads enough for what is in the queue.
 * Returns whether one more is to be started, by the caller, without the lock. */
static bool
staff (BackgroundPool *self)
{
  if (self->queue.length <= self->n_coming)
    return false;

  if (self->quick.length + self->n_coming >= self->max_quick && self->watcher == NULL)
    look_who_is_slow (self);

  if (self->quick.length + self->n_coming < self->max_quick)
    {
      if (wake_idle_worker (self) || wake_watcher (self) || !may_grow (self))
        return false;
    }
  else
    {
      if (self->watcher != NULL || self->wants_watcher ||
          (self->idle.length == 0 && !may_grow (self)))
        return false;

      self->wants_watcher = true;
      if (wake_idle_worker (self))
        return false;
    }

  self->n_threads++;
  self->n_coming++;

  return true;
}

/* With the lock. */
static void
say_whether_attended (BackgroundPool *self)
{
  atomic_store (&self->is_attended, self->n_coming > 0 || self->watcher != NULL);
}

/* With the lock, whenever it may have changed who looks at the queue. Returns whether a
 * thread is to be started, by the caller, without the lock. */
bool
background_worker_attend (BackgroundPool *self)
{
  bool is_short_of_threads;

  do
    {
      background_pool_take_incoming (self);
      is_short_of_threads = staff (self);
      say_whether_attended (self);
      /* In this order, and the other way round in background_pool_push: one of the two
       * sees what the other did. */
    }
  while (!atomic_load (&self->is_attended) && atomic_load (&self->incoming) != NULL);

  return is_short_of_threads;
}

/* With the lock: gets more threads for what is in the queue. Returns false if there are
 * none. */
static bool
call_for (BackgroundPool *self, guint n_wanted)
{
  for (guint i = 0; i < n_wanted && self->queue.length > self->n_coming; i++)
    {
      bool has_started;

      if (wake_idle_worker (self))
        continue;

      if (!may_grow (self))
        return i > 0;

      self->n_threads++;
      self->n_coming++;
      pthread_mutex_unlock (&self->lock);
      has_started = background_worker_start_thread (self);
      pthread_mutex_lock (&self->lock);
      if (!has_started)
        return i > 0;
    }

  return true;
}

static bool
shall_threads_go (BackgroundPool *self)
{
  return self->is_closed || self->n_draining > 0;
}

/* With the lock: looks, each tick, whether the queue gets on, and calls for more threads
 * when it doesn't. Comes back when it is wanted itself, or when there is no backlog. */
static void
watch_queue (BackgroundPool *self, Worker *worker)
{
  guint n_ticks_without_backlog = 0;
  guint n_taken_before = self->n_taken;
  guint n_wanted = self->max_quick;

  self->watcher = worker;
  say_whether_attended (self);
  while (n_ticks_without_backlog < TICKS_TO_STAY && !shall_threads_go (self))
    {
      background_condition_wait (&worker->cond, &self->lock,
                                 g_get_monotonic_time () + TICK);
      if (worker->is_wanted)
        return;

      background_pool_take_incoming (self);
      if (self->queue.length <= self->n_coming)
        {
          n_ticks_without_backlog++;
          continue;
        }

      n_ticks_without_backlog = 0;
      look_who_is_slow (self);
      if (self->quick.length + self->n_coming >= self->max_quick)
        continue;

      n_wanted = self->n_taken == n_taken_before ? 2 * n_wanted : self->max_quick;
      n_taken_before = self->n_taken;
      if (!call_for (self, n_wanted))
        break;
      if (worker->is_wanted)
        return;
    }

  self->watcher = NULL;
}

static void
relax (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ volatile("yield");
#endif
}

/* With the lock, which is let go meanwhile. */
static void
look_out_for_work (BackgroundPool *self)
{
  gint64 end = g_get_monotonic_time () + SPIN_TIME;

  self->n_coming++;
  say_whether_attended (self);
  pthread_mutex_unlock (&self->lock);

  while (atomic_load_explicit (&self->incoming, memory_order_relaxed) == NULL &&
         g_get_monotonic_time () < end)
    relax ();

  pthread_mutex_lock (&self->lock);
  self->n_coming--;
  background_pool_take_incoming (self);
}

/* With the lock: sleeps until there is work. Returns false when the thread shall go. */
static bool
sleep_until_wanted (BackgroundPool *self, Worker *worker)
{
  gint64 deadline = g_get_monotonic_time () + IDLE_TIME;
  bool   is_early = true;

  if (shall_threads_go (self))
    return false;

  g_queue_push_head_link (&self->idle, &worker->link);
  /* With a thread that is idle, nobody has to start one. */
  background_worker_attend (self);
  while (!worker->is_wanted && is_early)
    is_early = background_condition_wait (&worker->cond, &self->lock, deadline);

  if (!worker->is_wanted)
    g_queue_unlink (&self->idle, &worker->link);

  return worker->is_wanted;
}

/* With the lock: the thread was woken or started, and is here now. */
static void
arrive (BackgroundPool *self, Worker *worker)
{
  worker->is_wanted = false;
  self->n_coming--;

  while (self->wants_watcher)
    {
      self->wants_watcher = false;
      watch_queue (self, worker);
      if (worker->is_wanted)
        {
          worker->is_wanted = false;
          self->n_coming--;
        }
    }
}

static bool
has_more_threads_than_wanted (BackgroundPool *self)
{
  return self->n_threads - self->n_waiting > self->max_threads;
}

static void
show_name (Worker *worker, const char *name)
{
  char shown[16];

  if (worker->shown_name == name)
    return;

  /* As much as Linux keeps. */
  g_strlcpy (shown, name, sizeof shown);
  pthread_setname_np (pthread_self (), shown);
  worker->shown_name = name;
}

/* Before it looks at what was pushed, as whoever pushes looks at this afterwards. */
static void
end_finish (Worker *worker)
{
  if (!worker->is_finishing)
    return;

  worker->is_finishing = false;
  atomic_fetch_sub (&worker->pool->n_finishing, 1);
}

/* Of this thread, in spite of the name: that is so on Linux. */
static void
give_way (guint niceness)
{
#ifdef __linux__
  if (niceness > 0)
    setpriority (PRIO_PROCESS, 0, getpriority (PRIO_PROCESS, 0) + (int) niceness);
#else
  (void) niceness;
#endif
}

static gpointer
work (gpointer data)
{
  BackgroundPool *self = data;
  Worker worker = { .pool = self, .shown_name = self->name, .link = { .data = &worker } };
  GThread *thread = g_thread_ref (g_thread_self ());
  bool     has_several_processors = g_get_num_processors () > 1;
  guint    n_calls = 0; /* without a sleep in between */
  bool     is_drained_by_somebody;
  bool     is_short_of_threads;

  own_worker = &worker;
  give_way (self->niceness);
  background_condition_init (&worker.cond);

  pthread_mutex_lock (&self->lock);
  self->threads = g_slist_prepend (self->threads, thread);
  arrive (self, &worker);

  while (!has_more_threads_than_wanted (self))
    {
      BackgroundPromise *promise;

      background_pool_take_incoming (self);
      if (self->queue.length == 0 && n_calls > 1 && self->n_coming == 0 &&
          has_several_processors)
        look_out_for_work (self);

      promise = g_queue_peek_head (&self->queue);
      if (promise == NULL)
        {
          if (!sleep_until_wanted (self, &worker))
            break;
          arrive (self, &worker);
          n_calls = 0;
          continue;
        }

      background_pool_take_out (self, promise);
      self->n_taken++;
      n_calls++;
      worker.started = g_get_monotonic_time ();
      set_state (self, &worker, WORKER_IS_QUICK);
      is_short_of_threads = background_worker_attend (self);
      pthread_mutex_unlock (&self->lock);

      if (is_short_of_threads)
        background_worker_start_thread (self);
      show_name (&worker, promise->name != NULL ? promise->name : self->name);
      background_promise_run (promise);
      pthread_mutex_lock (&self->lock);
      end_finish (&worker);
      set_state (self, &worker, WORKER_IS_FREE);
    }

  is_drained_by_somebody = self->n_draining > 0;
  if (!is_drained_by_somebody)
    self->threads = g_slist_remove (self->threads, thread);
  self->n_threads--;
  if (self->n_threads == 0)
    pthread_cond_broadcast (&self->drained);
  is_short_of_threads = background_worker_attend (self);
  pthread_mutex_unlock (&self->lock);

  if (is_short_of_threads)
    background_worker_start_thread (self);

  pthread_cond_destroy (&worker.cond);
  if (!is_drained_by_somebody)
    g_thread_unref (thread);
  background_pool_drop (self);

  return NULL;
}

static void
fail_all (GQueue *promises, const GError *error)
{
  GList *link;

  while ((link = g_queue_pop_head_link (promises)) != NULL)
    background_promise_cannot_run (
        link->data, g_error_new (BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_NO_THREAD,
                                 "No thread could be started: %s", error->message));
}

/* Without the lock, after the thread was counted. */
bool
background_worker_start_thread (BackgroundPool *self)
{
  g_autoptr (GError) error = NULL;
  GThread *thread;
  GQueue   stranded = G_QUEUE_INIT;

  atomic_fetch_add (&n_started, 1);
  background_pool_hold (self);
  thread = g_thread_try_new (self->name, work, self, &error);
  if (thread != NULL)
    {
      g_thread_unref (thread);
      return true;
    }

  pthread_mutex_lock (&self->lock);
  self->n_threads--;
  self->n_coming--;
  if (self->n_coming == 0)
    self->wants_watcher = false;
  say_whether_attended (self);
  background_pool_take_incoming (self);
  /* With a thread that works there is hope. Without, nobody would ever come for these. */
  if (self->n_threads == self->n_waiting)
    stranded = background_pool_take_all (self);
  pthread_mutex_unlock (&self->lock);

  fail_all (&stranded, error);
  background_pool_drop (self);

  return false;
}

/* The calling thread has run its function, and is about to say so: whoever hears of it
 * and pushes the next call at once need not wake another thread. */
void
background_pool_begin_finish (void)
{
  own_worker->is_finishing = true;
  atomic_fetch_add (&own_worker->pool->n_finishing, 1);
}

/* It will do something else before: functions of others, which may take their time. */
void
background_pool_delay_finish (void)
{
  Worker         *worker = own_worker;
  BackgroundPool *self;
  bool            is_short_of_threads;

  if (worker == NULL || !worker->is_finishing)
    return;

  self = worker->pool;
  pthread_mutex_lock (&self->lock);
  end_finish (worker);
  is_short_of_threads = background_worker_attend (self);
  pthread_mutex_unlock (&self->lock);

  if (is_short_of_threads)
    background_worker_start_thread (self);
}

/* How many threads were started, of all pools. */
guint
background_worker_count_started (void)
{
  return atomic_load (&n_started);
}

/* Whether the calling thread is a pool's. */
bool
background_worker_is_here (void)
{
  return own_worker != NULL;
}

/* The calling thread is about to wait for a call: if it is a pool's, it is replaced. */
void
background_pool_begin_wait (void)
{
  Worker         *worker = own_worker;
  BackgroundPool *self;
  bool            is_short_of_threads;

  if (worker == NULL || worker->n_waits++ > 0)
    return;

  self = worker->pool;
  pthread_mutex_lock (&self->lock);
  set_state (self, worker, WORKER_IS_WAITING);
  is_short_of_threads = background_worker_attend (self);
  pthread_mutex_unlock (&self->lock);

  if (is_short_of_threads)
    background_worker_start_thread (self);
}

void
background_pool_end_wait (void)
{
  Worker         *worker = own_worker;
  BackgroundPool *self;

  if (worker == NULL || --worker->n_waits > 0)
    return;

  self = worker->pool;
  pthread_mutex_lock (&self->lock);
  set_state (self, worker, WORKER_IS_SLOW);
  pthread_mutex_unlock (&self->lock);
}
