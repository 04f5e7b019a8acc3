/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "app/morsel-fetch-list.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_STATUS_BAR (morsel_status_bar_get_type ())

G_DECLARE_FINAL_TYPE (MorselStatusBar, morsel_status_bar, MORSEL, STATUS_BAR, AdwBin)

void morsel_status_bar_set_narrow (MorselStatusBar *self, gboolean is_narrow);
void morsel_status_bar_set_shows_meter (MorselStatusBar *self, gboolean shows_meter);
void morsel_status_bar_show (MorselStatusBar *self, MorselFetchList *list);

G_END_DECLS
