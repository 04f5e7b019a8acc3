/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-frame-plot.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "app/morsel-sleep-source.h"
#include "app/morsel-words.h"

/*
 * Measures the gaps between the frames of its window while something runs, and shows
 * those of the last seconds as bars, the newest at the end.
 *
 * While nothing runs, or nobody can see it, it costs nothing: no frame, and no wake-up.
 */
struct _MorselFramePlot
{
  GtkWidget parent_instance;

  MorselFrameGaps *gaps;
  gint64           described; /* the worst gap that has been told */

  gboolean is_compact;
  gboolean is_running;
  guint    tick_id; /* 0 unless it measures */
  GSource *sleep;
  gint64   last_frame;
  gint64   last_drawn;
};

G_DEFINE_FINAL_TYPE (MorselFramePlot, morsel_frame_plot, GTK_TYPE_WIDGET)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* One frame, of sixty a second, was left out; a person sees that it halts. */
#define LATE (25 * G_TIME_SPAN_MILLISECOND)
#define HALTING (100 * G_TIME_SPAN_MILLISECOND)

/* The loop that sleeps so long, and most of the time, has nothing to do, not even a frame
 * to draw: the window is hidden behind others, say. That is no gap. */
#define LONG_SLEEP (100 * G_TIME_SPAN_MILLISECOND)

/* Where there was none. */
#define NO_GAP_ALPHA 0.25f
#define NO_GAP_ALPHA_HIGH_CONTRAST 0.6f

/* What fills the plot. */
#define HIGHEST (1000 * G_TIME_SPAN_MILLISECOND)

static void
show (MorselFramePlot *self)
{
  gint64 worst = morsel_frame_gaps_get_worst (self->gaps);

  if (worst != self->described)
    {
      g_autofree char *duration = morsel_words_for_duration (worst);
      /* Translators: %s is a duration: the longest time that passed without a frame. */
      g_autofree char *description = g_strdup_printf (_ ("Worst gap: %s"), duration);

      gtk_accessible_update_property (
          GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
      self->described = worst;
    }

  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
stop_measuring (MorselFramePlot *self)
{
  if (self->tick_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick_id);
  self->tick_id = 0;

  if (self->sleep != NULL)
    g_source_destroy (self->sleep);
  g_clear_pointer (&self->sleep, g_source_unref);
}

static gboolean
tick_cb (GtkWidget     *widget,
         GdkFrameClock *frame_clock G_GNUC_UNUSED,
         gpointer       user_data G_GNUC_UNUSED)
{
  MorselFramePlot *self = MORSEL_FRAME_PLOT (widget);
  gint64           now = g_get_monotonic_time ();
  gint64           gap = now - self->last_frame;
  gint64           slept = morsel_sleep_source_take (self->sleep);

  if (slept < LONG_SLEEP || slept < gap / 2)
    morsel_frame_gaps_add (self->gaps, gap);
  self->last_frame = now;

  if (!self->is_running)
    {
      stop_measuring (self);
      show (self);
      return G_SOURCE_CONTINUE;
    }

  if (now - self->last_drawn >= MORSEL_FRAME_GAPS_SLOT)
    {
      self->last_drawn = now;
      show (self);
    }

  return G_SOURCE_CONTINUE;
}

static void
start_measuring (MorselFramePlot *self)
{
  if (self->tick_id != 0 || !self->is_running ||
      !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;

  self->last_frame = g_get_monotonic_time ();
  self->sleep = morsel_sleep_source_new ();
  g_source_attach (self->sleep, NULL);
  self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
}

static void
morsel_frame_plot_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (morsel_frame_plot_parent_class)->map (widget);

  start_measuring (MORSEL_FRAME_PLOT (widget));
}

static void
morsel_frame_plot_unmap (GtkWidget *widget)
{
  stop_measuring (MORSEL_FRAME_PLOT (widget));

  GTK_WIDGET_CLASS (morsel_frame_plot_parent_class)->unmap (widget);
}

static void
morsel_frame_plot_measure (GtkWidget     *widget,
                           GtkOrientation orientation,
                           int            for_size G_GNUC_UNUSED,
                           int           *minimum,
                           int           *natural,
                           int           *minimum_baseline G_GNUC_UNUSED,
                           int           *natural_baseline G_GNUC_UNUSED)
{
  MorselFramePlot *self = MORSEL_FRAME_PLOT (widget);

  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? 16 : MORSEL_FRAME_GAPS_N_SLOTS;
  *natural = orientation == GTK_ORIENTATION_VERTICAL || self->is_compact
                 ? *minimum
                 : 3 * MORSEL_FRAME_GAPS_N_SLOTS;
}

/* From 0 to 1. A frame in time is to be seen, and so is the difference between a tenth of
 * a second and a second. */
static double
height_of (gint64 gap)
{
  const double unit = 8.0 * G_TIME_SPAN_MILLISECOND;

  return MIN (1.0, log1p (gap / unit) / log1p (HIGHEST / unit));
}

static gboolean
has_high_contrast (void)
{
  return adw_style_manager_get_high_contrast (adw_style_manager_get_default ());
}

static GdkRGBA
color_of (GtkWidget *widget, gint64 gap)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  GdkRGBA          color;

  gtk_style_context_get_color (context, &color);
  if (gap == 0)
    color.alpha *= has_high_contrast () ? NO_GAP_ALPHA_HIGH_CONTRAST : NO_GAP_ALPHA;
  else if (gap > HALTING)
    gtk_style_context_lookup_color (context, "error_color", &color);
  else if (gap > LATE)
    gtk_style_context_lookup_color (context, "warning_color", &color);

  return color;
}

static void
morsel_frame_plot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MorselFramePlot *self = MORSEL_FRAME_PLOT (widget);
  gboolean         is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int              height = gtk_widget_get_height (widget);
  double pitch = (double) gtk_widget_get_width (widget) / MORSEL_FRAME_GAPS_N_SLOTS;

  for (guint i = 0; i < MORSEL_FRAME_GAPS_N_SLOTS; i++)
    {
      guint   age = is_rtl ? i : MORSEL_FRAME_GAPS_N_SLOTS - 1 - i;
      gint64  gap = morsel_frame_gaps_get_slot (self->gaps, age);
      GdkRGBA color = color_of (widget, gap);
      /* On whole pixels, so that each bar is sharp. */
      int left = (int) (i * pitch);
      int width = MAX (1, (int) ((i + 1) * pitch) - left - 1);
      int bar = MAX (1, (int) (height_of (gap) * height + 0.5));

      gtk_snapshot_append_color (snapshot, &color,
                                 &GRAPHENE_RECT_INIT (left, height - bar, width, bar));
    }
}

