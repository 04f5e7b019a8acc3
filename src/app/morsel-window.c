/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-window.h"

#include <glib/gi18n.h>

#include "app/morsel-fetch-detail.h"
#include "app/morsel-fetch-row.h"
#include "app/morsel-fetch.h"
#include "app/morsel-history.h"
#include "app/morsel-paste.h"
#include "app/morsel-saving.h"
#include "app/morsel-single-stop.h"
#include "app/morsel-trouble.h"
#include "app/morsel-window-size.h"
#include "fetch/fetch-url.h"

/*
 * The window: an address to type, the list of fetches, and beside it (or, where there is
 * little room, over it) what was found for the selected one.
 */
struct _MorselWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay    *toasts;
  GtkWidget          *back;
  AdwSqueezer        *title_squeezer;
  AdwBin             *wide_slot;
  AdwBin             *narrow_slot;
  GtkWidget          *address_bar;
  GtkEntry           *entry;
  GtkRevealer        *message_revealer;
  GtkLabel           *message;
  GtkStack           *stack;
  AdwStatusPage      *welcome;
  AdwLeaflet         *leaflet;
  GtkWidget          *list_page;
  GtkListView        *list;
  GtkSingleSelection *selection;
  MorselFetchDetail  *detail;

  MorselSettings *settings;
  FetchSession   *session;
  GListStore     *fetches;  /* of MorselFetch */
  GQueue          incoming; /* of texts: addresses to add, a few at a time */
  guint           add_incoming_id;
  gboolean        is_selecting; /* and not the person */
  gboolean        wants_detail; /* the person has selected a fetch to look at */
  guint           move_address_bar_id;

  MorselHistory *history;
  MorselSaving  *saving;
};

/* Of a frame. */
#define SLICE (4 * G_TIME_SPAN_MILLISECOND)

G_DEFINE_FINAL_TYPE (MorselWindow, morsel_window, ADW_TYPE_APPLICATION_WINDOW)

static void
set_up_row_cb (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *item)
{
  gtk_list_item_set_child (item, morsel_fetch_row_new ());
}

static void
bind_row_cb (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *item)
{
  morsel_fetch_row_set_fetch (MORSEL_FETCH_ROW (gtk_list_item_get_child (item)),
                              gtk_list_item_get_item (item));
}

static void
unbind_row_cb (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *item)
{
  morsel_fetch_row_set_fetch (MORSEL_FETCH_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
show_message (MorselWindow *self, const char *message)
{
  gtk_label_set_label (self->message, message);
  gtk_revealer_set_reveal_child (self->message_revealer, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID,
                               GTK_ACCESSIBLE_INVALID_TRUE, -1);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->entry),
                                  GTK_ACCESSIBLE_RELATION_DESCRIBED_BY, self->message,
                                  NULL, -1);
}

static void
hide_message (MorselWindow *self)
{
  gtk_revealer_set_reveal_child (self->message_revealer, FALSE);
  gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
  gtk_accessible_reset_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID);
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (self->entry),
                                 GTK_ACCESSIBLE_RELATION_DESCRIBED_BY);
}

static MorselFetch *
get_selected (MorselWindow *self)
{
  return gtk_single_selection_get_selected_item (self->selection);
}

static guint
get_last_position (MorselWindow *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->fetches)) - 1;
}

static void
scroll_to_last (MorselWindow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u",
                              get_last_position (self));
}

static void
select_last (MorselWindow *self)
{
  self->is_selecting = TRUE;
  gtk_single_selection_set_selected (self->selection, get_last_position (self));
  self->is_selecting = FALSE;
  scroll_to_last (self);
}

/* Whoever has typed an address sees it run. */
static void
show_last (MorselWindow *self)
{
  if (adw_leaflet_get_folded (self->leaflet))
    {
      adw_leaflet_set_visible_child (self->leaflet, self->list_page);
      scroll_to_last (self);
    }
  else
    select_last (self);
}

/* Where there is room for a detail beside the list, it shows something. */
static void
add (MorselWindow *self, MorselFetch *fetch)
{
  g_list_store_append (self->fetches, fetch);
  gtk_stack_set_visible_child_name (self->stack, "fetches");

  if (!adw_leaflet_get_folded (self->leaflet) && get_selected (self) == NULL)
    select_last (self);
}

