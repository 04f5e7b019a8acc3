/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-pace-private.h"

/*
 * Finds the rate at which a host accepts requests.
 *
 * A host without a pace is asked as fast as the limits of the session allow. When it
 * refuses a request (429 or 503), all its requests are held for the time of its
 * Retry-After, or for one that doubles with each refusal. Then a single request goes
 * first. The others follow at half the rate of the requests that were accepted before,
 * which then grows by the same amount each second (additive increase), and is halved
 * again at the next refusal (multiplicative decrease). Intervals are scattered, so that
 * several clients don't keep step.
 *
 * Requests that were on their way when the host refused the first of them are refused
 * together. Such a flight lowers the rate once, as in TCP, and says nothing about the
 * other requests in it.
 *
 * A host that accepts nothing, however long it is left alone, refuses the client and not
 * its pace. It is then asked steadily, as holding back longer would only delay the
 * results.
 *
 * Times are in microseconds on the monotonic clock, and are passed in.
 */

/* In requests a second. */
#define MIN_RATE 0.2
#define MAX_RATE 1000.0 /* above, there is no pace */
#define HOPELESS_RATE 2.0
#define MIN_STEP 1.0

#define FIRST_HOLD (500 * G_TIME_SPAN_MILLISECOND)
#define LONGEST_OWN_HOLD (16 * G_TIME_SPAN_SECOND)
#define SCATTER (250 * G_TIME_SPAN_MILLISECOND)

/* A probe that takes longer keeps the next request waiting no longer. */
#define PROBE_TIME (2 * G_TIME_SPAN_SECOND)

/* A host that was held for this time, and accepted nothing, is hopeless. */
#define PATIENCE (30 * G_TIME_SPAN_SECOND)

/* The rate of a host is remembered for this time after it was lowered. */
#define MEMORY G_TIME_SPAN_MINUTE

static gint64
interval_of (const FetchPace *self)
{
  return self->rate > 0 ? (gint64) (G_TIME_SPAN_SECOND / self->rate) : 0;
}

static gboolean
is_hopeless (const FetchPace *self)
{
  return self->held_in_all >= PATIENCE;
}

/* Goes on with the counters, which are of this second and the one before. */
static void
roll_counters (FetchPace *self, gint64 now)
{
  gint64 passed = now - self->second;

  if (passed < G_TIME_SPAN_SECOND)
    return;

  self->n_before = passed < 2 * G_TIME_SPAN_SECOND ? self->n_accepted : 0;
  self->n_accepted = 0;
  self->second = passed < 2 * G_TIME_SPAN_SECOND ? self->second + G_TIME_SPAN_SECOND
                                                 : now;
}

/* Tells that a request to the host starts. */
void
fetch_pace_start (FetchPace *self, gint64 now)
{
  gint64 interval = interval_of (self);

  self->last_start = now;
  if (self->is_probing)
    self->next_start = now + MAX (interval, PROBE_TIME);
  else
    self->next_start = now + (gint64) (interval * g_random_double_range (0.8, 1.2));
}

/* Tells that the host has answered a request, and not with a refusal. @started is when
 * the request was sent. */
void
fetch_pace_accept (FetchPace *self, gint64 started, gint64 now)
{
  roll_counters (self, now);
  self->n_accepted++;

  /* It was accepted before the refusal, although it is over only now. */
  if (self->rate <= 0 || started <= self->slowed)
    return;

  self->n_refusals = 0;
  self->held_in_all = 0;
  /* No more than half of it at once: a low rate would not stay one. */
  self->rate += MIN (self->step / self->rate, self->rate / 2);
  if (self->is_probing)
    {
      self->is_probing = FALSE;
      self->next_start = MIN (self->next_start, self->last_start + interval_of (self));
    }
  if (self->rate > MAX_RATE)
    self->rate = 0;
}

static void
slow_down (FetchPace *self, gint64 now)
{
  double accepted;

  roll_counters (self, now);
  accepted = MAX (MAX (self->n_accepted, self->n_before), 1);

  /* The rate may have grown unused, while something else was slower. */
  self->rate = self->rate > 0 ? MIN (self->rate, accepted) : accepted;
  self->rate = MAX (self->rate / 2, MIN_RATE);
  if (is_hopeless (self))
    self->rate = HOPELESS_RATE;
  self->step = MAX (MIN_STEP, self->rate / 4);
  self->slowed = now;
  self->n_refusals++;
  self->is_probing = !is_hopeless (self);
}

static gint64
hold_for (const FetchPace *self, gboolean is_news, gint64 retry_after)
{
  guint n_doublings = MIN (self->n_refusals - 1, 10);

  if (retry_after >= 0 && retry_after <= FETCH_PACE_LONGEST_HOLD)
    return MAX (retry_after, FIRST_HOLD);

  return is_news ? MIN (FIRST_HOLD << n_doublings, LONGEST_OWN_HOLD) : 0;
}

/* Tells that the host has refused a request. @started is when the request was sent, and
 * @retry_after the time that the host wants, or -1. Returns FALSE if the request was on
 * its way already when the host refused another one. */
gboolean
fetch_pace_refuse (FetchPace *self, gint64 started, gint64 retry_after, gint64 now)
{
  gboolean is_news = self->slowed == 0 || started > self->slowed;
  gint64   end;

  if (is_news)
    slow_down (self, now);
  if (is_hopeless (self))
    return is_news;

  end = now + hold_for (self, is_news, retry_after);
  if (end > self->held_until)
    {
      end += g_random_double () * SCATTER;
      self->held_in_all += end - MAX (self->held_until, now);
      self->held_until = end;
    }

  return is_news;
}

/* Returns when the next request may start, with @delay between two of them at least. It
 * may be over. */
gint64
fetch_pace_get_due (const FetchPace *self, gint64 delay)
{
  gint64 due = self->rate > 0 ? MAX (self->next_start, self->held_until) : 0;

  return delay > 0 && self->last_start > 0 ? MAX (due, self->last_start + delay) : due;
}

/* Returns whether the pace has to be kept while there are no requests to the host. */
gboolean
fetch_pace_is_memorable (const FetchPace *self, gint64 delay, gint64 now)
{
  return fetch_pace_get_due (self, delay) > now ||
         (self->rate > 0 && now < self->slowed + MEMORY);
}
