/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void morsel_window_size_keep (GtkWindow *window, GSettings *settings);

G_END_DECLS
