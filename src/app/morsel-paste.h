/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MorselPasteFunc:
 * @text: (nullable): what was pasted
 * @user_data: what was given with the function
 *
 * Takes what somebody has pasted.
 */
typedef void (*MorselPasteFunc) (const char *text, gpointer user_data);

void morsel_paste_watch (GtkEntry *entry, MorselPasteFunc func, gpointer user_data);
void morsel_paste_when_active (GtkWindow      *window,
                               MorselPasteFunc func,
                               gpointer        user_data);

G_END_DECLS