static void
fetch_request (GtkWindow *window, FetchRequest *request)
{
  MorselWindow *self = MORSEL_WINDOW (window);
  g_autoptr (MorselFetch) fetch = morsel_fetch_new (self->session, request);

  add (self, fetch);
}

static void
restored_cb (MorselWindow *self, guint position, GPtrArray *fetches)
{
  g_list_store_splice (self->fetches, position, 0, fetches->pdata, fetches->len);
  gtk_stack_set_visible_child_name (self->stack, "fetches");
}

static void
fetch_or_show_error (MorselWindow *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FetchRequest)
      request = morsel_settings_new_request (self->settings, text, &error);
  g_autoptr (MorselFetch) fetch = NULL;

  fetch = request != NULL ? morsel_fetch_new (self->session, request)
                          : morsel_fetch_new_invalid (text, error);
  add (self, fetch);
}

/* Adds what fits into a slice of a frame, and leaves the rest for the next. */
static gboolean
add_incoming_cb (gpointer user_data)
{
  MorselWindow *self = user_data;
  gint64        end = g_get_monotonic_time () + SLICE;

  while (self->incoming.length > 0 && g_get_monotonic_time () < end)
    {
      g_autofree char *text = g_queue_pop_head (&self->incoming);

      fetch_or_show_error (self, text);
    }

  if (self->incoming.length > 0)
    return G_SOURCE_CONTINUE;

  self->add_incoming_id = 0;

  return G_SOURCE_REMOVE;
}

static void
fetch_typed_cb (MorselWindow *self)
{
  g_autoptr (GError) error = NULL;

  if (morsel_window_fetch (self, gtk_editable_get_text (GTK_EDITABLE (self->entry)),
                           &error))
    {
      gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
      show_last (self);
    }
  else
    show_message (self, error->message);

  gtk_entry_grab_focus_without_selecting (self->entry);
}

/* An entry takes no more than its longest text: who pastes more shall know. */
static void
typed_cb (MorselWindow *self)
{
  guint length = gtk_entry_get_text_length (self->entry);

  if (length <= FETCH_URL_MAX_LENGTH)
    {
      hide_message (self);
      return;
    }

  show_message (self, _ ("This is too long for an address. The entry holds only its "
                         "beginning."));
}

/* Beside each other, both pages are there, and none needs to be shown: the focus stays
 * where it is. */
static void
show_wanted_page (MorselWindow *self)
{
  if (!adw_leaflet_get_folded (self->leaflet) || !self->wants_detail)
    return;

  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->detail));
  morsel_fetch_detail_focus_button (self->detail);
}

static void
selected_cb (MorselWindow *self)
{
  MorselFetch *fetch = get_selected (self);

  morsel_fetch_detail_set_fetch (self->detail, fetch);
  if (fetch != NULL)
    morsel_fetch_hurry (fetch);
  if (!adw_leaflet_get_folded (self->leaflet))
    self->wants_detail = fetch != NULL && !self->is_selecting;
}

/* Where there is room for one page only, moving along the list does not leave it. */
static void
activated_cb (MorselWindow *self)
{
  self->wants_detail = TRUE;
  show_wanted_page (self);
}

static void
page_changed_cb (MorselWindow *self)
{
  gboolean is_folded = adw_leaflet_get_folded (self->leaflet);
  gboolean shows_list = adw_leaflet_get_visible_child (self->leaflet) == self->list_page;

  gtk_widget_set_visible (self->back, is_folded && !shows_list);
  if (is_folded && shows_list)
    self->wants_detail = FALSE;
}

static void
folded_cb (MorselWindow *self)
{
  gtk_list_view_set_single_click_activate (self->list,
                                           adw_leaflet_get_folded (self->leaflet));
  show_wanted_page (self);
  page_changed_cb (self);
}

