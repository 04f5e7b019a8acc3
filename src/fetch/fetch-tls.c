/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-tls-private.h"

#include <gio/gio.h>
#include <pthread.h>

#ifdef HAVE_OPENSSL
#  include <openssl/ssl.h>
#  include <openssl/x509v3.h>

#  include "fetch/fetch-staple-private.h"
#endif

/*
 * What libcurl does not tell of a secure connection: which certificate the server has
 * shown, and what is wrong with it. That is asked of OpenSSL, if libcurl uses it. libcurl
 * verifies as it does without us; nothing in here makes it accept more. It accepts less:
 * what is revoked, if the server itself brings the proof.
 */

FetchTls *
fetch_tls_copy (const FetchTls *self)
{
  FetchTls *copy = g_new (FetchTls, 1);

  *copy = *self;
  copy->version = g_strdup (self->version);
  copy->cipher = g_strdup (self->cipher);
  copy->subject = g_strdup (self->subject);
  copy->issuer = g_strdup (self->issuer);
  copy->names = g_strdupv (self->names);

  return copy;
}

void
fetch_tls_free (FetchTls *self)
{
  g_free (self->version);
  g_free (self->cipher);
  g_free (self->subject);
  g_free (self->issuer);
  g_strfreev (self->names);
  g_free (self);
}

FetchHandshake *
fetch_handshake_new (void)
{
  FetchHandshake *self = g_new0 (FetchHandshake, 1);

  self->ref_count = 1;

  return self;
}

void
fetch_handshake_unref (FetchHandshake *self)
{
  if (--self->ref_count > 0)
    return;

  g_clear_pointer (&self->tls, fetch_tls_free);
  g_clear_pointer (&self->faulty, fetch_tls_free);
  g_free (self);
}

/* What comes now is another one. */
void
fetch_handshake_forget (FetchHandshake *self)
{
  g_clear_pointer (&self->tls, fetch_tls_free);
  g_clear_pointer (&self->faulty, fetch_tls_free);
  self->problem = FETCH_CERTIFICATE_IS_FINE;
}

#ifdef HAVE_OPENSSL

/* A certificate may have more names than anybody reads. */
#  define MAX_NAMES 100

static gboolean
uses_openssl (void)
{
  static int uses = -1; /* I/O threads only, and each finds the same */

  if (g_atomic_int_get (&uses) < 0)
    {
      const curl_version_info_data *version = curl_version_info (CURLVERSION_NOW);

      g_atomic_int_set (&uses, version->ssl_version != NULL &&
                                   g_str_has_prefix (version->ssl_version, "OpenSSL/"));
    }

  return g_atomic_int_get (&uses);
}

