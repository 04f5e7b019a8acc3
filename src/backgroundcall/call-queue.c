/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/call-queue.h"

#include "backgroundcall/background-call-error.h"
#include "backgroundcall/background-call-private.h"
#include "backgroundcall/background-condition-private.h"
#include "backgroundcall/background-wait-graph-private.h"
#include "backgroundcall/call-queue-core-private.h"
#include "backgroundcall/call-queue-source-private.h"

/**
 * CallQueue:
 *
 * Calls a function in another thread, and gets its return value or its error.
 *
 * It is the way back: as [class@BackgroundCall.Call] takes work off the main thread, a
 * queue lets a worker ask something of the main thread, or of any other.
 *
 * ```c
 * // The main thread, once: it receives in its main loop.
 * CallQueue *ui = call_queue_new (CALL_QUEUE_UNBOUNDED);
 * call_queue_attach (ui, NULL, G_PRIORITY_DEFAULT_IDLE);
 *
 * // A worker: written here, run there.
 * char *name = call_queue_call (ui, ask_for_a_name, window, NULL,
 *                               BACKGROUND_CALL_WAIT_FOREVER, &error);
 * ```
 *
 * # Who receives
 *
 * - A main loop, in slices of a frame: [method@Queue.attach].
 * - A thread without one: it says that it is the one with [method@Queue.own], and
 *   calls [method@Queue.receive] when it likes.
 * - Any thread that calls [method@Queue.receive], if the queue has no owner; several
 *   may share the work.
 * - Anonymous consumers, which come on demand or are added by hand, and go with the
 *   queue: [method@Queue.set_max_consumers], [method@Queue.add_consumers].
 *
 * Calls of one thread and one priority are received in the order in which they were made.
 * A queue with an owner is received from in its owner's thread and nowhere else, whatever
 * other thread happens to iterate the main context.
 *
 * # No waiting for ever
 *
 * A call from the owner's own thread runs directly. Closing the queue, or dropping its
 * last reference, ends every call that waits, with %BACKGROUND_CALL_ERROR_CLOSED. Two
 * threads that call each other don't block each other if each receives from its own queue
 * while it waits ([method@Queue.call_full]). A wait that could never end for all that
 * is an error, %BACKGROUND_CALL_ERROR_DEADLOCK.
 *
 * # Where it comes from
 *
 * The behaviour is that of `CallQueue`, a Python recipe by R K of 2006 (ActiveState
 * recipe 491281), with a few things mended: an alternative value is returned in every
 * case, what was given up waiting for is withdrawn, and nobody polls.
 */
struct _CallQueue
{
  GObject parent_instance;

  CallQueueCore *core;
  GSource       *source; /* NULL unless it is attached */

  pthread_mutex_t lock;
  GQueue          collected; /* under the lock: of BackgroundCall, oldest first */
};

G_DEFINE_FINAL_TYPE (CallQueue, call_queue, G_TYPE_OBJECT)

static void
call_queue_finalize (GObject *object)
{
  CallQueue *self = CALL_QUEUE (object);

  call_queue_core_close (self->core, false);
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  g_clear_pointer (&self->core, call_queue_core_unref);
  g_queue_clear_full (&self->collected, g_object_unref);
  pthread_mutex_destroy (&self->lock);

  G_OBJECT_CLASS (call_queue_parent_class)->finalize (object);
}

static void
call_queue_class_init (CallQueueClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = call_queue_finalize;
}

static void
call_queue_init (CallQueue *self)
{
  pthread_mutex_init (&self->lock, NULL);
  g_queue_init (&self->collected);
}

static bool
is_owned_here (CallQueue *self)
{
  return call_queue_core_get_owner (self->core) == background_thread_get_id ();
}

/**
 * call_queue_new:
 * @max_length: how many calls may wait in it; %CALL_QUEUE_UNBOUNDED for no bound
 *
 * Makes a queue, which nobody owns yet.
 *
 * May be called from any thread.
 *
 * Returns: (transfer full): a new queue
 */
