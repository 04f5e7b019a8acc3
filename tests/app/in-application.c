/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "in-application.h"

#include <curl/curl.h>

#include "../backgroundcall/gate.h"

/* Main thread only. */
static int test_status;

static gboolean
run_tests_cb (gpointer application)
{
  test_status = g_test_run ();
  g_application_release (application);

  return G_SOURCE_REMOVE;
}

static void
startup_cb (GApplication *application)
{
  g_application_hold (application);
  g_idle_add (run_tests_cb, application);
}

/* Runs the tests that were added, in the main loop of a real application. It opens no
 * window by itself: the first test has one of the size that it asks for, as all others.
 * When it returns, the application is gone, and no worker is at work. */
int
run_tests_in_application (MorselApplication **application, char *name)
{
  char *arguments[] = { name, "--gapplication-service", NULL };

  *application = morsel_application_new ();
  g_signal_connect (*application, "startup", G_CALLBACK (startup_cb), NULL);
  g_application_run (G_APPLICATION (*application), 2, arguments);
  g_clear_object (application);

  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
  curl_global_cleanup ();

  return test_status;
}