/* NULL for none, which is a valid name. */
static char *
text_of_name (const X509_NAME *name)
{
  BIO  *memory = BIO_new (BIO_s_mem ());
  char *text;
  char *bytes;
  long  length;

  X509_NAME_print_ex (memory, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  length = BIO_get_mem_data (memory, &bytes);
  text = length > 0 ? g_strndup (bytes, length) : NULL;
  BIO_free (memory);

  return text;
}

static gint64
seconds_of_time (const ASN1_TIME *time)
{
  struct tm parts;

  return ASN1_TIME_to_tm (time, &parts) == 1 ? (gint64) timegm (&parts) : 0;
}

static char *
text_of_address (const ASN1_OCTET_STRING *address)
{
  int           length = ASN1_STRING_length (address);
  GSocketFamily family = length == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6;
  GInetAddress *inet;
  char         *text;

  if (length != 4 && length != 16)
    return NULL;

  inet = g_inet_address_new_from_bytes (ASN1_STRING_get0_data (address), family);
  text = g_inet_address_to_string (inet);
  g_object_unref (inet);

  return text;
}

static char **
names_of (X509 *certificate)
{
  GENERAL_NAMES *names = X509_get_ext_d2i (certificate, NID_subject_alt_name, NULL, NULL);
  GPtrArray     *texts = g_ptr_array_new ();

  for (int i = 0; i < sk_GENERAL_NAME_num (names) && texts->len < MAX_NAMES; i++)
    {
      const GENERAL_NAME *name = sk_GENERAL_NAME_value (names, i);
      char               *text = NULL;

      if (name->type == GEN_DNS)
        text = g_strndup ((const char *) ASN1_STRING_get0_data (name->d.dNSName),
                          ASN1_STRING_length (name->d.dNSName));
      else if (name->type == GEN_IPADD)
        text = text_of_address (name->d.iPAddress);
      if (text != NULL)
        g_ptr_array_add (texts, text);
    }
  GENERAL_NAMES_free (names);
  g_ptr_array_add (texts, NULL);

  return (char **) g_ptr_array_free (texts, FALSE);
}

static FetchTls *
facts_of (SSL *ssl, X509 *certificate)
{
  FetchTls *self = g_new0 (FetchTls, 1);

  /* While they still agree on it, there is none. */
  if (SSL_is_init_finished (ssl))
    {
      self->version = g_strdup (SSL_get_version (ssl));
      self->cipher = g_strdup (SSL_get_cipher_name (ssl));
    }
  if (certificate == NULL)
    {
      self->names = g_new0 (char *, 1);
      return self;
    }

  self->subject = text_of_name (X509_get_subject_name (certificate));
  self->issuer = text_of_name (X509_get_issuer_name (certificate));
  self->names = names_of (certificate);
  self->valid_from = seconds_of_time (X509_get0_notBefore (certificate));
  self->expires = seconds_of_time (X509_get0_notAfter (certificate));

  return self;
}

static FetchCertificateProblem
problem_of (int error)
{
  switch (error)
    {
    case X509_V_OK:
      return FETCH_CERTIFICATE_IS_FINE;

    case X509_V_ERR_CERT_HAS_EXPIRED:
      return FETCH_CERTIFICATE_IS_EXPIRED;

    case X509_V_ERR_CERT_NOT_YET_VALID:
      return FETCH_CERTIFICATE_IS_NOT_YET_VALID;

    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return FETCH_CERTIFICATE_IS_SELF_SIGNED;

    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED:
      return FETCH_CERTIFICATE_IS_OF_UNKNOWN_AUTHORITY;

    case X509_V_ERR_CERT_REVOKED:
      return FETCH_CERTIFICATE_IS_REVOKED;

    default:
      return FETCH_CERTIFICATE_IS_BAD;
    }
}

static void
context_freed_cb (void           *context G_GNUC_UNUSED,
                  void           *handshake,
                  CRYPTO_EX_DATA *data G_GNUC_UNUSED,
                  int             index G_GNUC_UNUSED,
                  long            argument G_GNUC_UNUSED,
                  void           *pointer G_GNUC_UNUSED)
{
  if (handshake != NULL)
    fetch_handshake_unref (handshake);
}

static int handshake_index;

static void
make_handshake_index (void)
{
  handshake_index = SSL_CTX_get_ex_new_index (0, NULL, NULL, NULL, context_freed_cb);
}

static int
get_handshake_index (void)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;

  pthread_once (&once, make_handshake_index);

  return handshake_index;
}

static FetchHandshake *
handshake_of (SSL *ssl)
{
  return SSL_CTX_get_ex_data (SSL_get_SSL_CTX (ssl), get_handshake_index ());
}

static void
set_problem (FetchHandshake *self, SSL *ssl, X509_STORE_CTX *store)
{
  X509 *current = X509_STORE_CTX_get_current_cert (store);

  self->problem = problem_of (X509_STORE_CTX_get_error (store));
  if (X509_STORE_CTX_get_error_depth (store) > 0 && current != NULL)
    self->faulty = facts_of (ssl, current);
}

