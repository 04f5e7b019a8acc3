/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "listings.h"

typedef struct
{
  GtkLabel *label;
  char     *path;
} Job;

static gpointer
read_in_thread (gpointer data)
{
  Job  *job = data;
  char *text = NULL;

  if (g_file_get_contents (job->path, &text, NULL, NULL))
    gtk_label_set_text (job->label, text); /* not on this thread */

  g_free (text);
  g_free (job->path);
  g_free (job);

  return NULL;
}

void
touch_wrong (GtkLabel *label, const char *path)
{
  Job *job = g_new (Job, 1);

  *job = (Job){ label, g_strdup (path) };
  g_thread_unref (g_thread_new ("reader", read_in_thread, job));
}
