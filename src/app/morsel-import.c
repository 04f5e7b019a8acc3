/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-import.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/morsel-bad-line.h"
#include "fetch/fetch-visible-text.h"

/* What a worker reads: it has nothing to do with what the main thread has. */
typedef struct
{
  GBytes    *text;  /* NULL if there is none */
  GPtrArray *files; /* of GFile; NULL if there are none */
} Source;

static void
source_free (gpointer data)
{
  Source *self = data;

  g_clear_pointer (&self->text, g_bytes_unref);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_free (self);
}

static MorselImport *
import_new (void)
{
  MorselImport *self = g_new (MorselImport, 1);

  self->list = fetch_address_list_new ();
  self->bad_lines = g_ptr_array_new_with_free_func (g_object_unref);
  self->failures = g_ptr_array_new_with_free_func (g_free);

  return self;
}

static void
import_free (gpointer data)
{
  MorselImport *self = data;

  fetch_address_list_free (self->list);
  g_ptr_array_unref (self->bad_lines);
  g_ptr_array_unref (self->failures);
  g_free (self);
}

/* Somebody may have to write to a pipe first, and a device may have no end. */
static gboolean
check_type (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInfo) info = g_file_query_info (
      file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE, cancellable, error);

  if (info == NULL)
    return FALSE;

  switch (g_file_info_get_file_type (info))
    {
    case G_FILE_TYPE_REGULAR:
      return TRUE;

    case G_FILE_TYPE_DIRECTORY:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY,
                           _ ("It is a folder. Choose the files in it."));
      return FALSE;

    default:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                           _ ("It is not a file that can be read."));
      return FALSE;
    }
}

/* Reads no more than is of use, and one byte by which it is known that there is more. */
static GBytes *
read_file (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) stream = NULL;
  g_autofree char *buffer = NULL;
  gsize            size;

  if (!check_type (file, cancellable, error))
    return NULL;

  stream = g_file_read (file, cancellable, error);
  if (stream == NULL)
    return NULL;

  buffer = g_malloc (FETCH_ADDRESS_LIST_MAX_SIZE + 1);
  if (!g_input_stream_read_all (G_INPUT_STREAM (stream), buffer,
                                FETCH_ADDRESS_LIST_MAX_SIZE + 1, &size, cancellable,
                                error))
    return NULL;

  return g_bytes_new_take (g_steal_pointer (&buffer), size);
}

static void
import_file (MorselImport *self, GFile *file, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = read_file (file, cancellable, &error);
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *visible = NULL;

  if (bytes != NULL)
    {
      fetch_address_list_read (self->list, bytes, name);
      return;
    }

  visible = fetch_visible_line (name);
  g_ptr_array_add (self->failures,
                   /* Translators: the first %s is the name of a file, the second a
                      sentence that says why it could not be read. */
                   g_strdup_printf (_ ("%s: %s"), visible, error->message));
}

static void
add_bad_lines (MorselImport *self)
{
  guint               n_lines;
  const FetchBadLine *lines = fetch_address_list_get_bad_lines (self->list, &n_lines);

  for (guint i = 0; i < n_lines; i++)
    g_ptr_array_add (self->bad_lines, morsel_bad_line_new (&lines[i]));
}

/* On a worker. */
static gpointer
import (BackgroundPromise *promise, gpointer data, GError **error)
{
  Source       *source = data;
  GCancellable *cancellable = background_promise_get_cancellable (promise);
  MorselImport *self = import_new ();

  if (source->text != NULL)
    fetch_address_list_read (self->list, source->text, NULL);

  for (guint i = 0; source->files != NULL && i < source->files->len; i++)
    {
      import_file (self, source->files->pdata[i], cancellable);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        {
          import_free (self);
          return NULL;
        }
    }

  add_bad_lines (self);

  return self;
}

/**
 * morsel_import_begin:
 * @text: (nullable): text with addresses
 * @files: (nullable) (element-type GFile): files with addresses
 *
 * Begins to read addresses, in the background.
 *
 * Returns: (transfer full): a call that returns a [struct@MorselImport]
 */
BackgroundCall *
morsel_import_begin (const char *text, GPtrArray *files)
{
  Source *source = g_new0 (Source, 1);

  if (text != NULL)
    source->text = g_bytes_new (text, strlen (text));
  if (files != NULL)
    source->files = g_ptr_array_copy (files, (GCopyFunc) (void (*) (void)) g_object_ref,
                                      NULL);

  return background_call_new_full (import, source, source_free, import_free, NULL,
                                   G_PRIORITY_DEFAULT, NULL);
}
