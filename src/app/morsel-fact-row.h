/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MORSEL_TYPE_FACT_ROW (morsel_fact_row_get_type ())

G_DECLARE_FINAL_TYPE (MorselFactRow, morsel_fact_row, MORSEL, FACT_ROW, AdwPreferencesRow)

void morsel_fact_row_set_fact (MorselFactRow *self, const char *fact);

void morsel_fact_row_set_fact_from_network (MorselFactRow *self, const char *fact);

void morsel_fact_row_append_to (MorselFactRow *self, GString *text);

G_END_DECLS