/* Where the header bar has no room for the address, it goes below. */
static gboolean
move_address_bar_cb (gpointer user_data)
{
  MorselWindow *self = user_data;
  GtkWidget    *shown = adw_squeezer_get_visible_child (self->title_squeezer);
  gboolean      has_room = shown == GTK_WIDGET (self->wide_slot);
  AdwBin       *slot = has_room ? self->wide_slot : self->narrow_slot;
  GtkWidget    *focus = gtk_window_get_focus (GTK_WINDOW (self));

  self->move_address_bar_id = 0;
  if (gtk_widget_get_parent (self->address_bar) == GTK_WIDGET (slot))
    return G_SOURCE_REMOVE;

  g_object_ref (self->address_bar);
  adw_bin_set_child (ADW_BIN (gtk_widget_get_parent (self->address_bar)), NULL);
  adw_bin_set_child (slot, self->address_bar);
  g_object_unref (self->address_bar);

  gtk_widget_set_visible (GTK_WIDGET (self->narrow_slot), !has_room);
  if (focus != NULL && gtk_widget_is_ancestor (focus, self->address_bar))
    gtk_text_grab_focus_without_selecting (GTK_TEXT (focus));

  return G_SOURCE_REMOVE;
}

/* Not at once, as this is found out in the middle of a layout. */
static void
room_changed_cb (MorselWindow *self)
{
  if (self->move_address_bar_id == 0)
    self->move_address_bar_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE,
                                                 move_address_bar_cb, self, NULL);
}

static void
back_action (GtkWidget  *widget,
             const char *action_name G_GNUC_UNUSED,
             GVariant   *parameter G_GNUC_UNUSED)
{
  MorselWindow *self = MORSEL_WINDOW (widget);

  if (adw_leaflet_get_folded (self->leaflet))
    adw_leaflet_set_visible_child (self->leaflet, self->list_page);
}

