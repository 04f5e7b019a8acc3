/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-timings-private.h"

/*
 * Where the time of an exchange went. The moments are taken from our own clock, as
 * libcurl's timers differ between versions: some count what a silent retry took as a
 * redirect, the time to the first byte ends with an interim response (103), and a reused
 * connection may or may not have looked up a name. I/O thread only.
 */

static gint64
get_time (CURL *easy, CURLINFO info)
{
  curl_off_t microseconds = 0;

  curl_easy_getinfo (easy, info, &microseconds);

  return microseconds;
}

/* A socket of a new connection is made. Further addresses of the same host, and the proxy
 * lookups of later requests, change nothing; a connection after a request replaces one
 * that was dead. */
void
fetch_exchange_times_connect (FetchExchangeTimes *self)
{
  if (self->connecting == 0 || self->requesting > self->connecting)
    self->connecting = g_get_monotonic_time ();
}

/* How much of the time from the first socket to the request, or to the failure, was spent
 * in the handshake of TLS. When that began is known where OpenSSL tells; libcurl tells
 * only of one that succeeded. */
static gint64
get_tls_duration (const FetchExchangeTimes *self, CURL *easy, gint64 ready)
{
  gint64 connected = get_time (easy, CURLINFO_CONNECT_TIME_T);
  gint64 secured = get_time (easy, CURLINFO_APPCONNECT_TIME_T);
  gint64 duration = 0;

  if (self->securing >= self->connecting)
    duration = ready - self->securing;
  else if (connected > 0 && secured > 0)
    duration = secured - connected;

  return CLAMP (duration, 0, ready - self->connecting);
}

/* Adds the steps of an exchange that has ended, or goes on, at @ended. What is none of
 * the other steps is waiting: for a dead connection to be replaced, or for one that
 * another exchange makes. */
void
fetch_exchange_times_add (const FetchExchangeTimes *self,
                          CURL                     *easy,
                          gint64                    ended,
                          FetchTimeline            *timeline)
{
  gint64 first = self->responding > 0 ? self->responding : ended;
  gint64 name = 0;
  gint64 connect = 0;
  gint64 tls = 0;

  if (self->started == 0)
    return;

  if (self->resolving > 0)
    name = MAX (0, (self->connecting > 0 ? self->connecting : ended) - self->resolving);
  if (self->connecting > 0)
    {
      gint64 ready = self->requesting >= self->connecting ? self->requesting : ended;

      tls = get_tls_duration (self, easy, ready);
      connect = ready - self->connecting - tls;
    }

  timeline->name += name;
  timeline->connect += connect;
  timeline->tls += tls;
  timeline->wait += MAX (0, first - self->started - name - connect - tls);
  timeline->receive += ended - first;
}

/* All but the time in a queue. */
void
fetch_timeline_add (FetchTimeline *self, const FetchTimeline *other)
{
  self->name += other->name;
  self->connect += other->connect;
  self->tls += other->tls;
  self->wait += other->wait;
  self->receive += other->receive;
}

gint64
fetch_timeline_get_duration (const FetchTimeline *self)
{
  return self->name + self->connect + self->tls + self->wait + self->receive;
}
