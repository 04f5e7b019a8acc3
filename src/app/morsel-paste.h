/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MorselPasteFunc:
 * @text: what was pasted: several lines
 * @user_data: what was given with the function
 *
 * Takes a list that somebody has pasted into an entry.
 */
typedef void (*MorselPasteFunc) (const char *text, gpointer user_data);

void morsel_paste_watch (GtkEntry *entry, MorselPasteFunc func, gpointer user_data);

G_END_DECLS
