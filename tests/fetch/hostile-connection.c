/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Connections that end, break, or stand still, at each phase of a fetch. */

#include <poll.h>
#include <string.h>

#include "hostile-case.h"

/* A short time, that is much longer than what loopback takes. */
#define MOMENT 1000 /* milliseconds */

#define TEXT_HEADER "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"

/* Until the client has connected, and waits for us. */
static void
await_first_byte (HostileConnection *connection)
{
  char byte;

  hostile_read (connection, &byte, 1);
}

static void
write_slowly (HostileConnection *connection, const char *text, gint64 pause)
{
  for (; *text != '\0' && hostile_write (connection, text, 1); text++)
    hostile_pause (pause);
}

static void
write_byte_by_byte (HostileConnection *connection)
{
  write_slowly (connection,
                TEXT_HEADER "Transfer-Encoding: chunked\r\n\r\n"
                            "5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n",
                G_TIME_SPAN_MILLISECOND);
}

static void
write_header_for_ever (HostileConnection *connection)
{
  hostile_write_text (connection, TEXT_HEADER);
  while (hostile_write_text (connection, "X"))
    hostile_pause (10 * G_TIME_SPAN_MILLISECOND);
}

static void
write_body_for_ever (HostileConnection *connection)
{
  hostile_write_text (connection, TEXT_HEADER "\r\n");
  while (hostile_write_text (connection, "X"))
    hostile_pause (10 * G_TIME_SPAN_MILLISECOND);
}

static void
write_body_in_drips (HostileConnection *connection)
{
  hostile_write_text (connection, TEXT_HEADER "\r\n");
  while (hostile_write_text (connection, "X"))
    hostile_pause (G_TIME_SPAN_SECOND / 4);
}

/* Longer than a second for a byte, so that libcurl would say that none come. */
#define LONG_PAUSE (1500 * G_TIME_SPAN_MILLISECOND)

