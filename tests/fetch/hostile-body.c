/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Bodies whose length, chunks, status or bytes are not as they should be. */

#include <string.h>

#include "hostile-case.h"

#define OK "HTTP/1.1 200 OK\r\n"
#define PART(part)                                        \
  "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n" \
  "Content-Range: bytes " part "/1000\r\n\r\nhello",      \
      .then = HOSTILE_GOES_ON
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

static void
write_trailer_of_many_lines (HostileConnection *connection)
{
  hostile_write_text (connection, CHUNKED "5\r\nhello\r\n0\r\n");
  while (hostile_write_text (connection, HOSTILE_REPEAT_100 ("X-Trailer: value\r\n")))
    ;
}

static void
write_trailer_without_line_end (HostileConnection *connection)
{
  hostile_write_text (connection, CHUNKED "5\r\nhello\r\n0\r\nX-Trailer: ");
  while (hostile_write_text (connection, HOSTILE_REPEAT_100 ("xxxxxxxxxx")))
    ;
}

static void
write_long_chunk_extension (HostileConnection *connection)
{
  hostile_write_text (connection, CHUNKED "5;extension=");
  for (int i = 0; i < 100; i++)
    hostile_write_text (connection, HOSTILE_REPEAT_100 ("xxxxxxxxxx"));
  hostile_write_text (connection, "\r\nhello\r\n0\r\n\r\n");
}

/* Ten thousand chunks of one byte. */
static void
write_tiny_chunks (HostileConnection *connection)
{
  hostile_write_text (connection, CHUNKED);
  for (int i = 0; i < 100; i++)
    hostile_write_text (connection, HOSTILE_REPEAT_100 ("1\r\nx\r\n"));
  hostile_write_text (connection, "0\r\n\r\n");
}

static void
redirect_to_stalled_body (HostileConnection *connection)
{
  if (strchr (hostile_get_path (connection), '?') == NULL)
    hostile_write_text (connection, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
                                    "Location: /hostile?peek\r\n\r\n");
  else
    hostile_write_text (connection, "HTTP/1.1 103 Early Hints\r\n\r\n" OK
                                    "Content-Length: 10\r\n\r\n");
}

/* Filled before any test runs. */
static guint8 every_byte[256];

static void
write_every_byte (HostileConnection *connection)
{
  hostile_write_text (connection, OK "Content-Type: text/html\r\n"
                                     "Content-Length: 256\r\n\r\n");
  hostile_write (connection, every_byte, sizeof every_byte);
}

/* The second answer comes before it is asked for: whoever reads it as the answer to the
 * next request shows one page under the address of another. */
#define POISON OK "Content-Type: text/plain\r\nContent-Length: 6\r\n\r\npoison"

/* Said to be text, and nothing but control characters. */
#define NULS(what, by)                                                                  \
  {                                                                                     \
    .name = what,                                                                       \
    .server = { HOSTILE_ANSWER (OK "Content-Type: text/plain\r\n"                       \
                                   "Content-Length: 5\r\n\r\n"                          \
                                   "\0\0\0\0\0"),                                       \
                .then = HOSTILE_GOES_ON },                                              \
    .scheme = by, .status = 200, HOSTILE_FIRST_BYTES ("\0\0\0\0\0"), .is_binary = TRUE, \
    .preview = "0000  00 00 00 00 00                                    .....",         \
  }

/* As text that is not UTF-8: five of them are nothing in Windows-1252, either. */
#define EVERY_BYTE_SHOWN                                                                                                               \
  "‹NUL›‹SOH›‹STX›‹ETX›‹EOT›‹ENQ›‹ACK›‹BEL›‹BS›\t\n‹VT›‹FF›\n‹SO›‹SI›‹DLE›"    \
  "‹DC1›‹DC2›‹DC3›‹DC4›‹NAK›‹SYN›‹ETB›‹CAN›‹EM›‹SUB›‹ESC›‹FS›‹GS›‹RS›‹US›" \
  " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"                                                                \
  "abcdefghijklmnopqrstuvwxyz{|}~‹U+007F›€�‚ƒ„…†‡ˆ‰Š‹Œ�Ž��‘’“”•–—˜™š›œ"          \
  "�žŸ\u00a0¡¢£¤¥¦§¨©ª«¬‹U+00AD›®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓ"      \
  "ÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ"

#define EVERY_BYTE(what, by)                                                             \
  {                                                                                      \
    .name = what, .server = { .on_request = write_every_byte, .then = HOSTILE_GOES_ON }, \
    .scheme = by, .status = 200, .first_bytes = (const char *) every_byte,               \
    .n_first_bytes = sizeof every_byte, .charset = "WINDOWS-1252",                       \
    .preview = EVERY_BYTE_SHOWN,                                                         \
  }

