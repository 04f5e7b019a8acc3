/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a window keeps outside of it: results, a body, and its list until the next start.
 * The real window, driven with real keys, through the real file chooser.
 */

#include <curl/curl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/xattr.h>

#include "../backgroundcall/gate.h"
#include "app/morsel-fetch-button.h"
#include "app/morsel-history.h"
#include "app/morsel-save-again.h"
#include "fetching.h"
#include "hands.h"
#include "in-application.h"
#include "window-fixture.h"

static MorselApplication *application;

static void
set_choice (const char *key, gboolean choice)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MorselSettings) settings = morsel_settings_new (&error);

  g_assert_no_error (error);
  g_settings_set_boolean (G_SETTINGS (settings), key, choice);
}

static void
keep_history (gboolean keeps)
{
  set_choice ("keep-history", keeps);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("morsel-test-XXXXXX", &error);
  g_assert_no_error (error);
  window_fixture_set_up (fixture, data);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  keep_history (FALSE);
  set_choice ("keep-tokens", FALSE);
  window_fixture_tear_down (fixture, data);
  fetching_remove_folder (fixture->folder);
  g_free (fixture->folder);
}

static MorselFetchState
get_state (Fixture *fixture, guint position)
{
  return morsel_fetch_get_state (get_fetch (fixture, position));
}

static gboolean
is_enabled (Fixture *fixture, const char *action)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (fixture->window), action);
}

/* The first is selected when it is drawn. */
static void
fetch (Fixture *fixture, const char *path)
{
  g_autofree char *url = demo_server_get_url (fixture->server, path);
  g_autoptr (GError) error = NULL;
  guint position = count_fetches (fixture);

  g_assert_true (morsel_window_fetch (fixture->window, url, &error));
  iterate_until (get_state (fixture, position) != MORSEL_FETCH_RUNNING);
  iterate_until (is_enabled (fixture, "copy-curl-command"));
}

static char *
get_path (Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

static gboolean
is_entry (GtkWidget *widget, gconstpointer data G_GNUC_UNUSED)
{
  return GTK_IS_ENTRY (widget);
}

/* Types a path into the file chooser that comes. Returns the name that stood there. */
static char *
type_file (Fixture *fixture, const char *path)
{
  GtkWindow *chooser;
  GtkWidget *entry;
  char      *suggested;

  iterate_until ((chooser = find_other_window (fixture)) != NULL);
  hands_focus (chooser);
  entry = eyes_find (GTK_WIDGET (chooser), is_entry, NULL);
  g_assert_nonnull (entry);
  suggested = g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry)));

  hands_press ("ctrl+a");
  hands_type (path);
  hands_press ("Return");

  return suggested;
}

/* The same, and it is accepted without a question. */
static char *
choose_file (Fixture *fixture, const char *keys, const char *path)
{
  char *suggested;

  hands_focus (GTK_WINDOW (fixture->window));
  hands_press (keys);
  suggested = type_file (fixture, path);
  iterate_until (find_other_window (fixture) == NULL);

  return suggested;
}

/* The window with the question, which may not be the only one. */
static GtkWindow *
find_question (Fixture *fixture, const char *label)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (window != GTK_WINDOW (fixture->window) &&
          gtk_widget_get_mapped (GTK_WIDGET (window)) &&
          eyes_find_button (GTK_WIDGET (window), label) != NULL)
        return window;
    }

  return NULL;
}

static void
answer (Fixture *fixture, const char *label)
{
  GtkWindow *question;

  iterate_until ((question = find_question (fixture, label)) != NULL);
  hands_focus (question);
  hands_click (eyes_find_button (GTK_WIDGET (question), label));
}

static GtkSelectionModel *
get_selection (Fixture *fixture)
{
  GtkWidget *list = eyes_find_type (GTK_WIDGET (fixture->window), GTK_TYPE_LIST_VIEW);

  return gtk_list_view_get_model (GTK_LIST_VIEW (list));
}

