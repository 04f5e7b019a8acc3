/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Partial downloads: which bytes of them count, whose they are, and how they become the
 * whole. */

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "../backgroundcall/gate.h"
#include "demo/demo-server.h"
#include "fetch/fetch-error.h"
#include "fetch/fetch-part.h"
#include "fetch/fetch-session.h"

typedef struct
{
  DemoServer   *server;
  FetchSession *session;
  char         *folder;
  char         *path; /* in there */
  char         *part_path;
} Fixture;

/* What the functions below do instead of libc's. */
static Gate               disk = GATE_INIT;
static _Atomic (gboolean) disk_is_slow;
static _Atomic (int)      disk_error;
static _Atomic (gboolean) has_no_attributes;
static _Atomic (char *)   swapped_path;

int
fsync (int fd)
{
  if (atomic_load (&disk_is_slow))
    gate_pass (&disk);
  errno = atomic_load (&disk_error);

  return errno != 0 ? -1 : syscall (SYS_fsync, fd);
}

int
fdatasync (int fd)
{
  if (atomic_load (&disk_is_slow))
    gate_pass (&disk);

  errno = atomic_load (&disk_error);

  return errno != 0 ? -1 : syscall (SYS_fdatasync, fd);
}

int
fsetxattr (int fd, const char *name, const void *value, size_t size, int flags)
{
  if (atomic_load (&has_no_attributes))
    {
      errno = ENOTSUP;
      return -1;
    }

  return syscall (SYS_fsetxattr, fd, name, value, size, flags);
}

ssize_t
fgetxattr (int fd, const char *name, void *value, size_t size)
{
  if (atomic_load (&has_no_attributes))
    {
      errno = ENOTSUP;
      return -1;
    }

  return syscall (SYS_fgetxattr, fd, name, value, size);
}

int
fremovexattr (int fd, const char *name)
{
  if (atomic_load (&has_no_attributes))
    {
      errno = ENOTSUP;
      return -1;
    }

  return syscall (SYS_fremovexattr, fd, name);
}

/* Another process is faster, if there is a path. */
int
flock (int fd, int operation)
{
  const char *path = atomic_exchange (&swapped_path, NULL);

  if (path != NULL)
    {
      g_assert_cmpint (unlink (path), ==, 0);
      g_assert_true (g_file_set_contents (path, "mine", -1, NULL));
    }

  return syscall (SYS_flock, fd, operation);
}

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  fixture->server = demo_server_new (&error);
  g_assert_no_error (error);
  fixture->session = fetch_session_new ();
  fixture->folder = g_dir_make_tmp ("morsel-parts-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (fixture->folder, "saved", NULL);
  fixture->part_path = g_build_filename (fixture->folder, "saved.part", NULL);
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
  g_free (fixture->part_path);
  g_free (fixture->folder);
}

/* It has no attributes, and the test is skipped, where the file system has none. */
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

static FetchRequest *
saving_request (Fixture *fixture, const char *page)
{
  g_autofree char *url = demo_server_get_url (fixture->server, page);
  g_autoptr (GError) error = NULL;
  FetchRequest *request = fetch_request_new (url, &error);

  g_assert_no_error (error);
  fetch_request_save_to (request, fixture->path, FALSE);

  return request;
}

static BackgroundCall *
start (Fixture *fixture, const char *page)
{
  g_autoptr (FetchRequest) request = saving_request (fixture, page);

  return fetch_session_fetch (fixture->session, request);
}

static FetchResult *
fetch (Fixture *fixture, const char *page)
{
  g_autoptr (BackgroundCall) call = start (fixture, page);
  g_autoptr (GError) error = NULL;
  FetchResult *result = background_call_get_return (call, PATIENCE, &error);

  g_assert_no_error (error);

  return fetch_result_ref (result);
}

static char *
fail_to_fetch (Fixture *fixture, const char *page, int code)
{
  g_autoptr (BackgroundCall) call = start (fixture, page);
  g_autoptr (GError) error = NULL;

  background_call_get_return (call, PATIENCE, &error);
  g_assert_error (error, FETCH_ERROR, code);

  return g_strdup (error->message);
}

static void
await_bytes (BackgroundCall *call, gint64 n_bytes)
{
  FetchProgress progress;

  iterate_until ((progress = fetch_progress_of (call)).received >= n_bytes);
}

