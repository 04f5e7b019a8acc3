/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-toast.h"

#include "app/morsel-announcer.h"

/*
 * Toasts come and go without a transition, whoever dismisses them: libadwaita 1.2 goes on
 * with the transition of a toast that was dismissed before it had wholly appeared, and is
 * freed; and it ends the program if one has to come back before it had wholly gone. A
 * person who presses Escape twice is fast enough for both.
 *
 * Transitions begin in the moment in which a toast comes or goes, or never: so that
 * nothing else goes without them.
 */

/* Returns whether there were any. Nobody is told until they are back. */
static gboolean
stop_transitions (GtkSettings *settings)
{
  gboolean animates;

  g_object_freeze_notify (G_OBJECT (settings));
  g_object_get (settings, "gtk-enable-animations", &animates, NULL);
  g_object_set (settings, "gtk-enable-animations", FALSE, NULL);

  return animates;
}

/* As the desktop says again, unless somebody else has said otherwise. */
static void
allow_transitions (GtkSettings *settings, gboolean did_animate)
{
  gboolean animates;

  gtk_settings_reset_property (settings, "gtk-enable-animations");
  g_object_get (settings, "gtk-enable-animations", &animates, NULL);
  if (animates != did_animate)
    g_object_set (settings, "gtk-enable-animations", did_animate, NULL);
  g_object_thaw_notify (G_OBJECT (settings));
}

/* Comes before the overlay, which hears of it a moment later, without transitions. The
 * toast itself knows already, and can't be dismissed again. */
static void
dismissed_cb (AdwToast *toast, GtkSettings *settings)
{
  gboolean animates;

  g_signal_stop_emission_by_name (toast, "dismissed");
  g_signal_handlers_disconnect_by_func (toast, dismissed_cb, settings);

  animates = stop_transitions (settings);
  g_signal_emit_by_name (toast, "dismissed");
  allow_transitions (settings, animates);
}

/**
 * morsel_toast_show:
 * @place: an [class@Adw.ToastOverlay], or an [class@Adw.PreferencesWindow]
 * @toast: (transfer full): a toast that was shown nowhere yet
 *
 * Shows a toast to those who see, or lets it wait until others have gone; and says its
 * title to those who hear. It can be dismissed at any time.
 * Who wants to know of that connects to it afterwards, to be told once.
 */
void
morsel_toast_show (GtkWidget *place, AdwToast *toast)
{
  GtkSettings *settings = gtk_widget_get_settings (place);
  gboolean     animates;

  /* A title that is a widget is said by who has made it. */
  if (adw_toast_get_title (toast) != NULL)
    morsel_announce (place, adw_toast_get_title (toast));
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (dismissed_cb), settings, 0);

  animates = stop_transitions (settings);
  if (ADW_IS_PREFERENCES_WINDOW (place))
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (place), toast);
  else
    adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (place), toast);
  allow_transitions (settings, animates);
}

static void
forget_cb (AdwToast *toast, AdwToast **kept)
{
  g_signal_handlers_disconnect_by_func (toast, forget_cb, kept);
  g_clear_object (kept);
}

/**
 * morsel_toast_withdraw:
 * @kept: (inout): what [func@toast_replace] has kept, or %NULL
 *
 * Dismisses a toast that tells what isn't so any more.
 */
void
morsel_toast_withdraw (AdwToast **kept)
{
  g_autoptr (AdwToast) toast = g_steal_pointer (kept);

  if (toast == NULL)
    return;

  g_signal_handlers_disconnect_by_func (toast, forget_cb, kept);
  adw_toast_dismiss (toast);
}

/**
 * morsel_toast_replace:
 * @kept: (inout): the last toast about something, or %NULL; it is forgotten when it is
 *   dismissed
 * @place: where toasts are shown
 * @toast: (transfer full): what takes its place, and was shown nowhere yet
 *
 * Shows a toast that tells the same as the last one, with newer words.
 */
void
morsel_toast_replace (AdwToast **kept, GtkWidget *place, AdwToast *toast)
{
  morsel_toast_withdraw (kept);
  *kept = g_object_ref (toast);
  morsel_toast_show (place, toast);
  g_signal_connect (toast, "dismissed", G_CALLBACK (forget_cb), kept);
}