static void
select_row (Fixture *fixture, guint position)
{
  gtk_selection_model_select_item (get_selection (fixture), position, TRUE);
}

static gboolean
has_content (const char *path, const char *expected)
{
  g_autofree char *content = NULL;

  return g_file_get_contents (path, &content, NULL, NULL) &&
         g_str_has_prefix (content, expected);
}

static gsize
size_of (const char *path)
{
  GStatBuf status;

  return g_stat (path, &status) == 0 ? (gsize) status.st_size : 0;
}

/* What is kept is told by an attribute, which not every file system has. */
static gboolean
can_keep (Fixture *fixture)
{
  gboolean can = setxattr (fixture->folder, "user.morsel.test", "", 0, 0) == 0;

  if (!can)
    g_test_skip ("This file system has no extended attributes.");

  return can;
}

/* What is said then is not said for long. Returns the name that stood there. */
static char *
export_to (Fixture *fixture, const char *path, const char *toast)
{
  char *suggested;

  hands_focus (GTK_WINDOW (fixture->window));
  hands_press ("ctrl+s");
  suggested = type_file (fixture, path);
  iterate_until (find_label (fixture, toast) != NULL);

  return suggested;
}

static void
test_results_are_exported (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = get_path (fixture, "results.jsonl");
  g_autofree char *suggested = NULL;
  g_autofree char *content = NULL;

  fetch (fixture, "/echo");
  suggested = export_to (fixture, path, "Exported 1 result");

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
save_first (Fixture *fixture, const char *path)
{
  guint            n_fetches = count_fetches (fixture);
  g_autofree char *suggested = NULL;

  select_row (fixture, 0);
  suggested = choose_file (fixture, "ctrl+shift+s", path);
  iterate_until (count_fetches (fixture) == n_fetches + 1);
}

/* Somebody's own work stands where the body was saved. */
static void
set_up_saved (Fixture *fixture, const char *path)
{
  fetch (fixture, "/large?bytes=100000");
  save_first (fixture, path);
  iterate_until (get_state (fixture, 1) == MORSEL_FETCH_DONE);
  g_assert_true (g_file_set_contents (path, "mine", -1, NULL));
  select_row (fixture, 1);
}

static void
test_fetching_again_asks (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = get_path (fixture, "body");
  FetchResult     *result;

  set_up_saved (fixture, path);
  result = morsel_fetch_get_result (get_fetch (fixture, 1));

  hands_focus (GTK_WINDOW (fixture->window));
  hands_press ("ctrl+r");
  iterate_until (find_other_window (fixture) != NULL);
  g_assert_nonnull (
      eyes_find_label (GTK_WIDGET (find_other_window (fixture)), "Replace “body”?"));
  answer (fixture, "_Cancel");
  iterate_until (find_other_window (fixture) == NULL);
  g_assert_true (morsel_fetch_get_result (get_fetch (fixture, 1)) == result);
  g_assert_true (has_content (path, "mine"));

  /* Each time: that it may be replaced was said once. */
  for (int i = 0; i < 2; i++)
    {
      g_assert_true (g_file_set_contents (path, "mine", -1, NULL));
      hands_focus (GTK_WINDOW (fixture->window));
      hands_press ("ctrl+r");
      answer (fixture, "_Replace");
      iterate_until (find_other_window (fixture) == NULL);
      iterate_until (get_state (fixture, 1) == MORSEL_FETCH_DONE &&
                     size_of (path) == 100000);
    }
  g_assert_cmpuint (count_fetches (fixture), ==, 2);
}

/* As at the end of the program. */
static void
test_window_goes_while_somebody_is_asked (Fixture      *fixture,
                                          gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = get_path (fixture, "body");
  gpointer         window;

  set_up_saved (fixture, path);
  hands_focus (GTK_WINDOW (fixture->window));
  hands_press ("ctrl+r");
  answer (fixture, "Save _As…");
  iterate_until (find_question (fixture, "_Save") != NULL);

  window = fixture->window;
  g_object_add_weak_pointer (G_OBJECT (window), &window);
  close_window (fixture);
  iterate_until (window == NULL);
  iterate_until (find_other_window (fixture) == NULL);
  open_window (fixture);
}

static gboolean
is_fetch_button (GtkWidget *widget, gconstpointer data G_GNUC_UNUSED)
{
  return MORSEL_IS_FETCH_BUTTON (widget) && eyes_can_see (widget) &&
         gtk_widget_get_focusable (widget);
}

/* The button asks as the key does. */
static void
test_fetching_again_elsewhere (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = get_path (fixture, "body");
  g_autofree char *other_path = get_path (fixture, "other");
  g_autofree char *suggested = NULL;

  set_up_saved (fixture, path);
  hands_click (eyes_find (GTK_WIDGET (fixture->window), is_fetch_button, NULL));
  answer (fixture, "Save _As…");
  iterate_until (find_question (fixture, "_Save") != NULL);
  suggested = type_file (fixture, other_path);
  iterate_until (find_other_window (fixture) == NULL);
  iterate_until (size_of (other_path) == 100000);

  g_assert_cmpstr (suggested, ==, "body");
  g_assert_true (has_content (path, "mine"));
  g_assert_cmpstr (morsel_fetch_get_save_path (get_fetch (fixture, 1)), ==, other_path);
  g_assert_cmpuint (count_fetches (fixture), ==, 2);
}

/* However many there are, there is one question; the others run meanwhile. */
static void
test_fetching_several_again_asks_once (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = get_path (fixture, "body");
  g_autofree char *other_path = get_path (fixture, "other");
  g_autofree char *third_path = get_path (fixture, "third");
  FetchResult     *result;

  set_up_saved (fixture, path);
  save_first (fixture, other_path);
  save_first (fixture, third_path);
  iterate_until (get_state (fixture, 2) == MORSEL_FETCH_DONE);
  iterate_until (get_state (fixture, 3) == MORSEL_FETCH_DONE);
  g_unlink (third_path);
  result = fetch_result_ref (morsel_fetch_get_result (get_fetch (fixture, 0)));

  gtk_selection_model_select_all (get_selection (fixture));
  hands_focus (GTK_WINDOW (fixture->window));
  hands_press ("ctrl+r");
  iterate_until (find_other_window (fixture) != NULL);
  g_assert_nonnull (
      eyes_find_label (GTK_WIDGET (find_other_window (fixture)), "Replace 2 Files?"));
  iterate_until (size_of (third_path) == 100000);
  iterate_until (get_state (fixture, 0) == MORSEL_FETCH_DONE);
  g_assert_true (morsel_fetch_get_result (get_fetch (fixture, 0)) != result);
  g_assert_true (has_content (path, "mine"));
  fetch_result_unref (result);

  answer (fixture, "_Replace");
  iterate_until (find_other_window (fixture) == NULL);
  iterate_until (size_of (path) == 100000);
}

static guint
count_windows_that_ask (const char *heading)
{
  GListModel *windows = gtk_window_get_toplevels ();
  guint       n_windows = 0;

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      n_windows += eyes_find_label (window, heading) != NULL;
    }

  return n_windows;
}

