/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-promise-private.h"

#include "backgroundcall/background-call-error.h"
#include "backgroundcall/background-diagnosis-private.h"
#include "backgroundcall/background-follower-private.h"
#include "backgroundcall/background-pool-private.h"
#include "backgroundcall/background-retry-private.h"
#include "backgroundcall/background-snapshot-private.h"
#include "backgroundcall/background-waiter-private.h"
#include "backgroundcall/call-queue-core-private.h"

#include <string.h>

/**
 * BackgroundPromise:
 *
 * The worker's side of a call: what is known there of the call, and what may be said.
 *
 * A [callback@Func] gets one, to report progress and to ask whether anybody
 * still wants the answer. It answers by returning.
 *
 * A call can also be answered from elsewhere: [ctor@BackgroundCall.Call.new_for_promise]
 * makes a call with no function of its own, and whoever has the promise answers it, once,
 * from any thread, with [method@Promise.return] or [method@Promise.fail]. That is how one
 * thread serves thousands of calls. A promise whose last reference goes without an answer
 * fails the call with %BACKGROUND_CALL_ERROR_ABANDONED, so no call is left waiting.
 *
 * A promise doesn't keep its [class@BackgroundCall.Call] alive: when nobody has the call
 * any more, the promise is cancelled.
 */

G_DEFINE_BOXED_TYPE (BackgroundPromise,
                     background_promise,
                     background_promise_ref,
                     background_promise_unref)

/* The life of the cancel function. The one who cancels runs it, perhaps just when the
 * creator releases the promise; its data goes with whoever is the last to need it. */
enum
{
  CANCEL_FUNC_NONE,
  CANCEL_FUNC_SET,
  CANCEL_FUNC_RUNS,
  CANCEL_FUNC_DONE,
  CANCEL_FUNC_RELEASED,
};

guint
background_thread_get_id (void)
{
  static _Atomic (guint)     newest = 0;
  static _Thread_local guint own = 0;

  if (G_UNLIKELY (own == 0))
    own = atomic_fetch_add (&newest, 1) + 1;

  return own;
}

static guint64
bits_of_double (double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);

  return bits;
}

/* The signal holds the promise while it runs; it does so itself, too, as ThreadSanitizer
 * can't see how GObject counts. */
static void
outer_cancelled_cb (GCancellable *cancellable G_GNUC_UNUSED, gpointer user_data)
{
  BackgroundPromise *promise = user_data;

  background_promise_hold (promise);
  background_promise_cancel (promise);
  background_promise_drop (promise);
}

static void
outer_cancelled_data_free (gpointer data, GClosure *closure G_GNUC_UNUSED)
{
  background_promise_drop (data);
}

/* Must it come by the creator's context once more, or can it just be forgotten? */
static bool
has_something_to_release (BackgroundPromise *self)
{
  return self->data_destroy != NULL ||
         (self->late_value != NULL && self->return_destroy != NULL) ||
         self->outer_cancellable != NULL || atomic_load (&self->results) != NULL ||
         atomic_load (&self->cancel_func_state) != CANCEL_FUNC_NONE;
}

/* The outcome is written: publish it, and wake who waits for it. */
static void
publish_outcome (BackgroundPromise  *self,
                 BackgroundCallState state,
                 bool                is_to_be_visited)
{
  atomic_store (&self->state, state);

  background_waiter_wake_all (self);
  background_follower_tell_all (self);

  if (is_to_be_visited || atomic_load (&self->watched) || atomic_load (&self->abandoned))
    background_source_tell_settled (self->source, self);
}

static bool
claim_outcome (BackgroundPromise *self)
{
  return !atomic_exchange (&self->claimed, true);
}

static bool
settle_with_error (BackgroundPromise *self, GError *error)
{
  if (!claim_outcome (self))
    {
      g_error_free (error);
      return false;
    }

  self->error = error;
  publish_outcome (self, BACKGROUND_CALL_FAILED, false);

  return true;
}

static bool
settle_with_value (BackgroundPromise *self, gpointer value)
{
  if (!claim_outcome (self))
    {
      self->late_value = value;
      return false;
    }

  self->return_value = value;
  publish_outcome (self, BACKGROUND_CALL_RETURNED, false);

  return true;
}

