/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/morsel-bad-line.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_BAD_LINE_ROW (morsel_bad_line_row_get_type ())

G_DECLARE_FINAL_TYPE (MorselBadLineRow,
                      morsel_bad_line_row,
                      MORSEL,
                      BAD_LINE_ROW,
                      GtkWidget)

GtkWidget *morsel_bad_line_row_new (void);
void       morsel_bad_line_row_set_line (MorselBadLineRow *self, MorselBadLine *line);

G_END_DECLS
