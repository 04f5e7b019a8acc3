/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "backgroundcall/background-call.h"
#include "backgroundcall/call-queue.h"

G_BEGIN_DECLS

/**
 * BackgroundThenFunc:
 * @promise: the worker's side of the call, as in [callback@Func]
 * @previous: the call that has returned
 * @data: (nullable): what was given with the function
 * @error: where to put what went wrong
 *
 * Goes on with what a call has returned.
 *
 * Returns: (transfer full) (nullable): the return value; %NULL with @error set if it
 *   failed
 */
typedef gpointer (*BackgroundThenFunc) (BackgroundPromise *promise,
                                        BackgroundCall    *previous,
                                        gpointer           data,
                                        GError           **error);

/**
 * BackgroundRetryFunc:
 * @error: why it failed
 * @n_attempts: how often it was tried
 * @data: (nullable): what was given to the function that failed
 *
 * Says whether it is worth another try. It runs on a thread of the pool.
 *
 * Returns: whether to try again
 */
typedef gboolean (*BackgroundRetryFunc) (const GError *error,
                                         guint         n_attempts,
                                         gpointer      data);

BACKGROUND_EXPORT
BackgroundCall *background_call_new_all (BackgroundCall *const *calls, gsize n_calls);

BACKGROUND_EXPORT
BackgroundCall *background_call_new_any (BackgroundCall *const *calls, gsize n_calls);

BACKGROUND_EXPORT
BackgroundCall *background_call_new_then (BackgroundCall         *previous,
                                          BackgroundThenFunc      func,
                                          gpointer                data,
                                          GDestroyNotify          data_destroy,
                                          BackgroundReturnDestroy return_destroy,
                                          CallQueue              *queue);

BACKGROUND_EXPORT
BackgroundCall *background_call_new_delay (gint64 delay);

BACKGROUND_EXPORT
BackgroundCall *background_call_new_with_timeout (BackgroundCall *call, gint64 timeout);

BACKGROUND_EXPORT
BackgroundCall *background_call_new_with_retry (BackgroundFunc          func,
                                                gpointer                data,
                                                GDestroyNotify          data_destroy,
                                                BackgroundReturnDestroy return_destroy,
                                                GCancellable           *cancellable,
                                                guint                   max_attempts,
                                                gint64                  first_pause,
                                                BackgroundRetryFunc     is_worth_it);

G_END_DECLS
