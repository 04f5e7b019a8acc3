/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-part-private.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "fetch/fetch-file-private.h"
#include "fetch/fetch-secrets.h"

/*
 * A partial download: the beginning of a body, as “NAME.part” beside the place where the
 * body will be. The file is not hidden, so that users find what takes up disk space. It
 * has this name from its first byte on, and holds nothing but the body, so a process that
 * is killed leaves what it has received.
 *
 * A description goes with it, and is there before the first byte is: the request key, the
 * strong validator, the complete length. The bytes in the file are always a prefix of
 * that representation, so the description need not change while the file grows. It is in
 * an extended attribute, which goes where the file goes and does not come with a file
 * from somebody else's archive. File systems that have none (FAT, older NFS) get a second
 * visible file, “NAME.part.info”, for as long as there is a part.
 *
 * What can go wrong with the bytes, and what the description says against it:
 *
 * - The process is killed. The kernel has the bytes: all of them count.
 * - The machine crashes, or loses power. Blocks at the end may never have been written,
 *   and read as zeros. So the description has the number of bytes that an fdatasync() has
 *   confirmed, and an epoch: the boot, and the mount. In another epoch, only these bytes
 *   count. It is written after the fdatasync(), never before.
 * - Another program changes the file. When a part is closed in an orderly way, its exact
 *   size and modification time are noted. While it is written, the time of the
 *   description is renewed at least each second in which there is a write: a later
 *   modification is another program's. A file that was changed is left alone.
 *
 * A lock (flock) says that a part is in use, also by another transfer of this process. It
 * ends with the process, however that ends. On NFS it is a lock of the server; where
 * there are none at all, parts are written without.
 */

#define ATTRIBUTE "user.morsel.part"
#define FORMAT "2"
#define FORMAT_WITHOUT_GROWTH "1" /* of versions that described a part at its end */

/* More than any server has reason to name a version with. */
#define MAX_DESCRIPTION 4096

/* The longest file name, in bytes, and what is left of it for that of the body. */
#define MAX_NAME 255
#define MAX_NAME_OF_BODY (MAX_NAME - (gsize) strlen (".9.part.info"))

/* How much later than its description a file may have been written, in seconds. The
 * description is renewed each second, but the thread may have to wait for a processor
 * between that and the write. */
#define SLACK 10

void
fetch_part_free (FetchPart *self)
{
  g_free (self->subject);
  g_free (self->entity);
  g_free (self);
}

/* The address and the fields of a request decide what it gets. Others can read the
 * attribute, so it tells nothing about them, and secrets are not part of it, but for
 * tokens in the address, as what is called “key” there may name what is asked for. */
char *
fetch_part_name_subject (FetchRequest *request)
{
  g_autoptr (FetchRequest) harmless = fetch_request_copy_keeping_tokens (request);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  const char *const *fields = fetch_request_get_headers (harmless);
  const char        *url = fetch_request_get_url (harmless);

  g_checksum_update (sum, (const guchar *) url, strlen (url) + 1);
  for (; fields != NULL && *fields != NULL; fields++)
    g_checksum_update (sum, (const guchar *) *fields, strlen (*fields) + 1);

  return g_strdup (g_checksum_get_string (sum));
}

/* A name that has no room for what is added to it is cut, between two characters, and a
 * checksum keeps it apart from others with the same beginning. */
static char *
shorten (const char *name)
{
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, name, -1);
  gsize            length = MAX_NAME_OF_BODY - 9;

  while (length > 0 && ((guchar) name[length] & 0xc0) == 0x80)
    length--;

  return g_strdup_printf ("%.*s-%.8s", (int) length, name, sum);
}

/* The path of a part of the body that will be at @path. The first name, of number 0, is
 * the one to look for; the others are for when it is taken by another file. */
char *
fetch_part_path_for (const char *path, guint number)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *short_name = strlen (name) > MAX_NAME_OF_BODY ? shorten (name)
                                                                 : g_strdup (name);
  g_autofree char *part_name = number == 0 ? g_strconcat (short_name, ".part", NULL)
                                           : g_strdup_printf ("%s.%u.part", short_name,
                                                              number + 1);

  return strchr (path, G_DIR_SEPARATOR) != NULL
             ? g_build_filename (folder, part_name, NULL)
             : g_steal_pointer (&part_name);
}

