/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-words-for-batch.h"

#include <glib/gi18n.h>

#include "app/morsel-isolate.h"
#include "app/morsel-words.h"

/* How a batch of fetches is told to a person. */

#define SECONDS_PER_MINUTE 60
#define SECONDS_PER_HOUR (60 * SECONDS_PER_MINUTE)

static char *
words_for_time_left (gint64 time)
{
  int seconds = (int) (time / G_TIME_SPAN_SECOND);

  if (seconds < 1)
    /* Translators: until all fetches are done. What follows are times instead. */
    return g_strdup (_ ("a moment left"));
  if (seconds < 2 * SECONDS_PER_MINUTE)
    /* Translators: a time, in seconds. */
    return g_strdup_printf (ngettext ("%d s left", "%d s left", seconds), seconds);
  if (seconds < 2 * SECONDS_PER_HOUR)
    return g_strdup_printf (
        /* Translators: a time, in minutes. */
        ngettext ("%d min left", "%d min left", seconds / SECONDS_PER_MINUTE),
        seconds / SECONDS_PER_MINUTE);

  /* Translators: a time, in hours. */
  return g_strdup_printf (ngettext ("%d h left", "%d h left", seconds / SECONDS_PER_HOUR),
                          seconds / SECONDS_PER_HOUR);
}

static char *
join (GPtrArray *parts)
{
  g_autofree char *words = NULL;

  g_ptr_array_add (parts, NULL);
  words = g_strjoinv (" · ", (char **) parts->pdata);

  return morsel_isolate_foreign_words (words);
}

static char *
words_while_running (const MorselBatch *batch, gboolean is_short)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  double speed = morsel_batch_get_speed (batch);
  gint64 time_left = morsel_batch_get_time_left (batch);

  g_ptr_array_add (
      parts,
      /* Translators: so many fetches of so many have ended, as in “12 of 100”. */
      g_strdup_printf (_ ("%'u of %'u"), batch->n_ended, batch->n_fetches));
  if (!is_short)
    g_ptr_array_add (parts, g_format_size (batch->received));
  if (!is_short && speed > 0)
    {
      g_autofree char *size = g_format_size ((guint64) speed);

      /* Translators: %s is an amount, as in “4.1 MB”: so much arrives in a second. */
      g_ptr_array_add (parts, g_strdup_printf (_ ("%s/s"), size));
    }
  if (time_left >= 0)
    g_ptr_array_add (parts, words_for_time_left (time_left));

  return join (parts);
}

/* A single fetch takes as long as its row says: time in a queue is not part of it. */
static gint64
get_duration (const MorselBatch *batch)
{
  return batch->n_fetches == 1 && batch->last_duration > 0 ? batch->last_duration
                                                           : batch->ended - batch->began;
}

static char *
words_when_ended (const MorselBatch *batch, gboolean is_short)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  char *failures = morsel_words_for_batch_failures (batch);

  g_ptr_array_add (parts, morsel_words_for_batch_end (batch));
  if (failures != NULL)
    g_ptr_array_add (parts, failures);
  if (!is_short)
    {
      g_ptr_array_add (parts, g_format_size (batch->received));
      g_ptr_array_add (parts, morsel_words_for_duration (get_duration (batch)));
    }

  return join (parts);
}

/**
 * morsel_words_for_batch:
 * @batch: fetches that have begun
 * @is_short: whether there is little room
 *
 * Returns: (transfer full): how far it is, or how it went
 */
char *
morsel_words_for_batch (const MorselBatch *batch, gboolean is_short)
{
  return batch->ended == 0 ? words_while_running (batch, is_short)
                           : words_when_ended (batch, is_short);
}

/**
 * morsel_words_for_batch_end:
 * @batch: fetches that have ended
 *
 * Returns: (transfer full): that they have, and how many of them found what was asked for
 */
char *
morsel_words_for_batch_end (const MorselBatch *batch)
{
  guint n_fetches = batch->n_fetches;

  if (batch->n_failed == 0)
    /* Translators: so many fetches have found what they were to find. */
    return g_strdup_printf (ngettext ("%'u fetch done", "%'u fetches done", n_fetches),
                            n_fetches);
  if (batch->n_failed == n_fetches)
    return g_strdup_printf (
        /* Translators: so many fetches, and these were all, did not find what they were
           to find. */
        ngettext ("%'u fetch failed", "%'u fetches failed", n_fetches), n_fetches);

  /* Translators: so many fetches of so many have found what they were to find, and the
     others have not, as in “88 of 100 done”. */
  return g_strdup_printf (_ ("%'u of %'u done"), n_fetches - batch->n_failed, n_fetches);
}

/**
 * morsel_words_for_batch_failures:
 * @batch: fetches that have ended
 *
 * Returns: (transfer full) (nullable): how many of them did not find what was asked for;
 *   %NULL if there is nothing to add to the end
 */
char *
morsel_words_for_batch_failures (const MorselBatch *batch)
{
  if (batch->n_failed == 0 || batch->n_failed == batch->n_fetches)
    return NULL;

  /* Translators: so many fetches did not find what they were to find. */
  return g_strdup_printf (ngettext ("%'u failed", "%'u failed", batch->n_failed),
                          batch->n_failed);
}
