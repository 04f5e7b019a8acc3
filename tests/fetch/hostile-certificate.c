/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hostile-certificate.h"

#include <glib/gstdio.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define DAY (24 * 60 * 60)

typedef struct
{
  X509     *x509;
  EVP_PKEY *key;
} Pair;

/* Who signs. */
typedef enum
{
  BY_AUTHORITY,
  BY_STRANGER,
  BY_ITSELF,
  BY_EXPIRED_ONE, /* whom the authority signed, as the next ones */
  BY_FUTURE_ONE,
  BY_STRANGERS_ONE, /* whom the stranger signed */
  BY_NAMELESS,
  BY_NAMELESS_ONE, /* whom the nameless one signed */
  N_SIGNERS,
} Signer;

typedef enum
{
  STAPLE_NONE,
  STAPLE_GOOD,
  STAPLE_REVOKED,
  STAPLE_REVOKED_BY_STRANGER,
  STAPLE_REVOKED_LONG_AGO,
} Staple;

typedef struct
{
  const char *names;      /* NULL: it is an authority */
  int         valid_from; /* in days from now */
  int         valid_until;
  Signer      signer;
  Staple      staple;
  gboolean    promises_staple;
  const char *list_of_revoked; /* where it is; NULL: nowhere */
} Content;

#define OWN_NAMES "DNS:good.test, IP:127.0.0.1, IP:::1"

static const Content contents[HOSTILE_N_CERTIFICATES] = {
  [HOSTILE_CERTIFICATE_GOOD] = { OWN_NAMES, -1, 1 },
  [HOSTILE_CERTIFICATE_EXPIRED] = { OWN_NAMES, -10, -5 },
  [HOSTILE_CERTIFICATE_FUTURE] = { OWN_NAMES, 5, 10 },
  [HOSTILE_CERTIFICATE_WRONG_NAME] = { "DNS:other.test", -1, 1 },
  [HOSTILE_CERTIFICATE_SELF_SIGNED] = { OWN_NAMES, -1, 1, .signer = BY_ITSELF },
  [HOSTILE_CERTIFICATE_UNKNOWN_AUTHORITY] = { OWN_NAMES, -1, 1, .signer = BY_STRANGER },
  [HOSTILE_CERTIFICATE_EXPIRED_AUTHORITY] = { OWN_NAMES, -1, 1,
                                              .signer = BY_EXPIRED_ONE },
  [HOSTILE_CERTIFICATE_FUTURE_AUTHORITY] = { OWN_NAMES, -1, 1, .signer = BY_FUTURE_ONE },
  [HOSTILE_CERTIFICATE_UNKNOWN_ABOVE] = { OWN_NAMES, -1, 1, .signer = BY_STRANGERS_ONE },
  [HOSTILE_CERTIFICATE_NAMELESS_AUTHORITY] = { OWN_NAMES, -1, 1, .signer = BY_NAMELESS },
  [HOSTILE_CERTIFICATE_NAMELESS_ABOVE] = { OWN_NAMES, -1, 1, .signer = BY_NAMELESS_ONE },
  [HOSTILE_CERTIFICATE_REVOKED] = { OWN_NAMES, -1, 1, .staple = STAPLE_REVOKED },
  [HOSTILE_CERTIFICATE_REVOKED_BY_STRANGER] = { OWN_NAMES, -1, 1,
                                                .staple = STAPLE_REVOKED_BY_STRANGER },
  [HOSTILE_CERTIFICATE_REVOKED_LONG_AGO] = { OWN_NAMES, -1, 1,
                                             .staple = STAPLE_REVOKED_LONG_AGO },
  [HOSTILE_CERTIFICATE_STAPLED] = { OWN_NAMES, -1, 1, .staple = STAPLE_GOOD,
                                    .promises_staple = TRUE },
  [HOSTILE_CERTIFICATE_LACKS_STAPLE] = { OWN_NAMES, -1, 1, .promises_staple = TRUE },
  [HOSTILE_CERTIFICATE_WITH_LIST] = { OWN_NAMES, -1, 1,
                                      .list_of_revoked = "URI:http://127.0.0.1:1/list" },
};

