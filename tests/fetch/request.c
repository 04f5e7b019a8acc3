/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What can be asked of a fetch: how much of the body, with which header, how often; and
 * the facts that it brings. */

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "../backgroundcall/gate.h"
#include "demo/demo-server.h"
#include "fetch/fetch-error.h"
#include "fetch/fetch-part.h"
#include "fetch/fetch-secrets.h"
#include "fetch/fetch-session.h"

typedef struct
{
  DemoServer   *server;
  FetchSession *session;
  char         *folder;
  char         *path; /* in there */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  fixture->server = demo_server_new (&error);
  g_assert_no_error (error);
  fixture->session = fetch_session_new ();
  fixture->folder = g_dir_make_tmp ("morsel-request-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "saved", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_clear_object (&fixture->session);
  g_clear_object (&fixture->server);
  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();

  /* Nothing else was left there. */
  g_unlink (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static FetchRequest *
request_for (Fixture *fixture, const char *path)
{
  g_autofree char *url = demo_server_get_url (fixture->server, path);
  g_autoptr (GError) error = NULL;
  FetchRequest *request = fetch_request_new (url, &error);

  g_assert_no_error (error);

  return request;
}

/* Takes the request. */
static FetchResult *
result_of (Fixture *fixture, FetchRequest *request)
{
  g_autoptr (BackgroundCall) call = fetch_session_fetch (fixture->session, request);
  g_autoptr (GError) error = NULL;
  FetchResult *result = background_call_get_return (call, PATIENCE, &error);

  g_assert_no_error (error);
  fetch_request_free (request);

  return fetch_result_ref (result);
}

/* Takes the request. */
static void
assert_fails (Fixture *fixture, FetchRequest *request, int code)
{
  g_autoptr (BackgroundCall) call = fetch_session_fetch (fixture->session, request);
  g_autoptr (GError) error = NULL;

  background_call_get_return (call, PATIENCE, &error);
  g_assert_error (error, FETCH_ERROR, code);
  g_test_message ("%s", error->message);
  fetch_request_free (request);
}

static char *
first_bytes_of (FetchResult *result)
{
  gsize         size;
  gconstpointer data = g_bytes_get_data (fetch_result_get_first_bytes (result), &size);

  return g_strndup (data != NULL ? data : "", size);
}

static FetchRequest *
peek_for (Fixture *fixture, const char *path)
{
  FetchRequest *request = request_for (fixture, path);

  fetch_request_set_body_use (request, FETCH_BODY_PEEK);

  return request;
}

static void
test_peek_with_a_range (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchResult)
      result = result_of (fixture, peek_for (fixture, "/large?bytes=16000000"));

  g_assert_cmpint (fetch_result_get_status (result), ==, 206);
  g_assert_cmpint (fetch_result_get_ending (result), ==, FETCH_ENDING_RANGE);
  g_assert_cmpuint (fetch_result_get_size_on_wire (result), ==, 500);
  g_assert_cmpint (fetch_result_get_full_size (result), ==, 16000000);
  g_assert_false (fetch_result_is_complete (result));
}

static void
test_peek_where_ranges_are_ignored (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchResult)
      result = result_of (fixture, peek_for (fixture, "/large?bytes=16000000&ranges=0"));

  g_assert_cmpint (fetch_result_get_status (result), ==, 200);
  g_assert_cmpint (fetch_result_get_ending (result), ==, FETCH_ENDING_STOPPED);
  g_assert_cmpuint (fetch_result_get_size_on_wire (result), <=, 64 * 1024);
  g_assert_cmpint (fetch_result_get_full_size (result), ==, 16000000);
  g_assert_cmpuint (g_bytes_get_size (fetch_result_get_first_bytes (result)), ==, 500);
}

static void
test_peek_at_little (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchResult)
      small = result_of (fixture, peek_for (fixture, "/large?bytes=100"));
  g_autoptr (FetchResult)
      empty = result_of (fixture, peek_for (fixture, "/large?bytes=0"));
  g_autoptr (FetchResult)
      exact = result_of (fixture, peek_for (fixture, "/large?bytes=500&ranges=0"));

  g_assert_true (fetch_result_is_complete (small));
  g_assert_cmpuint (fetch_result_get_size (small), ==, 100);
  g_assert_true (fetch_result_is_complete (empty));
  g_assert_cmpuint (fetch_result_get_size (empty), ==, 0);
  g_assert_true (fetch_result_is_complete (exact));
  g_assert_cmpuint (fetch_result_get_size (exact), ==, 500);
}

/* A peek does not wait for what it does not want. */
static void
test_peek_at_the_endless (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchResult) result = result_of (fixture, peek_for (fixture, "/endless"));

  g_assert_cmpint (fetch_result_get_ending (result), ==, FETCH_ENDING_STOPPED);
  g_assert_cmpint (fetch_result_get_full_size (result), ==, -1);
}

static void
test_head (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  FetchRequest *request = request_for (fixture, "/hello");
  g_autoptr (FetchResult) result = NULL;

  fetch_request_set_method (request, FETCH_METHOD_HEAD);
  result = result_of (fixture, request);

  g_assert_cmpint (fetch_result_get_status (result), ==, 200);
  g_assert_cmpuint (fetch_result_get_size (result), ==, 0);
  g_assert_cmpint (fetch_result_get_full_size (result), >, 0);
  g_assert_true (fetch_result_is_complete (result));
}

static void
assert_saved (Fixture *fixture, gsize expected_size, gsize version)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_file_get_contents (fixture->path, &text, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (size, ==, expected_size);
  for (gsize i = 0; i < size; i++)
    if (text[i] != (char) ('a' + (i + version + (i + version) / 26) % 26))
      g_error ("The byte at %" G_GSIZE_FORMAT " is wrong", i);
}

