/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The real window, in a real GtkApplication, under a real X server, driven with real keys
 * and a real pointer. Addresses on the command line come from a real second process.
 */

#include <curl/curl.h>
#include <string.h>

#include "../backgroundcall/gate.h"
#include "app/morsel-fetch-detail.h"
#include "app/morsel-fetch-row.h"
#include "app/morsel-progress-track.h"
#include "fetch/fetch-url.h"
#include "hands.h"
#include "in-application.h"
#include "window-fixture.h"

static MorselApplication *application;
static const char        *program;

/* Each test has a window of the same size, in which all that is clicked on can be seen.
 */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  set_window_size (960, 820);
  window_fixture_set_up (fixture, data);
}

static char *
url_of (Fixture *fixture, const char *path)
{
  return demo_server_get_url (fixture->server, path);
}

static GtkEditable *
get_entry (Fixture *fixture)
{
  return GTK_EDITABLE (eyes_find_type (GTK_WIDGET (fixture->window), GTK_TYPE_ENTRY));
}

static void
type_address (const char *address)
{
  hands_press ("ctrl+l");
  hands_press ("ctrl+a");
  hands_type (address);
  hands_press ("Return");
}

static GtkWidget *
get_detail (Fixture *fixture)
{
  return eyes_find_type (GTK_WIDGET (fixture->window), MORSEL_TYPE_FETCH_DETAIL);
}

static gboolean
is_monospace (GtkWidget *widget, gconstpointer data G_GNUC_UNUSED)
{
  return GTK_IS_LABEL (widget) && gtk_widget_has_css_class (widget, "monospace");
}

static const char *
get_preview (Fixture *fixture)
{
  GtkWidget *detail = get_detail (fixture);
  GtkWidget *label = detail != NULL ? eyes_find (detail, is_monospace, NULL) : NULL;

  return label != NULL ? gtk_label_get_label (GTK_LABEL (label)) : NULL;
}

static const char *
get_message (Fixture *fixture)
{
  GtkWidget *revealer = eyes_find_type (GTK_WIDGET (fixture->window), GTK_TYPE_REVEALER);
  GtkWidget *label;

  if (revealer == NULL || !gtk_revealer_get_child_revealed (GTK_REVEALER (revealer)))
    return NULL;

  label = eyes_find_type (revealer, GTK_TYPE_LABEL);

  return label != NULL ? gtk_label_get_label (GTK_LABEL (label)) : NULL;
}

static gboolean
is_selected (GtkWidget *list, guint position)
{
  return gtk_selection_model_is_selected (gtk_list_view_get_model (GTK_LIST_VIEW (list)),
                                          position);
}

/* GTK's default. */
#define DOUBLE_CLICK_TIME 400

static void
count_progress_cb (MorselFetch *fetch, gpointer user_data)
{
  if (morsel_fetch_get_state (fetch) == MORSEL_FETCH_RUNNING &&
      morsel_fetch_get_fraction (fetch) > 0)
    (*(int *) user_data)++;
}

static gboolean
is_running (MorselFetch *fetch)
{
  return morsel_fetch_get_state (fetch) == MORSEL_FETCH_RUNNING;
}

/* Fetches a page that comes slowly. Returns whether its progress was seen, which may be
 * too fast for a slow machine. */
static gboolean
fetch_and_see_progress (Fixture *fixture, int pause)
{
  g_autofree char *path = g_strdup_printf ("/trickle?bytes=2000&steps=20&pause=%d",
                                           pause);
  g_autofree char *url = url_of (fixture, path);
  guint            position = count_fetches (fixture);
  int              n_progress = 0;
  MorselFetch     *fetch;
  GtkWidget       *track, *bar;
  int              width_before;
  gboolean         has_moved;

  type_address (url);
  iterate_until (count_fetches (fixture) > position);
  fetch = get_fetch (fixture, position);
  g_signal_connect (fetch, "changed", G_CALLBACK (count_progress_cb), &n_progress);
  g_assert_cmpstr (gtk_editable_get_text (get_entry (fixture)), ==, "");

  iterate_until (n_progress >= 2 || !is_running (fetch));
  track = eyes_find_type (get_detail (fixture), MORSEL_TYPE_PROGRESS_TRACK);
  if (track == NULL || !is_running (fetch))
    return FALSE;

  bar = gtk_widget_get_first_child (track);
  width_before = gtk_widget_get_width (bar);
  iterate_until (gtk_widget_get_width (bar) > width_before || !is_running (fetch));
  has_moved = gtk_widget_get_width (bar) > width_before;
  if (is_running (fetch))
    g_assert_nonnull (eyes_find_label (GTK_WIDGET (fixture->window), "Receiving: "));

  iterate_until (morsel_fetch_get_state (fetch) == MORSEL_FETCH_DONE);
  g_signal_handlers_disconnect_by_func (fetch, count_progress_cb, &n_progress);

  return has_moved && n_progress >= 5;
}

