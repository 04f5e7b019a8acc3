/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* HTTP/2, frame by frame, by hand: nothing here is what a library would send. */

#include <stdatomic.h>
#include <string.h>

#include "hostile-case.h"

#define PREFACE_SIZE 24
#define FRAME_HEADER_SIZE 9

/* Of frames: RFC 9113, section 6. */
typedef enum
{
  DATA = 0,
  HEADERS = 1,
  RST_STREAM = 3,
  SETTINGS = 4,
  PUSH_PROMISE = 5,
  PING = 6,
  GOAWAY = 7,
  WINDOW_UPDATE = 8,
  CONTINUATION = 9,
} FrameType;

#define NO_FLAGS 0
#define END_STREAM 1
#define END_HEADERS 4

/* The connection itself, and the first stream that a client opens. */
#define CONNECTION 0
#define FIRST_STREAM 1

/* “:status: 200”, and fields with literal names: RFC 7541. */
#define STATUS_200 "\x88"
#define CONTENT_LENGTH_10 \
  "\x0f\x0d\x02"          \
  "10"
#define UPPER_CASE_FIELD "\x00\x05X-Bad\x01x"

static gboolean
write_frame (HostileConnection *connection,
             FrameType          type,
             guint8             flags,
             guint32            stream,
             const void        *payload,
             gsize              size)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  guint8 header[FRAME_HEADER_SIZE] = {
    size >> 16,   size >> 8,    size,        type,   flags,
    stream >> 24, stream >> 16, stream >> 8, stream,
  };

  g_byte_array_append (frame, header, sizeof header);
  g_byte_array_append (frame, payload, size);

  return hostile_write (connection, frame->data, frame->len);
}

/* With a payload that is a literal, which may have NUL in it. */
#define write_literal(connection, type, flags, stream, literal) \
  write_frame (connection, type, flags, stream, literal, sizeof (literal) - 1)

/* Returns FALSE when the client has gone. */
static gboolean
await_frame (HostileConnection *connection, FrameType type)
{
  guint8 header[FRAME_HEADER_SIZE];

  while (hostile_read (connection, header, sizeof header))
    {
      gsize              size = header[0] << 16 | header[1] << 8 | header[2];
      g_autofree guint8 *payload = g_malloc (size);

      if (!hostile_read (connection, payload, size))
        return FALSE;
      if (header[3] == type)
        return TRUE;
    }

  return FALSE;
}

/* Until the client has said hello and has asked for a page. */
static void
await_request (HostileConnection *connection)
{
  char preface[PREFACE_SIZE];

  if (!hostile_read (connection, preface, sizeof preface))
    return;
  write_literal (connection, SETTINGS, NO_FLAGS, CONNECTION, "");
  await_frame (connection, HEADERS);
}

static void
answer_well (HostileConnection *connection)
{
  await_request (connection);
  write_literal (connection, HEADERS, END_HEADERS, FIRST_STREAM, STATUS_200);
  write_literal (connection, DATA, END_STREAM, FIRST_STREAM, "hello");
}

static _Atomic (guint) n_asked;

static void
go_away_at_once (HostileConnection *connection)
{
  write_literal (connection, SETTINGS, NO_FLAGS, CONNECTION, "");
  write_literal (connection, GOAWAY, NO_FLAGS, CONNECTION, "\0\0\0\0\0\0\0\0");
}

static void
go_away_when_asked (HostileConnection *connection)
{
  await_request (connection);
  write_literal (connection, GOAWAY, NO_FLAGS, CONNECTION, "\0\0\0\0\0\0\0\x0b");
}

static void
reset_stream_when_asked (HostileConnection *connection)
{
  await_request (connection);
  write_literal (connection, RST_STREAM, NO_FLAGS, FIRST_STREAM, "\0\0\0\x02");
}

static void
reset_stream_in_the_body (HostileConnection *connection)
{
  await_request (connection);
  write_literal (connection, HEADERS, END_HEADERS, FIRST_STREAM, STATUS_200);
  write_literal (connection, DATA, NO_FLAGS, FIRST_STREAM, "hello");
  write_literal (connection, RST_STREAM, NO_FLAGS, FIRST_STREAM, "\0\0\0\x02");
}

static void
close_in_the_body (HostileConnection *connection)
{
  await_request (connection);
  write_literal (connection, HEADERS, END_HEADERS, FIRST_STREAM, STATUS_200);
  write_literal (connection, DATA, NO_FLAGS, FIRST_STREAM, "hello");
}

static void
end_before_the_length (HostileConnection *connection)
{
  await_request (connection);
  write_literal (connection, HEADERS, END_HEADERS, FIRST_STREAM,
                 STATUS_200 CONTENT_LENGTH_10);
  write_literal (connection, DATA, END_STREAM, FIRST_STREAM, "hello");
}

