/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The pace of the requests to one host. All zero is a host that has refused nothing. */
typedef struct
{
  double   rate;        /* of requests, a second; 0: as fast as it goes */
  double   step;        /* added to the rate in a second without a refusal */
  gint64   slowed;      /* when the rate was lowered last; 0: never */
  gint64   held_until;  /* no request before that */
  gint64   held_in_all; /* since the host accepted a request last */
  guint    n_refusals;  /* the same, but each flight of requests counts once */
  gboolean is_probing;  /* the first request after a refusal is on its way */
  gint64   last_start;  /* of a request; 0: never */
  gint64   next_start;  /* as the rate wants it */
  gint64   second;      /* when the current second of the counters began */
  guint    n_accepted;  /* in that second */
  guint    n_before;    /* in the second before */
} FetchPace;

/* A Retry-After is honoured up to this. */
#define FETCH_PACE_LONGEST_HOLD G_TIME_SPAN_MINUTE

void     fetch_pace_start (FetchPace *self, gint64 now);
void     fetch_pace_accept (FetchPace *self, gint64 started, gint64 now);
gboolean fetch_pace_refuse (FetchPace *self,
                            gint64     started,
                            gint64     retry_after,
                            gint64     now);
gint64   fetch_pace_get_due (const FetchPace *self, gint64 delay);
gboolean fetch_pace_is_memorable (const FetchPace *self, gint64 delay, gint64 now);

G_END_DECLS
