/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Answers that are no HTTP, or more of it than anybody needs. */

#include <string.h>

#include "hostile-case.h"

/* Before anybody has asked. */
static void
write_banner (HostileConnection *connection)
{
  hostile_write_text (connection, "SSH-2.0-OpenSSH_9.2p1\r\n");
}

static void
repeat (HostileConnection *connection, guint n_times, const char *text)
{
  g_autoptr (GString) block = g_string_new (NULL);

  /* Large blocks, so that the test does not take its time with small writes. */
  while (n_times > 0)
    {
      g_string_truncate (block, 0);
      for (; n_times > 0 && block->len < 64 * 1024; n_times--)
        g_string_append (block, text);
      if (!hostile_write (connection, block->str, block->len))
        return;
    }
}

static void
write_10_mib_in_a_line (HostileConnection *connection)
{
  hostile_write_text (connection, "HTTP/1.1 200 OK\r\nX-Long: ");
  repeat (connection, 10 * 1024, HOSTILE_REPEAT_100 ("xxxxxxxxxx"));
  hostile_write_text (connection, "\r\nContent-Length: 0\r\n\r\n");
}

static void
write_100_000_lines (HostileConnection *connection)
{
  hostile_write_text (connection, "HTTP/1.1 200 OK\r\n");
  repeat (connection, 100000, "X-Field: value\r\n");
  hostile_write_text (connection, "Content-Length: 0\r\n\r\n");
}

static void
write_lines_without_end (HostileConnection *connection)
{
  hostile_write_text (connection, "HTTP/1.1 200 OK\r\n");
  while (hostile_write_text (connection, HOSTILE_REPEAT_100 ("X-Field: value\r\n")))
    ;
}

static void
write_a_line_without_end (HostileConnection *connection)
{
  while (hostile_write_text (connection, HOSTILE_REPEAT_100 ("HTTP/1.1 20")))
    ;
}

static void
write_2_000_cookies (HostileConnection *connection)
{
  hostile_write_text (connection, "HTTP/1.1 200 OK\r\n");
  repeat (connection, 2000, "Set-Cookie: name=value; Path=/\r\n");
  hostile_write_text (connection, "Content-Length: 5\r\n\r\nhello");
}

static void
write_100_000_cookies (HostileConnection *connection)
{
  hostile_write_text (connection, "HTTP/1.1 200 OK\r\n");
  repeat (connection, 100000, "Set-Cookie: name=value; Path=/\r\n");
  hostile_write_text (connection, "Content-Length: 5\r\n\r\nhello");
}

/* As many as there is room for, after as many others. */
static void
write_7_000_lengths (HostileConnection *connection)
{
  hostile_write_text (connection, "HTTP/1.1 200 OK\r\n");
  repeat (connection, 15000, "X: y\r\n");
  repeat (connection, 7000, "Content-Length: 5\r\n");
  hostile_write_text (connection, "\r\nhello");
}

static void
write_content_type_of_100_kb (HostileConnection *connection)
{
  hostile_write_text (connection, "HTTP/1.1 200 OK\r\nContent-Type: text/");
  repeat (connection, 10000, "x-hostile-");
  hostile_write_text (connection, "\r\nContent-Length: 5\r\n\r\nhello");
}

