/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch/fetch-disk-private.h"
#include "fetch/fetch-error.h"
#include "fetch/fetch-visible-text.h"

/*
 * A file that a body is saved to. It is written as a partial download (fetch-part.c)
 * beside its destination, and renamed when it is complete and on the disk. So there is
 * the whole body at the destination, or what was there before. A file that has come there
 * meanwhile is not replaced by accident: the system looks and renames in one step.
 *
 * Whatever ends the process, the part stays, and is resumed by the next request for the
 * same. While it grows, it is written to the disk every few seconds, by another thread,
 * because that may take long: what has arrived since then is all that a crash of the
 * machine can take.
 */
struct _FetchFile
{
  char      *path;
  char      *part_path; /* NULL when it has its name, or is kept */
  FetchPart *part;      /* its description; NULL if there is an error */
  gboolean   is_resumed;
  gboolean   replaces;
  int        fd;
  int        mode; /* of the file that is replaced; -1 if there is none */
  guint64    size;
  gint64     described;  /* when, in microseconds of real time */
  FetchSync *sync;       /* NULL unless one is on its way */
  gint64     synced;     /* when it was begun last, in microseconds of monotonic time */
  guint64    sync_size;  /* the size then */
  gboolean   is_suspect; /* the disk has failed: only durable bytes count */
  GError    *error;      /* the first */
};

/* How often what has arrived is written to the disk, at most. */
#define SYNC_INTERVAL (2 * G_TIME_SPAN_SECOND)

/* How often the description says that the file still is being written. */
#define DESCRIPTION_INTERVAL G_TIME_SPAN_SECOND

/* How often another program may come in between while a part is looked for. */
#define MAX_RACES 100

static gboolean
fail (FetchFile *self, int error_number)
{
  g_autofree char *name = NULL;
  g_autofree char *visible = NULL;
  g_autofree char *message = NULL;

  if (self->error != NULL)
    return FALSE;

  name = g_path_get_basename (self->path);
  visible = fetch_visible_line (name);
  if (error_number == EEXIST)
    message = g_strdup_printf (
        /* Translators: %s is the name of a file. */
        _ ("There is a file named %s already. Nothing was replaced."), visible);
  else if (error_number == EWOULDBLOCK)
    message = g_strdup_printf (
        /* Translators: %s is the name of a file. */
        _ ("%s is being saved already, by this program or another one. Wait until that "
           "is done, or save it under another name."),
        visible);
  else
    message = g_strdup_printf (
        /* Translators: %s is the name of a file; the second %s is the system's reason,
           such as “No space left on device”. */
        _ ("%s could not be saved: %s."), visible, g_strerror (error_number));
  self->error = fetch_error_new (error_number == EEXIST ? FETCH_ERROR_FILE_EXISTS
                                                        : FETCH_ERROR_CANNOT_SAVE,
                                 message, NULL);

  return FALSE;
}

/* Returns the error number for a destination that is not written to, or 0. Only a plain
 * file is replaced: no device, and no link, of which it is not clear what is meant. */
static int
check_destination (const struct stat *status, gboolean replaces)
{
  if (!replaces)
    return EEXIST;

  return S_ISREG (status->st_mode) ? 0 : ENOTSUP;
}

/* Has the lock of the file. */
static void
set_part (FetchFile *self, int fd, char *part_path, FetchPart *part)
{
  g_clear_pointer (&self->part, fetch_part_free);
  g_free (self->part_path);
  if (self->fd >= 0)
    fetch_part_close (self->fd);
  self->fd = fd;
  self->part_path = part_path;
  self->part = part;
}

/* Makes the first file that there is a name for. Returns FALSE and sets errno if it
 * can't. */
static gboolean
create_part (FetchFile *self)
{
  errno = EEXIST;
  for (guint number = 0; number < FETCH_PART_N_NAMES && errno == EEXIST; number++)
    {
      g_autofree char *path = fetch_part_path_for (self->path, number);
      int              fd = fetch_part_create (path);

      if (fd >= 0)
        {
          set_part (self, fd, g_steal_pointer (&path), g_new0 (FetchPart, 1));
          return TRUE;
        }
    }

  return FALSE;
}

