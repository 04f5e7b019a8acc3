/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-import.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/morsel-address-file.h"
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

static void
import_file (MorselImport *self, GFile *file, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = morsel_address_file_read (file, cancellable, &error);
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
