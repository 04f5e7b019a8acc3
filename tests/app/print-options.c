/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The options of `morsel --print`, each by what a server sees of it, and what `--json`
 * promises. */

#include <glib/gstdio.h>
#include <string.h>

#include "../backgroundcall/gate.h"
#include "../fetch/hostile-server.h"
#include "backgroundcall/backgroundcall.h"
#include "demo/demo-server.h"
#include "print-run.h"

typedef struct
{
  DemoServer *server;
  JsonParser *parser;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  fixture->server = demo_server_new (&error);
  g_assert_no_error (error);
  fixture->parser = json_parser_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_clear_object (&fixture->parser);
  g_clear_object (&fixture->server);
  g_assert_true (background_pool_drain (PATIENCE));
  iterate_all ();
}

/* Until the next one. The options end with NULL. */
static JsonObject *
print_json (Fixture *fixture, int status, const char *address, ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_auto (PrintRun) run = { 0 };
  va_list     options;
  const char *option;

  g_ptr_array_add (arguments, (char *) "--json");
  va_start (options, address);
  while ((option = va_arg (options, const char *)) != NULL)
    g_ptr_array_add (arguments, (char *) option);
  va_end (options);
  g_ptr_array_add (arguments, (char *) address);
  g_ptr_array_add (arguments, NULL);

  print_run (&run, (const char *const *) arguments->pdata);
  g_test_message ("%s%s", run.output, run.errors);
  g_assert_cmpint (run.status, ==, status);

  return print_run_parse_line (fixture->parser, run.output);
}

static const char *
echo_with (Fixture *fixture, const char *option, const char *value)
{
  g_autofree char *echo = demo_server_get_url (fixture->server, "/echo");
  JsonObject *object = print_json (fixture, 0, echo, "--bytes", "4000", option, value,
                                   NULL);

  return json_object_get_string_member (object, "preview");
}

static void
assert_has_members (JsonObject *object, const char *names)
{
  g_auto (GStrv) members = g_strsplit (names, " ", -1);

  for (char **name = members; *name != NULL; name++)
    {
      g_test_message ("%s", *name);
      g_assert_true (json_object_has_member (object, *name));
    }
}

/* Scripts rely on them: more may come, but none may go. */
static void
test_members_stay (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const HostileBehaviour good = { 0 };
  g_autoptr (HostileServer) server = hostile_server_new (&good);
  g_autofree char *url = hostile_server_get_url (server, "https", "/good");
  JsonObject      *object = print_json (fixture, 0, url, "-k", NULL);
  JsonArray       *hops = json_object_get_array_member (object, "hops");

  assert_has_members (
      object,
      "address error url status status_line explanation content_type sniffed_type size "
      "size_on_wire full_size ending is_complete content_coding notes redirects hops attempts saved_path "
      "remote_address http_version duration_us timeline_us tls kind charset preview "
      "first_bytes_base64");
  assert_has_members (json_object_get_object_member (object, "timeline_us"),
                      "queued name connect tls wait receive");
  assert_has_members (json_object_get_object_member (object, "tls"),
                      "version cipher subject issuer names valid_from expires");
  assert_has_members (json_array_get_object_element (hops, 0),
                      "url status status_line headers");

  object = print_json (fixture, 3, "ftp://example.org/", NULL);
  assert_has_members (json_object_get_object_member (object, "error"), "name message");
}

static void
test_user (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  /* As long as what the server has got: bmFtZTp3b3Jk. */
  g_assert_nonnull (strstr (echo_with (fixture, "--user", "name:word"),
                            "\nAuthorization: Basic ************\n"));
}

