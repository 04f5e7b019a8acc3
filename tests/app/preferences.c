/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The preferences, in the real window, with real keys and a real pointer; and what comes
 * of them for the fetches.
 */

#include <curl/curl.h>
#include <gdk/x11/gdkx.h>
#include <string.h>

#include "../backgroundcall/gate.h"
#include "app/morsel-application.h"
#include "app/morsel-fetch.h"
#include "app/morsel-preferences.h"
#include "app/morsel-settings.h"
#include "demo/demo-server.h"
#include "hands.h"
#include "in-application.h"

static MorselApplication *application;

typedef struct
{
  DemoServer     *server;
  MorselSettings *settings; /* of the same process: what the application has, too */
  MorselWindow   *window;
} Fixture;

static MorselWindow *
open_window (void)
{
  GtkWindow *window;

  g_application_activate (G_APPLICATION (application));
  window = gtk_application_get_active_window (GTK_APPLICATION (application));
  iterate_until (gtk_widget_get_mapped (GTK_WIDGET (window)));
  hands_focus (window);

  return MORSEL_WINDOW (window);
}

static void
close_window (MorselWindow *window)
{
  gtk_window_close (GTK_WINDOW (window));
  iterate_until (gtk_application_get_active_window (GTK_APPLICATION (application)) ==
                 NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSettingsSchema) schema = NULL;
  g_auto (GStrv) keys = NULL;

  fixture->server = demo_server_new (&error);
  g_assert_no_error (error);

  fixture->settings = morsel_settings_new (&error);
  g_assert_no_error (error);
  g_object_get (fixture->settings, "settings-schema", &schema, NULL);
  keys = g_settings_schema_list_keys (schema);
  for (gsize i = 0; keys[i] != NULL; i++)
    g_settings_reset (G_SETTINGS (fixture->settings), keys[i]);
  /* The demo server is not behind a proxy. */
  g_settings_set_enum (G_SETTINGS (fixture->settings), "proxy-mode", MORSEL_PROXY_NONE);

  fixture->window = open_window ();
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  close_window (fixture->window);
  g_clear_object (&fixture->settings);
  g_clear_object (&fixture->server);
}

static gboolean
is_preferences (gconstpointer window, gconstpointer data G_GNUC_UNUSED)
{
  return MORSEL_IS_PREFERENCES ((gpointer) window) &&
         gtk_widget_get_mapped ((GtkWidget *) window);
}

/* NULL if they are not open. */
static GtkWidget *
find_preferences (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *link = windows; link != NULL; link = link->next)
    if (is_preferences (link->data, NULL))
      return link->data;

  return NULL;
}

static GtkWidget *
open_preferences (void)
{
  hands_press ("ctrl+comma");
  iterate_until (find_preferences () != NULL);
  hands_focus (GTK_WINDOW (find_preferences ()));

  return find_preferences ();
}

/* Escape may mean something else where the focus is; there is a test of its own for it.
 */
static void
close_preferences (void)
{
  gtk_window_close (GTK_WINDOW (find_preferences ()));
  iterate_until (find_preferences () == NULL);
}

static void
open_page (GtkWidget *preferences, const char *title, const char *first_group)
{
  GtkWidget *label = eyes_find_label (preferences, title);

  g_assert_nonnull (label);
  hands_click (label);
  iterate_until (eyes_find_label (preferences, first_group) != NULL);
}

static gboolean
is_row_titled (GtkWidget *widget, gconstpointer title)
{
  return ADW_IS_PREFERENCES_ROW (widget) &&
         g_strcmp0 (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)),
                    title) == 0;
}

static GtkWidget *
find_row (GtkWidget *preferences, const char *title)
{
  GtkWidget *row = eyes_find (preferences, is_row_titled, title);

  g_assert_nonnull (row);

  return row;
}

static GtkWidget *
find_text (GtkWidget *row)
{
  GtkWidget *text = eyes_find_type (row, GTK_TYPE_TEXT);

  g_assert_nonnull (text);

  return text;
}

/* Clicks into a row, and types in the place of what is in it. */
static GtkWidget *
type_into (GtkWidget *preferences, const char *title, const char *text)
{
  GtkWidget *row = find_row (preferences, title);

  hands_click (find_text (row));
  hands_press ("ctrl+a");
  hands_press ("BackSpace");
  hands_type (text);

  return row;
}

static const char *
text_of (GtkWidget *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (find_text (row)));
}

