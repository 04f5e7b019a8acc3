/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-combine.h"

#include "backgroundcall/background-call-error.h"
#include "backgroundcall/background-call-private.h"
#include "backgroundcall/background-follower-private.h"
#include "backgroundcall/background-pool-private.h"
#include "backgroundcall/background-promise-private.h"
#include "backgroundcall/background-retry-private.h"
#include "backgroundcall/background-timer-private.h"
#include "backgroundcall/call-queue-core-private.h"

/*
 * Calls that are made of calls.
 *
 * Each is a call like any other. It has a reference to those that it is made of, and
 * cancels them when it is cancelled or dropped. None of them takes a thread to wait, or a
 * main loop.
 */

/* Several calls, of which one is made. The call that is made, and each of those that it
 * is made of, have a reference while they may need it. */
typedef struct
{
  _Atomic (int)      ref_count;
  BackgroundPromise *promise;
  GPtrArray         *calls;
  _Atomic (guint) n_followed; /* those that are not done, and the one who follows them */
  _Atomic (guint) n_wanted;   /* how many more must return, or fail, to decide it */
} Group;

static void
group_unref (gpointer data)
{
  Group *self = data;

  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  g_ptr_array_unref (self->calls);
  g_free (self);
}

static Group *
group_ref (Group *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);

  return self;
}

static void
cancel_call (gpointer call)
{
  background_promise_cancel (background_call_get_promise (call));
}

static void
group_cancel (gpointer data)
{
  Group *self = data;

  for (guint i = 0; i < self->calls->len; i++)
    cancel_call (self->calls->pdata[i]);
}

/* The last one may not be the one that answers. */
static void
group_leave (Group *self)
{
  BackgroundPromise *promise = self->promise;

  if (atomic_fetch_sub (&self->n_followed, 1) == 1)
    background_promise_unref (promise);
  group_unref (self);
}

static BackgroundCall *
group_new (BackgroundCall *const *calls, gsize n_calls, Group **group)
{
  Group          *self = g_new0 (Group, 1);
  BackgroundCall *call = background_call_new_for_promise (&self->promise, NULL, NULL);

  atomic_init (&self->ref_count, 1);
  atomic_init (&self->n_followed, n_calls + 1);
  atomic_init (&self->n_wanted, n_calls);
  self->calls = g_ptr_array_new_full (n_calls, g_object_unref);
  for (gsize i = 0; i < n_calls; i++)
    g_ptr_array_add (self->calls, g_object_ref (calls[i]));

  self->promise->kept = group_ref (self);
  self->promise->kept_destroy = group_unref;
  background_promise_set_cancel_func (self->promise, group_cancel, group_ref (self),
                                      group_unref);
  *group = self;

  return call;
}

/* Takes the maker's reference. */
static void
group_follow (Group *self, BackgroundFollowerFunc func)
{
  for (guint i = 0; i < self->calls->len; i++)
    background_follower_add (background_call_get_promise (self->calls->pdata[i]), func,
                             group_ref (self));
  group_leave (self);
}

static bool
is_the_last (Group *self)
{
  return atomic_fetch_sub (&self->n_wanted, 1) == 1;
}

static void
one_of_all_done (BackgroundPromise *promise, gpointer data)
{
  Group *group = data;

  if (background_promise_get_state (promise) == BACKGROUND_CALL_FAILED)
    {
      if (background_promise_answer (group->promise, NULL, g_error_copy (promise->error)))
        group_cancel (group);
    }
  else if (is_the_last (group))
    background_promise_answer (group->promise, group->calls, NULL);

  group_leave (group);
}

static void
one_of_any_done (BackgroundPromise *promise, gpointer data)
{
  Group *group = data;

  if (background_promise_get_state (promise) == BACKGROUND_CALL_RETURNED)
    {
      if (background_promise_answer (group->promise, promise->return_value, NULL))
        group_cancel (group);
    }
  else if (is_the_last (group))
    background_promise_answer (group->promise, NULL, g_error_copy (promise->error));

  group_leave (group);
}

