/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Servers that break off what is saved, and answer something else when it is gone on
 * with. */

#include <glib/gstdio.h>
#include <string.h>

#include "../backgroundcall/gate.h"
#include "fetch/fetch-error.h"
#include "fetch/fetch-part.h"
#include "hostile-case.h"

static void
write_times (HostileConnection *connection, guint n_times, const char *text)
{
  for (guint i = 0; i < n_times; i++)
    hostile_write_text (connection, text);
}

static gboolean
goes_on (HostileConnection *connection)
{
  return strstr (hostile_get_request (connection), "\r\nRange: bytes=100000-\r\n") !=
         NULL;
}

/* A third of the first version, and the rest of the second. */
static void
write_other_rest (HostileConnection *connection)
{
  if (goes_on (connection))
    {
      hostile_write_text (connection, "HTTP/1.1 206 Partial Content\r\n"
                                      "ETag: second\r\n"
                                      "Content-Range: bytes 100000-299999/300000\r\n"
                                      "Content-Length: 200000\r\n\r\n");
      write_times (connection, 200, HOSTILE_REPEAT_100 ("yyyyyyyyyy"));
      return;
    }

  hostile_write_text (connection, "HTTP/1.1 200 OK\r\n"
                                  "ETag: first\r\n"
                                  "Content-Length: 300000\r\n\r\n");
  write_times (connection, 100, HOSTILE_REPEAT_100 ("xxxxxxxxxx"));
}

/* A third, and then nothing with a body. */
static void
write_missing_rest (HostileConnection *connection)
{
  if (goes_on (connection))
    {
      hostile_write_text (connection, "HTTP/1.1 404 Not Found\r\n"
                                      "Content-Length: 0\r\n\r\n");
      return;
    }

  hostile_write_text (connection, "HTTP/1.1 200 OK\r\n"
                                  "ETag: \"first\"\r\n"
                                  "Content-Length: 300000\r\n\r\n");
  write_times (connection, 100, HOSTILE_REPEAT_100 ("xxxxxxxxxx"));
}

/* The same, but that it is there after all: what breaks off in between is the header of
 * the whole. */
static void
write_rest_late (HostileConnection *connection)
{
  static _Atomic (guint) n_requests;

  if (!goes_on (connection))
    {
      n_requests = 0;
      write_missing_rest (connection);
    }
  else if (n_requests++ == 0)
    hostile_write_text (connection, "HTTP/1.1 200 OK\r\n"
                                    "ETag: \"first\"\r\n"
                                    "Content-Length: 300000\r\n\r\n");
  else
    {
      hostile_write_text (connection, "HTTP/1.1 206 Partial Content\r\n"
                                      "ETag: \"first\"\r\n"
                                      "Content-Range: bytes 100000-299999/300000\r\n"
                                      "Content-Length: 200000\r\n\r\n");
      write_times (connection, 200, HOSTILE_REPEAT_100 ("xxxxxxxxxx"));
    }
}

/* A third; then all of it from the start, of which less comes than that; then the rest.
 */
static void
write_rest_after_a_shorter_beginning (HostileConnection *connection)
{
  static _Atomic (guint) n_requests;

  if (!goes_on (connection))
    {
      n_requests = 0;
      write_missing_rest (connection);
    }
  else if (n_requests++ == 0)
    {
      hostile_write_text (connection, "HTTP/1.1 200 OK\r\n"
                                      "ETag: \"first\"\r\n"
                                      "Content-Length: 300000\r\n\r\n");
      write_times (connection, 10, "xxxxxxxxxx");
    }
  else
    {
      hostile_write_text (connection, "HTTP/1.1 206 Partial Content\r\n"
                                      "ETag: \"first\"\r\n"
                                      "Content-Range: bytes 100000-299999/300000\r\n"
                                      "Content-Length: 200000\r\n\r\n");
      write_times (connection, 200, HOSTILE_REPEAT_100 ("yyyyyyyyyy"));
    }
}