static MorselFetch *
fetch (Fixture *fixture, const char *path)
{
  GListModel      *fetches = morsel_window_get_fetches (fixture->window);
  g_autofree char *url = demo_server_get_url (fixture->server, path);
  g_autoptr (GError) error = NULL;
  g_autoptr (MorselFetch) new_fetch = NULL;

  morsel_window_fetch (fixture->window, url, &error);
  g_assert_no_error (error);
  new_fetch = g_list_model_get_item (fetches, g_list_model_get_n_items (fetches) - 1);

  return new_fetch;
}

static char *
fetch_first_bytes (Fixture *fixture, const char *path)
{
  MorselFetch  *done = fetch (fixture, path);
  gsize         size;
  gconstpointer bytes;

  iterate_until (morsel_fetch_get_state (done) == MORSEL_FETCH_DONE);
  bytes = g_bytes_get_data (fetch_result_get_first_bytes (morsel_fetch_get_result (done)),
                            &size);

  return g_strndup (bytes, size);
}

static void
test_number_counts_for_the_next_fetch (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *before = fetch_first_bytes (fixture, "/hello");
  g_autofree char *after = NULL;
  GtkWidget       *preferences = open_preferences ();
  GtkWidget       *row;

  open_page (preferences, "Fetching", "Preview");
  row = type_into (preferences, "Bytes to Show", "17");
  iterate_until (g_str_equal (text_of (row), "17"));
  close_preferences ();

  after = fetch_first_bytes (fixture, "/hello");
  g_assert_cmpuint (strlen (before), >, 17);
  g_assert_cmpuint (strlen (after), ==, 17);
}

static void
test_number_out_of_range_stays_to_be_mended (Fixture      *fixture,
                                             gconstpointer data G_GNUC_UNUSED)
{
  static const char *const refused[] = { "0", "65537", "99999999999999999999", "" };
  GSettings               *settings = G_SETTINGS (fixture->settings);
  GtkWidget               *preferences = open_preferences ();
  GtkWidget               *row;

  open_page (preferences, "Fetching", "Preview");
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      row = type_into (preferences, "Bytes to Show", refused[i]);
      iterate_until (g_str_equal (text_of (row), refused[i]));
      g_assert_true (gtk_widget_has_css_class (row, "error"));
      g_assert_nonnull (eyes_find_label (row, "Type a number from 1 to 65536."));

      /* Nor does it go when the focus does. */
      hands_press ("Tab");
      iterate_until (!gtk_widget_has_focus (find_text (row)));
      g_assert_cmpstr (text_of (row), ==, refused[i]);
      g_assert_true (gtk_widget_has_css_class (row, "error"));
      g_assert_cmpuint (g_settings_get_uint (settings, "preview-bytes"), ==, 500);
    }

  type_into (preferences, "Bytes to Show", "65536");
  hands_press ("Return");
  iterate_until (g_settings_get_uint (settings, "preview-bytes") == 65536);
  g_assert_false (gtk_widget_has_css_class (row, "error"));
  g_assert_null (eyes_find_label (row, "Type a number"));
  g_assert_nonnull (eyes_find_label (row, "From the start"));

  close_preferences ();
}

static void
test_wheel_changes_no_number (Fixture      *fixture G_GNUC_UNUSED,
                              gconstpointer data G_GNUC_UNUSED)
{
  const char *const wheel[] = { "xdotool", "click", "4", NULL };
  GtkWidget        *preferences = open_preferences ();
  GtkWidget        *row;

  open_page (preferences, "Fetching", "Preview");
  row = find_row (preferences, "Bytes to Show");
  hands_click (find_text (row));
  hands_run (wheel);

  /* After it has been seen. */
  hands_press ("End");
  hands_type ("0");
  iterate_until (strlen (text_of (row)) == 4);
  g_assert_cmpstr (text_of (row), ==, "5000");

  close_preferences ();
}

static gboolean
has_begun (MorselFetch *some_fetch)
{
  return morsel_fetch_get_progress (some_fetch).received > 0;
}

