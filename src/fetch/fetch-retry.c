/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-transfer-private.h"

/*
 * What may well succeed at the next try, and after which pause: it doubles from one try
 * to the next, and is a little different for each, so that a thousand fetches that failed
 * together don't come back together. I/O thread only.
 */

#define FIRST_PAUSE (500 * G_TIME_SPAN_MILLISECOND)
#define LONGEST_PAUSE (30 * G_TIME_SPAN_SECOND)

/* A server that says when to come again is believed, up to this. */
#define LONGEST_PAUSE_ASKED_FOR G_TIME_SPAN_MINUTE

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

static gint64
pause_after (guint n_attempts)
{
  gint64 longest = MIN (FIRST_PAUSE << (n_attempts - 1), LONGEST_PAUSE);

  /* Between a half and the whole of it. */
  return longest / 2 + g_random_double () * (longest / 2.0);
}

gboolean
fetch_retry_is_worth_it (FetchTransfer *self, CURLcode code, gint64 *pause)
{
  gint64     spent = self->spent + g_get_monotonic_time () - self->started;
  long       status = 0;
  curl_off_t seconds = 0;

  *pause = pause_after (self->n_attempts);

  if (code == CURLE_OK)
    {
      curl_easy_getinfo (self->easy, CURLINFO_RESPONSE_CODE, &status);
      if (status != 429 && status != 503)
        return FALSE;

      /* libcurl reads both forms of Retry-After. */
      curl_easy_getinfo (self->easy, CURLINFO_RETRY_AFTER, &seconds);
      if (seconds > LONGEST_PAUSE_ASKED_FOR / G_TIME_SPAN_SECOND)
        return FALSE;
      *pause = MAX (*pause, (gint64) seconds * G_TIME_SPAN_SECOND);
    }
  else if (!is_passing (code) || (self->answer.broken_by_us != FETCH_BREAK_NONE &&
                                  self->answer.broken_by_us != FETCH_BREAK_STALLED))
    return FALSE;

  /* There must be time for it. */
  return spent + *pause < self->request->total_timeout;
}
