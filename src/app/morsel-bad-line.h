/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "fetch/fetch-address-list.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_BAD_LINE (morsel_bad_line_get_type ())

G_DECLARE_FINAL_TYPE (MorselBadLine, morsel_bad_line, MORSEL, BAD_LINE, GObject)

MorselBadLine *morsel_bad_line_new (const FetchBadLine *line);

char       *morsel_bad_line_dup_place (MorselBadLine *self);
const char *morsel_bad_line_get_text (MorselBadLine *self);
void        morsel_bad_line_set_text (MorselBadLine *self, const char *text);
const char *morsel_bad_line_get_message (MorselBadLine *self);
gboolean    morsel_bad_line_is_mended (MorselBadLine *self);

G_END_DECLS
