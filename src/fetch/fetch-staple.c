/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-staple-private.h"

#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

/*
 * Whether a certificate was revoked, as its authority says in what the server staples to
 * it (OCSP). Nobody else is asked: that would tell the authority who looks at what, and
 * take its time. I/O threads only.
 */

/* How wrong our clock or theirs may be, in seconds. */
#define CLOCK_TOLERANCE 300

/* The “status_request” of RFC 7633. */
#define STATUS_REQUEST 5

/* Of the server's own certificate. An answer that is no longer valid says nothing. */
static FetchStaple
find_status (OCSP_BASICRESP *answers, X509 *certificate, const X509 *issuer)
{
  OCSP_CERTID          *id = OCSP_cert_to_id (NULL, certificate, issuer);
  ASN1_GENERALIZEDTIME *valid_from = NULL;
  ASN1_GENERALIZEDTIME *valid_until = NULL;
  FetchStaple           staple = FETCH_STAPLE_NONE;
  int                   status;

  if (id != NULL &&
      OCSP_resp_find_status (answers, id, &status, NULL, NULL, &valid_from,
                             &valid_until) == 1 &&
      OCSP_check_validity (valid_from, valid_until, CLOCK_TOLERANCE, -1) == 1)
    {
      if (status == V_OCSP_CERTSTATUS_GOOD)
        staple = FETCH_STAPLE_GOOD;
      else if (status == V_OCSP_CERTSTATUS_REVOKED)
        staple = FETCH_STAPLE_REVOKED;
    }
  OCSP_CERTID_free (id);

  return staple;
}

static FetchStaple
find_believed_status (SSL *ssl, OCSP_BASICRESP *answers)
{
  STACK_OF (X509) *chain = SSL_get0_verified_chain (ssl);
  X509_STORE *authorities = SSL_CTX_get_cert_store (SSL_get_SSL_CTX (ssl));

  if (sk_X509_num (chain) < 2 || OCSP_basic_verify (answers, chain, authorities, 0) <= 0)
    return FETCH_STAPLE_NONE;

  return find_status (answers, sk_X509_value (chain, 0), sk_X509_value (chain, 1));
}

/* When the chain of the server's certificate is verified. */
FetchStaple
fetch_staple_read (SSL *ssl)
{
  const unsigned char *bytes = NULL;
  long                 size = SSL_get_tlsext_status_ocsp_resp (ssl, &bytes);
  OCSP_RESPONSE       *response = NULL;
  OCSP_BASICRESP      *answers = NULL;
  FetchStaple          staple = FETCH_STAPLE_NONE;

  if (bytes != NULL && size > 0)
    response = d2i_OCSP_RESPONSE (NULL, &bytes, size);
  if (response != NULL &&
      OCSP_response_status (response) == OCSP_RESPONSE_STATUS_SUCCESSFUL)
    answers = OCSP_response_get1_basic (response);
  if (answers != NULL)
    staple = find_believed_status (ssl, answers);

  OCSP_BASICRESP_free (answers);
  OCSP_RESPONSE_free (response);

  return staple;
}

/* Whether the certificate says that it comes with a staple, always. */
gboolean
fetch_staple_is_promised (const X509 *certificate)
{
  TLS_FEATURE *features = X509_get_ext_d2i (certificate, NID_tlsfeature, NULL, NULL);
  gboolean     is_promised = FALSE;

  for (int i = 0; i < sk_ASN1_INTEGER_num (features); i++)
    if (ASN1_INTEGER_get (sk_ASN1_INTEGER_value (features, i)) == STATUS_REQUEST)
      is_promised = TRUE;
  TLS_FEATURE_free (features);

  return is_promised;
}
