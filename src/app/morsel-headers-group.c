/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-headers-group.h"

#include <glib/gi18n.h>

#include "app/morsel-accessible.h"
#include "app/morsel-message-row.h"
#include "app/morsel-settings.h"
#include "app/morsel-toast.h"

/*
 * The headers that go with every fetch: a row for each of the setting's fields, which
 * can be changed or removed, and one to add another.
 */
struct _MorselHeadersGroup
{
  AdwPreferencesGroup parent_instance;

  GSettings *settings;
  GPtrArray *rows;       /* of AdwEntryRow: in the order of the setting's fields */
  GtkWidget *new_row;    /* after them */
  gboolean   is_storing; /* what the rows show already */
};

G_DEFINE_FINAL_TYPE (MorselHeadersGroup, morsel_headers_group, ADW_TYPE_PREFERENCES_GROUP)

/* Of an entry row: the row below it. */
static GQuark
get_message_quark (void)
{
  static GQuark quark = 0;

  if (quark == 0)
    quark = g_quark_from_static_string ("morsel-message-row");

  return quark;
}

static MorselMessageRow *
message_of (GtkWidget *row)
{
  return g_object_get_qdata (G_OBJECT (row), get_message_quark ());
}

static void
add_row (MorselHeadersGroup *self, GtkWidget *row)
{
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (message_of (row)));
}

static void
remove_row (MorselHeadersGroup *self, GtkWidget *row)
{
  adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self),
                                GTK_WIDGET (message_of (row)));
  adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), row);
}

static GtkWidget *
new_entry_row (const char *title, const char *text)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ENTRY_ROW, "title", title, "text", text,
                                 "input-hints", GTK_INPUT_HINT_NO_EMOJI, NULL);
  GtkWidget *message = morsel_message_row_new (ADW_ENTRY_ROW (row));

  /* Only what is typed from now on needs to be applied. */
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (row), TRUE);
  g_object_set_qdata_full (G_OBJECT (row), get_message_quark (),
                           g_object_ref_sink (message), g_object_unref);

  return row;
}

/* Returns what was typed, or NULL, with a sentence below it, if it is no header. */
static char *
read_field (GtkWidget *row)
{
  g_autofree char *field = g_strdup (gtk_editable_get_text (GTK_EDITABLE (row)));
  g_autoptr (GError) error = NULL;

  if (morsel_settings_check_header (g_strstrip (field), &error))
    return g_steal_pointer (&field);

  morsel_message_row_show_message (message_of (row), error->message);

  return NULL;
}

static void
store (MorselHeadersGroup *self, const char *const *fields)
{
  self->is_storing = TRUE;
  g_settings_set_strv (self->settings, "headers", fields);
  self->is_storing = FALSE;
}

static void
apply_cb (MorselHeadersGroup *self, GtkWidget *row)
{
  g_auto (GStrv) fields = g_settings_get_strv (self->settings, "headers");
  g_autofree char *field = read_field (row);
  guint            position;

  if (field == NULL || !g_ptr_array_find (self->rows, row, &position))
    return;

  g_free (fields[position]);
  fields[position] = g_steal_pointer (&field);
  store (self, (const char *const *) fields);
}

static void
restore_cb (AdwToast *toast, GSettings *settings)
{
  g_settings_set_value (settings, "headers",
                        g_object_get_data (G_OBJECT (toast), "headers"));
}

static void
offer_to_restore (MorselHeadersGroup *self, GVariant *fields)
{
  GtkRoot  *window = gtk_widget_get_root (GTK_WIDGET (self));
  AdwToast *toast = adw_toast_new (_ ("Header removed"));

  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_object_set_data_full (G_OBJECT (toast), "headers", g_variant_ref (fields),
                          (GDestroyNotify) g_variant_unref);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (restore_cb),
                           self->settings, 0);
  morsel_toast_show (GTK_WIDGET (window), toast);
}

