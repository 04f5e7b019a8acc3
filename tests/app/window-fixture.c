/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "window-fixture.h"

#include "../backgroundcall/gate.h"
#include "hands.h"

void
window_fixture_set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  fixture->server = demo_server_new (&error);
  g_assert_no_error (error);
  open_window (fixture);
}

void
window_fixture_tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  close_window (fixture);
  g_clear_object (&fixture->server);
}

/* For windows that are opened then. */
void
set_window_size (int width, int height)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MorselSettings) settings = morsel_settings_new (&error);

  g_assert_no_error (error);
  g_settings_set_int (G_SETTINGS (settings), "window-width", width);
  g_settings_set_int (G_SETTINGS (settings), "window-height", height);
}

static GtkWindow *
get_active_window (void)
{
  return gtk_application_get_active_window (
      GTK_APPLICATION (g_application_get_default ()));
}

void
open_window (Fixture *fixture)
{
  g_application_activate (g_application_get_default ());
  fixture->window = MORSEL_WINDOW (get_active_window ());
  iterate_until (gtk_widget_get_mapped (GTK_WIDGET (fixture->window)));
  hands_focus (GTK_WINDOW (fixture->window));
}

void
close_window (Fixture *fixture)
{
  if (fixture->window != NULL)
    gtk_window_destroy (GTK_WINDOW (fixture->window));
  iterate_until (get_active_window () == NULL);
}

guint
count_fetches (Fixture *fixture)
{
  return g_list_model_get_n_items (morsel_window_get_fetches (fixture->window));
}

MorselFetch *
get_fetch (Fixture *fixture, guint position)
{
  g_autoptr (MorselFetch) fetch = g_list_model_get_item (
      morsel_window_get_fetches (fixture->window), position);

  return fetch;
}

GtkWidget *
find_label (Fixture *fixture, const char *start)
{
  return eyes_find_label (GTK_WIDGET (fixture->window), start);
}

/* One that is shown besides that of the fixture, or NULL. */
GtkWindow *
find_other_window (Fixture *fixture)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (window != GTK_WINDOW (fixture->window) &&
          gtk_widget_get_mapped (GTK_WIDGET (window)))
        return window;
    }

  return NULL;
}
