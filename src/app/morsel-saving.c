/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-saving.h"

#include <glib/gi18n.h>

#include "app/morsel-curl-command.h"
#include "app/morsel-file-name.h"
#include "app/morsel-save-place.h"
#include "app/morsel-toast.h"
#include "app/morsel-trouble.h"

/*
 * What a window has to keep something of its fetches outside of it: the actions that save
 * a body, and copy fetches as commands.
 *
 * Who is asked for a file may take long, and the window may go meanwhile.
 */
struct _MorselSaving
{
  GObject parent_instance;

  /* NULL when the window is gone. */
  AdwApplicationWindow *window;
  AdwToastOverlay      *toasts;

  GtkSelectionModel *fetches; /* of MorselFetch */
  MorselSavingFunc   fetch;
  FetchRequest      *request; /* what to save, while somebody is asked where */
};

G_DEFINE_FINAL_TYPE (MorselSaving, morsel_saving, G_TYPE_OBJECT)

static void
set_enabled (MorselSaving *self, const char *name, gboolean is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->window), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

/* NULL unless it is an address. */
static FetchRequest *
get_request (MorselSaving *self, guint position)
{
  g_autoptr (MorselFetch)
      fetch = g_list_model_get_item (G_LIST_MODEL (self->fetches), position);

  return morsel_fetch_get_request (fetch);
}

/* Where several are selected, it is not clear whose body is meant. */
static void
update_actions (MorselSaving *self)
{
  g_autoptr (GtkBitset) selection = NULL;
  guint64       n_selected;
  FetchRequest *only = NULL;

  if (self->window == NULL)
    return;

  selection = gtk_selection_model_get_selection (self->fetches);
  n_selected = gtk_bitset_get_size (selection);
  if (n_selected == 1)
    only = get_request (self, gtk_bitset_get_minimum (selection));
  set_enabled (self, "save-body", only != NULL && !fetch_request_lacks_secrets (only));
  set_enabled (self, "copy-curl-command", n_selected > 1 || only != NULL);
}

static void
place_chosen_cb (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MorselSaving) self = user_data;
  g_autoptr (FetchRequest) request = g_steal_pointer (&self->request);
  g_autoptr (GError) error = NULL;
  gboolean         replaces = FALSE;
  g_autofree char *path = morsel_save_place_ask_finish (result, &replaces, &error);

  if (self->window == NULL || request == NULL)
    return;
  if (path == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        morsel_trouble_tell (self->toasts, _ ("The body can’t be saved there"),
                             error->message);
      return;
    }

  fetch_request_set_method (request, FETCH_METHOD_GET);
  fetch_request_save_to (request, path, replaces);
  /* What breaks off goes on from where it was. */
  fetch_request_set_max_retries (request, FETCH_REQUEST_MOST_RETRIES);
  self->fetch (GTK_WINDOW (self->window), request);
}

static void
save_body_action (GSimpleAction *action G_GNUC_UNUSED,
                  GVariant      *parameter G_GNUC_UNUSED,
                  gpointer       user_data)
{
  MorselSaving *self = user_data;
  g_autoptr (GtkBitset) selection = gtk_selection_model_get_selection (self->fetches);
  g_autoptr (MorselFetch) fetch = NULL;
  g_autofree char *name = NULL;

  if (self->request != NULL)
    return;

  fetch = g_list_model_get_item (G_LIST_MODEL (self->fetches),
                                 gtk_bitset_get_minimum (selection));
  self->request = fetch_request_copy (morsel_fetch_get_request (fetch));
  name = morsel_file_name_suggest (fetch_request_get_url (self->request),
                                   morsel_fetch_get_result (fetch));
  morsel_save_place_ask_async (GTK_WINDOW (self->window), NULL, name, place_chosen_cb,
                               g_object_ref (self));
}

/* One a line. What is no address has none. */
static void
copy_curl_command_action (GSimpleAction *action G_GNUC_UNUSED,
                          GVariant      *parameter G_GNUC_UNUSED,
                          gpointer       user_data)
{
  MorselSaving *self = user_data;
  g_autoptr (GtkBitset) selection = gtk_selection_model_get_selection (self->fetches);
  g_autoptr (GString) commands = g_string_new (NULL);
  g_autofree char *title = NULL;
  guint            n_commands = 0;

  for (guint i = 0; i < gtk_bitset_get_size (selection); i++)
    {
      FetchRequest    *request = get_request (self, gtk_bitset_get_nth (selection, i));
      g_autofree char *command = NULL;

      if (request == NULL)
        continue;
      command = morsel_curl_command_for_request (request);
      g_string_append_printf (commands, "%s%s", n_commands++ > 0 ? "\n" : "", command);
    }
  if (n_commands == 0)
    return;

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self->window)),
                          commands->str);
  title = g_strdup_printf (ngettext ("Command copied", "%'u commands copied", n_commands),
                           n_commands);
  morsel_toast_show (GTK_WIDGET (self->toasts), adw_toast_new (title));
}

static void
morsel_saving_dispose (GObject *object)
{
  MorselSaving *self = MORSEL_SAVING (object);

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
 * @window: gets the actions `win.save-body` and `win.copy-curl-command`
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
