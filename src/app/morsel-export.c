/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-export.h"

#include <string.h>

#include "app/morsel-csv.h"
#include "app/morsel-har.h"
#include "app/morsel-json.h"
#include "app/morsel-output-file.h"
#include "app/morsel-snapshot.h"
#include "backgroundcall/backgroundcall.h"

/*
 * Results become a file. What is known of them is taken in the main thread, a few at a
 * time; a worker turns it into text, and writes that as it goes. The file gets its name
 * when it is complete; until then, what was there before stays.
 */

/* How much text is collected before it is written, in bytes. */
#define BLOCK_SIZE (64 * 1024)

static void
json_append_start (GString *json)
{
  g_string_append (json, "[\n");
}

static void
json_append_record (GString *json, MorselRecord *record, gboolean is_first)
{
  if (!is_first)
    g_string_append (json, ",\n");
  morsel_json_append (json, record->address, record->result, record->error);
}

static void
json_append_end (GString *json)
{
  g_string_append (json, "\n]\n");
}

static void
csv_append_record (GString *csv, MorselRecord *record, gboolean is_first G_GNUC_UNUSED)
{
  morsel_csv_append_record (csv, record);
}

static void
append_nothing (GString *text G_GNUC_UNUSED)
{
}

static void
json_lines_append_record (GString      *json,
                          MorselRecord *record,
                          gboolean      is_first G_GNUC_UNUSED)
{
  json_append_record (json, record, TRUE);
  g_string_append_c (json, '\n');
}

static const struct
{
  const char *extension;
  void (*append_start) (GString *text);
  void (*append_record) (GString *text, MorselRecord *record, gboolean is_first);
  void (*append_end) (GString *text);
} formats[MORSEL_EXPORT_N_FORMATS] = {
  [MORSEL_EXPORT_CSV] = { ".csv", morsel_csv_append_header, csv_append_record,
                          append_nothing },
  [MORSEL_EXPORT_JSON] = { ".json", json_append_start, json_append_record,
                           json_append_end },
  [MORSEL_EXPORT_JSON_LINES] = { ".jsonl", append_nothing, json_lines_append_record,
                                 append_nothing },
  [MORSEL_EXPORT_HAR] = { ".har", morsel_har_append_start, morsel_har_append_record,
                          morsel_har_append_end },
};

/* One on its way. It is shared by the task and the call, which may end at other times. */
typedef struct
{
  MorselExportFormat format;
  GFile             *file;

  /* Main thread only. */
  GFileProgressCallback progress;
  gpointer              progress_data;
  guint                 n_records;

  /* The worker's, once there is one. It frees each record when it is written. */
  GPtrArray *records;
} Export;

static void
export_clear (gpointer data)
{
  Export *self = data;

  g_object_unref (self->file);
  g_clear_pointer (&self->records, g_ptr_array_unref);
}

static void
export_release (gpointer data)
{
  g_rc_box_release_full (data, export_clear);
}

static gboolean
write_block (GOutputStream *stream,
             GString       *text,
             GCancellable  *cancellable,
             GError       **error)
{
  gboolean is_written = g_output_stream_write_all (stream, text->str, text->len, NULL,
                                                   cancellable, error);

  g_string_truncate (text, 0);

  return is_written;
}

static gboolean
write_records (Export            *self,
               GOutputStream     *stream,
               BackgroundPromise *promise,
               GError           **error)
{
  GCancellable *cancellable = background_promise_get_cancellable (promise);
  g_autoptr (GString) text = g_string_sized_new (BLOCK_SIZE);

  formats[self->format].append_start (text);
  for (guint i = 0; i < self->records->len; i++)
    {
      g_autoptr (MorselRecord) record = g_steal_pointer (&self->records->pdata[i]);

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      morsel_record_hide_secrets (record, FALSE);
      formats[self->format].append_record (text, record, i == 0);
      if (text->len < BLOCK_SIZE)
        continue;

      if (!write_block (stream, text, cancellable, error))
        return FALSE;
      background_promise_report_progress (promise, (i + 1.0) / self->records->len);
    }
  formats[self->format].append_end (text);

  return write_block (stream, text, cancellable, error);
}

/* Closing gives the file its name, unless that is cancelled. */
static void
discard (GOutputStream *stream)
{
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();

  g_cancellable_cancel (cancelled);
  g_output_stream_close (stream, cancelled, NULL);
}

/* Writes to a file that has no path, as those on a server that GIO reaches: how it is
 * replaced is decided there. */
static gboolean
write_remote_file (Export *self, BackgroundPromise *promise, GError **error)
{
  GCancellable *cancellable = background_promise_get_cancellable (promise);
  g_autoptr (GFileOutputStream) stream = g_file_replace (
      self->file, NULL, FALSE, G_FILE_CREATE_NONE, cancellable, error);

  if (stream == NULL)
    return FALSE;

  if (!write_records (self, G_OUTPUT_STREAM (stream), promise, error))
    {
      discard (G_OUTPUT_STREAM (stream));
      return FALSE;
    }

  return g_output_stream_close (G_OUTPUT_STREAM (stream), cancellable, error);
}

