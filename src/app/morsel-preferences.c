/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-preferences.h"

#include "app/morsel-accessible.h"
#include "app/morsel-headers-group.h"
#include "app/morsel-message-row.h"
#include "app/morsel-number-row.h"
#include "app/morsel-settings.h"

/*
 * The window with the preferences: each row is a setting, and what is changed counts at
 * once.
 */
struct _MorselPreferences
{
  AdwPreferencesWindow parent_instance;

  AdwComboRow *appearance;
  GtkSwitch   *keep_history;
  GtkSwitch   *keep_tokens;
  GtkSwitch   *show_frame_meter;

  MorselNumberRow *preview_bytes;
  GtkSwitch       *stop_after_preview;
  MorselNumberRow *jobs;
  MorselNumberRow *jobs_per_host;
  MorselNumberRow *delay;
  MorselNumberRow *connect_timeout;
  MorselNumberRow *stall_timeout;
  MorselNumberRow *header_timeout;
  MorselNumberRow *total_timeout;
  MorselNumberRow *min_speed;

  AdwComboRow         *http_version;
  AdwComboRow         *ip_version;
  MorselNumberRow     *max_redirects;
  AdwPreferencesGroup *proxy_group;
  AdwComboRow         *proxy_mode;
  AdwEntryRow         *proxy;
  MorselMessageRow    *proxy_message;
  MorselHeadersGroup  *headers;

  GSettings *settings;
};

G_DEFINE_FINAL_TYPE (MorselPreferences, morsel_preferences, ADW_TYPE_PREFERENCES_WINDOW)

/* The names of a setting's choices, in the order of the schema, which is that of the
 * row. */
static GStrv
get_choices (GSettings *settings, const char *name)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_autoptr (GSettingsSchemaKey) key = NULL;
  g_autoptr (GVariant) range = NULL;
  g_autoptr (GVariant) choices = NULL;

  g_object_get (settings, "settings-schema", &schema, NULL);
  key = g_settings_schema_get_key (schema, name);
  range = g_settings_schema_key_get_range (key);
  g_variant_get (range, "(&sv)", NULL, &choices);

  return g_variant_dup_strv (choices, NULL);
}

static gboolean
get_selected (GValue *selected, GVariant *choice, gpointer choices)
{
  const char *name = g_variant_get_string (choice, NULL);
  guint       position = 0;

  for (GStrv next = choices; *next != NULL && !g_str_equal (*next, name); next++)
    position++;
  g_value_set_uint (selected, position);

  return TRUE;
}

static GVariant *
get_choice (const GValue       *selected,
            const GVariantType *type G_GNUC_UNUSED,
            gpointer            choices)
{
  guint position = g_value_get_uint (selected);

  return position < g_strv_length (choices)
             ? g_variant_new_string (((GStrv) choices)[position])
             : NULL;
}

static void
free_choices (gpointer choices)
{
  g_strfreev (choices);
}

static void
bind_choice (MorselPreferences *self, const char *key, AdwComboRow *row)
{
  GStrv choices = get_choices (self->settings, key);

  g_assert (g_strv_length (choices) ==
            g_list_model_get_n_items (adw_combo_row_get_model (row)));
  g_settings_bind_with_mapping (self->settings, key, row, "selected",
                                G_SETTINGS_BIND_DEFAULT, get_selected, get_choice,
                                choices, free_choices);
}

static void
bind_switch (MorselPreferences *self, const char *key, GtkSwitch *button)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (button), ADW_TYPE_ACTION_ROW);

  morsel_accessible_describe (GTK_WIDGET (button),
                              adw_action_row_get_subtitle (ADW_ACTION_ROW (row)));
  g_settings_bind (self->settings, key, button, "active", G_SETTINGS_BIND_DEFAULT);
}

