/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Whatever a person can do, and an impatient child, at random: keys, clicks anywhere,
 * fetches that are added, cancelled, removed and brought back, windows that are resized,
 * closed and opened, other preferences, colours and directions. What must hold: nothing
 * is complained of, and at the end nothing is left.
 *
 * Each step is said before it is done. The steps depend on the seed only; when what they
 * do arrives, on the machine as well.
 *
 * Usage: test-soak [-m thorough]: for 8 s, or for 60; or for as long as the environment
 * variable MORSEL_SOAK_SECONDS says. --seed repeats the steps.
 */

#include <X11/Xlib.h>
#include <curl/curl.h>
#include <gdk/x11/gdkx.h>
#include <string.h>

#include "../backgroundcall/gate.h"
#include "app/lab/morsel-lab-window.h"
#include "app/morsel-application.h"
#include "app/morsel-fetch.h"
#include "app/morsel-settings.h"
#include "demo/demo-server.h"
#include "fetching.h"
#include "hands.h"

#define MAX_FETCHES 500

static MorselApplication *application;
static int                n_fetches; /* that exist */

/* What a step may depend on. */
typedef struct
{
  guint number;
  guint choice;
  guint a;
  guint b;
  guint c;
} Step;

typedef struct
{
  GRand          *random;
  DemoServer     *server;
  MorselSettings *settings;
  GSubprocess    *hands; /* does what it is told, line by line */
} Soak;

#define say(step, format, ...) \
  g_test_message ("step %u: " format, (step)->number, ##__VA_ARGS__)
#define pick(array, number) ((array)[(number) % G_N_ELEMENTS (array)])

static void G_GNUC_PRINTF (2, 3) tell_hands (Soak *self, const char *format, ...)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  va_list          arguments;

  va_start (arguments, format);
  line = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_output_stream_write_all (g_subprocess_get_stdin_pipe (self->hands), line,
                             strlen (line), NULL, NULL, &error);
  g_assert_no_error (error);
}

/* NULL if there is none. */
static GtkWindow *
pick_window (guint number)
{
  GListModel *windows = gtk_window_get_toplevels ();
  g_autoptr (GPtrArray) shown = g_ptr_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (gtk_widget_get_mapped (window))
        g_ptr_array_add (shown, window);
    }

  return shown->len > 0 ? shown->pdata[number % shown->len] : NULL;
}

static MorselWindow *
get_main_window (void)
{
  return eyes_find_window (MORSEL_TYPE_WINDOW);
}

