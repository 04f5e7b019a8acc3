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
      g_strdup_printf (_ ("%'u of %'u"), batch->n_ended, batch->n_begun));
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

static char *
words_when_ended (const MorselBatch *batch, gboolean is_short)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (parts, morsel_words_for_batch_end (batch));
  if (batch->n_failed > 0)
    g_ptr_array_add (parts, morsel_words_for_batch_failures (batch));
  if (!is_short)
    {
      g_ptr_array_add (parts, g_format_size (batch->received));
      g_ptr_array_add (parts, morsel_words_for_duration (batch->ended - batch->began));
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
 * Returns: (transfer full): that they have
 */
char *
morsel_words_for_batch_end (const MorselBatch *batch)
{
  /* Translators: so many fetches have ended, well or not. */
  return g_strdup_printf (ngettext ("%'u fetch done", "%'u fetches done", batch->n_begun),
                          batch->n_begun);
}

/**
 * morsel_words_for_batch_failures:
 * @batch: fetches that have ended
 *
 * Returns: (transfer full): how many of them did not find what was asked for
 */
char *
morsel_words_for_batch_failures (const MorselBatch *batch)
{
  /* Translators: so many fetches did not find what they were to find. */
  return g_strdup_printf (ngettext ("%'u failed", "%'u failed", batch->n_failed),
                          batch->n_failed);
}
