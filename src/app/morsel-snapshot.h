/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GPtrArray *morsel_snapshot_take (GListModel *fetches);
void       morsel_snapshot_take_async (GListModel         *fetches,
                                       GCancellable       *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);
GPtrArray *morsel_snapshot_take_finish (GAsyncResult *result, GError **error);

G_END_DECLS
