/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/morsel-fetch.h"
#include "app/morsel-words-for-duration.h"

G_BEGIN_DECLS

char       *morsel_words_shorten (char *text);
char       *morsel_words_for_tooltip (MorselFetch *fetch);
char       *morsel_words_for_summary (MorselFetch *fetch);
char       *morsel_words_for_status (MorselFetch *fetch);
const char *morsel_words_for_state (MorselFetchState state);
const char *morsel_icon_for_state (MorselFetchState state);
const char *morsel_style_for_state (MorselFetchState state);
const char *morsel_color_for_state (MorselFetchState state);

GtkWidget *morsel_words_new_text_label (void);

G_END_DECLS
