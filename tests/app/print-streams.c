/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What goes into `morsel --print` and what comes out: the standard streams, other pipes
 * and devices, and lists of addresses. */

#include <fcntl.h>
#include <gio/gunixinputstream.h>
#include <glib/gstdio.h>
#include <signal.h>
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

/* Runs a line of shell, in which $0 is the program, and $1 an address. */
static void
run_shell (PrintRun *run, const char *line, const char *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error, "/bin/sh",
      "-c", line, print_run_program, address, NULL);

  g_assert_no_error (error);
  print_run_take (run, process);
}

/* Each of these ends, with a status and a sentence. */
static void
test_standard_streams (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    const char *line;
    int         status;
    const char *error; /* NULL for none */
  } cases[] = {
    { "$0 --print - <&-", 26, "morsel: Standard input is closed.\n" },
    { "$0 --print \"$1\" >&-", 23, "morsel: Standard output is closed.\n" },
    { "$0 --print \"$1\" >/dev/full", 23, "morsel: Standard output can’t be written: " },
    { "$0 --print --json \"$1\" >/dev/full", 23,
      "morsel: Standard output can’t be written: " },
    { "$0 --print --dry-run \"$1\" >/dev/full", 23,
      "morsel: Standard output can’t be written: " },
    { "$0 --print --output - \"$1\" >/dev/full", 23, "The output can’t be written: " },
    { "$0 --print --output /dev/full --replace \"$1\" >/dev/null", 23,
      "The output can’t be written: " },
    { "ulimit -f 0; $0 --print --output \"$(mktemp -u)\" \"$1\" >/dev/null", 23,
      "could not be saved: " },
    { "exec >/dev/null; ulimit -S -n 8; $0 --print \"$1\"", 0, NULL },
    { "ulimit -n 8; $0 --print \"$1\"", 1, "The limit on open files is too low" },
    { "$0 --print --output /dev/null --replace \"$1\" <&- >/dev/null 2>&1", 0, NULL },
    { "$0 --print \"$1\" <&- >&- 2>&-", 23, NULL },
    { "$0 --print \"$1\" 2>&- >/dev/null", 0, NULL },
    { "$0 --print --json --output - \"$1\" 2>&- >/dev/null", 0, NULL },
  };
  g_autofree char *hello = demo_server_get_url (fixture->server, "/hello");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (PrintRun) run = { 0 };

      g_test_message ("%s", cases[i].line);
      run_shell (&run, cases[i].line, hello);
      g_test_message ("%d, %s", run.status, run.errors);

      g_assert_cmpint (run.status, ==, cases[i].status);
      g_assert_cmpstr (run.output, ==, "");
      if (cases[i].error != NULL)
        g_assert_nonnull (strstr (run.errors, cases[i].error));
      else
        g_assert_cmpstr (run.errors, ==, "");
    }
}

/* Nothing else is on standard output, and no byte is another one. */
static void
test_writes_body_to_streams (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const lines[] = {
    "$0 --print --output - \"$1\" 2>/dev/null | cksum",
    "$0 --print --json -o- \"$1\" 2>/dev/null | cksum",
    "$0 --print --output /dev/stdout --replace \"$1\" 2>/dev/null | cksum",
    ("f=$(mktemp -u); mkfifo $f; cksum < $f & $0 --print -o $f --replace \"$1\" >&2 "
     "2>/dev/null; wait; rm $f"),
    "f=$(mktemp -u); $0 --print -o $f \"$1\" >/dev/null; cksum < $f; rm $f",
  };
  g_autofree char *large = demo_server_get_url (fixture->server, "/large?bytes=9000000");
  g_autofree char *wanted = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_auto (PrintRun) run = { 0 };

      run_shell (&run, lines[i], large);
      g_test_message ("%s: %s", lines[i], run.output);

      g_assert_true (g_str_has_suffix (run.output, " 9000000\n"));
      if (wanted == NULL)
        wanted = g_strdup (run.output);
      g_assert_cmpstr (run.output, ==, wanted);
    }
}

/* A body that has begun to come out is not fetched again from its start. */
static void
test_stream_is_not_written_twice (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server,
                                              "/breaks-off?bytes=300000&times=1");
  const char      *arguments[] = { "--retry", "3", "--output", "-", url, NULL };
  g_auto (PrintRun) run = { 0 };

  print_run (&run, arguments);

  g_assert_cmpint (run.status, ==, 18);
  g_assert_cmpuint (strlen (run.output), <, 300000);
  g_assert_cmpuint (strlen (run.output), >, 0);
}

/* The reader of a pipe may take its time; Ctrl+C ends it nevertheless. */
static void
test_full_pipe_can_be_interrupted (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *endless = demo_server_get_url (fixture->server, "/endless");
  const char      *arguments[] = { "--output", "-", endless, NULL };
  g_autoptr (GSubprocess) process = print_run_start (
      arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  int fd = g_unix_input_stream_get_fd (
      G_UNIX_INPUT_STREAM (g_subprocess_get_stdout_pipe (process)));
  int      n_there = 0;
  gboolean is_over = FALSE;

  while (n_there < fcntl (fd, F_GETPIPE_SZ))
    {
      g_assert_cmpint (ioctl (fd, FIONREAD, &n_there), ==, 0);
      g_main_context_iteration (NULL, FALSE);
    }

  g_subprocess_send_signal (process, SIGINT);
  g_subprocess_wait_async (process, NULL, print_run_ended_cb, &is_over);
  iterate_until (is_over);
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 130);
}

