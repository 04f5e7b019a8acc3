/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What comes of results that are exported: read again as others would read it. */

#include <curl/curl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../backgroundcall/gate.h"
#include "app/morsel-csv.h"
#include "app/morsel-export.h"
#include "app/morsel-file-name.h"
#include "app/morsel-json.h"
#include "fetching.h"

typedef struct
{
  gboolean is_over;
  gboolean is_written;
  guint    n_written;
  GError  *error;
} Outcome;

static void
exported_cb (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->is_written = morsel_export_finish (result, &outcome->n_written,
                                              &outcome->error);
  outcome->is_over = TRUE;
}

static void
start_export (Fetching          *fetching,
              MorselExportFormat format,
              const char        *path,
              GCancellable      *cancellable,
              Outcome           *outcome)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  morsel_export_async (G_LIST_MODEL (fetching->fetches), format, file, cancellable, NULL,
                       NULL, exported_cb, outcome);
}

/* What is in the file. */
static char *
export_all (Fetching *fetching, MorselExportFormat format)
{
  g_autofree char *path = fetching_get_path (fetching, "results");
  g_autoptr (GError) error = NULL;
  Outcome outcome = { 0 };
  char   *content = NULL;

  start_export (fetching, format, path, NULL, &outcome);
  iterate_until (outcome.is_over);
  g_assert_no_error (outcome.error);
  g_assert_true (outcome.is_written);
  g_assert_cmpuint (outcome.n_written, ==,
                    g_list_model_get_n_items (G_LIST_MODEL (fetching->fetches)));

  g_file_get_contents (path, &content, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_utf8_validate (content, -1, NULL));

  return content;
}

/* The next cell of a row, as RFC 4180 has it; moves on to what follows. */
static char *
take_cell (const char **csv)
{
  GString *cell = g_string_new (NULL);

  if (**csv == '"')
    {
      for ((*csv)++; **csv != '"' || (*csv)[1] == '"'; (*csv)++)
        {
          g_assert_cmpint (**csv, !=, '\0');
          g_string_append_c (cell, **csv);
          if (**csv == '"')
            (*csv)++;
        }
      (*csv)++;
    }
  else
    for (; strchr (",\r", **csv) == NULL; (*csv)++)
      {
        g_assert_null (strchr ("\"\n", **csv));
        g_string_append_c (cell, **csv);
      }

  return g_string_free (cell, FALSE);
}

static GStrv
take_row (const char **csv)
{
  g_autoptr (GStrvBuilder) cells = g_strv_builder_new ();

  for (;; (*csv)++)
    {
      g_autofree char *cell = take_cell (csv);

      g_strv_builder_add (cells, cell);
      if (**csv != ',')
        break;
    }
  g_assert_true (g_str_has_prefix (*csv, "\r\n"));
  *csv += strlen ("\r\n");

  return g_strv_builder_end (cells);
}

static const char *
get_cell (GStrv header, GStrv row, const char *column)
{
  for (gsize i = 0; header[i] != NULL; i++)
    if (g_str_equal (header[i], column))
      return row[i];

  g_assert_not_reached ();
}

static void
test_csv (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  MorselFetch *fetch = fetching_add_path (fetching, "/echo?a=%22b%22,c");
  g_autoptr (GError) bad_address = g_error_new_literal (
      FETCH_ERROR, FETCH_ERROR_BAD_ADDRESS, "It is \"none\", is it?");
  g_autoptr (MorselFetch) invalid = morsel_fetch_new_invalid ("?", bad_address);
  g_autofree char *csv = NULL;
  g_autofree char *size = NULL;
  const char      *rest;
  g_auto (GStrv) header = NULL;
  g_auto (GStrv) first = NULL;
  g_auto (GStrv) second = NULL;

  g_list_store_append (fetching->fetches, invalid);
  csv = export_all (fetching, MORSEL_EXPORT_CSV);
  rest = csv;

  header = take_row (&rest);
  first = take_row (&rest);
  second = take_row (&rest);
  g_assert_cmpstr (rest, ==, "");
  g_assert_cmpuint (g_strv_length (first), ==, g_strv_length (header));
  g_assert_cmpuint (g_strv_length (second), ==, g_strv_length (header));

  size = g_strdup_printf ("%" G_GUINT64_FORMAT,
                          fetch_result_get_size (morsel_fetch_get_result (fetch)));
  g_assert_cmpstr (get_cell (header, first, "address"), ==,
                   morsel_fetch_get_address (fetch));
  g_assert_cmpstr (get_cell (header, first, "status"), ==, "200");
  g_assert_cmpstr (get_cell (header, first, "size"), ==, size);
  g_assert_cmpstr (get_cell (header, first, "content_type"), ==, "text/plain");
  g_assert_cmpstr (get_cell (header, first, "is_complete"), ==, "true");
  g_assert_cmpstr (get_cell (header, first, "error"), ==, "");
  g_assert_cmpstr (get_cell (header, second, "error"), ==, bad_address->message);
  g_assert_cmpstr (get_cell (header, second, "status"), ==, "");
}

