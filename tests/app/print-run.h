/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

/* `morsel --print`, the real program, without a display; and what a run of it left
 * behind. */
typedef struct
{
  char    *output;
  char    *errors;
  int      status;
  gboolean is_over;
} PrintRun;

/* Where it is: set by main(). */
extern const char *print_run_program;

GSubprocess *print_run_spawn (GSubprocessLauncher *launcher,
                              const char *const   *arguments);
GSubprocess *print_run_start (const char *const *arguments, GSubprocessFlags flags);
void print_run_ended_cb (GObject *source, GAsyncResult *result, gpointer user_data);
void print_run (PrintRun *run, const char *const *arguments);
void print_run_with_input (PrintRun          *run,
                           const char        *input,
                           const char *const *arguments);
void print_run_with_bytes (PrintRun *run, GBytes *input, const char *const *arguments);
void print_run_take (PrintRun *run, GSubprocess *process);
void print_run_clear (PrintRun *run);

/* The parser keeps it. */
JsonObject *print_run_parse_line (JsonParser *parser, const char *line);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PrintRun, print_run_clear)