static void
write_no_frames (HostileConnection *connection)
{
  hostile_write_text (connection, HOSTILE_REPEAT_100 ("This is no frame."));
}

static void
write_http_1 (HostileConnection *connection)
{
  hostile_write_text (connection, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
}

static void
write_data_before_headers (HostileConnection *connection)
{
  await_request (connection);
  write_literal (connection, DATA, END_STREAM, FIRST_STREAM, "hello");
}

static void
write_headers_of_no_stream (HostileConnection *connection)
{
  await_request (connection);
  write_literal (connection, HEADERS, END_HEADERS, CONNECTION, STATUS_200);
}

static void
write_headers_that_do_not_unpack (HostileConnection *connection)
{
  await_request (connection);
  write_literal (connection, HEADERS, END_HEADERS, FIRST_STREAM, "\xff\xff\xff\xff\xff");
}

static void
write_headers_without_a_status (HostileConnection *connection)
{
  await_request (connection);
  write_literal (connection, HEADERS, END_HEADERS | END_STREAM, FIRST_STREAM,
                 CONTENT_LENGTH_10);
}

static void
write_upper_case_field (HostileConnection *connection)
{
  await_request (connection);
  write_literal (connection, HEADERS, END_HEADERS | END_STREAM, FIRST_STREAM,
                 STATUS_200 UPPER_CASE_FIELD);
}

static void
write_frame_that_is_too_large (HostileConnection *connection)
{
  g_autofree char *zeros = g_malloc0 (1024 * 1024);

  await_request (connection);
  write_literal (connection, HEADERS, END_HEADERS, FIRST_STREAM,
                 STATUS_200 CONTENT_LENGTH_10);
  write_frame (connection, DATA, END_STREAM, FIRST_STREAM, zeros, 1024 * 1024);
}

static void
overflow_the_window (HostileConnection *connection)
{
  await_request (connection);
  write_literal (connection, WINDOW_UPDATE, NO_FLAGS, CONNECTION, "\x7f\xff\xff\xff");
}

static void
promise_a_push (HostileConnection *connection)
{
  await_request (connection);
  write_literal (connection, PUSH_PROMISE, END_HEADERS, FIRST_STREAM, "\0\0\0\x02\x82");
  write_literal (connection, HEADERS, END_HEADERS, FIRST_STREAM, STATUS_200);
  write_literal (connection, DATA, END_STREAM, FIRST_STREAM, "hello");
}

static void
flood_with_settings (HostileConnection *connection)
{
  await_request (connection);
  while (write_literal (connection, SETTINGS, NO_FLAGS, CONNECTION, "\0\x04\0\0\xff\xff"))
    ;
}

static void
flood_with_pings (HostileConnection *connection)
{
  await_request (connection);
  while (write_literal (connection, PING, NO_FLAGS, CONNECTION, "hostile!"))
    ;
}

/* A header that never ends, each piece of it a frame: CVE-2024-27316 and others. */
static void
flood_with_continuations (HostileConnection *connection)
{
  static const char field[] = "\x00\x08x-filler\x0a"
                              "0123456789";

  await_request (connection);
  write_literal (connection, HEADERS, NO_FLAGS, FIRST_STREAM, STATUS_200);
  while (write_frame (connection, CONTINUATION, NO_FLAGS, FIRST_STREAM, field,
                      sizeof field - 1))
    ;
}

/* One entry of the table of fields, which is named again and again: each byte unpacks to
 * four thousand. */
static void
write_header_bomb (HostileConnection *connection)
{
  g_autoptr (GByteArray) block = g_byte_array_new ();
  g_autofree guint8 *value = g_malloc (4000);

  memset (value, 'x', 4000);
  g_byte_array_append (block, (const guint8 *) STATUS_200 "\x40\x06x-bomb\x7f\xa1\x1e",
                       12);
  g_byte_array_append (block, value, 4000);
  memset (value, 0xbe, 4000);
  g_byte_array_append (block, value, 4000);

  await_request (connection);
  write_frame (connection, HEADERS, END_HEADERS | END_STREAM, FIRST_STREAM, block->data,
               block->len);
}

static void
write_endless_body (HostileConnection *connection)
{
  static const guint8 frame[FRAME_HEADER_SIZE + 0x4000] = {
    0, 0x40, 0, DATA, NO_FLAGS, 0, 0, 0, FIRST_STREAM
  };

  await_request (connection);
  write_literal (connection, HEADERS, END_HEADERS, FIRST_STREAM, STATUS_200);
  hostile_write_for_ever (connection, frame, sizeof frame);
}

/* What is on its way when the stream is reset would still come. */
static void
test_peek (void)
{
  static const HostileBehaviour behaviour = { .speaks_http2 = TRUE,
                                              .on_connection = write_endless_body };
  g_autoptr (HostileServer) server = hostile_server_new (&behaviour);
  g_autoptr (FetchSession) session = fetch_session_new ();
  g_autofree char *url = hostile_server_get_url (server, "https", "/hostile");
  g_autoptr (FetchRequest) request = hostile_request_new (url);
  g_autoptr (BackgroundCall) call = NULL;
  FetchResult *result;

  fetch_request_set_body_use (request, FETCH_BODY_PEEK);
  call = fetch_session_fetch (session, request);
  result = hostile_result_of (call);

  g_assert_cmpstr (fetch_result_get_http_version (result), ==, "HTTP/2");
  g_assert_cmpint (fetch_result_get_ending (result), ==, FETCH_ENDING_STOPPED);
  g_assert_cmpuint (g_bytes_get_size (fetch_result_get_first_bytes (result)), ==, 500);
  hostile_server_await_written (server);
  g_test_message ("%" G_GUINT64_FORMAT " bytes have arrived",
                  hostile_server_get_n_arrived (server));
  g_assert_cmpuint (hostile_server_get_n_arrived (server), <, 64 * 1024);
  hostile_assert_still_works (session, server, "https");
}

/* The first time, a server says that it has not begun with the request. The requests of
 * each test are counted on from those of the test before. */
static void
go_away_once (HostileConnection *connection)
{
  if (atomic_fetch_add (&n_asked, 1) == 0)
    go_away_when_asked (connection);
  else
    answer_well (connection);
}

static void
refuse_once (HostileConnection *connection)
{
  if (atomic_fetch_add (&n_asked, 1) == 0)
    {
      await_request (connection);
      write_literal (connection, RST_STREAM, NO_FLAGS, FIRST_STREAM, "\0\0\0\x07");
      await_frame (connection, GOAWAY);
    }
  else
    answer_well (connection);
}

/* A connection serves one request, and refuses the second. */
static void
go_away_at_second (HostileConnection *connection)
{
  answer_well (connection);
  await_frame (connection, HEADERS);
  write_literal (connection, GOAWAY, NO_FLAGS, CONNECTION, "\0\0\0\x01\0\0\0\0");
}

static void
end_at_second (HostileConnection *connection)
{
  answer_well (connection);
  await_frame (connection, HEADERS);
}

static const HostileBehaviour resent_behaviours[] = {
  { .speaks_http2 = TRUE, .on_connection = go_away_once },
  { .speaks_http2 = TRUE, .on_connection = refuse_once },
  { .speaks_http2 = TRUE, .on_connection = go_away_at_second },
  { .speaks_http2 = TRUE, .on_connection = end_at_second },
};

/* One after the other, on the connection that there is. */
static void
test_resent (gconstpointer data)
{
  g_autoptr (HostileServer) server = hostile_server_new (data);
  g_autoptr (FetchSession) session = fetch_session_new ();
  g_autofree char *url = hostile_server_get_url (server, "https", "/hostile");
  g_autoptr (FetchRequest) request = hostile_request_new (url);

  atomic_store (&n_asked, 0);
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (BackgroundCall) call = fetch_session_fetch (session, request);

      g_assert_cmpint (fetch_result_get_status (hostile_result_of (call)), ==, 200);
      g_assert_cmpuint (fetch_result_get_n_attempts (hostile_result_of (call)), ==, 1);
    }
}