static char *
cancel (BackgroundCall *call)
{
  g_autoptr (GError) error = NULL;

  background_call_cancel (call);
  background_call_get_return (call, PATIENCE, &error);
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_CANCELLED);

  return g_strdup (error->message);
}

/* Two thirds of it are missing. */
#define BREAKS_OFF "/breaks-off?bytes=300000&times=1&stalls=1"

static void
leave_a_third (Fixture *fixture)
{
  g_autoptr (BackgroundCall) call = start (fixture, BREAKS_OFF);
  g_autofree char *message = NULL;

  await_bytes (call, 100000);
  message = cancel (call);
  g_assert_nonnull (strstr (message, " is kept in "));
}

static gsize
size_of (const char *path)
{
  GStatBuf status;

  return g_stat (path, &status) == 0 ? (gsize) status.st_size : 0;
}

static guint
count_files (Fixture *fixture)
{
  g_autoptr (GDir) names = g_dir_open (fixture->folder, 0, NULL);
  guint n_files = 0;

  while (g_dir_read_name (names) != NULL)
    n_files++;

  return n_files;
}

static void
assert_saved (Fixture *fixture, gsize expected_size)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  g_file_get_contents (fixture->path, &text, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (size, ==, expected_size);
  for (gsize i = 0; i < size; i++)
    if (text[i] != (char) ('a' + (i + i / 26) % 26))
      g_error ("The byte at %" G_GSIZE_FORMAT " is wrong", i);
}

#define ATTRIBUTE "user.morsel.part"

typedef enum
{
  FORMAT,
  SUBJECT,
  FULL_SIZE,
  DURABLE,
  EPOCH,
  SIZE,
  TIME,
  ENTITY,
  N_LINES,
} Line;

static GStrv
read_description (Fixture *fixture)
{
  char   text[4096] = "";
  GStrv  lines;
  gssize length = getxattr (fixture->part_path, ATTRIBUTE, text, sizeof text - 1);

  g_assert_cmpint (length, >, 0);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, N_LINES);

  return lines;
}

static void
write_text (Fixture *fixture, const char *text)
{
  g_assert_cmpint (setxattr (fixture->part_path, ATTRIBUTE, text, strlen (text), 0), ==,
                   0);
}

static void
write_description (Fixture *fixture, GStrv lines)
{
  g_autofree char *text = g_strjoinv ("\n", lines);

  write_text (fixture, text);
}

static void
set_line (GStrv lines, Line line, const char *text)
{
  g_free (lines[line]);
  lines[line] = g_strdup (text);
}

/* As if the process had been killed: the file was being written until now. */
static void
make_open (GStrv lines)
{
  g_autofree char *now = g_strdup_printf ("%" G_GINT64_FORMAT ".000000000",
                                          g_get_real_time () / G_USEC_PER_SEC);

  set_line (lines, SIZE, "-1");
  set_line (lines, TIME, now);
}

static void
overwrite (const char *path, gsize from, gsize length)
{
  int              fd = g_open (path, O_WRONLY | O_CLOEXEC, 0);
  g_autofree char *zeros = g_malloc0 (length);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (pwrite (fd, zeros, length, from), ==, length);
  close (fd);
}

/* There before the first byte is, and true while the file grows. */
static void
test_is_described_from_the_start (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = NULL;
  g_autofree char *message = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (FetchResult) result = NULL;

  if (!can_keep (fixture))
    return;

  call = start (fixture, BREAKS_OFF);
  await_bytes (call, 1);
  g_assert_cmpuint (size_of (fixture->part_path), >, 0);
  lines = read_description (fixture);
  g_assert_cmpstr (lines[FULL_SIZE], ==, "300000");
  g_assert_cmpstr (lines[SIZE], ==, "-1");
  g_assert_cmpstr (lines[ENTITY], ==, "\"version-0\"");
  g_assert_cmpuint (count_files (fixture), ==, 1);

  /* With this description, all that is there counts after a kill. */
  await_bytes (call, 100000);
  message = cancel (call);
  write_description (fixture, lines);
  result = fetch (fixture, BREAKS_OFF);
  g_assert_cmpuint (fetch_result_get_size_on_wire (result), ==, 200000);
  assert_saved (fixture, 300000);
}