static void
bind_all (MorselPreferences *self)
{
  bind_choice (self, "appearance", self->appearance);
  bind_switch (self, "keep-history", self->keep_history);
  bind_switch (self, "keep-tokens", self->keep_tokens);
  bind_switch (self, "show-frame-meter", self->show_frame_meter);

  morsel_number_row_bind (self->preview_bytes, self->settings, "preview-bytes");
  bind_switch (self, "stop-after-preview", self->stop_after_preview);
  morsel_number_row_bind (self->jobs, self->settings, "jobs");
  morsel_number_row_bind (self->jobs_per_host, self->settings, "jobs-per-host");
  morsel_number_row_bind (self->delay, self->settings, "delay");
  morsel_number_row_bind (self->connect_timeout, self->settings, "connect-timeout");
  morsel_number_row_bind (self->stall_timeout, self->settings, "stall-timeout");
  morsel_number_row_bind (self->header_timeout, self->settings, "header-timeout");
  morsel_number_row_bind (self->min_speed, self->settings, "min-speed");
  morsel_number_row_bind (self->total_timeout, self->settings, "total-timeout");

  bind_choice (self, "http-version", self->http_version);
  bind_choice (self, "ip-version", self->ip_version);
  morsel_number_row_bind (self->max_redirects, self->settings, "max-redirects");
  bind_choice (self, "proxy-mode", self->proxy_mode);
  g_settings_bind (self->settings, "proxy", self->proxy, "text", G_SETTINGS_BIND_GET);
  morsel_headers_group_bind (self->headers, self->settings);
}

static void
apply_proxy_cb (MorselPreferences *self)
{
  g_autofree char *proxy = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->proxy)));
  g_autofree char *former = g_settings_get_string (self->settings, "proxy");
  g_autoptr (GError) error = NULL;

  if (!morsel_settings_check_proxy (g_strstrip (proxy), &error))
    morsel_message_row_show_message (self->proxy_message, error->message);
  else if (!g_str_equal (proxy, former))
    g_settings_set_string (self->settings, "proxy", proxy);
}

static void
proxy_mode_cb (MorselPreferences *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->proxy),
                            adw_combo_row_get_selected (self->proxy_mode) ==
                                MORSEL_PROXY_MANUAL);
}

static void
morsel_preferences_dispose (GObject *object)
{
  g_clear_object (&MORSEL_PREFERENCES (object)->settings);

  G_OBJECT_CLASS (morsel_preferences_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences, appearance);
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences, keep_history);
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences, keep_tokens);
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences,
                                        show_frame_meter);
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences, preview_bytes);
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences,
                                        stop_after_preview);
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences, jobs);
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences, jobs_per_host);
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences, delay);
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences, connect_timeout);
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences, stall_timeout);
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences, header_timeout);
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences, total_timeout);
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences, min_speed);
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences, http_version);
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences, ip_version);
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences, max_redirects);
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences, proxy_group);
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences, proxy_mode);
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences, proxy);
  gtk_widget_class_bind_template_child (widget_class, MorselPreferences, headers);
}

static void
morsel_preferences_class_init (MorselPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = morsel_preferences_dispose;

  g_type_ensure (MORSEL_TYPE_HEADERS_GROUP);
  g_type_ensure (MORSEL_TYPE_NUMBER_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               MORSEL_RESOURCES "morsel-preferences.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, apply_proxy_cb);
  gtk_widget_class_bind_template_callback (widget_class, proxy_mode_cb);
}

static void
morsel_preferences_init (MorselPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->proxy_message = MORSEL_MESSAGE_ROW (morsel_message_row_new (self->proxy));
  adw_preferences_group_add (self->proxy_group, GTK_WIDGET (self->proxy_message));
  proxy_mode_cb (self);
  morsel_accessible_name_parts (GTK_WIDGET (self));
}

/**
 * morsel_preferences_new:
 * @parent: the window that it belongs to
 * @settings: what it is about
 *
 * Returns: (transfer none): a new window, not shown yet
 */
MorselPreferences *
morsel_preferences_new (GtkWindow *parent, GSettings *settings)
{
  MorselPreferences *self = g_object_new (MORSEL_TYPE_PREFERENCES, "transient-for",
                                          parent, "modal", TRUE, "destroy-with-parent",
                                          TRUE, NULL);

  self->settings = g_object_ref (settings);
  bind_all (self);

  return self;
}
