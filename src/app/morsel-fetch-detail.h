/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "app/morsel-fetch.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_FETCH_DETAIL (morsel_fetch_detail_get_type ())

G_DECLARE_FINAL_TYPE (MorselFetchDetail,
                      morsel_fetch_detail,
                      MORSEL,
                      FETCH_DETAIL,
                      AdwBin)

void morsel_fetch_detail_set_fetch (MorselFetchDetail *self, MorselFetch *fetch);

void morsel_fetch_detail_focus_button (MorselFetchDetail *self);

G_END_DECLS
