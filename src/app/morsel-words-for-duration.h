/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *morsel_words_for_duration (gint64 microseconds);

G_END_DECLS