/* Called for each certificate of the chain; it looks, and does not judge. */
static int
verified_cb (int is_ok, X509_STORE_CTX *store)
{
  SSL *ssl = X509_STORE_CTX_get_ex_data (store, SSL_get_ex_data_X509_STORE_CTX_idx ());
  FetchHandshake *handshake = handshake_of (ssl);
  X509           *own = X509_STORE_CTX_get0_cert (store);

  if (handshake->tls == NULL && own != NULL)
    handshake->tls = facts_of (ssl, own);
  if (!is_ok && handshake->problem == FETCH_CERTIFICATE_IS_FINE)
    set_problem (handshake, ssl, store);

  return is_ok;
}

/* Called when the chain is verified, and what may be stapled to it has come. A session
 * that is resumed has no certificates: they were looked at when it began. */
static int
stapled_cb (SSL *ssl, void *user_data G_GNUC_UNUSED)
{
  FetchHandshake *handshake = handshake_of (ssl);
  const X509     *own = SSL_get0_peer_certificate (ssl);
  FetchStaple     staple;

  if (SSL_session_reused (ssl) || own == NULL)
    return 1;

  staple = fetch_staple_read (ssl);
  if (staple == FETCH_STAPLE_REVOKED)
    handshake->problem = FETCH_CERTIFICATE_IS_REVOKED;
  else if (staple == FETCH_STAPLE_NONE && fetch_staple_is_promised (own))
    handshake->problem = FETCH_CERTIFICATE_LACKS_STAPLE;

  return handshake->problem == FETCH_CERTIFICATE_IS_FINE;
}

/* libcurl asks for a staple only where it would refuse whoever has none. */
static void
ask_for_staple (SSL_CTX *context)
{
  SSL_CTX_set_tlsext_status_type (context, TLSEXT_STATUSTYPE_ocsp);
  SSL_CTX_set_tlsext_status_cb (context, stapled_cb);
}

static CURLcode
context_cb (CURL *easy G_GNUC_UNUSED, void *context, void *user_data)
{
  FetchHandshake *handshake = user_data;

  fetch_handshake_forget (handshake);
  handshake->started = g_get_monotonic_time ();
  handshake->ref_count++;
  SSL_CTX_set_ex_data (context, get_handshake_index (), handshake);
  SSL_CTX_set_verify (context, SSL_CTX_get_verify_mode (context), verified_cb);
  if (SSL_CTX_get_verify_mode (context) != SSL_VERIFY_NONE)
    ask_for_staple (context);

  return CURLE_OK;
}

/* The easy handle does not keep the handshake. */
void
fetch_tls_listen (CURL *easy, FetchHandshake *handshake)
{
  if (!uses_openssl ())
    return;

  curl_easy_setopt (easy, CURLOPT_SSL_CTX_FUNCTION, context_cb);
  curl_easy_setopt (easy, CURLOPT_SSL_CTX_DATA, handshake);
}

/* While an answer arrives: NULL if the connection is not secured. */
FetchTls *
fetch_tls_of_connection (CURL *easy)
{
  struct curl_tlssessioninfo *info = NULL;
  X509                       *certificate;
  FetchTls                   *self;

  if (!uses_openssl () ||
      curl_easy_getinfo (easy, CURLINFO_TLS_SSL_PTR, &info) != CURLE_OK || info == NULL ||
      info->backend != CURLSSLBACKEND_OPENSSL || info->internals == NULL)
    return NULL;

  certificate = SSL_get1_peer_certificate (info->internals);
  self = facts_of (info->internals, certificate);
  X509_free (certificate);

  return self;
}

#else

void
fetch_tls_listen (CURL *easy G_GNUC_UNUSED, FetchHandshake *handshake G_GNUC_UNUSED)
{
}

FetchTls *
fetch_tls_of_connection (CURL *easy G_GNUC_UNUSED)
{
  return NULL;
}

#endif
