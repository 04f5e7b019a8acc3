/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-single-stop.h"

/*
 * What is in here is one stop on the way of the Tab key.
 *
 * The list views of GTK up to 4.10 make each row a stop: ten thousand rows are ten
 * thousand stops on the way to what comes after the list. Within a list one moves with
 * the arrow keys. (From 4.12 on, GtkListView has a property for this.)
 */
struct _MorselSingleStop
{
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (MorselSingleStop, morsel_single_stop, ADW_TYPE_BIN)

static gboolean
morsel_single_stop_focus (GtkWidget *widget, GtkDirectionType direction)
{
  gboolean is_tab = direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_TAB_BACKWARD;

  if (is_tab && gtk_widget_get_focus_child (widget) != NULL)
    return FALSE;

  return GTK_WIDGET_CLASS (morsel_single_stop_parent_class)->focus (widget, direction);
}

static void
morsel_single_stop_class_init (MorselSingleStopClass *klass)
{
  GTK_WIDGET_CLASS (klass)->focus = morsel_single_stop_focus;
}

static void
morsel_single_stop_init (MorselSingleStop *self G_GNUC_UNUSED)
{
}
