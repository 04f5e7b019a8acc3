/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The command for curl: read as a shell would read it, and run. */

#include <curl/curl.h>
#include <string.h>

#include "../backgroundcall/gate.h"
#include "app/morsel-curl-command.h"
#include "fetching.h"

static GStrv
parse (const char *command)
{
  g_autoptr (GError) error = NULL;
  GStrv words = NULL;

  g_shell_parse_argv (command, NULL, &words, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (words[0], ==, "curl");

  return words;
}

static GStrv
words_for (FetchRequest *request)
{
  g_autofree char *command = morsel_curl_command_for_request (request);

  return parse (command);
}

static void
assert_has (GStrv words, const char *word)
{
  if (!g_strv_contains ((const char *const *) words, word))
    g_error ("no “%s”", word);
}

static void
assert_has_not (GStrv words, const char *word)
{
  if (g_strv_contains ((const char *const *) words, word))
    g_error ("“%s” is there", word);
}

/* Follows the option somewhere. */
static void
assert_option (GStrv words, const char *option, const char *value)
{
  for (gsize i = 0; words[i] != NULL; i++)
    if (g_str_equal (words[i], option) && g_strcmp0 (words[i + 1], value) == 0)
      return;

  g_error ("no “%s %s”", option, value);
}

static void
test_plain (void)
{
  g_autoptr (FetchRequest) request = fetch_request_new ("http://example.org/a", NULL);
  g_auto (GStrv) words = words_for (request);

  g_assert_cmpstr (words[g_strv_length (words) - 1], ==, "http://example.org/a");
  assert_has (words, "--location");
  assert_has (words, "--compressed");
  assert_option (words, "--max-redirs", "10");
  assert_option (words, "--connect-timeout", "30");
  assert_option (words, "--max-time", "600");
  assert_option (words, "--speed-time", "60");
  assert_has_not (words, "--head");
  assert_has_not (words, "--output");
  assert_has_not (words, "--insecure");
  assert_has_not (words, "--proxy");
  assert_has_not (words, "--user");
}

static void
test_every_setting (void)
{
  g_autoptr (FetchRequest) request = fetch_request_new ("https://example.org/", NULL);
  g_auto (GStrv) words = NULL;

  fetch_request_set_max_redirects (request, 3);
  fetch_request_set_connect_timeout (request, 1500 * G_TIME_SPAN_MILLISECOND);
  fetch_request_add_header (request, "Accept-Language: de", NULL);
  fetch_request_add_header (request, "X-Empty:", NULL);
  fetch_request_set_http_version (request, FETCH_HTTP_VERSION_2);
  fetch_request_set_ip_version (request, FETCH_IP_VERSION_6);
  fetch_request_set_proxy (request, "socks5://proxy.example:1080", NULL);
  fetch_request_set_verifies_tls (request, FALSE);
  fetch_request_set_ca_file (request, "/a b/ca.pem");
  fetch_request_set_max_retries (request, 4);
  fetch_request_save_to (request, "/tmp/it's here", FALSE);
  words = words_for (request);

  assert_option (words, "--max-redirs", "3");
  assert_option (words, "--connect-timeout", "1.5");
  assert_option (words, "--header", "Accept-Language: de");
  assert_option (words, "--header", "X-Empty;");
  assert_has (words, "--http2");
  assert_has (words, "--ipv6");
  assert_option (words, "--proxy", "socks5://proxy.example:1080");
  assert_has (words, "--insecure");
  assert_option (words, "--cacert", "/a b/ca.pem");
  assert_option (words, "--retry", "4");
  assert_option (words, "--output", "/tmp/it's here");
  assert_has (words, "--no-clobber");
  assert_has_not (words, "--compressed");
}

static void
test_peek_and_head (void)
{
  g_autoptr (FetchRequest) peek = fetch_request_new ("https://example.org/", NULL);
  g_autoptr (FetchRequest) head = fetch_request_new ("https://example.org/", NULL);
  g_auto (GStrv) peek_words = NULL;
  g_auto (GStrv) head_words = NULL;

  fetch_request_set_body_use (peek, FETCH_BODY_PEEK);
  fetch_request_set_method (head, FETCH_METHOD_HEAD);
  peek_words = words_for (peek);
  head_words = words_for (head);

  assert_option (peek_words, "--range", "0-499");
  assert_has (head_words, "--head");
}

static void
test_no_secret_is_copied (void)
{
  static const char *const secrets[] = { "swordfish", "tom" };
  g_autoptr (FetchRequest) basic = fetch_request_new ("https://example.org/", NULL);
  g_autoptr (FetchRequest) bearer = fetch_request_new ("https://example.org/", NULL);
  g_autofree char *basic_command = NULL;
  g_autofree char *bearer_command = NULL;
  g_auto (GStrv) words = NULL;

  fetch_request_set_basic_auth (basic, "tom", "swordfish");
  fetch_request_add_header (basic, "Cookie: a=swordfish", NULL);
  fetch_request_add_header (basic, "X-Auth-Token: swordfish", NULL);
  fetch_request_set_proxy (basic, "http://tom:swordfish@proxy.example:8080", NULL);
  fetch_request_set_bearer_token (bearer, "swordfish", NULL);
  basic_command = morsel_curl_command_for_request (basic);
  bearer_command = morsel_curl_command_for_request (bearer);

  for (gsize i = 0; i < G_N_ELEMENTS (secrets); i++)
    {
      g_assert_null (strstr (basic_command, secrets[i]));
      g_assert_null (strstr (bearer_command, secrets[i]));
    }
  words = parse (basic_command);
  assert_option (words, "--user", "USER:PASSWORD");
  assert_option (words, "--header", "Cookie: SECRET");
  assert_option (words, "--proxy", "http://USER:PASSWORD@proxy.example:8080");
  g_assert_nonnull (strstr (bearer_command, "--oauth2-bearer TOKEN"));
}

static void
test_no_token_is_copied (void)
{
  g_autoptr (FetchRequest)
      request = fetch_request_new ("https://example.org/?a=b&sig=swordfish#c", NULL);
  g_autofree char *command = morsel_curl_command_for_request (request);

  g_assert_true (g_str_has_suffix (command, " 'https://example.org/?a=b&sig=SECRET#c'"));
}

static void
test_address_is_one_word (void)
{
  static const char *const addresses[] = {
    "http://example.org/a?b=c&d=$(e)", "http://example.org/it's",
    "http://example.org/a;b|c>d",      "http://example.org/[a-b]{c,d}*?!~",
    "http://example.org/`a`#b",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_autoptr (FetchRequest) request = fetch_request_new (addresses[i], NULL);
      g_auto (GStrv) words = words_for (request);

      g_assert_cmpstr (words[g_strv_length (words) - 1], ==,
                       fetch_request_get_url (request));
    }
}

static void
over_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), result, user_data, NULL,
                                        &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_successful (G_SUBPROCESS (source)));
}

