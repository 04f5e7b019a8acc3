/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-intake.h"

#include <glib/gi18n.h>

#include "app/morsel-announcer.h"
#include "app/morsel-drop.h"
#include "app/morsel-fetch.h"
#include "app/morsel-import.h"
#include "app/morsel-mend-window.h"
#include "app/morsel-paste.h"
#include "app/morsel-toast.h"
#include "app/morsel-trouble.h"
#include "app/morsel-words-for-import.h"

/*
 * How lists of addresses get into a window: they are pasted, dropped or opened, and read
 * in the background. What is good runs at once. What is not is kept, to be mended, as
 * long as a toast offers that, or the window for it is open.
 */
struct _MorselIntake
{
  GObject parent_instance;

  /* NULL when the window is gone. */
  AdwApplicationWindow *window;
  AdwToastOverlay      *toasts;

  GListModel           *fetches; /* of MorselFetch; what is in the window */
  MorselIntakeFunc      fetch_all;
  GtkFileChooserNative *chooser; /* NULL unless somebody is asked */

  GListStore       *bad_lines;   /* of MorselBadLine */
  AdwToast         *toast;       /* about the last list; NULL if it has gone */
  MorselMendWindow *mend_window; /* not owned; NULL if it is not open */
};

/* A list that is being read. */
typedef struct
{
  MorselIntake   *intake; /* which has it */
  BackgroundCall *call;
  AdwToast       *toast; /* NULL unless it takes long */
  guint           toast_id;
} Reading;

G_DEFINE_FINAL_TYPE (MorselIntake, morsel_intake, G_TYPE_OBJECT)

/* What takes longer gets a toast with which it can be cancelled. */
#define PATIENCE_MILLISECONDS 700

static guint
count_bad_lines (MorselIntake *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->bad_lines));
}

/* By itself, a toast has one line, and cuts off what it has no room for. */
static GtkWidget *
new_title (const char *title)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_auto (GStrv) lines = g_strsplit (title, "\n", -1);

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      GtkWidget *label = gtk_label_new (lines[i]);

      gtk_widget_add_css_class (label, "heading");
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_box_append (GTK_BOX (box), label);
    }

  return box;
}

/* There is only one at a time: it tells of all that is left. */
static void
show_toast (MorselIntake *self, const char *title)
{
  AdwToast        *toast = adw_toast_new (title);
  g_autofree char *label = NULL;
  guint            n_lines = count_bad_lines (self);

  adw_toast_set_custom_title (toast, new_title (title));
  if (n_lines > 0)
    {
      label = morsel_words_for_bad_lines (n_lines);
      adw_toast_set_button_label (toast, label);
      adw_toast_set_action_name (toast, "win.mend");
      adw_toast_set_timeout (toast, 0);
    }
  morsel_toast_replace (&self->toast, GTK_WIDGET (self->toasts), toast);
  morsel_announce (GTK_WIDGET (self->toasts), title);
}

/* Those that nobody has been offered for a while make room for others. */
static void
add_bad_lines (MorselIntake *self, GPtrArray *lines)
{
  guint n_old = count_bad_lines (self);
  guint n_removed = self->toast == NULL && self->mend_window == NULL ? n_old : 0;

  if (lines->len > 0)
    g_list_store_splice (self->bad_lines, n_old - n_removed, n_removed, lines->pdata,
                         lines->len);
}

static void
tell_failures (MorselIntake *self, GPtrArray *failures)
{
  g_autoptr (GString) detail = g_string_new (NULL);

  for (guint i = 0; i < failures->len; i++)
    g_string_append_printf (detail, "%s%s", i > 0 ? "\n" : "",
                            (const char *) failures->pdata[i]);

  if (failures->len > 0)
    morsel_trouble_tell (self->toasts,
                         failures->len == 1 ? _ ("A file could not be read")
                                            : _ ("Some files could not be read"),
                         detail->str);
}

/* How many addresses of a list are in the window already. */
static guint
count_known (MorselIntake *self, FetchAddressList *list)
{
  g_autoptr (GHashTable) known = g_hash_table_new (NULL, NULL);
  guint n_fetches = g_list_model_get_n_items (self->fetches);

  for (guint i = 0; i < n_fetches; i++)
    {
      g_autoptr (MorselFetch) fetch = g_list_model_get_item (self->fetches, i);
      FetchRequest *request = morsel_fetch_get_request (fetch);
      const char   *address = request != NULL ? fetch_address_list_find (
                                                    list, fetch_request_get_url (request))
                                              : NULL;

      if (address != NULL)
        g_hash_table_add (known, (gpointer) address);
    }

  return g_hash_table_size (known);
}

