/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MORSEL_TYPE_PROGRESS_TRACK (morsel_progress_track_get_type ())

G_DECLARE_FINAL_TYPE (MorselProgressTrack,
                      morsel_progress_track,
                      MORSEL,
                      PROGRESS_TRACK,
                      GtkWidget)

void morsel_progress_track_set_fraction (MorselProgressTrack *self, double fraction);
void morsel_progress_track_pulse (MorselProgressTrack *self);

G_END_DECLS