static FetchRequest *
saving_request (Fixture *fixture, const char *path, gboolean replaces)
{
  FetchRequest *request = request_for (fixture, path);

  fetch_request_save_to (request, fixture->path, replaces);

  return request;
}

static void
test_save (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchResult) result = result_of (
      fixture, saving_request (fixture, "/large?bytes=3000000", FALSE));

  g_assert_cmpstr (fetch_result_get_saved_path (result), ==, fixture->path);
  g_assert_cmpuint (fetch_result_get_size (result), ==, 3000000);
  assert_saved (fixture, 3000000, 0);

  /* It is not replaced unasked. */
  assert_fails (fixture, saving_request (fixture, "/large?bytes=100", FALSE),
                FETCH_ERROR_FILE_EXISTS);
  assert_saved (fixture, 3000000, 0);

  g_clear_pointer (&result, fetch_result_unref);
  result = result_of (fixture, saving_request (fixture, "/large?bytes=100", TRUE));
  assert_saved (fixture, 100, 0);
}

static void
test_save_goes_on_after_a_break (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *text = NULL;
  g_autoptr (FetchResult) result = result_of (
      fixture, saving_request (fixture, "/breaks-off?bytes=300000&times=2", FALSE));

  g_assert_cmpuint (fetch_result_get_n_attempts (result), ==, 3);
  g_assert_cmpint (fetch_result_get_status (result), ==, 206);
  g_assert_true (fetch_result_is_complete (result));
  g_assert_cmpuint (fetch_result_get_size (result), ==, 300000);
  assert_saved (fixture, 300000, 0);

  /* The first bytes are those of the whole. */
  text = first_bytes_of (result);
  g_assert_true (g_str_has_prefix (text, "abcdefghij"));
  g_assert_cmpuint (fetch_result_get_size_on_wire (result), ==, 300000);
}

/* What changes meanwhile is not put together from two versions. */
static void
test_save_mixes_no_versions (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchResult) result = result_of (
      fixture,
      saving_request (fixture, "/breaks-off?bytes=300000&times=1&changes=1", FALSE));

  g_assert_cmpuint (fetch_result_get_n_attempts (result), ==, 3);
  g_assert_true (fetch_result_is_complete (result));
  assert_saved (fixture, 300000, 3);
}

static void
test_save_leaves_nothing_when_it_fails (Fixture      *fixture,
                                        gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *nowhere = g_build_filename (fixture->folder, "nowhere", "saved", NULL);
  FetchRequest    *request = request_for (fixture, "/hello");
  g_autoptr (FetchResult) missing = NULL;
  g_autoptr (BackgroundCall) stalled = NULL;
  g_autoptr (FetchRequest) stalling = saving_request (fixture, "/stall", FALSE);
  FetchProgress progress;

  fetch_request_save_to (request, nowhere, FALSE);
  assert_fails (fixture, request, FETCH_ERROR_CANNOT_SAVE);

  missing = result_of (fixture, saving_request (fixture, "/missing", FALSE));
  g_assert_cmpint (fetch_result_get_status (missing), ==, 404);
  g_assert_null (fetch_result_get_saved_path (missing));

  stalled = fetch_session_fetch (fixture->session, stalling);
  iterate_until ((progress = fetch_progress_of (stalled)).received > 0);
  background_call_cancel (stalled);
  background_call_get_return (stalled, PATIENCE, NULL);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

/* Two thirds of it are missing. */
#define BREAKS_OFF "/breaks-off?bytes=300000&times=1&stalls=1"

/* Cancels it when a third of it has arrived, and returns what is said then. */
static char *
cancel_halfway (Fixture *fixture, const char *path)
{
  g_autoptr (FetchRequest) request = saving_request (fixture, path, FALSE);
  g_autoptr (BackgroundCall) call = fetch_session_fetch (fixture->session, request);
  g_autoptr (GError) error = NULL;
  FetchProgress progress;

  iterate_until ((progress = fetch_progress_of (call)).received >= 100000);
  background_call_cancel (call);
  background_call_get_return (call, PATIENCE, &error);
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_CANCELLED);

  return g_strdup (error->message);
}

static char *
part_path_of (Fixture *fixture)
{
  return g_strconcat (fixture->path, ".part", NULL);
}

static gsize
size_of (const char *path)
{
  GStatBuf status;

  return g_stat (path, &status) == 0 ? (gsize) status.st_size : 0;
}

/* What is kept is told by an attribute, which not every file system has. */
static gboolean
can_keep (Fixture *fixture)
{
  gboolean can;

  g_assert_true (g_file_set_contents (fixture->path, "", 0, NULL));
  can = setxattr (fixture->path, "user.morsel.test", "", 0, 0) == 0;
  g_unlink (fixture->path);
  if (!can)
    g_test_skip ("This file system has no extended attributes.");

  return can;
}

static void
test_save_goes_on_another_time (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *part_path = part_path_of (fixture);
  g_autofree char *message = NULL;
  g_autofree char *text = NULL;
  g_autoptr (FetchResult) result = NULL;

  if (!can_keep (fixture))
    return;

  message = cancel_halfway (fixture, BREAKS_OFF);
  g_assert_true (g_str_has_prefix (message, "Cancelled. What has arrived, 100.0"));
  g_assert_nonnull (strstr (message, " saved.part. "));
  g_assert_cmpuint (size_of (part_path), ==, 100000);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));

  /* Another program, as it were. */
  g_clear_object (&fixture->session);
  fixture->session = fetch_session_new ();
  result = result_of (fixture, saving_request (fixture, BREAKS_OFF, FALSE));
  g_assert_cmpint (fetch_result_get_status (result), ==, 206);
  g_assert_cmpuint (fetch_result_get_n_attempts (result), ==, 1);
  g_assert_true (fetch_result_is_complete (result));
  g_assert_cmpuint (fetch_result_get_size (result), ==, 300000);
  g_assert_cmpuint (fetch_result_get_size_on_wire (result), ==, 200000);
  assert_saved (fixture, 300000, 0);
  text = first_bytes_of (result);
  g_assert_true (g_str_has_prefix (text, "abcdefghij"));
  g_assert_cmpuint (strlen (text), ==, 500);

  /* What is whole is no part. */
  g_assert_cmpint (getxattr (fixture->path, "user.morsel.part", NULL, 0), ==, -1);
  g_assert_cmpint (errno, ==, ENODATA);
  g_assert_false (g_file_test (part_path, G_FILE_TEST_EXISTS));
}

