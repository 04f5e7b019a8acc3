/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "print-run.h"

#include <string.h>

#include "../backgroundcall/gate.h"
#include "backgroundcall/backgroundcall.h"

const char *print_run_program;

static void
over_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GSubprocess *process = G_SUBPROCESS (source);
  PrintRun    *run = user_data;
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8_finish (process, result, &run->output, &run->errors,
                                        &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  run->status = g_subprocess_get_exit_status (process);
  run->is_over = TRUE;
}

static char *
text_of (GBytes *bytes)
{
  gsize       size;
  const char *data = g_bytes_get_data (bytes, &size);

  return g_strndup (size > 0 ? data : "", size);
}

static void
bytes_over_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GSubprocess *process = G_SUBPROCESS (source);
  PrintRun    *run = user_data;
  g_autoptr (GBytes) output = NULL;
  g_autoptr (GBytes) errors = NULL;
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_finish (process, result, &output, &errors, &error);
  g_assert_no_error (error);
  run->output = text_of (output);
  run->errors = text_of (errors);
  run->status = g_subprocess_get_exit_status (process);
  run->is_over = TRUE;
}

GSubprocess *
print_run_spawn (GSubprocessLauncher *launcher, const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) whole = NULL;
  GSubprocess *process;

  g_strv_builder_add_many (builder, print_run_program, "--print", NULL);
  g_strv_builder_addv (builder, (const char **) arguments);
  whole = g_strv_builder_end (builder);

  g_subprocess_launcher_unsetenv (launcher, "DISPLAY");
  g_subprocess_launcher_unsetenv (launcher, "WAYLAND_DISPLAY");
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) whole, &error);
  g_assert_no_error (error);

  return process;
}

GSubprocess *
print_run_start (const char *const *arguments, GSubprocessFlags flags)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);

  return print_run_spawn (launcher, arguments);
}

void
print_run_with_input (PrintRun *run, const char *input, const char *const *arguments)
{
  g_autoptr (GSubprocess) process = print_run_start (
      arguments, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                     G_SUBPROCESS_FLAGS_STDERR_PIPE);

  memset (run, 0, sizeof *run);
  g_subprocess_communicate_utf8_async (process, input, NULL, over_cb, run);
  iterate_until (run->is_over);
}

void
print_run_with_bytes (PrintRun *run, GBytes *input, const char *const *arguments)
{
  g_autoptr (GSubprocess) process = print_run_start (
      arguments, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                     G_SUBPROCESS_FLAGS_STDERR_PIPE);

  memset (run, 0, sizeof *run);
  g_subprocess_communicate_async (process, input, NULL, bytes_over_cb, run);
  iterate_until (run->is_over);
}

/* One that was started by itself, with pipes for what it prints. */
void
print_run_take (PrintRun *run, GSubprocess *process)
{
  memset (run, 0, sizeof *run);
  g_subprocess_communicate_utf8_async (process, NULL, NULL, over_cb, run);
  iterate_until (run->is_over);
}

void
print_run (PrintRun *run, const char *const *arguments)
{
  print_run_with_input (run, NULL, arguments);
}

void
print_run_clear (PrintRun *run)
{
  g_clear_pointer (&run->output, g_free);
  g_clear_pointer (&run->errors, g_free);
}

JsonObject *
print_run_parse_line (JsonParser *parser, const char *line)
{
  g_autoptr (GError) error = NULL;

  json_parser_load_from_data (parser, line, -1, &error);
  g_assert_no_error (error);

  return json_node_get_object (json_parser_get_root (parser));
}

/* For g_subprocess_wait_async(); the data is where to say so. */
void
print_run_ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL));
  *(gboolean *) user_data = TRUE;
}
