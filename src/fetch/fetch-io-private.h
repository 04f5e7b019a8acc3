/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-proxy-private.h"
#include "fetch/fetch-sockets-private.h"
#include "fetch/fetch-transfer-private.h"

G_BEGIN_DECLS

FetchIo *fetch_io_new (guint max_transfers,
                       guint max_transfers_per_host,
                       guint max_in_all);
FetchIo *fetch_io_ref (FetchIo *self);
void     fetch_io_unref (FetchIo *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FetchIo, fetch_io_unref)

gpointer fetch_io_run (BackgroundPromise *promise, gpointer io, GError **error);

/* I/O thread only. */
FetchSockets *fetch_io_get_sockets (FetchIo *self);
FetchProxies *fetch_io_get_proxies (FetchIo *self);
CURLSH       *fetch_io_get_share (FetchIo *self);

/* I/O thread only: there is something to show, unless it is all there in a moment. */
void fetch_io_note_interim (FetchIo *self, FetchTransfer *transfer);

/* I/O thread only: how much a transfer may decode before the others have their turn, and
 * what it has decoded; and that it goes on in the next turn, as libcurl is paused. */
gsize fetch_io_get_work_left (FetchIo *self);
void  fetch_io_count_work (FetchIo *self, gsize work);
void  fetch_io_pause_decoding (FetchIo *self, FetchTransfer *transfer);

void fetch_io_tell (FetchIo *self, FetchTransfer *transfer);
void fetch_io_set_limits (FetchIo *self,
                          guint    max_transfers,
                          guint    max_transfers_per_host,
                          guint    max_in_all);
void fetch_io_set_delay (FetchIo *self, gint64 delay);
void fetch_io_stay_quiet (FetchIo *self, gint64 until);
void fetch_io_take_back (FetchIo *self, FetchResult *result);
void fetch_io_close (FetchIo *self);

G_END_DECLS
