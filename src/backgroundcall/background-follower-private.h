/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BackgroundPromise  BackgroundPromise;
typedef struct _BackgroundFollower BackgroundFollower;

/* Called once, when the call is done, in whichever thread that happens: it must not wait,
 * and no lock is held. */
typedef void (*BackgroundFollowerFunc) (BackgroundPromise *promise, gpointer data);

void background_follower_add (BackgroundPromise     *promise,
                              BackgroundFollowerFunc func,
                              gpointer               data);
void background_follower_tell_all (BackgroundPromise *promise);

G_END_DECLS
