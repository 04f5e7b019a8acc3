/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-transfer-private.h"

#include <string.h>

#include "fetch/fetch-header-private.h"
#include "fetch/fetch-io-private.h"
#include "fetch/fetch-stream-private.h"

/*
 * What arrives, as libcurl calls back: on the I/O thread, line by line and block by
 * block. Each of these either goes on, or says why it breaks the transfer off.
 */

/* Of the first bytes, so many are shown as they come. */
#define SHOWN_AT_ONCE 1000

/* In bytes, on the stack. */
#define DECODED_AT_ONCE (32 * 1024)

static void
report (FetchTransfer *self, FetchPhase phase, gint64 received, gint64 total)
{
  FetchProgress progress = { .phase = phase, .received = received, .total = total };

  if (phase == self->progress.phase && received == self->progress.received &&
      total == self->progress.total)
    return;

  self->progress = progress;
  background_promise_report_snapshot (self->promise, &progress, sizeof progress);
  background_promise_report_progress (self->promise,
                                      total > 0 ? (double) received / total : -1.0);
}

static int
resolver_start_cb (void *resolver G_GNUC_UNUSED,
                   void *reserved G_GNUC_UNUSED,
                   void *user_data)
{
  FetchTransfer *self = user_data;

  self->answer.times.resolving = g_get_monotonic_time ();
  report (self, FETCH_PHASE_RESOLVING, 0, -1);

  return 0;
}

/* Under TLS, and in HTTP/2, there may be other messages than answers. */
static gboolean
is_plain (CURL *easy)
{
  char *scheme = NULL;
  long  version = 0;

  curl_easy_getinfo (easy, CURLINFO_SCHEME, &scheme);
  curl_easy_getinfo (easy, CURLINFO_HTTP_VERSION, &version);

  return scheme != NULL && g_ascii_strcasecmp (scheme, "http") == 0 &&
         version != CURL_HTTP_VERSION_2_0;
}

/* Of those that libcurl keeps: one that a peek has made is slow for all that is larger,
 * and through another one more comes than a peek wants. */
static gboolean
is_unfit_connection (FetchTransfer *self, const FetchConnection *connection)
{
  FetchSockets *sockets = fetch_io_get_sockets (self->io);
  gboolean      is_peek = self->request->body_use == FETCH_BODY_PEEK;

  return !fetch_sockets_fits (sockets, connection, is_peek) ||
         (is_plain (self->easy) && fetch_sockets_has_early_input (sockets, connection));
}

/* Whether libcurl sends the request again, and once more through one it has kept. */
static gboolean
is_resent_through_old_connection (FetchTransfer *self)
{
  long n_connects = 0;

  curl_easy_getinfo (self->easy, CURLINFO_NUM_CONNECTS, &n_connects);

  return self->answer.times.requesting > 0 && n_connects == 0;
}

static int
before_request_cb (void *user_data,
                   char *remote_ip,
                   char *local_ip,
                   int   remote_port,
                   int   local_port)
{
  FetchTransfer  *self = user_data;
  FetchConnection connection = fetch_connection_of (local_ip, local_port, remote_ip,
                                                    remote_port);

  /* Once only: some servers talk first, and then there is no better connection. libcurl
   * would try one dead connection after the other, each with a request. */
  if (!self->wants_new_connection && (is_resent_through_old_connection (self) ||
                                      is_unfit_connection (self, &connection)))
    {
      self->answer.broken_by_us = FETCH_BREAK_UNFIT_CONNECTION;
      return CURL_PREREQFUNC_ABORT;
    }

  report (self, FETCH_PHASE_WAITING, 0, -1);
  self->answer.connection = connection;
  self->answer.last_moved = g_get_monotonic_time ();
  fetch_speed_start_header (self);
  self->answer.times.requesting = self->answer.last_moved;
  self->answer.expects_status_line = TRUE;
  g_clear_pointer (&self->answer.tls, fetch_tls_free);

  return CURL_PREREQFUNC_OK;
}

/* Of the last answer; 0 if there was none. */
int
fetch_answer_get_status (FetchTransfer *self)
{
  long status = 0;

  curl_easy_getinfo (self->easy, CURLINFO_RESPONSE_CODE, &status);

  return status;
}

