/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <pthread.h>

/*
 * What the tests hold a worker with: it stands at the gate until the test opens it.
 * Nothing in here hopes for an order of events; everything waits for one.
 */
typedef struct
{
  pthread_mutex_t lock;
  pthread_cond_t  changed;
  int             n_arrived;
  gboolean        is_open;
} Gate;

#define GATE_INIT                                                          \
  {                                                                        \
    .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER \
  }

/* Long enough for a slow machine under valgrind; a test that gets here has failed. */
#define PATIENCE (60 * G_TIME_SPAN_SECOND)

static inline void
gate_pass (Gate *gate)
{
  pthread_mutex_lock (&gate->lock);
  gate->n_arrived++;
  pthread_cond_broadcast (&gate->changed);
  while (!gate->is_open)
    pthread_cond_wait (&gate->changed, &gate->lock);
  pthread_mutex_unlock (&gate->lock);
}

static inline void
gate_open (Gate *gate)
{
  pthread_mutex_lock (&gate->lock);
  gate->is_open = TRUE;
  pthread_cond_broadcast (&gate->changed);
  pthread_mutex_unlock (&gate->lock);
}

/* Waits until so many have come to the gate, all in all. */
static inline void
gate_await (Gate *gate, int n)
{
  struct timespec deadline;

  clock_gettime (CLOCK_MONOTONIC, &deadline);
  deadline.tv_sec += PATIENCE / G_TIME_SPAN_SECOND;

  pthread_mutex_lock (&gate->lock);
  while (gate->n_arrived < n)
    g_assert_cmpint (
        pthread_cond_clockwait (&gate->changed, &gate->lock, CLOCK_MONOTONIC, &deadline),
        ==, 0);
  pthread_mutex_unlock (&gate->lock);
}

/* How many have come to the gate, all in all. */
static inline int
gate_count (Gate *gate)
{
  int n_arrived;

  pthread_mutex_lock (&gate->lock);
  n_arrived = gate->n_arrived;
  pthread_mutex_unlock (&gate->lock);

  return n_arrived;
}

/* Serves the default main context until the condition holds. */
#define iterate_until(condition)                                        \
  G_STMT_START                                                          \
  {                                                                     \
    gint64 iterate_deadline = g_get_monotonic_time () + PATIENCE;       \
                                                                        \
    while (!(condition))                                                \
      {                                                                 \
        g_assert_cmpint (g_get_monotonic_time (), <, iterate_deadline); \
        if (!g_main_context_iteration (NULL, FALSE))                    \
          g_usleep (100);                                               \
      }                                                                 \
  }                                                                     \
  G_STMT_END

/* Serves the default main context until it has nothing to do. */
static inline void
iterate_all (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}
