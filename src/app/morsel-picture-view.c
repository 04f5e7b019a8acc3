/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-picture-view.h"

#include <glib/gi18n.h>

/*
 * A picture, as wide as there is room, and never larger than it is. A plain GtkPicture
 * that can shrink does so to nothing where the page scrolls: this one has the height that
 * belongs to its width.
 */
struct _MorselPictureView
{
  GtkWidget parent_instance;

  GtkPicture *picture;
  int         width; /* of what is shown */
  int         height;
};

G_DEFINE_FINAL_TYPE (MorselPictureView, morsel_picture_view, GTK_TYPE_WIDGET)

/* A picture that is very high is not to push everything else off the page. */
#define MAX_HEIGHT 560

/* A picture of a few pixels is to be seen, too. */
#define MIN_HEIGHT 96

static double
scale_for_width (MorselPictureView *self, int width)
{
  double scale = MIN (1.0, (double) MAX_HEIGHT / self->height);

  return width >= 0 ? MIN (scale, (double) width / self->width) : scale;
}

static int
scale_length (int length, double scale)
{
  return MAX (1, (int) (length * scale + 0.5));
}

static GtkSizeRequestMode
morsel_picture_view_get_request_mode (GtkWidget *widget G_GNUC_UNUSED)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
morsel_picture_view_measure (GtkWidget     *widget,
                             GtkOrientation orientation,
                             int            for_size,
                             int           *minimum,
                             int           *natural,
                             int           *minimum_baseline G_GNUC_UNUSED,
                             int           *natural_baseline G_GNUC_UNUSED)
{
  MorselPictureView *self = MORSEL_PICTURE_VIEW (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 1;
      *natural = scale_length (self->width, scale_for_width (self, -1));
    }
  else
    *minimum = *natural = MAX (
        MIN_HEIGHT, scale_length (self->height, scale_for_width (self, for_size)));
}

static void
morsel_picture_view_size_allocate (GtkWidget *widget,
                                   int        width,
                                   int        height,
                                   int        baseline G_GNUC_UNUSED)
{
  MorselPictureView *self = MORSEL_PICTURE_VIEW (widget);
  double             scale = scale_for_width (self, width);
  int                picture_width = scale_length (self->width, scale);
  int                picture_height = scale_length (self->height, scale);

  gtk_widget_size_allocate (GTK_WIDGET (self->picture),
                            &(GtkAllocation){ (width - picture_width) / 2,
                                              (height - picture_height) / 2,
                                              picture_width, picture_height },
                            -1);
}

static void
morsel_picture_view_dispose (GObject *object)
{
  MorselPictureView *self = MORSEL_PICTURE_VIEW (object);

  if (self->picture != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->picture));
  self->picture = NULL;

  G_OBJECT_CLASS (morsel_picture_view_parent_class)->dispose (object);
}

static void
morsel_picture_view_class_init (MorselPictureViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = morsel_picture_view_dispose;
  widget_class->get_request_mode = morsel_picture_view_get_request_mode;
  widget_class->measure = morsel_picture_view_measure;
  widget_class->size_allocate = morsel_picture_view_size_allocate;

  gtk_widget_class_set_css_name (widget_class, "pictureview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
morsel_picture_view_init (MorselPictureView *self)
{
  self->width = 1;
  self->height = 1;
  self->picture = GTK_PICTURE (gtk_picture_new ());
  gtk_widget_set_parent (GTK_WIDGET (self->picture), GTK_WIDGET (self));
}

/**
 * morsel_picture_view_set_picture:
 * @self: a view
 * @picture: what to show
 * @host: whom it is from
 */
void
morsel_picture_view_set_picture (MorselPictureView   *self,
                                 const MorselPicture *picture,
                                 const char          *host)
{
  g_autofree char *text = NULL;

  g_return_if_fail (MORSEL_IS_PICTURE_VIEW (self));

  /* Translators: a host follows, and the width and the height of a picture in pixels. */
  text = g_strdup_printf (_ ("Picture from %s, %d × %d"), host, picture->width,
                          picture->height);
  self->width = gdk_texture_get_width (picture->texture);
  self->height = gdk_texture_get_height (picture->texture);
  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (picture->texture));
  gtk_picture_set_alternative_text (self->picture, text);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * morsel_picture_view_clear:
 * @self: a view
 *
 * Shows nothing, and keeps no picture in memory.
 */
void
morsel_picture_view_clear (MorselPictureView *self)
{
  g_return_if_fail (MORSEL_IS_PICTURE_VIEW (self));

  gtk_picture_set_paintable (self->picture, NULL);
}