/**
 * background_call_new_all: (constructor)
 * @calls: (array length=n_calls): what is to be done
 * @n_calls: how many there are
 *
 * Makes one call of many: it returns when all have returned. It fails with the error of
 * the first that fails, and cancels the rest.
 *
 * Its return value is a `GPtrArray` of @calls, each of which has returned.
 *
 * It cancels @calls when it is cancelled or dropped. May be called from any thread; never
 * blocks.
 *
 * Returns: (transfer full): the running call
 */
BackgroundCall *
background_call_new_all (BackgroundCall *const *calls, gsize n_calls)
{
  Group          *group;
  BackgroundCall *call;

  g_return_val_if_fail (calls != NULL || n_calls == 0, NULL);

  call = group_new (calls, n_calls, &group);
  if (n_calls == 0)
    background_promise_answer (group->promise, group->calls, NULL);
  group_follow (group, one_of_all_done);

  return call;
}

/**
 * background_call_new_any: (constructor)
 * @calls: (array length=n_calls): what may be done
 * @n_calls: how many there are; at least one
 *
 * Makes one call of many: it returns what the first that returns has returned, and
 * cancels the rest. If all fail, it fails with the error of the last.
 *
 * Its return value belongs to the one of @calls that it comes from, which it keeps.
 *
 * It cancels @calls when it is cancelled or dropped. May be called from any thread; never
 * blocks.
 *
 * Returns: (transfer full): the running call
 */
BackgroundCall *
background_call_new_any (BackgroundCall *const *calls, gsize n_calls)
{
  Group          *group;
  BackgroundCall *call;

  g_return_val_if_fail (calls != NULL && n_calls > 0, NULL);

  call = group_new (calls, n_calls, &group);
  group_follow (group, one_of_any_done);

  return call;
}

/* What a call goes on with. It is the data of the call that goes on. */
typedef struct
{
  BackgroundCall    *previous;
  BackgroundThenFunc func;
  gpointer           data;
  GDestroyNotify     data_destroy;
  BackgroundPromise *promise; /* not owned: where it runs in a queue */
} Then;

static void
then_free (gpointer data)
{
  Then *self = data;

  if (self->data_destroy != NULL)
    self->data_destroy (self->data);
  g_object_unref (self->previous);
  g_free (self);
}

/* A BackgroundFunc. */
static gpointer
then_run (BackgroundPromise *promise, gpointer data, GError **error)
{
  Then *self = data;

  return self->func (promise, self->previous, self->data, error);
}

/* A CallQueueFunc. */
static gpointer
then_run_in_queue (gpointer data, GError **error)
{
  Then *self = data;

  return self->func (self->promise, self->previous, self->data, error);
}

/* Who is to be cancelled with a call that goes on with another. */
typedef struct
{
  BackgroundCall    *previous;
  BackgroundPromise *promise; /* not owned: it runs this */
} ThenCancel;

static void
then_cancel_free (gpointer data)
{
  ThenCancel *self = data;

  g_object_unref (self->previous);
  g_free (self);
}

/* A BackgroundCancelFunc: what waits in a queue leaves it. */
static void
then_cancel (gpointer data)
{
  ThenCancel *self = data;

  cancel_call (self->previous);
  if (self->promise->queue != NULL)
    call_queue_core_withdraw (self->promise->queue, self->promise);
}

/* Takes the promiser's reference if it succeeds. */
static bool
push_to_queue (BackgroundPromise *promise, GError **error)
{
  CallQueueOrder order = { then_run_in_queue, promise->priority,
                           CALL_QUEUE_ERROR_TO_CALLER, NULL, true };
  bool           is_pushed;

  background_promise_hold (promise);
  is_pushed = call_queue_core_push (promise->queue, promise, &order, error);
  /* Who cancelled it just before did not find it in the queue. */
  if (is_pushed && background_promise_is_cancelled (promise))
    call_queue_core_withdraw (promise->queue, promise);
  background_promise_drop (promise);

  return is_pushed;
}

/* Has the promiser's reference to the one that goes on. */
static void
previous_done (BackgroundPromise *previous, gpointer data)
{
  BackgroundPromise *promise = data;
  GError            *error = NULL;

  if (background_promise_get_state (previous) == BACKGROUND_CALL_FAILED)
    error = g_error_copy (previous->error);
  else if (promise->queue == NULL)
    {
      background_pool_push (promise->pool, promise);
      return;
    }
  else if (push_to_queue (promise, &error))
    return;

  background_promise_answer (promise, NULL, error);
  background_promise_unref (promise);
}

