/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint morsel_interruption_watch (GSourceFunc callback, gpointer user_data);
int   morsel_interruption_get_signal (void);

G_END_DECLS