/* By a real shell; curl is not to read what somebody has set up for it. */
static char *
run (Fetching *fetching, const char *command)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  char *output = NULL;

  g_subprocess_launcher_setenv (launcher, "CURL_HOME", fetching->folder, TRUE);
  process = g_subprocess_launcher_spawn (launcher, &error, "sh", "-c", command, NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8_async (process, NULL, NULL, over_cb, &output);
  iterate_until (output != NULL);

  return output;
}

static char *
preview_of (MorselFetch *fetch)
{
  GBytes *bytes = fetch_result_get_first_bytes (morsel_fetch_get_result (fetch));

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* The request, line by line, in whichever order the lines come. Which kinds of
 * compression are offered is left out: curl offers one more, whose memory has no bound.
 */
static GStrv
lines_of (const char *request)
{
  GStrv lines = g_strsplit (g_strchomp ((char *) request), "\r\n", -1);

  for (guint i = 1; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "Accept-Encoding: ") &&
        strchr (lines[i], ',') != NULL)
      {
        g_free (lines[i]);
        lines[i] = g_strdup ("Accept-Encoding: some");
      }

  for (guint i = 1; lines[i] != NULL; i++)
    for (guint k = i; k > 1 && g_strcmp0 (lines[k - 1], lines[k]) > 0; k--)
      {
        char *line = lines[k];

        lines[k] = lines[k - 1];
        lines[k - 1] = line;
      }

  return lines;
}

