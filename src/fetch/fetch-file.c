/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-file-private.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch/fetch-error.h"
#include "fetch/fetch-visible-text.h"

/*
 * Whoever looks at the place finds the whole body there, or what was there before: it is
 * written under another name in the same folder, and gets its own when it is complete. A
 * file that has come there meanwhile is not replaced by accident: the system looks and
 * renames in one step.
 *
 * What breaks off may be kept under a third name, and gone on with later. Who does that
 * renames it first: of two that come for it, in whatever process, one gets it.
 */
struct _FetchFile
{
  char    *path;
  char    *own_path; /* NULL once it has the other name */
  gboolean replaces;
  int      fd;
  int      mode; /* of the file that is replaced; -1 if there is none */
  guint64  size;
  GError  *error; /* the first */
};

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

/* What is smaller comes again in a moment, and is not worth a file that somebody may have
 * to clear away. */
#define LEAST_PART (64 * 1024)

/* Makes the file that is written to, or has an error. */
static void
open_own (FetchFile *self)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *name = g_path_get_basename (self->path);

  do
    {
      /* A name may be as long as names can be; what matters is that it is short. */
      g_autofree char *own_name = g_strdup_printf (".%.40s.%08x.part", name,
                                                   g_random_int ());

      g_free (self->own_path);
      self->own_path = g_build_filename (folder, own_name, NULL);
      self->fd = open (self->own_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    }
  while (self->fd < 0 && errno == EEXIST);

  if (self->fd < 0)
    {
      fail (self, errno);
      g_clear_pointer (&self->own_path, g_free);
    }
  /* Who may read it does not change. */
  else if (self->mode >= 0 && fchmod (self->fd, self->mode) != 0)
    fail (self, errno);
}

/* Opens it, or has an error. Only a plain file is replaced: no device, and no link, of
 * which it is not clear what is meant. */
FetchFile *
fetch_file_new (const char *path, gboolean replaces)
{
  FetchFile  *self = g_new0 (FetchFile, 1);
  struct stat status;
  gboolean    is_there;

  self->path = g_strdup (path);
  self->replaces = replaces;
  self->fd = -1;
  self->mode = -1;

  is_there = lstat (path, &status) == 0;
  if (is_there && !(replaces && S_ISREG (status.st_mode)))
    {
      fail (self, replaces ? ENOTSUP : EEXIST);
      return self;
    }

  if (is_there)
    self->mode = status.st_mode & 0777;
  open_own (self);

  return self;
}

/* What has not got its name is removed. */
void
fetch_file_free (FetchFile *self)
{
  if (self->fd >= 0)
    close (self->fd);
  if (self->own_path != NULL)
    unlink (self->own_path);
  g_free (self->own_path);
  g_free (self->path);
  g_clear_error (&self->error);
  g_free (self);
}

gboolean
fetch_file_write (FetchFile *self, const void *bytes, gsize length)
{
  const guint8 *next = bytes;

  if (self->error != NULL)
    return FALSE;

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

  return TRUE;
}

/* What was written is not what will follow. */
gboolean
fetch_file_start_over (FetchFile *self)
{
  if (self->error != NULL)
    return FALSE;
  if (ftruncate (self->fd, 0) != 0 || lseek (self->fd, 0, SEEK_SET) != 0)
    return fail (self, errno);
  self->size = 0;

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

/* Gives it its name. */
gboolean
fetch_file_finish (FetchFile *self)
{
  gboolean is_renamed;

  if (self->error != NULL)
    return FALSE;

  /* Some file systems say only now that there was no room. */
  if (close (self->fd) != 0)
    {
      self->fd = -1;
      return fail (self, errno);
    }
  self->fd = -1;

  is_renamed = self->replaces
                   ? rename (self->own_path, self->path) == 0
                   : fetch_file_rename_without_replacing (self->own_path, self->path);
  if (!is_renamed)
    return fail (self, errno);
  g_clear_pointer (&self->own_path, g_free);

  return TRUE;
}

static gboolean
is_at (int fd, const char *path)
{
  struct stat file, there;

  return fstat (fd, &file) == 0 && lstat (path, &there) == 0 &&
         file.st_dev == there.st_dev && file.st_ino == there.st_ino;
}

/* What was renamed came to the place only after it was looked at: it goes back there.
 * If it can't, it is left alone. */
static void
give_back (FetchFile *self, const char *part_path)
{
  fetch_file_rename_without_replacing (self->own_path, part_path);
  close (self->fd);
  open_own (self);
}

/* Goes on with what was kept, and says what it is: NULL if there is nothing of
 * @subject. */
FetchPart *
fetch_file_take_part (FetchFile *self, const char *subject)
{
  g_autofree char *part_path = fetch_part_path_for (self->path);
  g_autoptr (FetchPart) part = NULL;
  int fd = fetch_part_open (part_path, subject, &part);

  if (fd < 0)
    return NULL;

  /* Of one that is complete the last byte is asked for, so that the server says whether
   * it still is what it was. */
  if (part->full_size > 0 && part->size >= (guint64) part->full_size)
    part->size = part->full_size - 1;

  if ((self->mode >= 0 && fchmod (fd, self->mode) != 0) ||
      rename (part_path, self->own_path) != 0)
    {
      close (fd);
      return NULL;
    }
  if (!is_at (fd, self->own_path))
    {
      close (fd);
      give_back (self, part_path);
      return NULL;
    }

  fetch_part_forget_description (fd);
  close (self->fd);
  self->fd = fd;
  self->size = part->size;
  if (ftruncate (fd, part->size) != 0 || lseek (fd, part->size, SEEK_SET) < 0)
    fail (self, errno);

  return g_steal_pointer (&part);
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

/* Keeps what was written, for another time. Returns under which name; NULL if it is not
 * worth it, or not possible. A file that has come to the place meanwhile is no reason to
 * lose it, but after other errors it goes: a full disk needs the room. */
char *
fetch_file_keep_part (FetchFile *self, FetchPart *part)
{
  g_autofree char *part_path = fetch_part_path_for (self->path);
  gboolean has_failed = self->error != NULL && !g_error_matches (self->error, FETCH_ERROR,
                                                                 FETCH_ERROR_FILE_EXISTS);

  part->size = self->size;
  if (has_failed || self->own_path == NULL || self->size < LEAST_PART ||
      !fetch_part_describe (self->own_path, part) ||
      !fetch_file_rename_without_replacing (self->own_path, part_path))
    return NULL;

  g_clear_pointer (&self->own_path, g_free);

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
