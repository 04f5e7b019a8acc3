/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Tells whether writing is to be given up. */
typedef gboolean (*FetchStreamFunc) (gpointer user_data);

int fetch_stream_write (int             fd,
                        const char     *bytes,
                        gsize           length,
                        FetchStreamFunc is_cancelled,
                        gpointer        user_data);

G_END_DECLS
