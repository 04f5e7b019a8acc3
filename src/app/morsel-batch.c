/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-batch.h"

#include <math.h>

/*
 * How fast a batch of fetches goes, and how long it still takes.
 *
 * Both follow what has happened lately, as in the last few seconds: what is shown does
 * not jump with each fetch that ends, and forgets soon that a server was slow.
 */

/* How long something is remembered, about. */
#define MEMORY (3 * G_TIME_SPAN_SECOND)

/* Before this nothing can be said, and after this nobody wants to know it exactly. */
#define LEAST_AGE (2 * G_TIME_SPAN_SECOND)
#define MOST_TIME_LEFT (24 * G_TIME_SPAN_HOUR)

/* Less than this is nothing. */
#define LEAST_SPEED 1.0

/**
 * morsel_batch_begin:
 * @self: (out caller-allocates): a batch
 * @now: the time, in microseconds of the monotonic clock
 *
 * Begins a new one, without any fetches.
 */
void
morsel_batch_begin (MorselBatch *self, gint64 now)
{
  *self = (MorselBatch){ .began = now, .sampled = now };
}

/**
 * morsel_batch_sample:
 * @self: a batch
 * @now: the time, in microseconds of the monotonic clock
 *
 * Looks at how far it is, and finds out how fast it has got there.
 */
void
morsel_batch_sample (MorselBatch *self, gint64 now)
{
  double seconds = (now - self->sampled) / (double) G_TIME_SPAN_SECOND;
  double share, received, work;

  if (seconds <= 0)
    return;

  /* In the beginning there is nothing to remember, and all counts alike. */
  share = MAX (1 - exp (-(now - self->sampled) / (double) MEMORY),
               (now - self->sampled) / (double) (now - self->began));
  received = (double) self->received - (double) self->sampled_received;
  work = self->work - self->sampled_work;
  self->bytes_per_second += share *
                            (MAX (received, 0) / seconds - self->bytes_per_second);
  self->work_per_second += share * (MAX (work, 0) / seconds - self->work_per_second);

  self->sampled = now;
  self->sampled_received = self->received;
  self->sampled_work = self->work;
}

/**
 * morsel_batch_is_running:
 * @self: a batch
 *
 * Returns: whether not all of it has ended
 */
gboolean
morsel_batch_is_running (const MorselBatch *self)
{
  return self->n_fetches > 0 && self->ended == 0;
}

/**
 * morsel_batch_get_fraction:
 * @self: a batch
 *
 * Returns: how much of it is done, from 0 to 1
 */
double
morsel_batch_get_fraction (const MorselBatch *self)
{
  return self->n_fetches > 0 ? CLAMP (self->work / self->n_fetches, 0, 1) : 0;
}

/**
 * morsel_batch_get_speed:
 * @self: a batch
 *
 * Returns: how many bytes arrive in a second; 0 if none do
 */
double
morsel_batch_get_speed (const MorselBatch *self)
{
  return self->bytes_per_second >= LEAST_SPEED ? self->bytes_per_second : 0;
}

/**
 * morsel_batch_get_time_left:
 * @self: a batch
 *
 * Returns: how long it will take, in microseconds, if it goes on as it does; negative if
 *   that can't be said
 */
gint64
morsel_batch_get_time_left (const MorselBatch *self)
{
  double left = self->n_fetches - self->work;
  double time;

  if (self->sampled - self->began < LEAST_AGE || self->work_per_second <= 0)
    return -1;

  time = left / self->work_per_second * G_TIME_SPAN_SECOND;

  return time < MOST_TIME_LEFT ? (gint64) time : -1;
}
