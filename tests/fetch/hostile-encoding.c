/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Bodies that are compressed, and should better not have been. */

#include <string.h>
#include <zlib.h>

#include "hostile-case.h"

#define GZIP "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
#define BLOCK_SIZE (1024 * 1024)
#define GZIP_HEADER_SIZE 10
#define GZIP_TRAILER_SIZE 8
#define DEFLATE "HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n"
#define BROTLI "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n"
#define ZSTD "HTTP/1.1 200 OK\r\nContent-Encoding: ZStd\r\n"

/* The ways in which a body ends: where the header says, with a last chunk, or with the
 * connection. */
#define LENGTH(size, bytes) "Content-Length: " size "\r\n\r\n" bytes
#define CHUNK(hex_size, bytes) \
  "Transfer-Encoding: chunked\r\n\r\n" hex_size "\r\n" bytes "\r\n0\r\n\r\n"
#define CLOSE(bytes) "\r\n" bytes

/* A gzip stream of that many blocks of zeros. They are compressed once: after a full
 * flush, a block stands for itself, and may be repeated. */
static GByteArray *
zip_zeros (guint n_blocks)
{
  g_autofree Bytef  *zeros = g_malloc0 (BLOCK_SIZE);
  static Bytef       zipped[BLOCK_SIZE];
  static const Bytef header[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3 };
  static const Bytef last_block[] = { 3, 0 };
  z_stream           stream = { .next_in = zeros,
                                .avail_in = BLOCK_SIZE,
                                .next_out = zipped,
                                .avail_out = sizeof zipped };
  uLong              sum_of_block = crc32 (0, zeros, BLOCK_SIZE);
  uLong              sum = 0;
  guint32            trailer[2];
  GByteArray        *all = g_byte_array_new ();

  deflateInit2 (&stream, Z_BEST_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8,
                Z_DEFAULT_STRATEGY);
  g_assert_cmpint (deflate (&stream, Z_FULL_FLUSH), ==, Z_OK);
  deflateEnd (&stream);

  g_byte_array_append (all, header, sizeof header);
  for (guint i = 0; i < n_blocks; i++)
    {
      g_byte_array_append (all, zipped, stream.total_out);
      sum = crc32_combine (sum, sum_of_block, BLOCK_SIZE);
    }
  g_byte_array_append (all, last_block, sizeof last_block);
  trailer[0] = GUINT32_TO_LE (sum);
  trailer[1] = GUINT32_TO_LE (n_blocks * BLOCK_SIZE);
  g_byte_array_append (all, (guint8 *) trailer, sizeof trailer);

  return all;
}

/* 954 MiB, from 1 MB: just below the largest size that is fetched, unless told otherwise.
 */
#define N_BLOCKS_OF_BOMB 954

/* As long as it takes to unpack it here, a good many times over: on a machine that has
 * other things to do, both take longer. */
static gint64
get_most_time_for_bomb (void)
{
  g_autoptr (GByteArray) zipped = zip_zeros (N_BLOCKS_OF_BOMB);
  static Bytef unzipped[BLOCK_SIZE];
  z_stream     stream = { .next_in = zipped->data, .avail_in = zipped->len };
  gint64       start = g_get_monotonic_time ();
  int          status = Z_OK;

  inflateInit2 (&stream, MAX_WBITS + 16);
  while (status == Z_OK)
    {
      stream.next_out = unzipped;
      stream.avail_out = sizeof unzipped;
      status = inflate (&stream, Z_NO_FLUSH);
    }
  g_assert_cmpint (status, ==, Z_STREAM_END);
  inflateEnd (&stream);

  return 10 * (g_get_monotonic_time () - start) + 2 * G_TIME_SPAN_SECOND;
}

static void
write_bomb (HostileConnection *connection)
{
  g_autoptr (GByteArray) zipped = zip_zeros (N_BLOCKS_OF_BOMB);
  g_autofree char *header = g_strdup_printf (GZIP "Content-Length: %u\r\n\r\n",
                                             zipped->len);

  hostile_write_text (connection, header);
  hostile_write (connection, zipped->data, zipped->len);
}

