/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-list-page.h"

#include <glib/gi18n.h>

#include "app/morsel-arrangement.h"
#include "app/morsel-fetch-filter.h"
#include "app/morsel-fetch-row.h"
#include "app/morsel-filter-bar.h"
#include "app/morsel-gradual-selection.h"
#include "app/morsel-single-stop.h"

/*
 * The list of fetches: which of them are shown, in which order, and which are selected.
 *
 * Signals: “selection-changed”; “activated”, when somebody wants to see the detail.
 */
struct _MorselListPage
{
  AdwBin parent_instance;

  GtkSearchBar           *search_bar;
  GtkSearchEntry         *search_entry;
  MorselFilterBar        *filter_bar;
  GtkStack               *stack;
  GtkListView            *list;
  MorselGradualSelection *rows; /* what the list shows of the next */
  GtkMultiSelection      *selection;
  MorselArrangement      *arrangement;
  GtkPopoverMenu         *context_menu;

  MorselFetchFilter *filter;

  MorselFetchList *fetches;
  GSignalGroup    *fetches_signals;
  MorselSortKey    sort_by;
  gboolean         sort_descending;

  gint64 last_scrolled; /* when */
  guint  rest_id;       /* 0 unless somebody scrolls */
};

G_DEFINE_FINAL_TYPE (MorselListPage, morsel_list_page, ADW_TYPE_BIN)

