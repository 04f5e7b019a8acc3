/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Lists of addresses that get into a window: opened with the real file chooser, dropped,
 * and on the command line of a second process; and lines that are mended with real keys.
 */

#include <curl/curl.h>
#include <gdk/x11/gdkx.h>
#include <string.h>

#include "../backgroundcall/gate.h"
#include "app/morsel-bad-line-row.h"
#include "app/morsel-mend-window.h"
#include "fetching.h"
#include "hands.h"
#include "in-application.h"
#include "window-fixture.h"

static MorselApplication *application;
static char              *program;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("morsel-test-XXXXXX", &error);
  g_assert_no_error (error);
  window_fixture_set_up (fixture, data);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  window_fixture_tear_down (fixture, data);
  fetching_remove_folder (fixture->folder);
  g_free (fixture->folder);
}

static const char *
get_address (Fixture *fixture, guint position)
{
  return morsel_fetch_get_address (get_fetch (fixture, position));
}

static char *
write_file (Fixture *fixture, const char *name, const char *content)
{
  char *path = g_build_filename (fixture->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, content, -1, NULL));

  return path;
}

static void
open_file (Fixture *fixture, const char *path)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (files, g_file_new_for_path (path));
  morsel_window_open (fixture->window, files);
}

static GtkWidget *
find_button (Fixture *fixture, const char *label)
{
  return eyes_find_button (GTK_WIDGET (fixture->window), label);
}

static gboolean
has_focus_in (GtkWindow *window, GType type)
{
  GtkWidget *focus = gtk_window_get_focus (window);

  return focus != NULL && gtk_widget_get_ancestor (focus, type) != NULL;
}

static void
test_list_is_opened (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");
  g_autofree char *content = g_strdup_printf ("title,link\nA,%s\nB,%s?b\nA,%s\n", url,
                                              url, url);
  g_autofree char *path = write_file (fixture, "list.csv", content);
  GtkWindow       *chooser;

  hands_press ("ctrl+o");
  iterate_until ((chooser = find_other_window (fixture)) != NULL);
  hands_focus (chooser);
  /* A slash is the beginning of a path. */
  hands_press ("slash");
  iterate_until (has_focus_in (chooser, GTK_TYPE_ENTRY));
  hands_press ("ctrl+a");
  hands_type (path);
  hands_press ("Return");
  iterate_until (find_other_window (fixture) == NULL);

  iterate_until (count_fetches (fixture) == 2);
  g_assert_cmpstr (get_address (fixture, 0), ==, url);
  iterate_until (find_label (fixture, "2 added") != NULL);
  g_assert_nonnull (find_label (fixture, "1 duplicate"));
}

/* Opens the window for the lines that are no addresses, by the toast that offers it. */
static GtkWindow *
open_mend_window (Fixture *fixture, const char *button_label)
{
  GtkWidget *button;
  GtkWindow *window;

  iterate_until ((button = find_button (fixture, button_label)) != NULL);
  hands_click (button);
  iterate_until ((window = find_other_window (fixture)) != NULL);
  g_assert_true (MORSEL_IS_MEND_WINDOW (window));
  hands_focus (window);
  iterate_until (has_focus_in (window, MORSEL_TYPE_BAD_LINE_ROW));

  return window;
}

static gboolean
has_button (GtkWindow *window, const char *label, gboolean is_sensitive)
{
  GtkWidget *button = eyes_find_button (GTK_WIDGET (window), label);

  return button != NULL && gtk_widget_get_sensitive (button) == is_sensitive;
}

