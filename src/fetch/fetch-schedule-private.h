/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-transfer-private.h"

G_BEGIN_DECLS

FetchSchedule *fetch_schedule_new (void);
void           fetch_schedule_free (FetchSchedule *self);
void           fetch_schedule_set_time (FetchSchedule *self, gint64 now);
void           fetch_schedule_set_limits (FetchSchedule *self,
                                          guint          max_transfers,
                                          guint          max_transfers_per_host,
                                          guint          max_in_all,
                                          gint64         delay);

void     fetch_schedule_add (FetchSchedule *self, FetchTransfer *transfer);
gboolean fetch_schedule_remove (FetchSchedule *self, FetchTransfer *transfer);
void     fetch_schedule_move_to_front (FetchSchedule *self, FetchTransfer *transfer);
FetchTransfer *fetch_schedule_start_next (FetchSchedule *self);
void           fetch_schedule_end (FetchSchedule *self, FetchTransfer *transfer);
FetchTransfer *fetch_schedule_take_any (FetchSchedule *self);

gint64   fetch_schedule_get_next_due (FetchSchedule *self);
gboolean fetch_schedule_lacks_places (FetchSchedule *self);
void     fetch_schedule_set_slow (FetchSchedule *self,
                                  FetchTransfer *transfer,
                                  gboolean       is_slow);
void     fetch_schedule_accept (FetchSchedule *self, const char *name, gint64 started);
gboolean fetch_schedule_refuse (FetchSchedule *self,
                                const char    *name,
                                gint64         started,
                                gint64         retry_after,
                                gint64        *held_until);

G_END_DECLS
