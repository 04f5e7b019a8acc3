/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* CallQueue: calls from one thread into another, and back. */

#include <stdatomic.h>

#include "backgroundcall/backgroundcall.h"
#include "gate.h"

#define FOREVER BACKGROUND_CALL_WAIT_FOREVER

static gpointer
return_thread (gpointer data G_GNUC_UNUSED, GError **error G_GNUC_UNUSED)
{
  return g_thread_self ();
}

static gpointer
return_data (gpointer data, GError **error G_GNUC_UNUSED)
{
  return data;
}

static gpointer
fail (gpointer data G_GNUC_UNUSED, GError **error)
{
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "There is no such thing");
  return NULL;
}

static gpointer
count (gpointer data, GError **error G_GNUC_UNUSED)
{
  atomic_fetch_add ((_Atomic (int) *) data, 1);
  return data;
}

static void
count_destroyed (gpointer data)
{
  atomic_fetch_add ((_Atomic (int) *) data, 1);
}

static gpointer
pass_gate (gpointer data, GError **error G_GNUC_UNUSED)
{
  gate_pass (data);
  return "passed";
}

/* What the tests let a worker do, and what came of it. */
typedef struct
{
  CallQueue          *queue;
  CallQueue          *own;
  CallQueueFunc       func;
  gpointer            data;
  GDestroyNotify      return_destroy;
  CallQueueErrorRoute route;
  gint64              timeout;
  gpointer            value;
  GError             *error;
  GThread            *thread;
} Caller;

static gpointer
caller_run (gpointer data)
{
  Caller *self = data;

  self->value = call_queue_call_full (
      self->queue, self->func, self->data, NULL, self->return_destroy, G_PRIORITY_DEFAULT,
      self->route, "alternative", self->timeout, self->own, &self->error);
  return NULL;
}

static void
caller_start (Caller *self, CallQueue *queue, CallQueueFunc func, gpointer data)
{
  self->queue = queue;
  self->func = func;
  self->data = data;
  if (self->timeout == 0)
    self->timeout = FOREVER;
  self->thread = g_thread_new ("caller", caller_run, self);
}

static void
caller_join (Caller *self)
{
  g_thread_join (self->thread);
}

#define CALLER_INIT                     \
  {                                     \
    .route = CALL_QUEUE_ERROR_TO_CALLER \
  }

static void
await_length (CallQueue *queue, guint length)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  while (call_queue_get_length (queue) != length)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (100);
    }
}

static void
test_receives_in_the_thread_that_asks (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  Caller caller = CALLER_INIT;

  call_queue_own (queue);
  caller_start (&caller, queue, return_thread, NULL);
  g_assert_true (call_queue_wait (queue, PATIENCE));
  g_assert_cmpuint (call_queue_receive (queue, CALL_QUEUE_UNBOUNDED, FOREVER, NULL), ==,
                    1);
  caller_join (&caller);

  g_assert_no_error (caller.error);
  g_assert_true (caller.value == g_thread_self ());
}

static gpointer
call_from_worker (BackgroundPromise *promise G_GNUC_UNUSED, gpointer data, GError **error)
{
  return call_queue_call (data, return_thread, NULL, NULL, FOREVER, error);
}

static void
test_main_loop_receives (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  g_autoptr (BackgroundCall) call = NULL;

  call_queue_attach (queue, NULL, G_PRIORITY_DEFAULT_IDLE);
  call = background_call_new (call_from_worker, queue, NULL);
  iterate_until (background_call_is_done (call));

  g_assert_true (background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, NULL) ==
                 g_thread_self ());
}

/* The trap in g_main_context_invoke(): whoever can acquire the context. */
static gpointer
iterate_for_a_while (gpointer data)
{
  GMainContext *context = data;

  for (int i = 0; i < 100; i++)
    {
      g_main_context_iteration (context, FALSE);
      g_usleep (100);
    }

  return NULL;
}

