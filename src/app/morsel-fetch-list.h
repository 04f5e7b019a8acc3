/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "app/morsel-batch.h"
#include "app/morsel-fetch.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_FETCH_LIST (morsel_fetch_list_get_type ())

G_DECLARE_FINAL_TYPE (MorselFetchList, morsel_fetch_list, MORSEL, FETCH_LIST, GObject)

MorselFetchList *morsel_fetch_list_new (void);

void morsel_fetch_list_await (MorselFetchList *self, guint n_fetches);
void morsel_fetch_list_arrived (MorselFetchList *self, guint n_fetches);
void morsel_fetch_list_append (MorselFetchList *self, GPtrArray *fetches);
void morsel_fetch_list_remove (MorselFetchList *self, GPtrArray *fetches);
void morsel_fetch_list_restore (MorselFetchList *self, GPtrArray *fetches);

guint morsel_fetch_list_count (MorselFetchList *self, MorselFetchState state);
const MorselBatch *morsel_fetch_list_get_batch (MorselFetchList *self);

G_END_DECLS