static void
save_again (Fixture *fixture, guint position)
{
  g_autoptr (GPtrArray) fetches = g_ptr_array_new ();

  g_ptr_array_add (fetches, get_fetch (fixture, position));
  morsel_save_again (GTK_WINDOW (fixture->window), fetches);
}

/* Whoever is impatient is asked once, and about others all the same. */
static void
test_each_is_asked_about_once (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = get_path (fixture, "body");
  g_autofree char *other_path = get_path (fixture, "other");

  set_up_saved (fixture, path);
  save_first (fixture, other_path);
  iterate_until (get_state (fixture, 2) == MORSEL_FETCH_DONE);

  save_again (fixture, 1);
  save_again (fixture, 1);
  save_again (fixture, 2);

  iterate_until (count_windows_that_ask ("Replace “body”?") > 0);
  iterate_until (count_windows_that_ask ("Replace “other”?") > 0);
  iterate_all ();
  g_assert_cmpuint (count_windows_that_ask ("Replace “other”?"), ==, 1);
  g_assert_cmpuint (count_windows_that_ask ("Replace “body”?"), ==, 1);
}

static void
begin_to_fetch (Fixture *fixture, const char *path)
{
  g_autofree char *url = demo_server_get_url (fixture->server, path);
  g_autoptr (GError) error = NULL;

  g_assert_true (morsel_window_fetch (fixture->window, url, &error));
  g_assert_no_error (error);
}

