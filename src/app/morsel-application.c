/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-application.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

#include "app/lab/morsel-lab-window.h"
#include "app/morsel-paste.h"
#include "app/morsel-preferences.h"
#include "demo/demo-server.h"

/*
 * The program as a whole: its command line, its one window, and the session that all its
 * fetches share.
 */
struct _MorselApplication
{
  AdwApplication parent_instance;

  MorselSettings    *settings;    /* NULL until it starts up */
  FetchSession      *session;     /* NULL until there is a window */
  DemoServer        *demo_server; /* NULL until somebody asks for the demo */
  MorselPreferences *preferences; /* not owned; NULL if they are not open */
  guint              signal_ids[2];
};

G_DEFINE_FINAL_TYPE (MorselApplication, morsel_application, ADW_TYPE_APPLICATION)

/* Where the Lab fetches from: a page that takes three seconds. */
#define LAB_PAGE "/trickle?bytes=4000&steps=21&pause=150"

/* Returns the window of a type that had the focus last, or NULL. */
static gpointer
find_window (MorselApplication *self, GType type)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (self));

  for (; windows != NULL; windows = windows->next)
    if (G_TYPE_CHECK_INSTANCE_TYPE (windows->data, type))
      return windows->data;

  return NULL;
}

/* Of what runs in the background. Enough for the window to come first, where there are
 * fewer processors than there is to do. */
#define NICENESS 10

static MorselWindow *
get_window (MorselApplication *self)
{
  MorselWindow *window = find_window (self, MORSEL_TYPE_WINDOW);

  if (window != NULL)
    return window;

  if (self->session == NULL)
    {
      self->session = fetch_session_new_with_niceness (NICENESS);
      morsel_settings_bind_session (self->settings, self->session);
    }

  return morsel_window_new (GTK_APPLICATION (self), self->settings, self->session);
}

static gboolean
start_demo_server (MorselApplication *self, GError **error)
{
  if (self->demo_server == NULL)
    self->demo_server = demo_server_new (error);

  return self->demo_server != NULL;
}

