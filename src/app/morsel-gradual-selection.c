/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-gradual-selection.h"

/*
 * What a list view sees of a long list: its first rows at once, and the rest of those
 * that a list view makes a few at a time.
 *
 * GTK keeps two hundred rows at hand around those that can be seen, and makes them all in
 * one go, which takes as long as a frame. Here they come in some frames. All else, which
 * selects, counts or exports what is listed, goes on with the selection behind this one,
 * in which nothing is missing.
 */
struct _MorselGradualSelection
{
  GObject parent_instance;

  GtkSelectionModel *model;
  guint              n_shown; /* the first of these */
  guint              step_id; /* 0 unless there are more to show */
};

/* Rows. A page of most windows. */
#define STEP 20

/* Beyond these, a list view makes no more of them. */
#define ALL_ROWS 200

/* About a frame. */
#define STEP_MILLISECONDS 16

enum
{
  PROP_MODEL = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

static void morsel_gradual_selection_model_init (GListModelInterface *iface);
static void morsel_gradual_selection_selection_init (GtkSelectionModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (
    MorselGradualSelection,
    morsel_gradual_selection,
    G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, morsel_gradual_selection_model_init)
        G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL,
                               morsel_gradual_selection_selection_init))

static guint
count_all (MorselGradualSelection *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->model));
}

static void
show_more (MorselGradualSelection *self, guint n_wanted)
{
  guint n_before = self->n_shown;

  n_wanted = MIN (n_wanted, count_all (self));
  if (n_wanted <= n_before)
    return;

  self->n_shown = n_wanted;
  g_list_model_items_changed (G_LIST_MODEL (self), n_before, 0, n_wanted - n_before);
}

static gboolean
step_cb (gpointer user_data)
{
  MorselGradualSelection *self = user_data;
  gboolean                goes_on;

  show_more (self, self->n_shown + STEP < ALL_ROWS ? self->n_shown + STEP : G_MAXUINT);
  goes_on = self->n_shown < count_all (self);
  if (!goes_on)
    self->step_id = 0;

  return goes_on ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* How many rows there may be before the next step. */
static guint
get_limit (MorselGradualSelection *self)
{
  if (self->n_shown >= ALL_ROWS)
    return G_MAXUINT;

  return self->step_id != 0 ? self->n_shown : self->n_shown + STEP;
}

/* In the middle, all that comes has to be shown at once; at the end, it may come later.
 */
static void
items_changed_cb (MorselGradualSelection *self,
                  guint                   position,
                  guint                   n_removed,
                  guint                   n_added)
{
  if (position <= self->n_shown)
    {
      gboolean is_at_end = position + n_removed >= self->n_shown;
      guint    n_gone = MIN (n_removed, self->n_shown - position);
      guint    n_come = is_at_end ? MIN (n_added, get_limit (self) - position) : n_added;

      self->n_shown += n_come - n_gone;
      if (n_gone > 0 || n_come > 0)
        g_list_model_items_changed (G_LIST_MODEL (self), position, n_gone, n_come);
    }

  if (self->step_id == 0 && self->n_shown < count_all (self))
    self->step_id = g_timeout_add_full (G_PRIORITY_DEFAULT_IDLE, STEP_MILLISECONDS,
                                        step_cb, self, NULL);
}

static void
selection_changed_cb (MorselGradualSelection *self, guint position, guint n_items)
{
  if (position < self->n_shown)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), position,
                                           MIN (n_items, self->n_shown - position));
}

static GType
morsel_gradual_selection_get_item_type (GListModel *model)
{
  return g_list_model_get_item_type (
      G_LIST_MODEL (MORSEL_GRADUAL_SELECTION (model)->model));
}

static guint
morsel_gradual_selection_get_n_items (GListModel *model)
{
  return MORSEL_GRADUAL_SELECTION (model)->n_shown;
}

static gpointer
morsel_gradual_selection_get_item (GListModel *model, guint position)
{
  MorselGradualSelection *self = MORSEL_GRADUAL_SELECTION (model);

  return position < self->n_shown
             ? g_list_model_get_item (G_LIST_MODEL (self->model), position)
             : NULL;
}

static void
morsel_gradual_selection_model_init (GListModelInterface *iface)
{
  iface->get_item_type = morsel_gradual_selection_get_item_type;
  iface->get_n_items = morsel_gradual_selection_get_n_items;
  iface->get_item = morsel_gradual_selection_get_item;
}

static gboolean
morsel_gradual_selection_is_selected (GtkSelectionModel *model, guint position)
{
  return gtk_selection_model_is_selected (MORSEL_GRADUAL_SELECTION (model)->model,
                                          position);
}

static GtkBitset *
morsel_gradual_selection_get_selection_in_range (GtkSelectionModel *model,
                                                 guint              position,
                                                 guint              n_items)
{
  return gtk_selection_model_get_selection_in_range (
      MORSEL_GRADUAL_SELECTION (model)->model, position, n_items);
}

