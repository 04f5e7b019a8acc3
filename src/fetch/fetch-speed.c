/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-transfer-private.h"

/*
 * How fast a transfer is.
 *
 * One that is too slow for its request is broken off: the header of a response has a time
 * limit, and its body a lowest speed, averaged over the time in which nothing may arrive.
 *
 * One that is slow for the others goes on, but gives them its place. I/O thread only.
 */

/* Slow for the others is what brings less than this, in bytes a second, for this time.
 * To wait for a connection or a response is slow, too. */
#define SLOW_SPEED 1000
#define SLOW_TIME (3 * G_TIME_SPAN_SECOND)

/* Speeds over a shorter time say little. */
#define LEAST_PERIOD (G_TIME_SPAN_SECOND / 2)

/* Call it when a request is sent. */
void
fetch_speed_start_header (FetchTransfer *self)
{
  self->answer.header_started = g_get_monotonic_time ();
  self->answer.speed_since = 0;
}

/* Call it when the header of a response is complete that is no interim one. */
void
fetch_speed_end_header (FetchTransfer *self)
{
  self->answer.header_started = 0;
}

/* Call it when the transfer has been waiting for us: the server is not slow meanwhile. */
void
fetch_speed_restart (FetchTransfer *self)
{
  self->answer.last_moved = g_get_monotonic_time ();
  self->answer.speed_since = 0;
}

static gboolean
is_body_too_slow (FetchTransfer *self, guint64 n_received, gint64 now)
{
  FetchAnswer *answer = &self->answer;
  gint64       period = self->request->stall_timeout;
  double       n_least = (double) self->request->min_speed * period / G_TIME_SPAN_SECOND;

  /* The size begins anew with each response. */
  if (answer->speed_since == 0 || n_received < answer->speed_from)
    {
      answer->speed_since = now;
      answer->speed_from = n_received;
    }
  if (now - answer->speed_since < period)
    return FALSE;
  if (n_received - answer->speed_from < n_least)
    return TRUE;

  answer->speed_since = now;
  answer->speed_from = n_received;

  return FALSE;
}

/* Returns why the transfer has to be broken off at @now, when @n_received bytes of a body
 * have come. Call it once a second, or more often. */
FetchBreak
fetch_speed_check (FetchTransfer *self, guint64 n_received, gint64 now)
{
  FetchAnswer *answer = &self->answer;

  if (answer->header_started > 0)
    return now - answer->header_started >= self->request->header_timeout
               ? FETCH_BREAK_HEADER_TIMEOUT
               : FETCH_BREAK_NONE;

  /* There is no body as long as a connection is made. */
  return answer->connection.local_port != 0 && self->request->min_speed > 0 &&
                 is_body_too_slow (self, n_received, now)
             ? FETCH_BREAK_TOO_SLOW
             : FETCH_BREAK_NONE;
}

static guint64
get_n_received (FetchTransfer *self)
{
  curl_off_t n_received = 0;

  curl_easy_getinfo (self->easy, CURLINFO_SIZE_DOWNLOAD_T, &n_received);

  return n_received + self->answer.header_size;
}

/* Returns whether another transfer should start in the stead of this one. Call it about
 * once a second. */
gboolean
fetch_speed_is_slow (FetchTransfer *self, gint64 now)
{
  guint64 n_received = get_n_received (self);
  gint64  period;

  if (self->looked == 0)
    {
      self->looked = self->started;
      self->n_at_look = 0;
      self->last_fast = self->started;
    }

  period = now - self->looked;
  if (period < LEAST_PERIOD)
    return self->is_slow;

  /* Less than before is another response. */
  if (n_received < self->n_at_look ||
      (n_received - self->n_at_look) * G_TIME_SPAN_SECOND >=
          (guint64) (SLOW_SPEED * period))
    self->last_fast = now;
  self->looked = now;
  self->n_at_look = n_received;

  return now - self->last_fast >= SLOW_TIME;
}
