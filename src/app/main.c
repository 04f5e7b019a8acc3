/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-launcher.h"
#include "app/morsel-program.h"

int
main (int argc, char *argv[])
{
  return morsel_program_run (morsel_launcher_new, argc, argv);
}
