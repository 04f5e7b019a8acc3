/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-source-private.h"

#include <pthread.h>

#include "backgroundcall/background-promise-private.h"
#include "backgroundcall/background-wake-private.h"
#include "backgroundcall/background-watch-private.h"

/*
 * The idle callback of all calls: one source for each main context, whatever the number
 * of calls.
 *
 * Workers push the calls that have changed onto a list, without a lock; the first to push
 * onto an empty list wakes the main loop. The source takes the whole list, and visits
 * just the calls on it. With nothing on the list it is asleep: it costs no CPU, and a
 * stalled call wakes nobody.
 *
 * There are two lists. What is settled is seen at once. Progress is seen at most once a
 * frame, however often it is reported: who looks at the screen could not see more.
 *
 * One dispatch handles what fits into a slice of a frame and leaves the rest for the
 * next, at idle priority: below GTK's drawing and below input, so no flood of results
 * delays either. But on a machine that is slow to draw, an animation leaves no idle time
 * at all. So a second, tiny source looks whether something has been waiting for too long,
 * and then dispatches a slice at the priority of input: ten times a second at most.
 *
 * The workers know only this struct, which outlives the context. News for a context that
 * is gone goes to the default one.
 */

#define FRAME (G_USEC_PER_SEC / 60)
#define SLICE (2 * G_TIME_SPAN_MILLISECOND)
#define TOO_LONG (100 * G_TIME_SPAN_MILLISECOND)

struct _BackgroundSource
{
  /* Any thread. */
  _Atomic (int)        ref_count;
  BackgroundChangeList settled;
  BackgroundChangeList progressed;
  _Atomic (bool)       orphaned;
  _Atomic (guint)      iterated_by; /* the thread that iterated the context last */
  BackgroundWake      *wake;
  GMainContext        *made_for; /* not owned; may be gone */

  /* Under the registry's lock. */
  GMainContext *context; /* not owned */

  /* Main context only: taken from the lists and not yet visited, first come first. */
  BackgroundChange *first_ready;
  BackgroundChange *last_ready;
  gint64            next_frame;
  gint64            waiting_since; /* 0 if nothing waits */
};

static BackgroundSource *ref_for_context (GMainContext *context);

typedef struct
{
  GSource           source;
  BackgroundSource *self;
  gpointer          wake_tag;
} ContextSource;

static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;
static GHashTable *registry = NULL; /* GMainContext → BackgroundSource, neither owned */

static void
append_ready (BackgroundSource *self, BackgroundChange *changes)
{
  if (changes == NULL)
    return;

  if (self->last_ready != NULL)
    self->last_ready->next = changes;
  else
    self->first_ready = changes;

  while (changes->next != NULL)
    changes = changes->next;
  self->last_ready = changes;
}

static BackgroundChange *
pop_ready (BackgroundSource *self)
{
  BackgroundChange *change = self->first_ready;

  if (change == NULL)
    return NULL;

  self->first_ready = change->next;
  if (self->first_ready == NULL)
    self->last_ready = NULL;

  return change;
}

static void
visit (BackgroundPromise *promise)
{
  background_promise_release (promise);
  background_watch_visit (promise);
}

static bool
has_something_to_do (BackgroundSource *self, gint64 now)
{
  return self->first_ready != NULL || atomic_load (&self->settled) != NULL ||
         (atomic_load (&self->progressed) != NULL && now >= self->next_frame);
}

static gboolean
context_source_prepare (GSource *source, int *timeout)
{
  BackgroundSource *self = ((ContextSource *) source)->self;
  gint64            now = g_source_get_time (source);

  *timeout = -1;
  if (has_something_to_do (self, now))
    return TRUE;

  if (atomic_load (&self->progressed) != NULL)
    *timeout = (self->next_frame - now + 999) / 1000;

  return FALSE;
}

static gboolean
context_source_check (GSource *source)
{
  ContextSource    *context_source = (ContextSource *) source;
  BackgroundSource *self = context_source->self;

  background_wake_acknowledge (self->wake, source, context_source->wake_tag);

  return has_something_to_do (self, g_source_get_time (source));
}

