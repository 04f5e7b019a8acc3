/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MORSEL_TYPE_MESSAGE_ROW (morsel_message_row_get_type ())

G_DECLARE_FINAL_TYPE (MorselMessageRow,
                      morsel_message_row,
                      MORSEL,
                      MESSAGE_ROW,
                      AdwPreferencesRow)

GtkWidget *morsel_message_row_new (AdwEntryRow *entry);

void morsel_message_row_show_message (MorselMessageRow *self, const char *message);

G_END_DECLS
