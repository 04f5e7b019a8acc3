/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void morsel_announcer_prepare (GtkWidget *window);
void morsel_announce (GtkWidget *widget, const char *message);

G_END_DECLS