static void
begin_answer (FetchTransfer *self, const char *line, size_t length)
{
  FetchAnswer *answer = &self->answer;

  fetch_hops_make_own (&answer->hops);
  fetch_hops_add (answer->hops, fetch_transfer_get_target (self), line, length);
  answer->expects_status_line = FALSE;
  answer->has_response = TRUE;
  answer->is_in_header = TRUE;
  answer->has_coding = FALSE;
  g_clear_pointer (&answer->content_length, g_free);
  /* An interim response (103, say) is not what the user waits for. */
  if (fetch_hops_get_status (answer->hops) / 100 != 1)
    answer->times.responding = g_get_monotonic_time ();

  /* Thousands of interim answers come through one connection. */
  if (answer->tls == NULL)
    answer->tls = fetch_tls_of_connection (self->easy);
  fetch_handshake_forget (self->handshake);
}

static const char *
find_field (FetchTransfer *self, const char *name)
{
  return fetch_hops_find_field (self->answer.hops, name);
}

/* Whether its first bytes are not the first ones, although they were asked for. What is
 * to go on with a file is looked at when it is saved. */
static gboolean
is_other_part (FetchTransfer *self)
{
  const char *range = find_field (self, "Content-Range");

  return range != NULL && self->entity == NULL && !fetch_header_begins_at (range, 0) &&
         !fetch_request_has_field (self->request, "Range");
}

/* Whether a peek wants nothing of the body that follows. */
static gboolean
has_seen_enough_without_body (FetchTransfer *self, int status)
{
  FetchRequest *request = self->request;

  return request->body_use == FETCH_BODY_PEEK && request->preview_size == 0 &&
         request->method == FETCH_METHOD_GET && status / 100 != 1 && status != 204 &&
         status != 304 && !fetch_redirect_is_read (&self->answer) &&
         fetch_header_get_length (self->answer.hops) != 0;
}

/* What is on its way would still come through a connection of HTTP/2, as that is for
 * others, too: it is closed, unless there are any. */
static FetchBreak
have_enough (FetchTransfer *self)
{
  curl_easy_setopt (self->easy, CURLOPT_FORBID_REUSE, 1L);

  return FETCH_BREAK_ENOUGH;
}

/* Whether the body begins where the content does: what comes from the middle of a coding
 * can't be decoded. */
static gboolean
begins_at_start (FetchTransfer *self, int status)
{
  const char *range = find_field (self, "Content-Range");

  return status != 206 || (range != NULL && fetch_header_begins_at (range, 0));
}

/* Prepares for the body that follows. */
static void
start_decoding (FetchTransfer *self, int status)
{
  FetchAnswer     *answer = &self->answer;
  g_autofree char *codings = NULL;

  g_clear_pointer (&answer->decoder, fetch_decoder_free);
  answer->decoding_note = FETCH_DECODING_NOTE_NONE;
  answer->encoded_size = 0;
  answer->n_decoded_early = 0;
  if (!answer->has_coding)
    return;

  codings = fetch_header_dup_codings (answer->hops);
  answer->decoder = fetch_decoder_new (codings, &answer->decoding_note);
  if (answer->decoder != NULL && !begins_at_start (self, status))
    {
      g_clear_pointer (&answer->decoder, fetch_decoder_free);
      answer->decoding_note = FETCH_DECODING_NOTE_PART;
    }
}

static FetchBreak
end_header (FetchTransfer *self)
{
  FetchAnswer *answer = &self->answer;
  int          status = fetch_answer_get_status (self);

  answer->is_in_header = FALSE;
  answer->expects_status_line = status / 100 == 1;
  if (status / 100 != 1)
    fetch_speed_end_header (self);
  fetch_redirect_read (self);
  if (fetch_redirect_is_read (answer))
    return FETCH_BREAK_NONE;
  if (status / 100 != 1)
    start_decoding (self, status);

  /* What is in the file is the beginning of no other answer, also of one without a body.
   */
  if (self->file != NULL && status / 100 != 1 && status != 206)
    g_byte_array_set_size (answer->first_bytes, 0);

  if (status == 206 && is_other_part (self))
    return FETCH_BREAK_OTHER_PART;
  if (has_seen_enough_without_body (self, status))
    return have_enough (self);

  return FETCH_BREAK_NONE;
}

/* A field may be called “HTTP/…”, too, be it in the header or after the body: only its
 * place makes a line the status line. */
