/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the library tells those who look for the reason why something is slow. */

#include <pthread.h>

#include "backgroundcall/backgroundcall.h"
#include "gate.h"

static gpointer
count_words (BackgroundPromise *promise G_GNUC_UNUSED,
             gpointer           data,
             GError           **error G_GNUC_UNUSED)
{
  return data;
}

static gpointer
find_nothing (BackgroundPromise *promise G_GNUC_UNUSED,
              gpointer           data G_GNUC_UNUSED,
              GError           **error)
{
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "There is no such thing");
  return NULL;
}

static gpointer
tell_thread_name (BackgroundPromise *promise G_GNUC_UNUSED,
                  gpointer           data,
                  GError           **error G_GNUC_UNUSED)
{
  pthread_getname_np (pthread_self (), data, 16);
  return data;
}

static gboolean
hold_up (BackgroundCall *call G_GNUC_UNUSED, gpointer is_over)
{
  g_usleep (30 * G_TIME_SPAN_MILLISECOND);
  *(gboolean *) is_over = TRUE;

  return G_SOURCE_REMOVE;
}

static void
test_thread_is_named_after_the_function (void)
{
  char name[16] = "";
  g_autoptr (BackgroundCall) call = background_call_new (tell_thread_name, name, NULL);
  g_autoptr (BackgroundCall) other = NULL;

  background_call_get_return (call, PATIENCE, NULL);
  g_assert_cmpstr (name, ==, "tell_thread_nam");

  other = (background_call_new) (tell_thread_name, name, NULL);
  background_call_get_return (other, PATIENCE, NULL);
  g_assert_cmpstr (name, ==, "backgroundcall");
}

static void
run_some (void)
{
  g_autoptr (BackgroundCall) one = background_call_new (count_words, NULL, NULL);
  g_autoptr (BackgroundCall) two = background_call_new (find_nothing, NULL, NULL);
  gboolean is_over = FALSE;

  background_call_get_return (one, PATIENCE, NULL);
  background_call_get_return (two, PATIENCE, NULL);
  background_call_watch (one, NULL, hold_up, &is_over, NULL);
  iterate_until (is_over);
}

static void
run_in_subprocess (const char *debug)
{
  g_setenv ("BACKGROUNDCALL_DEBUG", debug, TRUE);
  g_test_trap_subprocess ("/diagnosis/subprocess", PATIENCE, G_TEST_SUBPROCESS_DEFAULT);
  g_unsetenv ("BACKGROUNDCALL_DEBUG");
  g_test_trap_assert_passed ();
}

static void
test_subprocess (void)
{
  if (g_test_subprocess ())
    {
      g_log_set_always_fatal (G_LOG_FATAL_MASK);
      run_some ();
    }
}

static void
test_life_of_each_call (void)
{
  run_in_subprocess ("calls");

  g_test_trap_assert_stderr ("*count_words: queued*");
  g_test_trap_assert_stderr ("*count_words: started, after * ms in the queue*");
  g_test_trap_assert_stderr ("*count_words: returned, after * ms*");
  g_test_trap_assert_stderr ("*find_nothing: failed: There is no such thing, after *");
  g_test_trap_assert_stderr_unmatched ("*held up the main loop*");
}

static void
test_callback_that_takes_long (void)
{
  run_in_subprocess ("callbacks");

  g_test_trap_assert_stderr (
      "*callback that watches the call count_words held up the main loop for * ms*");
  g_test_trap_assert_stderr_unmatched ("*queued*");
}

static void
test_silence (void)
{
  run_in_subprocess ("");

  g_test_trap_assert_stderr ("");
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/diagnosis/subprocess", test_subprocess);
  g_test_add_func ("/diagnosis/life-of-each-call", test_life_of_each_call);
  g_test_add_func ("/diagnosis/callback-that-takes-long", test_callback_that_takes_long);
  g_test_add_func ("/diagnosis/silence", test_silence);
  g_test_add_func ("/diagnosis/thread-is-named-after-the-function",
                   test_thread_is_named_after_the_function);

  status = g_test_run ();

  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();

  return status;
}
