/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <curl/curl.h>

#include "fetch/fetch-facts.h"

G_BEGIN_DECLS

/* When the steps of one exchange began, in microseconds of the monotonic clock; 0 for
 * those that did not happen. */
typedef struct
{
  gint64 started;    /* libcurl got the handle */
  gint64 resolving;  /* a name is looked up */
  gint64 connecting; /* the first socket of a new connection was made */
  gint64 securing;   /* the handshake of TLS, if that is known */
  gint64 requesting; /* the connection is ready for the request */
  gint64 responding; /* the status line of the final response has come */
} FetchExchangeTimes;

void   fetch_exchange_times_connect (FetchExchangeTimes *self);
void   fetch_exchange_times_add (const FetchExchangeTimes *self,
                                 CURL                     *easy,
                                 gint64                    ended,
                                 FetchTimeline            *timeline);
void   fetch_timeline_add (FetchTimeline *self, const FetchTimeline *other);
gint64 fetch_timeline_get_duration (const FetchTimeline *self);

G_END_DECLS