static FetchBreak
read_header_line (FetchTransfer *self, const char *line, size_t length)
{
  FetchAnswer *answer = &self->answer;

  if (answer->expects_status_line)
    begin_answer (self, line, length);
  else if (answer->is_in_header && (*line == '\r' || *line == '\n'))
    return end_header (self);
  else if (answer->is_in_header)
    {
      fetch_hops_add_field (answer->hops, line, length);
      answer->has_coding |= fetch_header_has_coding (line, length);
    }

  return FETCH_BREAK_NONE;
}

static FetchBreak
read_header (FetchTransfer *self, const char *line, size_t length)
{
  self->answer.header_size += length;
  self->answer.sets_cookies |= fetch_header_sets_cookie (line, length);
  if (self->answer.header_size > FETCH_MAX_HEADER_SIZE)
    return FETCH_BREAK_HEADER_TOO_LARGE;
  if (self->answer.is_in_header &&
      fetch_header_is_bad_length (&self->answer.content_length, line, length))
    return FETCH_BREAK_BAD_LENGTH;

  return read_header_line (self, line, length);
}

static size_t
header_cb (char *line, size_t one G_GNUC_UNUSED, size_t length, void *user_data)
{
  FetchTransfer *self = user_data;

  self->answer.broken_by_us = read_header (self, line, length);

  return self->answer.broken_by_us == FETCH_BREAK_NONE ? length : CURL_WRITEFUNC_ERROR;
}

/* Whether a peek has all that it wants, and something follows that it does not want. */
static gboolean
has_seen_enough (FetchTransfer *self)
{
  curl_off_t total = -1;

  if (self->request->body_use != FETCH_BODY_PEEK ||
      self->answer.size < self->request->preview_size)
    return FALSE;

  curl_easy_getinfo (self->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &total);

  return total < 0 || self->answer.size > self->request->preview_size ||
         (guint64) total > self->answer.encoded_size;
}

/* What is shown is a copy of all that there is by now, so when it is much, it is shown
 * only when it is twice as much, and when it is all: however large it gets, no more than
 * three times as much is copied, and waits for somebody who may be slow to take it. */
static gboolean
is_worth_showing (FetchTransfer *self)
{
  gsize n_there = self->answer.first_bytes->len;

  return n_there <= SHOWN_AT_ONCE || n_there >= 2 * self->answer.n_shown ||
         n_there == self->request->preview_size;
}

static void
keep_first_bytes (FetchTransfer *self, const char *bytes, size_t length)
{
  FetchAnswer *answer = &self->answer;
  gsize        n_wanted = self->request->preview_size;

  if (answer->first_bytes->len >= n_wanted)
    return;

  g_byte_array_append (answer->first_bytes, (const guint8 *) bytes,
                       MIN (length, n_wanted - answer->first_bytes->len));
  if (self->request->body_use != FETCH_BODY_KEEP && is_worth_showing (self))
    fetch_io_note_interim (self->io, self);
}

/* A date names one version, if the server had it for a while before it sent it. */
static gboolean
is_strong_date (const char *last_modified, const char *date)
{
  time_t modified = curl_getdate (last_modified, NULL);
  time_t sent = date != NULL ? curl_getdate (date, NULL) : -1;

  return modified > 0 && sent > modified + 1;
}

/* What names this version of the body, and no other: NULL if the server says nothing that
 * does. A weak tag holds for what is similar, too, and one without quotation marks can't
 * be told from a date. */
static char *
name_entity (FetchTransfer *self)
{
  const char *tag = find_field (self, "ETag");
  const char *modified = find_field (self, "Last-Modified");

  if (find_field (self, "Content-Encoding") != NULL)
    return NULL;
  if (tag != NULL)
    return *tag == '"' ? g_strdup (tag) : NULL;

  return modified != NULL && is_strong_date (modified, find_field (self, "Date"))
             ? g_strdup (modified)
             : NULL;
}

/* Whether the body begins where the file ends, and is of the same version. */
static gboolean
goes_on (FetchTransfer *self)
{
  return fetch_header_goes_on (self->answer.hops, self->entity,
                               fetch_file_get_size (self->file), self->expected_size);
}

/* The server may not go on from where the connection broke: then it sends all of it. If
 * that is the same version, the file has its beginning already, and keeps it. */
