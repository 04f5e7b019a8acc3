/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is said of a batch of fetches: how far, how fast, and how long still. */

#include "app/morsel-batch.h"

#define SECOND G_TIME_SPAN_SECOND
#define BEGIN (1000 * SECOND)

/* So many fetches end in each second, and each has received so much. */
static void
run (MorselBatch *batch, int seconds, double per_second, guint64 bytes)
{
  for (int i = 0; i < 10 * seconds; i++)
    {
      gint64 now = batch->sampled + SECOND / 10;

      batch->work += per_second / 10;
      batch->received += (guint64) (per_second / 10 * (double) bytes);
      morsel_batch_sample (batch, now);
    }
}

static void
assert_about (double value, double expected)
{
  g_assert_cmpfloat (value, >, expected * 0.95);
  g_assert_cmpfloat (value, <, expected * 1.05);
}

static void
test_nothing_is_known_at_first (void)
{
  MorselBatch batch;

  morsel_batch_begin (&batch, BEGIN);
  batch.n_fetches = 100;
  g_assert_cmpfloat (morsel_batch_get_fraction (&batch), ==, 0);
  g_assert_cmpfloat (morsel_batch_get_speed (&batch), ==, 0);
  g_assert_cmpint (morsel_batch_get_time_left (&batch), <, 0);

  /* The first moments tell nothing of the rest. */
  run (&batch, 1, 10, 1000);
  g_assert_cmpint (morsel_batch_get_time_left (&batch), <, 0);
}

static void
test_steady (void)
{
  MorselBatch batch;

  morsel_batch_begin (&batch, BEGIN);
  batch.n_fetches = 100;
  run (&batch, 5, 10, 1000);

  assert_about (morsel_batch_get_fraction (&batch), 0.5);
  assert_about (morsel_batch_get_speed (&batch), 10000);
  assert_about (morsel_batch_get_time_left (&batch), 5 * SECOND);
}

static void
test_what_was_long_ago_is_forgotten (void)
{
  MorselBatch batch;

  morsel_batch_begin (&batch, BEGIN);
  batch.n_fetches = 100000;
  run (&batch, 20, 1000, 1000);
  run (&batch, 20, 10, 1000);

  assert_about (morsel_batch_get_speed (&batch), 10000 + 1000000 * 0.0013);
  assert_about (morsel_batch_get_time_left (&batch),
                (100000 - 20200) / (10 + 1000 * 0.0013) * SECOND);
}

static void
test_stalled (void)
{
  MorselBatch batch;

  morsel_batch_begin (&batch, BEGIN);
  batch.n_fetches = 100;
  run (&batch, 5, 10, 1000);
  run (&batch, 120, 0, 0);

  /* It would take days, and is not said. */
  g_assert_cmpfloat (morsel_batch_get_speed (&batch), ==, 0);
  g_assert_cmpint (morsel_batch_get_time_left (&batch), <, 0);
}

static void
test_clock_stands_still (void)
{
  MorselBatch batch;

  morsel_batch_begin (&batch, BEGIN);
  batch.n_fetches = 1;
  batch.work = 0.5;
  morsel_batch_sample (&batch, BEGIN);

  g_assert_cmpfloat (morsel_batch_get_fraction (&batch), ==, 0.5);
  g_assert_cmpfloat (morsel_batch_get_speed (&batch), ==, 0);
}

static void
test_more_than_all_is_all (void)
{
  MorselBatch batch;

  morsel_batch_begin (&batch, BEGIN);
  g_assert_cmpfloat (morsel_batch_get_fraction (&batch), ==, 0);
  batch.n_fetches = 3;
  batch.work = 3.0001;
  g_assert_cmpfloat (morsel_batch_get_fraction (&batch), ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/batch/nothing-is-known-at-first", test_nothing_is_known_at_first);
  g_test_add_func ("/batch/steady", test_steady);
  g_test_add_func ("/batch/what-was-long-ago-is-forgotten",
                   test_what_was_long_ago_is_forgotten);
  g_test_add_func ("/batch/stalled", test_stalled);
  g_test_add_func ("/batch/clock-stands-still", test_clock_stands_still);
  g_test_add_func ("/batch/more-than-all-is-all", test_more_than_all_is_all);

  return g_test_run ();
}
