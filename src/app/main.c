/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <curl/curl.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>

#include "app/morsel-application.h"
#include "backgroundcall/backgroundcall.h"

/* How long the program waits at its end for the threads, which have been told to end. */
#define PATIENCE (2 * G_TIME_SPAN_SECOND)

int
main (int argc, char *argv[])
{
  int status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, MORSEL_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  /* A connection that breaks while something is written to it is an error like others. */
  signal (SIGPIPE, SIG_IGN);
  curl_global_init (CURL_GLOBAL_DEFAULT);

  {
    g_autoptr (MorselApplication) application = morsel_application_new ();

    status = g_application_run (G_APPLICATION (application), argc, argv);
  }

  /* The windows are gone. If a thread does not end, the process does. */
  if (background_pool_drain (PATIENCE))
    curl_global_cleanup ();

  return status;
}