static void
assert_dry_run (const char *input, gsize length, int status, const char *output)
{
  const char *arguments[] = { "--dry-run", "-", NULL };
  g_autoptr (GBytes) bytes = g_bytes_new (input, length);
  g_auto (PrintRun) run = { 0 };

  print_run_with_bytes (&run, bytes, arguments);
  g_test_message ("%s", run.errors);

  g_assert_cmpint (run.status, ==, status);
  g_assert_cmpstr (run.output, ==, output);
  if (status != 0)
    g_assert_true (g_str_has_prefix (run.errors, "morsel: -:2: "));
}

/* As the window reads it. */
static void
test_reads_lists_of_each_kind (Fixture      *fixture G_GNUC_UNUSED,
                               gconstpointer data G_GNUC_UNUSED)
{
  static const char wide[] = "\xff\xfeh\0t\0t\0p\0:\0/\0/\0a\0/\0\n\0b\0\n\0";
  static const struct
  {
    const char *input;
    int         status;
    const char *output;
  } cases[] = {
    { "", 0, "" },
    { "# only a comment\n", 0, "" },
    { "http://a/\n\n  # comment\r\n b.org \r\nc.org", 0, "http://a/\nb.org\nc.org\n" },
    { "\xef\xbb\xbfhttp://a/\n", 0, "http://a/\n" },
    { "http://a/ http://b/\nhttp://c/\n", 0, "http://a/\nhttp://b/\nhttp://c/\n" },
    { "name,address\nA,http://a/\nB,http://b/\n", 0, "http://a/\nhttp://b/\n" },
    { "Look at http://a/ first.\nThen at (http://b/).\n", 0, "http://a/\nhttp://b/\n" },
    { "<urlset><url><loc>http://a/</loc></url></urlset>", 0, "http://a/\n" },
    { "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><DT><A HREF=\"http://a/\">A</A></DL>\n",
      0, "http://a/\n" },
    { "http://a/\ntwo words\nhttp://b/\n", 3, "http://a/\nhttp://b/\n" },
    { "http://a/\nhttp://\xff/\nhttp://b/\n", 3, "http://a/\nhttp://b/\n" },
    { "http://a/\nftp://c/\nhttp://b/\n", 3, "http://a/\nhttp://b/\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_dry_run (cases[i].input, strlen (cases[i].input), cases[i].status,
                    cases[i].output);

  assert_dry_run (wide, sizeof wide - 1, 0, "http://a/\nb\n");
}

static void
test_opens_lists (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *hello = demo_server_get_url (fixture->server, "/hello");
  g_autofree char *csv = g_strdup_printf ("name,address\nA,%s\nB,%s\n", hello, hello);
  g_autofree char *folder = g_dir_make_tmp ("morsel-print-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "list.csv", NULL);
  const char      *arguments[] = { "--json", "--open", path, NULL };
  const char      *missing[] = { "--json", "--open", folder, "--open", path, NULL };
  g_auto (PrintRun) run = { 0 };
  g_auto (PrintRun) missing_run = { 0 };

  g_assert_true (g_file_set_contents (path, csv, -1, NULL));

  /* Each is fetched once. */
  print_run (&run, arguments);
  g_assert_cmpint (run.status, ==, 0);
  g_assert_cmpint (strchr (run.output, '\n') - run.output, ==, strlen (run.output) - 1);

  print_run (&missing_run, missing);
  g_assert_cmpint (missing_run.status, ==, 26);
  g_assert_nonnull (strstr (missing_run.output, hello));

  g_unlink (path);
  g_rmdir (folder);
}

/* What is too long is read in part, and said so; one address on a line has no bound. */
static void
test_long_lists (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "morsel-list-XXXXXX", NULL);
  const char      *file[] = { "--dry-run", "--open", path, NULL };
  const char      *stream[] = { "--dry-run", "-", NULL };
  g_autoptr (GString) list = g_string_new (NULL);
  g_auto (PrintRun) file_run = { 0 };
  g_auto (PrintRun) stream_run = { 0 };
  int fd = g_mkstemp (path);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
  for (guint i = 0; i < 120000; i++)
    g_string_append_printf (list, "http://a/%u\n", i);
  g_assert_true (g_file_set_contents (path, list->str, list->len, NULL));

  print_run (&file_run, file);
  g_assert_cmpint (file_run.status, ==, 26);
  g_assert_nonnull (strstr (file_run.errors, "The list is too long."));
  g_assert_true (g_str_has_prefix (list->str, file_run.output));

  print_run_with_input (&stream_run, list->str, stream);
  g_assert_cmpint (stream_run.status, ==, 0);
  g_assert_cmpstr (stream_run.output, ==, list->str);

  g_unlink (path);
}

/* The value of a short option may be in the same word. */
static void
test_values_in_the_same_word (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const struct
  {
    const char *option;
    int         status;
  } cases[] = {
    { "-j4", 0 },    { "-4j4", 0 },    { "-j0", 2 }, { "-j4k", 2 },
    { "-HA: b", 0 }, { "-4HA: b", 0 }, { "-z4", 2 }, { "-x", 2 },
  };
  g_autofree char *hello = demo_server_get_url (fixture->server, "/hello");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *arguments[] = { hello, cases[i].option, NULL };
      g_auto (PrintRun) run = { 0 };

      g_test_message ("%s", cases[i].option);
      print_run (&run, arguments);
      g_assert_cmpint (run.status, ==, cases[i].status);
    }
}

