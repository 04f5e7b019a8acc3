/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-filter-bar.h"

#include <glib/gi18n.h>

/*
 * A choice of which fetches to show: all, or those in some state, each with how many
 * there are.
 */
struct _MorselFilterBar
{
  GtkWidget parent_instance;

  GtkToggleButton *buttons[MORSEL_N_SHOWN];
  GtkLabel        *counts[MORSEL_N_SHOWN];
  guint            shown_counts[MORSEL_N_SHOWN];
};

G_DEFINE_FINAL_TYPE (MorselFilterBar, morsel_filter_bar, GTK_TYPE_WIDGET)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static const char *
name_of (MorselShownFetches shown)
{
  switch (shown)
    {
    case MORSEL_SHOWN_RUNNING:
      /* Translators: fetches that are running: plural. So are the others here. */
      return C_ ("filter", "Running");
    case MORSEL_SHOWN_DONE:
      return C_ ("filter", "Done");
    case MORSEL_SHOWN_FAILED:
      return C_ ("filter", "Failed");
    case MORSEL_SHOWN_ALL:
    default:
      /* Translators: all fetches, and not only those that are running, done or failed. */
      return C_ ("filter", "All");
    }
}

static void
show_count (MorselFilterBar *self, MorselShownFetches shown, guint count)
{
  g_autofree char *number = g_strdup_printf ("%'u", count);
  g_autofree char *label = NULL;

  gtk_label_set_label (self->counts[shown], number);
  self->shown_counts[shown] = count;

  /* Translators: for screen readers: which fetches, and how many there are, as in
     “Running, 12”. */
  label = g_strdup_printf (_ ("%s, %s"), name_of (shown), number);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->buttons[shown]),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
toggled_cb (MorselFilterBar *self, GtkToggleButton *button)
{
  if (gtk_toggle_button_get_active (button))
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
add_button (MorselFilterBar *self, MorselShownFetches shown)
{
  GtkWidget *button = gtk_toggle_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *count = gtk_label_new (NULL);
  GtkWidget *name = gtk_label_new (name_of (shown));

  gtk_widget_add_css_class (count, "numeric");
  gtk_widget_add_css_class (count, "count");
  gtk_widget_add_css_class (name, "caption");
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (box), count);
  gtk_box_append (GTK_BOX (box), name);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_parent (button, GTK_WIDGET (self));

  self->buttons[shown] = GTK_TOGGLE_BUTTON (button);
  self->counts[shown] = GTK_LABEL (count);
  gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button),
                               shown > 0 ? self->buttons[0] : NULL);
  g_signal_connect_swapped (button, "toggled", G_CALLBACK (toggled_cb), self);
  show_count (self, shown, 0);
}

static void
morsel_filter_bar_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (morsel_filter_bar_parent_class)->dispose (object);
}

static void
morsel_filter_bar_class_init (MorselFilterBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = morsel_filter_bar_dispose;

  gtk_widget_class_set_css_name (widget_class, "filterbar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);

  signals[CHANGED] = g_signal_new ("changed", MORSEL_TYPE_FILTER_BAR, G_SIGNAL_RUN_LAST,
                                   0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
morsel_filter_bar_init (MorselFilterBar *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_box_layout_set_homogeneous (GTK_BOX_LAYOUT (layout), TRUE);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 3);
  for (guint shown = 0; shown < MORSEL_N_SHOWN; shown++)
    add_button (self, shown);
  gtk_toggle_button_set_active (self->buttons[MORSEL_SHOWN_ALL], TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Fetches to Show"), -1);
}

static guint
count (MorselFetchList *list, MorselShownFetches shown)
{
  switch (shown)
    {
    case MORSEL_SHOWN_RUNNING:
      return morsel_fetch_list_count (list, MORSEL_FETCH_RUNNING);
    case MORSEL_SHOWN_DONE:
      return morsel_fetch_list_count (list, MORSEL_FETCH_DONE);
    case MORSEL_SHOWN_FAILED:
      return morsel_fetch_list_count (list, MORSEL_FETCH_REFUSED) +
             morsel_fetch_list_count (list, MORSEL_FETCH_FAILED) +
             morsel_fetch_list_count (list, MORSEL_FETCH_CANCELLED);
    case MORSEL_SHOWN_ALL:
    default:
      return g_list_model_get_n_items (G_LIST_MODEL (list));
    }
}

/**
 * morsel_filter_bar_show_counts:
 * @self: a filter bar
 * @list: what is to be counted
 *
 * Shows how many fetches there are of each kind.
 */
void
morsel_filter_bar_show_counts (MorselFilterBar *self, MorselFetchList *list)
{
  g_return_if_fail (MORSEL_IS_FILTER_BAR (self));

  for (guint shown = 0; shown < MORSEL_N_SHOWN; shown++)
    if (count (list, shown) != self->shown_counts[shown])
      show_count (self, shown, count (list, shown));
}

/**
 * morsel_filter_bar_get_shown:
 * @self: a filter bar
 *
 * Returns: what was chosen
 */
MorselShownFetches
morsel_filter_bar_get_shown (MorselFilterBar *self)
{
  g_return_val_if_fail (MORSEL_IS_FILTER_BAR (self), MORSEL_SHOWN_ALL);

  for (guint shown = 0; shown < MORSEL_N_SHOWN; shown++)
    if (gtk_toggle_button_get_active (self->buttons[shown]))
      return shown;

  return MORSEL_SHOWN_ALL;
}

/**
 * morsel_filter_bar_set_shown:
 * @self: a filter bar
 * @shown: what to choose
 */
void
morsel_filter_bar_set_shown (MorselFilterBar *self, MorselShownFetches shown)
{
  g_return_if_fail (MORSEL_IS_FILTER_BAR (self));

  gtk_toggle_button_set_active (self->buttons[shown], TRUE);
}
