/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MorselSortKey:
 * @MORSEL_SORT_ADDED: when it was added
 * @MORSEL_SORT_STATE: how it is
 * @MORSEL_SORT_ADDRESS: the address, host first
 * @MORSEL_SORT_TYPE: the type that the server says
 * @MORSEL_SORT_SIZE: the size of the body
 * @MORSEL_SORT_TIME: how long it took
 *
 * By what a list of fetches is sorted.
 */
typedef enum
{
  MORSEL_SORT_ADDED,
  MORSEL_SORT_STATE,
  MORSEL_SORT_ADDRESS,
  MORSEL_SORT_TYPE,
  MORSEL_SORT_SIZE,
  MORSEL_SORT_TIME,
} MorselSortKey;

#define MORSEL_TYPE_SORT_KEY (morsel_sort_key_get_type ())

GType morsel_sort_key_get_type (void);

#define MORSEL_TYPE_FETCH_SORTER (morsel_fetch_sorter_get_type ())

G_DECLARE_FINAL_TYPE (MorselFetchSorter,
                      morsel_fetch_sorter,
                      MORSEL,
                      FETCH_SORTER,
                      GtkSorter)

GtkSorter *morsel_fetch_sorter_new (MorselSortKey key, gboolean descending);

void morsel_fetch_sorter_fetches_changed (MorselFetchSorter *self);

G_END_DECLS
