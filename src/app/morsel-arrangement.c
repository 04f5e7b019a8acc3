/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-arrangement.h"

/*
 * Which fetches of a list are shown, and in which order. Those that are alike keep the
 * order in which they were added.
 *
 * GTK has models for this. But they look at all fetches when one has changed; and what
 * they sort by must stay the same until they look again, which it doesn't while fetches
 * run. So this one keeps what it has sorted by, hears from the list which fetches have
 * changed, and takes just those out to put them where they belong now.
 *
 * Whoever scrolls through them wants to read what is there, and not to see it change
 * places: meanwhile, all that is shown keeps its place.
 */
struct _MorselArrangement
{
  GObject parent_instance;

  MorselFetchList *list;
  GSignalGroup    *list_signals;
  GtkFilter       *filter; /* NULL if all are shown */
  GSignalGroup    *filter_signals;
  MorselSortKey    key;
  gboolean         descending;

  GPtrArray  *items; /* of Item, as they are in the list */
  GHashTable *by_fetch;
  GPtrArray  *shown; /* of Item, in order */

  gboolean    is_steady;
  GHashTable *unsettled; /* of Item: those that may belong somewhere else by now */
};

/* A fetch of the list. */
typedef struct
{
  MorselFetch    *fetch;
  MorselSortValue value; /* when it was looked at last */
  gboolean        is_shown;
  gboolean        is_leaving; /* it is among those shown, and has to be taken out */
} Item;

static void morsel_arrangement_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MorselArrangement,
                               morsel_arrangement,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      morsel_arrangement_model_init))

static Item *
item_new (MorselArrangement *self, MorselFetch *fetch)
{
  Item *item = g_new0 (Item, 1);

  item->fetch = g_object_ref (fetch);
  item->value = morsel_sort_value_of (self->key, fetch);

  return item;
}

static void
item_free (Item *item)
{
  morsel_sort_value_clear (&item->value);
  g_object_unref (item->fetch);
  g_free (item);
}

static int
compare (MorselArrangement *self, Item *one, Item *other)
{
  int    order = morsel_sort_value_compare (&one->value, &other->value);
  gint64 ordinal, other_ordinal;

  if (order != 0)
    return self->descending ? -order : order;

  ordinal = morsel_fetch_get_ordinal (one->fetch);
  other_ordinal = morsel_fetch_get_ordinal (other->fetch);

  return ordinal < other_ordinal ? -1 : ordinal > other_ordinal;
}

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return compare (user_data, *(Item *const *) a, *(Item *const *) b);
}

/* Returns whether it has another value than before. */
static gboolean
look_at_value (MorselArrangement *self, Item *item)
{
  MorselSortValue before = item->value;
  gboolean        has_changed;

  if (!morsel_sort_key_can_change (self->key))
    return FALSE;

  if (self->is_steady && item->is_shown)
    {
      g_hash_table_add (self->unsettled, item);
      return FALSE;
    }

  item->value = morsel_sort_value_of (self->key, item->fetch);
  has_changed = morsel_sort_value_compare (&item->value, &before) != 0;
  morsel_sort_value_clear (&before);

  return has_changed;
}

/* Finds out whether an item is where it belongs; if it isn't, it leaves, or arrives, or
 * both. */
static void
look_at (MorselArrangement *self, Item *item, GPtrArray *arriving, gboolean *some_leave)
{
  gboolean has_moved = look_at_value (self, item);
  gboolean was_shown = item->is_shown;

  item->is_shown = self->filter == NULL || gtk_filter_match (self->filter, item->fetch);
  if (item->is_shown == was_shown && !has_moved)
    return;

  item->is_leaving = was_shown;
  *some_leave |= was_shown;
  if (item->is_shown)
    g_ptr_array_add (arriving, item);
}

static void
take_out_leaving (MorselArrangement *self)
{
  guint n_kept = 0;

  for (guint i = 0; i < self->shown->len; i++)
    {
      Item *item = self->shown->pdata[i];

      if (item->is_leaving)
        item->is_leaving = FALSE;
      else
        self->shown->pdata[n_kept++] = item;
    }

  g_ptr_array_set_size (self->shown, (int) n_kept);
}

/* Merges them from the end, so that nothing is done to what comes before all of them. */
static void
put_in (MorselArrangement *self, GPtrArray *arriving)
{
  guint     n_old = self->shown->len;
  guint     n_new = arriving->len;
  gpointer *shown;

  g_ptr_array_sort_with_data (arriving, compare_cb, self);
  g_ptr_array_set_size (self->shown, (int) (n_old + n_new));
  shown = self->shown->pdata;

  while (n_new > 0)
    {
      Item     *item = arriving->pdata[n_new - 1];
      gpointer *place = &shown[n_old + n_new - 1];

      if (n_old > 0 && compare (self, shown[n_old - 1], item) > 0)
        *place = shown[--n_old];
      else
        {
          *place = item;
          n_new--;
        }
    }
}

