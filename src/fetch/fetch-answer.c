/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-transfer-private.h"

#include <string.h>

#include "fetch/fetch-io-private.h"

/*
 * What arrives, as libcurl calls back: on the I/O thread, line by line and block by
 * block. Each of these either goes on, or says why it breaks the transfer off.
 */

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
  report (user_data, FETCH_PHASE_RESOLVING, 0, -1);

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

static int
before_request_cb (void *user_data,
                   char *remote_ip G_GNUC_UNUSED,
                   char *local_ip G_GNUC_UNUSED,
                   int   remote_port G_GNUC_UNUSED,
                   int   local_port)
{
  FetchTransfer *self = user_data;

  /* Once only: some servers talk first, and then there is no better connection. */
  if (!self->wants_new_connection && is_plain (self->easy) &&
      fetch_sockets_has_early_input (fetch_io_get_sockets (self->io), local_port))
    {
      self->answer.broken_by_us = FETCH_BREAK_EARLY_ANSWER;
      return CURL_PREREQFUNC_ABORT;
    }

  report (self, FETCH_PHASE_WAITING, 0, -1);
  self->answer.expects_status_line = TRUE;

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
  char        *url = NULL;

  curl_easy_getinfo (self->easy, CURLINFO_EFFECTIVE_URL, &url);
  fetch_hops_make_own (&answer->hops);
  fetch_hops_add (answer->hops, url, line, length);
  answer->expects_status_line = FALSE;
  answer->is_in_header = TRUE;

  /* A redirect may leave TLS: see where this is set. */
  curl_easy_setopt (self->easy, CURLOPT_PIPEWAIT, 0L);

  g_clear_pointer (&answer->tls, fetch_tls_free);
  answer->tls = fetch_tls_of_connection (self->easy);
  fetch_handshake_forget (self->handshake);
}

/* A field may be called “HTTP/…”, too, be it in the header or after the body: only its
 * place makes a line the status line. */
static void
read_header_line (FetchTransfer *self, const char *line, size_t length)
{
  FetchAnswer *answer = &self->answer;

  if (answer->expects_status_line)
    begin_answer (self, line, length);
  else if (answer->is_in_header && (*line == '\r' || *line == '\n'))
    {
      answer->is_in_header = FALSE;
      answer->expects_status_line = fetch_answer_get_status (self) / 100 == 1;
    }
  else if (answer->is_in_header)
    fetch_hops_add_field (answer->hops, line, length);
}

/* Two that differ are how one answer is smuggled into another, and one that can't be is a
 * mistake, or a trap. */
static gboolean
has_bad_length (FetchTransfer *self, const char *line, size_t length)
{
  static const char name[] = "Content-Length:";
  g_autofree char  *value = NULL;
  const char       *before;
  guint64           number;

  if (!self->answer.is_in_header || length < strlen (name) ||
      g_ascii_strncasecmp (line, name, strlen (name)) != 0)
    return FALSE;

  value = g_strstrip (g_strndup (line + strlen (name), length - strlen (name)));
  before = fetch_hops_find_field (self->answer.hops, "Content-Length");
  if (before != NULL && !g_str_equal (before, value))
    return TRUE;

  return strspn (value, "0123456789") == strlen (value) &&
         !g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT64, &number, NULL);
}

static size_t
header_cb (char *line, size_t one G_GNUC_UNUSED, size_t length, void *user_data)
{
  FetchTransfer *self = user_data;

  self->answer.header_size += length;
  if (self->answer.header_size > FETCH_MAX_HEADER_SIZE)
    {
      self->answer.broken_by_us = FETCH_BREAK_HEADER_TOO_LARGE;
      return CURL_WRITEFUNC_ERROR;
    }
  if (has_bad_length (self, line, length))
    {
      self->answer.broken_by_us = FETCH_BREAK_BAD_LENGTH;
      return CURL_WRITEFUNC_ERROR;
    }

  read_header_line (self, line, length);

  return length;
}

static gboolean
unpacks_to_too_much (FetchTransfer *self, size_t length)
{
  FetchAnswer *answer = &self->answer;
  curl_off_t   on_wire = 0;

  curl_easy_getinfo (self->easy, CURLINFO_SIZE_DOWNLOAD_T, &on_wire);
  if (on_wire != answer->unpacked_from)
    {
      answer->unpacked_from = on_wire;
      answer->unpacked = 0;
    }
  answer->unpacked += length;

  return answer->unpacked > FETCH_MAX_UNPACKED;
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
         (guint64) total > self->answer.size;
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
  if (self->request->body_use != FETCH_BODY_KEEP)
    fetch_io_note_interim (self->io, self);
}

