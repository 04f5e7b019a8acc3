/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a window keeps outside of it: results, a body, and its list until the next start.
 * The real window, driven with real keys, through the real file chooser.
 */

#include <curl/curl.h>
#include <glib/gstdio.h>
#include <string.h>

#include "../backgroundcall/gate.h"
#include "app/morsel-application.h"
#include "app/morsel-history.h"
#include "fetching.h"
#include "hands.h"

static MorselApplication *application;

typedef struct
{
  DemoServer   *server;
  MorselWindow *window;
  char         *folder;
} Fixture;

static void
open_window (Fixture *fixture)
{
  g_application_activate (G_APPLICATION (application));
  fixture->window = MORSEL_WINDOW (
      gtk_application_get_active_window (GTK_APPLICATION (application)));
  iterate_until (gtk_widget_get_mapped (GTK_WIDGET (fixture->window)));
  hands_focus (GTK_WINDOW (fixture->window));
}

static void
close_window (Fixture *fixture)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  iterate_until (gtk_application_get_active_window (GTK_APPLICATION (application)) ==
                 NULL);
}

static void
keep_history (gboolean keeps)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MorselSettings) settings = morsel_settings_new (&error);

  g_assert_no_error (error);
  g_settings_set_boolean (G_SETTINGS (settings), "keep-history", keeps);
}

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  fixture->server = demo_server_new (&error);
  g_assert_no_error (error);
  fixture->folder = g_dir_make_tmp ("morsel-test-XXXXXX", &error);
  g_assert_no_error (error);
  open_window (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  keep_history (FALSE);
  close_window (fixture);
  g_clear_object (&fixture->server);
  fetching_remove_folder (fixture->folder);
  g_free (fixture->folder);
}

static guint
count_fetches (Fixture *fixture)
{
  return g_list_model_get_n_items (morsel_window_get_fetches (fixture->window));
}

static MorselFetch *
get_fetch (Fixture *fixture, guint position)
{
  g_autoptr (MorselFetch) fetch = g_list_model_get_item (
      morsel_window_get_fetches (fixture->window), position);

  return fetch;
}

static MorselFetchState
get_state (Fixture *fixture, guint position)
{
  return morsel_fetch_get_state (get_fetch (fixture, position));
}

static void
fetch (Fixture *fixture, const char *path)
{
  g_autofree char *url = demo_server_get_url (fixture->server, path);
  g_autoptr (GError) error = NULL;
  guint position = count_fetches (fixture);

  g_assert_true (morsel_window_fetch (fixture->window, url, &error));
  iterate_until (get_state (fixture, position) != MORSEL_FETCH_RUNNING);
}

static char *
get_path (Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

static GtkWindow *
find_other_window (Fixture *fixture)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (window != GTK_WINDOW (fixture->window) &&
          gtk_widget_get_mapped (GTK_WIDGET (window)))
        return window;
    }

  return NULL;
}

static GtkWidget *
find_label (Fixture *fixture, const char *start)
{
  return eyes_find_label (GTK_WIDGET (fixture->window), start);
}

static gboolean
is_entry (GtkWidget *widget, gconstpointer data G_GNUC_UNUSED)
{
  return GTK_IS_ENTRY (widget);
}

/* Types a path into the file chooser, and accepts it. Returns the name that stood there.
 */
static char *
choose_file (Fixture *fixture, const char *keys, const char *path)
{
  GtkWindow *chooser;
  GtkWidget *entry;
  char      *suggested;

  hands_press (keys);
  iterate_until ((chooser = find_other_window (fixture)) != NULL);
  hands_focus (chooser);
  entry = eyes_find (GTK_WIDGET (chooser), is_entry, NULL);
  g_assert_nonnull (entry);
  suggested = g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry)));

  hands_press ("ctrl+a");
  hands_type (path);
  hands_press ("Return");
  iterate_until (find_other_window (fixture) == NULL);

  return suggested;
}

static void
test_results_are_exported (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = get_path (fixture, "results.jsonl");
  g_autofree char *suggested = NULL;
  g_autofree char *content = NULL;

  fetch (fixture, "/echo");
  suggested = choose_file (fixture, "ctrl+s", path);
  iterate_until (find_label (fixture, "Exported 1 result") != NULL);

  g_assert_cmpstr (suggested, ==, "results.csv");
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  /* By the end of its name. */
  g_assert_true (g_str_has_prefix (content, "{\"address\":\"http://127.0.0.1:"));
}

static void
test_trouble_is_said_with_its_reason (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *suggested = NULL;
  GtkWindow       *dialog;

  /* A folder that is there, and can't be written to by anybody. */
  fetch (fixture, "/echo");
  suggested = choose_file (fixture, "ctrl+s", "/proc/results.csv");
  iterate_until (find_label (fixture, "The results could not be exported") != NULL);

  hands_focus (GTK_WINDOW (fixture->window));
  hands_click (eyes_find_button (GTK_WIDGET (fixture->window), "_Details"));
  iterate_until ((dialog = find_other_window (fixture)) != NULL);
  gtk_window_close (dialog);
  iterate_until (find_other_window (fixture) == NULL);
}

