/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct _BackgroundPromise BackgroundPromise;

bool background_waiter_wait_until_done (BackgroundPromise *promise, gint64 deadline);
void background_waiter_wait_for_news (BackgroundPromise *promise, gint64 deadline);
bool background_waiter_iterate_until_done (BackgroundPromise *promise,
                                           gint64             deadline,
                                           GMainContext      *context);

/* Does what there is to do, or sleeps. Returns false to end the waiting. */
typedef bool (*BackgroundServeFunc) (gpointer data, gint64 deadline);
/* Ends the sleep. It is called in another thread, with a lock: it must not wait. */
typedef void (*BackgroundPokeFunc) (gpointer data);

void background_waiter_serve_until_done (BackgroundPromise  *promise,
                                         gint64              deadline,
                                         BackgroundServeFunc serve,
                                         BackgroundPokeFunc  poke,
                                         gpointer            data);

void background_waiter_wake_all (BackgroundPromise *promise);
void background_waiter_wake_for_news (BackgroundPromise *promise);

G_END_DECLS