static const char *
find_field (FetchTransfer *self, const char *name)
{
  return fetch_hops_find_field (self->answer.hops, name);
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
 * does. A weak tag holds for what is similar, too. */
static char *
name_entity (FetchTransfer *self)
{
  const char *tag = find_field (self, "ETag");
  const char *modified = find_field (self, "Last-Modified");

  if (find_field (self, "Content-Encoding") != NULL)
    return NULL;
  if (tag != NULL)
    return g_str_has_prefix (tag, "W/") ? NULL : g_strdup (tag);

  return modified != NULL && is_strong_date (modified, find_field (self, "Date"))
             ? g_strdup (modified)
             : NULL;
}

/* Whether the body begins where the file ends, as in “bytes 500-999/1000”, and is of the
 * same version, whatever the server was asked. */
static gboolean
goes_on (FetchTransfer *self)
{
  const char *range = find_field (self, "Content-Range");
  const char *name = *self->entity == '"' ? find_field (self, "ETag")
                                          : find_field (self, "Last-Modified");
  gboolean    is_named_alike = name != NULL ? g_str_equal (name, self->entity)
                                            : *self->entity != '"';

  return is_named_alike && range != NULL && g_str_has_prefix (range, "bytes ") &&
         g_ascii_strtoull (range + strlen ("bytes "), NULL, 10) ==
             fetch_file_get_size (self->file);
}

/* The server may not go on from where the connection broke: then it sends all of it. */
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
      if (!fetch_file_start_over (self->file))
        return FETCH_BREAK_CANNOT_SAVE;
      g_byte_array_set_size (self->answer.first_bytes, 0);
      g_clear_pointer (&self->kept_bytes, g_byte_array_unref);
      self->wire_size_before = 0;
      g_free (self->entity);
      self->entity = name_entity (self);
      curl_easy_getinfo (self->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &total);
      self->expected_size = total;
    }

  return fetch_file_write (self->file, bytes, length) ? FETCH_BREAK_NONE
                                                      : FETCH_BREAK_CANNOT_SAVE;
}

/* With what was saved before. */
static guint64
get_size (FetchTransfer *self)
{
  return self->file != NULL ? fetch_file_get_size (self->file) : self->answer.size;
}

static FetchBreak
read_body (FetchTransfer *self, const char *bytes, size_t length)
{
  FetchAnswer *answer = &self->answer;
  FetchBreak broken = self->file != NULL ? save (self, bytes, length) : FETCH_BREAK_NONE;

  if (broken != FETCH_BREAK_NONE)
    return broken;

  answer->size += length;
  keep_first_bytes (self, bytes, length);

  if (unpacks_to_too_much (self, length))
    return FETCH_BREAK_UNPACKS_TO_TOO_MUCH;
  if (has_seen_enough (self))
    return FETCH_BREAK_ENOUGH;
  if (get_size (self) >= self->request->max_size)
    return FETCH_BREAK_MAX_SIZE;

  return FETCH_BREAK_NONE;
}

static size_t
body_cb (char *bytes, size_t one G_GNUC_UNUSED, size_t length, void *user_data)
{
  FetchTransfer *self = user_data;

  self->answer.broken_by_us = read_body (self, bytes, length);

  return self->answer.broken_by_us == FETCH_BREAK_NONE ? length : CURL_WRITEFUNC_ERROR;
}

static int
progress_cb (void      *user_data,
             curl_off_t total,
             curl_off_t received,
             curl_off_t upload_total G_GNUC_UNUSED,
             curl_off_t uploaded G_GNUC_UNUSED)
{
  if (received > 0)
    report (user_data, FETCH_PHASE_RECEIVING, received, total > 0 ? total : -1);

  return 0;
}

/* Those that a handle calls, whichever transfer it is for. */
void
fetch_answer_set_functions (CURL *easy)
{
  curl_easy_setopt (easy, CURLOPT_RESOLVER_START_FUNCTION, resolver_start_cb);
  curl_easy_setopt (easy, CURLOPT_PREREQFUNCTION, before_request_cb);
  curl_easy_setopt (easy, CURLOPT_HEADERFUNCTION, header_cb);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, body_cb);
  curl_easy_setopt (easy, CURLOPT_XFERINFOFUNCTION, progress_cb);
  curl_easy_setopt (easy, CURLOPT_NOPROGRESS, 0L);
}

void
fetch_answer_listen (FetchTransfer *self)
{
  CURL *easy = self->easy;

  self->answer = (FetchAnswer){ .hops = fetch_hops_new (),
                                .first_bytes = g_byte_array_new () };

  if (self->kept_bytes != NULL)
    g_byte_array_append (self->answer.first_bytes, self->kept_bytes->data,
                         self->kept_bytes->len);

  curl_easy_setopt (easy, CURLOPT_RESOLVER_START_DATA, self);
  curl_easy_setopt (easy, CURLOPT_PREREQDATA, self);
  curl_easy_setopt (easy, CURLOPT_HEADERDATA, self);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, self);
  curl_easy_setopt (easy, CURLOPT_XFERINFODATA, self);
}

void
fetch_answer_clear (FetchAnswer *self)
{
  g_clear_pointer (&self->hops, fetch_hops_unref);
  g_clear_pointer (&self->tls, fetch_tls_free);
  g_clear_pointer (&self->first_bytes, g_byte_array_unref);
}

/* That of the last answer; NULL if there was none. */
const char *
fetch_answer_get_status_line (const FetchAnswer *self)
{
  return self->hops != NULL ? fetch_hops_get_status_line (self->hops) : NULL;
}