static void
write_header_very_slowly (HostileConnection *connection)
{
  write_slowly (connection, "HTTP/", LONG_PAUSE);
  hostile_write_text (connection, "1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
}

static void
write_body_very_slowly (HostileConnection *connection)
{
  hostile_write_text (connection, TEXT_HEADER "Content-Length: 8\r\n\r\n");
  write_slowly (connection, "moves on", LONG_PAUSE);
}

/* There is always something new, and never an answer. */
static void
write_interim_answers_for_ever (HostileConnection *connection)
{
  while (hostile_write_text (connection, "HTTP/1.1 102 Processing\r\n\r\n"))
    hostile_pause (10 * G_TIME_SPAN_MILLISECOND);
}

static const HostileCase cases[] = {
  {
      .name = "accept/closed",
      .server = { .on_accept = await_first_byte },
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
  },
  {
      .name = "accept/reset",
      .server = { .on_accept = await_first_byte, .then = HOSTILE_RESETS },
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
  },
  {
      .name = "accept/stalled",
      .server = { .on_accept = await_first_byte, .then = HOSTILE_STALLS },
      .stall_timeout = 1000,
      .fails = TRUE,
      .code = FETCH_ERROR_TIMED_OUT,
      .words = "not moved on for 1 second",
  },
  {
      .name = "request/closed",
      .server = { .then = HOSTILE_CLOSES },
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
  },
  {
      .name = "request/closed-under-tls",
      .server = { .then = HOSTILE_CLOSES },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
  },
  {
      .name = "request/broken-off-under-tls",
      .server = { .then = HOSTILE_BREAKS_OFF },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
  },
  {
      .name = "request/reset",
      .server = { .then = HOSTILE_RESETS },
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
  },
  {
      .name = "request/reset-under-tls",
      .server = { .then = HOSTILE_RESETS },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
  },
  {
      .name = "request/stalled-under-tls",
      .server = { .then = HOSTILE_STALLS },
      .scheme = "https",
      .total_timeout = MOMENT,
      .fails = TRUE,
      .code = FETCH_ERROR_TIMED_OUT,
  },
  {
      .name = "header/closed",
      .server = { .answer = TEXT_HEADER "Content-Le" },
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
      .status = 200,
  },
  {
      .name = "header/closed-after-the-status-line",
      .server = { .answer = "HTTP/1.1 200 OK\r\n" },
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
      .status = 200,
  },
  {
      .name = "header/closed-in-the-status-line",
      .server = { .answer = "HTTP/1.1 2" },
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
  },
  {
      .name = "header/reset",
      .server = { .answer = "HTTP/1.1 2", .then = HOSTILE_RESETS },
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
  },
  {
      .name = "header/stalled",
      .server = { .answer = "HTTP/1.1 2", .then = HOSTILE_STALLS },
      .total_timeout = MOMENT,
      .fails = TRUE,
      .code = FETCH_ERROR_TIMED_OUT,
  },
  {
      .name = "body/closed",
      .server = { .answer = TEXT_HEADER "Content-Length: 10\r\n\r\nhello" },
      .fails = TRUE,
      .code = FETCH_ERROR_CUT_OFF,
      .words = "5 bytes of 10 bytes",
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "body/closed-under-tls",
      .server = { .answer = TEXT_HEADER "Content-Length: 10\r\n\r\nhello" },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CUT_OFF,
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "body/closed-in-a-chunk",
      .server = { .answer = TEXT_HEADER
                  "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nwor" },
      .fails = TRUE,
      .code = FETCH_ERROR_CUT_OFF,
      .status = 200,
      .first_bytes = "hellowor",
  },
  {
      .name = "body/closed-before-the-last-chunk",
      .server = { .answer = TEXT_HEADER
                  "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n" },
      .fails = TRUE,
      .code = FETCH_ERROR_CUT_OFF,
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "body/closed-before-it-begins",
      .server = { .answer = TEXT_HEADER "Content-Length: 10\r\n\r\n" },
      .fails = TRUE,
      .code = FETCH_ERROR_CUT_OFF,
      .status = 200,
      .first_bytes = "",
  },
  {
      .name = "body/reset",
      .server = { .answer = TEXT_HEADER "Content-Length: 10\r\n\r\nhello",
                  .then = HOSTILE_RESETS_AFTER_BODY },
      .fails = TRUE,
      .code = FETCH_ERROR_CUT_OFF,
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "body/reset-under-tls",
      .server = { .answer = TEXT_HEADER "Content-Length: 10\r\n\r\nhello",
                  .then = HOSTILE_RESETS_AFTER_BODY },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CUT_OFF,
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "body/reset-without-a-length",
      .server = { .answer = TEXT_HEADER "\r\nhello", .then = HOSTILE_RESETS_AFTER_BODY },
      .fails = TRUE,
      .code = FETCH_ERROR_CUT_OFF,
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "body/stalled",
      .server = { .answer = TEXT_HEADER "Content-Length: 10\r\n\r\nhello",
                  .then = HOSTILE_STALLS },
      .stall_timeout = 1000,
      .fails = TRUE,
      .code = FETCH_ERROR_TIMED_OUT,
      .words = "not moved on for 1 second",
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "body/ended-by-closing",
      .server = { .answer = TEXT_HEADER "\r\nhello" },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "body/ended-by-closing-under-tls",
      .server = { .answer = TEXT_HEADER "\r\nhello" },
      .scheme = "https",
      .status = 200,
      .first_bytes = "hello",
  },
  /* Anybody between us and the server can do that; but many servers do so, too, and no
   * browser minds. */
  {
      .name = "body/broken-off-under-tls-without-a-length",
      .server = { .answer = TEXT_HEADER "\r\nhello", .then = HOSTILE_BREAKS_OFF },
      .scheme = "https",
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "slow/byte-by-byte",
      .server = { .on_request = write_byte_by_byte, .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello world",
  },
  {
      .name = "slow/byte-by-byte-under-tls",
      .server = { .on_request = write_byte_by_byte, .then = HOSTILE_GOES_ON },
      .scheme = "https",
      .status = 200,
      .first_bytes = "hello world",
  },
  /* It does move on. */
  {
      .name = "slow/header-slower-than-a-byte-a-second",
      .server = { .on_request = write_header_very_slowly, .then = HOSTILE_GOES_ON },
      .stall_timeout = 6000,
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "slow/body-slower-than-a-byte-a-second",
      .server = { .on_request = write_body_very_slowly, .then = HOSTILE_GOES_ON },
      .stall_timeout = 6000,
      .takes_any_speed = TRUE,
      .status = 200,
      .first_bytes = "moves on",
  },
  {
      .name = "slow/header-beyond-its-time",
      .server = { .on_request = write_header_for_ever },
      .header_timeout = 1000,
      .fails = TRUE,
      .code = FETCH_ERROR_TIMED_OUT,
      .words = "headers within 1 second",
      .status = 200,
  },
  {
      .name = "slow/interim-answers-beyond-the-time-for-a-header",
      .server = { .on_request = write_interim_answers_for_ever },
      .header_timeout = 1000,
      .fails = TRUE,
      .code = FETCH_ERROR_TIMED_OUT,
      .words = "headers within 1 second",
      .status = 102,
  },
  {
      .name = "slow/body-below-the-lowest-speed",
      .server = { .on_request = write_body_in_drips },
      .stall_timeout = 2000,
      .fails = TRUE,
      .code = FETCH_ERROR_TIMED_OUT,
      .words = "Too slow",
      .status = 200,
  },
  {
      .name = "slow/header-for-ever",
      .server = { .on_request = write_header_for_ever },
      .total_timeout = MOMENT,
      .fails = TRUE,
      .code = FETCH_ERROR_TIMED_OUT,
      .words = "Gave up after 1 second",
      .status = 200,
  },
  {
      .name = "slow/body-for-ever",
      .server = { .on_request = write_body_for_ever },
      .total_timeout = MOMENT,
      .fails = TRUE,
      .code = FETCH_ERROR_TIMED_OUT,
      .words = "Gave up after 1 second",
      .status = 200,
  },
  {
      .name = "slow/interim-answers-for-ever",
      .server = { .on_request = write_interim_answers_for_ever },
      .total_timeout = MOMENT,
      .fails = TRUE,
      .code = FETCH_ERROR_TIMED_OUT,
      .status = 102,
  },
};

void
hostile_connection_add (void)
{
  hostile_cases_add ("connection", cases);
}