/* Finds a part that can be resumed, or one that is of no use to any request. Returns
 * FALSE if there is none, or if the body is being saved already, which is an error. */
static gboolean
find_part (FetchFile *self, const char *subject)
{
  for (guint number = 0; number < FETCH_PART_N_NAMES; number++)
    {
      g_autofree char *path = fetch_part_path_for (self->path, number);
      g_autoptr (FetchPart) part = NULL;
      int fd = fetch_part_open (path, subject, &part);

      if (fd < 0 && errno == EWOULDBLOCK)
        return fail (self, EWOULDBLOCK);
      if (fd >= 0 && (part->size > 0 || self->part == NULL))
        set_part (self, fd, g_steal_pointer (&path), g_steal_pointer (&part));
      else if (fd >= 0)
        fetch_part_close (fd);
      if (self->part != NULL && self->part->size > 0)
        return TRUE;
    }

  return self->part != NULL;
}

/* Renews the description: what has come to the disk meanwhile, and that it is still this
 * program that writes. */
static gboolean
describe (FetchFile *self)
{
  self->described = g_get_real_time ();

  return fetch_part_describe_open (self->fd, self->part_path, self->part);
}

static void
open_part (FetchFile *self, const char *subject)
{
  gboolean is_open = FALSE;

  for (guint n_races = 0; n_races < MAX_RACES && !is_open && self->error == NULL;
       n_races++)
    {
      is_open = find_part (self, subject) || (self->error == NULL && create_part (self));
      if (!is_open && errno != EWOULDBLOCK && errno != EEXIST)
        break;
    }
  if (!is_open)
    {
      g_clear_pointer (&self->part_path, g_free);
      fail (self, errno == EEXIST ? EBUSY : errno);
      return;
    }

  self->is_resumed = self->part->size > 0;
  self->size = self->part->size;
  self->sync_size = self->part->durable;
  g_free (self->part->subject);
  self->part->subject = g_strdup (subject);

  /* Of one that is complete the last byte is asked for, so that the server says whether
   * it still is what it was. It stays in the file meanwhile. */
  if (self->part->full_size > 0 && self->size >= (guint64) self->part->full_size)
    self->size = self->part->full_size - 1;
  else if (ftruncate (self->fd, self->size) != 0)
    fail (self, errno);
  if (lseek (self->fd, self->size, SEEK_SET) < 0)
    fail (self, errno);

  /* Who may read it does not change. */
  if (self->mode >= 0 && fchmod (self->fd, self->mode) != 0)
    fail (self, errno);
  if (!describe (self) && self->is_resumed)
    fail (self, errno);
  if (self->error != NULL && self->is_resumed)
    g_clear_pointer (&self->part_path, g_free);
}

/* Opens the part of a request, or has an error. */
FetchFile *
fetch_file_new (const char *path, gboolean replaces, const char *subject)
{
  FetchFile  *self = g_new0 (FetchFile, 1);
  struct stat status;
  int         error_number;

  self->path = g_strdup (path);
  self->replaces = replaces;
  self->fd = -1;
  self->mode = -1;

  if (lstat (path, &status) == 0)
    {
      error_number = check_destination (&status, replaces);
      if (error_number != 0)
        {
          fail (self, error_number);
          return self;
        }
      self->mode = status.st_mode & 0777;
    }
  open_part (self, subject);

  return self;
}

static void
drop_sync (FetchFile *self)
{
  g_clear_pointer (&self->sync, fetch_sync_unref);
}

/* Removes what neither has got its name nor is kept. */
void
fetch_file_free (FetchFile *self)
{
  drop_sync (self);
  if (self->fd >= 0)
    {
      if (self->part_path != NULL)
        fetch_part_remove (self->fd, self->part_path);
      fetch_part_close (self->fd);
    }
  g_free (self->part_path);
  g_free (self->path);
  g_clear_pointer (&self->part, fetch_part_free);
  g_clear_error (&self->error);
  g_free (self);
}

