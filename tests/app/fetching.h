/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "app/morsel-fetch-list.h"
#include "app/morsel-fetch.h"
#include "demo/demo-server.h"

G_BEGIN_DECLS

/* A list of fetches, without a window: from the demo server, or made up. */
typedef struct
{
  DemoServer   *server;
  FetchSession *session;
  GListStore   *fetches; /* of MorselFetch */
  char         *folder;  /* for files */
} Fetching;

void fetching_set_up (Fetching *fetching, gconstpointer data);
void fetching_tear_down (Fetching *fetching, gconstpointer data);

char         *fetching_get_path (Fetching *fetching, const char *name);
FetchRequest *fetching_new_request (Fetching *fetching, const char *path);
MorselFetch *fetching_begin (Fetching *fetching, MorselFetchList *list, const char *path);
MorselFetch *fetching_add (Fetching *fetching, FetchRequest *request);
MorselFetch *fetching_add_path (Fetching *fetching, const char *path);
void         fetching_fill (Fetching *fetching, MorselFetch *like, guint n_fetches);

void fetching_remove_folder (const char *path);

G_END_DECLS