static char *
csv_cell_of (const char *address)
{
  g_autoptr (GString) csv = g_string_new (NULL);
  MorselRecord record = { .address = (char *) address };
  const char  *rest;

  morsel_csv_append_record (csv, &record);
  rest = csv->str;

  return take_cell (&rest);
}

static void
test_csv_has_no_formulas (void)
{
  static const char *const texts[][2] = {
    { "example.org", "example.org" },
    { "=1+1", "'=1+1" },
    { "+1", "'+1" },
    { "-1", "'-1" },
    { "@SUM(A1)", "'@SUM(A1)" },
    { " =1+1", " '=1+1" },
    { "＝1", "'＝1" },
    /* Where semicolons are between the cells. */
    { "text/html;=1+1", "text/html;'=1+1" },
    { "a; charset=b", "a; charset=b" },
    { "a-b=c", "a-b=c" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *cell = csv_cell_of (texts[i][0]);

      g_assert_cmpstr (cell, ==, texts[i][1]);
    }
}

static void
test_csv_cells_are_one_line (void)
{
  g_autofree char *cell = csv_cell_of ("a\r\n=b\t=c");

  g_assert_null (strpbrk (cell, "\r\n\t"));
}

static char *
json_of (MorselFetch *fetch)
{
  g_autoptr (MorselRecord) record = morsel_fetch_to_record (fetch);
  GString *json = g_string_new (NULL);

  morsel_record_hide_secrets (record, FALSE);
  morsel_json_append (json, record->address, record->result, record->error);

  return g_string_free (json, FALSE);
}

static JsonNode *
parse (const char *json)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (json, &error);

  g_assert_no_error (error);

  return node;
}

static void
test_json (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  MorselFetch     *first = fetching_add_path (fetching, "/echo");
  MorselFetch     *second = fetching_add_path (fetching, "/no-such-page");
  g_autofree char *array = export_all (fetching, MORSEL_EXPORT_JSON);
  g_autofree char *lines = export_all (fetching, MORSEL_EXPORT_JSON_LINES);
  g_autofree char *first_line = json_of (first);
  g_autofree char *second_line = json_of (second);
  g_autofree char *wanted = g_strdup_printf ("%s\n%s\n", first_line, second_line);
  g_autoptr (JsonNode) node = parse (array);
  g_autoptr (JsonNode) wanted_first = parse (first_line);
  g_autoptr (JsonNode) wanted_second = parse (second_line);
  JsonArray *results = json_node_get_array (node);

  g_assert_cmpstr (lines, ==, wanted);
  g_assert_cmpuint (json_array_get_length (results), ==, 2);
  g_assert_true (json_node_equal (json_array_get_element (results, 0), wanted_first));
  g_assert_true (json_node_equal (json_array_get_element (results, 1), wanted_second));
}

static void
test_nothing_is_valid_as_well (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *array = export_all (fetching, MORSEL_EXPORT_JSON);
  g_autofree char *har = export_all (fetching, MORSEL_EXPORT_HAR);
  g_autoptr (JsonNode) array_node = parse (array);
  g_autoptr (JsonNode) har_node = parse (har);

  g_assert_cmpuint (json_array_get_length (json_node_get_array (array_node)), ==, 0);
  g_assert_true (JSON_NODE_HOLDS_OBJECT (har_node));
}

