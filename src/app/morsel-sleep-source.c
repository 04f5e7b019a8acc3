/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-sleep-source.h"

/* A source that never has anything to do: it only notes how long its main loop sleeps.
 * The loop asks it before each sleep, and after. */
typedef struct
{
  GSource source;
  gint64  asleep_since; /* 0 while awake */
  gint64  slept;
} SleepSource;

static gboolean
prepare (GSource *source, int *timeout)
{
  ((SleepSource *) source)->asleep_since = g_get_monotonic_time ();
  *timeout = -1;

  return FALSE;
}

static gboolean
check (GSource *source)
{
  SleepSource *self = (SleepSource *) source;

  if (self->asleep_since != 0)
    self->slept += g_get_monotonic_time () - self->asleep_since;
  self->asleep_since = 0;

  return FALSE;
}

static gboolean
dispatch (GSource    *source G_GNUC_UNUSED,
          GSourceFunc callback G_GNUC_UNUSED,
          gpointer    user_data G_GNUC_UNUSED)
{
  g_assert_not_reached ();
}

static GSourceFuncs source_funcs = { prepare, check, dispatch, NULL, NULL, NULL };

/**
 * morsel_sleep_source_new:
 *
 * Returns: (transfer full): a source, to be attached to the main loop that it is about
 */
GSource *
morsel_sleep_source_new (void)
{
  GSource *source = g_source_new (&source_funcs, sizeof (SleepSource));

  g_source_set_static_name (source, "Morsel's sleep");
  /* Once a source is ready, those below it are not asked. */
  g_source_set_priority (source, G_MININT);

  return source;
}

/**
 * morsel_sleep_source_take:
 * @source: what [func@morsel_sleep_source_new] returned
 *
 * Returns: how long the main loop has slept since this was asked last, in microseconds
 */
gint64
morsel_sleep_source_take (GSource *source)
{
  SleepSource *self = (SleepSource *) source;
  gint64       slept = self->slept;

  self->slept = 0;

  return slept;
}
