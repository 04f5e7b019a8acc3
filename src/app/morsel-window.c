/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-window.h"

#include <glib/gi18n.h>

#include "app/morsel-accessible.h"
#include "app/morsel-address-place.h"
#include "app/morsel-announcer.h"
#include "app/morsel-exporting.h"
#include "app/morsel-fetch-actions.h"
#include "app/morsel-fetches-page.h"
#include "app/morsel-history.h"
#include "app/morsel-intake.h"
#include "app/morsel-isolate.h"
#include "app/morsel-progress-track.h"
#include "app/morsel-quiet-frames.h"
#include "app/morsel-saving.h"
#include "app/morsel-trouble.h"
#include "app/morsel-window-size.h"
#include "app/morsel-words-for-batch.h"
#include "fetch/fetch-url.h"

/*
 * The window: an address to type, and below it what the program is for, until there are
 * fetches to be shown.
 */
struct _MorselWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay     *toasts;
  GtkWidget           *back;
  AdwSqueezer         *title_squeezer;
  AdwBin              *wide_slot;
  AdwBin              *narrow_slot;
  GtkMenuButton       *menu_button;
  GMenuModel          *menu;
  GtkEntry            *entry;
  GtkRevealer         *message_revealer;
  GtkLabel            *message;
  MorselProgressTrack *track;
  GtkStack            *stack;
  AdwStatusPage       *welcome;

  MorselSettings     *settings;
  FetchSession       *session;
  MorselFetchList    *fetches;
  MorselFetchStarter *starter;
  MorselHistory      *history;
  MorselAddressPlace *address_place;
  MorselIntake       *intake;

  /* NULL until there was time for it, or there is a fetch. */
  MorselFetchesPage  *fetches_page;
  MorselFetchActions *actions;
  MorselSaving       *saving;
  MorselExporting    *exporting;

  gboolean was_running; /* when it was last looked at */
  guint    complete_id;
};

/* Whoever has waited for so long may be doing something else meanwhile. */
#define LONG_BATCH (10 * G_TIME_SPAN_SECOND)
#define NOTIFICATION "batch"

G_DEFINE_FINAL_TYPE (MorselWindow, morsel_window, ADW_TYPE_APPLICATION_WINDOW)

static void
show_message (MorselWindow *self, const char *message)
{
  gtk_label_set_label (self->message, message);
  gtk_revealer_set_reveal_child (self->message_revealer, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  morsel_accessible_set_error (GTK_WIDGET (self->entry), message);
  morsel_announce (GTK_WIDGET (self), message);
}

static void
hide_message (MorselWindow *self)
{
  gtk_revealer_set_reveal_child (self->message_revealer, FALSE);
  gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
  morsel_accessible_set_error (GTK_WIDGET (self->entry), NULL);
}

static void
fetch_request (GtkWindow *window, FetchRequest *request)
{
  morsel_fetch_starter_start_request (MORSEL_WINDOW (window)->starter, request);
}

/* What shows fetches, and what can be done with them: the window is there sooner without.
 */
static void
add_fetches_page (MorselWindow *self)
{
  AdwApplicationWindow *window = ADW_APPLICATION_WINDOW (self);
  GtkWidget *page = morsel_fetches_page_new (G_SETTINGS (self->settings), self->fetches);
  MorselListPage    *list_page;
  GtkSelectionModel *shown;

  self->fetches_page = MORSEL_FETCHES_PAGE (page);
  gtk_stack_add_named (self->stack, page, "fetches");
  g_object_bind_property (page, "can-go-back", self->back, "visible", G_BINDING_DEFAULT);

  list_page = morsel_fetches_page_get_list_page (self->fetches_page);
  morsel_quiet_frames_keep (list_page, self->session);
  shown = morsel_list_page_get_shown (list_page);
  self->actions = morsel_fetch_actions_new (window, self->toasts, list_page,
                                            self->fetches, self->starter);
  self->saving = morsel_saving_new (window, self->toasts, shown, fetch_request);
  self->exporting = morsel_exporting_new (window, self->toasts,
                                          G_LIST_MODEL (self->fetches), shown);
}

static void
items_changed_cb (MorselWindow *self)
{
  gboolean is_empty = g_list_model_get_n_items (G_LIST_MODEL (self->fetches)) == 0;

  if (!is_empty && self->fetches_page == NULL)
    add_fetches_page (self);
  gtk_stack_set_visible_child_name (self->stack, is_empty ? "empty" : "fetches");
}

static gboolean
shows_fetches (MorselWindow *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->fetches)) > 0;
}

