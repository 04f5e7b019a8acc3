/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The list of fetches in the real window, with real keys and a real pointer: what is
 * shown of it and in which order, and what can be done with what is selected.
 */

#include <curl/curl.h>
#include <string.h>

#include "../backgroundcall/gate.h"
#include "app/morsel-fetch-detail.h"
#include "app/morsel-fetch-row.h"
#include "app/morsel-filter-bar.h"
#include "app/morsel-list-page.h"
#include "app/morsel-progress-track.h"
#include "app/morsel-sort-value.h"
#include "app/morsel-status-bar.h"
#include "hands.h"
#include "in-application.h"
#include "window-fixture.h"

static MorselApplication *application;

static void
forget_settings (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MorselSettings) settings = morsel_settings_new (&error);
  const char *const keys[] = { "window-width", "window-height", "sort-by",
                               "sort-descending", "show-frame-meter" };

  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_reset (G_SETTINGS (settings), keys[i]);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  forget_settings ();
  window_fixture_set_up (fixture, data);
}

static GtkWidget *
get_root (Fixture *fixture)
{
  return GTK_WIDGET (fixture->window);
}

static GtkListView *
get_list (Fixture *fixture)
{
  return GTK_LIST_VIEW (eyes_find_type (get_root (fixture), GTK_TYPE_LIST_VIEW));
}

/* What is listed, and not all there is. */
static GtkSelectionModel *
get_shown (Fixture *fixture)
{
  GtkWidget *page = eyes_find_type (get_root (fixture), MORSEL_TYPE_LIST_PAGE);

  return morsel_list_page_get_shown (MORSEL_LIST_PAGE (page));
}

static guint
count_shown (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (get_shown (fixture)));
}

static gboolean
is_selected (Fixture *fixture, guint position)
{
  return gtk_selection_model_is_selected (get_shown (fixture), position);
}

static MorselFetch *
get_shown_fetch (Fixture *fixture, guint position)
{
  g_autoptr (MorselFetch)
      fetch = g_list_model_get_item (G_LIST_MODEL (get_shown (fixture)), position);

  g_assert_nonnull (fetch);

  return fetch;
}

static MorselFetchState
get_state (Fixture *fixture, guint position)
{
  return morsel_fetch_get_state (get_shown_fetch (fixture, position));
}

static gboolean
ends_with (Fixture *fixture, guint position, const char *end)
{
  return g_str_has_suffix (morsel_fetch_get_address (get_shown_fetch (fixture, position)),
                           end);
}

/* Returns whether these are the ends of the addresses that are listed. */
static gboolean
shows (Fixture *fixture, const char *const *ends)
{
  guint n_ends = g_strv_length ((char **) ends);

  if (count_shown (fixture) != n_ends)
    return FALSE;
  for (guint i = 0; i < n_ends; i++)
    if (!ends_with (fixture, i, ends[i]))
      return FALSE;

  return TRUE;
}

#define SHOWS(...) shows (fixture, (const char *const[]){ __VA_ARGS__, NULL })

static void
fetch_all (Fixture *fixture, const char *const *paths)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) urls = NULL;
  guint n_urls, n_before = count_fetches (fixture);

  for (; *paths != NULL; paths++)
    {
      g_autofree char *url = demo_server_get_url (fixture->server, *paths);

      g_strv_builder_add (builder, url);
    }
  urls = g_strv_builder_end (builder);
  n_urls = g_strv_length (urls);

  morsel_window_fetch_all (fixture->window, (const char *const *) urls);
  iterate_until (count_fetches (fixture) == n_before + n_urls);
}

#define FETCH_ALL(...) fetch_all (fixture, (const char *const[]){ __VA_ARGS__, NULL })

static gboolean
is_row_of (GtkWidget *widget, gconstpointer end)
{
  return MORSEL_IS_FETCH_ROW (widget) &&
         morsel_fetch_row_get_fetch (MORSEL_FETCH_ROW (widget)) != NULL &&
         g_str_has_suffix (morsel_fetch_get_address (
                               morsel_fetch_row_get_fetch (MORSEL_FETCH_ROW (widget))),
                           end);
}

static GtkWidget *
find_row (Fixture *fixture, const char *end)
{
  return eyes_find (GTK_WIDGET (get_list (fixture)), is_row_of, end);
}