/* The session goes while it runs, as when the program is closed. */
static void
test_save_keeps_what_came_when_the_session_goes (Fixture      *fixture,
                                                 gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *part_path = part_path_of (fixture);
  g_autoptr (FetchRequest) request = saving_request (fixture, BREAKS_OFF, FALSE);
  g_autoptr (BackgroundCall) call = NULL;
  FetchProgress progress;

  if (!can_keep (fixture))
    return;

  call = fetch_session_fetch (fixture->session, request);
  iterate_until ((progress = fetch_progress_of (call)).received >= 100000);
  g_clear_object (&call);
  g_clear_object (&fixture->session);
  g_clear_object (&fixture->server);
  g_assert_true (background_pool_drain (PATIENCE));
  g_assert_cmpuint (size_of (part_path), ==, 100000);

  fetch_part_discard (request);
}

static void
test_save_mixes_no_versions_another_time (Fixture      *fixture,
                                          gconstpointer data G_GNUC_UNUSED)
{
  static const char *const paths[] = { BREAKS_OFF "&changes=1", BREAKS_OFF "&grows=1" };

  if (!can_keep (fixture))
    return;

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *message G_GNUC_UNUSED = cancel_halfway (fixture, paths[i]);
      g_autoptr (FetchResult)
          result = result_of (fixture, saving_request (fixture, paths[i], FALSE));

      g_assert_cmpint (fetch_result_get_status (result), ==, 200);
      g_assert_cmpuint (fetch_result_get_n_attempts (result), ==, 2);
      assert_saved (fixture, i == 0 ? 300000 : 300003, i == 0 ? 3 : 0);
      g_unlink (fixture->path);
    }
}

/* The whole has arrived, and a file has come to its place meanwhile: it is neither
 * replaced nor a reason to fetch it all again. */
static void
test_save_where_a_file_comes_meanwhile (Fixture      *fixture,
                                        gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *part_path = part_path_of (fixture);
  g_autoptr (FetchRequest) request = saving_request (fixture, BREAKS_OFF, FALSE);
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FetchResult) result = NULL;
  g_autofree char *text = NULL;
  FetchProgress    progress;

  if (!can_keep (fixture))
    return;

  fetch_request_set_stall_timeout (request, 2 * G_TIME_SPAN_SECOND);
  call = fetch_session_fetch (fixture->session, request);
  iterate_until ((progress = fetch_progress_of (call)).received >= 100000);
  g_assert_true (g_file_set_contents (fixture->path, "mine", -1, NULL));
  background_call_get_return (call, PATIENCE, &error);
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_FILE_EXISTS);
  g_assert_nonnull (strstr (error->message, "Nothing was replaced."));
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "mine");
  g_assert_cmpuint (size_of (part_path), ==, 300000);

  fetch_request_set_replaces (request, TRUE);
  result = result_of (fixture, fetch_request_copy (request));
  g_assert_cmpuint (fetch_result_get_size_on_wire (result), ==, 1);
  assert_saved (fixture, 300000, 0);
}

static _Atomic (gboolean) is_old_file_system;

/* Instead of libc's. */
int
renameat2 (int          from_folder,
           const char  *from,
           int          to_folder,
           const char  *to,
           unsigned int flags)
{
  if (atomic_load (&is_old_file_system))
    {
      errno = EINVAL;
      return -1;
    }

  return syscall (SYS_renameat2, from_folder, from, to_folder, to, flags);
}

static void
test_save_goes_on_elsewhere (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *part_path = part_path_of (fixture);
  g_autofree char *other_path = g_strconcat (fixture->path, "-elsewhere", NULL);
  g_autofree char *other_part_path = g_strconcat (other_path, ".part", NULL);
  g_autofree char *message = NULL;
  g_autoptr (FetchRequest) request = saving_request (fixture, BREAKS_OFF, FALSE);
  g_autoptr (FetchResult) result = NULL;

  if (!can_keep (fixture))
    return;

  message = cancel_halfway (fixture, BREAKS_OFF);

  /* What is somebody else's there is not replaced, nor a reason to lose it. */
  g_assert_true (g_file_set_contents (other_part_path, "mine", -1, NULL));
  fetch_part_move (request, other_path);
  g_assert_cmpuint (size_of (part_path), ==, 100000);
  g_assert_cmpuint (size_of (other_part_path), ==, strlen ("mine"));
  g_unlink (other_part_path);

  atomic_store (&is_old_file_system, TRUE);
  fetch_part_move (request, other_path);
  atomic_store (&is_old_file_system, FALSE);
  g_assert_false (g_file_test (part_path, G_FILE_TEST_EXISTS));
  fetch_request_save_to (request, other_path, FALSE);
  result = result_of (fixture, fetch_request_copy (request));
  g_assert_cmpuint (fetch_result_get_size_on_wire (result), ==, 200000);
  g_assert_cmpuint (size_of (other_path), ==, 300000);
  g_unlink (other_path);
}

