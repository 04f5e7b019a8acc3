/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-sort-value.h"

#include <string.h>

/*
 * What a list of fetches is sorted by. A fetch that runs changes all the time, and a list
 * can't be sorted by what changes meanwhile: so this is what it was at one moment, and
 * quick to compare.
 */

/* Of progress: more than any part of a fetch. */
#define ENDED G_MAXUINT64

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

/* Those that wait for their turn, those of which nobody knows how much is left, those of
 * which that is known, in thousandths, and those that have ended. */
static guint64
get_progress (MorselFetch *fetch)
{
  double fraction = morsel_fetch_get_fraction (fetch);

  if (morsel_fetch_get_state (fetch) != MORSEL_FETCH_RUNNING)
    return ENDED;
  if (morsel_fetch_get_progress (fetch).phase == FETCH_PHASE_QUEUED)
    return 0;

  return fraction < 0 ? 1 : 2 + (guint64) (MIN (fraction, 1) * 1000);
}

/* Those that are negative come before the others. */
static guint64
get_ordinal (MorselFetch *fetch)
{
  return (guint64) morsel_fetch_get_ordinal (fetch) + ((guint64) 1 << 63);
}

static guint64
get_number (MorselSortKey key, MorselFetch *fetch)
{
  switch (key)
    {
    case MORSEL_SORT_ADDED:
      return get_ordinal (fetch);
    case MORSEL_SORT_STATE:
      return morsel_fetch_get_state (fetch);
    case MORSEL_SORT_SIZE:
      return morsel_fetch_get_size (fetch);
    case MORSEL_SORT_TIME:
      return get_duration (fetch);
    case MORSEL_SORT_PROGRESS:
      return get_progress (fetch);
    case MORSEL_SORT_ADDRESS:
    case MORSEL_SORT_TYPE:
    default:
      return 0;
    }
}

/* In small letters, so that they need not be made so at each comparison. */
static char *
get_text (MorselSortKey key, MorselFetch *fetch)
{
  switch (key)
    {
    case MORSEL_SORT_ADDRESS:
      return g_ascii_strdown (get_host_and_path (fetch), -1);
    case MORSEL_SORT_TYPE:
      return g_ascii_strdown (get_type (fetch), -1);
    case MORSEL_SORT_ADDED:
    case MORSEL_SORT_STATE:
    case MORSEL_SORT_SIZE:
    case MORSEL_SORT_TIME:
    case MORSEL_SORT_PROGRESS:
    default:
      return NULL;
    }
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
    { MORSEL_SORT_PROGRESS, "MORSEL_SORT_PROGRESS", "progress" },
    { 0, NULL, NULL },
  };
  static GType type;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("MorselSortKey", values));

  return type;
}

/**
 * morsel_sort_key_can_change:
 * @key: by what to sort
 *
 * Returns: whether a fetch can get another place while it is in a list
 */
gboolean
morsel_sort_key_can_change (MorselSortKey key)
{
  return key != MORSEL_SORT_ADDED && key != MORSEL_SORT_ADDRESS;
}

/**
 * morsel_sort_value_of:
 * @key: by what to sort
 * @fetch: what to sort
 *
 * Returns: (transfer full): what @fetch is sorted by now
 */
MorselSortValue
morsel_sort_value_of (MorselSortKey key, MorselFetch *fetch)
{
  return (MorselSortValue){ get_number (key, fetch), get_text (key, fetch) };
}

/**
 * morsel_sort_value_clear:
 * @self: a value
 *
 * Frees what it has.
 */
void
morsel_sort_value_clear (MorselSortValue *self)
{
  g_clear_pointer (&self->text, g_free);
}

/**
 * morsel_sort_value_compare:
 * @self: a value
 * @other: a value for the same key
 *
 * Returns: less than 0, 0, or more, as usual
 */
int
morsel_sort_value_compare (const MorselSortValue *self, const MorselSortValue *other)
{
  if (self->number != other->number)
    return self->number < other->number ? -1 : 1;

  return g_strcmp0 (self->text, other->text);
}
