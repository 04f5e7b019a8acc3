/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* `morsel --print`, the real program, without a display. */

#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/xattr.h>

#include "../backgroundcall/gate.h"
#include "backgroundcall/backgroundcall.h"
#include "demo/demo-server.h"
#include "print-run.h"

typedef struct
{
  DemoServer *server;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  fixture->server = demo_server_new (&error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_clear_object (&fixture->server);
  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
}

static void
test_prints_status_and_first_bytes (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");
  const char      *arguments[] = { url, NULL };
  g_auto (PrintRun) run = { 0 };

  print_run (&run, arguments);

  g_assert_cmpint (run.status, ==, 0);
  g_assert_cmpstr (run.errors, ==, "");
  g_assert_true (g_str_has_prefix (run.output, url));
  g_assert_nonnull (
      strstr (run.output, "\nHTTP/1.1 200 OK · text/plain; charset=utf-8 · "));
  g_assert_nonnull (strstr (run.output, "\n\nHello from the demo server.\n"));
}

static void
test_prints_nothing_that_a_terminal_would_obey (Fixture      *fixture,
                                                gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hostile-text");
  const char      *arguments[] = { url, NULL };
  g_auto (PrintRun) run = { 0 };

  print_run (&run, arguments);

  g_assert_cmpint (run.status, ==, 0);
  g_assert_null (strchr (run.output, '\033'));
  g_assert_null (strstr (run.output, "\u202e"));
  g_assert_nonnull (strstr (run.output, "a‹NUL›b"));
}

static void
test_prints_one_json_object_a_line (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *hello = demo_server_get_url (fixture->server, "/hello");
  g_autofree char *cut_off = demo_server_get_url (fixture->server, "/cut-off");
  const char      *arguments[] = { "--json", hello, cut_off, "ftp://example.org/", NULL };
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_auto (GStrv) lines = NULL;
  g_auto (PrintRun) run = { 0 };
  int n_seen = 0;

  print_run (&run, arguments);

  g_assert_cmpint (run.status, ==, 3);
  lines = g_strsplit (g_strchomp (run.output), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  for (char **line = lines; *line != NULL; line++)
    {
      JsonObject *object = print_run_parse_line (parser, *line);
      const char *address = json_object_get_string_member (object, "address");

      if (g_str_equal (address, hello))
        {
          g_assert_true (json_object_get_null_member (object, "error"));
          g_assert_cmpint (json_object_get_int_member (object, "status"), ==, 200);
          g_assert_cmpint (json_object_get_int_member (object, "size"), ==, 104);
          g_assert_true (json_object_get_boolean_member (object, "is_complete"));
          g_assert_cmpstr (json_object_get_string_member (object, "kind"), ==, "text");
          g_assert_cmpstr (json_object_get_string_member (object, "charset"), ==,
                           "UTF-8");
          g_assert_true (
              g_str_has_prefix (json_object_get_string_member (object, "preview"),
                                "Hello from the demo server.\n"));
          n_seen++;
        }
      else
        {
          JsonObject *error = json_object_get_object_member (object, "error");
          gboolean    is_ftp = g_str_equal (address, "ftp://example.org/");

          g_assert_cmpstr (json_object_get_string_member (error, "name"), ==,
                           is_ftp ? "bad-address" : "cut-off");
          n_seen++;
        }
    }
  g_assert_cmpint (n_seen, ==, 3);
}

static void
test_fails_if_one_fails (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const bad[] = { "/missing", "/cut-off", "/hang-up", "/garbage",
                                     "/redirect-circle" };
  g_autofree char         *hello = demo_server_get_url (fixture->server, "/hello");

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *url = demo_server_get_url (fixture->server, bad[i]);
      const char      *arguments[] = { url, hello, NULL };
      g_auto (PrintRun) run = { 0 };

      print_run (&run, arguments);

      g_assert_cmpint (run.status, !=, 0);
      g_assert_nonnull (strstr (run.output, "Hello from the demo server."));
    }
}

static void
test_bad_addresses (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const bad[] = { "",          " ",        "http://",
                                     "two words", "\xff\xfe", "file:///etc/passwd" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const char *arguments[] = { bad[i], NULL };
      g_auto (PrintRun) run = { 0 };

      print_run (&run, arguments);

      g_assert_cmpint (run.status, ==, 3);
      g_assert_cmpstr (run.output, ==, "");
      g_assert_true (g_str_has_prefix (run.errors, "morsel: "));
      g_assert_true (g_str_has_suffix (run.errors, ".\n"));
    }
}

static void
test_no_address (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  const char *arguments[] = { NULL };
  g_auto (PrintRun) run = { 0 };

  print_run (&run, arguments);

  g_assert_cmpint (run.status, ==, 2);
  g_assert_nonnull (strstr (run.errors, "--print needs an address"));
}

static void
test_reads_standard_input (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *hello = demo_server_get_url (fixture->server, "/hello");
  g_autofree char *gzip = demo_server_get_url (fixture->server, "/gzip");
  g_autofree char *input = g_strdup_printf ("%s\r\n\n   \n%s\n%s", hello, gzip, hello);
  const char      *arguments[] = { "--json", "-", NULL };
  g_auto (GStrv) lines = NULL;
  g_auto (PrintRun) run = { 0 };

  print_run_with_input (&run, input, arguments);

  g_assert_cmpint (run.status, ==, 0);
  lines = g_strsplit (g_strchomp (run.output), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
}

static void
test_empty_standard_input (Fixture      *fixture G_GNUC_UNUSED,
                           gconstpointer data G_GNUC_UNUSED)
{
  const char *arguments[] = { "-", NULL };
  g_auto (PrintRun) run = { 0 };

  print_run_with_input (&run, "", arguments);

  g_assert_cmpint (run.status, ==, 0);
  g_assert_cmpstr (run.output, ==, "");
}

static void
line_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char **line = user_data;

  *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result,
                                                NULL, NULL);
  g_assert_nonnull (*line);
}

