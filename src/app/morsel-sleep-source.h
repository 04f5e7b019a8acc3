/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

GSource *morsel_sleep_source_new (void);
gint64   morsel_sleep_source_take (GSource *source);

G_END_DECLS