static void
test_typed_address_is_fetched_and_shown (Fixture      *fixture,
                                         gconstpointer data G_GNUC_UNUSED)
{
  Gaps  *gaps = gaps_watch ();
  double gap;

  /* The bar is there, and it moves. */
  for (int pause = 30; !fetch_and_see_progress (fixture, pause); pause *= 4)
    g_assert_cmpint (pause, <, 2000);

  iterate_until (get_preview (fixture) != NULL);
  gap = gaps_stop (gaps);

  g_assert_true (g_str_has_prefix (get_preview (fixture), "This page comes slowly"));
  g_assert_cmpuint (strlen (get_preview (fixture)), ==, 500);
  g_assert_nonnull (eyes_find_label (get_detail (fixture), "HTTP/1.1 200 OK"));
  g_assert_nonnull (eyes_find_label (get_detail (fixture), "text/plain; charset=utf-8"));
  g_assert_nonnull (eyes_find_label (get_detail (fixture), "2.0"));
  g_assert_nonnull (eyes_find_label (get_detail (fixture), "First 500 Bytes"));
  g_test_minimized_result (gap / 1000, "largest gap of the main loop: %.1f ms", gap);
}

static void
test_without_scheme (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = url_of (fixture, "/hello");

  type_address (url + strlen ("http://"));

  iterate_until (count_fetches (fixture) == 1);
  iterate_until (morsel_fetch_get_state (get_fetch (fixture, 0)) == MORSEL_FETCH_DONE);
  iterate_until (get_preview (fixture) != NULL);
  g_assert_true (g_str_has_prefix (get_preview (fixture), "Hello from the demo server"));
}

static void
test_mistyped_address_stays_to_be_mended (Fixture      *fixture,
                                          gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    const char *text;
    const char *message;
  } mistyped[] = {
    { "file:///etc/passwd", "Only web addresses" },
    { "ftp://example.org/", "Only web addresses" },
    { "http://", "There is no host name" },
    { "two words", "An address can’t contain spaces" },
    { "   ", "Type an address" },
  };
  g_autofree char *url = url_of (fixture, "/hello");

  type_address (url);
  iterate_until (count_fetches (fixture) == 1);

  for (gsize i = 0; i < G_N_ELEMENTS (mistyped); i++)
    {
      type_address (mistyped[i].text);
      iterate_until (get_message (fixture) != NULL);
      g_assert_true (g_str_has_prefix (get_message (fixture), mistyped[i].message));
      g_assert_cmpstr (gtk_editable_get_text (get_entry (fixture)), ==, mistyped[i].text);
      g_assert_cmpuint (count_fetches (fixture), ==, 1);

      /* Mending begins with a key. */
      hands_press ("End");
      hands_type ("x");
      iterate_until (get_message (fixture) == NULL);
    }

  type_address (url);
  iterate_until (count_fetches (fixture) == 2);
}

static void
test_nothing_typed (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  hands_click (eyes_find_button (GTK_WIDGET (fixture->window), "_Fetch"));

  iterate_until (get_message (fixture) != NULL);
  g_assert_true (g_str_has_prefix (get_message (fixture), "Type an address"));
  g_assert_cmpuint (count_fetches (fixture), ==, 0);
}

static void
test_a_mebibyte_is_pasted (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *text = g_strnfill (1024 * 1024, 'a');
  g_autofree char *url = url_of (fixture, "/hello");
  Gaps            *gaps = gaps_watch ();
  double           gap;

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (fixture->window)), text);
  hands_press ("ctrl+l");
  hands_press ("ctrl+v");

  iterate_until (get_message (fixture) != NULL);
  g_assert_true (g_str_has_prefix (get_message (fixture), "This is too long"));
  g_assert_cmpuint (strlen (gtk_editable_get_text (get_entry (fixture))), ==,
                    FETCH_URL_MAX_LENGTH + 1);

  hands_press ("Return");
  iterate_until (get_message (fixture) != NULL);
  g_assert_cmpuint (count_fetches (fixture), ==, 0);
  gap = gaps_stop (gaps);

  type_address (url);
  iterate_until (count_fetches (fixture) == 1);
  g_test_minimized_result (gap / 1000, "largest gap of the main loop: %.1f ms", gap);
}