static GError *
new_cancelled_error (void)
{
  return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The call was cancelled");
}

/* Nobody will run the function, or answer, from now on. */
static void
finish (BackgroundPromise *self)
{
  /* Looked at before, as the creator may release it just after. */
  bool is_to_be_visited = has_something_to_release (self);

  if (!atomic_exchange (&self->finished, true) && is_to_be_visited &&
      !atomic_load (&self->creator_waits))
    background_source_tell_settled (self->source, self);
}

/* The function has returned. In one step, so that the main context is woken once. */
void
background_promise_settle_and_finish (BackgroundPromise *self,
                                      gpointer           value,
                                      GError            *error)
{
  bool is_to_be_visited;

  if (atomic_exchange (&self->answered, true))
    g_critical ("A function that runs in the background answers by returning");

  if (!claim_outcome (self))
    {
      self->late_value = value;
      g_clear_error (&error);
      finish (self);
      return;
    }

  self->error = error;
  if (error == NULL)
    self->return_value = value;
  else
    self->late_value = value;

  is_to_be_visited = has_something_to_release (self);
  atomic_store (&self->finished, true);
  publish_outcome (self,
                   error == NULL ? BACKGROUND_CALL_RETURNED : BACKGROUND_CALL_FAILED,
                   is_to_be_visited);
}

static void
free_memory (BackgroundPromise *self)
{
  BackgroundSnapshot *snapshot = atomic_load (&self->snapshot);
  GCancellable       *cancellable = atomic_load (&self->cancellable);

  g_assert (self->watches == NULL);

  g_clear_error (&self->error);
  g_clear_pointer (&self->retry, background_retry_free);
  g_clear_object (&cancellable);
  g_clear_pointer (&snapshot, background_snapshot_free);
  g_clear_pointer (&self->pool, background_pool_unref);
  g_clear_pointer (&self->queue, call_queue_core_unref);
  background_source_unref (self->source);
  g_free (self);
}

void
background_promise_hold (BackgroundPromise *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);
}

void
background_promise_drop (BackgroundPromise *self)
{
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) == 1)
    free_memory (self);
}

/* The caller gets both a promiser's reference and one to the memory. */
BackgroundPromise *
background_promise_new (BackgroundReturnDestroy return_destroy)
{
  BackgroundPromise *self = g_new0 (BackgroundPromise, 1);

  atomic_init (&self->ref_count, 2);
  atomic_init (&self->promiser_count, 1);
  atomic_init (&self->progress_bits, bits_of_double (-1.0));
  background_change_init (self, settled);
  background_change_init (self, progressed);
  self->return_destroy = return_destroy;
  self->source = background_source_ref_for_thread_default ();
  self->creator = background_thread_get_id ();

  return self;
}

/* For those who answer from several sides: the first one wins. Takes the error. */
bool
background_promise_answer (BackgroundPromise *self, gpointer value, GError *error)
{
  if (atomic_exchange (&self->answered, true))
    {
      g_clear_error (&error);
      return false;
    }

  return error == NULL ? settle_with_value (self, value)
                       : settle_with_error (self, error);
}

/* Its function was not run, as it is cancelled. Who has cancelled it writes the outcome:
 * when that one goes on, the call has failed. Consumes the promiser's reference. */
void
background_promise_leave_to_canceller (BackgroundPromise *self)
{
  if (!atomic_load (&self->answers_cancel_itself))
    atomic_store (&self->answered, true);
  background_promise_unref (self);
}

/* On a thread of the pool. Consumes the promiser's reference. */
void
background_promise_run (BackgroundPromise *self)
{
  GError  *error = NULL;
  gpointer value;

  if (atomic_load (&self->cancelled))
    {
      background_pool_begin_finish ();
      background_promise_leave_to_canceller (self);
      return;
    }

  atomic_store (&self->runner, background_thread_get_id ());
  background_diagnosis_started (self);
  value = self->func (self, self->data, &error);
  background_diagnosis_done (self, error);

  if (error != NULL && self->retry != NULL)
    {
      if (background_retry_later (self, error))
        {
          g_error_free (error);
          return;
        }

      /* It is not for this error that there is no next try. */
      if (atomic_load (&self->cancelled))
        {
          g_error_free (error);
          error = new_cancelled_error ();
        }
    }

  background_pool_begin_finish ();
  background_promise_settle_and_finish (self, value, error);
  background_promise_unref (self);
}