static void
focus_address_action (GtkWidget  *widget,
                      const char *action_name G_GNUC_UNUSED,
                      GVariant   *parameter G_GNUC_UNUSED)
{
  MorselWindow *self = MORSEL_WINDOW (widget);

  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void
dismiss_message_action (GtkWidget  *widget,
                        const char *action_name G_GNUC_UNUSED,
                        GVariant   *parameter G_GNUC_UNUSED)
{
  hide_message (MORSEL_WINDOW (widget));
}

static void
cancel_action (GtkWidget  *widget,
               const char *action_name G_GNUC_UNUSED,
               GVariant   *parameter G_GNUC_UNUSED)
{
  MorselFetch *fetch = get_selected (MORSEL_WINDOW (widget));

  if (fetch != NULL)
    morsel_fetch_cancel (fetch);
}

static void
retry_action (GtkWidget  *widget,
              const char *action_name G_GNUC_UNUSED,
              GVariant   *parameter G_GNUC_UNUSED)
{
  MorselFetch *fetch = get_selected (MORSEL_WINDOW (widget));

  if (fetch != NULL && morsel_fetch_can_retry (fetch))
    morsel_fetch_retry (fetch);
}

static void
morsel_window_dispose (GObject *object)
{
  MorselWindow *self = MORSEL_WINDOW (object);

  g_clear_handle_id (&self->move_address_bar_id, g_source_remove);
  g_clear_handle_id (&self->add_incoming_id, g_source_remove);
  g_queue_clear_full (&self->incoming, g_free);
  if (self->history != NULL)
    morsel_history_close (self->history);
  g_clear_object (&self->history);
  g_clear_object (&self->saving);
  g_clear_object (&self->fetches);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (morsel_window_parent_class)->dispose (object);
}

static void
morsel_window_class_init (MorselWindowClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = morsel_window_dispose;

  g_type_ensure (MORSEL_TYPE_FETCH_DETAIL);
  g_type_ensure (MORSEL_TYPE_SINGLE_STOP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               MORSEL_RESOURCES "morsel-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, back);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, title_squeezer);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, wide_slot);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, narrow_slot);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, address_bar);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, entry);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, message_revealer);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, message);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, welcome);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, list_page);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, list);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, selection);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, detail);
  gtk_widget_class_bind_template_callback (widget_class, fetch_typed_cb);
  gtk_widget_class_bind_template_callback (widget_class, typed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
  gtk_widget_class_bind_template_callback (widget_class, page_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, room_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, set_up_row_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_row_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_row_cb);

  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "win.focus-address", NULL,
                                   focus_address_action);
  gtk_widget_class_install_action (widget_class, "win.dismiss-message", NULL,
                                   dismiss_message_action);
  gtk_widget_class_install_action (widget_class, "win.cancel", NULL, cancel_action);
  gtk_widget_class_install_action (widget_class, "win.retry", NULL, retry_action);
}

static void
list_pasted_cb (const char *const *lines, gpointer user_data)
{
  morsel_window_fetch_all (user_data, lines);
}

static void
morsel_window_init (MorselWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  adw_status_page_set_icon_name (self->welcome, MORSEL_APPLICATION_ID);

  g_queue_init (&self->incoming);
  self->fetches = g_list_store_new (MORSEL_TYPE_FETCH);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->fetches));
  self->saving = morsel_saving_new (ADW_APPLICATION_WINDOW (self), self->toasts,
                                    GTK_SELECTION_MODEL (self->selection), fetch_request);

  /* One more than is possible, so that too long is something that can be said. */
  gtk_entry_set_max_length (self->entry, FETCH_URL_MAX_LENGTH + 1);
  morsel_paste_watch (self->entry, list_pasted_cb, self);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void
keep_history_cb (MorselWindow *self)
{
  morsel_history_set_enabled (
      self->history,
      g_settings_get_boolean (G_SETTINGS (self->settings), "keep-history"));
}

static void
open_history (MorselWindow *self)
{
  g_autofree char *path = morsel_history_get_default_path ();

  self->history = morsel_history_new (self->session, G_LIST_MODEL (self->fetches), path);
  g_signal_connect_object (self->history, "restored", G_CALLBACK (restored_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->history, "trouble", G_CALLBACK (morsel_trouble_tell),
                           self->toasts, G_CONNECT_SWAPPED);

  if (g_settings_get_boolean (G_SETTINGS (self->settings), "keep-history"))
    morsel_history_restore (self->history);
  g_signal_connect_object (self->settings, "changed::keep-history",
                           G_CALLBACK (keep_history_cb), self, G_CONNECT_SWAPPED);
}

/**
 * morsel_window_new:
 * @application: whose window it is
 * @settings: how to fetch, and how large it is
 * @session: what to fetch with
 *
 * Returns: (transfer none): a new window, which the application owns
 */
MorselWindow *
morsel_window_new (GtkApplication *application,
                   MorselSettings *settings,
                   FetchSession   *session)
{
  MorselWindow *self = g_object_new (MORSEL_TYPE_WINDOW, "application", application,
                                     NULL);

  self->settings = g_object_ref (settings);
  self->session = g_object_ref (session);
  morsel_window_size_keep (GTK_WINDOW (self), G_SETTINGS (settings));
  open_history (self);

  return self;
}

/**
 * morsel_window_fetch:
 * @self: a window
 * @text: an address, as somebody typed it
 * @error: where to put a sentence that says what is wrong with it
 *
 * Begins a fetch, and adds it to the list.
 *
 * Returns: whether @text was an address
 */
gboolean
morsel_window_fetch (MorselWindow *self, const char *text, GError **error)
{
  g_autoptr (FetchRequest) request = NULL;

  g_return_val_if_fail (MORSEL_IS_WINDOW (self), FALSE);

  request = morsel_settings_new_request (self->settings, text, error);
  if (request == NULL)
    return FALSE;

  fetch_request (GTK_WINDOW (self), request);

  return TRUE;
}

/**
 * morsel_window_fetch_all:
 * @self: a window
 * @texts: (array zero-terminated=1): addresses from elsewhere, some of which may be none
 *
 * Begins many fetches, a few at a time, so that the window goes on meanwhile. What is no
 * address is in the list all the same, with the reason.
 */
void
morsel_window_fetch_all (MorselWindow *self, const char *const *texts)
{
  g_return_if_fail (MORSEL_IS_WINDOW (self));

  for (; *texts != NULL; texts++)
    g_queue_push_tail (&self->incoming, g_strdup (*texts));

  if (self->add_incoming_id == 0)
    self->add_incoming_id = g_idle_add (add_incoming_cb, self);
}

/**
 * morsel_window_get_fetches:
 * @self: a window
 *
 * Returns: (transfer none): the list, of [class@MorselFetch]
 */
GListModel *
morsel_window_get_fetches (MorselWindow *self)
{
  g_return_val_if_fail (MORSEL_IS_WINDOW (self), NULL);

  return G_LIST_MODEL (self->fetches);
}
