/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "listings.h"

static gpointer
read_text (BackgroundPromise *promise, gpointer path, GError **error)
{
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, error);

  return text;
}

/* The handler ends here, and what comes later has a function of its own. */
static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GtkLabel) label = data;
  g_autoptr (GError) error = NULL;
  const char *text = background_call_wait_finish (BACKGROUND_CALL (source), result,
                                                  &error);

  gtk_label_set_text (label, error == NULL ? text : error->message);
}

void
join_right (GtkLabel *label, const char *path)
{
  g_autoptr (BackgroundCall) call = background_call_new_full (
      read_text, g_strdup (path), g_free, g_free, NULL, G_PRIORITY_DEFAULT, NULL);

  background_call_wait_async (call, NULL, read_cb, g_object_ref (label));
}
