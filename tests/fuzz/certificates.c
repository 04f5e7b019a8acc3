/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The certificate of a server, in which anything may stand. */

#include "fuzz.h"

/* For the functions that a connection would be needed for. */
#include "fetch/fetch-tls.c"
#include "fetch/fetch-visible-text.h"

static SSL *
get_connection (void)
{
  static SSL *ssl = NULL;

  if (ssl == NULL)
    ssl = SSL_new (SSL_CTX_new (TLS_client_method ()));

  return ssl;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const unsigned char *bytes = data;
  X509                *certificate = d2i_X509 (NULL, &bytes, size);
  FetchTls            *tls = facts_of (get_connection (), certificate);
  FetchTls            *copy = fetch_tls_copy (tls);

  g_assert_cmpuint (g_strv_length (tls->names), <=, MAX_NAMES);
  g_assert_true (
      g_strv_equal ((const char *const *) tls->names, (const char *const *) copy->names));
  if (certificate != NULL)
    {
      g_autofree char *subject = tls->subject != NULL ? fetch_visible_line (tls->subject)
                                                      : NULL;

      g_assert_cmpstr (tls->subject, ==, copy->subject);
      g_assert_cmpstr (tls->issuer, ==, copy->issuer);
      if (subject != NULL)
        fuzz_assert_all_is_visible (subject);
    }

  fetch_tls_free (tls);
  fetch_tls_free (copy);
  X509_free (certificate);

  return 0;
}
