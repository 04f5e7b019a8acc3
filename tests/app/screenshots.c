/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Pictures of each page of the real program, to be looked at: wide and as narrow as a
 * phone, light and dark. What can be asserted of them is: each has the size that was
 * asked for, and something in it.
 *
 * The addresses look like those of the internet. They are answered by the demo server,
 * which is the proxy.
 *
 * Usage: test-screenshots FOLDER [right-to-left | high-contrast]
 */

#include <curl/curl.h>
#include <glib/gstdio.h>
#include <string.h>

#include "../backgroundcall/gate.h"
#include "app/lab/morsel-lab-card.h"
#include "app/lab/morsel-lab-window.h"
#include "app/morsel-application.h"
#include "app/morsel-connection-row.h"
#include "app/morsel-fetch-list.h"
#include "app/morsel-fetch-row.h"
#include "app/morsel-fetch.h"
#include "app/morsel-headers-row.h"
#include "app/morsel-list-page.h"
#include "app/morsel-mend-window.h"
#include "app/morsel-preferences.h"
#include "app/morsel-timing-row.h"
#include "demo/demo-server.h"
#include "hands.h"

#define WIDE 1100
#define NARROW 360
#define HEIGHT 760

/* Around a window, for its shadow. */
#define MARGIN 36

static MorselApplication *application;
static MorselSettings    *settings;
static const char        *folder;
static const char        *look; /* "", "right-to-left" or "high-contrast" */

typedef struct
{
  DemoServer   *server;
  MorselWindow *window;
} Fixture;

/* The program opens its first window by itself. */
static void
set_size (void)
{
  g_settings_set_int (G_SETTINGS (settings), "window-width", WIDE);
  g_settings_set_int (G_SETTINGS (settings), "window-height", HEIGHT);
}

/* To the corner of the screen, where it is above no window. */
static void
move_pointer_away (void)
{
  const char *arguments[] = { "xdotool", "mousemove", "9999", "9999", NULL };

  hands_run (arguments);
}

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *proxy = NULL;

  fixture->server = demo_server_new (&error);
  g_assert_no_error (error);

  proxy = demo_server_get_url (fixture->server, "");
  g_settings_set_enum (G_SETTINGS (settings), "proxy-mode", MORSEL_PROXY_MANUAL);
  g_settings_set_string (G_SETTINGS (settings), "proxy", proxy);
  set_size ();

  move_pointer_away ();
  g_application_activate (G_APPLICATION (application));
  iterate_until ((fixture->window = eyes_find_window (MORSEL_TYPE_WINDOW)) != NULL);
  hands_focus (GTK_WINDOW (fixture->window));
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GList *windows;

  while ((windows = gtk_application_get_windows (GTK_APPLICATION (application))) != NULL)
    gtk_window_destroy (windows->data);
  iterate_all ();
  g_clear_object (&fixture->server);
}

static gboolean
count_frame_cb (GtkWidget *widget, GdkFrameClock *clock G_GNUC_UNUSED, gpointer user_data)
{
  gtk_widget_queue_draw (widget);
  ++*(int *) user_data;

  return G_SOURCE_CONTINUE;
}

/* Until what has changed is laid out and drawn, and what comes of that, too. */
static void
wait_for_frames (GtkWidget *widget)
{
  int   n_frames = 0;
  guint id = gtk_widget_add_tick_callback (widget, count_frame_cb, &n_frames, NULL);

  iterate_until (n_frames >= 6);
  gtk_widget_remove_tick_callback (widget, id);
}

static gboolean
has_two_colours (GdkTexture *texture)
{
  gsize n_pixels = gdk_texture_get_width (texture) *
                   (gsize) gdk_texture_get_height (texture);
  g_autofree guint32 *pixels = g_new (guint32, n_pixels);
  guint32             middle;

  gdk_texture_download (texture, (guchar *) pixels,
                        gdk_texture_get_width (texture) * sizeof *pixels);
  middle = pixels[n_pixels / 2 + gdk_texture_get_width (texture) / 2];
  for (gsize i = 0; i < n_pixels; i++)
    if (pixels[i] != middle && pixels[i] >> 24 == 0xff)
      return TRUE;

  return FALSE;
}

/* A paintable cuts off what is outside of its widget, such as the shadow. */
static GskRenderNode *
get_all_of (GskRenderNode *node)
{
  return gsk_render_node_get_node_type (node) == GSK_CLIP_NODE
             ? gsk_clip_node_get_child (node)
             : node;
}