/* Where the description is, if the file can't have attributes. */
static char *
info_path_for (const char *part_path)
{
  return g_strconcat (part_path, ".info", NULL);
}

/* Returns "-" where the kernel does not tell. */
static const char *
get_boot (void)
{
  static gsize boot;
  char        *text = NULL;

  if (g_once_init_enter (&boot))
    {
      g_file_get_contents ("/proc/sys/kernel/random/boot_id", &text, NULL, NULL);
      g_once_init_leave (&boot,
                         (gsize) (text != NULL ? g_strchomp (text) : g_strdup ("-")));
    }

  return (const char *) boot;
}

/* Names the boot and the mount: the kernel loses no byte that it has, as long as both
 * last. The number of a mount is unique since Linux 6.8; before that it may be used
 * again. */
static char *
name_epoch (int fd)
{
  guint64 mount = 0;

#ifdef STATX_MNT_ID
  const unsigned int unique_mount_id = 0x4000; /* STATX_MNT_ID_UNIQUE */
  struct statx       status;

  if (statx (fd, "", AT_EMPTY_PATH, STATX_MNT_ID | unique_mount_id, &status) == 0)
    mount = status.stx_mnt_id;
#endif

  return g_strdup_printf ("%s-%" G_GINT64_MODIFIER "x", get_boot (), mount);
}

static char *
time_of_change (const struct stat *status)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT ".%09ld", (gint64) status->st_mtim.tv_sec,
                          (long) status->st_mtim.tv_nsec);
}

/* Returns whether the text is that of a sidecar, and where the description starts. */
static char *
check_info (char *text)
{
  const char       prefix[] = "morsel-part ";
  char            *sum = text + strlen (prefix);
  char            *end = strchr (text, '\n');
  char            *rest;
  guint64          length;
  g_autofree char *wanted = NULL;

  if (!g_str_has_prefix (text, prefix) || end == NULL)
    return NULL;

  rest = strchr (sum, ' ');
  if (rest == NULL || rest > end)
    return NULL;
  *rest++ = '\0';
  *end = '\0';
  if (!g_ascii_string_to_unsigned (rest, 10, 1, MAX_DESCRIPTION, &length, NULL) ||
      strlen (end + 1) < length)
    return NULL;

  /* What a longer description has left follows. */
  end[1 + length] = '\0';
  wanted = g_compute_checksum_for_string (G_CHECKSUM_SHA256, end + 1, -1);

  return g_str_equal (sum, wanted) ? end + 1 : NULL;
}

static int
open_info (const char *part_path, int flags)
{
  g_autofree char *path = info_path_for (part_path);
  struct stat      status;
  int fd = open (path, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);

  if (fd >= 0 && (fstat (fd, &status) != 0 || !S_ISREG (status.st_mode) ||
                  status.st_uid != geteuid () || status.st_nlink != 1))
    {
      close (fd);
      return -1;
    }

  return fd;
}

/* Returns NULL if there is none that this program has written. */
static char *
read_info (const char *part_path)
{
  char        text[MAX_DESCRIPTION + 128];
  int         fd = open_info (part_path, O_RDONLY);
  gssize      length;
  const char *description;

  if (fd < 0)
    return NULL;

  length = pread (fd, text, sizeof text - 1, 0);
  close (fd);
  text[MAX (length, 0)] = '\0';
  description = check_info (text);

  return g_strdup (description);
}

/* Replaces nothing but what this program has written, or an empty file. The text is
 * written in one go: a kill leaves the old one or the new one. */
static gboolean
write_info (const char *part_path, const char *description)
{
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, description,
                                                        -1);
  g_autofree char *text = g_strdup_printf ("morsel-part %s %" G_GSIZE_FORMAT "\n%s", sum,
                                           strlen (description), description);
  int              fd = open_info (part_path, O_RDWR | O_CREAT);
  char             start[sizeof "morsel-part " - 1];
  gssize           n_there, n_written = -1;

  if (fd < 0)
    return FALSE;

  n_there = pread (fd, start, sizeof start, 0);
  if (n_there == 0 ||
      (n_there == sizeof start && memcmp (start, text, sizeof start) == 0))
    n_written = pwrite (fd, text, strlen (text), 0);
  close (fd);

  return n_written == (gssize) strlen (text);
}

