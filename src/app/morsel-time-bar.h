/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MORSEL_TYPE_TIME_BAR (morsel_time_bar_get_type ())

G_DECLARE_FINAL_TYPE (MorselTimeBar, morsel_time_bar, MORSEL, TIME_BAR, GtkWidget)

void morsel_time_bar_set_span (MorselTimeBar *self,
                               double         start,
                               double         end,
                               const char    *words);

G_END_DECLS
