/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hostile-case.h"

#include <curl/curl.h>
#include <string.h>

#include "../backgroundcall/gate.h"
#include "fetch/fetch-preview.h"

/* More than any case needs, and less than what one of them sends or unpacks. */
#define MAX_GROWTH (64 * 1024) /* kB */

#if defined(__has_feature)
#  if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#    define IS_SANITIZED TRUE
#  endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#  define IS_SANITIZED TRUE
#endif
#ifndef IS_SANITIZED
#  define IS_SANITIZED FALSE
#endif

/* Where all takes many times as long, and more memory. */
gboolean
hostile_is_under_valgrind (void)
{
  const char *preloaded = g_getenv ("LD_PRELOAD");

  return preloaded != NULL && strstr (preloaded, "vgpreload") != NULL;
}

/* The most memory that the process has had, in kB; since the last reset, where the kernel
 * lets us reset it. */
static gint64
get_peak_of_memory (void)
{
  g_autofree char *status = NULL;
  const char      *line;

  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  line = strstr (status, "VmHWM:");
  g_assert_nonnull (line);

  return g_ascii_strtoll (line + strlen ("VmHWM:"), NULL, 10);
}

static gint64
reset_peak_of_memory (void)
{
  FILE *file = fopen ("/proc/self/clear_refs", "w");

  if (file != NULL)
    {
      fputs ("5", file);
      fclose (file);
    }

  return get_peak_of_memory ();
}

/* No case takes as long as the bounds here, unless it is about a timeout. */
FetchRequest *
hostile_request_new (const char *url)
{
  g_autoptr (GError) error = NULL;
  FetchRequest *request = fetch_request_new (url, &error);

  g_assert_no_error (error);
  fetch_request_set_ca_file (request, hostile_certificates_get_ca_file ());
  fetch_request_set_total_timeout (request, PATIENCE / 2);

  return request;
}

FetchResult *
hostile_result_of (BackgroundCall *call)
{
  g_autoptr (GError) error = NULL;
  FetchResult *result = background_call_get_return (call, PATIENCE, &error);

  g_assert_no_error (error);

  return result;
}

/* Returns what was learned before it failed. */
FetchResult *
hostile_assert_fails (BackgroundCall *call, FetchError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (background_call_get_return (call, PATIENCE, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, FETCH_ERROR, (int) code);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));

  return fetch_error_get_result (background_call_get_error (call));
}

void
hostile_assert_good (BackgroundCall *call)
{
  FetchResult  *result = hostile_result_of (call);
  gsize         size;
  gconstpointer bytes = g_bytes_get_data (fetch_result_get_first_bytes (result), &size);

  g_assert_cmpint (fetch_result_get_status (result), ==, 200);
  g_assert_cmpmem (bytes, size, HOSTILE_GOOD_BODY, strlen (HOSTILE_GOOD_BODY));
  g_assert_true (fetch_result_is_complete (result));
}

/* The server behaves well from now on; nothing of what it did before is in the way. */
void
hostile_assert_still_works (FetchSession  *session,
                            HostileServer *server,
                            const char    *scheme)
{
  g_autofree char *url = hostile_server_get_url (server, scheme, "/good");
  g_autoptr (FetchRequest) request = hostile_request_new (url);
  g_autoptr (BackgroundCall) call = NULL;

  hostile_server_behave (server);
  call = fetch_session_fetch (session, request);
  hostile_assert_good (call);
}

static FetchRequest *
request_for (const HostileCase *self, HostileServer *server)
{
  g_autofree char *url = hostile_server_get_url (
      server, self->scheme != NULL ? self->scheme : "http", "/hostile/page");
  FetchRequest *request = hostile_request_new (url);

  fetch_request_set_verifies_tls (request, !self->trusts_anybody);
  fetch_request_set_http_version (request, self->http_version);
  fetch_request_set_max_retries (request, 0);
  if (self->connect_timeout > 0)
    fetch_request_set_connect_timeout (request,
                                       self->connect_timeout * G_TIME_SPAN_MILLISECOND);
  if (self->stall_timeout > 0)
    fetch_request_set_stall_timeout (request,
                                     self->stall_timeout * G_TIME_SPAN_MILLISECOND);
  if (self->header_timeout > 0)
    fetch_request_set_header_timeout (request,
                                      self->header_timeout * G_TIME_SPAN_MILLISECOND);
  if (self->takes_any_speed)
    fetch_request_set_min_speed (request, 0);
  if (self->total_timeout > 0)
    fetch_request_set_total_timeout (request,
                                     self->total_timeout * G_TIME_SPAN_MILLISECOND);
  if (self->max_redirects > 0)
    fetch_request_set_max_redirects (request, self->max_redirects);
  if (self->max_size > 0)
    fetch_request_set_max_size (request, self->max_size);
  if (self->peeks)
    fetch_request_set_body_use (request, FETCH_BODY_PEEK);
  if (self->wants_no_bytes)
    fetch_request_set_preview_size (request, 0);

  return request;
}