static JsonArray *
get_har_entries (JsonNode *har)
{
  JsonObject *log = json_object_get_object_member (json_node_get_object (har), "log");

  g_assert_cmpstr (json_object_get_string_member (log, "version"), ==, "1.2");
  g_assert_cmpstr (json_object_get_string_member (
                       json_object_get_object_member (log, "creator"), "name"),
                   ==, "Morsel");

  return json_object_get_array_member (log, "entries");
}

/* All that the format wants of an entry. */
static void
check_har_entry (JsonArray *entries G_GNUC_UNUSED,
                 guint      position G_GNUC_UNUSED,
                 JsonNode  *node,
                 gpointer   user_data G_GNUC_UNUSED)
{
  static const char *const phases[] = { "blocked", "dns",  "connect", "ssl",
                                        "send",    "wait", "receive" };
  JsonObject              *entry = json_node_get_object (node);
  JsonObject              *request = json_object_get_object_member (entry, "request");
  JsonObject              *response = json_object_get_object_member (entry, "response");
  JsonObject              *timings = json_object_get_object_member (entry, "timings");
  g_autoptr (GDateTime) begun = g_date_time_new_from_iso8601 (
      json_object_get_string_member (entry, "startedDateTime"), NULL);
  double sum = 0;

  g_assert_nonnull (begun);
  g_assert_true (json_object_has_member (entry, "cache"));
  for (gsize i = 0; i < G_N_ELEMENTS (phases); i++)
    {
      double time = json_object_get_double_member (timings, phases[i]);

      g_assert_true (time >= 0 || time == -1);
      /* Connecting includes it. */
      if (time > 0 && !g_str_equal (phases[i], "ssl"))
        sum += time;
    }
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (entry, "time"), sum,
                                  0.01);

  g_assert_nonnull (json_object_get_string_member (request, "method"));
  g_assert_nonnull (json_object_get_string_member (request, "url"));
  g_assert_nonnull (json_object_get_string_member (request, "httpVersion"));
  g_assert_true (json_object_has_member (request, "cookies"));
  g_assert_true (json_object_has_member (request, "headers"));
  g_assert_true (json_object_has_member (request, "queryString"));
  g_assert_cmpint (json_object_get_int_member (request, "headersSize"), ==, -1);

  g_assert_true (json_object_has_member (response, "status"));
  g_assert_nonnull (json_object_get_string_member (response, "statusText"));
  g_assert_nonnull (json_object_get_string_member (response, "redirectURL"));
  g_assert_nonnull (json_object_get_string_member (
      json_object_get_object_member (response, "content"), "mimeType"));
}

static JsonObject *
get_member (JsonArray *entries, guint position, const char *name)
{
  return json_object_get_object_member (json_array_get_object_element (entries, position),
                                        name);
}

static void
test_har (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const names[] = { "a", "c" };
  static const char *const values[] = { "b d", "" };
  g_autofree char         *har = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonArray  *entries, *query;
  JsonObject *redirect, *answer, *content;

  fetching_add_path (fetching, "/cookie");
  fetching_add_path (fetching, "/echo?a=b+d&c");
  har = export_all (fetching, MORSEL_EXPORT_HAR);
  node = parse (har);
  entries = get_har_entries (node);

  g_assert_cmpuint (json_array_get_length (entries), ==, 3);
  json_array_foreach_element (entries, check_har_entry, NULL);

  redirect = get_member (entries, 0, "response");
  answer = get_member (entries, 1, "response");
  g_assert_cmpint (json_object_get_int_member (redirect, "status"), ==, 302);
  g_assert_cmpstr (json_object_get_string_member (redirect, "statusText"), ==, "Found");
  g_assert_cmpstr (json_object_get_string_member (redirect, "redirectURL"), ==, "/echo");
  g_assert_cmpint (json_object_get_int_member (answer, "status"), ==, 200);
  g_assert_cmpstr (json_object_get_string_member (answer, "httpVersion"), ==, "HTTP/1.1");
  g_assert_cmpstr (json_object_get_string_member (
                       json_array_get_object_element (entries, 1), "serverIPAddress"),
                   ==, "127.0.0.1");

  content = json_object_get_object_member (get_member (entries, 2, "response"),
                                           "content");
  g_assert_true (g_str_has_prefix (json_object_get_string_member (content, "text"),
                                   "GET /echo?a=b+d&c HTTP/1.1"));
  g_assert_false (json_object_has_member (content, "comment"));

  query = json_object_get_array_member (get_member (entries, 2, "request"),
                                        "queryString");
  g_assert_cmpuint (json_array_get_length (query), ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      JsonObject *pair = json_array_get_object_element (query, i);

      g_assert_cmpstr (json_object_get_string_member (pair, "name"), ==, names[i]);
      g_assert_cmpstr (json_object_get_string_member (pair, "value"), ==, values[i]);
    }
}

