/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-call-private.h"
#include "backgroundcall/background-follower-private.h"
#include "backgroundcall/background-promise-private.h"

/*
 * Waiting in GIO's manner, for those who have a GAsyncReadyCallback. It is the waiting
 * that can be cancelled, and not the call.
 */
typedef struct
{
  _Atomic (int)  ref_count;
  _Atomic (bool) is_over;
  GTask         *task;
  GCancellable  *cancellable; /* NULL for none */
  gulong         cancelled_id;
} Wait;

static void
wait_unref (gpointer data)
{
  Wait *self = data;

  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  g_clear_object (&self->cancellable);
  g_object_unref (self->task);
  g_free (self);
}

static Wait *
wait_ref (Wait *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);

  return self;
}

static void
closure_unref_wait (gpointer data, GClosure *closure G_GNUC_UNUSED)
{
  wait_unref (data);
}

static void
cancelled_cb (GCancellable *cancellable G_GNUC_UNUSED, gpointer user_data)
{
  Wait *self = user_data;

  if (!atomic_exchange (&self->is_over, true))
    g_task_return_new_error (self->task, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                             "The wait was cancelled");
}

static void
done_cb (BackgroundPromise *promise G_GNUC_UNUSED, gpointer data)
{
  Wait *self = data;

  if (!atomic_exchange (&self->is_over, true))
    g_task_return_boolean (self->task, TRUE);
  if (self->cancellable != NULL)
    g_signal_handler_disconnect (self->cancellable, self->cancelled_id);
  wait_unref (self);
}

/**
 * background_call_wait_async:
 * @self: a call
 * @cancellable: (nullable): ends the waiting, and not the call
 * @callback: (scope async): what to call when @self is done
 * @user_data: data for @callback
 *
 * Waits until the call is done, without blocking.
 *
 * May be called from any thread; never blocks. @callback runs in the main context that is
 * the default of the calling thread.
 */
void
background_call_wait_async (BackgroundCall     *self,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  Wait *wait;

  g_return_if_fail (BACKGROUND_IS_CALL (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  wait = g_new0 (Wait, 1);
  atomic_init (&wait->ref_count, 1);
  wait->task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (wait->task, background_call_wait_async);
  g_task_set_check_cancellable (wait->task, FALSE);

  if (cancellable != NULL)
    {
      wait->cancellable = g_object_ref (cancellable);
      wait->cancelled_id = g_signal_connect_data (cancellable, "cancelled",
                                                  G_CALLBACK (cancelled_cb),
                                                  wait_ref (wait), closure_unref_wait, 0);
      if (g_cancellable_is_cancelled (cancellable))
        cancelled_cb (cancellable, wait);
    }

  background_follower_add (background_call_get_promise (self), done_cb, wait);
}

/**
 * background_call_wait_finish:
 * @self: a call
 * @result: what the callback got
 * @error: where to put what went wrong
 *
 * Gets the return value or the error of a call that was waited for; %G_IO_ERROR_CANCELLED
 * if the waiting was ended.
 *
 * Returns: (transfer none) (nullable): the return value, which lives as long as @self
 */
gpointer
background_call_wait_finish (BackgroundCall *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (BACKGROUND_IS_CALL (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;

  return background_call_get_return (self, BACKGROUND_CALL_NO_WAIT, error);
}
