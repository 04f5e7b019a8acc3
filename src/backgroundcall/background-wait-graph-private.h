/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct _BackgroundPromise  BackgroundPromise;
typedef struct _BackgroundWaitEdge BackgroundWaitEdge;
typedef struct _CallQueueCore      CallQueueCore;

/* A thread that waits for a call, for as long as it takes. It is on the thread's stack.
 */
struct _BackgroundWaitEdge
{
  guint              thread;
  BackgroundPromise *promise;
  CallQueueCore     *served; /* what the thread does meanwhile; NULL for nothing */
};

bool background_wait_graph_enter (BackgroundWaitEdge *edge,
                                  BackgroundPromise  *promise,
                                  CallQueueCore      *served);
void background_wait_graph_leave (BackgroundWaitEdge *edge);

void background_wait_graph_set_error (GError **error);

G_END_DECLS