/* Takes the error, and consumes the promiser's reference. */
void
background_promise_cannot_run (BackgroundPromise *self, GError *error)
{
  background_promise_settle_and_finish (self, NULL, error);
  background_promise_unref (self);
}

static void
run_cancel_func (BackgroundPromise *self)
{
  int set = CANCEL_FUNC_SET;
  int runs = CANCEL_FUNC_RUNS;

  if (!atomic_compare_exchange_strong (&self->cancel_func_state, &set, CANCEL_FUNC_RUNS))
    return;

  self->cancel_func (self->cancel_data);

  if (!atomic_compare_exchange_strong (&self->cancel_func_state, &runs,
                                       CANCEL_FUNC_DONE) &&
      self->cancel_data_destroy != NULL)
    self->cancel_data_destroy (self->cancel_data);
}

static void
release_cancel_func (BackgroundPromise *self)
{
  int before = atomic_exchange (&self->cancel_func_state, CANCEL_FUNC_RELEASED);

  if ((before == CANCEL_FUNC_SET || before == CANCEL_FUNC_DONE) &&
      self->cancel_data_destroy != NULL)
    self->cancel_data_destroy (self->cancel_data);
}

/* May be called from any thread, any number of times. */
void
background_promise_cancel (BackgroundPromise *self)
{
  GCancellable *cancellable;

  if (background_promise_get_state (self) != BACKGROUND_CALL_RUNNING ||
      atomic_exchange (&self->cancelled, true))
    return;

  background_promise_hold (self);

  if (self->pool != NULL && background_pool_withdraw (self->pool, self))
    {
      background_promise_settle_and_finish (self, NULL, new_cancelled_error ());
      background_promise_unref (self);
    }
  else if (!atomic_load (&self->answers_cancel_itself))
    settle_with_error (self, new_cancelled_error ());

  if (self->retry != NULL)
    background_retry_cancel (self);
  run_cancel_func (self);

  cancellable = atomic_load (&self->cancellable);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);

  background_promise_drop (self);
}

/* Before anybody else has the promise. */
void
background_promise_follow_cancellable (BackgroundPromise *self,
                                       GCancellable      *outer_cancellable)
{
  if (outer_cancellable == NULL)
    return;

  background_promise_hold (self);
  self->outer_cancellable = g_object_ref (outer_cancellable);
  self->outer_cancelled_id = g_signal_connect_data (outer_cancellable, "cancelled",
                                                    G_CALLBACK (outer_cancelled_cb), self,
                                                    outer_cancelled_data_free, 0);

  if (g_cancellable_is_cancelled (outer_cancellable))
    background_promise_cancel (self);
}

/* Takes the promiser's reference. */
void
background_promise_start (BackgroundPromise *self,
                          BackgroundFunc     func,
                          gpointer           data,
                          GDestroyNotify     data_destroy,
                          GCancellable      *outer_cancellable,
                          BackgroundPool    *pool,
                          int                priority)
{
  self->func = func;
  self->data = data;
  self->data_destroy = data_destroy;
  self->priority = priority;
  self->pool = background_pool_ref (pool);

  background_diagnosis_queued (self);
  background_promise_follow_cancellable (self, outer_cancellable);

  if (atomic_load (&self->cancelled))
    background_promise_leave_to_canceller (self);
  else
    background_pool_push (pool, self);
}

/* The asker's side may go without cancelling. */
void
background_promise_detach (BackgroundPromise *self)
{
  atomic_store (&self->detached, true);
}

/* The asker's side is gone. */
void
background_promise_abandon (BackgroundPromise *self)
{
  if (!atomic_load (&self->detached))
    background_promise_cancel (self);

  atomic_store (&self->abandoned, true);
  background_promise_release_if_here (self);

  if (atomic_load (&self->state) != BACKGROUND_CALL_RUNNING &&
      !atomic_load (&self->outcome_released) &&
      (self->return_destroy != NULL || self->kept_destroy != NULL ||
       atomic_load (&self->results) != NULL))
    background_source_tell_settled (self->source, self);
}

