/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-fetch-list.h"

#include <gio/gio.h>

/*
 * All fetches of a window, in the order in which they were made, and what can be said of
 * all of them together: how many are in which state, and how far the batch is.
 *
 * Nothing in here looks at all fetches to say that. Each that changes is counted again by
 * itself; and whoever shows the sums hears of them ten times a second at most, and not at
 * all while nothing changes.
 *
 * Signals: “fetches-changed”, with a set of those that have; “totals-changed”; “ended”,
 * when some fetches have.
 */
struct _MorselFetchList
{
  GObject parent_instance;

  GPtrArray  *entries; /* of Entry, by the ordinals of their fetches */
  GHashTable *changed; /* of the fetches, those that have since that was told */

  guint       counts[MORSEL_FETCH_N_STATES];
  guint       n_awaited; /* that are in the batch, and not in the list yet */
  MorselBatch batch;
  gboolean    have_ended; /* some, since that was told */
  guint       tell_id;
};

/* A fetch, and what of it is in the sums. */
typedef struct
{
  MorselFetchList *list;
  MorselFetch     *fetch;

  MorselFetchState state;
  double           fraction;
  guint64          received;
} Entry;

static void morsel_fetch_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MorselFetchList,
                               morsel_fetch_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      morsel_fetch_list_model_init))

