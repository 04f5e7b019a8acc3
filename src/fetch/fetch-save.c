/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-save-private.h"

#include <glib/gi18n-lib.h>

#include "fetch/fetch-curl-error.h"
#include "fetch/fetch-disk-private.h"
#include "fetch/fetch-error.h"
#include "fetch/fetch-result-private.h"
#include "fetch/fetch-visible-text.h"

/*
 * The end of a body that was saved: the file is written to the disk, then it gets its
 * name, then the folder is written. That may take long, so a background call does it, and
 * settles the promise of the fetch. The transfer is over by then, and its place is for
 * others.
 *
 * A fetch that is cancelled while the disk is written keeps its part; once the file has
 * its name, the fetch has succeeded. If the session goes meanwhile, the file is finished
 * all the same. If the process ends, there is a complete part.
 */
typedef struct
{
  FetchFile         *file; /* NULL when it is settled */
  char              *path;
  FetchResult       *result;
  BackgroundPromise *promise;
} Save;

/* Keeps what has arrived, if it can be resumed, and says so in @error, if that is not
 * NULL. Consumes @file. */
void
fetch_save_keep_part (FetchFile *file, GError *error)
{
  g_autofree char *name = fetch_file_keep_part (file);
  g_autofree char *visible = NULL;
  g_autofree char *size = g_format_size (fetch_file_get_size (file));
  g_autofree char *message = NULL;

  fetch_file_free (file);
  if (name == NULL || error == NULL)
    return;

  visible = fetch_visible_line (name);
  message = g_strdup_printf (
      /* Translators: the first %s is a sentence that says why a fetch has ended, the
         second one a size such as “3.4 MB”, the third one the name of a file. */
      _ ("%s What has arrived, %s, is kept in %s. Fetching it again goes on from there."),
      error->message, size, visible);
  g_free (error->message);
  error->message = g_steal_pointer (&message);
}

/* Consumes the file, the result and the promise. The file is closed, and so unlocked,
 * before the promise is settled: the caller may fetch it again at once. */
static void
settle (Save *self, GError *error)
{
  if (error != NULL)
    {
      self->result->ending = FETCH_ENDING_FAILED;
      fetch_save_keep_part (g_steal_pointer (&self->file), error);
      background_promise_fail (self->promise, error);
      fetch_result_unref (g_steal_pointer (&self->result));
    }
  else
    {
      self->result->saved_path = g_strdup (self->path);
      self->result->size = fetch_file_get_size (self->file);
      g_clear_pointer (&self->file, fetch_file_free);
      background_promise_return (self->promise, g_steal_pointer (&self->result));
    }
  g_clear_pointer (&self->promise, background_promise_unref);
}

static void
settle_with_error_of_file (Save *self)
{
  const GError *error = fetch_file_get_error (self->file);

  settle (self, fetch_error_new (error->code, error->message, self->result));
}

/* A BackgroundFunc. */
static gpointer
finish (BackgroundPromise *promise G_GNUC_UNUSED,
        gpointer           data,
        GError           **error G_GNUC_UNUSED)
{
  Save *self = data;

  if (!fetch_file_sync (self->file))
    settle_with_error_of_file (self);
  else if (background_promise_is_cancelled (self->promise))
    settle (self,
            fetch_error_new (FETCH_ERROR_CANCELLED, _ ("Cancelled."), self->result));
  else if (!fetch_file_rename (self->file))
    settle_with_error_of_file (self);
  else
    {
      settle (self, NULL);
      fetch_file_remove_leftovers (self->path);
    }

  return NULL;
}

/* It is not settled if no thread could be started. */
static void
save_free (gpointer data)
{
  Save *self = data;

  if (self->file != NULL)
    settle (self, fetch_no_file_left_error_new (self->result));
  g_free (self->path);
  g_free (self);
}

/* Finishes the file, and then the fetch. Consumes all but @path. */
void
fetch_save_finish (FetchFile         *file,
                   const char        *path,
                   FetchResult       *result,
                   BackgroundPromise *promise)
{
  Save *self = g_new0 (Save, 1);
  g_autoptr (BackgroundCall) call = NULL;

  self->file = file;
  self->path = g_strdup (path);
  self->result = result;
  self->promise = promise;
  call = background_call_new_full (finish, self, save_free, NULL, NULL,
                                   G_PRIORITY_DEFAULT, fetch_disk_get_pool ());
  background_call_detach (call);
}