static void
test_invalid_lines_are_mended (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");
  g_autofree char *wrong = g_strconcat ("f", url, NULL);
  g_autofree char *content = g_strdup_printf ("%s\ntwo words\n%s\nthree more words\n",
                                              url, wrong);
  g_autofree char *path = write_file (fixture, "list.txt", content);
  GtkWindow       *window;

  open_file (fixture, path);
  iterate_until (find_label (fixture, "1 added") != NULL);
  window = open_mend_window (fixture, "_Mend 3 Lines");
  g_assert_nonnull (eyes_find_label (GTK_WIDGET (window), "list.txt, Line 2"));
  g_assert_nonnull (eyes_find_label (GTK_WIDGET (window), "list.txt, Line 4"));
  g_assert_nonnull (eyes_find_label (GTK_WIDGET (window), "An address can’t contain"));
  g_assert_true (has_button (window, "_Fetch", FALSE));

  /* To the second line, and without its first letter. */
  hands_press ("Down");
  iterate_until (
      g_str_equal (gtk_editable_get_text (GTK_EDITABLE (gtk_widget_get_ancestor (
                       gtk_window_get_focus (window), GTK_TYPE_ENTRY))),
                   wrong));
  hands_press ("Home");
  hands_press ("Delete");
  iterate_until (eyes_find_label (GTK_WIDGET (window), "This can be fetched.") != NULL);
  iterate_until (has_button (window, "_Fetch 1", TRUE));

  hands_press ("alt+f");
  iterate_until (count_fetches (fixture) == 2);
  g_assert_cmpstr (get_address (fixture, 1), ==, url);
  iterate_until (has_button (window, "_Fetch", FALSE));
  g_assert_null (eyes_find_label (GTK_WIDGET (window), "list.txt, Line 3"));

  /* What is begun, and not finished, is there the next time. */
  iterate_until (has_focus_in (window, MORSEL_TYPE_BAD_LINE_ROW));
  hands_press ("ctrl+a");
  hands_type ("still wrong");
  hands_press ("Escape");
  iterate_until (find_other_window (fixture) == NULL);
  hands_focus (GTK_WINDOW (fixture->window));
  iterate_until (find_label (fixture, "2 lines are left out") != NULL);
  window = open_mend_window (fixture, "_Mend 2 Lines");

  hands_press ("ctrl+a");
  hands_type (url);
  iterate_until (has_button (window, "_Fetch 1", TRUE));
  hands_press ("Down");
  hands_press ("ctrl+a");
  hands_type (url);
  iterate_until (has_button (window, "_Fetch 2", TRUE));
  hands_press ("alt+f");

  iterate_until (find_other_window (fixture) == NULL);
  iterate_until (count_fetches (fixture) == 4);
  g_assert_false (
      g_action_group_get_action_enabled (G_ACTION_GROUP (fixture->window), "mend"));
}

static gboolean
is_drop_target (GtkWidget *widget, gconstpointer data)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller) && GTK_IS_OVERLAY (widget))
        {
          *(GtkEventController **) data = controller;
          return TRUE;
        }
    }

  return FALSE;
}

/* As GTK does it at the end of a drag. */
static void
drop (Fixture *fixture, const GValue *value)
{
  GtkDropTarget *target = NULL;
  gboolean       is_taken = FALSE;

  g_assert_nonnull (eyes_find (GTK_WIDGET (fixture->window), is_drop_target, &target));
  g_signal_emit_by_name (target, "drop", value, 10.0, 10.0, &is_taken);
  g_assert_true (is_taken);
}

static void
test_text_is_dropped (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");
  g_autofree char *text = g_strdup_printf ("Look at %s, please.", url);
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, text);
  drop (fixture, &value);

  iterate_until (count_fetches (fixture) == 1);
  g_assert_cmpstr (get_address (fixture, 0), ==, url);
}

/* Something that can be dragged, beside the window. */
typedef struct
{
  GtkWindow *window;
  gboolean   is_pointed_at;
  gboolean   is_dragged;
} DragSource;

static void
pointed_at_cb (DragSource *source)
{
  source->is_pointed_at = TRUE;
}

static void
dragged_cb (DragSource *source)
{
  source->is_dragged = TRUE;
}

static void
open_drag_source (DragSource *source, const char *text)
{
  GtkWidget          *label = gtk_label_new ("Drag me");
  GtkDragSource      *drag_source = gtk_drag_source_new ();
  GtkEventController *pointer = gtk_event_controller_motion_new ();
  g_autoptr (GdkContentProvider)
      content = gdk_content_provider_new_typed (G_TYPE_STRING, text);

  *source = (DragSource){ .window = GTK_WINDOW (gtk_window_new ()) };
  gtk_drag_source_set_content (drag_source, content);
  g_signal_connect_swapped (drag_source, "drag-begin", G_CALLBACK (dragged_cb), source);
  g_signal_connect_swapped (pointer, "enter", G_CALLBACK (pointed_at_cb), source);
  gtk_widget_add_controller (label, GTK_EVENT_CONTROLLER (drag_source));
  gtk_widget_add_controller (label, pointer);
  gtk_window_set_child (source->window, label);
  gtk_window_set_decorated (source->window, FALSE);
  gtk_window_set_default_size (source->window, 200, 100);
  gtk_window_present (source->window);
  iterate_until (gtk_widget_get_mapped (GTK_WIDGET (source->window)));
}