/* A list is begun, each address of it once; a line by itself is typed. */
static void
test_list_is_pasted (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = url_of (fixture, "/hello");
  g_autofree char *list = g_strdup_printf ("%s\r\n\n  %s  \nftp://no\n%s?b", url, url,
                                           url);
  g_autofree char *line = g_strconcat (url, "\n", NULL);
  GtkWidget       *window = GTK_WIDGET (fixture->window);
  GdkClipboard    *clipboard = gtk_widget_get_clipboard (window);

  gdk_clipboard_set_text (clipboard, list);
  hands_press ("ctrl+l");
  hands_press ("ctrl+v");
  iterate_until (count_fetches (fixture) == 2);
  for (guint i = 0; i < 2; i++)
    iterate_until (morsel_fetch_get_state (get_fetch (fixture, i)) == MORSEL_FETCH_DONE);
  iterate_until (eyes_find_label (window, "2 added") != NULL);
  g_assert_nonnull (eyes_find_label (window, "1 duplicate"));
  g_assert_nonnull (eyes_find_button (window, "_Mend 1 Line"));
  g_assert_cmpstr (gtk_editable_get_text (get_entry (fixture)), ==, "");

  gdk_clipboard_set_text (clipboard, line);
  hands_press ("ctrl+l");
  hands_press ("ctrl+v");
  iterate_until (g_str_equal (gtk_editable_get_text (get_entry (fixture)), url));
  hands_type ("?x");
  hands_press ("Return");
  iterate_until (count_fetches (fixture) == 3);
  g_assert_true (
      g_str_has_suffix (morsel_fetch_get_address (get_fetch (fixture, 2)), "/hello?x"));
}

/* How long a button that has changed its meaning takes no click, in milliseconds. */
static void
set_double_click_time (int milliseconds)
{
  g_object_set (gtk_settings_get_default (), "gtk-double-click-time", milliseconds, NULL);
}

static void
test_double_click_cancels_once (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = url_of (fixture, "/stall");
  GtkWidget       *row;

  set_double_click_time (PATIENCE / G_TIME_SPAN_MILLISECOND);
  type_address (url);
  iterate_until (count_fetches (fixture) == 1);

  row = eyes_find_type (GTK_WIDGET (fixture->window), MORSEL_TYPE_FETCH_ROW);
  hands_point_at (row);
  iterate_until (eyes_find_button (row, "Cancel") != NULL);
  hands_click (eyes_find_button (row, "Cancel"));
  iterate_until (morsel_fetch_get_state (get_fetch (fixture, 0)) ==
                 MORSEL_FETCH_CANCELLED);
  hands_click (eyes_find_button (row, "Fetch Again"));

  /* What was typed later has arrived, and so has the click. */
  hands_press ("ctrl+l");
  hands_type ("y");
  iterate_until (g_str_has_suffix (gtk_editable_get_text (get_entry (fixture)), "y"));
  g_assert_cmpint (morsel_fetch_get_state (get_fetch (fixture, 0)), ==,
                   MORSEL_FETCH_CANCELLED);
  set_double_click_time (DOUBLE_CLICK_TIME);
}

static void
test_first_bytes_come_before_the_last (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = url_of (fixture, "/stall");

  type_address (url);
  iterate_until (count_fetches (fixture) == 1);
  iterate_until (get_preview (fixture) != NULL &&
                 g_str_has_prefix (get_preview (fixture), "The server begins"));
  g_assert_cmpint (morsel_fetch_get_state (get_fetch (fixture, 0)), ==,
                   MORSEL_FETCH_RUNNING);
}

static void
test_escape_while_typing_cancels_nothing (Fixture      *fixture,
                                          gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = url_of (fixture, "/stall");

  type_address (url);
  iterate_until (count_fetches (fixture) == 1);
  type_address ("two words");
  iterate_until (get_message (fixture) != NULL);

  hands_press ("Escape");
  iterate_until (get_message (fixture) == NULL);
  g_assert_cmpstr (gtk_editable_get_text (get_entry (fixture)), ==, "two words");
  g_assert_cmpint (morsel_fetch_get_state (get_fetch (fixture, 0)), ==,
                   MORSEL_FETCH_RUNNING);
}

static gboolean
has_focus_within (Fixture *fixture, GtkWidget *widget)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (fixture->window));

  return focus != NULL && gtk_widget_is_ancestor (focus, widget);
}

