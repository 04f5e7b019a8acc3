/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *fetch_url_normalize_host (const char *text, gsize length);

G_END_DECLS
