/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "listings.h"

static gpointer
read_text (BackgroundPromise *promise, gpointer path, GError **error)
{
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, error);

  return text;
}

static gboolean
show_text_cb (BackgroundCall *call, gpointer label)
{
  if (!background_call_is_done (call))
    return G_SOURCE_CONTINUE;

  gtk_label_set_text (label, background_call_get_return_or (call, BACKGROUND_CALL_NO_WAIT,
                                                            "It can’t be read"));

  return G_SOURCE_REMOVE;
}

void
touch_right (GtkLabel *label, const char *path)
{
  g_autoptr (BackgroundCall) call = background_call_new_full (
      read_text, g_strdup (path), g_free, g_free, NULL, G_PRIORITY_DEFAULT, NULL);

  background_call_watch (call, G_OBJECT (label), show_text_cb, label, NULL);
}
