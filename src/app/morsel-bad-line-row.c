/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-bad-line-row.h"

#include <glib/gi18n.h>

#include "app/morsel-no-stop.h"
#include "fetch/fetch-url.h"

/*
 * A line that is no address: where it is, what is wrong with it, and an entry in which it
 * can be mended. It is looked at as it is typed.
 */
struct _MorselBadLineRow
{
  GtkWidget parent_instance;

  GtkLabel *place;
  GtkEntry *entry;
  GtkLabel *message;

  MorselBadLine *line; /* NULL if it stands for none */
};

enum
{
  SIGNAL_MENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MorselBadLineRow, morsel_bad_line_row, GTK_TYPE_WIDGET)

static void
set_style (GtkWidget *widget, const char *style_class, gboolean has_it)
{
  if (has_it)
    gtk_widget_add_css_class (widget, style_class);
  else
    gtk_widget_remove_css_class (widget, style_class);
}

static void
show_message (MorselBadLineRow *self)
{
  const char *message = morsel_bad_line_get_message (self->line);
  gboolean    is_mended = message == NULL;

  gtk_label_set_label (self->message, is_mended ? _ ("This can be fetched.") : message);
  set_style (GTK_WIDGET (self->message), "error", !is_mended);
  set_style (GTK_WIDGET (self->message), "success", is_mended);
  gtk_accessible_update_state (
      GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID,
      is_mended ? GTK_ACCESSIBLE_INVALID_FALSE : GTK_ACCESSIBLE_INVALID_TRUE, -1);
}

static void
changed_cb (MorselBadLineRow *self)
{
  gboolean was_mended;

  if (self->line == NULL)
    return;

  was_mended = morsel_bad_line_is_mended (self->line);
  morsel_bad_line_set_text (self->line,
                            gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  show_message (self);
  if (morsel_bad_line_is_mended (self->line) != was_mended)
    g_signal_emit (self, signals[SIGNAL_MENDED], 0, !was_mended);
}

/* The next line is one below, as it is for the arrow key. */
static void
activate_cb (MorselBadLineRow *self)
{
  gtk_widget_child_focus (gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_LIST_VIEW),
                          GTK_DIR_DOWN);
}

static gboolean
morsel_bad_line_row_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (MORSEL_BAD_LINE_ROW (widget)->entry));
}

static void
morsel_bad_line_row_dispose (GObject *object)
{
  MorselBadLineRow *self = MORSEL_BAD_LINE_ROW (object);
  GtkWidget        *child;

  g_clear_object (&self->line);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (morsel_bad_line_row_parent_class)->dispose (object);
}

static void
morsel_bad_line_row_class_init (MorselBadLineRowClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = morsel_bad_line_row_dispose;
  widget_class->grab_focus = morsel_bad_line_row_grab_focus;

  /**
   * MorselBadLineRow::mended:
   * @self: a row
   * @is_mended: whether its line is an address now
   *
   * What was none has become one, or the other way round.
   */
  signals[SIGNAL_MENDED] = g_signal_new ("mended", G_TYPE_FROM_CLASS (klass),
                                         G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                         G_TYPE_NONE, 1, G_TYPE_BOOLEAN);

  g_type_ensure (MORSEL_TYPE_NO_STOP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               MORSEL_RESOURCES "morsel-bad-line-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MorselBadLineRow, place);
  gtk_widget_class_bind_template_child (widget_class, MorselBadLineRow, entry);
  gtk_widget_class_bind_template_child (widget_class, MorselBadLineRow, message);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
}

static void
morsel_bad_line_row_init (MorselBadLineRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_entry_set_max_length (self->entry, FETCH_URL_MAX_LENGTH + 1);
}

/**
 * morsel_bad_line_row_new:
 *
 * Returns: (transfer floating): a row
 */
GtkWidget *
morsel_bad_line_row_new (void)
{
  return g_object_new (MORSEL_TYPE_BAD_LINE_ROW, NULL);
}

/**
 * morsel_bad_line_row_set_line:
 * @self: a row
 * @line: (nullable): the line that it stands for
 */
void
morsel_bad_line_row_set_line (MorselBadLineRow *self, MorselBadLine *line)
{
  g_autofree char *place = NULL;

  g_return_if_fail (MORSEL_IS_BAD_LINE_ROW (self));

  g_clear_object (&self->line);
  if (line == NULL)
    return;

  place = morsel_bad_line_dup_place (line);
  gtk_label_set_label (self->place, place);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), morsel_bad_line_get_text (line));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, place, -1);
  self->line = g_object_ref (line);
  show_message (self);
}
