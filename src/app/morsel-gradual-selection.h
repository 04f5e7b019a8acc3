/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define MORSEL_TYPE_GRADUAL_SELECTION (morsel_gradual_selection_get_type ())

G_DECLARE_FINAL_TYPE (MorselGradualSelection,
                      morsel_gradual_selection,
                      MORSEL,
                      GRADUAL_SELECTION,
                      GObject)

MorselGradualSelection *morsel_gradual_selection_new (GtkSelectionModel *model);

void morsel_gradual_selection_show_all (MorselGradualSelection *self);

G_END_DECLS
