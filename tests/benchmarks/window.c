/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the window costs: addresses from a list are fetched in it, and it is measured how
 * long that takes, what the main thread does meanwhile, how long the gaps between frames
 * are while somebody scrolls, how long a key takes in the search, and what is left of it
 * all when nothing happens.
 *
 * Usage: benchmark-window FILE, with a display. It prints “name value” lines for
 * window.py.
 */

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/morsel-application.h"
#include "app/morsel-fetch-list.h"
#include "app/morsel-filter-bar.h"
#include "app/morsel-list-page.h"
#include "app/morsel-sort-value.h"

#define IDLE_SECONDS 10
#define SCROLL_STEP 60
#define N_KEYS 60
#define N_TURNS 5

typedef struct
{
  MorselWindow    *window;
  MorselFetchList *fetches;
  GStrv            addresses;
  guint            n_addresses;

  /* Of the main thread, in microseconds. */
  gint64 frame_began;
  gint64 drawing;

  guint   n_frames;
  gint64  last_frame;
  GArray *gaps; /* of gint64; NULL while they are not measured */

  gint64  key_arrived; /* 0 if none has since the last frame */
  GArray *keys;        /* of gint64 */

  guint scroll_id;
  int   direction;
} Bench;

static GMainLoop *loop;
static guint      n_polls;

static int
count_polls (GPollFD *fds, guint n_fds, int timeout)
{
  n_polls++;

  return g_poll (fds, n_fds, timeout);
}

static gint64
get_cpu_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);

  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

/* In KiB. */
static long
get_memory (const char *name)
{
  g_autofree char *status = NULL;
  const char      *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  line = strstr (status, name);

  return line != NULL ? atol (line + strlen (name)) : 0;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *) a;
  gint64 other = *(const gint64 *) b;

  return (one > other) - (one < other);
}

/* In milliseconds. */
static void
tell_times (const char *name, GArray *times)
{
  guint worst = times->len - 1;
  guint most = times->len * 99 / 100;

  g_assert_cmpuint (times->len, >, 0);
  g_array_sort (times, compare);
  g_print ("%s-99th %.3f\n", name,
           g_array_index (times, gint64, MIN (most, worst)) / 1000.0);
  g_print ("%s-worst %.3f\n", name, g_array_index (times, gint64, worst) / 1000.0);
}

static gboolean
quit_cb (gpointer user_data G_GNUC_UNUSED)
{
  g_main_loop_quit (loop);

  return G_SOURCE_REMOVE;
}

static void
run_for (guint milliseconds)
{
  g_timeout_add (milliseconds, quit_cb, NULL);
  g_main_loop_run (loop);
}

static void
before_paint_cb (Bench *self)
{
  self->frame_began = get_cpu_time ();
}

static void
after_paint_cb (Bench *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 gap = now - self->last_frame;

  self->drawing += get_cpu_time () - self->frame_began;
  self->n_frames++;
  if (self->gaps != NULL && self->last_frame != 0)
    g_array_append_val (self->gaps, gap);
  self->last_frame = now;

  if (self->key_arrived != 0)
    {
      gint64 delay = now - self->key_arrived;

      g_array_append_val (self->keys, delay);
      self->key_arrived = 0;
    }
}

static gboolean
has_ended (Bench *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->fetches)) == self->n_addresses &&
         morsel_fetch_list_count (self->fetches, MORSEL_FETCH_RUNNING) == 0;
}

static void
clear (Bench *self)
{
  g_action_group_activate_action (G_ACTION_GROUP (self->window), "clear", NULL);
  run_for (300);
}

static void
fetch_all (Bench *self)
{
  morsel_window_fetch_all (self->window, (const char *const *) self->addresses);
  while (!has_ended (self))
    g_main_context_iteration (NULL, TRUE);
}

static GtkWidget *
find (GtkWidget *root, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type))
    return root;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static gboolean