static void
move_window (GtkWindow *window, const char *x, const char *y)
{
  GdkSurface      *surface = gtk_native_get_surface (GTK_NATIVE (window));
  g_autofree char *id = g_strdup_printf ("%lu", gdk_x11_surface_get_xid (surface));
  const char      *arguments[] = { "xdotool", "windowmove", "--sync", id, x, y, NULL };

  hands_run (arguments);
}

static void
point (int x, int y)
{
  g_autofree char *x_text = g_strdup_printf ("%d", x);
  g_autofree char *y_text = g_strdup_printf ("%d", y);
  const char      *arguments[] = { "xdotool", "mousemove", x_text, y_text, NULL };

  hands_run (arguments);
}

static void
turn_button (const char *direction)
{
  const char *arguments[] = { "xdotool", direction, "1", NULL };

  hands_run (arguments);
}

/* Moves to and fro at a place, as a hand does until it sees that it may go on. */
#define point_until(x, y, condition)                                  \
  G_STMT_START                                                        \
  {                                                                   \
    gint64 point_deadline = g_get_monotonic_time () + PATIENCE;       \
                                                                      \
    for (int n_moves = 0; !(condition); n_moves++)                    \
      {                                                               \
        g_assert_cmpint (g_get_monotonic_time (), <, point_deadline); \
        point ((x) + n_moves % 2, y);                                 \
      }                                                               \
  }                                                                   \
  G_STMT_END

/* Drags what is in a window beside this one to a place in this one. */
static void
drag (Fixture *fixture, DragSource *source, int x, int y)
{
  move_window (source->window, "1000", "100");
  point_until (1100, 150, source->is_pointed_at);
  turn_button ("mousedown");
  point_until (1080, 180, source->is_dragged);
  point_until (x, y, find_label (fixture, "Drop to Fetch") != NULL);
  turn_button ("mouseup");
}

static void
test_text_is_dragged (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");
  DragSource       source;

  open_drag_source (&source, url);
  drag (fixture, &source, 400, 300);

  iterate_until (count_fetches (fixture) == 1);
  g_assert_cmpstr (get_address (fixture, 0), ==, url);
  iterate_until (find_label (fixture, "Drop to Fetch") == NULL);
  gtk_window_destroy (source.window);
}

/* An entry would make one line of it. */
static void
test_list_is_dragged_to_the_entry (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget       *entry = eyes_find_type (GTK_WIDGET (fixture->window), GTK_TYPE_ENTRY);
  graphene_point_t middle;
  double           x, y;
  DragSource       source;

  open_drag_source (&source, "http://127.0.0.1:1/a\nhttp://127.0.0.1:1/b\n");
  g_assert_true (gtk_widget_compute_point (
      entry, GTK_WIDGET (fixture->window),
      &GRAPHENE_POINT_INIT ((float) gtk_widget_get_width (entry) / 2,
                            (float) gtk_widget_get_height (entry) / 2),
      &middle));
  gtk_native_get_surface_transform (GTK_NATIVE (fixture->window), &x, &y);
  drag (fixture, &source, (int) (middle.x + x), (int) (middle.y + y));

  iterate_until (count_fetches (fixture) == 2);
  g_assert_cmpstr (get_address (fixture, 0), ==, "http://127.0.0.1:1/a");
  g_assert_cmpstr (get_address (fixture, 1), ==, "http://127.0.0.1:1/b");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "");
  gtk_window_destroy (source.window);
}

