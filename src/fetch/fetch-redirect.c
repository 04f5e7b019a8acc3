/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-transfer-private.h"

#include <string.h>

#include "fetch/fetch-io-private.h"
#include "fetch/fetch-proxy-private.h"

/*
 * libcurl follows redirects by itself, through the proxy server that it was told of. What
 * the system's settings want may differ from one host to the next, so they are looked at
 * before it goes there. If they have to be asked first, the transfer is broken off, and
 * goes on from there when the answer has come: nothing is asked for twice. I/O thread
 * only.
 */

/* What libcurl takes for one, without the blanks that it takes off; NULL for none. Of
 * several, the first counts: which one libcurl would choose depends on its version. */
static char *
get_location (FetchHops *hops)
{
  static const char  name[] = "Location:";
  static const char  blanks[] = " \t\n\v\f\r";
  const char *const *fields =
      fetch_hops_get (hops, fetch_hops_get_length (hops) - 1).fields;

  for (; *fields != NULL; fields++)
    if (g_ascii_strncasecmp (*fields, name, strlen (name)) == 0)
      {
        const char *value = *fields + strlen (name);
        gsize       length;

        value += strspn (value, blanks);
        length = strcspn (value, "\r\n");
        while (length > 0 && strchr (blanks, value[length - 1]) != NULL)
          length--;
        if (length > 0)
          return g_strndup (value, length);
      }

  return NULL;
}

/* As libcurl will read it. NULL for what is not followed. */
static char *
get_target (FetchTransfer *self, const char *location)
{
  CURLU *parts = curl_url ();
  char  *url = NULL;
  char  *copy = NULL;

  curl_easy_getinfo (self->easy, CURLINFO_EFFECTIVE_URL, &url);
  if (curl_url_set (parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
      curl_url_set (parts, CURLUPART_URL, location,
                    CURLU_URLENCODE | CURLU_ALLOW_SPACE | CURLU_DISALLOW_USER) ==
          CURLUE_OK &&
      curl_url_get (parts, CURLUPART_URL, &url, 0) == CURLUE_OK)
    {
      if (g_str_has_prefix (url, "http://") || g_str_has_prefix (url, "https://"))
        copy = g_strdup (url);
      curl_free (url);
    }
  curl_url_cleanup (parts);

  return copy;
}

/* At the end of the header of a redirect that is followed. What we can't read is not left
 * to libcurl, which may be able to: it would go there through the last host's proxy. */
FetchBreak
fetch_redirect_choose_proxy (FetchTransfer *self)
{
  FetchProxies    *proxies = fetch_io_get_proxies (self->io);
  g_autofree char *location = get_location (self->answer.hops);
  g_autofree char *target = NULL;
  const char      *proxy;

  if (location == NULL || !fetch_proxies_are_for (proxies, self) ||
      fetch_answer_get_n_redirects (self) >= self->request->max_redirects)
    return FETCH_BREAK_NONE;

  target = get_target (self, location);
  if (target == NULL)
    return FETCH_BREAK_BAD_REDIRECT;

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
