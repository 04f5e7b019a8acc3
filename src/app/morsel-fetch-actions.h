/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "app/morsel-fetch-starter.h"
#include "app/morsel-list-page.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_FETCH_ACTIONS (morsel_fetch_actions_get_type ())

G_DECLARE_FINAL_TYPE (MorselFetchActions,
                      morsel_fetch_actions,
                      MORSEL,
                      FETCH_ACTIONS,
                      GObject)

MorselFetchActions *morsel_fetch_actions_new (AdwApplicationWindow *window,
                                              AdwToastOverlay      *toasts,
                                              MorselListPage       *list_page,
                                              MorselFetchList      *list,
                                              MorselFetchStarter   *starter);

G_END_DECLS