/**
 * background_call_new_then: (constructor)
 * @previous: the call to go on with
 * @func: (scope notified) (closure data) (destroy data_destroy): how to go on
 * @data: (nullable): what to give to @func
 * @data_destroy: (nullable): frees @data, in the caller's context
 * @return_destroy: (nullable) (scope forever): frees the return value, in the caller's
 * context, with the call
 * @queue: (nullable): runs @func in the thread that receives from there, such as that of
 *   the user interface; %NULL for a thread of the default pool
 *
 * Makes a call that goes on with another: @func runs when @previous has returned. If that
 * fails, this fails with the same error, and @func never runs.
 *
 * It cancels @previous when it is cancelled or dropped. May be called from any thread;
 * never blocks.
 *
 * Returns: (transfer full): the running call
 */
BackgroundCall *
background_call_new_then (BackgroundCall         *previous,
                          BackgroundThenFunc      func,
                          gpointer                data,
                          GDestroyNotify          data_destroy,
                          BackgroundReturnDestroy return_destroy,
                          CallQueue              *queue)
{
  BackgroundPromise *promise;
  BackgroundCall    *call;
  Then              *then;
  ThenCancel        *cancel;

  g_return_val_if_fail (BACKGROUND_IS_CALL (previous), NULL);
  g_return_val_if_fail (func != NULL, NULL);
  g_return_val_if_fail (queue == NULL || CALL_IS_QUEUE (queue), NULL);

  then = g_new0 (Then, 1);
  then->previous = g_object_ref (previous);
  then->func = func;
  then->data = data;
  then->data_destroy = data_destroy;

  call = background_call_new_for_queue (
      &promise, queue != NULL ? call_queue_get_core (queue) : NULL, then, then_free,
      return_destroy, NULL);
  then->promise = promise;
  promise->func = then_run;
  if (queue == NULL)
    promise->pool = background_pool_ref (background_pool_get_default ());
  cancel = g_new (ThenCancel, 1);
  *cancel = (ThenCancel){ g_object_ref (previous), promise };
  background_promise_set_cancel_func (promise, then_cancel, cancel, then_cancel_free);
  background_follower_add (background_call_get_promise (previous), previous_done,
                           promise);

  return call;
}

/* A call and a timer, of which the first to be done decides. */
typedef struct
{
  _Atomic (int)      ref_count;
  BackgroundPromise *promise;
  BackgroundCall    *call; /* NULL for a mere delay */
  BackgroundTimer   *timer;
} Race;

static void
race_unref (gpointer data)
{
  Race *self = data;

  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  g_clear_object (&self->call);
  g_clear_pointer (&self->timer, background_timer_unref);
  g_free (self);
}

static Race *
race_ref (Race *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);

  return self;
}

/* One who may answer goes. */
static void
race_leave (Race *self)
{
  BackgroundPromise *promise = self->promise;

  race_unref (self);
  background_promise_unref (promise);
}

static void
race_stop_timer (Race *self)
{
  if (background_timer_cancel (self->timer))
    race_leave (self);
}

static void
race_cancel (gpointer data)
{
  Race *self = data;

  race_stop_timer (self);
  if (self->call != NULL)
    cancel_call (self->call);
}

static void
race_call_done (BackgroundPromise *promise, gpointer data)
{
  Race   *self = data;
  GError *error = NULL;

  if (background_promise_get_state (promise) == BACKGROUND_CALL_FAILED)
    error = g_error_copy (promise->error);
  background_promise_answer (self->promise, promise->return_value, error);

  race_stop_timer (self);
  race_leave (self);
}

static void
race_time_is_up (gpointer data, const GError *no_thread)
{
  Race   *self = data;
  GError *error = NULL;

  if (no_thread != NULL)
    error = g_error_copy (no_thread);
  else if (self->call != NULL)
    error = g_error_new_literal (BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_TIMED_OUT,
                                 "The call did not return in time");

  if (background_promise_answer (self->promise, NULL, error) && self->call != NULL)
    cancel_call (self->call);

  race_leave (self);
}

