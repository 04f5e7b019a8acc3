/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-paste.h"

#include <string.h>

/*
 * A list that is pasted, into an entry or into a window. By itself, an entry makes one
 * line of it, which is nothing that anybody wants: here it goes to whoever takes lists,
 * and what is a single line goes into the entry as ever.
 */
typedef struct
{
  MorselPasteFunc func;
  gpointer        user_data;
} Paste;

/* Returns the only line that has something in it, or NULL if there are several, or none.
 */
static char *
find_single_line (const char *text, gboolean *has_several)
{
  const char *start = text + strspn (text, " \t\r\n");
  gsize       length = strcspn (start, "\r\n");
  const char *next = start + length;

  *has_several = next[strspn (next, " \t\r\n")] != '\0';
  if (*has_several || length == 0)
    return NULL;

  return g_strchomp (g_strndup (start, length));
}

static void
insert (GtkEditable *text, const char *line)
{
  int position;

  gtk_editable_delete_selection (text);
  position = gtk_editable_get_position (text);
  gtk_editable_insert_text (text, line, -1, &position);
  gtk_editable_set_position (text, position);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) text = user_data;
  Paste           *paste = g_object_get_data (G_OBJECT (text), "morsel-paste");
  g_autofree char *pasted = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source),
                                                            result, NULL);
  g_autofree char *line = NULL;
  gboolean         has_several;

  /* There is no text there, or the window has been closed meanwhile. */
  if (pasted == NULL || gtk_widget_get_root (text) == NULL)
    return;

  line = find_single_line (pasted, &has_several);
  if (has_several)
    paste->func (pasted, paste->user_data);
  else if (line != NULL)
    insert (GTK_EDITABLE (text), line);
}

static void
paste_clipboard_cb (GtkText *text)
{
  g_signal_stop_emission_by_name (text, "paste-clipboard");
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (text)), NULL,
                                 read_cb, g_object_ref (text));
}

static void
read_for_window_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWindow) window = user_data;
  Paste           *paste = g_object_get_data (G_OBJECT (window), "morsel-paste");
  g_autofree char *pasted = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source),
                                                            result, NULL);

  /* It may have been closed meanwhile. */
  if (gtk_window_get_application (window) != NULL)
    paste->func (pasted, paste->user_data);
}

static void
read_if_active_cb (GtkWindow *window)
{
  if (!gtk_window_is_active (window))
    return;

  g_signal_handlers_disconnect_by_func (window, read_if_active_cb, NULL);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (window)), NULL,
                                 read_for_window_cb, g_object_ref (window));
}

/**
 * morsel_paste_watch:
 * @entry: an entry
 * @func: what to do with a list
 * @user_data: (nullable): data for @func, which must live as long as @entry has a window
 *
 * Takes the lists that are pasted into an entry.
 */
void
morsel_paste_watch (GtkEntry *entry, MorselPasteFunc func, gpointer user_data)
{
  GtkEditable *text = gtk_editable_get_delegate (GTK_EDITABLE (entry));
  Paste       *paste = g_new (Paste, 1);

  *paste = (Paste){ func, user_data };
  g_object_set_data_full (G_OBJECT (text), "morsel-paste", paste, g_free);
  g_signal_connect (text, "paste-clipboard", G_CALLBACK (paste_clipboard_cb), NULL);
}

/**
 * morsel_paste_when_active:
 * @window: a window that has an application
 * @func: what to do with the clipboard's text, or with NULL if there is none
 * @user_data: (nullable): data for @func, which must live as long as @window is open
 *
 * Reads the clipboard as soon as @window has the focus: before, a program may not be let
 * near it.
 */
void
morsel_paste_when_active (GtkWindow *window, MorselPasteFunc func, gpointer user_data)
{
  Paste *paste = g_new (Paste, 1);

  *paste = (Paste){ func, user_data };
  g_object_set_data_full (G_OBJECT (window), "morsel-paste", paste, g_free);

  /* Once, however often it is asked for meanwhile. */
  g_signal_handlers_disconnect_by_func (window, read_if_active_cb, NULL);
  g_signal_connect (window, "notify::is-active", G_CALLBACK (read_if_active_cb), NULL);
  read_if_active_cb (window);
}
