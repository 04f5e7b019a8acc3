/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MorselProgramFunc:
 * @arguments: (array zero-terminated=1): those of the program
 *
 * Makes an application.
 *
 * Returns: (transfer full): the application
 */
typedef GApplication *(*MorselProgramFunc) (char **arguments);

int morsel_program_run (MorselProgramFunc new_application, int argc, char **argv);

G_END_DECLS