static BackgroundCall *
race_new (BackgroundCall *call, gint64 timeout)
{
  Race           *self = g_new0 (Race, 1);
  BackgroundCall *racing = background_call_new_for_promise (&self->promise, NULL, NULL);

  /* One reference is the timer's, who may answer. */
  atomic_init (&self->ref_count, 1);
  if (call != NULL)
    self->call = g_object_ref (call);
  self->promise->kept = race_ref (self);
  self->promise->kept_destroy = race_unref;

  /* Two more, until all is in place. */
  race_ref (self);
  background_promise_ref (self->promise);
  self->timer = background_timer_new (timeout, race_time_is_up, self);
  background_promise_set_cancel_func (self->promise, race_cancel, race_ref (self),
                                      race_unref);
  if (call != NULL)
    background_follower_add (background_call_get_promise (call), race_call_done, self);
  else
    race_leave (self);

  return racing;
}

/**
 * background_call_new_delay: (constructor)
 * @delay: how long, in microseconds
 *
 * Makes a call that returns %NULL after a while, and does nothing until then.
 *
 * May be called from any thread; never blocks.
 *
 * Returns: (transfer full): the running call
 */
BackgroundCall *
background_call_new_delay (gint64 delay)
{
  g_return_val_if_fail (delay >= 0, NULL);

  return race_new (NULL, delay);
}

/**
 * background_call_new_with_timeout: (constructor)
 * @call: a call
 * @timeout: how long it may take from now on, in microseconds
 *
 * Makes a call that ends as @call does, if that is done in time. Otherwise it cancels
 * @call, and fails with %BACKGROUND_CALL_ERROR_TIMED_OUT.
 *
 * Its return value belongs to @call, which it keeps.
 *
 * It cancels @call when it is cancelled or dropped. May be called from any thread; never
 * blocks.
 *
 * Returns: (transfer full): the running call
 */
BackgroundCall *
background_call_new_with_timeout (BackgroundCall *call, gint64 timeout)
{
  g_return_val_if_fail (BACKGROUND_IS_CALL (call), NULL);
  g_return_val_if_fail (timeout >= 0, NULL);

  return race_new (call, timeout);
}

/**
 * background_call_new_with_retry: (constructor)
 * @func: (scope notified) (closure data) (destroy data_destroy): the slow function, which
 *   may run several times, one after the other
 * @data: (nullable): what to give to @func
 * @data_destroy: (nullable): frees @data, in the caller's context
 * @return_destroy: (nullable) (scope forever): frees the return value, in the caller's
 * context, with the call
 * @cancellable: (nullable): cancels the call
 * @max_attempts: how often to try, at most
 * @first_pause: how long to wait before the second try, in microseconds, at most: a
 * random time between a half and the whole of it. It doubles from one to the next, up to
 * five minutes.
 * @is_worth_it: (nullable) (scope notified): which errors are worth another try; %NULL
 * for all. It must stay valid as long as the call runs.
 *
 * Calls @func in the background, and again when it fails. The error is that of the last
 * try.
 *
 * May be called from any thread; never blocks.
 *
 * Returns: (transfer full): the running call
 */
BackgroundCall *
background_call_new_with_retry (BackgroundFunc          func,
                                gpointer                data,
                                GDestroyNotify          data_destroy,
                                BackgroundReturnDestroy return_destroy,
                                GCancellable           *cancellable,
                                guint                   max_attempts,
                                gint64                  first_pause,
                                BackgroundRetryFunc     is_worth_it)
{
  BackgroundPromise *promise;
  BackgroundCall    *call;

  g_return_val_if_fail (func != NULL, NULL);
  g_return_val_if_fail (max_attempts > 0, NULL);
  g_return_val_if_fail (first_pause >= 0, NULL);

  call = background_call_new_for_promise (&promise, return_destroy, NULL);
  promise->retry = background_retry_new (max_attempts, first_pause, is_worth_it);
  background_promise_start (promise, func, data, data_destroy, cancellable,
                            background_pool_get_default (), G_PRIORITY_DEFAULT);

  return call;
}
