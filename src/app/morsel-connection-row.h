/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "fetch/fetch-result.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_CONNECTION_ROW (morsel_connection_row_get_type ())

G_DECLARE_FINAL_TYPE (MorselConnectionRow,
                      morsel_connection_row,
                      MORSEL,
                      CONNECTION_ROW,
                      AdwExpanderRow)

void morsel_connection_row_set_result (MorselConnectionRow *self, FetchResult *result);

G_END_DECLS
