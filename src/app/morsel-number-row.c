/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-number-row.h"

#include <glib/gi18n.h>

#include "app/morsel-accessible.h"

/*
 * A setting that is a number, with the range that its schema gives it. What is typed
 * counts when it is complete: with the Enter key, or when the focus or the row goes. What
 * is out of range stays as it is, with a sentence that says so, and does not count.
 */
struct _MorselNumberRow
{
  AdwActionRow parent_instance;

  GtkSpinButton *button;

  GSettings *settings;
  char      *key;
  guint      least;
  guint      most;
  char      *subtitle;   /* while nothing is wrong */
  gboolean   is_refused; /* what is typed */
};

G_DEFINE_FINAL_TYPE (MorselNumberRow, morsel_number_row, ADW_TYPE_ACTION_ROW)

static void
refuse (MorselNumberRow *self)
{
  g_autofree char *message = NULL;

  /* Translators: both are numbers. */
  message = g_strdup_printf (_ ("Type a number from %u to %u."), self->least, self->most);
  self->is_refused = TRUE;
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), message);
  gtk_widget_add_css_class (GTK_WIDGET (self), "error");
  morsel_accessible_set_error (GTK_WIDGET (self->button), message);
}

static void
accept (MorselNumberRow *self)
{
  if (!self->is_refused)
    return;

  self->is_refused = FALSE;
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), self->subtitle);
  gtk_widget_remove_css_class (GTK_WIDGET (self), "error");
  morsel_accessible_set_error (GTK_WIDGET (self->button), NULL);
  morsel_accessible_describe (GTK_WIDGET (self->button), self->subtitle);
}

static void
typed_cb (MorselNumberRow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->button));
  guint64     number;

  if (g_ascii_string_to_unsigned (text, 10, self->least, self->most, &number, NULL))
    accept (self);
  else
    refuse (self);
}

/* Before the spin button hears of it: a number that comes in another way than by typing
 * takes the place of what was typed. */
static void
number_changed_cb (MorselNumberRow *self, GtkAdjustment *adjustment)
{
  accept (self);
  g_settings_set_uint (self->settings, self->key, gtk_adjustment_get_value (adjustment));
}

/* The spin button reads its text when it is complete. */
static int
read_cb (MorselNumberRow *self, double *number G_GNUC_UNUSED)
{
  return self->is_refused ? GTK_INPUT_ERROR : FALSE;
}

/* The spin button would show its number again in the place of what was refused. */
static gboolean
write_cb (MorselNumberRow *self)
{
  return self->is_refused;
}

static void
setting_changed_cb (MorselNumberRow *self)
{
  gtk_spin_button_set_value (self->button,
                             g_settings_get_uint (self->settings, self->key));
}

/* Over a page that scrolls, a wheel is not for the numbers that come by. */
static void
ignore_wheel (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller))
        gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_NONE);
    }
}

static void
read_range (MorselNumberRow *self)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autoptr (GSettingsSchemaKey) key = NULL;
  g_autoptr (GVariant) range = NULL;
  g_autoptr (GVariant) bounds = NULL;
  const char *kind;

  g_object_get (self->settings, "settings-schema", &schema, NULL);
  key = g_settings_schema_get_key (schema, self->key);
  range = g_settings_schema_key_get_range (key);
  g_variant_get (range, "(&sv)", &kind, &bounds);
  g_assert (g_str_equal (kind, "range"));
  g_variant_get (bounds, "(uu)", &self->least, &self->most);
}

static void
morsel_number_row_dispose (GObject *object)
{
  MorselNumberRow *self = MORSEL_NUMBER_ROW (object);

  g_clear_object (&self->settings);
  g_clear_pointer (&self->key, g_free);
  g_clear_pointer (&self->subtitle, g_free);

  G_OBJECT_CLASS (morsel_number_row_parent_class)->dispose (object);
}

static void
morsel_number_row_class_init (MorselNumberRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = morsel_number_row_dispose;
}

static void
morsel_number_row_init (MorselNumberRow *self)
{
  self->button = GTK_SPIN_BUTTON (gtk_spin_button_new (NULL, 0, 0));
  gtk_spin_button_set_numeric (self->button, TRUE);
  gtk_spin_button_set_update_policy (self->button, GTK_UPDATE_IF_VALID);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->button), 5);
  gtk_widget_set_valign (GTK_WIDGET (self->button), GTK_ALIGN_CENTER);
  g_signal_connect (self->button, "unmap", G_CALLBACK (gtk_spin_button_update), NULL);
  ignore_wheel (GTK_WIDGET (self->button));

  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->button));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self),
                                         GTK_WIDGET (self->button));
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 0);
}

/**
 * morsel_number_row_bind:
 * @self: a row, with a title
 * @settings: the settings
 * @key: one of them, which is an unsigned number with a range
 *
 * Shows a setting, and lets it be changed.
 */
void
morsel_number_row_bind (MorselNumberRow *self, GSettings *settings, const char *key)
{
  g_autofree char *signal = g_strconcat ("changed::", key, NULL);
  GtkAdjustment   *adjustment;

  g_return_if_fail (MORSEL_IS_NUMBER_ROW (self));
  g_return_if_fail (self->settings == NULL);

  self->settings = g_object_ref (settings);
  self->key = g_strdup (key);
  self->subtitle = g_strdup (adw_action_row_get_subtitle (ADW_ACTION_ROW (self)));
  read_range (self);
  morsel_accessible_describe (GTK_WIDGET (self->button), self->subtitle);

  adjustment = gtk_adjustment_new (g_settings_get_uint (settings, key), self->least,
                                   self->most, 1, 10, 0);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (number_changed_cb),
                           self, G_CONNECT_SWAPPED);
  gtk_spin_button_configure (self->button, adjustment, 1, 0);

  g_signal_connect_object (self->button, "changed", G_CALLBACK (typed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->button, "input", G_CALLBACK (read_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->button, "output", G_CALLBACK (write_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, signal, G_CALLBACK (setting_changed_cb), self,
                           G_CONNECT_SWAPPED);
}
