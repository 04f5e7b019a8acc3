/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-frame-meter.h"

#include <glib/gi18n.h>

#include "app/morsel-frame-plot.h"
#include "app/morsel-words.h"

/*
 * Shows, for the status bar, that the window is never held up: the gaps between its
 * frames while something runs, and the worst of them. A click begins anew.
 */
struct _MorselFrameMeter
{
  GtkButton parent_instance;

  MorselFramePlot *plot;
  GtkLabel        *label;
  gint64           shown; /* the worst gap that is in the label; negative for none */
};

G_DEFINE_FINAL_TYPE (MorselFrameMeter, morsel_frame_meter, GTK_TYPE_BUTTON)

static void
show_worst (MorselFrameMeter *self)
{
  gint64 worst = morsel_frame_gaps_get_worst (morsel_frame_plot_get_gaps (self->plot));
  g_autofree char *duration = NULL;
  g_autofree char *text = NULL;

  if (worst == self->shown)
    return;

  self->shown = worst;
  duration = worst > 0 ? morsel_words_for_duration (worst) : g_strdup ("–");
  /* Translators: %s is a duration: the longest time that passed without a frame. */
  text = g_strdup_printf (_ ("Worst %s"), duration);
  gtk_label_set_label (self->label, text);
}

static gboolean
query_tooltip_cb (MorselFrameMeter *self,
                  int               x G_GNUC_UNUSED,
                  int               y G_GNUC_UNUSED,
                  gboolean          keyboard G_GNUC_UNUSED,
                  GtkTooltip       *tooltip)
{
  MorselFrameGaps *gaps = morsel_frame_plot_get_gaps (self->plot);
  GString *text = g_string_new (_ ("How long this window went without a new frame "
                                   "while fetches ran. It never waits for the "
                                   "network."));

  if (morsel_frame_gaps_get_n_gaps (gaps) > 0)
    {
      g_autofree char *most = morsel_words_for_duration (
          morsel_frame_gaps_get_percentile (gaps, 99));
      g_autofree char *worst = morsel_words_for_duration (
          morsel_frame_gaps_get_worst (gaps));

      g_string_append_c (text, '\n');
      g_string_append_printf (
          text,
          /* Translators: both %s are durations. */
          _ ("99 of 100 frames came within %s, and the slowest within %s. Click to "
             "measure anew."),
          most, worst);
    }

  gtk_tooltip_set_text (tooltip, text->str);
  g_string_free (text, TRUE);

  return TRUE;
}

static void
morsel_frame_meter_clicked (GtkButton *button)
{
  morsel_frame_meter_reset (MORSEL_FRAME_METER (button));
}

static void
morsel_frame_meter_class_init (MorselFrameMeterClass *klass)
{
  GTK_BUTTON_CLASS (klass)->clicked = morsel_frame_meter_clicked;

  g_type_ensure (MORSEL_TYPE_FRAME_PLOT);
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass),
                                               MORSEL_RESOURCES "morsel-frame-meter.ui");
  gtk_widget_class_bind_template_child (GTK_WIDGET_CLASS (klass), MorselFrameMeter, plot);
  gtk_widget_class_bind_template_child (GTK_WIDGET_CLASS (klass), MorselFrameMeter,
                                        label);
  gtk_widget_class_bind_template_callback (GTK_WIDGET_CLASS (klass), show_worst);
  gtk_widget_class_bind_template_callback (GTK_WIDGET_CLASS (klass), query_tooltip_cb);
}

static void
morsel_frame_meter_init (MorselFrameMeter *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->shown = -1;
  show_worst (self);
}

/**
 * morsel_frame_meter_set_is_running:
 * @self: a meter
 * @is_running: whether something runs that could hold up the window
 *
 * Measures while something runs, and costs nothing while nothing does.
 */
void
morsel_frame_meter_set_is_running (MorselFrameMeter *self, gboolean is_running)
{
  g_return_if_fail (MORSEL_IS_FRAME_METER (self));

  morsel_frame_plot_set_is_running (self->plot, is_running);
}

/**
 * morsel_frame_meter_set_compact:
 * @self: a meter
 * @is_compact: whether there is little room
 *
 * Without room, the worst gap is said in the tooltip only, and the bars stand close.
 */
void
morsel_frame_meter_set_compact (MorselFrameMeter *self, gboolean is_compact)
{
  g_return_if_fail (MORSEL_IS_FRAME_METER (self));

  gtk_widget_set_visible (GTK_WIDGET (self->label), !is_compact);
  morsel_frame_plot_set_compact (self->plot, is_compact);
}

/**
 * morsel_frame_meter_reset:
 * @self: a meter
 *
 * Forgets what was measured.
 */
void
morsel_frame_meter_reset (MorselFrameMeter *self)
{
  g_return_if_fail (MORSEL_IS_FRAME_METER (self));

  morsel_frame_plot_reset (self->plot);
}