/* What is the same at both ends has not changed. */
static void
tell_difference (MorselArrangement *self, gpointer *before, guint n_before)
{
  gpointer *shown = self->shown->pdata;
  guint     n_shown = self->shown->len;
  guint     first = 0, n_after = 0;

  while (first < MIN (n_before, n_shown) && before[first] == shown[first])
    first++;
  while (n_after < MIN (n_before, n_shown) - first &&
         before[n_before - 1 - n_after] == shown[n_shown - 1 - n_after])
    n_after++;

  if (n_before != n_shown || first < n_shown)
    g_list_model_items_changed (G_LIST_MODEL (self), first, n_before - first - n_after,
                                n_shown - first - n_after);
}

static void
rearrange (MorselArrangement *self, GPtrArray *arriving, gboolean some_leave)
{
  guint                n_before = self->shown->len;
  g_autofree gpointer *before = NULL;

  if (!some_leave && arriving->len == 0)
    return;

  before = g_memdup2 (self->shown->pdata, n_before * sizeof (gpointer));
  if (some_leave)
    take_out_leaving (self);
  put_in (self, arriving);
  tell_difference (self, before, n_before);
}

static void
fetches_changed_cb (MorselArrangement *self, GHashTable *fetches)
{
  g_autoptr (GPtrArray) arriving = g_ptr_array_new ();
  gboolean       some_leave = FALSE;
  GHashTableIter iter;
  gpointer       fetch;

  g_hash_table_iter_init (&iter, fetches);
  while (g_hash_table_iter_next (&iter, &fetch, NULL))
    look_at (self, g_hash_table_lookup (self->by_fetch, fetch), arriving, &some_leave);
  rearrange (self, arriving, some_leave);
}

/* Who searches for more looks at what is left only. */
static void
filter_changed_cb (MorselArrangement *self, GtkFilterChange change)
{
  g_autoptr (GPtrArray) arriving = g_ptr_array_new ();
  gboolean some_leave = FALSE;

  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = self->items->pdata[i];

      if (item->is_shown ? change != GTK_FILTER_CHANGE_LESS_STRICT
                         : change != GTK_FILTER_CHANGE_MORE_STRICT)
        look_at (self, item, arriving, &some_leave);
    }
  rearrange (self, arriving, some_leave);
}

static void
remove_items (MorselArrangement *self, guint position, guint n_items, GPtrArray *removed)
{
  for (guint i = position; i < position + n_items; i++)
    {
      Item *item = self->items->pdata[i];

      item->is_leaving = item->is_shown;
      g_hash_table_remove (self->by_fetch, item->fetch);
      g_hash_table_remove (self->unsettled, item);
      g_ptr_array_add (removed, item);
    }

  if (n_items > 0)
    g_ptr_array_remove_range (self->items, position, n_items);
}

static void
add_items (MorselArrangement *self, guint position, guint n_items, GPtrArray *arriving)
{
  guint n_after = self->items->len - position;

  if (n_items == 0)
    return;

  g_ptr_array_set_size (self->items, (int) (self->items->len + n_items));
  memmove (&self->items->pdata[position + n_items], &self->items->pdata[position],
           n_after * sizeof (gpointer));

  for (guint i = position; i < position + n_items; i++)
    {
      g_autoptr (MorselFetch)
          fetch = g_list_model_get_item (G_LIST_MODEL (self->list), i);
      Item    *item = item_new (self, fetch);
      gboolean some_leave = FALSE;

      self->items->pdata[i] = item;
      g_hash_table_insert (self->by_fetch, fetch, item);
      look_at (self, item, arriving, &some_leave);
    }
}

/* What is removed is kept until that has been told, as what is added could come to lie
 * where it was. */
static void
items_changed_cb (MorselArrangement *self, guint position, guint n_removed, guint n_added)
{
  g_autoptr (GPtrArray)
      removed = g_ptr_array_new_with_free_func ((GDestroyNotify) item_free);
  g_autoptr (GPtrArray) arriving = g_ptr_array_new ();

  remove_items (self, position, n_removed, removed);
  add_items (self, position, n_added, arriving);
  rearrange (self, arriving, n_removed > 0);
}

static GType
morsel_arrangement_get_item_type (GListModel *model G_GNUC_UNUSED)
{
  return MORSEL_TYPE_FETCH;
}

static guint
morsel_arrangement_get_n_items (GListModel *model)
{
  return MORSEL_ARRANGEMENT (model)->shown->len;
}

static gpointer
morsel_arrangement_get_item (GListModel *model, guint position)
{
  MorselArrangement *self = MORSEL_ARRANGEMENT (model);
  Item              *item;

  if (position >= self->shown->len)
    return NULL;

  item = self->shown->pdata[position];

  return g_object_ref (item->fetch);
}

static void
morsel_arrangement_model_init (GListModelInterface *iface)
{
  iface->get_item_type = morsel_arrangement_get_item_type;
  iface->get_n_items = morsel_arrangement_get_n_items;
  iface->get_item = morsel_arrangement_get_item;
}

