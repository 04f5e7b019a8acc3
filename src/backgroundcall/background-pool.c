/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-pool-private.h"

#include "backgroundcall/background-call-error.h"
#include "backgroundcall/background-condition-private.h"
#include "backgroundcall/background-promise-private.h"

/**
 * BackgroundPool:
 *
 * The threads that calls run on.
 *
 * It is made for functions that block: it grows at once, by a thread for each call that
 * blocks, up to a bound, and calls beyond it wait in line, by priority and then in order.
 * A thread that waits for another call ([method@BackgroundCall.Call.get_return]) does not
 * count, and is replaced: calls that wait for calls don't starve the pool. Threads that
 * have nothing to do for a while go.
 *
 * There is one for all, and usually that is enough ([func@Pool.get_default]).
 * One of your own keeps your calls and those of others out of each other's way.
 */

G_DEFINE_BOXED_TYPE (BackgroundPool,
                     background_pool,
                     background_pool_ref,
                     background_pool_unref)

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

typedef struct _Worker Worker;

typedef enum
{
  WORKER_IS_FREE,    /* on its way, asleep, or about to end */
  WORKER_IS_QUICK,   /* runs a call, and has not yet been seen to take long */
  WORKER_IS_SLOW,    /* runs a call that takes long: it blocks, or has much to compute */
  WORKER_IS_WAITING, /* runs a call that waits for another call */
} WorkerState;

/*
 * How many threads? Functions that block want one each, at once; of functions that don't,
 * a hundred thousand are done soonest by as many threads as there are processors. Nobody
 * can tell the two apart beforehand. So the first few calls get a thread each, at once;
 * and when that many run, and none of them has been seen to take long, the next ones stay
 * in line for a tick, with one thread (the watcher) looking whether they get on. If they
 * don't, it calls for more threads, each time for twice as many.
 */
struct _BackgroundPool
{
  /* Any thread. The memory lives until ref_count is 0. Those who may push calls hold
   * user_count, and one ref_count together. */
  _Atomic (int) ref_count;
  _Atomic (int) user_count;

  /* Written once. */
  char *name;
  guint max_threads;
  guint max_quick;

  /* Any thread. What was pushed and is not in the queue yet, newest first. Whoever pushes
   * need not do more than that if somebody is about to look. */
  _Atomic (BackgroundPromise *) incoming;
  _Atomic (bool)                is_attended;
  _Atomic (int)                 n_finishing; /* threads that will look in a moment */

  /* Under the registry's lock. */
  BackgroundPool *next;

  /* Under this lock, which is held for a few instructions only. */
  pthread_mutex_t lock;
  GQueue          queue;   /* of BackgroundPromise */
  guint           n_taken; /* from the queue, ever */
  GQueue          idle;    /* the Worker that worked last is the first to work again */
  GQueue          quick;   /* of Worker */
  Worker         *watcher;
  bool            wants_watcher; /* the next thread that comes shall watch */
  guint           n_threads;     /* that live, or are being started */
  guint           n_coming;      /* of those: are woken or started, for the queue */
  guint           n_waiting;
  guint           n_draining; /* who wait for n_threads to become 0 */
  GSList         *threads;    /* that live, or ended while somebody drained */
  bool            is_closed;  /* nobody will push any more */
  pthread_cond_t  drained;
};

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

/* Every pool, for draining. */
static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;
static BackgroundPool *registry = NULL;

static void
hold (BackgroundPool *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);
}

/* Found in the registry, a pool may be just about to go. */
static bool
hold_if_alive (BackgroundPool *self)
{
  int count = atomic_load (&self->ref_count);

  while (count > 0)
    if (atomic_compare_exchange_weak (&self->ref_count, &count, count + 1))
      return true;

  return false;
}

static void
unref_thread (gpointer thread)
{
  g_thread_unref (thread);
}

static void
drop (BackgroundPool *self)
{
  BackgroundPool **link = &registry;

  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  pthread_mutex_lock (&registry_lock);
  while (*link != self)
    link = &(*link)->next;
  *link = self->next;
  pthread_mutex_unlock (&registry_lock);

  g_assert (self->queue.length == 0 && self->incoming == NULL);
  /* Those that ended while somebody drained, and gave up before all had. */
  g_slist_free_full (self->threads, unref_thread);
  pthread_cond_destroy (&self->drained);
  pthread_mutex_destroy (&self->lock);
  g_free (self->name);
  g_free (self);
}

static void
insert_by_priority (BackgroundPool *self, BackgroundPromise *promise)
{
  GList *previous = self->queue.tail;

  while (previous != NULL &&
         ((BackgroundPromise *) previous->data)->priority > promise->priority)
    previous = previous->prev;

  promise->pool_link.data = promise;
  g_queue_insert_after_link (&self->queue, previous, &promise->pool_link);
  promise->is_in_pool = true;
}

