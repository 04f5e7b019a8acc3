/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-output-file.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/*
 * A file that is replaced as a whole: the old content stays until the new one is complete
 * and on the disk, whatever happens in between. g_file_replace() truncates the old file
 * where it can't rename: behind a symbolic link, with a second hard link, in a folder
 * that can't be written, or with an owner that can't be kept. Here, the file behind a
 * symbolic link is replaced by renaming beside it, and what can't be replaced so is
 * refused.
 *
 * Until then, the new file has no name, so that a kill leaves nothing behind. File
 * systems that can't do that (FAT, NFS) get one that is not hidden.
 */
struct _MorselOutputFile
{
  char          *path;     /* not that of a link */
  char          *own_path; /* NULL while it has no name, or when it has that of the old */
  gboolean       is_new;   /* there was no old one */
  int            fd;
  GOutputStream *stream;
};

/* As many as the kernel follows. */
#define MAX_LINKS 40

/* How many names are tried for the new file, if they are taken. */
#define MAX_NAMES 100

#define ACL "system.posix_acl_access"
#define MAX_ACL 65536

static void
set_errno_error (GError **error, int error_number)
{
  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (error_number),
                       g_strerror (error_number));
}

/* Returns the file that a symbolic link means, which need not be there. */
static char *
resolve (const char *path, GError **error)
{
  g_autofree char *resolved = g_strdup (path);

  for (guint n_links = 0; n_links < MAX_LINKS; n_links++)
    {
      g_autofree char *target = g_file_read_link (resolved, NULL);
      g_autofree char *folder = g_path_get_dirname (resolved);

      if (target == NULL)
        return g_steal_pointer (&resolved);

      g_free (resolved);
      resolved = g_path_is_absolute (target) ? g_steal_pointer (&target)
                                             : g_build_filename (folder, target, NULL);
    }

  set_errno_error (error, ELOOP);

  return NULL;
}

/* Returns whether the old file may be replaced by another one. */
static gboolean
check_old (const char *path, const struct stat *status, GError **error)
{
  if (!S_ISREG (status->st_mode))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                         _ ("It is not a regular file."));
  else if (access (path, W_OK) != 0)
    set_errno_error (error, errno);
  else if (status->st_nlink > 1)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                         _ ("The file has a second name (a hard link), which would keep "
                            "the old content. Choose another name, or remove the file "
                            "first."));
  else
    return TRUE;

  return FALSE;
}

/* The file that is made is like the old one: its owner, and who may read it. */
static gboolean
keep_attributes (int fd, const char *path, const struct stat *old, GError **error)
{
  g_autofree char *acl = g_malloc (MAX_ACL);
  gssize           acl_size = getxattr (path, ACL, acl, MAX_ACL);
  struct stat      status;

  if (fstat (fd, &status) != 0 ||
      ((status.st_uid != old->st_uid || status.st_gid != old->st_gid) &&
       fchown (fd, old->st_uid, old->st_gid) != 0) ||
      fchmod (fd, old->st_mode & 07777) != 0 ||
      (acl_size > 0 && fsetxattr (fd, ACL, acl, acl_size, 0) != 0))
    {
      g_set_error_literal (
          error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
          _ ("Saving would change the owner or the group of the file. Choose "
             "another name."));
      return FALSE;
    }

  return TRUE;
}

/* Calls @make with names beside the file until one is not taken. Returns the path and
 * what @make has returned, or NULL and sets errno. */
static char *
find_name (MorselOutputFile *self,
           int (*make) (MorselOutputFile *self, const char *path),
           int *made)
{
  for (guint number = 1; number <= MAX_NAMES; number++)
    {
      g_autofree char *path = number == 1
                                  ? g_strconcat (self->path, ".new", NULL)
                                  : g_strdup_printf ("%s.%u.new", self->path, number);

      *made = make (self, path);
      if (*made >= 0)
        return g_steal_pointer (&path);
      if (errno != EEXIST)
        break;
    }

  return NULL;
}