static gboolean
write_local_file (Export            *self,
                  const char        *path,
                  BackgroundPromise *promise,
                  GError           **error)
{
  GCancellable *cancellable = background_promise_get_cancellable (promise);
  g_autoptr (MorselOutputFile) output = morsel_output_file_new (path, error);

  return output != NULL &&
         write_records (self, morsel_output_file_get_stream (output), promise, error) &&
         morsel_output_file_finish (output, cancellable, error);
}

/* On a worker. */
static gpointer
write_file (BackgroundPromise *promise, gpointer data, GError **error)
{
  Export     *self = data;
  const char *path = g_file_is_native (self->file) ? g_file_peek_path (self->file) : NULL;

  /* Whether it has come too late is known only here. */
  background_promise_set_return_on_cancel (promise, FALSE);

  return GINT_TO_POINTER (path != NULL ? write_local_file (self, path, promise, error)
                                       : write_remote_file (self, promise, error));
}

static gboolean
poll_cb (BackgroundCall *call, gpointer user_data)
{
  GTask  *task = user_data;
  Export *self = g_task_get_task_data (task);

  if (background_call_is_done (call) == BACKGROUND_CALL_RUNNING)
    {
      double fraction = background_call_get_progress (call);

      if (self->progress != NULL && fraction >= 0)
        self->progress (fraction * self->n_records, self->n_records, self->progress_data);
      return G_SOURCE_CONTINUE;
    }

  if (background_call_is_done (call) == BACKGROUND_CALL_RETURNED)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_error_copy (background_call_get_error (call)));

  return G_SOURCE_REMOVE;
}

static void
taken_cb (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BackgroundCall) call = NULL;
  Export *self = g_task_get_task_data (task);

  self->records = morsel_snapshot_take_finish (result, &error);
  if (self->records == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  self->n_records = self->records->len;
  call = background_call_new_full (write_file, g_rc_box_acquire (self), export_release,
                                   NULL, g_task_get_cancellable (task),
                                   G_PRIORITY_DEFAULT, NULL);
  background_call_watch (call, NULL, poll_cb, g_steal_pointer (&task), g_object_unref);
}

/**
 * morsel_export_get_extension:
 * @format: what to write
 *
 * Returns: (transfer none): how the name of such a file ends
 */
const char *
morsel_export_get_extension (MorselExportFormat format)
{
  return formats[format].extension;
}

/**
 * morsel_export_find_format:
 * @file_name: the name of a file
 * @format: (out): where to put the format
 *
 * Returns: whether its end says what it should be
 */
gboolean
morsel_export_find_format (const char *file_name, MorselExportFormat *format)
{
  g_autofree char *name = g_ascii_strdown (file_name, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_str_has_suffix (name, formats[i].extension))
      {
        *format = i;
        return TRUE;
      }

  return FALSE;
}

/**
 * morsel_export_async:
 * @fetches: a list of [class@MorselFetch]
 * @format: what to write
 * @file: where to; a file that is there is replaced
 * @cancellable: (nullable): ends it, and leaves what was there
 * @progress: (nullable): is told how many results are written, of how many
 * @progress_data: data for @progress
 * @callback: what to call when it is done
 * @user_data: data for @callback
 *
 * Writes what is known of the fetches to a file. Secrets are not part of it.
 */
void
morsel_export_async (GListModel           *fetches,
                     MorselExportFormat    format,
                     GFile                *file,
                     GCancellable         *cancellable,
                     GFileProgressCallback progress,
                     gpointer              progress_data,
                     GAsyncReadyCallback   callback,
                     gpointer              user_data)
{
  Export *self;
  GTask  *task;

  g_return_if_fail (G_IS_LIST_MODEL (fetches));
  g_return_if_fail (G_IS_FILE (file));

  self = g_rc_box_new0 (Export);
  self->format = format;
  self->file = g_object_ref (file);
  self->progress = progress;
  self->progress_data = progress_data;

  task = g_task_new (fetches, cancellable, callback, user_data);
  g_task_set_source_tag (task, morsel_export_async);
  /* A file that is complete is not said to be cancelled. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, self, export_release);
  morsel_snapshot_take_async (fetches, cancellable, taken_cb, task);
}

/**
 * morsel_export_finish:
 * @result: what the callback got
 * @n_written: (out): where to put how many results were written
 * @error: where to put why there is no file
 *
 * Returns: whether the file is there
 */
gboolean
morsel_export_finish (GAsyncResult *result, guint *n_written, GError **error)
{
  Export *self;

  g_return_val_if_fail (g_async_result_is_tagged (result, morsel_export_async), FALSE);

  self = g_task_get_task_data (G_TASK (result));
  *n_written = self->n_records;

  return g_task_propagate_boolean (G_TASK (result), error);
}