static void
morsel_frame_plot_finalize (GObject *object)
{
  MorselFramePlot *self = MORSEL_FRAME_PLOT (object);

  g_clear_pointer (&self->gaps, morsel_frame_gaps_free);

  G_OBJECT_CLASS (morsel_frame_plot_parent_class)->finalize (object);
}

static void
morsel_frame_plot_class_init (MorselFramePlotClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = morsel_frame_plot_finalize;
  widget_class->map = morsel_frame_plot_map;
  widget_class->unmap = morsel_frame_plot_unmap;
  widget_class->measure = morsel_frame_plot_measure;
  widget_class->snapshot = morsel_frame_plot_snapshot;

  gtk_widget_class_set_css_name (widget_class, "frameplot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);

  /* There are new gaps: ten times a second, at most, and when the measuring ends. */
  signals[CHANGED] = g_signal_new ("changed", MORSEL_TYPE_FRAME_PLOT, G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
morsel_frame_plot_init (MorselFramePlot *self)
{
  self->gaps = morsel_frame_gaps_new ();
  g_signal_connect_object (adw_style_manager_get_default (), "notify::high-contrast",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Gaps Between Frames"), -1);
}

/**
 * morsel_frame_plot_set_is_running:
 * @self: a plot
 * @is_running: whether something runs that could hold up the window
 *
 * Measures while something runs. The last gap is over with the next frame.
 */
void
morsel_frame_plot_set_is_running (MorselFramePlot *self, gboolean is_running)
{
  g_return_if_fail (MORSEL_IS_FRAME_PLOT (self));

  self->is_running = is_running;
  start_measuring (self);
}

/**
 * morsel_frame_plot_set_compact:
 * @self: a plot
 * @is_compact: whether it is to be no wider than it must
 */
void
morsel_frame_plot_set_compact (MorselFramePlot *self, gboolean is_compact)
{
  g_return_if_fail (MORSEL_IS_FRAME_PLOT (self));

  self->is_compact = is_compact;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * morsel_frame_plot_reset:
 * @self: a plot
 *
 * Forgets what was measured.
 */
void
morsel_frame_plot_reset (MorselFramePlot *self)
{
  g_return_if_fail (MORSEL_IS_FRAME_PLOT (self));

  morsel_frame_gaps_reset (self->gaps);
  self->last_frame = g_get_monotonic_time ();
  show (self);
}

/**
 * morsel_frame_plot_get_gaps:
 * @self: a plot
 *
 * Returns: (transfer none): what was measured
 */
MorselFrameGaps *
morsel_frame_plot_get_gaps (MorselFramePlot *self)
{
  g_return_val_if_fail (MORSEL_IS_FRAME_PLOT (self), NULL);

  return self->gaps;
}