static gboolean
context_source_dispatch (GSource    *source,
                         GSourceFunc callback G_GNUC_UNUSED,
                         gpointer    user_data G_GNUC_UNUSED)
{
  BackgroundSource *self = ((ContextSource *) source)->self;
  gint64            start = g_get_monotonic_time ();
  BackgroundChange *change;

  append_ready (self, background_change_list_take_in_order (&self->settled));
  if (start >= self->next_frame)
    {
      append_ready (self, background_change_list_take_in_order (&self->progressed));
      self->next_frame = start + FRAME;
    }

  while ((change = pop_ready (self)) != NULL)
    {
      BackgroundPromise *promise = background_change_get_thing (change);

      /* Before looking: what changes from now on is news again. */
      atomic_store (&change->queued, false);
      visit (promise);
      background_promise_drop (promise);

      if (g_get_monotonic_time () - start > SLICE)
        break;
    }

  self->waiting_since = 0;

  return G_SOURCE_CONTINUE;
}

/* It is asked in each iteration, before whatever else is ready. */
static gboolean
overdue_source_check (GSource *source)
{
  BackgroundSource *self = ((ContextSource *) source)->self;
  gint64            now = g_source_get_time (source);

  if (!has_something_to_do (self, now))
    self->waiting_since = 0;
  else if (self->waiting_since == 0)
    self->waiting_since = now;

  return self->waiting_since != 0 && now - self->waiting_since >= TOO_LONG;
}

static gboolean
overdue_source_prepare (GSource *source, int *timeout)
{
  BackgroundSource *self = ((ContextSource *) source)->self;

  if (atomic_load_explicit (&self->iterated_by, memory_order_relaxed) !=
      background_thread_get_id ())
    atomic_store (&self->iterated_by, background_thread_get_id ());

  *timeout = -1;

  return overdue_source_check (source);
}

static void
context_source_finalize (GSource *source)
{
  background_source_unref (((ContextSource *) source)->self);
}

static GSourceFuncs context_source_funcs = {
  .prepare = context_source_prepare,
  .check = context_source_check,
  .dispatch = context_source_dispatch,
  .finalize = context_source_finalize,
};

static GSourceFuncs overdue_source_funcs = {
  .prepare = overdue_source_prepare,
  .check = overdue_source_check,
  .dispatch = context_source_dispatch,
  .finalize = context_source_finalize,
};

static gboolean
never_called_cb (gpointer user_data G_GNUC_UNUSED)
{
  return G_SOURCE_CONTINUE;
}

/* What nobody will visit here is visited in the default context. */
static void
forward (BackgroundChange *changes)
{
  BackgroundSource *fallback;

  if (changes == NULL)
    return;

  fallback = ref_for_context (g_main_context_default ());
  while (changes != NULL)
    {
      BackgroundChange *next = changes->next;

      if (background_change_list_push (&fallback->settled, changes))
        background_wake_up (fallback->wake);
      changes = next;
    }
  background_source_unref (fallback);
}

/* Just before the context goes, in the thread that drops it. */
static void
context_gone_cb (gpointer user_data)
{
  BackgroundSource *self = user_data;
  BackgroundChange *ready = self->first_ready;

  pthread_mutex_lock (&registry_lock);
  g_hash_table_remove (registry, self->context);
  self->context = NULL;
  pthread_mutex_unlock (&registry_lock);

  self->first_ready = self->last_ready = NULL;
  atomic_store (&self->iterated_by, 0);
  atomic_store (&self->orphaned, true);

  forward (ready);
  forward (background_change_list_take_in_order (&self->settled));
  forward (background_change_list_take_in_order (&self->progressed));
}

static GSource *
source_new (BackgroundSource *self, GSourceFuncs *funcs, const char *name, int priority)
{
  GSource *source = g_source_new (funcs, sizeof (ContextSource));

  ((ContextSource *) source)->self = background_source_ref (self);
  g_source_set_static_name (source, name);
  g_source_set_priority (source, priority);
  g_source_set_can_recurse (source, TRUE);

  return source;
}