static void
assert_first_bytes (const HostileCase *self, FetchResult *result)
{
  gsize         size;
  gsize         expected = self->n_first_bytes > 0 ? self->n_first_bytes
                                                   : strlen (self->first_bytes);
  gconstpointer bytes = g_bytes_get_data (fetch_result_get_first_bytes (result), &size);

  g_assert_cmpmem (bytes, size, self->first_bytes, expected);
  g_assert_cmpuint (fetch_result_get_size (result), ==,
                    self->size > 0 ? self->size : expected);
}

/* Whatever the bytes are, what is shown is text. */
static void
assert_preview (const HostileCase *self, FetchResult *result)
{
  g_autoptr (FetchPreview) preview = fetch_preview_new_for_result (result);

  g_assert_true (g_utf8_validate (fetch_preview_get_text (preview), -1, NULL));
  if (self->is_binary)
    g_assert_cmpint (fetch_preview_get_kind (preview), ==, FETCH_PREVIEW_BINARY);
  if (self->charset != NULL)
    {
      g_assert_cmpint (fetch_preview_get_kind (preview), ==, FETCH_PREVIEW_TEXT);
      g_assert_cmpstr (fetch_preview_get_charset (preview), ==, self->charset);
    }
  if (self->preview != NULL)
    g_assert_cmpstr (fetch_preview_get_text (preview), ==, self->preview);
}

/* Also when it is kept. */
static void
assert_note (const HostileCase *self, FetchResult *result)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (fetch_result_to_variant (result));
  g_autoptr (FetchResult) kept = fetch_result_new_from_variant (variant);

  g_assert_cmpint (fetch_result_get_decoding_note (result), ==, self->note);
  g_assert_cmpint (fetch_result_get_decoding_note (kept), ==, self->note);
  g_assert_cmpint (fetch_result_get_ending (kept), ==, fetch_result_get_ending (result));
}

static void
assert_result (const HostileCase *self, FetchResult *result)
{
  g_assert_cmpint (fetch_result_get_status (result), ==, self->status);
  g_assert_cmpuint (fetch_result_get_n_redirects (result), ==, self->n_redirects);
  g_assert_cmpint (fetch_result_is_complete (result), ==,
                   !self->fails && !self->is_incomplete);
  assert_note (self, result);
  if (self->first_bytes != NULL)
    assert_first_bytes (self, result);
  if (self->size_on_wire > 0)
    g_assert_cmpint (fetch_result_get_size_on_wire (result), ==, self->size_on_wire);
  if (self->url_ends_with != NULL)
    {
      g_test_message ("%s", fetch_result_get_url (result));
      g_assert_true (
          g_str_has_suffix (fetch_result_get_url (result), self->url_ends_with));
    }
  assert_preview (self, result);
}

static gboolean
is_usual_libcurl (void)
{
  return g_str_has_prefix (curl_version_info (CURLVERSION_NOW)->version, "7.88.");
}

static void
assert_outcome (const HostileCase *self, BackgroundCall *call)
{
  if (!self->fails)
    {
      assert_result (self, hostile_result_of (call));
      return;
    }

  /* BAD_ADDRESS, 0, is nothing that a server can cause. What breaks a rule of HTTP/2 is
   * found by a library behind libcurl, and each version has another way to say so. */
  g_assert_null (background_call_get_return (call, PATIENCE, NULL));
  g_assert_nonnull (background_call_get_error (call));
  if (self->or_code != 0 && !is_usual_libcurl () &&
      background_call_get_error (call)->code == (int) self->or_code)
    hostile_assert_fails (call, self->or_code);
  else
    hostile_assert_fails (call, self->code);
  if (self->words != NULL)
    g_assert_nonnull (strstr (background_call_get_error (call)->message, self->words));
  assert_result (self, fetch_error_get_result (background_call_get_error (call)));
}

static void
test_case (gconstpointer data)
{
  const HostileCase *self = data;
  g_autoptr (HostileServer) server = hostile_server_new (&self->server);
  g_autoptr (FetchSession) session = fetch_session_new ();
  g_autoptr (FetchRequest) request = request_for (self, server);
  g_autoptr (BackgroundCall) call = NULL;
  gboolean is_measured = !IS_SANITIZED && !hostile_is_under_valgrind ();
  gint64   most_time = is_measured && self->get_most_time != NULL ? self->get_most_time ()
                                                                  : G_MAXINT64;
  gint64   peak_before = reset_peak_of_memory ();
  gint64   start = g_get_monotonic_time ();

  call = fetch_session_fetch (session, request);
  if (self->server.then == HOSTILE_RESETS_AFTER_BODY)
    {
      iterate_until (fetch_progress_of (call).received > 0 ||
                     background_call_is_done (call));
      hostile_server_tell_body_was_seen (server);
    }
  assert_outcome (self, call);
  g_assert_cmpint (g_get_monotonic_time () - start, <, most_time);
  if (self->is_bounded && is_measured)
    g_assert_cmpint (get_peak_of_memory () - peak_before, <, MAX_GROWTH);

  hostile_assert_still_works (session, server,
                              self->scheme != NULL ? self->scheme : "http");

  g_clear_object (&session);
  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
}

void
hostile_cases_add_n (const char *subject, const HostileCase *cases, gsize n_cases)
{
  for (gsize i = 0; i < n_cases; i++)
    {
      g_autofree char *path = g_strdup_printf ("/hostile/%s/%s", subject, cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
}