static void
free_results (BackgroundPromise *self)
{
  GPtrArray *results = background_results_take (&self->results);

  g_clear_pointer (&results, g_ptr_array_unref);
}

/* In the creator's context, or in the creator's thread: whatever may be freed by now. */
void
background_promise_release (BackgroundPromise *self)
{
  if (atomic_load (&self->finished) && !atomic_exchange (&self->released, true))
    {
      if (self->data_destroy != NULL)
        self->data_destroy (self->data);

      if (self->late_value != NULL && self->return_destroy != NULL)
        self->return_destroy (self->late_value);

      if (self->outer_cancellable != NULL)
        {
          g_signal_handler_disconnect (self->outer_cancellable, self->outer_cancelled_id);
          g_clear_object (&self->outer_cancellable);
        }

      release_cancel_func (self);

      /* The worker may have handed over some more since nobody wanted it. */
      if (atomic_load (&self->abandoned))
        free_results (self);
    }

  if (atomic_load (&self->abandoned) &&
      atomic_load (&self->state) != BACKGROUND_CALL_RUNNING &&
      !atomic_exchange (&self->outcome_released, true))
    {
      if (self->return_value != NULL && self->return_destroy != NULL)
        self->return_destroy (g_steal_pointer (&self->return_value));
      free_results (self);
      if (self->kept_destroy != NULL)
        self->kept_destroy (g_steal_pointer (&self->kept));
    }
}

/* A program without a main loop gets back what it gave, too: where it asks. */
void
background_promise_release_if_here (BackgroundPromise *self)
{
  if (self->creator == background_thread_get_id () ||
      background_source_is_iterated_here (self->source))
    background_promise_release (self);
}

/* Of a call that has returned: it is the caller's from now on. */
gpointer
background_promise_steal_return (BackgroundPromise *self)
{
  atomic_store (&self->outcome_released, true);

  return g_steal_pointer (&self->return_value);
}

/* In the creator's thread. While it waits, its main context need not be woken to release
 * anything: it does so itself, now, or if it has given up waiting, the context does. */
void
background_promise_set_creator_waits (BackgroundPromise *self, bool waits)
{
  atomic_store (&self->creator_waits, waits);
  if (!waits)
    background_promise_release_if_here (self);
}

double
background_promise_read_progress (BackgroundPromise *self)
{
  guint64 bits = atomic_load_explicit (&self->progress_bits, memory_order_acquire);
  double  fraction;

  memcpy (&fraction, &bits, sizeof fraction);

  return fraction;
}

bool
background_promise_read_snapshot (BackgroundPromise *self, gpointer snapshot, gsize size)
{
  BackgroundSnapshot *newest = atomic_load (&self->snapshot);

  if (newest == NULL)
    return false;

  background_snapshot_read (newest, snapshot, size);

  return true;
}

static void
tell_progress (BackgroundPromise *self)
{
  background_waiter_wake_for_news (self);

  /* In this order, and the other way round where a watch is added: one of the two sees
   * the other. */
  if (!atomic_load (&self->reported))
    atomic_store (&self->reported, true);
  if (atomic_load (&self->watched))
    background_source_tell_progress (self->source, self);
}

/**
 * background_promise_ref:
 * @self: a promise
 *
 * Takes one more reference to the right, and the duty, to answer.
 *
 * May be called from any thread that has a reference.
 *
 * Returns: (transfer full): @self
 */
BackgroundPromise *
background_promise_ref (BackgroundPromise *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  atomic_fetch_add_explicit (&self->promiser_count, 1, memory_order_relaxed);

  return self;
}

/**
 * background_promise_unref:
 * @self: (transfer full): a promise
 *
 * Gives a reference back. With the last one, a promise that was not answered fails its
 * call with %BACKGROUND_CALL_ERROR_ABANDONED.
 *
 * May be called from any thread.
 */
