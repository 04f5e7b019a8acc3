/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "backgroundcall/background-call.h"

G_BEGIN_DECLS

typedef struct _CallQueueCore CallQueueCore;

BackgroundCall *background_call_new_for_queue (BackgroundPromise     **promise,
                                               CallQueueCore          *queue,
                                               gpointer                data,
                                               GDestroyNotify          data_destroy,
                                               BackgroundReturnDestroy return_destroy,
                                               GCancellable           *cancellable);
bool background_call_wait (BackgroundPromise *promise, gint64 deadline, GError **error);
BackgroundPromise *background_call_get_promise (BackgroundCall *self);

G_END_DECLS
