/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-transfer-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fetch/fetch-curl-error.h"
#include "fetch/fetch-header-private.h"
#include "fetch/fetch-io-private.h"
#include "fetch/fetch-save-private.h"
#include "fetch/fetch-secrets.h"
#include "fetch/fetch-url.h"
#include "fetch/fetch-visible-text.h"

/* A body that is saved goes on where it broke off, this often, even if retries are off:
 * nobody wants the first gigabyte again. */
#define MAX_RESUMPTIONS 5

/* Of an exchange, on new connections. */
#define MAX_RESENDS 3

/* Takes the promise. */
FetchTransfer *
fetch_transfer_new (FetchIo *io, FetchRequest *request, BackgroundPromise *promise)
{
  FetchTransfer *self = g_new0 (FetchTransfer, 1);

  atomic_init (&self->ref_count, 1);
  background_change_init (self, news);
  self->io = fetch_io_ref (io);
  self->request = fetch_request_copy (request);
  self->asked = g_get_monotonic_time ();
  self->promise = promise;
  self->host = fetch_url_get_origin (request->url);
  self->link.data = self;
  self->progress.total = -1;
  self->expected_size = -1;

  return self;
}

FetchTransfer *
fetch_transfer_ref (FetchTransfer *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);

  return self;
}

void
fetch_transfer_unref (FetchTransfer *self)
{
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  g_assert (self->easy == NULL && self->promise == NULL && self->file == NULL);

  fetch_request_free (self->request);
  g_strfreev (self->system_proxies);
  g_free (self->origin_of_proxies);
  g_clear_error (&self->proxy_error);
  g_free (self->host);
  g_free (self->entity);
  g_clear_pointer (&self->kept_bytes, g_byte_array_unref);
  g_free (self->target);
  fetch_io_unref (self->io);
  g_free (self);
}

/* What follows runs on the I/O thread. */

/* A GCompareDataFunc. */
int
fetch_transfer_compare_due (gconstpointer a,
                            gconstpointer b,
                            gpointer      user_data G_GNUC_UNUSED)
{
  gint64 due_a = ((const FetchTransfer *) a)->due;
  gint64 due_b = ((const FetchTransfer *) b)->due;

  return (due_a > due_b) - (due_a < due_b);
}

/* Whether @url is of the host in whose line the transfer is. */
gboolean
fetch_transfer_is_of_host (FetchTransfer *self, const char *url)
{
  g_autofree char *host = fetch_url_get_origin (url);

  return g_str_equal (host, self->host);
}

/* When it is in no line, and does not run: it belongs to the host of @url from now on. */
void
fetch_transfer_set_host (FetchTransfer *self, const char *url)
{
  g_free (self->host);
  self->host = fetch_url_get_origin (url);
}

static void
answer_with_error (FetchTransfer *self, GError *error)
{
  background_promise_fail (self->promise, error);
  g_clear_pointer (&self->promise, background_promise_unref);
}

/* With what an earlier fetch has left of it: the server is asked whether that is still
 * its beginning, as after a break. */
static void
open_file (FetchTransfer *self)
{
  FetchRequest    *request = self->request;
  g_autofree char *subject = fetch_part_name_subject (request);
  const FetchPart *part;

  self->file = fetch_file_new (request->save_path, request->replaces, subject);
  if (fetch_file_get_error (self->file) != NULL)
    return;

  part = fetch_file_get_part (self->file);
  if (part == NULL)
    return;

  self->entity = g_strdup (part->entity);
  self->expected_size = part->full_size;
  self->kept_bytes = fetch_file_read_beginning (self->file, request->preview_size);
}

static void
discard_exchange (FetchTransfer *self)
{
  g_clear_pointer (&self->easy, curl_easy_cleanup);
  g_clear_pointer (&self->fields, curl_slist_free_all);
  g_clear_pointer (&self->handshake, fetch_handshake_unref);
  *self->curl_detail = '\0';
}

/* Makes a new easy handle for the next exchange. None is used twice: libcurl 7.88 keeps
 * a pointer into the header of the transfer before, which curl_easy_reset() does not
 * clear, and a response can make it use that; and it counts its own retries by handle. */
