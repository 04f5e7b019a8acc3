/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stdatomic.h>

G_BEGIN_DECLS

typedef struct _BackgroundInterim BackgroundInterim;

/* Interim results on their way, newest first. */
typedef _Atomic (BackgroundInterim *) BackgroundResults;

void       background_results_push (BackgroundResults *self,
                                    gpointer           result,
                                    GDestroyNotify     destroy);
GPtrArray *background_results_take (BackgroundResults *self);

G_END_DECLS