/* As with curl without -L: the redirect is the response, and nothing has failed. */
static void
test_redirect_that_is_not_followed (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/redirect/1");
  const char      *text[] = { "--redirects=0", url, NULL };
  const char      *json[] = { "--redirects=0", "--json", url, NULL };
  const char      *saved[] = { "--redirects=0", "--output", "-", url, NULL };
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_auto (PrintRun) text_run = { 0 };
  g_auto (PrintRun) json_run = { 0 };
  g_auto (PrintRun) saved_run = { 0 };
  JsonObject *object;
  const char *target;

  print_run (&json_run, json);
  g_assert_cmpint (json_run.status, ==, 0);
  object = print_run_parse_line (parser, json_run.output);
  target = json_object_get_string_member (object, "redirect_url");
  g_assert_true (g_str_has_prefix (target, "http://127.0.0.1:"));
  g_assert_cmpstr (json_object_get_string_member (object, "url"), ==, url);
  g_assert_nonnull (
      strstr (json_object_get_string_member (object, "explanation"), target));
  g_assert_true (json_object_get_null_member (object, "error"));

  print_run (&text_run, text);
  g_assert_cmpint (text_run.status, ==, 0);
  g_assert_cmpstr (text_run.errors, ==, "");
  g_assert_nonnull (strstr (text_run.output, target));

  /* There is no body to save. */
  print_run (&saved_run, saved);
  g_assert_cmpint (saved_run.status, ==, 23);
  g_assert_cmpstr (saved_run.output, ==, "");
}

/* What is saved is a whole body. */
static void
test_output_of_less_than_a_body (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const options[] = { "--peek", "--head", "-Hrange: bytes=0-9" };
  g_autofree char         *url = demo_server_get_url (fixture->server, "/hello");

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    {
      const char *arguments[] = { "-o", "/dev/null", "--replace", options[i], url, NULL };
      g_auto (PrintRun) run = { 0 };

      print_run (&run, arguments);
      g_assert_cmpint (run.status, ==, 2);
      g_assert_cmpstr (run.output, ==, "");
      g_assert_nonnull (strstr (run.errors, "can’t be used with --output"));
    }
}

/* A password is in no message, also of what is not fetched. */
static void
test_dry_run_hides_passwords (Fixture      *fixture G_GNUC_UNUSED,
                              gconstpointer data G_GNUC_UNUSED)
{
  const char *arguments[] = { "--dry-run", "http://tom:swordfish@example.org/", NULL };
  g_auto (PrintRun) run = { 0 };

  print_run (&run, arguments);

  g_assert_cmpint (run.status, ==, 3);
  g_assert_null (strstr (run.output, "swordfish"));
  g_assert_null (strstr (run.errors, "swordfish"));
}

/* As in a container: characters are not replaced by their numbers. */
static void
test_without_a_locale (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/hello");
  const char      *arguments[] = { url, NULL };
  g_autoptr (GSubprocessLauncher)
      launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C", TRUE);
  process = print_run_spawn (launcher, arguments);
  g_assert_true (
      g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, &error));
  g_assert_no_error (error);

  g_assert_nonnull (strstr (output, " · text/plain"));
}

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  print_run_program = argv[1];

  add ("/print/standard-streams", test_standard_streams);
  add ("/print/body/is-written-to-streams", test_writes_body_to_streams);
  add ("/print/body/is-not-written-twice", test_stream_is_not_written_twice);
  add ("/print/body/full-pipe-can-be-interrupted", test_full_pipe_can_be_interrupted);
  add ("/print/body/output-of-less-than-that", test_output_of_less_than_a_body);
  add ("/print/dry-run-hides-passwords", test_dry_run_hides_passwords);
  add ("/print/without-a-locale", test_without_a_locale);
  add ("/print/lists/of-each-kind", test_reads_lists_of_each_kind);
  add ("/print/lists/are-opened", test_opens_lists);
  add ("/print/lists/long-ones", test_long_lists);
  add ("/print/options/values-in-the-same-word", test_values_in_the_same_word);
  add ("/print/redirect-that-is-not-followed", test_redirect_that_is_not_followed);

  return g_test_run ();
}
