/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-launcher.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <unistd.h>

#include "app/morsel-print.h"
#include "app/morsel-request-options.h"

/*
 * What `morsel` is when it starts: its command line, and what needs no window. GTK and
 * libadwaita take longer to load than most addresses to fetch, so they are part of
 * another program, which takes the place of this one when there is a window to show.
 */
struct _MorselLauncher
{
  GApplication parent_instance;

  char   **arguments;
  gboolean has_options; /* they are valid */
};

G_DEFINE_FINAL_TYPE (MorselLauncher, morsel_launcher, G_TYPE_APPLICATION)

#define WINDOW_PROGRAM "morsel-window"

/* The exit status for options that are not valid, as curl has it. */
#define BAD_USAGE 2

static const GOptionEntry entries[] = {
  { "print", 'p', 0, G_OPTION_ARG_NONE, NULL,
    N_ ("Print what is found, and open no window"), NULL },
  { "json", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print one JSON object a line"), NULL },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, NULL,
    N_ ("Print the addresses that would be requested, one a line"), NULL },
  { "jobs", 'j', 0, G_OPTION_ARG_STRING, NULL,
    /* Translators: the number in parentheses is used if none is given. */
    N_ ("Fetch so many at once (64)"),
    /* Translators: stands for what is to be typed after an option, in the list of
       options. So does each other word in capitals. */
    N_ ("NUMBER") },
  { "jobs-per-host", 0, 0, G_OPTION_ARG_STRING, NULL,
    N_ ("Fetch so many at once from one host (6)"), N_ ("NUMBER") },
  { "delay", 0, 0, G_OPTION_ARG_STRING, NULL,
    N_ ("Delay between requests to the same host (0)"), N_ ("SECONDS") },
  { "open", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL,
    N_ ("Open a list of addresses (text, CSV, bookmarks, sitemap)"),
    /* Translators: stands for the name of a file, in the list of options. */
    N_ ("FILE") },
  { "demo", 0, 0, G_OPTION_ARG_NONE, NULL,
    N_ ("Fetch from the built-in server; no network is needed"), NULL },
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version"), NULL },
  /* As file names, for they may be anything, and not only valid text. */
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL,
    /* Translators: any number of addresses, in the list of options. */
    N_ ("[ADDRESS…]") },
  { NULL },
};

/* In a build folder it is beside this one. */
static char *
find_window_program (void)
{
  g_autofree char *own_path = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = own_path != NULL ? g_path_get_dirname (own_path) : NULL;
  g_autofree char *beside = g_build_filename (folder != NULL ? folder : "",
                                              WINDOW_PROGRAM, NULL);

  if (folder != NULL && g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&beside);

  return g_build_filename (MORSEL_LIBEXEC_DIR, WINDOW_PROGRAM, NULL);
}

/* Does not return, unless it fails. */
static int
become_window (MorselLauncher *self)
{
  g_autofree char *path = find_window_program ();

  execv (path, self->arguments);
  g_printerr ("morsel: %s: %s\n", path, g_strerror (errno));

  return EXIT_FAILURE;
}

/* One that was given, and means nothing to a window; NULL if there is none. */
static const char *
find_print_option (GVariantDict *options)
{
  static const char *const names[] = { "json", "dry-run", "jobs", "jobs-per-host",
                                       "delay" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_variant_dict_contains (options, names[i]))
      return names[i];

  return morsel_request_options_find (options);
}

static int
print (GVariantDict *options)
{
  g_autofree const char **addresses = NULL;
  g_autoptr (GVariant) remaining = g_variant_dict_lookup_value (
      options, G_OPTION_REMAINING, G_VARIANT_TYPE_BYTESTRING_ARRAY);

  if (remaining == NULL && !g_variant_dict_contains (options, "open"))
    {
      /* Translators: keep “--print”, “-” and “--open”. */
      g_printerr ("morsel: %s\n", _ ("--print needs an address, - to read a list from "
                                     "standard input, or --open"));
      return BAD_USAGE;
    }
  if (remaining != NULL)
    addresses = g_variant_get_bytestring_array (remaining, NULL);

  return morsel_print (addresses, options);
}

static int
morsel_launcher_handle_local_options (GApplication *application, GVariantDict *options)
{
  const char *print_option = find_print_option (options);

  MORSEL_LAUNCHER (application)->has_options = TRUE;

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("morsel %s\n", MORSEL_VERSION);
      return EXIT_SUCCESS;
    }
  if (g_variant_dict_contains (options, "print"))
    return print (options);
  if (print_option != NULL)
    {
      g_autofree char *message = g_strdup_printf (
          /* Translators: %s is the name of an option. Keep “--print”. */
          _ ("--%s goes with --print"), print_option);

      g_printerr ("morsel: %s\n", message);
      return BAD_USAGE;
    }

  return become_window (MORSEL_LAUNCHER (application));
}

