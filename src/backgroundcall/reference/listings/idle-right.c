/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "listings.h"

static gboolean
show_progress_cb (BackgroundCall *call, gpointer bar)
{
  gtk_progress_bar_set_fraction (bar, MAX (0.0, background_call_get_progress (call)));

  return G_SOURCE_CONTINUE; /* when there is something new */
}

void
idle_right (GtkProgressBar *bar, BackgroundCall *call)
{
  background_call_watch (call, G_OBJECT (bar), show_progress_cb, bar, NULL);
}