static int
create (MorselOutputFile *self G_GNUC_UNUSED, const char *path)
{
  return open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

/* A file without a name gets one. */
static int
give_name (MorselOutputFile *self, const char *path)
{
  g_autofree char *open_path = g_strdup_printf ("/proc/self/fd/%d", self->fd);

  return linkat (AT_FDCWD, open_path, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

static gboolean
open_new (MorselOutputFile *self, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  int              error_number;

  self->fd = open (folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
  /* A kernel that does not know of this opens the folder instead. */
  if (self->fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL))
    self->own_path = find_name (self, create, &self->fd);
  if (self->fd >= 0)
    return TRUE;

  error_number = errno;
  if (error_number == EACCES || error_number == EPERM || error_number == EROFS)
    g_set_error (
        error, G_IO_ERROR, g_io_error_from_errno (error_number),
        /* Translators: %s is the system's reason, such as “Permission denied”. */
        _ ("There can’t be a new file in that folder: %s. Choose another one."),
        g_strerror (error_number));
  else
    set_errno_error (error, error_number);

  return FALSE;
}

/**
 * morsel_output_file_new:
 * @path: (type filename): the destination, which may be a symbolic link
 * @error: return location for a #GError
 *
 * Opens a file that will replace the one at @path, if there is one.
 *
 * This blocks.
 *
 * Returns: (transfer full): the file, or %NULL
 */
MorselOutputFile *
morsel_output_file_new (const char *path, GError **error)
{
  g_autoptr (MorselOutputFile) self = g_new0 (MorselOutputFile, 1);
  struct stat old;

  self->fd = -1;
  self->path = resolve (path, error);
  if (self->path == NULL)
    return NULL;

  self->is_new = lstat (self->path, &old) != 0;
  if ((!self->is_new && !check_old (self->path, &old, error)) ||
      !open_new (self, error) ||
      (!self->is_new && !keep_attributes (self->fd, self->path, &old, error)))
    return NULL;

  self->stream = g_unix_output_stream_new (self->fd, FALSE);

  return g_steal_pointer (&self);
}

/**
 * morsel_output_file_free:
 * @self: (transfer full): a file; if it is not finished, nothing has changed
 */
void
morsel_output_file_free (MorselOutputFile *self)
{
  g_clear_object (&self->stream);
  if (self->fd >= 0)
    close (self->fd);
  if (self->own_path != NULL)
    unlink (self->own_path);
  g_free (self->own_path);
  g_free (self->path);
  g_free (self);
}

/**
 * morsel_output_file_get_stream:
 * @self: a file
 *
 * Returns: (transfer none): where to write the new content
 */
GOutputStream *
morsel_output_file_get_stream (MorselOutputFile *self)
{
  return self->stream;
}

/* A rename replaces whatever there is, a link does not. Sets errno if it returns FALSE.
 */
static gboolean
replace_old (MorselOutputFile *self)
{
  int result;

  if (self->own_path == NULL && self->is_new && give_name (self, self->path) == 0)
    return TRUE;
  if (self->own_path == NULL)
    self->own_path = find_name (self, give_name, &result);
  if (self->own_path == NULL || rename (self->own_path, self->path) != 0)
    return FALSE;

  g_clear_pointer (&self->own_path, g_free);

  return TRUE;
}

/**
 * morsel_output_file_finish:
 * @self: a file
 * @cancellable: (nullable): leaves the old file as it is
 * @error: return location for a #GError
 *
 * Replaces the old file, when the new one is on the disk.
 *
 * This blocks.
 *
 * Returns: %TRUE if the new file is there; else the old one is
 */
gboolean
morsel_output_file_finish (MorselOutputFile *self,
                           GCancellable     *cancellable,
                           GError          **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  int              folder_fd;

  if (fsync (self->fd) != 0 && errno != EINVAL && errno != ENOSYS)
    {
      set_errno_error (error, errno);
      return FALSE;
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (!replace_old (self))
    {
      set_errno_error (error, errno);
      return FALSE;
    }

  /* Not every file system can do this. The new file is there all the same. */
  folder_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder_fd >= 0)
    {
      (void) !fsync (folder_fd);
      close (folder_fd);
    }

  return TRUE;
}