static void
test_limit_counts_for_those_that_wait (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  MorselFetch *first, *second, *third;
  GtkWidget   *preferences;

  g_settings_set_uint (G_SETTINGS (fixture->settings), "jobs-per-host", 1);
  first = fetch (fixture, "/stall");
  second = fetch (fixture, "/stall");
  third = fetch (fixture, "/stall");
  iterate_until (has_begun (first));
  g_assert_cmpint (morsel_fetch_get_progress (second).phase, ==, FETCH_PHASE_QUEUED);

  preferences = open_preferences ();
  open_page (preferences, "Fetching", "Preview");
  type_into (preferences, "Fetches at Once per Host", "2");
  hands_press ("Return");
  iterate_until (has_begun (second));
  g_assert_cmpint (morsel_fetch_get_progress (third).phase, ==, FETCH_PHASE_QUEUED);

  type_into (preferences, "Fetches at Once per Host", "3");
  hands_press ("Tab");
  iterate_until (has_begun (third));

  close_preferences ();
}

static void
test_bounds_of_a_host_count (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest) request = fetch_request_new ("http://example.org/", NULL);
  GSettings       *settings = G_SETTINGS (fixture->settings);
  GtkWidget       *preferences = open_preferences ();
  gint64           start;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  open_page (preferences, "Fetching", "Preview");
  type_into (preferences, "Delay per Host", "700");
  hands_press ("Return");
  iterate_until (g_settings_get_uint (settings, "delay") == 700);
  close_preferences ();

  g_settings_set_uint (settings, "header-timeout", 7);
  g_settings_set_uint (settings, "min-speed", 0);
  g_assert_true (morsel_settings_apply (fixture->settings, request, NULL));
  g_assert_cmpint (fetch_request_get_header_timeout (request), ==,
                   7 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (fetch_request_get_min_speed (request), ==, 0);

  start = g_get_monotonic_time ();
  first = fetch_first_bytes (fixture, "/hello");
  second = fetch_first_bytes (fixture, "/hello");
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 700 * G_TIME_SPAN_MILLISECOND);
}

static void
test_appearance_is_applied_at_once (Fixture      *fixture G_GNUC_UNUSED,
                                    gconstpointer data G_GNUC_UNUSED)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  GtkWidget       *preferences = open_preferences ();

  g_assert_false (adw_style_manager_get_dark (style));

  hands_click (find_row (preferences, "Style"));
  iterate_until (eyes_find_label (preferences, "Dark") != NULL);
  hands_press ("End");
  hands_press ("Return");
  iterate_until (adw_style_manager_get_dark (style));
  /* The list is closed, and does not take the next key. */
  iterate_until (eyes_find_label (preferences, "Light") == NULL);

  close_preferences ();
}

static void
test_proxy_that_is_none_stays_to_be_mended (Fixture      *fixture,
                                            gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    const char *text;
    const char *message;
  } refused[] = {
    { "ftp://proxy.example.org", "This is not the address of a proxy server." },
    { "two words", "This is not the address of a proxy server." },
    { "http://me:secret@proxy.example.org", "A user name or a password can’t be kept" },
  };
  GSettings *settings = G_SETTINGS (fixture->settings);
  GtkWidget *preferences;

  g_settings_set_enum (settings, "proxy-mode", MORSEL_PROXY_MANUAL);
  g_settings_set_string (settings, "proxy", "http://before.example.org:8080");
  preferences = open_preferences ();
  open_page (preferences, "Network", "Protocol");

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      GtkWidget       *row = type_into (preferences, "Proxy Address", refused[i].text);
      g_autofree char *setting = NULL;

      hands_press ("Return");
      iterate_until (eyes_find_label (preferences, refused[i].message) != NULL);
      g_assert_true (gtk_widget_has_css_class (row, "error"));
      g_assert_cmpstr (text_of (row), ==, refused[i].text);
      setting = g_settings_get_string (settings, "proxy");
      g_assert_cmpstr (setting, ==, "http://before.example.org:8080");

      /* Mending begins with a key. */
      hands_press ("End");
      hands_type ("x");
      iterate_until (eyes_find_label (preferences, refused[i].message) == NULL);
      g_assert_false (gtk_widget_has_css_class (row, "error"));
    }

  close_preferences ();
}

static gboolean
is_set (GSettings *settings, const char *key)
{
  g_autoptr (GVariant) value = g_settings_get_user_value (settings, key);

  return value != NULL;
}

