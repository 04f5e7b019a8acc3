/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <openssl/ssl.h>

#include <glib.h>

G_BEGIN_DECLS

/* What a server has brought along from the authority that signed its certificate. */
typedef enum
{
  FETCH_STAPLE_NONE, /* nothing, or nothing that can be believed */
  FETCH_STAPLE_GOOD,
  FETCH_STAPLE_REVOKED,
} FetchStaple;

FetchStaple fetch_staple_read (SSL *ssl);
gboolean    fetch_staple_is_promised (const X509 *certificate);

G_END_DECLS
