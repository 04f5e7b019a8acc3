/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-mend-window.h"

#include <glib/gi18n.h>

#include "app/morsel-accessible.h"
#include "app/morsel-bad-line-row.h"

/*
 * The lines that are no addresses, each to be mended in its place. Those that are mended
 * can be fetched; the others stay.
 */
struct _MorselMendWindow
{
  AdwWindow parent_instance;

  GtkButton   *fetch;
  GtkListView *list;

  GListStore        *bad_lines; /* of MorselBadLine */
  guint              n_mended;
  GtkSliceListModel *shown; /* the first of them, until there are rows for all */
  guint              show_more_id;
};

/* A list makes rows for two hundred lines, of which a few can be seen. To make them all
 * at once would take longer than a frame. */
#define ROWS_AT_ONCE 8
#define MAX_ROWS 256

enum
{
  SIGNAL_FETCH,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (MorselMendWindow, morsel_mend_window, ADW_TYPE_WINDOW)

static guint
count_mended (GListModel *bad_lines)
{
  guint n_lines = g_list_model_get_n_items (bad_lines);
  guint n_mended = 0;

  for (guint i = 0; i < n_lines; i++)
    {
      g_autoptr (MorselBadLine) line = g_list_model_get_item (bad_lines, i);

      n_mended += morsel_bad_line_is_mended (line);
    }

  return n_mended;
}

static void
show_n_mended (MorselMendWindow *self)
{
  g_autofree char *label = g_strdup_printf (
      /* Translators: a verb: fetches so many addresses. */
      ngettext ("_Fetch %'u", "_Fetch %'u", self->n_mended), self->n_mended);

  gtk_button_set_label (self->fetch, self->n_mended > 0 ? label : _ ("_Fetch"));
  morsel_accessible_name_button (self->fetch);
  gtk_widget_set_sensitive (GTK_WIDGET (self->fetch), self->n_mended > 0);
}

static gboolean
show_more_cb (gpointer user_data)
{
  MorselMendWindow *self = user_data;
  guint             size = gtk_slice_list_model_get_size (self->shown) + ROWS_AT_ONCE;

  if (size < MIN (g_list_model_get_n_items (G_LIST_MODEL (self->bad_lines)), MAX_ROWS))
    {
      gtk_slice_list_model_set_size (self->shown, size);
      return G_SOURCE_CONTINUE;
    }

  gtk_slice_list_model_set_size (self->shown, G_MAXUINT);
  self->show_more_id = 0;

  return G_SOURCE_REMOVE;
}

static void
mended_cb (MorselMendWindow *self, gboolean is_mended)
{
  self->n_mended += is_mended ? 1 : -1;
  show_n_mended (self);
}

static void
set_up_row_cb (MorselMendWindow *self, GtkListItem *item)
{
  GtkWidget *row = morsel_bad_line_row_new ();

  g_signal_connect_object (row, "mended", G_CALLBACK (mended_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_selectable (item, FALSE);
  gtk_list_item_set_child (item, row);
}

static void
bind_row_cb (MorselMendWindow *self G_GNUC_UNUSED, GtkListItem *item)
{
  morsel_bad_line_row_set_line (MORSEL_BAD_LINE_ROW (gtk_list_item_get_child (item)),
                                gtk_list_item_get_item (item));
}

static void
unbind_row_cb (MorselMendWindow *self G_GNUC_UNUSED, GtkListItem *item)
{
  morsel_bad_line_row_set_line (MORSEL_BAD_LINE_ROW (gtk_list_item_get_child (item)),
                                NULL);
}

/* In their order: the list is gone through from its end, as it becomes shorter. */
static GStrv
take_mended (MorselMendWindow *self)
{
  GStrv addresses = g_new0 (char *, self->n_mended + 1);
  guint n_left = self->n_mended;

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->bad_lines));
       n_left > 0 && i > 0; i--)
    {
      g_autoptr (MorselBadLine)
          line = g_list_model_get_item (G_LIST_MODEL (self->bad_lines), i - 1);

      if (!morsel_bad_line_is_mended (line))
        continue;

      addresses[--n_left] = g_strdup (morsel_bad_line_get_text (line));
      g_list_store_remove (self->bad_lines, i - 1);
    }
  g_assert (n_left == 0);

  return addresses;
}

static void
focus_line (MorselMendWindow *self)
{
  gtk_widget_child_focus (GTK_WIDGET (self->list), GTK_DIR_TAB_FORWARD);
}

static void
fetch_cb (MorselMendWindow *self)
{
  g_auto (GStrv) addresses = take_mended (self);

  self->n_mended = 0;
  show_n_mended (self);
  g_signal_emit (self, signals[SIGNAL_FETCH], 0, addresses);

  if (g_list_model_get_n_items (G_LIST_MODEL (self->bad_lines)) == 0)
    gtk_window_close (GTK_WINDOW (self));
  else
    focus_line (self);
}

/* One begins with the first line, and not with the button that comes before it. */
static void
morsel_mend_window_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (morsel_mend_window_parent_class)->map (widget);

  focus_line (MORSEL_MEND_WINDOW (widget));
}

static void
morsel_mend_window_dispose (GObject *object)
{
  MorselMendWindow *self = MORSEL_MEND_WINDOW (object);

  g_clear_handle_id (&self->show_more_id, g_source_remove);
  g_clear_object (&self->shown);
  g_clear_object (&self->bad_lines);

  G_OBJECT_CLASS (morsel_mend_window_parent_class)->dispose (object);
}

static void
morsel_mend_window_class_init (MorselMendWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = morsel_mend_window_dispose;
  widget_class->map = morsel_mend_window_map;

  /**
   * MorselMendWindow::fetch:
   * @self: a window
   * @addresses: (array zero-terminated=1): what was mended
   *
   * Somebody wants to fetch what was mended. It is in the list no more.
   */
  signals[SIGNAL_FETCH] = g_signal_new ("fetch", G_TYPE_FROM_CLASS (klass),
                                        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, G_TYPE_STRV);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               MORSEL_RESOURCES "morsel-mend-window.ui");
  gtk_widget_class_bind_template_child (widget_class, MorselMendWindow, fetch);
  gtk_widget_class_bind_template_child (widget_class, MorselMendWindow, list);
  gtk_widget_class_bind_template_callback (widget_class, fetch_cb);
  gtk_widget_class_bind_template_callback (widget_class, set_up_row_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_row_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_row_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close",
                                       NULL);
}

static void
morsel_mend_window_init (MorselMendWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  morsel_accessible_name_parts (GTK_WIDGET (self));
}

/**
 * morsel_mend_window_new:
 * @parent: the window that it belongs to
 * @bad_lines: the lines, of [class@MorselBadLine]
 *
 * Returns: (transfer none): a window, which is destroyed with @parent
 */
MorselMendWindow *
morsel_mend_window_new (GtkWindow *parent, GListStore *bad_lines)
{
  MorselMendWindow *self = g_object_new (MORSEL_TYPE_MEND_WINDOW, "transient-for", parent,
                                         NULL);
  g_autoptr (GtkNoSelection) model = NULL;

  self->bad_lines = g_object_ref (bad_lines);
  self->shown = gtk_slice_list_model_new (G_LIST_MODEL (g_object_ref (bad_lines)), 0,
                                          ROWS_AT_ONCE);
  self->show_more_id = g_idle_add (show_more_cb, self);
  model = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->shown)));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (model));
  self->n_mended = count_mended (G_LIST_MODEL (bad_lines));
  show_n_mended (self);

  return self;
}
