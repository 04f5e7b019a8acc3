/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-fetch-button.h"

#include <glib/gi18n.h>

#include "app/morsel-accessible.h"
#include "app/morsel-save-again.h"

/*
 * What one can do with a fetch: cancel it while it runs, and begin it again afterwards.
 *
 * The fetch may end just when somebody is about to cancel it, and a click may be a double
 * one: right after the button has changed its meaning, it does nothing.
 */
struct _MorselFetchButton
{
  GtkButton parent_instance;

  gboolean is_compact; /* an icon, and no words */

  MorselFetch *fetch;
  gboolean     cancels;
  gint64       changed; /* when it got this meaning; 0 for a fetch that it just met */
};

G_DEFINE_FINAL_TYPE (MorselFetchButton, morsel_fetch_button, GTK_TYPE_BUTTON)

enum
{
  PROP_COMPACT = 1,
};

static gboolean
has_just_changed (MorselFetchButton *self)
{
  int milliseconds;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-double-click-time",
                &milliseconds, NULL);

  return g_get_monotonic_time () - self->changed < milliseconds * G_TIME_SPAN_MILLISECOND;
}

/* One that saves a body may have to ask before. */
static void
begin_again (MorselFetchButton *self)
{
  g_autoptr (GPtrArray) fetches = NULL;

  if (morsel_fetch_get_save_path (self->fetch) == NULL)
    {
      morsel_fetch_retry (self->fetch);
      return;
    }

  fetches = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (fetches, g_object_ref (self->fetch));
  morsel_save_again (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), fetches);
}

static void
morsel_fetch_button_clicked (GtkButton *button)
{
  MorselFetchButton *self = MORSEL_FETCH_BUTTON (button);

  if (self->fetch == NULL || (self->changed != 0 && has_just_changed (self)))
    return;

  if (self->cancels)
    morsel_fetch_cancel (self->fetch);
  else if (morsel_fetch_can_retry (self->fetch))
    begin_again (self);
}

static void
morsel_fetch_button_set_property (GObject      *object,
                                  guint         property_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  MorselFetchButton *self = MORSEL_FETCH_BUTTON (object);

  switch (property_id)
    {
    case PROP_COMPACT:
      self->is_compact = g_value_get_boolean (value);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
morsel_fetch_button_dispose (GObject *object)
{
  MorselFetchButton *self = MORSEL_FETCH_BUTTON (object);

  g_clear_object (&self->fetch);

  G_OBJECT_CLASS (morsel_fetch_button_parent_class)->dispose (object);
}

static void
morsel_fetch_button_class_init (MorselFetchButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = morsel_fetch_button_set_property;
  object_class->dispose = morsel_fetch_button_dispose;
  GTK_BUTTON_CLASS (klass)->clicked = morsel_fetch_button_clicked;

  g_object_class_install_property (object_class, PROP_COMPACT,
                                   g_param_spec_boolean ("compact", NULL, NULL, FALSE,
                                                         G_PARAM_WRITABLE |
                                                             G_PARAM_CONSTRUCT_ONLY |
                                                             G_PARAM_STATIC_STRINGS));
}

static void
morsel_fetch_button_init (MorselFetchButton *self G_GNUC_UNUSED)
{
}

static const char *
icon_name (gboolean cancels)
{
  return cancels ? "window-close-symbolic" : "view-refresh-symbolic";
}

static void
show_icon (MorselFetchButton *self)
{
  const char *label = self->cancels ? _ ("Cancel") : _ ("Fetch Again");

  gtk_button_set_icon_name (GTK_BUTTON (self), icon_name (self->cancels));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), label);
}

/**
 * morsel_fetch_button_show:
 * @self: a button
 * @fetch: what it is for; to be told again when its state has changed
 *
 * Shows what can be done now.
 */
void
morsel_fetch_button_show (MorselFetchButton *self, MorselFetch *fetch)
{
  gboolean cancels;

  g_return_if_fail (MORSEL_IS_FETCH_BUTTON (self));

  cancels = morsel_fetch_get_state (fetch) == MORSEL_FETCH_RUNNING;
  if (g_set_object (&self->fetch, fetch))
    self->changed = 0;
  else if (cancels == self->cancels)
    return;
  else
    self->changed = g_get_monotonic_time ();

  self->cancels = cancels;
  if (self->is_compact)
    show_icon (self);
  else
    gtk_button_set_label (GTK_BUTTON (self),
                          cancels ? _ ("_Cancel") : _ ("Fetch _Again"));
  morsel_accessible_name_button (GTK_BUTTON (self));
}

/**
 * morsel_fetch_button_get_icon_name:
 * @fetch: a fetch
 *
 * Returns: (transfer none): the icon of a compact button for it
 */
const char *
morsel_fetch_button_get_icon_name (MorselFetch *fetch)
{
  return icon_name (morsel_fetch_get_state (fetch) == MORSEL_FETCH_RUNNING);
}
