/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "backgroundcall/background-call.h"

G_BEGIN_DECLS

guint background_watch_add (BackgroundPromise  *promise,
                            BackgroundCall     *call,
                            GObject            *owner,
                            BackgroundWatchFunc func,
                            gpointer            user_data,
                            GDestroyNotify      destroy);
void  background_watch_remove (BackgroundPromise *promise, guint id);
void  background_watch_visit (BackgroundPromise *promise);

G_END_DECLS
