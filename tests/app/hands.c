/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hands.h"

#include <gdk/x11/gdkx.h>

#include "../backgroundcall/gate.h"

static void
waited_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

/* Runs a program to its end, while the window lives on. */
void
hands_run (const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess)
      process = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_NONE, &error);
  gboolean is_over = FALSE;

  g_assert_no_error (error);
  g_subprocess_wait_async (process, NULL, waited_cb, &is_over);
  iterate_until (is_over);
  g_assert_true (g_subprocess_get_if_exited (process));
}

void
hands_focus (GtkWindow *window)
{
  GdkSurface      *surface = gtk_native_get_surface (GTK_NATIVE (window));
  g_autofree char *id = g_strdup_printf ("%lu", gdk_x11_surface_get_xid (surface));
  const char      *arguments[] = { "xdotool",     "windowmove", id, "0", "0",
                                   "windowfocus", "--sync",     id, NULL };

  hands_run (arguments);
  iterate_until (gtk_window_is_active (window));
  /* GTK forgets a size that is set after a window is mapped and before it is laid out. */
  iterate_until (gtk_widget_get_width (GTK_WIDGET (window)) > 0);
}

void
hands_press (const char *keys)
{
  const char *arguments[] = { "xdotool", "key", "--clearmodifiers", keys, NULL };

  hands_run (arguments);
}

void
hands_type (const char *text)
{
  const char *arguments[] = { "xdotool", "type", "--delay", "2", "--", text, NULL };

  hands_run (arguments);
}

/* Where a widget is, as often as there is a frame. */
typedef struct
{
  graphene_point_t position;
  int              n_frames; /* for which it has been there */
} Stillness;

static gboolean
look_cb (GtkWidget *widget, GdkFrameClock *clock G_GNUC_UNUSED, gpointer user_data)
{
  Stillness       *stillness = user_data;
  GtkWidget       *native = GTK_WIDGET (gtk_widget_get_native (widget));
  graphene_point_t middle = GRAPHENE_POINT_INIT (gtk_widget_get_width (widget) / 2.0f,
                                                 gtk_widget_get_height (widget) / 2.0f);
  graphene_point_t position;

  g_assert_true (gtk_widget_compute_point (widget, native, &middle, &position));
  if (graphene_point_near (&position, &stillness->position, 0.5f))
    stillness->n_frames++;
  else
    *stillness = (Stillness){ .position = position };

  return G_SOURCE_CONTINUE;
}

/* Nobody clicks on what is still moving. */
static graphene_point_t
wait_until_still (GtkWidget *widget)
{
  Stillness stillness = { .position = GRAPHENE_POINT_INIT (-1, -1) };
  guint     id = gtk_widget_add_tick_callback (widget, look_cb, &stillness, NULL);

  iterate_until (stillness.n_frames >= 5);
  gtk_widget_remove_tick_callback (widget, id);

  return stillness.position;
}

/* Nor on what is behind something else, or beyond the edge of its window. */
static gboolean
can_be_pointed_at (GtkWidget *widget)
{
  GtkWidget       *native = GTK_WIDGET (gtk_widget_get_native (widget));
  graphene_point_t middle = GRAPHENE_POINT_INIT (gtk_widget_get_width (widget) / 2.0f,
                                                 gtk_widget_get_height (widget) / 2.0f);
  GtkWidget       *there;

  g_assert_true (gtk_widget_compute_point (widget, native, &middle, &middle));
  there = gtk_widget_pick (native, middle.x, middle.y, GTK_PICK_INSENSITIVE);

  return there != NULL && (there == widget || gtk_widget_is_ancestor (there, widget));
}

