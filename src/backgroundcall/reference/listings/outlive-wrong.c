/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "listings.h"

typedef struct
{
  GtkLabel *label;
  char     *text;
} News;

static gboolean
show_cb (gpointer data)
{
  News *news = data;

  gtk_label_set_text (news->label, news->text); /* which may be gone */
  g_free (news->text);
  g_free (news);

  return G_SOURCE_REMOVE;
}

static gpointer
read_in_thread (gpointer data)
{
  News *news = data;
  char *path = news->text;

  news->text = NULL;
  g_file_get_contents (path, &news->text, NULL, NULL);
  g_free (path);
  g_idle_add (show_cb, news);

  return NULL;
}

void
outlive_wrong (GtkLabel *label, const char *path)
{
  News *news = g_new (News, 1);

  *news = (News){ label, g_strdup (path) };
  g_thread_unref (g_thread_new ("reader", read_in_thread, news));
}
