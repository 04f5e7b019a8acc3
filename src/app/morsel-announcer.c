/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-announcer.h"

/*
 * What screen readers say without being asked for it.
 *
 * GTK has a function for it since 4.14. Before, a window gets something that is not drawn
 * and has the role of an alert, whose name is what there is to say: that it changes is an
 * event of its own.
 */

#if GTK_CHECK_VERSION(4, 14, 0)
/* Without a bus for screen readers, GTK takes the context of its own tests, whose class
 * has no function for it: gtk_accessible_announce () would call NULL, in 4.18. */
static gboolean
can_announce (GtkWidget *window)
{
  GtkATContext *context = gtk_accessible_get_at_context (GTK_ACCESSIBLE (window));
  gboolean      can = context != NULL &&
                 !g_str_equal (G_OBJECT_TYPE_NAME (context), "GtkTestATContext");

  g_clear_object (&context);

  return can;
}
#else
static GQuark
get_alert_quark (void)
{
  static GQuark quark = 0;

  if (quark == 0)
    quark = g_quark_from_static_string ("morsel-alert");

  return quark;
}

static GtkWidget *
get_alert (GtkWidget *window)
{
  GtkWidget *alert = g_object_get_qdata (G_OBJECT (window), get_alert_quark ());

  if (alert != NULL)
    return alert;

  alert = g_object_new (ADW_TYPE_BIN, "accessible-role", GTK_ACCESSIBLE_ROLE_ALERT, NULL);
  gtk_widget_set_child_visible (alert, FALSE);
  gtk_widget_set_parent (alert, window);
  /* GTK makes something known when it has to tell how that is focused. */
  gtk_widget_set_focusable (alert, TRUE);
  gtk_widget_set_focusable (alert, FALSE);
  g_object_set_qdata (G_OBJECT (window), get_alert_quark (), alert);
  g_signal_connect_object (window, "destroy", G_CALLBACK (gtk_widget_unparent), alert,
                           G_CONNECT_SWAPPED);

  return alert;
}
#endif

/**
 * morsel_announcer_prepare:
 * @window: a window that is shown
 *
 * Lets screen readers know what will tell news, before it does.
 */
void
morsel_announcer_prepare (GtkWidget *window)
{
  g_return_if_fail (GTK_IS_WINDOW (window));

#if !GTK_CHECK_VERSION(4, 14, 0)
  get_alert (window);
#endif
}

/**
 * morsel_announce:
 * @widget: something in a window
 * @message: what there is to say
 *
 * Says it to those who use a screen reader, wherever they are in the window.
 */
void
morsel_announce (GtkWidget *widget, const char *message)
{
  GtkWidget *window;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (message != NULL);

  window = GTK_WIDGET (gtk_widget_get_root (widget));
  if (window == NULL || !gtk_widget_get_realized (window))
    return;

#if GTK_CHECK_VERSION(4, 14, 0)
  if (can_announce (window))
    gtk_accessible_announce (GTK_ACCESSIBLE (window), message,
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
#else
  {
    GtkAccessible *alert = GTK_ACCESSIBLE (get_alert (window));

    /* Though it is not drawn: nothing is told of what is not realized. */
    gtk_widget_realize (GTK_WIDGET (alert));
    /* What is said twice is a change, too. */
    gtk_accessible_update_property (alert, GTK_ACCESSIBLE_PROPERTY_LABEL, "", -1);
    gtk_accessible_update_property (alert, GTK_ACCESSIBLE_PROPERTY_LABEL, message, -1);
  }
#endif
}
