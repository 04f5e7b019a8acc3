/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-connection-row.h"

#include <glib/gi18n.h>

#include "app/morsel-accessible.h"
#include "app/morsel-copy.h"
#include "app/morsel-fact-row.h"

/*
 * Who answered, and how the way there was secured. The facts are put together when
 * somebody wants to see them, and not before.
 */
struct _MorselConnectionRow
{
  AdwExpanderRow parent_instance;

  MorselFactRow *server;
  MorselFactRow *http_version;
  MorselFactRow *security;
  MorselFactRow *subject;
  MorselFactRow *names;
  MorselFactRow *issuer;
  MorselFactRow *expires;

  FetchResult *result;
  gboolean     is_shown; /* the result, in the facts */
};

G_DEFINE_FINAL_TYPE (MorselConnectionRow, morsel_connection_row, ADW_TYPE_EXPANDER_ROW)

static char *
text_of_date (gint64 seconds)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_local (seconds);

  return date != NULL ? g_date_time_format (date, "%x") : NULL;
}

static void
show_tls (MorselConnectionRow *self, const FetchTls *tls)
{
  g_autofree char *security = NULL;
  g_autofree char *names = NULL;
  g_autofree char *expires = NULL;

  if (tls != NULL)
    {
      if (tls->version != NULL)
        security = g_strdup_printf ("%s · %s", tls->version, tls->cipher);
      /* Translators: what stands between the names of a list. */
      names = g_strjoinv (C_ ("list separator", ", "), tls->names);
      expires = text_of_date (tls->expires);
    }

  morsel_fact_row_set_fact (self->security, security);
  morsel_fact_row_set_fact_from_network (self->subject,
                                         tls != NULL ? tls->subject : NULL);
  morsel_fact_row_set_fact_from_network (self->names,
                                         names != NULL && *names != '\0' ? names : NULL);
  morsel_fact_row_set_fact_from_network (self->issuer, tls != NULL ? tls->issuer : NULL);
  morsel_fact_row_set_fact (self->expires, expires);
}

static void
show (MorselConnectionRow *self)
{
  if (self->is_shown)
    return;

  morsel_fact_row_set_fact (self->server, fetch_result_get_remote_address (self->result));
  morsel_fact_row_set_fact (self->http_version,
                            fetch_result_get_http_version (self->result));
  show_tls (self, fetch_result_get_tls (self->result));
  self->is_shown = TRUE;
}

static void
show_if_expanded (MorselConnectionRow *self)
{
  if (self->result != NULL && adw_expander_row_get_expanded (ADW_EXPANDER_ROW (self)))
    show (self);
}

static void
morsel_connection_row_dispose (GObject *object)
{
  MorselConnectionRow *self = MORSEL_CONNECTION_ROW (object);

  g_clear_pointer (&self->result, fetch_result_unref);

  G_OBJECT_CLASS (morsel_connection_row_parent_class)->dispose (object);
}

static void
morsel_connection_row_class_init (MorselConnectionRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = morsel_connection_row_dispose;
}

static MorselFactRow *
add_fact (MorselConnectionRow *self, const char *title)
{
  /* Nobody measures it until there is a fact. */
  MorselFactRow *row = g_object_new (MORSEL_TYPE_FACT_ROW, "title", title, "visible",
                                     FALSE, NULL);

  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), GTK_WIDGET (row));

  return row;
}

static void
copy_cb (MorselConnectionRow *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  show (self);
  morsel_fact_row_append_to (self->server, text);
  morsel_fact_row_append_to (self->http_version, text);
  morsel_fact_row_append_to (self->security, text);
  morsel_fact_row_append_to (self->subject, text);
  morsel_fact_row_append_to (self->names, text);
  morsel_fact_row_append_to (self->issuer, text);
  morsel_fact_row_append_to (self->expires, text);
  morsel_copy_text (GTK_WIDGET (self), text->str, _ ("Connection copied"));
}

static void
morsel_connection_row_init (MorselConnectionRow *self)
{
  GtkWidget *button = morsel_copy_button_new (_ ("Copy Connection"));

  g_signal_connect_swapped (button, "clicked", G_CALLBACK (copy_cb), self);
  adw_expander_row_add_action (ADW_EXPANDER_ROW (self), button);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _ ("Connection"));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  self->server = add_fact (self, C_ ("IP address", "Address"));
  /* Translators: a version of HTTP follows. */
  self->http_version = add_fact (self, C_ ("connection", "Protocol"));
  /* Translators: whether, and how, it is encrypted follows. */
  self->security = add_fact (self, C_ ("connection", "Security"));
  /* Translators: whom a certificate names as its owner follows. */
  self->subject = add_fact (self, _ ("Certificate Of"));
  /* Translators: the names of hosts for which a certificate holds follow. */
  self->names = add_fact (self, _ ("Certificate For"));
  /* Translators: who has signed a certificate follows. */
  self->issuer = add_fact (self, _ ("Signed By"));
  /* Translators: the date on which a certificate expires follows. */
  self->expires = add_fact (self, _ ("Valid Until"));
  morsel_accessible_name_row (ADW_PREFERENCES_ROW (self));
  morsel_accessible_name_lists (
      GTK_WIDGET (self), adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)));
  g_signal_connect (self, "notify::expanded", G_CALLBACK (show_if_expanded), NULL);
}

/* Nothing is said of that where there was no answer. */
static const char *
words_for_security (FetchResult *result)
{
  if (fetch_result_get_http_version (result) == NULL)
    return fetch_result_get_remote_address (result);

  /* Translators: of a connection. */
  return fetch_result_get_tls (result) != NULL ? _ ("Encrypted") : _ ("Not encrypted");
}

/**
 * morsel_connection_row_set_result:
 * @self: a row
 * @result: (nullable): whose connection to show
 */
void
morsel_connection_row_set_result (MorselConnectionRow *self, FetchResult *result)
{
  g_return_if_fail (MORSEL_IS_CONNECTION_ROW (self));

  gtk_widget_set_visible (GTK_WIDGET (self),
                          result != NULL &&
                              fetch_result_get_remote_address (result) != NULL);
  if (result == self->result)
    return;

  g_clear_pointer (&self->result, fetch_result_unref);
  self->is_shown = FALSE;
  if (result == NULL)
    return;

  self->result = fetch_result_ref (result);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), words_for_security (result));
  show_if_expanded (self);
}