static const HostileCase cases[] = {
  {
      .name = "length/two-that-differ",
      .server = { .answer = OK "Content-Length: 5\r\nContent-Length: 3\r\n\r\nhello" },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .status = 200,
  },
  {
      .name = "length/two-that-agree",
      .server = { .answer = OK "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "length/negative",
      .server = { .answer = OK "Content-Length: -5\r\n\r\nhello" },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .status = 200,
  },
  {
      .name = "length/no-number",
      .server = { .answer = OK "Content-Length: five\r\n\r\nhello" },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .status = 200,
  },
  {
      .name = "length/largest",
      .server = { .answer = OK "Content-Length: 9223372036854775807\r\n\r\nhello" },
      .fails = TRUE,
      .code = FETCH_ERROR_CUT_OFF,
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "length/beyond-64-bits",
      .server = { .answer = OK "Content-Length: 99999999999999999999\r\n\r\nhello" },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .status = 200,
  },
  {
      .name = "length/of-a-chunked-body",
      .server = { .answer = OK "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "5\r\nhello\r\n0\r\n\r\n",
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "chunk/size-is-no-number",
      .server = { .answer = CHUNKED "hello\r\n" },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .status = 200,
  },
  {
      .name = "chunk/size-is-negative",
      .server = { .answer = CHUNKED "-5\r\nhello\r\n0\r\n\r\n" },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .status = 200,
  },
  {
      .name = "chunk/size-beyond-64-bits",
      .server = { .answer = CHUNKED "FFFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n" },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .status = 200,
  },
  {
      .name = "chunk/largest-size",
      .server = { .answer = CHUNKED "7FFFFFFFFFFFFFFF\r\nhello" },
      .fails = TRUE,
      .code = FETCH_ERROR_CUT_OFF,
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "chunk/no-line-end-after-it",
      .server = { .answer = CHUNKED "5\r\nhelloX5\r\nworld\r\n0\r\n\r\n" },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "chunk/ten-thousand-tiny-ones",
      .server = { .on_request = write_tiny_chunks, .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = HOSTILE_REPEAT_100 ("xxxxx"),
      .size = 10000,
  },
  {
      .name = "chunk/long-extension",
      .server = { .on_request = write_long_chunk_extension, .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "chunk/trailer-of-many-lines",
      .server = { .on_request = write_trailer_of_many_lines },
      .fails = TRUE,
      .code = FETCH_ERROR_TOO_LARGE,
      .status = 200,
      .first_bytes = "hello",
      .is_bounded = TRUE,
  },
  {
      .name = "chunk/trailer-without-line-end",
      .server = { .on_request = write_trailer_without_line_end },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .or_code = FETCH_ERROR_TOO_LARGE,
      .status = 200,
      .first_bytes = "hello",
      .is_bounded = TRUE,
  },
  {
      .name = "status/204-with-a-body",
      .server = { .answer = "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello",
                  .then = HOSTILE_GOES_ON },
      .status = 204,
      .first_bytes = "",
  },
  {
      .name = "status/304-with-a-body",
      .server = { .answer = "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello",
                  .then = HOSTILE_GOES_ON },
      .status = 304,
      .first_bytes = "",
  },
  {
      .name = "status/206-not-asked-for",
      .server = { .answer = PART ("0-4") },
      .status = 206,
      .is_incomplete = TRUE,
      .first_bytes = "hello",
  },
  /* These are not the first bytes, and are not shown as such. */
  {
      .name = "status/206-of-another-part-not-asked-for",
      .server = { .answer = PART ("100-104") },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .words = "bytes 100-104/1000",
      .status = 206,
      .first_bytes = "",
  },
  {
      .name = "peek/206",
      .server = { .answer = PART ("0-4") },
      .peeks = TRUE,
      .status = 206,
      .is_incomplete = TRUE,
      .first_bytes = "hello",
  },
  {
      .name = "peek/206-of-another-part",
      .server = { .answer = PART ("100-104") },
      .peeks = TRUE,
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .words = "bytes 100-104/1000",
      .status = 206,
      .first_bytes = "",
  },
  {
      .name = "peek/206-of-no-part",
      .server = { .answer = PART ("x-4") },
      .peeks = TRUE,
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .words = "bytes x-4/1000",
      .status = 206,
      .first_bytes = "",
  },
  /* Nobody waits for a body of which nothing is wanted. */
  {
      .name = "peek/no-bytes-of-a-stalled-body",
      .server = { .answer = OK "Content-Length: 10\r\n\r\n", .then = HOSTILE_STALLS },
      .peeks = TRUE,
      .wants_no_bytes = TRUE,
      .status = 200,
      .is_incomplete = TRUE,
      .first_bytes = "",
  },
  {
      .name = "peek/no-bytes-after-a-redirect-and-an-interim-answer",
      .server = { .on_request = redirect_to_stalled_body, .then = HOSTILE_GOES_ON },
      .peeks = TRUE,
      .wants_no_bytes = TRUE,
      .status = 200,
      .n_redirects = 1,
      .is_incomplete = TRUE,
      .first_bytes = "",
  },
  {
      .name = "peek/no-bytes-of-no-body",
      .server = { .answer = OK "Content-Length: 0\r\n\r\n", .then = HOSTILE_GOES_ON },
      .peeks = TRUE,
      .wants_no_bytes = TRUE,
      .status = 200,
      .first_bytes = "",
  },
  {
      .name = "peek/no-bytes-of-204",
      .server = { .answer = "HTTP/1.1 204 No Content\r\n\r\n", .then = HOSTILE_GOES_ON },
      .peeks = TRUE,
      .wants_no_bytes = TRUE,
      .status = 204,
      .first_bytes = "",
  },
  {
      .name = "status/416-not-asked-for",
      .server = { .answer = "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 5\r\n"
                            "Content-Range: bytes */1000\r\n\r\nhello",
                  .then = HOSTILE_GOES_ON },
      .status = 416,
      .first_bytes = "hello",
  },
  {
      .name = "status/401",
      .server = { .answer = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 5\r\n"
                            "WWW-Authenticate: Negotiate, NTLM, Basic\r\n\r\nhello",
                  .then = HOSTILE_GOES_ON },
      .status = 401,
      .first_bytes = "hello",
  },
  {
      .name = "more-than-its-length/bytes",
      .server = { .answer = OK "Content-Length: 5\r\n\r\nhello world",
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "more-than-its-length/another-answer",
      .server = { .answer = OK "Content-Length: 5\r\n\r\nhello" POISON,
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "more-than-its-length/another-answer-after-chunks",
      .server = { .answer = CHUNKED "5\r\nhello\r\n0\r\n\r\n" POISON,
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "more-than-its-length/another-answer-under-tls",
      .server = { .answer = OK "Content-Length: 5\r\n\r\nhello" POISON,
                  .then = HOSTILE_GOES_ON },
      .scheme = "https",
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "more-than-its-length/another-answer-after-204",
      .server = { .answer = "HTTP/1.1 204 No Content\r\n\r\n" POISON,
                  .then = HOSTILE_GOES_ON },
      .status = 204,
      .first_bytes = "",
  },
  {
      .name = "charset/unknown",
      .server = { .answer = OK "Content-Type: text/plain; charset=x-hostile-8\r\n"
                               "Content-Length: 7\r\n\r\nh\xc3\xa9llo\xff",
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "h\xc3\xa9llo\xff",
      .charset = "WINDOWS-1252",
      .preview = "hÃ©lloÿ",
  },
  {
      .name = "charset/wrong",
      .server = { .answer = OK "Content-Type: text/plain; charset=utf-8\r\n"
                               "Content-Length: 5\r\n\r\nh\xe9llo",
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "h\xe9llo",
      .charset = "UTF-8",
      .preview = "h�llo",
  },
  {
      .name = "charset/wrong-in-meta",
      .server = { .answer = OK
                  "Content-Type: text/html\r\n"
                  "Content-Length: 27\r\n\r\n<meta charset=utf-16>h\xc3\xa9llo",
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .charset = "UTF-8",
      .preview = "<meta charset=utf-16>héllo",
  },
  {
      .name = "charset/utf-16-without-a-mark",
      .server = { HOSTILE_ANSWER (OK "Content-Type: text/plain; charset=utf-16\r\n"
                                     "Content-Length: 11\r\n\r\nh\0e\0l\0l\0o\0\xd8"),
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      HOSTILE_FIRST_BYTES ("h\0e\0l\0l\0o\0\xd8"),
      .charset = "UTF-16LE",
      .preview = "hello�",
  },
  {
      .name = "charset/utf-16-without-a-word",
      .server = { HOSTILE_ANSWER (OK "Content-Length: 10\r\n\r\n\0h\0e\0l\0l\0o"),
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      HOSTILE_FIRST_BYTES ("\0h\0e\0l\0l\0o"),
      .charset = "UTF-16BE",
      .preview = "hello",
  },
  NULS ("bytes/nul", "http"),
  NULS ("bytes/nul-under-tls", "https"),
  {
      .name = "bytes/nul-without-a-type",
      .server = { HOSTILE_ANSWER (OK "Content-Length: 5\r\n\r\n\0\0\0\0\0"),
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      HOSTILE_FIRST_BYTES ("\0\0\0\0\0"),
      .is_binary = TRUE,
      .preview = "0000  00 00 00 00 00                                    .....",
  },
  EVERY_BYTE ("bytes/every", "http"),
  EVERY_BYTE ("bytes/every-under-tls", "https"),
};

void
hostile_body_add (void)
{
  for (gsize i = 0; i < sizeof every_byte; i++)
    every_byte[i] = i;

  hostile_cases_add ("body", cases);
}