static void
test_no_other_thread_receives (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  Caller   caller = CALLER_INIT;
  GThread *foreign;

  call_queue_attach (queue, context, G_PRIORITY_DEFAULT);
  caller_start (&caller, queue, return_thread, NULL);
  await_length (queue, 1);
  foreign = g_thread_new ("foreign", iterate_for_a_while, context);
  g_thread_join (foreign);
  g_assert_cmpuint (call_queue_get_length (queue), ==, 1);

  while (call_queue_get_length (queue) > 0)
    g_main_context_iteration (context, TRUE);
  caller_join (&caller);
  g_assert_true (caller.value == g_thread_self ());
}

static void
test_error_arrives_whole (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  Caller caller = CALLER_INIT;
  g_autoptr (GError) received = NULL;

  caller_start (&caller, queue, fail, NULL);
  g_assert_true (call_queue_wait (queue, PATIENCE));
  call_queue_receive (queue, CALL_QUEUE_UNBOUNDED, FOREVER, &received);
  caller_join (&caller);

  g_assert_no_error (received);
  g_assert_error (caller.error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_cmpstr (caller.error->message, ==, "There is no such thing");
  g_clear_error (&caller.error);
}

typedef struct
{
  CallQueueErrorRoute route;
  gboolean            caller_gets_it;
  gboolean            receiver_gets_it;
} Route;

static const Route routes[] = {
  { CALL_QUEUE_ERROR_TO_NOBODY, FALSE, FALSE },
  { CALL_QUEUE_ERROR_TO_CALLER, TRUE, FALSE },
  { CALL_QUEUE_ERROR_TO_RECEIVER, FALSE, TRUE },
  { CALL_QUEUE_ERROR_TO_BOTH, TRUE, TRUE },
};

static void
test_error_goes_where_it_shall (gconstpointer data)
{
  const Route *route = data;
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  Caller caller = { .route = route->route };
  g_autoptr (GError) received = NULL;
  _Atomic (int) n = 0;

  caller_start (&caller, queue, fail, NULL);
  await_length (queue, 1);
  g_assert_true (call_queue_post (queue, count, &n, NULL, NULL));
  call_queue_receive (queue, CALL_QUEUE_UNBOUNDED, FOREVER, &received);
  caller_join (&caller);

  if (route->caller_gets_it)
    g_assert_error (caller.error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  else
    {
      g_assert_no_error (caller.error);
      g_assert_cmpstr (caller.value, ==, "alternative");
    }

  if (route->receiver_gets_it)
    {
      g_assert_error (received, G_FILE_ERROR, G_FILE_ERROR_NOENT);
      /* The rest stays. */
      g_assert_cmpint (n, ==, 0);
      g_assert_cmpuint (call_queue_get_length (queue), ==, 1);
      call_queue_receive (queue, CALL_QUEUE_UNBOUNDED, FOREVER, NULL);
    }
  else
    g_assert_no_error (received);

  g_assert_cmpint (n, ==, 1);
  g_clear_error (&caller.error);
  iterate_all ();
}

static void
test_own_thread_runs_directly (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  g_autoptr (GError) error = NULL;
  _Atomic (int) n_destroyed = 0;

  call_queue_own (queue);

  g_assert_true (call_queue_call (queue, return_data, &n_destroyed, count_destroyed,
                                  FOREVER, &error) == &n_destroyed);
  g_assert_cmpint (n_destroyed, ==, 1);
  call_queue_call (queue, fail, NULL, NULL, FOREVER, &error);
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

static void
test_what_timed_out_never_runs (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  g_autoptr (GError) error = NULL;
  _Atomic (int) n = 0;

  g_assert_null (call_queue_call (queue, count, &n, NULL, 1000, &error));
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_TIMED_OUT);

  g_assert_cmpuint (call_queue_get_length (queue), ==, 0);
  g_assert_cmpuint (call_queue_receive (queue, CALL_QUEUE_UNBOUNDED, FOREVER, NULL), ==,
                    0);
  g_assert_cmpint (n, ==, 0);
}

static void
test_alternative_stands_for_what_is_late (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (call_queue_call_full (queue, return_data, NULL, NULL, NULL,
                                         G_PRIORITY_DEFAULT, CALL_QUEUE_ERROR_TO_NOBODY,
                                         "alternative", 1000, NULL, &error),
                   ==, "alternative");
  g_assert_no_error (error);
}

typedef struct
{
  Gate          gate;
  _Atomic (int) n_data_freed;
  _Atomic (int) n_values_freed;
} Late;

static gpointer
return_late (gpointer data, GError **error G_GNUC_UNUSED)
{
  Late *late = data;

  gate_pass (&late->gate);

  return late;
}

static void
free_late_data (gpointer data)
{
  atomic_fetch_add (&((Late *) data)->n_data_freed, 1);
}

static void
free_late_value (gpointer data)
{
  atomic_fetch_add (&((Late *) data)->n_values_freed, 1);
}

/* What has begun finishes, and is freed where it was asked for. What has not begun when
 * the time is over never will: then more time is given. */
static void
test_late_value_is_freed (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  Late   late = { .gate = GATE_INIT };
  gint64 timeout = 10 * G_TIME_SPAN_MILLISECOND;
  int    n_withdrawn = -1;

  call_queue_add_consumers (queue, 1);
  do
    {
      g_autoptr (GError) error = NULL;

      call_queue_call_full (queue, return_late, &late, free_late_data, free_late_value,
                            G_PRIORITY_DEFAULT, CALL_QUEUE_ERROR_TO_CALLER, NULL, timeout,
                            NULL, &error);
      g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_TIMED_OUT);
      timeout *= 2;
      n_withdrawn++;
    }
  while (gate_count (&late.gate) == 0);
  iterate_until (late.n_data_freed == n_withdrawn);

  gate_open (&late.gate);
  iterate_until (late.n_data_freed == n_withdrawn + 1 && late.n_values_freed == 1);
}

static void
test_cancelled_before_it_begins_never_runs (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  _Atomic (int) n = 0;
  _Atomic (int) n_destroyed = 0;
  g_autoptr (BackgroundCall) call = call_queue_call_background (
      queue, count, &n_destroyed, count_destroyed, NULL, NULL, G_PRIORITY_DEFAULT);
  g_autoptr (GError) error = NULL;

  background_call_cancel (call);
  g_assert_null (background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_assert_cmpuint (call_queue_get_length (queue), ==, 0);
  call_queue_receive (queue, CALL_QUEUE_UNBOUNDED, FOREVER, NULL);
  g_assert_cmpint (n, ==, 0);
  iterate_until (n_destroyed == 1);
}

static void
test_full (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (2);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) again = NULL;
  g_autoptr (BackgroundCall) call = NULL;
  _Atomic (int) n = 0;

  g_assert_true (call_queue_post (queue, count, &n, NULL, NULL));
  g_assert_true (call_queue_post (queue, count, &n, NULL, NULL));
  g_assert_false (call_queue_post (queue, count, &n, NULL, &error));
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_FULL);

  call = call_queue_call_background (queue, count, &n, NULL, NULL, NULL,
                                     G_PRIORITY_DEFAULT);
  background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, &again);
  g_assert_error (again, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_FULL);

  g_assert_cmpuint (call_queue_receive (queue, 1, FOREVER, NULL), ==, 1);
  g_assert_true (call_queue_post (queue, count, &n, NULL, NULL));
  call_queue_receive (queue, CALL_QUEUE_UNBOUNDED, FOREVER, NULL);
  g_assert_cmpint (n, ==, 3);
  iterate_all ();
}