static void
press_until_focus_is_within (Fixture *fixture, const char *keys, GtkWidget *widget)
{
  for (int i = 0; i < 10 && !has_focus_within (fixture, widget); i++)
    {
      GtkWidget *before = gtk_window_get_focus (GTK_WINDOW (fixture->window));

      hands_press (keys);
      iterate_until (gtk_window_get_focus (GTK_WINDOW (fixture->window)) != before);
    }
  g_assert_true (has_focus_within (fixture, widget));
}

static void
test_list_is_one_stop_of_the_tab_key (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = url_of (fixture, "/stall");
  GtkWidget       *list;

  for (int i = 0; i < 5; i++)
    type_address (url);
  iterate_until (count_fetches (fixture) == 5);
  list = eyes_find_type (GTK_WIDGET (fixture->window), GTK_TYPE_LIST_VIEW);

  hands_click (eyes_find_type (list, MORSEL_TYPE_FETCH_ROW));
  iterate_until (has_focus_within (fixture, list));
  hands_press ("Tab");
  iterate_until (has_focus_within (fixture, get_detail (fixture)));

  /* Back again, by what can be selected in the detail. */
  press_until_focus_is_within (fixture, "shift+Tab", list);
}

static gboolean
is_folded (Fixture *fixture)
{
  GtkWidget *leaflet = eyes_find_type (GTK_WIDGET (fixture->window), ADW_TYPE_LEAFLET);

  return leaflet != NULL && adw_leaflet_get_folded (ADW_LEAFLET (leaflet));
}

static gboolean
shows_detail_only (Fixture *fixture)
{
  GtkWidget *leaflet = eyes_find_type (GTK_WIDGET (fixture->window), ADW_TYPE_LEAFLET);
  GtkWidget *page = adw_leaflet_get_visible_child (ADW_LEAFLET (leaflet));

  return eyes_find_type (page, MORSEL_TYPE_FETCH_DETAIL) != NULL;
}

static void
test_narrow_list_is_browsed_and_entered (Fixture      *fixture,
                                         gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *hello = url_of (fixture, "/hello");
  g_autofree char *missing = url_of (fixture, "/missing");
  GtkWidget       *list;

  /* The libraries lose a part of the picture that slides from one page to the next. */
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  type_address (hello);
  type_address (missing);
  iterate_until (count_fetches (fixture) == 2);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 360, 640);
  iterate_until (is_folded (fixture));
  hands_press ("alt+Left");
  iterate_until (!shows_detail_only (fixture));

  list = eyes_find_type (GTK_WIDGET (fixture->window), GTK_TYPE_LIST_VIEW);
  hands_press ("ctrl+l");
  iterate_until (has_focus_within (fixture, GTK_WIDGET (get_entry (fixture))));
  press_until_focus_is_within (fixture, "Tab", list);
  hands_press ("Up");
  hands_press ("Down");
  iterate_until (is_selected (list, 1));
  g_assert_false (shows_detail_only (fixture));

  hands_press ("Return");
  iterate_until (shows_detail_only (fixture));
  iterate_until (eyes_find_label (get_detail (fixture), "HTTP/1.1 404") != NULL);

  /* What is typed here is seen to run. */
  type_address (hello);
  iterate_until (count_fetches (fixture) == 3);
  iterate_until (!shows_detail_only (fixture));
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
}

static void
test_running_fetch_is_cancelled_and_retried (Fixture      *fixture,
                                             gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = url_of (fixture, "/stall");
  GtkWidget       *row;

  type_address (url);
  iterate_until (count_fetches (fixture) == 1);
  iterate_until (morsel_fetch_get_progress (get_fetch (fixture, 0)).received > 0);

  set_double_click_time (0);
  row = eyes_find_type (GTK_WIDGET (fixture->window), MORSEL_TYPE_FETCH_ROW);
  hands_point_at (row);
  iterate_until (eyes_find_button (row, "Cancel") != NULL);
  hands_click (eyes_find_button (row, "Cancel"));
  iterate_until (morsel_fetch_get_state (get_fetch (fixture, 0)) ==
                 MORSEL_FETCH_CANCELLED);

  /* What had arrived is shown all the same. */
  iterate_until (get_preview (fixture) != NULL);
  g_assert_true (g_str_has_prefix (get_preview (fixture), "The server begins"));

  hands_click (eyes_find_button (get_detail (fixture), "Fetch _Again"));
  iterate_until (morsel_fetch_get_state (get_fetch (fixture, 0)) == MORSEL_FETCH_RUNNING);
  iterate_until (morsel_fetch_get_progress (get_fetch (fixture, 0)).received > 0);

  hands_press ("Escape");
  iterate_until (morsel_fetch_get_state (get_fetch (fixture, 0)) ==
                 MORSEL_FETCH_CANCELLED);

  hands_press ("ctrl+r");
  iterate_until (morsel_fetch_get_state (get_fetch (fixture, 0)) == MORSEL_FETCH_RUNNING);
  set_double_click_time (DOUBLE_CLICK_TIME);
}

