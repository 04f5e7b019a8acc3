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

/* The times of the exchanges of this attempt until now. */
FetchTimeline
fetch_learn_past (FetchTransfer *self)
{
  FetchTimeline      timeline = self->answer.past;
  FetchExchangeTimes times = self->answer.times;

  if (self->easy == NULL)
    return timeline;

  times.securing = self->handshake->started;
  fetch_exchange_times_add (&times, self->easy, g_get_monotonic_time (), &timeline);

  return timeline;
}

/* What is no part of an exchange is time in a queue: until it was its turn, until its
 * proxy was known, and before it was tried again. */
static FetchTimeline
timeline_of (FetchTransfer *self)
{
  FetchTimeline timeline = fetch_learn_past (self);

  fetch_timeline_add (&timeline, &self->past);
  timeline.queued = MAX (0, g_get_monotonic_time () - self->asked -
                                fetch_timeline_get_duration (&timeline));

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

/* Who has answered last. Until somebody has, the address that is asked. */
static const char *
url_of (FetchTransfer *self)
{
  FetchHops *hops = self->answer.hops;
  guint      n_hops = fetch_hops_get_length (hops);

  return n_hops > 0 ? fetch_hops_get (hops, n_hops - 1).url
                    : fetch_transfer_get_target (self);
}

static char **
withheld_fields_of (FetchAnswer *answer)
{
  GStrvBuilder *builder;
  char        **names;

  if (answer->withheld_fields == NULL)
    return NULL;

  builder = g_strv_builder_new ();
  for (guint i = 0; i < answer->withheld_fields->len; i++)
    g_strv_builder_add (builder, answer->withheld_fields->pdata[i]);
  names = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);

  return names;
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
  char        *content_type = NULL;

  curl_easy_getinfo (self->easy, CURLINFO_CONTENT_TYPE, &content_type);

  result->url = g_strdup (url_of (self));
  result->withheld_fields = withheld_fields_of (answer);
  result->status = fetch_hops_get_status (answer->hops);
  result->content_type = g_strdup (content_type);
  result->first_bytes = g_bytes_new (answer->first_bytes->data, answer->first_bytes->len);
  result->size = answer->size;
  result->size_on_wire = answer->encoded_size + self->wire_size_before;
  result->decoding_note = fetch_answer_get_decoding_note (answer);
  result->full_size = full_size_of (self, result->status);
  result->ending = FETCH_ENDING_FAILED;
  result->is_fallback = self->is_fallback;
  result->n_redirects = answer->n_redirects;
  result->n_attempts = self->n_attempts;
  result->remote_address = remote_address_of (self->easy);
  result->http_version = http_version_of (self->easy);
  result->hops = fetch_hops_ref (answer->hops);
  result->redirect_url = fetch_result_find_redirect_url (result);
  result->timeline = timeline_of (self);
  result->tls = copy_of_tls (answer->has_response ? answer->tls : self->handshake->tls);

  return result;
}