CallQueue *
call_queue_new (guint max_length)
{
  CallQueue *self = g_object_new (CALL_TYPE_QUEUE, NULL);

  self->core = call_queue_core_new (max_length);

  return self;
}

CallQueueCore *
call_queue_get_core (CallQueue *self)
{
  return self->core;
}

/**
 * call_queue_own:
 * @self: a queue
 *
 * Says that the calling thread is the one that receives from @self, by
 * [method@Queue.receive]: no other one will, and what this one calls runs directly.
 *
 * To be called once, by the thread that receives.
 */
void
call_queue_own (CallQueue *self)
{
  g_return_if_fail (CALL_IS_QUEUE (self));

  call_queue_core_set_owner (self->core, background_thread_get_id ());
}

/**
 * call_queue_attach:
 * @self: a queue
 * @context: (nullable): a main context that the calling thread iterates; %NULL for the
 *   one that is its default
 * @priority: %G_PRIORITY_DEFAULT_IDLE to stay below GTK's drawing; %G_PRIORITY_DEFAULT to
 *   be served as soon as input is
 *
 * Says that the calling thread is the one that receives from @self, in its main loop: in
 * slices of a few milliseconds, so that no flood of calls delays drawing or input.
 *
 * To be called once, by the thread that iterates @context.
 */
void
call_queue_attach (CallQueue *self, GMainContext *context, int priority)
{
  g_return_if_fail (CALL_IS_QUEUE (self));
  g_return_if_fail (self->source == NULL);

  call_queue_own (self);
  self->source = call_queue_source_new (self->core, priority);
  g_source_attach (self->source,
                   context != NULL ? context : g_main_context_get_thread_default ());
}

static gpointer
call_directly (CallQueueFunc       func,
               gpointer            data,
               GDestroyNotify      data_destroy,
               CallQueueErrorRoute route,
               gpointer            alternative,
               GError            **error)
{
  GError  *own_error = NULL;
  gpointer value = func (data, &own_error);

  if (data_destroy != NULL)
    data_destroy (data);

  if (own_error == NULL)
    return value;

  /* The caller is the receiver. */
  if (route != CALL_QUEUE_ERROR_TO_NOBODY)
    {
      g_propagate_error (error, own_error);
      return NULL;
    }

  g_error_free (own_error);

  return alternative;
}

/* The time is up, or waiting would never end. */
static void
give_up (CallQueue *self, BackgroundPromise *promise)
{
  call_queue_core_withdraw (self->core, promise);
  background_promise_cancel (promise);
}

static gpointer
take_outcome (BackgroundPromise *promise, GError **error)
{
  if (background_promise_get_state (promise) == BACKGROUND_CALL_RETURNED)
    return background_promise_steal_return (promise);

  g_propagate_error (error, g_error_copy (promise->error));

  return NULL;
}

static gpointer
wait_for_outcome (CallQueue          *self,
                  BackgroundPromise  *promise,
                  CallQueueErrorRoute route,
                  gpointer            alternative,
                  gint64              timeout,
                  CallQueue          *served_meanwhile,
                  GError            **error)
{
  gint64 deadline = background_deadline_of (timeout);
  bool   has_waited;

  if (served_meanwhile != NULL)
    {
      has_waited = call_queue_core_serve_until_done (served_meanwhile->core, promise,
                                                     deadline);
      if (!has_waited)
        background_wait_graph_set_error (error);
    }
  else
    has_waited = background_call_wait (promise, deadline, error);

  if (background_promise_get_state (promise) != BACKGROUND_CALL_RUNNING)
    {
      if (!has_waited)
        g_clear_error (error);
      return take_outcome (promise, error);
    }

  give_up (self, promise);
  if (!has_waited)
    return NULL;

  if (route == CALL_QUEUE_ERROR_TO_NOBODY)
    return alternative;

  g_set_error_literal (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_TIMED_OUT,
                       "The call did not return in time");

  return NULL;
}