/* The address is none, but the password in it is. */
static void
test_password_in_the_address (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const addresses[] = { "https://tom:swordfish@example.org/",
                                           "https://tom:swordfish@example.org:99999/" };

  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      const char      *text[] = { addresses[i], NULL };
      JsonObject      *object = print_json (fixture, 3, addresses[i], NULL);
      g_autofree char *line = json_to_string (json_parser_get_root (fixture->parser),
                                              FALSE);
      g_auto (PrintRun) run = { 0 };

      g_assert_null (strstr (line, "swordfish"));
      g_assert_true (g_str_has_prefix (json_object_get_string_member (object, "address"),
                                       "https://SECRET@example.org"));
      print_run (&run, text);
      g_assert_nonnull (strstr (run.errors, "https://SECRET@example.org"));
      g_assert_null (strstr (run.errors, "swordfish"));
    }
}

static void
test_cookies_are_hidden (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *url = demo_server_get_url (fixture->server, "/cookie");
  g_autofree char *line = NULL;

  print_json (fixture, 0, url, "--bytes", "4000", NULL);
  line = json_to_string (json_parser_get_root (fixture->parser), FALSE);

  g_assert_nonnull (strstr (line, "Set-Cookie: taste=SECRET; Path=/"));
  g_assert_null (strstr (line, "taste=good"));
}

static void
test_http2 (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_assert_nonnull (strstr (echo_with (fixture, "--http2", "-4"), "\nUpgrade: h2c\n"));
  g_assert_null (strstr (echo_with (fixture, "--http1.1", "-4"), "\nUpgrade:"));
}

static void
test_trust (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const HostileBehaviour good = { 0 };
  static const HostileBehaviour self_signed = {
    .certificate = HOSTILE_CERTIFICATE_SELF_SIGNED,
    .answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  };
  g_autoptr (HostileServer) good_server = hostile_server_new (&good);
  g_autoptr (HostileServer) bad_server = hostile_server_new (&self_signed);
  g_autofree char *good_url = hostile_server_get_url (good_server, "https", "/good");
  g_autofree char *bad_url = hostile_server_get_url (bad_server, "https", "/page");
  const char      *ca_file = hostile_certificates_get_ca_file ();
  JsonObject      *tls;

  print_json (fixture, 60, good_url, NULL);
  print_json (fixture, 60, bad_url, "--ca-file", ca_file, NULL);
  print_json (fixture, 0, bad_url, "-k", NULL);
  print_json (fixture, 0, bad_url, "--insecure", NULL);

  tls = json_object_get_object_member (
      print_json (fixture, 0, good_url, "--ca-file", ca_file, NULL), "tls");
  g_assert_cmpstr (json_object_get_string_member (tls, "version"), ==, "TLSv1.3");
  g_assert_cmpstr (json_object_get_string_member (tls, "subject"), ==,
                   "CN=Hostile Server");
  g_assert_cmpstr (json_object_get_string_member (tls, "issuer"), ==,
                   "CN=Hostile Authority");
}

static gboolean
has_ipv6 (void)
{
  g_autofree char *interfaces = NULL;

  return g_file_get_contents ("/proc/net/if_inet6", &interfaces, NULL, NULL) &&
         strstr (interfaces, "00000000000000000000000000000001") != NULL;
}

static void
test_ip_versions (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const HostileBehaviour ipv6 = { .is_ipv6 = TRUE };
  g_autoptr (HostileServer) server = hostile_server_new (&ipv6);
  g_autofree char *six = hostile_server_get_url (server, "http", "/good");
  g_autofree char *four = demo_server_get_url (fixture->server, "/hello");

  print_json (fixture, 0, six, "-6", NULL);
  print_json (fixture, 0, six, "--ipv6", NULL);
  print_json (fixture, 7, six, "-4", NULL);
  print_json (fixture, 7, four, "-6", NULL);
}

static void
test_retry (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *twice = demo_server_get_url (fixture->server, "/busy?times=2");
  g_autofree char *often = demo_server_get_url (fixture->server, "/busy?times=9");
  JsonObject      *object = print_json (fixture, 0, twice, "--retry", "2", NULL);

  g_assert_cmpint (json_object_get_int_member (object, "attempts"), ==, 3);
  object = print_json (fixture, 22, often, NULL);
  g_assert_cmpint (json_object_get_int_member (object, "attempts"), ==, 1);
}