static guint
get_first_selected (Fixture *fixture)
{
  g_autoptr (GtkBitset)
      selection = gtk_selection_model_get_selection (get_shown (fixture));

  return gtk_bitset_get_minimum (selection);
}

static void
click_row (Fixture *fixture, const char *end)
{
  iterate_until (find_row (fixture, end) != NULL);
  hands_click (find_row (fixture, end));
  iterate_until (ends_with (fixture, get_first_selected (fixture), end));
}

/* One of the choices above the list, by what it is called; NULL if it is not there. */
static GtkWidget *
find_choice (Fixture *fixture, const char *name)
{
  GtkWidget *bar = eyes_find_type (get_root (fixture), MORSEL_TYPE_FILTER_BAR);

  return bar != NULL ? eyes_find_label (bar, name) : NULL;
}

static void
click_choice (Fixture *fixture, const char *name)
{
  hands_click (find_choice (fixture, name));
}

static void
choose_from_menu (Fixture *fixture, const char *label)
{
  iterate_until (find_label (fixture, label) != NULL);
  hands_click (find_label (fixture, label));
  iterate_until (find_label (fixture, label) == NULL);
}

static void
choose_order (Fixture *fixture, const char *label)
{
  hands_click (eyes_find_type (eyes_find_type (get_root (fixture), MORSEL_TYPE_LIST_PAGE),
                               GTK_TYPE_MENU_BUTTON));
  choose_from_menu (fixture, label);
}

static gboolean
has_focus_within (Fixture *fixture, GtkWidget *ancestor)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (fixture->window));

  return focus != NULL && ancestor != NULL &&
         (focus == ancestor || gtk_widget_is_ancestor (focus, ancestor));
}

/* The number above the name of a choice. */
static const char *
get_count (Fixture *fixture, const char *name)
{
  GtkWidget *label = find_choice (fixture, name);

  if (label == NULL)
    return "";

  return gtk_label_get_label (GTK_LABEL (gtk_widget_get_prev_sibling (label)));
}

static void
test_shown_by_state (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  FETCH_ALL ("/hello", "/missing", "/stall", "/cut-off");
  iterate_until (get_state (fixture, 0) == MORSEL_FETCH_DONE);
  iterate_until (get_state (fixture, 1) == MORSEL_FETCH_REFUSED);
  iterate_until (get_state (fixture, 3) == MORSEL_FETCH_FAILED);

  iterate_until (g_str_equal (get_count (fixture, "Failed"), "2"));
  g_assert_cmpstr (get_count (fixture, "All"), ==, "4");
  g_assert_cmpstr (get_count (fixture, "Running"), ==, "1");
  g_assert_cmpstr (get_count (fixture, "Done"), ==, "1");

  click_choice (fixture, "Running");
  iterate_until (SHOWS ("/stall"));
  click_choice (fixture, "Failed");
  iterate_until (SHOWS ("/missing", "/cut-off"));

  /* What runs again does not belong there any more. */
  click_row (fixture, "/missing");
  hands_press ("ctrl+r");
  iterate_until (morsel_fetch_get_state (get_shown_fetch (fixture, 0)) !=
                 MORSEL_FETCH_RUNNING);
  iterate_until (SHOWS ("/missing", "/cut-off"));

  click_choice (fixture, "All");
  iterate_until (SHOWS ("/hello", "/missing", "/stall", "/cut-off"));

  hands_press ("alt+2");
  iterate_until (SHOWS ("/stall"));
  hands_press ("alt+3");
  iterate_until (SHOWS ("/hello"));
  hands_press ("alt+4");
  iterate_until (SHOWS ("/missing", "/cut-off"));
  hands_press ("alt+1");
  iterate_until (SHOWS ("/hello", "/missing", "/stall", "/cut-off"));
}

