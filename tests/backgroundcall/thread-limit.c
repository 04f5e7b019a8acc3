/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A system that starts no more threads: each thing that wants one fails with an error,
 * and works again when there are threads again. The limit is that of the system, for a
 * user of its own if the test runs as root, for whom there is none.
 */

#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "backgroundcall/backgroundcall.h"
#include "gate.h"

#define NOBODY_ELSE 54321

static void
set_limit (rlim_t n_threads)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NPROC, &limit), ==, 0);
  limit.rlim_cur = MIN (n_threads, limit.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_NPROC, &limit), ==, 0);
}

static void
become_somebody_with_a_limit (void)
{
  if (geteuid () == 0)
    g_assert_cmpint (setuid (NOBODY_ELSE), ==, 0);
  set_limit (1);
}

static gpointer
return_data (BackgroundPromise *promise G_GNUC_UNUSED,
             gpointer           data,
             GError           **error G_GNUC_UNUSED)
{
  return data;
}

static gpointer
fail (BackgroundPromise *promise G_GNUC_UNUSED,
      gpointer           data G_GNUC_UNUSED,
      GError           **error)
{
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "There is no such thing");

  return NULL;
}

static gpointer
do_nothing (gpointer data, GError **error G_GNUC_UNUSED)
{
  return data;
}

static void
assert_no_thread (BackgroundCall *call)
{
  g_autoptr (BackgroundCall) own = call;
  g_autoptr (GError) error = NULL;

  background_call_get_return (own, PATIENCE, &error);
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_NO_THREAD);
}

static void
assert_returns (BackgroundCall *call)
{
  g_autoptr (BackgroundCall) own = call;
  g_autoptr (GError) error = NULL;

  background_call_get_return (own, PATIENCE, &error);
  g_assert_no_error (error);
}

static void
try_without_threads (CallQueue *queue)
{
  g_autoptr (BackgroundPromise) promise = NULL;
  g_autoptr (BackgroundCall)
      never = background_call_new_for_promise (&promise, NULL, NULL);

  assert_no_thread (background_call_new (return_data, NULL, NULL));
  assert_no_thread (background_call_new_delay (1000));
  assert_no_thread (background_call_new_with_timeout (never, 1000));
  background_call_get_return (never, PATIENCE, NULL);
  g_assert_true (background_promise_is_cancelled (promise));
  assert_no_thread (call_queue_call_background (queue, do_nothing, NULL, NULL, NULL, NULL,
                                                G_PRIORITY_DEFAULT));
  assert_no_thread (
      background_call_new_with_retry (fail, NULL, NULL, NULL, NULL, 3, 1000, NULL));
}

static void
try_with_threads (CallQueue *queue)
{
  assert_returns (background_call_new (return_data, NULL, NULL));
  assert_returns (background_call_new_delay (1000));
  assert_returns (call_queue_call_background (queue, do_nothing, NULL, NULL, NULL, NULL,
                                              G_PRIORITY_DEFAULT));
}

static void
test_no_thread_is_an_error (void)
{
  g_autoptr (CallQueue) queue = NULL;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }

  become_somebody_with_a_limit ();
  queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  call_queue_set_max_consumers (queue, 2);
  try_without_threads (queue);
  set_limit (RLIM_INFINITY);
  try_with_threads (queue);
  g_clear_object (&queue);
  g_assert_true (background_pool_drain (PATIENCE));

  set_limit (1);
  queue = call_queue_new (CALL_QUEUE_UNBOUNDED);
  call_queue_set_max_consumers (queue, 2);
  try_without_threads (queue);

  /* What looks for leaks at the end has a thread, too. */
  set_limit (RLIM_INFINITY);
  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/thread-limit/no-thread-is-an-error", test_no_thread_is_an_error);

  return g_test_run ();
}
