/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The list of fetches without a window: what is one piece of work, and what is told. */

#include "app/morsel-fetch-list.h"

#include <curl/curl.h>

#include "../backgroundcall/gate.h"
#include "app/morsel-fetch-starter.h"
#include "app/morsel-words-for-batch.h"
#include "app/morsel-words-for-duration.h"
#include "fetching.h"

typedef struct
{
  Fetching         fetching;
  MorselFetchList *list;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fetching_set_up (&fixture->fetching, data);
  fixture->list = morsel_fetch_list_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->list);
  fetching_tear_down (&fixture->fetching, data);
}

static MorselFetch *
begin (Fixture *fixture, const char *path)
{
  return fetching_begin (&fixture->fetching, fixture->list, path);
}

static void
begin_and_end (Fixture *fixture, const char *path)
{
  MorselFetch *fetch = begin (fixture, path);

  iterate_until (morsel_fetch_get_state (fetch) != MORSEL_FETCH_RUNNING);
}

static const MorselBatch *
get_batch (Fixture *fixture)
{
  return morsel_fetch_list_get_batch (fixture->list);
}

static void
assert_said (Fixture *fixture, const char *expected)
{
  g_autofree char *words = morsel_words_for_batch (get_batch (fixture), TRUE);

  g_assert_cmpstr (words, ==, expected);
}

static void
test_batch_says_what_was_found (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  begin_and_end (fixture, "/hello");
  assert_said (fixture, "1 fetch done");

  begin_and_end (fixture, "/missing");
  assert_said (fixture, "1 fetch failed");

  morsel_fetch_list_await (fixture->list, 3);
  begin_and_end (fixture, "/hello");
  begin_and_end (fixture, "/missing");
  begin_and_end (fixture, "/cut-off");
  morsel_fetch_list_arrived (fixture->list, 3);
  assert_said (fixture, "1 of 3 done · 2 failed");
}

/* A single fetch takes as long everywhere: its time in a queue is told apart. */
static void
test_batch_of_one_takes_as_long_as_its_fetch (Fixture      *fixture,
                                              gconstpointer data G_GNUC_UNUSED)
{
  MorselFetch     *fetch = begin (fixture, "/hello");
  g_autofree char *words = NULL;
  g_autofree char *duration = NULL;

  iterate_until (morsel_fetch_get_state (fetch) != MORSEL_FETCH_RUNNING);
  words = morsel_words_for_batch (get_batch (fixture), FALSE);
  duration = morsel_words_for_duration (
      fetch_result_get_duration (morsel_fetch_get_result (fetch)));

  g_assert_cmpint (get_batch (fixture)->last_duration, ==,
                   fetch_result_get_duration (morsel_fetch_get_result (fetch)));
  g_assert_true (g_str_has_suffix (words, duration));
}

static void
test_batch_waits_for_what_is_to_come (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  morsel_fetch_list_await (fixture->list, 3);
  assert_said (fixture, "0 of 3");

  begin_and_end (fixture, "/hello");
  morsel_fetch_list_arrived (fixture->list, 1);
  assert_said (fixture, "1 of 3");

  begin_and_end (fixture, "/hello");
  morsel_fetch_list_arrived (fixture->list, 1);
  assert_said (fixture, "2 of 3");

  /* The third has thought better of it. */
  morsel_fetch_list_arrived (fixture->list, 1);
  assert_said (fixture, "2 fetches done");
}

/* They are begun in slices, and the first may end before the next begin. */
static void
test_batch_is_all_that_was_asked_for (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->fetching.server, "/hello");
  const char      *addresses[] = { url, "two words", url, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (MorselSettings) settings = morsel_settings_new (&error);
  g_autoptr (MorselFetchStarter) starter = NULL;
  g_autoptr (GPtrArray) again = g_ptr_array_new_with_free_func (g_object_unref);

  g_assert_no_error (error);
  starter = morsel_fetch_starter_new (settings, fixture->fetching.session, fixture->list);
  morsel_fetch_starter_start_all (starter, addresses);
  assert_said (fixture, "0 of 3");

  iterate_until (!morsel_batch_is_running (get_batch (fixture)));
  assert_said (fixture, "2 of 3 done · 1 failed");

  g_ptr_array_add (again, g_list_model_get_item (G_LIST_MODEL (fixture->list), 0));
  g_ptr_array_add (again, g_list_model_get_item (G_LIST_MODEL (fixture->list), 2));
  morsel_fetch_starter_retry_all (starter, again);
  assert_said (fixture, "0 of 2");

  iterate_until (!morsel_batch_is_running (get_batch (fixture)));
  assert_said (fixture, "2 fetches done");
}

/* Who begins a fetch again while told of others, and waits to be told of that. */
typedef struct
{
  MorselFetch *other;
  gboolean     is_other_told;
} Listener;

static void
fetches_changed_cb (MorselFetchList *list G_GNUC_UNUSED,
                    GHashTable      *changed,
                    Listener        *listener)
{
  gboolean is_other_told = g_hash_table_contains (changed, listener->other);

  if (morsel_fetch_can_retry (listener->other))
    {
      morsel_fetch_retry (listener->other);
      g_assert_true (g_hash_table_contains (changed, listener->other) == is_other_told);
    }
  else
    listener->is_other_told |= is_other_told;
}

static void
told_cb (gboolean *is_told)
{
  *is_told = TRUE;
}

static void
test_change_by_who_hears_of_one_is_told (Fixture      *fixture,
                                         gconstpointer data G_GNUC_UNUSED)
{
  Listener listener = { .other = begin (fixture, "/silence") };
  gboolean is_told = FALSE;

  morsel_fetch_cancel (listener.other);
  iterate_until (morsel_fetch_can_retry (listener.other));
  g_signal_connect_swapped (fixture->list, "ended", G_CALLBACK (told_cb), &is_told);
  iterate_until (is_told);

  g_signal_connect (fixture->list, "fetches-changed", G_CALLBACK (fetches_changed_cb),
                    &listener);
  begin_and_end (fixture, "/hello");

  iterate_until (listener.is_other_told);
  g_assert_cmpint (morsel_fetch_get_state (listener.other), ==, MORSEL_FETCH_RUNNING);
}

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);

  add ("/fetch-list/batch/says-what-was-found", test_batch_says_what_was_found);
  add ("/fetch-list/batch/of-one-takes-as-long-as-its-fetch",
       test_batch_of_one_takes_as_long_as_its_fetch);
  add ("/fetch-list/batch/waits-for-what-is-to-come",
       test_batch_waits_for_what_is_to_come);
  add ("/fetch-list/batch/is-all-that-was-asked-for",
       test_batch_is_all_that_was_asked_for);

  add ("/fetch-list/change-by-who-hears-of-one-is-told",
       test_change_by_who_hears_of_one_is_told);

  status = g_test_run ();
  curl_global_cleanup ();

  return status;
}