static void
show_trouble (MorselApplication *self, const char *heading, const char *body)
{
  GtkWidget *dialog = adw_message_dialog_new (
      gtk_application_get_active_window (GTK_APPLICATION (self)), heading, body);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
show_demo_error (MorselApplication *self, const GError *error)
{
  show_trouble (self, _ ("The Demo Could Not Be Started"), error->message);
}

static void
pasted_cb (const char *text, gpointer user_data)
{
  MorselApplication *self = user_data;

  if (text != NULL && text[strspn (text, " \t\r\n")] != '\0')
    morsel_window_paste (get_window (self), text);
  else
    show_trouble (self, _ ("Nothing to Fetch"), _ ("There is no text in the clipboard."));
}

static void
paste_action (GSimpleAction *action G_GNUC_UNUSED,
              GVariant      *parameter G_GNUC_UNUSED,
              gpointer       user_data)
{
  GtkWindow *window = GTK_WINDOW (get_window (user_data));

  gtk_window_present (window);
  morsel_paste_when_active (window, pasted_cb, user_data);
}

static void
demo_action (GSimpleAction *action G_GNUC_UNUSED,
             GVariant      *parameter G_GNUC_UNUSED,
             gpointer       user_data)
{
  MorselApplication *self = user_data;
  g_autoptr (GError) error = NULL;

  /* It may be the first that the program is asked for. */
  g_application_activate (G_APPLICATION (self));
  if (!morsel_application_show_demo (self, &error))
    show_demo_error (self, error);
}

static void
lab_action (GSimpleAction *action G_GNUC_UNUSED,
            GVariant      *parameter G_GNUC_UNUSED,
            gpointer       user_data)
{
  MorselApplication *self = user_data;
  MorselLabWindow   *window = find_window (self, MORSEL_TYPE_LAB_WINDOW);
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;

  if (!start_demo_server (self, &error))
    {
      show_demo_error (self, error);
      return;
    }

  url = demo_server_get_url (self->demo_server, LAB_PAGE);
  if (window == NULL)
    window = morsel_lab_window_new (GTK_APPLICATION (self), url);
  gtk_window_present (GTK_WINDOW (window));
}

static void
preferences_action (GSimpleAction *action G_GNUC_UNUSED,
                    GVariant      *parameter G_GNUC_UNUSED,
                    gpointer       user_data)
{
  MorselApplication *self = user_data;

  if (self->preferences == NULL)
    g_set_weak_pointer (&self->preferences,
                        morsel_preferences_new (GTK_WINDOW (get_window (self)),
                                                G_SETTINGS (self->settings)));
  gtk_window_present (GTK_WINDOW (self->preferences));
}

static void
about_action (GSimpleAction *action G_GNUC_UNUSED,
              GVariant      *parameter G_GNUC_UNUSED,
              gpointer       user_data)
{
  MorselApplication *self = user_data;

  adw_show_about_window (
      gtk_application_get_active_window (GTK_APPLICATION (self)), "application-name",
      "Morsel", "application-icon", MORSEL_APPLICATION_ID, "version", MORSEL_VERSION,
      "developer-name", _ ("The Morsel developers"), "license-type", GTK_LICENSE_LGPL_2_1,
      "comments", _ ("See what is behind an address, without waiting for it."), NULL);
}

/* Each window takes along what runs for it, and has settings to keep. */
static void
destroy_windows (GtkApplication *application)
{
  GList *windows;

  while ((windows = gtk_application_get_windows (application)) != NULL)
    gtk_window_destroy (windows->data);
}

static void
quit_action (GSimpleAction *action G_GNUC_UNUSED,
             GVariant      *parameter G_GNUC_UNUSED,
             gpointer       user_data)
{
  destroy_windows (GTK_APPLICATION (user_data));
  g_application_quit (G_APPLICATION (user_data));
}

static void
show_appearance (MorselApplication *self)
{
  adw_style_manager_set_color_scheme (
      adw_style_manager_get_default (),
      g_settings_get_enum (G_SETTINGS (self->settings), "appearance"));
}

static void
open_settings (MorselApplication *self)
{
  g_autoptr (GError) error = NULL;

  self->settings = morsel_settings_new (&error);
  if (self->settings == NULL)
    {
      g_printerr ("morsel: %s\n", error->message);
      exit (EXIT_FAILURE);
    }

  g_signal_connect_object (self->settings, "changed::appearance",
                           G_CALLBACK (show_appearance), self, G_CONNECT_SWAPPED);
  show_appearance (self);
}

/* The direction of text is known when GTK has started. */
static void
set_accelerators (GtkApplication *application)
{
  const gboolean is_rtl = gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL;
  const struct
  {
    const char *action;
    const char *accelerators[3];
  } accelerators[] = {
    { "win.focus-address", { "<Control>l", NULL } },
    { "win.open", { "<Control>o", NULL } },
    { "win.retry", { "<Control>r", "F5", NULL } },
    { "win.search", { "<Control>f", NULL } },
    { "win.show::all", { "<Alt>1", NULL } },
    { "win.show::running", { "<Alt>2", NULL } },
    { "win.show::done", { "<Alt>3", NULL } },
    { "win.show::failed", { "<Alt>4", NULL } },
    { "win.clear", { "<Control><Shift>Delete", NULL } },
    { "win.mend", { "<Control>m", NULL } },
    { "win.copy-curl-command", { "<Control><Shift>c", NULL } },
    { "win.export", { "<Control>s", NULL } },
    { "win.save-body", { "<Control><Shift>s", NULL } },
    { "win.back", { is_rtl ? "<Alt>Right" : "<Alt>Left", NULL } },
    { "app.demo", { "<Control><Shift>d", NULL } },
    { "app.lab", { "<Control><Shift>l", NULL } },
    { "win.shortcuts", { "<Control>question", "<Control>F1", NULL } },
    { "app.preferences", { "<Control>comma", NULL } },
    { "window.close", { "<Control>w", NULL } },
    { "app.quit", { "<Control>q", NULL } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (accelerators); i++)
    gtk_application_set_accels_for_action (application, accelerators[i].action,
                                           accelerators[i].accelerators);
}

/* The desktop's session ends, or somebody wants the program to, in another way: what runs
 * ends as if the window had been closed. */
static gboolean
terminated_cb (gpointer application)
{
  g_application_quit (application);

  return G_SOURCE_CONTINUE;
}

static void
morsel_application_startup (GApplication *application)
{
  MorselApplication        *self = MORSEL_APPLICATION (application);
  static const GActionEntry actions[] = {
    { .name = "paste", .activate = paste_action },
    { .name = "demo", .activate = demo_action },
    { .name = "lab", .activate = lab_action },
    { .name = "preferences", .activate = preferences_action },
    { .name = "about", .activate = about_action },
    { .name = "quit", .activate = quit_action },
  };

  G_APPLICATION_CLASS (morsel_application_parent_class)->startup (application);

  open_settings (self);
  self->signal_ids[0] = g_unix_signal_add (SIGTERM, terminated_cb, self);
  self->signal_ids[1] = g_unix_signal_add (SIGHUP, terminated_cb, self);

  /* Much of what is shown can be selected, and shall not be whenever the focus passes. */
  g_object_set (gtk_settings_get_default (), "gtk-label-select-on-focus", FALSE, NULL);

  g_action_map_add_action_entries (G_ACTION_MAP (application), actions,
                                   G_N_ELEMENTS (actions), application);
  set_accelerators (GTK_APPLICATION (application));
}

/* The program may end for other reasons than that somebody quits it. */
static void
morsel_application_shutdown (GApplication *application)
{
  MorselApplication *self = MORSEL_APPLICATION (application);

  destroy_windows (GTK_APPLICATION (application));
  for (gsize i = 0; i < G_N_ELEMENTS (self->signal_ids); i++)
    g_clear_handle_id (&self->signal_ids[i], g_source_remove);

  G_APPLICATION_CLASS (morsel_application_parent_class)->shutdown (application);
}

static void
morsel_application_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (get_window (MORSEL_APPLICATION (application))));
}