typedef struct
{
  HostileServer *server;
  FetchSession  *session;
  FetchRequest  *request;
  char          *folder;
  char          *path; /* in there */
} Fixture;

/* The data is how the server behaves. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = NULL;

  fixture->server = hostile_server_new (data);
  fixture->session = fetch_session_new ();
  fixture->folder = g_dir_make_tmp ("morsel-save-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "saved", NULL);
  url = hostile_server_get_url (fixture->server, "http", "/hostile");
  fixture->request = hostile_request_new (url);
  fetch_request_save_to (fixture->request, fixture->path, FALSE);
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_clear_object (&fixture->session);
  hostile_server_free (fixture->server);
  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();

  /* Nothing else was left there. */
  fetch_part_discard (fixture->request);
  fetch_request_free (fixture->request);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

/* What is no tag names no version. */
static void
test_tag_without_quotation_marks (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall)
      call = fetch_session_fetch (fixture->session, fixture->request);

  hostile_assert_fails (call, FETCH_ERROR_CUT_OFF);
}

/* What is in the file is no part of it. */
static void
test_answer_without_a_body (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall)
      call = fetch_session_fetch (fixture->session, fixture->request);
  FetchResult *result = hostile_result_of (call);

  g_assert_cmpint (fetch_result_get_status (result), ==, 404);
  g_assert_cmpuint (fetch_result_get_size (result), ==, 0);
  g_assert_cmpuint (g_bytes_get_size (fetch_result_get_first_bytes (result)), ==, 0);
  g_assert_null (fetch_result_get_saved_path (result));
}

static void
test_break_before_the_body (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall)
      call = fetch_session_fetch (fixture->session, fixture->request);
  FetchResult *result = hostile_result_of (call);

  g_assert_cmpint (fetch_result_get_status (result), ==, 206);
  g_assert_cmpuint (fetch_result_get_size (result), ==, 300000);
  g_assert_cmpuint (fetch_result_get_n_attempts (result), ==, 3);
  g_assert_cmpuint (g_bytes_get_size (fetch_result_get_first_bytes (result)), >, 0);
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
}

/* What is there of the same version is not lost, and the preview is that of the file. */
static void
test_shorter_beginning (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall)
      call = fetch_session_fetch (fixture->session, fixture->request);
  FetchResult     *result = hostile_result_of (call);
  g_autofree char *content = NULL;
  gsize            size, n_shown;
  const char *shown = g_bytes_get_data (fetch_result_get_first_bytes (result), &n_shown);

  g_assert_cmpuint (fetch_result_get_n_attempts (result), ==, 3);
  g_assert_cmpuint (fetch_result_get_size (result), ==, 300000);
  g_assert_true (g_file_get_contents (fixture->path, &content, &size, NULL));
  g_assert_cmpuint (size, ==, 300000);
  for (gsize i = 0; i < size; i++)
    if (content[i] != (i < 100000 ? 'x' : 'y'))
      g_error ("The byte at %" G_GSIZE_FORMAT " is wrong", i);
  g_assert_cmpuint (n_shown, >, 100);
  g_assert_cmpmem (shown, n_shown, content, n_shown);
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
}

static const HostileBehaviour shorter_beginning = {
  .on_request = write_rest_after_a_shorter_beginning
};

static const HostileBehaviour missing_rest = { .on_request = write_missing_rest };

static const HostileBehaviour late_rest = { .on_request = write_rest_late };

static const HostileBehaviour other_rest = { .on_request = write_other_rest };

#define add(path, func, behaviour) \
  g_test_add (path, Fixture, behaviour, set_up, func, tear_down)

void
hostile_save_add (void)
{
  add ("/hostile/save/tag-without-quotation-marks", test_tag_without_quotation_marks,
       &other_rest);
  add ("/hostile/save/answer-without-a-body", test_answer_without_a_body, &missing_rest);
  add ("/hostile/save/break-before-the-body", test_break_before_the_body, &late_rest);
  add ("/hostile/save/shorter-beginning", test_shorter_beginning, &shorter_beginning);
}
