/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hostile-certificate.h"

#include <glib/gstdio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define DAY (24 * 60 * 60)

typedef struct
{
  X509     *x509;
  EVP_PKEY *key;
} Pair;

typedef struct
{
  const char *names;      /* NULL: it is an authority */
  int         valid_from; /* in days from now */
  int         valid_until;
} Content;

#define OWN_NAMES "DNS:good.test, IP:127.0.0.1, IP:::1"

static const Content contents[HOSTILE_N_CERTIFICATES] = {
  [HOSTILE_CERTIFICATE_GOOD] = { OWN_NAMES, -1, 1 },
  [HOSTILE_CERTIFICATE_EXPIRED] = { OWN_NAMES, -10, -5 },
  [HOSTILE_CERTIFICATE_FUTURE] = { OWN_NAMES, 5, 10 },
  [HOSTILE_CERTIFICATE_WRONG_NAME] = { "DNS:other.test", -1, 1 },
  [HOSTILE_CERTIFICATE_SELF_SIGNED] = { OWN_NAMES, -1, 1 },
  [HOSTILE_CERTIFICATE_UNKNOWN_AUTHORITY] = { OWN_NAMES, -1, 1 },
};

/* Written before any server starts, and only read while one runs. */
static Pair  pairs[HOSTILE_N_CERTIFICATES];
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
  X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_UTF8,
                              (const unsigned char *) common_name, -1, -1, 0);
  X509_set_issuer_name (pair.x509,
                        signer != NULL ? X509_get_subject_name (signer->x509) : name);
  X509_set_pubkey (pair.x509, pair.key);
  if (content->names != NULL)
    add_extension (pair.x509, NID_subject_alt_name, content->names);
  else
    add_extension (pair.x509, NID_basic_constraints, "critical,CA:TRUE");
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
  static const Content authority_content = { .valid_from = -20, .valid_until = 20 };
  Pair authority = make_pair ("Hostile Authority", &authority_content, NULL);
  Pair stranger = make_pair ("Unknown Authority", &authority_content, NULL);

  for (int i = 0; i < HOSTILE_N_CERTIFICATES; i++)
    {
      const Pair *signer = &authority;

      if (i == HOSTILE_CERTIFICATE_SELF_SIGNED)
        signer = NULL;
      else if (i == HOSTILE_CERTIFICATE_UNKNOWN_AUTHORITY)
        signer = &stranger;
      pairs[i] = make_pair ("Hostile Server", &contents[i], signer);
    }

  write_ca_file (&authority);
  pair_clear (&authority);
  pair_clear (&stranger);
}

void
hostile_certificates_free (void)
{
  for (int i = 0; i < HOSTILE_N_CERTIFICATES; i++)
    pair_clear (&pairs[i]);

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

void
hostile_certificate_use (HostileCertificate certificate, SSL_CTX *context)
{
  g_assert_cmpint (SSL_CTX_use_certificate (context, pairs[certificate].x509), ==, 1);
  g_assert_cmpint (SSL_CTX_use_PrivateKey (context, pairs[certificate].key), ==, 1);
}
