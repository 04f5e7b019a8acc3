/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-exporting.h"

#include <glib/gi18n.h>

#include "app/morsel-export.h"
#include "app/morsel-fetch.h"
#include "app/morsel-toast.h"
#include "app/morsel-trouble.h"

/* What can be exported: the closest to what somebody sees and has marked comes first. */
typedef enum
{
  SELECTED,
  SHOWN,
  ALL,
  N_CHOICES,
} Choice;

/*
 * What a window has to export its results: the action, and the question which of them,
 * as what, and where to.
 *
 * Who is asked for a file may take long, and the window may go meanwhile. What is being
 * written then is written to its end.
 */
struct _MorselExporting
{
  GObject parent_instance;

  /* NULL when the window is gone. */
  AdwApplicationWindow *window;
  AdwToastOverlay      *toasts;

  GListModel        *all;   /* of MorselFetch */
  GtkSelectionModel *shown; /* those of them that are searched for */

  GtkFileChooserNative *chooser;            /* NULL unless somebody is asked */
  GListModel           *choices[N_CHOICES]; /* what there was then */
  GCancellable         *exporting;          /* NULL unless there is one */
  guint                 n_all;              /* of how many it is */
  AdwToast             *toast;              /* NULL unless it takes long */
  guint                 toast_id;
};

G_DEFINE_FINAL_TYPE (MorselExporting, morsel_exporting, G_TYPE_OBJECT)

/* What takes longer gets a toast that says how far it is. */
#define PATIENCE_MILLISECONDS 700

static const char *const filter_names[MORSEL_EXPORT_N_FORMATS] = {
  [MORSEL_EXPORT_CSV] = N_ ("Spreadsheet (CSV)"),
  [MORSEL_EXPORT_JSON] = N_ ("JSON"),
  [MORSEL_EXPORT_JSON_LINES] = N_ ("JSON Lines"),
  [MORSEL_EXPORT_HAR] = N_ ("HTTP Archive (HAR)"),
};

#define CHOICE "what"

static const char *const choice_ids[N_CHOICES] = {
  [SELECTED] = "selected",
  [SHOWN] = "shown",
  [ALL] = "all",
};

static char *
words_for_choice (Choice choice, guint n_results)
{
  switch (choice)
    {
    case SHOWN:
      return g_strdup_printf (
          ngettext ("%'u result shown", "%'u results shown", n_results), n_results);

    case SELECTED:
      return g_strdup_printf (
          ngettext ("%'u result selected", "%'u results selected", n_results), n_results);

    default:
      return g_strdup_printf (
          ngettext ("All results (%'u)", "All results (%'u)", n_results), n_results);
    }
}

static void
update_action (MorselExporting *self)
{
  if (self->window == NULL)
    return;

  g_simple_action_set_enabled (
      G_SIMPLE_ACTION (
          g_action_map_lookup_action (G_ACTION_MAP (self->window), "export")),
      g_list_model_get_n_items (self->all) > 0 && self->exporting == NULL);
}

static void
end_toast (MorselExporting *self)
{
  g_clear_handle_id (&self->toast_id, g_source_remove);
  morsel_toast_withdraw (&self->toast);
}

static gboolean
takes_long_cb (gpointer user_data)
{
  MorselExporting *self = user_data;
  AdwToast        *toast;

  self->toast_id = 0;
  if (self->window == NULL)
    return G_SOURCE_REMOVE;

  toast = adw_toast_new (_ ("Exporting…"));
  adw_toast_set_button_label (toast, _ ("_Cancel"));
  adw_toast_set_timeout (toast, 0);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (g_cancellable_cancel),
                           self->exporting, G_CONNECT_SWAPPED);
  morsel_toast_replace (&self->toast, GTK_WIDGET (self->toasts), toast);

  return G_SOURCE_REMOVE;
}

static void
progress_cb (goffset n_written, goffset n_results, gpointer user_data)
{
  MorselExporting *self = user_data;
  g_autofree char *title = NULL;

  if (self->toast == NULL)
    return;

  /* Translators: how many results are written, of how many. */
  title = g_strdup_printf (_ ("Exporting: %d of %d"), (int) n_written, (int) n_results);
  adw_toast_set_title (self->toast, title);
}

