/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The chapter "UI-safe threading in C": what it calls right is right, and what it says of
 * the rest is so, as far as a test can survive it. */

#include "listings/listings.h"

#include <glib/gstdio.h>

#include "../backgroundcall/gate.h"

static const char *three_consumers;

typedef struct
{
  GtkLabel *label;
  char     *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp ("morsel-guide-XXXXXX", &fixture->path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (fixture->path, "What is in the file", -1, NULL));
  fixture->label = GTK_LABEL (g_object_ref_sink (gtk_label_new (NULL)));
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_clear_object (&fixture->label);
  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
  g_unlink (fixture->path);
  g_free (fixture->path);
}

static gboolean
shows (Fixture *fixture, const char *text)
{
  return g_str_equal (gtk_label_get_text (fixture->label), text);
}

static void
test_touch (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  touch_right (fixture->label, fixture->path);
  g_assert_true (shows (fixture, ""));
  iterate_until (shows (fixture, "What is in the file"));

  touch_right (fixture->label, "/nowhere");
  iterate_until (shows (fixture, "It can’t be read"));
}

static void
test_join (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  join_right (fixture->label, fixture->path);
  g_assert_true (shows (fixture, ""));
  iterate_until (shows (fixture, "What is in the file"));

  /* The wrong one does not come back before. */
  gtk_label_set_text (fixture->label, "");
  join_wrong (fixture->label, fixture->path);
  g_assert_true (shows (fixture, "What is in the file"));
}

static void
test_outlive (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  outlive_right (fixture->label, fixture->path);
  iterate_until (shows (fixture, "What is in the file"));

  outlive_right (fixture->label, fixture->path);
  g_object_add_weak_pointer (G_OBJECT (fixture->label), (gpointer *) &fixture->label);
  g_object_unref (fixture->label);
  g_assert_null (fixture->label);
}

/* How often the main loop turns while nothing happens, of at most so many times. */
static int
count_idle_turns (int most)
{
  int n_turns = 0;

  while (n_turns < most && g_main_context_iteration (NULL, FALSE))
    n_turns++;

  return n_turns;
}

static void
test_idle (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GtkProgressBar)
      bar = GTK_PROGRESS_BAR (g_object_ref_sink (gtk_progress_bar_new ()));
  g_autoptr (BackgroundPromise) promise = NULL;
  g_autoptr (BackgroundCall)
      call = background_call_new_for_promise (&promise, NULL, NULL);

  idle_right (bar, call);
  background_promise_report_progress (promise, 0.5);
  iterate_until (gtk_progress_bar_get_fraction (bar) == 0.5);
  iterate_until (count_idle_turns (1000) < 1000);

  idle_wrong (bar, call);
  g_assert_cmpint (count_idle_turns (1000), ==, 1000);
  background_promise_return (promise, NULL);
  iterate_until (count_idle_turns (1000) < 1000);
}

static void
add_another (int step, gpointer data)
{
  int *n_steps = data;

  *n_steps += step;
  if (*n_steps == 1)
    lock_right_add (add_another, n_steps);
}

static void
test_lock (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  int n_steps = 0;

  lock_right_add (add_another, &n_steps);
  lock_right_step ();
  g_assert_cmpint (n_steps, ==, 1);
  lock_right_step ();
  g_assert_cmpint (n_steps, ==, 5);
}

typedef struct
{
  CallQueue *ui;
  GtkWindow *window;
} Asked;

static gpointer
ask (BackgroundPromise *promise G_GNUC_UNUSED, gpointer data, GError **error)
{
  Asked *asked = data;

  return ask_right (asked->ui, asked->window, error);
}

static void
test_ask (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (CallQueue) ui = call_queue_new (CALL_QUEUE_UNBOUNDED);
  GtkWindow *window = GTK_WINDOW (gtk_window_new ());
  Asked      asked = { ui, window };
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (BackgroundCall) late = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *title = NULL;

  gtk_window_set_title (window, "A window");
  call_queue_attach (ui, NULL, G_PRIORITY_DEFAULT);
  call = background_call_new (ask, &asked, NULL);
  iterate_until (background_call_is_done (call));
  title = background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, NULL);
  g_assert_cmpstr (title, ==, "A window");

  call_queue_close (ui);
  late = background_call_new (ask, &asked, NULL);
  background_call_get_return (late, PATIENCE, &error);
  g_assert_error (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_CLOSED);
  gtk_window_destroy (window);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static void
test_three_consumers (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  const char      *arguments[] = { three_consumers, NULL };
  g_autofree char *output = NULL;
  g_autofree char *sorted = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output,
                NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);

  lines = g_strsplit (g_strchomp (output), "\n", -1);
  qsort (lines, g_strv_length (lines), sizeof *lines, compare);
  sorted = g_strjoinv (", ", lines);
  g_assert_cmpstr (sorted, ==,
                   "Page 4 is not there, page 1, page 2, page 3, page 5, page 6");
}

#define add(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  three_consumers = argv[1];

  add ("/guide/touch", test_touch);
  add ("/guide/idle", test_idle);
  add ("/guide/join", test_join);
  add ("/guide/outlive", test_outlive);
  add ("/guide/lock", test_lock);
  add ("/guide/ask", test_ask);
  add ("/guide/three-consumers", test_three_consumers);

  return g_test_run ();
}
