/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What may happen to a call, two at a time: it finishes, is cancelled, is dropped, a wait
 * for it times out, the owner of its watch goes, the main context goes in which it was
 * made, the pools are drained. Each pair starts together from two threads, many times,
 * each time with other delays (--seed repeats them). What must hold for each: each piece
 * of data is freed exactly once and not while the function uses it; a watch ends exactly
 * once, and does not run after that; there is one outcome; every wait ends.
 */

#include <stdatomic.h>
#include <stdbool.h>

#include "backgroundcall/backgroundcall.h"
#include "gate.h"

#define N_ROUNDS 60
#define N_ROUNDS_THOROUGH 2000

typedef enum
{
  FINISH,
  CANCEL,
  DROP,
  TIMEOUT,
  OWNER_GOES,
  CONTEXT_GOES,
  DRAIN,
  N_EVENTS
} Event;

static const char *const event_names[N_EVENTS] = {
  "finish", "cancel", "drop", "timeout", "owner-goes", "context-goes", "drain",
};

typedef struct
{
  Event events[2];
  int   delays[2];
  int   timeout;

  /* The home of the call makes it, and serves its context, until the context goes. */
  BackgroundCall *call;
  BackgroundCall *references[2]; /* of those who do something to it */
  GCancellable   *cancellable;
  GObject        *owner;
  GObject        *watched_owner; /* the same, but not kept */
  _Atomic (int)   n_ready;
  _Atomic (int)   n_happened;
  _Atomic (bool)  is_over;
  _Atomic (guint) n_iterations; /* of the context at home */

  _Atomic (bool) may_finish;
  _Atomic (int)  n_data;
  _Atomic (int)  n_values;
  _Atomic (int)  n_values_made;
  _Atomic (int)  n_watches;
} Round;

static void
data_free (gpointer data)
{
  atomic_fetch_sub (&((Round *) data)->n_data, 1);
}

static void
value_free (gpointer value)
{
  atomic_fetch_sub (&((Round *) value)->n_values, 1);
}

/* A BackgroundFunc that takes as long as it is let. */
static gpointer
work (BackgroundPromise *promise, gpointer data, GError **error G_GNUC_UNUSED)
{
  Round *round = data;

  while (!atomic_load (&round->may_finish) && !background_promise_is_cancelled (promise))
    g_thread_yield ();

  /* The data has not been freed yet. */
  g_assert_cmpint (atomic_load (&round->n_data), ==, 1);
  atomic_fetch_add (&round->n_values, 1);
  atomic_fetch_add (&round->n_values_made, 1);

  return round;
}

static gboolean
look_cb (BackgroundCall *call, gpointer data)
{
  Round *round = data;

  g_assert_cmpint (atomic_load (&round->n_watches), ==, 1);
  g_assert_true (G_IS_OBJECT (round->watched_owner));
  background_call_is_done (call);

  return G_SOURCE_CONTINUE;
}

static void
watch_ended (gpointer data)
{
  g_assert_cmpint (atomic_fetch_sub (&((Round *) data)->n_watches, 1), ==, 1);
}

static void
assert_outcome_is_frozen (BackgroundCall *call)
{
  BackgroundCallState state = background_call_is_done (call);

  for (int i = 0; i < 2 && state != BACKGROUND_CALL_RUNNING; i++)
    {
      g_autoptr (GError) error = NULL;

      background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, &error);
      g_assert_true ((error != NULL) == (state == BACKGROUND_CALL_FAILED));
      g_assert_cmpint (background_call_is_done (call), ==, state);
    }
}

static void
meet (Round *round)
{
  atomic_fetch_add (&round->n_ready, 1);
  while (atomic_load (&round->n_ready) < 2)
    g_thread_yield ();
}

