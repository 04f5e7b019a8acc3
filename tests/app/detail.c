/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The detail of a fetch, in the real window: the forms in which a body is shown, and what
 * of it can be copied.
 */

#include <curl/curl.h>
#include <string.h>

#include "../backgroundcall/gate.h"
#include "app/morsel-connection-row.h"
#include "app/morsel-fetch-detail.h"
#include "app/morsel-picture-view.h"
#include "app/morsel-preview.h"
#include "hands.h"
#include "in-application.h"
#include "window-fixture.h"

static MorselApplication *application;

/* All that is clicked on can be seen. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  set_window_size (1000, 820);
  window_fixture_set_up (fixture, data);
}

static GtkWidget *
get_detail (Fixture *fixture)
{
  return eyes_find_type (GTK_WIDGET (fixture->window), MORSEL_TYPE_FETCH_DETAIL);
}

static GtkWidget *
find_button (Fixture *fixture, const char *name)
{
  return eyes_find_button (get_detail (fixture), name);
}

static void
click_button (Fixture *fixture, const char *name)
{
  iterate_until (find_button (fixture, name) != NULL);
  hands_click (find_button (fixture, name));
}

static MorselFetch *
get_last_fetch (Fixture *fixture)
{
  return get_fetch (fixture, count_fetches (fixture) - 1);
}

static gboolean
is_monospace (GtkWidget *widget, gconstpointer data G_GNUC_UNUSED)
{
  return GTK_IS_LABEL (widget) && gtk_widget_has_css_class (widget, "monospace");
}

static const char *
get_preview (Fixture *fixture)
{
  GtkWidget *label = get_detail (fixture) != NULL
                         ? eyes_find (get_detail (fixture), is_monospace, NULL)
                         : NULL;

  return label != NULL ? gtk_label_get_label (GTK_LABEL (label)) : NULL;
}

static gboolean
shows (Fixture *fixture, const char *start)
{
  return get_preview (fixture) != NULL && g_str_has_prefix (get_preview (fixture), start);
}

/* Types an address, as who does so sees it then, until it has ended. */
static void
fetch_url (Fixture *fixture, const char *url)
{
  GListModel *fetches = morsel_window_get_fetches (fixture->window);
  guint       n_fetches = g_list_model_get_n_items (fetches);

  hands_press ("ctrl+l");
  hands_press ("ctrl+a");
  hands_type (url);
  hands_press ("Return");
  iterate_until (g_list_model_get_n_items (fetches) > n_fetches);
  iterate_until (morsel_fetch_get_state (get_last_fetch (fixture)) !=
                 MORSEL_FETCH_RUNNING);
  iterate_until (get_detail (fixture) != NULL);
  iterate_until (eyes_find_label (get_detail (fixture), url) != NULL);
  iterate_until (get_preview (fixture) != NULL);
}

static void
fetch (Fixture *fixture, const char *path)
{
  g_autofree char *url = demo_server_get_url (fixture->server, path);

  fetch_url (fixture, url);
}

static GtkPicture *
get_picture (Fixture *fixture)
{
  GtkWidget *view = eyes_find_type (get_detail (fixture), MORSEL_TYPE_PICTURE_VIEW);

  return view != NULL ? GTK_PICTURE (gtk_widget_get_first_child (view)) : NULL;
}

static void
test_picture_on_request (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fetch (fixture, "/picture");
  g_assert_true (shows (fixture, "0000  89 50 4e 47"));
  g_assert_null (get_picture (fixture));
  g_assert_null (find_button (fixture, "Text"));

  click_button (fixture, "Picture");

  iterate_until (get_picture (fixture) != NULL);
  g_assert_cmpstr (gtk_picture_get_alternative_text (get_picture (fixture)), ==,
                   "Picture from 127.0.0.1, 640 × 400");
  g_assert_nonnull (eyes_find_label (get_detail (fixture), "640 × 400"));
  g_assert_null (get_preview (fixture));

  click_button (fixture, "Hex");

  iterate_until (shows (fixture, "0000  89 50 4e 47"));
  g_assert_null (get_picture (fixture));
}

/* A server that sends whoever comes elsewhere: the first time to one address, and then to
 * another. */
typedef struct
{
  const char   *urls[2];
  _Atomic (int) n_visits;
} Crossroads;

