/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-saving.h"

#include <glib/gi18n.h>

#include "app/morsel-curl-command.h"
#include "app/morsel-export.h"
#include "app/morsel-file-name.h"
#include "app/morsel-trouble.h"

/*
 * What a window has to keep something of its list outside of it: the actions that export
 * the results, save a body, and copy a fetch as a command.
 *
 * Who is asked for a file may take long, and the window may go meanwhile. What is being
 * written then is written to its end.
 */
struct _MorselSaving
{
  GObject parent_instance;

  /* NULL when the window is gone. */
  AdwApplicationWindow *window;
  AdwToastOverlay      *toasts;

  GtkSelectionModel    *fetches; /* of MorselFetch */
  MorselSavingFunc      fetch;
  GtkFileChooserNative *chooser; /* NULL unless somebody is asked */

  /* Of an export. */
  GCancellable *exporting; /* NULL unless there is one */
  AdwToast     *toast;     /* NULL unless it takes long */
  guint         toast_id;

  /* Of a body: what to save, and where. */
  FetchRequest *request;
};

G_DEFINE_FINAL_TYPE (MorselSaving, morsel_saving, G_TYPE_OBJECT)

/* What takes longer gets a toast that says how far it is. */
#define PATIENCE_MILLISECONDS 700

static const char *const filter_names[MORSEL_EXPORT_N_FORMATS] = {
  [MORSEL_EXPORT_CSV] = N_ ("Spreadsheet (CSV)"),
  [MORSEL_EXPORT_JSON] = N_ ("JSON"),
  [MORSEL_EXPORT_JSON_LINES] = N_ ("JSON Lines"),
  [MORSEL_EXPORT_HAR] = N_ ("HTTP Archive (HAR)"),
};

static GAction *
get_action (MorselSaving *self, const char *name)
{
  return g_action_map_lookup_action (G_ACTION_MAP (self->window), name);
}

static void
set_enabled (MorselSaving *self, const char *name, gboolean is_enabled)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (get_action (self, name)), is_enabled);
}

/* The first, if there are several. */
static MorselFetch *
get_selected (MorselSaving *self)
{
  g_autoptr (GtkBitset) selection = gtk_selection_model_get_selection (self->fetches);

  if (gtk_bitset_is_empty (selection))
    return NULL;

  return g_list_model_get_item (G_LIST_MODEL (self->fetches),
                                gtk_bitset_get_minimum (selection));
}

static void
update_actions (MorselSaving *self)
{
  g_autoptr (MorselFetch) fetch = NULL;
  FetchRequest *request;

  if (self->window == NULL)
    return;

  fetch = get_selected (self);
  request = fetch != NULL ? morsel_fetch_get_request (fetch) : NULL;
  set_enabled (self, "export",
               g_list_model_get_n_items (G_LIST_MODEL (self->fetches)) > 0 &&
                   self->exporting == NULL);
  set_enabled (self, "save-body",
               request != NULL && !fetch_request_lacks_secrets (request));
  set_enabled (self, "copy-curl-command", request != NULL);
}