/* Relative to where the command was given, which may be another process. */
static void
open_lists (MorselApplication *self, GApplicationCommandLine *command_line)
{
  GVariantDict *options = g_application_command_line_get_options_dict (command_line);
  g_autofree const char **names = NULL;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  if (!g_variant_dict_lookup (options, "open", "^a&ay", &names))
    return;

  for (gsize i = 0; names[i] != NULL; i++)
    g_ptr_array_add (
        files, g_application_command_line_create_file_for_arg (command_line, names[i]));
  morsel_window_open (get_window (self), files);
}

/* What the desktop hands over to a program that it starts by D-Bus: lists, if they are
 * files. */
static void
morsel_application_open (GApplication *application,
                         GFile       **files,
                         int           n_files,
                         const char   *hint G_GNUC_UNUSED)
{
  MorselWindow *window = get_window (MORSEL_APPLICATION (application));
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) addresses = NULL;

  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *address = g_file_get_uri (files[i]);

      if (g_file_has_uri_scheme (files[i], "file"))
        g_ptr_array_add (lists, g_object_ref (files[i]));
      else
        g_strv_builder_add (builder, address);
    }
  addresses = g_strv_builder_end (builder);

  gtk_window_present (GTK_WINDOW (window));
  morsel_window_fetch_all (window, (const char *const *) addresses);
  if (lists->len > 0)
    morsel_window_open (window, lists);
}

static int
morsel_application_command_line (GApplication            *application,
                                 GApplicationCommandLine *command_line)
{
  MorselApplication *self = MORSEL_APPLICATION (application);
  GVariantDict      *options = g_application_command_line_get_options_dict (command_line);
  g_autofree const char **addresses = NULL;
  g_autoptr (GVariant) remaining = g_variant_dict_lookup_value (
      options, G_OPTION_REMAINING, G_VARIANT_TYPE_BYTESTRING_ARRAY);
  g_autoptr (GError) error = NULL;

  g_application_activate (application);

  if (g_variant_dict_contains (options, "demo") &&
      !morsel_application_show_demo (self, &error))
    {
      g_application_command_line_printerr (command_line, "morsel: %s\n", error->message);
      return EXIT_FAILURE;
    }

  if (remaining != NULL)
    addresses = g_variant_get_bytestring_array (remaining, NULL);
  if (addresses != NULL)
    morsel_window_fetch_all (get_window (self), addresses);
  open_lists (self, command_line);

  return EXIT_SUCCESS;
}

static void
morsel_application_dispose (GObject *object)
{
  MorselApplication *self = MORSEL_APPLICATION (object);

  g_clear_object (&self->session);
  g_clear_object (&self->settings);
  g_clear_object (&self->demo_server);
  g_clear_weak_pointer (&self->preferences);

  G_OBJECT_CLASS (morsel_application_parent_class)->dispose (object);
}

static void
morsel_application_class_init (MorselApplicationClass *klass)
{
  GObjectClass      *object_class = G_OBJECT_CLASS (klass);
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  object_class->dispose = morsel_application_dispose;
  application_class->startup = morsel_application_startup;
  application_class->shutdown = morsel_application_shutdown;
  application_class->activate = morsel_application_activate;
  application_class->open = morsel_application_open;
  application_class->command_line = morsel_application_command_line;
}

/* Of the command line, which `morsel` has read before: what is left for a window. */
static void
morsel_application_init (MorselApplication *self)
{
  static const GOptionEntry options[] = {
    { "demo", 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    { "open", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, NULL },
    { NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

/**
 * morsel_application_new:
 *
 * Returns: (transfer full): the program
 */
MorselApplication *
morsel_application_new (void)
{
  return g_object_new (MORSEL_TYPE_APPLICATION, "application-id", MORSEL_APPLICATION_ID,
                       "flags",
                       G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", "/morsel", NULL);
}

/**
 * morsel_application_show_demo:
 * @self: the program
 * @error: where to put what went wrong
 *
 * Starts the built-in server, if it isn't running, and fetches its pages in the window.
 *
 * Returns: whether it could be started
 */
gboolean
morsel_application_show_demo (MorselApplication *self, GError **error)
{
  g_auto (GStrv) urls = NULL;

  g_return_val_if_fail (MORSEL_IS_APPLICATION (self), FALSE);

  if (!start_demo_server (self, error))
    return FALSE;

  urls = demo_server_get_demo_urls (self->demo_server);
  morsel_window_fetch_all (get_window (self), (const char *const *) urls);

  return TRUE;
}
