/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-transfer-private.h"

#include <string.h>

#include "fetch/fetch-header-private.h"

/* What is known of a fetch by now, as a result. I/O thread only. */

static char *
remote_address_of (CURL *easy)
{
  char *ip = NULL;
  long  port = 0;

  curl_easy_getinfo (easy, CURLINFO_PRIMARY_IP, &ip);
  curl_easy_getinfo (easy, CURLINFO_PRIMARY_PORT, &port);
  if (ip == NULL || *ip == '\0')
    return NULL;

  return strchr (ip, ':') != NULL ? g_strdup_printf ("[%s]:%ld", ip, port)
                                  : g_strdup_printf ("%s:%ld", ip, port);
}

static const char *
http_version_of (CURL *easy)
{
  long version = 0;

  curl_easy_getinfo (easy, CURLINFO_HTTP_VERSION, &version);

  switch (version)
    {
    case CURL_HTTP_VERSION_1_0:
      return "HTTP/1.0";

    case CURL_HTTP_VERSION_1_1:
      return "HTTP/1.1";

    case CURL_HTTP_VERSION_2_0:
      return "HTTP/2";

    case CURL_HTTP_VERSION_3:
      return "HTTP/3";

    default:
      return NULL;
    }
}

static gint64
time_of (CURL *easy, CURLINFO info)
{
  curl_off_t microseconds = 0;

  curl_easy_getinfo (easy, info, &microseconds);

  return microseconds;
}

static FetchTimes
sums_of (CURL *easy)
{
  return (FetchTimes){ .name = time_of (easy, CURLINFO_NAMELOOKUP_TIME_T),
                       .connect = time_of (easy, CURLINFO_CONNECT_TIME_T),
                       .tls = time_of (easy, CURLINFO_APPCONNECT_TIME_T),
                       .first_byte = time_of (easy, CURLINFO_STARTTRANSFER_TIME_T) };
}

/* The times of one hop: it leaves out those that were not there, as on a connection that
 * was made before. Returns when its answer began, since the attempt did; 0: not yet. */
static gint64
add_hop (FetchTransfer *self, FetchTimeline *parts, const FetchTimes *sums)
{
  const FetchTimes *before = &self->answer.sums;
  gint64            name = sums->name - before->name;
  gint64            connect = sums->connect - before->connect;
  gint64            tls = sums->tls - before->tls;
  gint64            first_byte = sums->first_byte - before->first_byte;

  parts->name += name;
  parts->connect += MAX (0, connect - name);
  parts->tls += tls > 0 ? MAX (0, tls - connect) : 0;

  return first_byte > 0 ? self->answer.redirect_time +
                              time_of (self->easy, CURLINFO_REDIRECT_TIME_T) + first_byte
                        : 0;
}

/* When an answer begins that may not be the last one: what follows would be mixed with
 * it. */
void
fetch_learn_times_of_hop (FetchTransfer *self)
{
  FetchAnswer *answer = &self->answer;
  FetchTimes   sums = sums_of (self->easy);

  answer->first_byte = add_hop (self, &answer->parts, &sums);
  answer->sums = sums;
}

static gboolean
is_redirecting (FetchTransfer *self)
{
  return fetch_answer_get_n_redirects (self) >= fetch_hops_get_length (self->answer.hops);
}

/* What the attempts before took is part of the waiting. */
static FetchTimeline
timeline_of (FetchTransfer *self)
{
  gint64        total = g_get_monotonic_time () - self->started;
  FetchTimes    sums = sums_of (self->easy);
  FetchTimeline timeline = self->answer.parts;
  gint64        first = add_hop (self, &timeline, &sums);
  gint64        ready;

  if (first == 0 && !is_redirecting (self))
    first = self->answer.first_byte;

  timeline.name = CLAMP (timeline.name, 0, total);
  timeline.connect = CLAMP (timeline.connect, 0, total - timeline.name);
  ready = timeline.name + timeline.connect;
  timeline.tls = CLAMP (timeline.tls, 0, total - ready);
  ready += timeline.tls;
  first = first > 0 ? CLAMP (first, ready, total) : total;

  timeline.queued = MAX (0, self->started - self->asked - self->spent);
  timeline.wait = first - ready + self->spent;
  timeline.receive = total - first;

  return timeline;
}

static gint64
full_size_of (FetchTransfer *self, int status)
{
  const char *range = fetch_hops_find_field (self->answer.hops, "Content-Range");
  curl_off_t  length = -1;

  gint64 size;

  if (status == 206)
    {
      size = range != NULL ? fetch_header_get_full_size (range) : -1;

      /* It may have been said before. */
      return size < 0 && self->file != NULL ? self->expected_size : size;
    }

  curl_easy_getinfo (self->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);

  /* It does not tell before the header has ended. */
  return length < 0 && self->answer.broken_by_us == FETCH_BREAK_ENOUGH
             ? fetch_header_get_length (self->answer.hops)
             : length;
}

/* Whether there is an answer from where the last request went. */
static gboolean
is_answered (FetchTransfer *self, const char *url)
{
  guint n_hops = fetch_hops_get_length (self->answer.hops);

  return n_hops > 0 &&
         g_str_equal (fetch_hops_get (self->answer.hops, n_hops - 1).url, url);
}

static FetchTls *
copy_of_tls (const FetchTls *tls)
{
  return tls != NULL ? fetch_tls_copy (tls) : NULL;
}

FetchResult *
fetch_learn (FetchTransfer *self)
{
  FetchResult *result = fetch_result_new (self->io);
  FetchAnswer *answer = &self->answer;
  char        *url = NULL;
  char        *content_type = NULL;
  long         status = 0;
  curl_off_t   size_on_wire = 0;

  curl_easy_getinfo (self->easy, CURLINFO_EFFECTIVE_URL, &url);
  curl_easy_getinfo (self->easy, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo (self->easy, CURLINFO_CONTENT_TYPE, &content_type);
  curl_easy_getinfo (self->easy, CURLINFO_SIZE_DOWNLOAD_T, &size_on_wire);

  result->url = g_strdup (url);
  result->status = status;
  result->content_type = g_strdup (content_type);
  result->first_bytes = g_bytes_new (answer->first_bytes->data, answer->first_bytes->len);
  result->size = answer->size;
  result->size_on_wire = size_on_wire + self->wire_size_before;
  result->full_size = full_size_of (self, status);
  result->ending = FETCH_ENDING_FAILED;
  result->is_fallback = self->is_fallback;
  result->n_redirects = fetch_answer_get_n_redirects (self);
  result->n_attempts = self->n_attempts;
  result->remote_address = remote_address_of (self->easy);
  result->http_version = http_version_of (self->easy);
  result->hops = fetch_hops_ref (answer->hops);
  result->redirect_url = fetch_result_find_redirect_url (result);
  result->timeline = timeline_of (self);
  result->tls = copy_of_tls (is_answered (self, url) ? answer->tls
                                                     : self->handshake->tls);

  return result;
}