/* With the lock. */
static void
take_incoming (BackgroundPool *self)
{
  BackgroundPromise *newest;
  BackgroundPromise *in_order = NULL;

  if (atomic_load (&self->incoming) == NULL)
    return;

  newest = atomic_exchange (&self->incoming, NULL);
  while (newest != NULL)
    {
      BackgroundPromise *before = newest->pushed_before;

      newest->pushed_before = in_order;
      in_order = newest;
      newest = before;
    }

  while (in_order != NULL)
    {
      BackgroundPromise *next = in_order->pushed_before;

      insert_by_priority (self, in_order);
      in_order = next;
    }
}

static void
take_out (BackgroundPool *self, BackgroundPromise *promise)
{
  g_queue_unlink (&self->queue, &promise->pool_link);
  promise->is_in_pool = false;
}

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
static void
wake_all (BackgroundPool *self)
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
static bool
attend (BackgroundPool *self)
{
  bool is_short_of_threads;

  do
    {
      take_incoming (self);
      is_short_of_threads = staff (self);
      say_whether_attended (self);
      /* In this order, and the other way round in background_pool_push: one of the two
       * sees what the other did. */
    }
  while (!atomic_load (&self->is_attended) && atomic_load (&self->incoming) != NULL);

  return is_short_of_threads;
}

