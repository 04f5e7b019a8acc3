/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The fetches that are shown, and their order, while they change, without a window. */

#include "app/morsel-arrangement.h"

#include <curl/curl.h>

#include "../backgroundcall/gate.h"
#include "app/morsel-fetch-filter.h"
#include "fetching.h"

typedef struct
{
  Fetching           fetching;
  MorselFetchList   *list;
  MorselArrangement *arrangement;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fetching_set_up (&fixture->fetching, data);
  fixture->list = morsel_fetch_list_new ();
  fixture->arrangement = morsel_arrangement_new ();
  morsel_arrangement_set_list (fixture->arrangement, fixture->list);
  morsel_arrangement_set_order (fixture->arrangement, MORSEL_SORT_SIZE, FALSE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->arrangement);
  g_assert_finalize_object (fixture->list);
  fetching_tear_down (&fixture->fetching, data);
}

static MorselFetch *
begin (Fixture *fixture, const char *path)
{
  return fetching_begin (&fixture->fetching, fixture->list, path);
}

static void
ended_cb (MorselFetchList *list, gboolean *all_have_ended)
{
  *all_have_ended = morsel_fetch_list_count (list, MORSEL_FETCH_RUNNING) == 0;
}

/* And until the arrangement has been told. */
static void
wait_for_all (Fixture *fixture)
{
  gboolean all_have_ended = FALSE;
  gulong   id = g_signal_connect_after (fixture->list, "ended", G_CALLBACK (ended_cb),
                                        &all_have_ended);

  iterate_until (all_have_ended);
  g_signal_handler_disconnect (fixture->list, id);
}

static gboolean
shows (Fixture *fixture, MorselFetch *const *fetches)
{
  GListModel *model = G_LIST_MODEL (fixture->arrangement);
  guint       n_fetches = 0;

  for (; fetches[n_fetches] != NULL; n_fetches++)
    {
      g_autoptr (MorselFetch) item = g_list_model_get_item (model, n_fetches);

      if (item != fetches[n_fetches])
        return FALSE;
    }

  return g_list_model_get_n_items (model) == n_fetches;
}

#define SHOWS(...) shows (fixture, (MorselFetch *const[]){ __VA_ARGS__, NULL })

static void
test_what_has_changed_moves (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  MorselFetch *large = begin (fixture, "/gzip");
  MorselFetch *small = begin (fixture, "/hello");

  g_assert_true (SHOWS (large, small));
  wait_for_all (fixture);
  g_assert_true (SHOWS (small, large));
}

static void
test_nothing_moves_while_it_is_steady (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  MorselFetch *large = begin (fixture, "/gzip");
  MorselFetch *small = begin (fixture, "/hello");

  morsel_arrangement_set_steady (fixture->arrangement, TRUE);
  wait_for_all (fixture);
  g_assert_true (SHOWS (large, small));

  morsel_arrangement_set_steady (fixture->arrangement, FALSE);
  g_assert_true (SHOWS (small, large));
}

static void
test_fetches_go_while_it_is_steady (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) removed = g_ptr_array_new ();
  MorselFetch *large = begin (fixture, "/gzip");
  MorselFetch *gone = begin (fixture, "/missing");
  MorselFetch *small = begin (fixture, "/hello");

  morsel_arrangement_set_steady (fixture->arrangement, TRUE);
  wait_for_all (fixture);
  g_ptr_array_add (removed, gone);
  morsel_fetch_list_remove (fixture->list, removed);
  g_assert_true (SHOWS (large, small));

  morsel_arrangement_set_steady (fixture->arrangement, FALSE);
  g_assert_true (SHOWS (small, large));
}

/* What comes is put where it belongs, by what it is then. */
static void
test_fetches_come_while_it_is_steady (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GtkFilter) filter = morsel_fetch_filter_new ();
  MorselFetch *large, *small, *refused;

  morsel_fetch_filter_set_shown (MORSEL_FETCH_FILTER (filter), MORSEL_SHOWN_DONE);
  morsel_arrangement_set_filter (fixture->arrangement, filter);
  morsel_arrangement_set_steady (fixture->arrangement, TRUE);
  large = begin (fixture, "/gzip");
  small = begin (fixture, "/hello");
  refused = begin (fixture, "/missing");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->arrangement)), ==,
                    0);

  wait_for_all (fixture);
  g_assert_true (SHOWS (small, large));
  g_assert_cmpint (morsel_fetch_get_state (refused), !=, MORSEL_FETCH_DONE);
  morsel_arrangement_set_steady (fixture->arrangement, FALSE);
  g_assert_true (SHOWS (small, large));
}

static void
test_an_order_that_is_chosen_holds_at_once (Fixture      *fixture,
                                            gconstpointer data G_GNUC_UNUSED)
{
  MorselFetch *large = begin (fixture, "/gzip");
  MorselFetch *small = begin (fixture, "/hello");

  morsel_arrangement_set_steady (fixture->arrangement, TRUE);
  wait_for_all (fixture);
  g_assert_true (SHOWS (large, small));

  morsel_arrangement_set_order (fixture->arrangement, MORSEL_SORT_SIZE, FALSE);
  g_assert_true (SHOWS (small, large));
  morsel_arrangement_set_steady (fixture->arrangement, FALSE);
  g_assert_true (SHOWS (small, large));
}

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);

  add ("/arrangement/what-has-changed-moves", test_what_has_changed_moves);
  add ("/arrangement/steady/nothing-moves", test_nothing_moves_while_it_is_steady);
  add ("/arrangement/steady/fetches-go", test_fetches_go_while_it_is_steady);
  add ("/arrangement/steady/fetches-come", test_fetches_come_while_it_is_steady);
  add ("/arrangement/steady/an-order-that-is-chosen-holds",
       test_an_order_that_is_chosen_holds_at_once);

  status = g_test_run ();
  curl_global_cleanup ();

  return status;
}
