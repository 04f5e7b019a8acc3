/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is remembered of the gaps between frames. */

#include "app/morsel-frame-gaps.h"

#define MS G_TIME_SPAN_MILLISECOND

static void
test_without_any (void)
{
  g_autoptr (MorselFrameGaps) gaps = morsel_frame_gaps_new ();

  g_assert_cmpuint (morsel_frame_gaps_get_n_gaps (gaps), ==, 0);
  g_assert_cmpint (morsel_frame_gaps_get_worst (gaps), ==, 0);
  g_assert_cmpint (morsel_frame_gaps_get_percentile (gaps, 99), ==, 0);
  for (guint age = 0; age < MORSEL_FRAME_GAPS_N_SLOTS; age++)
    g_assert_cmpint (morsel_frame_gaps_get_slot (gaps, age), ==, 0);
}

static void
test_worst (void)
{
  g_autoptr (MorselFrameGaps) gaps = morsel_frame_gaps_new ();

  morsel_frame_gaps_add (gaps, 17 * MS);
  morsel_frame_gaps_add (gaps, 40 * MS);
  morsel_frame_gaps_add (gaps, 16 * MS);

  g_assert_cmpint (morsel_frame_gaps_get_worst (gaps), ==, 40 * MS);
  g_assert_cmpuint (morsel_frame_gaps_get_n_gaps (gaps), ==, 3);
}

static void
test_slot_keeps_its_worst (void)
{
  g_autoptr (MorselFrameGaps) gaps = morsel_frame_gaps_new ();

  for (int i = 0; i < 9; i++)
    morsel_frame_gaps_add (gaps, i == 4 ? 20 * MS : 10 * MS);
  g_assert_cmpint (morsel_frame_gaps_get_slot (gaps, 0), ==, 20 * MS);
  g_assert_cmpint (morsel_frame_gaps_get_slot (gaps, 1), ==, 0);

  morsel_frame_gaps_add (gaps, 10 * MS);
  g_assert_cmpint (morsel_frame_gaps_get_slot (gaps, 0), ==, 10 * MS);
  g_assert_cmpint (morsel_frame_gaps_get_slot (gaps, 1), ==, 20 * MS);
  g_assert_cmpint (morsel_frame_gaps_get_slot (gaps, 2), ==, 0);
}

/* It is as wide as it is long. */
static void
test_long_gap_fills_slots (void)
{
  g_autoptr (MorselFrameGaps) gaps = morsel_frame_gaps_new ();

  morsel_frame_gaps_add (gaps, 50 * MS);
  morsel_frame_gaps_add (gaps, 300 * MS);

  for (guint age = 0; age < 4; age++)
    g_assert_cmpint (morsel_frame_gaps_get_slot (gaps, age), ==, 300 * MS);
  g_assert_cmpint (morsel_frame_gaps_get_slot (gaps, 4), ==, 0);
}

static void
test_old_slots_are_forgotten (void)
{
  g_autoptr (MorselFrameGaps) gaps = morsel_frame_gaps_new ();

  morsel_frame_gaps_add (gaps, MORSEL_FRAME_GAPS_SLOT / 2);
  morsel_frame_gaps_add (gaps, 100 * MORSEL_FRAME_GAPS_N_SLOTS * MORSEL_FRAME_GAPS_SLOT);
  for (guint i = 0; i < MORSEL_FRAME_GAPS_N_SLOTS; i++)
    morsel_frame_gaps_add (gaps, MORSEL_FRAME_GAPS_SLOT);

  for (guint age = 0; age < MORSEL_FRAME_GAPS_N_SLOTS; age++)
    g_assert_cmpint (morsel_frame_gaps_get_slot (gaps, age), ==, MORSEL_FRAME_GAPS_SLOT);
}

static void
test_percentile (void)
{
  g_autoptr (MorselFrameGaps) gaps = morsel_frame_gaps_new ();

  for (int i = 1; i <= 98; i++)
    morsel_frame_gaps_add (gaps, 16 * MS + i);
  morsel_frame_gaps_add (gaps, 33 * MS + 1);
  morsel_frame_gaps_add (gaps, 5000 * MS);

  g_assert_cmpint (morsel_frame_gaps_get_percentile (gaps, 50), ==, 17 * MS);
  g_assert_cmpint (morsel_frame_gaps_get_percentile (gaps, 98), ==, 17 * MS);
  g_assert_cmpint (morsel_frame_gaps_get_percentile (gaps, 99), ==, 34 * MS);
  g_assert_cmpint (morsel_frame_gaps_get_percentile (gaps, 100), ==, 5000 * MS);
}

static void
test_percentile_is_not_above_the_worst (void)
{
  g_autoptr (MorselFrameGaps) gaps = morsel_frame_gaps_new ();

  morsel_frame_gaps_add (gaps, 16 * MS + 700);

  g_assert_cmpint (morsel_frame_gaps_get_percentile (gaps, 99), ==, 16 * MS + 700);
}

static void
test_reset (void)
{
  g_autoptr (MorselFrameGaps) gaps = morsel_frame_gaps_new ();

  morsel_frame_gaps_add (gaps, 400 * MS);
  morsel_frame_gaps_reset (gaps);
  morsel_frame_gaps_add (gaps, 16 * MS);

  g_assert_cmpint (morsel_frame_gaps_get_worst (gaps), ==, 16 * MS);
  g_assert_cmpint (morsel_frame_gaps_get_percentile (gaps, 100), ==, 16 * MS);
  g_assert_cmpint (morsel_frame_gaps_get_slot (gaps, 0), ==, 16 * MS);
  g_assert_cmpint (morsel_frame_gaps_get_slot (gaps, 1), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/frame-gaps/without-any", test_without_any);
  g_test_add_func ("/frame-gaps/worst", test_worst);
  g_test_add_func ("/frame-gaps/slot-keeps-its-worst", test_slot_keeps_its_worst);
  g_test_add_func ("/frame-gaps/long-gap-fills-slots", test_long_gap_fills_slots);
  g_test_add_func ("/frame-gaps/old-slots-are-forgotten", test_old_slots_are_forgotten);
  g_test_add_func ("/frame-gaps/percentile", test_percentile);
  g_test_add_func ("/frame-gaps/percentile-is-not-above-the-worst",
                   test_percentile_is_not_above_the_worst);
  g_test_add_func ("/frame-gaps/reset", test_reset);

  return g_test_run ();
}