static void
test_body_is_saved (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = get_path (fixture, "body");
  g_autofree char *suggested = NULL;
  g_autofree char *content = NULL;
  gsize            size;

  fetch (fixture, "/large?bytes=100000");
  suggested = choose_file (fixture, "ctrl+shift+s", path);
  iterate_until (count_fetches (fixture) == 2);
  iterate_until (get_state (fixture, 1) == MORSEL_FETCH_DONE);

  g_assert_cmpstr (suggested, ==, "large");
  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  g_assert_cmpuint (size, ==, 100000);

  /* Nobody has said that it may be replaced. */
  morsel_fetch_retry (get_fetch (fixture, 1));
  iterate_until (get_state (fixture, 1) == MORSEL_FETCH_FAILED);
  g_assert_error (morsel_fetch_get_error (get_fetch (fixture, 1)), FETCH_ERROR,
                  FETCH_ERROR_FILE_EXISTS);
}

static void
test_body_that_breaks_off_goes_on (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = get_path (fixture, "body");
  g_autofree char *suggested = NULL;
  g_autofree char *content = NULL;
  gsize            size;

  fetch (fixture, "/breaks-off?bytes=30000&times=2");
  suggested = choose_file (fixture, "ctrl+shift+s", path);
  iterate_until (count_fetches (fixture) == 2);
  iterate_until (get_state (fixture, 1) == MORSEL_FETCH_DONE);

  g_assert_true (g_file_get_contents (path, &content, &size, NULL));
  g_assert_cmpuint (size, ==, 30000);
  g_assert_cmpuint (
      fetch_result_get_n_attempts (morsel_fetch_get_result (get_fetch (fixture, 1))), ==,
      2);
}

static void
text_read_cb (GObject *clipboard, GAsyncResult *result, gpointer user_data)
{
  *(char **) user_data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard),
                                                         result, NULL);
}

static void
test_command_is_copied (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *text = NULL;

  fetch (fixture, "/echo");
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "copy-curl-command",
                                  NULL);
  iterate_until (find_label (fixture, "Command copied") != NULL);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (fixture->window)),
                                 NULL, text_read_cb, &text);
  iterate_until (text != NULL);
  g_assert_true (g_str_has_prefix (text, "curl "));
}

static gboolean
is_enabled (Fixture *fixture, const char *action)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (fixture->window), action);
}

static void
test_nothing_can_be_saved_of_nothing (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_assert_false (is_enabled (fixture, "export"));
  g_assert_false (is_enabled (fixture, "save-body"));
  g_assert_false (is_enabled (fixture, "copy-curl-command"));

  fetch (fixture, "/echo");
  g_assert_true (is_enabled (fixture, "export"));
  g_assert_true (is_enabled (fixture, "save-body"));
  g_assert_true (is_enabled (fixture, "copy-curl-command"));
}

static void
test_list_comes_back (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = morsel_history_get_default_path ();

  keep_history (TRUE);
  fetch (fixture, "/echo");
  fetch (fixture, "/no-such-page");
  close_window (fixture);
  iterate_until (g_file_test (path, G_FILE_TEST_EXISTS));

  open_window (fixture);
  iterate_until (count_fetches (fixture) == 2);
  g_assert_cmpint (get_state (fixture, 0), ==, MORSEL_FETCH_DONE);
  g_assert_cmpint (get_state (fixture, 1), ==, MORSEL_FETCH_REFUSED);
  iterate_until (find_label (fixture, "http://127.0.0.1") != NULL);

  /* Who doesn't want it any more has nothing of it left. */
  keep_history (FALSE);
  iterate_until (!g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_damaged_list_is_said (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = morsel_history_get_default_path ();
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_no_errno (g_mkdir_with_parents (folder, 0700));
  g_assert_true (g_file_set_contents (path, "nonsense", -1, NULL));
  close_window (fixture);
  keep_history (TRUE);
  open_window (fixture);

  iterate_until (find_label (fixture, "Last time’s list is damaged") != NULL);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static int test_status;

static gboolean
run_tests_cb (gpointer user_data G_GNUC_UNUSED)
{
  test_status = g_test_run ();
  g_application_release (G_APPLICATION (application));

  return G_SOURCE_REMOVE;
}

static void
startup_cb (void)
{
  g_application_hold (G_APPLICATION (application));
  g_idle_add (run_tests_cb, NULL);
}

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  char            *own_arguments[] = { argv[0], NULL };
  g_autofree char *folder = NULL;

  /* Nothing of a person's own is touched. */
  folder = g_dir_make_tmp ("morsel-test-XXXXXX", NULL);
  g_assert_nonnull (folder);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);

  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);

  add ("/saving/nothing-can-be-saved-of-nothing", test_nothing_can_be_saved_of_nothing);
  add ("/saving/results-are-exported", test_results_are_exported);
  add ("/saving/trouble-is-said-with-its-reason", test_trouble_is_said_with_its_reason);
  add ("/saving/body-is-saved", test_body_is_saved);
  add ("/saving/body-that-breaks-off-goes-on", test_body_that_breaks_off_goes_on);
  add ("/saving/command-is-copied", test_command_is_copied);
  add ("/saving/list-comes-back", test_list_comes_back);
  add ("/saving/damaged-list-is-said", test_damaged_list_is_said);

  application = morsel_application_new ();
  g_signal_connect (application, "startup", G_CALLBACK (startup_cb), NULL);
  g_application_run (G_APPLICATION (application), 1, own_arguments);
  g_object_unref (application);

  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
  curl_global_cleanup ();
  fetching_remove_folder (folder);

  return test_status;
}