static void
assert_curl_does_the_same (Fetching *fetching, FetchRequest *request)
{
  g_autofree char *command = morsel_curl_command_for_request (request);
  g_autofree char *theirs = NULL;
  g_autofree char *ours = preview_of (fetching_add (fetching, request));
  g_auto (GStrv) our_lines = NULL;
  g_auto (GStrv) their_lines = NULL;

  theirs = run (fetching, command);
  our_lines = lines_of (ours);
  their_lines = lines_of (theirs);

  g_assert_cmpstrv (our_lines, their_lines);
}

static gboolean
has_curl (void)
{
  g_autofree char *curl = g_find_program_in_path ("curl");

  if (curl == NULL)
    g_test_skip ("curl is not installed");

  return curl != NULL;
}

static void
test_curl_does_the_same (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest) plain = NULL;
  g_autoptr (FetchRequest) fields = NULL;
  g_autoptr (FetchRequest) peek = NULL;
  g_autoptr (FetchRequest) redirect = NULL;

  if (!has_curl ())
    return;

  plain = fetching_new_request (fetching, "/echo?[a]={b,c}&d=it's$HOME");
  fields = fetching_new_request (fetching, "/echo");
  fetch_request_add_header (fields, "Accept-Language: de; q=\"$1\"", NULL);
  fetch_request_add_header (fields, "X-Empty:", NULL);
  fetch_request_set_http_version (fields, FETCH_HTTP_VERSION_1_1);
  fetch_request_set_proxy (fields, "", NULL);
  peek = fetching_new_request (fetching, "/echo");
  fetch_request_set_body_use (peek, FETCH_BODY_PEEK);
  redirect = fetching_new_request (fetching, "/cookie");

  assert_curl_does_the_same (fetching, plain);
  assert_curl_does_the_same (fetching, fields);
  assert_curl_does_the_same (fetching, peek);
  assert_curl_does_the_same (fetching, redirect);
}

static void
test_curl_saves_and_replaces_nothing (Fetching     *fetching,
                                      gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest) request = fetching_new_request (fetching, "/large?bytes=7");
  g_autofree char *path = fetching_get_path (fetching, "it's here");
  g_autofree char *command = NULL;
  g_autofree char *output = NULL;
  g_autofree char *content = NULL;

  if (!has_curl ())
    return;

  fetch_request_save_to (request, path, FALSE);
  command = morsel_curl_command_for_request (request);
  output = run (fetching, command);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "abcdefg");
  g_assert_cmpstr (output, ==, "");
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);

  g_test_add_func ("/curl-command/plain", test_plain);
  g_test_add_func ("/curl-command/every-setting", test_every_setting);
  g_test_add_func ("/curl-command/peek-and-head", test_peek_and_head);
  g_test_add_func ("/curl-command/no-secret", test_no_secret_is_copied);
  g_test_add_func ("/curl-command/no-token", test_no_token_is_copied);
  g_test_add_func ("/curl-command/address-is-one-word", test_address_is_one_word);
  g_test_add ("/curl-command/does-the-same", Fetching, NULL, fetching_set_up,
              test_curl_does_the_same, fetching_tear_down);
  g_test_add ("/curl-command/saves", Fetching, NULL, fetching_set_up,
              test_curl_saves_and_replaces_nothing, fetching_tear_down);

  status = g_test_run ();
  curl_global_cleanup ();

  return status;
}
