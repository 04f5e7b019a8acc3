/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-watch-private.h"

#include "backgroundcall/background-diagnosis-private.h"
#include "backgroundcall/background-promise-private.h"

/*
 * Somebody who looks at a call when it has changed.
 *
 * A watch keeps its call alive, as somebody wants to know; and it belongs to an owner,
 * with whom it goes: then nobody wants to know, the call is dropped, and that cancels it.
 *
 * A watch may be asked for in any thread, but is kept and called in the call's main
 * context only. The owner may go in any thread and at any time; while the callback runs,
 * it is held.
 */
struct _BackgroundWatch
{
  /* Any thread. One reference is the promise's, one the owner's. */
  _Atomic (int)  ref_count;
  _Atomic (bool) ended;
  _Atomic (bool) owner_is_gone;
  GWeakRef       owner;

  /* Written once, before anybody else knows of the watch. */
  guint               id;
  bool                has_owner;
  BackgroundPromise  *promise;
  BackgroundCall     *call; /* kept; none for a watch that does without */
  BackgroundWatchFunc func;
  gpointer            user_data;
  GDestroyNotify      destroy;

  /* Main context only. */
  BackgroundWatch *next;
  bool             is_running;
  bool             missed_news; /* while it was running */
};

static void
watch_unref (BackgroundWatch *self)
{
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  if (self->has_owner)
    g_weak_ref_clear (&self->owner);
  background_promise_drop (self->promise);
  g_free (self);
}

static void sweep (BackgroundPromise *promise);

/* In the thread that disposes of the owner. */
static void
owner_gone_cb (gpointer user_data, GObject *owner G_GNUC_UNUSED)
{
  BackgroundWatch   *self = user_data;
  BackgroundPromise *promise = self->promise;

  background_promise_hold (promise);
  atomic_store (&self->owner_is_gone, true);
  if (!atomic_exchange (&self->ended, true))
    {
      if (background_source_is_iterated_here (promise->source))
        sweep (promise);
      else
        background_source_tell_settled (promise->source, promise);
    }
  watch_unref (self);
  background_promise_drop (promise);
}

/* In the main context, when the watch is off the promise's list. */
static void
watch_dispose (BackgroundWatch *self)
{
  if (self->has_owner)
    {
      g_autoptr (GObject) owner = g_weak_ref_get (&self->owner);

      /* An owner that is on its way out tells us itself. */
      if (owner != NULL && !atomic_exchange (&self->owner_is_gone, true))
        {
          g_object_weak_unref (owner, owner_gone_cb, self);
          watch_unref (self);
        }
    }

  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_clear_object (&self->call);
  watch_unref (self);
}

static BackgroundWatch *
reverse (BackgroundWatch *watch)
{
  BackgroundWatch *reversed = NULL;

  while (watch != NULL)
    {
      BackgroundWatch *next = watch->next;

      watch->next = reversed;
      reversed = watch;
      watch = next;
    }

  return reversed;
}

/* Main context: the watches that were asked for elsewhere join those that are here. */
static void
take_incoming (BackgroundPromise *promise)
{
  BackgroundWatch **end = &promise->watches;

  if (atomic_load (&promise->incoming_watches) == NULL)
    return;

  while (*end != NULL)
    end = &(*end)->next;
  *end = reverse (atomic_exchange (&promise->incoming_watches, NULL));
}

/* Main context: removes what has ended, unless somebody is walking along the list. */
static void
sweep (BackgroundPromise *promise)
{
  BackgroundWatch **link = &promise->watches;
  BackgroundWatch  *ended = NULL;

  if (promise->visiting > 0)
    return;

  take_incoming (promise);
  while (*link != NULL)
    {
      BackgroundWatch *watch = *link;

      if (!atomic_load (&watch->ended))
        {
          link = &watch->next;
          continue;
        }

      *link = watch->next;
      watch->next = ended;
      ended = watch;
    }

  /* What these run may come back here. */
  ended = reverse (ended);
  while (ended != NULL)
    {
      BackgroundWatch *next = ended->next;

      watch_dispose (ended);
      ended = next;
    }
}

static void
run (BackgroundWatch *self)
{
  g_autoptr (GObject) owner = NULL;
  bool was_done = background_promise_get_state (self->promise) != BACKGROUND_CALL_RUNNING;
  gint64 begin;

  if (self->has_owner)
    {
      owner = g_weak_ref_get (&self->owner);
      if (owner == NULL)
        {
          atomic_store (&self->ended, true);
          return;
        }
    }

  self->is_running = true;
  begin = background_diagnosis_callback_begins ();
  if (self->func (self->call, self->user_data) == G_SOURCE_REMOVE || was_done)
    atomic_store (&self->ended, true);
  background_diagnosis_callback_ends (self->promise, begin);
  self->is_running = false;

  if (self->missed_news)
    {
      self->missed_news = false;
      background_source_tell_settled (self->promise->source, self->promise);
    }
}

guint
background_watch_add (BackgroundPromise  *promise,
                      BackgroundCall     *call,
                      GObject            *owner,
                      BackgroundWatchFunc func,
                      gpointer            user_data,
                      GDestroyNotify      destroy)
{
  static _Atomic (guint) newest_id = 0;
  BackgroundWatch       *self = g_new0 (BackgroundWatch, 1);
  guint                  id = atomic_fetch_add (&newest_id, 1) + 1;

  background_promise_hold (promise);
  atomic_init (&self->ref_count, 1);
  self->id = id;
  self->promise = promise;
  self->call = call != NULL ? g_object_ref (call) : NULL;
  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;

  if (owner != NULL)
    {
      self->has_owner = true;
      g_weak_ref_init (&self->owner, owner);
      atomic_fetch_add (&self->ref_count, 1);
      g_object_weak_ref (owner, owner_gone_cb, self);
    }

  /* In this order, and the other way round in the worker: one of the two sees the other.
   */
  atomic_store (&promise->watched, true);
  self->next = atomic_load (&promise->incoming_watches);
  while (!atomic_compare_exchange_weak (&promise->incoming_watches, &self->next, self))
    ;
  if (!background_source_is_iterated_here (promise->source) ||
      background_promise_get_state (promise) != BACKGROUND_CALL_RUNNING)
    background_source_tell_settled (promise->source, promise);
  else if (atomic_load (&promise->reported))
    background_source_tell_progress (promise->source, promise);

  return id;
}

/* Main context. */
void
background_watch_remove (BackgroundPromise *promise, guint id)
{
  take_incoming (promise);

  for (BackgroundWatch *watch = promise->watches; watch != NULL; watch = watch->next)
    {
      if (watch->id != id)
        continue;

      atomic_store (&watch->ended, true);
      background_promise_hold (promise);
      sweep (promise);
      background_promise_drop (promise);
      return;
    }

  g_critical ("No watch with the number %u", id);
}

/* Main context: something has changed. */
void
background_watch_visit (BackgroundPromise *promise)
{
  take_incoming (promise);

  promise->visiting++;
  for (BackgroundWatch *watch = promise->watches; watch != NULL; watch = watch->next)
    {
      if (background_source_is_orphaned (promise->source))
        atomic_store (&watch->ended, true);
      else if (watch->is_running)
        watch->missed_news = true;
      else if (!atomic_load (&watch->ended))
        run (watch);
    }
  promise->visiting--;

  sweep (promise);
}
