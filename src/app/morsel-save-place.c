/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-save-place.h"

#include <glib/gi18n.h>

/* Asks somebody where to save a body. It may take long, and the window may go meanwhile.
 */

static void
return_cancelled (GTask *task)
{
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s",
                           _ ("Cancelled."));
}

/* That the file is there has been said, and that it will be replaced; if it was not, then
 * one that comes there meanwhile is not replaced. */
static void
looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, NULL);

  g_task_set_task_data (task, GINT_TO_POINTER (info != NULL), NULL);
  g_task_return_pointer (task, g_file_get_path (G_FILE (source)), g_free);
}

/* Takes the task. */
static void
end (GTask *task, GFile *file)
{
  g_autoptr (GTask) kept = task;

  if (file == NULL)
    return_cancelled (task);
  else if (g_file_peek_path (file) == NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s",
                             _ ("Choose a folder on this computer."));
  else
    g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_TYPE,
                             G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, G_PRIORITY_DEFAULT,
                             NULL, looked_cb, g_steal_pointer (&kept));
}

static void
chosen_cb (GtkFileChooserNative *chooser, int response, gpointer user_data)
{
  GTask     *task = user_data;
  GtkWindow *window = gtk_native_dialog_get_transient_for (GTK_NATIVE_DIALOG (chooser));
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                               ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser))
                               : NULL;

  g_signal_handlers_disconnect_by_data (chooser, task);
  if (window != NULL)
    g_signal_handlers_disconnect_by_data (window, chooser);
  end (task, file);
  g_object_unref (chooser);
}

static void
window_gone_cb (GtkFileChooserNative *chooser)
{
  gtk_native_dialog_hide (GTK_NATIVE_DIALOG (chooser));
  g_signal_emit_by_name (chooser, "response", GTK_RESPONSE_CANCEL);
}

/**
 * morsel_save_place_ask_async:
 * @window: whose body it is
 * @folder: (nullable) (type filename): where to begin to look
 * @name: the name that is suggested
 * @callback: what to call when somebody has chosen
 * @user_data: data for @callback
 *
 * Asks where to save a body.
 */
void
morsel_save_place_ask_async (GtkWindow          *window,
                             const char         *folder,
                             const char         *name,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  GtkFileChooserNative *chooser;
  GTask                *task;

  g_return_if_fail (GTK_IS_WINDOW (window));

  /* The window is not its source: it would live until somebody has chosen. */
  task = g_task_new (NULL, NULL, callback, user_data);
  g_task_set_source_tag (task, morsel_save_place_ask_async);
  /* It asks itself before a file is replaced. */
  chooser = gtk_file_chooser_native_new (
      _ ("Save Body"), window, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  if (folder != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_path (folder);

      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), file, NULL);
    }
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  g_signal_connect (chooser, "response", G_CALLBACK (chosen_cb), task);
  g_signal_connect_object (window, "destroy", G_CALLBACK (window_gone_cb), chooser,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/**
 * morsel_save_place_ask_finish:
 * @result: what the callback got
 * @replaces: (out): where to put whether a file is there that shall be replaced
 * @error: where to put why there is no place; that it was cancelled, if nobody wants one
 *
 * Returns: (transfer full) (nullable) (type filename): a path
 */
char *
morsel_save_place_ask_finish (GAsyncResult *result, gboolean *replaces, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, morsel_save_place_ask_async),
                        NULL);

  *replaces = GPOINTER_TO_INT (g_task_get_task_data (G_TASK (result)));

  return g_task_propagate_pointer (G_TASK (result), error);
}
