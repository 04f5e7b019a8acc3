/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-fetch-filter.h"

#include <string.h>

#include "app/morsel-fetch.h"

/*
 * Which fetches of a list are shown: those in some state, whose address contains each
 * word that is searched for.
 */
struct _MorselFetchFilter
{
  GtkFilter parent_instance;

  MorselShownFetches shown;
  char              *search;
  GStrv              words; /* of the search; NULL if there are none */
};

G_DEFINE_FINAL_TYPE (MorselFetchFilter, morsel_fetch_filter, GTK_TYPE_FILTER)

static gboolean
is_in_shown_state (MorselFetchFilter *self, MorselFetchState state)
{
  switch (self->shown)
    {
    case MORSEL_SHOWN_RUNNING:
      return state == MORSEL_FETCH_RUNNING;
    case MORSEL_SHOWN_DONE:
      return state == MORSEL_FETCH_DONE;
    case MORSEL_SHOWN_FAILED:
      return state != MORSEL_FETCH_RUNNING && state != MORSEL_FETCH_DONE;
    case MORSEL_SHOWN_ALL:
    default:
      return TRUE;
    }
}

static gboolean
morsel_fetch_filter_match (GtkFilter *filter, gpointer item)
{
  MorselFetchFilter *self = MORSEL_FETCH_FILTER (filter);

  if (!is_in_shown_state (self, morsel_fetch_get_state (item)))
    return FALSE;

  for (char **word = self->words; word != NULL && *word != NULL; word++)
    if (strcasestr (morsel_fetch_get_address (item), *word) == NULL)
      return FALSE;

  return TRUE;
}

static GtkFilterMatch
morsel_fetch_filter_get_strictness (GtkFilter *filter)
{
  MorselFetchFilter *self = MORSEL_FETCH_FILTER (filter);

  return self->shown == MORSEL_SHOWN_ALL && self->words == NULL ? GTK_FILTER_MATCH_ALL
                                                                : GTK_FILTER_MATCH_SOME;
}

static void
morsel_fetch_filter_finalize (GObject *object)
{
  MorselFetchFilter *self = MORSEL_FETCH_FILTER (object);

  g_clear_pointer (&self->search, g_free);
  g_clear_pointer (&self->words, g_strfreev);

  G_OBJECT_CLASS (morsel_fetch_filter_parent_class)->finalize (object);
}

static void
morsel_fetch_filter_class_init (MorselFetchFilterClass *klass)
{
  GtkFilterClass *filter_class = GTK_FILTER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = morsel_fetch_filter_finalize;
  filter_class->match = morsel_fetch_filter_match;
  filter_class->get_strictness = morsel_fetch_filter_get_strictness;
}

static void
morsel_fetch_filter_init (MorselFetchFilter *self)
{
  self->search = g_strdup ("");
}

/* A word may end in spaces that the person has typed on the way to the next one. */
static GStrv
split_words (const char *search)
{
  g_auto (GStrv) parts = g_strsplit_set (search, " \t", -1);
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  gboolean has_words = FALSE;

  for (char **part = parts; *part != NULL; part++)
    if (**part != '\0')
      {
        g_strv_builder_add (words, *part);
        has_words = TRUE;
      }

  return has_words ? g_strv_builder_end (words) : NULL;
}

/**
 * morsel_fetch_filter_new:
 *
 * Returns: (transfer full): a filter that shows all
 */
GtkFilter *
morsel_fetch_filter_new (void)
{
  return g_object_new (MORSEL_TYPE_FETCH_FILTER, NULL);
}

/**
 * morsel_fetch_filter_set_shown:
 * @self: a filter
 * @shown: which fetches to show
 *
 * Shows those in some state only.
 */
void
morsel_fetch_filter_set_shown (MorselFetchFilter *self, MorselShownFetches shown)
{
  GtkFilterChange change = GTK_FILTER_CHANGE_DIFFERENT;

  g_return_if_fail (MORSEL_IS_FETCH_FILTER (self));

  if (shown == self->shown)
    return;

  if (shown == MORSEL_SHOWN_ALL)
    change = GTK_FILTER_CHANGE_LESS_STRICT;
  else if (self->shown == MORSEL_SHOWN_ALL)
    change = GTK_FILTER_CHANGE_MORE_STRICT;
  self->shown = shown;
  gtk_filter_changed (GTK_FILTER (self), change);
}

/**
 * morsel_fetch_filter_set_search:
 * @self: a filter
 * @search: words, of which an address has to contain each
 *
 * Shows those only whose address has what is searched for.
 */
void
morsel_fetch_filter_set_search (MorselFetchFilter *self, const char *search)
{
  GtkFilterChange change = GTK_FILTER_CHANGE_DIFFERENT;

  g_return_if_fail (MORSEL_IS_FETCH_FILTER (self));

  if (g_str_equal (search, self->search))
    return;

  /* Who types on looks at what is left only. */
  if (g_str_has_prefix (search, self->search))
    change = GTK_FILTER_CHANGE_MORE_STRICT;
  else if (g_str_has_prefix (self->search, search))
    change = GTK_FILTER_CHANGE_LESS_STRICT;

  g_free (self->search);
  self->search = g_strdup (search);
  g_strfreev (self->words);
  self->words = split_words (search);
  gtk_filter_changed (GTK_FILTER (self), change);
}