static void
take (MorselIntake *self, const MorselImport *import)
{
  gboolean is_nothing = fetch_address_list_get_n_addresses (import->list) == 0 &&
                        import->bad_lines->len == 0;

  add_bad_lines (self, import->bad_lines);
  if (!is_nothing || import->failures->len == 0)
    {
      guint            n_known = count_known (self, import->list);
      g_autofree char *title = morsel_words_for_import (import->list, n_known);

      show_toast (self, title);
    }
  tell_failures (self, import->failures);
  self->fetch_all (GTK_WINDOW (self->window),
                   fetch_address_list_get_addresses (import->list));
}

static void
reading_free (gpointer data)
{
  Reading *self = data;

  g_clear_handle_id (&self->toast_id, g_source_remove);
  morsel_toast_withdraw (&self->toast);
  g_object_unref (self->call);
  g_free (self);
}

static gboolean
takes_long_cb (gpointer user_data)
{
  Reading  *self = user_data;
  AdwToast *toast;

  self->toast_id = 0;
  if (self->intake->window == NULL)
    return G_SOURCE_REMOVE;

  toast = adw_toast_new (_ ("Reading the list…"));
  adw_toast_set_button_label (toast, _ ("_Cancel"));
  adw_toast_set_timeout (toast, 0);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (background_call_cancel),
                           self->call, G_CONNECT_SWAPPED);
  morsel_toast_replace (&self->toast, GTK_WIDGET (self->intake->toasts), toast);

  return G_SOURCE_REMOVE;
}

static gboolean
poll_cb (BackgroundCall *call, gpointer user_data)
{
  Reading            *reading = user_data;
  const MorselImport *import;

  if (!background_call_is_done (call))
    return G_SOURCE_CONTINUE;

  /* It fails only if it is cancelled. */
  import = background_call_get_return_or (call, BACKGROUND_CALL_NO_WAIT, NULL);
  if (import != NULL && reading->intake->window != NULL)
    take (reading->intake, import);

  return G_SOURCE_REMOVE;
}

/* It ends with the intake. */
static void
read_addresses (const char *text, GPtrArray *files, gpointer user_data)
{
  MorselIntake *self = user_data;
  Reading      *reading = g_new0 (Reading, 1);

  reading->intake = self;
  reading->call = morsel_import_begin (text, files);
  reading->toast_id = g_timeout_add (PATIENCE_MILLISECONDS, takes_long_cb, reading);
  background_call_watch (reading->call, G_OBJECT (self), poll_cb, reading, reading_free);
}

static void
pasted_cb (const char *text, gpointer user_data)
{
  read_addresses (text, NULL, user_data);
}

static void
chosen_cb (MorselIntake *self, int response, GtkFileChooser *chooser)
{
  g_autoptr (GtkFileChooserNative) kept G_GNUC_UNUSED = g_steal_pointer (&self->chooser);
  g_autoptr (GListModel) files = gtk_file_chooser_get_files (chooser);
  g_autoptr (GPtrArray) chosen = g_ptr_array_new_with_free_func (g_object_unref);

  if (response != GTK_RESPONSE_ACCEPT || self->window == NULL)
    return;

  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    g_ptr_array_add (chosen, g_list_model_get_item (files, i));
  read_addresses (NULL, chosen, self);
}

static void
add_filters (GtkFileChooser *chooser)
{
  static const char *const suffixes[] = {
    "txt", "csv", "tsv", "html", "htm", "xml", "uri"
  };
  g_autoptr (GtkFileFilter) lists = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  gtk_file_filter_set_name (lists, _ ("Text, CSV, Bookmarks, Sitemaps"));
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    gtk_file_filter_add_suffix (lists, suffixes[i]);
  gtk_file_filter_add_mime_type (lists, "text/plain");
  gtk_file_filter_set_name (all, _ ("All Files"));
  gtk_file_filter_add_pattern (all, "*");

  gtk_file_chooser_add_filter (chooser, lists);
  gtk_file_chooser_add_filter (chooser, all);
}