static gboolean
morsel_gradual_selection_select_item (GtkSelectionModel *model,
                                      guint              position,
                                      gboolean           unselect_rest)
{
  return gtk_selection_model_select_item (MORSEL_GRADUAL_SELECTION (model)->model,
                                          position, unselect_rest);
}

static gboolean
morsel_gradual_selection_unselect_item (GtkSelectionModel *model, guint position)
{
  return gtk_selection_model_unselect_item (MORSEL_GRADUAL_SELECTION (model)->model,
                                            position);
}

static gboolean
morsel_gradual_selection_select_range (GtkSelectionModel *model,
                                       guint              position,
                                       guint              n_items,
                                       gboolean           unselect_rest)
{
  return gtk_selection_model_select_range (MORSEL_GRADUAL_SELECTION (model)->model,
                                           position, n_items, unselect_rest);
}

static gboolean
morsel_gradual_selection_unselect_range (GtkSelectionModel *model,
                                         guint              position,
                                         guint              n_items)
{
  return gtk_selection_model_unselect_range (MORSEL_GRADUAL_SELECTION (model)->model,
                                             position, n_items);
}

/* What a person selects is all that is listed, whether it has a row yet or not. */
static gboolean
morsel_gradual_selection_select_all (GtkSelectionModel *model)
{
  return gtk_selection_model_select_all (MORSEL_GRADUAL_SELECTION (model)->model);
}

static gboolean
morsel_gradual_selection_unselect_all (GtkSelectionModel *model)
{
  return gtk_selection_model_unselect_all (MORSEL_GRADUAL_SELECTION (model)->model);
}

static gboolean
morsel_gradual_selection_set_selection (GtkSelectionModel *model,
                                        GtkBitset         *selected,
                                        GtkBitset         *mask)
{
  return gtk_selection_model_set_selection (MORSEL_GRADUAL_SELECTION (model)->model,
                                            selected, mask);
}

static void
morsel_gradual_selection_selection_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = morsel_gradual_selection_is_selected;
  iface->get_selection_in_range = morsel_gradual_selection_get_selection_in_range;
  iface->select_item = morsel_gradual_selection_select_item;
  iface->unselect_item = morsel_gradual_selection_unselect_item;
  iface->select_range = morsel_gradual_selection_select_range;
  iface->unselect_range = morsel_gradual_selection_unselect_range;
  iface->select_all = morsel_gradual_selection_select_all;
  iface->unselect_all = morsel_gradual_selection_unselect_all;
  iface->set_selection = morsel_gradual_selection_set_selection;
}

static void
set_model (MorselGradualSelection *self, GtkSelectionModel *model)
{
  self->model = g_object_ref (model);
  g_signal_connect_object (model, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "selection-changed", G_CALLBACK (selection_changed_cb),
                           self, G_CONNECT_SWAPPED);
  items_changed_cb (self, 0, 0, count_all (self));
}

static void
morsel_gradual_selection_set_property (GObject      *object,
                                       guint         property_id,
                                       const GValue *value,
                                       GParamSpec   *pspec)
{
  MorselGradualSelection *self = MORSEL_GRADUAL_SELECTION (object);

  if (property_id == PROP_MODEL)
    set_model (self, g_value_get_object (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
morsel_gradual_selection_dispose (GObject *object)
{
  MorselGradualSelection *self = MORSEL_GRADUAL_SELECTION (object);

  g_clear_handle_id (&self->step_id, g_source_remove);

  G_OBJECT_CLASS (morsel_gradual_selection_parent_class)->dispose (object);
}

static void
morsel_gradual_selection_finalize (GObject *object)
{
  g_object_unref (MORSEL_GRADUAL_SELECTION (object)->model);

  G_OBJECT_CLASS (morsel_gradual_selection_parent_class)->finalize (object);
}

static void
morsel_gradual_selection_class_init (MorselGradualSelectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = morsel_gradual_selection_set_property;
  object_class->dispose = morsel_gradual_selection_dispose;
  object_class->finalize = morsel_gradual_selection_finalize;

  properties[PROP_MODEL] = g_param_spec_object (
      "model", NULL, NULL, GTK_TYPE_SELECTION_MODEL,
      G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
morsel_gradual_selection_init (MorselGradualSelection *self G_GNUC_UNUSED)
{
}

/**
 * morsel_gradual_selection_new:
 * @model: what is listed, and what is selected of it
 *
 * Returns: (transfer full): a selection for a list view
 */
MorselGradualSelection *
morsel_gradual_selection_new (GtkSelectionModel *model)
{
  return g_object_new (MORSEL_TYPE_GRADUAL_SELECTION, "model", model, NULL);
}

/**
 * morsel_gradual_selection_show_all:
 * @self: a gradual selection
 *
 * Shows what is missing at once, for whoever wants to go to a row.
 */
void
morsel_gradual_selection_show_all (MorselGradualSelection *self)
{
  g_return_if_fail (MORSEL_IS_GRADUAL_SELECTION (self));

  show_more (self, G_MAXUINT);
  g_clear_handle_id (&self->step_id, g_source_remove);
}
