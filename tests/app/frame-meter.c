/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The meter of the gaps between frames: in a real window, with a real pointer. */

#include "../backgroundcall/gate.h"
#include "app/morsel-frame-meter.h"
#include "app/morsel-frame-plot.h"
#include "hands.h"

typedef struct
{
  GtkWindow        *window;
  MorselFrameMeter *meter;
  MorselFrameGaps  *gaps;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->window = GTK_WINDOW (gtk_window_new ());
  fixture->meter = g_object_new (MORSEL_TYPE_FRAME_METER, "halign", GTK_ALIGN_CENTER,
                                 "valign", GTK_ALIGN_CENTER, NULL);
  gtk_window_set_child (fixture->window, GTK_WIDGET (fixture->meter));
  gtk_window_present (fixture->window);
  hands_focus (fixture->window);
  fixture->gaps = morsel_frame_plot_get_gaps (MORSEL_FRAME_PLOT (
      eyes_find_type (GTK_WIDGET (fixture->meter), MORSEL_TYPE_FRAME_PLOT)));
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  gtk_window_destroy (fixture->window);
  iterate_all ();
}

static gboolean
shows (Fixture *fixture, const char *start)
{
  return eyes_find_label (GTK_WIDGET (fixture->meter), start) != NULL;
}

static guint
count_gaps (Fixture *fixture)
{
  return morsel_frame_gaps_get_n_gaps (fixture->gaps);
}

static gboolean
set_cb (gpointer is_over)
{
  *(gboolean *) is_over = TRUE;

  return G_SOURCE_REMOVE;
}

/* How often the main loop wakes up in a while, for a frame or for anything else, before
 * it is over. */
static int
count_wake_ups_in_a_while (void)
{
  int      n_wake_ups = 0;
  gboolean is_over = FALSE;

  g_timeout_add (300, set_cb, &is_over);
  while (g_main_context_iteration (NULL, TRUE), !is_over)
    n_wake_ups++;

  return n_wake_ups;
}

static void
test_measures_while_something_runs (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  guint n_gaps;

  g_assert_true (shows (fixture, "Worst –"));
  morsel_frame_meter_set_is_running (fixture->meter, TRUE);
  iterate_until (count_gaps (fixture) >= 10);
  iterate_until (!shows (fixture, "Worst –"));

  /* The gap that has begun is over with the next frame. */
  n_gaps = count_gaps (fixture);
  morsel_frame_meter_set_is_running (fixture->meter, FALSE);
  iterate_until (count_gaps (fixture) > n_gaps);
  g_assert_cmpuint (count_gaps (fixture), ==, n_gaps + 1);
}

static void
test_nothing_wakes_up_while_nothing_runs (Fixture      *fixture,
                                          gconstpointer data G_GNUC_UNUSED)
{
  guint n_gaps;

  morsel_frame_meter_set_is_running (fixture->meter, TRUE);
  iterate_until (count_gaps (fixture) >= 10);
  n_gaps = count_gaps (fixture);
  morsel_frame_meter_set_is_running (fixture->meter, FALSE);
  iterate_until (count_gaps (fixture) > n_gaps);

  /* The last one is drawn, and then there are no more. */
  iterate_until (count_wake_ups_in_a_while () == 0);
  g_assert_cmpuint (count_gaps (fixture), ==, n_gaps + 1);
}

static void
test_nothing_wakes_up_while_it_is_hidden (Fixture      *fixture,
                                          gconstpointer data G_GNUC_UNUSED)
{
  guint n_gaps;

  morsel_frame_meter_set_is_running (fixture->meter, TRUE);
  iterate_until (count_gaps (fixture) >= 2);
  gtk_widget_set_visible (GTK_WIDGET (fixture->meter), FALSE);
  n_gaps = count_gaps (fixture);
  iterate_until (count_wake_ups_in_a_while () == 0);
  g_assert_cmpuint (count_gaps (fixture), ==, n_gaps);

  gtk_widget_set_visible (GTK_WIDGET (fixture->meter), TRUE);
  iterate_until (count_gaps (fixture) >= n_gaps + 2);
}

static void
test_blocked_main_loop_is_a_gap (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  morsel_frame_meter_set_is_running (fixture->meter, TRUE);
  iterate_until (count_gaps (fixture) >= 2);

  g_usleep (600 * G_TIME_SPAN_MILLISECOND);

  iterate_until (morsel_frame_gaps_get_worst (fixture->gaps) >=
                 600 * G_TIME_SPAN_MILLISECOND);
}

/* The display wants no frames of a window that nobody sees. */
static void
test_hidden_window_is_no_gap (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const gint64 hidden = 5 * G_TIME_SPAN_SECOND;
  guint        n_gaps;

  morsel_frame_meter_set_is_running (fixture->meter, TRUE);
  iterate_until (count_gaps (fixture) >= 2);
  gtk_widget_set_visible (GTK_WIDGET (fixture->window), FALSE);
  n_gaps = count_gaps (fixture);
  g_usleep (hidden);
  gtk_window_present (fixture->window);

  iterate_until (count_gaps (fixture) >= n_gaps + 2);
  g_assert_cmpint (morsel_frame_gaps_get_worst (fixture->gaps), <, hidden);
}

static void
test_click_measures_anew (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  guint n_gaps;

  morsel_frame_meter_set_is_running (fixture->meter, TRUE);
  iterate_until (count_gaps (fixture) >= 10);
  n_gaps = count_gaps (fixture);
  morsel_frame_meter_set_is_running (fixture->meter, FALSE);
  iterate_until (count_gaps (fixture) > n_gaps);

  hands_click (GTK_WIDGET (fixture->meter));

  iterate_until (count_gaps (fixture) == 0);
  g_assert_true (shows (fixture, "Worst –"));
}

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  gtk_init ();

  add ("/frame-meter/measures-while-something-runs", test_measures_while_something_runs);
  add ("/frame-meter/nothing-wakes-up-while-nothing-runs",
       test_nothing_wakes_up_while_nothing_runs);
  add ("/frame-meter/nothing-wakes-up-while-it-is-hidden",
       test_nothing_wakes_up_while_it_is_hidden);
  add ("/frame-meter/blocked-main-loop-is-a-gap", test_blocked_main_loop_is_a_gap);
  add ("/frame-meter/hidden-window-is-no-gap", test_hidden_window_is_no_gap);
  add ("/frame-meter/click-measures-anew", test_click_measures_anew);

  return g_test_run ();
}