/* What was changed, or is of something else, is neither gone on with nor removed. */
static void
test_save_leaves_what_is_not_its_own (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *part_path = part_path_of (fixture);
  g_autofree char *message = NULL;
  g_autofree char *message_elsewhere = NULL;
  g_autofree char *text = NULL;
  g_autoptr (FetchRequest) request = saving_request (fixture, BREAKS_OFF, FALSE);
  g_autoptr (FetchResult) other = NULL;
  g_autoptr (FetchResult) result = NULL;
  g_autoptr (FetchResult) elsewhere = NULL;
  FILE *file;

  if (!can_keep (fixture))
    return;

  message = cancel_halfway (fixture, BREAKS_OFF);
  other = result_of (fixture,
                     saving_request (fixture, "/large?bytes=300000&other=1", FALSE));
  g_assert_cmpuint (fetch_result_get_size_on_wire (other), ==, 300000);
  g_assert_cmpuint (size_of (part_path), ==, 100000);
  g_unlink (fixture->path);

  /* As long as it was, and still another. */
  file = g_fopen (part_path, "r+");
  g_assert_nonnull (file);
  g_assert_cmpint (fputc ('!', file), ==, '!');
  g_assert_cmpint (fclose (file), ==, 0);
  fetch_part_discard (request);
  g_assert_cmpuint (size_of (part_path), ==, 100000);
  result = result_of (fixture, fetch_request_copy (request));
  g_assert_cmpuint (fetch_result_get_size_on_wire (result), ==, 300000);
  assert_saved (fixture, 300000, 0);
  g_unlink (fixture->path);

  /* Its name is taken: another one is not. */
  message_elsewhere = cancel_halfway (fixture, BREAKS_OFF "&again=1");
  g_assert_nonnull (strstr (message_elsewhere, " saved.2.part. "));
  g_assert_true (g_file_get_contents (part_path, &text, NULL, NULL));
  g_assert_cmpint (*text, ==, '!');
  elsewhere = result_of (fixture, saving_request (fixture, BREAKS_OFF "&again=1", FALSE));
  g_assert_cmpuint (fetch_result_get_size_on_wire (elsewhere), ==, 200000);
  assert_saved (fixture, 300000, 0);
  g_unlink (part_path);
}

/* As an earlier version of the program has written it down. */
static void
test_save_does_not_go_on_without_a_name (Fixture      *fixture,
                                         gconstpointer data G_GNUC_UNUSED)
{
  static const char name[] = "user.morsel.part";
  g_autofree char  *part_path = part_path_of (fixture);
  g_autofree char  *message = NULL;
  g_autofree char  *changed = NULL;
  g_autoptr (FetchResult) result = NULL;
  char  text[4096] = "";
  char *entity;

  if (!can_keep (fixture))
    return;

  message = cancel_halfway (fixture, BREAKS_OFF);
  g_assert_cmpint (getxattr (part_path, name, text, sizeof text - 1), >, 0);
  entity = strrchr (text, '\n') + 1;
  g_assert_cmpint (*entity, ==, '"');
  changed = g_strdup_printf ("%.*s%s", (int) (entity - text), text, "tag");
  g_assert_cmpint (setxattr (part_path, name, changed, strlen (changed), 0), ==, 0);

  result = result_of (fixture, saving_request (fixture, BREAKS_OFF, FALSE));
  g_assert_cmpuint (fetch_result_get_size_on_wire (result), ==, 300000);
  assert_saved (fixture, 300000, 0);
  g_unlink (part_path);
}

static void
test_save_discards_what_was_kept (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *part_path = part_path_of (fixture);
  g_autofree char *message = NULL;
  g_autoptr (FetchRequest) request = saving_request (fixture, BREAKS_OFF, FALSE);
  g_autoptr (FetchRequest) other = saving_request (fixture, "/large", FALSE);

  if (!can_keep (fixture))
    return;

  message = cancel_halfway (fixture, BREAKS_OFF);
  fetch_part_discard (other);
  g_assert_true (g_file_test (part_path, G_FILE_TEST_EXISTS));
  fetch_part_discard (request);
  g_assert_false (g_file_test (part_path, G_FILE_TEST_EXISTS));
  fetch_part_discard (request);
}

/* A disk that is full, as it were: the system takes no more of the file than so much.
 * What is there stays, and the rest comes when there is room. */
static void
test_save_without_room (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *part_path = part_path_of (fixture);
  g_autoptr (FetchRequest)
      request = saving_request (fixture, "/large?bytes=3000000", FALSE);
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FetchResult) result = NULL;
  struct rlimit limit, small;
  void (*handler) (int) = signal (SIGXFSZ, SIG_IGN);

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  small = (struct rlimit){ .rlim_cur = 200000, .rlim_max = limit.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  call = fetch_session_fetch (fixture->session, request);
  background_call_get_return (call, PATIENCE, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  signal (SIGXFSZ, handler);

  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_CANNOT_SAVE);
  g_assert_true (
      g_str_has_prefix (error->message, "saved could not be saved: File too large."));
  g_assert_nonnull (strstr (error->message, " is kept in saved.part. "));
  g_assert_cmpuint (size_of (part_path), ==, 200000);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));

  result = result_of (fixture, fetch_request_copy (request));
  g_assert_cmpuint (fetch_result_get_size_on_wire (result), ==, 2800000);
  assert_saved (fixture, 3000000, 0);
}

static void
test_save_where_one_may_not (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest) request = request_for (fixture, "/large?bytes=1000");
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (GError) error = NULL;

  /* Not even the administrator. */
  fetch_request_save_to (request, "/proc/saved", FALSE);
  call = fetch_session_fetch (fixture->session, request);
  background_call_get_return (call, PATIENCE, &error);
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_CANNOT_SAVE);
  g_assert_cmpstr (error->message, ==,
                   "saved could not be saved: No such file or directory.");
}

