/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-part-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "fetch/fetch-file-private.h"

/*
 * Where the description of a partial download is: in an extended attribute, or, on file
 * systems that have none, in a visible file beside it, “NAME.part.info”. That begins with
 * a checksum and the length of the text, so that a write that was cut off is noticed.
 */

#define ATTRIBUTE "user.morsel.part"

/* Where the description is, if the file can't have attributes. */
static char *
info_path_for (const char *part_path)
{
  return g_strconcat (part_path, ".info", NULL);
}

/* Returns the description in the text of such a file, or NULL. */
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
  if (!g_ascii_string_to_unsigned (rest, 10, 1, FETCH_PART_MAX_DESCRIPTION, &length,
                                   NULL) ||
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
  char        text[FETCH_PART_MAX_DESCRIPTION + 128];
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

/* Returns FALSE if there is no room for the text. */
gboolean
fetch_part_store_write (int fd, const char *path, const char *text)
{
  if (strlen (text) > FETCH_PART_MAX_DESCRIPTION)
    return FALSE;
  if (fsetxattr (fd, ATTRIBUTE, text, strlen (text), 0) == 0)
    return TRUE;

  return has_no_attributes (errno) && write_info (path, text);
}

/* Returns NULL if there is none. */
char *
fetch_part_store_read (int fd, const char *path)
{
  char   text[FETCH_PART_MAX_DESCRIPTION + 1];
  gssize length = fgetxattr (fd, ATTRIBUTE, text, FETCH_PART_MAX_DESCRIPTION);

  if (length >= 0)
    return g_strndup (text, length);

  return has_no_attributes (errno) ? read_info (path) : NULL;
}

/* Removes the description: @path is the name of the file, or was it as a part. */
void
fetch_part_store_remove (int fd, const char *path)
{
  if (fremovexattr (fd, ATTRIBUTE) != 0 && has_no_attributes (errno))
    remove_info (path);
}

/* Removes what is beside a file that was removed. */
void
fetch_part_store_remove_beside (const char *path)
{
  remove_info (path);
}

/* Moves what is beside a file that was moved. */
void
fetch_part_store_move_beside (const char *part_path, const char *other_part_path)
{
  g_autofree char *path = info_path_for (part_path);
  g_autofree char *other_path = info_path_for (other_part_path);

  fetch_file_rename_without_replacing (path, other_path);
}