static void
cancel (Fixture *fixture, guint position)
{
  iterate_until (morsel_fetch_get_received (get_fetch (fixture, position)) >= 100000);
  select_row (fixture, position);
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "cancel", NULL);
  iterate_until (get_state (fixture, position) == MORSEL_FETCH_CANCELLED);
}

/* A third of it has arrived, and somebody saves it, of which no more arrives either. */
static void
set_up_part (Fixture *fixture, const char *path)
{
  begin_to_fetch (fixture, "/breaks-off?bytes=300000&times=2&stalls=1");
  cancel (fixture, 0);
  save_first (fixture, path);
  cancel (fixture, 1);
}

/* Nobody is asked about that. */
static void
test_fetching_again_goes_on (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = get_path (fixture, "body");
  g_autofree char *part_path = get_path (fixture, "body.part");
  FetchResult     *result;

  if (!can_keep (fixture))
    return;

  set_up_part (fixture, path);
  g_assert_cmpuint (size_of (part_path), ==, 100000);
  iterate_until (find_label (fixture, "Cancelled. What has arrived, 100") != NULL);

  hands_focus (GTK_WINDOW (fixture->window));
  hands_press ("ctrl+r");
  iterate_until (get_state (fixture, 1) == MORSEL_FETCH_DONE);
  result = morsel_fetch_get_result (get_fetch (fixture, 1));
  g_assert_cmpint (fetch_result_get_status (result), ==, 206);
  g_assert_cmpuint (fetch_result_get_size_on_wire (result), ==, 200000);
  g_assert_cmpuint (size_of (path), ==, 300000);
  g_assert_false (g_file_test (part_path, G_FILE_TEST_EXISTS));
}

/* It stays as long as somebody may want it back. */
static void
test_part_goes_with_its_row (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = get_path (fixture, "body");
  g_autofree char *part_path = get_path (fixture, "body.part");

  if (!can_keep (fixture))
    return;

  set_up_part (fixture, path);
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "remove", NULL);
  g_assert_cmpuint (count_fetches (fixture), ==, 1);
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "undo", NULL);
  g_assert_cmpuint (count_fetches (fixture), ==, 2);
  g_assert_cmpuint (size_of (part_path), ==, 100000);

  select_row (fixture, 1);
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "remove", NULL);
  g_assert_cmpuint (size_of (part_path), ==, 100000);
  close_window (fixture);
  iterate_until (!g_file_test (part_path, G_FILE_TEST_EXISTS));
  open_window (fixture);
}

static gboolean
has_files (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);

  return g_dir_read_name (folder) != NULL;
}

/* One that runs when it is removed has first to end. */
static void
test_part_goes_with_a_row_that_runs (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = get_path (fixture, "body");

  begin_to_fetch (fixture, "/breaks-off?bytes=300000&times=2&stalls=1");
  cancel (fixture, 0);
  save_first (fixture, path);
  iterate_until (morsel_fetch_get_received (get_fetch (fixture, 1)) >= 100000);
  select_row (fixture, 1);
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "remove", NULL);
  g_assert_true (has_files (fixture->folder));
  close_window (fixture);
  iterate_until (!has_files (fixture->folder));
  open_window (fixture);
}