static void
test_har_says_what_is_a_preview (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *har = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *content;

  fetching_add_path (fetching, "/large?bytes=5000");
  har = export_all (fetching, MORSEL_EXPORT_HAR);
  node = parse (har);
  content = json_object_get_object_member (
      get_member (get_har_entries (node), 0, "response"), "content");

  g_assert_cmpint (json_object_get_int_member (content, "size"), ==, 5000);
  g_assert_cmpuint (strlen (json_object_get_string_member (content, "text")), ==, 500);
  g_assert_nonnull (strstr (json_object_get_string_member (content, "comment"), "500"));
}

static void
test_har_of_failures (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest) nobody = fetch_request_new ("http://127.0.0.1:1/", NULL);
  g_autoptr (GError)
      error = g_error_new_literal (FETCH_ERROR, FETCH_ERROR_BAD_ADDRESS, "None.");
  g_autoptr (MorselFetch) invalid = morsel_fetch_new_invalid ("?", error);
  g_autofree char *har = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonArray *entries;

  fetching_add (fetching, nobody);
  g_list_store_append (fetching->fetches, invalid);
  har = export_all (fetching, MORSEL_EXPORT_HAR);
  node = parse (har);
  entries = get_har_entries (node);

  g_assert_cmpuint (json_array_get_length (entries), ==, 2);
  json_array_foreach_element (entries, check_har_entry, NULL);
  g_assert_cmpint (
      json_object_get_int_member (get_member (entries, 0, "response"), "status"), ==, 0);
}

/* A server that repeats what it was asked is the worst that can happen to a secret. */
static void
test_no_secret_is_exported (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const secrets[] = {
    "swordfish", "c3dvcmRmaXNo",  "dG9tOnN3b3JkZmlzaA", "taste-of-good", "key-of-all",
    "=good",     "Velvet-Anchor", "VmVsdmV0LUFuY2hvci", "tom:"
  };
  g_autoptr (FetchRequest) basic = fetching_new_request (fetching, "/echo");
  g_autoptr (FetchRequest) bearer = fetching_new_request (fetching, "/echo");
  g_autoptr (GError)
      error = g_error_new_literal (FETCH_ERROR, FETCH_ERROR_BAD_ADDRESS, "None.");
  g_autoptr (MorselFetch) invalid = morsel_fetch_new_invalid (
      "https://tom:swordfish@host/?key=swordfish", error);
  g_autoptr (FetchRequest)
      nobody = fetch_request_new ("http://127.0.0.1:1/?token=Velvet-Anchor-42", NULL);
  FetchResult *result;

  fetch_request_set_basic_auth (basic, "tom", "swordfish");
  fetch_request_add_header (basic, "Cookie: a=taste-of-good; b=swordfish", NULL);
  fetch_request_add_header (basic, "X-Api-Key: key-of-all", NULL);
  fetch_request_add_header (basic, "Accept-Language: de", NULL);
  fetch_request_set_bearer_token (bearer, "swordfish", NULL);
  result = morsel_fetch_get_result (fetching_add (fetching, basic));
  fetching_add (fetching, bearer);
  fetching_add_path (fetching, "/cookie");
  fetching_add_path (fetching, "/echo?access_token=Velvet-Anchor-42&b=/Velvet-Anchor-42");
  fetching_add_path (fetching, "/echo?sig=Velvet-Anchor-42&b=VmVsdmV0LUFuY2hvci00Mg==");
  fetching_add (fetching, nobody);
  g_list_store_append (fetching->fetches, invalid);

  /* It was sent, and came back. */
  g_assert_nonnull (
      memmem (g_bytes_get_data (fetch_result_get_first_bytes (result), NULL),
              g_bytes_get_size (fetch_result_get_first_bytes (result)), "key-of-all",
              strlen ("key-of-all")));

  for (int format = 0; format < MORSEL_EXPORT_N_FORMATS; format++)
    {
      g_autofree char *content = export_all (fetching, format);

      for (gsize i = 0; i < G_N_ELEMENTS (secrets); i++)
        if (strstr (content, secrets[i]) != NULL)
          g_error ("“%s” is in “%s”", secrets[i], content);
      if (format != MORSEL_EXPORT_CSV)
        g_assert_nonnull (strstr (content, "Accept-Language"));
    }
}

