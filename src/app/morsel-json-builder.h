/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

void  morsel_json_add_text (JsonBuilder *builder, const char *name, const char *text);
void  morsel_json_add_number (JsonBuilder *builder, const char *name, gint64 number);
char *morsel_json_to_line (JsonBuilder *builder);

G_END_DECLS
