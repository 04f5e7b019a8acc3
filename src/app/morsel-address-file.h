/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GBytes *morsel_address_file_read (GFile *file, GCancellable *cancellable, GError **error);

G_END_DECLS
