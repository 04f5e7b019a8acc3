/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BackgroundSnapshot BackgroundSnapshot;

BackgroundSnapshot *background_snapshot_new (gconstpointer first, gsize size);
void                background_snapshot_free (BackgroundSnapshot *self);

void background_snapshot_write (BackgroundSnapshot *self,
                                gconstpointer       source,
                                gsize               size);
void background_snapshot_read (BackgroundSnapshot *self, gpointer target, gsize size);

G_END_DECLS