/* Power is lost: what is not known to be on the disk may be zeros. */
static void
test_durable_bytes_count_after_a_crash (Fixture      *fixture,
                                        gconstpointer data G_GNUC_UNUSED)
{
  static const char *const durable[] = { "40000", "0", "100000" };

  if (!can_keep (fixture))
    return;

  for (gsize i = 0; i < G_N_ELEMENTS (durable); i++)
    for (int was_closed = 0; was_closed < 2; was_closed++)
      {
        gsize            n_durable = g_ascii_strtoull (durable[i], NULL, 10);
        g_autofree char *page = g_strdup_printf (BREAKS_OFF "&try=%u%d", (guint) i,
                                                 was_closed);
        g_autoptr (BackgroundCall) call = start (fixture, page);
        g_autofree char *message = NULL;
        g_auto (GStrv) lines = NULL;
        g_autoptr (FetchResult) result = NULL;

        await_bytes (call, 100000);
        message = cancel (call);
        lines = read_description (fixture);
        set_line (lines, EPOCH, "another-boot");
        set_line (lines, DURABLE, durable[i]);
        if (!was_closed)
          {
            make_open (lines);
            if (n_durable < 100000)
              overwrite (fixture->part_path, n_durable, 100000 - n_durable);
          }
        write_description (fixture, lines);

        result = fetch (fixture, page);
        g_assert_cmpuint (fetch_result_get_size_on_wire (result), ==, 300000 - n_durable);
        assert_saved (fixture, 300000);
        g_unlink (fixture->path);
      }
}

/* Returns how many bytes of a third are known to be on the disk. */
static guint64
count_durable_bytes (Fixture *fixture)
{
  g_autoptr (BackgroundCall)
      call = start (fixture, "/breaks-off?bytes=300000&times=1000&stalls=1");
  g_autofree char *message = NULL;
  g_auto (GStrv) lines = NULL;

  await_bytes (call, 100000);
  if (atomic_load (&disk_is_slow))
    gate_await (&disk, 1);
  message = cancel (call);
  lines = read_description (fixture);
  g_assert_cmpuint (size_of (fixture->part_path), ==, 100000);
  g_unlink (fixture->part_path);

  return g_ascii_strtoull (lines[DURABLE], NULL, 10);
}

/* While bytes arrive, the disk is written in the background, and what it has confirmed is
 * noted: at the next block, or at the end, so it may have to be tried again. */
static void
test_disk_is_written_meanwhile (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  if (!can_keep (fixture))
    return;

  while (count_durable_bytes (fixture) == 0)
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);

  disk = (Gate) GATE_INIT;
  atomic_store (&disk_is_slow, TRUE);
  g_assert_cmpuint (count_durable_bytes (fixture), ==, 0);
  atomic_store (&disk_is_slow, FALSE);
  gate_open (&disk);
}

/* Another program has written to it, or it has lost bytes that were on the disk. */
static void
test_changed_part_is_left_alone (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_auto (GStrv) lines = NULL;

  if (!can_keep (fixture))
    return;

  leave_a_third (fixture);
  lines = read_description (fixture);
  for (int is_shorter = 0; is_shorter < 2; is_shorter++)
    {
      g_autoptr (FetchResult) result = NULL;

      make_open (lines);
      if (is_shorter)
        set_line (lines, DURABLE, "100001");
      else
        set_line (lines, TIME, "1000000000.000000000");
      write_description (fixture, lines);
      result = fetch (fixture, BREAKS_OFF);
      g_assert_cmpuint (fetch_result_get_size_on_wire (result), ==, 300000);
      assert_saved (fixture, 300000);
      g_assert_cmpuint (size_of (fixture->part_path), ==, 100000);
      g_unlink (fixture->path);
    }
  g_unlink (fixture->part_path);
}