scroll_cb (GtkWidget *list, GdkFrameClock *clock G_GNUC_UNUSED, gpointer user_data)
{
  Bench         *self = user_data;
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list));
  double         value = gtk_adjustment_get_value (adjustment);
  double         end = gtk_adjustment_get_upper (adjustment) -
               gtk_adjustment_get_page_size (adjustment);

  if (value >= end)
    self->direction = -1;
  else if (value <= 0)
    self->direction = 1;
  gtk_adjustment_set_value (adjustment, value + self->direction * SCROLL_STEP);

  return G_SOURCE_CONTINUE;
}

static GtkWidget *
begin_scrolling (Bench *self, GArray *gaps)
{
  GtkWidget *list = find (GTK_WIDGET (self->window), GTK_TYPE_LIST_VIEW);

  self->scroll_id = gtk_widget_add_tick_callback (list, scroll_cb, self, NULL);
  self->gaps = gaps;
  self->last_frame = 0;

  return list;
}

static void
end_scrolling (Bench *self, GtkWidget *list)
{
  gtk_widget_remove_tick_callback (list, self->scroll_id);
  self->gaps = NULL;
}

static void
measure_memory (Bench *self)
{
  long memory = get_memory ("VmRSS:");

  fetch_all (self);
  run_for (500);
  g_print ("memory %.3f\n", (get_memory ("VmHWM:") - memory) / 1024.0);
}

static void
measure_fetching (Bench *self)
{
  gint64 times[N_TURNS];
  gint64 busy = 0;

  for (int i = 0; i < N_TURNS; i++)
    {
      gint64 start, busy_before;

      clear (self);
      start = g_get_monotonic_time ();
      busy_before = get_cpu_time () - self->drawing;
      fetch_all (self);
      times[i] = g_get_monotonic_time () - start;
      busy += get_cpu_time () - self->drawing - busy_before;
      run_for (500);
    }

  qsort (times, N_TURNS, sizeof times[0], compare);
  g_print ("wall %.6f\n", times[N_TURNS / 2] / 1e6);
  g_print ("beyond-drawing %.3f\n", (double) busy / N_TURNS / self->n_addresses);
}

static void
measure_idle (Bench *self)
{
  gint64 busy;
  guint  n_frames, n_polls_before;

  /* A cursor that blinks is somebody else's. */
  gtk_widget_grab_focus (find (GTK_WIDGET (self->window), GTK_TYPE_LIST_VIEW));
  run_for (1000);

  busy = get_cpu_time ();
  n_frames = self->n_frames;
  n_polls_before = n_polls;
  run_for (IDLE_SECONDS * 1000);
  g_print ("idle-frames %u\n", self->n_frames - n_frames);
  /* But for the end of the wait. */
  g_print ("idle-wakeups %u\n", n_polls - n_polls_before - 1);
  g_print ("idle-cpu %.3f\n", (get_cpu_time () - busy) / 1000.0);
}

/* What somebody has chosen to see. */
typedef struct
{
  const char        *name;
  MorselSortKey      sort_by;
  MorselShownFetches shown;
} View;

static void
show_view (Bench *self, const View *view)
{
  GtkWidget *button = gtk_widget_get_first_child (
      find (GTK_WIDGET (self->window), MORSEL_TYPE_FILTER_BAR));

  for (guint i = 0; i < view->shown; i++)
    button = gtk_widget_get_next_sibling (button);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), TRUE);
  g_object_set (find (GTK_WIDGET (self->window), MORSEL_TYPE_LIST_PAGE), "sort-by",
                view->sort_by, NULL);
  run_for (300);
}

/* With as long a time for nothing as for the fetches: the worst of many gaps is worse
 * than that of few. */
static void
measure_scrolling (Bench *self, const View *view)
{
  g_autoptr (GArray) alone = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) fetching = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *alone_name = g_strdup_printf ("scroll-%s-alone", view->name);
  g_autofree char *fetching_name = g_strdup_printf ("scroll-%s-fetching", view->name);
  GtkWidget       *list;
  gint64           duration = 0;

  show_view (self, view);
  for (int i = 0; i < N_TURNS; i++)
    {
      gint64 start;

      clear (self);
      start = g_get_monotonic_time ();
      list = begin_scrolling (self, fetching);
      fetch_all (self);
      end_scrolling (self, list);
      duration += g_get_monotonic_time () - start;
    }

  run_for (500);
  list = begin_scrolling (self, alone);
  run_for ((guint) (duration / G_TIME_SPAN_MILLISECOND));
  end_scrolling (self, list);

  tell_times (alone_name, alone);
  tell_times (fetching_name, fetching);
}

