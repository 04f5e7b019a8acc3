/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

GtkWidget *morsel_copy_button_new (const char *tooltip);

void morsel_copy_text (GtkWidget *widget, const char *text, const char *told);
void morsel_copy_texture (GtkWidget *widget, GdkTexture *texture, const char *told);

G_END_DECLS
