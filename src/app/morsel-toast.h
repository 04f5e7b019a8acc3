/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void morsel_toast_show_at_once (AdwToastOverlay *toasts, AdwToast *toast);
void morsel_toast_dismiss_at_once (AdwToastOverlay *toasts, AdwToast *toast);

G_END_DECLS