/* As many as take a while. */
static void
fill (Fetching *fetching)
{
  fetching_fill (fetching, fetching_add_path (fetching, "/echo"), 9999);
}

static void
write_old (const char *path)
{
  g_assert_true (g_file_set_contents (path, "old", -1, NULL));
}

/* Nothing else is left beside it, either. */
static void
assert_old (Fetching *fetching, const char *path)
{
  g_autofree char *content = NULL;
  g_autoptr (GDir) folder = g_dir_open (fetching->folder, 0, NULL);

  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "old");
  g_assert_nonnull (g_dir_read_name (folder));
  g_assert_null (g_dir_read_name (folder));
}

static void
count_progress_cb (goffset n_written, goffset n_results, gpointer user_data)
{
  g_assert_cmpint (n_written, <=, n_results);
  ++*(guint *) user_data;
}

static void
test_many_are_exported_while_the_main_loop_goes_on (Fetching     *fetching,
                                                    gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = fetching_get_path (fetching, "results.har");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  Outcome outcome = { 0 };
  guint   n_progress = 0;
  gint64  start, largest = 0;

  fill (fetching);
  start = g_get_monotonic_time ();
  morsel_export_async (G_LIST_MODEL (fetching->fetches), MORSEL_EXPORT_HAR, file, NULL,
                       count_progress_cb, &n_progress, exported_cb, &outcome);
  while (!outcome.is_over)
    {
      gint64 before = g_get_monotonic_time ();

      g_assert_cmpint (before - start, <, PATIENCE);
      if (g_main_context_iteration (NULL, FALSE))
        largest = MAX (largest, g_get_monotonic_time () - before);
      else
        g_usleep (100);
    }

  g_test_message ("10 000 results in %.0f ms, longest turn of the main loop %.1f ms",
                  (g_get_monotonic_time () - start) / 1000.0, largest / 1000.0);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (outcome.n_written, ==, 10000);
  g_assert_cmpuint (n_progress, >, 0);
}

static void
test_cancelled_export_leaves_the_old_file (Fetching     *fetching,
                                           gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = fetching_get_path (fetching, "results.json");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Outcome outcome = { 0 };
  guint   n_progress = 0;

  fill (fetching);
  write_old (path);
  morsel_export_async (G_LIST_MODEL (fetching->fetches), MORSEL_EXPORT_JSON, file,
                       cancellable, count_progress_cb, &n_progress, exported_cb,
                       &outcome);
  iterate_until (n_progress > 0);
  g_cancellable_cancel (cancellable);
  iterate_until (outcome.is_over);

  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_old (fetching, path);
  g_clear_error (&outcome.error);
}

static void
test_export_cancelled_at_once (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = fetching_get_path (fetching, "results.json");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Outcome outcome = { 0 };

  fetching_add_path (fetching, "/echo");
  start_export (fetching, MORSEL_EXPORT_JSON, path, cancellable, &outcome);
  g_cancellable_cancel (cancellable);
  iterate_until (outcome.is_over);

  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_clear_error (&outcome.error);
}

/* A limit for files is as good as a full disk. */
static void
test_full_disk_leaves_the_old_file (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = fetching_get_path (fetching, "results.json");
  Outcome          outcome = { 0 };
  struct rlimit    before, limit;

  fill (fetching);
  write_old (path);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_no_errno (getrlimit (RLIMIT_FSIZE, &before));
  limit = (struct rlimit){ 10000, before.rlim_max };
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &limit));
  start_export (fetching, MORSEL_EXPORT_JSON, path, NULL, &outcome);
  iterate_until (outcome.is_over);
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &before));

  g_assert_false (outcome.is_written);
  g_assert_nonnull (outcome.error);
  g_assert_nonnull (strstr (outcome.error->message, "File too large"));
  assert_old (fetching, path);
  g_clear_error (&outcome.error);
}

