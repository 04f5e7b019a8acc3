/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MORSEL_TYPE_LAB_WINDOW (morsel_lab_window_get_type ())

G_DECLARE_FINAL_TYPE (MorselLabWindow, morsel_lab_window, MORSEL, LAB_WINDOW, AdwWindow)

MorselLabWindow *morsel_lab_window_new (GtkApplication *application, const char *url);

G_END_DECLS
