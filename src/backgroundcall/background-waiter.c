/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-waiter-private.h"

#include "backgroundcall/background-condition-private.h"
#include "backgroundcall/background-promise-private.h"

/*
 * Threads that wait for calls.
 *
 * Few calls are ever waited for, so a call carries no lock and no condition: only a count
 * of who waits, which the worker looks at when it publishes its outcome. The waiters
 * themselves stand in one of a few lots, found by the address of what they wait for, and
 * each is on the stack of its thread. (Known as a parking lot, from WebKit's WTF and from
 * futexes.)
 *
 * A lot's lock is held for a few instructions only. The locks are pthread's, as
 * ThreadSanitizer sees through those.
 */

#define N_LOTS 32

typedef struct _Waiter Waiter;

struct _Waiter
{
  Waiter            *previous;
  Waiter            *next;
  BackgroundPromise *promise;
  bool               wants_news; /* of progress as well */
  bool               has_news;
  pthread_cond_t     cond;
  GMainContext      *context; /* wake this, and not the condition */
  BackgroundPokeFunc poke;    /* or call this */
  gpointer           poke_data;
};

typedef struct
{
  pthread_mutex_t lock;
  Waiter         *first;
} Lot;

static Lot lots[N_LOTS] = { [0 ... N_LOTS - 1] = { .lock = BACKGROUND_SHORT_LOCK_INIT } };

static Lot *
lot_of (BackgroundPromise *promise)
{
  /* The low bits of an address are all alike. */
  return &lots[(GPOINTER_TO_SIZE (promise) >> 6) % N_LOTS];
}

/* With the lot's lock. After this, whoever publishes an outcome sees that somebody waits.
 */
static void
enter_lot (Lot *lot, Waiter *waiter)
{
  waiter->next = lot->first;
  if (lot->first != NULL)
    lot->first->previous = waiter;
  lot->first = waiter;

  atomic_fetch_add (&waiter->promise->n_waiting, 1);
}

/* With the lot's lock. */
static void
leave_lot (Lot *lot, Waiter *waiter)
{
  atomic_fetch_sub (&waiter->promise->n_waiting, 1);

  if (waiter->previous != NULL)
    waiter->previous->next = waiter->next;
  else
    lot->first = waiter->next;
  if (waiter->next != NULL)
    waiter->next->previous = waiter->previous;
}

static bool
is_done (BackgroundPromise *promise)
{
  return atomic_load (&promise->state) != BACKGROUND_CALL_RUNNING;
}

/* Sleeps until there is news for the waiter, or the deadline has come. */
static void
sleep_in_lot (BackgroundPromise *promise, bool wants_news, gint64 deadline)
{
  Lot   *lot = lot_of (promise);
  Waiter waiter = { .promise = promise, .wants_news = wants_news };
  bool   is_early = true;

  background_condition_init (&waiter.cond);

  pthread_mutex_lock (&lot->lock);
  enter_lot (lot, &waiter);
  while (!is_done (promise) && !waiter.has_news && is_early)
    is_early = background_condition_wait (&waiter.cond, &lot->lock, deadline);
  leave_lot (lot, &waiter);
  pthread_mutex_unlock (&lot->lock);

  pthread_cond_destroy (&waiter.cond);
}

/* Returns whether it is done. */
bool
background_waiter_wait_until_done (BackgroundPromise *promise, gint64 deadline)
{
  if (!is_done (promise))
    sleep_in_lot (promise, false, deadline);

  return is_done (promise);
}

/* As above, but comes back for progress, too. */
void
background_waiter_wait_for_news (BackgroundPromise *promise, gint64 deadline)
{
  if (!is_done (promise))
    sleep_in_lot (promise, true, deadline);
}

static gboolean
end_iteration_cb (gpointer user_data G_GNUC_UNUSED)
{
  return G_SOURCE_REMOVE;
}

static GSource *
attach_alarm (GMainContext *context, gint64 deadline)
{
  GSource *alarm;

  if (deadline == BACKGROUND_NO_DEADLINE)
    return NULL;

  alarm = g_timeout_source_new (0);
  g_source_set_ready_time (alarm, deadline);
  g_source_set_callback (alarm, end_iteration_cb, NULL, NULL);
  g_source_attach (alarm, context);

  return alarm;
}

/* Serves the main context, which the calling thread must own or be able to acquire, until
 * the call is done. */
bool
background_waiter_iterate_until_done (BackgroundPromise *promise,
                                      gint64             deadline,
                                      GMainContext      *context)
{
  Lot     *lot = lot_of (promise);
  Waiter   waiter = { .promise = promise, .context = context };
  GSource *alarm = attach_alarm (context, deadline);

  pthread_mutex_lock (&lot->lock);
  enter_lot (lot, &waiter);
  pthread_mutex_unlock (&lot->lock);

  while (!is_done (promise) && g_get_monotonic_time () < deadline)
    g_main_context_iteration (context, TRUE);

  pthread_mutex_lock (&lot->lock);
  leave_lot (lot, &waiter);
  pthread_mutex_unlock (&lot->lock);

  if (alarm != NULL)
    {
      g_source_destroy (alarm);
      g_source_unref (alarm);
    }

  return is_done (promise);
}

/* Serves something else meanwhile, which sleeps until it is poked, or has something to
 * do, or the deadline has come; until it returns false, or the call is done. */
void
background_waiter_serve_until_done (BackgroundPromise  *promise,
                                    gint64              deadline,
                                    BackgroundServeFunc serve,
                                    BackgroundPokeFunc  poke,
                                    gpointer            data)
{
  Lot   *lot = lot_of (promise);
  Waiter waiter = { .promise = promise, .poke = poke, .poke_data = data };

  pthread_mutex_lock (&lot->lock);
  enter_lot (lot, &waiter);
  pthread_mutex_unlock (&lot->lock);

  while (!is_done (promise) && g_get_monotonic_time () < deadline)
    if (!serve (data, deadline))
      break;

  pthread_mutex_lock (&lot->lock);
  leave_lot (lot, &waiter);
  pthread_mutex_unlock (&lot->lock);
}

static void
wake (BackgroundPromise *promise, bool is_progress)
{
  Lot *lot;

  if (atomic_load (&promise->n_waiting) == 0)
    return;

  lot = lot_of (promise);
  pthread_mutex_lock (&lot->lock);
  for (Waiter *waiter = lot->first; waiter != NULL; waiter = waiter->next)
    {
      if (waiter->promise != promise || (is_progress && !waiter->wants_news))
        continue;

      waiter->has_news = true;
      if (waiter->context != NULL)
        g_main_context_wakeup (waiter->context);
      else if (waiter->poke != NULL)
        waiter->poke (waiter->poke_data);
      else
        pthread_cond_signal (&waiter->cond);
    }
  pthread_mutex_unlock (&lot->lock);
}

/* After the outcome was published. */
void
background_waiter_wake_all (BackgroundPromise *promise)
{
  wake (promise, false);
}

/* After progress was reported. */
void
background_waiter_wake_for_news (BackgroundPromise *promise)
{
  wake (promise, true);
}