static void
test_selection_by_keys_shows_the_detail (Fixture      *fixture,
                                         gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *hello = url_of (fixture, "/hello");
  g_autofree char *missing = url_of (fixture, "/missing");

  type_address (hello);
  type_address (missing);
  iterate_until (count_fetches (fixture) == 2);
  iterate_until (morsel_fetch_get_state (get_fetch (fixture, 1)) == MORSEL_FETCH_REFUSED);
  iterate_until (eyes_find_label (get_detail (fixture), "HTTP/1.1 404") != NULL);

  hands_click (eyes_find_type (GTK_WIDGET (fixture->window), MORSEL_TYPE_FETCH_ROW));
  iterate_until (eyes_find_label (get_detail (fixture), "HTTP/1.1 200") != NULL);
  hands_press ("Down");
  iterate_until (eyes_find_label (get_detail (fixture), "HTTP/1.1 404") != NULL);
}

static void
test_addresses_on_the_command_line (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *hello = url_of (fixture, "/hello");
  g_autofree char *cut_off = url_of (fixture, "/cut-off");
  const char      *arguments[] = { program,    hello,   "file:///etc/passwd",
                                   "\xff\xfe", cut_off, NULL };

  hands_run (arguments);

  iterate_until (count_fetches (fixture) == 4);
  iterate_until (morsel_fetch_get_state (get_fetch (fixture, 0)) == MORSEL_FETCH_DONE);
  iterate_until (morsel_fetch_get_state (get_fetch (fixture, 3)) == MORSEL_FETCH_FAILED);

  /* What is no address is in the list with the reason, and cannot be retried. */
  g_assert_true (g_error_matches (morsel_fetch_get_error (get_fetch (fixture, 1)),
                                  FETCH_ERROR, FETCH_ERROR_BAD_ADDRESS));
  g_assert_true (g_error_matches (morsel_fetch_get_error (get_fetch (fixture, 2)),
                                  FETCH_ERROR, FETCH_ERROR_BAD_ADDRESS));
  g_assert_false (morsel_fetch_can_retry (get_fetch (fixture, 1)));
  g_assert_cmpstr (morsel_fetch_get_address (get_fetch (fixture, 2)), ==, "��");
}

/* Whatever a server does, the window shows it honestly, goes on, and loses nothing. */
static void
test_hostile_answers (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    const char      *path;
    MorselFetchState state;
  } pages[] = {
    { "/hostile-text", MORSEL_FETCH_DONE },
    { "/binary", MORSEL_FETCH_DONE },
    { "/cut-off", MORSEL_FETCH_FAILED },
    { "/hang-up", MORSEL_FETCH_FAILED },
    { "/garbage", MORSEL_FETCH_FAILED },
    { "/bomb", MORSEL_FETCH_FAILED },
    { "/half-a-header", MORSEL_FETCH_FAILED },
    { "/long-type", MORSEL_FETCH_DONE },
    { "/long-header", MORSEL_FETCH_FAILED },
    { "/many-headers", MORSEL_FETCH_FAILED },
    { "/redirect-to-file", MORSEL_FETCH_FAILED },
    { "/missing", MORSEL_FETCH_REFUSED },
    { "/gzip", MORSEL_FETCH_DONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autofree char *url = url_of (fixture, pages[i].path);
      g_autoptr (GError) error = NULL;

      g_assert_true (morsel_window_fetch (fixture->window, url, &error));
      g_assert_no_error (error);
    }

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      iterate_until (morsel_fetch_get_state (get_fetch (fixture, i)) !=
                     MORSEL_FETCH_RUNNING);
      g_assert_cmpint (morsel_fetch_get_state (get_fetch (fixture, i)), ==,
                       pages[i].state);
    }

  iterate_until (get_preview (fixture) != NULL);
  g_assert_cmpstr (get_preview (fixture), ==,
                   "a‹NUL›b �� c‹ESC›[31m invoice‹U+202E›gpj.exe");
}

