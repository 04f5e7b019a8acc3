/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "app/morsel-fetch-filter.h"
#include "app/morsel-fetch-list.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_FILTER_BAR (morsel_filter_bar_get_type ())

G_DECLARE_FINAL_TYPE (MorselFilterBar, morsel_filter_bar, MORSEL, FILTER_BAR, GtkWidget)

void morsel_filter_bar_show_counts (MorselFilterBar *self, MorselFetchList *list);
MorselShownFetches morsel_filter_bar_get_shown (MorselFilterBar *self);
void morsel_filter_bar_set_shown (MorselFilterBar *self, MorselShownFetches shown);

G_END_DECLS