static void
measure_views (Bench *self)
{
  static const View views[] = {
    { "size", MORSEL_SORT_SIZE, MORSEL_SHOWN_ALL },
    { "done", MORSEL_SORT_ADDED, MORSEL_SHOWN_DONE },
    { "all", MORSEL_SORT_ADDED, MORSEL_SHOWN_ALL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (views); i++)
    measure_scrolling (self, &views[i]);
}

static gboolean
key_cb (Bench *self)
{
  if (self->key_arrived == 0)
    self->key_arrived = g_get_monotonic_time ();

  return GDK_EVENT_PROPAGATE;
}

static void
waited_cb (GObject *source, GAsyncResult *result, gpointer user_data G_GNUC_UNUSED)
{
  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  g_main_loop_quit (loop);
}

static void
run_xdotool (const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess)
      process = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_NONE, &error);

  g_assert_no_error (error);
  g_subprocess_wait_async (process, NULL, waited_cb, NULL);
  g_main_loop_run (loop);
}

static void
measure_keys (Bench *self)
{
  GtkEventController *controller = gtk_event_controller_key_new ();
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();

  g_ptr_array_add (arguments, "xdotool");
  g_ptr_array_add (arguments, "key");
  g_ptr_array_add (arguments, "--delay");
  g_ptr_array_add (arguments, "100");
  /* Each key shows other fetches. */
  for (int i = 0; i < N_KEYS; i++)
    g_ptr_array_add (arguments, (gpointer) (i % 2 == 0 ? "7" : "BackSpace"));
  g_ptr_array_add (arguments, NULL);

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (controller, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->window), controller);

  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.search", NULL);
  run_for (500);
  self->keys = g_array_new (FALSE, FALSE, sizeof (gint64));
  run_xdotool ((const char *const *) arguments->pdata);
  run_for (500);
  tell_times ("key", self->keys);
  g_clear_pointer (&self->keys, g_array_unref);
}

static void
measure_cb (GApplication *application, gpointer user_data)
{
  Bench         *self = user_data;
  GdkFrameClock *clock;

  g_application_hold (application);
  self->window = MORSEL_WINDOW (
      gtk_application_get_active_window (GTK_APPLICATION (application)));
  self->fetches = MORSEL_FETCH_LIST (morsel_window_get_fetches (self->window));
  clock = gtk_widget_get_frame_clock (GTK_WIDGET (self->window));
  g_signal_connect_swapped (clock, "before-paint", G_CALLBACK (before_paint_cb), self);
  g_signal_connect_swapped (clock, "after-paint", G_CALLBACK (after_paint_cb), self);
  run_for (1000);

  measure_memory (self);
  measure_idle (self);
  measure_fetching (self);
  measure_views (self);
  measure_keys (self);

  gtk_window_destroy (GTK_WINDOW (self->window));
  g_application_release (application);
}

int
main (int argc, char *argv[])
{
  g_autoptr (MorselApplication) application = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  Bench            bench = { 0 };
  char            *own_arguments[] = { argv[0], NULL };

  if (argc != 2 || !g_file_get_contents (argv[1], &content, NULL, &error))
    {
      g_printerr ("Usage: benchmark-window FILE\n");
      return EXIT_FAILURE;
    }
  bench.addresses = g_strsplit (g_strchomp (content), "\n", -1);
  bench.n_addresses = g_strv_length (bench.addresses);

  curl_global_init (CURL_GLOBAL_DEFAULT);
  loop = g_main_loop_new (NULL, FALSE);
  g_main_context_set_poll_func (NULL, count_polls);
  application = morsel_application_new ();
  g_signal_connect_after (application, "activate", G_CALLBACK (measure_cb), &bench);
  g_application_run (G_APPLICATION (application), 1, own_arguments);

  g_strfreev (bench.addresses);
  g_main_loop_unref (loop);

  return EXIT_SUCCESS;
}