static void
test_demo_by_its_button (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  hands_click (eyes_find_button (GTK_WIDGET (fixture->window), "Try the _Demo"));

  iterate_until (count_fetches (fixture) == 10);
  iterate_until (morsel_fetch_get_fraction (get_fetch (fixture, 0)) > 0);
}

static void
test_a_hundred_demo_fetches (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_auto (GStrv) urls = demo_server_get_demo_urls (fixture->server);
  guint  n_urls = g_strv_length (urls);
  Gaps  *gaps = gaps_watch ();
  double gap;

  for (guint i = 0; i < 100 / n_urls; i++)
    morsel_window_fetch_all (fixture->window, (const char *const *) urls);
  iterate_until (count_fetches (fixture) == 100);

  /* Those that take for ever make room for the others when they are cancelled. */
  for (guint i = 0; i < 100; i++)
    {
      MorselFetch *fetch = get_fetch (fixture, i);

      if (i % n_urls >= n_urls - 2)
        {
          iterate_until (morsel_fetch_get_progress (fetch).received > 0);
          morsel_fetch_cancel (fetch);
        }
      else if (i % n_urls > 1)
        iterate_until (morsel_fetch_get_state (fetch) != MORSEL_FETCH_RUNNING);
    }

  gap = gaps_stop (gaps);
  g_test_minimized_result (gap / 1000, "largest gap of the main loop: %.1f ms", gap);
}

static gboolean
is_text_of_headers (GtkWidget *widget, gconstpointer data G_GNUC_UNUSED)
{
  return is_monospace (widget, NULL) && strstr (gtk_label_get_label (GTK_LABEL (widget)),
                                                "\nLocation: /redirect/") != NULL;
}

/* What is folded is shown when it is unfolded, and changes with the selection. */
static void
test_detail_has_headers_timing_and_connection (Fixture      *fixture,
                                               gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *redirect = url_of (fixture, "/redirect/2");
  g_autofree char *missing = url_of (fixture, "/missing");
  GtkWidget       *detail;

  type_address (redirect);
  iterate_until (count_fetches (fixture) == 1);
  iterate_until (morsel_fetch_get_state (get_fetch (fixture, 0)) == MORSEL_FETCH_DONE);
  iterate_until ((detail = get_detail (fixture)) != NULL);
  iterate_until (eyes_find_label (detail, "3 answers") != NULL);
  g_assert_null (eyes_find (detail, is_text_of_headers, NULL));

  hands_click (eyes_find_label (detail, "Connection"));
  iterate_until (eyes_find_label (detail, "127.0.0.1:") != NULL);
  hands_click (eyes_find_label (detail, "Timing"));
  iterate_until (eyes_find_label (detail, "Waiting for the Answer") != NULL);
  hands_click (eyes_find_label (detail, "Headers"));
  iterate_until (eyes_find (detail, is_text_of_headers, NULL) != NULL);

  type_address (missing);
  iterate_until (count_fetches (fixture) == 2);
  iterate_until (morsel_fetch_get_state (get_fetch (fixture, 1)) == MORSEL_FETCH_REFUSED);
  iterate_until (eyes_find_label (detail, "1 answer") != NULL);
  g_assert_null (eyes_find (detail, is_text_of_headers, NULL));
  iterate_until (eyes_find_label (detail, "HTTP/1.1 404 Not Found\nThere is nothing") !=
                 NULL);
}

/* The first of a list is selected for whoever has the room to see it. */
static void
test_narrow_window_shows_the_list_first (Fixture      *fixture,
                                         gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char  *url = url_of (fixture, "/hello");
  const char *const addresses[] = { url, url, NULL };

  morsel_window_fetch_all (fixture->window, addresses);
  iterate_until (count_fetches (fixture) == 2);
  morsel_window_fetch_all (fixture->window, addresses);
  iterate_until (count_fetches (fixture) == 4);

  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 360, 640);
  iterate_until (is_folded (fixture));
  iterate_all ();
  g_assert_false (shows_detail_only (fixture));
}

/* The list comes with the first fetch. Nothing that is done to it before has an effect,
 * then or later. */
