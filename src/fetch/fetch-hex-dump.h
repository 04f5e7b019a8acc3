/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *fetch_hex_dump (GBytes *bytes);

G_END_DECLS