static void
write_10_000_interim_answers (HostileConnection *connection)
{
  repeat (connection, 10000, "HTTP/1.1 100 Continue\r\n\r\n");
  hostile_write_text (connection, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
}

static void
write_interim_answers_without_end (HostileConnection *connection)
{
  while (hostile_write_text (connection,
                             HOSTILE_REPEAT_100 ("HTTP/1.1 100 Continue\r\n\r\n")))
    ;
}

/* Each of them comes from an address of 100 KB. */
static void
redirect_to_interim_answers (HostileConnection *connection)
{
  if (strchr (hostile_get_path (connection), '?') != NULL)
    {
      write_interim_answers_without_end (connection);
      return;
    }

  hostile_write_text (connection, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
                                  "Location: /hostile?");
  repeat (connection, 100, HOSTILE_REPEAT_100 ("xxxxxxxxxx"));
  hostile_write_text (connection, "\r\n\r\n");
}

/* Larger than a packet. */
#define LONG_REASON HOSTILE_REPEAT_100 ("not really ok but not really failed either ")

static const HostileCase cases[] = {
  {
      .name = "large/10-mib-in-a-line",
      .server = { .on_request = write_10_mib_in_a_line },
      .fails = TRUE,
      .code = FETCH_ERROR_TOO_LARGE,
      .words = "headers of the answer are too large",
      .status = 200,
      .is_bounded = TRUE,
  },
  {
      .name = "large/100-000-lines",
      .server = { .on_request = write_100_000_lines },
      .fails = TRUE,
      .code = FETCH_ERROR_TOO_LARGE,
      .words = "headers of the answer are too large",
      .status = 200,
      .is_bounded = TRUE,
  },
  {
      .name = "large/lines-without-end",
      .server = { .on_request = write_lines_without_end },
      .fails = TRUE,
      .code = FETCH_ERROR_TOO_LARGE,
      .status = 200,
      .is_bounded = TRUE,
  },
  {
      .name = "large/a-status-line-without-end",
      .server = { .on_request = write_a_line_without_end },
      .fails = TRUE,
      .code = FETCH_ERROR_TOO_LARGE,
      .is_bounded = TRUE,
  },
  {
      .name = "large/2-000-cookies",
      .server = { .on_request = write_2_000_cookies, .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "large/100-000-cookies",
      .server = { .on_request = write_100_000_cookies },
      .fails = TRUE,
      .code = FETCH_ERROR_TOO_LARGE,
      .status = 200,
      .is_bounded = TRUE,
  },
  {
      .name = "large/7-000-lengths",
      .server = { .on_request = write_7_000_lengths, .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "large/content-type-of-100-kb",
      .server = { .on_request = write_content_type_of_100_kb, .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "large/reason",
      .server = { .answer = "HTTP/1.1 200 " LONG_REASON
                            "\r\nContent-Length: 5\r\n\r\nhello",
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "interim/10-000",
      .server = { .on_request = write_10_000_interim_answers, .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "interim/without-end",
      .server = { .on_request = write_interim_answers_without_end },
      .fails = TRUE,
      .code = FETCH_ERROR_TOO_LARGE,
      .status = 100,
      .is_bounded = TRUE,
  },
  {
      .name = "interim/without-end-from-a-long-address",
      .server = { .on_request = redirect_to_interim_answers, .then = HOSTILE_GOES_ON },
      .fails = TRUE,
      .code = FETCH_ERROR_TOO_LARGE,
      .status = 100,
      .n_redirects = 1,
      .is_bounded = TRUE,
  },
  {
      .name = "interim/closed-after-it",
      .server = { .answer = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n" },
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
      .status = 103,
  },
  /* What follows is another protocol, which we have not asked for. */
  {
      .name = "interim/101-not-asked-for",
      .server = { .answer = "HTTP/1.1 101 Switching Protocols\r\n"
                            "Connection: Upgrade\r\nUpgrade: chat\r\n\r\nhello" },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .status = 101,
  },
  {
      .name = "no-http/garbage",
      .server = { HOSTILE_ANSWER ("\x00\xff\x01\xfe garbage \r\n\r\n \x80\x81") },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
  },
  {
      .name = "no-http/0.9",
      .server = { .answer = "<html>hello</html>\n" },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
  },
  {
      .name = "no-http/ssh",
      .server = { .answer = "SSH-2.0-OpenSSH_9.2p1\r\n", .then = HOSTILE_STALLS },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
  },
  {
      .name = "no-http/ssh-talks-first",
      .server = { .on_accept = write_banner, .then = HOSTILE_STALLS },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
  },
  {
      .name = "no-http/tls-alert",
      .server = { HOSTILE_ANSWER ("\x15\x03\x03\x00\x02\x02\x0a") },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
  },
  {
      .name = "no-http/blank-lines-first",
      .server = { .answer = "\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
  },
  {
      .name = "status-line/version-9.9",
      .server = { .answer = "HTTP/9.9 200 OK\r\nContent-Length: 5\r\n\r\nhello" },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
  },
  {
      .name = "status-line/no-number",
      .server = { .answer = "HTTP/1.1 fine\r\nContent-Length: 5\r\n\r\nhello" },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
  },
  {
      .name = "status-line/large-number",
      .server = { .answer = "HTTP/1.1 2000 OK\r\nContent-Length: 5\r\n\r\nhello" },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
  },
  {
      .name = "status-line/number-nobody-knows",
      .server = { .answer = "HTTP/1.1 999 Request denied\r\n"
                            "Content-Length: 5\r\n\r\nhello",
                  .then = HOSTILE_GOES_ON },
      .status = 999,
      .first_bytes = "hello",
  },
  {
      .name = "status-line/without-a-reason",
      .server = { .answer = "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello",
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "fields/none",
      .server = { .answer = "HTTP/1.1 200 OK\r\n\r\nhello" },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "fields/nul",
      .server = { HOSTILE_ANSWER ("HTTP/1.1 200 OK\r\nX: a\0b\r\n"
                                  "Content-Length: 5\r\n\r\nhello") },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .status = 200,
  },
  {
      .name = "fields/line-feeds-only",
      .server = { .answer = "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "fields/folded",
      .server = { .answer = "HTTP/1.1 200 OK\r\nX: one\r\n two\r\n\tthree\r\n"
                            "Content-Length: 5\r\n\r\nhello",
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "fields/latin-1",
      .server = { .answer = "HTTP/1.1 200 \xc9t\xe9\r\nContent-Type: text/\xe9\r\n"
                            "Content-Length: 5\r\n\r\nhello",
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "fields/refresh-is-no-redirect",
      .server = { .answer = "HTTP/1.1 200 OK\r\nRefresh: 0; url=/good\r\n"
                            "Content-Length: 5\r\n\r\nhello",
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
};

void
hostile_header_add (void)
{
  hostile_cases_add ("header", cases);
}
