/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MorselPasteFunc:
 * @lines: (array zero-terminated=1): what was pasted: several lines, none of them empty
 * @user_data: what was given with the function
 *
 * Takes a list that somebody has pasted into an entry.
 */
typedef void (*MorselPasteFunc) (const char *const *lines, gpointer user_data);

void morsel_paste_watch (GtkEntry *entry, MorselPasteFunc func, gpointer user_data);

G_END_DECLS