static FetchBreak
save (FetchTransfer *self, const char *bytes, size_t length)
{
  int        status = fetch_answer_get_status (self);
  gboolean   is_first = self->answer.size == 0;
  curl_off_t total = -1;

  if (status / 100 != 2)
    {
      /* It is not part of what is saved. */
      if (is_first)
        g_byte_array_set_size (self->answer.first_bytes, 0);
      return FETCH_BREAK_NONE;
    }

  if (is_first && status == 206 && self->entity != NULL && !goes_on (self))
    return FETCH_BREAK_OTHER_VERSION;
  if (is_first && status != 206)
    {
      g_byte_array_set_size (self->answer.first_bytes, 0);
      g_clear_pointer (&self->kept_bytes, g_byte_array_unref);
      self->wire_size_before = 0;
      g_free (self->entity);
      self->entity = name_entity (self);
      curl_easy_getinfo (self->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &total);
      self->expected_size = total;
      if (!fetch_file_begin (self->file, self->entity, total))
        return FETCH_BREAK_CANNOT_SAVE;
    }
  if (status != 206)
    {
      gsize n_there = MIN (length, fetch_file_get_size (self->file) - self->answer.size);

      bytes += n_there;
      length -= n_there;
    }

  return fetch_file_write (self->file, bytes, length) ? FETCH_BREAK_NONE
                                                      : FETCH_BREAK_CANNOT_SAVE;
}

static gboolean
is_cancelled_cb (gpointer user_data)
{
  FetchTransfer *self = user_data;

  return background_promise_is_cancelled (self->promise);
}

/* Waits for a reader that is slow. For as long as that, the server is not. */
static FetchBreak
write_to_stream (FetchTransfer *self, const char *bytes, size_t length)
{
  if (fetch_answer_get_status (self) / 100 != 2 || length == 0)
    return FETCH_BREAK_NONE;

  self->has_written = TRUE;
  self->stream_error = fetch_stream_write (self->request->stream_fd, bytes, length,
                                           is_cancelled_cb, self);
  fetch_speed_restart (self);

  return self->stream_error == 0 ? FETCH_BREAK_NONE : FETCH_BREAK_CANNOT_SAVE;
}

/* With what was saved before. */
static guint64
get_size (FetchTransfer *self)
{
  return self->file != NULL ? fetch_file_get_size (self->file) : self->answer.size;
}

/* Takes bytes of the body, decoded. */
static FetchBreak
read_body (FetchTransfer *self, const char *bytes, size_t length)
{
  FetchAnswer *answer = &self->answer;
  FetchBreak   broken = FETCH_BREAK_NONE;

  if (self->file != NULL)
    broken = save (self, bytes, length);
  else if (self->request->writes_to_stream)
    broken = write_to_stream (self, bytes, length);
  if (broken != FETCH_BREAK_NONE)
    return broken;

  answer->size += length;
  keep_first_bytes (self, bytes, length);

  if (has_seen_enough (self) || fetch_redirect_has_shown_enough (self))
    return have_enough (self);
  if (get_size (self) >= self->request->max_size)
    return FETCH_BREAK_MAX_SIZE;

  return FETCH_BREAK_NONE;
}

static FetchBreak
break_of_decoder (FetchDecoderStatus status)
{
  switch (status)
    {
    case FETCH_DECODER_DAMAGED:
      return FETCH_BREAK_CANNOT_DECODE;

    case FETCH_DECODER_BOMB:
      return FETCH_BREAK_UNPACKS_TO_TOO_MUCH;

    default:
      return FETCH_BREAK_NONE;
    }
}

/* Decodes until the input is used up, or enough was done for this turn of the thread. */
static FetchDecoderStatus
decode_some (FetchTransfer *self)
{
  FetchAnswer       *answer = &self->answer;
  guint8             buffer[DECODED_AT_ONCE];
  gsize              n_read;
  FetchDecoderStatus status;

  while ((status = fetch_decoder_read (answer->decoder, buffer, sizeof buffer,
                                       &n_read)) == FETCH_DECODER_OUTPUT)
    {
      answer->broken_by_us = read_body (self, (const char *) buffer, n_read);
      if (answer->broken_by_us != FETCH_BREAK_NONE)
        return status;
    }
  answer->broken_by_us = break_of_decoder (status);

  return status;
}

/* Decodes what has come. When that becomes much, the other transfers have their turn
 * before it goes on: this one is paused, and libcurl keeps all of @bytes, also those that
 * are decoded already. It hands them over once more, maybe with others after them, when
 * the thread that fetches ends the pause. */
