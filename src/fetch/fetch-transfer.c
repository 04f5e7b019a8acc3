/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-transfer-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fetch/fetch-curl-error.h"
#include "fetch/fetch-io-private.h"

/* A body that is saved goes on where it broke off, this often, even if retries are off:
 * nobody wants the first gigabyte again. */
#define MAX_RESUMPTIONS 5

/* Scheme, host and port, of an address that libcurl has put into shape. */
static char *
host_of (const char *url)
{
  const char *authority = strstr (url, "://") + strlen ("://");

  return g_ascii_strdown (url, authority - url + strcspn (authority, "/?#"));
}

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
  self->host = host_of (request->url);
  self->link.data = self;
  self->progress.total = -1;

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
  g_free (self->system_proxy);
  g_free (self->host);
  g_free (self->entity);
  fetch_io_unref (self->io);
  g_free (self);
}

/* What follows runs on the I/O thread. */

static void
answer_with_error (FetchTransfer *self, GError *error)
{
  background_promise_fail (self->promise, error);
  g_clear_pointer (&self->promise, background_promise_unref);
}

/* Makes the easy handle. Returns FALSE if it can't begin, and has failed. */
gboolean
fetch_transfer_prepare (FetchTransfer *self)
{
  g_assert (self->easy == NULL);

  if (self->request->body_use == FETCH_BODY_SAVE && self->file == NULL)
    self->file = fetch_file_new (self->request->save_path, self->request->replaces);
  if (self->file != NULL && fetch_file_get_error (self->file) != NULL)
    {
      answer_with_error (self, g_error_copy (fetch_file_get_error (self->file)));
      g_clear_pointer (&self->file, fetch_file_free);
      return FALSE;
    }

  if (self->n_attempts == 0)
    self->started = g_get_monotonic_time ();
  self->spent = g_get_monotonic_time () - self->started;
  self->n_attempts++;

  self->easy = fetch_io_take_handle (self->io);
  self->handshake = fetch_handshake_new ();
  fetch_transfer_set_options (self);
  fetch_answer_listen (self);

  return TRUE;
}

static void
discard_attempt (FetchTransfer *self)
{
  if (self->easy != NULL)
    fetch_io_give_handle_back (self->io, g_steal_pointer (&self->easy));
  g_clear_pointer (&self->fields, curl_slist_free_all);
  g_clear_pointer (&self->handshake, fetch_handshake_unref);
  fetch_answer_clear (&self->answer);
  *self->curl_detail = '\0';
}

static void
discard (FetchTransfer *self)
{
  discard_attempt (self);
  g_clear_pointer (&self->file, fetch_file_free);
}

/* For an address that was typed without a scheme. There is no HTTPS, if nobody listens
 * for it, or if something else than TLS answers. A certificate that is wrong is another
 * matter, and so is an answer that redirects to where it fails: then there is HTTPS, and
 * going round it would be what an attacker wants. */
static gboolean
shall_fall_back (FetchTransfer *self, CURLcode code)
{
  gboolean is_timeout_of_connection = code == CURLE_OPERATION_TIMEDOUT &&
                                      self->progress.phase < FETCH_PHASE_WAITING;

  if (self->is_fallback || self->request->fallback_url == NULL ||
      fetch_answer_get_status_line (&self->answer) != NULL)
    return FALSE;

  return code == CURLE_COULDNT_CONNECT || code == CURLE_SSL_CONNECT_ERROR ||
         is_timeout_of_connection;
}

static int
get_status (FetchTransfer *self)
{
  long status = 0;

  curl_easy_getinfo (self->easy, CURLINFO_RESPONSE_CODE, &status);

  return status;
}

/* An empty body has no first byte: then the range that was asked for is refused. */
static gboolean
shall_ask_without_range (FetchTransfer *self, CURLcode code)
{
  return code == CURLE_OK && fetch_transfer_wants_range (self) &&
         get_status (self) == 416;
}

/* A body can be gone on with, if the server has named what it sent: with an entity tag
 * (not a weak one, which holds for what is similar), or else a date. */
