/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "backgroundcall/background-call-error.h"
#include "backgroundcall/background-export.h"
#include "backgroundcall/background-pool.h"
#include "backgroundcall/background-promise.h"

G_BEGIN_DECLS

#define BACKGROUND_TYPE_CALL (background_call_get_type ())

BACKGROUND_EXPORT
G_DECLARE_FINAL_TYPE (BackgroundCall, background_call, BACKGROUND, CALL, GObject)

/**
 * BackgroundCallState:
 * @BACKGROUND_CALL_RUNNING: it waits for a thread, or runs
 * @BACKGROUND_CALL_RETURNED: it has a return value
 * @BACKGROUND_CALL_FAILED: it has an error
 *
 * The answer to [method@BackgroundCall.Call.is_done]. The numbers are those of the
 * recipe, so that the answer can be used as a truth value.
 */
typedef enum
{
  BACKGROUND_CALL_RUNNING = 0,
  BACKGROUND_CALL_RETURNED = 1,
  BACKGROUND_CALL_FAILED = 2,
} BackgroundCallState;

#define BACKGROUND_TYPE_CALL_STATE (background_call_state_get_type ())

BACKGROUND_EXPORT
GType background_call_state_get_type (void) G_GNUC_CONST;

/**
 * BACKGROUND_CALL_NO_WAIT:
 *
 * As a timeout: ask, and don't wait at all.
 */
#define BACKGROUND_CALL_NO_WAIT ((gint64) 0)

/**
 * BACKGROUND_CALL_WAIT_FOREVER:
 *
 * As a timeout: wait until the call is done, however long it takes.
 */
#define BACKGROUND_CALL_WAIT_FOREVER ((gint64) -1)

/**
 * BackgroundFunc:
 * @promise: the worker's side of the call: report progress and ask about cancellation
 * here
 * @data: (nullable): what was given when the call was made
 * @error: where to put what went wrong
 *
 * A slow function, run in the background.
 *
 * It runs on a thread of the pool. Whoever wants to touch a widget does so in a
 * [callback@WatchFunc], not here.
 *
 * Returns: (transfer full) (nullable): the return value, which the call frees with the
 *   destroy function that it was given for that; %NULL with @error set if it failed
 */
typedef gpointer (*BackgroundFunc) (BackgroundPromise *promise,
                                    gpointer           data,
                                    GError           **error);

/**
 * BackgroundReturnDestroy:
 * @value: what a function has returned
 *
 * Frees a return value that nobody can ask for any more, in the context of the one who
 * made the call.
 */
typedef void (*BackgroundReturnDestroy) (gpointer value);

/**
 * BackgroundWatchFunc:
 * @call: the call that has something new to tell
 * @user_data: what was given with the function
 *
 * Looks at a call, in its main context, when something has changed: there is progress, or
 * it is done.
 *
 * Returns: %G_SOURCE_CONTINUE to be called again, %G_SOURCE_REMOVE to end the watch; once
 *   the call was done when the function was called, the watch ends anyhow
 */
typedef gboolean (*BackgroundWatchFunc) (BackgroundCall *call, gpointer user_data);

/**
 * BackgroundWaitHook:
 * @call: the call that is waited for
 * @user_data: what was given with the hook
 * @error: where to put why the waiting shall end
 *
 * Does something useful in a thread that waits.
 *
 * Returns: %TRUE to wait on; %FALSE, with @error set, to wait no longer
 */
typedef gboolean (*BackgroundWaitHook) (BackgroundCall *call,
                                        gpointer        user_data,
                                        GError        **error);

BACKGROUND_EXPORT
BackgroundCall *background_call_new (BackgroundFunc func,
                                     gpointer       data,
                                     GDestroyNotify data_destroy);

BACKGROUND_EXPORT
BackgroundCall *background_call_new_full (BackgroundFunc          func,
                                          gpointer                data,
                                          GDestroyNotify          data_destroy,
                                          BackgroundReturnDestroy return_destroy,
                                          GCancellable           *cancellable,
                                          int                     priority,
                                          BackgroundPool         *pool);

BACKGROUND_EXPORT
BackgroundCall *background_call_new_named (const char             *name,
                                           BackgroundFunc          func,
                                           gpointer                data,
                                           GDestroyNotify          data_destroy,
                                           BackgroundReturnDestroy return_destroy,
                                           GCancellable           *cancellable,
                                           int                     priority,
                                           BackgroundPool         *pool);

/* In C, a call is named after its function: so are its thread, and what diagnosis says.
 */
#ifndef __GI_SCANNER__
#  define background_call_new(func, data, data_destroy)                     \
    background_call_new_named (#func, func, data, data_destroy, NULL, NULL, \
                               G_PRIORITY_DEFAULT, NULL)
#  define background_call_new_full(func, data, data_destroy, return_destroy,    \
                                   cancellable, priority, pool)                 \
    background_call_new_named (#func, func, data, data_destroy, return_destroy, \
                               cancellable, priority, pool)
#endif

BACKGROUND_EXPORT
BackgroundCall *background_call_new_for_promise (BackgroundPromise     **promise,
                                                 BackgroundReturnDestroy return_destroy,
                                                 GCancellable           *cancellable);

BACKGROUND_EXPORT
BackgroundCallState background_call_is_done (BackgroundCall *self);

BACKGROUND_EXPORT
gpointer background_call_get_return (BackgroundCall *self,
                                     gint64          timeout,
                                     GError        **error);

BACKGROUND_EXPORT
gpointer background_call_get_return_or (BackgroundCall *self,
                                        gint64          timeout,
                                        gpointer        alternative);

BACKGROUND_EXPORT
gpointer background_call_get_return_with_hook (BackgroundCall    *self,
                                               gint64             timeout,
                                               BackgroundWaitHook hook,
                                               gpointer           user_data,
                                               GError           **error);

BACKGROUND_EXPORT
gpointer background_call_get_return_iterating (BackgroundCall *self,
                                               gint64          timeout,
                                               GMainContext   *context,
                                               GError        **error);

BACKGROUND_EXPORT
const GError *background_call_get_error (BackgroundCall *self);

BACKGROUND_EXPORT
double background_call_get_progress (BackgroundCall *self);

BACKGROUND_EXPORT
gboolean background_call_get_snapshot (BackgroundCall *self,
                                       gpointer        snapshot,
                                       gsize           size);

BACKGROUND_EXPORT
GPtrArray *background_call_take_results (BackgroundCall *self);

BACKGROUND_EXPORT
void background_call_wait_async (BackgroundCall     *self,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data);

BACKGROUND_EXPORT
gpointer background_call_wait_finish (BackgroundCall *self,
                                      GAsyncResult   *result,
                                      GError        **error);

BACKGROUND_EXPORT
void background_call_notify_changes (BackgroundCall *self);

BACKGROUND_EXPORT
void background_call_cancel (BackgroundCall *self);

BACKGROUND_EXPORT
void background_call_detach (BackgroundCall *self);

BACKGROUND_EXPORT
guint background_call_watch (BackgroundCall     *self,
                             GObject            *owner,
                             BackgroundWatchFunc func,
                             gpointer            user_data,
                             GDestroyNotify      destroy);

BACKGROUND_EXPORT
void background_call_unwatch (BackgroundCall *self, guint id);

G_END_DECLS