/* The first result is there while the second is not, and Ctrl+C ends it all. */
static void
test_streams_and_can_be_interrupted (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *hello = demo_server_get_url (fixture->server, "/hello");
  g_autofree char *stall = demo_server_get_url (fixture->server, "/stall");
  const char      *arguments[] = { "--json", stall, hello, NULL };
  g_autoptr (GSubprocess) process = print_run_start (
      arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GDataInputStream)
      output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  g_autofree char *line = NULL;
  gboolean         is_over = FALSE;

  g_data_input_stream_read_line_async (output, G_PRIORITY_DEFAULT, NULL, line_read_cb,
                                       &line);
  iterate_until (line != NULL);
  g_assert_nonnull (strstr (line, "Hello from the demo server."));

  g_subprocess_send_signal (process, SIGINT);
  g_subprocess_wait_async (process, NULL, print_run_ended_cb, &is_over);
  iterate_until (is_over);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 130);

  {
    GInputStream *errors = g_subprocess_get_stderr_pipe (process);
    char          text[200] = "";

    g_input_stream_read_all (errors, text, sizeof text - 1, NULL, NULL, NULL);
    g_assert_cmpstr (text, ==, "morsel: Interrupted when 1 was done.\n");
  }
}

/* As in `morsel --print - | head -1`, while there could still be more to fetch. */
static void
test_ends_when_nobody_reads (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *hello = demo_server_get_url (fixture->server, "/hello");
  g_autofree char *line = g_strconcat (hello, "\n", NULL);
  const char      *arguments[] = { "--json", "-", NULL };
  g_autoptr (GSubprocess) process = print_run_start (
      arguments, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GError) error = NULL;
  gboolean is_over = FALSE;

  g_input_stream_close (g_subprocess_get_stdout_pipe (process), NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (process), line, strlen (line),
                             NULL, NULL, &error);
  g_assert_no_error (error);
  g_subprocess_wait_async (process, NULL, print_run_ended_cb, &is_over);

  iterate_until (is_over);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 23);
}

