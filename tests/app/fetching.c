/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetching.h"

#include <glib/gstdio.h>

#include "../backgroundcall/gate.h"

/* Where there is memory for files, nothing waits for a disk that others use, too. */
static char *
make_folder (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *in_memory = g_strdup ("/dev/shm/morsel-test-XXXXXX");
  char            *folder;

  if (g_mkdtemp (in_memory) != NULL)
    return g_steal_pointer (&in_memory);

  folder = g_dir_make_tmp ("morsel-test-XXXXXX", &error);
  g_assert_no_error (error);

  return folder;
}

void
fetching_set_up (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  fetching->server = demo_server_new (&error);
  g_assert_no_error (error);
  fetching->session = fetch_session_new ();
  fetching->fetches = g_list_store_new (MORSEL_TYPE_FETCH);
  fetching->folder = make_folder ();
}

void
fetching_remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      if (g_file_test (file, G_FILE_TEST_IS_DIR))
        fetching_remove_folder (file);
      else
        g_assert_no_errno (g_unlink (file));
    }
  g_assert_no_errno (g_rmdir (path));
}

void
fetching_tear_down (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_clear_object (&fetching->fetches);
  g_clear_object (&fetching->session);
  g_clear_object (&fetching->server);
  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
  fetching_remove_folder (fetching->folder);
  g_free (fetching->folder);
}

char *
fetching_get_path (Fetching *fetching, const char *name)
{
  return g_build_filename (fetching->folder, name, NULL);
}

FetchRequest *
fetching_new_request (Fetching *fetching, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = demo_server_get_url (fetching->server, path);
  FetchRequest    *request = fetch_request_new (url, &error);

  g_assert_no_error (error);

  return request;
}

/* Adds it to a list, which keeps it, while it runs. */
MorselFetch *
fetching_begin (Fetching *fetching, MorselFetchList *list, const char *path)
{
  g_autoptr (FetchRequest) request = fetching_new_request (fetching, path);
  g_autoptr (GPtrArray) fetches = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (fetches,
                   morsel_fetch_new (fetching->session, g_steal_pointer (&request)));
  morsel_fetch_list_append (list, fetches);

  return fetches->pdata[0];
}

/* Adds it when it has ended. */
MorselFetch *
fetching_add (Fetching *fetching, FetchRequest *request)
{
  g_autoptr (MorselFetch)
      fetch = morsel_fetch_new (fetching->session, fetch_request_copy (request));

  iterate_until (morsel_fetch_get_state (fetch) != MORSEL_FETCH_RUNNING);
  g_list_store_append (fetching->fetches, fetch);

  return fetch;
}

MorselFetch *
fetching_add_path (Fetching *fetching, const char *path)
{
  g_autoptr (FetchRequest) request = fetching_new_request (fetching, path);

  return fetching_add (fetching, request);
}

/* Adds as many like one that has ended, each with facts of its own. */
void
fetching_fill (Fetching *fetching, MorselFetch *like, guint n_fetches)
{
  g_autoptr (MorselRecord) record = morsel_fetch_to_record (like);
  g_autoptr (GVariant) variant = g_variant_ref_sink (morsel_record_to_variant (record));

  for (guint i = 0; i < n_fetches; i++)
    {
      g_autoptr (MorselFetch) fetch = morsel_fetch_new_from_record (
          fetching->session, morsel_record_new_from_variant (variant));

      g_list_store_append (fetching->fetches, fetch);
    }
}