static const Content signer_contents[N_SIGNERS] = {
  [BY_AUTHORITY] = { .valid_from = -20, .valid_until = 20 },
  [BY_STRANGER] = { .valid_from = -20, .valid_until = 20 },
  [BY_EXPIRED_ONE] = { .valid_from = -20, .valid_until = -3, .signer = BY_AUTHORITY },
  [BY_FUTURE_ONE] = { .valid_from = 3, .valid_until = 20, .signer = BY_AUTHORITY },
  [BY_STRANGERS_ONE] = { .valid_from = -20, .valid_until = 20, .signer = BY_STRANGER },
  [BY_NAMELESS] = { .valid_from = -20, .valid_until = 20, .signer = BY_ITSELF },
  [BY_NAMELESS_ONE] = { .valid_from = -20, .valid_until = 20, .signer = BY_NAMELESS },
};

static const char *const signer_names[N_SIGNERS] = {
  [BY_AUTHORITY] = "Hostile Authority",  [BY_STRANGER] = "Unknown Authority",
  [BY_EXPIRED_ONE] = "Expired One",      [BY_FUTURE_ONE] = "Future One",
  [BY_STRANGERS_ONE] = "Stranger’s One",
};

/* Written before any server starts, and only read while one runs. */
static Pair  pairs[HOSTILE_N_CERTIFICATES];
static Pair  signers[N_SIGNERS];
static char *folder;
static char *ca_file;

static void
add_extension (X509 *x509, int kind, const char *value)
{
  X509_EXTENSION *extension = X509V3_EXT_conf_nid (NULL, NULL, kind, value);

  g_assert_nonnull (extension);
  g_assert_cmpint (X509_add_ext (x509, extension, -1), ==, 1);
  X509_EXTENSION_free (extension);
}

/* Signed by itself, if there is no signer. */
static Pair
make_pair (const char *common_name, const Content *content, const Pair *signer)
{
  static int serial_number;
  Pair       pair = { .x509 = X509_new (), .key = EVP_EC_gen ("P-256") };
  X509_NAME *name = X509_get_subject_name (pair.x509);

  X509_set_version (pair.x509, X509_VERSION_3);
  ASN1_INTEGER_set (X509_get_serialNumber (pair.x509), ++serial_number);
  X509_gmtime_adj (X509_getm_notBefore (pair.x509), content->valid_from * DAY);
  X509_gmtime_adj (X509_getm_notAfter (pair.x509), content->valid_until * DAY);
  if (common_name != NULL)
    X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_UTF8,
                                (const unsigned char *) common_name, -1, -1, 0);
  X509_set_issuer_name (pair.x509,
                        signer != NULL ? X509_get_subject_name (signer->x509) : name);
  X509_set_pubkey (pair.x509, pair.key);
  if (content->names != NULL)
    add_extension (pair.x509, NID_subject_alt_name, content->names);
  else
    add_extension (pair.x509, NID_basic_constraints, "critical,CA:TRUE");
  if (content->promises_staple)
    add_extension (pair.x509, NID_tlsfeature, "status_request");
  if (content->list_of_revoked != NULL)
    add_extension (pair.x509, NID_crl_distribution_points, content->list_of_revoked);
  g_assert_cmpint (
      X509_sign (pair.x509, signer != NULL ? signer->key : pair.key, EVP_sha256 ()), >,
      0);

  return pair;
}

static void
pair_clear (Pair *pair)
{
  g_clear_pointer (&pair->x509, X509_free);
  g_clear_pointer (&pair->key, EVP_PKEY_free);
}

static void
write_ca_file (const Pair *authority)
{
  FILE *file;

  folder = g_dir_make_tmp ("hostile-XXXXXX", NULL);
  ca_file = g_build_filename (folder, "authority.pem", NULL);
  file = g_fopen (ca_file, "w");
  g_assert_cmpint (PEM_write_X509 (file, authority->x509), ==, 1);
  fclose (file);
}

