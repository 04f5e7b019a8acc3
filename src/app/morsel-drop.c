/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-drop.h"

#include <glib/gi18n.h>

/*
 * Links, text and files that are dropped onto a window. It says what will come of that
 * while they are above it.
 */
typedef struct
{
  MorselDropFunc func;
  gpointer       user_data;
  GtkWidget     *invitation;
} Drop;

static void
drop_free (gpointer drop, GClosure *closure G_GNUC_UNUSED)
{
  g_free (drop);
}

/* A link from a browser comes as a file, too, by the same kind of list. */
static void
add_file (GFile *file, GString *links, GPtrArray *files)
{
  g_autofree char *uri = NULL;

  if (!g_file_has_uri_scheme (file, "http") && !g_file_has_uri_scheme (file, "https"))
    {
      g_ptr_array_add (files, g_object_ref (file));
      return;
    }

  uri = g_file_get_uri (file);
  g_string_append_printf (links, "%s\n", uri);
}

static void
take_files (Drop *drop, const GSList *dropped)
{
  g_autoptr (GString) links = g_string_new (NULL);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  for (; dropped != NULL; dropped = dropped->next)
    add_file (dropped->data, links, files);

  drop->func (links->len > 0 ? links->str : NULL, files->len > 0 ? files : NULL,
              drop->user_data);
}

/* What is dragged from one place of a window to another of it is no news. */
static gboolean
accept_cb (GtkDropTarget *target, GdkDrop *drop, Drop *self G_GNUC_UNUSED)
{
  GtkWidget  *widget = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (target));
  GdkDrag    *drag = gdk_drop_get_drag (drop);
  GdkSurface *surface = gtk_native_get_surface (gtk_widget_get_native (widget));

  return (drag == NULL || gdk_drag_get_surface (drag) != surface) &&
         gdk_content_formats_match (gtk_drop_target_get_formats (target),
                                    gdk_drop_get_formats (drop));
}

static gboolean
drop_cb (GtkDropTarget *target G_GNUC_UNUSED,
         const GValue  *value,
         double         x G_GNUC_UNUSED,
         double         y G_GNUC_UNUSED,
         Drop          *drop)
{
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    take_files (drop, g_value_get_boxed (value));
  else if (G_VALUE_HOLDS (value, G_TYPE_FILE))
    take_files (drop, &(GSList){ .data = g_value_get_object (value) });
  else
    drop->func (g_value_get_string (value), NULL, drop->user_data);

  return TRUE;
}

static void
current_drop_cb (GtkDropTarget *target, GParamSpec *pspec G_GNUC_UNUSED, Drop *drop)
{
  gtk_widget_set_visible (drop->invitation,
                          gtk_drop_target_get_current_drop (target) != NULL);
}

static GtkWidget *
new_invitation (void)
{
  /* Translators: shown while files or addresses are dragged over the window. */
  GtkWidget *label = gtk_label_new (_ ("Drop to Fetch"));

  gtk_widget_add_css_class (label, "title-1");
  gtk_widget_add_css_class (label, "drop-invitation");
  gtk_widget_set_can_target (label, FALSE);
  gtk_widget_set_visible (label, FALSE);

  return label;
}

/* Between the overlay and what is in it. */
static GtkWidget *
lay_over (AdwToastOverlay *content, GtkWidget *invitation)
{
  GtkWidget *overlay = gtk_overlay_new ();
  g_autoptr (GtkWidget) child = g_object_ref (adw_toast_overlay_get_child (content));

  gtk_widget_add_css_class (overlay, "drop-area");
  adw_toast_overlay_set_child (content, NULL);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), child);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), invitation);
  adw_toast_overlay_set_child (content, overlay);

  return overlay;
}

/**
 * morsel_drop_watch:
 * @content: what a window has in it
 * @func: what to do with what is dropped there
 * @user_data: (nullable): data for @func, which must live as long as @content
 *
 * Takes links, text and files.
 */
void
morsel_drop_watch (AdwToastOverlay *content, MorselDropFunc func, gpointer user_data)
{
  /* Those first that say most of what is dropped. */
  GType          types[] = { GDK_TYPE_FILE_LIST, G_TYPE_FILE, G_TYPE_STRING };
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID,
                                               GDK_ACTION_COPY | GDK_ACTION_LINK);
  Drop          *drop = g_new (Drop, 1);

  *drop = (Drop){ func, user_data, new_invitation () };
  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  /* Before the entries in it, which would make one line of a list. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target),
                                              GTK_PHASE_CAPTURE);
  g_signal_connect (target, "accept", G_CALLBACK (accept_cb), drop);
  g_signal_connect_data (target, "drop", G_CALLBACK (drop_cb), drop, drop_free, 0);
  g_signal_connect (target, "notify::current-drop", G_CALLBACK (current_drop_cb), drop);
  gtk_widget_add_controller (lay_over (content, drop->invitation),
                             GTK_EVENT_CONTROLLER (target));
}