static void
test_search (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  FETCH_ALL ("/hello", "/missing?one", "/missing?two");

  hands_press ("ctrl+f");
  iterate_until (has_focus_within (
      fixture, eyes_find_type (get_root (fixture), GTK_TYPE_SEARCH_ENTRY)));
  hands_type ("MISS");
  iterate_until (SHOWS ("/missing?one", "/missing?two"));
  hands_type (" two");
  iterate_until (SHOWS ("/missing?two"));
  hands_type ("nothing");
  iterate_until (find_label (fixture, "No Fetches Found") != NULL);

  /* What is typed as an address is shown, whatever was searched for. */
  hands_press ("ctrl+l");
  {
    g_autofree char *url = demo_server_get_url (fixture->server, "/gzip");

    hands_type (url);
  }
  hands_press ("Return");
  iterate_until (SHOWS ("/hello", "/missing?one", "/missing?two", "/gzip"));
  iterate_until (is_selected (fixture, 3));

  hands_press ("ctrl+f");
  hands_type ("hello");
  iterate_until (SHOWS ("/hello"));
  hands_press ("Escape");
  iterate_until (count_shown (fixture) == 4);
}

/* There is nothing to be searched, nor to be seen of it. */
static void
test_nothing_is_searched_in_an_empty_list (Fixture      *fixture,
                                           gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *bar;

  FETCH_ALL ("/hello");
  bar = eyes_find_type (get_root (fixture), GTK_TYPE_SEARCH_BAR);
  gtk_widget_activate_action (get_root (fixture), "win.clear", NULL);
  iterate_until (count_fetches (fixture) == 0);
  gtk_widget_activate_action (get_root (fixture), "win.search", NULL);
  g_assert_false (gtk_search_bar_get_search_mode (GTK_SEARCH_BAR (bar)));

  FETCH_ALL ("/hello");
  gtk_widget_activate_action (get_root (fixture), "win.search", NULL);
  g_assert_true (gtk_search_bar_get_search_mode (GTK_SEARCH_BAR (bar)));
}

static void
test_sorted (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  FETCH_ALL ("/missing", "/hello", "/gzip");
  for (guint i = 0; i < 3; i++)
    iterate_until (get_state (fixture, i) != MORSEL_FETCH_RUNNING);
  click_row (fixture, "/missing");

  choose_order (fixture, "_Address");
  iterate_until (SHOWS ("/gzip", "/hello", "/missing"));
  /* What is selected stays so. */
  g_assert_true (is_selected (fixture, 2));
  g_assert_false (is_selected (fixture, 0));

  choose_order (fixture, "_Reversed");
  iterate_until (SHOWS ("/missing", "/hello", "/gzip"));

  choose_order (fixture, "Si_ze");
  iterate_until (SHOWS ("/gzip", "/missing", "/hello"));

  /* It is so at the next start, too. */
  close_window (fixture);
  open_window (fixture);
  FETCH_ALL ("/hello", "/gzip");
  iterate_until (get_state (fixture, 0) == MORSEL_FETCH_DONE &&
                 get_state (fixture, 1) == MORSEL_FETCH_DONE);
  iterate_until (SHOWS ("/gzip", "/hello"));
}

/* What a fetch is sorted by, looked up by other means than the list has. */
static gint64
get_value (MorselFetch *fetch, MorselSortKey key)
{
  FetchResult *result = morsel_fetch_get_result (fetch);

  switch (key)
    {
    case MORSEL_SORT_SIZE:
      return (gint64) morsel_fetch_get_size (fetch);
    case MORSEL_SORT_TIME:
      return result != NULL ? fetch_result_get_duration (result) : 0;
    case MORSEL_SORT_PROGRESS:
      return morsel_fetch_get_state (fetch) != MORSEL_FETCH_RUNNING;
    case MORSEL_SORT_STATE:
    case MORSEL_SORT_ADDED:
    case MORSEL_SORT_ADDRESS:
    case MORSEL_SORT_TYPE:
    default:
      return morsel_fetch_get_state (fetch);
    }
}

static gboolean
is_in_order (Fixture *fixture, MorselSortKey key)
{
  guint n_shown = count_shown (fixture);

  for (guint i = 1; i < n_shown; i++)
    {
      MorselFetch *one = get_shown_fetch (fixture, i - 1);
      MorselFetch *other = get_shown_fetch (fixture, i);
      gint64       value = get_value (one, key);
      gint64       other_value = get_value (other, key);

      if (value > other_value ||
          (value == other_value && key != MORSEL_SORT_PROGRESS &&
           morsel_fetch_get_ordinal (one) > morsel_fetch_get_ordinal (other)))
        return FALSE;
    }

  return TRUE;
}