static void
test_proxy_is_used (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GSettings       *settings = G_SETTINGS (fixture->settings);
  g_autofree char *proxy = demo_server_get_url (fixture->server, "");
  g_autofree char *setting = NULL;
  GtkWidget       *preferences;
  MorselFetch     *done;

  g_settings_set_enum (settings, "proxy-mode", MORSEL_PROXY_MANUAL);
  preferences = open_preferences ();
  open_page (preferences, "Network", "Protocol");
  type_into (preferences, "Proxy Address", proxy);
  hands_press ("Return");
  iterate_until (is_set (settings, "proxy"));
  setting = g_settings_get_string (settings, "proxy");
  g_assert_cmpstr (setting, ==, proxy);
  close_preferences ();

  /* The server answers in the name of one that does not exist. */
  g_assert_true (morsel_window_fetch (fixture->window, "http://nobody.test/", NULL));
  done = g_list_model_get_item (morsel_window_get_fetches (fixture->window), 0);
  iterate_until (morsel_fetch_get_state (done) == MORSEL_FETCH_REFUSED);
  g_assert_cmpint (fetch_result_get_status (morsel_fetch_get_result (done)), ==, 404);
  g_object_unref (done);
}

static void
test_missing_proxy_is_said_and_nobody_is_asked (Fixture      *fixture,
                                                gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");
  g_autoptr (GError) error = NULL;

  g_settings_set_enum (G_SETTINGS (fixture->settings), "proxy-mode", MORSEL_PROXY_MANUAL);

  g_assert_false (morsel_window_fetch (fixture->window, url, &error));
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_BAD_SETTING);
  g_assert_true (g_str_has_prefix (error->message, "Fetches are to go through a proxy"));
  g_assert_cmpuint (
      g_list_model_get_n_items (morsel_window_get_fetches (fixture->window)), ==, 0);
}

static gboolean
has_headers (Fixture *fixture, const char *const *expected)
{
  g_auto (GStrv)
      headers = g_settings_get_strv (G_SETTINGS (fixture->settings), "headers");

  return g_strv_equal ((const char *const *) headers, expected);
}

static void
test_headers_are_added_changed_and_removed (Fixture      *fixture,
                                            gconstpointer data G_GNUC_UNUSED)
{
  const char *const first[] = { "X-Taste: good", NULL };
  const char *const both[] = { "X-Taste: good", "Accept-Language: de", NULL };
  const char *const changed[] = { "X-Taste: sour", "Accept-Language: de", NULL };
  const char *const second[] = { "Accept-Language: de", NULL };
  GtkWidget        *preferences = open_preferences ();
  g_autofree char  *echo = NULL;
  g_autofree char  *last_echo = NULL;

  open_page (preferences, "Network", "Protocol");
  type_into (preferences, "Add a Header", "X-Taste: good");
  hands_press ("Return");
  iterate_until (has_headers (fixture, first));

  /* The next can be typed right away. */
  iterate_until (*text_of (find_row (preferences, "Add a Header")) == '\0');
  hands_type ("Accept-Language: de");
  hands_press ("Return");
  iterate_until (has_headers (fixture, both));

  type_into (preferences, "Header", "X-Taste: sour");
  hands_press ("Return");
  iterate_until (has_headers (fixture, changed));
  echo = fetch_first_bytes (fixture, "/echo");
  g_assert_nonnull (strstr (echo, "X-Taste: sour\r\n"));
  g_assert_nonnull (strstr (echo, "Accept-Language: de\r\n"));

  hands_click (eyes_find_button (preferences, "Remove This Header"));
  iterate_until (eyes_find_label (preferences, "Header removed") != NULL);
  g_assert_true (has_headers (fixture, second));
  last_echo = fetch_first_bytes (fixture, "/echo");
  g_assert_null (strstr (last_echo, "X-Taste"));

  hands_click (eyes_find_label (preferences, "_Undo"));
  iterate_until (
      g_str_equal (text_of (find_row (preferences, "Header")), "X-Taste: sour"));
  g_assert_true (has_headers (fixture, changed));

  close_preferences ();
}

static void
test_header_that_is_none_stays_to_be_mended (Fixture      *fixture,
                                             gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    const char *text;
    const char *message;
  } refused[] = {
    { "no colon", "This is not a header field." },
    { "two words: x", "This is not a header field." },
    { "authorization: Basic c2VjcmV0", "“Authorization” is a secret" },
    { "Cookie: taste=good", "“Cookie” is a secret" },
  };
  const char *const none[] = { NULL };
  GtkWidget        *preferences = open_preferences ();

  open_page (preferences, "Network", "Protocol");
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      GtkWidget *row = type_into (preferences, "Add a Header", refused[i].text);

      hands_press ("Return");
      iterate_until (eyes_find_label (preferences, refused[i].message) != NULL);
      g_assert_true (gtk_widget_has_css_class (row, "error"));
      g_assert_cmpstr (text_of (row), ==, refused[i].text);
      g_assert_true (has_headers (fixture, none));
    }

  close_preferences ();
}

