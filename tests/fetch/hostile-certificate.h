/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <openssl/ssl.h>

/*
 * The certificates of the hostile server, made when the test starts: none of them is in
 * the tree, where it would expire one day.
 *
 * Those that are not said to be otherwise are signed by an authority of their own, and
 * are for the names good.test, 127.0.0.1 and ::1.
 */
typedef enum
{
  HOSTILE_CERTIFICATE_GOOD,
  HOSTILE_CERTIFICATE_EXPIRED,
  HOSTILE_CERTIFICATE_FUTURE,
  HOSTILE_CERTIFICATE_WRONG_NAME,
  HOSTILE_CERTIFICATE_SELF_SIGNED,
  HOSTILE_CERTIFICATE_UNKNOWN_AUTHORITY,
  HOSTILE_CERTIFICATE_EXPIRED_AUTHORITY, /* signed by one between */
  HOSTILE_CERTIFICATE_FUTURE_AUTHORITY,
  HOSTILE_CERTIFICATE_UNKNOWN_ABOVE, /* signed by one whom a stranger signed */
  HOSTILE_CERTIFICATE_NAMELESS_AUTHORITY,
  HOSTILE_CERTIFICATE_NAMELESS_ABOVE,
  HOSTILE_CERTIFICATE_REVOKED, /* with a staple that says so */
  HOSTILE_CERTIFICATE_REVOKED_BY_STRANGER,
  HOSTILE_CERTIFICATE_REVOKED_LONG_AGO, /* in a staple that is no longer valid */
  HOSTILE_CERTIFICATE_STAPLED,          /* as it says that it always is */
  HOSTILE_CERTIFICATE_LACKS_STAPLE,     /* though it says that it has one */
  HOSTILE_CERTIFICATE_WITH_LIST,        /* of revoked ones, at an address */
  HOSTILE_N_CERTIFICATES,
} HostileCertificate;

void        hostile_certificates_make (void);
void        hostile_certificates_free (void);
const char *hostile_certificates_get_ca_file (void);

void hostile_certificate_use (HostileCertificate certificate, SSL_CTX *context);
