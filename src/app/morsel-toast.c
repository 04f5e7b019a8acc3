/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-toast.h"

/*
 * Toasts that others than a person may dismiss, or put in the place of another. They come
 * and go without a transition: libadwaita 1.2 goes on with the transition of a toast that
 * it has freed, and ends the program if one has to come back during it.
 */

/* Returns whether there were any. */
static gboolean
stop_transitions (GtkSettings *settings)
{
  gboolean animates;

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
}

/**
 * morsel_toast_show_at_once:
 * @toasts: where
 * @toast: (transfer full): a toast
 *
 * Shows a toast; if it is shown already, for as long as if it were new.
 */
void
morsel_toast_show_at_once (AdwToastOverlay *toasts, AdwToast *toast)
{
  GtkSettings *settings = gtk_widget_get_settings (GTK_WIDGET (toasts));
  gboolean     animates = stop_transitions (settings);

  adw_toast_overlay_add_toast (toasts, toast);
  allow_transitions (settings, animates);
}

/**
 * morsel_toast_dismiss_at_once:
 * @toasts: where
 * @toast: a toast that is shown there, or was
 *
 * Dismisses a toast. The one whose place it took comes back.
 */
void
morsel_toast_dismiss_at_once (AdwToastOverlay *toasts, AdwToast *toast)
{
  GtkSettings *settings = gtk_widget_get_settings (GTK_WIDGET (toasts));
  gboolean     animates = stop_transitions (settings);

  adw_toast_dismiss (toast);
  allow_transitions (settings, animates);
}