void
background_promise_unref (BackgroundPromise *self)
{
  g_return_if_fail (self != NULL);

  if (atomic_fetch_sub_explicit (&self->promiser_count, 1, memory_order_acq_rel) > 1)
    return;

  if (!atomic_exchange (&self->answered, true) && !atomic_load (&self->claimed))
    settle_with_error (
        self,
        atomic_load (&self->cancelled)
            ? new_cancelled_error ()
            : g_error_new_literal (BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_ABANDONED,
                                   "The promise was dropped without an answer"));

  finish (self);
  background_promise_drop (self);
}

/**
 * background_promise_return:
 * @self: a promise
 * @value: (transfer full) (nullable): the return value
 *
 * Answers the call with a return value. A promise is answered once.
 *
 * If the call was cancelled before, its outcome stands, and the value is freed quietly,
 * in the creator's context, with the destroy function that the call was made with.
 *
 * May be called from any thread; never blocks.
 *
 * Returns: whether this became the outcome
 */
gboolean
background_promise_return (BackgroundPromise *self, gpointer value)
{
  bool is_first;

  g_return_val_if_fail (self != NULL, FALSE);

  is_first = !atomic_exchange (&self->answered, true);
  g_return_val_if_fail (is_first, FALSE);

  return settle_with_value (self, value);
}

/**
 * background_promise_fail:
 * @self: a promise
 * @error: (transfer full): what went wrong
 *
 * Answers the call with an error, which arrives whole where the return value is asked
 * for: domain, code, message, and the private data of an extended error (whose functions
 * must work in any thread).
 *
 * May be called from any thread; never blocks.
 *
 * Returns: whether this became the outcome
 */
gboolean
background_promise_fail (BackgroundPromise *self, GError *error)
{
  bool is_first;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (error != NULL, FALSE);

  is_first = !atomic_exchange (&self->answered, true);
  g_return_val_if_fail (is_first, FALSE);

  return settle_with_error (self, error);
}

/**
 * background_promise_report_progress:
 * @self: a promise
 * @fraction: how much is done, from 0 to 1; negative, or not a number, if that isn't
 * known
 *
 * Tells how far the work is. What is more than 1 counts as 1.
 *
 * Report as often as you like: it costs a few nanoseconds, and only the newest report is
 * seen, at most once a frame.
 *
 * To be called by one thread at a time; never blocks.
 */
void
background_promise_report_progress (BackgroundPromise *self, double fraction)
{
  g_return_if_fail (self != NULL);

  /* Rounding errors, and a quotient whose divisor is 0, get no further than this. */
  fraction = fraction >= 0 ? MIN (fraction, 1.0) : -1.0;
  atomic_store (&self->progress_bits, bits_of_double (fraction));
  tell_progress (self);
}

/**
 * background_promise_report_snapshot:
 * @self: a promise
 * @snapshot: (array length=size) (element-type guint8): a struct without pointers
 * @size: its size in bytes, at most %BACKGROUND_SNAPSHOT_MAX_SIZE, and the same each time
 *
 * Tells more about the progress than a fraction can: a struct of your own, which is
 * copied and can be read, whole, with [method@BackgroundCall.Call.get_snapshot].
 *
 * As with [method@Promise.report_progress], only the newest is seen.
 *
 * To be called by one thread at a time; never blocks.
 */
void
background_promise_report_snapshot (BackgroundPromise *self,
                                    gconstpointer      snapshot,
                                    gsize              size)
{
  BackgroundSnapshot *newest;

  g_return_if_fail (self != NULL);
  g_return_if_fail (snapshot != NULL);
  g_return_if_fail (size > 0 && size <= BACKGROUND_SNAPSHOT_MAX_SIZE);

  newest = atomic_load (&self->snapshot);
  if (newest == NULL)
    atomic_store (&self->snapshot, background_snapshot_new (snapshot, size));
  else
    background_snapshot_write (newest, snapshot, size);

  tell_progress (self);
}

