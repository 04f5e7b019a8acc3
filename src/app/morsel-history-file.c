/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-history-file.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "fetch/fetch-visible-text.h"

/*
 * The file that keeps the list until the next start.
 *
 * It begins with a line that says its version, and the checksum of all that follows: the
 * records, one after the other, each a size and then a GVariant, at multiples of eight
 * bytes, in the byte order of the machine. A record at a time is turned into bytes or
 * back, so that it takes not much more memory than the file is large.
 *
 * Only workers come here: it reads and writes, and takes its time.
 */

#define MAGIC "MORSEL-HISTORY"
#define VERSION 1

/* The magic word, seven digits, and a checksum of 64. */
#define HEADER_FORMAT MAGIC " %07u %s\n"
#define HEADER_SIZE 88

/* In bytes. Of more, the oldest is not kept. */
#define MAX_SIZE (64 * 1024 * 1024)

/* One that is larger leaves no room for the others. */
#define MAX_RECORD_SIZE (MAX_SIZE / 16)

#define PADDED(size) (((size) + 7) & ~(gsize) 7)

/**
 * morsel_history_content_free:
 * @self: (transfer full): what was found
 */
void
morsel_history_content_free (MorselHistoryContent *self)
{
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_free (self->trouble);
  g_free (self->detail);
  g_free (self);
}

static MorselHistoryContent *
content_new (void)
{
  MorselHistoryContent *self = g_new0 (MorselHistoryContent, 1);

  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) morsel_record_free);

  return self;
}

/* NULL if it is too large to be kept. Each record is freed when it has been seen. */
static GBytes *
bytes_of (GPtrArray *records, guint position, gboolean keeps_tokens)
{
  g_autoptr (MorselRecord) record = g_steal_pointer (&records->pdata[position]);
  g_autoptr (GVariant) variant = NULL;

  morsel_record_hide_secrets (record, keeps_tokens);
  variant = g_variant_ref_sink (morsel_record_to_variant (record));
  if (g_variant_get_size (variant) > MAX_RECORD_SIZE)
    return NULL;

  return g_variant_get_data_as_bytes (variant);
}

/* From the newest to the oldest, as many as there is room for. */
static GPtrArray *
choose (GPtrArray *records, gboolean keeps_tokens, gsize *size)
{
  GPtrArray *chosen = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  *size = HEADER_SIZE;
  for (guint i = records->len; i > 0 && *size < MAX_SIZE - MAX_RECORD_SIZE; i--)
    {
      GBytes *bytes = bytes_of (records, i - 1, keeps_tokens);

      if (bytes == NULL)
        continue;
      *size += sizeof (guint64) + PADDED (g_bytes_get_size (bytes));
      g_ptr_array_add (chosen, bytes);
    }

  return chosen;
}

static char *
checksum_of (const char *content, gsize size)
{
  return g_compute_checksum_for_data (
      G_CHECKSUM_SHA256, (const guchar *) content + HEADER_SIZE, size - HEADER_SIZE);
}

static char *
content_of (GPtrArray *chosen, gsize size)
{
  char            *content = g_malloc0 (size + 1);
  char            *next = content + HEADER_SIZE;
  g_autofree char *checksum = NULL;
  g_autofree char *header = NULL;

  for (guint i = chosen->len; i > 0; i--)
    {
      gsize         n_bytes;
      gconstpointer bytes = g_bytes_get_data (chosen->pdata[i - 1], &n_bytes);

      memcpy (next, &(guint64){ n_bytes }, sizeof (guint64));
      memcpy (next + sizeof (guint64), bytes, n_bytes);
      next += sizeof (guint64) + PADDED (n_bytes);
    }

  checksum = checksum_of (content, size);
  header = g_strdup_printf (HEADER_FORMAT, VERSION, checksum);
  g_assert (strlen (header) == HEADER_SIZE);
  memcpy (content, header, HEADER_SIZE);

  return content;
}

/**
 * morsel_history_file_write:
 * @path: where to
 * @records: of [struct@MorselRecord], which are freed as they are written
 * @keeps_tokens: whether tokens in addresses are written, too
 * @error: where to put what went wrong
 *
 * Writes the records, without secrets, for nobody else to read. Until that is done, what
 * was there before stays.
 *
 * Returns: whether the file is there
 */
gboolean
morsel_history_file_write (const char *path,
                           GPtrArray  *records,
                           gboolean    keeps_tokens,
                           GError    **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GPtrArray) chosen = NULL;
  g_autofree char *content = NULL;
  gsize            size;

  chosen = choose (records, keeps_tokens, &size);
  content = content_of (chosen, size);

  /* If it can't be made, the file can't be either, and that says why. */
  g_mkdir_with_parents (folder, 0700);

  return g_file_set_contents_full (path, content, size, G_FILE_SET_CONTENTS_CONSISTENT,
                                   0600, error);
}

/* Takes no more than a history can be, and no more memory than there is to read. */
static GBytes *
read_content (GInputStream *stream, goffset size, GError **error)
{
  gsize            most = (gsize) CLAMP (size, 0, MAX_SIZE) + 1;
  g_autofree char *content = g_malloc (most);
  gsize            n_read;

  if (!g_input_stream_read_all (stream, content, most, &n_read, NULL, error))
    return NULL;

  return g_bytes_new_take (g_steal_pointer (&content), n_read);
}