static size_t
decode (FetchTransfer *self, const char *bytes, size_t length)
{
  FetchAnswer       *answer = &self->answer;
  gsize              n_early = MIN (answer->n_decoded_early, length);
  gsize              n_used;
  FetchDecoderStatus status;

  answer->n_decoded_early -= n_early;
  if (answer->n_decoded_early > 0)
    return length;

  /* Before it is known how much of it is used: a peek that has enough looks at this. */
  answer->encoded_size += length - n_early;
  fetch_decoder_feed (answer->decoder, bytes + n_early, length - n_early,
                      fetch_io_get_work_left (self->io));
  status = decode_some (self);
  n_used = length - fetch_decoder_take_unread (answer->decoder);
  fetch_io_count_work (self->io, fetch_decoder_get_work (answer->decoder));
  if (answer->broken_by_us != FETCH_BREAK_NONE)
    return CURL_WRITEFUNC_ERROR;

  /* There may be no end of what becomes nothing, or is left out. */
  if (answer->encoded_size >= self->request->max_size)
    {
      answer->broken_by_us = FETCH_BREAK_MAX_SIZE;
      return CURL_WRITEFUNC_ERROR;
    }
  if (status != FETCH_DECODER_PAUSED)
    return length;

  /* The rest counts when it comes again. */
  answer->encoded_size -= length - n_used;
  answer->n_decoded_early = n_used;
  fetch_speed_restart (self);
  fetch_io_pause_decoding (self->io, self);

  return CURL_WRITEFUNC_PAUSE;
}

static size_t
body_cb (char *bytes, size_t one G_GNUC_UNUSED, size_t length, void *user_data)
{
  FetchTransfer *self = user_data;

  if (self->answer.n_decoded_early == 0)
    fetch_sockets_count_received (fetch_io_get_sockets (self->io), length);
  if (!fetch_redirect_is_read (&self->answer) && self->answer.decoder != NULL)
    return decode (self, bytes, length);

  if (fetch_redirect_is_read (&self->answer))
    self->answer.broken_by_us = fetch_redirect_skip_body (self, length);
  else
    {
      self->answer.encoded_size += length;
      self->answer.broken_by_us = read_body (self, bytes, length);
    }

  return self->answer.broken_by_us == FETCH_BREAK_NONE ? length : CURL_WRITEFUNC_ERROR;
}

/* When something has come through the connection, if it is for nobody else: libcurl does
 * not tell of a line before it is complete. Under TLS, others may use the connection,
 * unless it is known to be one of HTTP/1. */
static gint64
get_last_input (FetchTransfer *self)
{
  long version = 0;

  curl_easy_getinfo (self->easy, CURLINFO_HTTP_VERSION, &version);
  if (!is_plain (self->easy) && version != CURL_HTTP_VERSION_1_0 &&
      version != CURL_HTTP_VERSION_1_1)
    return 0;

  return fetch_sockets_get_last_input (fetch_io_get_sockets (self->io),
                                       &self->answer.connection);
}

/* Whether nothing has come for too long. However slowly it comes, it moves on. */
static gboolean
is_stalled (FetchTransfer *self, curl_off_t received)
{
  FetchAnswer *answer = &self->answer;
  guint64      n_moved = answer->header_size + received;
  gint64       longest = self->request->stall_timeout;
  gint64       now = g_get_monotonic_time ();

  if (n_moved != answer->n_moved)
    {
      answer->n_moved = n_moved;
      answer->last_moved = now;
    }
  if (answer->connection.local_port == 0 || now - answer->last_moved < longest)
    return FALSE;

  answer->last_moved = MAX (answer->last_moved, get_last_input (self));

  return now - answer->last_moved >= longest;
}

static int
progress_cb (void      *user_data,
             curl_off_t total,
             curl_off_t received,
             curl_off_t upload_total G_GNUC_UNUSED,
             curl_off_t uploaded G_GNUC_UNUSED)
{
  FetchTransfer *self = user_data;
  FetchBreak     broken;

  if (fetch_redirect_takes_too_long (self))
    {
      self->answer.broken_by_us = FETCH_BREAK_REDIRECTED;
      return 1;
    }
  if (received > 0 && !fetch_redirect_is_read (&self->answer))
    report (self, FETCH_PHASE_RECEIVING, received, total > 0 ? total : -1);

  broken = is_stalled (self, received)
               ? FETCH_BREAK_STALLED
               : fetch_speed_check (self, received, g_get_monotonic_time ());
  if (broken != FETCH_BREAK_NONE)
    self->answer.broken_by_us = broken;

  return broken != FETCH_BREAK_NONE;
}