static GdkTexture *
draw (GtkWidget *widget)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_to_node (snapshot);
  g_assert_nonnull (node);

  return gsk_renderer_render_texture (
      gtk_native_get_renderer (gtk_widget_get_native (widget)), get_all_of (node),
      &GRAPHENE_RECT_INIT (-MARGIN, -MARGIN, width + 2 * MARGIN, height + 2 * MARGIN));
}

static void
save (GtkWidget *widget, const char *name)
{
  g_autofree char *file_name = g_strconcat (name, *look != '\0' ? "-" : "", look, ".png",
                                            NULL);
  g_autofree char *path = g_build_filename (folder, file_name, NULL);
  g_autoptr (GdkTexture) texture = draw (widget);

  g_assert_true (has_two_colours (texture));
  g_assert_true (gdk_texture_save_to_png (texture, path));
}

static void
save_light_and_dark (GtkWidget *widget, const char *name)
{
  static const struct
  {
    const char    *name;
    AdwColorScheme scheme;
  } schemes[] = {
    { "light", ADW_COLOR_SCHEME_FORCE_LIGHT },
    { "dark", ADW_COLOR_SCHEME_FORCE_DARK },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      g_autofree char *picture = g_strdup_printf ("%s-%s", name, schemes[i].name);

      adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                          schemes[i].scheme);
      wait_for_frames (widget);
      save (widget, picture);
    }
}

static void
resize (GtkWidget *window, int width, int height)
{
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  iterate_until (gtk_widget_get_width (window) == width &&
                 gtk_widget_get_height (window) == height);
  wait_for_frames (window);
}

/* With rounded corners and a shadow, which only a compositor gives to a window. */
static void
decorate (GtkWidget *window)
{
  gtk_widget_remove_css_class (window, "solid-csd");
  gtk_widget_add_css_class (window, "csd");
}

/* As large as it likes to be. */
static void
take_pictures_at_ease (GtkWidget *window, const char *name)
{
  hands_focus (GTK_WINDOW (window));
  decorate (window);
  wait_for_frames (window);
  save_light_and_dark (window, name);
}

static void
take_pictures (GtkWidget *window, const char *name)
{
  g_autofree char *wide = g_strconcat (name, "-wide", NULL);
  g_autofree char *narrow = g_strconcat (name, "-narrow", NULL);

  take_pictures_at_ease (window, wide);
  resize (window, NARROW, HEIGHT);
  save_light_and_dark (window, narrow);
}

static void
fetch (Fixture *fixture, const char *const *addresses)
{
  morsel_window_fetch_all (fixture->window, addresses);
  iterate_until (g_list_model_get_n_items (morsel_window_get_fetches (fixture->window)) ==
                 g_strv_length ((GStrv) addresses));
}

static void
wait_until_over (Fixture *fixture)
{
  MorselFetchList *fetches = MORSEL_FETCH_LIST (
      morsel_window_get_fetches (fixture->window));

  iterate_until (morsel_fetch_list_count (fetches, MORSEL_FETCH_RUNNING) == 0);
}

static MorselFetch *
get_fetch (Fixture *fixture, guint position)
{
  g_autoptr (MorselFetch) fetch = g_list_model_get_item (
      morsel_window_get_fetches (fixture->window), position);

  return fetch;
}

static GtkWidget *
find (Fixture *fixture, GType type)
{
  return eyes_find_type (GTK_WIDGET (fixture->window), type);
}

/* As a person does, who wants to see the detail. */
static void
select_fetches (Fixture *fixture, guint position, guint n_items)
{
  GtkListView *list = GTK_LIST_VIEW (find (fixture, GTK_TYPE_LIST_VIEW));

  gtk_selection_model_unselect_all (gtk_list_view_get_model (list));
  gtk_selection_model_select_range (gtk_list_view_get_model (list), position, n_items,
                                    TRUE);
}

static void
take_pictures_of_one (Fixture *fixture, const char *address, const char *name)
{
  const char *const addresses[] = { address, NULL };

  fetch (fixture, addresses);
  wait_until_over (fixture);
  select_fetches (fixture, 0, 1);
  take_pictures (GTK_WIDGET (fixture->window), name);
}

static void
test_empty (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  take_pictures (GTK_WIDGET (fixture->window), "empty");
}

