/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-transfer-private.h"

G_BEGIN_DECLS

/* What the system's settings say about proxy servers, for one session. */
typedef struct _FetchProxies FetchProxies;

FetchProxies *fetch_proxies_new (void);
void          fetch_proxies_unref (FetchProxies *self);

void fetch_proxies_look_up (FetchProxies *self, FetchTransfer *transfer);

G_END_DECLS