enum
{
  FETCHES_CHANGED,
  TOTALS_CHANGED,
  ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* In milliseconds. A number that changes more often than that can't be read. */
#define TELL_INTERVAL 100

static GHashTable *
new_set (void)
{
  return g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
}

static void
tell_changed (MorselFetchList *self)
{
  g_autoptr (GHashTable) changed = NULL;

  if (g_hash_table_size (self->changed) == 0)
    return;

  /* Whoever hears of them may change others. */
  changed = g_steal_pointer (&self->changed);
  self->changed = new_set ();
  g_signal_emit (self, signals[FETCHES_CHANGED], 0, changed);
}

/* Goes on by itself only until it is seen that nothing arrives any more. */
static gboolean
tell_cb (gpointer user_data)
{
  MorselFetchList *self = user_data;
  gboolean         goes_on;

  if (self->counts[MORSEL_FETCH_RUNNING] > 0)
    morsel_batch_sample (&self->batch, g_get_monotonic_time ());
  goes_on = self->counts[MORSEL_FETCH_RUNNING] > 0 &&
            morsel_batch_get_speed (&self->batch) > 0;
  if (!goes_on)
    self->tell_id = 0;

  tell_changed (self);
  g_signal_emit (self, signals[TOTALS_CHANGED], 0);
  if (self->have_ended)
    {
      self->have_ended = FALSE;
      g_signal_emit (self, signals[ENDED], 0);
    }

  return goes_on ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Below drawing, as all that follows from results. */
static void
tell_soon (MorselFetchList *self)
{
  if (self->tell_id == 0)
    self->tell_id = g_timeout_add_full (G_PRIORITY_DEFAULT_IDLE, TELL_INTERVAL, tell_cb,
                                        self, NULL);
}

static gboolean
has_failed (MorselFetchState state)
{
  return state != MORSEL_FETCH_RUNNING && state != MORSEL_FETCH_DONE;
}

static gboolean
is_busy (MorselFetchList *self)
{
  return self->counts[MORSEL_FETCH_RUNNING] > 0 || self->n_awaited > 0;
}

static void
add_to_batch (MorselFetchList *self, guint n_fetches)
{
  if (!is_busy (self))
    morsel_batch_begin (&self->batch, g_get_monotonic_time ());

  self->batch.n_fetches += n_fetches;
}

static void
end_batch_unless_busy (MorselFetchList *self)
{
  if (!is_busy (self) && morsel_batch_is_running (&self->batch))
    self->batch.ended = g_get_monotonic_time ();
}

static void
begin_in_batch (Entry *entry)
{
  add_to_batch (entry->list, 1);
  entry->fraction = 0;
  entry->received = 0;
}

static void
progress_in_batch (Entry *entry)
{
  MorselBatch *batch = &entry->list->batch;
  guint64      received = morsel_fetch_get_received (entry->fetch);
  double       fraction = CLAMP (morsel_fetch_get_fraction (entry->fetch), 0, 1);

  if (received > entry->received)
    batch->received += received - entry->received;
  batch->work += fraction - entry->fraction;
  entry->received = received;
  entry->fraction = fraction;
}

static void
end_in_batch (Entry *entry, MorselFetchState state)
{
  MorselBatch *batch = &entry->list->batch;
  FetchResult *result = morsel_fetch_get_result (entry->fetch);

  progress_in_batch (entry);
  batch->work += 1 - entry->fraction;
  batch->n_ended++;
  batch->n_failed += has_failed (state);
  batch->last_duration = result != NULL ? fetch_result_get_duration (result) : 0;
}

static void
changed_cb (MorselFetch *fetch, gpointer user_data)
{
  Entry           *entry = user_data;
  MorselFetchList *self = entry->list;
  MorselFetchState state = morsel_fetch_get_state (fetch);

  if (state == entry->state && state == MORSEL_FETCH_RUNNING)
    progress_in_batch (entry);
  else if (state == MORSEL_FETCH_RUNNING)
    begin_in_batch (entry);
  else if (entry->state == MORSEL_FETCH_RUNNING)
    end_in_batch (entry, state);
  self->have_ended |= state != MORSEL_FETCH_RUNNING;

  self->counts[entry->state]--;
  self->counts[state]++;
  entry->state = state;
  end_batch_unless_busy (self);
  g_hash_table_add (self->changed, g_object_ref (fetch));
  tell_soon (self);
}

static Entry *
entry_new (MorselFetchList *self, MorselFetch *fetch)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->list = self;
  entry->fetch = g_object_ref (fetch);
  entry->state = morsel_fetch_get_state (fetch);
  if (entry->state == MORSEL_FETCH_RUNNING)
    begin_in_batch (entry);
  self->counts[entry->state]++;
  morsel_fetch_set_changed_func (fetch, changed_cb, entry);

  return entry;
}

static void
entry_free (Entry *entry)
{
  MorselFetchList *self = entry->list;

  morsel_fetch_set_changed_func (entry->fetch, NULL, NULL);
  if (entry->state == MORSEL_FETCH_RUNNING)
    end_in_batch (entry, MORSEL_FETCH_CANCELLED);
  self->counts[entry->state]--;
  end_batch_unless_busy (self);
  g_hash_table_remove (self->changed, entry->fetch);
  g_object_unref (entry->fetch);
  g_free (entry);
}

static GType
morsel_fetch_list_get_item_type (GListModel *model G_GNUC_UNUSED)
{
  return MORSEL_TYPE_FETCH;
}

static guint
morsel_fetch_list_get_n_items (GListModel *model)
{
  return MORSEL_FETCH_LIST (model)->entries->len;
}

static gpointer
morsel_fetch_list_get_item (GListModel *model, guint position)
{
  MorselFetchList *self = MORSEL_FETCH_LIST (model);
  Entry           *entry;

  if (position >= self->entries->len)
    return NULL;

  entry = g_ptr_array_index (self->entries, position);

  return g_object_ref (entry->fetch);
}

static void
morsel_fetch_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = morsel_fetch_list_get_item_type;
  iface->get_n_items = morsel_fetch_list_get_n_items;
  iface->get_item = morsel_fetch_list_get_item;
}

static void
morsel_fetch_list_finalize (GObject *object)
{
  MorselFetchList *self = MORSEL_FETCH_LIST (object);

  g_clear_pointer (&self->entries, g_ptr_array_unref);
  g_clear_pointer (&self->changed, g_hash_table_unref);
  g_clear_handle_id (&self->tell_id, g_source_remove);

  G_OBJECT_CLASS (morsel_fetch_list_parent_class)->finalize (object);
}

