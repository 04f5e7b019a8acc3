/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/morsel-frame-gaps.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_FRAME_PLOT (morsel_frame_plot_get_type ())

G_DECLARE_FINAL_TYPE (MorselFramePlot, morsel_frame_plot, MORSEL, FRAME_PLOT, GtkWidget)

void morsel_frame_plot_set_is_running (MorselFramePlot *self, gboolean is_running);
void morsel_frame_plot_set_compact (MorselFramePlot *self, gboolean is_compact);
void morsel_frame_plot_reset (MorselFramePlot *self);
MorselFrameGaps *morsel_frame_plot_get_gaps (MorselFramePlot *self);

G_END_DECLS
