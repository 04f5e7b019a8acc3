/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BackgroundWake BackgroundWake;

BackgroundWake *background_wake_new (void);
BackgroundWake *background_wake_ref (BackgroundWake *self);
void            background_wake_unref (BackgroundWake *self);

void     background_wake_up (BackgroundWake *self);
gpointer background_wake_add_to_source (BackgroundWake *self, GSource *source);
void background_wake_acknowledge (BackgroundWake *self, GSource *source, gpointer tag);

G_END_DECLS
