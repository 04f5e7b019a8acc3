/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "backgroundcall/background-combine.h"

G_BEGIN_DECLS

typedef struct _BackgroundPromise BackgroundPromise;
typedef struct _BackgroundRetry   BackgroundRetry;

BackgroundRetry *background_retry_new (guint               max_attempts,
                                       gint64              first_pause,
                                       BackgroundRetryFunc is_worth_it);
void             background_retry_free (BackgroundRetry *self);
bool             background_retry_later (BackgroundPromise *promise, const GError *error);

void background_retry_cancel (BackgroundPromise *promise);

G_END_DECLS
