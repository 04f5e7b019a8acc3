/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void morsel_save_again (GtkWindow *window, GPtrArray *fetches);

G_END_DECLS