static void
test_close_ends_who_waits (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  Caller        callers[5];
  _Atomic (int) n = 0;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (callers); i++)
    {
      callers[i] = (Caller) CALLER_INIT;
      caller_start (&callers[i], queue, count, &n);
    }
  await_length (queue, G_N_ELEMENTS (callers));

  call_queue_close (queue);
  for (guint i = 0; i < G_N_ELEMENTS (callers); i++)
    {
      caller_join (&callers[i]);
      g_assert_error (callers[i].error, BACKGROUND_CALL_ERROR,
                      BACKGROUND_CALL_ERROR_CLOSED);
      g_clear_error (&callers[i].error);
    }

  g_assert_cmpint (n, ==, 0);
  g_assert_true (call_queue_is_closed (queue));
  call_queue_call (queue, count, &n, NULL, FOREVER, &error);
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_CLOSED);
}

static void
test_dropped_queue_ends_who_waits (void)
{
  CallQueue    *queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  _Atomic (int) n = 0;
  g_autoptr (BackgroundCall) call = call_queue_call_background (
      queue, count, &n, NULL, NULL, NULL, G_PRIORITY_DEFAULT);
  g_autoptr (GError) error = NULL;

  call_queue_add_consumers (queue, 0);
  g_object_unref (queue);

  background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, &error);
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_CLOSED);
}