static void
tell (MorselSaving *self, const char *title)
{
  AdwToast *toast;

  if (self->window == NULL)
    return;

  toast = adw_toast_new (title);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
tell_trouble (MorselSaving *self, const char *title, const char *detail)
{
  if (self->window != NULL)
    morsel_trouble_tell (self->toasts, title, detail);
}

static void
end_toast (MorselSaving *self)
{
  g_clear_handle_id (&self->toast_id, g_source_remove);
  if (self->toast != NULL)
    adw_toast_dismiss (self->toast);
  g_clear_object (&self->toast);
}

static gboolean
takes_long_cb (gpointer user_data)
{
  MorselSaving *self = user_data;

  self->toast_id = 0;
  if (self->window == NULL)
    return G_SOURCE_REMOVE;

  self->toast = g_object_ref (adw_toast_new (_ ("Exporting…")));
  adw_toast_set_button_label (self->toast, _ ("_Cancel"));
  adw_toast_set_timeout (self->toast, 0);
  g_signal_connect_object (self->toast, "button-clicked",
                           G_CALLBACK (g_cancellable_cancel), self->exporting,
                           G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->toasts, self->toast);

  return G_SOURCE_REMOVE;
}

static void
progress_cb (goffset n_written, goffset n_results, gpointer user_data)
{
  MorselSaving    *self = user_data;
  g_autofree char *title = NULL;

  if (self->toast == NULL)
    return;

  /* Translators: how many results are written, of how many. */
  title = g_strdup_printf (_ ("Exporting: %d of %d"), (int) n_written, (int) n_results);
  adw_toast_set_title (self->toast, title);
}

static void
exported_cb (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MorselSaving) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *title = NULL;
  guint            n_written;

  end_toast (self);
  g_clear_object (&self->exporting);
  update_actions (self);

  if (morsel_export_finish (result, &n_written, &error))
    {
      title = g_strdup_printf (
          ngettext ("Exported %u result", "Exported %u results", n_written), n_written);
      tell (self, title);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tell (self, _ ("Nothing was exported"));
  else
    tell_trouble (self, _ ("The results could not be exported"), error->message);
}

static void
begin_export (MorselSaving *self, MorselExportFormat format, GFile *file)
{
  self->exporting = g_cancellable_new ();
  self->toast_id = g_timeout_add (PATIENCE_MILLISECONDS, takes_long_cb, self);
  update_actions (self);
  morsel_export_async (G_LIST_MODEL (self->fetches), format, file, self->exporting,
                       progress_cb, self, exported_cb, g_object_ref (self));
}

/* By the end of the name; if that says nothing, by what is chosen. */
static MorselExportFormat
format_of (GtkFileChooser *chooser, GFile *file)
{
  g_autofree char   *name = g_file_get_basename (file);
  GtkFileFilter     *filter = gtk_file_chooser_get_filter (chooser);
  MorselExportFormat format = MORSEL_EXPORT_CSV;

  if (morsel_export_find_format (name, &format) || filter == NULL)
    return format;

  return GPOINTER_TO_INT (g_object_get_data (G_OBJECT (filter), "format"));
}

static void
export_file_chosen_cb (MorselSaving *self, int response, GtkFileChooser *chooser)
{
  g_autoptr (GtkFileChooserNative) kept G_GNUC_UNUSED = g_steal_pointer (&self->chooser);
  g_autoptr (GFile) file = gtk_file_chooser_get_file (chooser);

  if (response == GTK_RESPONSE_ACCEPT && file != NULL && self->window != NULL)
    begin_export (self, format_of (chooser, file), file);
}

/* The name follows the format, unless somebody has given it another end. */
static void
filter_changed_cb (GtkFileChooser *chooser)
{
  GtkFileFilter     *filter = gtk_file_chooser_get_filter (chooser);
  g_autofree char   *name = gtk_file_chooser_get_current_name (chooser);
  g_autofree char   *other_name = NULL;
  MorselExportFormat format, wanted;

  if (filter == NULL || name == NULL || !morsel_export_find_format (name, &format))
    return;

  wanted = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (filter), "format"));
  *strrchr (name, '.') = '\0';
  other_name = g_strconcat (name, morsel_export_get_extension (wanted), NULL);
  gtk_file_chooser_set_current_name (chooser, other_name);
}

static void
add_filters (GtkFileChooser *chooser)
{
  for (int format = 0; format < MORSEL_EXPORT_N_FORMATS; format++)
    {
      g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

      gtk_file_filter_set_name (filter, _ (filter_names[format]));
      gtk_file_filter_add_suffix (filter, morsel_export_get_extension (format) + 1);
      g_object_set_data (G_OBJECT (filter), "format", GINT_TO_POINTER (format));
      gtk_file_chooser_add_filter (chooser, filter);
    }
}

/* It asks itself before a file is replaced. */
static GtkFileChooser *
new_chooser (MorselSaving *self, const char *title, const char *name)
{
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self->window),
                                               GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"),
                                               _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);

  return GTK_FILE_CHOOSER (self->chooser);
}

static void
export_action (GSimpleAction *action G_GNUC_UNUSED,
               GVariant      *parameter G_GNUC_UNUSED,
               gpointer       user_data)
{
  MorselSaving    *self = user_data;
  g_autofree char *name = NULL;
  GtkFileChooser  *chooser;

  if (self->chooser != NULL)
    return;

  /* Translators: the name of a file, without what follows the dot. */
  name = g_strconcat (_ ("results"), morsel_export_get_extension (MORSEL_EXPORT_CSV),
                      NULL);
  chooser = new_chooser (self, _ ("Export Results"), name);
  add_filters (chooser);
  g_signal_connect (chooser, "notify::filter", G_CALLBACK (filter_changed_cb), NULL);
  g_signal_connect_object (chooser, "response", G_CALLBACK (export_file_chosen_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* That the file is there has been said, and that it will be replaced; if it was not, then
 * one that comes there meanwhile is not replaced. */
static void
looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MorselSaving) self = user_data;
  g_autoptr (FetchRequest) request = g_steal_pointer (&self->request);
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, NULL);
  g_autofree char *path = g_file_get_path (G_FILE (source));

  if (self->window == NULL || request == NULL)
    return;

  fetch_request_set_method (request, FETCH_METHOD_GET);
  fetch_request_save_to (request, path, info != NULL);
  /* What breaks off goes on from where it was. */
  fetch_request_set_max_retries (request, FETCH_REQUEST_MOST_RETRIES);
  self->fetch (GTK_WINDOW (self->window), request);
}