/* In a folder of their own, so that nothing else is beside the old file. */
static char *
write_old_elsewhere (Fetching *fetching)
{
  g_autofree char *folder = fetching_get_path (fetching, "elsewhere");
  char            *path = g_build_filename (folder, "real.json", NULL);

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  write_old (path);
  g_assert_cmpint (g_chmod (path, 0640), ==, 0);

  return path;
}

static void
assert_content (const char *path, const char *start)
{
  g_autofree char *content = NULL;

  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_true (g_str_has_prefix (content, start));
}

static guint
count_files_beside (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GDir) names = g_dir_open (folder, 0, NULL);
  guint n_files = 0;

  while (g_dir_read_name (names) != NULL)
    n_files++;

  return n_files;
}

/* The old file is whole until the new one is, also behind a symbolic link. */
static void
test_export_over_a_symbolic_link (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = fetching_get_path (fetching, "out.json");
  g_autofree char *real_path = write_old_elsewhere (fetching);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Outcome       cancelled = { 0 }, full = { 0 }, written = { 0 };
  guint         n_progress = 0;
  struct rlimit before, limit;
  GStatBuf      status;

  fill (fetching);
  g_assert_cmpint (symlink ("elsewhere/real.json", path), ==, 0);
  morsel_export_async (G_LIST_MODEL (fetching->fetches), MORSEL_EXPORT_JSON, file,
                       cancellable, count_progress_cb, &n_progress, exported_cb,
                       &cancelled);
  iterate_until (n_progress > 0);
  g_cancellable_cancel (cancellable);
  iterate_until (cancelled.is_over);
  g_assert_error (cancelled.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_content (real_path, "old");
  g_clear_error (&cancelled.error);

  signal (SIGXFSZ, SIG_IGN);
  g_assert_no_errno (getrlimit (RLIMIT_FSIZE, &before));
  limit = (struct rlimit){ 10000, before.rlim_max };
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &limit));
  start_export (fetching, MORSEL_EXPORT_JSON, path, NULL, &full);
  iterate_until (full.is_over);
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &before));
  g_assert_nonnull (full.error);
  assert_content (real_path, "old");
  g_clear_error (&full.error);

  start_export (fetching, MORSEL_EXPORT_JSON, path, NULL, &written);
  iterate_until (written.is_over);
  g_assert_no_error (written.error);
  assert_content (real_path, "[\n");
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpint (g_stat (real_path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0640);
  g_assert_cmpuint (count_files_beside (real_path), ==, 1);
}

/* Which leads to where nothing is yet. */
static void
test_export_over_a_dangling_link (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = fetching_get_path (fetching, "out.json");
  g_autofree char *real_path = fetching_get_path (fetching, "real.json");
  Outcome          outcome = { 0 };

  fetching_add_path (fetching, "/echo");
  g_assert_cmpint (symlink (real_path, path), ==, 0);
  start_export (fetching, MORSEL_EXPORT_JSON, path, NULL, &outcome);
  iterate_until (outcome.is_over);
  g_assert_no_error (outcome.error);
  assert_content (real_path, "[\n");
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_SYMLINK));
}

/* What can't be replaced by a rename is refused, and says why. */
static void
test_export_over_what_is_not_replaced (Fetching     *fetching,
                                       gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *real_path = fetching_get_path (fetching, "real.json");
  g_autofree char *hard_link = fetching_get_path (fetching, "hard.json");
  g_autofree char *pipe = fetching_get_path (fetching, "pipe.json");
  g_autofree char *loop = fetching_get_path (fetching, "loop.json");
  const char      *paths[] = { hard_link, pipe, loop };

  fetching_add_path (fetching, "/echo");
  write_old (real_path);
  g_assert_cmpint (link (real_path, hard_link), ==, 0);
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  g_assert_cmpint (symlink ("loop.json", loop), ==, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      Outcome outcome = { 0 };

      start_export (fetching, MORSEL_EXPORT_JSON, paths[i], NULL, &outcome);
      iterate_until (outcome.is_over);
      g_assert_nonnull (outcome.error);
      g_assert_cmpint (outcome.error->domain, ==, G_IO_ERROR);
      g_test_message ("%s", outcome.error->message);
      g_clear_error (&outcome.error);
    }
  assert_content (real_path, "old");
  g_assert_cmpuint (count_files_beside (real_path), ==, 4);
}