static void
test_links_and_files_are_dropped (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello?a=%20b");
  g_autofree char *first = write_file (fixture, "a.txt", "http://127.0.0.1:1/a");
  g_autofree char *second = write_file (fixture, "b.html",
                                        "<a href='http://127.0.0.1:1/b'>b</a>");
  g_autoptr (GFile) link = g_file_new_for_uri (url);
  g_autoptr (GFile) file = g_file_new_for_path (first);
  g_autoptr (GFile) other_file = g_file_new_for_path (second);
  GFile *files[] = { file, link, other_file };
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_array (files, G_N_ELEMENTS (files)));
  drop (fixture, &value);

  iterate_until (count_fetches (fixture) == 3);
  g_assert_cmpstr (get_address (fixture, 0), ==, url);
  g_assert_cmpstr (get_address (fixture, 1), ==, "http://127.0.0.1:1/a");
  g_assert_cmpstr (get_address (fixture, 2), ==, "http://127.0.0.1:1/b");
}

static gboolean
has_focus (Fixture *fixture, GType type)
{
  return has_focus_in (GTK_WINDOW (fixture->window), type);
}

/* Wherever the focus is, but in what takes text by itself. */
static void
test_copied_text_is_pasted_into_the_window (Fixture      *fixture,
                                            gconstpointer data G_GNUC_UNUSED)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (fixture->window));
  GtkWidget    *entry = eyes_find_type (GTK_WIDGET (fixture->window), GTK_TYPE_ENTRY);

  gdk_clipboard_set_text (clipboard, "http://127.0.0.1:1/a");
  iterate_until (has_focus (fixture, GTK_TYPE_ENTRY));
  hands_press ("ctrl+v");
  iterate_until (
      g_str_equal (gtk_editable_get_text (GTK_EDITABLE (entry)), "http://127.0.0.1:1/a"));
  hands_press ("Return");
  iterate_until (count_fetches (fixture) == 1);

  gdk_clipboard_set_text (clipboard, "http://127.0.0.1:1/b\nhttp://127.0.0.1:1/c");
  gtk_widget_grab_focus (
      eyes_find_type (GTK_WIDGET (fixture->window), GTK_TYPE_LIST_VIEW));
  iterate_until (has_focus (fixture, GTK_TYPE_LIST_VIEW));
  hands_press ("ctrl+v");
  iterate_until (count_fetches (fixture) == 3);
  g_assert_cmpstr (get_address (fixture, 2), ==, "http://127.0.0.1:1/c");

  gtk_window_set_focus (GTK_WINDOW (fixture->window), NULL);
  gdk_clipboard_set_text (clipboard, "http://127.0.0.1:1/d");
  hands_press ("shift+Insert");
  iterate_until (count_fetches (fixture) == 4);
}

/* They are fetched all the same, as that is what was asked for. */
static void
test_known_addresses_are_said (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const char *const twice[] = { "http://127.0.0.1:1/a", "http://127.0.0.1:1/a", NULL };

  morsel_window_fetch_all (fixture->window, twice);
  iterate_until (count_fetches (fixture) == 2);

  /* As one list: another way to write an address, and two that are new. */
  morsel_window_paste (
      fixture->window,
      "HTTP://127.0.0.1:1/a\nhttp://127.0.0.1:1/b\nhttp://127.0.0.1:1/c");
  iterate_until (count_fetches (fixture) == 5);
  iterate_until (find_label (fixture, "3 added") != NULL);
  g_assert_nonnull (find_label (fixture, "1 was there already"));

  morsel_window_paste (fixture->window, "http://127.0.0.1:1/d");
  iterate_until (count_fetches (fixture) == 6);
  iterate_until (find_label (fixture, "1 added") != NULL);
  iterate_until (find_label (fixture, "1 was there already") == NULL);
}

static void
test_file_that_cannot_be_read_is_said (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GtkWindow *dialog;

  open_file (fixture, fixture->folder);
  iterate_until (find_label (fixture, "A file could not be read") != NULL);
  hands_click (find_button (fixture, "_Details"));
  iterate_until ((dialog = find_other_window (fixture)) != NULL);
  iterate_until (eyes_find_label (GTK_WIDGET (dialog), "morsel-test-") != NULL);
  gtk_window_close (dialog);
  iterate_until (find_other_window (fixture) == NULL);
}

static void
test_list_on_the_command_line (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path G_GNUC_UNUSED = write_file (fixture, "list",
                                                    "http://127.0.0.1:1/a");
  const char      *arguments[] = { "env",  "-C", fixture->folder, program, "--open",
                                   "list", NULL };

  hands_run (arguments);

  iterate_until (count_fetches (fixture) == 1);
  g_assert_cmpstr (get_address (fixture, 0), ==, "http://127.0.0.1:1/a");
}