/* Learns what has come to the disk. Returns FALSE if the disk has failed. */
static gboolean
take_sync (FetchFile *self)
{
  guint64 size;
  int     error_number;

  if (self->sync == NULL || !fetch_sync_is_done (self->sync, &size, &error_number))
    return TRUE;

  drop_sync (self);
  if (error_number != 0)
    {
      /* The kernel forgets what it could not write, and does not say what it was. */
      self->is_suspect = TRUE;
      return fail (self, error_number);
    }
  self->part->durable = MAX (self->part->durable, size);
  self->described = 0;

  return TRUE;
}

/* Begins to write to the disk what has arrived, if it is time for that. */
static void
begin_sync (FetchFile *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->sync != NULL || self->part->entity == NULL || self->size <= self->sync_size ||
      now - self->synced < SYNC_INTERVAL)
    return;

  self->synced = now;
  self->sync_size = self->size;
  self->sync = fetch_sync_begin (self->fd, self->size);
}

gboolean
fetch_file_write (FetchFile *self, const void *bytes, gsize length)
{
  const guint8 *next = bytes;
  gint64        age;

  if (self->error != NULL || !take_sync (self))
    return FALSE;

  /* Before the write: the description must be newer than the file. */
  age = g_get_real_time () - self->described;
  if (age < 0 || age >= DESCRIPTION_INTERVAL)
    describe (self);

  while (length > 0)
    {
      gssize n = write (self->fd, next, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail (self, errno);
      next += n;
      length -= n;
      self->size += n;
    }
  begin_sync (self);

  return TRUE;
}

/* Empties the file: what was written is not what will follow. The description goes first,
 * so that it never is that of other bytes; both are changes to the same inode, which a
 * file system with a journal keeps in order. */
gboolean
fetch_file_start_over (FetchFile *self)
{
  if (self->error != NULL)
    return FALSE;

  drop_sync (self);
  g_clear_pointer (&self->part->entity, g_free);
  self->part->full_size = -1;
  self->part->durable = 0;
  self->sync_size = 0;
  self->is_resumed = FALSE;
  describe (self);

  if (ftruncate (self->fd, 0) != 0 || lseek (self->fd, 0, SEEK_SET) != 0)
    return fail (self, errno);
  self->size = 0;

  return TRUE;
}

/* Begins a whole body: @entity is NULL if it can't be resumed. What the file has of the
 * same version stays, so that a break before its end loses nothing: fetch_file_get_size()
 * says how much that is. Where there is no room for the description, the body can't be
 * resumed. */
gboolean
fetch_file_begin (FetchFile *self, const char *entity, gint64 full_size)
{
  if (self->error != NULL)
    return FALSE;
  if (entity != NULL && g_strcmp0 (entity, self->part->entity) == 0 && full_size >= 0 &&
      full_size == self->part->full_size && (guint64) full_size >= self->size)
    return TRUE;
  if (!fetch_file_start_over (self))
    return FALSE;

  self->part->entity = g_strdup (entity);
  self->part->full_size = full_size;
  if (!describe (self))
    g_clear_pointer (&self->part->entity, g_free);

  return TRUE;
}

/* Not every file system can rename so; a link does as well there. Returns FALSE, and sets
 * errno, if it is not possible. */
gboolean
fetch_file_rename_without_replacing (const char *from, const char *to)
{
  if (renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno != EINVAL && errno != ENOSYS)
    return FALSE;

  return link (from, to) == 0 && unlink (from) == 0;
}

/* Waits until all of the file is on the disk. Some file systems say only then that there
 * was no room. */
gboolean
fetch_file_sync (FetchFile *self)
{
  if (self->error != NULL || !take_sync (self))
    return FALSE;

  drop_sync (self);
  if (fsync (self->fd) == 0)
    {
      self->part->durable = self->size;
      return TRUE;
    }
  if (errno == EINVAL || errno == ENOSYS)
    return TRUE;

  self->is_suspect = TRUE;

  return fail (self, errno);
}

/* Waits until the names in a folder are on the disk. That not every file system can do
 * it, or that the folder may not be read, is no error: the file is there. */
static void
sync_folder_of (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int              fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;

  (void) !fsync (fd);
  close (fd);
}

/* Gives the file its name, for which it must be on the disk. The description goes after
 * that: a kill in between must not leave a part without one. */
gboolean
fetch_file_rename (FetchFile *self)
{
  gboolean is_renamed;

  if (self->error != NULL)
    return FALSE;

  is_renamed = self->replaces
                   ? rename (self->part_path, self->path) == 0
                   : fetch_file_rename_without_replacing (self->part_path, self->path);
  if (!is_renamed)
    return fail (self, errno);

  fetch_part_forget_description (self->fd, self->part_path);
  g_clear_pointer (&self->part_path, g_free);
  sync_folder_of (self->path);

  return TRUE;
}

/* Returns the description of what an earlier fetch has left and this one resumes; NULL if
 * there is none. */
const FetchPart *
fetch_file_get_part (FetchFile *self)
{
  return self->is_resumed ? self->part : NULL;
}

/* Of what was kept: up to @length bytes. */
GByteArray *
fetch_file_read_beginning (FetchFile *self, gsize length)
{
  GByteArray *bytes = g_byte_array_new ();
  gssize      n = 1;

  g_byte_array_set_size (bytes, MIN (length, self->size));
  for (length = 0; length < bytes->len && n > 0; length += MAX (n, 0))
    n = pread (self->fd, bytes->data + length, bytes->len - length, length);
  g_byte_array_set_size (bytes, length);

  return bytes;
}

/* Keeps what was written, for another time, also after an error: a full disk is no reason
 * to fetch it all again. Returns under which name; NULL if there is nothing that could be
 * resumed, which is removed then. */
char *
fetch_file_keep_part (FetchFile *self)
{
  g_autofree char *part_path = NULL;
  struct stat      status;

  if (self->part_path == NULL || self->part == NULL || self->part->entity == NULL)
    return NULL;

  take_sync (self);
  if (self->is_suspect && ftruncate (self->fd, self->part->durable) == 0)
    self->size = MIN (self->size, self->part->durable);
  if (fstat (self->fd, &status) != 0 || status.st_size == 0)
    return NULL;

  /* If there is no room for this, the description from before is true as well. */
  self->size = status.st_size;
  fetch_part_describe_closed (self->fd, self->part_path, self->part);
  part_path = g_steal_pointer (&self->part_path);

  return g_path_get_basename (part_path);
}

guint64
fetch_file_get_size (FetchFile *self)
{
  return self->size;
}

const GError *
fetch_file_get_error (FetchFile *self)
{
  return self->error;
}

/* Whether the name is one that older versions have made for the body: hidden, with at
 * most 40 bytes of its name and a random number. */
static gboolean
is_leftover_name (const char *name, const char *prefix)
{
  const char *digits = name + strlen (prefix);

  if (!g_str_has_prefix (name, prefix) || strlen (digits) != strlen ("00000000.part"))
    return FALSE;

  for (int i = 0; i < 8; i++)
    if (!g_ascii_isxdigit (digits[i]) || g_ascii_isupper (digits[i]))
      return FALSE;

  return g_str_equal (digits + 8, ".part");
}

/* How long such a file must not have changed, in seconds. */
#define LEFTOVER_AGE (60 * 60)

/* A lease for writing is given only if the file is not open anywhere else: an older
 * version that runs has it open as long as it has this name. */
static void
remove_leftover (const char *path)
{
  int         fd = open (path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  struct stat status;

  if (fd < 0)
    return;

  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode) &&
      status.st_uid == geteuid () && status.st_nlink == 1 &&
      status.st_mtim.tv_sec < g_get_real_time () / G_USEC_PER_SEC - LEFTOVER_AGE &&
      fcntl (fd, F_SETLEASE, F_WRLCK) == 0 && fetch_part_is_at (fd, path))
    unlink (path);
  close (fd);
}

/* Removes what older versions have left of the body that is at @path now: they gave parts
 * that were being resumed a hidden name, and could not find them after a kill. */
void
fetch_file_remove_leftovers (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *prefix = g_strdup_printf (".%.40s.", name);
  g_autoptr (GDir) names = g_dir_open (folder, 0, NULL);
  const char *other;

  while (names != NULL && (other = g_dir_read_name (names)) != NULL)
    if (is_leftover_name (other, prefix))
      {
        g_autofree char *leftover_path = g_build_filename (folder, other, NULL);

        remove_leftover (leftover_path);
      }
}
