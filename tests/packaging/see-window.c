/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * see-window PICTURE.png: waits until there is something to see on the display, and takes
 * a picture of it.
 */

#include <X11/Xlib.h>
#include <cairo-xlib.h>
#include <glib.h>
#include <stdlib.h>

#define PATIENCE (60 * G_TIME_SPAN_SECOND)

/* Letters and icons with smooth edges have more; a window that draws nothing has few. */
#define LEAST_COLORS 64

static cairo_surface_t *
take_picture (Display *display)
{
  int              screen = DefaultScreen (display);
  int              width = DisplayWidth (display, screen);
  int              height = DisplayHeight (display, screen);
  cairo_surface_t *root = cairo_xlib_surface_create (
      display, RootWindow (display, screen), DefaultVisual (display, screen), width,
      height);
  cairo_surface_t *picture = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width,
                                                         height);
  cairo_t         *cairo = cairo_create (picture);

  cairo_set_source_surface (cairo, root, 0, 0);
  cairo_paint (cairo);
  cairo_destroy (cairo);
  cairo_surface_destroy (root);

  return picture;
}

static guint
count_colors (cairo_surface_t *picture)
{
  g_autoptr (GHashTable) colors = g_hash_table_new (NULL, NULL);

  for (int y = 0; y < cairo_image_surface_get_height (picture); y++)
    {
      const guint32 *row = (gconstpointer) (cairo_image_surface_get_data (picture) +
                                            y * cairo_image_surface_get_stride (picture));

      for (int x = 0; x < cairo_image_surface_get_width (picture); x++)
        g_hash_table_add (colors, GUINT_TO_POINTER (row[x]));
    }

  return g_hash_table_size (colors);
}

int
main (int argc, char *argv[])
{
  const gint64     deadline = g_get_monotonic_time () + PATIENCE;
  Display         *display = XOpenDisplay (NULL);
  cairo_surface_t *picture;

  g_assert_cmpint (argc, ==, 2);
  g_assert_nonnull (display);

  picture = take_picture (display);
  while (count_colors (picture) < LEAST_COLORS)
    {
      if (g_get_monotonic_time () > deadline)
        {
          g_printerr ("There is no window to be seen.\n");
          return EXIT_FAILURE;
        }
      g_usleep (G_USEC_PER_SEC / 5);
      cairo_surface_destroy (picture);
      picture = take_picture (display);
    }

  /* For who looks at it: something has been fetched by then. */
  g_usleep (2 * G_USEC_PER_SEC);
  cairo_surface_destroy (picture);
  picture = take_picture (display);
  g_assert_cmpint (cairo_surface_write_to_png (picture, argv[1]), ==,
                   CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (picture);
  XCloseDisplay (display);

  return EXIT_SUCCESS;
}