/* Of two that are saved to the same place, one stays. */
static void
test_part_stays_with_another_row (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = get_path (fixture, "body");
  g_autofree char *part_path = get_path (fixture, "body.part");
  g_autofree char *other_path = get_path (fixture, "other");
  g_autofree char *other_part_path = get_path (fixture, "other.part");

  if (!can_keep (fixture))
    return;

  begin_to_fetch (fixture, "/breaks-off?bytes=300000&times=9&stalls=1");
  cancel (fixture, 0);
  save_first (fixture, path);
  cancel (fixture, 1);
  save_first (fixture, other_path);
  cancel (fixture, 2);
  save_first (fixture, path);
  select_row (fixture, 3);
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "cancel", NULL);
  iterate_until (get_state (fixture, 3) == MORSEL_FETCH_CANCELLED);
  g_assert_cmpuint (size_of (part_path), >=, 100000);
  g_assert_cmpuint (size_of (other_part_path), ==, 100000);

  select_row (fixture, 1);
  gtk_selection_model_select_item (get_selection (fixture), 2, FALSE);
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "remove", NULL);
  g_assert_cmpuint (count_fetches (fixture), ==, 2);
  close_window (fixture);
  iterate_until (!g_file_test (other_part_path, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (size_of (part_path), >=, 100000);
  open_window (fixture);
}

static void
test_file_is_replaced_when_somebody_says_so (Fixture      *fixture,
                                             gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = get_path (fixture, "body");
  g_autofree char *suggested = NULL;

  g_assert_true (g_file_set_contents (path, "mine", -1, NULL));
  fetch (fixture, "/large?bytes=100000");
  hands_press ("ctrl+shift+s");
  suggested = type_file (fixture, path);
  iterate_until (find_question (fixture, "_Replace") != NULL);
  g_assert_cmpuint (count_fetches (fixture), ==, 1);
  g_assert_true (has_content (path, "mine"));

  answer (fixture, "_Replace");
  iterate_until (count_fetches (fixture) == 2);
  iterate_until (get_state (fixture, 1) == MORSEL_FETCH_DONE);
  g_assert_cmpuint (size_of (path), ==, 100000);
}

static void
test_export_replaces_when_somebody_says_so (Fixture      *fixture,
                                            gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = get_path (fixture, "results.csv");
  g_autofree char *suggested = NULL;

  g_assert_true (g_file_set_contents (path, "mine", -1, NULL));
  fetch (fixture, "/echo");
  hands_press ("ctrl+s");
  suggested = type_file (fixture, path);
  iterate_until (find_question (fixture, "_Replace") != NULL);
  g_assert_null (find_label (fixture, "Exported"));
  g_assert_true (has_content (path, "mine"));

  answer (fixture, "_Replace");
  iterate_until (find_label (fixture, "Exported 1 result") != NULL);
  g_assert_true (has_content (path, "address,"));
}

static guint
count_lines (const char *path)
{
  g_autofree char *content = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  lines = g_strsplit (content, "\n", -1);

  return g_strv_length (lines) - 1;
}

/* Three results, of which the first and the last are selected. */
static void
fetch_and_select_two (Fixture *fixture)
{
  fetch (fixture, "/echo");
  fetch (fixture, "/hello");
  fetch (fixture, "/missing");
  select_row (fixture, 0);
  gtk_selection_model_select_item (get_selection (fixture), 2, FALSE);
}

/* It says that it is not all. */
static void
test_selected_results_are_exported (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = get_path (fixture, "results.jsonl");
  g_autofree char *suggested = NULL;

  fetch_and_select_two (fixture);
  suggested = export_to (fixture, path, "Exported 2 of 3 results");

  g_assert_cmpuint (count_lines (path), ==, 2);
}

static void
search_for (Fixture *fixture, const char *text)
{
  GtkWidget *entry;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.search", NULL);
  iterate_until ((entry = eyes_find_type (GTK_WIDGET (fixture->window),
                                          GTK_TYPE_SEARCH_ENTRY)) != NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), text);
}