/* What the demo fetches, from places that differ, until the first has come so far. */
static const char *const demo[] = {
  "http://www.example.org/trickle",
  "http://example.com/unknown-length",
  "http://example.org/redirect/3",
  "http://www.example.com/gzip",
  "http://example.net/hostile-text",
  "http://files.example.org/binary",
  "http://www.example.net/missing",
  "http://files.example.com/cut-off",
  "http://slow.example.org/stall",
  "http://slow.example.net/endless",
  NULL,
};

static void
fetch_demo (Fixture *fixture, double fraction)
{
  MorselFetchList *fetches = MORSEL_FETCH_LIST (
      morsel_window_get_fetches (fixture->window));

  fetch (fixture, demo);
  iterate_until (morsel_fetch_get_fraction (get_fetch (fixture, 0)) > fraction &&
                 morsel_fetch_list_count (fetches, MORSEL_FETCH_RUNNING) == 4);
}

static void
test_list (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fetch_demo (fixture, 0.05);
  take_pictures (GTK_WIDGET (fixture->window), "list");
}

static void
test_running (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fetch_demo (fixture, 0.05);
  select_fetches (fixture, 0, 1);
  take_pictures (GTK_WIDGET (fixture->window), "running");
}

static void
test_done (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fetch_demo (fixture, 0.35);
  select_fetches (fixture, 3, 1);
  take_pictures (GTK_WIDGET (fixture->window), "done");
}

static void
test_missing (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  take_pictures_of_one (fixture, "http://www.example.net/missing", "missing");
}

static void
test_failed (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  take_pictures_of_one (fixture, "http://files.example.com/cut-off", "failed");
}

static void
test_hex (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  take_pictures_of_one (fixture, "http://files.example.org/binary", "hex");
}

static void
scroll_to (GtkWidget *row)
{
  GtkWidget     *scrolled = gtk_widget_get_ancestor (row, GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (
      GTK_SCROLLED_WINDOW (scrolled));
  graphene_point_t top;

  g_assert_true (
      gtk_widget_compute_point (row, scrolled, &GRAPHENE_POINT_INIT (0, 0), &top));
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + top.y);
}

static void
unfold (Fixture *fixture, GType type, const char *name)
{
  static const char *const addresses[] = { "http://www.example.org/redirect/3", NULL };
  GtkWidget               *window = GTK_WIDGET (fixture->window);
  g_autofree char         *wide = g_strconcat (name, "-wide", NULL);
  g_autofree char         *narrow = g_strconcat (name, "-narrow", NULL);
  GtkWidget               *row;

  fetch (fixture, addresses);
  wait_until_over (fixture);
  select_fetches (fixture, 0, 1);
  iterate_until ((row = find (fixture, type)) != NULL);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
  wait_for_frames (window);
  scroll_to (row);
  take_pictures_at_ease (window, wide);

  resize (window, NARROW, HEIGHT);
  scroll_to (row);
  save_light_and_dark (window, narrow);
}

static void
test_headers (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  unfold (fixture, MORSEL_TYPE_HEADERS_ROW, "headers");
}

static void
test_timing (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  unfold (fixture, MORSEL_TYPE_TIMING_ROW, "timing");
}

static void
test_connection (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  unfold (fixture, MORSEL_TYPE_CONNECTION_ROW, "connection");
}

static void
test_several (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fetch_demo (fixture, 0.05);
  select_fetches (fixture, 1, 4);
  take_pictures (GTK_WIDGET (fixture->window), "several");
}

static void
test_mistyped (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *entry = find (fixture, GTK_TYPE_ENTRY);

  fetch_demo (fixture, 0.05);
  gtk_editable_set_text (GTK_EDITABLE (entry), "ftp://example.org/");
  g_signal_emit_by_name (entry, "activate");
  take_pictures (GTK_WIDGET (fixture->window), "mistyped");
}

static void
test_nothing_found (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *entry;

  fetch_demo (fixture, 0.05);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.search", NULL);
  iterate_until ((entry = find (fixture, GTK_TYPE_SEARCH_ENTRY)) != NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), "nowhere");
  take_pictures (GTK_WIDGET (fixture->window), "nothing-found");
}

static void
paste_mistakes (Fixture *fixture)
{
  GListModel *fetches = morsel_window_get_fetches (fixture->window);

  morsel_window_paste (fixture->window, "http://www.example.org/hello\n"
                                        "two words\n"
                                        "http://example.com/gzip\n"
                                        "ftp://files.example.org/pub/\n"
                                        "http://www.example.org/hello\n"
                                        "http://\n"
                                        "http://example.net:port/\n");
  iterate_until (g_list_model_get_n_items (fetches) == 2);
  wait_until_over (fixture);
  iterate_until (eyes_find_label (GTK_WIDGET (fixture->window), "2 added") != NULL);
}