static void
test_replace (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *hello = demo_server_get_url (fixture->server, "/hello");
  g_autofree char *folder = g_dir_make_tmp ("morsel-print-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "saved", NULL);
  g_autofree char *saved = NULL;
  JsonObject      *object;

  g_assert_true (g_file_set_contents (path, "before", -1, NULL));
  print_json (fixture, 23, hello, "-o", path, NULL);
  object = print_json (fixture, 0, hello, "-o", path, "--replace", NULL);

  g_assert_cmpstr (json_object_get_string_member (object, "saved_path"), ==, path);
  g_assert_true (g_file_get_contents (path, &saved, NULL, NULL));
  g_assert_true (g_str_has_prefix (saved, "Hello from the demo server."));

  g_unlink (path);
  g_rmdir (folder);
}

/* A server that never answers keeps each connection: as many come as are allowed. */
static void
test_jobs_per_host (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  static const HostileBehaviour stalls = { .then = HOSTILE_STALLS };
  static const struct
  {
    const char *jobs;
    const char *per_host;
    guint       n_connections;
  } cases[] = { { "64", "3", 3 }, { "64", "10", 10 }, { "2", "10", 2 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (HostileServer) server = hostile_server_new (&stalls);
      g_autofree char *url = hostile_server_get_url (server, "http", "/");
      const char      *arguments[] = { "--jobs",
                                       cases[i].jobs,
                                       "--jobs-per-host",
                                       cases[i].per_host,
                                       "--timeout",
                                       "2",
                                       url,
                                       url,
                                       url,
                                       url,
                                       url,
                                       url,
                                       url,
                                       url,
                                       url,
                                       url,
                                       url,
                                       url,
                                       NULL };
      g_autoptr (GSubprocess)
          process = print_run_start (arguments, G_SUBPROCESS_FLAGS_STDERR_SILENCE);
      gboolean is_over = FALSE;

      iterate_until (hostile_server_get_n_connections (server) >= cases[i].n_connections);
      g_assert_cmpuint (hostile_server_get_n_connections (server), ==,
                        cases[i].n_connections);

      g_subprocess_force_exit (process);
      g_subprocess_wait_async (process, NULL, print_run_ended_cb, &is_over);
      iterate_until (is_over);
    }
}

static void
test_size_says_that_it_was_cut (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *large = demo_server_get_url (fixture->server, "/large?bytes=9000000");
  g_autofree char *endless = demo_server_get_url (fixture->server, "/endless");
  const char      *ranged[] = { "--peek", "--bytes", "9", large, NULL };
  const char      *stopped[] = { "--peek", endless, NULL };
  g_autofree char *part = g_format_size (9);
  g_autofree char *whole = g_format_size (9000000);
  g_autofree char *words = g_strdup_printf (" · %s of %s · ", part, whole);
  g_auto (PrintRun) ranged_run = { 0 };
  g_auto (PrintRun) stopped_run = { 0 };

  print_run (&ranged_run, ranged);
  g_assert_nonnull (strstr (ranged_run.output, words));

  print_run (&stopped_run, stopped);
  g_assert_nonnull (strstr (stopped_run.output, ", of how much is not known · "));
}

#define add(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  print_run_program = argv[1];
  hostile_certificates_make ();

  add ("/print/json/members-stay", test_members_stay);
  add ("/print/secrets/user", test_user);
  add ("/print/secrets/password-in-the-address", test_password_in_the_address);
  add ("/print/secrets/cookies", test_cookies_are_hidden);
  add ("/print/options/http2", test_http2);
  add ("/print/options/trust", test_trust);
  if (has_ipv6 ())
    add ("/print/options/ip-versions", test_ip_versions);
  add ("/print/options/retry", test_retry);
  add ("/print/options/replace", test_replace);
  add ("/print/options/jobs-per-host", test_jobs_per_host);
  add ("/print/size-says-that-it-was-cut", test_size_says_that_it_was_cut);

  status = g_test_run ();
  hostile_certificates_free ();

  return status;
}