static guint
count_in_state (Fixture *fixture, MorselFetchState state)
{
  return morsel_fetch_list_count (
      MORSEL_FETCH_LIST (morsel_window_get_fetches (fixture->window)), state);
}

static void
remove_fetch (Fixture *fixture, guint position)
{
  g_autoptr (GPtrArray) fetches = g_ptr_array_new ();

  g_ptr_array_add (fetches, get_shown_fetch (fixture, position));
  morsel_fetch_list_remove (
      MORSEL_FETCH_LIST (morsel_window_get_fetches (fixture->window)), fetches);
}

static guint
count_running (Fixture *fixture)
{
  return count_in_state (fixture, MORSEL_FETCH_RUNNING);
}

#define N_LIVE 200

/* They end one after the other, in various ways, and grow until then. */
static void
fetch_various (Fixture *fixture)
{
  static const char *const paths[] = { "/hello", "/missing", "/gzip", "/cut-off",
                                       "/trickle?bytes=3000&steps=5&pause=10" };
  g_autoptr (GPtrArray) various = g_ptr_array_new ();

  for (guint i = 0; i < N_LIVE; i++)
    g_ptr_array_add (various, (gpointer) paths[i % G_N_ELEMENTS (paths)]);
  g_ptr_array_add (various, NULL);
  fetch_all (fixture, (const char *const *) various->pdata);
}

/* More come while others run; and some are removed, and retried. */
static void
test_sorted_while_fetches_run (Fixture *fixture, gconstpointer data)
{
  MorselSortKey key = GPOINTER_TO_INT (data);

  fetch_various (fixture);
  g_object_set (eyes_find_type (get_root (fixture), MORSEL_TYPE_LIST_PAGE), "sort-by",
                key, NULL);
  for (guint i = 1; i <= 3; i++)
    {
      guint n_running = count_running (fixture);

      iterate_until (count_running (fixture) < n_running - N_LIVE / 4);
      fetch_various (fixture);
      remove_fetch (fixture, i * N_LIVE);
    }
  gtk_selection_model_select_range (get_shown (fixture), 0, N_LIVE, TRUE);
  gtk_widget_activate_action (get_root (fixture), "win.retry", NULL);

  iterate_until (count_running (fixture) == 0);
  iterate_until (is_in_order (fixture, key));
  g_assert_cmpuint (count_shown (fixture), ==, 4 * N_LIVE - 3);
}

#define N_ROWS 40

static gboolean
scroll_cb (GtkWidget     *list,
           GdkFrameClock *clock G_GNUC_UNUSED,
           gpointer       user_data G_GNUC_UNUSED)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list));
  double         value = gtk_adjustment_get_value (adjustment);

  gtk_adjustment_set_value (adjustment, value > 0 ? value - 1 : 30);

  return G_SOURCE_CONTINUE;
}

static gboolean
count_frame_cb (GtkWidget     *list G_GNUC_UNUSED,
                GdkFrameClock *clock G_GNUC_UNUSED,
                gpointer       n_frames)
{
  (*(guint *) n_frames)++;

  return G_SOURCE_CONTINUE;
}

/* GTK can't scroll what it has not laid out yet. */
static void
wait_until_all_is_laid_out (GtkWidget *list)
{
  guint n_frames = 0;
  guint id = gtk_widget_add_tick_callback (list, count_frame_cb, &n_frames, NULL);

  iterate_until (n_frames > 2 + N_ROWS / 10);
  gtk_widget_remove_tick_callback (list, id);
}

static void
told_cb (MorselFetchList *fetches G_GNUC_UNUSED, GHashTable *changed, gpointer user_data)
{
  MorselFetch **awaited = user_data;

  if (g_hash_table_contains (changed, *awaited))
    *awaited = NULL;
}

