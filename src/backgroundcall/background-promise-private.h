/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "backgroundcall/background-call.h"
#include "backgroundcall/background-results-private.h"
#include "backgroundcall/background-source-private.h"

G_BEGIN_DECLS

typedef struct _BackgroundSnapshot BackgroundSnapshot;
typedef struct _BackgroundWatch    BackgroundWatch;
typedef struct _BackgroundFollower BackgroundFollower;
typedef struct _BackgroundRetry    BackgroundRetry;
typedef struct _CallQueueCore      CallQueueCore;

/*
 * What a call's two sides share. A BackgroundCall (the asker's side) and a worker (the
 * promiser's side) know this and not each other, so either may go at any moment.
 *
 * Its life is a few one-way steps, each taken by whoever comes first:
 *
 *   claimed    somebody has won the right to write the outcome: the worker with its
 * answer, or a cancellation state      the outcome is written, and everybody may read it
 *   finished   the function has returned, or never will run: its data is not needed any
 * more released   the creator's side has freed what must be freed there
 */
struct _BackgroundPromise
{
  /* Any thread. The memory lives until ref_count is 0. Those who may still answer hold
   * promiser_count, and one ref_count together. */
  _Atomic (int)   ref_count;
  _Atomic (int)   promiser_count;
  _Atomic (int)   state;
  _Atomic (bool)  claimed;
  _Atomic (bool)  answered;
  _Atomic (bool)  cancelled;
  _Atomic (bool)  answers_cancel_itself;
  _Atomic (bool)  detached;
  _Atomic (bool)  abandoned;
  _Atomic (bool)  finished;
  _Atomic (bool)  released;
  _Atomic (bool)  outcome_released;
  _Atomic (bool)  watched;
  _Atomic (bool)  reported;      /* something, while it runs */
  _Atomic (bool)  creator_waits; /* and will release what is to be released */
  _Atomic (int)   n_waiting;
  _Atomic (guint) runner; /* the thread that runs the function; 0 for none yet */

  /* Written once, before anybody else knows of the promise. */
  const char             *name; /* static; NULL for one without */
  int                     priority;
  BackgroundFunc          func;
  gpointer                data;
  GDestroyNotify          data_destroy;
  BackgroundReturnDestroy return_destroy;
  BackgroundSource       *source;
  BackgroundPool         *pool;
  CallQueueCore          *queue; /* whose call it is; NULL for a pool's */
  guint                   creator;
  GCancellable           *outer_cancellable;
  gulong                  outer_cancelled_id;

  /* Written by the one who claimed the outcome; read by all who saw the state. */
  gpointer return_value;
  GError  *error;

  /* Written once, before anybody else knows of the promise: what the return value is a
   * part of, and may go when nobody can ask for it any more. */
  gpointer       kept;
  GDestroyNotify kept_destroy;

  /* In monotonic microseconds; 0 unless somebody wants to know. */
  gint64 queued_at;
  gint64 started_at;

  /* Written once; NULL for one that is tried once. */
  BackgroundRetry *retry;

  /* An answer that came too late: written by the promiser before it says finished. */
  gpointer late_value;

  /* Written by the promiser, read by anybody. */
  _Atomic (guint64)              progress_bits;
  _Atomic (BackgroundSnapshot *) snapshot;

  /* Pushed by the promiser, taken by anybody. */
  BackgroundResults results;

  /* Made by the first who asks, on any thread. */
  _Atomic (GCancellable *) cancellable;

  /* Written by the promiser; taken by whoever comes first, it or the one who cancels. */
  _Atomic (int)        cancel_func_state;
  BackgroundCancelFunc cancel_func;
  gpointer             cancel_data;
  GDestroyNotify       cancel_data_destroy;

  /* Pushed onto the pool, and not taken by its threads yet. */
  BackgroundPromise *pushed_before;

  /* Under the pool's lock. */
  GList pool_link;
  bool  is_in_pool;

  /* Calls that depend on this one. */
  _Atomic (BackgroundFollower *) followers;

  /* On the way to the main context. */
  BackgroundChange settled;
  BackgroundChange progressed;

  /* Watches that were asked for elsewhere, on the way to the main context. */
  _Atomic (BackgroundWatch *) incoming_watches;

  /* Main context only. */
  BackgroundWatch *watches;
  guint            visiting;
};

BackgroundPromise *background_promise_new (BackgroundReturnDestroy return_destroy);

void background_promise_hold (BackgroundPromise *self);
void background_promise_drop (BackgroundPromise *self);

void background_promise_follow_cancellable (BackgroundPromise *self,
                                            GCancellable      *outer_cancellable);
void background_promise_start (BackgroundPromise *self,
                               BackgroundFunc     func,
                               gpointer           data,
                               GDestroyNotify     data_destroy,
                               GCancellable      *outer_cancellable,
                               BackgroundPool    *pool,
                               int                priority);
void background_promise_leave_to_canceller (BackgroundPromise *self);
void background_promise_run (BackgroundPromise *self);
void background_promise_settle_and_finish (BackgroundPromise *self,
                                           gpointer           value,
                                           GError            *error);
bool background_promise_answer (BackgroundPromise *self, gpointer value, GError *error);
void background_promise_cannot_run (BackgroundPromise *self, GError *error);
void background_promise_cancel (BackgroundPromise *self);
void background_promise_detach (BackgroundPromise *self);
void background_promise_abandon (BackgroundPromise *self);

gpointer background_promise_steal_return (BackgroundPromise *self);
void     background_promise_set_creator_waits (BackgroundPromise *self, bool waits);

void background_promise_release_if_here (BackgroundPromise *self);
void background_promise_release (BackgroundPromise *self);

double background_promise_read_progress (BackgroundPromise *self);
bool   background_promise_read_snapshot (BackgroundPromise *self,
                                         gpointer           snapshot,
                                         gsize              size);

/* A number for the calling thread that no other thread ever has: never 0. */
guint background_thread_get_id (void);

static inline BackgroundCallState
background_promise_get_state (BackgroundPromise *self)
{
  return (BackgroundCallState) atomic_load_explicit (&self->state, memory_order_acquire);
}

G_END_DECLS