static void
remove_info (const char *part_path)
{
  g_autofree char *path = info_path_for (part_path);
  g_autofree char *description = read_info (part_path);

  if (description != NULL)
    unlink (path);
}

static gboolean
has_no_attributes (int error_number)
{
  return error_number == ENOTSUP || error_number == ENOSYS;
}

static gboolean
write_description (int fd, const char *path, const char *text)
{
  if (strlen (text) > MAX_DESCRIPTION)
    return FALSE;
  if (fsetxattr (fd, ATTRIBUTE, text, strlen (text), 0) == 0)
    return TRUE;

  return has_no_attributes (errno) && write_info (path, text);
}

static char *
read_description (int fd, const char *path)
{
  char   text[MAX_DESCRIPTION + 1];
  gssize length = fgetxattr (fd, ATTRIBUTE, text, MAX_DESCRIPTION);

  if (length >= 0)
    return g_strndup (text, length);

  return has_no_attributes (errno) ? read_info (path) : NULL;
}

static gboolean
describe (int              fd,
          const char      *path,
          const FetchPart *part,
          gint64           size,
          const char      *changed)
{
  g_autofree char *epoch = name_epoch (fd);
  g_autofree char *text = g_strdup_printf (
      FORMAT "\n%s\n%" G_GINT64_FORMAT "\n%" G_GUINT64_FORMAT "\n%s\n%" G_GINT64_FORMAT
             "\n%s\n%s",
      part->subject, part->full_size, part->durable, epoch, size, changed,
      part->entity != NULL ? part->entity : "");

  return write_description (fd, path, text);
}

/* Notes that the file is written from now on: any number of bytes may be in it. */
gboolean
fetch_part_describe_open (int fd, const char *path, const FetchPart *part)
{
  gint64           now = g_get_real_time ();
  g_autofree char *time = g_strdup_printf ("%" G_GINT64_FORMAT ".%09d",
                                           now / G_USEC_PER_SEC,
                                           (int) (now % G_USEC_PER_SEC) * 1000);

  return describe (fd, path, part, -1, time);
}

/* Notes that nothing more will be written to the file, as long as it is described so. */
gboolean
fetch_part_describe_closed (int fd, const char *path, const FetchPart *part)
{
  struct stat      status;
  g_autofree char *changed = NULL;

  if (fstat (fd, &status) != 0)
    return FALSE;

  changed = time_of_change (&status);

  return describe (fd, path, part, status.st_size, changed);
}

/* When it is a part no more: @path is the name that it had as one. */
void
fetch_part_forget_description (int fd, const char *path)
{
  if (fremovexattr (fd, ATTRIBUTE) != 0 && has_no_attributes (errno))
    remove_info (path);
}

/* It becomes a part of a header: a tag, or a date. */
static gboolean
is_entity (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      return FALSE;

  return *text == '"' || curl_getdate (text, NULL) > 0;
}

/* Whether the file was not written after its description, by another program. */
static gboolean
is_unchanged (const struct stat *status, gint64 size, const char *time)
{
  g_autofree char *changed = time_of_change (status);

  if (size >= 0)
    return size == status->st_size && g_str_equal (time, changed);

  return status->st_mtim.tv_sec <= g_ascii_strtoll (time, NULL, 10) + SLACK;
}

/* Returns NULL if the description is not one, or not of this file. */
static FetchPart *
parse (char *const *lines, const struct stat *status, const char *epoch)
{
  g_autoptr (FetchPart) part = g_new0 (FetchPart, 1);
  gint64 size;

  if (g_strv_length ((char **) lines) != 8 || !g_str_equal (lines[0], FORMAT) ||
      !g_ascii_string_to_signed (lines[2], 10, -1, G_MAXINT64, &part->full_size, NULL) ||
      !g_ascii_string_to_unsigned (lines[3], 10, 0, G_MAXINT64, &part->durable, NULL) ||
      !g_ascii_string_to_signed (lines[5], 10, -1, G_MAXINT64, &size, NULL) ||
      part->durable > (guint64) status->st_size ||
      !is_unchanged (status, size, lines[6]) ||
      (*lines[7] != '\0' && !is_entity (lines[7])))
    return NULL;

  part->subject = g_strdup (lines[1]);
  part->entity = *lines[7] != '\0' ? g_strdup (lines[7]) : NULL;
  part->size = *epoch != '-' && g_str_equal (lines[4], epoch) ? (guint64) status->st_size
                                                              : part->durable;

  return g_steal_pointer (&part);
}

