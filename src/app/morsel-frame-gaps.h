/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MorselFrameGaps MorselFrameGaps;

/**
 * MORSEL_FRAME_GAPS_N_SLOTS:
 *
 * How many slots of time are remembered.
 */
#define MORSEL_FRAME_GAPS_N_SLOTS 50

/**
 * MORSEL_FRAME_GAPS_SLOT:
 *
 * How long a slot is, in microseconds.
 */
#define MORSEL_FRAME_GAPS_SLOT (100 * G_TIME_SPAN_MILLISECOND)

MorselFrameGaps *morsel_frame_gaps_new (void);
void             morsel_frame_gaps_free (MorselFrameGaps *self);

void morsel_frame_gaps_add (MorselFrameGaps *self, gint64 gap);
void morsel_frame_gaps_reset (MorselFrameGaps *self);

guint  morsel_frame_gaps_get_n_gaps (MorselFrameGaps *self);
gint64 morsel_frame_gaps_get_worst (MorselFrameGaps *self);
gint64 morsel_frame_gaps_get_percentile (MorselFrameGaps *self, guint percentage);
gint64 morsel_frame_gaps_get_slot (MorselFrameGaps *self, guint age);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MorselFrameGaps, morsel_frame_gaps_free)

G_END_DECLS
