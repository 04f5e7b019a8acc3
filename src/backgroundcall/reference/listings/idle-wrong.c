/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "listings.h"

typedef struct
{
  GtkProgressBar *bar;
  BackgroundCall *call;
} Poll;

static gboolean
poll_cb (gpointer data)
{
  Poll *poll = data;

  gtk_progress_bar_set_fraction (poll->bar, background_call_get_progress (poll->call));
  if (!background_call_is_done (poll->call))
    return G_SOURCE_CONTINUE; /* at once, again and again */

  g_object_unref (poll->call);
  g_free (poll);

  return G_SOURCE_REMOVE;
}

void
idle_wrong (GtkProgressBar *bar, BackgroundCall *call)
{
  Poll *poll = g_new (Poll, 1);

  *poll = (Poll){ bar, g_object_ref (call) };
  g_idle_add (poll_cb, poll);
}
