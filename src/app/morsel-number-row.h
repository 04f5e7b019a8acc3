/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MORSEL_TYPE_NUMBER_ROW (morsel_number_row_get_type ())

G_DECLARE_FINAL_TYPE (MorselNumberRow,
                      morsel_number_row,
                      MORSEL,
                      NUMBER_ROW,
                      AdwActionRow)

void morsel_number_row_bind (MorselNumberRow *self, GSettings *settings, const char *key);

G_END_DECLS