static void
write_bomb_in_chunks (HostileConnection *connection)
{
  g_autoptr (GByteArray) zipped = zip_zeros (N_BLOCKS_OF_BOMB);
  g_autofree char *header = g_strdup_printf (
      GZIP "Transfer-Encoding: chunked\r\n\r\n%x\r\n", zipped->len);

  hostile_write_text (connection, header);
  hostile_write (connection, zipped->data, zipped->len);
  hostile_write_text (connection, "\r\n0\r\n\r\n");
}

/* As the first, compressed once more: a few kilobytes. */
static void
write_bomb_in_a_bomb (HostileConnection *connection)
{
  g_autoptr (GByteArray) zipped = zip_zeros (N_BLOCKS_OF_BOMB);
  uLong             size = compressBound (zipped->len);
  g_autofree Bytef *twice = g_malloc (size);
  g_autofree char  *header = NULL;

  compress (twice, &size, zipped->data, zipped->len);
  header = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip, deflate\r\n"
                            "Content-Length: %lu\r\n\r\n",
                            size);
  hostile_write_text (connection, header);
  hostile_write (connection, twice, size);
}

static GByteArray *
zip_text (void)
{
  g_autofree Bytef *text = g_malloc (BLOCK_SIZE);
  GByteArray       *zipped = g_byte_array_new ();
  z_stream          stream = { .next_in = text, .avail_in = BLOCK_SIZE };

  /* Hard to compress, and the same each time. */
  for (guint32 i = 0, random = 1; i < BLOCK_SIZE; i++)
    {
      random = random * 1664525 + 1013904223;
      text[i] = 'a' + (random >> 24) % 26;
    }
  g_byte_array_set_size (zipped, BLOCK_SIZE);
  stream.next_out = zipped->data;
  stream.avail_out = zipped->len;
  deflateInit2 (&stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  g_assert_cmpint (deflate (&stream, Z_FINISH), ==, Z_STREAM_END);
  deflateEnd (&stream);
  g_byte_array_set_size (zipped, stream.total_out);

  return zipped;
}

static void
write_zipped (HostileConnection *connection, GByteArray *zipped, guint length)
{
  g_autofree char *header = g_strdup_printf (GZIP "Content-Length: %u\r\n\r\n", length);

  hostile_write_text (connection, header);
  hostile_write (connection, zipped->data, MIN (zipped->len, length));
}

static void
write_zipped_text (HostileConnection *connection)
{
  g_autoptr (GByteArray) zipped = zip_text ();

  write_zipped (connection, zipped, zipped->len);
}

/* Less than was said. */
static void
write_half_of_what_is_zipped (HostileConnection *connection)
{
  g_autoptr (GByteArray) zipped = zip_text ();
  guint length = zipped->len;

  g_byte_array_set_size (zipped, length / 2);
  write_zipped (connection, zipped, length);
}

/* As much as was said, and yet it breaks off in the middle. */
static void
write_half_as_if_it_were_all (HostileConnection *connection)
{
  g_autoptr (GByteArray) zipped = zip_text ();

  write_zipped (connection, zipped, zipped->len / 2);
}

static void
write_broken_in_the_middle (HostileConnection *connection)
{
  g_autoptr (GByteArray) zipped = zip_text ();

  memset (zipped->data + zipped->len / 2, 0xff, 1000);
  write_zipped (connection, zipped, zipped->len);
}

static void
write_wrong_sum (HostileConnection *connection)
{
  g_autoptr (GByteArray) zipped = zip_text ();

  zipped->data[zipped->len - GZIP_TRAILER_SIZE] ^= 1;
  write_zipped (connection, zipped, zipped->len);
}

/* As above, but under the name of another format: without a header and a sum, as some
 * servers understand it. */
static void
write_deflate_bomb (HostileConnection *connection)
{
  g_autoptr (GByteArray) zipped = zip_zeros (N_BLOCKS_OF_BOMB);
  guint            size = zipped->len - GZIP_HEADER_SIZE - GZIP_TRAILER_SIZE;
  g_autofree char *header = g_strdup_printf (DEFLATE "Content-Length: %u\r\n\r\n", size);

  hostile_write_text (connection, header);
  hostile_write (connection, zipped->data + GZIP_HEADER_SIZE, size);
}

/* “hello”, and what is left of it without the end. */
#define GZIP_HALF "\x1f\x8b\x08\0\0\0\0\0\2\3\xcb\x48\xcd\xc9\xc9\x07\0\x86\xa6\x10"
#define GZIP_BYTES GZIP_HALF "\x36\5\0\0\0"
#define RAW_HALF "\xcb\x48\xcd\xc9\xc9\x07"
#define RAW_BYTES RAW_HALF "\0"
#define ZLIB_HALF "\x78\x9c" RAW_BYTES "\x06\x2c\x02"
#define ZLIB_BYTES ZLIB_HALF "\x15"
#define BROTLI_HALF "\x0f\x02\x80hello"
#define BROTLI_BYTES BROTLI_HALF "\3"
#define ZSTD_HALF "\x28\xb5\x2f\xfd\x04\x58\x29\0\0hello\xa3\x6d\x9f"
#define ZSTD_BYTES ZSTD_HALF "\x88"
#define DEFLATE_HELLO DEFLATE LENGTH ("7", RAW_BYTES)
#define ZLIB_HELLO DEFLATE LENGTH ("13", ZLIB_BYTES)
#define BROTLI_HELLO BROTLI LENGTH ("9", BROTLI_BYTES)
#define ZSTD_HELLO ZSTD LENGTH ("18", ZSTD_BYTES)

/* A coding that ends too early, in each framing: all that came is shown. */
#define CUT(called, coding, half, size, hex_size)                                        \
  {                                                                                      \
    .name = called "/cut-with-a-length",                                                 \
    .server = { HOSTILE_ANSWER (coding LENGTH (#size, half)), .then = HOSTILE_GOES_ON }, \
    .fails = TRUE,                                                                       \
    .code = FETCH_ERROR_CUT_OFF,                                                         \
    .words = "compressed body ends after " #size,                                        \
    .status = 200,                                                                       \
    .first_bytes = "hello",                                                              \
    .size_on_wire = size,                                                                \
  },                                                                                     \
      {                                                                                  \
        .name = called "/cut-in-chunks",                                                 \
        .server = { HOSTILE_ANSWER (coding CHUNK (hex_size, half)),                      \
                    .then = HOSTILE_GOES_ON },                                           \
        .fails = TRUE,                                                                   \
        .code = FETCH_ERROR_CUT_OFF,                                                     \
        .words = "compressed body ends after " #size,                                    \
        .status = 200,                                                                   \
        .first_bytes = "hello",                                                          \
        .size_on_wire = size,                                                            \
      },                                                                                 \
  {                                                                                      \
    .name = called "/cut-with-the-connection",                                           \
    .server = { HOSTILE_ANSWER (coding CLOSE (half)) }, .fails = TRUE,                   \
    .code = FETCH_ERROR_CUT_OFF, .words = "compressed body ends after " #size,           \
    .status = 200, .first_bytes = "hello", .size_on_wire = size,                         \
  }

/* 256 MiB of zeros. */
#define BROTLI_BOMB                                                                  \
  BROTLI                                                                             \
  "Content-Length: 203\r\n\r\n"                                                      \
  "\xcf\xff\xff\x7f\x00\x24\x00\xe2\xb1\x40\x72\xef\xff\xf9\xff\xff\x0f\x80\x04\x40" \
  "\x1c\x16\x80\xee\xfd\x3f\xff\xff\xff\x01\x90\x00\x88\xc3\x02\xd0\xbd\xff\xe7\xff" \
  "\xff\x3f\x00\x12\x00\x71\x58\x00\xba\xf7\xff\xfc\xff\xff\x07\x40\x02\x20\x0e\x0b" \
  "\x40\xf7\xfe\x9f\xff\xff\xff\x00\x48\x00\xc4\x61\x01\xe8\xde\xff\xf3\xff\xff\x1f" \
  "\x00\x09\x80\x38\x2c\x00\xdd\xfb\x7f\xfe\xff\xff\x03\x20\x01\x10\x87\x05\xa0\x7b" \
  "\xff\xcf\xff\xff\x7f\x00\x24\x00\xe2\xb0\x00\x74\xef\xff\xf9\xff\xff\x0f\x80\x04" \
  "\x40\x1c\x16\x80\xee\xfd\x3f\xff\xff\xff\x01\x90\x00\x88\xc3\x02\xd0\xbd\xff\xe7" \
  "\xff\xff\x3f\x00\x12\x00\x71\x58\x00\xba\xf7\xff\xfc\xff\xff\x07\x40\x02\x20\x0e" \
  "\x0b\x40\xf7\xfe\x9f\xff\xff\xff\x00\x48\x00\xc4\x61\x01\xe8\xde\xff\xf3\xff\xff" \
  "\x1f\x00\x09\x80\x38\x2c\x00\xdd\xfb\xff\xfc\xff\xff\x07\x20\x01\x10\x87\x05\xa0" \
  "\x7b\xff\x0f"

static const HostileCase cases[] = {
  {
      .name = "gzip/good",
      .server = { .on_request = write_zipped_text, .then = HOSTILE_GOES_ON },
      .status = 200,
  },
  {
      .name = "gzip/cut-off",
      .server = { .on_request = write_half_of_what_is_zipped },
      .fails = TRUE,
      .code = FETCH_ERROR_CUT_OFF,
      .status = 200,
  },
  {
      .name = "gzip/cut-off-as-if-it-were-all",
      .server = { .on_request = write_half_as_if_it_were_all, .then = HOSTILE_GOES_ON },
      .fails = TRUE,
      .code = FETCH_ERROR_CUT_OFF,
      .words = "compressed body ends",
      .status = 200,
  },
  CUT ("gzip", GZIP, GZIP_HALF, 20, "14"),
  CUT ("deflate", DEFLATE, ZLIB_HALF, 12, "c"),
  CUT ("deflate-without-header", DEFLATE, RAW_HALF, 6, "6"),
  {
      .name = "gzip/two-members",
      .server = { HOSTILE_ANSWER (GZIP LENGTH ("50", GZIP_BYTES GZIP_BYTES)),
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hellohello",
      .size_on_wire = 50,
  },
  {
      .name = "gzip/second-member-is-cut",
      .server = { HOSTILE_ANSWER (GZIP CHUNK ("2d", GZIP_BYTES GZIP_HALF)) },
      .fails = TRUE,
      .code = FETCH_ERROR_CUT_OFF,
      .status = 200,
      .first_bytes = "hellohello",
  },
  {
      .name = "gzip/other-bytes-follow",
      .server = { HOSTILE_ANSWER (GZIP LENGTH ("33", GZIP_BYTES "and more")),
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
      .size_on_wire = 33,
      .note = FETCH_DECODING_NOTE_TRAILING_DATA,
  },
  {
      .name = "deflate/other-bytes-follow",
      .server = { HOSTILE_ANSWER (DEFLATE LENGTH ("15", RAW_BYTES "and more")),
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
      .note = FETCH_DECODING_NOTE_TRAILING_DATA,
  },
  /* Nobody has asked for it, and it is clear what is meant. */
  {
      .name = "transfer/gzip",
      .server = { HOSTILE_ANSWER (
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n"
                      "\r\n19\r\n" GZIP_BYTES "\r\n0\r\n\r\n"),
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
      .size_on_wire = 25,
  },
  {
      .name = "transfer/gzip-is-cut",
      .server = { HOSTILE_ANSWER (
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n"
          "\r\n14\r\n" GZIP_HALF "\r\n0\r\n\r\n") },
      .fails = TRUE,
      .code = FETCH_ERROR_CUT_OFF,
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "several-fields",
      .server = { HOSTILE_ANSWER (
                      "HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\n"
                      "Content-Encoding:\r\nContent-Encoding: X-GZip, identity\r\n" LENGTH (
                          "25",
                          GZIP_BYTES)),
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "part/from-the-start",
      .server = { HOSTILE_ANSWER (
          "HTTP/1.1 206 Partial Content\r\nContent-Encoding: gzip\r\n"
          "Content-Range: bytes 0-19/25\r\n" LENGTH ("20", GZIP_HALF)) },
      .peeks = TRUE,
      .status = 206,
      .is_incomplete = TRUE,
      .first_bytes = "hello",
  },
  {
      .name = "part/all-of-it-is-cut",
      .server = { HOSTILE_ANSWER (
          "HTTP/1.1 206 Partial Content\r\nContent-Encoding: gzip\r\n"
          "Content-Range: bytes 0-19/20\r\n" LENGTH ("20", GZIP_HALF)) },
      .peeks = TRUE,
      .fails = TRUE,
      .code = FETCH_ERROR_CUT_OFF,
      .status = 206,
      .first_bytes = "hello",
  },
  {
      .name = "none/no-content",
      .server = { .answer = "HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n",
                  .then = HOSTILE_GOES_ON },
      .status = 204,
      .first_bytes = "",
  },
  {
      .name = "none/not-modified",
      .server = { .answer = "HTTP/1.1 304 Not Modified\r\nContent-Encoding: gzip\r\n\r\n",
                  .then = HOSTILE_GOES_ON },
      .status = 304,
      .first_bytes = "",
  },
  {
      .name = "gzip/broken-in-the-middle",
      .server = { .on_request = write_broken_in_the_middle },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .words = "decompressed",
      .status = 200,
  },
  {
      .name = "gzip/wrong-sum",
      .server = { .on_request = write_wrong_sum },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .words = "decompressed",
      .status = 200,
  },
  {
      .name = "gzip/not-compressed",
      .server = { .answer = GZIP "Content-Length: 5\r\n\r\nhello" },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .words = "decompressed",
      .status = 200,
      .first_bytes = "",
  },
  {
      .name = "gzip/empty",
      .server = { .answer = GZIP "Content-Length: 0\r\n\r\n", .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "",
  },
  {
      .name = "deflate/good",
      .server = { HOSTILE_ANSWER (DEFLATE_HELLO), .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "deflate/good-in-the-format-of-zlib",
      .server = { HOSTILE_ANSWER (ZLIB_HELLO), .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "deflate/not-compressed",
      .server = { .answer = DEFLATE "Content-Length: 5\r\n\r\nhello" },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .words = "decompressed",
      .status = 200,
      .first_bytes = "",
  },
  {
      .name = "unknown",
      .server = { .answer = "HTTP/1.1 200 OK\r\nContent-Encoding: rot13\r\n"
                            "Content-Length: 5\r\n\r\nuryyb",
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "uryyb",
      .note = FETCH_DECODING_NOTE_UNKNOWN_CODING,
  },
  {
      .name = "unknown-among-known-ones",
      .server = { .answer = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip, aws-chunked\r\n"
                            "Content-Length: 5\r\n\r\nhello",
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
      .note = FETCH_DECODING_NOTE_UNKNOWN_CODING,
  },
  {
      .name = "eight-of-them",
      .server = { .answer =
                      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip, gzip, gzip, "
                      "gzip, gzip, gzip, gzip\r\nContent-Length: 5\r\n\r\nhello" },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .words = "decompressed",
      .status = 200,
      .first_bytes = "",
  },
  {
      .name = "bomb/in-a-bomb",
      .server = { .on_request = write_bomb_in_a_bomb },
      .fails = TRUE,
      .code = FETCH_ERROR_TOO_LARGE,
      .words = "attack",
      .status = 200,
      .is_bounded = TRUE,
      .get_most_time = get_most_time_for_bomb,
  },
  {
      .name = "bomb/deflate-stopped-at-the-largest-size",
      .server = { .on_request = write_deflate_bomb },
      .max_size = 10 * 1000 * 1000,
      .status = 200,
      .is_incomplete = TRUE,
      .is_bounded = TRUE,
  },
  {
      .name = "bomb/stopped-at-the-largest-size",
      .server = { .on_request = write_bomb },
      .max_size = 10 * 1000 * 1000,
      .status = 200,
      .is_incomplete = TRUE,
      .is_bounded = TRUE,
      .get_most_time = get_most_time_for_bomb,
  },
};

#ifdef HAVE_BROTLI
static const HostileCase brotli_cases[] = {
  CUT ("brotli", BROTLI, BROTLI_HALF, 8, "8"),
  {
      .name = "brotli/good",
      .server = { HOSTILE_ANSWER (BROTLI_HELLO), .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "brotli/not-compressed",
      .server = { .answer = BROTLI "Content-Length: 5\r\n\r\n\x11\x11\x11\x11\x11" },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .words = "decompressed",
      .status = 200,
      .first_bytes = "",
  },
  {
      .name = "bomb/brotli",
      .server = { HOSTILE_ANSWER (BROTLI_BOMB) },
      .fails = TRUE,
      .code = FETCH_ERROR_TOO_LARGE,
      .words = "attack",
      .status = 200,
      .is_bounded = TRUE,
  },
};

#endif

#ifdef HAVE_ZSTD
static const HostileCase zstd_cases[] = {
  CUT ("zstd", ZSTD, ZSTD_HALF, 17, "11"),
  {
      .name = "zstd/good",
      .server = { HOSTILE_ANSWER (ZSTD_HELLO), .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "zstd/two-frames",
      .server = { HOSTILE_ANSWER (ZSTD LENGTH ("36", ZSTD_BYTES ZSTD_BYTES)),
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hellohello",
  },
  {
      .name = "zstd/other-bytes-follow",
      .server = { HOSTILE_ANSWER (ZSTD LENGTH ("26", ZSTD_BYTES "and more")),
                  .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "hello",
      .note = FETCH_DECODING_NOTE_TRAILING_DATA,
  },
  /* A frame of 16 MiB in one piece. */
  {
      .name = "zstd/window-is-too-large",
      .server = { HOSTILE_ANSWER (
          ZSTD LENGTH ("12", "\x28\xb5\x2f\xfd\xa0\0\0\0\1\3\0\x10")) },
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
      .words = "decompressed",
      .status = 200,
      .first_bytes = "",
      .is_bounded = TRUE,
  },
  {
      .name = "zstd/of-nothing",
      .server = { .answer = ZSTD "Content-Length: 0\r\n\r\n", .then = HOSTILE_GOES_ON },
      .status = 200,
      .first_bytes = "",
  },
};
#endif

static const HostileCase patient_cases[] = {
  {
      .name = "bomb/whole-in-chunks",
      .server = { .on_request = write_bomb_in_chunks, .then = HOSTILE_GOES_ON },
      .status = 200,
      HOSTILE_FIRST_BYTES (HOSTILE_REPEAT_100 ("\0\0\0\0\0")),
      .size = (guint64) N_BLOCKS_OF_BOMB * BLOCK_SIZE,
      .is_bounded = TRUE,
  },
  {
      .name = "bomb/whole",
      .server = { .on_request = write_bomb, .then = HOSTILE_GOES_ON },
      .status = 200,
      HOSTILE_FIRST_BYTES (HOSTILE_REPEAT_100 ("\0\0\0\0\0")),
      .size = (guint64) N_BLOCKS_OF_BOMB * BLOCK_SIZE,
      .is_bounded = TRUE,
      .get_most_time = get_most_time_for_bomb,
  },
};

void
hostile_encoding_add (void)
{
  hostile_cases_add ("encoding", cases);
#ifdef HAVE_BROTLI
  hostile_cases_add ("encoding", brotli_cases);
#endif
#ifdef HAVE_ZSTD
  hostile_cases_add ("encoding", zstd_cases);
#endif
  if (!hostile_is_under_valgrind ())
    hostile_cases_add ("encoding", patient_cases);
}
