/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* `morsel --print` in a terminal, and how it is interrupted. */

#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../backgroundcall/gate.h"
#include "backgroundcall/backgroundcall.h"
#include "demo/demo-server.h"
#include "print-run.h"

typedef struct
{
  DemoServer *server;
  GString    *screen; /* what came to the terminal */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  fixture->server = demo_server_new (&error);
  g_assert_no_error (error);
  fixture->screen = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_clear_object (&fixture->server);
  g_string_free (fixture->screen, TRUE);
  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
}

static gboolean
screen_cb (int fd, GIOCondition condition G_GNUC_UNUSED, gpointer screen)
{
  char    bytes[4096];
  ssize_t n_read = read (fd, bytes, sizeof bytes);

  if (n_read > 0)
    g_string_append_len (screen, bytes, n_read);

  return n_read > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Its standard error is a terminal; what is left of the other two is up to the flags. */
static GSubprocess *
start_in_terminal (Fixture           *fixture,
                   const char *const *arguments,
                   GSubprocessFlags   flags,
                   int               *terminal)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (flags);
  struct winsize size = { .ws_row = 24, .ws_col = 80 };
  int            other_end;

  *terminal = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_cmpint (*terminal, >=, 0);
  g_assert_cmpint (grantpt (*terminal), ==, 0);
  g_assert_cmpint (unlockpt (*terminal), ==, 0);
  other_end = open (ptsname (*terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_cmpint (other_end, >=, 0);
  g_assert_cmpint (ioctl (other_end, TIOCSWINSZ, &size), ==, 0);
  g_subprocess_launcher_take_stderr_fd (launcher, other_end);
  g_unix_fd_add (*terminal, G_IO_IN | G_IO_HUP, screen_cb, fixture->screen);

  return print_run_spawn (launcher, arguments);
}

static void
await_end (GSubprocess *process)
{
  gboolean is_over = FALSE;

  g_subprocess_wait_async (process, NULL, print_run_ended_cb, &is_over);
  iterate_until (is_over);
}

static void
assert_ends_with (GSubprocess *process, int status)
{
  await_end (process);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, status);
}

static void
test_progress_in_a_terminal (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *stall = demo_server_get_url (fixture->server, "/stall");
  g_autofree char *missing = demo_server_get_url (fixture->server, "/missing");
  const char      *arguments[] = { "--json", stall, missing, NULL };
  int              terminal;
  g_autoptr (GSubprocess) process = start_in_terminal (
      fixture, arguments, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &terminal);

  iterate_until (strstr (fixture->screen->str, "\r1 done · 1 failed · 1 to go\033[K") !=
                 NULL);

  g_subprocess_send_signal (process, SIGINT);
  assert_ends_with (process, 130);
  iterate_until (strstr (fixture->screen->str,
                         "\r\033[Kmorsel: Interrupted when 1 was done.") != NULL);
  close (terminal);
}

/* How many there are is not known before the list is at its end. */
static void
test_progress_of_standard_input (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *stall = demo_server_get_url (fixture->server, "/stall");
  g_autofree char *line = g_strconcat (stall, "\n", NULL);
  const char      *arguments[] = { "--json", "-", NULL };
  int              terminal;
  g_autoptr (GSubprocess) process = start_in_terminal (
      fixture, arguments,
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &terminal);
  GOutputStream *input = g_subprocess_get_stdin_pipe (process);

  g_assert_true (
      g_output_stream_write_all (input, line, strlen (line), NULL, NULL, NULL));
  iterate_until (strstr (fixture->screen->str, "· more than 1 to go") != NULL);
  g_assert_true (g_output_stream_close (input, NULL, NULL));
  iterate_until (strstr (fixture->screen->str, "· 1 to go") != NULL);

  g_subprocess_send_signal (process, SIGINT);
  assert_ends_with (process, 130);
  close (terminal);
}

/* It takes longer than the line needs to appear. */
static void
test_no_progress_in_a_pipe (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *stall = demo_server_get_url (fixture->server, "/stall");
  const char      *arguments[] = { "--json", "--timeout", "1", stall, NULL };
  g_auto (PrintRun) run = { 0 };

  print_run (&run, arguments);

  g_assert_cmpint (run.status, ==, 28);
  g_assert_cmpstr (run.errors, ==, "");
}

static gboolean
is_full (int pipe_fd)
{
  int n_bytes;

  g_assert_cmpint (ioctl (pipe_fd, FIONREAD, &n_bytes), ==, 0);

  return n_bytes == fcntl (pipe_fd, F_GETPIPE_SZ);
}

/* As in a pager that is not scrolled. */
static void
test_interrupted_while_nobody_reads (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *large = demo_server_get_url (fixture->server, "/large?bytes=1000000");
  const char      *json[] = { "--json", "--bytes", "1000000", large, NULL };
  const char      *text[] = { "--bytes", "1000000", large, NULL };
  const char *const *runs[] = { json, text };

  for (gsize i = 0; i < G_N_ELEMENTS (runs); i++)
    {
      g_autoptr (GSubprocess) process = print_run_start (
          runs[i], G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
      int fd = g_unix_input_stream_get_fd (
          G_UNIX_INPUT_STREAM (g_subprocess_get_stdout_pipe (process)));

      iterate_until (is_full (fd));
      g_subprocess_send_signal (process, SIGINT);
      assert_ends_with (process, 130);
    }
}

static gboolean
has_files (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);

  return g_dir_read_name (folder) != NULL;
}

/* What is asked to end takes what it has begun with it; also if the signal comes twice at
 * once, as from timeout(1). */
static void
test_signals_leave_nothing_behind (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
  g_autofree char *folder = g_dir_make_tmp ("morsel-print-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "saved", NULL);
  g_autofree char *stall = demo_server_get_url (fixture->server, "/stall");
  const char      *arguments[] = { "-o", path, stall, NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      g_autoptr (GSubprocess)
          process = print_run_start (arguments, G_SUBPROCESS_FLAGS_STDERR_SILENCE);

      iterate_until (has_files (folder));
      g_subprocess_send_signal (process, signals[i]);
      g_subprocess_send_signal (process, signals[i]);
      assert_ends_with (process, 128 + signals[i]);
      g_assert_false (has_files (folder));
    }

  g_rmdir (folder);
}

/* As with nohup: whoever started it wants it to go on. */
static void
test_ignored_signal_stays_ignored (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *stall = demo_server_get_url (fixture->server, "/stall");
  g_autofree char *command = g_strdup_printf (
      "trap '' HUP; exec '%s' --print --json %s - ", print_run_program, stall);
  g_autofree char *hello = demo_server_get_url (fixture->server, "/hello");
  g_autofree char *line = g_strconcat (hello, "\n", NULL);
  const char      *arguments[] = { "/bin/sh", "-c", command, NULL };
  g_autoptr (GSubprocess) process = g_subprocess_newv (
      arguments,
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
          G_SUBPROCESS_FLAGS_STDERR_SILENCE,
      NULL);
  GOutputStream *input = g_subprocess_get_stdin_pipe (process);
  GInputStream  *output = g_subprocess_get_stdout_pipe (process);

  /* It answers, before and after it. */
  for (int i = 0; i < 2; i++)
    {
      char byte = '\0';

      g_assert_true (
          g_output_stream_write_all (input, line, strlen (line), NULL, NULL, NULL));
      while (byte != '\n')
        g_assert_cmpint (g_input_stream_read (output, &byte, 1, NULL, NULL), ==, 1);
      g_subprocess_send_signal (process, SIGHUP);
    }

  g_subprocess_send_signal (process, SIGTERM);
  assert_ends_with (process, 143);
}

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  print_run_program = argv[1];

  add ("/print/progress/in-a-terminal", test_progress_in_a_terminal);
  add ("/print/progress/of-standard-input", test_progress_of_standard_input);
  add ("/print/progress/not-in-a-pipe", test_no_progress_in_a_pipe);
  add ("/print/interrupted/while-nobody-reads", test_interrupted_while_nobody_reads);
  add ("/print/interrupted/leaves-nothing-behind", test_signals_leave_nothing_behind);
  add ("/print/interrupted/not-where-that-is-ignored", test_ignored_signal_stays_ignored);

  return g_test_run ();
}