enum
{
  PROP_SORT_BY = 1,
  PROP_SORT_DESCENDING,
  PROP_SCROLLED,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

/* How long nobody has scrolled when what has changed is sorted again. */
#define REST_MILLISECONDS 300

enum
{
  SELECTION_CHANGED,
  ACTIVATED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
set_up_row_cb (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *item)
{
  gtk_list_item_set_child (item, morsel_fetch_row_new ());
}

static void
bind_row_cb (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *item)
{
  morsel_fetch_row_set_fetch (MORSEL_FETCH_ROW (gtk_list_item_get_child (item)),
                              gtk_list_item_get_item (item));
}

static void
unbind_row_cb (GtkSignalListItemFactory *factory G_GNUC_UNUSED, GtkListItem *item)
{
  morsel_fetch_row_set_fetch (MORSEL_FETCH_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
selection_changed_cb (MorselListPage *self)
{
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

static void
activated_cb (MorselListPage *self)
{
  g_signal_emit (self, signals[ACTIVATED], 0);
}

/* Nothing found is something to be said. */
static void
shown_changed_cb (MorselListPage *self)
{
  gboolean is_empty = g_list_model_get_n_items (G_LIST_MODEL (self->arrangement)) == 0;

  gtk_stack_set_visible_child_name (self->stack, is_empty ? "nothing" : "list");
}

static void
filter_bar_changed_cb (MorselListPage *self)
{
  morsel_fetch_filter_set_shown (self->filter,
                                 morsel_filter_bar_get_shown (self->filter_bar));
}

static void
search_changed_cb (MorselListPage *self)
{
  morsel_fetch_filter_set_search (
      self->filter, gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
}

static gboolean
rest_cb (gpointer user_data)
{
  MorselListPage *self = user_data;

  if (g_get_monotonic_time () - self->last_scrolled <
      REST_MILLISECONDS * G_TIME_SPAN_MILLISECOND)
    return G_SOURCE_CONTINUE;

  self->rest_id = 0;
  morsel_arrangement_set_steady (self->arrangement, FALSE);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SCROLLED]);

  return G_SOURCE_REMOVE;
}

static void
scrolled_cb (MorselListPage *self)
{
  self->last_scrolled = g_get_monotonic_time ();
  if (self->rest_id != 0)
    return;

  self->rest_id = g_timeout_add (REST_MILLISECONDS, rest_cb, self);
  morsel_arrangement_set_steady (self->arrangement, TRUE);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SCROLLED]);
}

/* From searching to what was found. */
static void
search_activated_cb (MorselListPage *self)
{
  gtk_widget_child_focus (GTK_WIDGET (self->list), GTK_DIR_TAB_FORWARD);
}

static void
totals_changed_cb (MorselListPage *self)
{
  morsel_filter_bar_show_counts (self->filter_bar, self->fetches);
}

/* From the end, where those are that one has just added. */
static guint
find_position (MorselListPage *self, MorselFetch *fetch)
{
  GListModel *model = G_LIST_MODEL (self->selection);

  for (guint i = g_list_model_get_n_items (model); i > 0; i--)
    {
      g_autoptr (MorselFetch) item = g_list_model_get_item (model, i - 1);

      if (item == fetch)
        return i - 1;
    }

  return GTK_INVALID_LIST_POSITION;
}

/* The row that a widget of the list is in; NULL if it is in none. */
static MorselFetchRow *
find_row (GtkWidget *widget)
{
  if (widget == NULL)
    return NULL;
  if (MORSEL_IS_FETCH_ROW (widget))
    return MORSEL_FETCH_ROW (widget);
  if (MORSEL_IS_FETCH_ROW (gtk_widget_get_first_child (widget)))
    return MORSEL_FETCH_ROW (gtk_widget_get_first_child (widget));

  return MORSEL_FETCH_ROW (gtk_widget_get_ancestor (widget, MORSEL_TYPE_FETCH_ROW));
}

/* A menu is about what it was opened on, and about what is selected together with it. */
static void
select_row (MorselListPage *self, MorselFetchRow *row)
{
  guint              position = find_position (self, morsel_fetch_row_get_fetch (row));
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (self->selection);

  if (!gtk_selection_model_is_selected (selection, position))
    gtk_selection_model_select_item (selection, position, TRUE);
}

static void
open_menu (MorselListPage *self, MorselFetchRow *row, double x, double y)
{
  graphene_point_t point;

  select_row (self, row);
  if (!gtk_widget_compute_point (GTK_WIDGET (row), GTK_WIDGET (self),
                                 &GRAPHENE_POINT_INIT (x, y), &point))
    return;

  gtk_popover_set_pointing_to (GTK_POPOVER (self->context_menu),
                               &(GdkRectangle){ (int) point.x, (int) point.y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->context_menu));
}

static void
pressed_cb (MorselListPage  *self,
            int              n_presses G_GNUC_UNUSED,
            double           x,
            double           y,
            GtkGestureClick *gesture)
{
  GtkWidget       *list = GTK_WIDGET (self->list);
  MorselFetchRow  *row = find_row (gtk_widget_pick (list, x, y, GTK_PICK_DEFAULT));
  graphene_point_t point;

  if (row == NULL || !gtk_widget_compute_point (list, GTK_WIDGET (row),
                                                &GRAPHENE_POINT_INIT (x, y), &point))
    return;

  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  open_menu (self, row, point.x, point.y);
}

static void
menu_action (GtkWidget  *widget,
             const char *action_name G_GNUC_UNUSED,
             GVariant   *parameter G_GNUC_UNUSED)
{
  MorselListPage *self = MORSEL_LIST_PAGE (widget);
  GtkRoot        *root = gtk_widget_get_root (widget);
  MorselFetchRow *row = find_row (gtk_root_get_focus (root));

  if (row != NULL)
    open_menu (self, row, gtk_widget_get_width (GTK_WIDGET (row)) / 2.0,
               gtk_widget_get_height (GTK_WIDGET (row)) / 2.0);
}

static void
morsel_list_page_get_property (GObject    *object,
                               guint       property_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  MorselListPage *self = MORSEL_LIST_PAGE (object);

  switch (property_id)
    {
    case PROP_SORT_BY:
      g_value_set_enum (value, self->sort_by);
      break;

    case PROP_SORT_DESCENDING:
      g_value_set_boolean (value, self->sort_descending);
      break;

    case PROP_SCROLLED:
      g_value_set_boolean (value, morsel_list_page_is_scrolled (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
morsel_list_page_set_property (GObject      *object,
                               guint         property_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  MorselListPage *self = MORSEL_LIST_PAGE (object);

  switch (property_id)
    {
    case PROP_SORT_BY:
      if (self->sort_by == (MorselSortKey) g_value_get_enum (value))
        return;
      self->sort_by = g_value_get_enum (value);
      break;

    case PROP_SORT_DESCENDING:
      if (self->sort_descending == g_value_get_boolean (value))
        return;
      self->sort_descending = g_value_get_boolean (value);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      return;
    }

  morsel_arrangement_set_order (self->arrangement, self->sort_by, self->sort_descending);
  g_object_notify_by_pspec (object, pspec);
}

static void
morsel_list_page_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GTK_WIDGET_CLASS (morsel_list_page_parent_class)
      ->size_allocate (widget, width, height, baseline);

  /* It is no child of the bin, and has to be told. */
  gtk_popover_present (GTK_POPOVER (MORSEL_LIST_PAGE (widget)->context_menu));
}

static void
morsel_list_page_dispose (GObject *object)
{
  MorselListPage *self = MORSEL_LIST_PAGE (object);

  g_clear_handle_id (&self->rest_id, g_source_remove);
  if (self->context_menu != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->context_menu));
  self->context_menu = NULL;
  g_clear_object (&self->fetches_signals);
  g_clear_object (&self->fetches);
  g_clear_object (&self->filter);

  G_OBJECT_CLASS (morsel_list_page_parent_class)->dispose (object);
}

static void
morsel_list_page_class_init (MorselListPageClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = morsel_list_page_get_property;
  object_class->set_property = morsel_list_page_set_property;
  object_class->dispose = morsel_list_page_dispose;
  widget_class->size_allocate = morsel_list_page_size_allocate;

  properties[PROP_SORT_BY] = g_param_spec_enum (
      "sort-by", NULL, NULL, MORSEL_TYPE_SORT_KEY, MORSEL_SORT_ADDED,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_SORT_DESCENDING] = g_param_spec_boolean (
      "sort-descending", NULL, NULL, FALSE,
      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_SCROLLED] = g_param_spec_boolean (
      "scrolled", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  signals[SELECTION_CHANGED] = g_signal_new ("selection-changed", MORSEL_TYPE_LIST_PAGE,
                                             G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                             G_TYPE_NONE, 0);
  signals[ACTIVATED] = g_signal_new ("activated", MORSEL_TYPE_LIST_PAGE,
                                     G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                     0);

  g_type_ensure (MORSEL_TYPE_ARRANGEMENT);
  g_type_ensure (MORSEL_TYPE_FILTER_BAR);
  g_type_ensure (MORSEL_TYPE_GRADUAL_SELECTION);
  g_type_ensure (MORSEL_TYPE_SINGLE_STOP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               MORSEL_RESOURCES "morsel-list-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MorselListPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, MorselListPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, MorselListPage, filter_bar);
  gtk_widget_class_bind_template_child (widget_class, MorselListPage, stack);
  gtk_widget_class_bind_template_child (widget_class, MorselListPage, list);
  gtk_widget_class_bind_template_child (widget_class, MorselListPage, rows);
  gtk_widget_class_bind_template_child (widget_class, MorselListPage, selection);
  gtk_widget_class_bind_template_child (widget_class, MorselListPage, arrangement);
  gtk_widget_class_bind_template_child (widget_class, MorselListPage, context_menu);
  gtk_widget_class_bind_template_callback (widget_class, set_up_row_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_row_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_row_cb);
  gtk_widget_class_bind_template_callback (widget_class, selection_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, shown_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_bar_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, pressed_cb);

  gtk_widget_class_install_action (widget_class, "fetches.menu", NULL, menu_action);
  gtk_widget_class_install_property_action (widget_class, "fetches.sort-by", "sort-by");
  gtk_widget_class_install_property_action (widget_class, "fetches.sort-descending",
                                            "sort-descending");
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "win.remove",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK,
                                       "win.copy-address", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "fetches.menu",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK,
                                       "fetches.menu", NULL);
}

static void
morsel_list_page_init (MorselListPage *self)
{
  self->filter = MORSEL_FETCH_FILTER (morsel_fetch_filter_new ());
  gtk_widget_init_template (GTK_WIDGET (self));

  morsel_arrangement_set_filter (self->arrangement, GTK_FILTER (self->filter));
  gtk_widget_set_parent (GTK_WIDGET (self->context_menu), GTK_WIDGET (self));
  g_signal_connect_object (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->list)),
                           "value-changed", G_CALLBACK (scrolled_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_search_bar_set_key_capture_widget (self->search_bar, GTK_WIDGET (self->list));
  gtk_text_set_input_hints (
      GTK_TEXT (gtk_editable_get_delegate (GTK_EDITABLE (self->search_entry))),
      GTK_INPUT_HINT_NO_EMOJI);

  self->fetches_signals = g_signal_group_new (MORSEL_TYPE_FETCH_LIST);
  g_signal_group_connect_swapped (self->fetches_signals, "totals-changed",
                                  G_CALLBACK (totals_changed_cb), self);
}

/**
 * morsel_list_page_set_fetches:
 * @self: a list page
 * @fetches: what to list
 */
void
morsel_list_page_set_fetches (MorselListPage *self, MorselFetchList *fetches)
{
  g_return_if_fail (MORSEL_IS_LIST_PAGE (self));

  if (!g_set_object (&self->fetches, fetches))
    return;

  g_signal_group_set_target (self->fetches_signals, fetches);
  morsel_arrangement_set_list (self->arrangement, fetches);
}

/**
 * morsel_list_page_get_selected:
 * @self: a list page
 *
 * Returns: (transfer full) (element-type MorselFetch): the fetches that are selected
 */
GPtrArray *
morsel_list_page_get_selected (MorselListPage *self)
{
  GPtrArray *fetches = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GtkBitset) positions = NULL;
  GtkBitsetIter iter;
  guint         position;
  gboolean      is_valid;

  g_return_val_if_fail (MORSEL_IS_LIST_PAGE (self), NULL);

  positions = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  for (is_valid = gtk_bitset_iter_init_first (&iter, positions, &position); is_valid;
       is_valid = gtk_bitset_iter_next (&iter, &position))
    g_ptr_array_add (fetches,
                     g_list_model_get_item (G_LIST_MODEL (self->selection), position));

  return fetches;
}

/**
 * morsel_list_page_count_selected:
 * @self: a list page
 *
 * Returns: how many fetches are selected
 */
guint
morsel_list_page_count_selected (MorselListPage *self)
{
  g_autoptr (GtkBitset) positions = NULL;

  g_return_val_if_fail (MORSEL_IS_LIST_PAGE (self), 0);

  positions = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));

  return (guint) gtk_bitset_get_size (positions);
}

/**
 * morsel_list_page_get_only_selected:
 * @self: a list page
 *
 * Returns: (transfer none) (nullable): the fetch that is selected, if it is one
 */
MorselFetch *
morsel_list_page_get_only_selected (MorselListPage *self)
{
  g_autoptr (GPtrArray) fetches = NULL;

  g_return_val_if_fail (MORSEL_IS_LIST_PAGE (self), NULL);

  if (morsel_list_page_count_selected (self) != 1)
    return NULL;
  fetches = morsel_list_page_get_selected (self);

  return fetches->pdata[0];
}

/**
 * morsel_list_page_get_first_selected:
 * @self: a list page
 *
 * Returns: the position of the first fetch that is selected; %GTK_INVALID_LIST_POSITION
 *   if none is
 */
guint
morsel_list_page_get_first_selected (MorselListPage *self)
{
  g_autoptr (GtkBitset) positions = NULL;

  g_return_val_if_fail (MORSEL_IS_LIST_PAGE (self), GTK_INVALID_LIST_POSITION);

  positions = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));

