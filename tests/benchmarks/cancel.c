/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Cancelling ten thousand fetches at once: how long until all are done, and how much of
 * that the main thread is busy. */

#include <curl/curl.h>

#include "backgroundcall/backgroundcall.h"
#include "demo/demo-server.h"
#include "fetch/fetch-session.h"

#define N_FETCHES 10000

static gboolean
poll_cb (BackgroundCall *call, gpointer data)
{
  guint *n_running = data;

  if (background_call_is_done (call))
    (*n_running)--;

  return G_SOURCE_CONTINUE;
}

static double
milliseconds (gint64 microseconds)
{
  return microseconds / (double) G_TIME_SPAN_MILLISECOND;
}

/* Of this thread, in microseconds. */
static gint64
get_cpu_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);

  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

int
main (void)
{
  g_autoptr (DemoServer) server = NULL;
  g_autoptr (FetchSession) session = NULL;
  g_autoptr (FetchRequest) request = NULL;
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *url = NULL;
  guint            n_running = N_FETCHES;
  gint64           start, busy;

  curl_global_init (CURL_GLOBAL_DEFAULT);
  server = demo_server_new (NULL);
  session = fetch_session_new_with_limits (64, 64);
  url = demo_server_get_url (server, "/stall");
  request = fetch_request_new (url, NULL);

  start = g_get_monotonic_time ();
  for (guint i = 0; i < N_FETCHES; i++)
    {
      BackgroundCall *call = fetch_session_fetch (session, request);

      background_call_watch (call, NULL, poll_cb, &n_running, NULL);
      g_ptr_array_add (calls, call);
    }
  g_print ("asking for %d fetches                      %.1f ms of the main thread\n",
           N_FETCHES, milliseconds (g_get_monotonic_time () - start));

  /* Until 64 of them run. */
  while (fetch_progress_of (calls->pdata[63]).received == 0)
    g_main_context_iteration (NULL, TRUE);

  start = g_get_monotonic_time ();
  busy = get_cpu_time ();
  for (guint i = 0; i < calls->len; i++)
    background_call_cancel (calls->pdata[i]);
  while (n_running > 0)
    g_main_context_iteration (NULL, TRUE);
  busy = get_cpu_time () - busy;

  g_print ("cancelling %d fetches at once              %.1f ms until all are done "
           "(goal <= 100), %.1f ms of the main thread (goal <= 10)\n",
           N_FETCHES, milliseconds (g_get_monotonic_time () - start),
           milliseconds (busy));

  g_clear_pointer (&calls, g_ptr_array_unref);
  g_clear_object (&session);
  g_clear_object (&server);
  background_pool_drain (BACKGROUND_CALL_WAIT_FOREVER);
  curl_global_cleanup ();

  return 0;
}
