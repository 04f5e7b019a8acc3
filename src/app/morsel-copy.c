/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-copy.h"

#include "app/morsel-accessible.h"
#include "app/morsel-toast.h"

/* What is copied as a whole, so that nobody needs to select it first. */

static void
tell (GtkWidget *widget, const char *told)
{
  GtkWidget *toasts = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  AdwToast  *toast;

  if (toasts == NULL)
    return;

  /* It is short, and may be above what is copied next. */
  toast = adw_toast_new (told);
  adw_toast_set_timeout (toast, 2);
  morsel_toast_show (toasts, toast);
}

/**
 * morsel_copy_button_new:
 * @tooltip: what is copied
 *
 * Returns: (transfer floating): a button to copy something
 */
GtkWidget *
morsel_copy_button_new (const char *tooltip)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");

  gtk_widget_set_tooltip_text (button, tooltip);
  morsel_accessible_name_button (GTK_BUTTON (button));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");

  return button;
}

/**
 * morsel_copy_text:
 * @widget: where it is shown
 * @text: what to copy
 * @told: what to say then
 */
void
morsel_copy_text (GtkWidget *widget, const char *text, const char *told)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (text != NULL);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  tell (widget, told);
}

/**
 * morsel_copy_texture:
 * @widget: where it is shown
 * @texture: what to copy
 * @told: what to say then
 */
void
morsel_copy_texture (GtkWidget *widget, GdkTexture *texture, const char *told)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (GDK_IS_TEXTURE (texture));

  gdk_clipboard_set_texture (gtk_widget_get_clipboard (widget), texture);
  tell (widget, told);
}
