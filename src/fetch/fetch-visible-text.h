/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean fetch_visible_is_hidden (gunichar character);
gboolean fetch_visible_is_plain (const char *text, gsize length);
char    *fetch_visible_text (const char *text, gssize length);
char    *fetch_visible_line (const char *text);

G_END_DECLS