/* The one that runs again belongs to the others that run, before all that are done. */
static void
test_nothing_moves_while_it_is_scrolled (Fixture      *fixture,
                                         gconstpointer data G_GNUC_UNUSED)
{
  MorselFetchList *fetches = MORSEL_FETCH_LIST (
      morsel_window_get_fetches (fixture->window));
  MorselFetch *fetch, *awaited;
  GtkWidget   *list, *page;
  guint        scroll_id;
  gulong       told_id;
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();

  for (guint i = 1; i < N_ROWS; i++)
    g_ptr_array_add (paths, (gpointer) "/hello");
  g_ptr_array_add (paths, (gpointer) "/silence");
  g_ptr_array_add (paths, NULL);
  fetch_all (fixture, (const char *const *) paths->pdata);
  page = eyes_find_type (get_root (fixture), MORSEL_TYPE_LIST_PAGE);
  list = GTK_WIDGET (get_list (fixture));
  g_object_set (page, "sort-by", MORSEL_SORT_STATE, NULL);
  iterate_until (count_running (fixture) == 1 &&
                 get_state (fixture, 0) == MORSEL_FETCH_RUNNING);
  fetch = get_shown_fetch (fixture, 0);
  morsel_fetch_cancel (fetch);
  iterate_until (get_shown_fetch (fixture, N_ROWS - 1) == fetch);
  wait_until_all_is_laid_out (list);

  scroll_id = gtk_widget_add_tick_callback (list, scroll_cb, NULL, NULL);
  iterate_until (morsel_list_page_is_scrolled (MORSEL_LIST_PAGE (page)));
  awaited = fetch;
  told_id = g_signal_connect_after (fetches, "fetches-changed", G_CALLBACK (told_cb),
                                    &awaited);
  morsel_fetch_retry (fetch);
  iterate_until (awaited == NULL);
  g_assert_true (get_shown_fetch (fixture, N_ROWS - 1) == fetch);

  g_signal_handler_disconnect (fetches, told_id);
  gtk_widget_remove_tick_callback (list, scroll_id);
  iterate_until (!morsel_list_page_is_scrolled (MORSEL_LIST_PAGE (page)));
  g_assert_true (get_shown_fetch (fixture, 0) == fetch);
}

/* What is shown of each state is right, while it runs and at the end. */
static void
test_filtered_while_fetches_run (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fetch_various (fixture);
  g_object_set (eyes_find_type (get_root (fixture), MORSEL_TYPE_LIST_PAGE), "sort-by",
                MORSEL_SORT_SIZE, "sort-descending", TRUE, NULL);
  click_choice (fixture, "Failed");
  fetch_various (fixture);

  iterate_until (count_running (fixture) == 0);
  iterate_until (count_shown (fixture) ==
                 count_fetches (fixture) - count_in_state (fixture, MORSEL_FETCH_DONE));
  g_assert_cmpuint (count_shown (fixture), >=, 2 * N_LIVE / 5 * 2);
  for (guint i = 0; i < count_shown (fixture); i++)
    g_assert_cmpint (get_state (fixture, i), !=, MORSEL_FETCH_DONE);
}

static void
test_several_are_removed_and_come_back (Fixture      *fixture,
                                        gconstpointer data G_GNUC_UNUSED)
{
  FETCH_ALL ("/hello", "/stall", "/missing", "/gzip");
  iterate_until (get_state (fixture, 2) == MORSEL_FETCH_REFUSED);

  click_row (fixture, "/stall");
  hands_press ("shift+Down");
  iterate_until (find_label (fixture, "2 Fetches Selected") != NULL);

  hands_press ("Delete");
  iterate_until (SHOWS ("/hello", "/gzip"));
  iterate_until (find_label (fixture, "2 fetches removed") != NULL);
  /* The keyboard goes on from there. */
  iterate_until (is_selected (fixture, 1));
  iterate_until (has_focus_within (fixture, GTK_WIDGET (get_list (fixture))));
  hands_press ("Delete");
  iterate_until (SHOWS ("/hello"));
  iterate_until (find_label (fixture, "1 fetch removed") != NULL);

  hands_press ("ctrl+z");
  iterate_until (SHOWS ("/hello", "/gzip"));
  hands_press ("ctrl+z");
  iterate_until (SHOWS ("/hello", "/stall", "/missing", "/gzip"));
  /* What ran runs again, and nothing else. */
  iterate_until (get_state (fixture, 1) == MORSEL_FETCH_RUNNING);
  g_assert_cmpint (get_state (fixture, 2), ==, MORSEL_FETCH_REFUSED);
}

static void
count_cancelled_cb (MorselFetch *fetch, guint *n_cancelled)
{
  *n_cancelled += morsel_fetch_get_state (fetch) == MORSEL_FETCH_CANCELLED;
}

