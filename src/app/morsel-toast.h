/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void morsel_toast_show (GtkWidget *place, AdwToast *toast);
void morsel_toast_replace (AdwToast **kept, GtkWidget *place, AdwToast *toast);
void morsel_toast_withdraw (AdwToast **kept);

G_END_DECLS