static bool start_thread (BackgroundPool *self);

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
      has_started = start_thread (self);
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

      take_incoming (self);
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
  take_incoming (self);
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
  attend (self);
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
  background_condition_init (&worker.cond);

  pthread_mutex_lock (&self->lock);
  self->threads = g_slist_prepend (self->threads, thread);
  arrive (self, &worker);

  while (!has_more_threads_than_wanted (self))
    {
      BackgroundPromise *promise;

      take_incoming (self);
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

      take_out (self, promise);
      self->n_taken++;
      n_calls++;
      worker.started = g_get_monotonic_time ();
      set_state (self, &worker, WORKER_IS_QUICK);
      is_short_of_threads = attend (self);
      pthread_mutex_unlock (&self->lock);

      if (is_short_of_threads)
        start_thread (self);
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
  is_short_of_threads = attend (self);
  pthread_mutex_unlock (&self->lock);

  if (is_short_of_threads)
    start_thread (self);

  pthread_cond_destroy (&worker.cond);
  if (!is_drained_by_somebody)
    g_thread_unref (thread);
  drop (self);

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

/* With the lock. */
static GQueue
take_all (BackgroundPool *self)
{
  GQueue promises = self->queue;

  g_queue_init (&self->queue);
  for (GList *link = promises.head; link != NULL; link = link->next)
    ((BackgroundPromise *) link->data)->is_in_pool = false;

  return promises;
}

/* Without the lock, after the thread was counted. */
static bool
start_thread (BackgroundPool *self)
{
  g_autoptr (GError) error = NULL;
  GThread *thread;
  GQueue   stranded = G_QUEUE_INIT;

  hold (self);
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
  take_incoming (self);
  /* With a thread that works there is hope. Without, nobody would ever come for these. */
  if (self->n_threads == self->n_waiting)
    stranded = take_all (self);
  pthread_mutex_unlock (&self->lock);

  fail_all (&stranded, error);
  drop (self);

  return false;
}

/* Takes the promiser's reference. */
void
background_pool_push (BackgroundPool *self, BackgroundPromise *promise)
{
  BackgroundPromise *newest = atomic_load (&self->incoming);
  bool               is_short_of_threads;

  do
    promise->pushed_before = newest;
  while (!atomic_compare_exchange_weak (&self->incoming, &newest, promise));

  if (atomic_load (&self->is_attended) || atomic_load (&self->n_finishing) > 0)
    return;

  pthread_mutex_lock (&self->lock);
  is_short_of_threads = attend (self);
  pthread_mutex_unlock (&self->lock);

  if (is_short_of_threads)
    start_thread (self);
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
  is_short_of_threads = attend (self);
  pthread_mutex_unlock (&self->lock);

  if (is_short_of_threads)
    start_thread (self);
}

/* Returns whether the promise was still in line; the caller then has the promiser's
 * reference. */
bool
background_pool_withdraw (BackgroundPool *self, BackgroundPromise *promise)
{
  bool was_in_pool;

  pthread_mutex_lock (&self->lock);
  take_incoming (self);
  was_in_pool = promise->is_in_pool;
  if (was_in_pool)
    take_out (self, promise);
  pthread_mutex_unlock (&self->lock);

  return was_in_pool;
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
  is_short_of_threads = attend (self);
  pthread_mutex_unlock (&self->lock);

  if (is_short_of_threads)
    start_thread (self);
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

static BackgroundPool *default_pool = NULL;

static void
make_default_pool (void)
{
  default_pool = background_pool_new ("backgroundcall",
                                      BACKGROUND_POOL_DEFAULT_MAX_THREADS);
}

/**
 * background_pool_get_default:
 *
 * Gets the pool that calls run on unless told otherwise.
 *
 * May be called from any thread.
 *
 * Returns: (transfer none): the default pool
 */
BackgroundPool *
background_pool_get_default (void)
{
  /* Not GLib's own: ThreadSanitizer sees through this one. */
  static pthread_once_t once = PTHREAD_ONCE_INIT;

  pthread_once (&once, make_default_pool);

  return default_pool;
}

/**
 * background_pool_new:
 * @name: what to call its threads; the first 15 bytes show in debuggers
 * @max_threads: how many threads work at once, at most; those that wait for other calls
 *   don't count
 *
 * Makes a pool. It has no threads until there are calls for it.
 *
 * May be called from any thread.
 *
 * Returns: (transfer full): a new pool
 */
BackgroundPool *
background_pool_new (const char *name, guint max_threads)
{
  BackgroundPool *self;

  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (max_threads > 0, NULL);

  self = g_new0 (BackgroundPool, 1);
  atomic_init (&self->ref_count, 1);
  atomic_init (&self->user_count, 1);
  self->name = g_strdup (name);
  self->max_threads = max_threads;
  self->max_quick = MIN (g_get_num_processors (), max_threads);
  background_short_lock_init (&self->lock);
  background_condition_init (&self->drained);

  pthread_mutex_lock (&registry_lock);
  self->next = registry;
  registry = self;
  pthread_mutex_unlock (&registry_lock);

  return self;
}

/**
 * background_pool_ref:
 * @self: a pool
 *
 * Takes one more reference.
 *
 * May be called from any thread that has one.
 *
 * Returns: (transfer full): @self
 */
BackgroundPool *
background_pool_ref (BackgroundPool *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  atomic_fetch_add_explicit (&self->user_count, 1, memory_order_relaxed);

  return self;
}

/**
 * background_pool_unref:
 * @self: (transfer full): a pool
 *
 * Gives a reference back. With the last one, the threads of the pool go as soon as they
 * have run what was asked of them.
 *
 * May be called from any thread; never blocks.
 */
void
background_pool_unref (BackgroundPool *self)
{
  g_return_if_fail (self != NULL);

  if (atomic_fetch_sub_explicit (&self->user_count, 1, memory_order_acq_rel) > 1)
    return;

  pthread_mutex_lock (&self->lock);
  self->is_closed = true;
  wake_all (self);
  pthread_mutex_unlock (&self->lock);

  drop (self);
}

/* The pool that follows in the registry, held; the first one for NULL. */
static BackgroundPool *
next_alive (BackgroundPool *previous)
{
  BackgroundPool *pool;

  pthread_mutex_lock (&registry_lock);
  pool = previous != NULL ? previous->next : registry;
  while (pool != NULL && !hold_if_alive (pool))
    pool = pool->next;
  pthread_mutex_unlock (&registry_lock);

  return pool;
}

/* Returns whether all threads of the pool have ended. */
static bool
drain (BackgroundPool *self, gint64 deadline)
{
  g_autoslist (GThread) threads = NULL;
  bool is_early = true;
  bool is_empty;

  pthread_mutex_lock (&self->lock);
  self->n_draining++;
  wake_all (self);
  while (self->n_threads > 0 && is_early)
    is_early = background_condition_wait (&self->drained, &self->lock, deadline);
  self->n_draining--;
  is_empty = self->n_threads == 0;
  if (is_empty)
    threads = g_steal_pointer (&self->threads);
  pthread_mutex_unlock (&self->lock);

  for (GSList *link = threads; link != NULL; link = link->next)
    g_thread_join (g_thread_ref (link->data));

  return is_empty;
}

/**
 * background_pool_drain:
 * @timeout: how long to wait at most, in microseconds; %BACKGROUND_CALL_WAIT_FOREVER if
 * that does not matter
 *
 * Waits until all calls of all pools have returned, and all their threads have ended, so
 * that a program leaves nothing behind when it ends, nor runs into its own end. Cancel
 * what runs first. The pools can be used again afterwards.
 *
 * To be called at the end of `main`, when no window is left: it blocks, up to @timeout.
 * Not to be called by a function that runs on a pool.
 *
 * Returns: whether all have ended
 */
gboolean
background_pool_drain (gint64 timeout)
{
  gint64          deadline = background_deadline_of (timeout);
  gboolean        all_ended = TRUE;
  BackgroundPool *pool;

  g_return_val_if_fail (own_worker == NULL, FALSE);

  pool = next_alive (NULL);
  while (pool != NULL)
    {
      BackgroundPool *next;

      all_ended = drain (pool, deadline) && all_ended;
      next = next_alive (pool);
      drop (pool);
      pool = next;
    }

  return all_ended;
}
