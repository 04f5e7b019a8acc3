/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Servers that can't prove who they are, or don't speak TLS as they should. */

#include <string.h>

#include "hostile-case.h"

/* A record that promises a ServerHello of 122 bytes, and some of them. */
static void
write_half_a_hello (HostileConnection *connection)
{
  static const char half[] = "\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03half a hello";
  char              byte;

  hostile_read (connection, &byte, 1);
  hostile_write (connection, half, sizeof half - 1);
}

static void
write_garbage (HostileConnection *connection)
{
  char byte;

  hostile_read (connection, &byte, 1);
  hostile_write_text (connection, HOSTILE_REPEAT_100 ("This is no TLS."));
}

static void
write_alert (HostileConnection *connection)
{
  static const char handshake_failure[] = "\x15\x03\x03\x00\x02\x02\x28";
  char              byte;

  hostile_read (connection, &byte, 1);
  hostile_write (connection, handshake_failure, sizeof handshake_failure - 1);
}

static void
write_plain_http (HostileConnection *connection)
{
  char byte;

  hostile_read (connection, &byte, 1);
  hostile_write_text (connection, "HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\n\r\n"
                                  "hello");
}

static void
await_hello (HostileConnection *connection)
{
  char byte;

  hostile_read (connection, &byte, 1);
}

