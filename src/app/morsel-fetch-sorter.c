/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-fetch-sorter.h"

#include <string.h>

#include "app/morsel-fetch.h"

/*
 * In which order fetches are listed. Those that are alike keep the order in which they
 * were added.
 */
struct _MorselFetchSorter
{
  GtkSorter parent_instance;

  MorselSortKey key;
  gboolean      descending;
};

G_DEFINE_FINAL_TYPE (MorselFetchSorter, morsel_fetch_sorter, GTK_TYPE_SORTER)

static GtkOrdering
compare_numbers (guint64 one, guint64 other)
{
  return GTK_ORDERING_SMALLER + (one >= other) + (one > other);
}

static GtkOrdering
compare_ordinals (MorselFetch *one, MorselFetch *other)
{
  gint64 ordinal = morsel_fetch_get_ordinal (one);
  gint64 other_ordinal = morsel_fetch_get_ordinal (other);

  return GTK_ORDERING_SMALLER + (ordinal >= other_ordinal) + (ordinal > other_ordinal);
}

/* The scheme is the least of what differs. */
static const char *
get_host_and_path (MorselFetch *fetch)
{
  const char *address = morsel_fetch_get_address (fetch);
  const char *end = strstr (address, "://");

  return end != NULL ? end + strlen ("://") : address;
}

static const char *
get_type (MorselFetch *fetch)
{
  FetchResult *result = morsel_fetch_get_result (fetch);
  const char  *type = result != NULL ? fetch_result_get_content_type (result) : NULL;

  return type != NULL ? type : "";
}

static guint64
get_duration (MorselFetch *fetch)
{
  FetchResult *result = morsel_fetch_get_result (fetch);

  return result != NULL ? (guint64) fetch_result_get_duration (result) : 0;
}

static GtkOrdering
compare_keys (MorselFetchSorter *self, MorselFetch *one, MorselFetch *other)
{
  switch (self->key)
    {
    case MORSEL_SORT_STATE:
      return compare_numbers (morsel_fetch_get_state (one),
                              morsel_fetch_get_state (other));
    case MORSEL_SORT_ADDRESS:
      return gtk_ordering_from_cmpfunc (
          g_ascii_strcasecmp (get_host_and_path (one), get_host_and_path (other)));
    case MORSEL_SORT_TYPE:
      return gtk_ordering_from_cmpfunc (
          g_ascii_strcasecmp (get_type (one), get_type (other)));
    case MORSEL_SORT_SIZE:
      return compare_numbers (morsel_fetch_get_size (one), morsel_fetch_get_size (other));
    case MORSEL_SORT_TIME:
      return compare_numbers (get_duration (one), get_duration (other));
    case MORSEL_SORT_ADDED:
    default:
      return compare_ordinals (one, other);
    }
}

static GtkOrdering
morsel_fetch_sorter_compare (GtkSorter *sorter, gpointer one, gpointer other)
{
  MorselFetchSorter *self = MORSEL_FETCH_SORTER (sorter);
  GtkOrdering        ordering = compare_keys (self, one, other);

  if (ordering == GTK_ORDERING_EQUAL)
    return compare_ordinals (one, other);

  return self->descending ? (GtkOrdering) -ordering : ordering;
}

static GtkSorterOrder
morsel_fetch_sorter_get_order (GtkSorter *sorter G_GNUC_UNUSED)
{
  return GTK_SORTER_ORDER_TOTAL;
}

static void
morsel_fetch_sorter_class_init (MorselFetchSorterClass *klass)
{
  GtkSorterClass *sorter_class = GTK_SORTER_CLASS (klass);

  sorter_class->compare = morsel_fetch_sorter_compare;
  sorter_class->get_order = morsel_fetch_sorter_get_order;
}

static void
morsel_fetch_sorter_init (MorselFetchSorter *self G_GNUC_UNUSED)
{
}

GType
morsel_sort_key_get_type (void)
{
  static const GEnumValue values[] = {
    { MORSEL_SORT_ADDED, "MORSEL_SORT_ADDED", "added" },
    { MORSEL_SORT_STATE, "MORSEL_SORT_STATE", "state" },
    { MORSEL_SORT_ADDRESS, "MORSEL_SORT_ADDRESS", "address" },
    { MORSEL_SORT_TYPE, "MORSEL_SORT_TYPE", "type" },
    { MORSEL_SORT_SIZE, "MORSEL_SORT_SIZE", "size" },
    { MORSEL_SORT_TIME, "MORSEL_SORT_TIME", "time" },
    { 0, NULL, NULL },
  };
  static GType type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("MorselSortKey", values));

  return type;
}

/**
 * morsel_fetch_sorter_new:
 * @key: by what to sort
 * @descending: whether the largest comes first
 *
 * Returns: (transfer full) (nullable): a sorter; %NULL for the order of the list itself,
 *   which costs nothing
 */
GtkSorter *
morsel_fetch_sorter_new (MorselSortKey key, gboolean descending)
{
  MorselFetchSorter *self;

  if (key == MORSEL_SORT_ADDED && !descending)
    return NULL;

  self = g_object_new (MORSEL_TYPE_FETCH_SORTER, NULL);
  self->key = key;
  self->descending = descending;

  return GTK_SORTER (self);
}

/**
 * morsel_fetch_sorter_fetches_changed:
 * @self: a sorter
 *
 * Sorts again, if what it sorts by may have changed.
 */
void
morsel_fetch_sorter_fetches_changed (MorselFetchSorter *self)
{
  g_return_if_fail (MORSEL_IS_FETCH_SORTER (self));

  if (self->key != MORSEL_SORT_ADDED && self->key != MORSEL_SORT_ADDRESS)
    gtk_sorter_changed (GTK_SORTER (self), GTK_SORTER_CHANGE_DIFFERENT);
}
