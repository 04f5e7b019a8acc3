/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-progress-track.h"

/*
 * A thin progress bar that only moves when something has happened.
 *
 * GtkProgressBar draws each frame as long as it pulses, whether or not anything arrives:
 * a stalled fetch would look busy, and cost as much. Here a pulse is one step; nothing is
 * drawn between two, and the block stands still when the fetch does.
 */
struct _MorselProgressTrack
{
  GtkWidget parent_instance;

  GtkWidget *bar;
  double     fraction; /* negative while pulsing */
  double     position; /* of the block, from 0 to 1 */
  gboolean   goes_back;
};

G_DEFINE_FINAL_TYPE (MorselProgressTrack, morsel_progress_track, GTK_TYPE_WIDGET)

#define BLOCK_SIZE 0.25
#define PULSE_STEP 0.02

static void
morsel_progress_track_measure (GtkWidget     *widget,
                               GtkOrientation orientation,
                               int            for_size,
                               int           *minimum,
                               int           *natural,
                               int           *minimum_baseline G_GNUC_UNUSED,
                               int           *natural_baseline G_GNUC_UNUSED)
{
  MorselProgressTrack *self = MORSEL_PROGRESS_TRACK (widget);

  gtk_widget_measure (self->bar, orientation, for_size, minimum, natural, NULL, NULL);
}

static void
morsel_progress_track_size_allocate (GtkWidget *widget,
                                     int        width,
                                     int        height,
                                     int        baseline)
{
  MorselProgressTrack *self = MORSEL_PROGRESS_TRACK (widget);
  double               size = self->fraction >= 0 ? self->fraction : BLOCK_SIZE;
  double        start = self->fraction >= 0 ? 0 : self->position * (1 - BLOCK_SIZE);
  GtkAllocation allocation = {
    .x = (int) (start * width + 0.5),
    .width = (int) (size * width + 0.5),
    .height = height,
  };

  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    allocation.x = width - allocation.x - allocation.width;

  gtk_widget_set_child_visible (self->bar, allocation.width > 0);
  gtk_widget_size_allocate (self->bar, &allocation, baseline);
}

static void
morsel_progress_track_dispose (GObject *object)
{
  MorselProgressTrack *self = MORSEL_PROGRESS_TRACK (object);

  g_clear_pointer (&self->bar, gtk_widget_unparent);

  G_OBJECT_CLASS (morsel_progress_track_parent_class)->dispose (object);
}

static void
morsel_progress_track_class_init (MorselProgressTrackClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = morsel_progress_track_dispose;
  widget_class->measure = morsel_progress_track_measure;
  widget_class->size_allocate = morsel_progress_track_size_allocate;

  gtk_widget_class_set_css_name (widget_class, "progresstrack");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PROGRESS_BAR);
}

static void
morsel_progress_track_init (MorselProgressTrack *self)
{
  self->fraction = -1;
  self->bar = g_object_new (GTK_TYPE_BOX, "css-name", "bar", NULL);
  gtk_widget_set_parent (self->bar, GTK_WIDGET (self));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, 1.0, -1);
}

/**
 * morsel_progress_track_set_fraction:
 * @self: a progress track
 * @fraction: how much is done, from 0 to 1
 *
 * Shows how much is done.
 */
void
morsel_progress_track_set_fraction (MorselProgressTrack *self, double fraction)
{
  g_return_if_fail (MORSEL_IS_PROGRESS_TRACK (self));

  fraction = CLAMP (fraction, 0.0, 1.0);
  if (fraction == self->fraction)
    return;

  self->fraction = fraction;
  self->position = 0;
  self->goes_back = FALSE;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, fraction, -1);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/**
 * morsel_progress_track_pulse:
 * @self: a progress track
 *
 * Shows that something has happened, while nobody knows how much is left: a block takes a
 * step, to and fro.
 */
void
morsel_progress_track_pulse (MorselProgressTrack *self)
{
  g_return_if_fail (MORSEL_IS_PROGRESS_TRACK (self));

  if (self->fraction >= 0)
    {
      self->fraction = -1;
      gtk_accessible_reset_property (GTK_ACCESSIBLE (self),
                                     GTK_ACCESSIBLE_PROPERTY_VALUE_NOW);
    }

  self->position += self->goes_back ? -PULSE_STEP : PULSE_STEP;
  if (self->position >= 1 || self->position <= 0)
    {
      self->position = CLAMP (self->position, 0, 1);
      self->goes_back = self->position >= 1;
    }
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}