/* On a thread of its own. */
static gboolean
send_elsewhere_cb (GThreadedSocketService *service G_GNUC_UNUSED,
                   GSocketConnection      *connection,
                   GObject                *source G_GNUC_UNUSED,
                   gpointer                user_data)
{
  Crossroads      *crossroads = user_data;
  gboolean         is_first = crossroads->n_visits++ == 0;
  GInputStream    *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream   *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autofree char *answer = g_strdup_printf ("HTTP/1.1 302 Found\r\n"
                                             "Location: %s\r\n"
                                             "Content-Length: 0\r\n"
                                             "Connection: close\r\n\r\n",
                                             crossroads->urls[is_first ? 0 : 1]);
  char             request[4096];

  g_assert_cmpint (g_input_stream_read (input, request, sizeof request, NULL, NULL), >,
                   0);
  g_assert_true (
      g_output_stream_write_all (output, answer, strlen (answer), NULL, NULL, NULL));

  return TRUE;
}

/* It is fetched again to be seen, and may come from elsewhere then. */
static void
test_picture_is_from_where_it_came (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GSocketService) service = g_threaded_socket_service_new (1);
  g_autoptr (GError) error = NULL;
  g_autofree char *by_number = demo_server_get_url (fixture->server, "/picture");
  g_autoptr (GString) by_name = g_string_new (by_number);
  g_autofree char *url = NULL;
  Crossroads       crossroads = { 0 };
  guint16          port;

  g_assert_cmpuint (g_string_replace (by_name, "127.0.0.1", "localhost", 1), ==, 1);
  crossroads.urls[0] = by_number;
  crossroads.urls[1] = by_name->str;
  port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (service, "run", G_CALLBACK (send_elsewhere_cb), &crossroads);
  url = g_strdup_printf ("http://127.0.0.1:%d/", port);

  fetch_url (fixture, url);
  g_assert_cmpstr (
      fetch_result_get_url (morsel_fetch_get_result (get_last_fetch (fixture))), ==,
      by_number);
  click_button (fixture, "Picture");
  iterate_until (get_picture (fixture) != NULL);

  g_assert_cmpstr (gtk_picture_get_alternative_text (get_picture (fixture)), ==,
                   "Picture from localhost, 640 × 400");
  g_socket_service_stop (service);
}

/* It is as high as belongs to its width. */
static void
test_picture_has_its_shape (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *picture;
  double     ratio;

  fetch (fixture, "/picture");
  click_button (fixture, "Picture");
  iterate_until (get_picture (fixture) != NULL);
  picture = GTK_WIDGET (get_picture (fixture));
  iterate_until (gtk_widget_get_height (picture) > 100);

  ratio = (double) gtk_widget_get_width (picture) / gtk_widget_get_height (picture);
  g_assert_cmpfloat_with_epsilon (ratio, 1.6, 0.02);
  iterate_until (gtk_widget_get_height (gtk_widget_get_parent (picture)) ==
                 gtk_widget_get_height (picture));
}

/* Each is asked for by itself. */
static void
test_other_fetch_shows_its_bytes (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fetch (fixture, "/picture");
  click_button (fixture, "Picture");
  iterate_until (get_picture (fixture) != NULL);

  fetch (fixture, "/picture?width=640");

  g_assert_true (shows (fixture, "0000  89 50 4e 47"));
  g_assert_null (get_picture (fixture));
}

static void
test_hostile_picture_is_refused (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fetch (fixture, "/picture?width=30000&height=30000");
  click_button (fixture, "Picture");

  iterate_until (eyes_find_label (get_detail (fixture),
                                  "This is not a picture that can be shown.\n"
                                  "It says that it has 30000 × 30000 pixels") != NULL);
  g_assert_false (gtk_widget_get_sensitive (find_button (fixture, "Copy Picture")));

  click_button (fixture, "Hex");
  iterate_until (shows (fixture, "0000  89 50 4e 47"));
}

static void
test_cut_off_picture_is_shown_in_part (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fetch (fixture, "/picture?bytes=30000");
  click_button (fixture, "Picture");

  iterate_until (get_picture (fixture) != NULL);
  g_assert_nonnull (
      eyes_find_label (get_detail (fixture), "This is not all of the picture."));
}

/* It goes, and what it waits for goes with it. */
static void
test_closes_while_a_picture_comes (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GtkWidget *detail;

  fetch (fixture, "/picture?pause=2000");
  click_button (fixture, "Picture");
  iterate_until (eyes_find_label (get_detail (fixture), "Fetching the picture…") != NULL);

  detail = get_detail (fixture);
  g_object_add_weak_pointer (G_OBJECT (detail), (gpointer *) &detail);
  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *) &fixture->window);
  hands_press ("ctrl+w");

  iterate_until (fixture->window == NULL);
  iterate_until (detail == NULL);
}