static void
test_close_and_receive_last (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  _Atomic (int) n = 0;

  for (int i = 0; i < 3; i++)
    g_assert_true (call_queue_post (queue, count, &n, NULL, NULL));

  g_assert_cmpuint (call_queue_close_and_receive_last (queue, NULL), ==, 3);
  g_assert_cmpint (n, ==, 3);
  g_assert_false (call_queue_post (queue, count, &n, NULL, NULL));
  iterate_all ();
}

static void
test_so_many_and_so_long (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  _Atomic (int) n = 0;

  for (int i = 0; i < 10; i++)
    g_assert_true (call_queue_post (queue, count, &n, NULL, NULL));

  g_assert_cmpuint (call_queue_receive (queue, 4, FOREVER, NULL), ==, 4);
  g_assert_cmpint (n, ==, 4);
  /* No time at all is enough for one. */
  g_assert_cmpuint (call_queue_receive (queue, CALL_QUEUE_UNBOUNDED, 0, NULL), ==, 1);
  g_assert_cmpuint (call_queue_receive (queue, CALL_QUEUE_UNBOUNDED, FOREVER, NULL), ==,
                    5);
  iterate_all ();
}

typedef struct
{
  GString *order;
  char     letter;
} Letter;

static gpointer
write_letter (gpointer data, GError **error G_GNUC_UNUSED)
{
  Letter *letter = data;

  g_string_append_c (letter->order, letter->letter);

  return NULL;
}

static void
test_order_and_priority (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  g_autoptr (GString) order = g_string_new (NULL);
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);
  Letter letters[] = { { order, 'b' }, { order, 'c' }, { order, 'a' }, { order, 'd' } };
  int    priorities[] = { G_PRIORITY_DEFAULT, G_PRIORITY_DEFAULT, G_PRIORITY_HIGH,
                          G_PRIORITY_DEFAULT };

  for (guint i = 0; i < G_N_ELEMENTS (letters); i++)
    g_ptr_array_add (calls, call_queue_call_background (queue, write_letter, &letters[i],
                                                        NULL, NULL, NULL, priorities[i]));
  call_queue_receive (queue, CALL_QUEUE_UNBOUNDED, FOREVER, NULL);

  g_assert_cmpstr (order->str, ==, "abcd");
}

/* The recipe's example: three consumers, six downloads, and all is collected. */
static gpointer
download (gpointer data, GError **error)
{
  g_usleep (1000);
  if (GPOINTER_TO_INT (data) == 4)
    return fail (NULL, error);

  return g_strdup_printf ("page %d", GPOINTER_TO_INT (data));
}

static void
test_three_consumers_six_downloads (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  int n_pages = 0;
  int n_failed = 0;

  call_queue_set_max_consumers (queue, 3);
  for (int i = 1; i <= 6; i++)
    g_assert_true (call_queue_call_and_collect (queue, download, GINT_TO_POINTER (i),
                                                NULL, g_free, NULL));

  while (!call_queue_is_done (queue))
    {
      g_autoptr (BackgroundCall) call = call_queue_get_next_collected (queue);

      if (call == NULL)
        g_usleep (100);
      else if (background_call_is_done (call) == BACKGROUND_CALL_RETURNED)
        n_pages += g_str_has_prefix (
            background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, NULL), "page ");
      else
        n_failed++;
    }

  g_assert_cmpint (n_pages, ==, 5);
  g_assert_cmpint (n_failed, ==, 1);
  iterate_all ();
}

static void
test_consumers_come_on_demand_and_go (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  Gate gate = GATE_INIT;

  call_queue_set_max_consumers (queue, 3);
  for (int i = 0; i < 6; i++)
    g_assert_true (call_queue_post (queue, pass_gate, &gate, NULL, NULL));

  gate_await (&gate, 3);
  g_assert_cmpuint (call_queue_get_length (queue), ==, 3);
  gate_open (&gate);
  gate_await (&gate, 6);

  g_clear_object (&queue);
  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
}

