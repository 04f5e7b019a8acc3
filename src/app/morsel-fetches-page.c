/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-fetches-page.h"

#include <glib/gi18n.h>

#include "app/morsel-fetch-detail.h"
#include "app/morsel-status-bar.h"

/*
 * What a window shows of its fetches: the list, beside it (or, where there is little
 * room, over it) what was found for the selected one, and below how far they all are.
 */
struct _MorselFetchesPage
{
  AdwBin parent_instance;

  AdwLeaflet        *leaflet;
  MorselListPage    *list_page;
  GtkStack          *detail_stack;
  AdwBin            *nothing_yet;
  MorselFetchDetail *detail;
  AdwStatusPage     *several;
  MorselStatusBar   *status_bar;

  MorselFetchList *fetches;
  MorselFetch     *selected; /* not owned: only to be compared */

  gboolean is_selecting; /* and not the person */
  gboolean wants_detail; /* the person has selected a fetch to look at */
  gboolean can_go_back;  /* from the detail, which is all that is shown, to the list */
  guint    adapt_id;
  guint    select_id; /* 0 unless the first fetch is to be selected */
  gboolean is_drawn;  /* the list, since there is something in it */
};

G_DEFINE_FINAL_TYPE (MorselFetchesPage, morsel_fetches_page, ADW_TYPE_BIN)

enum
{
  PROP_CAN_GO_BACK = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static void
totals_changed_cb (MorselFetchesPage *self)
{
  morsel_status_bar_show (self->status_bar, self->fetches);
}

/* Beside each other, both pages are there, and none needs to be shown: the focus stays
 * where it is. */
static void
show_wanted_page (MorselFetchesPage *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));

  if (!adw_leaflet_get_folded (self->leaflet) || !self->wants_detail)
    return;

  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->detail_stack));
  /* Who types an address above the page goes on with it. */
  if (focus == NULL || gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    morsel_fetch_detail_focus_button (self->detail);
}

static void
show_selected (MorselFetchesPage *self)
{
  guint            n_selected = morsel_list_page_count_selected (self->list_page);
  g_autofree char *title = NULL;

  if (n_selected <= 1)
    {
      gboolean is_early = n_selected == 0 && self->select_id != 0;

      gtk_stack_set_visible_child (self->detail_stack,
                                   is_early ? GTK_WIDGET (self->nothing_yet)
                                            : GTK_WIDGET (self->detail));
      return;
    }

  gtk_stack_set_visible_child (self->detail_stack, GTK_WIDGET (self->several));

  title = g_strdup_printf (
      ngettext ("%'u Fetch Selected", "%'u Fetches Selected", n_selected), n_selected);
  adw_status_page_set_title (self->several, title);
}

/* Where there is room for a detail beside the list, it shows something. */
static void
select_first (MorselFetchesPage *self)
{
  if (adw_leaflet_get_folded (self->leaflet) ||
      morsel_list_page_count_selected (self->list_page) > 0)
    return;

  self->is_selecting = TRUE;
  morsel_list_page_select_position (self->list_page, 0);
  self->is_selecting = FALSE;
}

static gboolean
select_first_cb (GtkWidget     *widget,
                 GdkFrameClock *clock G_GNUC_UNUSED,
                 gpointer       user_data G_GNUC_UNUSED)
{
  MorselFetchesPage *self = MORSEL_FETCHES_PAGE (widget);

  if (!self->is_drawn)
    {
      self->is_drawn = TRUE;
      return G_SOURCE_CONTINUE;
    }

  self->select_id = 0;
  select_first (self);
  show_selected (self);

  return G_SOURCE_REMOVE;
}

/* The list comes first, and the detail in the next frame: both at once take as long as
 * two. */
static void
select_first_soon (MorselFetchesPage *self)
{
  if (self->select_id == 0)
    self->select_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), select_first_cb,
                                                    NULL, NULL);
  self->is_drawn = FALSE;
  show_selected (self);
}

static void
items_changed_cb (MorselFetchesPage *self, guint position, guint n_removed, guint n_added)
{
  if (position == 0 && n_removed == 0 && n_added > 0)
    select_first_soon (self);
}

static void
selected_cb (MorselFetchesPage *self)
{
  MorselFetch *fetch = morsel_list_page_get_only_selected (self->list_page);

  show_selected (self);
  morsel_fetch_detail_set_fetch (self->detail, fetch);
  if (fetch != NULL)
    morsel_fetch_hurry (fetch);
  if (!adw_leaflet_get_folded (self->leaflet))
    {
      /* It may only be at another place. */
      if (fetch != self->selected)
        self->wants_detail = fetch != NULL && !self->is_selecting;
    }
  else if (morsel_list_page_count_selected (self->list_page) == 0)
    adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->list_page));
  self->selected = fetch;
}

/* Where there is room for one page only, moving along the list does not leave it. */
static void
activated_cb (MorselFetchesPage *self)
{
  self->wants_detail = TRUE;
  show_wanted_page (self);
}

static void
page_changed_cb (MorselFetchesPage *self)
{
  gboolean is_folded = adw_leaflet_get_folded (self->leaflet);
  gboolean shows_list = adw_leaflet_get_visible_child (self->leaflet) ==
                        GTK_WIDGET (self->list_page);
  gboolean can_go_back = is_folded && !shows_list;

  if (is_folded && shows_list)
    self->wants_detail = FALSE;
  if (can_go_back == self->can_go_back)
    return;

  self->can_go_back = can_go_back;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_GO_BACK]);
}