/**
 * call_queue_call:
 * @self: a queue
 * @func: (scope notified) (closure data) (destroy data_destroy): what to call
 * @data: (nullable): what to give to @func
 * @data_destroy: (nullable): frees @data, in the calling thread or its main context
 * @timeout: how long to wait at most, in microseconds; %BACKGROUND_CALL_WAIT_FOREVER if
 *   that does not matter
 * @error: where to put what went wrong
 *
 * Calls a function in the thread that receives from @self, waits, and brings its return
 * value or its error.
 *
 * When the time is up, @error is %BACKGROUND_CALL_ERROR_TIMED_OUT. What has not begun
 * then is withdrawn, and never runs. What has begun finishes, and nobody sees its return
 * value; [method@Queue.call_full] takes a function that frees it.
 *
 * May be called from any thread. It blocks, up to @timeout. In the owner's own thread
 * @func runs directly.
 *
 * Returns: (transfer full) (nullable): the return value of @func
 */
gpointer
call_queue_call (CallQueue     *self,
                 CallQueueFunc  func,
                 gpointer       data,
                 GDestroyNotify data_destroy,
                 gint64         timeout,
                 GError       **error)
{
  return call_queue_call_full (self, func, data, data_destroy, NULL, G_PRIORITY_DEFAULT,
                               CALL_QUEUE_ERROR_TO_CALLER, NULL, timeout, NULL, error);
}

/**
 * call_queue_call_full:
 * @self: a queue
 * @func: (scope notified) (closure data) (destroy data_destroy): what to call
 * @data: (nullable): what to give to @func
 * @data_destroy: (nullable): frees @data, in the calling thread or its main context
 * @return_destroy: (nullable) (scope forever): frees a return value that came too late,
 * in the same place
 * @priority: the smaller, the sooner it is received; %G_PRIORITY_DEFAULT for most
 * @route: where an error of @func goes
 * @alternative: (nullable): what to return where the error goes elsewhere, or nowhere
 * @timeout: how long to wait at most, in microseconds
 * @served_meanwhile: (nullable): a queue that the calling thread owns, to receive from
 *   while it waits: so two threads can call each other at the same time
 * @error: where to put what went wrong
 *
 * Calls a function in the thread that receives from @self, as [method@Queue.call],
 * and with all that can be chosen.
 *
 * @error may also be %BACKGROUND_CALL_ERROR_FULL or %BACKGROUND_CALL_ERROR_CLOSED,
 * whatever @route is: then @func has not run. With %CALL_QUEUE_ERROR_TO_NOBODY, the
 * @alternative stands for what is not there in time, too.
 *
 * May be called from any thread. It blocks, up to @timeout. In the owner's own thread
 * @func runs directly.
 *
 * Returns: (transfer full) (nullable): the return value of @func
 */
