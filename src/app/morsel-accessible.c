/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-accessible.h"

/*
 * What GTK 4.8 leaves to be done for screen readers: names that are said once, and that
 * are words, and not those of a type in the source.
 */

static void
set_name (gpointer accessible, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (accessible),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* What only holds something, or decorates it, has nothing to say; GTK would say its type.
 */
static gboolean
is_silent (GtkWidget *widget)
{
  switch ((int) gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget)))
    {
    case GTK_ACCESSIBLE_ROLE_WIDGET:
      return TRUE;
    case GTK_ACCESSIBLE_ROLE_IMG:
      return GTK_IS_IMAGE (widget);
    default:
      return GTK_IS_FLOW_BOX_CHILD (widget);
    }
}

static void
hush (GtkWidget *widget)
{
  if (is_silent (widget))
    set_name (widget, "");

  if (GTK_IS_STACK (widget))
    {
      g_autoptr (GtkSelectionModel) pages = gtk_stack_get_pages (GTK_STACK (widget));

      for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (pages)); i++)
        {
          g_autoptr (GObject) page = g_list_model_get_item (G_LIST_MODEL (pages), i);

          set_name (page, "");
        }
    }
}

/**
 * morsel_accessible_name_button:
 * @button: a button, whose label or icon has just been set
 *
 * A label that has a mnemonic would be said twice, the first time with its underscore;
 * and an icon says nothing, but what is said of it to those who point at it does.
 */
void
morsel_accessible_name_button (GtkButton *button)
{
  const char *tooltip;

  g_return_if_fail (GTK_IS_BUTTON (button));

  tooltip = gtk_widget_get_tooltip_text (GTK_WIDGET (button));
  if (gtk_button_get_use_underline (button))
    gtk_accessible_reset_property (GTK_ACCESSIBLE (button),
                                   GTK_ACCESSIBLE_PROPERTY_LABEL);
  else if (gtk_button_get_icon_name (button) != NULL && tooltip != NULL)
    set_name (button, tooltip);
}

static void
name_menu_button (GtkMenuButton *button)
{
  const char *tooltip = gtk_widget_get_tooltip_text (GTK_WIDGET (button));
  GtkPopover *popover = gtk_menu_button_get_popover (button);

  if (tooltip == NULL)
    return;

  set_name (button, tooltip);
  if (popover != NULL)
    set_name (popover, tooltip);
}

/**
 * morsel_accessible_name_parts:
 * @root: a widget
 *
 * Names the buttons in it, and lets screen readers pass over what only holds them.
 */
void
morsel_accessible_name_parts (GtkWidget *root)
{
  g_return_if_fail (GTK_IS_WIDGET (root));

  hush (root);
  if (GTK_IS_BUTTON (root))
    morsel_accessible_name_button (GTK_BUTTON (root));
  else if (GTK_IS_MENU_BUTTON (root))
    name_menu_button (GTK_MENU_BUTTON (root));

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    morsel_accessible_name_parts (child);
}

/**
 * morsel_accessible_name_row:
 * @row: a row, which has a title
 *
 * Names a row by its title, where libadwaita doesn't.
 */
void
morsel_accessible_name_row (AdwPreferencesRow *row)
{
  g_return_if_fail (ADW_IS_PREFERENCES_ROW (row));

  set_name (row, adw_preferences_row_get_title (row));
}

/**
 * morsel_accessible_name_lists:
 * @root: a widget
 * @name: what the lists in it are of
 *
 * Lists in lists have names of their own.
 */
void
morsel_accessible_name_lists (GtkWidget *root, const char *name)
{
  g_return_if_fail (GTK_IS_WIDGET (root));

  if (GTK_IS_LIST_BOX (root))
    {
      set_name (root, name);
      return;
    }

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    morsel_accessible_name_lists (child, name);
}

/**
 * morsel_accessible_describe:
 * @widget: a widget
 * @description: (nullable): what there is to say of it, besides its name
 *
 * GTK 4.8 does not find the words of a label that describes something.
 */
void
morsel_accessible_describe (GtkWidget *widget, const char *description)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));

  if (description != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget),
                                    GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (widget),
                                   GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

/**
 * morsel_accessible_set_error:
 * @widget: where something is typed
 * @message: (nullable): a sentence that says what is wrong with it; %NULL if nothing is
 *
 * Says that what was typed is invalid, and why.
 */
void
morsel_accessible_set_error (GtkWidget *widget, const char *message)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));

  if (message != NULL)
    gtk_accessible_update_state (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_STATE_INVALID,
                                 GTK_ACCESSIBLE_INVALID_TRUE, -1);
  else
    gtk_accessible_reset_state (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_STATE_INVALID);
  morsel_accessible_describe (widget, message);
}