static void
add_widgets (GtkWidget *widget, GPtrArray *widgets)
{
  if (!gtk_widget_get_mapped (widget))
    return;

  g_ptr_array_add (widgets, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    add_widgets (child, widgets);
}

static GtkWidget *
pick_widget (GtkWindow *window, guint number)
{
  g_autoptr (GPtrArray) widgets = g_ptr_array_new ();

  add_widgets (GTK_WIDGET (window), widgets);

  return widgets->pdata[number % widgets->len];
}

/* Where a place in a widget is on the screen. */
static gboolean
find_on_screen (GtkWidget *widget, double right, double down, int *x, int *y)
{
  GtkNative       *native = gtk_widget_get_native (widget);
  GdkSurface      *surface = gtk_native_get_surface (native);
  GdkDisplay      *display = gdk_surface_get_display (surface);
  graphene_point_t place = GRAPHENE_POINT_INIT (right * gtk_widget_get_width (widget),
                                                down * gtk_widget_get_height (widget));
  double           left, top;
  Window           child;

  if (!gtk_widget_compute_point (widget, GTK_WIDGET (native), &place, &place))
    return FALSE;

  gtk_native_get_surface_transform (native, &left, &top);
  gdk_x11_display_error_trap_push (display);
  XTranslateCoordinates (gdk_x11_display_get_xdisplay (display),
                         gdk_x11_surface_get_xid (surface),
                         gdk_x11_display_get_xrootwindow (display),
                         (int) (place.x + left), (int) (place.y + top), x, y, &child);

  return gdk_x11_display_error_trap_pop (display) == 0 && *x >= 0 && *y >= 0;
}

/* There is no window manager: a window has the keyboard because it takes it. */
static void
focus (GtkWindow *window)
{
  gdk_toplevel_focus (GDK_TOPLEVEL (gtk_native_get_surface (GTK_NATIVE (window))),
                      GDK_CURRENT_TIME);
}

static void
press_keys (Soak *self, const Step *step)
{
  static const char *const keys[] = {
    "Tab",          "shift+Tab",  "Return",   "space",         "Escape",     "Up",
    "Down",         "Left",       "Right",    "Home",          "End",        "Page_Up",
    "Page_Down",    "Delete",     "Menu",     "shift+F10",     "F10",        "F5",
    "BackSpace",    "ctrl+a",     "ctrl+c",   "ctrl+f",        "ctrl+l",     "ctrl+r",
    "ctrl+v",       "ctrl+x",     "ctrl+z",   "ctrl+w",        "ctrl+comma", "shift+Down",
    "ctrl+shift+z", "shift+Home", "alt+Left", "alt+Right",     "alt+f",      "ctrl+space",
    "ctrl+Down",    "ctrl+End",   "Tab Tab",  "ctrl+question",
  };
  GtkWindow *window = pick_window (step->b);

  say (step, "press %s", pick (keys, step->a));
  if (step->c % 4 == 0)
    focus (window);
  tell_hands (self, "key %s\n", pick (keys, step->a));
}

static void
type (Soak *self, const Step *step)
{
  static const char *const texts[] = {
    "hello", "http://127.0.0.1:1/", "two words", "ftp://x/", "500", "-1",
    "e",     "Accept: x",
  };

  say (step, "type %s", pick (texts, step->a));
  tell_hands (self, "type --delay 0 -- '%s'\n", pick (texts, step->a));
}

static void
click (Soak *self, const Step *step)
{
  static const char *const clicks[] = {
    "click 1", "click 1", "click 1", "click 1", "click 1",
    "click 3", "click 2", "click 4", "click 5", "click --repeat 2 --delay 20 1",
  };
  GtkWindow *window = pick_window (step->a);
  GtkWidget *widget = pick_widget (window, step->b);
  int        x, y;

  if (!find_on_screen (widget, step->c % 100 / 100.0, step->c / 100 % 100 / 100.0, &x,
                       &y))
    return;

  say (step, "%s on a %s at %d,%d", pick (clicks, step->c / 10000),
       G_OBJECT_TYPE_NAME (widget), x, y);
  if (step->c / 100000 % 4 == 0)
    focus (window);
  tell_hands (self, "mousemove %d %d\n%s\n", x, y, pick (clicks, step->c / 10000));
}

static char *
pick_url (Soak *self, guint number)
{
  static const char *const paths[] = {
    "/hello",
    "/trickle?steps=20&pause=50",
    "/trickle?bytes=100000&steps=2000&pause=1",
    "/unknown-length",
    "/redirect/3",
    "/redirect/30",
    "/gzip",
    "/binary",
    "/picture",
    "/missing",
    "/stall",
    "/cut-off",
    "/endless",
    "/hostile-text",
    "/long-header?bytes=300000",
    "/many-headers?lines=3000",
    "/silence",
    "/hang-up",
    "/redirect-to-file",
    "/redirect-with-user",
    "/redirect-circle",
    "/broken-gzip",
    "/garbage",
    "/bomb?bytes=1000000",
    "/forged-status",
    "/early-hints",
    "/half-a-header",
    "/redirect-to-garbage",
    "/long-type",
    "/echo",
    "/cookie",
    "/large?bytes=1000000",
    "/breaks-off",
    "/busy",
  };

  return demo_server_get_url (self->server, pick (paths, number));
}

static void
add_fetches (Soak *self, const Step *step)
{
  MorselWindow *window = get_main_window ();
  guint         n = step->c % 50 == 0 ? 200 : step->c % 8 + 1;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) urls = NULL;

  if (window == NULL ||
      g_list_model_get_n_items (morsel_window_get_fetches (window)) > MAX_FETCHES)
    return;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *url = pick_url (self, step->a + i * (step->b % 7));

      g_strv_builder_add (builder, url);
    }
  urls = g_strv_builder_end (builder);

  say (step, "fetch %u, from %s on", n, urls[0]);
  morsel_window_fetch_all (window, (const char *const *) urls);
}

static void
paste_list (Soak *self, const Step *step)
{
  MorselWindow    *window = get_main_window ();
  g_autofree char *first = pick_url (self, step->a);
  g_autofree char *second = pick_url (self, step->b);
  g_autofree char *list = g_strdup_printf ("%s\nno address\n%s\nftp://x/\n%s\n", first,
                                           second, first);

  if (window == NULL)
    return;

  say (step, "paste a list");
  if (step->c % 2 == 0)
    morsel_window_paste (window, list);
  else
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (window)), list);
}

