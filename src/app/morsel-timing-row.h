/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "fetch/fetch-result.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_TIMING_ROW (morsel_timing_row_get_type ())

G_DECLARE_FINAL_TYPE (MorselTimingRow,
                      morsel_timing_row,
                      MORSEL,
                      TIMING_ROW,
                      AdwExpanderRow)

void morsel_timing_row_set_result (MorselTimingRow *self, FetchResult *result);

G_END_DECLS
