/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Redirects to nowhere, to everywhere, and for ever. */

#include <stdlib.h>
#include <string.h>

#include "hostile-case.h"

#define TO(location) \
  "HTTP/1.1 302 Found\r\nLocation: " location "\r\nContent-Length: 0\r\n\r\n"

/* To the address with a number that is one less; after that, to the good page. */
static void
redirect_1000_times (HostileConnection *connection)
{
  const char      *number = strrchr (hostile_get_path (connection), '/') + 1;
  int              n_left = g_ascii_isdigit (*number) ? atoi (number) : 999;
  g_autofree char *to_next = g_strdup_printf (TO ("/hostile/%d"), n_left - 1);

  hostile_write_text (connection, n_left == 0 ? TO ("/good") : to_next);
}

static void
redirect_to_100_kb (HostileConnection *connection)
{
  hostile_write_text (connection, "HTTP/1.1 302 Found\r\nLocation: /good?");
  for (int i = 0; i < 100; i++)
    hostile_write_text (connection, HOSTILE_REPEAT_100 ("xxxxxxxxxx"));
  hostile_write_text (connection, "\r\nContent-Length: 0\r\n\r\n");
}

/* Nobody waits for the end of what nobody reads. */
static void
redirect_with_endless_body (HostileConnection *connection)
{
  hostile_write_text (connection, "HTTP/1.1 302 Found\r\nLocation: /good\r\n\r\n");
  while (hostile_write_text (connection, HOSTILE_REPEAT_100 ("xxxxxxxxxx")))
    ;
}

#define FORBIDDEN(what, location)                                                  \
  {                                                                                \
    .name = "forbidden/" what,                                                     \
    .server = { .answer = TO (location), .then = HOSTILE_GOES_ON }, .fails = TRUE, \
    .code = FETCH_ERROR_BAD_REDIRECT, .status = 302,                               \
  }

#define FOLLOWED(what, location, end)                                              \
  {                                                                                \
    .name = "followed/" what,                                                      \
    .server = { .answer = TO (location), .then = HOSTILE_GOES_ON }, .status = 200, \
    .first_bytes = HOSTILE_GOOD_BODY, .n_redirects = 1, .url_ends_with = end,      \
  }

/* It is an error, and nobody wants more of it than is shown. */
static void
redirect_to_ftp_with_endless_body (HostileConnection *connection)
{
  hostile_write_text (connection,
                      "HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/\r\n\r\n");
  while (hostile_write_text (connection, HOSTILE_REPEAT_100 ("xxxxxxxxxx")))
    ;
}

static void
redirect_to_ftp_with_stalled_body (HostileConnection *connection)
{
  hostile_write_text (connection, "HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/\r\n"
                                  "Content-Length: 10\r\n\r\nhello");
  hostile_end (connection, HOSTILE_STALLS);
}

