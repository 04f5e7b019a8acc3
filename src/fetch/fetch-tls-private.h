/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <curl/curl.h>

#include "fetch/fetch-facts.h"

G_BEGIN_DECLS

/* Why a server's certificate was not accepted. */
typedef enum
{
  FETCH_CERTIFICATE_IS_FINE,
  FETCH_CERTIFICATE_IS_EXPIRED,
  FETCH_CERTIFICATE_IS_NOT_YET_VALID,
  FETCH_CERTIFICATE_IS_SELF_SIGNED,
  FETCH_CERTIFICATE_IS_OF_UNKNOWN_AUTHORITY,
  FETCH_CERTIFICATE_IS_REVOKED,
  FETCH_CERTIFICATE_LACKS_STAPLE,
  FETCH_CERTIFICATE_IS_BAD,
} FetchCertificateProblem;

/* What a handshake has shown, for one that fails there. It belongs to the transfer that
 * makes a connection, and to the connection, which may live on. I/O thread only. */
typedef struct
{
  guint                   ref_count;
  gint64                  started; /* on the monotonic clock; 0 if that is not known */
  FetchCertificateProblem problem;
  FetchTls               *tls; /* of the server's own certificate; NULL for none */
  FetchTls *faulty;            /* of the authority's that has the problem; NULL: none */
} FetchHandshake;

FetchHandshake *fetch_handshake_new (void);
void            fetch_handshake_unref (FetchHandshake *self);
void            fetch_handshake_forget (FetchHandshake *self);

void      fetch_tls_listen (CURL *easy, FetchHandshake *handshake);
FetchTls *fetch_tls_of_connection (CURL *easy);
FetchTls *fetch_tls_copy (const FetchTls *self);
void      fetch_tls_free (FetchTls *self);

G_END_DECLS
