/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * MorselShownFetches:
 * @MORSEL_SHOWN_ALL: all of them
 * @MORSEL_SHOWN_RUNNING: those that run, or wait for their turn
 * @MORSEL_SHOWN_DONE: those that got what they asked for
 * @MORSEL_SHOWN_FAILED: those that got a no, or no answer, and those that were cancelled
 *
 * Which fetches of a list are shown.
 */
typedef enum
{
  MORSEL_SHOWN_ALL,
  MORSEL_SHOWN_RUNNING,
  MORSEL_SHOWN_DONE,
  MORSEL_SHOWN_FAILED,
} MorselShownFetches;

/**
 * MORSEL_N_SHOWN:
 *
 * How many choices there are.
 */
#define MORSEL_N_SHOWN (MORSEL_SHOWN_FAILED + 1)

#define MORSEL_TYPE_FETCH_FILTER (morsel_fetch_filter_get_type ())

G_DECLARE_FINAL_TYPE (MorselFetchFilter,
                      morsel_fetch_filter,
                      MORSEL,
                      FETCH_FILTER,
                      GtkFilter)

GtkFilter *morsel_fetch_filter_new (void);

void morsel_fetch_filter_set_shown (MorselFetchFilter *self, MorselShownFetches shown);
void morsel_fetch_filter_set_search (MorselFetchFilter *self, const char *search);

G_END_DECLS
