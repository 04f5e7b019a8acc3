/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A line at the bottom of a terminal that says how far things are, and leaves nothing
 * behind. Where standard error is not a terminal, it does nothing. */
typedef struct _MorselStatusLine MorselStatusLine;

MorselStatusLine *morsel_status_line_new (void);
void              morsel_status_line_free (MorselStatusLine *self);

void morsel_status_line_show (MorselStatusLine *self, const char *text);
void morsel_status_line_hide (MorselStatusLine *self);

G_END_DECLS