/* Points at a widget, and clicks on it, unless @button is NULL. */
static void
point_and_click (GtkWidget *widget, const char *button)
{
  GtkNative       *native = gtk_widget_get_native (widget);
  GdkSurface      *surface = gtk_native_get_surface (native);
  graphene_point_t position = wait_until_still (widget);
  double           x, y;

  iterate_until (can_be_pointed_at (widget));
  gtk_native_get_surface_transform (native, &x, &y);
  for (; GDK_IS_POPUP (surface); surface = gdk_popup_get_parent (GDK_POPUP (surface)))
    {
      x += gdk_popup_get_position_x (GDK_POPUP (surface));
      y += gdk_popup_get_position_y (GDK_POPUP (surface));
    }
  {
    g_autofree char *x_text = g_strdup_printf ("%d", (int) (position.x + x));
    g_autofree char *y_text = g_strdup_printf ("%d", (int) (position.y + y));
    const char      *arguments[] = { "xdotool", "mousemove", x_text, y_text,
                                     "click",   button,      NULL };

    if (button == NULL)
      arguments[4] = NULL;
    hands_run (arguments);
  }
}

void
hands_point_at (GtkWidget *widget)
{
  point_and_click (widget, NULL);
}

void
hands_click (GtkWidget *widget)
{
  point_and_click (widget, "1");
}

void
hands_right_click (GtkWidget *widget)
{
  point_and_click (widget, "3");
}

gboolean
eyes_can_see (GtkWidget *widget)
{
  return gtk_widget_get_mapped (widget);
}

/* Returns the window of a type that is shown, or NULL. */
gpointer
eyes_find_window (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (G_TYPE_CHECK_INSTANCE_TYPE (window, type) && gtk_widget_get_mapped (window))
        return window;
    }

  return NULL;
}

GtkWidget *
eyes_find (GtkWidget *root, EyesFunc func, gconstpointer data)
{
  if (!eyes_can_see (root))
    return NULL;
  if (func (root, data))
    return root;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = eyes_find (child, func, data);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static gboolean
is_of_type (GtkWidget *widget, gconstpointer data)
{
  return G_TYPE_CHECK_INSTANCE_TYPE (widget, GPOINTER_TO_SIZE (data));
}

GtkWidget *
eyes_find_type (GtkWidget *root, GType type)
{
  return eyes_find (root, is_of_type, GSIZE_TO_POINTER (type));
}

static gboolean
is_label_that_starts_with (GtkWidget *widget, gconstpointer data)
{
  return GTK_IS_LABEL (widget) &&
         g_str_has_prefix (gtk_label_get_label (GTK_LABEL (widget)), data);
}

GtkWidget *
eyes_find_label (GtkWidget *root, const char *start)
{
  return eyes_find (root, is_label_that_starts_with, start);
}

static gboolean
is_button_named (GtkWidget *widget, gconstpointer data)
{
  return GTK_IS_BUTTON (widget) &&
         (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), data) == 0 ||
          g_strcmp0 (gtk_widget_get_tooltip_text (widget), data) == 0);
}

GtkWidget *
eyes_find_button (GtkWidget *root, const char *label_or_tooltip)
{
  return eyes_find (root, is_button_named, label_or_tooltip);
}

/* How long the main loop was busy with one thing, at worst: a source of the highest
 * priority that wants to run each millisecond notes when it could not. */
struct _Gaps
{
  guint  source_id;
  gint64 last;
  gint64 largest;
};

static gboolean
tick_cb (gpointer user_data)
{
  Gaps  *gaps = user_data;
  gint64 now = g_get_monotonic_time ();

  gaps->largest = MAX (gaps->largest, now - gaps->last);
  gaps->last = now;

  return G_SOURCE_CONTINUE;
}

Gaps *
gaps_watch (void)
{
  Gaps *gaps = g_new0 (Gaps, 1);

  gaps->last = g_get_monotonic_time ();
  gaps->source_id = g_timeout_add_full (G_PRIORITY_HIGH, 1, tick_cb, gaps, NULL);

  return gaps;
}

/* Returns the largest gap, in milliseconds. */
double
gaps_stop (Gaps *gaps)
{
  double largest = gaps->largest / 1000.0;

  g_source_remove (gaps->source_id);
  g_free (gaps);

  return largest;
}
