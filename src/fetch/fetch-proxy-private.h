/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-transfer-private.h"

G_BEGIN_DECLS

/* What the system's settings say about proxy servers. I/O thread only. */
typedef struct _FetchProxies FetchProxies;

FetchProxies *fetch_proxies_new (void);
void          fetch_proxies_free (FetchProxies *self);

gboolean       fetch_proxies_find (FetchProxies  *self,
                                   FetchTransfer *transfer,
                                   const char    *url);
void           fetch_proxies_remove (FetchProxies *self, FetchTransfer *transfer);
FetchTransfer *fetch_proxies_take_answered (FetchProxies *self, FetchTransfer *transfer);
FetchTransfer *fetch_proxies_take_overdue (FetchProxies *self);
FetchTransfer *fetch_proxies_get_next_due (FetchProxies *self);

G_END_DECLS