/* Two threads call each other, and each serves its own queue meanwhile. */
typedef struct
{
  CallQueue *own;
  CallQueue *other;
  int        depth;
} PingPong;

static gpointer
call_back (gpointer data, GError **error)
{
  PingPong *ball = data;
  PingPong  back = { .own = ball->other, .other = ball->own, .depth = ball->depth - 1 };

  if (ball->depth == 0)
    return GINT_TO_POINTER (1);

  /* In the thread that owns the other queue. */
  return GINT_TO_POINTER (
      GPOINTER_TO_INT (call_queue_call_full (
          ball->own, call_back, &back, NULL, NULL, G_PRIORITY_DEFAULT,
          CALL_QUEUE_ERROR_TO_CALLER, NULL, FOREVER, ball->other, error)) +
      1);
}

static gpointer
serve_until_closed (gpointer data)
{
  CallQueue *queue = data;

  call_queue_own (queue);
  while (call_queue_wait (queue, FOREVER))
    call_queue_receive (queue, CALL_QUEUE_UNBOUNDED, FOREVER, NULL);

  return NULL;
}

static void
test_two_that_call_each_other (void)
{
  g_autoptr (CallQueue) own = call_queue_new (CALL_QUEUE_UNBOUNDED);
  g_autoptr (CallQueue) other = call_queue_new (CALL_QUEUE_UNBOUNDED);
  PingPong ball = { .own = own, .other = other, .depth = 10 };
  GThread *thread = g_thread_new ("other", serve_until_closed, other);
  g_autoptr (GError) error = NULL;
  gpointer n;

  call_queue_own (own);
  n = call_queue_call_full (other, call_back, &ball, NULL, NULL, G_PRIORITY_DEFAULT,
                            CALL_QUEUE_ERROR_TO_CALLER, NULL, FOREVER, own, &error);
  g_assert_no_error (error);
  g_assert_cmpint (GPOINTER_TO_INT (n), ==, 11);

  call_queue_close (other);
  g_thread_join (thread);
}

/* The main thread waits for a worker that waits for the main thread. */
static void
test_deadlock_of_main_thread_and_worker (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (GError) error = NULL;

  call_queue_attach (queue, NULL, G_PRIORITY_DEFAULT);
  call = background_call_new (call_from_worker, queue, NULL);
  g_assert_null (background_call_get_return (call, FOREVER, &error));
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_DEADLOCK);
}

/* With an end in sight, it is none. */
static void
test_timeout_is_no_deadlock (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (GError) error = NULL;

  call_queue_attach (queue, NULL, G_PRIORITY_DEFAULT);
  call = background_call_new (call_from_worker, queue, NULL);
  g_assert_null (background_call_get_return (call, 20 * G_TIME_SPAN_MILLISECOND, &error));
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_TIMED_OUT);
  iterate_until (background_call_is_done (call));
  g_assert_cmpint (background_call_is_done (call), ==, BACKGROUND_CALL_RETURNED);
}

typedef struct
{
  Gate            gate;
  BackgroundCall *call; /* known before the gate is open */
} Self;

static gpointer
wait_for_own_call (BackgroundPromise *promise G_GNUC_UNUSED,
                   gpointer           data,
                   GError           **error)
{
  Self *self = data;

  gate_pass (&self->gate);

  return background_call_get_return (self->call, FOREVER, error);
}

static void
test_deadlock_with_oneself (void)
{
  Self self = { .gate = GATE_INIT };
  g_autoptr (BackgroundCall) call = background_call_new (wait_for_own_call, &self, NULL);
  g_autoptr (GError) error = NULL;

  self.call = call;
  gate_open (&self.gate);

  g_assert_null (background_call_get_return (call, PATIENCE, &error));
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_DEADLOCK);
}