static void
morsel_fetch_list_class_init (MorselFetchListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = morsel_fetch_list_finalize;

  signals[FETCHES_CHANGED] = g_signal_new ("fetches-changed", MORSEL_TYPE_FETCH_LIST,
                                           G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                           G_TYPE_NONE, 1, G_TYPE_HASH_TABLE);
  signals[TOTALS_CHANGED] = g_signal_new ("totals-changed", MORSEL_TYPE_FETCH_LIST,
                                          G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
  signals[ENDED] = g_signal_new ("ended", MORSEL_TYPE_FETCH_LIST, G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
morsel_fetch_list_init (MorselFetchList *self)
{
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  self->changed = new_set ();
}

/* What is no address has ended before it began. */
static void
append_entry (MorselFetchList *self, MorselFetch *fetch)
{
  Entry *entry = entry_new (self, fetch);

  g_ptr_array_add (self->entries, entry);
  if (entry->state == MORSEL_FETCH_RUNNING)
    return;

  begin_in_batch (entry);
  end_in_batch (entry, entry->state);
  end_batch_unless_busy (self);
}

/* What has gone or come is told as one change, and the rows at both ends of it stay. */
static void
tell_items_changed (MorselFetchList *self, guint first, guint n_after, guint n_before)
{
  guint n_items = self->entries->len;

  g_assert (first + n_after <= MIN (n_before, n_items));
  g_list_model_items_changed (G_LIST_MODEL (self), first, n_before - first - n_after,
                              n_items - first - n_after);
  tell_soon (self);
}

/**
 * morsel_fetch_list_new:
 *
 * Returns: (transfer full): a list without fetches
 */
MorselFetchList *
morsel_fetch_list_new (void)
{
  return g_object_new (MORSEL_TYPE_FETCH_LIST, NULL);
}

/**
 * morsel_fetch_list_await:
 * @self: a list
 * @n_fetches: how many are going to begin
 *
 * Makes them a part of the batch, which does not end before they have arrived.
 */
void
morsel_fetch_list_await (MorselFetchList *self, guint n_fetches)
{
  g_return_if_fail (MORSEL_IS_FETCH_LIST (self));

  if (n_fetches == 0)
    return;

  add_to_batch (self, n_fetches);
  self->n_awaited += n_fetches;
  tell_soon (self);
}

/**
 * morsel_fetch_list_arrived:
 * @self: a list
 * @n_fetches: how many of those that were awaited
 *
 * Says that these have begun, or won't.
 */
void
morsel_fetch_list_arrived (MorselFetchList *self, guint n_fetches)
{
  g_return_if_fail (MORSEL_IS_FETCH_LIST (self));
  g_return_if_fail (n_fetches <= self->n_awaited);

  self->n_awaited -= n_fetches;
  self->batch.n_fetches -= n_fetches;
  end_batch_unless_busy (self);
  tell_soon (self);
}

/**
 * morsel_fetch_list_append:
 * @self: a list
 * @fetches: (element-type MorselFetch): fetches that were made after those in the list
 *
 * Adds fetches at the end.
 */
void
morsel_fetch_list_append (MorselFetchList *self, GPtrArray *fetches)
{
  guint n_before;

  g_return_if_fail (MORSEL_IS_FETCH_LIST (self));

  n_before = self->entries->len;
  for (guint i = 0; i < fetches->len; i++)
    append_entry (self, fetches->pdata[i]);

  if (fetches->len > 0)
    tell_items_changed (self, n_before, 0, n_before);
}

/**
 * morsel_fetch_list_remove:
 * @self: a list
 * @fetches: (element-type MorselFetch): some of its fetches, in any order
 *
 * Removes fetches. Those that run do so as long as somebody has a reference on them.
 */
void
morsel_fetch_list_remove (MorselFetchList *self, GPtrArray *fetches)
{
  g_autoptr (GHashTable) removed = g_hash_table_new (NULL, NULL);
  GPtrArray *kept;
  guint      n_before, first = G_MAXUINT, n_after = 0;

  g_return_if_fail (MORSEL_IS_FETCH_LIST (self));

  for (guint i = 0; i < fetches->len; i++)
    g_hash_table_add (removed, fetches->pdata[i]);

  n_before = self->entries->len;
  kept = g_ptr_array_new_full (n_before, (GDestroyNotify) entry_free);
  for (guint i = 0; i < n_before; i++)
    {
      Entry *entry = g_ptr_array_index (self->entries, i);

      n_after++;
      if (!g_hash_table_contains (removed, entry->fetch))
        {
          g_ptr_array_add (kept, entry);
          continue;
        }

      entry_free (entry);
      first = MIN (first, i);
      n_after = 0;
    }

  g_ptr_array_set_free_func (self->entries, NULL);
  g_ptr_array_unref (self->entries);
  self->entries = kept;

  if (first != G_MAXUINT)
    tell_items_changed (self, first, n_after, n_before);
}

static int
compare_ordinals (gconstpointer a, gconstpointer b)
{
  const Entry *const *one = a;
  const Entry *const *other = b;
  gint64              ordinal = morsel_fetch_get_ordinal ((*one)->fetch);
  gint64              other_ordinal = morsel_fetch_get_ordinal ((*other)->fetch);

  return ordinal < other_ordinal ? -1 : ordinal > other_ordinal;
}

/* How many entries are where they were before, from the beginning or from the end. */
static guint
count_same (MorselFetchList *self, gpointer *before, guint n_before, gboolean from_end)
{
  guint n_items = self->entries->len;
  guint n_same = 0;

  while (n_same < n_before &&
         self->entries->pdata[from_end ? n_items - 1 - n_same : n_same] ==
             before[from_end ? n_before - 1 - n_same : n_same])
    n_same++;

  return n_same;
}

/**
 * morsel_fetch_list_restore:
 * @self: a list
 * @fetches: (element-type MorselFetch): fetches that were removed from it, or that belong
 *   before those in it
 *
 * Puts fetches where their ordinals say.
 */
void
morsel_fetch_list_restore (MorselFetchList *self, GPtrArray *fetches)
{
  g_autofree gpointer *before = NULL;
  guint                n_before, first;

  g_return_if_fail (MORSEL_IS_FETCH_LIST (self));

  if (fetches->len == 0)
    return;

  n_before = self->entries->len;
  before = g_memdup2 (self->entries->pdata, n_before * sizeof (gpointer));
  for (guint i = 0; i < fetches->len; i++)
    g_ptr_array_add (self->entries, entry_new (self, fetches->pdata[i]));
  g_ptr_array_sort (self->entries, compare_ordinals);

  first = count_same (self, before, n_before, FALSE);
  tell_items_changed (self, first,
                      MIN (count_same (self, before, n_before, TRUE), n_before - first),
                      n_before);
}

/**
 * morsel_fetch_list_count:
 * @self: a list
 * @state: how a fetch may be
 *
 * Returns: how many fetches are so
 */
guint
morsel_fetch_list_count (MorselFetchList *self, MorselFetchState state)
{
  g_return_val_if_fail (MORSEL_IS_FETCH_LIST (self), 0);
  g_return_val_if_fail ((guint) state < MORSEL_FETCH_N_STATES, 0);

  return self->counts[state];
}

/**
 * morsel_fetch_list_get_batch:
 * @self: a list
 *
 * Returns: (transfer none): the fetches that run or are awaited, and those that have run
 *   together with them; or the last such batch
 */
const MorselBatch *
morsel_fetch_list_get_batch (MorselFetchList *self)
{
  g_return_val_if_fail (MORSEL_IS_FETCH_LIST (self), NULL);

  return &self->batch;
}