static void
remove_cb (GtkButton *button, MorselHeadersGroup *self)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (button), ADW_TYPE_ENTRY_ROW);
  g_autoptr (GVariant) before = g_settings_get_value (self->settings, "headers");
  g_autofree const char **fields = g_variant_get_strv (before, NULL);
  guint                   position;

  if (!g_ptr_array_find (self->rows, row, &position))
    return;

  for (const char **field = fields + position; *field != NULL; field++)
    field[0] = field[1];
  gtk_widget_grab_focus (self->new_row);
  g_ptr_array_remove_index (self->rows, position);
  remove_row (self, row);
  store (self, fields);
  offer_to_restore (self, before);
}

static void
add_field_row (MorselHeadersGroup *self, const char *field)
{
  /* Translators: a header field to send, such as “Accept-Language: de”. */
  GtkWidget *row = new_entry_row (_ ("Header"), field);
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autoptr (GError) error = NULL;

  gtk_widget_set_tooltip_text (button, _ ("Remove This Header"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  morsel_accessible_name_button (GTK_BUTTON (button));
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_cb), self, 0);
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (row), button);
  g_signal_connect_object (row, "apply", G_CALLBACK (apply_cb), self, G_CONNECT_SWAPPED);

  g_ptr_array_add (self->rows, row);
  add_row (self, row);

  /* From elsewhere it may be anything. */
  if (!morsel_settings_check_header (field, &error))
    morsel_message_row_show_message (message_of (row), error->message);
}

/* It goes to the end. */
static void
move_new_row (MorselHeadersGroup *self)
{
  remove_row (self, self->new_row);
  add_row (self, self->new_row);
}

static void
apply_new_cb (MorselHeadersGroup *self)
{
  g_auto (GStrv) fields = g_settings_get_strv (self->settings, "headers");
  g_autofree char *field = read_field (self->new_row);
  guint            n_fields = g_strv_length (fields);

  if (field == NULL)
    return;

  add_field_row (self, field);
  move_new_row (self);
  gtk_editable_set_text (GTK_EDITABLE (self->new_row), "");
  gtk_widget_grab_focus (self->new_row);

  fields = g_renew (char *, fields, n_fields + 2);
  fields[n_fields] = g_steal_pointer (&field);
  fields[n_fields + 1] = NULL;
  store (self, (const char *const *) fields);
}

static void
show_fields (MorselHeadersGroup *self)
{
  g_auto (GStrv) fields = g_settings_get_strv (self->settings, "headers");

  if (self->is_storing)
    return;

  for (guint i = 0; i < self->rows->len; i++)
    remove_row (self, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (gsize i = 0; fields[i] != NULL; i++)
    add_field_row (self, fields[i]);
  move_new_row (self);
}

static void
morsel_headers_group_dispose (GObject *object)
{
  MorselHeadersGroup *self = MORSEL_HEADERS_GROUP (object);

  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_object (&self->new_row);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (morsel_headers_group_parent_class)->dispose (object);
}

static void
morsel_headers_group_class_init (MorselHeadersGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = morsel_headers_group_dispose;
}

static void
morsel_headers_group_init (MorselHeadersGroup *self)
{
  self->rows = g_ptr_array_new ();
  self->new_row = g_object_ref_sink (new_entry_row (_ ("Add a Header"), ""));
  g_signal_connect_object (self->new_row, "apply", G_CALLBACK (apply_new_cb), self,
                           G_CONNECT_SWAPPED);
  add_row (self, self->new_row);
}

/**
 * morsel_headers_group_bind:
 * @self: a group, in an [class@Adw.PreferencesWindow]
 * @settings: the settings
 *
 * Shows the setting `headers`, and lets it be changed.
 */
void
morsel_headers_group_bind (MorselHeadersGroup *self, GSettings *settings)
{
  g_return_if_fail (MORSEL_IS_HEADERS_GROUP (self));
  g_return_if_fail (self->settings == NULL);

  self->settings = g_object_ref (settings);
  g_signal_connect_object (settings, "changed::headers", G_CALLBACK (show_fields), self,
                           G_CONNECT_SWAPPED);
  show_fields (self);
}