static GBytes *
load (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info = g_file_query_info (
      file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
      G_FILE_QUERY_INFO_NONE, NULL, error);
  g_autoptr (GFileInputStream) stream = NULL;

  if (info == NULL)
    return NULL;
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                           _ ("It is not a regular file."));
      return NULL;
    }

  stream = g_file_read (file, NULL, error);

  return stream != NULL
             ? read_content (G_INPUT_STREAM (stream), g_file_info_get_size (info), error)
             : NULL;
}

/* 0 if it is none. */
static guint
version_of (const char *content, gsize size)
{
  g_autofree char *digits = NULL;
  guint64          version;

  if (size < HEADER_SIZE || memcmp (content, MAGIC " ", strlen (MAGIC " ")) != 0)
    return 0;

  digits = g_strndup (content + strlen (MAGIC " "), 7);

  return g_ascii_string_to_unsigned (digits, 10, 1, G_MAXUINT, &version, NULL) ? version
                                                                               : 0;
}

static gboolean
is_whole (const char *content, gsize size)
{
  g_autofree char *checksum = checksum_of (content, size);
  g_autofree char *header = g_strdup_printf (HEADER_FORMAT, VERSION, checksum);

  return memcmp (content, header, HEADER_SIZE) == 0;
}

static MorselRecord *
read_record (GBytes *content, gsize offset, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new_from_bytes (content, offset, size);
  g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new_from_bytes (
      G_VARIANT_TYPE (MORSEL_RECORD_VARIANT_TYPE), bytes, FALSE));

  return g_variant_is_normal_form (variant) ? morsel_record_new_from_variant (variant)
                                            : NULL;
}

/* Returns whether all could be read. */
static gboolean
read_records (GBytes *bytes, GPtrArray *records)
{
  gsize       size;
  const char *content = g_bytes_get_data (bytes, &size);
  gboolean    are_good = TRUE;

  for (gsize offset = HEADER_SIZE; offset < size;)
    {
      guint64       record_size;
      MorselRecord *record;

      if (size - offset < sizeof record_size)
        return FALSE;
      memcpy (&record_size, content + offset, sizeof record_size);
      offset += sizeof record_size;
      if (record_size > size - offset || PADDED (record_size) > size - offset)
        return FALSE;

      record = read_record (bytes, offset, record_size);
      if (record != NULL)
        g_ptr_array_add (records, record);
      else
        are_good = FALSE;
      offset += PADDED (record_size);
    }

  return are_good;
}

/* NULL, and the reason, if it stays where it is. Nothing is replaced by it. */
static char *
set_aside (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  for (guint number = 1;; number++)
    {
      g_autofree char *other_path = g_strdup_printf ("%s.damaged-%u", path, number);
      g_autoptr (GFile) other = g_file_new_for_path (other_path);
      g_autoptr (GError) move_error = NULL;

      if (g_file_move (file, other, G_FILE_COPY_NOFOLLOW_SYMLINKS, NULL, NULL, NULL,
                       &move_error))
        return g_steal_pointer (&other_path);
      if (!g_error_matches (move_error, G_IO_ERROR, G_IO_ERROR_EXISTS))
        {
          g_propagate_error (error, g_steal_pointer (&move_error));
          return NULL;
        }
    }
}

static void
tell_damaged (MorselHistoryContent *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *other_path = set_aside (path, &error);
  g_autofree char *visible = fetch_visible_line (other_path != NULL ? other_path : path);

  /* Translators: the list is that of the fetches, as it was when the program was closed.
   */
  self->trouble = g_strdup (_ ("Last time’s list is damaged"));
  if (other_path != NULL)
    {
      self->detail = g_strdup_printf (
          /* Translators: %s is the name of a file. */
          _ ("Not all of the list that was kept could be read. The file was set aside "
             "as “%s”."),
          visible);
      return;
    }

  self->is_foreign = TRUE;
  self->detail = g_strdup_printf (
      /* Translators: the first %s is the name of a file, the second the system’s reason.
       */
      _ ("Not all of the list that was kept could be read, and the file “%s” could not "
         "be set aside: %s. It is left as it is, and this list is not kept."),
      visible, error->message);
}

static void
tell_newer (MorselHistoryContent *self)
{
  self->is_foreign = TRUE;
  self->trouble = g_strdup (_ ("Last time’s list is from a newer version"));
  self->detail = g_strdup (_ ("The list that was kept was written by a newer version of "
                              "Morsel. It is left as it is, and this list is not kept."));
}

static void
tell_unreadable (MorselHistoryContent *self, const GError *error)
{
  self->is_foreign = TRUE;
  self->trouble = g_strdup (_ ("Last time’s list could not be read"));
  self->detail = g_strdup_printf (
      /* Translators: %s is the system’s reason. */
      _ ("The list that was kept could not be read: %s. It is left as it is, and this "
         "list is not kept."),
      error->message);
}

/**
 * morsel_history_file_read:
 * @path: where from
 *
 * Reads what was kept. A file that is damaged is set aside; one that can't be read, or is
 * from a newer version, is left as it is.
 *
 * Returns: (transfer full): what was found, which may be nothing
 */
MorselHistoryContent *
morsel_history_file_read (const char *path)
{
  MorselHistoryContent *self = content_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = load (path, &error);
  const char *content;
  gsize       size;

  if (bytes == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        tell_unreadable (self, error);
      return self;
    }

  content = g_bytes_get_data (bytes, &size);
  if (version_of (content, size) > VERSION)
    tell_newer (self);
  else if (size < HEADER_SIZE || size > MAX_SIZE || !is_whole (content, size) ||
           !read_records (bytes, self->records))
    tell_damaged (self, path);

  return self;
}
