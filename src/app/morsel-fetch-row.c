/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-fetch-row.h"

#include "app/morsel-fetch-button.h"
#include "app/morsel-progress-track.h"
#include "app/morsel-words.h"

/*
 * What the list shows of a fetch. Only the rows that can be seen have one of these; it
 * follows whichever fetch it stands for.
 */
struct _MorselFetchRow
{
  GtkWidget parent_instance;

  GtkImage            *icon;
  GtkLabel            *address;
  GtkLabel            *summary;
  MorselProgressTrack *track;
  MorselFetchButton   *button;

  MorselFetch  *fetch;
  GSignalGroup *signals;

  /* What is shown: most changes are of progress, and leave this as it is. */
  const char      *style_class;
  gboolean         is_shown;
  MorselFetchState shown_state;
};

G_DEFINE_FINAL_TYPE (MorselFetchRow, morsel_fetch_row, GTK_TYPE_WIDGET)

/* A button for what one is likely to want; the detail has one for the rest. */
static void
show_button (MorselFetchRow *self, MorselFetchState state)
{
  gboolean is_running = state == MORSEL_FETCH_RUNNING;
  gboolean wants_retry = state != MORSEL_FETCH_DONE &&
                         morsel_fetch_can_retry (self->fetch);

  morsel_fetch_button_show (self->button, self->fetch);
  gtk_widget_set_visible (GTK_WIDGET (self->button), is_running || wants_retry);
}

static void
show_state (MorselFetchRow *self, MorselFetchState state)
{
  const char *style_class = morsel_style_for_state (state);

  if (self->style_class != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), self->style_class);
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), style_class);
  self->style_class = style_class;
  self->is_shown = TRUE;
  self->shown_state = state;

  gtk_image_set_from_icon_name (self->icon, morsel_icon_for_state (state));
  gtk_widget_set_opacity (GTK_WIDGET (self->track),
                          state == MORSEL_FETCH_RUNNING ? 1 : 0);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->track), GTK_ACCESSIBLE_STATE_HIDDEN,
                               state != MORSEL_FETCH_RUNNING, -1);
  show_button (self, state);
}

static void
show_progress (MorselFetchRow *self)
{
  double fraction = morsel_fetch_get_fraction (self->fetch);

  if (morsel_fetch_get_state (self->fetch) != MORSEL_FETCH_RUNNING)
    return;

  if (fraction >= 0)
    morsel_progress_track_set_fraction (self->track, fraction);
  else
    morsel_progress_track_pulse (self->track);
}

/* In a word, and with the facts. */
static char *
words_for_row (MorselFetch *fetch)
{
  MorselFetchState state = morsel_fetch_get_state (fetch);
  g_autofree char *summary = morsel_words_for_summary (fetch);

  if (state == MORSEL_FETCH_RUNNING || state == MORSEL_FETCH_CANCELLED)
    return g_steal_pointer (&summary);

  return g_strdup_printf ("%s · %s", morsel_words_for_state (state), summary);
}

static void
changed_cb (MorselFetchRow *self)
{
  MorselFetchState state = morsel_fetch_get_state (self->fetch);
  g_autofree char *words = words_for_row (self->fetch);

  if (!self->is_shown || self->shown_state != state)
    show_state (self, state);
  show_progress (self);
  gtk_label_set_label (self->summary, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  morsel_fetch_get_address (self->fetch),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
}

/* The scheme is the same for nearly all, and what differs should be seen. */
static const char *
address_without_scheme (MorselFetch *fetch)
{
  const char *address = morsel_fetch_get_address (fetch);

  if (g_str_has_prefix (address, "https://"))
    return address + strlen ("https://");

  return address;
}

/* Made when somebody points at it, and not for each row that scrolls by. */
static gboolean
query_tooltip_cb (MorselFetchRow *self,
                  int             x G_GNUC_UNUSED,
                  int             y G_GNUC_UNUSED,
                  gboolean        by_keyboard G_GNUC_UNUSED,
                  GtkTooltip     *tooltip)
{
  g_autofree char *text = NULL;

  if (self->fetch == NULL)
    return FALSE;

  text = morsel_words_for_tooltip (self->fetch);
  gtk_tooltip_set_text (tooltip, text);

  return TRUE;
}

static void
morsel_fetch_row_dispose (GObject *object)
{
  MorselFetchRow *self = MORSEL_FETCH_ROW (object);
  GtkWidget      *child;

  g_clear_object (&self->signals);
  g_clear_object (&self->fetch);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (morsel_fetch_row_parent_class)->dispose (object);
}

static void
morsel_fetch_row_class_init (MorselFetchRowClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = morsel_fetch_row_dispose;

  g_type_ensure (MORSEL_TYPE_FETCH_BUTTON);
  g_type_ensure (MORSEL_TYPE_PROGRESS_TRACK);
  gtk_widget_class_set_css_name (widget_class, "fetchrow");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               MORSEL_RESOURCES "morsel-fetch-row.ui");
  gtk_widget_class_bind_template_child (widget_class, MorselFetchRow, icon);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchRow, address);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchRow, summary);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchRow, track);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchRow, button);
  gtk_widget_class_bind_template_callback (widget_class, query_tooltip_cb);
}

static void
morsel_fetch_row_init (MorselFetchRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->signals = g_signal_group_new (MORSEL_TYPE_FETCH);
  g_signal_group_connect_swapped (self->signals, "changed", G_CALLBACK (changed_cb),
                                  self);
}

/**
 * morsel_fetch_row_new:
 *
 * Returns: (transfer floating): a row that stands for no fetch yet
 */
GtkWidget *
morsel_fetch_row_new (void)
{
  return g_object_new (MORSEL_TYPE_FETCH_ROW, NULL);
}

/**
 * morsel_fetch_row_set_fetch:
 * @self: a row
 * @fetch: (nullable): which fetch it stands for
 */
void
morsel_fetch_row_set_fetch (MorselFetchRow *self, MorselFetch *fetch)
{
  g_return_if_fail (MORSEL_IS_FETCH_ROW (self));

  if (!g_set_object (&self->fetch, fetch))
    return;

  self->is_shown = FALSE;
  g_signal_group_set_target (self->signals, fetch);
  if (fetch == NULL)
    return;

  gtk_label_set_label (self->address, address_without_scheme (fetch));
  changed_cb (self);
}

/**
 * morsel_fetch_row_get_fetch:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): the fetch that it stands for
 */
MorselFetch *
morsel_fetch_row_get_fetch (MorselFetchRow *self)
{
  g_return_val_if_fail (MORSEL_IS_FETCH_ROW (self), NULL);

  return self->fetch;
}
