/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "app/morsel-application.h"
#include "app/morsel-fetch.h"
#include "demo/demo-server.h"

G_BEGIN_DECLS

/* The window of the program, with a server to fetch from. */
typedef struct
{
  DemoServer   *server;
  MorselWindow *window; /* NULL if it was closed */
  char         *folder; /* for files, of those tests that need one */
} Fixture;

void window_fixture_set_up (Fixture *fixture, gconstpointer data);
void window_fixture_tear_down (Fixture *fixture, gconstpointer data);

void set_window_size (int width, int height);
void open_window (Fixture *fixture);
void close_window (Fixture *fixture);

guint        count_fetches (Fixture *fixture);
MorselFetch *get_fetch (Fixture *fixture, guint position);
GtkWidget   *find_label (Fixture *fixture, const char *start);
GtkWindow   *find_other_window (Fixture *fixture);

G_END_DECLS
