/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "backgroundcall/backgroundcall.h"

G_BEGIN_DECLS

/* A part of a file on its way to the disk. */
typedef struct _FetchSync FetchSync;

BackgroundPool *fetch_disk_get_pool (void);

FetchSync *fetch_sync_begin (int fd, guint64 size);
void       fetch_sync_unref (FetchSync *self);
gboolean   fetch_sync_is_done (FetchSync *self, guint64 *size, int *error_number);

G_END_DECLS
