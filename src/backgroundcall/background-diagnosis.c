/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-diagnosis-private.h"

#include "backgroundcall/background-promise-private.h"

#ifdef HAVE_SYSPROF
#  include <sysprof-capture.h>
#endif

/*
 * What goes on, for those who look for the reason why something is slow.
 *
 * `BACKGROUNDCALL_DEBUG=calls` prints the life of each call to standard error: when it is
 * queued, started and done, and how long each took. `BACKGROUNDCALL_DEBUG=callbacks`
 * warns of a callback that holds up the main loop for longer than a frame. `all` is both.
 * Sysprof gets a mark for each call, with nothing set, if it records.
 */

#define FRAME (G_USEC_PER_SEC / 60)

typedef enum
{
  DIAGNOSIS_IS_READ = 1 << 0,
  DIAGNOSIS_OF_CALLS = 1 << 1,
  DIAGNOSIS_OF_CALLBACKS = 1 << 2,
} Diagnosis;

static const GDebugKey keys[] = {
  { "calls", DIAGNOSIS_OF_CALLS },
  { "callbacks", DIAGNOSIS_OF_CALLBACKS },
};

static Diagnosis
get_diagnosis (void)
{
  static gsize wanted = 0;

  if (g_once_init_enter (&wanted))
    g_once_init_leave (&wanted, DIAGNOSIS_IS_READ | g_parse_debug_string (
                                                        g_getenv ("BACKGROUNDCALL_DEBUG"),
                                                        keys, G_N_ELEMENTS (keys)));

  return wanted;
}

static const char *
name_of (BackgroundPromise *promise)
{
  return promise->name != NULL ? promise->name : "call";
}

static double
milliseconds (gint64 duration)
{
  return duration / (double) G_TIME_SPAN_MILLISECOND;
}

static bool
wants_times (void)
{
#ifdef HAVE_SYSPROF
  if (sysprof_collector_is_active ())
    return true;
#endif

  return (get_diagnosis () & DIAGNOSIS_OF_CALLS) != 0;
}

void
background_diagnosis_queued (BackgroundPromise *promise)
{
  if (!wants_times ())
    return;

  promise->queued_at = g_get_monotonic_time ();
  if (get_diagnosis () & DIAGNOSIS_OF_CALLS)
    g_printerr ("BackgroundCall %p %s: queued\n", (void *) promise, name_of (promise));
}

void
background_diagnosis_started (BackgroundPromise *promise)
{
  if (promise->queued_at == 0)
    return;

  promise->started_at = g_get_monotonic_time ();
  if (get_diagnosis () & DIAGNOSIS_OF_CALLS)
    g_printerr ("BackgroundCall %p %s: started, after %.3f ms in the queue\n",
                (void *) promise, name_of (promise),
                milliseconds (promise->started_at - promise->queued_at));
}

/* Before the outcome is published, as the promise is this thread's until then. */
void
background_diagnosis_done (BackgroundPromise *promise, const GError *error)
{
  gint64 duration;

  if (promise->started_at == 0)
    return;

  duration = g_get_monotonic_time () - promise->started_at;
  if (get_diagnosis () & DIAGNOSIS_OF_CALLS)
    g_printerr ("BackgroundCall %p %s: %s%s, after %.3f ms\n", (void *) promise,
                name_of (promise), error == NULL ? "returned" : "failed: ",
                error == NULL ? "" : error->message, milliseconds (duration));

#ifdef HAVE_SYSPROF
  sysprof_collector_mark (promise->started_at * 1000, duration * 1000, "BackgroundCall",
                          name_of (promise), error == NULL ? NULL : error->message);
#endif
}

/* Returns 0 if nobody wants to know. */
gint64
background_diagnosis_callback_begins (void)
{
  return (get_diagnosis () & DIAGNOSIS_OF_CALLBACKS) != 0 ? g_get_monotonic_time () : 0;
}

void
background_diagnosis_callback_ends (BackgroundPromise *promise, gint64 begin)
{
  gint64 duration;

  if (begin == 0)
    return;

  duration = g_get_monotonic_time () - begin;
  if (duration > FRAME)
    g_warning ("A callback that watches the call %s held up the main loop for %.1f ms",
               name_of (promise), milliseconds (duration));
}
