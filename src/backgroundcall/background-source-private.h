/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "backgroundcall/background-change-list.h"

G_BEGIN_DECLS

typedef struct _BackgroundPromise BackgroundPromise;
typedef struct _BackgroundSource  BackgroundSource;

BackgroundSource *background_source_ref_for_thread_default (void);
BackgroundSource *background_source_ref (BackgroundSource *self);
void              background_source_unref (BackgroundSource *self);

void background_source_tell_settled (BackgroundSource *self, BackgroundPromise *promise);
void background_source_tell_progress (BackgroundSource *self, BackgroundPromise *promise);

bool background_source_is_iterated_here (BackgroundSource *self);
bool background_source_is_orphaned (BackgroundSource *self);

G_END_DECLS