/* With the registry's lock. */
static BackgroundSource *
new_for_context (GMainContext *context)
{
  BackgroundSource *self = g_new0 (BackgroundSource, 1);
  GSource          *source;

  atomic_init (&self->ref_count, 1);
  self->context = context;
  self->made_for = context;
  self->wake = background_wake_new ();

  source = source_new (self, &context_source_funcs, "[backgroundcall] all calls",
                       G_PRIORITY_DEFAULT_IDLE);
  ((ContextSource *) source)->wake_tag = background_wake_add_to_source (self->wake,
                                                                        source);
  g_source_set_callback (source, never_called_cb, self, context_gone_cb);
  g_source_attach (source, context);
  g_source_unref (source);

  source = source_new (self, &overdue_source_funcs, "[backgroundcall] overdue calls",
                       G_PRIORITY_DEFAULT);
  g_source_attach (source, context);
  g_source_unref (source);

  g_hash_table_insert (registry, context, self);

  return self;
}

static BackgroundSource *
ref_for_context (GMainContext *context)
{
  BackgroundSource *self;

  pthread_mutex_lock (&registry_lock);
  if (registry == NULL)
    registry = g_hash_table_new (NULL, NULL);
  self = g_hash_table_lookup (registry, context);
  if (self != NULL)
    background_source_ref (self);
  else
    self = new_for_context (context);
  pthread_mutex_unlock (&registry_lock);

  return self;
}

static void
unref_source (gpointer source)
{
  background_source_unref (source);
}

/* The source of the main context that the calling thread would use. */
BackgroundSource *
background_source_ref_for_thread_default (void)
{
  /* The last one, as it is nearly always the same. Another context may come to be at the
   * same address, but not before this source is an orphan. */
  static GPrivate   last = G_PRIVATE_INIT (unref_source);
  BackgroundSource *self = g_private_get (&last);
  GMainContext     *context = g_main_context_get_thread_default ();

  if (context == NULL)
    context = g_main_context_default ();

  if (self != NULL && self->made_for == context && !atomic_load (&self->orphaned))
    return background_source_ref (self);

  self = ref_for_context (context);
  g_private_replace (&last, background_source_ref (self));

  return self;
}

BackgroundSource *
background_source_ref (BackgroundSource *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);

  return self;
}

void
background_source_unref (BackgroundSource *self)
{
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  background_wake_unref (self->wake);
  g_free (self);
}

static void
tell (BackgroundSource     *self,
      BackgroundChangeList *list,
      BackgroundChange     *change,
      BackgroundPromise    *promise)
{
  if (atomic_exchange (&change->queued, true))
    return;

  background_promise_hold (promise);
  /* Who iterates the context itself looks at the lists before it sleeps. If it has
   * changed, the new one has said so before it looked. */
  if (background_change_list_push (list, change) &&
      atomic_load (&self->iterated_by) != background_thread_get_id ())
    background_wake_up (self->wake);

  if (atomic_load (&self->orphaned))
    forward (background_change_list_take_in_order (list));
}

/* The promise's state has changed, or something of it can be released. */
void
background_source_tell_settled (BackgroundSource *self, BackgroundPromise *promise)
{
  tell (self, &self->settled, &promise->settled, promise);
}

/* The promise has new progress. */
void
background_source_tell_progress (BackgroundSource *self, BackgroundPromise *promise)
{
  tell (self, &self->progressed, &promise->progressed, promise);
}

/* Whether the calling thread is the one that iterates the context. */
bool
background_source_is_iterated_here (BackgroundSource *self)
{
  return atomic_load_explicit (&self->iterated_by, memory_order_acquire) ==
         background_thread_get_id ();
}

/* Whether the context is gone, and with it those who asked there. */
bool
background_source_is_orphaned (BackgroundSource *self)
{
  return atomic_load (&self->orphaned);
}