/* Whether it has ended until then or not. */
static void
test_what_ran_runs_again_when_undone_at_once (Fixture      *fixture,
                                              gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (MorselFetch) fetch = NULL;
  guint n_cancelled = 0;

  FETCH_ALL ("/stall");
  click_row (fixture, "/stall");
  fetch = g_list_model_get_item (morsel_window_get_fetches (fixture->window), 0);
  iterate_until (morsel_fetch_get_received (fetch) > 0);
  g_signal_connect (fetch, "changed", G_CALLBACK (count_cancelled_cb), &n_cancelled);

  hands_press ("Delete");
  iterate_until (count_fetches (fixture) == 0);
  hands_press ("ctrl+z");
  iterate_until (SHOWS ("/stall"));
  iterate_until (n_cancelled == 1);
  iterate_until (morsel_fetch_get_state (fetch) == MORSEL_FETCH_RUNNING);

  /* Before anything else could happen. */
  gtk_widget_activate_action (get_root (fixture), "win.clear", NULL);
  gtk_widget_activate_action (get_root (fixture), "win.undo", NULL);
  iterate_until (n_cancelled == 2);
  iterate_until (morsel_fetch_get_state (fetch) == MORSEL_FETCH_RUNNING);
  g_signal_handlers_disconnect_by_data (fetch, &n_cancelled);
}

static void
test_clear_is_undone_by_the_toast (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  FETCH_ALL ("/hello", "/stall");

  hands_press ("ctrl+shift+Delete");
  iterate_until (count_fetches (fixture) == 0);
  iterate_until (find_label (fixture, "See What Is There") != NULL);

  iterate_until (eyes_find_button (get_root (fixture), "_Undo") != NULL);
  hands_click (eyes_find_button (get_root (fixture), "_Undo"));
  iterate_until (count_fetches (fixture) == 2);
  iterate_until (SHOWS ("/hello", "/stall"));
  iterate_until (get_state (fixture, 1) == MORSEL_FETCH_RUNNING);
}

static void
read_text_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  char **text = user_data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, &error);
  g_assert_no_error (error);
}

static char *
read_clipboard (Fixture *fixture)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (get_root (fixture));
  char         *text = NULL;

  gdk_clipboard_read_text_async (clipboard, NULL, read_text_cb, &text);
  iterate_until (text != NULL);

  return text;
}

static void
test_menu_of_a_row (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *hello = demo_server_get_url (fixture->server, "/hello");
  g_autofree char *both = NULL;
  g_autofree char *copied = NULL;
  g_autofree char *command = NULL;
  g_autofree char *list = NULL;

  FETCH_ALL ("/missing", "/hello");
  iterate_until (get_state (fixture, 1) == MORSEL_FETCH_DONE);
  iterate_until (find_row (fixture, "/hello") != NULL);

  /* It is about what it was opened on. */
  hands_right_click (find_row (fixture, "/hello"));
  iterate_until (is_selected (fixture, 1) && !is_selected (fixture, 0));
  choose_from_menu (fixture, "Copy A_ddress");
  iterate_until (find_label (fixture, "Address copied") != NULL);
  copied = read_clipboard (fixture);
  g_assert_cmpstr (copied, ==, hello);

  hands_right_click (find_row (fixture, "/hello"));
  choose_from_menu (fixture, "Co_py as curl Command");
  command = read_clipboard (fixture);
  g_assert_true (g_str_has_prefix (command, "curl "));
  g_assert_nonnull (strstr (command, hello));

  /* And about what is selected with it; by keyboard as well. */
  click_row (fixture, "/missing");
  hands_press ("shift+Down");
  iterate_until (is_selected (fixture, 0) && is_selected (fixture, 1));
  hands_press ("shift+F10");
  choose_from_menu (fixture, "Copy A_ddress");
  iterate_until (find_label (fixture, "2 addresses copied") != NULL);
  list = read_clipboard (fixture);
  both = g_strdup_printf ("%.*s/missing\n%s", (int) (strlen (hello) - strlen ("/hello")),
                          hello, hello);
  g_assert_cmpstr (list, ==, both);

  hands_press ("shift+F10");
  choose_from_menu (fixture, "_Remove");
  iterate_until (count_fetches (fixture) == 0);
}

static gboolean
is_enabled (Fixture *fixture, const char *action)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (fixture->window), action);
}