/* Asked in the background of oneself, and then waited for. */
static void
test_deadlock_with_own_queue (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (GError) error = NULL;

  call_queue_own (queue);
  call = call_queue_call_background (queue, return_data, "data", NULL, NULL, NULL,
                                     G_PRIORITY_DEFAULT);
  g_assert_null (background_call_get_return (call, FOREVER, &error));
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_DEADLOCK);

  call_queue_receive (queue, CALL_QUEUE_UNBOUNDED, FOREVER, NULL);
  g_assert_cmpstr (background_call_get_return (call, FOREVER, NULL), ==, "data");
}

/* Two that call each other, and neither serves: one of them hears of it. */
static gpointer
call_the_other (gpointer data, GError **error)
{
  return call_queue_call (data, return_thread, NULL, NULL, FOREVER, error);
}

static void
test_deadlock_of_two_queues (void)
{
  g_autoptr (CallQueue) own = call_queue_new (CALL_QUEUE_UNBOUNDED);
  g_autoptr (CallQueue) other = call_queue_new (CALL_QUEUE_UNBOUNDED);
  GThread *thread = g_thread_new ("other", serve_until_closed, other);
  g_autoptr (GError) error = NULL;

  call_queue_own (own);
  g_assert_null (call_queue_call (other, call_the_other, own, NULL, FOREVER, &error));
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_DEADLOCK);

  /* If it was this thread that heard of it, the other one still waits. */
  call_queue_close (own);
  call_queue_close (other);
  g_thread_join (thread);
}

/* A thread that serves one queue does not serve its other one. What closes the circle may
 * come while it runs a call, and is found when it waits again. */
typedef struct
{
  CallQueue *served;
  CallQueue *forgotten;
  Gate       gate; /* open: it only tells that the call runs */
} Two;

static gpointer
await_forgotten (gpointer data, GError **error G_GNUC_UNUSED)
{
  Two *two = data;

  gate_pass (&two->gate);
  await_length (two->forgotten, 1);

  return NULL;
}

static gpointer
ask_the_forgotten (gpointer data, GError **error)
{
  Two *two = data;

  call_queue_post (two->served, await_forgotten, two, NULL, NULL);
  gate_await (&two->gate, 1);

  return call_queue_call (two->forgotten, return_thread, NULL, NULL, FOREVER, error);
}

static void
test_deadlock_of_one_that_serves (void)
{
  g_autoptr (CallQueue) other = call_queue_new (CALL_QUEUE_UNBOUNDED);
  g_autoptr (CallQueue) served = call_queue_new (CALL_QUEUE_UNBOUNDED);
  g_autoptr (CallQueue) forgotten = call_queue_new (CALL_QUEUE_UNBOUNDED);
  Two      two = { served, forgotten, GATE_INIT };
  GThread *thread = g_thread_new ("other", serve_until_closed, other);
  g_autoptr (GError) error = NULL;

  gate_open (&two.gate);
  call_queue_own (served);
  call_queue_own (forgotten);
  call_queue_call_full (other, ask_the_forgotten, &two, NULL, NULL, G_PRIORITY_DEFAULT,
                        CALL_QUEUE_ERROR_TO_CALLER, NULL, FOREVER, served, &error);
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_DEADLOCK);

  call_queue_close (forgotten);
  call_queue_close (other);
  g_thread_join (thread);
  iterate_all ();
}

/* Many producers, many consumers, and now and then a timeout. */
typedef struct
{
  CallQueue    *queue;
  _Atomic (int) n_ran;
  _Atomic (int) n_answered;
  _Atomic (int) n_timed_out;
} Crowd;

static gpointer
run_in_crowd (gpointer data, GError **error G_GNUC_UNUSED)
{
  atomic_fetch_add (&((Crowd *) data)->n_ran, 1);

  return data;
}

static gpointer
produce (gpointer data)
{
  Crowd *crowd = data;

  for (int i = 0; i < 500; i++)
    {
      g_autoptr (GError) error = NULL;

      if (call_queue_call (crowd->queue, run_in_crowd, crowd, NULL,
                           i % 10 == 0 ? 1 : FOREVER, &error) == crowd)
        atomic_fetch_add (&crowd->n_answered, 1);
      else
        {
          g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_TIMED_OUT);
          atomic_fetch_add (&crowd->n_timed_out, 1);
        }
    }

  return NULL;
}