/* A link, and what is asked for its headers only, replace nothing; a part is no whole. */
static void
test_save_is_careful (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  FetchRequest *head = saving_request (fixture, "/large?bytes=100", TRUE);
  FetchRequest *part = saving_request (fixture, "/large?bytes=100", TRUE);
  g_autoptr (FetchResult) result = NULL;
  g_autofree char *text = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "mine", -1, NULL));
  fetch_request_set_method (head, FETCH_METHOD_HEAD);
  result = result_of (fixture, head);
  g_assert_null (fetch_result_get_saved_path (result));

  g_assert_true (fetch_request_add_header (part, "Range: bytes=10-", NULL));
  assert_fails (fixture, part, FETCH_ERROR_CUT_OFF);
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "mine");

  g_unlink (fixture->path);
  g_assert_cmpint (symlink ("nowhere", fixture->path), ==, 0);
  assert_fails (fixture, saving_request (fixture, "/large?bytes=100", TRUE),
                FETCH_ERROR_CANNOT_SAVE);
  assert_fails (fixture, saving_request (fixture, "/large?bytes=100", FALSE),
                FETCH_ERROR_FILE_EXISTS);
}

/* Where nobody said that it may be read by everybody on the way. */
static void
test_fields_with_secrets (void)
{
  static const char *const secret[] = {
    "Authorization: a", "Proxy-AUTHORIZATION: a", "cookie:a",          "Set-Cookie: a",
    "X-CSRF-Token: a",  "Client-Secret: a",       "X-Password-Old: a", "Api-Key: a",
    "X-ApiKey: a",      "Access-Key-Id: a",       "X-Auth-Key: a",     "Credentials: a",
    "PHPSESSION: a",    "X-Amz-Signature: a",     "X-Authentic: a",    "TToken: a",
  };
  static const char *const harmless[] = {
    "Accept: Cookie",
    "Content-Type: token",
    "X-Aut: h",
    "X-Au-th: a",
    "Tok: en",
    "Tok",
    "",
    ": token",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (secret); i++)
    g_assert_true (fetch_secrets_is_field (secret[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (harmless); i++)
    g_assert_false (fetch_secrets_is_field (harmless[i]));
}

static void
test_secrets_do_not_fall_back (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/echo");
  FetchRequest    *request = fetch_request_new (url + strlen ("http://"), NULL);

  fetch_request_set_basic_auth (request, "name", "word");
  assert_fails (fixture, request, FETCH_ERROR_TLS);
}

/* As of a default header, which would else keep each address from it. */
static void
test_harmless_header_falls_back (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/echo");
  FetchRequest    *harmless = fetch_request_new (url + strlen ("http://"), NULL);
  FetchRequest    *secret = fetch_request_new (url + strlen ("http://"), NULL);
  g_autoptr (FetchResult) result = NULL;

  g_assert_true (fetch_request_add_header (harmless, "Accept-Language: de", NULL));
  result = result_of (fixture, harmless);
  g_assert_true (fetch_result_is_fallback (result));

  g_assert_true (fetch_request_add_header (secret, "X-Api-Key: swordfish", NULL));
  assert_fails (fixture, secret, FETCH_ERROR_TLS);
}

static void
test_headers (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  FetchRequest *request = request_for (fixture, "/echo");
  g_autoptr (FetchResult) result = NULL;
  g_autofree char *echo = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (fetch_request_add_header (request, "Accept-Language: de", &error));
  g_assert_true (fetch_request_add_header (request, "X-Empty:", &error));
  g_assert_no_error (error);
  g_assert_false (fetch_request_add_header (request, "X: a\r\nY: b", &error));
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_BAD_SETTING);
  g_assert_false (fetch_request_add_header (request, "no colon", NULL));
  g_assert_false (fetch_request_add_header (request, ": no name", NULL));
  g_assert_false (fetch_request_add_header (request, "na me: x", NULL));
  fetch_request_set_preview_size (request, 4000);
  result = result_of (fixture, request);

  echo = first_bytes_of (result);
  g_assert_nonnull (strstr (echo, "\r\nAccept-Language: de\r\n"));
  g_assert_nonnull (strstr (echo, "\r\nX-Empty:\r\n"));
}

static void
test_secrets (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  FetchRequest *basic = request_for (fixture, "/echo");
  FetchRequest *bearer = request_for (fixture, "/echo");
  g_autoptr (FetchResult) basic_result = NULL;
  g_autoptr (FetchResult) bearer_result = NULL;
  g_autofree char *basic_echo = NULL;
  g_autofree char *bearer_echo = NULL;

  fetch_request_set_basic_auth (basic, "name", "word");
  basic_result = result_of (fixture, basic);
  basic_echo = first_bytes_of (basic_result);
  g_assert_nonnull (strstr (basic_echo, "\r\nAuthorization: Basic bmFtZTp3b3Jk\r\n"));

  g_assert_false (fetch_request_set_bearer_token (bearer, "a\r\nX: y", NULL));
  g_assert_true (fetch_request_set_bearer_token (bearer, "token", NULL));
  bearer_result = result_of (fixture, bearer);
  bearer_echo = first_bytes_of (bearer_result);
  g_assert_nonnull (strstr (bearer_echo, "\r\nAuthorization: Bearer token\r\n"));
}

/* A cookie lives as long as its redirect chain. */
static void
test_cookies (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchResult) with = result_of (fixture, request_for (fixture, "/cookie"));
  g_autoptr (FetchResult) without = result_of (fixture, request_for (fixture, "/echo"));
  g_autofree char *with_echo = first_bytes_of (with);
  g_autofree char *without_echo = first_bytes_of (without);

  g_assert_nonnull (strstr (with_echo, "\r\nCookie: taste=good\r\n"));
  g_assert_null (strstr (without_echo, "Cookie"));
}