static char *
words_for_exported (guint n_written, guint n_all)
{
  if (n_written == n_all)
    return g_strdup_printf (
        ngettext ("Exported %'u result", "Exported %'u results", n_written), n_written);

  /* Translators: some of all. The plural form goes with the second number. */
  return g_strdup_printf (
      ngettext ("Exported %'u of %'u result", "Exported %'u of %'u results", n_all),
      n_written, n_all);
}

/* The list may have grown or shrunk meanwhile. */
static void
tell_outcome (MorselExporting *self, guint n_written, const GError *error)
{
  guint            n_all = MAX (n_written, self->n_all);
  g_autofree char *title = NULL;

  if (error == NULL)
    {
      title = words_for_exported (n_written, n_all);
      morsel_toast_show (GTK_WIDGET (self->toasts), adw_toast_new (title));
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    morsel_toast_show (GTK_WIDGET (self->toasts),
                       adw_toast_new (_ ("Nothing was exported")));
  else
    morsel_trouble_tell (self->toasts, _ ("The results could not be exported"),
                         error->message);
}

static void
exported_cb (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MorselExporting) self = user_data;
  g_autoptr (GError) error = NULL;
  guint n_written;

  end_toast (self);
  g_clear_object (&self->exporting);
  update_action (self);

  morsel_export_finish (result, &n_written, &error);
  if (self->window != NULL)
    tell_outcome (self, n_written, error);
}