/* The same for that of an older version: there is no epoch, and the whole file counts. */
static FetchPart *
parse_without_growth (char *const *lines, const struct stat *status)
{
  g_autoptr (FetchPart) part = g_new0 (FetchPart, 1);

  if (g_strv_length ((char **) lines) != 6 ||
      !g_str_equal (lines[0], FORMAT_WITHOUT_GROWTH) ||
      !g_ascii_string_to_unsigned (lines[2], 10, 1, G_MAXINT64, &part->size, NULL) ||
      !g_ascii_string_to_signed (lines[3], 10, -1, G_MAXINT64, &part->full_size, NULL) ||
      !is_unchanged (status, (gint64) part->size, lines[4]) || !is_entity (lines[5]))
    return NULL;

  part->subject = g_strdup (lines[1]);
  part->entity = g_strdup (lines[5]);

  return g_steal_pointer (&part);
}

/* Returns NULL if the file is not described, or was changed. An empty file holds nothing
 * that could be lost, whosever it is: a process may have been killed before it could
 * describe it. */
static FetchPart *
find_description (int fd, const char *path, const struct stat *status)
{
  g_autofree char *text = read_description (fd, path);
  g_autofree char *epoch = name_epoch (fd);
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);
  g_autoptr (FetchPart) part = parse (lines, status, epoch);

  if (part == NULL)
    part = parse_without_growth (lines, status);
  if (part == NULL && status->st_size == 0)
    {
      part = g_new0 (FetchPart, 1);
      part->subject = g_strdup ("");
      part->full_size = -1;
    }

  /* Nothing can be resumed after no byte, nor without a validator. */
  if (part != NULL && (part->size == 0 || part->entity == NULL))
    {
      g_clear_pointer (&part->entity, g_free);
      part->size = 0;
      part->durable = 0;
    }

  return g_steal_pointer (&part);
}

/* Returns whether the name still is that of the open file. */
gboolean
fetch_part_is_at (int fd, const char *path)
{
  struct stat file, there;

  return fstat (fd, &file) == 0 && lstat (path, &there) == 0 &&
         file.st_dev == there.st_dev && file.st_ino == there.st_ino;
}

