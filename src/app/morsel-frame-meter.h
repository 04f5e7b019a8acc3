/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MORSEL_TYPE_FRAME_METER (morsel_frame_meter_get_type ())

G_DECLARE_FINAL_TYPE (MorselFrameMeter,
                      morsel_frame_meter,
                      MORSEL,
                      FRAME_METER,
                      GtkButton)

void morsel_frame_meter_set_is_running (MorselFrameMeter *self, gboolean is_running);
void morsel_frame_meter_set_compact (MorselFrameMeter *self, gboolean is_compact);
void morsel_frame_meter_reset (MorselFrameMeter *self);

G_END_DECLS
