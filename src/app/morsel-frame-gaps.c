/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-frame-gaps.h"

#include <string.h>

#define N_COUNTS 1000

/**
 * MorselFrameGaps:
 *
 * The times between one frame and the next: how long a person has waited for a window to
 * move.
 *
 * They fill slots of time, of which the last few are remembered. A slot knows the worst
 * of the gaps that touch it, so that one of three seconds looks like three seconds, and
 * not like one frame among many. Adding a gap costs the same however many there were.
 */
struct _MorselFrameGaps
{
  gint64 slots[MORSEL_FRAME_GAPS_N_SLOTS]; /* a ring, by the number of the slot */
  gint64 newest;                           /* the number of a slot; -1 if there is none */
  gint64 elapsed;                          /* all gaps together */

  guint  n_gaps;
  gint64 worst;

  /* How many there were of each length, in milliseconds, or of that and above. */
  guint counts[N_COUNTS];
};

/**
 * morsel_frame_gaps_new:
 *
 * Returns: (transfer full): no gaps yet
 */
MorselFrameGaps *
morsel_frame_gaps_new (void)
{
  MorselFrameGaps *self = g_new (MorselFrameGaps, 1);

  morsel_frame_gaps_reset (self);

  return self;
}

/**
 * morsel_frame_gaps_free:
 * @self: (transfer full): some gaps
 */
void
morsel_frame_gaps_free (MorselFrameGaps *self)
{
  g_free (self);
}

/**
 * morsel_frame_gaps_add:
 * @self: some gaps
 * @gap: the time since the frame before, in microseconds
 *
 * Adds a gap, which follows the one that was added last.
 */
void
morsel_frame_gaps_add (MorselFrameGaps *self, gint64 gap)
{
  gint64 first, last;

  g_return_if_fail (self != NULL);
  g_return_if_fail (gap >= 0);

  gap = MAX (gap, 1);
  first = self->elapsed / MORSEL_FRAME_GAPS_SLOT;
  last = (self->elapsed + gap - 1) / MORSEL_FRAME_GAPS_SLOT;

  for (gint64 i = MAX (first, last - MORSEL_FRAME_GAPS_N_SLOTS + 1); i <= last; i++)
    {
      gint64 *slot = &self->slots[i % MORSEL_FRAME_GAPS_N_SLOTS];

      *slot = i > self->newest ? gap : MAX (*slot, gap);
    }

  self->newest = last;
  self->elapsed += gap;
  self->n_gaps++;
  self->worst = MAX (self->worst, gap);
  self->counts[MIN (gap / G_TIME_SPAN_MILLISECOND, N_COUNTS - 1)]++;
}

/**
 * morsel_frame_gaps_reset:
 * @self: some gaps
 *
 * Forgets them all.
 */
void
morsel_frame_gaps_reset (MorselFrameGaps *self)
{
  g_return_if_fail (self != NULL);

  memset (self, 0, sizeof *self);
  self->newest = -1;
}

/**
 * morsel_frame_gaps_get_n_gaps:
 * @self: some gaps
 *
 * Returns: how many there were since the last reset
 */
guint
morsel_frame_gaps_get_n_gaps (MorselFrameGaps *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_gaps;
}

/**
 * morsel_frame_gaps_get_worst:
 * @self: some gaps
 *
 * Returns: the longest since the last reset, in microseconds; 0 if there is none
 */
gint64
morsel_frame_gaps_get_worst (MorselFrameGaps *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->worst;
}

/**
 * morsel_frame_gaps_get_percentile:
 * @self: some gaps
 * @percentage: how many of a hundred gaps
 *
 * Returns: a time within which that many came since the last reset, in microseconds, to
 *   the millisecond; 0 if there are none
 */
gint64
morsel_frame_gaps_get_percentile (MorselFrameGaps *self, guint percentage)
{
  guint n_wanted, n = 0;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (percentage <= 100, 0);

  /* Rounded up. */
  n_wanted = ((guint64) self->n_gaps * percentage + 99) / 100;
  for (int i = 0; i < N_COUNTS - 1; i++)
    {
      n += self->counts[i];
      if (n >= n_wanted)
        return MIN ((i + 1) * G_TIME_SPAN_MILLISECOND, self->worst);
    }

  return self->worst;
}

/**
 * morsel_frame_gaps_get_slot:
 * @self: some gaps
 * @age: which slot, from 0 for the newest to %MORSEL_FRAME_GAPS_N_SLOTS - 1
 *
 * Returns: the longest gap that touches the slot, in microseconds; 0 if there is none
 */
gint64
morsel_frame_gaps_get_slot (MorselFrameGaps *self, guint age)
{
  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (age < MORSEL_FRAME_GAPS_N_SLOTS, 0);

  if (age > self->newest)
    return 0;

  return self->slots[(self->newest - age) % MORSEL_FRAME_GAPS_N_SLOTS];
}