static void
body_file_chosen_cb (MorselSaving *self, int response, GtkFileChooser *chooser)
{
  g_autoptr (GtkFileChooserNative) kept G_GNUC_UNUSED = g_steal_pointer (&self->chooser);
  g_autoptr (GFile) file = gtk_file_chooser_get_file (chooser);

  if (response != GTK_RESPONSE_ACCEPT || file == NULL || self->window == NULL)
    return;

  if (g_file_peek_path (file) == NULL)
    {
      tell_trouble (self, _ ("The body can’t be saved there"),
                    _ ("Choose a folder on this computer."));
      return;
    }

  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_TYPE,
                           G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, G_PRIORITY_DEFAULT, NULL,
                           looked_cb, g_object_ref (self));
}

static void
save_body_action (GSimpleAction *action G_GNUC_UNUSED,
                  GVariant      *parameter G_GNUC_UNUSED,
                  gpointer       user_data)
{
  MorselSaving *self = user_data;
  g_autoptr (MorselFetch) fetch = get_selected (self);
  g_autofree char *name = NULL;
  FetchRequest    *request;
  GtkFileChooser  *chooser;

  if (self->chooser != NULL || fetch == NULL)
    return;

  request = morsel_fetch_get_request (fetch);
  g_clear_pointer (&self->request, fetch_request_free);
  self->request = fetch_request_copy (request);
  name = morsel_file_name_suggest (fetch_request_get_url (request),
                                   morsel_fetch_get_result (fetch));
  chooser = new_chooser (self, _ ("Save Body"), name);
  g_signal_connect_object (chooser, "response", G_CALLBACK (body_file_chosen_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
copy_curl_command_action (GSimpleAction *action G_GNUC_UNUSED,
                          GVariant      *parameter G_GNUC_UNUSED,
                          gpointer       user_data)
{
  MorselSaving *self = user_data;
  g_autoptr (MorselFetch) fetch = get_selected (self);
  g_autofree char *command = NULL;

  if (fetch == NULL)
    return;

  command = morsel_curl_command_for_request (morsel_fetch_get_request (fetch));
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self->window)), command);
  tell (self, _ ("Command copied"));
}

static void
morsel_saving_dispose (GObject *object)
{
  MorselSaving *self = MORSEL_SAVING (object);

  end_toast (self);
  g_clear_object (&self->exporting);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->request, fetch_request_free);
  g_clear_object (&self->fetches);
  g_clear_weak_pointer (&self->window);
  g_clear_weak_pointer (&self->toasts);

  G_OBJECT_CLASS (morsel_saving_parent_class)->dispose (object);
}

static void
morsel_saving_class_init (MorselSavingClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = morsel_saving_dispose;
}

static void
morsel_saving_init (MorselSaving *self G_GNUC_UNUSED)
{
}

/**
 * morsel_saving_new:
 * @window: gets the actions `win.export`, `win.save-body` and `win.copy-curl-command`
 * @toasts: where to say what came of it
 * @fetches: the list, of [class@MorselFetch]
 * @fetch: what begins a fetch in the window
 *
 * Returns: (transfer full): what the window keeps as long as it has the actions
 */
MorselSaving *
morsel_saving_new (AdwApplicationWindow *window,
                   AdwToastOverlay      *toasts,
                   GtkSelectionModel    *fetches,
                   MorselSavingFunc      fetch)
{
  static const GActionEntry actions[] = {
    { .name = "export", .activate = export_action },
    { .name = "save-body", .activate = save_body_action },
    { .name = "copy-curl-command", .activate = copy_curl_command_action },
  };
  MorselSaving *self = g_object_new (MORSEL_TYPE_SAVING, NULL);

  g_set_weak_pointer (&self->window, window);
  g_set_weak_pointer (&self->toasts, toasts);
  self->fetches = g_object_ref (fetches);
  self->fetch = fetch;
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions),
                                   self);
  g_signal_connect_object (fetches, "items-changed", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (fetches, "selection-changed", G_CALLBACK (update_actions),
                           self, G_CONNECT_SWAPPED);
  update_actions (self);

  return self;
}