/**
 * background_promise_report_result:
 * @self: a promise
 * @result: (transfer full): a part of what there is to find
 * @destroy: (nullable): frees @result if nobody takes it; the same for all of a call
 *
 * Hands over something before all is done. It is seen by a watch, at most once a frame,
 * and taken with [method@BackgroundCall.Call.take_results]: all of them, in order.
 *
 * What nobody has taken is freed with the call, in the creator's context.
 *
 * To be called by one thread at a time, before the promise is answered; never blocks.
 */
void
background_promise_report_result (BackgroundPromise *self,
                                  gpointer           result,
                                  GDestroyNotify     destroy)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (result != NULL);

  background_results_push (&self->results, result, destroy);
  tell_progress (self);
}

/**
 * background_promise_is_cancelled:
 * @self: a promise
 *
 * Tells whether nobody wants the answer any more. A long loop asks now and then, and ends
 * early.
 *
 * May be called from any thread; one atomic load.
 *
 * Returns: whether the call was cancelled or dropped
 */
gboolean
background_promise_is_cancelled (BackgroundPromise *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return atomic_load_explicit (&self->cancelled, memory_order_acquire);
}

/**
 * background_promise_get_cancellable:
 * @self: a promise
 *
 * A cancellable to give to functions of GIO. It belongs to this call alone: it is
 * cancelled with the call, and cancelling it cancels nothing else.
 *
 * May be called from any thread.
 *
 * Returns: (transfer none): the call's own cancellable
 */
GCancellable *
background_promise_get_cancellable (BackgroundPromise *self)
{
  GCancellable *cancellable;
  GCancellable *none = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  cancellable = atomic_load (&self->cancellable);
  if (cancellable != NULL)
    return cancellable;

  cancellable = g_cancellable_new ();
  if (!atomic_compare_exchange_strong (&self->cancellable, &none, cancellable))
    {
      g_object_unref (cancellable);
      cancellable = none;
    }

  /* The one who cancelled may have looked before it was there. */
  if (atomic_load (&self->cancelled))
    g_cancellable_cancel (cancellable);

  return cancellable;
}

/**
 * background_promise_set_return_on_cancel:
 * @self: a promise
 * @return_on_cancel: whether a cancellation is answered at once
 *
 * Says who answers a cancellation.
 *
 * By default a cancelled call fails at once with %G_IO_ERROR_CANCELLED, and what the
 * worker answers later is freed quietly. A worker that has something to say even then
 * (what it got so far), or that must not be interrupted, sets this to %FALSE and answers
 * itself, soon.
 *
 * The name is that of [method@Gio.Task.set_return_on_cancel].
 *
 * May be called from any thread; never blocks.
 *
 * Returns: whether it was in time: %FALSE if the call is cancelled already
 */
gboolean
background_promise_set_return_on_cancel (BackgroundPromise *self,
                                         gboolean           return_on_cancel)
{
  g_return_val_if_fail (self != NULL, FALSE);

  /* In this order, and the other way round in background_promise_cancel: one of the two
   * sees what the other did. */
  atomic_store (&self->answers_cancel_itself, !return_on_cancel);

  return !atomic_load (&self->cancelled);
}

/**
 * background_promise_set_cancel_func:
 * @self: a promise
 * @func: (scope notified) (closure user_data) (destroy destroy): what to run
 * @user_data: (nullable): data for @func
 * @destroy: (nullable): frees @user_data, in the creator's context or in the thread that
 *   cancels, once nobody needs it any more
 *
 * Sets a function that runs at most once, when the call is cancelled; at once, if it is
 * cancelled already. A promise takes one such function.
 *
 * It is cheaper than [method@Promise.get_cancellable], and is made for those
 * who serve many calls with one thread, and must wake it.
 *
 * May be called from any thread.
 */
void
background_promise_set_cancel_func (BackgroundPromise   *self,
                                    BackgroundCancelFunc func,
                                    gpointer             user_data,
                                    GDestroyNotify       destroy)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (func != NULL);
  g_return_if_fail (atomic_load (&self->cancel_func_state) == CANCEL_FUNC_NONE);

  self->cancel_func = func;
  self->cancel_data = user_data;
  self->cancel_data_destroy = destroy;
  atomic_store (&self->cancel_func_state, CANCEL_FUNC_SET);

  if (atomic_load (&self->cancelled))
    run_cancel_func (self);
}