/* Not one more is begun than there are files for: the others wait. */
static void
test_few_open_files_are_enough (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *hello = demo_server_get_url (fixture->server, "/hello");
  g_autofree char *command = g_strdup_printf (
      "ulimit -n 40; for i in $(seq 300); do echo %s; done | '%s' --print --json -",
      hello, print_run_program);
  const char *arguments[] = { "/bin/sh", "-c", command, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess)
      process = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error);
  gboolean is_over = FALSE;

  g_assert_no_error (error);
  g_subprocess_wait_async (process, NULL, print_run_ended_cb, &is_over);
  iterate_until (is_over);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
}

/* An input without an end. Of a host that does not answer, some megabytes are read, as
 * there may be others behind it. */
static void
test_endless_input_is_not_hoarded (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *stall = demo_server_get_url (fixture->server, "/stall");
  g_autofree char *line = g_strconcat (stall, "\n", NULL);
  g_autoptr (GString) lines = g_string_new (NULL);
  const char *arguments[] = { "--json", "-", NULL };
  g_autoptr (GSubprocess) process = print_run_start (
      arguments, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  GPollableOutputStream *input = G_POLLABLE_OUTPUT_STREAM (
      g_subprocess_get_stdin_pipe (process));
  gsize    capacity = fcntl (g_unix_output_stream_get_fd (G_UNIX_OUTPUT_STREAM (input)),
                             F_GETPIPE_SZ);
  gint64   last_written = g_get_monotonic_time ();
  gint64   deadline = last_written + PATIENCE;
  gsize    n_written = 0;
  gboolean is_over = FALSE;

  /* What a pipe takes in one go, if it takes any. */
  while (lines->len + strlen (line) <= PIPE_BUF)
    g_string_append (lines, line);

  /* It takes some, more than the pipe holds, and then no more. */
  while (n_written <= capacity || g_get_monotonic_time () - last_written < G_USEC_PER_SEC)
    {
      gssize n = g_pollable_output_stream_write_nonblocking (input, lines->str,
                                                             lines->len, NULL, NULL);

      if (n > 0)
        {
          n_written += n;
          last_written = g_get_monotonic_time ();
        }
      g_assert_cmpuint (n_written, <, 20 * 1024 * 1024);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }

  g_subprocess_send_signal (process, SIGINT);
  g_subprocess_wait_async (process, NULL, print_run_ended_cb, &is_over);
  iterate_until (is_over);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 130);
}

/* Two names of the server are two hosts. However the list is sorted, the one that answers
 * is not held up by the one that does not. */
static void
test_host_that_hangs_holds_up_no_other (Fixture *fixture, gconstpointer data)
{
  gboolean         is_sorted = GPOINTER_TO_INT (data);
  g_autofree char *stall = demo_server_get_url (fixture->server, "/stall");
  g_autofree char *hello = demo_server_get_url (fixture->server, "/hello");
  g_autofree char *other = g_strconcat ("http://localhost", strrchr (hello, ':'), NULL);
  g_autoptr (GString) input = g_string_new (NULL);
  g_autofree char *list = NULL;
  g_autofree char *command = NULL;
  const char      *arguments[] = { "/bin/sh", "-c", NULL, NULL };
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autoptr (GError) error = NULL;
  int         fd = g_file_open_tmp ("morsel-list-XXXXXX", &list, &error);
  const guint n_stalls = 20000;
  const guint n_others = 1000;
  gboolean    is_over = FALSE;

  for (guint i = 0; i < n_stalls; i++)
    {
      if (!is_sorted && i % (n_stalls / n_others) == 0)
        g_string_append_printf (input, "%s\n", other);
      g_string_append_printf (input, "%s?%u\n", stall, i);
    }
  for (guint i = 0; is_sorted && i < n_others; i++)
    g_string_append_printf (input, "%s\n", other);
  g_assert_no_error (error);
  close (fd);
  g_assert_true (g_file_set_contents (list, input->str, input->len, NULL));

  command = g_strdup_printf ("exec '%s' --print --json - < '%s'", print_run_program,
                             list);
  arguments[2] = command;
  process = g_subprocess_newv (
      arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
      &error);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));

  for (guint i = 0; i < n_others; i++)
    {
      g_autofree char *line = g_data_input_stream_read_line (output, NULL, NULL, NULL);

      g_assert_nonnull (line);
      g_assert_nonnull (strstr (line, "\"status\":200"));
    }

  g_subprocess_send_signal (process, SIGINT);
  g_subprocess_wait_async (process, NULL, print_run_ended_cb, &is_over);
  iterate_until (is_over);
  g_unlink (list);
}

