/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* BackgroundPromise: calls that are answered from elsewhere. */

#include "backgroundcall/backgroundcall.h"
#include "gate.h"

static void
count_up (gpointer data)
{
  (*(int *) data)++;
}

static gpointer
return_in_thread (gpointer data)
{
  g_autoptr (BackgroundPromise) promise = data;

  g_assert_true (background_promise_return (promise, "answer"));

  return NULL;
}

static void
test_returned_from_another_thread (void)
{
  BackgroundPromise *promise = NULL;
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&promise, NULL, NULL);
  GThread *thread = g_thread_new ("promiser", return_in_thread, promise);

  g_assert_cmpstr (background_call_get_return (call, PATIENCE, NULL), ==, "answer");
  g_thread_join (thread);
}

static void
test_failed (void)
{
  g_autoptr (BackgroundPromise) promise = NULL;
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&promise, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (background_promise_fail (
      promise, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "Nothing there")));

  g_assert_null (background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "Nothing there");
}

static void
test_abandoned (void)
{
  BackgroundPromise *promise = NULL;
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&promise, NULL, NULL);
  g_autoptr (GError) error = NULL;

  background_promise_unref (background_promise_ref (promise));
  g_assert_cmpint (background_call_is_done (call), ==, BACKGROUND_CALL_RUNNING);

  background_promise_unref (promise);
  g_assert_null (background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, &error));
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_ABANDONED);
}

static void
test_late_answer_is_freed_quietly (void)
{
  int                n_freed = 0;
  BackgroundPromise *promise = NULL;
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&promise, count_up, NULL);

  background_call_cancel (call);

  g_assert_true (background_promise_is_cancelled (promise));
  g_assert_false (background_promise_return (promise, &n_freed));
  background_promise_unref (promise);
  iterate_until (n_freed == 1);
  g_assert_true (g_error_matches (background_call_get_error (call), G_IO_ERROR,
                                  G_IO_ERROR_CANCELLED));
}

static void
test_late_error_is_freed_quietly (void)
{
  g_autoptr (BackgroundPromise) promise = NULL;
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&promise, NULL, NULL);

  background_call_cancel (call);

  g_assert_false (background_promise_fail (
      promise, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "Too late")));
  g_assert_true (g_error_matches (background_call_get_error (call), G_IO_ERROR,
                                  G_IO_ERROR_CANCELLED));
}

static void
test_second_answer_is_a_mistake (void)
{
  g_autoptr (BackgroundPromise) promise = NULL;
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&promise, NULL, NULL);

  background_promise_return (promise, "first");
  g_test_expect_message ("BackgroundCall", G_LOG_LEVEL_CRITICAL, "*is_first*");
  g_assert_false (background_promise_return (promise, "second"));
  g_test_assert_expected_messages ();

  g_assert_cmpstr (background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, NULL), ==,
                   "first");
}

static void
test_promiser_answers_the_cancellation (void)
{
  g_autoptr (BackgroundPromise) promise = NULL;
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&promise, NULL, NULL);

  g_assert_true (background_promise_set_return_on_cancel (promise, FALSE));
  background_call_cancel (call);

  g_assert_cmpint (background_call_is_done (call), ==, BACKGROUND_CALL_RUNNING);
  g_assert_true (background_promise_is_cancelled (promise));
  g_assert_true (background_promise_return (promise, "what there was"));
  g_assert_cmpstr (background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, NULL), ==,
                   "what there was");
}

static void
test_wish_to_answer_the_cancellation_may_come_too_late (void)
{
  g_autoptr (BackgroundPromise) promise = NULL;
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&promise, NULL, NULL);

  background_call_cancel (call);

  g_assert_false (background_promise_set_return_on_cancel (promise, FALSE));
}

static void
test_cancel_func_runs_once (void)
{
  int                n_runs = 0;
  BackgroundPromise *promise = NULL;
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&promise, NULL, NULL);

  background_promise_set_cancel_func (promise, count_up, &n_runs, NULL);
  background_call_cancel (call);
  background_call_cancel (call);

  g_assert_cmpint (n_runs, ==, 1);
  background_promise_unref (promise);
}

