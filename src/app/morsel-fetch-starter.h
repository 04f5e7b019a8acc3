/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "app/morsel-fetch-list.h"
#include "app/morsel-settings.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_FETCH_STARTER (morsel_fetch_starter_get_type ())

G_DECLARE_FINAL_TYPE (MorselFetchStarter,
                      morsel_fetch_starter,
                      MORSEL,
                      FETCH_STARTER,
                      GObject)

MorselFetchStarter *morsel_fetch_starter_new (MorselSettings  *settings,
                                              FetchSession    *session,
                                              MorselFetchList *list);

MorselFetch *morsel_fetch_starter_start_request (MorselFetchStarter *self,
                                                 FetchRequest       *request);
MorselFetch *morsel_fetch_starter_start (MorselFetchStarter *self,
                                         const char         *address,
                                         GError            **error);
void         morsel_fetch_starter_start_all (MorselFetchStarter *self,
                                             const char *const  *addresses);
void morsel_fetch_starter_retry_all (MorselFetchStarter *self, GPtrArray *fetches);

G_END_DECLS
