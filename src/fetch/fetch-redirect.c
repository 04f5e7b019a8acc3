/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-transfer-private.h"

#include <string.h>

#include "fetch/fetch-hops-private.h"
#include "fetch/fetch-status.h"
#include "fetch/fetch-url.h"

/*
 * Redirects are followed here, and not by libcurl: each exchange has an easy handle of
 * its own, its own proxy, its own times, and takes along only what is meant for where it
 * goes. The target of a Location is read as browsers read it, with any libcurl. I/O
 * thread only.
 */

/* A short body of a redirect is received, so that its connection can be used again. */
#define MAX_SKIPPED_SIZE (64 * 1024)
#define MAX_SKIPPED_TIME G_TIME_SPAN_SECOND

/* The value of the first Location field that has one; NULL if there is none. */
static const char *
get_location (FetchHops *hops)
{
  static const char  name[] = "Location:";
  const char *const *fields =
      fetch_hops_get (hops, fetch_hops_get_length (hops) - 1).fields;

  for (; *fields != NULL; fields++)
    if (g_ascii_strncasecmp (*fields, name, strlen (name)) == 0)
      {
        const char *value = *fields + strlen (name);

        value += strspn (value, " \t\n\v\f\r");
        if (*value != '\0')
          return value;
      }

  return NULL;
}

/* Returns whether the response on its way is a redirect that is followed. */
gboolean
fetch_redirect_is_read (FetchAnswer *answer)
{
  return answer->redirect_url != NULL;
}

/* Decides at the end of a header what becomes of a response: whether it leads somewhere,
 * and whether that is followed. */
void
fetch_redirect_read (FetchTransfer *self)
{
  FetchAnswer     *answer = &self->answer;
  const char      *location = get_location (answer->hops);
  g_autofree char *target = NULL;

  if (!fetch_status_is_redirect (fetch_hops_get_status (answer->hops)) ||
      location == NULL || self->request->max_redirects == 0)
    return;

  target = fetch_url_resolve (fetch_transfer_get_target (self), location,
                              strlen (location), &answer->redirect_problem);
  answer->redirected_at = g_get_monotonic_time ();
  if (target == NULL)
    return;

  if (answer->n_redirects >= self->request->max_redirects)
    answer->has_too_many_redirects = TRUE;
  else
    answer->redirect_url = g_steal_pointer (&target);
}

/* Returns whether the response says that its body is longer than what is skipped. */
static gboolean
has_long_body (FetchTransfer *self)
{
  curl_off_t length = -1;

  curl_easy_getinfo (self->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);

  return length > MAX_SKIPPED_SIZE;
}

static gboolean
is_refused (const FetchAnswer *answer)
{
  return answer->has_too_many_redirects ||
         answer->redirect_problem != FETCH_URL_PROBLEM_NONE;
}

/* Whether as much of the body of a redirect that is not followed has come as is shown:
 * it is an error, however much follows. */
gboolean
fetch_redirect_has_shown_enough (FetchTransfer *self)
{
  return is_refused (&self->answer) &&
         self->answer.size >= MAX (self->request->preview_size, MAX_SKIPPED_SIZE);
}

/* A piece of the body of a redirect has come. */
FetchBreak
fetch_redirect_skip_body (FetchTransfer *self, size_t length)
{
  self->answer.skipped += length;

  return self->answer.skipped > MAX_SKIPPED_SIZE || has_long_body (self)
             ? FETCH_BREAK_REDIRECTED
             : FETCH_BREAK_NONE;
}

/* Whether the body of a redirect does not come to its end. */
gboolean
fetch_redirect_takes_too_long (FetchTransfer *self)
{
  return (fetch_redirect_is_read (&self->answer) || is_refused (&self->answer)) &&
         g_get_monotonic_time () - self->answer.redirected_at > MAX_SKIPPED_TIME;
}

static struct curl_slist *
dup_cookies (CURL *easy)
{
  struct curl_slist *cookies = NULL;

  curl_easy_getinfo (easy, CURLINFO_COOKIELIST, &cookies);

  return cookies;
}

/* Off the multi handle: the exchange is over, and the next one will go to the target of
 * its redirect. */
void
fetch_redirect_end_exchange (FetchTransfer *self)
{
  FetchAnswer *answer = &self->answer;

  answer->past = fetch_learn_past (self);
  answer->times = (FetchExchangeTimes){ 0 };
  answer->ended = g_get_monotonic_time ();
  if (answer->sets_cookies || answer->cookies != NULL)
    {
      curl_slist_free_all (answer->cookies);
      answer->cookies = dup_cookies (self->easy);
    }
}

/* Makes the target of the redirect that of the next exchange, which begins now. What it
 * has waited for its turn is not part of its time. */
void
fetch_redirect_follow (FetchTransfer *self)
{
  FetchAnswer     *answer = &self->answer;
  g_autofree char *from = fetch_url_get_origin (fetch_transfer_get_target (self));
  g_autofree char *to = fetch_url_get_origin (answer->redirect_url);

  self->started += g_get_monotonic_time () - answer->ended;
  self->wants_new_connection = FALSE;
  self->n_resends = 0;
  self->has_left_origin |= !g_str_equal (from, to);
  g_free (self->target);
  self->target = g_steal_pointer (&answer->redirect_url);
  answer->n_redirects++;
}