/* A body that can't be resumed, of a process that was killed, is of no use to anybody. */
static void
test_useless_part_is_reused (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_auto (GStrv) lines = NULL;
  g_autoptr (FetchResult) result = NULL;
  g_autoptr (FetchResult) again = NULL;

  if (!can_keep (fixture))
    return;

  leave_a_third (fixture);
  lines = read_description (fixture);
  make_open (lines);
  set_line (lines, ENTITY, "");
  set_line (lines, SUBJECT, "of another request");
  write_description (fixture, lines);
  result = fetch (fixture, "/large?bytes=1000");
  g_assert_cmpuint (count_files (fixture), ==, 1);
  assert_saved (fixture, 1000);
  g_unlink (fixture->path);

  /* Killed before it was described. */
  g_assert_true (g_file_set_contents (fixture->part_path, "", 0, NULL));
  again = fetch (fixture, "/large?bytes=1000");
  g_assert_cmpuint (count_files (fixture), ==, 1);
  assert_saved (fixture, 1000);
}

/* As an older version has described it. */
static void
test_part_of_an_older_version (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_auto (GStrv) lines = NULL;
  g_autofree char *text = NULL;
  g_autoptr (FetchResult) result = NULL;

  if (!can_keep (fixture))
    return;

  leave_a_third (fixture);
  lines = read_description (fixture);
  text = g_strdup_printf ("1\n%s\n100000\n300000\n%s\n%s", lines[SUBJECT], lines[TIME],
                          lines[ENTITY]);
  write_text (fixture, text);
  result = fetch (fixture, BREAKS_OFF);
  g_assert_cmpuint (fetch_result_get_size_on_wire (result), ==, 200000);
  assert_saved (fixture, 300000);
}

/* The same where no file has attributes: then the description is beside it. */
static void
test_file_system_without_attributes (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *info_path = g_strconcat (fixture->part_path, ".info", NULL);
  g_autoptr (FetchRequest) request = saving_request (fixture, BREAKS_OFF "&again=1");
  g_autoptr (BackgroundCall) call = NULL;
  g_autofree char *message = NULL;
  g_autoptr (FetchResult) result = NULL;
  g_autoptr (FetchResult) other = NULL;

  atomic_store (&has_no_attributes, TRUE);
  leave_a_third (fixture);
  g_assert_cmpuint (size_of (fixture->part_path), ==, 100000);
  g_assert_cmpuint (size_of (info_path), >, 0);
  result = fetch (fixture, BREAKS_OFF);
  g_assert_cmpuint (fetch_result_get_size_on_wire (result), ==, 200000);
  assert_saved (fixture, 300000);
  g_assert_cmpuint (count_files (fixture), ==, 1);
  g_unlink (fixture->path);

  call = start (fixture, BREAKS_OFF "&again=1");
  await_bytes (call, 100000);
  message = cancel (call);
  g_assert_cmpuint (count_files (fixture), ==, 2);
  fetch_part_discard (request);
  g_assert_cmpuint (count_files (fixture), ==, 0);

  /* What is another program's is not written to. */
  g_assert_true (g_file_set_contents (info_path, "mine", -1, NULL));
  other = fetch (fixture, "/large?bytes=1000");
  assert_saved (fixture, 1000);
  g_assert_cmpuint (size_of (info_path), ==, strlen ("mine"));
  g_unlink (info_path);
  atomic_store (&has_no_attributes, FALSE);
}

/* Two that save the same file at the same time: the second one is told. */
static void
test_is_saved_once_at_a_time (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchSession) other = fetch_session_new ();
  g_autoptr (BackgroundCall) call = start (fixture, BREAKS_OFF);
  g_autoptr (FetchRequest) request = saving_request (fixture, BREAKS_OFF);
  g_autofree char *message = NULL;

  await_bytes (call, 100000);
  for (int in_other_session = 0; in_other_session < 2; in_other_session++)
    {
      g_autoptr (BackgroundCall) second = NULL;
      g_autoptr (GError) error = NULL;

      second = fetch_session_fetch (in_other_session ? other : fixture->session, request);
      background_call_get_return (second, PATIENCE, &error);
      g_assert_error (error, FETCH_ERROR, FETCH_ERROR_CANNOT_SAVE);
      g_assert_true (g_str_has_prefix (error->message, "saved is being saved already"));
    }
  fetch_part_discard (request);
  g_assert_cmpuint (size_of (fixture->part_path), ==, 100000);

  /* And as soon as the first has ended, it may be fetched again. */
  message = cancel (call);
  if (can_keep (fixture))
    {
      g_autoptr (FetchResult) result = fetch (fixture, BREAKS_OFF);

      g_assert_cmpuint (fetch_result_get_size_on_wire (result), ==, 200000);
      assert_saved (fixture, 300000);
    }
}