  return gtk_bitset_is_empty (positions) ? GTK_INVALID_LIST_POSITION
                                         : gtk_bitset_get_minimum (positions);
}

/**
 * morsel_list_page_get_shown:
 * @self: a list page
 *
 * Returns: (transfer none): the fetches as they are listed
 */
GtkSelectionModel *
morsel_list_page_get_shown (MorselListPage *self)
{
  g_return_val_if_fail (MORSEL_IS_LIST_PAGE (self), NULL);

  return GTK_SELECTION_MODEL (self->selection);
}

/**
 * morsel_list_page_show_all:
 * @self: a list page
 *
 * Shows all fetches, whatever was searched for.
 */
void
morsel_list_page_show_all (MorselListPage *self)
{
  g_return_if_fail (MORSEL_IS_LIST_PAGE (self));

  morsel_filter_bar_set_shown (self->filter_bar, MORSEL_SHOWN_ALL);
  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
}

/**
 * morsel_list_page_show_only:
 * @self: a list page
 * @shown: which fetches to show
 *
 * Shows those in some state only, of what was searched for.
 */
void
morsel_list_page_show_only (MorselListPage *self, MorselShownFetches shown)
{
  g_return_if_fail (MORSEL_IS_LIST_PAGE (self));

  morsel_filter_bar_set_shown (self->filter_bar, shown);
}