static void
test_cancel_func_runs_if_already_cancelled (void)
{
  int n_runs = 0;
  g_autoptr (BackgroundPromise) promise = NULL;
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&promise, NULL, NULL);

  background_call_cancel (call);
  background_promise_set_cancel_func (promise, count_up, &n_runs, NULL);

  g_assert_cmpint (n_runs, ==, 1);
}

static void
must_not_run (gpointer data G_GNUC_UNUSED)
{
  g_assert_not_reached ();
}

static int n_cancel_data_freed = 0;

static void
count_cancel_data (gpointer data G_GNUC_UNUSED)
{
  n_cancel_data_freed++;
}

static void
test_cancel_func_that_never_ran_gives_its_data_back (void)
{
  BackgroundPromise *promise = NULL;
  g_autoptr (BackgroundCall)
      call G_GNUC_UNUSED = background_call_new_for_promise (&promise, NULL, NULL);

  n_cancel_data_freed = 0;
  background_promise_set_cancel_func (promise, must_not_run, NULL, count_cancel_data);
  background_promise_return (promise, NULL);
  background_promise_unref (promise);

  iterate_until (n_cancel_data_freed == 1);
}

static void
test_dropped_call_cancels_the_promise (void)
{
  int n_runs = 0;
  g_autoptr (BackgroundPromise) promise = NULL;
  BackgroundCall *call = background_call_new_for_promise (&promise, NULL, NULL);

  background_promise_set_cancel_func (promise, count_up, &n_runs, NULL);
  g_object_unref (call);

  g_assert_cmpint (n_runs, ==, 1);
  g_assert_true (background_promise_is_cancelled (promise));
}

static void
test_cancellable_that_is_cancelled_already (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (BackgroundPromise) promise = NULL;
  g_autoptr (BackgroundCall) call = NULL;

  g_cancellable_cancel (cancellable);
  call = background_call_new_for_promise (&promise, NULL, cancellable);

  g_assert_true (g_error_matches (background_call_get_error (call), G_IO_ERROR,
                                  G_IO_ERROR_CANCELLED));
  g_assert_true (background_promise_is_cancelled (promise));
}

static void
test_cancellable_is_let_go_at_the_end (void)
{
  GCancellable      *cancellable = g_cancellable_new ();
  BackgroundPromise *promise = NULL;
  g_autoptr (BackgroundCall)
      call G_GNUC_UNUSED = background_call_new_for_promise (&promise, NULL, cancellable);

  g_object_add_weak_pointer (G_OBJECT (cancellable), (gpointer *) &cancellable);
  background_promise_return (promise, NULL);
  background_promise_unref (promise);
  g_object_unref (cancellable);

  iterate_until (cancellable == NULL);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/promise/returned-from-another-thread",
                   test_returned_from_another_thread);
  g_test_add_func ("/promise/failed", test_failed);
  g_test_add_func ("/promise/abandoned", test_abandoned);
  g_test_add_func ("/promise/late/answer-is-freed-quietly",
                   test_late_answer_is_freed_quietly);
  g_test_add_func ("/promise/late/error-is-freed-quietly",
                   test_late_error_is_freed_quietly);
  g_test_add_func ("/promise/second-answer-is-a-mistake",
                   test_second_answer_is_a_mistake);
  g_test_add_func ("/promise/return-on-cancel/promiser-answers",
                   test_promiser_answers_the_cancellation);
  g_test_add_func ("/promise/return-on-cancel/may-come-too-late",
                   test_wish_to_answer_the_cancellation_may_come_too_late);
  g_test_add_func ("/promise/cancel-func/runs-once", test_cancel_func_runs_once);
  g_test_add_func ("/promise/cancel-func/runs-if-already-cancelled",
                   test_cancel_func_runs_if_already_cancelled);
  g_test_add_func ("/promise/cancel-func/gives-its-data-back",
                   test_cancel_func_that_never_ran_gives_its_data_back);
  g_test_add_func ("/promise/dropped-call-cancels",
                   test_dropped_call_cancels_the_promise);
  g_test_add_func ("/promise/cancellable/cancelled-already",
                   test_cancellable_that_is_cancelled_already);
  g_test_add_func ("/promise/cancellable/is-let-go-at-the-end",
                   test_cancellable_is_let_go_at_the_end);

  status = g_test_run ();

  iterate_all ();

  return status;
}
