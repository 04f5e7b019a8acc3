/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void morsel_trouble_tell (AdwToastOverlay *toasts, const char *title, const char *detail);

G_END_DECLS
