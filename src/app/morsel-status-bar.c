/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-status-bar.h"

#include <glib/gi18n.h>

#include "app/morsel-frame-meter.h"
#include "app/morsel-words-for-batch.h"

/*
 * The line at the bottom of the window: how far the fetches are, and the proof that they
 * don't hold it up.
 */
struct _MorselStatusBar
{
  AdwBin parent_instance;

  GtkLabel         *label;
  MorselFrameMeter *meter;

  gboolean is_narrow;
};

G_DEFINE_FINAL_TYPE (MorselStatusBar, morsel_status_bar, ADW_TYPE_BIN)

static void
morsel_status_bar_class_init (MorselStatusBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (MORSEL_TYPE_FRAME_METER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               MORSEL_RESOURCES "morsel-status-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, MorselStatusBar, label);
  gtk_widget_class_bind_template_child (widget_class, MorselStatusBar, meter);
}

static void
morsel_status_bar_init (MorselStatusBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Those that have come back from last time belong to no batch. */
static char *
words_for_list (MorselStatusBar *self, MorselFetchList *list)
{
  const MorselBatch *batch = morsel_fetch_list_get_batch (list);
  guint              n_fetches = g_list_model_get_n_items (G_LIST_MODEL (list));

  if (batch->n_fetches > 0)
    return morsel_words_for_batch (batch, self->is_narrow);

  /* Translators: how many there are in the list. */
  return g_strdup_printf (ngettext ("%'u fetch", "%'u fetches", n_fetches), n_fetches);
}

/**
 * morsel_status_bar_set_narrow:
 * @self: a status bar
 * @is_narrow: whether there is little room
 */
void
morsel_status_bar_set_narrow (MorselStatusBar *self, gboolean is_narrow)
{
  g_return_if_fail (MORSEL_IS_STATUS_BAR (self));

  self->is_narrow = is_narrow;
  morsel_frame_meter_set_compact (self->meter, is_narrow);
}

/**
 * morsel_status_bar_set_shows_meter:
 * @self: a status bar
 * @shows_meter: whether it shows the gaps between frames
 *
 * What is not shown is not measured either.
 */
void
morsel_status_bar_set_shows_meter (MorselStatusBar *self, gboolean shows_meter)
{
  g_return_if_fail (MORSEL_IS_STATUS_BAR (self));

  gtk_widget_set_visible (GTK_WIDGET (self->meter), shows_meter);
}

/**
 * morsel_status_bar_show:
 * @self: a status bar
 * @list: fetches
 *
 * Shows how far they are.
 */
void
morsel_status_bar_show (MorselStatusBar *self, MorselFetchList *list)
{
  g_autofree char *text = NULL;

  g_return_if_fail (MORSEL_IS_STATUS_BAR (self));

  text = words_for_list (self, list);
  gtk_label_set_label (self->label, text);
  morsel_frame_meter_set_is_running (
      self->meter, morsel_batch_is_running (morsel_fetch_list_get_batch (list)));
}