/* Makes all of them, and a file with the authority that signs the good ones. */
void
hostile_certificates_make (void)
{
  for (Signer i = 0; i < N_SIGNERS; i++)
    if (i != BY_ITSELF)
      signers[i] = make_pair (signer_names[i], &signer_contents[i],
                              i > BY_ITSELF && signer_contents[i].signer != BY_ITSELF
                                  ? &signers[signer_contents[i].signer]
                                  : NULL);
  for (int i = 0; i < HOSTILE_N_CERTIFICATES; i++)
    pairs[i] = make_pair ("Hostile Server", &contents[i],
                          contents[i].signer != BY_ITSELF ? &signers[contents[i].signer]
                                                          : NULL);

  write_ca_file (&signers[BY_AUTHORITY]);
}

void
hostile_certificates_free (void)
{
  for (int i = 0; i < HOSTILE_N_CERTIFICATES; i++)
    pair_clear (&pairs[i]);
  for (int i = 0; i < N_SIGNERS; i++)
    pair_clear (&signers[i]);

  g_unlink (ca_file);
  g_rmdir (folder);
  g_clear_pointer (&ca_file, g_free);
  g_clear_pointer (&folder, g_free);
}

/* A PEM file with the one authority that the good certificate needs. */
const char *
hostile_certificates_get_ca_file (void)
{
  return ca_file;
}

/* What an authority says of a certificate, from then until then. */
static OCSP_BASICRESP *
make_answer (HostileCertificate certificate, int status, int first_day, int last_day)
{
  const Pair     *authority = &signers[BY_AUTHORITY];
  const Pair     *signer = contents[certificate].staple == STAPLE_REVOKED_BY_STRANGER
                               ? &signers[BY_STRANGER]
                               : authority;
  OCSP_BASICRESP *answer = OCSP_BASICRESP_new ();
  OCSP_CERTID    *id = OCSP_cert_to_id (NULL, pairs[certificate].x509, authority->x509);
  ASN1_TIME      *from = X509_gmtime_adj (NULL, first_day * DAY);
  ASN1_TIME      *until = X509_gmtime_adj (NULL, last_day * DAY);

  g_assert_nonnull (OCSP_basic_add1_status (
      answer, id, status, OCSP_REVOKED_STATUS_KEYCOMPROMISE, from, from, until));
  g_assert_cmpint (
      OCSP_basic_sign (answer, signer->x509, signer->key, EVP_sha256 (), NULL, 0), ==, 1);
  OCSP_CERTID_free (id);
  ASN1_TIME_free (from);
  ASN1_TIME_free (until);

  return answer;
}

/* In the server, for each client that asks for it. */
static int
staple_cb (SSL *ssl, void *data)
{
  HostileCertificate certificate = GPOINTER_TO_INT (data);
  Staple             staple = contents[certificate].staple;
  gboolean           is_old = staple == STAPLE_REVOKED_LONG_AGO;
  OCSP_BASICRESP    *answer = make_answer (certificate,
                                        staple == STAPLE_GOOD ? V_OCSP_CERTSTATUS_GOOD
                                                                 : V_OCSP_CERTSTATUS_REVOKED,
                                        is_old ? -9 : -1, is_old ? -8 : 1);
  OCSP_RESPONSE     *response = OCSP_response_create (OCSP_RESPONSE_STATUS_SUCCESSFUL,
                                                      answer);
  unsigned char     *bytes = NULL;
  int                size = i2d_OCSP_RESPONSE (response, &bytes);

  g_assert_cmpint (size, >, 0);
  SSL_set_tlsext_status_ocsp_resp (ssl, bytes, size);
  OCSP_RESPONSE_free (response);
  OCSP_BASICRESP_free (answer);

  return SSL_TLSEXT_ERR_OK;
}

void
hostile_certificate_use (HostileCertificate certificate, SSL_CTX *context)
{
  const Content *content = &contents[certificate];

  g_assert_cmpint (SSL_CTX_use_certificate (context, pairs[certificate].x509), ==, 1);
  g_assert_cmpint (SSL_CTX_use_PrivateKey (context, pairs[certificate].key), ==, 1);
  if (content->signer > BY_ITSELF)
    g_assert_cmpint (SSL_CTX_add1_chain_cert (context, signers[content->signer].x509), ==,
                     1);
  if (content->staple != STAPLE_NONE)
    {
      SSL_CTX_set_tlsext_status_cb (context, staple_cb);
      SSL_CTX_set_tlsext_status_arg (context, GINT_TO_POINTER (certificate));
    }
}
