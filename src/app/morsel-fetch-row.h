/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/morsel-fetch.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_FETCH_ROW (morsel_fetch_row_get_type ())

G_DECLARE_FINAL_TYPE (MorselFetchRow, morsel_fetch_row, MORSEL, FETCH_ROW, GtkWidget)

GtkWidget   *morsel_fetch_row_new (void);
void         morsel_fetch_row_set_fetch (MorselFetchRow *self, MorselFetch *fetch);
MorselFetch *morsel_fetch_row_get_fetch (MorselFetchRow *self);

G_END_DECLS