static void
begin_export (MorselExporting   *self,
              GListModel        *fetches,
              MorselExportFormat format,
              GFile             *file)
{
  self->exporting = g_cancellable_new ();
  self->n_all = g_list_model_get_n_items (self->all);
  self->toast_id = g_timeout_add (PATIENCE_MILLISECONDS, takes_long_cb, self);
  update_action (self);
  morsel_export_async (fetches, format, file, self->exporting, progress_cb, self,
                       exported_cb, g_object_ref (self));
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
forget_choices (MorselExporting *self)
{
  for (int i = 0; i < N_CHOICES; i++)
    g_clear_object (&self->choices[i]);
}

/* They may change while somebody is asked. */
static GListModel *
copy_shown (MorselExporting *self)
{
  GListModel *shown = G_LIST_MODEL (self->shown);
  GListStore *copy = g_list_store_new (MORSEL_TYPE_FETCH);

  for (guint i = 0; i < g_list_model_get_n_items (shown); i++)
    {
      g_autoptr (MorselFetch) fetch = g_list_model_get_item (shown, i);

      g_list_store_append (copy, fetch);
    }

  return G_LIST_MODEL (copy);
}

static GListModel *
get_selected (MorselExporting *self, GtkBitset *selection)
{
  GListStore   *selected = g_list_store_new (MORSEL_TYPE_FETCH);
  GtkBitsetIter iter;
  guint         position;
  gboolean      is_valid;

  for (is_valid = gtk_bitset_iter_init_first (&iter, selection, &position); is_valid;
       is_valid = gtk_bitset_iter_next (&iter, &position))
    {
      g_autoptr (MorselFetch)
          fetch = g_list_model_get_item (G_LIST_MODEL (self->shown), position);

      g_list_store_append (selected, fetch);
    }

  return G_LIST_MODEL (selected);
}

/* What there is to choose from: none that is the same as another one. */
static void
collect_choices (MorselExporting *self)
{
  g_autoptr (GtkBitset) selection = gtk_selection_model_get_selection (self->shown);
  guint64 n_selected = gtk_bitset_get_size (selection);
  guint   n_shown = g_list_model_get_n_items (G_LIST_MODEL (self->shown));

  forget_choices (self);
  self->choices[ALL] = g_object_ref (self->all);
  if (n_shown > 0 && n_shown < g_list_model_get_n_items (self->all))
    self->choices[SHOWN] = copy_shown (self);
  if (n_selected > 1 && n_selected < n_shown)
    self->choices[SELECTED] = get_selected (self, selection);
}

/* The first that there is; if it is the only one, nobody is asked. */
static Choice
get_default_choice (MorselExporting *self)
{
  Choice choice = SELECTED;

  while (self->choices[choice] == NULL)
    choice++;

  return choice;
}

static Choice
get_choice (MorselExporting *self, GtkFileChooser *chooser)
{
  const char *id = get_default_choice (self) != ALL
                       ? gtk_file_chooser_get_choice (chooser, CHOICE)
                       : NULL;

  for (Choice choice = SELECTED; choice < N_CHOICES; choice++)
    if (self->choices[choice] != NULL && g_strcmp0 (id, choice_ids[choice]) == 0)
      return choice;

  return get_default_choice (self);
}

static void
export_file_chosen_cb (MorselExporting *self, int response, GtkFileChooser *chooser)
{
  g_autoptr (GtkFileChooserNative) kept G_GNUC_UNUSED = g_steal_pointer (&self->chooser);
  g_autoptr (GFile) file = gtk_file_chooser_get_file (chooser);

  if (response == GTK_RESPONSE_ACCEPT && file != NULL && self->window != NULL)
    begin_export (self, self->choices[get_choice (self, chooser)],
                  format_of (chooser, file), file);
  forget_choices (self);
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

/* No question where there is one answer. */
static void
add_choices (MorselExporting *self, GtkFileChooser *chooser)
{
  const char *ids[N_CHOICES + 1] = { NULL };
  const char *labels[N_CHOICES + 1] = { NULL };
  guint       n_choices = 0;

  for (Choice choice = SELECTED; choice < N_CHOICES; choice++)
    if (self->choices[choice] != NULL)
      {
        ids[n_choices] = choice_ids[choice];
        labels[n_choices++] = words_for_choice (
            choice, g_list_model_get_n_items (self->choices[choice]));
      }

  if (n_choices > 1)
    /* Translators: before a choice such as “All results (40)”. */
    gtk_file_chooser_add_choice (chooser, CHOICE, _ ("What to export"), ids, labels);
  for (guint i = 0; i < n_choices; i++)
    g_free ((char *) labels[i]);
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

static void
export_action (GSimpleAction *action G_GNUC_UNUSED,
               GVariant      *parameter G_GNUC_UNUSED,
               gpointer       user_data)
{
  MorselExporting *self = user_data;
  g_autofree char *name = NULL;
  GtkFileChooser  *chooser;

  if (self->chooser != NULL)
    return;

  /* Translators: the name of a file, without what follows the dot. */
  name = g_strconcat (_ ("results"), morsel_export_get_extension (MORSEL_EXPORT_CSV),
                      NULL);
  /* It asks itself before a file is replaced. */
  self->chooser = gtk_file_chooser_native_new (
      _ ("Export Results"), GTK_WINDOW (self->window), GTK_FILE_CHOOSER_ACTION_SAVE,
      _ ("_Save"), _ ("_Cancel"));
  chooser = GTK_FILE_CHOOSER (self->chooser);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  gtk_file_chooser_set_current_name (chooser, name);
  collect_choices (self);
  add_choices (self, chooser);
  add_filters (chooser);
  g_signal_connect (chooser, "notify::filter", G_CALLBACK (filter_changed_cb), NULL);
  g_signal_connect_object (chooser, "response", G_CALLBACK (export_file_chosen_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
morsel_exporting_dispose (GObject *object)
{
  MorselExporting *self = MORSEL_EXPORTING (object);

  end_toast (self);
  g_clear_object (&self->exporting);
  g_clear_object (&self->chooser);
  forget_choices (self);
  g_clear_object (&self->all);
  g_clear_object (&self->shown);
  g_clear_weak_pointer (&self->window);
  g_clear_weak_pointer (&self->toasts);

  G_OBJECT_CLASS (morsel_exporting_parent_class)->dispose (object);
}

static void
morsel_exporting_class_init (MorselExportingClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = morsel_exporting_dispose;
}

static void
morsel_exporting_init (MorselExporting *self G_GNUC_UNUSED)
{
}

/**
 * morsel_exporting_new:
 * @window: gets the action `win.export`
 * @toasts: where to say what came of it
 * @all: the list, of [class@MorselFetch]
 * @shown: those of it that are shown
 *
 * Returns: (transfer full): what the window keeps as long as it has the action
 */
MorselExporting *
morsel_exporting_new (AdwApplicationWindow *window,
                      AdwToastOverlay      *toasts,
                      GListModel           *all,
                      GtkSelectionModel    *shown)
{
  static const GActionEntry actions[] = {
    { .name = "export", .activate = export_action },
  };
  MorselExporting *self = g_object_new (MORSEL_TYPE_EXPORTING, NULL);

  g_set_weak_pointer (&self->window, window);
  g_set_weak_pointer (&self->toasts, toasts);
  self->all = g_object_ref (all);
  self->shown = g_object_ref (shown);
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions),
                                   self);
  g_signal_connect_object (all, "items-changed", G_CALLBACK (update_action), self,
                           G_CONNECT_SWAPPED);
  update_action (self);

  return self;
}