static void
test_no_such_folder (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = fetching_get_path (fetching, "nowhere/results.json");
  Outcome          outcome = { 0 };

  start_export (fetching, MORSEL_EXPORT_JSON, path, NULL, &outcome);
  iterate_until (outcome.is_over);

  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&outcome.error);
}

static void
test_format_by_name (void)
{
  MorselExportFormat format;

  for (int wanted = 0; wanted < MORSEL_EXPORT_N_FORMATS; wanted++)
    {
      g_autofree char *name = g_strconcat ("results",
                                           morsel_export_get_extension (wanted), NULL);

      g_assert_true (morsel_export_find_format (name, &format));
      g_assert_cmpint (format, ==, wanted);
    }
  g_assert_true (morsel_export_find_format ("RESULTS.HAR", &format));
  g_assert_cmpint (format, ==, MORSEL_EXPORT_HAR);
  g_assert_false (morsel_export_find_format ("results.txt", &format));
}

static void
test_file_name_by_address (void)
{
  static const char *const names[][2] = {
    { "https://example.org/", "download" },
    { "https://example.org/a/b.tar.gz?c=/d", "b.tar.gz" },
    { "https://example.org/a%20b.txt#c", "a b.txt" },
    { "https://example.org/..%2F..%2Fetc%2Fpasswd", "passwd" },
    { "https://example.org/..", "download" },
    { "https://example.org/a%5Cb", "b" },
    { "https://example.org/.profile", "profile" },
    { "https://example.org/a%0Ab%00c", "download" },
    { "https://example.org/a%3A%2A%3F.txt", "a___.txt" },
    { "https://example.org/txt%E2%80%AEgpj.exe", "txtgpj.exe" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = morsel_file_name_suggest (names[i][0], NULL);

      g_assert_cmpstr (name, ==, names[i][1]);
    }
}

static void
test_long_file_name_keeps_its_end (void)
{
  g_autoptr (GString) url = g_string_new ("https://example.org/");
  g_autofree char *name = NULL;

  for (int i = 0; i < 200; i++)
    g_string_append (url, "%E2%82%AC");
  g_string_append (url, ".txt");
  name = morsel_file_name_suggest (url->str, NULL);

  g_assert_cmpuint (strlen (name), <=, 120);
  g_assert_cmpuint (strlen (name), >, 100);
  g_assert_true (g_str_has_suffix (name, "€.txt"));
  g_assert_true (g_utf8_validate (name, -1, NULL));
}

#define add(path, function) \
  g_test_add (path, Fetching, NULL, fetching_set_up, function, fetching_tear_down)

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);

  add ("/export/csv", test_csv);
  g_test_add_func ("/export/csv/has-no-formulas", test_csv_has_no_formulas);
  g_test_add_func ("/export/csv/cells-are-one-line", test_csv_cells_are_one_line);
  add ("/export/json", test_json);
  add ("/export/nothing-is-valid-as-well", test_nothing_is_valid_as_well);
  add ("/export/har", test_har);
  add ("/export/har/says-what-is-a-preview", test_har_says_what_is_a_preview);
  add ("/export/har/of-failures", test_har_of_failures);
  add ("/export/no-secret", test_no_secret_is_exported);
  add ("/export/many-while-the-main-loop-goes-on",
       test_many_are_exported_while_the_main_loop_goes_on);
  add ("/export/cancelled-leaves-the-old-file",
       test_cancelled_export_leaves_the_old_file);
  add ("/export/cancelled-at-once", test_export_cancelled_at_once);
  add ("/export/full-disk-leaves-the-old-file", test_full_disk_leaves_the_old_file);
  add ("/export/over-a-symbolic-link", test_export_over_a_symbolic_link);
  add ("/export/over-a-dangling-link", test_export_over_a_dangling_link);
  add ("/export/over-what-is-not-replaced", test_export_over_what_is_not_replaced);
  add ("/export/no-such-folder", test_no_such_folder);
  g_test_add_func ("/export/format-by-name", test_format_by_name);
  g_test_add_func ("/export/file-name/by-address", test_file_name_by_address);
  g_test_add_func ("/export/file-name/keeps-its-end", test_long_file_name_keeps_its_end);

  status = g_test_run ();
  curl_global_cleanup ();

  return status;
}
