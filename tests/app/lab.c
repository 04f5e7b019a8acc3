/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The Lab, in the real program, driven with real keys and a real pointer: what it says of
 * each way to fetch a page is so.
 */

#include <adwaita.h>
#include <curl/curl.h>
#include <string.h>

#include "../backgroundcall/gate.h"
#include "app/lab/lab-ways.h"
#include "app/lab/morsel-lab-window.h"
#include "app/morsel-application.h"
#include "demo/demo-server.h"
#include "hands.h"
#include "in-application.h"

#define MAIN_THREAD "lab-main-thread.c"
#define BUSY_POLL "lab-busy-poll.c"
#define BACKGROUND_CALL "lab-background-call.c"

static MorselApplication *application;
static const char        *source_folder;

typedef struct
{
  GtkWindow       *window;
  MorselLabWindow *lab;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_application_activate (G_APPLICATION (application));
  iterate_until ((fixture->window = eyes_find_window (MORSEL_TYPE_WINDOW)) != NULL);

  g_action_group_activate_action (G_ACTION_GROUP (application), "lab", NULL);
  iterate_until ((fixture->lab = eyes_find_window (MORSEL_TYPE_LAB_WINDOW)) != NULL);
  hands_focus (GTK_WINDOW (fixture->lab));
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  if (fixture->lab != NULL)
    gtk_window_destroy (GTK_WINDOW (fixture->lab));
  if (fixture->window != NULL)
    gtk_window_destroy (fixture->window);
  iterate_until (gtk_application_get_windows (GTK_APPLICATION (application)) == NULL);
}

static gboolean
is_card_of (GtkWidget *widget, gconstpointer source)
{
  return MORSEL_IS_LAB_CARD (widget) &&
         g_str_equal (morsel_lab_card_get_way (MORSEL_LAB_CARD (widget))->source, source);
}

static MorselLabCard *
get_card (Fixture *fixture, const char *source)
{
  return MORSEL_LAB_CARD (eyes_find (GTK_WIDGET (fixture->lab), is_card_of, source));
}

static GtkWidget *
get_button (Fixture *fixture, const char *source)
{
  return eyes_find_type (GTK_WIDGET (get_card (fixture, source)), GTK_TYPE_BUTTON);
}

static guint
count_gaps (MorselLabCard *card)
{
  return morsel_frame_gaps_get_n_gaps (morsel_lab_card_get_gaps (card));
}

static gboolean
shows (MorselLabCard *card, const char *start)
{
  return eyes_find_label (GTK_WIDGET (card), start) != NULL;
}

static void
assert_numbers_are_shown (MorselLabCard *card)
{
  iterate_until (shows (card, "4.0\u00a0kB in "));
  iterate_until (!shows (card, "–"));
}