static void
test_list_comes_with_the_first_fetch (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const keys[] = { "ctrl+f", "alt+4",  "alt+Left",
                                      "ctrl+r", "ctrl+s", "ctrl+shift+Delete" };
  g_autofree char         *url = url_of (fixture, "/hello");
  GtkWidget               *window = GTK_WIDGET (fixture->window);

  g_assert_null (eyes_find_type (window, ADW_TYPE_LEAFLET));
  g_assert_false (gtk_widget_activate_action (window, "win.retry", NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    hands_press (keys[i]);
  hands_type (url);
  hands_press ("Return");

  iterate_until (count_fetches (fixture) == 1);
  iterate_until (eyes_find_type (window, MORSEL_TYPE_FETCH_ROW) != NULL);
  g_assert_null (eyes_find_type (window, GTK_TYPE_SEARCH_ENTRY));
  iterate_until (morsel_fetch_get_state (get_fetch (fixture, 0)) == MORSEL_FETCH_DONE);
  iterate_until (get_preview (fixture) != NULL);

  /* It stays for the next one. */
  gtk_widget_activate_action (window, "win.clear", NULL);
  iterate_until (eyes_find_button (window, "Try the _Demo") != NULL);
  g_assert_null (eyes_find_type (window, ADW_TYPE_LEAFLET));
  type_address (url);
  iterate_until (count_fetches (fixture) == 1);
  iterate_until (eyes_find_type (window, MORSEL_TYPE_FETCH_ROW) != NULL);
}

/* The address moves below the header bar, and back, with the text or the button in it
 * that has the focus: who types goes on, behind what is there. */
static void
test_focus_moves_with_the_address (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GtkWindow *window = GTK_WINDOW (fixture->window);
  GtkWidget *button = eyes_find_button (GTK_WIDGET (window), "_Fetch");
  GtkWidget *text = gtk_widget_get_first_child (GTK_WIDGET (get_entry (fixture)));
  GtkWidget *wide_slot = gtk_widget_get_ancestor (button, ADW_TYPE_BIN);

  gtk_widget_grab_focus (button);
  gtk_window_set_default_size (window, 360, 640);
  iterate_until (gtk_widget_get_ancestor (button, ADW_TYPE_BIN) != wide_slot);
  iterate_until (gtk_window_get_focus (window) == button);

  gtk_editable_set_text (GTK_EDITABLE (text), "example.org");
  gtk_text_grab_focus_without_selecting (GTK_TEXT (text));
  gtk_editable_set_position (GTK_EDITABLE (text), -1);
  for (int i = 0; i < 4; i++)
    {
      gboolean is_wide = i % 2 == 0;

      gtk_window_set_default_size (window, is_wide ? 960 : 360, 640);
      iterate_until ((gtk_widget_get_ancestor (button, ADW_TYPE_BIN) == wide_slot) ==
                     is_wide);
      g_assert_true (gtk_window_get_focus (window) == text);
      g_assert_false (
          gtk_editable_get_selection_bounds (GTK_EDITABLE (text), NULL, NULL));
    }
}

/* With the button that closes it, faster than a hand. */
static void
dismiss_toast (Fixture *fixture)
{
  GtkWidget *toasts = eyes_find_type (GTK_WIDGET (fixture->window),
                                      ADW_TYPE_TOAST_OVERLAY);
  GtkWidget *toast = gtk_widget_get_last_child (toasts);

  g_signal_emit_by_name (gtk_widget_get_last_child (toast), "clicked");
}

/* While what was told before still fades away. */
static void
test_removal_is_undone_at_once (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = url_of (fixture, "/hello");
  GtkWidget       *window = GTK_WIDGET (fixture->window);

  type_address (url);
  iterate_until (count_fetches (fixture) == 1);
  gtk_widget_activate_action (window, "win.copy-address", NULL);
  iterate_until (eyes_find_label (window, "Address copied") != NULL);

  for (int i = 0; i < 3; i++)
    {
      gtk_widget_activate_action (window, "win.clear", NULL);
      g_assert_cmpuint (count_fetches (fixture), ==, 0);
      gtk_widget_activate_action (window, "win.undo", NULL);
      g_assert_cmpuint (count_fetches (fixture), ==, 1);
    }

  iterate_until (eyes_find_label (window, "Address copied") != NULL);
}

/* Whatever comes in between: there is one at a time, and none that goes is still there.
 */
static void
test_toasts_are_dismissed_at_once (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = url_of (fixture, "/hello");
  GtkWidget       *window = GTK_WIDGET (fixture->window);

  type_address (url);
  iterate_until (count_fetches (fixture) == 1);
  for (int i = 0; i < 3; i++)
    gtk_widget_activate_action (window, "win.copy-address", NULL);
  gtk_widget_activate_action (window, "win.clear", NULL);
  g_assert_nonnull (eyes_find_label (window, "1 fetch removed"));
  g_assert_null (eyes_find_label (window, "Address copied"));

  dismiss_toast (fixture);
  g_assert_null (eyes_find_label (window, "1 fetch removed"));
  for (int i = 0; i < 3; i++)
    {
      g_assert_nonnull (eyes_find_label (window, "Address copied"));
      dismiss_toast (fixture);
    }
  g_assert_null (eyes_find_label (window, "Address copied"));
}

/* The one before it goes for it. */
static void
test_last_removal_is_told (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = url_of (fixture, "/hello");
  const char      *urls[] = { url, url, NULL };
  GtkWidget       *window = GTK_WIDGET (fixture->window);

  type_address (url);
  iterate_until (count_fetches (fixture) == 1);
  gtk_widget_activate_action (window, "win.clear", NULL);
  morsel_window_fetch_all (fixture->window, urls);
  iterate_until (count_fetches (fixture) == 2);
  gtk_widget_activate_action (window, "win.clear", NULL);
  g_assert_nonnull (eyes_find_label (window, "2 fetches removed"));

  dismiss_toast (fixture);
  g_assert_null (eyes_find_label (window, "2 fetches removed"));
  g_assert_null (eyes_find_label (window, "1 fetch removed"));
}

static void
test_closes_at_once_while_fetches_run (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = url_of (fixture, "/stall");
  MorselFetch     *fetch;

  for (int i = 0; i < 10; i++)
    type_address (url);
  iterate_until (count_fetches (fixture) == 10);
  fetch = get_fetch (fixture, 0);
  iterate_until (morsel_fetch_get_progress (fetch).received > 0);

  g_object_add_weak_pointer (G_OBJECT (fetch), (gpointer *) &fetch);
  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *) &fixture->window);
  hands_press ("ctrl+w");

  iterate_until (fixture->window == NULL);
  iterate_until (fetch == NULL);
}

