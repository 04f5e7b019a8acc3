/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-transfer-private.h"

G_BEGIN_DECLS

typedef struct _FetchSchedule FetchSchedule;

FetchSchedule *fetch_schedule_new (void);
void           fetch_schedule_free (FetchSchedule *self);
void           fetch_schedule_set_limits (FetchSchedule *self,
                                          guint          max_transfers,
                                          guint          max_transfers_per_host);

void     fetch_schedule_add (FetchSchedule *self, FetchTransfer *transfer);
gboolean fetch_schedule_remove (FetchSchedule *self, FetchTransfer *transfer);
void     fetch_schedule_move_to_front (FetchSchedule *self, FetchTransfer *transfer);
FetchTransfer *fetch_schedule_start_next (FetchSchedule *self);
void           fetch_schedule_end (FetchSchedule *self, FetchTransfer *transfer);
FetchTransfer *fetch_schedule_take_any (FetchSchedule *self);

G_END_DECLS
