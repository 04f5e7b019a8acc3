/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* In fetch-charset-name.c. */
const char *fetch_charset_find_by_label (const char *label);

/* In fetch-charset-declared.c. */
const char *fetch_charset_declared_by_type (const char *content_type);
const char *fetch_charset_declared_by_text (const char *bytes,
                                            gsize       size,
                                            const char *content_type);

/* In fetch-charset-guess.c. */
const char *fetch_charset_guess_wide (const char *bytes, gsize size, gboolean is_cut);
const char *fetch_charset_guess_legacy (const char *bytes, gsize size, gboolean is_cut);

G_END_DECLS