/* The option with a short name; NULL if there is none. */
static const GOptionEntry *
find_short (char name)
{
  const GOptionEntry *tables[] = { entries, morsel_request_options_get_entries () };

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const GOptionEntry *entry = tables[i]; entry->long_name != NULL; entry++)
      if (entry->short_name == name && name != '\0')
        return entry;

  return NULL;
}

/* Whether the value of an option is the argument that follows it. */
static gboolean
has_separate_value (const char *argument)
{
  const GOptionEntry *tables[] = { entries, morsel_request_options_get_entries () };

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const GOptionEntry *entry = tables[i]; entry->long_name != NULL; entry++)
      if (entry->arg != G_OPTION_ARG_NONE && g_str_has_prefix (argument, "--") &&
          g_str_equal (argument + 2, entry->long_name))
        return TRUE;

  return FALSE;
}

/* Where the value begins in a group of short options, as in “-pj4”: GOption takes it for
 * more of them. Returns NULL if there is no option that has one, or none that is known
 * before. If nothing follows it, that is the next argument. */
static const char *
find_value_in_group (const char *argument)
{
  if (argument[0] != '-' || argument[1] == '-')
    return NULL;

  for (const char *p = argument + 1; *p != '\0'; p++)
    {
      const GOptionEntry *entry = find_short (*p);

      if (entry == NULL)
        return NULL;
      if (entry->arg != G_OPTION_ARG_NONE)
        return p + 1;
    }

  return NULL;
}

/* Separates the values of short options from their names. */
static char **
separate_values (char **arguments)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean is_value = TRUE; /* as the name of the program */

  for (; *arguments != NULL; arguments++)
    {
      const char *value = is_value ? NULL : find_value_in_group (*arguments);

      if (!is_value && g_str_equal (*arguments, "--"))
        break;

      if (value != NULL && *value != '\0')
        {
          g_autofree char *names = g_strndup (*arguments, value - *arguments);

          g_strv_builder_add_many (builder, names, value, NULL);
          continue;
        }

      g_strv_builder_add (builder, *arguments);
      is_value = !is_value && (value != NULL || has_separate_value (*arguments));
    }
  g_strv_builder_addv (builder, (const char **) arguments);

  return g_strv_builder_end (builder);
}

static gboolean
morsel_launcher_local_command_line (GApplication *application,
                                    char       ***arguments,
                                    int          *exit_status)
{
  MorselLauncher *self = MORSEL_LAUNCHER (application);
  char          **separated = separate_values (*arguments);
  gboolean        is_handled;

  g_strfreev (*arguments);
  *arguments = separated;
  is_handled = G_APPLICATION_CLASS (morsel_launcher_parent_class)
                   ->local_command_line (application, arguments, exit_status);

  /* GApplication has said what is wrong with an option. */
  if (is_handled && !self->has_options)
    *exit_status = BAD_USAGE;

  return is_handled;
}

static void
morsel_launcher_finalize (GObject *object)
{
  g_strfreev (MORSEL_LAUNCHER (object)->arguments);

  G_OBJECT_CLASS (morsel_launcher_parent_class)->finalize (object);
}

static void
morsel_launcher_class_init (MorselLauncherClass *klass)
{
  GObjectClass      *object_class = G_OBJECT_CLASS (klass);
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  object_class->finalize = morsel_launcher_finalize;
  application_class->local_command_line = morsel_launcher_local_command_line;
  application_class->handle_local_options = morsel_launcher_handle_local_options;
}

static void
morsel_launcher_init (MorselLauncher *self)
{
  g_application_add_main_option_entries (G_APPLICATION (self), entries);
  g_application_add_main_option_entries (G_APPLICATION (self),
                                         morsel_request_options_get_entries ());
  g_application_set_option_context_summary (
      G_APPLICATION (self), _ ("See what is behind an address, without waiting for it."));
}

/**
 * morsel_launcher_new:
 * @arguments: (array zero-terminated=1): those of the program, which go on to the one
 *   that has windows
 *
 * Returns: (transfer full): an application that is never there for another process
 */
GApplication *
morsel_launcher_new (char **arguments)
{
  MorselLauncher *self = g_object_new (MORSEL_TYPE_LAUNCHER, "flags",
                                       G_APPLICATION_NON_UNIQUE, NULL);

  self->arguments = g_strdupv (arguments);

  return G_APPLICATION (self);
}
