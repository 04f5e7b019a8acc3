/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a server staples to its certificate, and the certificate itself: whatever they
 * are, they say something or nothing. */

#include "fuzz.h"

#include <openssl/ocsp.h>

#include "fetch/fetch-staple-private.h"

static STACK_OF (X509) * chain;

/* Instead of OpenSSL's: there is no handshake, and no signature that holds would be
 * found.
 */
STACK_OF (X509) * SSL_get0_verified_chain (const SSL *ssl G_GNUC_UNUSED)
{
  return chain;
}

int
OCSP_basic_verify (OCSP_BASICRESP *answers G_GNUC_UNUSED,
                   STACK_OF (X509) * certificates G_GNUC_UNUSED,
                   X509_STORE   *store G_GNUC_UNUSED,
                   unsigned long flags G_GNUC_UNUSED)
{
  return 1;
}

/* It has no key, so that an answer from the corpus is always for it. */
static void
add_certificate (const char *name, long serial)
{
  X509 *certificate = X509_new ();

  X509_NAME_add_entry_by_txt (X509_get_subject_name (certificate), "CN", MBSTRING_UTF8,
                              (const unsigned char *) name, -1, -1, 0);
  ASN1_INTEGER_set (X509_get_serialNumber (certificate), serial);
  sk_X509_push (chain, certificate);
}

static SSL *
get_connection (void)
{
  static SSL *ssl = NULL;

  if (ssl != NULL)
    return ssl;

  ssl = SSL_new (SSL_CTX_new (TLS_client_method ()));
  chain = sk_X509_new_null ();
  add_certificate ("Server", 1);
  add_certificate ("Authority", 2);

  return ssl;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  SSL                 *ssl = get_connection ();
  const unsigned char *bytes = data;
  X509                *certificate = d2i_X509 (NULL, &bytes, size);

  /* OpenSSL frees it with the next one. */
  SSL_set_tlsext_status_ocsp_resp (ssl, OPENSSL_memdup (data, size), size);
  g_assert_cmpint (fetch_staple_read (ssl), <=, FETCH_STAPLE_REVOKED);
  SSL_set_tlsext_status_ocsp_resp (ssl, NULL, 0);

  if (certificate != NULL)
    fetch_staple_is_promised (certificate);
  X509_free (certificate);

  return 0;
}
