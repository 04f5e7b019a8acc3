/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "backgroundcall/backgroundcall.h"

G_BEGIN_DECLS

typedef struct _MorselHistoryPlace MorselHistoryPlace;

MorselHistoryPlace *morsel_history_place_new (const char *path);
void                morsel_history_place_unref (MorselHistoryPlace *self);

BackgroundCall *morsel_history_place_read (MorselHistoryPlace *self);
BackgroundCall *morsel_history_place_write (MorselHistoryPlace *self,
                                            GPtrArray          *records,
                                            gboolean            keeps_tokens);

G_END_DECLS
