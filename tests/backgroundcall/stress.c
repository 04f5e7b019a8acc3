/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Everything at once, at random: calls of all kinds are made, watched, waited for,
 * cancelled and dropped, owners and main contexts go, queues are closed, from several
 * threads. What must hold: each piece of data is freed exactly once, each return value,
 * too; no callback comes after its owner; every wait ends.
 *
 * Usage: test-stress [-m thorough]: for 2 s, or for 30; --seed repeats the choices.
 */

#include <stdatomic.h>

#include "backgroundcall/backgroundcall.h"
#include "gate.h"

#define N_THREADS 3
#define N_HELD 40

static _Atomic (int) n_data = 0;
static _Atomic (int) n_values = 0;
static _Atomic (int) n_watches = 0;
static _Atomic (int) n_ran = 0;

static gpointer
data_new (void)
{
  atomic_fetch_add (&n_data, 1);

  return g_new0 (int, 1);
}

static void
data_free (gpointer data)
{
  atomic_fetch_sub (&n_data, 1);
  g_free (data);
}

static gpointer
value_new (void)
{
  atomic_fetch_add (&n_values, 1);

  return g_new0 (int, 1);
}

static void
value_free (gpointer value)
{
  atomic_fetch_sub (&n_values, 1);
  g_free (value);
}

/* A BackgroundFunc that does a bit of everything. */
static gpointer
work (BackgroundPromise *promise, gpointer data, GError **error)
{
  int choice = g_random_int_range (0, 8);

  atomic_fetch_add (&n_ran, 1);
  /* It is still there, whatever the other side has dropped. */
  *(volatile int *) data = choice;

  if (choice == 0)
    g_usleep (g_random_int_range (0, 500));
  if (choice == 1)
    for (int i = 0; i < 20 && !background_promise_is_cancelled (promise); i++)
      background_promise_report_progress (promise, i / 20.0);
  if (choice == 2)
    background_promise_report_result (promise, value_new (), value_free);
  if (choice == 3)
    background_promise_set_return_on_cancel (promise, FALSE);
  if (choice == 4)
    {
      g_autoptr (BackgroundCall) inner = background_call_new_full (
          work, data_new (), data_free, value_free, NULL, G_PRIORITY_DEFAULT, NULL);

      background_call_get_return (inner, g_random_boolean () ? 100 : PATIENCE, NULL);
    }
  if (choice == 5)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "There is no such thing");
      return NULL;
    }

  return value_new ();
}

static gpointer
work_in_queue (gpointer data, GError **error)
{
  *(volatile int *) data = 1;
  if (g_random_int_range (0, 4) == 0)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "There is no such thing");
      return NULL;
    }

  return value_new ();
}

static gpointer
go_on (BackgroundPromise *promise,
       BackgroundCall    *previous,
       gpointer           data,
       GError           **error)
{
  g_assert_cmpint (background_call_is_done (previous), ==, BACKGROUND_CALL_RETURNED);

  return work (promise, data, error);
}

static gboolean
watch_cb (BackgroundCall *call, gpointer owner)
{
  GPtrArray *results = background_call_take_results (call);

  g_clear_pointer (&results, g_ptr_array_unref);
  g_assert_true (owner == NULL || G_IS_OBJECT (owner));
  background_call_get_progress (call);

  return g_random_int_range (0, 10) > 0;
}

static void
watch_ended (gpointer owner G_GNUC_UNUSED)
{
  atomic_fetch_sub (&n_watches, 1);
}

/* What one thread holds. */
typedef struct
{
  CallQueue      *queue; /* of all threads, with consumers */
  BackgroundCall *calls[N_HELD];
  GObject        *owners[N_HELD];
  gint64          end;
} Player;

