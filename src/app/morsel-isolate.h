/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

char *morsel_isolate_foreign_words (const char *text);

G_END_DECLS
