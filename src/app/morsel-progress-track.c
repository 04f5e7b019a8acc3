/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-progress-track.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/*
 * A thin progress bar that only moves when something has happened.
 *
 * GtkProgressBar draws each frame as long as it pulses, whether or not anything arrives:
 * a stalled fetch would look busy, and cost as much. Here a pulse is one step; nothing is
 * drawn between two, and the block stands still when the fetch does, or where nothing
 * shall move that need not.
 *
 * GTK 4.8 tells screen readers no values. So the name of the bar has the percentage.
 */
struct _MorselProgressTrack
{
  GtkWidget parent_instance;

  GtkWidget *bar;
  char      *label;
  double     fraction; /* negative while pulsing */
  double     position; /* of the block, from 0 to 1 */
  gboolean   goes_back;

  int   told_percent; /* negative for none */
  guint tell_id;      /* 0 unless something was told within the last second */
};

G_DEFINE_FINAL_TYPE (MorselProgressTrack, morsel_progress_track, GTK_TYPE_WIDGET)

enum
{
  PROP_LABEL = 1,
};

#define BLOCK_SIZE 0.25
#define PULSE_STEP 0.02
#define MIDDLE 0.5

/* Whoever listens has no use for more. */
#define TELLING_INTERVAL_SECONDS 1

static void
move_block (MorselProgressTrack *self)
{
  if (!adw_get_enable_animations (GTK_WIDGET (self)))
    {
      self->position = MIDDLE;
      return;
    }

  self->position += self->goes_back ? -PULSE_STEP : PULSE_STEP;
  if (self->position >= 1 || self->position <= 0)
    {
      self->position = CLAMP (self->position, 0, 1);
      self->goes_back = self->position >= 1;
    }
}

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

static int
get_percent (MorselProgressTrack *self)
{
  return self->fraction >= 0 ? (int) (self->fraction * 100) : -1;
}

static void
tell_now (MorselProgressTrack *self)
{
  int              percent = get_percent (self);
  g_autofree char *name = NULL;

  if (percent >= 0)
    /* Translators: for screen readers: %s is the name of a progress bar, and %d a
     * percentage, as in “Progress, 42%”. */
    name = g_strdup_printf (_ ("%s, %d%%"), self->label, percent);
  else
    name = g_strdup (self->label);

  self->told_percent = percent;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  name, -1);
}

static gboolean
tell_cb (gpointer user_data)
{
  MorselProgressTrack *self = user_data;

  if (get_percent (self) != self->told_percent)
    {
      tell_now (self);
      return G_SOURCE_CONTINUE;
    }

  self->tell_id = 0;

  return G_SOURCE_REMOVE;
}

static void
tell (MorselProgressTrack *self)
{
  if (self->tell_id != 0 || get_percent (self) == self->told_percent)
    return;

  tell_now (self);
  self->tell_id = g_timeout_add_seconds (TELLING_INTERVAL_SECONDS, tell_cb, self);
}

static void
morsel_progress_track_set_property (GObject      *object,
                                    guint         property_id,
                                    const GValue *value,
                                    GParamSpec   *pspec)
{
  MorselProgressTrack *self = MORSEL_PROGRESS_TRACK (object);

  switch (property_id)
    {
    case PROP_LABEL:
      self->label = g_value_dup_string (value);
      tell_now (self);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
morsel_progress_track_dispose (GObject *object)
{
  MorselProgressTrack *self = MORSEL_PROGRESS_TRACK (object);

  g_clear_handle_id (&self->tell_id, g_source_remove);
  g_clear_pointer (&self->bar, gtk_widget_unparent);

  G_OBJECT_CLASS (morsel_progress_track_parent_class)->dispose (object);
}

static void
morsel_progress_track_finalize (GObject *object)
{
  MorselProgressTrack *self = MORSEL_PROGRESS_TRACK (object);

  g_clear_pointer (&self->label, g_free);

  G_OBJECT_CLASS (morsel_progress_track_parent_class)->finalize (object);
}

static void
morsel_progress_track_class_init (MorselProgressTrackClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = morsel_progress_track_set_property;
  object_class->dispose = morsel_progress_track_dispose;
  object_class->finalize = morsel_progress_track_finalize;
  widget_class->measure = morsel_progress_track_measure;
  widget_class->size_allocate = morsel_progress_track_size_allocate;

  /* What is in progress: for screen readers. */
  g_object_class_install_property (object_class, PROP_LABEL,
                                   g_param_spec_string ("label", NULL, NULL, "",
                                                        G_PARAM_WRITABLE |
                                                            G_PARAM_CONSTRUCT_ONLY |
                                                            G_PARAM_STATIC_STRINGS));

  gtk_widget_class_set_css_name (widget_class, "progresstrack");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PROGRESS_BAR);
}

static void
morsel_progress_track_init (MorselProgressTrack *self)
{
  self->fraction = -1;
  self->told_percent = -1;
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
  tell (self);
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
      tell (self);
    }

  move_block (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}