/**
 * morsel_list_page_select:
 * @self: a list page
 * @fetch: a fetch that it shows
 *
 * Selects a fetch, and nothing else.
 */
void
morsel_list_page_select (MorselListPage *self, MorselFetch *fetch)
{
  g_return_if_fail (MORSEL_IS_LIST_PAGE (self));

  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection),
                                   find_position (self, fetch), TRUE);
}

/**
 * morsel_list_page_select_position:
 * @self: a list page
 * @position: where in the list
 *
 * Selects the fetch at a position, or the last, and nothing else.
 */
void
morsel_list_page_select_position (MorselListPage *self, guint position)
{
  guint n_items;

  g_return_if_fail (MORSEL_IS_LIST_PAGE (self));

  n_items = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  if (n_items > 0)
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection),
                                     MIN (position, n_items - 1), TRUE);
}

/**
 * morsel_list_page_is_scrolled:
 * @self: a list page
 *
 * Returns: whether somebody scrolls through the list, or did a moment ago; “scrolled” is
 *   the property
 */
gboolean
morsel_list_page_is_scrolled (MorselListPage *self)
{
  g_return_val_if_fail (MORSEL_IS_LIST_PAGE (self), FALSE);

  return self->rest_id != 0;
}

/**
 * morsel_list_page_focus:
 * @self: a list page
 *
 * Lets the keyboard go on in the list, where it was, or next to what was there.
 */
void
morsel_list_page_focus (MorselListPage *self)
{
  g_return_if_fail (MORSEL_IS_LIST_PAGE (self));

  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

/**
 * morsel_list_page_scroll_to:
 * @self: a list page
 * @fetch: a fetch that it shows
 */
void
morsel_list_page_scroll_to (MorselListPage *self, MorselFetch *fetch)
{
  g_return_if_fail (MORSEL_IS_LIST_PAGE (self));

  morsel_gradual_selection_show_all (self->rows);
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u",
                              find_position (self, fetch));
}

/**
 * morsel_list_page_search:
 * @self: a list page
 *
 * Lets a person type what to search for.
 */
void
morsel_list_page_search (MorselListPage *self)
{
  g_return_if_fail (MORSEL_IS_LIST_PAGE (self));

  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

/**
 * morsel_list_page_set_single_click:
 * @self: a list page
 * @single_click: whether one click shows the detail
 *
 * With a detail beside the list, a click selects; without, it leads there.
 */
void
morsel_list_page_set_single_click (MorselListPage *self, gboolean single_click)
{
  g_return_if_fail (MORSEL_IS_LIST_PAGE (self));

  gtk_list_view_set_single_click_activate (self->list, single_click);
}