static void
notify_of_end (MorselWindow *self, const MorselBatch *batch)
{
  GApplication *application = G_APPLICATION (
      gtk_window_get_application (GTK_WINDOW (self)));
  g_autofree char *title = morsel_words_for_batch_end (batch);
  g_autofree char *failures = morsel_words_for_batch_failures (batch);
  g_autoptr (GNotification) notification = g_notification_new (title);

  if (failures != NULL)
    g_notification_set_body (notification, failures);
  g_application_send_notification (application, NOTIFICATION, notification);
}

/* Who can't see the status bar hears what it says. */
static void
announce_end (MorselWindow *self, const MorselBatch *batch)
{
  g_autofree char *words = morsel_words_for_batch (batch, TRUE);

  morsel_announce (GTK_WIDGET (self), words);
}

/* Who looks at the window needs no other news of it. */
static void
is_active_cb (MorselWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  if (gtk_window_is_active (GTK_WINDOW (self)) && application != NULL)
    g_application_withdraw_notification (G_APPLICATION (application), NOTIFICATION);
}

static void
show_title (MorselWindow *self, gboolean is_running, double fraction)
{
  g_autofree char *title = NULL;

  if (is_running)
    /* Translators: the title of the window. %d is a percentage. */
    title = g_strdup_printf (_ ("%d%% · Morsel"), (int) (fraction * 100));
  gtk_window_set_title (GTK_WINDOW (self), is_running ? title : "Morsel");
}

static void
totals_changed_cb (MorselWindow *self)
{
  const MorselBatch *batch = morsel_fetch_list_get_batch (self->fetches);
  double             fraction = morsel_batch_get_fraction (batch);
  gboolean           is_running = morsel_batch_is_running (batch);

  morsel_progress_track_set_fraction (self->track, fraction);
  gtk_widget_set_opacity (GTK_WIDGET (self->track), is_running ? 1 : 0);
  show_title (self, is_running, fraction);

  if (self->was_running && !is_running)
    {
      announce_end (self, batch);
      if (!gtk_window_is_active (GTK_WINDOW (self)) &&
          batch->ended - batch->began >= LONG_BATCH)
        notify_of_end (self, batch);
    }
  self->was_running = is_running;
}

static void
restored_cb (MorselWindow *self, guint position G_GNUC_UNUSED, GPtrArray *fetches)
{
  morsel_fetch_list_restore (self->fetches, fetches);
}

static void
fetch_typed_cb (MorselWindow *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;
  MorselFetch     *fetch = morsel_fetch_starter_start (
          self->starter, gtk_editable_get_text (GTK_EDITABLE (self->entry)), &error);

  if (fetch != NULL)
    {
      gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
      morsel_fetches_page_show_typed (self->fetches_page, fetch);
    }
  else
    {
      message = morsel_isolate_foreign_words (error->message);
      show_message (self, message);
    }

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

static void
back_action (GtkWidget  *widget,
             const char *action_name G_GNUC_UNUSED,
             GVariant   *parameter G_GNUC_UNUSED)
{
  MorselWindow *self = MORSEL_WINDOW (widget);

  if (shows_fetches (self))
    morsel_fetches_page_show_list (self->fetches_page);
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

/* Made when somebody wants to see it: GTK would make it at each start. */
static void
shortcuts_action (GtkWidget  *widget,
                  const char *action_name G_GNUC_UNUSED,
                  GVariant   *parameter G_GNUC_UNUSED)
{
  GtkApplicationWindow *window = GTK_APPLICATION_WINDOW (widget);

  if (gtk_application_window_get_help_overlay (window) == NULL)
    {
      g_autoptr (GtkBuilder)
          builder = gtk_builder_new_from_resource (MORSEL_RESOURCES "help-overlay.ui");

      gtk_application_window_set_help_overlay (
          window,
          GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "help_overlay")));
    }

  gtk_window_present (GTK_WINDOW (gtk_application_window_get_help_overlay (window)));
}

