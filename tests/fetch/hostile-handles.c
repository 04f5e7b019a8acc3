/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * No easy handle of libcurl carries a second transfer, in none of the cases: these stand
 * before libcurl's functions.
 */

#include <curl/curl.h>
#include <dlfcn.h>
#include <glib.h>

static GMutex      lock;
static GHashTable *used; /* of CURL, those that were given to a multi handle */

CURLMcode
curl_multi_add_handle (CURLM *multi, CURL *easy)
{
  CURLMcode (*next) (CURLM *, CURL *) = dlsym (RTLD_NEXT, "curl_multi_add_handle");
  gboolean is_new;

  g_mutex_lock (&lock);
  if (used == NULL)
    used = g_hash_table_new (NULL, NULL);
  is_new = g_hash_table_add (used, easy);
  g_mutex_unlock (&lock);
  g_assert_true (is_new);

  return next (multi, easy);
}

void
curl_easy_cleanup (CURL *easy)
{
  void (*next) (CURL *) = dlsym (RTLD_NEXT, "curl_easy_cleanup");

  g_mutex_lock (&lock);
  if (used != NULL)
    g_hash_table_remove (used, easy);
  g_mutex_unlock (&lock);

  next (easy);
}
