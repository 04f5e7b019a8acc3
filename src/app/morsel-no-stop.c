/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-no-stop.h"

/*
 * What is in here is no stop on the way of the Tab key.
 *
 * A label that can be selected is one, and where there are many of them, the way to what
 * one can do is long. The pointer and the arrow keys get there all the same.
 */
struct _MorselNoStop
{
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (MorselNoStop, morsel_no_stop, ADW_TYPE_BIN)

static gboolean
morsel_no_stop_focus (GtkWidget *widget, GtkDirectionType direction)
{
  if (direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_TAB_BACKWARD)
    return FALSE;

  return GTK_WIDGET_CLASS (morsel_no_stop_parent_class)->focus (widget, direction);
}

static void
morsel_no_stop_class_init (MorselNoStopClass *klass)
{
  GTK_WIDGET_CLASS (klass)->focus = morsel_no_stop_focus;
}

static void
morsel_no_stop_init (MorselNoStop *self G_GNUC_UNUSED)
{
}