/* A new attempt. */
void
fetch_answer_begin (FetchTransfer *self)
{
  self->answer = (FetchAnswer){ .hops = fetch_hops_new (),
                                .first_bytes = g_byte_array_new () };

  if (self->kept_bytes != NULL)
    g_byte_array_append (self->answer.first_bytes, self->kept_bytes->data,
                         self->kept_bytes->len);
}

/* Forgets what belongs to the exchange before, if there was one. */
static void
begin_exchange (FetchAnswer *self)
{
  self->times = (FetchExchangeTimes){ .started = g_get_monotonic_time () };
  self->has_response = FALSE;
  self->expects_status_line = FALSE;
  self->is_in_header = FALSE;
  self->sets_cookies = FALSE;
  self->connection = (FetchConnection){ 0 };
  self->header_started = 0;
  self->broken_by_us = FETCH_BREAK_NONE;
  self->redirect_problem = FETCH_URL_PROBLEM_NONE;
  self->skipped = 0;
}

/* For the next exchange of an attempt, with a new handle. */
void
fetch_answer_listen (FetchTransfer *self)
{
  CURL *easy = self->easy;

  begin_exchange (&self->answer);

  curl_easy_setopt (easy, CURLOPT_RESOLVER_START_FUNCTION, resolver_start_cb);
  curl_easy_setopt (easy, CURLOPT_RESOLVER_START_DATA, self);
  curl_easy_setopt (easy, CURLOPT_PREREQFUNCTION, before_request_cb);
  curl_easy_setopt (easy, CURLOPT_PREREQDATA, self);
  curl_easy_setopt (easy, CURLOPT_HEADERFUNCTION, header_cb);
  curl_easy_setopt (easy, CURLOPT_HEADERDATA, self);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, body_cb);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, self);
  curl_easy_setopt (easy, CURLOPT_XFERINFOFUNCTION, progress_cb);
  curl_easy_setopt (easy, CURLOPT_XFERINFODATA, self);
  curl_easy_setopt (easy, CURLOPT_NOPROGRESS, 0L);
}

void
fetch_answer_clear (FetchAnswer *self)
{
  g_clear_pointer (&self->hops, fetch_hops_unref);
  g_clear_pointer (&self->tls, fetch_tls_free);
  g_clear_pointer (&self->first_bytes, g_byte_array_unref);
  g_clear_pointer (&self->content_length, g_free);
  g_clear_pointer (&self->cookies, curl_slist_free_all);
  g_clear_pointer (&self->withheld_fields, g_ptr_array_unref);
  g_clear_pointer (&self->redirect_url, g_free);
  g_clear_pointer (&self->decoder, fetch_decoder_free);
}

/* Whether a whole response has brought only the beginning of what was compressed. The end
 * of a part that was asked for is no fault. */
static gboolean
is_whole (FetchTransfer *self)
{
  const char *range = find_field (self, "Content-Range");

  return fetch_answer_get_status (self) != 206 || range == NULL ||
         fetch_header_get_full_size (range) == (gint64) self->answer.encoded_size;
}

/* Tells whether the body breaks off in the middle of a coding, when libcurl is content
 * with what has come. */
gboolean
fetch_answer_is_cut (FetchTransfer *self)
{
  FetchDecoder *decoder = self->answer.decoder;

  return decoder != NULL && fetch_decoder_is_cut (decoder) && is_whole (self);
}

/* Returns how the decoding went, until now. */
FetchDecodingNote
fetch_answer_get_decoding_note (const FetchAnswer *self)
{
  return self->decoder != NULL && fetch_decoder_has_trailing_data (self->decoder)
             ? FETCH_DECODING_NOTE_TRAILING_DATA
             : self->decoding_note;
}

/* That of the last answer; NULL if there was none. */
const char *
fetch_answer_get_status_line (const FetchAnswer *self)
{
  return self->hops != NULL ? fetch_hops_get_status_line (self->hops) : NULL;
}
