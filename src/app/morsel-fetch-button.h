/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/morsel-fetch.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_FETCH_BUTTON (morsel_fetch_button_get_type ())
G_DECLARE_FINAL_TYPE (MorselFetchButton,
                      morsel_fetch_button,
                      MORSEL,
                      FETCH_BUTTON,
                      GtkButton)

void morsel_fetch_button_show (MorselFetchButton *self, MorselFetch *fetch);

const char *morsel_fetch_button_get_icon_name (MorselFetch *fetch);

G_END_DECLS
