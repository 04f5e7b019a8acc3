/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * serve-demo COMMAND [ARGUMENT...]: runs a command while the demo server runs, with the
 * address of a page of it in MORSEL_TEST_URL.
 */

#include <stdlib.h>

#include "demo/demo-server.h"

typedef struct
{
  GMainLoop *loop;
  int        status;
} Run;

static void
over_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GSubprocess *process = G_SUBPROCESS (source);
  Run         *run = user_data;

  if (g_subprocess_wait_finish (process, result, NULL) &&
      g_subprocess_get_if_exited (process))
    run->status = g_subprocess_get_exit_status (process);
  g_main_loop_quit (run->loop);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (DemoServer) server = demo_server_new (&error);
  g_autofree char *url = NULL;
  g_autoptr (GSubprocess) process = NULL;
  Run run = { .loop = loop, .status = EXIT_FAILURE };

  g_assert_cmpint (argc, >, 1);
  g_assert_no_error (error);

  url = demo_server_get_url (server, "/hello");
  g_setenv ("MORSEL_TEST_URL", url, TRUE);
  process = g_subprocess_newv ((const char *const *) argv + 1,
                               G_SUBPROCESS_FLAGS_STDIN_INHERIT, &error);
  g_assert_no_error (error);
  g_subprocess_wait_async (process, NULL, over_cb, &run);
  g_main_loop_run (loop);

  return run.status;
}