static gboolean
adapt_cb (gpointer user_data)
{
  MorselFetchesPage *self = user_data;
  gboolean           is_folded = adw_leaflet_get_folded (self->leaflet);

  self->adapt_id = 0;
  morsel_list_page_set_single_click (self->list_page, is_folded);
  morsel_status_bar_set_narrow (self->status_bar, is_folded);
  morsel_status_bar_show (self->status_bar, self->fetches);
  show_wanted_page (self);
  page_changed_cb (self);

  return G_SOURCE_REMOVE;
}

/* Not at once, as this is found out in the middle of a layout. */
static void
folded_cb (MorselFetchesPage *self)
{
  if (self->adapt_id == 0)
    self->adapt_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, adapt_cb, self, NULL);
}

static void
show_meter_cb (MorselFetchesPage *self, const char *key, GSettings *settings)
{
  morsel_status_bar_set_shows_meter (self->status_bar,
                                     g_settings_get_boolean (settings, key));
}

static void
morsel_fetches_page_get_property (GObject    *object,
                                  guint       property_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  MorselFetchesPage *self = MORSEL_FETCHES_PAGE (object);

  switch (property_id)
    {
    case PROP_CAN_GO_BACK:
      g_value_set_boolean (value, self->can_go_back);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
morsel_fetches_page_dispose (GObject *object)
{
  MorselFetchesPage *self = MORSEL_FETCHES_PAGE (object);

  g_clear_handle_id (&self->adapt_id, g_source_remove);
  g_clear_object (&self->fetches);

  G_OBJECT_CLASS (morsel_fetches_page_parent_class)->dispose (object);
}

static void
morsel_fetches_page_class_init (MorselFetchesPageClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = morsel_fetches_page_get_property;
  object_class->dispose = morsel_fetches_page_dispose;

  properties[PROP_CAN_GO_BACK] = g_param_spec_boolean (
      "can-go-back", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (MORSEL_TYPE_FETCH_DETAIL);
  g_type_ensure (MORSEL_TYPE_LIST_PAGE);
  g_type_ensure (MORSEL_TYPE_STATUS_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               MORSEL_RESOURCES "morsel-fetches-page.ui");
  gtk_widget_class_bind_template_child (widget_class, MorselFetchesPage, leaflet);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchesPage, list_page);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchesPage, detail_stack);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchesPage, nothing_yet);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchesPage, detail);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchesPage, several);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchesPage, status_bar);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
  gtk_widget_class_bind_template_callback (widget_class, page_changed_cb);
}

static void
morsel_fetches_page_init (MorselFetchesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * morsel_fetches_page_new:
 * @settings: what is kept of how the list is sorted, and whether the meter is shown
 * @fetches: what to show
 *
 * Returns: (transfer floating): a new page
 */
GtkWidget *
morsel_fetches_page_new (GSettings *settings, MorselFetchList *fetches)
{
  MorselFetchesPage *self = g_object_new (MORSEL_TYPE_FETCHES_PAGE, NULL);

  self->fetches = g_object_ref (fetches);
  g_settings_bind (settings, "sort-by", self->list_page, "sort-by",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "sort-descending", self->list_page, "sort-descending",
                   G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (settings, "changed::show-frame-meter",
                           G_CALLBACK (show_meter_cb), self, G_CONNECT_SWAPPED);
  show_meter_cb (self, "show-frame-meter", settings);

  morsel_list_page_set_fetches (self->list_page, fetches);
  g_signal_connect_object (fetches, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (fetches, "totals-changed", G_CALLBACK (totals_changed_cb),
                           self, G_CONNECT_SWAPPED);
  if (g_list_model_get_n_items (G_LIST_MODEL (fetches)) > 0)
    select_first_soon (self);

  return GTK_WIDGET (self);
}

/**
 * morsel_fetches_page_get_list_page:
 * @self: a page
 *
 * Returns: (transfer none): the list in it
 */
MorselListPage *
morsel_fetches_page_get_list_page (MorselFetchesPage *self)
{
  g_return_val_if_fail (MORSEL_IS_FETCHES_PAGE (self), NULL);

  return self->list_page;
}

/**
 * morsel_fetches_page_show_typed:
 * @self: a page
 * @fetch: one of its fetches
 *
 * Whoever has typed an address sees it run.
 */
void
morsel_fetches_page_show_typed (MorselFetchesPage *self, MorselFetch *fetch)
{
  g_return_if_fail (MORSEL_IS_FETCHES_PAGE (self));

  morsel_list_page_show_all (self->list_page);
  if (adw_leaflet_get_folded (self->leaflet))
    adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->list_page));
  else
    {
      self->is_selecting = TRUE;
      morsel_list_page_select (self->list_page, fetch);
      self->is_selecting = FALSE;
    }
  morsel_list_page_scroll_to (self->list_page, fetch);
}

/**
 * morsel_fetches_page_show_list:
 * @self: a page
 *
 * Goes back to the list, where the detail is over it.
 */
void
morsel_fetches_page_show_list (MorselFetchesPage *self)
{
  g_return_if_fail (MORSEL_IS_FETCHES_PAGE (self));

  if (adw_leaflet_get_folded (self->leaflet))
    adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->list_page));
}
