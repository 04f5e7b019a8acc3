/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "fetch/fetch-result.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_HEADERS_ROW (morsel_headers_row_get_type ())

G_DECLARE_FINAL_TYPE (MorselHeadersRow,
                      morsel_headers_row,
                      MORSEL,
                      HEADERS_ROW,
                      AdwExpanderRow)

void morsel_headers_row_set_result (MorselHeadersRow *self, FetchResult *result);

G_END_DECLS