/* What curl would say: scripts may ask. */
static void
test_exit_status_is_curls (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    const char *path;
    int         status;
  } cases[] = {
    { "/hello", 0 },    { "/missing", 22 },         { "/cut-off", 18 },
    { "/hang-up", 52 }, { "/redirect-circle", 47 }, { "/garbage", 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *url = demo_server_get_url (fixture->server, cases[i].path);
      const char      *arguments[] = { url, NULL };
      g_auto (PrintRun) run = { 0 };

      print_run (&run, arguments);
      g_assert_cmpint (run.status, ==, cases[i].status);
    }
}

static void
test_options_of_a_request (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *large = demo_server_get_url (fixture->server, "/large?bytes=9000000");
  g_autofree char *echo = demo_server_get_url (fixture->server, "/echo");
  const char      *peek[] = { "--json", "--peek", "--bytes", "9", large, NULL };
  const char      *head[] = { "--json", "--head", large, NULL };
  const char *secret[] = { "--json",   "--bytes", "2000",   "-H", "Accept-Language: de",
                           "--bearer", "secret",  "--jobs", "1",  "--http1.1",
                           "-4",       "--proxy", "",       echo, NULL };
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_auto (PrintRun) peek_run = { 0 };
  g_auto (PrintRun) head_run = { 0 };
  g_auto (PrintRun) secret_run = { 0 };
  JsonObject *object;
  const char *preview;

  print_run (&peek_run, peek);
  object = print_run_parse_line (parser, peek_run.output);
  g_assert_cmpstr (json_object_get_string_member (object, "ending"), ==, "range");
  g_assert_cmpint (json_object_get_int_member (object, "size"), ==, 9);
  g_assert_cmpint (json_object_get_int_member (object, "full_size"), ==, 9000000);
  g_assert_cmpstr (json_object_get_string_member (object, "preview"), ==, "abcdefghi");

  print_run (&head_run, head);
  object = print_run_parse_line (parser, head_run.output);
  g_assert_cmpint (json_object_get_int_member (object, "size"), ==, 0);
  g_assert_cmpint (json_object_get_int_member (object, "full_size"), ==, 9000000);

  print_run (&secret_run, secret);
  g_assert_cmpint (secret_run.status, ==, 0);
  object = print_run_parse_line (parser, secret_run.output);
  preview = json_object_get_string_member (object, "preview");
  g_assert_nonnull (strstr (preview, "\nAccept-Language: de\n"));
  g_assert_nonnull (strstr (preview, "\nAuthorization: Bearer ******\n"));
  g_assert_null (strstr (secret_run.output, "secret"));
}

/* A program finds by its address what it has asked for; in all else there is none. */
static void
test_tokens_are_in_address_only (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *echo = demo_server_get_url (fixture->server,
                                               "/echo?access_token=Velvet-Anchor-42");
  const char      *as_json[] = { "--json", "-H", "X-Functions-Key: Copper-Kite-9", echo,
                                 NULL };
  const char      *as_text[] = { echo, NULL };
  const char *failing[] = { "http://127.0.0.1:1/?access_token=Velvet-Anchor-42", NULL };
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_auto (PrintRun) json_run = { 0 };
  g_auto (PrintRun) text_run = { 0 };
  g_auto (PrintRun) failing_run = { 0 };
  JsonObject *object;
  char       *address;

  print_run (&json_run, as_json);
  object = print_run_parse_line (parser, json_run.output);
  g_assert_cmpstr (json_object_get_string_member (object, "address"), ==, echo);
  g_assert_null (strstr (json_run.output, "Copper-Kite"));
  address = strstr (json_run.output, "Velvet-Anchor");
  g_assert_nonnull (address);
  g_assert_null (strstr (address + 1, "Velvet-Anchor"));

  print_run (&text_run, as_text);
  g_assert_nonnull (strstr (text_run.output, "access_token=SECRET\n"));
  g_assert_null (strstr (text_run.output, "Velvet-Anchor"));

  print_run (&failing_run, failing);
  g_assert_nonnull (strstr (failing_run.errors, "access_token=SECRET: "));
  g_assert_null (strstr (failing_run.errors, "Velvet-Anchor"));
}

