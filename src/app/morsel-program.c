/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-program.h"

#include <curl/curl.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>

#include "app/morsel-descriptors.h"
#include "backgroundcall/backgroundcall.h"

/* How long the program waits at its end for the threads, which have been told to end. */
#define PATIENCE (2 * G_TIME_SPAN_SECOND)

/* A program that has not been installed has its translations in the folder that it was
 * built in. */
static char *
find_translations (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = program != NULL ? g_path_get_dirname (program) : NULL;

  if (folder == NULL || !g_str_has_suffix (folder, "/src/app"))
    return g_strdup (MORSEL_LOCALE_DIR);

  return g_build_filename (folder, "..", "..", "po", NULL);
}

/* Where no locale is set, as in many containers and in cron, that of C would have every
 * character but ASCII printed as its number, as if the server had sent that. Languages
 * and formats stay as they are. */
static void
use_utf8_where_no_locale_is_set (void)
{
  const char *locale = setlocale (LC_CTYPE, NULL);

  if (g_str_equal (locale, "C") || g_str_equal (locale, "POSIX"))
    setlocale (LC_CTYPE, "C.UTF-8");
}

/**
 * morsel_program_run:
 * @new_application: what makes the application, when messages are translated
 * @argc: how many arguments there are
 * @argv: the arguments of the program
 *
 * From the beginning of `main` to its end.
 *
 * Returns: the exit status
 */
int
morsel_program_run (MorselProgramFunc new_application, int argc, char **argv)
{
  g_autofree char *translations = NULL;
  int              status;

  morsel_descriptors_open_standard_streams ();

  translations = find_translations ();
  setlocale (LC_ALL, "");
  use_utf8_where_no_locale_is_set ();
  bindtextdomain (GETTEXT_PACKAGE, translations);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name ("Morsel");

  /* A connection that breaks while something is written to it is an error like others,
   * and so is a file that grows beyond the limit of the process (RLIMIT_FSIZE). */
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);
  if (!morsel_descriptors_have_room ())
    morsel_descriptors_raise_limit ();
  if (!morsel_descriptors_have_room ())
    {
      g_printerr ("morsel: %s\n",
                  _ ("The limit on open files is too low for this program. Raise it, for "
                     "example with “ulimit -n 1024”."));
      return EXIT_FAILURE;
    }
  curl_global_init (CURL_GLOBAL_DEFAULT);

  {
    g_autoptr (GApplication) application = new_application (argv);

    status = g_application_run (application, argc, argv);
  }

  /* The windows are gone. If a thread does not end, the process does. */
  if (background_pool_drain (PATIENCE))
    curl_global_cleanup ();

  return status;
}