void
fetch_transfer_begin_exchange (FetchTransfer *self)
{
  discard_exchange (self);

  self->easy = curl_easy_init ();
  self->handshake = fetch_handshake_new ();
  fetch_answer_listen (self);
  fetch_transfer_set_options (self);
}

/* Begins an attempt. Returns FALSE if it can't begin, and has failed. */
gboolean
fetch_transfer_prepare (FetchTransfer *self)
{
  g_assert (self->easy == NULL);

  if (self->request->body_use == FETCH_BODY_SAVE && self->file == NULL &&
      self->request->method != FETCH_METHOD_HEAD)
    open_file (self);
  if (self->file != NULL && fetch_file_get_error (self->file) != NULL)
    {
      answer_with_error (self, g_error_copy (fetch_file_get_error (self->file)));
      g_clear_pointer (&self->file, fetch_file_free);
      return FALSE;
    }

  self->started = g_get_monotonic_time ();
  self->n_attempts++;
  self->looked = 0;
  self->wants_new_connection = FALSE;
  self->n_resends = 0;
  fetch_answer_begin (self);

  return TRUE;
}

static void
discard_attempt (FetchTransfer *self)
{
  discard_exchange (self);
  g_clear_pointer (&self->target, g_free);
  self->has_left_origin = FALSE;
  fetch_answer_clear (&self->answer);
}

static void
discard (FetchTransfer *self)
{
  discard_attempt (self);
  g_clear_pointer (&self->file, fetch_file_free);
}

static gboolean
has_secrets (FetchRequest *request)
{
  char **fields = request->header_fields;

  for (gsize i = 0; fields != NULL && fields[i] != NULL; i++)
    if (fetch_secrets_is_field (fields[i]))
      return TRUE;

  return request->user != NULL || request->bearer_token != NULL;
}

/* For an address that was typed without a scheme. There is no HTTPS, if nobody listens
 * for it, or if something else than TLS answers. A certificate that is wrong is another
 * matter, and so is an answer that redirects to where it fails: then there is HTTPS, and
 * going round it would be what an attacker wants. And what is secret is never sent where
 * everybody can read it, unless that was asked for. */
static gboolean
shall_fall_back (FetchTransfer *self, CURLcode code)
{
  gboolean is_timeout_of_connection = code == CURLE_OPERATION_TIMEDOUT &&
                                      self->progress.phase < FETCH_PHASE_WAITING;

  if (self->is_fallback || self->request->fallback_url == NULL ||
      fetch_answer_get_status_line (&self->answer) != NULL ||
      self->handshake->problem != FETCH_CERTIFICATE_IS_FINE ||
      has_secrets (self->request))
    return FALSE;

  return code == CURLE_COULDNT_CONNECT || code == CURLE_SSL_CONNECT_ERROR ||
         is_timeout_of_connection;
}

/* The settings may name several, each for when those before it can't be reached. That a
 * connection was made shows that one can. */
static gboolean
shall_try_next_proxy (FetchTransfer *self, CURLcode code)
{
  curl_off_t connected = 0;

  if (self->request->proxy != NULL || self->system_proxies == NULL ||
      self->system_proxies[self->n_dead_proxies + 1] == NULL || self->answer.has_response)
    return FALSE;

  curl_easy_getinfo (self->easy, CURLINFO_CONNECT_TIME_T, &connected);

  return code == CURLE_COULDNT_RESOLVE_PROXY ||
         (connected == 0 &&
          (code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT));
}

/* An empty body has no first byte: then the range that was asked for is refused. */
static gboolean
shall_ask_without_range (FetchTransfer *self, CURLcode code)
{
  return code == CURLE_OK && fetch_transfer_wants_range (self) &&
         fetch_answer_get_status (self) == 416;
}

static gboolean
has_begun_file (FetchTransfer *self)
{
  return self->file != NULL && fetch_file_get_size (self->file) > 0;
}

/* A body can be gone on with, if the server has named the version that is in the file. */
static gboolean
shall_resume (FetchTransfer *self, CURLcode code)
{
  return code != CURLE_OK && has_begun_file (self) && self->entity != NULL &&
         self->n_attempts <= MAX_RESUMPTIONS;
}

/* What is in the file can't be gone on with: there is another version now, or nothing
 * after it. */
