/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "listings.h"

static gpointer
get_title (gpointer window, GError **error)
{
  return g_strdup (gtk_window_get_title (window));
}

/* On a worker. The main thread has made the queue, and attached it to its context. */
gpointer
ask_right (CallQueue *ui, GtkWindow *window, GError **error)
{
  return call_queue_call (ui, get_title, window, NULL, 5 * G_TIME_SPAN_SECOND, error);
}