static gboolean
shall_resume (FetchTransfer *self, CURLcode code)
{
  const char *tag = fetch_hops_find_field (self->answer.hops, "ETag");
  const char *date = fetch_hops_find_field (self->answer.hops, "Last-Modified");
  const char *encoding = fetch_hops_find_field (self->answer.hops, "Content-Encoding");
  gint64      pause;

  if (code == CURLE_OK || self->file == NULL || fetch_file_get_size (self->file) == 0 ||
      get_status (self) / 100 != 2 || encoding != NULL ||
      self->n_attempts > MAX_RESUMPTIONS || !fetch_retry_is_worth_it (self, code, &pause))
    return FALSE;

  g_free (self->entity);
  self->entity = g_strdup (tag != NULL && !g_str_has_prefix (tag, "W/") ? tag : date);

  return self->entity != NULL;
}

/* When the easy handle is off the multi handle: whether there is another attempt, after a
 * pause in microseconds. */
gboolean
fetch_transfer_try_again (FetchTransfer *self, CURLcode code, gint64 *pause)
{
  *pause = 0;

  if (self->answer.broken_by_us == FETCH_BREAK_EARLY_ANSWER)
    {
      self->wants_new_connection = TRUE;
      self->n_attempts--;
    }
  else if (shall_fall_back (self, code))
    {
      self->is_fallback = TRUE;
      self->n_attempts--;
    }
  else if (shall_ask_without_range (self, code))
    {
      self->is_range_refused = TRUE;
      self->n_attempts--;
    }
  else if (shall_resume (self, code) || self->n_attempts <= self->request->max_retries)
    {
      if (!fetch_retry_is_worth_it (self, code, pause))
        return FALSE;

      /* Without a name for it, what is there may be the beginning of something else. */
      if (self->file != NULL && self->entity == NULL)
        fetch_file_start_over (self->file);
    }
  else
    return FALSE;

  discard_attempt (self);

  return TRUE;
}

static FetchEnding
ending_of (FetchTransfer *self, CURLcode code, FetchResult *result)
{
  FetchAnswer *answer = &self->answer;
  guint64 size = self->file != NULL ? fetch_file_get_size (self->file) : result->size;

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

/* The file gets its name, if all of it is there. */
static gboolean
finish_file (FetchTransfer *self, FetchResult *result)
{
  if (self->file == NULL || result->ending != FETCH_ENDING_COMPLETE ||
      result->status / 100 != 2)
    return TRUE;

  if (!fetch_file_finish (self->file))
    return FALSE;

  result->saved_path = g_strdup (self->request->save_path);
  result->size = fetch_file_get_size (self->file);

  return TRUE;
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
  background_promise_report_result (self->promise, fetch_learn (self), unref_result);
}

/* When the easy handle is off the multi handle: answers the call. */
void
fetch_transfer_finish (FetchTransfer *self, CURLcode code)
{
  FetchAnswer *answer = &self->answer;
  /* libcurl is content with half a header when the connection is closed. */
  gboolean is_cut_off = answer->is_in_header ||
                        (answer->expects_status_line &&
                         fetch_answer_get_status_line (answer) != NULL);
  FetchResult *result = fetch_learn (self);

  /* We have not asked for another protocol. */
  if (code == CURLE_OK && result->status == 101)
    code = CURLE_WEIRD_SERVER_REPLY;
  if (code == CURLE_OK && is_cut_off)
    code = CURLE_GOT_NOTHING;

  result->ending = ending_of (self, code, result);
  if (result->ending != FETCH_ENDING_FAILED && finish_file (self, result))
    {
      background_promise_return (self->promise, result);
      g_clear_pointer (&self->promise, background_promise_unref);
    }
  else
    {
      answer_with_error (self, fetch_curl_error_new (self, code, result));
      fetch_result_unref (result);
    }

  discard (self);
}

/* The same for one that nobody wants any more; it may not have been begun. */
void
fetch_transfer_finish_cancelled (FetchTransfer *self)
{
  g_autoptr (FetchResult) result = self->easy != NULL ? fetch_learn (self) : NULL;

  answer_with_error (self,
                     fetch_error_new (FETCH_ERROR_CANCELLED, _ ("Cancelled."), result));
  discard (self);
}