/* What comes to the place in between is neither gone on with nor lost. */
static void
test_other_file_comes_in_between (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *text = NULL;
  g_autoptr (FetchResult) result = NULL;

  if (!can_keep (fixture))
    return;

  leave_a_third (fixture);
  atomic_store (&swapped_path, fixture->part_path);
  result = fetch (fixture, BREAKS_OFF);
  g_assert_null (atomic_load (&swapped_path));
  g_assert_cmpuint (fetch_result_get_size_on_wire (result), ==, 300000);
  assert_saved (fixture, 300000);
  g_assert_true (g_file_get_contents (fixture->part_path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "mine");
  g_unlink (fixture->part_path);
}

static void
test_few_bytes_are_kept (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) call = NULL;
  g_autofree char *message = NULL;

  if (!can_keep (fixture))
    return;

  call = start (fixture, "/breaks-off?bytes=30&times=1&stalls=1");
  await_bytes (call, 10);
  message = cancel (call);
  g_assert_nonnull (strstr (message, " is kept in saved.part. "));
  g_assert_cmpuint (size_of (fixture->part_path), ==, 10);
  g_unlink (fixture->part_path);
}

/* With no room for what is added to it. */
static void
test_longest_name (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *name = g_strnfill (255, 'x');
  g_autoptr (FetchResult) result = NULL;

  g_free (fixture->path);
  fixture->path = g_build_filename (fixture->folder, name, NULL);
  result = fetch (fixture, "/large?bytes=1000");
  assert_saved (fixture, 1000);
}

/* The whole is on the disk before it has its name, and meanwhile others are fetched. */
static void
test_slow_disk_holds_up_nobody_else (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");
  g_autoptr (FetchRequest) other = fetch_request_new (url, NULL);
  g_autoptr (BackgroundCall) saving = NULL;
  g_autoptr (BackgroundCall) hello = NULL;
  g_autoptr (GError) error = NULL;

  disk = (Gate) GATE_INIT;
  atomic_store (&disk_is_slow, TRUE);
  saving = start (fixture, "/large?bytes=1000");
  gate_await (&disk, 1);
  hello = fetch_session_fetch (fixture->session, other);
  background_call_get_return (hello, PATIENCE, &error);
  g_assert_no_error (error);
  g_assert_false (background_call_is_done (saving));
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));

  atomic_store (&disk_is_slow, FALSE);
  gate_open (&disk);
  background_call_get_return (saving, PATIENCE, &error);
  g_assert_no_error (error);
  assert_saved (fixture, 1000);
}

static void
test_cancelled_while_the_disk_is_slow (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) saving = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FetchResult) result = NULL;

  if (!can_keep (fixture))
    return;

  disk = (Gate) GATE_INIT;
  atomic_store (&disk_is_slow, TRUE);
  saving = start (fixture, "/large?bytes=1000");
  gate_await (&disk, 1);
  background_call_cancel (saving);
  atomic_store (&disk_is_slow, FALSE);
  gate_open (&disk);
  background_call_get_return (saving, PATIENCE, &error);
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_CANCELLED);
  g_assert_nonnull (strstr (error->message, " is kept in saved.part. "));
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));

  result = fetch (fixture, "/large?bytes=1000");
  g_assert_cmpuint (fetch_result_get_size_on_wire (result), ==, 1);
  assert_saved (fixture, 1000);
}

/* Nothing leaks, and the file is finished. */
static void
test_session_goes_while_the_disk_is_slow (Fixture      *fixture,
                                          gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (BackgroundCall) saving = NULL;
  g_autoptr (GError) error = NULL;

  disk = (Gate) GATE_INIT;
  atomic_store (&disk_is_slow, TRUE);
  saving = start (fixture, "/large?bytes=1000");
  gate_await (&disk, 1);
  g_clear_object (&fixture->session);
  atomic_store (&disk_is_slow, FALSE);
  gate_open (&disk);
  background_call_get_return (saving, PATIENCE, &error);
  g_assert_no_error (error);
  assert_saved (fixture, 1000);
}