static void
test_mistakes (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  paste_mistakes (fixture);
  take_pictures (GTK_WIDGET (fixture->window), "mistakes");
}

static void
test_mending (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *window;

  paste_mistakes (fixture);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.mend", NULL);
  iterate_until ((window = eyes_find_window (MORSEL_TYPE_MEND_WINDOW)) != NULL);
  take_pictures (window, "mending");
}

static void
test_ten_thousand (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) addresses = NULL;

  for (int i = 0; i < 10000; i++)
    {
      g_autofree char *address = g_strdup_printf (
          "http://host-%d.example.org/%s?article=%d", i % 100,
          i % 9 == 0 ? "missing" : "hello", i);

      g_strv_builder_add (builder, address);
    }
  addresses = g_strv_builder_end (builder);

  fetch (fixture, (const char *const *) addresses);
  wait_until_over (fixture);
  take_pictures (GTK_WIDGET (fixture->window), "ten-thousand");
}

static gboolean
is_main_menu (GtkWidget *widget, gconstpointer data G_GNUC_UNUSED)
{
  return GTK_IS_MENU_BUTTON (widget) &&
         gtk_menu_button_get_primary (GTK_MENU_BUTTON (widget));
}

static void
test_main_menu (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *button = eyes_find (GTK_WIDGET (fixture->window), is_main_menu, NULL);
  GtkWidget *menu;

  fetch_demo (fixture, 0.05);
  gtk_menu_button_popup (GTK_MENU_BUTTON (button));
  menu = GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (button)));
  iterate_until (gtk_widget_get_mapped (menu));
  save_light_and_dark (menu, "main-menu");
  gtk_menu_button_popdown (GTK_MENU_BUTTON (button));
}

static void
test_context_menu (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *page, *menu;

  fetch_demo (fixture, 0.05);
  page = find (fixture, MORSEL_TYPE_LIST_PAGE);
  hands_right_click (find (fixture, MORSEL_TYPE_FETCH_ROW));
  iterate_until ((menu = eyes_find_type (page, GTK_TYPE_POPOVER_MENU)) != NULL);
  save_light_and_dark (menu, "context-menu");
  gtk_popover_popdown (GTK_POPOVER (menu));
}

static void
activate (const char *action)
{
  g_action_group_activate_action (G_ACTION_GROUP (application), action, NULL);
}

static void
test_preferences (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const names[] = { "preferences-general", "preferences-fetching",
                                       "preferences-network" };
  GtkWidget               *window, *page;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      activate ("preferences");
      iterate_until ((window = eyes_find_window (MORSEL_TYPE_PREFERENCES)) != NULL);
      page = eyes_find_type (window, ADW_TYPE_PREFERENCES_PAGE);
      for (gsize j = 0; j < i; j++)
        page = gtk_widget_get_next_sibling (page);
      adw_preferences_window_set_visible_page (ADW_PREFERENCES_WINDOW (window),
                                               ADW_PREFERENCES_PAGE (page));
      take_pictures (window, names[i]);

      gtk_window_close (GTK_WINDOW (window));
      iterate_until (eyes_find_window (MORSEL_TYPE_PREFERENCES) == NULL);
    }
}

static void
test_shortcuts (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget     *window;
  GLogLevelFlags fatal;

  /* GTK 4.8 warns of the buttons for its pages, which it makes smaller than nothing. */
  fatal = g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.shortcuts", NULL);
  iterate_until ((window = eyes_find_window (GTK_TYPE_SHORTCUTS_WINDOW)) != NULL);
  /* GTK lets nobody resize it. */
  take_pictures_at_ease (window, "shortcuts");
  g_log_set_always_fatal (fatal);
}

static void
test_about (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *window;

  activate ("about");
  iterate_until ((window = eyes_find_window (ADW_TYPE_ABOUT_WINDOW)) != NULL);
  take_pictures (window, "about");
}

static GtkWidget *
open_lab (void)
{
  GtkWidget *window;

  activate ("lab");
  iterate_until ((window = eyes_find_window (MORSEL_TYPE_LAB_WINDOW)) != NULL);

  return window;
}

