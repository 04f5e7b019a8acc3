/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct _BackgroundPromise BackgroundPromise;
typedef struct _BackgroundSource  BackgroundSource;
typedef struct _BackgroundChange  BackgroundChange;

/* One piece of news about a promise, on its way to the main context. It is part of the
 * promise, so telling news costs no allocation, and it is on the way at most once. */
struct _BackgroundChange
{
  BackgroundChange *next;
  _Atomic (bool)    queued;
  guint16           offset; /* of this, in the promise */
};

BackgroundSource *background_source_ref_for_thread_default (void);
BackgroundSource *background_source_ref (BackgroundSource *self);
void              background_source_unref (BackgroundSource *self);

void background_source_tell_settled (BackgroundSource *self, BackgroundPromise *promise);
void background_source_tell_progress (BackgroundSource *self, BackgroundPromise *promise);

bool background_source_is_iterated_here (BackgroundSource *self);
bool background_source_is_orphaned (BackgroundSource *self);

G_END_DECLS
