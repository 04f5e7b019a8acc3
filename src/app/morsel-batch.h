/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MorselBatch:
 * @n_fetches: how many belong to it, with those that wait to be begun
 * @n_ended: how many of them have ended
 * @n_failed: how many of those without what was asked for
 * @received: how many bytes have arrived for it, as on the wire
 * @work: how much is done, in fetches: half of one is 0.5
 * @began: when the first began, in microseconds of the monotonic clock
 * @ended: when the last ended; 0 while it is running
 * @last_duration: how long the fetch that ended last took, in microseconds, as its result
 *   has it; 0 if it has none
 *
 * The fetches from the moment at which some run, or wait to, until none does any more:
 * what a person takes for one piece of work. The rest of it belongs to the functions
 * below.
 */
typedef struct
{
  guint   n_fetches;
  guint   n_ended;
  guint   n_failed;
  guint64 received;
  double  work;
  gint64  began;
  gint64  ended;
  gint64  last_duration;

  /*< private >*/
  gint64  sampled;
  guint64 sampled_received;
  double  sampled_work;
  double  bytes_per_second;
  double  work_per_second;
} MorselBatch;

void     morsel_batch_begin (MorselBatch *self, gint64 now);
void     morsel_batch_sample (MorselBatch *self, gint64 now);
gboolean morsel_batch_is_running (const MorselBatch *self);
double   morsel_batch_get_fraction (const MorselBatch *self);
double   morsel_batch_get_speed (const MorselBatch *self);
gint64   morsel_batch_get_time_left (const MorselBatch *self);

G_END_DECLS
