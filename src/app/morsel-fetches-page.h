/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "app/morsel-list-page.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_FETCHES_PAGE (morsel_fetches_page_get_type ())

G_DECLARE_FINAL_TYPE (MorselFetchesPage,
                      morsel_fetches_page,
                      MORSEL,
                      FETCHES_PAGE,
                      AdwBin)

GtkWidget *morsel_fetches_page_new (GSettings *settings, MorselFetchList *fetches);

MorselListPage *morsel_fetches_page_get_list_page (MorselFetchesPage *self);

void morsel_fetches_page_show_typed (MorselFetchesPage *self, MorselFetch *fetch);
void morsel_fetches_page_show_list (MorselFetchesPage *self);

G_END_DECLS