/* A body under TLS, which goes on without it. */
static void
write_garbage_into_body (HostileConnection *connection)
{
  static const char garbage[] = "\x17\x03\x03\x00\x20This is no record that was sealed";

  hostile_write_text (connection, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
  hostile_write_under_tls (connection, garbage, sizeof garbage - 1);
}

#define HELLO_GOES_ON \
  .answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", .then = HOSTILE_GOES_ON

#define REFUSED(what, kind, message)                                             \
  {                                                                              \
    .name = "certificate/" what,                                                 \
    .server = { HELLO_GOES_ON, .certificate = HOSTILE_CERTIFICATE_##kind },      \
    .scheme = "https", .fails = TRUE, .code = FETCH_ERROR_TLS, .words = message, \
  }

#define VERIFIED(what, kind)                                                \
  {                                                                         \
    .name = "certificate/" what,                                            \
    .server = { HELLO_GOES_ON, .certificate = HOSTILE_CERTIFICATE_##kind }, \
    .scheme = "https", .status = 200, .first_bytes = "hello",               \
  }

#define ACCEPTED(what, kind)                                                          \
  {                                                                                   \
    .name = "certificate/" what,                                                      \
    .server = { HELLO_GOES_ON, .certificate = HOSTILE_CERTIFICATE_##kind },           \
    .scheme = "https", .trusts_anybody = TRUE, .status = 200, .first_bytes = "hello", \
  }

static const HostileCase cases[] = {
  {
      .name = "certificate/good",
      .server = { HELLO_GOES_ON },
      .scheme = "https",
      .status = 200,
      .first_bytes = "hello",
  },
  REFUSED ("expired", EXPIRED, "expired on"),
  REFUSED ("not-yet-valid", FUTURE, "is not valid before"),
  REFUSED ("wrong-name", WRONG_NAME, "for another name"),
  REFUSED ("self-signed", SELF_SIGNED, "signed by itself"),
  REFUSED ("unknown-authority", UNKNOWN_AUTHORITY, "unknown authority"),
  REFUSED ("expired-authority",
           EXPIRED_AUTHORITY,
           "authority behind the server’s, CN=Expired One, expired on"),
  REFUSED ("not-yet-valid-authority", FUTURE_AUTHORITY, "CN=Future One, is not valid"),
  REFUSED ("unknown-authority-above",
           UNKNOWN_ABOVE,
           "by an unknown authority: CN=Unknown Authority"),
  REFUSED ("nameless-authority", NAMELESS_AUTHORITY, "unknown authority: ?."),
  REFUSED ("nameless-authority-above", NAMELESS_ABOVE, "unknown authority: ?."),
  REFUSED ("revoked", REVOKED, "was revoked"),
  REFUSED ("must-staple-and-does-not", LACKS_STAPLE, "which the certificate promises"),
  VERIFIED ("must-staple-and-does", STAPLED),
  /* Whoever is not the authority can't revoke, and who says so once has to say it again:
   * that is as good as no staple, which is not asked for elsewhere, either. */
  VERIFIED ("revoked-by-a-stranger", REVOKED_BY_STRANGER),
  VERIFIED ("revoked-in-an-old-staple", REVOKED_LONG_AGO),
  /* Lists of revoked certificates are not fetched. */
  VERIFIED ("with-a-list-of-revoked-ones", WITH_LIST),
  ACCEPTED ("revoked-and-not-verified", REVOKED),
  ACCEPTED ("must-staple-and-not-verified", LACKS_STAPLE),
  {
      .name = "certificate/revoked/1.2",
      .server = { HELLO_GOES_ON, .certificate = HOSTILE_CERTIFICATE_REVOKED,
                  .max_tls_version = TLS1_2_VERSION },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_TLS,
      .words = "was revoked",
  },
  ACCEPTED ("expired-and-not-verified", EXPIRED),
  ACCEPTED ("not-yet-valid-and-not-verified", FUTURE),
  ACCEPTED ("wrong-name-and-not-verified", WRONG_NAME),
  ACCEPTED ("self-signed-and-not-verified", SELF_SIGNED),
  ACCEPTED ("unknown-authority-and-not-verified", UNKNOWN_AUTHORITY),
  {
      .name = "version/1.0-only",
      .server = { HELLO_GOES_ON, .max_tls_version = TLS1_VERSION },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_TLS,
  },
  {
      .name = "version/1.2-only",
      .server = { HELLO_GOES_ON, .max_tls_version = TLS1_2_VERSION },
      .scheme = "https",
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "cipher/none-at-all",
      .server = { HELLO_GOES_ON, .max_tls_version = TLS1_2_VERSION,
                  .cipher = "NULL-SHA256:ECDHE-ECDSA-NULL-SHA" },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_TLS,
  },
  {
      .name = "client-certificate/wanted-by-1.2",
      .server = { HELLO_GOES_ON, .max_tls_version = TLS1_2_VERSION,
                  .wants_client_certificate = TRUE },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_TLS,
  },
  /* In this version, the server says so when the client thinks that all is well. */
  {
      .name = "client-certificate/wanted-by-1.3",
      .server = { HELLO_GOES_ON, .wants_client_certificate = TRUE },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_TLS,
  },
  {
      .name = "handshake/closed",
      .server = { .on_accept = await_hello },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_TLS,
  },
  {
      .name = "handshake/reset",
      .server = { .on_accept = await_hello, .then = HOSTILE_RESETS },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_TLS,
  },
  {
      .name = "handshake/stalled",
      .server = { .on_accept = await_hello, .then = HOSTILE_STALLS },
      .scheme = "https",
      .connect_timeout = 300,
      .fails = TRUE,
      .code = FETCH_ERROR_TIMED_OUT,
      .words = "could not be reached",
  },
  {
      .name = "handshake/closed-in-the-middle",
      .server = { .on_accept = write_half_a_hello },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_TLS,
  },
  {
      .name = "handshake/reset-in-the-middle",
      .server = { .on_accept = write_half_a_hello, .then = HOSTILE_RESETS },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_TLS,
  },
  {
      .name = "handshake/stalled-in-the-middle",
      .server = { .on_accept = write_half_a_hello, .then = HOSTILE_STALLS },
      .scheme = "https",
      .connect_timeout = 300,
      .fails = TRUE,
      .code = FETCH_ERROR_TIMED_OUT,
      .words = "could not be reached",
  },
  {
      .name = "handshake/alert",
      .server = { .on_accept = write_alert },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_TLS,
  },
  {
      .name = "handshake/garbage",
      .server = { .on_accept = write_garbage },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_TLS,
  },
  {
      .name = "handshake/plain-http",
      .server = { .on_accept = write_plain_http },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_TLS,
  },
  {
      .name = "body/garbage",
      .server = { .on_request = write_garbage_into_body },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CUT_OFF,
      .status = 200,
      .first_bytes = "hello",
  },
};

void
hostile_tls_add (void)
{
  hostile_cases_add ("tls", cases);
}