/* What the disk did not take is not known: only what it took before counts. */
static void
test_disk_that_fails (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *message = NULL;
  g_autofree char *again = NULL;
  g_auto (GStrv) lines = NULL;

  if (!can_keep (fixture))
    return;

  atomic_store (&disk_error, EIO);
  message = fail_to_fetch (fixture, "/large?bytes=1000", FETCH_ERROR_CANNOT_SAVE);
  g_assert_cmpstr (message, ==, "saved could not be saved: Input/output error.");
  g_assert_cmpuint (count_files (fixture), ==, 0);

  atomic_store (&disk_error, 0);
  leave_a_third (fixture);
  atomic_store (&disk_error, EIO);
  lines = read_description (fixture);
  set_line (lines, DURABLE, "40000");
  write_description (fixture, lines);
  again = fail_to_fetch (fixture, BREAKS_OFF, FETCH_ERROR_CANNOT_SAVE);
  g_assert_nonnull (strstr (again, " is kept in saved.part. "));
  g_assert_cmpuint (size_of (fixture->part_path), ==, 40000);
  atomic_store (&disk_error, 0);
  g_unlink (fixture->part_path);
}

static void
make_leftover (Fixture *fixture, const char *name, gint64 age)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  struct timespec  times[2];

  times[0].tv_sec = times[1].tv_sec = g_get_real_time () / G_USEC_PER_SEC - age;
  times[0].tv_nsec = times[1].tv_nsec = 0;
  g_assert_true (g_file_set_contents (path, "left", -1, NULL));
  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

/* The hidden files of older versions go, but for those that may be in use. */
static void
test_leftovers_of_older_versions (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    const char *name;
    gint64      age;
    gboolean    goes;
  } files[] = {
    { ".saved.0123abcd.part", 7200, TRUE },   { ".saved.1123abcd.part", 60, FALSE },
    { ".saved.2123abcd.part", 7200, FALSE }, /* which is open */
    { ".saved.3123ABCD.part", 7200, FALSE },  { ".saved.4123abc.part", 7200, FALSE },
    { ".saved2.5123abcd.part", 7200, FALSE }, { "saved.6123abcd.part", 7200, FALSE },
  };
  g_autofree char *used_path = g_build_filename (fixture->folder, files[2].name, NULL);
  g_autoptr (FetchResult) result = NULL;
  int fd;

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    make_leftover (fixture, files[i].name, files[i].age);
  fd = g_open (used_path, O_RDONLY | O_CLOEXEC, 0);
  g_assert_cmpint (fd, >=, 0);

  result = fetch (fixture, "/large?bytes=1000");
  g_clear_object (&fixture->session);
  g_clear_object (&fixture->server);
  g_assert_true (background_pool_drain (PATIENCE));
  close (fd);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, files[i].name, NULL);

      g_assert_cmpint (g_unlink (path), ==, files[i].goes ? -1 : 0);
    }
}

#define add(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);

  add ("/parts/is-described-from-the-start", test_is_described_from_the_start);
  add ("/parts/durable-bytes-count-after-a-crash",
       test_durable_bytes_count_after_a_crash);
  add ("/parts/disk-is-written-meanwhile", test_disk_is_written_meanwhile);
  add ("/parts/changed-part-is-left-alone", test_changed_part_is_left_alone);
  add ("/parts/useless-part-is-reused", test_useless_part_is_reused);
  add ("/parts/of-an-older-version", test_part_of_an_older_version);
  add ("/parts/file-system-without-attributes", test_file_system_without_attributes);
  add ("/parts/is-saved-once-at-a-time", test_is_saved_once_at_a_time);
  add ("/parts/other-file-comes-in-between", test_other_file_comes_in_between);
  add ("/parts/few-bytes-are-kept", test_few_bytes_are_kept);
  add ("/parts/longest-name", test_longest_name);
  add ("/parts/slow-disk-holds-up-nobody-else", test_slow_disk_holds_up_nobody_else);
  add ("/parts/cancelled-while-the-disk-is-slow", test_cancelled_while_the_disk_is_slow);
  add ("/parts/session-goes-while-the-disk-is-slow",
       test_session_goes_while_the_disk_is_slow);
  add ("/parts/disk-that-fails", test_disk_that_fails);
  add ("/parts/leftovers-of-older-versions", test_leftovers_of_older_versions);

  return g_test_run ();
}