#define add(path, function) \
  g_test_add (path, Fixture, NULL, set_up, function, window_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);
  g_assert_cmpint (argc, ==, 2);
  program = argv[1];

  add ("/window/typed-address-is-fetched-and-shown",
       test_typed_address_is_fetched_and_shown);
  add ("/window/without-scheme", test_without_scheme);
  add ("/window/mistyped-address-stays-to-be-mended",
       test_mistyped_address_stays_to_be_mended);
  add ("/window/nothing-typed", test_nothing_typed);
  add ("/window/list-comes-with-the-first-fetch", test_list_comes_with_the_first_fetch);
  add ("/window/a-mebibyte-is-pasted", test_a_mebibyte_is_pasted);
  add ("/window/list-is-pasted", test_list_is_pasted);
  add ("/window/running-fetch-is-cancelled-and-retried",
       test_running_fetch_is_cancelled_and_retried);
  add ("/window/double-click-cancels-once", test_double_click_cancels_once);
  add ("/window/first-bytes-come-before-the-last", test_first_bytes_come_before_the_last);
  add ("/window/escape-while-typing-cancels-nothing",
       test_escape_while_typing_cancels_nothing);
  add ("/window/list-is-one-stop-of-the-tab-key", test_list_is_one_stop_of_the_tab_key);
  add ("/window/narrow-list-is-browsed-and-entered",
       test_narrow_list_is_browsed_and_entered);
  add ("/window/narrow-window-shows-the-list-first",
       test_narrow_window_shows_the_list_first);
  add ("/window/selection-by-keys-shows-the-detail",
       test_selection_by_keys_shows_the_detail);
  add ("/window/addresses-on-the-command-line", test_addresses_on_the_command_line);
  add ("/window/hostile-answers", test_hostile_answers);
  add ("/window/demo-by-its-button", test_demo_by_its_button);
  add ("/window/a-hundred-demo-fetches", test_a_hundred_demo_fetches);
  add ("/window/detail-has-headers-timing-and-connection",
       test_detail_has_headers_timing_and_connection);
  add ("/window/focus-moves-with-the-address", test_focus_moves_with_the_address);
  add ("/window/removal-is-undone-at-once", test_removal_is_undone_at_once);
  add ("/window/toasts-are-dismissed-at-once", test_toasts_are_dismissed_at_once);
  add ("/window/last-removal-is-told", test_last_removal_is_told);
  add ("/window/closes-at-once-while-fetches-run", test_closes_at_once_while_fetches_run);

  return run_tests_in_application (&application, argv[0]);
}