static gboolean
shall_save_anew (FetchTransfer *self, CURLcode code)
{
  return self->n_attempts <= MAX_RESUMPTIONS && has_begun_file (self) &&
         (self->answer.broken_by_us == FETCH_BREAK_OTHER_VERSION ||
          (code == CURLE_OK && fetch_answer_get_status (self) == 416));
}

static void
start_file_over (FetchTransfer *self)
{
  fetch_file_start_over (self->file);
  g_clear_pointer (&self->entity, g_free);
  g_clear_pointer (&self->kept_bytes, g_byte_array_unref);
  self->expected_size = -1;
  self->wire_size_before = 0;
}

/* The next attempt goes on with what this one has brought. */
static void
keep_beginning (FetchTransfer *self)
{
  /* Before its first byte, the file is as it was. */
  if (fetch_answer_get_status (self) / 100 != 2 || self->answer.size == 0)
    return;

  self->wire_size_before += self->answer.encoded_size;
  g_clear_pointer (&self->kept_bytes, g_byte_array_unref);
  self->kept_bytes = fetch_file_read_beginning (self->file, self->request->preview_size);
}

/* Where we broke off and libcurl's code for that says nothing. */
static CURLcode
code_of_break (FetchTransfer *self, CURLcode code)
{
  switch (self->answer.broken_by_us)
    {
    case FETCH_BREAK_STALLED:
    case FETCH_BREAK_HEADER_TIMEOUT:
    case FETCH_BREAK_TOO_SLOW:
      return CURLE_OPERATION_TIMEDOUT;

    case FETCH_BREAK_OTHER_PART:
      g_snprintf (self->curl_detail, sizeof self->curl_detail, "Content-Range: %s",
                  fetch_hops_find_field (self->answer.hops, "Content-Range"));
      return CURLE_WEIRD_SERVER_REPLY;

    case FETCH_BREAK_CANNOT_DECODE:
      {
        g_autofree char *damage = fetch_decoder_describe_damage (self->answer.decoder);

        g_strlcpy (self->curl_detail, damage, sizeof self->curl_detail);
        return CURLE_BAD_CONTENT_ENCODING;
      }

    default:
      return code;
    }
}

/* Where libcurl's code says less than it knows. */
static CURLcode
code_of_http2 (FetchTransfer *self, CURLcode code)
{
  /* With an error, there is a detail; without one, the server has said goodbye (GOAWAY).
   */
  if (code == CURLE_HTTP2 && *self->curl_detail == '\0')
    return CURLE_RECV_ERROR;
  if (code == CURLE_HTTP2_STREAM && fetch_answer_get_status (self) == 0 &&
      strstr (self->curl_detail, "PROTOCOL_ERROR") != NULL)
    return CURLE_WEIRD_SERVER_REPLY;

  return code;
}

/* libcurl's code for a redirect that can't be followed; CURLE_OK if there is none. */
static CURLcode
code_of_redirect (FetchAnswer *answer)
{
  if (answer->has_too_many_redirects)
    return CURLE_TOO_MANY_REDIRECTS;

  switch (answer->redirect_problem)
    {
    case FETCH_URL_PROBLEM_SCHEME:
      return CURLE_UNSUPPORTED_PROTOCOL;

    case FETCH_URL_PROBLEM_USERINFO:
    case FETCH_URL_PROBLEM_INVALID:
      return CURLE_URL_MALFORMAT;

    case FETCH_URL_PROBLEM_NONE:
    default:
      return CURLE_OK;
    }
}

/* libcurl is content with half a header when the connection is closed, and with another
 * protocol that nobody has asked for. */
static CURLcode
correct (FetchTransfer *self, CURLcode code)
{
  FetchAnswer     *answer = &self->answer;
  g_autofree char *codings = NULL;

  if (code_of_redirect (answer) != CURLE_OK)
    return code_of_redirect (answer);
  if (code != CURLE_OK)
    return code_of_break (self, code_of_http2 (self, code));
  if (fetch_answer_get_status (self) == 101)
    return CURLE_WEIRD_SERVER_REPLY;

  if (answer->is_in_header ||
      (answer->expects_status_line && fetch_answer_get_status_line (answer) != NULL))
    return CURLE_GOT_NOTHING;

  /* All has come that was announced, and yet it is not all. */
  answer->is_cut = fetch_answer_is_cut (self);
  if (!answer->is_cut)
    return CURLE_OK;

  codings = fetch_header_dup_content_codings (answer->hops);
  g_snprintf (self->curl_detail, sizeof self->curl_detail, "%s%s",
              codings != NULL ? "Content-Encoding: " : "Transfer-Encoding",
              codings != NULL ? codings : "");

  return CURLE_PARTIAL_FILE;
}

