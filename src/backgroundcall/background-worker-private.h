/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "backgroundcall/background-pool.h"
#include "backgroundcall/background-promise.h"

/*
 * A pool from within: background-pool.c has what is in line, and those who use it;
 * background-worker.c has the threads, and how many there are.
 */

G_BEGIN_DECLS

typedef struct _Worker Worker;

struct _BackgroundPool
{
  /* Any thread. The memory lives until ref_count is 0. Those who may push calls hold
   * user_count, and one ref_count together. */
  _Atomic (int) ref_count;
  _Atomic (int) user_count;

  /* Written once. */
  char *name;
  guint max_threads;
  guint niceness; /* written before there are threads */
  guint max_quick;

  /* Any thread. What was pushed and is not in the queue yet, newest first. Whoever pushes
   * need not do more than that if somebody is about to look. */
  _Atomic (BackgroundPromise *) incoming;
  _Atomic (bool)                is_attended;
  _Atomic (int)                 n_finishing; /* threads that will look in a moment */

  /* Under the registry's lock. */
  BackgroundPool *next;

  /* Under this lock, which is held for a few instructions only. */
  pthread_mutex_t lock;
  GQueue          queue;   /* of BackgroundPromise */
  guint           n_taken; /* from the queue, ever */
  GQueue          idle;    /* the Worker that worked last is the first to work again */
  GQueue          quick;   /* of Worker */
  Worker         *watcher;
  bool            wants_watcher; /* the next thread that comes shall watch */
  guint           n_threads;     /* that live, or are being started */
  guint           n_coming;      /* of those: are woken or started, for the queue */
  guint           n_waiting;
  guint           n_draining; /* who wait for n_threads to become 0 */
  GSList         *threads;    /* that live, or ended while somebody drained */
  bool            is_closed;  /* nobody will push any more */
  pthread_cond_t  drained;
};

void background_pool_hold (BackgroundPool *self);
void background_pool_drop (BackgroundPool *self);

/* With the lock. */
void   background_pool_take_incoming (BackgroundPool *self);
void   background_pool_take_out (BackgroundPool *self, BackgroundPromise *promise);
GQueue background_pool_take_all (BackgroundPool *self);

/* With the lock. */
bool background_worker_attend (BackgroundPool *self);
void background_worker_wake_all (BackgroundPool *self);

/* Without the lock. */
bool  background_worker_start_thread (BackgroundPool *self);
bool  background_worker_is_here (void);
guint background_worker_count_started (void);

G_END_DECLS