static void
search_action (GtkWidget  *widget,
               const char *action_name G_GNUC_UNUSED,
               GVariant   *parameter G_GNUC_UNUSED)
{
  MorselWindow *self = MORSEL_WINDOW (widget);

  if (!shows_fetches (self))
    return;

  morsel_fetches_page_show_list (self->fetches_page);
  morsel_list_page_search (morsel_fetches_page_get_list_page (self->fetches_page));
}

static void
show_action (GtkWidget  *widget,
             const char *action_name G_GNUC_UNUSED,
             GVariant   *parameter)
{
  static const char *const names[MORSEL_N_SHOWN] = {
    [MORSEL_SHOWN_ALL] = "all",
    [MORSEL_SHOWN_RUNNING] = "running",
    [MORSEL_SHOWN_DONE] = "done",
    [MORSEL_SHOWN_FAILED] = "failed",
  };
  MorselWindow   *self = MORSEL_WINDOW (widget);
  MorselListPage *list_page;

  if (!shows_fetches (self))
    return;

  morsel_fetches_page_show_list (self->fetches_page);
  list_page = morsel_fetches_page_get_list_page (self->fetches_page);
  for (guint shown = 0; shown < MORSEL_N_SHOWN; shown++)
    if (g_str_equal (g_variant_get_string (parameter, NULL), names[shown]))
      morsel_list_page_show_only (list_page, shown);
}

static void
morsel_window_dispose (GObject *object)
{
  MorselWindow *self = MORSEL_WINDOW (object);

  g_clear_handle_id (&self->complete_id, g_source_remove);
  if (self->history != NULL)
    morsel_history_close (self->history);
  g_clear_object (&self->history);
  g_clear_object (&self->address_place);
  g_clear_object (&self->intake);
  g_clear_object (&self->saving);
  g_clear_object (&self->exporting);
  g_clear_object (&self->actions);
  g_clear_object (&self->starter);
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

  g_type_ensure (MORSEL_TYPE_PROGRESS_TRACK);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               MORSEL_RESOURCES "morsel-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, back);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, title_squeezer);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, wide_slot);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, narrow_slot);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, menu);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, entry);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, message_revealer);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, message);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, track);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, MorselWindow, welcome);
  gtk_widget_class_bind_template_callback (widget_class, fetch_typed_cb);
  gtk_widget_class_bind_template_callback (widget_class, typed_cb);

  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "win.focus-address", NULL,
                                   focus_address_action);
  gtk_widget_class_install_action (widget_class, "win.dismiss-message", NULL,
                                   dismiss_message_action);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search_action);
  gtk_widget_class_install_action (widget_class, "win.shortcuts", NULL, shortcuts_action);
  gtk_widget_class_install_action (widget_class, "win.show", "s", show_action);

  /* Not for the whole program: where text is typed, these are about that. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK,
                                       "win.undo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_v, GDK_CONTROL_MASK,
                                       "app.paste", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Insert, GDK_SHIFT_MASK,
                                       "app.paste", NULL);
}

static void
fetch_all (GtkWindow *window, const char *const *addresses)
{
  morsel_window_fetch_all (MORSEL_WINDOW (window), addresses);
}

/* Made when somebody opens it. */
static void
make_menu_cb (GtkMenuButton *button, gpointer menu)
{
  if (gtk_menu_button_get_menu_model (button) != NULL)
    return;

  gtk_menu_button_set_menu_model (button, menu);
  morsel_accessible_name_parts (GTK_WIDGET (button));
}

/* After the first frame: nobody hears of the window before it is there, and the first
 * fetch need not wait for what shows it. */
