/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Exports a list of made-up fetches, always the same, for kills.py: FILE NUMBER. */

#include <stdio.h>
#include <stdlib.h>

#include "app/morsel-export.h"
#include "app/morsel-fetch.h"
#include "fetch/fetch-error.h"

static void
exported_cb (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
  GMainLoop *loop = user_data;
  g_autoptr (GError) error = NULL;
  guint n_written;

  if (!morsel_export_finish (result, &n_written, &error))
    g_error ("%s", error->message);
  g_main_loop_quit (loop);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GListStore) fetches = g_list_store_new (MORSEL_TYPE_FETCH);
  g_autoptr (GError)
      error = g_error_new_literal (FETCH_ERROR, FETCH_ERROR_BAD_ADDRESS, "None.");
  g_autoptr (GFile) file = NULL;

  if (argc != 3)
    return EXIT_FAILURE;

  file = g_file_new_for_commandline_arg (argv[1]);
  for (int i = 0; i < atoi (argv[2]); i++)
    {
      g_autofree char *address = g_strdup_printf ("no address %d", i);
      g_autoptr (MorselFetch) fetch = morsel_fetch_new_invalid (address, error);

      g_list_store_append (fetches, fetch);
    }

  morsel_export_async (G_LIST_MODEL (fetches), MORSEL_EXPORT_JSON, file, NULL, NULL, NULL,
                       exported_cb, loop);
  g_main_loop_run (loop);

  return EXIT_SUCCESS;
}