static AdwMessageDialog *
press_run_and_see_the_warning (Fixture *fixture)
{
  AdwMessageDialog *dialog;

  hands_click (get_button (fixture, MAIN_THREAD));
  iterate_until ((dialog = eyes_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  hands_focus (GTK_WINDOW (dialog));

  return dialog;
}

static void
test_main_thread_freezes_after_a_warning (Fixture      *fixture,
                                          gconstpointer data G_GNUC_UNUSED)
{
  MorselLabCard    *card = get_card (fixture, MAIN_THREAD);
  AdwMessageDialog *dialog = press_run_and_see_the_warning (fixture);

  g_assert_true (shows (card, "Not run yet"));
  hands_click (eyes_find_button (GTK_WIDGET (dialog), "_Freeze It"));

  assert_numbers_are_shown (card);
  g_assert_cmpuint (count_gaps (card), ==, 1);
  g_assert_cmpint (morsel_frame_gaps_get_worst (morsel_lab_card_get_gaps (card)), >=,
                   2 * G_TIME_SPAN_SECOND);
  g_assert_null (eyes_find_window (ADW_TYPE_MESSAGE_DIALOG));
}

static void
test_warning_is_heeded (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  MorselLabCard *card = get_card (fixture, MAIN_THREAD);

  press_run_and_see_the_warning (fixture);
  g_assert_false (gtk_widget_get_sensitive (get_button (fixture, BUSY_POLL)));
  hands_press ("Escape");

  iterate_until (eyes_find_window (ADW_TYPE_MESSAGE_DIALOG) == NULL);
  iterate_until (gtk_widget_get_sensitive (get_button (fixture, MAIN_THREAD)));
  g_assert_false (morsel_lab_card_is_running (card));
  g_assert_true (shows (card, "Not run yet"));
}

static void
press_run (Fixture *fixture, const char *source)
{
  gtk_widget_activate_action (GTK_WIDGET (fixture->lab), "lab.run", "s", source);
}

/* While it runs there are frames, and nothing else can be run. */
static void
test_window_lives (Fixture *fixture, gconstpointer source)
{
  MorselLabCard *card = get_card (fixture, source);
  guint          n_gaps = 0;

  gtk_widget_grab_focus (get_button (fixture, source));
  press_run (fixture, source);
  g_assert_true (morsel_lab_card_is_running (card));
  g_assert_false (gtk_widget_get_sensitive (get_button (fixture, MAIN_THREAD)));
  g_assert_false (gtk_widget_get_sensitive (get_button (fixture, BUSY_POLL)));
  g_assert_false (gtk_widget_get_sensitive (get_button (fixture, BACKGROUND_CALL)));

  while (morsel_lab_card_is_running (card))
    {
      n_gaps = count_gaps (card);
      g_main_context_iteration (NULL, TRUE);
    }

  g_assert_cmpuint (n_gaps, >=, 2);
  assert_numbers_are_shown (card);
  g_assert_true (gtk_widget_get_sensitive (get_button (fixture, MAIN_THREAD)));
  g_assert_true (gtk_widget_has_focus (get_button (fixture, source)));
}

static void
count_cb (MorselLabCard *card G_GNUC_UNUSED, int *n)
{
  (*n)++;
}

static void
test_is_run_by_keys_and_again (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  MorselLabCard *card = get_card (fixture, BACKGROUND_CALL);
  int            n_finished = 0;

  g_signal_connect (card, "finished", G_CALLBACK (count_cb), &n_finished);
  gtk_widget_grab_focus (get_button (fixture, BACKGROUND_CALL));

  hands_press ("space");
  iterate_until (n_finished == 1);
  assert_numbers_are_shown (card);

  hands_press ("space");
  iterate_until (n_finished == 2);
  assert_numbers_are_shown (card);
  g_signal_handlers_disconnect_by_func (card, count_cb, &n_finished);
}

static void
test_source_is_that_of_the_program (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const sources[] = { MAIN_THREAD, BUSY_POLL, BACKGROUND_CALL };

  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      g_autofree char *path = g_build_filename (source_folder, sources[i], NULL);
      g_autofree char *file = NULL;
      g_autofree char *shown = NULL;
      g_autoptr (GError) error = NULL;
      GtkWidget *view = eyes_find_type (GTK_WIDGET (get_card (fixture, sources[i])),
                                        GTK_TYPE_TEXT_VIEW);

      g_file_get_contents (path, &file, NULL, &error);
      g_assert_no_error (error);
      g_object_get (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), "text", &shown,
                    NULL);
      g_assert_true (g_str_has_prefix (file, "/* SPDX-License-Identifier"));
      g_assert_cmpstr (shown, ==, strchr (file, '\n') + 1);
    }
}

static void
close_and_see_it_go (Fixture *fixture, const char *source)
{
  MorselLabCard *card = get_card (fixture, source);

  g_object_add_weak_pointer (G_OBJECT (card), (gpointer *) &card);
  g_object_add_weak_pointer (G_OBJECT (fixture->lab), (gpointer *) &fixture->lab);
  gtk_window_close (GTK_WINDOW (fixture->lab));

  iterate_until (fixture->lab == NULL && card == NULL);
}

static void
test_closes_while_running (Fixture *fixture, gconstpointer source)
{
  MorselLabCard *card = get_card (fixture, source);

  press_run (fixture, source);
  iterate_until (count_gaps (card) >= 1);
  g_assert_true (morsel_lab_card_is_running (card));

  close_and_see_it_go (fixture, source);
}

static void
test_closes_before_it_begins (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  morsel_lab_card_run (get_card (fixture, BACKGROUND_CALL), "http://127.0.0.1:1/");

  close_and_see_it_go (fixture, BACKGROUND_CALL);
}

static void
test_closes_with_the_warning (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  press_run_and_see_the_warning (fixture);

  close_and_see_it_go (fixture, MAIN_THREAD);

  iterate_until (eyes_find_window (ADW_TYPE_MESSAGE_DIALOG) == NULL);
}

static void
test_quits_while_running (Fixture *fixture, gconstpointer source)
{
  MorselLabCard *card = get_card (fixture, source);

  press_run (fixture, source);
  iterate_until (count_gaps (card) >= 1);
  g_object_add_weak_pointer (G_OBJECT (card), (gpointer *) &card);
  g_action_group_activate_action (G_ACTION_GROUP (application), "quit", NULL);
  fixture->window = NULL;
  fixture->lab = NULL;

  g_assert_null (gtk_application_get_windows (GTK_APPLICATION (application)));
  iterate_until (card == NULL);
}