static void
act (const Step *step)
{
  static const char *const actions[] = {
    "win.retry",        "win.cancel",
    "win.remove",       "win.remove",
    "win.undo",         "win.undo",
    "win.clear",        "win.copy-address",
    "win.mend",         "win.copy-curl-command",
    "win.search",       "win.back",
    "win.copy-address", "win.shortcuts",
    "app.lab",          "app.preferences",
    "app.demo",         "app.paste",
  };
  const char *action = pick (actions, step->a);
  GtkWidget  *window = GTK_WIDGET (get_main_window ());

  if (window == NULL)
    return;

  say (step, "%s", action);
  gtk_widget_activate_action (window, action, NULL);
}

static void
run_lab (const Step *step)
{
  static const char *const ways[] = { "lab-background-call.c", "lab-busy-poll.c" };
  GtkWidget               *lab = eyes_find_window (MORSEL_TYPE_LAB_WINDOW);

  if (lab == NULL)
    return;

  say (step, "run %s", pick (ways, step->a));
  gtk_widget_activate_action (lab, "lab.run", "s", pick (ways, step->a));
}

static void
select_fetches (const Step *step)
{
  GtkWidget         *window = GTK_WIDGET (get_main_window ());
  GtkWidget         *list;
  GtkSelectionModel *model;
  guint              n_items;

  if (window == NULL || (list = eyes_find_type (window, GTK_TYPE_LIST_VIEW)) == NULL)
    return;

  model = gtk_list_view_get_model (GTK_LIST_VIEW (list));
  n_items = g_list_model_get_n_items (G_LIST_MODEL (model));
  if (n_items == 0)
    return;

  say (step, "select, from %u of %u on", step->a % n_items, n_items);
  gtk_selection_model_select_range (model, step->a % n_items,
                                    MIN (step->b % 5 + 1, n_items - step->a % n_items),
                                    step->c % 3 > 0);
}

static void
search (const Step *step)
{
  static const char *const texts[] = { "", "", "e", "trickle", "127", "nothing" };
  GtkWidget               *window = GTK_WIDGET (get_main_window ());
  GtkWidget               *entry = NULL;

  if (window != NULL)
    entry = eyes_find_type (window, GTK_TYPE_SEARCH_ENTRY);
  if (entry == NULL)
    return;

  say (step, "search for “%s”", pick (texts, step->a));
  gtk_editable_set_text (GTK_EDITABLE (entry), pick (texts, step->a));
}

static void
resize (const Step *step)
{
  GtkWindow *window = pick_window (step->a);
  int        width = 360 + step->b % 900;
  int        height = 294 + step->c % 560;

  say (step, "resize a %s to %d × %d", G_OBJECT_TYPE_NAME (window), width, height);
  gtk_window_set_default_size (window, width, height);
}

static void
change_settings (Soak *self, const Step *step)
{
  GSettings *settings = G_SETTINGS (self->settings);

  say (step, "change setting %u", step->a % 11);
  switch (step->a % 11)
    {
    case 0:
      g_settings_set_uint (settings, "preview-bytes", step->b % 3000 + 1);
      break;
    case 1:
      g_settings_set_uint (settings, "jobs", step->b % 64 + 1);
      break;
    case 2:
      g_settings_set_uint (settings, "jobs-per-host", step->b % 16 + 1);
      break;
    case 3:
      g_settings_set_boolean (settings, "stop-after-preview", step->b % 2);
      break;
    case 4:
      g_settings_set_uint (settings, "max-redirects", step->b % 12);
      break;
    case 5:
      g_settings_set_uint (settings, "stall-timeout", step->b % 3);
      break;
    case 6:
      g_settings_set_boolean (settings, "show-frame-meter", step->b % 2);
      break;
    case 7:
      g_settings_set_boolean (settings, "keep-history", step->b % 2);
      break;
    case 8:
      g_settings_set_enum (settings, "sort-by", step->b % 6);
      break;
    case 9:
      g_settings_set_boolean (settings, "sort-descending", step->b % 2);
      break;
    default:
      g_settings_set_uint (settings, "total-timeout", step->b % 30);
    }
}

static void
change_looks (const Step *step)
{
  static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_FORCE_LIGHT,
                                            ADW_COLOR_SCHEME_FORCE_DARK };
  GtkSettings                *settings = gtk_settings_get_default ();

  say (step, "change look %u", step->a % 3);
  switch (step->a % 3)
    {
    case 0:
      adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                          pick (schemes, step->b));
      break;
    case 1:
      gtk_widget_set_default_direction (step->b % 2 ? GTK_TEXT_DIR_RTL
                                                    : GTK_TEXT_DIR_LTR);
      break;
    default:
      g_object_set (settings, "gtk-xft-dpi", step->b % 2 ? 96 * 1024 : 144 * 1024, NULL);
    }
}

