/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-tls-private.h"

G_BEGIN_DECLS

char *fetch_certificate_explain (const FetchHandshake *handshake, const char *host);

G_END_DECLS
