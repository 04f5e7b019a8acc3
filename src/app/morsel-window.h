/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "app/morsel-settings.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_WINDOW (morsel_window_get_type ())

G_DECLARE_FINAL_TYPE (MorselWindow, morsel_window, MORSEL, WINDOW, AdwApplicationWindow)

MorselWindow *morsel_window_new (GtkApplication *application,
                                 MorselSettings *settings,
                                 FetchSession   *session);

gboolean    morsel_window_fetch (MorselWindow *self, const char *text, GError **error);
void        morsel_window_fetch_all (MorselWindow *self, const char *const *texts);
void        morsel_window_open (MorselWindow *self, GPtrArray *files);
void        morsel_window_paste (MorselWindow *self, const char *text);
GListModel *morsel_window_get_fetches (MorselWindow *self);

G_END_DECLS
