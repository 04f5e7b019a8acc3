/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-pool-private.h"

#include "backgroundcall/background-condition-private.h"
#include "backgroundcall/background-promise-private.h"
#include "backgroundcall/background-worker-private.h"

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

/* Every pool, for draining. */
static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;
static BackgroundPool *registry = NULL;

void
background_pool_hold (BackgroundPool *self)
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

void
background_pool_drop (BackgroundPool *self)
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
void
background_pool_take_incoming (BackgroundPool *self)
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

void
background_pool_take_out (BackgroundPool *self, BackgroundPromise *promise)
{
  g_queue_unlink (&self->queue, &promise->pool_link);
  promise->is_in_pool = false;
}

/* With the lock. */
GQueue
background_pool_take_all (BackgroundPool *self)
{
  GQueue promises = self->queue;

  g_queue_init (&self->queue);
  for (GList *link = promises.head; link != NULL; link = link->next)
    ((BackgroundPromise *) link->data)->is_in_pool = false;

  return promises;
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
  is_short_of_threads = background_worker_attend (self);
  pthread_mutex_unlock (&self->lock);

  if (is_short_of_threads)
    background_worker_start_thread (self);
}

/* Returns whether the promise was still in line; the caller then has the promiser's
 * reference. */
bool
background_pool_withdraw (BackgroundPool *self, BackgroundPromise *promise)
{
  bool was_in_pool;

  pthread_mutex_lock (&self->lock);
  background_pool_take_incoming (self);
  was_in_pool = promise->is_in_pool;
  if (was_in_pool)
    background_pool_take_out (self, promise);
  pthread_mutex_unlock (&self->lock);

  return was_in_pool;
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
 * background_pool_set_niceness:
 * @self: a pool
 * @niceness: how much nicer than the process its threads are, from 0 to 19, as for
 *   nice(1)
 *
 * Lets all threads of the pool give way to the others. Where there are fewer processors
 * than threads with something to do, a window that waits for its turn stands still as
 * surely as one that waits for a lock: work that has time should leave it the processor.
 *
 * It has an effect on Linux only, where each thread has a niceness of its own.
 *
 * To be called before the pool gets its first call.
 */
void
background_pool_set_niceness (BackgroundPool *self, guint niceness)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (niceness < 20);

  self->niceness = niceness;
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
  background_worker_wake_all (self);
  pthread_mutex_unlock (&self->lock);

  background_pool_drop (self);
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
  background_worker_wake_all (self);
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

static bool
drain_each (gint64 deadline)
{
  BackgroundPool *pool = next_alive (NULL);
  bool            all_ended = true;

  while (pool != NULL)
    {
      BackgroundPool *next;

      all_ended = drain (pool, deadline) && all_ended;
      next = next_alive (pool);
      background_pool_drop (pool);
      pool = next;
    }

  return all_ended;
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
  gint64   deadline = background_deadline_of (timeout);
  gboolean all_ended = TRUE;
  guint    n_started;

  g_return_val_if_fail (!background_worker_is_here (), FALSE);

  /* What runs in one pool may call for another, which had been drained before. */
  do
    {
      n_started = background_worker_count_started ();
      all_ended = drain_each (deadline);
    }
  while (all_ended && background_worker_count_started () != n_started);

  return all_ended;
}