/* One handle of libcurl serves many fetches, one after the other. */
static void
test_nothing_goes_on_to_the_next (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchResult) before = result_of (fixture, request_for (fixture, "/echo"));
  g_autofree char *echo_before = first_bytes_of (before);
  FetchRequest    *special = peek_for (fixture, "/echo");
  FetchRequest    *bearer = request_for (fixture, "/echo");
  FetchRequest    *head = request_for (fixture, "/echo");
  FetchRequest    *saving = saving_request (fixture, "/large?bytes=1000", TRUE);
  FetchRequest    *requests[] = { special, bearer, head, saving };

  g_assert_true (fetch_request_add_header (special, "X-Morsel: secret", NULL));
  g_assert_true (fetch_request_add_header (special, "User-Agent:", NULL));
  fetch_request_set_basic_auth (special, "name", "word");
  fetch_request_set_http_version (special, FETCH_HTTP_VERSION_1_1);
  fetch_request_set_verifies_tls (special, FALSE);
  g_assert_true (fetch_request_set_bearer_token (bearer, "token", NULL));
  fetch_request_set_method (head, FETCH_METHOD_HEAD);

  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr (FetchResult) result = result_of (fixture, requests[i]);
      g_autoptr (FetchResult) after = result_of (fixture, request_for (fixture, "/echo"));
      g_autofree char *echo = first_bytes_of (result);
      g_autofree char *echo_after = first_bytes_of (after);

      g_assert_cmpstr (echo, !=, echo_before);
      g_assert_cmpstr (echo_after, ==, echo_before);
    }
}

static void
test_proxy (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *proxy = demo_server_get_url (fixture->server, "");
  g_autoptr (GError) error = NULL;
  FetchRequest *request = fetch_request_new ("http://nowhere.example/hello", NULL);
  g_autoptr (FetchResult) result = NULL;

  g_assert_false (fetch_request_set_proxy (request, "gopher://proxy", &error));
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_BAD_SETTING);
  g_clear_error (&error);

  /* The demo server does not mind whose pages it is asked for. */
  g_assert_true (fetch_request_set_proxy (request, proxy, &error));
  result = result_of (fixture, request);
  g_assert_cmpint (fetch_result_get_status (result), ==, 200);
}

static void
test_hops (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchResult)
      result = result_of (fixture, request_for (fixture, "/redirect/3"));
  g_autofree char *first = demo_server_get_url (fixture->server, "/redirect/3");
  FetchHop         hop = fetch_result_get_hop (result, 0);

  g_assert_cmpuint (fetch_result_get_n_redirects (result), ==, 3);
  g_assert_cmpuint (fetch_result_get_n_hops (result), ==, 4);
  g_assert_cmpstr (hop.url, ==, first);
  g_assert_cmpint (hop.status, ==, 302);
  g_assert_true (g_str_has_prefix (hop.status_line, "HTTP/1.1 302"));
  g_assert_true (g_strv_contains (hop.fields, "Location: /redirect/2"));
  g_assert_cmpint (fetch_result_get_hop (result, 3).status, ==, 200);
  g_assert_cmpstr (fetch_result_get_header (result, "content-type"), ==,
                   "text/plain; charset=utf-8");
  g_assert_null (fetch_result_get_header (result, "location"));
  g_assert_cmpstr (fetch_result_get_http_version (result), ==, "HTTP/1.1");
  g_assert_null (fetch_result_get_tls (result));
}

/* Where none is to be followed, a redirect is an answer like others. */
static void
test_no_redirects (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  FetchRequest *request = request_for (fixture, "/redirect/3");
  g_autoptr (FetchResult) result = NULL;
  g_autoptr (FetchResult) after = NULL;

  fetch_request_set_max_redirects (request, 0);
  result = result_of (fixture, request);

  g_assert_cmpint (fetch_result_get_status (result), ==, 302);
  g_assert_cmpuint (fetch_result_get_n_redirects (result), ==, 0);
  g_assert_cmpuint (fetch_result_get_n_hops (result), ==, 1);
  g_assert_cmpstr (fetch_result_get_header (result, "location"), ==, "/redirect/2");
  g_assert_true (fetch_result_is_complete (result));

  after = result_of (fixture, request_for (fixture, "/redirect/3"));
  g_assert_cmpint (fetch_result_get_status (after), ==, 200);
}

/* Also where a save or a peek asks for a part of it, and where the user asks. */
static void
test_codings_are_asked_for (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchResult) result = result_of (fixture, request_for (fixture, "/echo"));
  g_autofree char *echo = first_bytes_of (result);
  FetchRequest    *peek = request_for (fixture, "/echo");
  g_autoptr (FetchResult) of_peek = NULL;
  g_autofree char *echo_of_peek = NULL;
  FetchRequest    *own = request_for (fixture, "/echo");
  g_autoptr (FetchResult) of_own = NULL;
  g_autofree char *echo_of_own = NULL;

  fetch_request_set_body_use (peek, FETCH_BODY_PEEK);
  of_peek = result_of (fixture, peek);
  echo_of_peek = first_bytes_of (of_peek);
  g_assert_true (fetch_request_add_header (own, "accept-encoding: br", NULL));
  of_own = result_of (fixture, own);
  echo_of_own = first_bytes_of (of_own);

  g_assert_nonnull (strstr (echo, "\r\nAccept-Encoding: gzip, deflate"));
  g_assert_nonnull (strstr (echo_of_peek, "\r\nAccept-Encoding: identity\r\n"));
  g_assert_nonnull (strstr (echo_of_own, "\r\naccept-encoding: br\r\n"));
  g_assert_null (strstr (echo_of_own, "Accept-Encoding"));
}