static void
test_going_back_cancels_a_picture (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fetch (fixture, "/picture?pause=2000");
  click_button (fixture, "Picture");
  iterate_until (eyes_find_label (get_detail (fixture), "Fetching the picture…") != NULL);

  click_button (fixture, "Hex");
  iterate_until (shows (fixture, "0000  89 50 4e 47"));

  click_button (fixture, "Picture");
  iterate_until (get_picture (fixture) != NULL);
}

/* What broke off was going to be more. */
static void
test_all_is_said_of_a_whole_body (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fetch (fixture, "/hello");
  g_assert_nonnull (eyes_find_label (get_detail (fixture), "All "));

  fetch (fixture, "/cut-off");
  g_assert_nonnull (eyes_find_label (get_detail (fixture), "First "));
  g_assert_null (eyes_find_label (get_detail (fixture), "All "));
}

static void
press_until_focused (Fixture *fixture, const char *key, const char *button)
{
  for (int i = 0; i < 30; i++)
    {
      if (gtk_widget_has_focus (find_button (fixture, button)))
        return;
      hands_press (key);
    }

  g_assert_not_reached ();
}

static gboolean
is_active (Fixture *fixture, const char *button)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (find_button (fixture, button)));
}

/* By keys, and for the texts that are looked at then. */
static void
test_text_as_a_hex_dump (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fetch (fixture, "/hello");
  g_assert_true (shows (fixture, "Hello from the demo server"));
  g_assert_true (is_active (fixture, "Text"));
  g_assert_null (find_button (fixture, "Picture"));

  press_until_focused (fixture, "Tab", "Text");
  hands_press ("Right");
  iterate_until (gtk_widget_has_focus (find_button (fixture, "Hex")));
  hands_press ("space");

  iterate_until (shows (fixture, "0000  48 65 6c 6c 6f 20"));
  g_assert_true (is_active (fixture, "Hex"));
  g_assert_false (is_active (fixture, "Text"));

  fetch (fixture, "/missing");
  iterate_until (shows (fixture, "0000  3c 21 44 4f"));

  click_button (fixture, "Text");
  iterate_until (shows (fixture, "<!DOCTYPE html>"));
}

/* Both forms are one stop of the Tab key. */
static void
test_forms_are_one_stop (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  fetch (fixture, "/hello");
  press_until_focused (fixture, "Tab", "Text");

  hands_press ("Tab");

  iterate_until (gtk_widget_has_focus (find_button (fixture, "Copy Preview")));
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(char **) user_data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result,
                                                         NULL);
}

/* What is there after a click on a button, and what is said of it. */
static char *
copy_with (Fixture *fixture, const char *button, const char *said)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (fixture->window));
  char         *text = NULL;

  click_button (fixture, button);
  iterate_until (eyes_find_label (GTK_WIDGET (fixture->window), said) != NULL);
  gdk_clipboard_read_text_async (clipboard, NULL, read_cb, &text);
  iterate_until (text != NULL);

  /* It may be above the next button. */
  iterate_until (eyes_find_label (GTK_WIDGET (fixture->window), said) == NULL);

  return text;
}

static void
test_copied (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *preview = NULL;
  g_autofree char *headers = NULL;
  g_autofree char *timing = NULL;
  g_autofree char *connection = NULL;

  fetch (fixture, "/redirect/1");
  preview = copy_with (fixture, "Copy Preview", "Preview copied");
  headers = copy_with (fixture, "Copy Headers", "Headers copied");
  timing = copy_with (fixture, "Copy Timing", "Timing copied");
  connection = copy_with (fixture, "Copy Connection", "Connection copied");

  g_assert_true (g_str_has_prefix (preview, "Hello from the demo server.\n\nIt"));
  g_assert_nonnull (strstr (headers, "/redirect/1\nHTTP/1.1 302 Found\n"));
  g_assert_nonnull (strstr (headers, "/hello\nHTTP/1.1 200 OK\n"));
  g_assert_nonnull (strstr (headers, "\nContent-Type: text/plain; charset=utf-8\n"));
  g_assert_true (g_str_has_prefix (timing, "Waiting for Its Turn: "));
  g_assert_nonnull (strstr (timing, "\nSecuring: –\n"));
  g_assert_true (g_str_has_prefix (connection, "Address: 127.0.0.1:"));
  g_assert_null (strstr (connection, "Certificate"));
}