static void
test_secrets_from_elsewhere_are_not_sent (Fixture      *fixture,
                                          gconstpointer data G_GNUC_UNUSED)
{
  const char *const headers[] = { "Authorization: Basic c2VjcmV0", "no colon",
                                  "X-Taste: good", NULL };
  g_autofree char  *echo = NULL;

  g_settings_set_strv (G_SETTINGS (fixture->settings), "headers", headers);

  echo = fetch_first_bytes (fixture, "/echo");
  g_assert_nonnull (strstr (echo, "X-Taste: good\r\n"));
  g_assert_null (strstr (echo, "c2VjcmV0"));
}

static void
resize (GtkWindow *window, const char *width, const char *height)
{
  GdkSurface      *surface = gtk_native_get_surface (GTK_NATIVE (window));
  g_autofree char *id = g_strdup_printf ("%lu", gdk_x11_surface_get_xid (surface));
  const char      *arguments[] = { "xdotool", "windowsize", id, width, height, NULL };

  hands_run (arguments);
}

static void
test_window_is_as_large_as_it_was (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *window = GTK_WIDGET (fixture->window);
  int        first_width, width, height;

  iterate_until (gtk_widget_get_width (window) > 0);
  first_width = gtk_widget_get_width (window);

  resize (GTK_WINDOW (window), "700", "500");
  iterate_until (gtk_widget_get_width (window) < first_width);
  width = gtk_widget_get_width (window);
  height = gtk_widget_get_height (window);
  close_window (fixture->window);

  fixture->window = open_window ();
  window = GTK_WIDGET (fixture->window);
  iterate_until (gtk_widget_get_width (window) > 0);
  g_assert_cmpint (gtk_widget_get_width (window), ==, width);
  g_assert_cmpint (gtk_widget_get_height (window), ==, height);
}

static void
test_found_by_search (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *preferences = open_preferences ();

  hands_press ("ctrl+f");
  hands_type ("redirects");
  iterate_until (eyes_find_label (preferences, "Redirects to Follow") != NULL);
  iterate_until (eyes_find_label (preferences, "Bytes to Show") == NULL);
  hands_press ("Escape");

  close_preferences ();
}

static void
test_open_once_while_the_program_is_started_again (Fixture      *fixture,
                                                   gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *preferences = open_preferences ();

  g_application_activate (G_APPLICATION (application));
  g_action_group_activate_action (G_ACTION_GROUP (application), "preferences", NULL);
  iterate_until (gtk_window_is_active (GTK_WINDOW (preferences)));
  hands_press ("ctrl+comma");

  hands_press ("Escape");
  iterate_until (find_preferences () == NULL);
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (fixture->window)));
}

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);

  add ("/preferences/found-by-search", test_found_by_search);
  add ("/preferences/open-once-while-the-program-is-started-again",
       test_open_once_while_the_program_is_started_again);
  add ("/preferences/number/counts-for-the-next-fetch",
       test_number_counts_for_the_next_fetch);
  add ("/preferences/number/out-of-range-stays-to-be-mended",
       test_number_out_of_range_stays_to_be_mended);
  add ("/preferences/number/wheel-changes-none", test_wheel_changes_no_number);
  add ("/preferences/limit-counts-for-those-that-wait",
       test_limit_counts_for_those_that_wait);
  add ("/preferences/bounds-of-a-host-count", test_bounds_of_a_host_count);
  add ("/preferences/appearance-is-applied-at-once", test_appearance_is_applied_at_once);
  add ("/preferences/proxy/that-is-none-stays-to-be-mended",
       test_proxy_that_is_none_stays_to_be_mended);
  add ("/preferences/proxy/is-used", test_proxy_is_used);
  add ("/preferences/proxy/missing-is-said-and-nobody-is-asked",
       test_missing_proxy_is_said_and_nobody_is_asked);
  add ("/preferences/headers/added-changed-and-removed",
       test_headers_are_added_changed_and_removed);
  add ("/preferences/headers/that-is-none-stays-to-be-mended",
       test_header_that_is_none_stays_to_be_mended);
  add ("/preferences/headers/secrets-from-elsewhere-are-not-sent",
       test_secrets_from_elsewhere_are_not_sent);
  add ("/preferences/window-is-as-large-as-it-was", test_window_is_as_large_as_it_was);

  return run_tests_in_application (&application, argv[0]);
}