static void
test_shown_results_are_exported (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = get_path (fixture, "results.jsonl");
  g_autofree char *suggested = NULL;

  fetch (fixture, "/echo");
  fetch (fixture, "/hello");
  fetch (fixture, "/missing");
  search_for (fixture, "missing");
  iterate_until (g_list_model_get_n_items (G_LIST_MODEL (get_selection (fixture))) == 1);
  suggested = export_to (fixture, path, "Exported 1 of 3 results");

  g_assert_cmpuint (count_lines (path), ==, 1);
}

/* What is asked about is what is exported, whatever is shown meanwhile. */
static void
test_results_that_were_shown_are_exported (Fixture      *fixture,
                                           gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = get_path (fixture, "results.jsonl");
  g_autofree char *suggested = NULL;

  fetch (fixture, "/missing");
  fetch (fixture, "/hello");
  search_for (fixture, "missing");
  iterate_until (g_list_model_get_n_items (G_LIST_MODEL (get_selection (fixture))) == 1);
  hands_press ("ctrl+s");
  iterate_until (find_other_window (fixture) != NULL);
  fetch (fixture, "/missing-too");
  iterate_until (g_list_model_get_n_items (G_LIST_MODEL (get_selection (fixture))) == 2);
  suggested = type_file (fixture, path);
  iterate_until (find_label (fixture, "Exported 1 of 3 results") != NULL);

  g_assert_cmpuint (count_lines (path), ==, 1);
}

static gboolean
is_choice (GtkWidget *widget, gconstpointer label)
{
  gpointer item = GTK_IS_DROP_DOWN (widget)
                      ? gtk_drop_down_get_selected_item (GTK_DROP_DOWN (widget))
                      : NULL;

  return GTK_IS_STRING_OBJECT (item) &&
         g_str_equal (gtk_string_object_get_string (item), label);
}

static void
test_all_results_are_exported_if_that_is_chosen (Fixture      *fixture,
                                                 gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = get_path (fixture, "results.jsonl");
  g_autofree char *suggested = NULL;
  GtkWidget       *choice;

  fetch_and_select_two (fixture);
  hands_press ("ctrl+s");
  iterate_until (find_other_window (fixture) != NULL);
  choice = eyes_find (GTK_WIDGET (find_other_window (fixture)), is_choice,
                      "2 results selected");
  g_assert_nonnull (choice);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (choice), 1);
  g_assert_true (is_choice (choice, "All results (3)"));
  suggested = type_file (fixture, path);
  iterate_until (find_label (fixture, "Exported 3 results") != NULL);

  g_assert_cmpuint (count_lines (path), ==, 3);
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

static char *
copy_command (Fixture *fixture, const char *toast)
{
  char *text = NULL;

  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "copy-curl-command",
                                  NULL);
  iterate_until (find_label (fixture, toast) != NULL);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (fixture->window)),
                                 NULL, text_read_cb, &text);
  iterate_until (text != NULL);

  return text;
}

static void
test_command_is_copied (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *text = NULL;

  fetch (fixture, "/echo");
  text = copy_command (fixture, "Command copied");
  g_assert_true (g_str_has_prefix (text, "curl "));
}

static void
add_invalid (Fixture *fixture)
{
  static const char *const addresses[] = { "http://[", NULL };
  guint                    n_fetches = count_fetches (fixture);

  morsel_window_fetch_all (fixture->window, addresses);
  iterate_until (count_fetches (fixture) == n_fetches + 1);
}

