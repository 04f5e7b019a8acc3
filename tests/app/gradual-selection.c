/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rows that come a few at a time: a list view always sees the first of what is listed,
 * and in the end all of it; and what is selected is the same for both. */

#include "app/morsel-gradual-selection.h"

#include "../backgroundcall/gate.h"

typedef struct
{
  GListStore             *store;
  GtkSelectionModel      *behind;
  MorselGradualSelection *rows;

  GPtrArray *seen; /* by whoever believes what is told of changes */
  guint      n_changes;
} Fixture;

static guint
count (gpointer model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (model));
}

/* As a list view does. */
static void
items_changed_cb (Fixture *fixture, guint position, guint n_removed, guint n_added)
{
  g_assert_cmpuint (position + n_removed, <=, fixture->seen->len);
  if (n_removed > 0)
    g_ptr_array_remove_range (fixture->seen, position, n_removed);
  for (guint i = position; i < position + n_added; i++)
    g_ptr_array_insert (fixture->seen, (int) i,
                        g_list_model_get_item (G_LIST_MODEL (fixture->rows), i));
  fixture->n_changes++;
}

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fixture->store = g_list_store_new (G_TYPE_OBJECT);
  fixture->behind = GTK_SELECTION_MODEL (
      gtk_multi_selection_new (G_LIST_MODEL (g_object_ref (fixture->store))));
  fixture->rows = morsel_gradual_selection_new (fixture->behind);
  fixture->seen = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect_swapped (fixture->rows, "items-changed", G_CALLBACK (items_changed_cb),
                            fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_assert_finalize_object (fixture->rows);
  g_assert_finalize_object (fixture->behind);
  g_assert_finalize_object (fixture->store);
  g_ptr_array_unref (fixture->seen);
}

static void
splice (Fixture *fixture, guint position, guint n_removed, guint n_added)
{
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_added; i++)
    g_ptr_array_add (objects, g_object_new (G_TYPE_OBJECT, NULL));
  g_list_store_splice (fixture->store, position, n_removed, objects->pdata, n_added);
}

static void
assert_sees_the_first (Fixture *fixture)
{
  guint n_rows = count (fixture->rows);

  g_assert_cmpuint (n_rows, <=, count (fixture->store));
  g_assert_cmpuint (fixture->seen->len, ==, n_rows);
  for (guint i = 0; i < n_rows; i++)
    {
      g_autoptr (GObject)
          object = g_list_model_get_item (G_LIST_MODEL (fixture->store), i);
      g_autoptr (GObject) row = g_list_model_get_item (G_LIST_MODEL (fixture->rows), i);

      g_assert_true (row == object);
      g_assert_true (fixture->seen->pdata[i] == object);
    }
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (fixture->rows), n_rows));
}

static void
test_few_are_there_at_once (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  for (guint i = 1; i <= 100; i++)
    {
      splice (fixture, i - 1, 0, 1);
      g_assert_cmpuint (count (fixture->rows), ==, i);
    }
  assert_sees_the_first (fixture);

  splice (fixture, 10, 80, 0);
  g_assert_cmpuint (count (fixture->rows), ==, 20);
  assert_sees_the_first (fixture);
}

/* No step is a large part of what a list view keeps at hand, until it has that. */
static void
test_many_come_in_steps (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  guint n_before, n_steps = 0;

  splice (fixture, 0, 0, 10000);
  n_before = count (fixture->rows);
  g_assert_cmpuint (n_before, >=, 20);
  g_assert_cmpuint (n_before, <, 50);

  while (count (fixture->rows) < 10000)
    {
      iterate_until (count (fixture->rows) > n_before);
      if (count (fixture->rows) < 10000)
        g_assert_cmpuint (count (fixture->rows) - n_before, <, 50);
      else
        g_assert_cmpuint (n_before, >, 150);
      n_before = count (fixture->rows);
      n_steps++;
      assert_sees_the_first (fixture);
    }
  g_assert_cmpuint (n_steps, >, 4);

  /* Nobody makes rows for what comes behind them. */
  splice (fixture, 10000, 0, 500);
  g_assert_cmpuint (count (fixture->rows), ==, 10500);
  g_assert_null (g_main_context_find_source_by_user_data (NULL, fixture->rows));
}