static void
test_timeline (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  gint64 start = g_get_monotonic_time ();
  g_autoptr (FetchResult) result = result_of (
      fixture, request_for (fixture, "/trickle?bytes=100&steps=5&pause=20"));
  gint64               whole = g_get_monotonic_time () - start;
  const FetchTimeline *timeline = fetch_result_get_timeline (result);

  g_assert_cmpint (timeline->queued, >=, 0);
  g_assert_cmpint (timeline->name, >=, 0);
  g_assert_cmpint (timeline->connect, >=, 0);
  g_assert_cmpint (timeline->tls, ==, 0);
  g_assert_cmpint (timeline->wait, >=, 0);
  g_assert_cmpint (timeline->receive, >=, 60 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpint (timeline->queued + fetch_result_get_duration (result), <=, whole);
}

/* It comes in many pieces, of which each interim result would be a copy. */
static void
test_kept_body_comes_at_once (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest)
      request = request_for (fixture, "/trickle?bytes=3000&steps=30&pause=5");
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) interim = NULL;
  FetchResult *result;

  fetch_request_keep_body (request, 1024 * 1024);
  call = fetch_session_fetch (fixture->session, request);
  result = background_call_get_return (call, PATIENCE, &error);
  interim = background_call_take_results (call);

  g_assert_no_error (error);
  g_assert_null (interim);
  g_assert_cmpint (fetch_result_get_ending (result), ==, FETCH_ENDING_COMPLETE);
  g_assert_cmpuint (g_bytes_get_size (fetch_result_get_first_bytes (result)), ==, 3000);
}

static void
test_kept_body_has_a_bound (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  FetchRequest *request = request_for (fixture, "/large?bytes=16000000");
  g_autoptr (FetchResult) result = NULL;

  fetch_request_keep_body (request, 100000);
  result = result_of (fixture, request);

  g_assert_cmpint (fetch_result_get_ending (result), ==, FETCH_ENDING_TOO_LARGE);
  g_assert_cmpuint (g_bytes_get_size (fetch_result_get_first_bytes (result)), ==, 100000);
  g_assert_cmpuint (fetch_result_get_size (result), <, 1000000);
}

static void
test_sniffed_type (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchResult)
      picture = result_of (fixture, request_for (fixture, "/picture"));
  g_autoptr (FetchResult)
      empty = result_of (fixture, request_for (fixture, "/large?bytes=0"));

  g_assert_cmpstr (fetch_result_get_sniffed_type (picture), ==, "image/png");
  g_assert_null (fetch_result_get_sniffed_type (empty));
}

static void
test_retry (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  FetchRequest *request = request_for (fixture, "/busy?times=2");
  g_autoptr (FetchResult) result = NULL;
  g_autoptr (FetchResult) impatient = NULL;

  fetch_request_set_max_retries (request, 3);
  result = result_of (fixture, request);
  g_assert_cmpint (fetch_result_get_status (result), ==, 200);
  g_assert_cmpuint (fetch_result_get_n_attempts (result), ==, 3);

  /* Off, unless it is asked for; and no minutes are waited. */
  impatient = result_of (fixture, request_for (fixture, "/busy?times=3"));
  g_assert_cmpint (fetch_result_get_status (impatient), ==, 503);
  g_assert_cmpuint (fetch_result_get_n_attempts (impatient), ==, 1);
  g_clear_pointer (&impatient, fetch_result_unref);

  request = request_for (fixture, "/busy?seconds=3600");
  fetch_request_set_max_retries (request, 3);
  impatient = result_of (fixture, request);
  g_assert_cmpint (fetch_result_get_status (impatient), ==, 503);
}

static void
test_retry_has_an_end (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  FetchRequest *request = request_for (fixture, "/hang-up");

  fetch_request_set_max_retries (request, 2);
  assert_fails (fixture, request, FETCH_ERROR_CLOSED);
}

static void
test_cancelled_in_a_pause (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest) request = request_for (fixture, "/busy?times=9&seconds=50");
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (BackgroundCall) dropped = NULL;
  g_autoptr (GError) error = NULL;

  fetch_request_set_max_retries (request, 9);
  call = fetch_session_fetch (fixture->session, request);
  dropped = fetch_session_fetch (fixture->session, request);
  iterate_until (fetch_progress_of (call).received > 0);
  iterate_until (fetch_progress_of (dropped).received > 0);

  background_call_cancel (call);
  background_call_get_return (call, PATIENCE, &error);
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_CANCELLED);

  /* The session takes it along. */
  g_clear_object (&fixture->session);
  g_clear_error (&error);
  background_call_get_return (dropped, PATIENCE, &error);
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_CANCELLED);
}

/* The one that somebody looks at goes before those that wait. */
static void
test_hurry (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest) stall = request_for (fixture, "/stall");
  g_autoptr (FetchRequest) hello = request_for (fixture, "/hello");
  g_autoptr (GPtrArray) stalled = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (BackgroundCall) last = NULL;

  g_clear_object (&fixture->session);
  fixture->session = fetch_session_new_with_limits (1, 1);
  for (int i = 0; i < 5; i++)
    g_ptr_array_add (stalled, fetch_session_fetch (fixture->session, stall));
  last = fetch_session_fetch (fixture->session, hello);
  iterate_until (fetch_progress_of (stalled->pdata[0]).received > 0);

  fetch_session_hurry (fixture->session, last);
  background_call_cancel (stalled->pdata[0]);
  iterate_until (background_call_is_done (last));
  for (guint i = 1; i < stalled->len; i++)
    g_assert_cmpint (background_call_is_done (stalled->pdata[i]), ==,
                     BACKGROUND_CALL_RUNNING);
}

#define add(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

/* What was kept by a version that knew of no time for a header, and no lowest speed:
 * their bits are 0. */