static void
open_action (GSimpleAction *action G_GNUC_UNUSED,
             GVariant      *parameter G_GNUC_UNUSED,
             gpointer       user_data)
{
  MorselIntake *self = user_data;

  if (self->chooser != NULL)
    return;

  self->chooser = gtk_file_chooser_native_new (
      _ ("Open Lists of Addresses"), GTK_WINDOW (self->window),
      GTK_FILE_CHOOSER_ACTION_OPEN, C_ ("file chooser", "_Open"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  add_filters (GTK_FILE_CHOOSER (self->chooser));
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
fetch_mended_cb (MorselIntake *self, const char *const *addresses)
{
  self->fetch_all (GTK_WINDOW (self->window), addresses);
}

/* What is not mended can be mended later. */
static void
mend_window_closed_cb (MorselIntake *self)
{
  guint            n_lines = count_bad_lines (self);
  g_autofree char *title = NULL;

  g_clear_weak_pointer (&self->mend_window);
  if (n_lines == 0 || self->window == NULL)
    return;

  title = g_strdup_printf (
      /* Translators: so many lines of a list are no addresses. */
      ngettext ("%'u line is left out", "%'u lines are left out", n_lines), n_lines);
  show_toast (self, title);
}

static void
mend_action (GSimpleAction *action G_GNUC_UNUSED,
             GVariant      *parameter G_GNUC_UNUSED,
             gpointer       user_data)
{
  MorselIntake *self = user_data;

  if (self->mend_window == NULL)
    {
      g_set_weak_pointer (
          &self->mend_window,
          morsel_mend_window_new (GTK_WINDOW (self->window), self->bad_lines));
      g_signal_connect_object (self->mend_window, "fetch", G_CALLBACK (fetch_mended_cb),
                               self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->mend_window, "destroy",
                               G_CALLBACK (mend_window_closed_cb), self,
                               G_CONNECT_SWAPPED);
    }
  morsel_toast_withdraw (&self->toast);
  gtk_window_present (GTK_WINDOW (self->mend_window));
}

static void
update_mend_action (MorselIntake *self)
{
  GAction *action;

  if (self->window == NULL)
    return;

  action = g_action_map_lookup_action (G_ACTION_MAP (self->window), "mend");
  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), count_bad_lines (self) > 0);
}

static void
morsel_intake_dispose (GObject *object)
{
  MorselIntake *self = MORSEL_INTAKE (object);

  g_clear_object (&self->chooser);
  morsel_toast_withdraw (&self->toast);
  g_clear_object (&self->bad_lines);
  g_clear_object (&self->fetches);
  g_clear_weak_pointer (&self->mend_window);
  g_clear_weak_pointer (&self->window);
  g_clear_weak_pointer (&self->toasts);

  G_OBJECT_CLASS (morsel_intake_parent_class)->dispose (object);
}

static void
morsel_intake_class_init (MorselIntakeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = morsel_intake_dispose;
}

static void
morsel_intake_init (MorselIntake *self)
{
  self->bad_lines = g_list_store_new (MORSEL_TYPE_BAD_LINE);
}

/**
 * morsel_intake_new:
 * @window: gets the actions `win.open` and `win.mend`
 * @toasts: what @window has in it: there things can be dropped, and there is said what
 *   came of a list
 * @entry: where lists can be pasted
 * @fetches: what is in the window
 * @fetch_all: what begins fetches in the window
 *
 * Returns: (transfer full): what the window keeps as long as it lives
 */
MorselIntake *
morsel_intake_new (AdwApplicationWindow *window,
                   AdwToastOverlay      *toasts,
                   GtkEntry             *entry,
                   GListModel           *fetches,
                   MorselIntakeFunc      fetch_all)
{
  static const GActionEntry actions[] = {
    { .name = "open", .activate = open_action },
    { .name = "mend", .activate = mend_action },
  };
  MorselIntake *self = g_object_new (MORSEL_TYPE_INTAKE, NULL);

  g_set_weak_pointer (&self->window, window);
  g_set_weak_pointer (&self->toasts, toasts);
  self->fetches = g_object_ref (fetches);
  self->fetch_all = fetch_all;
  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions),
                                   self);
  g_signal_connect_object (self->bad_lines, "items-changed",
                           G_CALLBACK (update_mend_action), self, G_CONNECT_SWAPPED);
  update_mend_action (self);
  morsel_paste_watch (entry, pasted_cb, self);
  morsel_drop_watch (toasts, read_addresses, self);

  return self;
}

/**
 * morsel_intake_open:
 * @self: an intake
 * @files: (element-type GFile): lists of addresses
 *
 * Reads the lists, and begins to fetch what is in them.
 */
void
morsel_intake_open (MorselIntake *self, GPtrArray *files)
{
  g_return_if_fail (MORSEL_IS_INTAKE (self));

  read_addresses (NULL, files, self);
}

/**
 * morsel_intake_paste:
 * @self: an intake
 * @text: a list of addresses
 *
 * Reads the list, and begins to fetch what is in it.
 */
void
morsel_intake_paste (MorselIntake *self, const char *text)
{
  g_return_if_fail (MORSEL_IS_INTAKE (self));

  read_addresses (text, NULL, self);
}