/* With the pointer; the way of the Tab key is no longer for it. */
static void
test_charset_can_be_selected (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GdkClipboard    *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (fixture->window));
  g_autofree char *text = NULL;
  GtkWidget       *charset;

  fetch (fixture, "/hello");
  charset = eyes_find_label (get_detail (fixture), "UTF-8");
  press_until_focused (fixture, "Tab", "Text");
  for (int i = 0; i < 3; i++)
    {
      hands_press ("shift+Tab");
      g_assert_false (gtk_widget_has_focus (charset));
    }

  hands_click (charset);
  iterate_until (gtk_widget_has_focus (charset));
  hands_press ("ctrl+a");
  hands_press ("ctrl+c");

  gdk_clipboard_read_text_async (clipboard, NULL, read_cb, &text);
  iterate_until (text != NULL);
  g_assert_cmpstr (text, ==, "UTF-8");
}

static void
copied_picture_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GdkTexture **) user_data = gdk_clipboard_read_texture_finish (GDK_CLIPBOARD (source),
                                                                  result, NULL);
}

static void
test_picture_is_copied (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (fixture->window));
  g_autoptr (GdkTexture) texture = NULL;

  fetch (fixture, "/picture");
  click_button (fixture, "Picture");
  iterate_until (get_picture (fixture) != NULL);
  click_button (fixture, "Copy Picture");
  iterate_until (eyes_find_label (GTK_WIDGET (fixture->window), "Picture copied") !=
                 NULL);
  gdk_clipboard_read_texture_async (clipboard, NULL, copied_picture_cb, &texture);
  iterate_until (texture != NULL);

  g_assert_cmpint (gdk_texture_get_width (texture), ==, 640);
}

/* The same, as if it had come on a secure connection. */
static FetchResult *
secured (FetchResult *result)
{
  g_autoptr (GVariant) plain = g_variant_ref_sink (fetch_result_to_variant (result));
  gsize                 n_children = g_variant_n_children (plain);
  g_autofree GVariant **children = g_new (GVariant *, n_children);
  g_autoptr (GVariant) variant = NULL;

  for (gsize i = 0; i + 1 < n_children; i++)
    children[i] = g_variant_get_child_value (plain, i);
  children[n_children - 1] = g_variant_ref_sink (g_variant_new_parsed (
      "@m(maymaymaymayaayxx) just (just b'TLSv1.3', just b'AES', just b'CN = demo', "
      "just b'CN = authority', [b'demo.example'], 0, 4102444800)"));
  variant = g_variant_ref_sink (g_variant_new_tuple (children, n_children));
  for (gsize i = 0; i < n_children; i++)
    g_variant_unref (children[i]);

  return fetch_result_new_from_variant (variant);
}

static void
test_certificate (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchResult) result = NULL;
  GtkWidget *row;

  fetch (fixture, "/hello");
  result = secured (morsel_fetch_get_result (get_last_fetch (fixture)));
  row = eyes_find_type (get_detail (fixture), MORSEL_TYPE_CONNECTION_ROW);
  morsel_connection_row_set_result (MORSEL_CONNECTION_ROW (row), result);
  hands_click (eyes_find_label (row, "Connection"));

  iterate_until (eyes_find_label (row, "TLSv1.3 · AES") != NULL);
  g_assert_nonnull (eyes_find_label (row, "CN = demo"));
  g_assert_nonnull (eyes_find_label (row, "demo.example"));
  g_assert_nonnull (eyes_find_label (row, "CN = authority"));
  g_assert_nonnull (eyes_find_label (row, "Valid Until"));
}

#define add(path, function) \
  g_test_add (path, Fixture, NULL, set_up, function, window_fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);

  add ("/detail/picture/on-request", test_picture_on_request);
  add ("/detail/picture/is-from-where-it-came", test_picture_is_from_where_it_came);
  add ("/detail/picture/has-its-shape", test_picture_has_its_shape);
  add ("/detail/picture/other-fetch-shows-its-bytes", test_other_fetch_shows_its_bytes);
  add ("/detail/picture/hostile-is-refused", test_hostile_picture_is_refused);
  add ("/detail/picture/cut-off-is-shown-in-part", test_cut_off_picture_is_shown_in_part);
  add ("/detail/picture/window-closes-while-it-comes", test_closes_while_a_picture_comes);
  add ("/detail/picture/going-back-cancels-it", test_going_back_cancels_a_picture);
  add ("/detail/picture/is-copied", test_picture_is_copied);
  add ("/detail/all-is-said-of-a-whole-body", test_all_is_said_of_a_whole_body);
  add ("/detail/hex-dump-of-a-text", test_text_as_a_hex_dump);
  add ("/detail/forms-are-one-stop", test_forms_are_one_stop);
  add ("/detail/copied", test_copied);
  add ("/detail/charset-can-be-selected", test_charset_can_be_selected);
  add ("/detail/certificate", test_certificate);

  return run_tests_in_application (&application, argv[0]);
}