/* What is no address has none. */
static void
test_commands_of_several_are_copied (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  fetch (fixture, "/echo");
  fetch (fixture, "/hello");
  add_invalid (fixture);
  gtk_selection_model_select_all (get_selection (fixture));
  text = copy_command (fixture, "2 commands copied");
  lines = g_strsplit (text, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 2);
  g_assert_true (g_str_has_prefix (lines[0], "curl "));
  g_assert_nonnull (strstr (lines[0], "/echo"));
  g_assert_true (g_str_has_prefix (lines[1], "curl "));
  g_assert_nonnull (strstr (lines[1], "/hello"));
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

/* Where several are selected, it is not clear whose body is meant. */
static void
test_one_body_is_saved_at_a_time (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fetch (fixture, "/echo");
  fetch (fixture, "/hello");
  add_invalid (fixture);

  gtk_selection_model_select_all (get_selection (fixture));
  g_assert_false (is_enabled (fixture, "save-body"));
  g_assert_true (is_enabled (fixture, "copy-curl-command"));
  select_row (fixture, 1);
  g_assert_true (is_enabled (fixture, "save-body"));
  select_row (fixture, 2);
  g_assert_false (is_enabled (fixture, "save-body"));
  g_assert_false (is_enabled (fixture, "copy-curl-command"));
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

static gboolean
is_kept (const char *text)
{
  g_autofree char *path = morsel_history_get_default_path ();
  g_autofree char *content = NULL;
  gsize            size;

  return g_file_get_contents (path, &content, &size, NULL) &&
         memmem (content, size, text, strlen (text)) != NULL;
}

/* What a row says that has come back without it: as with passwords. */
static void
test_token_is_kept_if_chosen (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  keep_history (TRUE);
  fetch (fixture, "/echo?access_token=Velvet-Anchor-42");
  close_window (fixture);
  iterate_until (is_kept ("access_token=SECRET"));
  g_assert_false (is_kept ("Velvet-Anchor-42"));

  open_window (fixture);
  iterate_until (count_fetches (fixture) == 1);
  g_assert_true (morsel_fetch_lacks_secrets (get_fetch (fixture, 0)));

  set_choice ("keep-tokens", TRUE);
  fetch (fixture, "/echo?access_token=Copper-Kite-9");
  close_window (fixture);
  iterate_until (is_kept ("access_token=Copper-Kite-9"));
  open_window (fixture);
  iterate_until (count_fetches (fixture) == 2);
  g_assert_true (morsel_fetch_can_retry (get_fetch (fixture, 1)));
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

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  int              status;
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
  add ("/saving/one-body-is-saved-at-a-time", test_one_body_is_saved_at_a_time);
  add ("/saving/file-is-replaced-when-somebody-says-so",
       test_file_is_replaced_when_somebody_says_so);
  add ("/saving/export-replaces-when-somebody-says-so",
       test_export_replaces_when_somebody_says_so);
  add ("/saving/selected-results-are-exported", test_selected_results_are_exported);
  add ("/saving/shown-results-are-exported", test_shown_results_are_exported);
  add ("/saving/results-that-were-shown-are-exported",
       test_results_that_were_shown_are_exported);
  add ("/saving/all-results-are-exported-if-that-is-chosen",
       test_all_results_are_exported_if_that_is_chosen);
  add ("/saving/again/asks", test_fetching_again_asks);
  add ("/saving/again/elsewhere", test_fetching_again_elsewhere);
  add ("/saving/again/several-ask-once", test_fetching_several_again_asks_once);
  add ("/saving/again/each-is-asked-about-once", test_each_is_asked_about_once);
  add ("/saving/again/window-goes-while-somebody-is-asked",
       test_window_goes_while_somebody_is_asked);
  add ("/saving/again/goes-on", test_fetching_again_goes_on);
  add ("/saving/part/goes-with-its-row", test_part_goes_with_its_row);
  add ("/saving/part/goes-with-a-row-that-runs", test_part_goes_with_a_row_that_runs);
  add ("/saving/part/stays-with-another-row", test_part_stays_with_another_row);
  add ("/saving/command-is-copied", test_command_is_copied);
  add ("/saving/commands-of-several-are-copied", test_commands_of_several_are_copied);
  add ("/saving/list-comes-back", test_list_comes_back);
  add ("/saving/token-is-kept-if-chosen", test_token_is_kept_if_chosen);
  add ("/saving/damaged-list-is-said", test_damaged_list_is_said);

  status = run_tests_in_application (&application, argv[0]);
  fetching_remove_folder (folder);

  return status;
}
