/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-window-size.h"

/* How large a window is, from one start to the next. */

/* As in the schema of the settings. */
#define MOST 32767

/* What GTK calls the default size follows the size, except while it is maximized. */
static void
save_size_cb (GtkWindow *window, GSettings *settings)
{
  int width, height;

  gtk_window_get_default_size (window, &width, &height);
  g_settings_set_int (settings, "window-width", CLAMP (width, 1, MOST));
  g_settings_set_int (settings, "window-height", CLAMP (height, 1, MOST));
}

/* A window that goes away is not maximized any more: that does not count. */
static void
save_maximized_cb (GtkWindow  *window,
                   GParamSpec *property G_GNUC_UNUSED,
                   GSettings  *settings)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (window)))
    g_settings_set_boolean (settings, "window-maximized",
                            gtk_window_is_maximized (window));
}

/**
 * morsel_window_size_keep:
 * @window: a window that has not been shown yet
 * @settings: the settings
 *
 * Makes a window as large as it was when it was last closed, and remembers how large it
 * is when it is closed.
 */
void
morsel_window_size_keep (GtkWindow *window, GSettings *settings)
{
  gtk_window_set_default_size (window, g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (window);

  g_signal_connect_object (window, "unrealize", G_CALLBACK (save_size_cb), settings, 0);
  g_signal_connect_object (window, "notify::maximized", G_CALLBACK (save_maximized_cb),
                           settings, 0);
}
