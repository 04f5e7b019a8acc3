/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

const char *fetch_charset_find (GBytes     *bytes,
                                const char *content_type,
                                gboolean    is_cut,
                                gsize      *bom_size);
char       *fetch_charset_to_utf8 (const char *charset,
                                   const char *bytes,
                                   gsize       size,
                                   gboolean    is_cut,
                                   gsize      *n_written);
gsize       fetch_charset_size_without_cut_character (const char *bytes, gsize size);

G_END_DECLS