#define SPEAKS(script) .speaks_http2 = TRUE, .on_connection = script

static const HostileCase cases[] = {
  {
      .name = "good",
      .server = { SPEAKS (answer_well), .then = HOSTILE_STALLS },
      .scheme = "https",
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "not-if-1.1-is-asked-for",
      .server = { .speaks_http2 = TRUE,
                  .answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" },
      .scheme = "https",
      .http_version = FETCH_HTTP_VERSION_1_1,
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "go-away/at-once",
      .server = { SPEAKS (go_away_at_once) },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
  },
  {
      .name = "go-away/when-asked",
      .server = { SPEAKS (go_away_when_asked) },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
  },
  {
      .name = "reset/when-asked",
      .server = { SPEAKS (reset_stream_when_asked), .then = HOSTILE_STALLS },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
  },
  {
      .name = "reset/in-the-body",
      .server = { SPEAKS (reset_stream_in_the_body), .then = HOSTILE_STALLS },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CUT_OFF,
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "closed/in-the-body",
      .server = { SPEAKS (close_in_the_body) },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CUT_OFF,
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "closed/when-asked",
      .server = { SPEAKS (await_request) },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
  },
  {
      .name = "closed/reset-when-asked",
      .server = { SPEAKS (await_request), .then = HOSTILE_RESETS },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
  },
  {
      .name = "stalled",
      .server = { SPEAKS (await_request), .then = HOSTILE_STALLS },
      .scheme = "https",
      .total_timeout = 300,
      .fails = TRUE,
      .code = FETCH_ERROR_TIMED_OUT,
  },
  {
      .name = "length/more-than-the-body",
      .server = { SPEAKS (end_before_the_length), .then = HOSTILE_STALLS },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CUT_OFF,
      .status = 200,
  },
  {
      .name = "frames/none",
      .server = { SPEAKS (write_no_frames) },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
      .or_code = FETCH_ERROR_BAD_ANSWER,
  },
  {
      .name = "frames/http-1",
      .server = { SPEAKS (write_http_1) },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
      .or_code = FETCH_ERROR_BAD_ANSWER,
  },
  {
      .name = "frames/data-before-headers",
      .server = { SPEAKS (write_data_before_headers), .then = HOSTILE_STALLS },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
      .or_code = FETCH_ERROR_BAD_ANSWER,
  },
  {
      .name = "frames/headers-of-no-stream",
      .server = { SPEAKS (write_headers_of_no_stream), .then = HOSTILE_STALLS },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
      .or_code = FETCH_ERROR_BAD_ANSWER,
  },
  {
      .name = "frames/too-large",
      .server = { SPEAKS (write_frame_that_is_too_large), .then = HOSTILE_STALLS },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CUT_OFF,
      .or_code = FETCH_ERROR_BAD_ANSWER,
      .status = 200,
  },
  {
      .name = "frames/window-overflow",
      .server = { SPEAKS (overflow_the_window), .then = HOSTILE_STALLS },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
      .or_code = FETCH_ERROR_BAD_ANSWER,
  },
  {
      .name = "frames/push-not-wanted",
      .server = { SPEAKS (promise_a_push), .then = HOSTILE_STALLS },
      .scheme = "https",
      .status = 200,
      .first_bytes = "hello",
  },
  {
      .name = "headers/do-not-unpack",
      .server = { SPEAKS (write_headers_that_do_not_unpack), .then = HOSTILE_STALLS },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
      .or_code = FETCH_ERROR_BAD_ANSWER,
  },
  {
      .name = "headers/without-a-status",
      .server = { SPEAKS (write_headers_without_a_status), .then = HOSTILE_STALLS },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
  },
  {
      .name = "headers/upper-case",
      .server = { SPEAKS (write_upper_case_field), .then = HOSTILE_STALLS },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_BAD_ANSWER,
  },
  {
      .name = "headers/bomb",
      .server = { SPEAKS (write_header_bomb), .then = HOSTILE_STALLS },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
      .or_code = FETCH_ERROR_TOO_LARGE,
      .is_bounded = TRUE,
  },
  {
      .name = "flood/continuations",
      .server = { SPEAKS (flood_with_continuations) },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
      .or_code = FETCH_ERROR_BAD_ANSWER,
      .is_bounded = TRUE,
  },
};

/* A client that is slower than the flood takes as long as it goes on. */
static const HostileCase patient_cases[] = {
  {
      .name = "flood/settings",
      .server = { SPEAKS (flood_with_settings) },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
      .or_code = FETCH_ERROR_BAD_ANSWER,
      .is_bounded = TRUE,
  },
  {
      .name = "flood/pings",
      .server = { SPEAKS (flood_with_pings) },
      .scheme = "https",
      .fails = TRUE,
      .code = FETCH_ERROR_CLOSED,
      .or_code = FETCH_ERROR_BAD_ANSWER,
      .is_bounded = TRUE,
  },
};

void
hostile_http2_add (void)
{
  hostile_cases_add ("http2", cases);
  g_test_add_func ("/hostile/http2/peek", test_peek);
  g_test_add_data_func ("/hostile/http2/resent/after-go-away", &resent_behaviours[0],
                        test_resent);
  g_test_add_data_func ("/hostile/http2/resent/after-refused-stream",
                        &resent_behaviours[1], test_resent);
  g_test_add_data_func ("/hostile/http2/resent/go-away-at-second", &resent_behaviours[2],
                        test_resent);
  g_test_add_data_func ("/hostile/http2/resent/end-at-second", &resent_behaviours[3],
                        test_resent);
  if (!hostile_is_under_valgrind ())
    hostile_cases_add ("http2", patient_cases);
}