static void
test_actions_fit_what_is_selected (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const char *const invalid[] = { "file:///etc/passwd", NULL };

  g_assert_false (is_enabled (fixture, "retry"));
  g_assert_false (is_enabled (fixture, "clear"));
  g_assert_false (is_enabled (fixture, "undo"));

  FETCH_ALL ("/stall", "/hello");
  iterate_until (get_state (fixture, 1) == MORSEL_FETCH_DONE);
  click_row (fixture, "/stall");
  g_assert_true (is_enabled (fixture, "cancel"));
  g_assert_false (is_enabled (fixture, "retry"));
  g_assert_true (is_enabled (fixture, "open-in-browser"));
  hands_press ("Escape");
  iterate_until (get_state (fixture, 0) == MORSEL_FETCH_CANCELLED);
  g_assert_false (is_enabled (fixture, "cancel"));
  g_assert_true (is_enabled (fixture, "retry"));

  morsel_window_fetch_all (fixture->window, invalid);
  iterate_until (count_fetches (fixture) == 3);
  click_row (fixture, "passwd");
  g_assert_false (is_enabled (fixture, "retry"));
  g_assert_false (is_enabled (fixture, "open-in-browser"));
  g_assert_true (is_enabled (fixture, "remove"));
  g_assert_true (is_enabled (fixture, "clear"));
}

static const char *
get_status (Fixture *fixture)
{
  GtkWidget *bar = eyes_find_type (get_root (fixture), MORSEL_TYPE_STATUS_BAR);
  GtkWidget *label = bar != NULL ? eyes_find_type (bar, GTK_TYPE_LABEL) : NULL;

  return label != NULL ? gtk_label_get_label (GTK_LABEL (label)) : "";
}

static void
test_status_of_all (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *track = eyes_find_type (get_root (fixture), MORSEL_TYPE_PROGRESS_TRACK);
  GtkWindow *window = GTK_WINDOW (fixture->window);

  g_assert_cmpfloat (gtk_widget_get_opacity (track), ==, 0);
  g_assert_cmpstr (gtk_window_get_title (window), ==, "Morsel");
  g_assert_cmpstr (get_status (fixture), ==, "");

  FETCH_ALL ("/hello", "/missing", "/stall", "/stall");
  iterate_until (g_str_has_prefix (get_status (fixture), "2 of 4 · "));
  g_assert_cmpfloat (gtk_widget_get_opacity (track), ==, 1);
  iterate_until (g_str_has_suffix (gtk_window_get_title (window), "% · Morsel"));

  click_row (fixture, "/stall");
  hands_press ("shift+Down");
  iterate_until (is_selected (fixture, 3));
  hands_press ("Escape");
  iterate_until (g_str_has_prefix (get_status (fixture), "1 of 4 done · 3 failed · "));
  g_assert_cmpfloat (gtk_widget_get_opacity (track), ==, 0);
  g_assert_cmpstr (gtk_window_get_title (window), ==, "Morsel");
}

static void
test_meter_can_be_hidden (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MorselSettings) settings = morsel_settings_new (&error);

  g_assert_no_error (error);
  g_settings_set_boolean (G_SETTINGS (settings), "show-frame-meter", FALSE);
  FETCH_ALL ("/stall");
  iterate_until (!g_str_equal (get_status (fixture), ""));
  g_assert_null (find_label (fixture, "Worst "));

  g_settings_set_boolean (G_SETTINGS (settings), "show-frame-meter", TRUE);
  iterate_until (find_label (fixture, "Worst ") != NULL);
  g_settings_set_boolean (G_SETTINGS (settings), "show-frame-meter", FALSE);
  iterate_until (find_label (fixture, "Worst ") == NULL);
}

/* What a desktop shows, and the test looks at. */
typedef struct
{
  char    *title;
  gboolean is_closed;
} Desktop;

