/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "backgroundcall/background-promise-private.h"
#include "backgroundcall/background-wake-private.h"
#include "backgroundcall/call-queue.h"

G_BEGIN_DECLS

/*
 * What a CallQueue consists of. Whoever receives holds this, and not the CallQueue: when
 * nobody has the CallQueue any more, it is closed, and they go.
 */
typedef struct _CallQueueCore CallQueueCore;

/* What is to be called, and how. The data is the promise's. */
typedef struct
{
  CallQueueFunc       func;
  int                 priority;
  CallQueueErrorRoute route;
  gpointer            alternative;
  bool                is_waited_for; /* by a thread that withdraws it itself */
} CallQueueOrder;

CallQueueCore *call_queue_get_core (CallQueue *queue);

CallQueueCore *call_queue_core_new (guint max_length);
CallQueueCore *call_queue_core_ref (CallQueueCore *self);
void           call_queue_core_unref (CallQueueCore *self);

void  call_queue_core_set_owner (CallQueueCore *self, guint thread);
guint call_queue_core_get_owner (CallQueueCore *self);
void  call_queue_core_set_wake (CallQueueCore *self, BackgroundWake *wake);

bool call_queue_core_push (CallQueueCore        *self,
                           BackgroundPromise    *promise,
                           const CallQueueOrder *order,
                           GError              **error);
void call_queue_core_withdraw (CallQueueCore *self, BackgroundPromise *promise);

guint call_queue_core_receive (CallQueueCore *self,
                               guint          max_calls,
                               gint64         deadline,
                               GError       **error);
bool  call_queue_core_wait (CallQueueCore *self, gint64 deadline);
guint call_queue_core_get_length (CallQueueCore *self);
void  call_queue_core_close (CallQueueCore *self, bool keeps_calls);
bool  call_queue_core_is_closed (CallQueueCore *self);

bool call_queue_core_serve_until_done (CallQueueCore     *self,
                                       BackgroundPromise *promise,
                                       gint64             deadline);

void call_queue_core_add_consumer (CallQueueCore *self);
void call_queue_core_set_max_consumers (CallQueueCore *self, guint max_consumers);

G_END_DECLS