static void
close_window (const Step *step)
{
  GtkWindow *window = pick_window (step->a);

  say (step, "close a %s", G_OBJECT_TYPE_NAME (window));
  gtk_window_close (window);
}

static void
take_step (Soak *self, const Step *step)
{
  guint choice = step->choice % 100;

  if (get_main_window () == NULL)
    {
      say (step, "open a window");
      g_application_activate (G_APPLICATION (application));
    }
  if (pick_window (0) == NULL)
    return;

  if (choice < 25)
    press_keys (self, step);
  else if (choice < 52)
    click (self, step);
  else if (choice < 56)
    type (self, step);
  else if (choice < 64)
    add_fetches (self, step);
  else if (choice < 66)
    paste_list (self, step);
  else if (choice < 74)
    act (step);
  else if (choice < 75)
    run_lab (step);
  else if (choice < 81)
    select_fetches (step);
  else if (choice < 84)
    search (step);
  else if (choice < 89)
    resize (step);
  else if (choice < 94)
    change_settings (self, step);
  else if (choice < 97)
    change_looks (step);
  else if (choice < 99)
    close_window (step);
}

/* Each step takes as much from the random numbers, whether it needs them or not. */
static Step
next_step (Soak *self, guint number)
{
  guint choice = g_rand_int (self->random);
  guint a = g_rand_int (self->random);
  guint b = g_rand_int (self->random);
  guint c = g_rand_int (self->random);

  return (Step){ number, choice, a, b, c };
}

/* Mostly too short for what was done to be over. */
static void
go_on_for_a_while (const Step *step)
{
  gint64 length = (step->choice / 100) % 30;
  gint64 end;

  if (length == 29)
    length = 300;
  end = g_get_monotonic_time () + length * G_TIME_SPAN_MILLISECOND;
  do
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (200);
  while (g_get_monotonic_time () < end);
}

/* Seconds. */
static guint
get_duration (void)
{
  const char *text = g_getenv ("MORSEL_SOAK_SECONDS");

  if (text != NULL)
    return (guint) g_ascii_strtoull (text, NULL, 10);

  return g_test_thorough () ? 60 : 8;
}

static void
fetch_gone_cb (gpointer user_data G_GNUC_UNUSED, GObject *fetch G_GNUC_UNUSED)
{
  n_fetches--;
}

static void
fetches_changed_cb (GListModel *fetches,
                    guint       position,
                    guint       n_removed G_GNUC_UNUSED,
                    guint       n_added)
{
  for (guint i = 0; i < n_added; i++)
    {
      g_autoptr (GObject) fetch = g_list_model_get_item (fetches, position + i);

      n_fetches++;
      g_object_weak_ref (fetch, fetch_gone_cb, NULL);
    }
}

/* What would open a file chooser, which leaves things behind in GTK, or leads out of the
 * program, does nothing. */
static void
replace_actions (GActionMap *map, const char *const *names)
{
  for (; *names != NULL; names++)
    {
      g_autoptr (GSimpleAction) action = g_simple_action_new (*names, NULL);

      g_action_map_add_action (map, G_ACTION (action));
    }
}

static gboolean
tame_cb (gpointer user_data)
{
  static const char *const actions[] = { "open", "export", "save-body", "open-in-browser",
                                         NULL };

  replace_actions (G_ACTION_MAP (user_data), actions);

  return G_SOURCE_REMOVE;
}

static void
window_added_cb (GtkApplication *app G_GNUC_UNUSED, GtkWindow *window)
{
  if (!MORSEL_IS_WINDOW (window))
    return;

  g_signal_connect (morsel_window_get_fetches (MORSEL_WINDOW (window)), "items-changed",
                    G_CALLBACK (fetches_changed_cb), NULL);
  /* Once it has all its actions. */
  g_idle_add_full (G_PRIORITY_HIGH, tame_cb, g_object_ref (window), g_object_unref);
}

static void
close_all_windows (void)
{
  GtkWindow *window;

  while ((window = pick_window (0)) != NULL)
    gtk_window_destroy (window);
}

