/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-hops-private.h"

G_BEGIN_DECLS

gboolean fetch_header_sets_cookie (const char *line, gsize length);
gboolean fetch_header_is_bad_length (char **first, const char *line, gsize length);
gboolean fetch_header_has_coding (const char *line, gsize length);
char    *fetch_header_dup_codings (FetchHops *hops);
char    *fetch_header_dup_content_codings (FetchHops *hops);
gint64   fetch_header_get_length (FetchHops *hops);

gboolean fetch_header_begins_at (const char *content_range, guint64 offset);
gint64   fetch_header_get_full_size (const char *content_range);
gboolean fetch_header_goes_on (FetchHops  *hops,
                               const char *entity,
                               guint64     offset,
                               gint64      full_size);

G_END_DECLS
