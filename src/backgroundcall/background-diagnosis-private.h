/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BackgroundPromise BackgroundPromise;

void background_diagnosis_queued (BackgroundPromise *promise);
void background_diagnosis_started (BackgroundPromise *promise);
void background_diagnosis_done (BackgroundPromise *promise, const GError *error);

gint64 background_diagnosis_callback_begins (void);
void   background_diagnosis_callback_ends (BackgroundPromise *promise, gint64 begin);

G_END_DECLS
