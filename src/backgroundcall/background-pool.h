/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "backgroundcall/background-export.h"

G_BEGIN_DECLS

#define BACKGROUND_TYPE_POOL (background_pool_get_type ())

typedef struct _BackgroundPool BackgroundPool;

/**
 * BACKGROUND_POOL_DEFAULT_MAX_THREADS:
 *
 * How many threads of a pool work at once, unless told otherwise.
 */
#define BACKGROUND_POOL_DEFAULT_MAX_THREADS 64

BACKGROUND_EXPORT
GType background_pool_get_type (void);

BACKGROUND_EXPORT
BackgroundPool *background_pool_get_default (void);

BACKGROUND_EXPORT
BackgroundPool *background_pool_new (const char *name, guint max_threads);

BACKGROUND_EXPORT
void background_pool_set_niceness (BackgroundPool *self, guint niceness);

BACKGROUND_EXPORT
BackgroundPool *background_pool_ref (BackgroundPool *self);

BACKGROUND_EXPORT
void background_pool_unref (BackgroundPool *self);

BACKGROUND_EXPORT
gboolean background_pool_drain (gint64 timeout);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BackgroundPool, background_pool_unref)

G_END_DECLS
