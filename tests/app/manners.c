/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a window owes to those who use it in another way than most: keys for everything,
 * windows that explain, the other direction, more contrast, less motion.
 */

#include <curl/curl.h>

#include "../backgroundcall/gate.h"
#include "app/morsel-fetch-row.h"
#include "app/morsel-progress-track.h"
#include "app/morsel-time-bar.h"
#include "hands.h"
#include "in-application.h"
#include "window-fixture.h"

static MorselApplication *application;

static GtkWidget *
get_entry (Fixture *fixture)
{
  return eyes_find_type (GTK_WIDGET (fixture->window), GTK_TYPE_ENTRY);
}

/* Begins a fetch that runs until it is cancelled. */
static void
fetch_endless (Fixture *fixture)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/endless");

  g_assert_true (morsel_window_fetch (fixture->window, url, NULL));
  iterate_until (count_fetches (fixture) == 1);
}

static void
test_shortcuts_window_opens (Fixture      *fixture G_GNUC_UNUSED,
                             gconstpointer data G_GNUC_UNUSED)
{
  GtkWindow *shortcuts;

  hands_press ("ctrl+question");
  iterate_until (eyes_find_window (GTK_TYPE_SHORTCUTS_WINDOW) != NULL);
  shortcuts = eyes_find_window (GTK_TYPE_SHORTCUTS_WINDOW);
  g_assert_nonnull (eyes_find_label (GTK_WIDGET (shortcuts), "Type an address"));

  hands_focus (shortcuts);
  hands_press ("Escape");
  iterate_until (eyes_find_window (GTK_TYPE_SHORTCUTS_WINDOW) == NULL);
}

static void
test_about_opens (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *about;

  g_action_group_activate_action (G_ACTION_GROUP (application), "about", NULL);
  iterate_until (eyes_find_window (ADW_TYPE_ABOUT_WINDOW) != NULL);
  about = eyes_find_window (ADW_TYPE_ABOUT_WINDOW);
  iterate_until (eyes_find_label (about, "Morsel") != NULL);
  gtk_window_destroy (GTK_WINDOW (about));
}

static void
test_address_is_fetched_by_mnemonic (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");

  hands_press ("ctrl+l");
  hands_type (url);
  hands_press ("alt+f");
  iterate_until (count_fetches (fixture) == 1);
  iterate_until (gtk_window_get_focus (GTK_WINDOW (fixture->window)) != NULL);
  g_assert_true (gtk_widget_is_ancestor (
      gtk_window_get_focus (GTK_WINDOW (fixture->window)), get_entry (fixture)));
}

/* Of a running fetch the icon comes first, and the button last. */
static void
test_row_is_mirrored (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget      *row, *button;
  graphene_rect_t bounds;

  fetch_endless (fixture);
  iterate_until (eyes_find_type (GTK_WIDGET (fixture->window), MORSEL_TYPE_FETCH_ROW) !=
                 NULL);
  row = eyes_find_type (GTK_WIDGET (fixture->window), MORSEL_TYPE_FETCH_ROW);
  hands_point_at (row);
  iterate_until (eyes_find_type (row, GTK_TYPE_BUTTON) != NULL);
  button = eyes_find_type (row, GTK_TYPE_BUTTON);

  g_assert_true (gtk_widget_compute_bounds (button, row, &bounds));
  g_assert_cmpfloat (bounds.origin.x, >, gtk_widget_get_width (row) / 2.0);

  gtk_widget_set_direction (row, GTK_TEXT_DIR_RTL);
  iterate_until (gtk_widget_compute_bounds (button, row, &bounds) &&
                 bounds.origin.x < gtk_widget_get_width (row) / 2.0f);
}

static int
get_position (GtkWidget *track)
{
  GtkWidget      *bar = gtk_widget_get_first_child (track);
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (bar, track, &bounds));

  return (int) bounds.origin.x;
}

static void
test_nothing_pulses_without_animations (Fixture      *fixture G_GNUC_UNUSED,
                                        gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *track = g_object_new (MORSEL_TYPE_PROGRESS_TRACK, "label", "Progress", NULL);
  GtkWidget *window = g_object_new (GTK_TYPE_WINDOW, "child", track, NULL);
  int        position;

  g_object_set (gtk_widget_get_settings (track), "gtk-enable-animations", FALSE, NULL);
  gtk_window_present (GTK_WINDOW (window));
  morsel_progress_track_pulse (MORSEL_PROGRESS_TRACK (track));
  iterate_until (gtk_widget_get_width (track) > 0);
  iterate_until (get_position (track) > 0);
  position = get_position (track);
  for (int i = 0; i < 10; i++)
    morsel_progress_track_pulse (MORSEL_PROGRESS_TRACK (track));
  gtk_widget_queue_resize (track);
  iterate_all ();
  g_assert_cmpint (get_position (track), ==, position);

  g_object_set (gtk_widget_get_settings (track), "gtk-enable-animations", TRUE, NULL);
  for (int i = 0; i < 10; i++)
    morsel_progress_track_pulse (MORSEL_PROGRESS_TRACK (track));
  iterate_until (get_position (track) != position);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_bars_have_numbers (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");
  GtkWidget       *window = GTK_WIDGET (fixture->window);
  const char      *words = "Waiting for Its Turn: ";

  g_assert_true (morsel_window_fetch (fixture->window, url, NULL));
  iterate_until (eyes_find_label (window, "Timing") != NULL);
  hands_click (eyes_find_label (window, "Timing"));
  iterate_until (eyes_find_type (window, MORSEL_TYPE_TIME_BAR) != NULL);
  hands_point_at (eyes_find_type (window, MORSEL_TYPE_TIME_BAR));
  iterate_until (eyes_find_label (window, words) != NULL);
  g_assert_true (g_regex_match_simple (
      "^Waiting for Its Turn: from 0 ms to .*s, .*s$",
      gtk_label_get_label (GTK_LABEL (eyes_find_label (window, words))), G_REGEX_DEFAULT,
      G_REGEX_MATCH_DEFAULT));
}

#define add(path, function)                                         \
  g_test_add (path, Fixture, NULL, window_fixture_set_up, function, \
              window_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* GTK 4.8 warns of the buttons for the pages of its window of shortcuts. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  curl_global_init (CURL_GLOBAL_DEFAULT);

  add ("/manners/shortcuts-window-opens", test_shortcuts_window_opens);
  add ("/manners/about-opens", test_about_opens);
  add ("/manners/address-is-fetched-by-mnemonic", test_address_is_fetched_by_mnemonic);
  add ("/manners/row-is-mirrored", test_row_is_mirrored);
  add ("/manners/nothing-pulses-without-animations",
       test_nothing_pulses_without_animations);
  add ("/manners/bars-have-numbers", test_bars_have_numbers);

  return run_tests_in_application (&application, argv[0]);
}