static void
happen (Round *round, Event event, BackgroundCall *call)
{
  g_autoptr (GError) error = NULL;

  switch (event)
    {
    case FINISH:
      atomic_store (&round->may_finish, true);
      break;

    case CANCEL:
      if (call != NULL)
        background_call_cancel (call);
      else
        g_cancellable_cancel (round->cancellable);
      break;

    case DROP:
      g_clear_object (&round->call);
      break;

    case TIMEOUT:
      background_call_get_return (call, round->timeout, &error);
      if (error != NULL)
        g_assert_true (g_error_matches (error, BACKGROUND_CALL_ERROR,
                                        BACKGROUND_CALL_ERROR_TIMED_OUT) ||
                       g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
      break;

    case OWNER_GOES:
      g_clear_object (&round->owner);
      break;

    case DRAIN:
      background_pool_drain (round->timeout);
      break;

    case CONTEXT_GOES:
    case N_EVENTS:
    default:
      g_assert_not_reached ();
    }
}

static void
wait_a_little (int delay)
{
  for (volatile int i = 0; i < delay; i++)
    ;
}

typedef struct
{
  Round *round;
  int    number;
} Actor;

/* The references are given back by another thread, which learns of it by an atomic
 * number: ThreadSanitizer can't see how GObject counts. */
static gpointer
act (gpointer data)
{
  Actor          *actor = data;
  Round          *round = actor->round;
  BackgroundCall *call = round->references[actor->number];

  meet (round);
  wait_a_little (round->delays[actor->number]);
  happen (round, round->events[actor->number], call);
  if (call != NULL)
    assert_outcome_is_frozen (call);
  atomic_fetch_add (&round->n_happened, 1);

  return NULL;
}

static bool
has_event (const Round *round, Event event)
{
  return round->events[0] == event || round->events[1] == event;
}

/* Where a call is dropped, another reference would keep it; only a wait can't do without.
 */
static bool
wants_reference (const Round *round, int number)
{
  Event event = round->events[number];

  return event == TIMEOUT ||
         (!has_event (round, DROP) && (event == CANCEL || event == FINISH));
}

/* The thread in whose main context the call was made. */
static gpointer
live_at_home (gpointer data)
{
  Round        *round = data;
  GMainContext *context = g_main_context_new ();
  GThread      *threads[2] = { NULL, NULL };
  Actor         actors[2];

  g_main_context_push_thread_default (context);
  round->owner = g_object_new (G_TYPE_OBJECT, NULL);
  round->watched_owner = round->owner;
  round->call = background_call_new_full (work, round, data_free, value_free,
                                          round->cancellable, G_PRIORITY_DEFAULT, NULL);
  if (has_event (round, OWNER_GOES) || has_event (round, CONTEXT_GOES))
    {
      atomic_store (&round->n_watches, 1);
      background_call_watch (round->call, round->owner, look_cb, round, watch_ended);
    }

  for (int i = 0; i < 2; i++)
    {
      actors[i] = (Actor){ .round = round, .number = i };
      if (wants_reference (round, i))
        round->references[i] = g_object_ref (round->call);
      if (round->events[i] != CONTEXT_GOES)
        threads[i] = g_thread_new ("actor", act, &actors[i]);
    }

  if (has_event (round, CONTEXT_GOES))
    {
      meet (round);
      wait_a_little (round->delays[round->events[0] == CONTEXT_GOES ? 0 : 1]);
      g_main_context_pop_thread_default (context);
      g_clear_pointer (&context, g_main_context_unref);
      atomic_fetch_add (&round->n_happened, 1);
    }

  while (!atomic_load (&round->is_over))
    {
      if (context == NULL || !g_main_context_iteration (context, FALSE))
        g_usleep (20);
      atomic_fetch_add (&round->n_iterations, 1);
    }

  for (int i = 0; i < 2; i++)
    if (threads[i] != NULL)
      g_thread_join (threads[i]);

  if (context != NULL)
    {
      while (g_main_context_iteration (context, FALSE))
        ;
      g_main_context_pop_thread_default (context);
      g_main_context_unref (context);
    }

  return NULL;
}

static void
play (Event one, Event other)
{
  Round    round = { .events = { one, other },
                     .delays = { g_test_rand_int_range (0, 3000),
                                 g_test_rand_int_range (0, 3000) },
                     .timeout = g_test_rand_int_range (1, 300),
                     .n_data = 1,
                     .cancellable = g_cancellable_new () };
  GThread *home = g_thread_new ("home", live_at_home, &round);
  guint    n_iterations;

  iterate_until (atomic_load (&round.n_happened) == 2);

  /* What has not ended by itself ends now. */
  atomic_store (&round.may_finish, true);
  iterate_until (round.n_watches == 0 && (round.n_values_made == 1 || round.n_data == 0));
  /* The watch has ended, and now it is gone. */
  n_iterations = atomic_load (&round.n_iterations);
  iterate_until (round.n_iterations != n_iterations);
  for (int i = 0; i < 2; i++)
    g_clear_object (&round.references[i]);
  g_clear_object (&round.call);
  iterate_until (round.n_data == 0 && round.n_values == 0);
  atomic_store (&round.is_over, true);
  g_thread_join (home);
  iterate_all ();

  g_assert_cmpint (round.n_data, ==, 0);
  g_assert_cmpint (round.n_values, ==, 0);
  g_clear_object (&round.owner);
  g_clear_object (&round.cancellable);
}

static void
test_pair (gconstpointer data)
{
  int pair = GPOINTER_TO_INT (data);
  int n_rounds = g_test_thorough () ? N_ROUNDS_THOROUGH : N_ROUNDS;

  for (int i = 0; i < n_rounds; i++)
    play (pair / N_EVENTS, pair % N_EVENTS);
}

int
main (int argc, char *argv[])
{
  g_autoptr (BackgroundPromise) promise = NULL;
  g_autoptr (BackgroundCall) call = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);

  /* It keeps the source of the default context. Made by a thread that forwards to it,
   * that would be attached under a lock of GLib's, which ThreadSanitizer can't see. */
  call = background_call_new_for_promise (&promise, NULL, NULL);

  for (int one = 0; one < N_EVENTS; one++)
    for (int other = one + 1; other < N_EVENTS; other++)
      {
        g_autofree char *name = g_strdup_printf ("/races/%s/%s", event_names[one],
                                                 event_names[other]);

        g_test_add_data_func (name, GINT_TO_POINTER (one * N_EVENTS + other), test_pair);
      }

  status = g_test_run ();

  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();

  return status;
}