/* A search that was taken back. */
static void
test_few_become_many (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  splice (fixture, 0, 0, 3);
  splice (fixture, 0, 3, 10000);
  g_assert_cmpuint (count (fixture->rows), <, 50);
  assert_sees_the_first (fixture);
  iterate_until (count (fixture->rows) == 10000);
  assert_sees_the_first (fixture);

  splice (fixture, 0, 10000, 0);
  g_assert_cmpuint (count (fixture->rows), ==, 0);
  splice (fixture, 0, 0, 10000);
  g_assert_cmpuint (count (fixture->rows), <, 50);
  splice (fixture, 0, 10000, 2);
  g_assert_cmpuint (count (fixture->rows), ==, 2);
  assert_sees_the_first (fixture);
  iterate_until (g_main_context_find_source_by_user_data (NULL, fixture->rows) == NULL);
}

/* Whatever changes while more are still to come. */
static void
test_changes_at_random (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  for (int i = 0; i < 2000; i++)
    {
      guint n_items = count (fixture->store);
      guint position = (guint) g_test_rand_int_range (0, (gint32) n_items + 1);
      guint n_removed = (guint) g_test_rand_int_range (
          0, (gint32) MIN (n_items - position, 300) + 1);

      splice (fixture, position, n_removed, (guint) g_test_rand_int_range (0, 300));
      assert_sees_the_first (fixture);
      if (i % 10 == 0)
        splice (fixture, 0, count (fixture->store),
                (guint) g_test_rand_int_range (0, 400));
      if (i % 3 == 0)
        g_main_context_iteration (NULL, FALSE);
      assert_sees_the_first (fixture);
    }

  iterate_until (count (fixture->rows) == count (fixture->store));
  assert_sees_the_first (fixture);
}

static void
count_changes_cb (Fixture *fixture, guint position, guint n_items)
{
  g_assert_cmpuint (n_items, >, 0);
  g_assert_cmpuint (position + n_items, <=, count (fixture->rows));
  fixture->n_changes++;
}

/* Also what has no row yet. */
static void
test_all_is_selected (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GtkSelectionModel *rows = GTK_SELECTION_MODEL (fixture->rows);
  g_autoptr (GtkBitset) selected = NULL;

  splice (fixture, 0, 0, 10000);
  g_signal_connect_swapped (rows, "selection-changed", G_CALLBACK (count_changes_cb),
                            fixture);
  fixture->n_changes = 0;
  gtk_selection_model_select_all (rows);
  g_assert_cmpuint (fixture->n_changes, ==, 1);
  selected = gtk_selection_model_get_selection (fixture->behind);
  g_assert_cmpuint (gtk_bitset_get_size (selected), ==, 10000);

  gtk_selection_model_unselect_item (fixture->behind, 9999);
  g_assert_cmpuint (fixture->n_changes, ==, 1);
  gtk_selection_model_select_item (rows, 7, TRUE);
  g_assert_cmpuint (fixture->n_changes, ==, 2);
  g_assert_true (gtk_selection_model_is_selected (rows, 7));
  g_assert_false (gtk_selection_model_is_selected (rows, 8));
  g_assert_true (gtk_selection_model_is_selected (fixture->behind, 7));
  g_assert_false (gtk_selection_model_is_selected (fixture->behind, 5000));

  /* It stays selected when the others come. */
  iterate_until (count (fixture->rows) == 10000);
  g_assert_true (gtk_selection_model_is_selected (rows, 7));
}

static void
test_all_can_be_asked_for (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  splice (fixture, 0, 0, 10000);
  morsel_gradual_selection_show_all (fixture->rows);
  g_assert_cmpuint (count (fixture->rows), ==, 10000);
  g_assert_null (g_main_context_find_source_by_user_data (NULL, fixture->rows));
  assert_sees_the_first (fixture);

  fixture->n_changes = 0;
  morsel_gradual_selection_show_all (fixture->rows);
  g_assert_cmpuint (fixture->n_changes, ==, 0);
}

static void
test_goes_while_more_are_to_come (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  splice (fixture, 0, 0, 10000);
  g_assert_nonnull (g_main_context_find_source_by_user_data (NULL, fixture->rows));
}

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add ("/gradual-selection/few-are-there-at-once", test_few_are_there_at_once);
  add ("/gradual-selection/many-come-in-steps", test_many_come_in_steps);
  add ("/gradual-selection/few-become-many", test_few_become_many);
  add ("/gradual-selection/changes-at-random", test_changes_at_random);
  add ("/gradual-selection/all-is-selected", test_all_is_selected);
  add ("/gradual-selection/all-can-be-asked-for", test_all_can_be_asked_for);
  add ("/gradual-selection/goes-while-more-are-to-come",
       test_goes_while_more_are_to_come);

  return g_test_run ();
}