static GVariant *
take_lower_bounds_out (GVariant *variant)
{
  GVariantBuilder builder = G_VARIANT_BUILDER_INIT (
      G_VARIANT_TYPE (FETCH_REQUEST_VARIANT_TYPE));

  for (gsize i = 0; i < g_variant_n_children (variant); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (variant, i);
      guint redirects, retries;

      if (i == 12)
        g_variant_builder_add (&builder, "t", g_variant_get_uint64 (child) & G_MAXUINT32);
      else if (i == 14)
        {
          g_variant_get (child, "(uu)", &redirects, &retries);
          g_variant_builder_add (&builder, "(uu)", redirects, retries & 0xff);
        }
      else
        g_variant_builder_add_value (&builder, child);
    }

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static void
test_lower_bounds_are_kept (void)
{
  g_autoptr (FetchRequest) request = fetch_request_new ("http://example.org/", NULL);
  g_autoptr (FetchRequest) same = NULL;
  g_autoptr (FetchRequest) older = NULL;
  g_autoptr (FetchRequest) without = NULL;
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GVariant) older_variant = NULL;
  g_autoptr (GVariant) variant_without = NULL;

  fetch_request_set_header_timeout (request, 77 * G_TIME_SPAN_SECOND);
  fetch_request_set_min_speed (request, 1000000000);
  fetch_request_set_max_retries (request, 3);
  fetch_request_set_preview_size (request, 12345);
  variant = g_variant_ref_sink (fetch_request_to_variant (request));
  same = fetch_request_new_from_variant (variant);
  g_assert_cmpint (fetch_request_get_header_timeout (same), ==, 77 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (fetch_request_get_min_speed (same), ==, 1000000000);
  g_assert_cmpuint (fetch_request_get_max_retries (same), ==, 3);
  g_assert_cmpuint (fetch_request_get_preview_size (same), ==, 12345);

  older_variant = take_lower_bounds_out (variant);
  older = fetch_request_new_from_variant (older_variant);
  g_assert_cmpint (fetch_request_get_header_timeout (older), ==,
                   FETCH_REQUEST_DEFAULT_HEADER_TIMEOUT);
  g_assert_cmpuint (fetch_request_get_min_speed (older), ==,
                    FETCH_REQUEST_DEFAULT_MIN_SPEED);
  g_assert_cmpuint (fetch_request_get_max_retries (older), ==, 3);
  g_assert_cmpuint (fetch_request_get_preview_size (older), ==, 12345);

  fetch_request_set_header_timeout (request, G_MAXINT64);
  fetch_request_set_min_speed (request, 0);
  variant_without = g_variant_ref_sink (fetch_request_to_variant (request));
  without = fetch_request_new_from_variant (variant_without);
  g_assert_cmpint (fetch_request_get_header_timeout (without), ==, G_MAXINT64);
  g_assert_cmpuint (fetch_request_get_min_speed (without), ==, 0);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);

  add ("/request/peek/with-a-range", test_peek_with_a_range);
  add ("/request/peek/where-ranges-are-ignored", test_peek_where_ranges_are_ignored);
  add ("/request/peek/at-little", test_peek_at_little);
  add ("/request/peek/at-the-endless", test_peek_at_the_endless);
  add ("/request/head", test_head);
  add ("/request/save/whole", test_save);
  add ("/request/save/goes-on-after-a-break", test_save_goes_on_after_a_break);
  add ("/request/save/mixes-no-versions", test_save_mixes_no_versions);
  add ("/request/save/is-careful", test_save_is_careful);
  add ("/request/save/leaves-nothing-when-it-fails",
       test_save_leaves_nothing_when_it_fails);
  add ("/request/save/without-room", test_save_without_room);
  add ("/request/save/where-one-may-not", test_save_where_one_may_not);
  add ("/request/save/goes-on-another-time", test_save_goes_on_another_time);
  add ("/request/save/keeps-what-came-when-the-session-goes",
       test_save_keeps_what_came_when_the_session_goes);
  add ("/request/save/mixes-no-versions-another-time",
       test_save_mixes_no_versions_another_time);
  add ("/request/save/where-a-file-comes-meanwhile",
       test_save_where_a_file_comes_meanwhile);
  add ("/request/save/goes-on-elsewhere", test_save_goes_on_elsewhere);
  add ("/request/save/leaves-what-is-not-its-own", test_save_leaves_what_is_not_its_own);
  add ("/request/save/does-not-go-on-without-a-name",
       test_save_does_not_go_on_without_a_name);
  add ("/request/save/discards-what-was-kept", test_save_discards_what_was_kept);
  add ("/request/headers", test_headers);
  add ("/request/secrets", test_secrets);
  g_test_add_func ("/request/fields-with-secrets", test_fields_with_secrets);
  add ("/request/secrets-do-not-fall-back", test_secrets_do_not_fall_back);
  add ("/request/harmless-header-falls-back", test_harmless_header_falls_back);
  add ("/request/cookies", test_cookies);
  add ("/request/nothing-goes-on-to-the-next", test_nothing_goes_on_to_the_next);
  add ("/request/proxy", test_proxy);
  add ("/request/facts/hops", test_hops);
  add ("/request/facts/timeline", test_timeline);
  add ("/request/no-redirects", test_no_redirects);
  add ("/request/codings-are-asked-for", test_codings_are_asked_for);
  add ("/request/keep/comes-at-once", test_kept_body_comes_at_once);
  add ("/request/keep/has-a-bound", test_kept_body_has_a_bound);
  add ("/request/facts/sniffed-type", test_sniffed_type);
  add ("/request/retry/until-it-succeeds", test_retry);
  add ("/request/retry/has-an-end", test_retry_has_an_end);
  add ("/request/retry/cancelled-in-a-pause", test_cancelled_in_a_pause);
  add ("/request/hurry", test_hurry);
  g_test_add_func ("/request/lower-bounds-are-kept", test_lower_bounds_are_kept);

  status = g_test_run ();

  curl_global_cleanup ();

  return status;
}
