/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-fact-row.h"

#include <glib/gi18n.h>

#include "app/morsel-accessible.h"
#include "app/morsel-words.h"
#include "fetch/fetch-visible-text.h"

/*
 * A name and a fact, which can be selected. A row without a fact hides.
 */
struct _MorselFactRow
{
  AdwPreferencesRow parent_instance;

  GtkLabel *fact;
};

G_DEFINE_FINAL_TYPE (MorselFactRow, morsel_fact_row, ADW_TYPE_PREFERENCES_ROW)

static void
morsel_fact_row_class_init (MorselFactRowClass *klass)
{
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass),
                                               MORSEL_RESOURCES "morsel-fact-row.ui");
  gtk_widget_class_bind_template_child (GTK_WIDGET_CLASS (klass), MorselFactRow, fact);
}

static void
morsel_fact_row_init (MorselFactRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * morsel_fact_row_set_fact:
 * @self: a row
 * @fact: (nullable): what to tell; %NULL to hide the row
 */
void
morsel_fact_row_set_fact (MorselFactRow *self, const char *fact)
{
  g_return_if_fail (MORSEL_IS_FACT_ROW (self));

  gtk_label_set_label (self->fact, fact != NULL ? fact : "");
  morsel_accessible_name_row (ADW_PREFERENCES_ROW (self));
  morsel_accessible_describe (GTK_WIDGET (self), fact);
  gtk_widget_set_visible (GTK_WIDGET (self), fact != NULL);
}

/**
 * morsel_fact_row_set_fact_from_network:
 * @self: a row
 * @fact: (nullable): what somebody else tells, as it came; %NULL to hide the row
 *
 * Shows it on one line, with nothing in it hidden, and not all of it if it is long.
 */
void
morsel_fact_row_set_fact_from_network (MorselFactRow *self, const char *fact)
{
  g_autofree char *line = fact != NULL ? morsel_words_shorten (fetch_visible_line (fact))
                                       : NULL;

  morsel_fact_row_set_fact (self, line);
}

/**
 * morsel_fact_row_append_to:
 * @self: a row
 * @text: what to append a line to: the name and the fact, if there is one
 */
void
morsel_fact_row_append_to (MorselFactRow *self, GString *text)
{
  g_return_if_fail (MORSEL_IS_FACT_ROW (self));

  if (gtk_widget_get_visible (GTK_WIDGET (self)))
    /* Translators: a name and a fact, in a text that is copied. */
    g_string_append_printf (text, _ ("%s: %s\n"),
                            adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)),
                            gtk_label_get_label (self->fact));
}
