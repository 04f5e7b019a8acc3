/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-fetch-actions.h"

#include <glib/gi18n.h>

#include "app/morsel-save-again.h"
#include "app/morsel-toast.h"

/*
 * What a window can do with the fetches that are selected, as actions: begin them again,
 * cancel, remove, copy and open them; and bring back what was removed.
 *
 * An action is enabled when there is something for it to do.
 */
struct _MorselFetchActions
{
  GObject parent_instance;

  /* NULL when the window is gone. */
  AdwApplicationWindow *window;
  AdwToastOverlay      *toasts;
  MorselListPage       *list_page;

  MorselFetchList    *list;
  MorselFetchStarter *starter;
  GSignalGroup       *selected; /* the fetch that is selected, if it is one */
  AdwToast           *toast;    /* about what was removed last; NULL if there is none */
  GQueue              removals; /* of Removal, the last one first */
};

/* What was removed in one go. */
typedef struct
{
  GPtrArray *fetches; /* of MorselFetch */
  GPtrArray *stopped; /* those of them that ran */
} Removal;

G_DEFINE_FINAL_TYPE (MorselFetchActions, morsel_fetch_actions, G_TYPE_OBJECT)

/* Nobody goes back further, and each keeps its fetches. */
#define MOST_REMOVALS 20

static void
removal_free (Removal *removal)
{
  g_ptr_array_unref (removal->fetches);
  g_ptr_array_unref (removal->stopped);
  g_free (removal);
}

static gboolean
has_saving (Removal *removal)
{
  for (guint i = 0; i < removal->fetches->len; i++)
    if (morsel_fetch_get_save_path (removal->fetches->pdata[i]) != NULL)
      return TRUE;

  return FALSE;
}

static void
add_save_path (GHashTable *paths, MorselFetch *fetch)
{
  const char *path = morsel_fetch_get_save_path (fetch);

  if (path != NULL)
    g_hash_table_add (paths, g_strdup (path));
}

/* Where fetches save that are there, or can be brought back. */
static GHashTable *
collect_save_paths (MorselFetchActions *self)
{
  GHashTable *paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GListModel *list = G_LIST_MODEL (self->list);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (MorselFetch) fetch = g_list_model_get_item (list, i);

      add_save_path (paths, fetch);
    }
  for (GList *link = self->removals.head; link != NULL; link = link->next)
    {
      Removal *removal = link->data;

      for (guint i = 0; i < removal->fetches->len; i++)
        add_save_path (paths, removal->fetches->pdata[i]);
    }

  return paths;
}

/* The first one can't be undone any more: what was kept to go on with goes, too, unless
 * another fetch goes on with it. */
static void
finish_first_removal (MorselFetchActions *self)
{
  Removal *removal = g_queue_pop_tail (&self->removals);

  if (has_saving (removal))
    {
      g_autoptr (GHashTable) paths = collect_save_paths (self);

      for (guint i = 0; i < removal->fetches->len; i++)
        {
          MorselFetch *fetch = removal->fetches->pdata[i];
          const char  *path = morsel_fetch_get_save_path (fetch);

          if (path != NULL && !g_hash_table_contains (paths, path))
            morsel_fetch_discard_part (fetch);
        }
    }
  removal_free (removal);
}

static void
set_enabled (MorselFetchActions *self, const char *name, gboolean is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->window), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

static void
update_actions (MorselFetchActions *self)
{
  g_autoptr (GPtrArray) fetches = NULL;
  gboolean runs = FALSE;
  gboolean can_retry = FALSE;

  if (self->window == NULL)
    return;

  fetches = morsel_list_page_get_selected (self->list_page);
  for (guint i = 0; i < fetches->len && !(runs && can_retry); i++)
    {
      runs |= morsel_fetch_get_state (fetches->pdata[i]) == MORSEL_FETCH_RUNNING;
      can_retry |= morsel_fetch_can_retry (fetches->pdata[i]);
    }

  set_enabled (self, "retry", can_retry);
  set_enabled (self, "cancel", runs);
  set_enabled (self, "remove", fetches->len > 0);
  set_enabled (self, "copy-address", fetches->len > 0);
  set_enabled (self, "open-in-browser",
               fetches->len == 1 && morsel_fetch_get_request (fetches->pdata[0]) != NULL);
  set_enabled (self, "clear", g_list_model_get_n_items (G_LIST_MODEL (self->list)) > 0);
  set_enabled (self, "undo", self->removals.length > 0);
}

/* One that is looked at has its actions at once, and many have them soon. */
static void
selection_changed_cb (MorselFetchActions *self)
{
  g_signal_group_set_target (self->selected,
                             morsel_list_page_get_only_selected (self->list_page));
  update_actions (self);
}