static void
morsel_arrangement_dispose (GObject *object)
{
  MorselArrangement *self = MORSEL_ARRANGEMENT (object);

  g_clear_object (&self->list_signals);
  g_clear_object (&self->list);
  g_clear_object (&self->filter_signals);
  g_clear_object (&self->filter);

  G_OBJECT_CLASS (morsel_arrangement_parent_class)->dispose (object);
}

static void
morsel_arrangement_finalize (GObject *object)
{
  MorselArrangement *self = MORSEL_ARRANGEMENT (object);

  g_ptr_array_set_free_func (self->items, (GDestroyNotify) item_free);
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->shown);
  g_hash_table_unref (self->by_fetch);
  g_hash_table_unref (self->unsettled);

  G_OBJECT_CLASS (morsel_arrangement_parent_class)->finalize (object);
}

static void
morsel_arrangement_class_init (MorselArrangementClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = morsel_arrangement_dispose;
  object_class->finalize = morsel_arrangement_finalize;
}

static void
morsel_arrangement_init (MorselArrangement *self)
{
  self->items = g_ptr_array_new ();
  self->shown = g_ptr_array_new ();
  self->by_fetch = g_hash_table_new (NULL, NULL);
  self->unsettled = g_hash_table_new (NULL, NULL);

  self->list_signals = g_signal_group_new (MORSEL_TYPE_FETCH_LIST);
  g_signal_group_connect_swapped (self->list_signals, "items-changed",
                                  G_CALLBACK (items_changed_cb), self);
  g_signal_group_connect_swapped (self->list_signals, "fetches-changed",
                                  G_CALLBACK (fetches_changed_cb), self);
  self->filter_signals = g_signal_group_new (GTK_TYPE_FILTER);
  g_signal_group_connect_swapped (self->filter_signals, "changed",
                                  G_CALLBACK (filter_changed_cb), self);
}

/**
 * morsel_arrangement_new:
 *
 * Returns: (transfer full): a list model that shows all fetches of a list, in its order
 */
MorselArrangement *
morsel_arrangement_new (void)
{
  return g_object_new (MORSEL_TYPE_ARRANGEMENT, NULL);
}

/**
 * morsel_arrangement_set_list:
 * @self: an arrangement
 * @list: what to arrange
 */
void
morsel_arrangement_set_list (MorselArrangement *self, MorselFetchList *list)
{
  g_return_if_fail (MORSEL_IS_ARRANGEMENT (self));

  if (!g_set_object (&self->list, list))
    return;

  g_signal_group_set_target (self->list_signals, list);
  items_changed_cb (self, 0, self->items->len,
                    g_list_model_get_n_items (G_LIST_MODEL (list)));
}

/**
 * morsel_arrangement_set_filter:
 * @self: an arrangement
 * @filter: which fetches to show; of what else it depends on than a fetch, it has to tell
 */
void
morsel_arrangement_set_filter (MorselArrangement *self, GtkFilter *filter)
{
  g_return_if_fail (MORSEL_IS_ARRANGEMENT (self));

  if (!g_set_object (&self->filter, filter))
    return;

  g_signal_group_set_target (self->filter_signals, filter);
  filter_changed_cb (self, GTK_FILTER_CHANGE_DIFFERENT);
}

/**
 * morsel_arrangement_set_order:
 * @self: an arrangement
 * @key: by what to sort
 * @descending: whether the largest comes first
 */
void
morsel_arrangement_set_order (MorselArrangement *self,
                              MorselSortKey      key,
                              gboolean           descending)
{
  g_autofree gpointer *before = NULL;

  g_return_if_fail (MORSEL_IS_ARRANGEMENT (self));

  before = g_memdup2 (self->shown->pdata, self->shown->len * sizeof (gpointer));
  self->key = key;
  self->descending = descending;
  g_hash_table_remove_all (self->unsettled);
  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = self->items->pdata[i];

      morsel_sort_value_clear (&item->value);
      item->value = morsel_sort_value_of (key, item->fetch);
    }

  g_ptr_array_sort_with_data (self->shown, compare_cb, self);
  tell_difference (self, before, self->shown->len);
}

/**
 * morsel_arrangement_set_steady:
 * @self: an arrangement
 * @is_steady: whether what is shown keeps its place
 *
 * Lets nothing move, whatever it is sorted by, until it may. Fetches still come and go.
 */
void
morsel_arrangement_set_steady (MorselArrangement *self, gboolean is_steady)
{
  g_autoptr (GPtrArray) arriving = g_ptr_array_new ();
  gboolean       some_leave = FALSE;
  GHashTableIter iter;
  gpointer       item;

  g_return_if_fail (MORSEL_IS_ARRANGEMENT (self));

  self->is_steady = is_steady;
  if (is_steady)
    return;

  g_hash_table_iter_init (&iter, self->unsettled);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    look_at (self, item, arriving, &some_leave);
  g_hash_table_remove_all (self->unsettled);
  rearrange (self, arriving, some_leave);
}
