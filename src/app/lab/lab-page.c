/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/lab/lab-page.h"

#include <curl/curl.h>

static size_t
received_cb (char *bytes G_GNUC_UNUSED, size_t size, size_t n, void *user_data)
{
  LabPage *page = user_data;

  page->size += size * n;

  return size * n;
}

/* Returns whether to give up. libcurl asks a few times a second. */
static int
progress_cb (void      *promise,
             curl_off_t total G_GNUC_UNUSED,
             curl_off_t received G_GNUC_UNUSED,
             curl_off_t upload_total G_GNUC_UNUSED,
             curl_off_t sent G_GNUC_UNUSED)
{
  return promise != NULL && background_promise_is_cancelled (promise);
}

/**
 * lab_page_fetch: (skip)
 * @promise: (nullable): the background call that this is done for; %NULL if it is done in
 *   the foreground
 * @url: (type utf8): an address
 * @error: where to put what went wrong
 *
 * Fetches a page, as simply as it can be done: it comes back when the page is there, or
 * after %LAB_PAGE_MOST_SECONDS.
 *
 * A [callback@BackgroundFunc]; may be called from any thread.
 *
 * Returns: (transfer full) (type LabPage): what came, to be freed with
 *   [func@lab_page_free]; %NULL if nothing did
 */
gpointer
lab_page_fetch (BackgroundPromise *promise, gpointer url, GError **error)
{
  g_autoptr (LabPage) page = g_new0 (LabPage, 1);
  CURL    *curl = curl_easy_init ();
  CURLcode code;

  curl_easy_setopt (curl, CURLOPT_URL, (const char *) url);
  curl_easy_setopt (curl, CURLOPT_PROXY, "");
  curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (curl, CURLOPT_TIMEOUT, (long) LAB_PAGE_MOST_SECONDS);
  curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, received_cb);
  curl_easy_setopt (curl, CURLOPT_WRITEDATA, page);
  curl_easy_setopt (curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt (curl, CURLOPT_XFERINFOFUNCTION, progress_cb);
  curl_easy_setopt (curl, CURLOPT_XFERINFODATA, promise);
  code = curl_easy_perform (curl);
  page->done = g_get_monotonic_time ();
  curl_easy_cleanup (curl);

  if (code != CURLE_OK)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                           curl_easy_strerror (code));
      return NULL;
    }

  return g_steal_pointer (&page);
}

/**
 * lab_page_free: (skip)
 * @page: (transfer full) (type LabPage): what [func@lab_page_fetch] returned
 */
void
lab_page_free (gpointer page)
{
  g_free (page);
}
