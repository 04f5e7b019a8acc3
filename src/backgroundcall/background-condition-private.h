/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <errno.h>
#include <glib.h>
#include <pthread.h>
#include <stdbool.h>
#include <time.h>

G_BEGIN_DECLS

/*
 * pthread's condition, told in GLib's monotonic microseconds. (Not GCond: ThreadSanitizer
 * can't see through it.)
 */

#define BACKGROUND_NO_DEADLINE G_MAXINT64

static inline gint64
background_deadline_of (gint64 timeout)
{
  gint64 now = g_get_monotonic_time ();

  return timeout < 0 || timeout > BACKGROUND_NO_DEADLINE - now ? BACKGROUND_NO_DEADLINE
                                                               : now + timeout;
}

/* A lock that is held for a few instructions only: who finds it taken looks again for a
 * moment before it sleeps, where the C library can do that. */
#ifdef __GLIBC__
#  define BACKGROUND_SHORT_LOCK_INIT PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
#else
#  define BACKGROUND_SHORT_LOCK_INIT PTHREAD_MUTEX_INITIALIZER
#endif

static inline void
background_short_lock_init (pthread_mutex_t *self)
{
  pthread_mutexattr_t attributes;

  pthread_mutexattr_init (&attributes);
#ifdef __GLIBC__
  pthread_mutexattr_settype (&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
#endif
  pthread_mutex_init (self, &attributes);
  pthread_mutexattr_destroy (&attributes);
}

static inline void
background_condition_init (pthread_cond_t *self)
{
  pthread_condattr_t attributes;

  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (self, &attributes);
  pthread_condattr_destroy (&attributes);
}

/* Returns false when the deadline has come. It may also return for no reason. */
static inline bool
background_condition_wait (pthread_cond_t *self, pthread_mutex_t *lock, gint64 deadline)
{
  struct timespec end = {
    .tv_sec = deadline / G_USEC_PER_SEC,
    .tv_nsec = (deadline % G_USEC_PER_SEC) * 1000,
  };

  if (deadline == BACKGROUND_NO_DEADLINE)
    return pthread_cond_wait (self, lock) == 0;

  return pthread_cond_timedwait (self, lock, &end) != ETIMEDOUT;
}

G_END_DECLS