static gboolean
complete_cb (gpointer user_data)
{
  MorselWindow *self = user_data;

  self->complete_id = 0;
  if (self->fetches_page == NULL)
    add_fetches_page (self);
  morsel_accessible_name_parts (GTK_WIDGET (self));

  return G_SOURCE_REMOVE;
}

static void
morsel_window_init (MorselWindow *self)
{
  self->fetches = morsel_fetch_list_new ();

  gtk_widget_init_template (GTK_WIDGET (self));

  gtk_menu_button_set_create_popup_func (self->menu_button, make_menu_cb, self->menu,
                                         NULL);
  adw_status_page_set_icon_name (self->welcome, MORSEL_APPLICATION_ID);
  /* After the page, which has what there is when it is shown. */
  g_signal_connect_object (self->fetches, "items-changed", G_CALLBACK (items_changed_cb),
                           self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->fetches, "totals-changed",
                           G_CALLBACK (totals_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::is-active", G_CALLBACK (is_active_cb), NULL);
  g_signal_connect (self, "map", G_CALLBACK (morsel_announcer_prepare), NULL);

  self->address_place = morsel_address_place_new (self->title_squeezer, self->wide_slot,
                                                  self->narrow_slot);
  /* One more than is possible, so that too long is something that can be said. */
  gtk_entry_set_max_length (self->entry, FETCH_URL_MAX_LENGTH + 1);
  self->intake = morsel_intake_new (ADW_APPLICATION_WINDOW (self), self->toasts,
                                    self->entry, G_LIST_MODEL (self->fetches), fetch_all);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  self->complete_id = g_idle_add_full (G_PRIORITY_LOW, complete_cb, self, NULL);
}

static void
keep_history_cb (MorselWindow *self)
{
  morsel_history_set_enabled (
      self->history,
      g_settings_get_boolean (G_SETTINGS (self->settings), "keep-history"));
}

static void
keep_tokens_cb (MorselWindow *self)
{
  morsel_history_set_keeps_tokens (
      self->history, g_settings_get_boolean (G_SETTINGS (self->settings), "keep-tokens"));
}

static void
open_history (MorselWindow *self, FetchSession *session)
{
  g_autofree char *path = morsel_history_get_default_path ();

  self->history = morsel_history_new (session, G_LIST_MODEL (self->fetches), path);
  g_signal_connect_object (self->history, "restored", G_CALLBACK (restored_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->history, "trouble", G_CALLBACK (morsel_trouble_tell),
                           self->toasts, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->fetches, "ended",
                           G_CALLBACK (morsel_history_note_change), self->history,
                           G_CONNECT_SWAPPED);

  g_signal_connect_object (self->settings, "changed::keep-tokens",
                           G_CALLBACK (keep_tokens_cb), self, G_CONNECT_SWAPPED);
  keep_tokens_cb (self);
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
  self->starter = morsel_fetch_starter_new (settings, session, self->fetches);
  morsel_window_size_keep (GTK_WINDOW (self), G_SETTINGS (settings));
  open_history (self, session);

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
  g_return_val_if_fail (MORSEL_IS_WINDOW (self), FALSE);

  return morsel_fetch_starter_start (self->starter, text, error) != NULL;
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

  morsel_fetch_starter_start_all (self->starter, texts);
}

/**
 * morsel_window_open:
 * @self: a window
 * @files: (element-type GFile): lists of addresses
 *
 * Reads the lists in the background, and begins to fetch what is in them.
 */
void
morsel_window_open (MorselWindow *self, GPtrArray *files)
{
  g_return_if_fail (MORSEL_IS_WINDOW (self));

  morsel_intake_open (self->intake, files);
}

/**
 * morsel_window_paste:
 * @self: a window
 * @text: a list of addresses
 *
 * Reads the list in the background, and begins to fetch what is in it.
 */
void
morsel_window_paste (MorselWindow *self, const char *text)
{
  g_return_if_fail (MORSEL_IS_WINDOW (self));

  morsel_intake_paste (self->intake, text);
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
