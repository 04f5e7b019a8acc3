/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-part-private.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "fetch/fetch-file-private.h"
#include "fetch/fetch-secrets.h"

/*
 * What has arrived of a body that was to be saved, and stays beside the place where it
 * will be: as “NAME.part”, which is not hidden, so that whoever wonders about the room
 * that it takes finds it. It is the beginning of the body and nothing else.
 *
 * What it is the beginning of is in an extended attribute: it goes where the file goes,
 * and with it, and does not come with a file from somebody else's archive. A file without
 * it, or that was changed since, or is somebody else's, is left alone. Where the file
 * system has no such attributes, nothing is kept.
 */

#define ATTRIBUTE "user.morsel.part"
#define FORMAT "1"

/* More than any server has reason to name a version with. */
#define MAX_DESCRIPTION 4096

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

/* For a body that will be at @path. */
char *
fetch_part_path_for (const char *path)
{
  return g_strconcat (path, ".part", NULL);
}

static char *
time_of_change (const struct stat *status)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT ".%09ld", (gint64) status->st_mtim.tv_sec,
                          (long) status->st_mtim.tv_nsec);
}

/* Writes down what the file is, when nothing more will be written to it. */
gboolean
fetch_part_describe (const char *path, const FetchPart *part)
{
  struct stat      status;
  g_autofree char *changed = NULL;
  g_autofree char *text = NULL;

  if (lstat (path, &status) != 0)
    return FALSE;

  changed = time_of_change (&status);
  text = g_strdup_printf (
      FORMAT "\n%s\n%" G_GUINT64_FORMAT "\n%" G_GINT64_FORMAT "\n%s\n%s", part->subject,
      part->size, part->full_size, changed, part->entity);

  return strlen (text) <= MAX_DESCRIPTION &&
         lsetxattr (path, ATTRIBUTE, text, strlen (text), 0) == 0;
}

/* When it is a part no more: the file may become the whole. */
void
fetch_part_forget_description (int fd)
{
  fremovexattr (fd, ATTRIBUTE);
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

/* NULL if the file is not what was written down. */
static FetchPart *
read_description (int fd, const struct stat *status)
{
  char             text[MAX_DESCRIPTION + 1];
  gssize           length = fgetxattr (fd, ATTRIBUTE, text, MAX_DESCRIPTION);
  g_autofree char *changed = time_of_change (status);
  g_auto (GStrv) lines = NULL;
  g_autoptr (FetchPart) part = g_new0 (FetchPart, 1);

  if (length < 0)
    return NULL;

  text[length] = '\0';
  lines = g_strsplit (text, "\n", -1);
  if (g_strv_length (lines) != 6 || !g_str_equal (lines[0], FORMAT) ||
      !g_ascii_string_to_unsigned (lines[2], 10, 1, G_MAXINT64, &part->size, NULL) ||
      !g_ascii_string_to_signed (lines[3], 10, -1, G_MAXINT64, &part->full_size, NULL) ||
      part->size != (guint64) status->st_size || !g_str_equal (lines[4], changed) ||
      !is_entity (lines[5]))
    return NULL;

  part->subject = g_strdup (lines[1]);
  part->entity = g_strdup (lines[5]);

  return g_steal_pointer (&part);
}

/* Opens what is kept at @path, a name that fetch_part_path_for() has made. Returns -1 if
 * it is not of @subject. */
int
fetch_part_open (const char *path, const char *subject, FetchPart **part)
{
  int         fd = open (path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  struct stat status;

  if (fd < 0)
    return -1;

  *part = fstat (fd, &status) == 0 && S_ISREG (status.st_mode) &&
                  status.st_uid == geteuid () && status.st_nlink == 1
              ? read_description (fd, &status)
              : NULL;
  if (*part != NULL && g_str_equal ((*part)->subject, subject))
    return fd;

  g_clear_pointer (part, fetch_part_free);
  close (fd);

  return -1;
}

/* The path of what is kept for @request; NULL if there is nothing. */
static char *
find (FetchRequest *request)
{
  g_autofree char *path = fetch_part_path_for (fetch_request_get_save_path (request));
  g_autofree char *subject = fetch_part_name_subject (request);
  g_autoptr (FetchPart) part = NULL;
  int fd = fetch_part_open (path, subject, &part);

  if (fd < 0)
    return NULL;

  close (fd);

  return g_steal_pointer (&path);
}

/**
 * fetch_part_discard:
 * @request: a request that saves the body
 *
 * Removes what is kept of the body, if it was not saved to its end. Nothing happens if
 * there is nothing, or something else.
 *
 * This blocks.
 */
void
fetch_part_discard (FetchRequest *request)
{
  g_autofree char *path = NULL;

  g_return_if_fail (request != NULL);
  g_return_if_fail (fetch_request_get_save_path (request) != NULL);

  path = find (request);
  if (path != NULL)
    unlink (path);
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

  g_return_if_fail (request != NULL);
  g_return_if_fail (fetch_request_get_save_path (request) != NULL);
  g_return_if_fail (path != NULL);

  if (g_str_equal (path, fetch_request_get_save_path (request)))
    return;

  old_path = find (request);
  new_path = fetch_part_path_for (path);
  if (old_path != NULL && !fetch_file_rename_without_replacing (old_path, new_path) &&
      errno != EEXIST)
    unlink (old_path);
}
