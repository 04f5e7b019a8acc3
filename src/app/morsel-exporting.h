/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MORSEL_TYPE_EXPORTING (morsel_exporting_get_type ())

G_DECLARE_FINAL_TYPE (MorselExporting, morsel_exporting, MORSEL, EXPORTING, GObject)

MorselExporting *morsel_exporting_new (AdwApplicationWindow *window,
                                       AdwToastOverlay      *toasts,
                                       GListModel           *all,
                                       GtkSelectionModel    *shown);

G_END_DECLS