/* Returns FALSE, and sets errno to EWOULDBLOCK, if another program has the lock. */
static gboolean
lock (int fd)
{
  return flock (fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

/* Makes an empty file with the lock, or returns -1 and sets errno: EEXIST if there is a
 * file already, EWOULDBLOCK if another program was faster. */
int
fetch_part_create (const char *path)
{
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

  if (fd < 0 || (lock (fd) && fetch_part_is_at (fd, path)))
    return fd;

  /* An empty file is reused by another program, so it is not removed. */
  close (fd);
  errno = EWOULDBLOCK;

  return -1;
}

/* Returns FALSE, and sets errno as fetch_part_open() does, if it is no file that this
 * program may have written, or is in use. */
static gboolean
lock_own (int fd, struct stat *status)
{
  errno = EEXIST;

  return fstat (fd, status) == 0 && S_ISREG (status->st_mode) &&
         status->st_uid == geteuid () && status->st_nlink == 1 && lock (fd);
}

/* How often another program may rename what was just opened. */
#define MAX_RACES 10

/* Returns the file with the lock, or -1 and sets errno, as fetch_part_open() does. */
static int
open_with_lock (const char *path, struct stat *status)
{
  for (guint n_races = 0; n_races < MAX_RACES; n_races++)
    {
      int fd = open (path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
      int error_number;

      if (fd < 0)
        {
          errno = errno == ENOENT ? ENOENT : EEXIST;
          return -1;
        }

      if (!lock_own (fd, status))
        {
          error_number = errno;
          close (fd);
          errno = error_number;
          return -1;
        }

      /* It may have been renamed, or have grown, until the lock was there. */
      if (fetch_part_is_at (fd, path) && fstat (fd, status) == 0)
        return fd;
      close (fd);
    }

  errno = EWOULDBLOCK;

  return -1;
}

/* Opens what is at @path, a name that fetch_part_path_for() has made, and locks it. It
 * can be resumed if its description has a size; else it is empty, or nothing of any use.
 *
 * Returns -1 and sets errno otherwise: ENOENT if there is no file, EWOULDBLOCK if it is
 * in use, EEXIST if it belongs to another request or program. */
int
fetch_part_open (const char *path, const char *subject, FetchPart **part)
{
  struct stat status;
  int         fd = open_with_lock (path, &status);

  *part = NULL;
  if (fd < 0)
    return -1;

  *part = find_description (fd, path, &status);
  if (*part != NULL && ((*part)->size == 0 || g_str_equal ((*part)->subject, subject)))
    return fd;

  g_clear_pointer (part, fetch_part_free);
  fetch_part_close (fd);
  errno = EEXIST;

  return -1;
}

/* A copy of the descriptor may still be open in a background call, so closing it is not
 * enough for the lock to end. */
void
fetch_part_close (int fd)
{
  flock (fd, LOCK_UN);
  close (fd);
}

/* Removes the file, if it still has the name. The caller has the lock. */
void
fetch_part_remove (int fd, const char *path)
{
  if (!fetch_part_is_at (fd, path))
    return;

  unlink (path);
  remove_info (path);
}

/* Returns the open file, and its path: -1 if nothing is kept for @request, or it is in
 * use. */
static int
find (FetchRequest *request, char **path)
{
  g_autofree char *subject = fetch_part_name_subject (request);

  for (guint number = 0; number < FETCH_PART_N_NAMES; number++)
    {
      g_autofree char *part_path = fetch_part_path_for (
          fetch_request_get_save_path (request), number);
      g_autoptr (FetchPart) part = NULL;
      int fd = fetch_part_open (part_path, subject, &part);

      if (fd >= 0 && g_str_equal (part->subject, subject))
        {
          *path = g_steal_pointer (&part_path);
          return fd;
        }
      if (fd >= 0)
        fetch_part_close (fd);
    }

  return -1;
}

/**
 * fetch_part_discard:
 * @request: a request that saves the body
 *
 * Removes what is kept of the body, if it was not saved to its end. Nothing happens if
 * there is nothing, or something else, or if it is being saved.
 *
 * This blocks.
 */
void
fetch_part_discard (FetchRequest *request)
{
  g_autofree char *path = NULL;
  int              fd;

  g_return_if_fail (request != NULL);
  g_return_if_fail (fetch_request_get_save_path (request) != NULL);

  fd = find (request, &path);
  if (fd < 0)
    return;

  fetch_part_remove (fd, path);
  fetch_part_close (fd);
}

static void
move_info (const char *part_path, const char *other_part_path)
{
  g_autofree char *path = info_path_for (part_path);
  g_autofree char *other_path = info_path_for (other_part_path);

  fetch_file_rename_without_replacing (path, other_path);
}

/**
 * fetch_part_move:
 * @request: a request that saves the body
 * @path: (type filename): where it shall be saved instead
 *
 * Takes along what is kept of the body, for a request that is the same but for that. It
 * is removed if that is not possible, as on another file system. Where something is kept
 * already, nothing happens.
 *
 * This blocks.
 */
void
fetch_part_move (FetchRequest *request, const char *path)
{
  g_autofree char *old_path = NULL;
  g_autofree char *new_path = NULL;
  int              fd;

  g_return_if_fail (request != NULL);
  g_return_if_fail (fetch_request_get_save_path (request) != NULL);
  g_return_if_fail (path != NULL);

  if (g_str_equal (path, fetch_request_get_save_path (request)))
    return;

  fd = find (request, &old_path);
  if (fd < 0)
    return;

  new_path = fetch_part_path_for (path, 0);
  if (fetch_file_rename_without_replacing (old_path, new_path))
    move_info (old_path, new_path);
  else if (errno != EEXIST)
    fetch_part_remove (fd, old_path);
  fetch_part_close (fd);
}