/* What is told of them comes one after the other, and the last of it in the end. */
static void
test_lists_in_quick_succession (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 1; i <= 4; i++)
    {
      guint n_before = count_fetches (fixture);

      g_string_append_printf (list, "http://127.0.0.1:1/%u\n", i);
      morsel_window_paste (fixture->window, list->str);
      iterate_until (count_fetches (fixture) == n_before + i);
    }

  iterate_until (find_label (fixture, "4 added") != NULL);
  g_assert_nonnull (find_label (fixture, "3 were there already"));
  iterate_until (find_label (fixture, "1 added") == NULL);
}

static gboolean
count_frame_cb (GtkWidget     *widget G_GNUC_UNUSED,
                GdkFrameClock *clock G_GNUC_UNUSED,
                gpointer       user_data)
{
  ++*(int *) user_data;

  return G_SOURCE_CONTINUE;
}

static guint
count_rows (GtkWidget *widget)
{
  guint n_rows = MORSEL_IS_BAD_LINE_ROW (widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n_rows += count_rows (child);

  return n_rows;
}

/* Frames go on while it is read, and no row is made that nobody can see. */
static void
test_long_list (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GString) content = g_string_new (NULL);
  g_autofree char *path = NULL;
  Gaps            *gaps;
  double           gap;
  int              n_frames = 0;
  guint            id;
  GtkWindow       *window;

  for (int i = 0; i < 500; i++)
    g_string_append_printf (content, "http://127.0.0.1:1/%d\n", i);
  for (int i = 0; i < 10000; i++)
    g_string_append_printf (content, "bad line %d\n", i);
  path = write_file (fixture, "list.txt", content->str);

  id = gtk_widget_add_tick_callback (GTK_WIDGET (fixture->window), count_frame_cb,
                                     &n_frames, NULL);
  gaps = gaps_watch ();
  open_file (fixture, path);
  iterate_until (count_fetches (fixture) == 500);
  window = open_mend_window (fixture, "_Mend 10000 Lines");
  gap = gaps_stop (gaps);
  gtk_widget_remove_tick_callback (GTK_WIDGET (fixture->window), id);

  g_assert_cmpint (n_frames, >, 1);
  g_assert_cmpuint (count_rows (GTK_WIDGET (window)), <, 1000);
  g_test_minimized_result (gap / 1000, "largest gap of the main loop: %.1f ms", gap);
}

static void
test_window_closes_while_a_list_is_read (Fixture      *fixture,
                                         gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = write_file (fixture, "list", "http://127.0.0.1:1/a\nbad line");

  open_file (fixture, path);
  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *) &fixture->window);
  gtk_window_destroy (GTK_WINDOW (fixture->window));

  iterate_until (fixture->window == NULL);
  iterate_all ();
}

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);
  g_assert_cmpint (argc, ==, 2);
  /* It is run in another folder, too. */
  program = g_canonicalize_filename (argv[1], NULL);

  add ("/import/list-is-opened", test_list_is_opened);
  add ("/import/invalid-lines-are-mended", test_invalid_lines_are_mended);
  add ("/import/text-is-dropped", test_text_is_dropped);
  add ("/import/text-is-dragged", test_text_is_dragged);
  add ("/import/list-is-dragged-to-the-entry", test_list_is_dragged_to_the_entry);
  add ("/import/copied-text-is-pasted-into-the-window",
       test_copied_text_is_pasted_into_the_window);
  add ("/import/known-addresses-are-said", test_known_addresses_are_said);
  add ("/import/lists-in-quick-succession", test_lists_in_quick_succession);
  add ("/import/links-and-files-are-dropped", test_links_and_files_are_dropped);
  add ("/import/file-that-cannot-be-read-is-said", test_file_that_cannot_be_read_is_said);
  add ("/import/list-on-the-command-line", test_list_on_the_command_line);
  add ("/import/long-list", test_long_list);
  add ("/import/window-closes-while-a-list-is-read",
       test_window_closes_while_a_list_is_read);

  status = run_tests_in_application (&application, argv[0]);
  g_free (program);

  return status;
}
