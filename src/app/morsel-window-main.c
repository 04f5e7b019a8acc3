/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-application.h"
#include "app/morsel-program.h"

/* The part of the program that has windows: `morsel` becomes this one, where it needs
 * them. */

static GApplication *
new_application (char **arguments G_GNUC_UNUSED)
{
  return G_APPLICATION (morsel_application_new ());
}

int
main (int argc, char *argv[])
{
  return morsel_program_run (new_application, argc, argv);
}
