/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "app/morsel-fetch-filter.h"
#include "app/morsel-fetch-list.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_LIST_PAGE (morsel_list_page_get_type ())

G_DECLARE_FINAL_TYPE (MorselListPage, morsel_list_page, MORSEL, LIST_PAGE, AdwBin)

void morsel_list_page_set_fetches (MorselListPage *self, MorselFetchList *fetches);

GPtrArray   *morsel_list_page_get_selected (MorselListPage *self);
guint        morsel_list_page_count_selected (MorselListPage *self);
MorselFetch *morsel_list_page_get_only_selected (MorselListPage *self);
guint        morsel_list_page_get_first_selected (MorselListPage *self);

GtkSelectionModel *morsel_list_page_get_shown (MorselListPage *self);

void morsel_list_page_show_all (MorselListPage *self);
void morsel_list_page_show_only (MorselListPage *self, MorselShownFetches shown);
void morsel_list_page_select (MorselListPage *self, MorselFetch *fetch);
void morsel_list_page_select_position (MorselListPage *self, guint position);
void morsel_list_page_focus (MorselListPage *self);
void morsel_list_page_scroll_to (MorselListPage *self, MorselFetch *fetch);
void morsel_list_page_search (MorselListPage *self);
void morsel_list_page_set_single_click (MorselListPage *self, gboolean single_click);

gboolean morsel_list_page_is_scrolled (MorselListPage *self);

G_END_DECLS
