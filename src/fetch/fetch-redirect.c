/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-transfer-private.h"

#include "fetch/fetch-io-private.h"
#include "fetch/fetch-proxy-private.h"

/*
 * libcurl follows redirects by itself, through the proxy server that it was told of. What
 * the system's settings want may differ from one host to the next, so they are looked at
 * before it goes there. If they have to be asked first, the transfer is broken off, and
 * goes on from there when the answer has come: nothing is asked for twice. I/O thread
 * only.
 */

/* As libcurl will read it. NULL for what it will not follow: it says why. */
static char *
get_target (FetchTransfer *self)
{
  CURLU *parts = curl_url ();
  char  *url = NULL;
  char  *copy = NULL;

  curl_easy_getinfo (self->easy, CURLINFO_EFFECTIVE_URL, &url);
  if (curl_url_set (parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
      curl_url_set (
          parts, CURLUPART_URL, fetch_hops_find_field (self->answer.hops, "Location"),
          CURLU_URLENCODE | CURLU_ALLOW_SPACE | CURLU_DISALLOW_USER) == CURLUE_OK &&
      curl_url_get (parts, CURLUPART_URL, &url, 0) == CURLUE_OK)
    {
      if (g_str_has_prefix (url, "http://") || g_str_has_prefix (url, "https://"))
        copy = g_strdup (url);
      curl_free (url);
    }
  curl_url_cleanup (parts);

  return copy;
}

/* At the end of the header of a redirect that is followed. Of two places to go to, the
 * first counts: which one libcurl would choose depends on its version. */
FetchBreak
fetch_redirect_choose_proxy (FetchTransfer *self)
{
  FetchProxies    *proxies = fetch_io_get_proxies (self->io);
  g_autofree char *target = NULL;
  const char      *proxy;

  if (!fetch_proxies_are_for (proxies, self) ||
      fetch_answer_get_n_redirects (self) >= self->request->max_redirects)
    return FETCH_BREAK_NONE;

  target = get_target (self);
  if (target == NULL)
    return FETCH_BREAK_NONE;

  proxy = fetch_proxies_get_known (proxies, self, target);
  if (proxy != NULL && fetch_hops_count_fields (self->answer.hops, "Location") == 1)
    {
      curl_easy_setopt (self->easy, CURLOPT_PROXY, proxy);
      return FETCH_BREAK_NONE;
    }

  self->answer.redirect_url = g_steal_pointer (&target);

  return FETCH_BREAK_OTHER_PROXY;
}

/* Off the multi handle, after FETCH_BREAK_OTHER_PROXY, when the proxy is known: makes the
 * easy handle ready for the rest of the way. */
void
fetch_redirect_follow (FetchTransfer *self)
{
  FetchAnswer     *answer = &self->answer;
  g_autofree char *url = g_steal_pointer (&answer->redirect_url);

  answer->n_redirects = fetch_answer_get_n_redirects (self) + 1;
  answer->redirect_time = g_get_monotonic_time () - self->started;
  answer->sums = (FetchTimes){ 0 };
  answer->broken_by_us = FETCH_BREAK_NONE;
  *self->curl_detail = '\0';
  fetch_transfer_set_redirect (self, url);
}
