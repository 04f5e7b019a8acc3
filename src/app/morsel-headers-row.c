/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-headers-row.h"

#include <glib/gi18n.h>

#include "app/morsel-accessible.h"
#include "app/morsel-copy.h"
#include "app/morsel-words.h"
#include "fetch/fetch-visible-text.h"

/*
 * The headers of each answer of a redirect chain, as the server sent them, with nothing
 * in them hidden. They are laid out when somebody wants to see them, and not before:
 * there may be as many as there is room for.
 */
struct _MorselHeadersRow
{
  AdwExpanderRow parent_instance;

  FetchResult *result;
  GtkLabel    *text;
  gboolean     is_shown; /* the result, in the text */
};

G_DEFINE_FINAL_TYPE (MorselHeadersRow, morsel_headers_row, ADW_TYPE_EXPANDER_ROW)

/* What is more than a few screens is read by nobody, and laid out for seconds. */
#define MOST_LINES 200

static void
append_line (GString *text, const char *line, gboolean is_shortened)
{
  g_autofree char *visible = fetch_visible_line (line);

  if (is_shortened)
    visible = morsel_words_shorten (g_steal_pointer (&visible));
  g_string_append (text, visible);
  g_string_append_c (text, '\n');
}

/* Returns how many lines were left out. */
static guint
append_hops (GString *text, FetchResult *result, guint most_lines, gboolean is_shortened)
{
  guint n_lines = 0;
  guint n_left_out = 0;

  for (guint i = 0; i < fetch_result_get_n_hops (result); i++)
    {
      FetchHop hop = fetch_result_get_hop (result, i);

      if (i > 0)
        g_string_append_c (text, '\n');
      append_line (text, hop.url, is_shortened);
      append_line (text, hop.status_line, is_shortened);
      for (gsize k = 0; hop.fields[k] != NULL; k++)
        if (++n_lines <= most_lines)
          append_line (text, hop.fields[k], is_shortened);
        else
          n_left_out++;
    }

  return n_left_out;
}

static char *
text_of (FetchResult *result)
{
  GString *text = g_string_new (NULL);
  guint    n_left_out = append_hops (text, result, MOST_LINES, TRUE);

  if (n_left_out > 0)
    g_string_append_printf (
        text, ngettext ("… and %u more line", "… and %u more lines", n_left_out),
        n_left_out);
  else if (text->len > 0)
    g_string_truncate (text, text->len - 1);

  return g_string_free (text, FALSE);
}

/* All of them, whether they are shown or not. */
static void
copy_cb (MorselHeadersRow *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  append_hops (text, self->result, G_MAXUINT, FALSE);
  morsel_copy_text (GTK_WIDGET (self), text->str, _ ("Headers copied"));
}

static void
show_if_expanded (MorselHeadersRow *self)
{
  g_autofree char *text = NULL;

  if (self->is_shown || self->result == NULL ||
      !adw_expander_row_get_expanded (ADW_EXPANDER_ROW (self)))
    return;

  text = text_of (self->result);
  gtk_label_set_label (self->text, text);
  self->is_shown = TRUE;
}

static void
morsel_headers_row_dispose (GObject *object)
{
  MorselHeadersRow *self = MORSEL_HEADERS_ROW (object);

  g_clear_pointer (&self->result, fetch_result_unref);

  G_OBJECT_CLASS (morsel_headers_row_parent_class)->dispose (object);
}

static void
morsel_headers_row_class_init (MorselHeadersRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = morsel_headers_row_dispose;
}

static void
morsel_headers_row_init (MorselHeadersRow *self)
{
  GtkWidget *row = g_object_new (ADW_TYPE_PREFERENCES_ROW, "activatable", FALSE, "title",
                                 C_ ("of answers", "Headers"), NULL);
  GtkWidget *button = morsel_copy_button_new (_ ("Copy Headers"));

  g_signal_connect_swapped (button, "clicked", G_CALLBACK (copy_cb), self);
  adw_expander_row_add_action (ADW_EXPANDER_ROW (self), button);
  self->text = GTK_LABEL (morsel_words_new_text_label ());
  gtk_widget_add_css_class (GTK_WIDGET (self->text), "fact");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), GTK_WIDGET (self->text));
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self),
                                 C_ ("of answers", "Headers"));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  morsel_accessible_name_row (ADW_PREFERENCES_ROW (row));
  morsel_accessible_name_row (ADW_PREFERENCES_ROW (self));
  morsel_accessible_name_lists (
      GTK_WIDGET (self), adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)));
  g_signal_connect (self, "notify::expanded", G_CALLBACK (show_if_expanded), NULL);
}

/**
 * morsel_headers_row_set_result:
 * @self: a row
 * @result: (nullable): whose headers to show
 */
void
morsel_headers_row_set_result (MorselHeadersRow *self, FetchResult *result)
{
  guint            n_hops = result != NULL ? fetch_result_get_n_hops (result) : 0;
  g_autofree char *answers = NULL;

  g_return_if_fail (MORSEL_IS_HEADERS_ROW (self));

  gtk_widget_set_visible (GTK_WIDGET (self), n_hops > 0);
  if (result == self->result)
    return;

  g_clear_pointer (&self->result, fetch_result_unref);
  if (result != NULL)
    self->result = fetch_result_ref (result);
  self->is_shown = FALSE;

  /* Translators: how many answers there were, with redirects. Each has headers. */
  answers = g_strdup_printf (ngettext ("%u answer", "%u answers", n_hops), n_hops);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), answers);
  show_if_expanded (self);
}