static void
test_lab_before_it_runs (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  take_pictures (open_lab (), "lab-before");
}

static GtkWidget *
ask_before_freezing (GtkWidget *lab)
{
  GtkWidget *dialog;

  gtk_widget_activate_action (lab, "lab.run", "s", "lab-main-thread.c");
  iterate_until ((dialog = eyes_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);

  return dialog;
}

static void
test_warning (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *dialog = ask_before_freezing (open_lab ());

  take_pictures_at_ease (dialog, "warning");
}

static gboolean
is_running (GtkWidget *widget, gconstpointer data G_GNUC_UNUSED)
{
  return MORSEL_IS_LAB_CARD (widget) &&
         morsel_lab_card_is_running (MORSEL_LAB_CARD (widget));
}

static void
test_lab (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *lab = open_lab ();

  adw_message_dialog_response (ADW_MESSAGE_DIALOG (ask_before_freezing (lab)), "freeze");
  gtk_window_close (eyes_find_window (ADW_TYPE_MESSAGE_DIALOG));
  iterate_until (eyes_find (lab, is_running, NULL) == NULL);
  gtk_widget_activate_action (lab, "lab.run", "s", "lab-busy-poll.c");
  iterate_until (eyes_find (lab, is_running, NULL) == NULL);
  gtk_widget_activate_action (lab, "lab.run", "s", "lab-background-call.c");
  iterate_until (eyes_find (lab, is_running, NULL) == NULL);

  take_pictures (lab, "lab");
}

static int test_status;

static gboolean
run_tests_cb (gpointer user_data G_GNUC_UNUSED)
{
  test_status = g_test_run ();
  g_application_release (G_APPLICATION (application));

  return G_SOURCE_REMOVE;
}

/* Nothing moves or blinks: it would be another picture each time. */
static void
startup_cb (void)
{
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE,
                "gtk-cursor-blink", FALSE, NULL);
  g_application_hold (G_APPLICATION (application));
  g_idle_add (run_tests_cb, NULL);
}

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

static void
add_tests (void)
{
  add ("/screenshots/done", test_done);
  add ("/screenshots/list", test_list);
  add ("/screenshots/several", test_several);
  add ("/screenshots/mending", test_mending);
  add ("/screenshots/preferences", test_preferences);
  add ("/screenshots/warning", test_warning);
  if (g_str_equal (look, "high-contrast"))
    return;

  add ("/screenshots/empty", test_empty);
  add ("/screenshots/running", test_running);
  add ("/screenshots/missing", test_missing);
  add ("/screenshots/failed", test_failed);
  add ("/screenshots/hex", test_hex);
  add ("/screenshots/headers", test_headers);
  add ("/screenshots/timing", test_timing);
  add ("/screenshots/connection", test_connection);
  add ("/screenshots/mistyped", test_mistyped);
  add ("/screenshots/nothing-found", test_nothing_found);
  add ("/screenshots/mistakes", test_mistakes);
  add ("/screenshots/main-menu", test_main_menu);
  add ("/screenshots/context-menu", test_context_menu);
  add ("/screenshots/shortcuts", test_shortcuts);
  add ("/screenshots/about", test_about);
  add ("/screenshots/lab-before-it-runs", test_lab_before_it_runs);
  if (g_str_equal (look, "right-to-left"))
    return;

  add ("/screenshots/lab", test_lab);
  add ("/screenshots/ten-thousand", test_ten_thousand);
}

int
main (int argc, char *argv[])
{
  char *own_arguments[] = { argv[0], NULL };
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);
  g_assert_cmpint (argc, >=, 2);
  folder = argv[1];
  look = argc > 2 ? argv[2] : "";
  g_assert_no_errno (g_mkdir_with_parents (folder, 0777));

  settings = morsel_settings_new (&error);
  g_assert_no_error (error);
  set_size ();
  if (g_str_equal (look, "high-contrast"))
    g_setenv ("ADW_DEBUG_HIGH_CONTRAST", "1", TRUE);
  /* Or else GTK would set the direction of the language, later. */
  gtk_init ();
  if (g_str_equal (look, "right-to-left"))
    gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  add_tests ();

  application = morsel_application_new ();
  g_signal_connect (application, "startup", G_CALLBACK (startup_cb), NULL);
  g_application_run (G_APPLICATION (application), 1, own_arguments);
  g_object_unref (application);
  g_object_unref (settings);

  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
  curl_global_cleanup ();

  return test_status;
}