/* Those that save a body may have to ask before. */
static void
begin_again (MorselFetchActions *self, GPtrArray *fetches)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  g_autoptr (GPtrArray) saving = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < fetches->len; i++)
    if (morsel_fetch_get_save_path (fetches->pdata[i]) != NULL)
      g_ptr_array_add (saving, g_object_ref (fetches->pdata[i]));
    else
      g_ptr_array_add (others, fetches->pdata[i]);

  morsel_fetch_starter_retry_all (self->starter, others);
  morsel_save_again (GTK_WINDOW (self->window), saving);
}

static void
retry_action (GSimpleAction *action G_GNUC_UNUSED,
              GVariant      *parameter G_GNUC_UNUSED,
              gpointer       user_data)
{
  MorselFetchActions *self = user_data;
  g_autoptr (GPtrArray) fetches = morsel_list_page_get_selected (self->list_page);

  begin_again (self, fetches);
}

static void
cancel_all (GPtrArray *fetches)
{
  for (guint i = 0; i < fetches->len; i++)
    morsel_fetch_cancel (fetches->pdata[i]);
}

static void
cancel_action (GSimpleAction *action G_GNUC_UNUSED,
               GVariant      *parameter G_GNUC_UNUSED,
               gpointer       user_data)
{
  MorselFetchActions *self = user_data;
  g_autoptr (GPtrArray) fetches = morsel_list_page_get_selected (self->list_page);

  cancel_all (fetches);
}

static void
copy_address_action (GSimpleAction *action G_GNUC_UNUSED,
                     GVariant      *parameter G_GNUC_UNUSED,
                     gpointer       user_data)
{
  MorselFetchActions *self = user_data;
  g_autoptr (GPtrArray) fetches = morsel_list_page_get_selected (self->list_page);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *message = NULL;

  for (guint i = 0; i < fetches->len; i++)
    {
      FetchRequest *request = morsel_fetch_get_request (fetches->pdata[i]);

      if (i > 0)
        g_string_append_c (text, '\n');
      g_string_append (text, request != NULL
                                 ? fetch_request_get_url (request)
                                 : morsel_fetch_get_address (fetches->pdata[i]));
    }

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self->window)),
                          text->str);
  message = fetches->len == 1
                ? g_strdup (_ ("Address copied"))
                : g_strdup_printf (ngettext ("%'u address copied", "%'u addresses copied",
                                             fetches->len),
                                   fetches->len);
  morsel_toast_show (GTK_WIDGET (self->toasts), adw_toast_new (message));
}

static void
open_in_browser_action (GSimpleAction *action G_GNUC_UNUSED,
                        GVariant      *parameter G_GNUC_UNUSED,
                        gpointer       user_data)
{
  MorselFetchActions *self = user_data;
  MorselFetch        *fetch = morsel_list_page_get_only_selected (self->list_page);
  FetchRequest       *request = fetch != NULL ? morsel_fetch_get_request (fetch) : NULL;

  if (request != NULL)
    gtk_show_uri (GTK_WINDOW (self->window), fetch_request_get_url (request),
                  GDK_CURRENT_TIME);
}

/* The one before it is about something that is not the last any more. */
static void
tell_removal (MorselFetchActions *self, guint n_fetches)
{
  g_autofree char *title = g_strdup_printf (
      ngettext ("%'u fetch removed", "%'u fetches removed", n_fetches), n_fetches);
  AdwToast *toast = adw_toast_new (title);

  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_action_name (toast, "win.undo");
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  morsel_toast_replace (&self->toast, GTK_WIDGET (self->toasts), toast);
}

/* What runs is cancelled, and begun again if somebody wants it back. */
static void
remove_fetches (MorselFetchActions *self, GPtrArray *fetches)
{
  Removal *removal = g_new (Removal, 1);

  removal->fetches = g_ptr_array_ref (fetches);
  removal->stopped = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < fetches->len; i++)
    if (morsel_fetch_get_state (fetches->pdata[i]) == MORSEL_FETCH_RUNNING)
      g_ptr_array_add (removal->stopped, g_object_ref (fetches->pdata[i]));

  morsel_fetch_list_remove (self->list, fetches);
  cancel_all (removal->stopped);

  g_queue_push_head (&self->removals, removal);
  if (self->removals.length > MOST_REMOVALS)
    finish_first_removal (self);
  tell_removal (self, fetches->len);
  update_actions (self);
}

static void
remove_action (GSimpleAction *action G_GNUC_UNUSED,
               GVariant      *parameter G_GNUC_UNUSED,
               gpointer       user_data)
{
  MorselFetchActions *self = user_data;
  g_autoptr (GPtrArray) fetches = morsel_list_page_get_selected (self->list_page);
  guint position = morsel_list_page_get_first_selected (self->list_page);

  remove_fetches (self, fetches);
  morsel_list_page_select_position (self->list_page, position);
  morsel_list_page_focus (self->list_page);
}

