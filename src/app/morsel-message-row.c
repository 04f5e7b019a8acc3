/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-message-row.h"

#include "app/morsel-accessible.h"
#include "app/morsel-announcer.h"

/*
 * What is wrong with what was typed into the row above. It goes when that is changed.
 */
struct _MorselMessageRow
{
  AdwPreferencesRow parent_instance;

  GtkLabel    *label;
  AdwEntryRow *entry; /* whose message it is; not owned, NULL when it has gone */
};

G_DEFINE_FINAL_TYPE (MorselMessageRow, morsel_message_row, ADW_TYPE_PREFERENCES_ROW)

static void
hide_message (MorselMessageRow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
  morsel_accessible_set_error (GTK_WIDGET (self->entry), NULL);
}

static void
morsel_message_row_dispose (GObject *object)
{
  g_clear_weak_pointer (&MORSEL_MESSAGE_ROW (object)->entry);

  G_OBJECT_CLASS (morsel_message_row_parent_class)->dispose (object);
}

static void
morsel_message_row_class_init (MorselMessageRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = morsel_message_row_dispose;
}

static void
morsel_message_row_init (MorselMessageRow *self)
{
  self->label = GTK_LABEL (
      g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_ALERT, "wrap",
                    TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, "xalign", 0.0, NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "error");
  gtk_widget_add_css_class (GTK_WIDGET (self->label), "fact");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), GTK_WIDGET (self->label));
  g_object_set (self, "activatable", FALSE, "selectable", FALSE, "focusable", FALSE,
                "visible", FALSE, NULL);
}

/**
 * morsel_message_row_new:
 * @entry: where it is typed
 *
 * Returns: (transfer floating): a row to stand below @entry, hidden as yet
 */
GtkWidget *
morsel_message_row_new (AdwEntryRow *entry)
{
  MorselMessageRow *self = g_object_new (MORSEL_TYPE_MESSAGE_ROW, NULL);

  g_set_weak_pointer (&self->entry, entry);
  g_signal_connect_object (entry, "changed", G_CALLBACK (hide_message), self,
                           G_CONNECT_SWAPPED);

  return GTK_WIDGET (self);
}

/**
 * morsel_message_row_show_message:
 * @self: a row
 * @message: a sentence that says what is wrong
 */
void
morsel_message_row_show_message (MorselMessageRow *self, const char *message)
{
  g_return_if_fail (MORSEL_IS_MESSAGE_ROW (self));

  gtk_label_set_label (self->label, message);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  morsel_accessible_set_error (GTK_WIDGET (self->entry), message);
  morsel_announce (GTK_WIDGET (self), message);
}
