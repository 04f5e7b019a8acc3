/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-words-for-duration.h"

#include <glib/gi18n.h>

/**
 * morsel_words_for_duration:
 * @microseconds: how long something took
 *
 * Returns: (transfer full): the same, as one would say it
 */
char *
morsel_words_for_duration (gint64 microseconds)
{
  if (microseconds < G_TIME_SPAN_MILLISECOND)
    /* Translators: a duration: less than a millisecond. */
    return g_strdup (_ ("< 1 ms"));

  if (microseconds < G_TIME_SPAN_SECOND)
    /* Translators: a duration in milliseconds. */
    return g_strdup_printf (_ ("%d ms"), (int) (microseconds / G_TIME_SPAN_MILLISECOND));

  /* Translators: a duration in seconds. */
  return g_strdup_printf (_ ("%.1f s"), microseconds / (double) G_TIME_SPAN_SECOND);
}
