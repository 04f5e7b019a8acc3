/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-facts.h"

G_BEGIN_DECLS

/* The answers of a redirect chain, with their headers. It grows in one thread; once
 * others have it, it does not change any more, and what grows is a copy. */
typedef struct _FetchHops FetchHops;

FetchHops *fetch_hops_new (void);
FetchHops *fetch_hops_ref (FetchHops *self);
void       fetch_hops_unref (FetchHops *self);

void fetch_hops_make_own (FetchHops **self);
void fetch_hops_add (FetchHops *self, const char *url, const char *line, gsize length);
void fetch_hops_add_field (FetchHops *self, const char *line, gsize length);

guint       fetch_hops_get_length (FetchHops *self);
FetchHop    fetch_hops_get (FetchHops *self, guint position);
const char *fetch_hops_get_status_line (FetchHops *self);
int         fetch_hops_get_status (FetchHops *self);
guint       fetch_hops_count_fields (FetchHops *self, const char *name);
const char *fetch_hops_find_field (FetchHops *self, const char *name);

G_END_DECLS
