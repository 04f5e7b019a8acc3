/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The real window in Arabic: all is the other way round, but for the addresses.
 */

#include <curl/curl.h>
#include <glib/gi18n.h>
#include <locale.h>

#include "../backgroundcall/gate.h"
#include "app/morsel-application.h"
#include "app/morsel-isolate.h"
#include "hands.h"
#include "in-application.h"

static MorselApplication *application;

typedef struct
{
  GtkWindow *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_application_activate (G_APPLICATION (application));
  fixture->window = gtk_application_get_active_window (GTK_APPLICATION (application));
  iterate_until (gtk_widget_get_mapped (GTK_WIDGET (fixture->window)));
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  gtk_window_close (fixture->window);
  iterate_until (gtk_application_get_active_window (GTK_APPLICATION (application)) ==
                 NULL);
}

/* As long as nobody has translated the program, or GTK, there is nothing to see. */
static gboolean
is_translated (void)
{
  if (g_str_equal (_ ("See What Is There"), "See What Is There"))
    g_test_skip ("there is no translation into Arabic");
  else if (g_str_equal (g_dgettext ("gtk40", "default:LTR"), "default:LTR"))
    g_test_skip ("there is no translation of GTK into Arabic");
  else
    return TRUE;

  return FALSE;
}

static void
test_window_is_the_other_way_round (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  if (is_translated ())
    g_assert_cmpint (gtk_widget_get_direction (GTK_WIDGET (fixture->window)), ==,
                     GTK_TEXT_DIR_RTL);
}

static void
test_window_is_translated (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  if (is_translated ())
    iterate_until (
        eyes_find_label (GTK_WIDGET (fixture->window), _ ("See What Is There")) != NULL);
}

static void
test_back_is_to_the_right (Fixture      *fixture G_GNUC_UNUSED,
                           gconstpointer data G_GNUC_UNUSED)
{
  g_auto (GStrv) accelerators = gtk_application_get_accels_for_action (
      GTK_APPLICATION (application), "win.back");

  if (is_translated ())
    g_assert_cmpstr (accelerators[0], ==, "<Alt>Right");
}

static void
assert_isolated (const char *text, const char *expected)
{
  g_autofree char *isolated = morsel_isolate_foreign_words (text);

  g_assert_cmpstr (isolated, ==, expected);
}

#define FSI "\u2068"
#define PDI "\u2069"

static void
test_addresses_are_isolated (Fixture      *fixture G_GNUC_UNUSED,
                             gconstpointer data G_GNUC_UNUSED)
{
  const GtkTextDirection direction = gtk_widget_get_default_direction ();

  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
  assert_isolated ("example.org", "example.org");

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  assert_isolated ("لا يوجد مضيف", "لا يوجد مضيف");
  assert_isolated ("المضيف example.org:8080/ غير متاح.",
                   "المضيف " FSI "example.org:8080/" PDI " غير متاح.");
  assert_isolated ("«http://[::1]/» ليس عنوانًا",
                   "«" FSI "http://[::1]/" PDI "» ليس عنوانًا");
  assert_isolated ("حدث خطأ (could not connect)",
                   "حدث خطأ (" FSI "could not connect" PDI ")");
  assert_isolated ("", "");

  gtk_widget_set_default_direction (direction);
}

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, argv[1]);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  curl_global_init (CURL_GLOBAL_DEFAULT);

  add ("/right-to-left/window", test_window_is_the_other_way_round);
  add ("/right-to-left/translated", test_window_is_translated);
  add ("/right-to-left/back", test_back_is_to_the_right);
  add ("/right-to-left/addresses-are-isolated", test_addresses_are_isolated);

  return run_tests_in_application (&application, argv[0]);
}
