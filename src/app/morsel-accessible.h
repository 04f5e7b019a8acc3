/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void morsel_accessible_name_parts (GtkWidget *root);
void morsel_accessible_name_button (GtkButton *button);
void morsel_accessible_name_row (AdwPreferencesRow *row);
void morsel_accessible_name_lists (GtkWidget *root, const char *name);
void morsel_accessible_describe (GtkWidget *widget, const char *description);
void morsel_accessible_set_error (GtkWidget *widget, const char *message);

G_END_DECLS
