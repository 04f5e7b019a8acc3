/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Ends with the first frame of its window: Morsel's, or, with “bare” as its argument, one
 * of libadwaita with nothing in it. How long that takes is measured from outside. */

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "app/morsel-application.h"

static void
painted_cb (void)
{
  exit (EXIT_SUCCESS);
}

static void
activated_cb (GtkApplication *application)
{
  GtkWidget *window = GTK_WIDGET (gtk_application_get_active_window (application));

  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint",
                    G_CALLBACK (painted_cb), NULL);
}

static void
open_bare_cb (GtkApplication *application)
{
  GtkWidget *window = adw_application_window_new (application);

  gtk_window_set_default_size (GTK_WINDOW (window), 960, 640);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window),
                                      adw_header_bar_new ());
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  gboolean is_bare = argc > 1 && g_str_equal (argv[1], "bare");
  g_autoptr (GtkApplication) application = NULL;

  if (is_bare)
    {
      application = GTK_APPLICATION (
          adw_application_new ("org.example.Bare", G_APPLICATION_DEFAULT_FLAGS));
      g_signal_connect (application, "activate", G_CALLBACK (open_bare_cb), NULL);
    }
  else
    {
      curl_global_init (CURL_GLOBAL_DEFAULT);
      application = GTK_APPLICATION (morsel_application_new ());
    }
  g_signal_connect_after (application, "activate", G_CALLBACK (activated_cb), NULL);

  return g_application_run (G_APPLICATION (application), 1, argv);
}
