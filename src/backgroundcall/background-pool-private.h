/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdbool.h>

#include "backgroundcall/background-pool.h"
#include "backgroundcall/background-promise.h"

G_BEGIN_DECLS

void background_pool_push (BackgroundPool *self, BackgroundPromise *promise);
bool background_pool_withdraw (BackgroundPool *self, BackgroundPromise *promise);

void background_pool_begin_finish (void);
void background_pool_delay_finish (void);
void background_pool_begin_wait (void);
void background_pool_end_wait (void);

G_END_DECLS