static void
test_crowd (void)
{
  Crowd    crowd = { .queue = call_queue_new (CALL_QUEUE_UNBOUNDED) };
  GThread *threads[4];

  call_queue_add_consumers (crowd.queue, 3);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("producer", produce, &crowd);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_object_unref (crowd.queue);
  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();

  g_assert_cmpint (crowd.n_answered + crowd.n_timed_out, ==, 2000);
  g_assert_cmpint (crowd.n_ran, >=, crowd.n_answered);
  g_assert_cmpint (crowd.n_answered, >=, 1800);
}

/* The main context goes while calls come. */
static gpointer
attach_for_a_moment (gpointer data)
{
  CallQueue *queue = data;
  g_autoptr (GMainContext) context = g_main_context_new ();

  call_queue_attach (queue, context, G_PRIORITY_DEFAULT);
  g_main_context_iteration (context, FALSE);

  return NULL;
}

static void
test_context_that_goes (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  GThread      *thread = g_thread_new ("short-lived", attach_for_a_moment, queue);
  _Atomic (int) n = 0;

  for (int i = 0; i < 100; i++)
    call_queue_post (queue, count, &n, NULL, NULL);
  g_thread_join (thread);
  for (int i = 0; i < 100; i++)
    call_queue_post (queue, count, &n, NULL, NULL);
  call_queue_close (queue);
  iterate_all ();
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/queue/receives-in-the-thread-that-asks",
                   test_receives_in_the_thread_that_asks);
  g_test_add_func ("/queue/main-loop-receives", test_main_loop_receives);
  g_test_add_func ("/queue/no-other-thread-receives", test_no_other_thread_receives);
  g_test_add_func ("/queue/error/arrives-whole", test_error_arrives_whole);
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/queue/error/route-%u", i);

      g_test_add_data_func (path, &routes[i], test_error_goes_where_it_shall);
    }
  g_test_add_func ("/queue/own-thread-runs-directly", test_own_thread_runs_directly);
  g_test_add_func ("/queue/timeout/what-timed-out-never-runs",
                   test_what_timed_out_never_runs);
  g_test_add_func ("/queue/timeout/alternative",
                   test_alternative_stands_for_what_is_late);
  g_test_add_func ("/queue/timeout/late-value-is-freed", test_late_value_is_freed);
  g_test_add_func ("/queue/cancelled-before-it-begins-never-runs",
                   test_cancelled_before_it_begins_never_runs);
  g_test_add_func ("/queue/full", test_full);
  g_test_add_func ("/queue/close/ends-who-waits", test_close_ends_who_waits);
  g_test_add_func ("/queue/close/dropped", test_dropped_queue_ends_who_waits);
  g_test_add_func ("/queue/close/and-receive-last", test_close_and_receive_last);
  g_test_add_func ("/queue/so-many-and-so-long", test_so_many_and_so_long);
  g_test_add_func ("/queue/order-and-priority", test_order_and_priority);
  g_test_add_func ("/queue/three-consumers-six-downloads",
                   test_three_consumers_six_downloads);
  g_test_add_func ("/queue/consumers-come-on-demand-and-go",
                   test_consumers_come_on_demand_and_go);
  g_test_add_func ("/queue/two-that-call-each-other", test_two_that_call_each_other);
  g_test_add_func ("/queue/deadlock/main-thread-and-worker",
                   test_deadlock_of_main_thread_and_worker);
  g_test_add_func ("/queue/deadlock/not-with-a-timeout", test_timeout_is_no_deadlock);
  g_test_add_func ("/queue/deadlock/oneself", test_deadlock_with_oneself);
  g_test_add_func ("/queue/deadlock/own-queue", test_deadlock_with_own_queue);
  g_test_add_func ("/queue/deadlock/two-queues", test_deadlock_of_two_queues);
  g_test_add_func ("/queue/deadlock/one-that-serves", test_deadlock_of_one_that_serves);
  g_test_add_func ("/queue/crowd", test_crowd);
  g_test_add_func ("/queue/context-that-goes", test_context_that_goes);

  status = g_test_run ();

  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();

  return status;
}