/* Whether the connection has ended before anything of a response came, and this says
 * nothing of the server: it had been used before, and servers close idle connections when
 * they like (RFC 9112, 9.3.1), or the server has said that it did not begin with the
 * request (GOAWAY; RFC 9113, 8.7). GET and HEAD may be sent again (RFC 9110, 9.2.2). */
static gboolean
has_died_unused (FetchTransfer *self, CURLcode code)
{
  long n_connects = 0;

  if (self->answer.has_response || self->answer.broken_by_us != FETCH_BREAK_NONE)
    return FALSE;

  curl_easy_getinfo (self->easy, CURLINFO_NUM_CONNECTS, &n_connects);

  switch (code)
    {
    /* The last two, if a connection of HTTP/2 ends before a stream does. */
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2_STREAM:
      return n_connects == 0;

    case CURLE_HTTP2:
      /* With an error, there is a detail; without one, the server has said goodbye. */
      return *self->curl_detail == '\0' || n_connects == 0;

    default:
      return FALSE;
    }
}

/* What could not be sent, nobody has acted on. A new connection may be closed for being
 * idle, too, when many others keep this thread from using it at once. */
static gboolean
has_not_been_sent (FetchTransfer *self, CURLcode code)
{
  return code == CURLE_SEND_ERROR && !self->answer.has_response &&
         self->answer.broken_by_us == FETCH_BREAK_NONE && self->n_resends < MAX_RESENDS;
}

static gboolean
shall_use_new_connection (FetchTransfer *self, CURLcode code)
{
  if (has_not_been_sent (self, code))
    return TRUE;

  return !self->wants_new_connection &&
         (self->answer.broken_by_us == FETCH_BREAK_UNFIT_CONNECTION ||
          has_died_unused (self, code));
}

/* When the easy handle is off the multi handle: whether the same exchange is begun once
 * more, at once, in another way. It is not counted as an attempt. */
gboolean
fetch_transfer_should_resend (FetchTransfer *self, CURLcode code)
{
  if (shall_use_new_connection (self, code))
    {
      self->wants_new_connection = TRUE;
      self->n_resends++;
    }
  else if (shall_try_next_proxy (self, code))
    self->n_dead_proxies++;
  else
    return FALSE;

  self->answer.past = fetch_learn_past (self);

  return TRUE;
}

/* When the easy handle is off the multi handle: whether there is another attempt, after a
 * pause in microseconds. */
gboolean
fetch_transfer_try_again (FetchTransfer *self, CURLcode code, gint64 *pause)
{
  FetchTimeline past;

  *pause = 0;
  code = correct (self, code);

  if (self->has_written)
    return FALSE;

  if (shall_fall_back (self, code))
    {
      self->is_fallback = TRUE;
      self->n_attempts--;
    }
  else if (shall_ask_without_range (self, code))
    {
      self->is_range_refused = TRUE;
      self->n_attempts--;
    }
  else if (shall_save_anew (self, code))
    start_file_over (self);
  else if (shall_resume (self, code) || fetch_retry_has_any_left (self))
    {
      if (!fetch_retry_is_worth_it (self, code, pause))
        return FALSE;

      /* Without a name for it, what is there may be the beginning of something else. */
      if (has_begun_file (self) && self->entity != NULL)
        keep_beginning (self);
      else if (self->file != NULL)
        start_file_over (self);
    }
  else
    return FALSE;

  self->spent += g_get_monotonic_time () - self->started + *pause;
  past = fetch_learn_past (self);
  fetch_timeline_add (&self->past, &past);
  discard_attempt (self);

  return TRUE;
}