static void
called_cb (GDBusConnection       *connection G_GNUC_UNUSED,
           const char            *sender G_GNUC_UNUSED,
           const char            *path G_GNUC_UNUSED,
           const char            *interface G_GNUC_UNUSED,
           const char            *method,
           GVariant              *parameters,
           GDBusMethodInvocation *invocation,
           gpointer               user_data)
{
  Desktop *desktop = user_data;

  if (g_str_equal (method, "Notify"))
    {
      g_variant_get_child (parameters, 3, "s", &desktop->title);
      g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", 7));
    }
  else
    {
      desktop->is_closed = TRUE;
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
}

static guint
be_a_desktop (Desktop *desktop)
{
  static const char description[] =
      "<node><interface name='org.freedesktop.Notifications'>"
      "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/>"
      "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
      "<arg type='s' direction='in'/><arg type='as' direction='in'/>"
      "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>"
      "<arg type='u' direction='out'/></method>"
      "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
      "</interface></node>";
  static const GDBusInterfaceVTable vtable = { .method_call = called_cb };
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (description, NULL);
  GDBusConnection *bus = g_application_get_dbus_connection (G_APPLICATION (application));
  guint id = g_dbus_connection_register_object (bus, "/org/freedesktop/Notifications",
                                                info->interfaces[0], &vtable, desktop,
                                                NULL, NULL);

  g_assert_cmpuint (id, >, 0);
  g_bus_own_name_on_connection (bus, "org.freedesktop.Notifications", 0, NULL, NULL, NULL,
                                NULL);

  return id;
}

static void
test_end_of_a_long_batch_is_told (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  Desktop    desktop = { 0 };
  guint      id = be_a_desktop (&desktop);
  GtkWindow *other = GTK_WINDOW (gtk_window_new ());

  gtk_window_present (other);
  iterate_until (gtk_widget_get_mapped (GTK_WIDGET (other)));
  hands_focus (other);
  iterate_until (!gtk_window_is_active (GTK_WINDOW (fixture->window)));

  /* Nobody is told of what took no time. */
  FETCH_ALL ("/hello");
  iterate_until (g_str_has_prefix (get_status (fixture), "1 fetch done"));
  g_assert_null (desktop.title);

  FETCH_ALL ("/trickle?bytes=210&steps=21&pause=500", "/missing");
  iterate_until (desktop.title != NULL);
  g_assert_cmpstr (desktop.title, ==, "1 of 2 done");

  /* Who comes back to the window has seen it. */
  hands_focus (GTK_WINDOW (fixture->window));
  iterate_until (desktop.is_closed);

  gtk_window_destroy (other);
  g_dbus_connection_unregister_object (
      g_application_get_dbus_connection (G_APPLICATION (application)), id);
  g_free (desktop.title);
}

#define add(path, function) \
  g_test_add (path, Fixture, NULL, set_up, function, window_fixture_tear_down)
#define add_live(path, key)                                 \
  g_test_add (path, Fixture, GINT_TO_POINTER (key), set_up, \
              test_sorted_while_fetches_run, window_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);

  add ("/list/shown-by-state", test_shown_by_state);
  add ("/list/search", test_search);
  add ("/list/nothing-is-searched-in-an-empty-list",
       test_nothing_is_searched_in_an_empty_list);
  add ("/list/sorted", test_sorted);
  add ("/list/nothing-moves-while-it-is-scrolled",
       test_nothing_moves_while_it_is_scrolled);
  add_live ("/list/sorted-while-fetches-run/state", MORSEL_SORT_STATE);
  add_live ("/list/sorted-while-fetches-run/size", MORSEL_SORT_SIZE);
  add_live ("/list/sorted-while-fetches-run/time", MORSEL_SORT_TIME);
  add_live ("/list/sorted-while-fetches-run/progress", MORSEL_SORT_PROGRESS);
  add ("/list/filtered-while-fetches-run", test_filtered_while_fetches_run);
  add ("/list/several-are-removed-and-come-back", test_several_are_removed_and_come_back);
  add ("/list/what-ran-runs-again-when-undone-at-once",
       test_what_ran_runs_again_when_undone_at_once);
  add ("/list/clear-is-undone-by-the-toast", test_clear_is_undone_by_the_toast);
  add ("/list/menu-of-a-row", test_menu_of_a_row);
  add ("/list/actions-fit-what-is-selected", test_actions_fit_what_is_selected);
  add ("/list/status-of-all", test_status_of_all);
  add ("/list/meter-can-be-hidden", test_meter_can_be_hidden);
  add ("/list/end-of-a-long-batch-is-told", test_end_of_a_long_batch_is_told);

  return run_tests_in_application (&application, argv[0]);
}
