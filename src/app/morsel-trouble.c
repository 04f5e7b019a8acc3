/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-trouble.h"

#include <glib/gi18n.h>

#include "app/morsel-toast.h"

/* What went wrong, and needs more words than a toast has room for. */

typedef struct
{
  char *title;
  char *detail;
} Trouble;

static void
trouble_free (gpointer data, GClosure *closure G_GNUC_UNUSED)
{
  Trouble *self = data;

  g_free (self->title);
  g_free (self->detail);
  g_free (self);
}

static void
details_cb (AdwToast *toast, Trouble *trouble)
{
  GtkWidget *toasts = g_object_get_data (G_OBJECT (toast), "overlay");
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (toasts)),
                                              trouble->title, trouble->detail);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

/**
 * morsel_trouble_tell:
 * @toasts: where to tell it
 * @title: what is wrong, in a few words
 * @detail: sentences about it, for who wants to know more
 *
 * Tells it without being in the way, until somebody has seen it.
 */
void
morsel_trouble_tell (AdwToastOverlay *toasts, const char *title, const char *detail)
{
  AdwToast *toast = adw_toast_new (title);
  Trouble  *trouble = g_new (Trouble, 1);

  trouble->title = g_strdup (title);
  trouble->detail = g_strdup (detail);
  adw_toast_set_button_label (toast, _ ("_Details"));
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_set_timeout (toast, 0);
  g_object_set_data (G_OBJECT (toast), "overlay", toasts);
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (details_cb), trouble,
                         trouble_free, 0);
  morsel_toast_show (GTK_WIDGET (toasts), toast);
}