static FetchEnding
ending_of (FetchTransfer *self, CURLcode code, FetchResult *result)
{
  FetchAnswer *answer = &self->answer;
  guint64      size = result->size;

  if (self->file != NULL)
    size = fetch_file_get_size (self->file);
  else if (answer->decoder != NULL)
    size = answer->encoded_size;

  /* Enough, or too much, of a body that is not what was asked for. */
  if (code_of_redirect (answer) != CURLE_OK)
    return FETCH_ENDING_FAILED;
  if (answer->broken_by_us == FETCH_BREAK_MAX_SIZE)
    return FETCH_ENDING_TOO_LARGE;
  if (answer->broken_by_us == FETCH_BREAK_ENOUGH)
    return FETCH_ENDING_STOPPED;
  if (code != CURLE_OK)
    return FETCH_ENDING_FAILED;
  if (result->status == 206 && result->full_size != (gint64) size)
    return FETCH_ENDING_RANGE;

  return FETCH_ENDING_COMPLETE;
}

/* Whether there is a file that is to get its name. */
static gboolean
is_saved (FetchTransfer *self, FetchResult *result)
{
  return self->file != NULL && result->status / 100 == 2 &&
         result->ending != FETCH_ENDING_TOO_LARGE;
}

/* What is known to be the beginning of one version is kept, and the error, if there is
 * one, says so. The file is closed before the promise is settled: it may be fetched again
 * at once. */
static void
keep_part (FetchTransfer *self, GError *error)
{
  if (self->file == NULL || self->entity == NULL ||
      self->answer.broken_by_us == FETCH_BREAK_OTHER_VERSION ||
      self->answer.broken_by_us == FETCH_BREAK_MAX_SIZE)
    g_clear_pointer (&self->file, fetch_file_free);
  else
    fetch_save_keep_part (g_steal_pointer (&self->file), error);
}

static void
unref_result (gpointer result)
{
  fetch_result_unref (result);
}

/* While it runs. */
void
fetch_transfer_report_interim (FetchTransfer *self)
{
  self->answer.n_shown = self->answer.first_bytes->len;
  background_promise_report_result (self->promise, fetch_learn (self), unref_result);
}

/* When the easy handle is off the multi handle: answers the call. */
void
fetch_transfer_finish (FetchTransfer *self, CURLcode code)
{
  FetchResult *result;

  code = correct (self, code);
  /* An empty body is one, too: what was there before is not. */
  if (code == CURLE_OK && has_begun_file (self) && self->answer.size == 0 &&
      fetch_answer_get_status (self) / 100 == 2 && fetch_answer_get_status (self) != 206)
    start_file_over (self);

  result = fetch_learn (self);
  result->ending = ending_of (self, code, result);

  /* A part is not what was to be saved. */
  if (self->file != NULL && result->ending == FETCH_ENDING_RANGE)
    {
      code = CURLE_PARTIAL_FILE;
      result->ending = FETCH_ENDING_FAILED;
    }

  if (result->ending != FETCH_ENDING_FAILED && is_saved (self, result))
    fetch_save_finish (g_steal_pointer (&self->file), self->request->save_path, result,
                       g_steal_pointer (&self->promise));
  else if (result->ending != FETCH_ENDING_FAILED)
    {
      /* The server may have said no to what was to follow. */
      keep_part (self, NULL);
      background_promise_return (self->promise, result);
      g_clear_pointer (&self->promise, background_promise_unref);
    }
  else
    {
      GError *error = fetch_curl_error_new (self, code, result);

      keep_part (self, error);
      answer_with_error (self, error);
      fetch_result_unref (result);
    }

  discard (self);
}

/* The same for one that goes no further; it may not have been begun. */
static void
finish_halfway (FetchTransfer *self, FetchError code, const char *message)
{
  g_autoptr (FetchResult) result = self->easy != NULL ? fetch_learn (self) : NULL;
  GError *error = fetch_error_new (code, message, result);

  keep_part (self, error);
  answer_with_error (self, error);
  discard (self);
}

/* Nobody wants it any more. */
void
fetch_transfer_finish_cancelled (FetchTransfer *self)
{
  finish_halfway (self, FETCH_ERROR_CANCELLED, _ ("Cancelled."));
}

/* There is a proxy_error. */
void
fetch_transfer_finish_without_proxy (FetchTransfer *self)
{
  finish_halfway (self, self->proxy_error->code, self->proxy_error->message);
}
