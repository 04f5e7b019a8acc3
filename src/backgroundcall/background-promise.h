/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "backgroundcall/background-export.h"

G_BEGIN_DECLS

#define BACKGROUND_TYPE_PROMISE (background_promise_get_type ())

typedef struct _BackgroundPromise BackgroundPromise;

/**
 * BACKGROUND_SNAPSHOT_MAX_SIZE:
 *
 * The largest size, in bytes, that [method@Promise.report_snapshot] takes.
 */
#define BACKGROUND_SNAPSHOT_MAX_SIZE 256

/**
 * BackgroundCancelFunc:
 * @user_data: what was given with the function
 *
 * Tells the one who works on a promise that nobody wants the answer any more.
 *
 * It runs in the thread that cancels, which may be the main thread: it must not block.
 */
typedef void (*BackgroundCancelFunc) (gpointer user_data);

BACKGROUND_EXPORT
GType background_promise_get_type (void);

BACKGROUND_EXPORT
BackgroundPromise *background_promise_ref (BackgroundPromise *self);

BACKGROUND_EXPORT
void background_promise_unref (BackgroundPromise *self);

BACKGROUND_EXPORT
gboolean background_promise_return (BackgroundPromise *self, gpointer value);

BACKGROUND_EXPORT
gboolean background_promise_fail (BackgroundPromise *self, GError *error);

BACKGROUND_EXPORT
void background_promise_report_progress (BackgroundPromise *self, double fraction);

BACKGROUND_EXPORT
void background_promise_report_snapshot (BackgroundPromise *self,
                                         gconstpointer      snapshot,
                                         gsize              size);

BACKGROUND_EXPORT
void background_promise_report_result (BackgroundPromise *self,
                                       gpointer           result,
                                       GDestroyNotify     destroy);

BACKGROUND_EXPORT
gboolean background_promise_is_cancelled (BackgroundPromise *self);

BACKGROUND_EXPORT
GCancellable *background_promise_get_cancellable (BackgroundPromise *self);

BACKGROUND_EXPORT
gboolean background_promise_set_return_on_cancel (BackgroundPromise *self,
                                                  gboolean           return_on_cancel);

BACKGROUND_EXPORT
void background_promise_set_cancel_func (BackgroundPromise   *self,
                                         BackgroundCancelFunc func,
                                         gpointer             user_data,
                                         GDestroyNotify       destroy);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BackgroundPromise, background_promise_unref)

G_END_DECLS