static void
test_everything_at_random (void)
{
  gint64 end = g_get_monotonic_time () + get_duration () * G_TIME_SPAN_SECOND;
  g_autoptr (GError) error = NULL;
  Soak  self = { .random = g_rand_new_with_seed (g_test_rand_int ()) };
  guint n_steps = 0;

  self.server = demo_server_new (&error);
  g_assert_no_error (error);
  self.settings = morsel_settings_new (&error);
  g_assert_no_error (error);
  self.hands = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE, &error, "xdotool", "-",
                                 NULL);
  g_assert_no_error (error);
  g_settings_set_enum (G_SETTINGS (self.settings), "proxy-mode", MORSEL_PROXY_NONE);

  for (; g_get_monotonic_time () < end; n_steps++)
    {
      Step step = next_step (&self, n_steps);

      take_step (&self, &step);
      go_on_for_a_while (&step);
    }

  g_test_message ("%u steps", n_steps);
  close_all_windows ();
  g_assert_true (
      g_output_stream_close (g_subprocess_get_stdin_pipe (self.hands), NULL, NULL));
  g_assert_true (g_subprocess_wait (self.hands, NULL, NULL));
  iterate_until (n_fetches == 0);

  g_clear_object (&self.hands);
  g_clear_object (&self.settings);
  g_clear_object (&self.server);
  g_rand_free (self.random);
}

/* What GTK 4.8.3 says of itself, with the line of its source that leads to it as far as
 * that tells; and GIO, where nothing shows notifications. */
static gboolean
is_known (const char *message)
{
  static const char *const parts[] = {
    /* gtkwidget.c:11640: something is drawn before it is laid out. Why is not known. */
    "Trying to snapshot ",
    /* gtkmain.c:1383 and 1506: a button that is held while something grabs the pointer is
     * counted as released twice, for the pointer that leaves and for the grab that breaks
     * off; as where the edge of a window is dragged and there is no window manager. */
    "Broken accounting of active state",
    /* gtkexpression.c:2071: a bind is freed while its target is disposed of, which has
     * lost its weak references. Only templates of the libraries have binds. */
    "g_object_weak_unref: couldn't find weak ref",
    /* gtksizerequest.c:297: the margins of a style sheet are added to an empty label,
     * and can be less than nothing; ours has no such. */
    "(label) reported min width -",
    /* gtktext.c:4436, gtk_text_recompute(): what is selected in a text that isn't mapped
     * doesn't stop its cursor. */
    "GtkText - unexpected blinking selection",
    /* gdksurface-x11.c:1832: a popup at a place that is on no monitor. */
    "gdk_monitor_get_geometry: assertion 'GDK_IS_MONITOR (monitor)'",
    /* gtktooltip.c:719, or gtkwidget.c:7814: what is no longer realized has no surface.
     */
    "gdk_surface_get_device_position: assertion 'GDK_IS_SURFACE (surface)'",
    "unable to send notifications",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strstr (message, parts[i]) != NULL)
      return TRUE;

  return FALSE;
}

/* Each warning ends the program, unless it is known. */
static GLogWriterOutput
write_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  GLogWriterOutput output = g_log_writer_default (level, fields, n_fields, user_data);

  for (gsize i = 0; i < n_fields; i++)
    if ((level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL)) != 0 &&
        g_str_equal (fields[i].key, "MESSAGE") && !is_known (fields[i].value))
      abort ();

  return output;
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
  static const char *const actions[] = { "about", "quit", NULL };

#ifdef __SANITIZE_ADDRESS__
  /* The libraries lose a part of the picture that slides from one page to the next. */
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
#endif

  replace_actions (G_ACTION_MAP (application), actions);
  g_application_hold (G_APPLICATION (application));
  g_idle_add (run_tests_cb, NULL);
}

int
main (int argc, char *argv[])
{
  char *own_arguments[] = { argv[0], NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_log_set_writer_func (write_log, NULL, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);
  g_test_add_func ("/soak/everything-at-random", test_everything_at_random);

  /* For the history. */
  folder = g_dir_make_tmp ("morsel-test-XXXXXX", &error);
  g_assert_no_error (error);
  g_setenv ("XDG_DATA_HOME", folder, TRUE);

  application = morsel_application_new ();
  g_signal_connect (application, "startup", G_CALLBACK (startup_cb), NULL);
  g_signal_connect (application, "window-added", G_CALLBACK (window_added_cb), NULL);
  g_application_run (G_APPLICATION (application), 1, own_arguments);
  g_object_unref (application);

  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
  curl_global_cleanup ();
  fetching_remove_folder (folder);

  return test_status;
}
