/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-schedule-private.h"

#include <string.h>

#include "fetch/fetch-pace-private.h"
#include "fetch/fetch-url.h"

/*
 * What may well succeed at the next try, and after which pause: it doubles from one try
 * to the next, and is a little different for each, so that a thousand fetches that failed
 * together don't come back together.
 *
 * A refusal (429 or 503, RFC 6585 §4 and RFC 9110 §15.6.4) is about the host, and not
 * about the fetch: the schedule is told, which slows down all that goes there. I/O thread
 * only.
 */

#define FIRST_PAUSE (500 * G_TIME_SPAN_MILLISECOND)
#define LONGEST_PAUSE (30 * G_TIME_SPAN_SECOND)

/* A name that does not exist fails in the same way as a name server that is unable to
 * answer: libcurl does not tell EAI_NONAME from EAI_AGAIN. So it is looked up once more,
 * a little later, and not as often as all else. */
#define PAUSE_AFTER_UNKNOWN_NAME G_TIME_SPAN_SECOND

/* More refusals than that are no accident. */
#define MAX_EXCUSED 10

static gboolean
is_passing (CURLcode code)
{
  switch (code)
    {
    case CURLE_COULDNT_CONNECT:
    case CURLE_GOT_NOTHING:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
      return TRUE;

    default:
      return FALSE;
    }
}

static gboolean
is_unknown_name (CURLcode code)
{
  return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY;
}

/* Those of curl's --retry, 425 (Too Early, RFC 8470), and those of a widespread proxy for
 * a server behind it that fails. */
static gboolean
is_passing_status (int status)
{
  switch (status)
    {
    case 408:
    case 425:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
      return TRUE;

    default:
      return status >= 520 && status <= 524;
    }
}

/* It is the first in the line of its host before that may be asked again. */
#define LINE_UP_TIME (100 * G_TIME_SPAN_MILLISECOND)

static gboolean
is_refusal (int status)
{
  return status == 429 || status == 503;
}

/* Returns the status of the final response; 0 if there is none, or not all of it. A body
 * may have been broken off because there is enough of it. */
static int
get_final_status (FetchTransfer *self, CURLcode code)
{
  FetchBreak broken = self->answer.broken_by_us;

  return code == CURLE_OK || broken == FETCH_BREAK_ENOUGH ||
                 broken == FETCH_BREAK_MAX_SIZE
             ? fetch_answer_get_status (self)
             : 0;
}

/* Reads Retry-After (RFC 9110 §10.2.3), in microseconds; -1 if there is none. A date is
 * taken by the clock of the server, if that says what time it is. */
static gint64
read_retry_after (FetchHops *hops)
{
  const char *value = fetch_hops_find_field (hops, "Retry-After");
  const char *date = fetch_hops_find_field (hops, "Date");
  gint64      then, now;

  if (value == NULL)
    return -1;
  if (g_ascii_isdigit (*value))
    {
      gint64 seconds = g_ascii_strtoll (value, NULL, 10);

      return MIN (seconds, G_TIME_SPAN_DAY / G_TIME_SPAN_SECOND) * G_TIME_SPAN_SECOND;
    }

  then = g_ascii_isalpha (*value) ? curl_getdate (value, NULL) : -1;
  if (then < 0)
    return -1;
  now = date != NULL ? curl_getdate (date, NULL) : -1;
  if (now < 0)
    now = g_get_real_time () / G_USEC_PER_SEC;

  return CLAMP (then - now, 0, G_TIME_SPAN_DAY / G_TIME_SPAN_SECOND) * G_TIME_SPAN_SECOND;
}

static void
tell_refusal (FetchTransfer *self, FetchSchedule *schedule)
{
  gboolean is_news = fetch_schedule_refuse (
      schedule, self->host, self->answer.times.started,
      read_retry_after (self->answer.hops), &self->held_until);

  if (!is_news && self->n_excused < MAX_EXCUSED)
    self->n_excused++;
}

/* Tells what the response says about the pace of the host. Call it when the easy handle
 * is off the multi handle, with libcurl's code. */
void
fetch_retry_tell_schedule (FetchTransfer *self, FetchSchedule *schedule, CURLcode code)
{
  int status = get_final_status (self, code);

  self->held_until = 0;
  if (status == 0 || fetch_hops_get_length (self->answer.hops) == 0)
    return;

  if (is_refusal (status))
    tell_refusal (self, schedule);
  else
    fetch_schedule_accept (schedule, self->host, self->answer.times.started);
}

/* Returns the number of attempts for which the transfer itself is to blame. */
static guint
get_n_own_attempts (FetchTransfer *self)
{
  return self->n_attempts - self->n_excused;
}

gboolean
fetch_retry_has_any_left (FetchTransfer *self)
{
  return self->request->max_retries > 0 &&
         get_n_own_attempts (self) <= self->request->max_retries;
}

static gint64
pause_after (guint n_attempts)
{
  guint  n_doublings = n_attempts > 0 ? MIN (n_attempts - 1, 10) : 0;
  gint64 longest = MIN (FIRST_PAUSE << n_doublings, LONGEST_PAUSE);

  /* Between a half and the whole of it. */
  return longest / 2 + g_random_double () * (longest / 2.0);
}

/* Whether the status allows it, and what it changes about the pause. */
static gboolean
is_worth_it_after_status (FetchTransfer *self, int status, gint64 now, gint64 *pause)
{
  gint64 retry_after = read_retry_after (self->answer.hops);

  if (!is_passing_status (status) || retry_after > FETCH_PACE_LONGEST_HOLD)
    return FALSE;

  /* The host lets one after the other come back, so a pause of its own would only add to
   * that. */
  if (is_refusal (status) && self->held_until > now)
    *pause = MAX (self->held_until - now - LINE_UP_TIME, 1);
  else
    *pause = MAX (*pause, retry_after);

  return TRUE;
}

static gboolean
is_worth_it_after_error (FetchTransfer *self, CURLcode code, gint64 *pause)
{
  FetchBreak broken = self->answer.broken_by_us;

  if (is_unknown_name (code))
    {
      *pause += PAUSE_AFTER_UNKNOWN_NAME;
      return self->n_attempts <= 1;
    }

  return is_passing (code) &&
         (broken == FETCH_BREAK_NONE || broken == FETCH_BREAK_STALLED ||
          broken == FETCH_BREAK_HEADER_TIMEOUT || broken == FETCH_BREAK_TOO_SLOW);
}

gboolean
fetch_retry_is_worth_it (FetchTransfer *self, CURLcode code, gint64 *pause)
{
  gint64   now = g_get_monotonic_time ();
  gint64   spent = self->spent + now - self->started;
  int      status = get_final_status (self, code);
  gboolean is_worth_it;

  *pause = pause_after (get_n_own_attempts (self));
  is_worth_it = status != 0 ? is_worth_it_after_status (self, status, now, pause)
                            : is_worth_it_after_error (self, code, pause);

  /* There must be time for it. */
  return is_worth_it && spent + *pause < self->request->total_timeout;
}
