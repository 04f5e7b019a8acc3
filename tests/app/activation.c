/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the desktop asks of the program over D-Bus, with a window or without one yet. */

#include <adwaita.h>
#include <curl/curl.h>
#include <glib/gstdio.h>

#include "../backgroundcall/gate.h"
#include "app/morsel-application.h"
#include "app/morsel-fetch.h"
#include "demo/demo-server.h"
#include "hands.h"

static MorselApplication *application;

typedef struct
{
  DemoServer *server;
  GtkWindow  *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  fixture->server = demo_server_new (&error);
  g_assert_no_error (error);
  g_assert_null (gtk_application_get_windows (GTK_APPLICATION (application)));
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GList *windows;

  while ((windows = gtk_application_get_windows (GTK_APPLICATION (application))) != NULL)
    gtk_window_destroy (windows->data);
  g_clear_object (&fixture->server);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean *is_answered = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant)
      answer = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  g_assert_no_error (error);
  g_assert_nonnull (answer);
  *is_answered = TRUE;
}

/* As the shell does. The arguments are consumed, if floating. */
static void
ask (Fixture *fixture, const char *method, GVariant *arguments)
{
  GDBusConnection *bus = g_application_get_dbus_connection (G_APPLICATION (application));
  gboolean         is_answered = FALSE;

  g_dbus_connection_call (
      bus, g_dbus_connection_get_unique_name (bus),
      g_application_get_dbus_object_path (G_APPLICATION (application)),
      "org.freedesktop.Application", method, arguments, NULL, G_DBUS_CALL_FLAGS_NONE, -1,
      NULL, answered_cb, &is_answered);
  iterate_until (is_answered);
  iterate_until ((fixture->window = eyes_find_window (MORSEL_TYPE_WINDOW)) != NULL);
}

static void
ask_for_action (Fixture *fixture, const char *name)
{
  ask (fixture, "ActivateAction", g_variant_new_parsed ("(%s, @av [], @a{sv} {})", name));
}

/* Without a window manager, nobody else gives it the focus. */
static void
ask_for_window_with_focus (Fixture *fixture)
{
  ask (fixture, "Activate", g_variant_new_parsed ("(@a{sv} {},)"));
  hands_focus (fixture->window);
}

static GListModel *
get_fetches (Fixture *fixture)
{
  return morsel_window_get_fetches (MORSEL_WINDOW (fixture->window));
}

static void
iterate_until_all_are_done (Fixture *fixture, guint n_fetches)
{
  iterate_until (g_list_model_get_n_items (get_fetches (fixture)) == n_fetches);
  for (guint i = 0; i < n_fetches; i++)
    {
      g_autoptr (MorselFetch) fetch = g_list_model_get_item (get_fetches (fixture), i);

      iterate_until (morsel_fetch_get_state (fetch) == MORSEL_FETCH_DONE);
    }
}

static GdkClipboard *
get_clipboard (void)
{
  return gdk_display_get_clipboard (gdk_display_get_default ());
}

static void
test_window_is_shown (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  ask (fixture, "Activate", g_variant_new_parsed ("(@a{sv} {},)"));

  g_assert_cmpuint (g_list_model_get_n_items (get_fetches (fixture)), ==, 0);
}

/* A file is a list. */
static void
test_addresses_are_opened (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");
  g_autofree char *listed = demo_server_get_url (fixture->server, "/gzip");
  g_autofree char *path = NULL;
  g_autofree char *file = NULL;
  g_autoptr (GError) error = NULL;
  int descriptor = g_file_open_tmp ("morsel-test-XXXXXX.txt", &path, &error);

  g_assert_no_error (error);
  g_close (descriptor, NULL);
  g_file_set_contents (path, listed, -1, &error);
  g_assert_no_error (error);
  file = g_filename_to_uri (path, NULL, NULL);

  ask (fixture, "Open", g_variant_new_parsed ("([%s, %s], @a{sv} {})", url, file));

  iterate_until_all_are_done (fixture, 2);
  g_assert_no_errno (g_unlink (path));
}

static void
test_demo_is_shown (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  ask_for_action (fixture, "demo");

  iterate_until (g_list_model_get_n_items (get_fetches (fixture)) > 5);
}

static void
test_clipboard_is_fetched (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *first = demo_server_get_url (fixture->server, "/hello");
  g_autofree char *second = demo_server_get_url (fixture->server, "/gzip");
  g_autofree char *third = demo_server_get_url (fixture->server, "/binary");
  g_autofree char *text = g_strdup_printf ("%s\n\n%s\n", first, second);

  ask_for_window_with_focus (fixture);
  gdk_clipboard_set_text (get_clipboard (), text);
  ask_for_action (fixture, "paste");
  iterate_until_all_are_done (fixture, 2);

  gdk_clipboard_set_text (get_clipboard (), third);
  ask_for_action (fixture, "paste");
  iterate_until_all_are_done (fixture, 3);
}

static void
test_clipboard_without_text_is_said (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  AdwMessageDialog *dialog;

  ask_for_window_with_focus (fixture);
  gdk_clipboard_set_text (get_clipboard (), " \n");
  ask_for_action (fixture, "paste");
  iterate_until ((dialog = eyes_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);

  g_assert_cmpstr (adw_message_dialog_get_body (dialog), ==,
                   "There is no text in the clipboard.");
  g_assert_cmpuint (g_list_model_get_n_items (get_fetches (fixture)), ==, 0);
}

/* The focus, or the text, comes too late. */
static void
test_window_closes_before_it_is_read (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  gdk_clipboard_set_text (get_clipboard (), "http://localhost:1/");
  ask_for_action (fixture, "paste");
  gtk_window_destroy (fixture->window);

  ask (fixture, "Activate", g_variant_new_parsed ("(@a{sv} {},)"));
  iterate_all ();
  g_assert_cmpuint (g_list_model_get_n_items (get_fetches (fixture)), ==, 0);
}

static int test_status;

static gboolean
run_tests_cb (gpointer user_data G_GNUC_UNUSED)
{
  test_status = g_test_run ();
  g_application_release (G_APPLICATION (application));

  return G_SOURCE_REMOVE;
}

static void
startup_cb (void)
{
  g_application_hold (G_APPLICATION (application));
  g_idle_add (run_tests_cb, NULL);
}

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  char *as_a_service[] = { argv[0], "--gapplication-service", NULL };

  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);

  add ("/activation/window-is-shown", test_window_is_shown);
  add ("/activation/addresses-are-opened", test_addresses_are_opened);
  add ("/activation/demo-is-shown", test_demo_is_shown);
  add ("/activation/clipboard-is-fetched", test_clipboard_is_fetched);
  add ("/activation/clipboard-without-text-is-said", test_clipboard_without_text_is_said);
  add ("/activation/window-closes-before-it-is-read",
       test_window_closes_before_it_is_read);

  application = morsel_application_new ();
  g_signal_connect (application, "startup", G_CALLBACK (startup_cb), NULL);
  g_application_run (G_APPLICATION (application), 2, as_a_service);
  g_object_unref (application);

  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
  curl_global_cleanup ();

  return test_status;
}