static BackgroundCall *
make_call (Player *self)
{
  BackgroundCall *any = self->calls[g_random_int_range (0, N_HELD)];
  BackgroundCall *other = self->calls[g_random_int_range (0, N_HELD)];
  BackgroundCall *both[] = { any, other };

  switch (g_random_int_range (0, any != NULL && other != NULL ? 10 : 5))
    {
    case 0:
      {
        BackgroundPromise *promise;
        BackgroundCall    *call = background_call_new_for_promise (&promise, value_free,
                                                                   NULL);

        if (g_random_boolean ())
          background_promise_return (promise, value_new ());
        background_promise_unref (promise);

        return call;
      }
    case 1:
      return call_queue_call_background (self->queue, work_in_queue, data_new (),
                                         data_free, value_free, NULL,
                                         g_random_int_range (-5, 5));
    case 2:
      return background_call_new_with_retry (work, data_new (), data_free, value_free,
                                             NULL, 3, g_random_int_range (0, 300), NULL);
    case 5:
      return background_call_new_all (both, 2);
    case 6:
      return background_call_new_any (both, 2);
    case 7:
      return background_call_new_then (any, go_on, data_new (), data_free, value_free,
                                       g_random_boolean () ? self->queue : NULL);
    case 8:
      return background_call_new_with_timeout (any, g_random_int_range (0, 500));
    default:
      return background_call_new_full (work, data_new (), data_free, value_free, NULL,
                                       g_random_int_range (-5, 5), NULL);
    }
}

static void
act (Player *self)
{
  int             place = g_random_int_range (0, N_HELD);
  BackgroundCall *call = self->calls[place];

  if (call == NULL)
    {
      self->calls[place] = make_call (self);
      return;
    }

  switch (g_random_int_range (0, 9))
    {
    case 0:
      background_call_cancel (call);
      break;
    case 1:
    case 2:
      g_clear_object (&self->calls[place]);
      break;
    case 3:
      if (self->owners[place] == NULL)
        self->owners[place] = g_object_new (G_TYPE_OBJECT, NULL);
      atomic_fetch_add (&n_watches, 1);
      background_call_watch (call, self->owners[place], watch_cb, self->owners[place],
                             watch_ended);
      break;
    case 4:
      g_clear_object (&self->owners[place]);
      break;
    case 5:
      background_call_get_return (call, g_random_int_range (0, 200), NULL);
      break;
    case 6:
      {
        g_autoptr (GError) error = NULL;
        gpointer value = call_queue_call_full (
            self->queue, work_in_queue, data_new (), data_free, value_free,
            G_PRIORITY_DEFAULT, CALL_QUEUE_ERROR_TO_CALLER, NULL,
            g_random_boolean () ? g_random_int_range (0, 300) : PATIENCE, NULL, &error);

        if (value != NULL)
          value_free (value);
      }
      break;
    case 7:
      background_call_detach (call);
      break;
    default:
      while (g_main_context_iteration (g_main_context_get_thread_default (), FALSE))
        ;
    }
}

static void
play (Player *self)
{
  while (g_get_monotonic_time () < self->end)
    act (self);

  for (int i = 0; i < N_HELD; i++)
    {
      g_clear_object (&self->calls[i]);
      g_clear_object (&self->owners[i]);
    }
}

/* A thread with a main context, which goes with all that is still on its way. */
static gpointer
play_in_own_context (gpointer data)
{
  Player *template = data;

  while (g_get_monotonic_time () < template->end)
    {
      g_autoptr (GMainContext) context = g_main_context_new ();
      Player self = { .queue = template->queue,
                      .end = MIN (template->end, g_get_monotonic_time () +
                                                     100 * G_TIME_SPAN_MILLISECOND) };

      g_main_context_push_thread_default (context);
      play (&self);
      g_main_context_pop_thread_default (context);
    }

  return NULL;
}

static void
test_everything_at_once (void)
{
  gint64   duration = g_test_thorough () ? 30 * G_USEC_PER_SEC : 2 * G_USEC_PER_SEC;
  Player   self = { .queue = call_queue_new (1000),
                    .end = g_get_monotonic_time () + duration };
  GThread *threads[N_THREADS];
  guint32  seed = g_test_rand_int ();

  g_test_message ("seed %u", seed);
  g_random_set_seed (seed);
  call_queue_set_max_consumers (self.queue, 3);
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("player", play_in_own_context, &self);
  play (&self);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  g_clear_object (&self.queue);

  iterate_until (background_pool_drain (1000));
  iterate_until (n_data == 0 && n_values == 0 && n_watches == 0);
  g_assert_cmpint (n_ran, >, 0);
  g_test_message ("%d calls have run", n_ran);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  /* Made by the first of the threads, ThreadSanitizer would not see that the others come
   * later: that is told by a lock of GLib's. */
  g_type_class_unref (g_type_class_ref (BACKGROUND_TYPE_CALL));
  g_test_add_func ("/stress/everything-at-once", test_everything_at_once);

  return g_test_run ();
}
