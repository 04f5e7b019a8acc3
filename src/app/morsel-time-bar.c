/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-time-bar.h"

/* One step of a waterfall: when it began and when it ended, of the whole. The numbers are
 * for those who point at it, or hear it. */
struct _MorselTimeBar
{
  GtkWidget parent_instance;

  double start; /* from 0 to 1 */
  double end;
  char  *words; /* NULL if the step was not done */
};

G_DEFINE_FINAL_TYPE (MorselTimeBar, morsel_time_bar, GTK_TYPE_WIDGET)

#define HEIGHT 10

/* What took any time is to be seen. */
#define LEAST_WIDTH 2

/* Asked for when it is needed: each time that GTK is given a text, it asks the display
 * where the pointer is, and waits for the answer. */
static gboolean
morsel_time_bar_query_tooltip (GtkWidget  *widget,
                               int         x G_GNUC_UNUSED,
                               int         y G_GNUC_UNUSED,
                               gboolean    by_keyboard G_GNUC_UNUSED,
                               GtkTooltip *tooltip)
{
  MorselTimeBar *self = MORSEL_TIME_BAR (widget);

  gtk_tooltip_set_text (tooltip, self->words);

  return self->words != NULL;
}

static void
morsel_time_bar_measure (GtkWidget     *widget G_GNUC_UNUSED,
                         GtkOrientation orientation,
                         int            for_size G_GNUC_UNUSED,
                         int           *minimum,
                         int           *natural,
                         int           *minimum_baseline G_GNUC_UNUSED,
                         int           *natural_baseline G_GNUC_UNUSED)
{
  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? HEIGHT : 40;
  *natural = *minimum;
}

static void
morsel_time_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MorselTimeBar *self = MORSEL_TIME_BAR (widget);
  int            width = gtk_widget_get_width (widget);
  int            height = gtk_widget_get_height (widget);
  double         left = self->start * width;
  double         length = MAX ((self->end - self->start) * width, LEAST_WIDTH);
  GskRoundedRect shape;
  GdkRGBA        color;

  if (self->end <= self->start)
    return;

  left = MIN (left, width - length);
  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    left = width - left - length;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  gsk_rounded_rect_init_from_rect (
      &shape, &GRAPHENE_RECT_INIT (left, (height - HEIGHT) / 2.0f, length, HEIGHT), 2);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, &color, &shape.bounds);
  gtk_snapshot_pop (snapshot);
}

static void
morsel_time_bar_finalize (GObject *object)
{
  g_free (MORSEL_TIME_BAR (object)->words);

  G_OBJECT_CLASS (morsel_time_bar_parent_class)->finalize (object);
}

static void
morsel_time_bar_class_init (MorselTimeBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = morsel_time_bar_finalize;
  widget_class->measure = morsel_time_bar_measure;
  widget_class->query_tooltip = morsel_time_bar_query_tooltip;
  widget_class->snapshot = morsel_time_bar_snapshot;
  gtk_widget_class_set_css_name (widget_class, "timebar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
morsel_time_bar_init (MorselTimeBar *self)
{
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

/**
 * morsel_time_bar_set_span:
 * @self: a bar
 * @start: when it began, from 0 to 1
 * @end: when it ended, from @start to 1
 * @words: (nullable): the same, in words; %NULL if the step was not done
 */
void
morsel_time_bar_set_span (MorselTimeBar *self,
                          double         start,
                          double         end,
                          const char    *words)
{
  g_return_if_fail (MORSEL_IS_TIME_BAR (self));

  self->start = start;
  self->end = end;
  g_free (self->words);
  self->words = g_strdup (words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  words != NULL ? words : "", -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
