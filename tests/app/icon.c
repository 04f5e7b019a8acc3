/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The icon of the program. There are pictures of it in the sizes in which an empty window
 * shows it, as to draw it takes a large library, and its time, at each start. When the
 * drawing changes, they are to be made again: by `rsvg-convert -w 128 morsel.svg -o
 * morsel-128.png`, and with 256 in the place of 128.
 */

#include <gtk/gtk.h>
#include <stdlib.h>

#define ICONS "/morsel/icons/"
#define SIZE 128

/* Of 255, on average: one version of the library draws its edges a little differently
 * than another. */
#define MOST_DIFFERENCE 1.0

typedef struct
{
  const char *folder;
  int         scale;
} Picture;

static const Picture pictures[] = { { "128x128", 1 }, { "128x128@2", 2 } };

static GdkPixbuf *
load (const char *folder, const char *extension, int size)
{
  g_autofree char *path = g_strdup_printf (ICONS "%s/apps/" MORSEL_APPLICATION_ID "%s",
                                           folder, extension);
  g_autoptr (GError) error = NULL;
  GdkPixbuf *pixbuf = gdk_pixbuf_new_from_resource_at_scale (path, size, size, FALSE,
                                                             &error);

  g_assert_no_error (error);
  g_assert_cmpint (gdk_pixbuf_get_n_channels (pixbuf), ==, 4);

  return pixbuf;
}

/* What can't be seen has any colour. */
static int
difference (const guint8 *one, const guint8 *other)
{
  int sum = abs (one[3] - other[3]);

  for (int i = 0; i < 3; i++)
    sum += abs (one[i] * one[3] - other[i] * other[3]) / 255;

  return sum;
}

static void
test_looks_as_drawn (gconstpointer data)
{
  const Picture *picture = data;
  int            size = SIZE * picture->scale;
  g_autoptr (GdkPixbuf) drawn = load ("scalable", ".svg", size);
  g_autoptr (GdkPixbuf) taken = load (picture->folder, ".png", size);
  guint64 sum = 0;

  for (int y = 0; y < size; y++)
    for (int x = 0; x < size; x++)
      sum += (guint64) difference (
          gdk_pixbuf_read_pixels (drawn) + y * gdk_pixbuf_get_rowstride (drawn) + x * 4,
          gdk_pixbuf_read_pixels (taken) + y * gdk_pixbuf_get_rowstride (taken) + x * 4);

  g_assert_cmpfloat ((double) sum / (size * size * 4), <, MOST_DIFFERENCE);
}

static void
test_is_found (gconstpointer data)
{
  const Picture   *picture = data;
  GtkIconTheme    *theme = gtk_icon_theme_get_for_display (gdk_display_get_default ());
  g_autofree char *name = g_strdup_printf ("/%s/apps/" MORSEL_APPLICATION_ID ".png",
                                           picture->folder);
  g_autoptr (GtkIconPaintable) icon = NULL;
  g_autoptr (GFile) file = NULL;
  g_autofree char *uri = NULL;

  gtk_icon_theme_add_resource_path (theme, ICONS);
  icon = gtk_icon_theme_lookup_icon (theme, MORSEL_APPLICATION_ID, NULL, SIZE,
                                     picture->scale, GTK_TEXT_DIR_LTR, 0);
  file = gtk_icon_paintable_get_file (icon);
  uri = g_file_get_uri (file);

  g_assert_true (g_str_has_suffix (uri, name));
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv);

  for (gsize i = 0; i < G_N_ELEMENTS (pictures); i++)
    {
      g_autofree char *path = g_strdup_printf ("/icon/%s", pictures[i].folder);
      g_autofree char *drawn = g_strconcat (path, "/looks-as-drawn", NULL);
      g_autofree char *found = g_strconcat (path, "/is-found", NULL);

      g_test_add_data_func (drawn, &pictures[i], test_looks_as_drawn);
      g_test_add_data_func (found, &pictures[i], test_is_found);
    }

  return g_test_run ();
}
