/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "app/morsel-fetch.h"

G_BEGIN_DECLS

/**
 * MorselSortKey:
 * @MORSEL_SORT_ADDED: when it was added
 * @MORSEL_SORT_STATE: how it is
 * @MORSEL_SORT_ADDRESS: the address, host first
 * @MORSEL_SORT_TYPE: the type that the server says
 * @MORSEL_SORT_SIZE: the size of the body
 * @MORSEL_SORT_TIME: how long it took
 * @MORSEL_SORT_PROGRESS: how far it is
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
  MORSEL_SORT_PROGRESS,
} MorselSortKey;

#define MORSEL_TYPE_SORT_KEY (morsel_sort_key_get_type ())

GType    morsel_sort_key_get_type (void);
gboolean morsel_sort_key_can_change (MorselSortKey key);

/**
 * MorselSortValue:
 * @number: what is compared first
 * @text: (nullable): what is compared if the numbers are the same
 *
 * What a fetch is sorted by, as it was when somebody looked.
 */
typedef struct
{
  guint64 number;
  char   *text;
} MorselSortValue;

MorselSortValue morsel_sort_value_of (MorselSortKey key, MorselFetch *fetch);
void            morsel_sort_value_clear (MorselSortValue *self);
int morsel_sort_value_compare (const MorselSortValue *self, const MorselSortValue *other);

G_END_DECLS
