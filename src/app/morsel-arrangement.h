/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

#include "app/morsel-fetch-list.h"
#include "app/morsel-sort-value.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_ARRANGEMENT (morsel_arrangement_get_type ())

G_DECLARE_FINAL_TYPE (MorselArrangement, morsel_arrangement, MORSEL, ARRANGEMENT, GObject)

MorselArrangement *morsel_arrangement_new (void);

void morsel_arrangement_set_list (MorselArrangement *self, MorselFetchList *list);
void morsel_arrangement_set_filter (MorselArrangement *self, GtkFilter *filter);
void morsel_arrangement_set_order (MorselArrangement *self,
                                   MorselSortKey      key,
                                   gboolean           descending);

void morsel_arrangement_set_steady (MorselArrangement *self, gboolean is_steady);

G_END_DECLS