static void
clear_action (GSimpleAction *action G_GNUC_UNUSED,
              GVariant      *parameter G_GNUC_UNUSED,
              gpointer       user_data)
{
  MorselFetchActions *self = user_data;
  GListModel         *list = G_LIST_MODEL (self->list);
  g_autoptr (GPtrArray) fetches = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    g_ptr_array_add (fetches, g_list_model_get_item (list, i));
  remove_fetches (self, fetches);
}

/* One that was cancelled ends a moment later. */
static void
ended_cb (MorselFetch *fetch, MorselFetchActions *self)
{
  g_autoptr (GPtrArray) fetches = NULL;

  if (!morsel_fetch_can_retry (fetch))
    return;

  g_signal_handlers_disconnect_by_func (fetch, ended_cb, self);
  if (self->window == NULL)
    return;

  fetches = g_ptr_array_new ();
  g_ptr_array_add (fetches, fetch);
  begin_again (self, fetches);
}

static void
begin_again_when_ended (MorselFetchActions *self, GPtrArray *fetches)
{
  begin_again (self, fetches);
  for (guint i = 0; i < fetches->len; i++)
    if (morsel_fetch_get_state (fetches->pdata[i]) == MORSEL_FETCH_RUNNING)
      {
        g_signal_handlers_disconnect_by_func (fetches->pdata[i], ended_cb, self);
        g_signal_connect_object (fetches->pdata[i], "changed", G_CALLBACK (ended_cb),
                                 self, 0);
      }
}

static void
undo_action (GSimpleAction *action G_GNUC_UNUSED,
             GVariant      *parameter G_GNUC_UNUSED,
             gpointer       user_data)
{
  MorselFetchActions *self = user_data;
  Removal            *removal = g_queue_pop_head (&self->removals);

  if (removal == NULL)
    return;

  morsel_toast_withdraw (&self->toast);
  morsel_fetch_list_restore (self->list, removal->fetches);
  begin_again_when_ended (self, removal->stopped);
  removal_free (removal);
  update_actions (self);
}

static void
morsel_fetch_actions_dispose (GObject *object)
{
  MorselFetchActions *self = MORSEL_FETCH_ACTIONS (object);

  morsel_toast_withdraw (&self->toast);
  while (self->removals.length > 0)
    finish_first_removal (self);
  g_clear_weak_pointer (&self->window);
  g_clear_object (&self->selected);
  g_clear_object (&self->list);
  g_clear_object (&self->starter);

  G_OBJECT_CLASS (morsel_fetch_actions_parent_class)->dispose (object);
}

static void
morsel_fetch_actions_class_init (MorselFetchActionsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = morsel_fetch_actions_dispose;
}

static void
morsel_fetch_actions_init (MorselFetchActions *self)
{
  g_queue_init (&self->removals);
  self->selected = g_signal_group_new (MORSEL_TYPE_FETCH);
  g_signal_group_connect_swapped (self->selected, "changed", G_CALLBACK (update_actions),
                                  self);
}

/**
 * morsel_fetch_actions_new:
 * @window: gets the actions `win.retry`, `win.cancel`, `win.remove`, `win.clear`,
 *   `win.undo`, `win.copy-address` and `win.open-in-browser`
 * @toasts: a part of it, to tell what was done
 * @list_page: a part of it, where fetches are selected
 * @list: the fetches
 * @starter: what begins them again
 *
 * Returns: (transfer full): what the window keeps as long as it has the actions
 */
MorselFetchActions *
morsel_fetch_actions_new (AdwApplicationWindow *window,
                          AdwToastOverlay      *toasts,
                          MorselListPage       *list_page,
                          MorselFetchList      *list,
                          MorselFetchStarter   *starter)
{
  static const GActionEntry actions[] = {
    { .name = "retry", .activate = retry_action },
    { .name = "cancel", .activate = cancel_action },
    { .name = "remove", .activate = remove_action },
    { .name = "clear", .activate = clear_action },
    { .name = "undo", .activate = undo_action },
    { .name = "copy-address", .activate = copy_address_action },
    { .name = "open-in-browser", .activate = open_in_browser_action },
  };
  MorselFetchActions *self = g_object_new (MORSEL_TYPE_FETCH_ACTIONS, NULL);

  g_set_weak_pointer (&self->window, window);
  self->toasts = toasts;
  self->list_page = list_page;
  self->list = g_object_ref (list);
  self->starter = g_object_ref (starter);

  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions),
                                   self);
  g_signal_connect_object (list_page, "selection-changed",
                           G_CALLBACK (selection_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "totals-changed", G_CALLBACK (update_actions), self,
                           G_CONNECT_SWAPPED);
  selection_changed_cb (self);

  return self;
}
