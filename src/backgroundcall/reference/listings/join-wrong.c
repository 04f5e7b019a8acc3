/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "listings.h"

static gpointer
read_in_thread (gpointer path)
{
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);

  return text;
}

/* In a click handler, say. */
void
join_wrong (GtkLabel *label, const char *path)
{
  GThread         *thread = g_thread_new ("reader", read_in_thread, (gpointer) path);
  g_autofree char *text = g_thread_join (thread); /* the window stands still */

  gtk_label_set_text (label, text != NULL ? text : "It can’t be read");
}