static const HostileCase cases[] = {
  {
      .name = "refused/peek",
      .server = { .answer = "HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/\r\n"
                            "Content-Length: 1000\r\n\r\n" HOSTILE_REPEAT_100 (
                                "xxxxxxxxxx"),
                  .then = HOSTILE_GOES_ON },
      .peeks = TRUE,
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_REDIRECT,
      .status = 302,
  },
  {
      .name = "refused/peek-at-nothing",
      .server = { .answer = "HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/\r\n"
                            "Content-Length: 5\r\n\r\nhello",
                  .then = HOSTILE_GOES_ON },
      .peeks = TRUE,
      .wants_no_bytes = TRUE,
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_REDIRECT,
      .status = 302,
  },
  {
      .name = "refused/endless-body",
      .server = { .on_request = redirect_to_ftp_with_endless_body },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_REDIRECT,
      .status = 302,
      .is_bounded = TRUE,
  },
  {
      .name = "refused/stalled-body",
      .server = { .on_request = redirect_to_ftp_with_stalled_body },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_REDIRECT,
      .status = 302,
  },
  {
      .name = "endless/to-itself",
      .server = { .answer = TO ("/hostile/page"), .then = HOSTILE_GOES_ON },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_REDIRECT,
      .words = "loop",
      .status = 302,
      .n_redirects = 10,
  },
  {
      .name = "endless/between-http-and-https",
      .server = { .answer = TO ("https://127.0.0.1:{tls-port}/hostile/page"),
                  .then = HOSTILE_GOES_ON },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_REDIRECT,
      .words = "loop",
      .status = 302,
      .n_redirects = 10,
  },
  {
      .name = "endless/1000-are-too-many",
      .server = { .on_request = redirect_1000_times, .then = HOSTILE_GOES_ON },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_REDIRECT,
      .words = "loop",
      .status = 302,
      .n_redirects = 10,
  },
  {
      .name = "followed/1000-where-they-are-allowed",
      .server = { .on_request = redirect_1000_times, .then = HOSTILE_GOES_ON },
      .max_redirects = 1000,
      .status = 200,
      .first_bytes = HOSTILE_GOOD_BODY,
      .n_redirects = 1000,
      .url_ends_with = "/good",
  },
  FORBIDDEN ("file", "file:///etc/passwd"),
  FORBIDDEN ("ftp", "ftp://127.0.0.1/etc/passwd"),
  FORBIDDEN ("gopher", "gopher://127.0.0.1:{port}/1"),
  FORBIDDEN ("data", "data:text/plain,hello"),
  FORBIDDEN ("javascript", "javascript:alert(1)"),
  FORBIDDEN ("dict", "dict://127.0.0.1:{port}/d:hello"),
  FORBIDDEN ("user-and-password", "http://user:secret@127.0.0.1:{port}/good"),
  FORBIDDEN ("user", "http://user@127.0.0.1:{port}/good"),
  FORBIDDEN ("no-host", "http://"),
  FORBIDDEN ("broken-ipv6-address", "http://[::1/good"),
  FORBIDDEN ("port-beyond-16-bits", "http://127.0.0.1:99999/good"),
  FORBIDDEN ("port-is-no-number", "http://127.0.0.1:port/good"),
  FOLLOWED ("relative", "../good", "/good"),
  FOLLOWED ("dots", "/./x/.././/../good", "/good"),
  FOLLOWED ("dots-above-the-root", "../../../../../../good", "/good"),
  FOLLOWED ("without-a-scheme", "//127.0.0.1:{port}/good", "/good"),
  FOLLOWED ("fragment", "/good#part", "/good#part"),
  FOLLOWED ("query", "/good?one=two", "/good?one=two"),
  FOLLOWED ("space", "/good?one two", "/good?one%20two"),
  FOLLOWED ("latin-1", "/good/\xe9", "/good/%E9"),
  FOLLOWED ("upper-case-scheme", "HTTP://127.0.0.1:{port}/good", "/good"),
  FOLLOWED ("name-in-another-script",
            "http://b\xc3\xbc"
            "cher.test:{port}/good",
            "/good"),
  FOLLOWED ("to-https", "https://127.0.0.1:{tls-port}/good", "/good"),
  {
      .name = "followed/to-http",
      .server = { .answer = TO ("http://127.0.0.1:{port}/good"),
                  .then = HOSTILE_GOES_ON },
      .scheme = "https",
      .status = 200,
      .first_bytes = HOSTILE_GOOD_BODY,
      .n_redirects = 1,
      .url_ends_with = "/good",
  },
  {
      .name = "followed/to-100-kb",
      .server = { .on_request = redirect_to_100_kb, .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = HOSTILE_GOOD_BODY,
      .n_redirects = 1,
  },
  {
      .name = "followed/as-308-with-a-body",
      .server = { .answer = "HTTP/1.1 308 Permanent Redirect\r\nLocation: /good\r\n"
                            "Content-Length: 5\r\n\r\nhello",
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = HOSTILE_GOOD_BODY,
      .n_redirects = 1,
  },
  {
      .name = "nowhere/empty",
      .server = { .answer = TO (""), .then = HOSTILE_GOES_ON },
      .status = 302,
      .first_bytes = "",
  },
  {
      .name = "nowhere/missing",
      .server = { .answer = "HTTP/1.1 302 Found\r\nContent-Length: 5\r\n\r\nhello",
                  .then = HOSTILE_GOES_ON },
      .status = 302,
      .first_bytes = "hello",
  },
  {
      .name = "nowhere/refused",
      .server = { .answer = TO ("http://127.0.0.1:{refused-port}/good"),
                  .then = HOSTILE_GOES_ON },
      .fails = TRUE,
      .code = FETCH_ERROR_CANNOT_CONNECT,
      .status = 302,
      .n_redirects = 1,
  },
  {
      .name = "nowhere/unknown-host",
      .server = { .answer = TO ("http://nowhere.test/good"), .then = HOSTILE_GOES_ON },
      .fails = TRUE,
      .code = FETCH_ERROR_NAME_NOT_FOUND,
      .status = 302,
      .n_redirects = 1,
  },
  {
      .name = "with-an-endless-body",
      .server = { .on_request = redirect_with_endless_body },
      .status = 200,
      .first_bytes = HOSTILE_GOOD_BODY,
      .n_redirects = 1,
      .is_bounded = TRUE,
  },
};

void
hostile_redirect_add (void)
{
  hostile_cases_add ("redirect", cases);
}
