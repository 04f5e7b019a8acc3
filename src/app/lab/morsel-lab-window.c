/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/lab/morsel-lab-window.h"

#include <glib/gi18n.h>

#include "app/lab/lab-ways.h"
#include "app/morsel-accessible.h"
#include "app/morsel-announcer.h"

/*
 * The Lab: the same fetch, done in three ways, one after the other, to see what each of
 * them does to a window.
 */
struct _MorselLabWindow
{
  AdwWindow parent_instance;

  GtkFlowBox *box;

  char *url;
};

G_DEFINE_FINAL_TYPE (MorselLabWindow, morsel_lab_window, ADW_TYPE_WINDOW)

static const MorselLabWay ways[] = {
  { N_ ("On the Main Thread"),
    N_ ("The thread that draws the window waits for the page. Until it is there, the "
        "window is frozen: nothing moves, and no key is heard."),
    "lab-main-thread.c", lab_main_thread, TRUE },
  { N_ ("With a Busy Poll"),
    N_ ("Another thread waits, and the main loop asks it all the time whether it is done. "
        "The window moves, and a processor is never at rest."),
    "lab-busy-poll.c", lab_busy_poll, FALSE },
  { N_ ("With a Background Call"),
    N_ ("Another thread waits, and the main loop asks whether it is done when there is "
        "something new. The window moves, and nothing is wasted."),
    "lab-background-call.c", lab_background_call, FALSE },
};

static void
finished_cb (MorselLabWindow *self, MorselLabCard *card)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "lab.run", TRUE);

  /* A button that can't be pressed loses the focus. */
  if (gtk_window_get_focus (GTK_WINDOW (self)) == NULL)
    morsel_lab_card_focus (card);
}

static void
response_cb (MorselLabCard *card, const char *response)
{
  MorselLabWindow *self = MORSEL_LAB_WINDOW (gtk_widget_get_root (GTK_WIDGET (card)));

  if (g_str_equal (response, "freeze"))
    morsel_lab_card_run (card, self->url);
  else
    finished_cb (self, card);
}

static void
ask_before_freezing (MorselLabWindow *self, MorselLabCard *card)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (
      adw_message_dialog_new (GTK_WINDOW (self), _ ("Freeze the Window?"), NULL));

  adw_message_dialog_format_body (
      dialog,
      ngettext (
          "For about three seconds, and for %d second at most, no window of Morsel "
          "will be drawn, and none will react.",
          "For about three seconds, and for %d seconds at most, no window of Morsel "
          "will be drawn, and none will react.",
          LAB_PAGE_MOST_SECONDS),
      LAB_PAGE_MOST_SECONDS);
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "freeze",
                                    _ ("_Freeze It"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "freeze", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (response_cb), card,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static MorselLabCard *
find_card (MorselLabWindow *self, const char *source)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      GtkFlowBoxChild *child = gtk_flow_box_get_child_at_index (self->box, i);

      if (g_str_equal (ways[i].source, source))
        return MORSEL_LAB_CARD (gtk_flow_box_child_get_child (child));
    }

  return NULL;
}

static void
run_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  MorselLabWindow *self = MORSEL_LAB_WINDOW (widget);
  MorselLabCard   *card = find_card (self, g_variant_get_string (parameter, NULL));

  g_return_if_fail (card != NULL);

  /* One at a time, so that what it takes is its own. */
  gtk_widget_action_set_enabled (widget, action_name, FALSE);
  if (morsel_lab_card_get_way (card)->freezes)
    ask_before_freezing (self, card);
  else
    morsel_lab_card_run (card, self->url);
}

/* GTK 4.8 looks for the card above the one with the focus, and never ends, as long as it
 * doesn't know how many there are in a row; and divides by that to go on by a page
 * (gtkflowbox.c, gtk_flow_box_get_above_focusable and gtk_flow_box_move_cursor). */
static gboolean
move_cursor_cb (GtkWidget *box)
{
  gboolean has_rows = gtk_widget_get_width (box) > 0;

  if (!has_rows)
    g_signal_stop_emission_by_name (box, "move-cursor");

  return !has_rows;
}

static void
morsel_lab_window_finalize (GObject *object)
{
  MorselLabWindow *self = MORSEL_LAB_WINDOW (object);

  g_clear_pointer (&self->url, g_free);

  G_OBJECT_CLASS (morsel_lab_window_parent_class)->finalize (object);
}

static void
morsel_lab_window_class_init (MorselLabWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = morsel_lab_window_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, MORSEL_RESOURCES
                                               "lab/morsel-lab-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MorselLabWindow, box);
  gtk_widget_class_bind_template_callback (widget_class, move_cursor_cb);

  gtk_widget_class_install_action (widget_class, "lab.run", "s", run_action);
}

static void
morsel_lab_window_init (MorselLabWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      MorselLabCard *card = morsel_lab_card_new (&ways[i]);

      g_signal_connect_object (card, "finished", G_CALLBACK (finished_cb), self,
                               G_CONNECT_SWAPPED);
      gtk_flow_box_insert (self->box, GTK_WIDGET (card), -1);
      /* The focus goes to what is in it. */
      gtk_widget_set_focusable (gtk_widget_get_parent (GTK_WIDGET (card)), FALSE);
    }
  morsel_accessible_name_parts (GTK_WIDGET (self));
  g_signal_connect (self, "map", G_CALLBACK (morsel_announcer_prepare), NULL);
}

/**
 * morsel_lab_window_new:
 * @application: whose window it is
 * @url: what to fetch: a page that takes about three seconds
 *
 * Returns: (transfer none): a new window, which the application owns
 */
MorselLabWindow *
morsel_lab_window_new (GtkApplication *application, const char *url)
{
  MorselLabWindow *self = g_object_new (MORSEL_TYPE_LAB_WINDOW, "application",
                                        application, NULL);

  self->url = g_strdup (url);

  return self;
}
