/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-retry-private.h"

#include "backgroundcall/background-pool-private.h"
#include "backgroundcall/background-promise-private.h"
#include "backgroundcall/background-timer-private.h"

/*
 * A function that is tried again when it fails: after a pause that doubles each time, and
 * is a little different for each, so that a thousand calls that failed together don't
 * come back together. It is the same call all the time; between two tries it has no
 * thread.
 */
struct _BackgroundRetry
{
  guint               max_attempts;
  guint               n_attempts;
  gint64              pause; /* in microseconds */
  BackgroundRetryFunc is_worth_it;

  /* Between two tries: whoever takes it decides whether there is a next one. */
  _Atomic (BackgroundTimer *) timer;
};

#define MAX_PAUSE (5 * G_TIME_SPAN_MINUTE)

BackgroundRetry *
background_retry_new (guint               max_attempts,
                      gint64              first_pause,
                      BackgroundRetryFunc is_worth_it)
{
  BackgroundRetry *self = g_new0 (BackgroundRetry, 1);

  self->max_attempts = max_attempts;
  self->pause = first_pause;
  self->is_worth_it = is_worth_it;

  return self;
}

void
background_retry_free (BackgroundRetry *self)
{
  BackgroundTimer *timer = atomic_load (&self->timer);

  g_clear_pointer (&timer, background_timer_unref);
  g_free (self);
}

/* On the timer's thread. Has the promiser's reference. */
static void
try_again (gpointer data, const GError *error)
{
  BackgroundPromise *promise = data;

  if (error == NULL)
    background_pool_push (promise->pool, promise);
  else
    background_promise_cannot_run (promise, g_error_copy (error));
}

/* Any thread: there will be no next try. */
void
background_retry_cancel (BackgroundPromise *promise)
{
  BackgroundTimer *timer = atomic_exchange (&promise->retry->timer, NULL);

  if (timer == NULL)
    return;

  if (background_timer_cancel (timer))
    background_promise_unref (promise);
  background_timer_unref (timer);
}

/* On the thread of the call that has failed, with the promiser's reference. Returns
 * whether it took that: then the function runs again. */
bool
background_retry_later (BackgroundPromise *promise, const GError *error)
{
  BackgroundRetry *self = promise->retry;
  BackgroundTimer *timer;
  gint64           pause;

  self->n_attempts++;
  if (background_promise_is_cancelled (promise) || self->n_attempts >= self->max_attempts)
    return false;

  if (self->is_worth_it != NULL &&
      !self->is_worth_it (error, self->n_attempts, promise->data))
    return false;

  /* Between a half and the whole of it. */
  pause = self->pause / 2 + g_random_double () * (self->pause / 2.0);
  self->pause = MIN (2 * self->pause, MAX_PAUSE);

  /* Held, as it may be tried, and be done, at once. */
  background_promise_hold (promise);
  timer = atomic_exchange (&self->timer,
                           background_timer_new (pause, try_again, promise));
  g_clear_pointer (&timer, background_timer_unref);

  /* The one who cancelled may have looked before it was there. */
  if (background_promise_is_cancelled (promise))
    background_retry_cancel (promise);
  background_promise_drop (promise);

  return true;
}
