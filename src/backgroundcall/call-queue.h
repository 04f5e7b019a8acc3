/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "backgroundcall/background-call.h"

G_BEGIN_DECLS

#define CALL_TYPE_QUEUE (call_queue_get_type ())

BACKGROUND_EXPORT
G_DECLARE_FINAL_TYPE (CallQueue, call_queue, CALL, QUEUE, GObject)

/**
 * CallQueueFunc:
 * @data: (nullable): what was given with the call
 * @error: where to put what went wrong
 *
 * A function that one thread calls in another.
 *
 * Returns: (transfer full) (nullable): the return value; %NULL with @error set if it
 *   failed
 */
typedef gpointer (*CallQueueFunc) (gpointer data, GError **error);

/**
 * CallQueueErrorRoute:
 * @CALL_QUEUE_ERROR_TO_NOBODY: the caller gets its alternative value
 * @CALL_QUEUE_ERROR_TO_CALLER: the caller gets the error
 * @CALL_QUEUE_ERROR_TO_RECEIVER: [method@Queue.receive] ends with the error, and the
 *   caller gets its alternative value
 * @CALL_QUEUE_ERROR_TO_BOTH: both get the error
 *
 * Where an error goes. The numbers are those of the recipe.
 */
typedef enum
{
  CALL_QUEUE_ERROR_TO_NOBODY = 0,
  CALL_QUEUE_ERROR_TO_CALLER = 1,
  CALL_QUEUE_ERROR_TO_RECEIVER = 2,
  CALL_QUEUE_ERROR_TO_BOTH = 3,
} CallQueueErrorRoute;

/**
 * CALL_QUEUE_UNBOUNDED:
 *
 * As a length or a number of calls: as many as there are.
 */
#define CALL_QUEUE_UNBOUNDED (0u)

BACKGROUND_EXPORT
CallQueue *call_queue_new (guint max_length);

BACKGROUND_EXPORT
void call_queue_own (CallQueue *self);

BACKGROUND_EXPORT
void call_queue_attach (CallQueue *self, GMainContext *context, int priority);

BACKGROUND_EXPORT
gpointer call_queue_call (CallQueue     *self,
                          CallQueueFunc  func,
                          gpointer       data,
                          GDestroyNotify data_destroy,
                          gint64         timeout,
                          GError       **error);

BACKGROUND_EXPORT
gpointer call_queue_call_full (CallQueue              *self,
                               CallQueueFunc           func,
                               gpointer                data,
                               GDestroyNotify          data_destroy,
                               BackgroundReturnDestroy return_destroy,
                               int                     priority,
                               CallQueueErrorRoute     route,
                               gpointer                alternative,
                               gint64                  timeout,
                               CallQueue              *served_meanwhile,
                               GError                **error);

BACKGROUND_EXPORT
BackgroundCall *call_queue_call_background (CallQueue              *self,
                                            CallQueueFunc           func,
                                            gpointer                data,
                                            GDestroyNotify          data_destroy,
                                            BackgroundReturnDestroy return_destroy,
                                            GCancellable           *cancellable,
                                            int                     priority);

BACKGROUND_EXPORT
gboolean call_queue_post (CallQueue     *self,
                          CallQueueFunc  func,
                          gpointer       data,
                          GDestroyNotify data_destroy,
                          GError       **error);

BACKGROUND_EXPORT
gboolean call_queue_call_and_collect (CallQueue              *self,
                                      CallQueueFunc           func,
                                      gpointer                data,
                                      GDestroyNotify          data_destroy,
                                      BackgroundReturnDestroy return_destroy,
                                      GError                **error);

BACKGROUND_EXPORT
BackgroundCall *call_queue_get_next_collected (CallQueue *self);

BACKGROUND_EXPORT
gboolean call_queue_is_done (CallQueue *self);

BACKGROUND_EXPORT
guint call_queue_get_length (CallQueue *self);

BACKGROUND_EXPORT
guint call_queue_receive (CallQueue *self,
                          guint      max_calls,
                          gint64     max_time,
                          GError   **error);

BACKGROUND_EXPORT
gboolean call_queue_wait (CallQueue *self, gint64 timeout);

BACKGROUND_EXPORT
void call_queue_add_consumers (CallQueue *self, guint n_consumers);

BACKGROUND_EXPORT
void call_queue_set_max_consumers (CallQueue *self, guint max_consumers);

BACKGROUND_EXPORT
void call_queue_close (CallQueue *self);

BACKGROUND_EXPORT
guint call_queue_close_and_receive_last (CallQueue *self, GError **error);

BACKGROUND_EXPORT
gboolean call_queue_is_closed (CallQueue *self);

G_END_DECLS