gpointer
call_queue_call_full (CallQueue              *self,
                      CallQueueFunc           func,
                      gpointer                data,
                      GDestroyNotify          data_destroy,
                      BackgroundReturnDestroy return_destroy,
                      int                     priority,
                      CallQueueErrorRoute     route,
                      gpointer                alternative,
                      gint64                  timeout,
                      CallQueue              *served_meanwhile,
                      GError                **error)
{
  CallQueueOrder order = { func, priority, route, alternative, true };
  g_autoptr (BackgroundCall) call = NULL;
  BackgroundPromise *promise;
  gpointer           value = NULL;

  g_return_val_if_fail (CALL_IS_QUEUE (self), NULL);
  g_return_val_if_fail (func != NULL, NULL);
  g_return_val_if_fail (served_meanwhile == NULL || CALL_IS_QUEUE (served_meanwhile),
                        NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (is_owned_here (self) && !call_queue_core_is_closed (self->core))
    return call_directly (func, data, data_destroy, route, alternative, error);

  call = background_call_new_for_queue (&promise, self->core, data, data_destroy,
                                        return_destroy, NULL);
  background_promise_set_creator_waits (promise, true);

  if (call_queue_core_push (self->core, promise, &order, error))
    {
      promise = background_call_get_promise (call);
      value = wait_for_outcome (self, promise, route, alternative, timeout,
                                served_meanwhile, error);
    }
  else
    background_promise_unref (promise);

  background_promise_set_creator_waits (background_call_get_promise (call), false);

  return value;
}

static BackgroundCall *
push_background (CallQueue              *self,
                 CallQueueFunc           func,
                 gpointer                data,
                 GDestroyNotify          data_destroy,
                 BackgroundReturnDestroy return_destroy,
                 GCancellable           *cancellable,
                 int                     priority,
                 GError                **error)
{
  CallQueueOrder     order = { func, priority, CALL_QUEUE_ERROR_TO_CALLER, NULL, false };
  BackgroundPromise *promise;
  BackgroundCall    *call = background_call_new_for_queue (
         &promise, self->core, data, data_destroy, return_destroy, cancellable);
  GError *own_error = NULL;

  if (call_queue_core_push (self->core, promise, &order, &own_error))
    return call;

  g_propagate_error (error, g_error_copy (own_error));
  background_promise_settle_and_finish (promise, NULL, own_error);
  background_promise_unref (promise);

  return call;
}

/**
 * call_queue_call_background:
 * @self: a queue
 * @func: (scope notified) (closure data) (destroy data_destroy): what to call
 * @data: (nullable): what to give to @func
 * @data_destroy: (nullable): frees @data, in the caller's context
 * @return_destroy: (nullable) (scope forever): frees the return value, in the caller's
 * context, with the call
 * @cancellable: (nullable): cancels the call
 * @priority: the smaller, the sooner it is received
 *
 * Calls a function in the thread that receives from @self, and returns at once. What can
 * be done with any call in the background can be done with this one.
 *
 * If the queue is full or closed, the call has failed. Cancelled before it has begun, it
 * is withdrawn, and never runs.
 *
 * May be called from any thread; never blocks.
 *
 * Returns: (transfer full): the running call
 */
BackgroundCall *
call_queue_call_background (CallQueue              *self,
                            CallQueueFunc           func,
                            gpointer                data,
                            GDestroyNotify          data_destroy,
                            BackgroundReturnDestroy return_destroy,
                            GCancellable           *cancellable,
                            int                     priority)
{
  g_return_val_if_fail (CALL_IS_QUEUE (self), NULL);
  g_return_val_if_fail (func != NULL, NULL);

  return push_background (self, func, data, data_destroy, return_destroy, cancellable,
                          priority, NULL);
}

/**
 * call_queue_post:
 * @self: a queue
 * @func: (scope notified) (closure data) (destroy data_destroy): what to call
 * @data: (nullable): what to give to @func
 * @data_destroy: (nullable): frees @data, in the caller's context
 * @error: where to put why it could not be posted
 *
 * Calls a function in the thread that receives from @self, and wants no answer.
 *
 * May be called from any thread; never blocks.
 *
 * Returns: whether it is in the queue
 */
gboolean
call_queue_post (CallQueue     *self,
                 CallQueueFunc  func,
                 gpointer       data,
                 GDestroyNotify data_destroy,
                 GError       **error)
{
  g_autoptr (BackgroundCall) call = NULL;
  GError *own_error = NULL;

  g_return_val_if_fail (CALL_IS_QUEUE (self), FALSE);
  g_return_val_if_fail (func != NULL, FALSE);

  call = push_background (self, func, data, data_destroy, NULL, NULL, G_PRIORITY_DEFAULT,
                          &own_error);
  background_call_detach (call);
  if (own_error == NULL)
    return TRUE;

  g_propagate_error (error, own_error);

  return FALSE;
}

/**
 * call_queue_call_and_collect:
 * @self: a queue
 * @func: (scope notified) (closure data) (destroy data_destroy): what to call
 * @data: (nullable): what to give to @func
 * @data_destroy: (nullable): frees @data, in the caller's context
 * @return_destroy: (nullable) (scope forever): frees the return value, in the caller's
 * context, with the call
 * @error: where to put why it could not be called
 *
 * Calls a function in a thread that receives from @self, and keeps the call for
 * [method@Queue.get_next_collected].
 *
 * May be called from any thread; never blocks.
 *
 * Returns: whether it is in the queue
 */
gboolean
call_queue_call_and_collect (CallQueue              *self,
                             CallQueueFunc           func,
                             gpointer                data,
                             GDestroyNotify          data_destroy,
                             BackgroundReturnDestroy return_destroy,
                             GError                **error)
{
  g_autoptr (BackgroundCall) call = NULL;
  GError *own_error = NULL;

  g_return_val_if_fail (CALL_IS_QUEUE (self), FALSE);
  g_return_val_if_fail (func != NULL, FALSE);

  call = push_background (self, func, data, data_destroy, return_destroy, NULL,
                          G_PRIORITY_DEFAULT, &own_error);
  if (own_error != NULL)
    {
      g_propagate_error (error, own_error);
      return FALSE;
    }

  pthread_mutex_lock (&self->lock);
  g_queue_push_tail (&self->collected, g_steal_pointer (&call));
  pthread_mutex_unlock (&self->lock);

  return TRUE;
}

/**
 * call_queue_get_next_collected:
 * @self: a queue
 *
 * Takes the oldest of the collected calls that are done.
 *
 * May be called from any thread; never blocks.
 *
 * Returns: (transfer full) (nullable): a call that is done; %NULL if there is none now
 */
BackgroundCall *
call_queue_get_next_collected (CallQueue *self)
{
  BackgroundCall *call = NULL;

  g_return_val_if_fail (CALL_IS_QUEUE (self), NULL);

  pthread_mutex_lock (&self->lock);
  for (GList *link = self->collected.head; link != NULL; link = link->next)
    if (background_call_is_done (link->data))
      {
        call = link->data;
        g_queue_delete_link (&self->collected, link);
        break;
      }
  pthread_mutex_unlock (&self->lock);

  return call;
}

/**
 * call_queue_is_done:
 * @self: a queue
 *
 * Asks whether nothing is left to receive, and nothing to collect.
 *
 * May be called from any thread; never blocks.
 *
 * Returns: whether all is done
 */
gboolean
call_queue_is_done (CallQueue *self)
{
  gboolean is_done;

  g_return_val_if_fail (CALL_IS_QUEUE (self), TRUE);

  pthread_mutex_lock (&self->lock);
  is_done = g_queue_is_empty (&self->collected);
  pthread_mutex_unlock (&self->lock);

  return is_done && call_queue_core_get_length (self->core) == 0;
}

/**
 * call_queue_get_length:
 * @self: a queue
 *
 * May be called from any thread; never blocks.
 *
 * Returns: how many calls wait to be received
 */
guint
call_queue_get_length (CallQueue *self)
{
  g_return_val_if_fail (CALL_IS_QUEUE (self), 0);

  return call_queue_core_get_length (self->core);
}

/**
 * call_queue_receive:
 * @self: a queue that the calling thread owns, or nobody
 * @max_calls: how many calls to run at most; %CALL_QUEUE_UNBOUNDED for all
 * @max_time: how long, in microseconds, before the rest is left for later;
 *   %BACKGROUND_CALL_WAIT_FOREVER for no bound
 * @error: where to put an error that goes to the receiver
 *
 * Runs what waits in the queue, and does not wait for more.
 *
 * An error that goes to the receiver ([enum@QueueErrorRoute]) ends it: the rest stays
 * in the queue.
 *
 * May be called from any thread if the queue has no owner, and by several at a time; in
 * the owner's thread otherwise. It takes as long as the functions that were called take.
 *
 * Returns: how many calls have run
 */
guint
call_queue_receive (CallQueue *self, guint max_calls, gint64 max_time, GError **error)
{
  g_return_val_if_fail (CALL_IS_QUEUE (self), 0);
  g_return_val_if_fail (
      call_queue_core_get_owner (self->core) == 0 || is_owned_here (self), 0);
  g_return_val_if_fail (error == NULL || *error == NULL, 0);

  return call_queue_core_receive (self->core, max_calls,
                                  background_deadline_of (max_time), error);
}

/**
 * call_queue_wait:
 * @self: a queue
 * @timeout: how long to wait at most, in microseconds
 *
 * Waits until there is something to receive, or the queue is closed.
 *
 * For threads that have nothing else to do. It blocks, up to @timeout.
 *
 * Returns: whether there is something to receive
 */
gboolean
call_queue_wait (CallQueue *self, gint64 timeout)
{
  g_return_val_if_fail (CALL_IS_QUEUE (self), FALSE);

  return call_queue_core_wait (self->core, background_deadline_of (timeout));
}

/**
 * call_queue_add_consumers:
 * @self: a queue that nobody owns
 * @n_consumers: how many
 *
 * Starts threads that receive from @self until it is closed or dropped, and sleep in
 * between.
 *
 * May be called from any thread; never blocks.
 */
void
call_queue_add_consumers (CallQueue *self, guint n_consumers)
{
  g_return_if_fail (CALL_IS_QUEUE (self));
  g_return_if_fail (call_queue_core_get_owner (self->core) == 0);

  for (guint i = 0; i < n_consumers; i++)
    call_queue_core_add_consumer (self->core);
}

/**
 * call_queue_set_max_consumers:
 * @self: a queue that nobody owns
 * @max_consumers: how many threads may be started on demand
 *
 * Lets @self start threads that receive from it, when there is a call and none of them is
 * free.
 *
 * May be called from any thread; never blocks.
 */
void
call_queue_set_max_consumers (CallQueue *self, guint max_consumers)
{
  g_return_if_fail (CALL_IS_QUEUE (self));
  g_return_if_fail (call_queue_core_get_owner (self->core) == 0);

  call_queue_core_set_max_consumers (self->core, max_consumers);
}

/**
 * call_queue_close:
 * @self: a queue
 *
 * Takes no more calls, and ends those that wait with %BACKGROUND_CALL_ERROR_CLOSED. What
 * has begun finishes. Consumers go.
 *
 * May be called from any thread, any number of times; never blocks.
 */
void
call_queue_close (CallQueue *self)
{
  g_return_if_fail (CALL_IS_QUEUE (self));

  call_queue_core_close (self->core, false);
}

/**
 * call_queue_close_and_receive_last:
 * @self: a queue that the calling thread owns, or nobody
 * @error: where to put an error that goes to the receiver
 *
 * Takes no more calls, and runs those that wait. After an error that goes to the
 * receiver, the rest ends with %BACKGROUND_CALL_ERROR_CLOSED.
 *
 * Where it may be called, and how long it takes, is as with [method@Queue.receive].
 *
 * Returns: how many calls have run
 */
guint
call_queue_close_and_receive_last (CallQueue *self, GError **error)
{
  guint n_received;

  g_return_val_if_fail (CALL_IS_QUEUE (self), 0);

  call_queue_core_close (self->core, true);
  n_received = call_queue_receive (self, CALL_QUEUE_UNBOUNDED,
                                   BACKGROUND_CALL_WAIT_FOREVER, error);
  call_queue_core_close (self->core, false);

  return n_received;
}

/**
 * call_queue_is_closed:
 * @self: a queue
 *
 * May be called from any thread; never blocks.
 *
 * Returns: whether it takes no more calls
 */
gboolean
call_queue_is_closed (CallQueue *self)
{
  g_return_val_if_fail (CALL_IS_QUEUE (self), TRUE);

  return call_queue_core_is_closed (self->core);
}
