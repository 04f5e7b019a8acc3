/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-wait-graph-private.h"

#include <pthread.h>

#include "backgroundcall/background-call-error.h"
#include "backgroundcall/background-promise-private.h"
#include "backgroundcall/call-queue-core-private.h"

/*
 * Who waits for whom: a wait that could never end is an error, and not a hang.
 *
 * A thread waits for a call; the call runs on a thread, or lies in the queue of a thread;
 * and that thread may wait, too. If this leads back to where it began, nothing can ever
 * happen. Whoever closes such a circle finds it, as all look under one lock.
 *
 * Only those count that wait for as long as it takes: who has a timeout goes on some day,
 * and then perhaps helps the others. Nor do those count that serve a main context
 * meanwhile or run a hook, as nobody knows what these do. What a thread serves explicitly
 * (its own queue) does not wait for it.
 */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static GHashTable     *edges = NULL; /* thread → its BackgroundWaitEdge */

/* With the lock: what a thread waits for, if it does. */
static BackgroundWaitEdge *
look_up (guint thread)
{
  return edges != NULL ? g_hash_table_lookup (edges, GUINT_TO_POINTER (thread)) : NULL;
}

/* With the lock. Those who wait never form a circle among themselves, as nobody who would
 * close one gets in: so this comes to an end. */
static bool
closes_a_circle (BackgroundWaitEdge *own)
{
  BackgroundWaitEdge *edge = own;

  while (edge != NULL)
    {
      BackgroundPromise *promise = edge->promise;
      guint              thread = atomic_load (&promise->runner);
      bool               is_queued = thread == 0 && promise->queue != NULL;

      if (background_promise_get_state (promise) != BACKGROUND_CALL_RUNNING)
        return false;

      if (is_queued)
        thread = call_queue_core_get_owner (promise->queue);
      if (thread == 0)
        return false;

      edge = thread == own->thread ? own : look_up (thread);
      if (edge != NULL && is_queued && edge->served == promise->queue)
        return false;
      if (edge == own)
        return true;
    }

  return false;
}

/* The calling thread is about to wait. Returns false if it would wait for ever; then it
 * must not. */
bool
background_wait_graph_enter (BackgroundWaitEdge *edge,
                             BackgroundPromise  *promise,
                             CallQueueCore      *served)
{
  bool is_circle;

  *edge = (BackgroundWaitEdge){
    .thread = background_thread_get_id (),
    .promise = promise,
    .served = served,
  };

  pthread_mutex_lock (&lock);
  is_circle = closes_a_circle (edge);
  if (!is_circle)
    {
      if (edges == NULL)
        edges = g_hash_table_new (NULL, NULL);
      g_hash_table_insert (edges, GUINT_TO_POINTER (edge->thread), edge);
    }
  pthread_mutex_unlock (&lock);

  return !is_circle;
}

/* It has waited, or does something else for a while: then it enters again. */
void
background_wait_graph_leave (BackgroundWaitEdge *edge)
{
  pthread_mutex_lock (&lock);
  g_hash_table_remove (edges, GUINT_TO_POINTER (edge->thread));
  pthread_mutex_unlock (&lock);
}

void
background_wait_graph_set_error (GError **error)
{
  g_set_error_literal (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_DEADLOCK,
                       "Waiting for this call would never end: it waits for the one who "
                       "asks");
}