static void
test_failure_is_said (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  MorselLabCard *card = get_card (fixture, BACKGROUND_CALL);

  morsel_lab_card_run (card, "http://127.0.0.1:1/");
  iterate_until (!morsel_lab_card_is_running (card));

  g_assert_true (shows (card, curl_easy_strerror (CURLE_COULDNT_CONNECT)));
}

/* A server that says nothing would take forever. */
static void
test_ends_whatever_happens (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DemoServer) server = demo_server_new (&error);
  g_autofree char *url = NULL;
  MorselLabCard   *card = get_card (fixture, BACKGROUND_CALL);

  g_assert_no_error (error);
  url = demo_server_get_url (server, "/silence");
  morsel_lab_card_run (card, url);
  iterate_until (!morsel_lab_card_is_running (card));

  g_assert_true (shows (card, curl_easy_strerror (CURLE_OPERATION_TIMEDOUT)));
}

static void
open_from_the_menu (Fixture *fixture)
{
  hands_focus (fixture->window);
  hands_press ("F10");
  hands_press ("l");
}

static void
test_opens_once_from_the_menu (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  MorselLabWindow *lab = fixture->lab;

  open_from_the_menu (fixture);
  iterate_until (gtk_application_get_active_window (GTK_APPLICATION (application)) ==
                 GTK_WINDOW (lab));
  gtk_window_destroy (GTK_WINDOW (lab));
  g_assert_null (eyes_find_window (MORSEL_TYPE_LAB_WINDOW));

  open_from_the_menu (fixture);
  iterate_until ((fixture->lab = eyes_find_window (MORSEL_TYPE_LAB_WINDOW)) != NULL);
}

/* When nobody knows yet where the cards are. */
static void
test_keys_before_it_is_laid_out (void)
{
  MorselLabWindow *lab = morsel_lab_window_new (GTK_APPLICATION (application),
                                                "http://127.0.0.1:1/");
  GtkWidget       *box;
  gboolean         is_handled = FALSE;

  gtk_widget_show (GTK_WIDGET (lab));
  box = eyes_find_type (GTK_WIDGET (lab), GTK_TYPE_FLOW_BOX);
  g_assert_cmpint (gtk_widget_get_width (box), ==, 0);
  g_assert_true (gtk_widget_child_focus (box, GTK_DIR_TAB_FORWARD));
  g_signal_emit_by_name (box, "move-cursor", GTK_MOVEMENT_DISPLAY_LINES, -1, FALSE, FALSE,
                         &is_handled);
  g_assert_true (is_handled);
  g_signal_emit_by_name (box, "move-cursor", GTK_MOVEMENT_PAGES, 1, FALSE, FALSE,
                         &is_handled);
  g_assert_true (is_handled);

  gtk_window_destroy (GTK_WINDOW (lab));
}

#define add(path, data, function) \
  g_test_add (path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);
  g_assert_cmpint (argc, ==, 2);
  source_folder = argv[1];

  add ("/lab/main-thread-freezes-after-a-warning", NULL,
       test_main_thread_freezes_after_a_warning);
  add ("/lab/warning-is-heeded", NULL, test_warning_is_heeded);
  add ("/lab/window-lives/busy-poll", BUSY_POLL, test_window_lives);
  add ("/lab/window-lives/background-call", BACKGROUND_CALL, test_window_lives);
  add ("/lab/is-run-by-keys-and-again", NULL, test_is_run_by_keys_and_again);
  add ("/lab/source-is-that-of-the-program", NULL, test_source_is_that_of_the_program);
  add ("/lab/closes-while-running/busy-poll", BUSY_POLL, test_closes_while_running);
  add ("/lab/closes-while-running/background-call", BACKGROUND_CALL,
       test_closes_while_running);
  add ("/lab/quits-while-running/busy-poll", BUSY_POLL, test_quits_while_running);
  add ("/lab/quits-while-running/background-call", BACKGROUND_CALL,
       test_quits_while_running);
  add ("/lab/closes-before-it-begins", NULL, test_closes_before_it_begins);
  add ("/lab/closes-with-the-warning", NULL, test_closes_with_the_warning);
  add ("/lab/failure-is-said", NULL, test_failure_is_said);
  add ("/lab/ends-whatever-happens", NULL, test_ends_whatever_happens);
  add ("/lab/opens-once-from-the-menu", NULL, test_opens_once_from_the_menu);
  g_test_add_func ("/lab/keys-before-it-is-laid-out", test_keys_before_it_is_laid_out);

  return run_tests_in_application (&application, argv[0]);
}
