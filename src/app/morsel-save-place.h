/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void  morsel_save_place_ask_async (GtkWindow          *window,
                                   const char         *folder,
                                   const char         *name,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data);
char *morsel_save_place_ask_finish (GAsyncResult *result,
                                    gboolean     *replaces,
                                    GError      **error);

G_END_DECLS