static void
test_saves (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *hello = demo_server_get_url (fixture->server, "/hello");
  g_autofree char *folder = g_dir_make_tmp ("morsel-print-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "saved", NULL);
  const char      *arguments[] = { "-o", path, hello, NULL };
  g_autofree char *saved = NULL;
  g_auto (PrintRun) first = { 0 };
  g_auto (PrintRun) second = { 0 };

  print_run (&first, arguments);
  g_assert_cmpint (first.status, ==, 0);
  g_assert_true (g_file_get_contents (path, &saved, NULL, NULL));
  g_assert_true (g_str_has_prefix (saved, "Hello from the demo server."));

  print_run (&second, arguments);
  g_assert_cmpint (second.status, ==, 23);
  g_assert_nonnull (strstr (second.errors, "Nothing was replaced."));

  g_unlink (path);
  g_rmdir (folder);
}

/* What is kept is told by an attribute, which not every file system has. */
static gboolean
can_keep (const char *path)
{
  gboolean can;

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  can = setxattr (path, "user.morsel.test", "", 0, 0) == 0;
  g_unlink (path);
  if (!can)
    g_test_skip ("This file system has no extended attributes.");

  return can;
}

/* How much there is in the only file of a folder, which may be hidden. */
static gsize
size_in (const char *folder)
{
  g_autoptr (GDir) names = g_dir_open (folder, 0, NULL);
  const char      *name = g_dir_read_name (names);
  g_autofree char *path = name != NULL ? g_build_filename (folder, name, NULL) : NULL;
  GStatBuf         status;

  return path != NULL && g_stat (path, &status) == 0 ? (gsize) status.st_size : 0;
}

/* As when the session ends. */
static void
test_terminated_keeps_what_came (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (
      fixture->server, "/breaks-off?bytes=300000&times=9&stalls=1");
  g_autofree char *folder = g_dir_make_tmp ("morsel-print-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "saved", NULL);
  g_autofree char *part_path = g_strconcat (path, ".part", NULL);
  const char      *arguments[] = { "-o", path, url, NULL };
  g_autoptr (GSubprocess) process = NULL;
  gboolean is_over = FALSE;

  if (!can_keep (path))
    return;

  process = print_run_start (arguments, G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  iterate_until (size_in (folder) >= 100000);
  g_subprocess_send_signal (process, SIGTERM);
  g_subprocess_wait_async (process, NULL, print_run_ended_cb, &is_over);
  iterate_until (is_over);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 143);

  g_assert_cmpint (g_unlink (part_path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* As with curl's `-C -`, and without being asked to. */
static void
test_goes_on_the_second_time (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *folder = g_dir_make_tmp ("morsel-print-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "saved", NULL);
  g_autofree char *part_path = g_strconcat (path, ".part", NULL);
  g_autofree char *url = NULL;
  const char      *again[] = { "--json", "-o", path, NULL, NULL };
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_auto (PrintRun) second = { 0 };
  JsonObject *object;

  if (!can_keep (path))
    return;

  /* If not even the beginning came in time, it was this machine that stalled. */
  for (int seconds = 1; !g_file_test (part_path, G_FILE_TEST_EXISTS); seconds *= 2)
    {
      g_autofree char *page = g_strdup_printf (
          "/breaks-off?bytes=300000&times=1&stalls=1&try=%d", seconds);
      g_autofree char *timeout = g_strdup_printf ("--timeout=%d", seconds);
      const char      *arguments[] = { timeout, "-o", path, NULL, NULL };
      g_auto (PrintRun) first = { 0 };

      g_assert_cmpint (seconds, <, PATIENCE / G_TIME_SPAN_SECOND);
      g_free (url);
      url = demo_server_get_url (fixture->server, page);
      arguments[3] = url;
      print_run (&first, arguments);
      g_assert_cmpint (first.status, ==, 28);
      g_assert_true (strstr (first.errors, "is kept in saved.part.") != NULL ||
                     !g_file_test (part_path, G_FILE_TEST_EXISTS));
    }

  again[3] = url;
  print_run (&second, again);
  g_assert_cmpint (second.status, ==, 0);
  object = print_run_parse_line (parser, second.output);
  g_assert_cmpint (json_object_get_int_member (object, "status"), ==, 206);
  g_assert_cmpint (json_object_get_int_member (object, "size"), ==, 300000);
  g_assert_cmpint (json_object_get_int_member (object, "size_on_wire"), ==, 200000);

  g_unlink (path);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_bad_options (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const bad[][2] = {
    { "--bytes", "-1" },    { "--timeout", "0" },        { "--header", "no colon" },
    { "--jobs", "0" },      { "--proxy", "gopher://x" }, { "--redirects", "-2" },
    { "--timeout", "nan" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const char *arguments[] = { bad[i][0], bad[i][1], "http://localhost/", NULL };
      g_auto (PrintRun) run = { 0 };

      print_run (&run, arguments);
      g_assert_cmpint (run.status, !=, 0);
      g_assert_cmpstr (run.output, ==, "");
      g_assert_nonnull (strstr (run.errors, bad[i][0] + 2));
    }
}

static void
test_line_without_end (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *hello = demo_server_get_url (fixture->server, "/hello");
  g_autofree char *filling = g_strnfill (3 * 1024 * 1024, 'a');
  g_autofree char *input = g_strdup_printf ("%s\n%s", filling, hello);
  const char      *arguments[] = { "-", NULL };
  g_auto (PrintRun) run = { 0 };

  print_run_with_input (&run, input, arguments);

  g_assert_cmpint (run.status, ==, 3);
  g_assert_nonnull (strstr (run.errors, "This is too long for an address"));
  g_assert_nonnull (strstr (run.output, "Hello from the demo server."));
}

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  print_run_program = argv[1];

  add ("/print/status-and-first-bytes", test_prints_status_and_first_bytes);
  add ("/print/nothing-that-a-terminal-would-obey",
       test_prints_nothing_that_a_terminal_would_obey);
  add ("/print/json/one-object-a-line", test_prints_one_json_object_a_line);
  add ("/print/status/fails-if-one-fails", test_fails_if_one_fails);
  add ("/print/bad-addresses", test_bad_addresses);
  add ("/print/no-address", test_no_address);
  add ("/print/standard-input/is-read", test_reads_standard_input);
  add ("/print/standard-input/may-be-empty", test_empty_standard_input);
  add ("/print/streams-and-can-be-interrupted", test_streams_and_can_be_interrupted);
  add ("/print/ends-when-nobody-reads", test_ends_when_nobody_reads);
  add ("/print/few-open-files-are-enough", test_few_open_files_are_enough);
  add ("/print/standard-input/is-not-hoarded", test_endless_input_is_not_hoarded);
  g_test_add ("/print/standard-input/a-host-that-hangs-holds-up-no-other/sorted", Fixture,
              GINT_TO_POINTER (TRUE), set_up, test_host_that_hangs_holds_up_no_other,
              tear_down);
  g_test_add ("/print/standard-input/a-host-that-hangs-holds-up-no-other/mixed", Fixture,
              GINT_TO_POINTER (FALSE), set_up, test_host_that_hangs_holds_up_no_other,
              tear_down);
  add ("/print/options/of-a-request", test_options_of_a_request);
  add ("/print/tokens-are-in-address-only", test_tokens_are_in_address_only);
  add ("/print/options/saves", test_saves);
  add ("/print/options/terminated-keeps-what-came", test_terminated_keeps_what_came);
  add ("/print/options/goes-on-the-second-time", test_goes_on_the_second_time);
  add ("/print/options/bad", test_bad_options);
  add ("/print/exit-status-is-curls", test_exit_status_is_curls);
  add ("/print/standard-input/line-without-end", test_line_without_end);

  return g_test_run ();
}
