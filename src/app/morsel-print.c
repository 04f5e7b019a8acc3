/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-print.h"

#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#include "app/morsel-line-reader.h"
#include "app/morsel-request-options.h"
#include "app/morsel-status-line.h"
#include "app/morsel-words.h"
#include "fetch/fetch-preview.h"
#include "fetch/fetch-session.h"
#include "fetch/fetch-status.h"
#include "fetch/fetch-url.h"
#include "fetch/fetch-visible-text.h"

/*
 * `morsel --print`: the same fetches as in the window, on a plain main loop, in a
 * terminal or a pipe. Results come out as they come in.
 */

/* Fetches that wait for their turn cost memory, and standard input may have no end. */
#define MAX_RUNNING 1000

typedef struct
{
  GMainLoop        *loop;
  FetchSession     *session;
  GVariantDict     *options;
  MorselStatusLine *status_line;
  guint             status_id;
  MorselLineReader *input; /* NULL unless addresses come from standard input */
  gboolean          is_reading;
  gboolean          is_at_end;
  gboolean          as_json;
  guint             n_running;
  guint             n_done;
  guint             n_failed;
  int               exit_status; /* of the first that failed */
  gboolean          is_broken;   /* nobody reads what is printed */
  gboolean          is_interrupted;
} Printer;

typedef struct
{
  Printer *printer;
  char    *address;
} Job;

static void
printer_clear (gpointer data)
{
  Printer *self = data;

  g_clear_object (&self->session);
  g_clear_pointer (&self->input, morsel_line_reader_unref);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_clear_pointer (&self->options, g_variant_dict_unref);
  g_clear_pointer (&self->status_line, morsel_status_line_free);
}

static void
printer_unref (Printer *self)
{
  g_rc_box_release_full (self, printer_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Printer, printer_unref)

static void
job_free (gpointer data)
{
  Job *job = data;

  printer_unref (job->printer);
  g_free (job->address);
  g_free (job);
}

static void
quit_when_done (Printer *self)
{
  if ((self->n_running == 0 && self->input == NULL) || self->is_broken)
    g_main_loop_quit (self->loop);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  g_autofree char *valid = NULL;

  json_builder_set_member_name (builder, name);
  if (text == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }

  valid = g_utf8_make_valid (text, -1);
  json_builder_add_string_value (builder, valid);
}

static void
add_number (JsonBuilder *builder, const char *name, gint64 number)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, number);
}

static void
add_timeline (JsonBuilder *builder, const FetchTimeline *timeline)
{
  json_builder_set_member_name (builder, "timeline_us");
  json_builder_begin_object (builder);
  add_number (builder, "queued", timeline->queued);
  add_number (builder, "name", timeline->name);
  add_number (builder, "connect", timeline->connect);
  add_number (builder, "tls", timeline->tls);
  add_number (builder, "wait", timeline->wait);
  add_number (builder, "receive", timeline->receive);
  json_builder_end_object (builder);
}

static void
add_texts (JsonBuilder *builder, const char *name, const char *const *texts)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (; *texts != NULL; texts++)
    {
      g_autofree char *valid = g_utf8_make_valid (*texts, -1);

      json_builder_add_string_value (builder, valid);
    }
  json_builder_end_array (builder);
}

static void
add_tls (JsonBuilder *builder, const FetchTls *tls)
{
  json_builder_set_member_name (builder, "tls");
  if (tls == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }

  json_builder_begin_object (builder);
  add_text (builder, "version", tls->version);
  add_text (builder, "cipher", tls->cipher);
  add_text (builder, "subject", tls->subject);
  add_text (builder, "issuer", tls->issuer);
  add_texts (builder, "names", (const char *const *) tls->names);
  add_number (builder, "valid_from", tls->valid_from);
  add_number (builder, "expires", tls->expires);
  json_builder_end_object (builder);
}

static void
add_hops (JsonBuilder *builder, FetchResult *result)
{
  json_builder_set_member_name (builder, "hops");
  json_builder_begin_array (builder);
  for (guint i = 0; i < fetch_result_get_n_hops (result); i++)
    {
      FetchHop hop = fetch_result_get_hop (result, i);

      json_builder_begin_object (builder);
      add_text (builder, "url", hop.url);
      add_number (builder, "status", hop.status);
      add_text (builder, "status_line", hop.status_line);
      add_texts (builder, "headers", hop.fields);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_result (JsonBuilder *builder, FetchResult *result)
{
  static const char *const kinds[] = { "empty", "text", "binary" };
  static const char *const endings[] = {
    [FETCH_ENDING_COMPLETE] = "complete", [FETCH_ENDING_RANGE] = "range",
    [FETCH_ENDING_STOPPED] = "stopped",   [FETCH_ENDING_TOO_LARGE] = "too-large",
    [FETCH_ENDING_FAILED] = "failed",
  };
  g_autoptr (FetchPreview) preview = fetch_preview_new_for_result (result);
  GBytes          *bytes = fetch_result_get_first_bytes (result);
  g_autofree char *base64 = g_base64_encode (g_bytes_get_data (bytes, NULL),
                                             g_bytes_get_size (bytes));

  add_text (builder, "url", fetch_result_get_url (result));
  add_number (builder, "status", fetch_result_get_status (result));
  add_text (builder, "status_line", fetch_result_get_status_line (result));
  add_text (builder, "explanation",
            fetch_status_explain (fetch_result_get_status (result)));
  add_text (builder, "content_type", fetch_result_get_content_type (result));
  add_number (builder, "size", fetch_result_get_size (result));
  add_number (builder, "size_on_wire", fetch_result_get_size_on_wire (result));
  add_number (builder, "full_size", fetch_result_get_full_size (result));
  add_text (builder, "ending", endings[fetch_result_get_ending (result)]);
  json_builder_set_member_name (builder, "is_complete");
  json_builder_add_boolean_value (builder, fetch_result_is_complete (result));
  add_number (builder, "redirects", fetch_result_get_n_redirects (result));
  add_number (builder, "attempts", fetch_result_get_n_attempts (result));
  add_text (builder, "http_version", fetch_result_get_http_version (result));
  add_text (builder, "remote_address", fetch_result_get_remote_address (result));
  add_text (builder, "saved_path", fetch_result_get_saved_path (result));
  add_number (builder, "duration_us", fetch_result_get_duration (result));
  add_timeline (builder, fetch_result_get_timeline (result));
  add_tls (builder, fetch_result_get_tls (result));
  add_hops (builder, result);
  add_text (builder, "sniffed_type", fetch_result_get_sniffed_type (result));
  add_text (builder, "kind", kinds[fetch_preview_get_kind (preview)]);
  add_text (builder, "charset", fetch_preview_get_charset (preview));
  add_text (builder, "preview", fetch_preview_get_text (preview));
  add_text (builder, "first_bytes_base64", base64);
}

static const char *
name_of_error (const GError *error)
{
  static const char *const names[] = {
    [FETCH_ERROR_BAD_ADDRESS] = "bad-address",
    [FETCH_ERROR_NAME_NOT_FOUND] = "name-not-found",
    [FETCH_ERROR_CANNOT_CONNECT] = "cannot-connect",
    [FETCH_ERROR_TLS] = "tls",
    [FETCH_ERROR_TIMED_OUT] = "timed-out",
    [FETCH_ERROR_CLOSED] = "closed",
    [FETCH_ERROR_CUT_OFF] = "cut-off",
    [FETCH_ERROR_BAD_REDIRECT] = "bad-redirect",
    [FETCH_ERROR_BAD_ANSWER] = "bad-answer",
    [FETCH_ERROR_TOO_LARGE] = "too-large",
    [FETCH_ERROR_BAD_SETTING] = "bad-setting",
    [FETCH_ERROR_FILE_EXISTS] = "file-exists",
    [FETCH_ERROR_CANNOT_SAVE] = "cannot-save",
    [FETCH_ERROR_CANCELLED] = "cancelled",
    [FETCH_ERROR_FAILED] = "failed",
  };

  return error->domain == FETCH_ERROR ? names[error->code] : "failed";
}

/* json-glib escapes what JSON wants escaped. Some terminals obey the control characters
 * above U+007F, too. */
static char *
escape_terminal_controls (const char *json)
{
  GString *escaped = g_string_sized_new (strlen (json));

  while (*json != '\0')
    {
      const char *next = json;
      gunichar    character;

      while (*next > 0 && *next < 0x7f)
        next++;
      g_string_append_len (escaped, json, next - json);
      json = next;
      if (*json == '\0')
        break;

      character = g_utf8_get_char (json);
      if (fetch_visible_is_hidden (character) && character < 0x10000)
        g_string_append_printf (escaped, "\\u%04x", character);
      else
        g_string_append_unichar (escaped, character);
      json = g_utf8_next_char (json);
    }

  return g_string_free (escaped, FALSE);
}

static void
print_as_json (const char *address, FetchResult *result, const GError *error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *line = NULL;
  g_autofree char *escaped = NULL;

  json_builder_begin_object (builder);
  add_text (builder, "address", address);
  if (result != NULL)
    add_result (builder, result);
  json_builder_set_member_name (builder, "error");
  if (error == NULL)
    json_builder_add_null_value (builder);
  else
    {
      json_builder_begin_object (builder);
      add_text (builder, "name", name_of_error (error));
      add_text (builder, "message", error->message);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  line = json_generator_to_data (generator, NULL);
  escaped = escape_terminal_controls (line);

  /* JSON is UTF-8, whatever the locale is. */
  fputs (escaped, stdout);
  fputc ('\n', stdout);
}

static void
print_as_text (const char *address, FetchResult *result, const GError *error)
{
  g_autofree char *visible_address = fetch_visible_line (address);

  if (error != NULL)
    g_printerr ("morsel: %s: %s\n", visible_address, error->message);
  else if (fetch_status_explain (fetch_result_get_status (result)) != NULL)
    g_printerr ("morsel: %s: %s\n", visible_address,
                fetch_status_explain (fetch_result_get_status (result)));

  if (result != NULL && fetch_result_get_status_line (result) != NULL)
    {
      g_autoptr (FetchPreview) preview = fetch_preview_new_for_result (result);
      const char      *type = fetch_result_get_content_type (result);
      g_autofree char *status = fetch_visible_line (
          fetch_result_get_status_line (result));
      g_autofree char *visible_type = fetch_visible_line (type != NULL ? type : "");
      g_autofree char *size = g_format_size (fetch_result_get_size (result));
      g_autofree char *duration = morsel_words_for_duration (
          fetch_result_get_duration (result));
      g_autofree char *visible_url = fetch_visible_line (fetch_result_get_url (result));

      g_print ("%s\n%s · %s%s%s · %s\n\n%s\n\n", visible_url, status, visible_type,
               type != NULL ? " · " : "", size, duration,
               fetch_preview_get_text (preview));
    }
}

/* What curl says in such a case, as scripts may know it. */
static int
exit_status_of (FetchResult *result, const GError *error)
{
  static const int statuses[] = {
    [FETCH_ERROR_BAD_ADDRESS] = 3,    [FETCH_ERROR_NAME_NOT_FOUND] = 6,
    [FETCH_ERROR_CANNOT_CONNECT] = 7, [FETCH_ERROR_TLS] = 60,
    [FETCH_ERROR_TIMED_OUT] = 28,     [FETCH_ERROR_CLOSED] = 52,
    [FETCH_ERROR_CUT_OFF] = 18,       [FETCH_ERROR_BAD_REDIRECT] = 47,
    [FETCH_ERROR_BAD_ANSWER] = 8,     [FETCH_ERROR_TOO_LARGE] = 63,
    [FETCH_ERROR_BAD_SETTING] = 2,    [FETCH_ERROR_FILE_EXISTS] = 23,
    [FETCH_ERROR_CANNOT_SAVE] = 23,   [FETCH_ERROR_CANCELLED] = 42,
    [FETCH_ERROR_FAILED] = 1,
  };
  const int not_found = 22;

  if (error == NULL)
    return fetch_result_get_status (result) >= 400 ? not_found : EXIT_SUCCESS;

  return error->domain == FETCH_ERROR ? statuses[error->code] : EXIT_FAILURE;
}

static void
count_failure (Printer *self, int exit_status)
{
  if (exit_status == EXIT_SUCCESS)
    return;

  self->n_failed++;
  if (self->exit_status == EXIT_SUCCESS)
    self->exit_status = exit_status;
}

static gboolean
show_status_cb (gpointer user_data)
{
  Printer         *self = user_data;
  g_autofree char *done = g_strdup_printf (ngettext ("%u done", "%u done", self->n_done),
                                           self->n_done);
  g_autofree char *failed = g_strdup_printf (
      ngettext ("%u failed", "%u failed", self->n_failed), self->n_failed);
  g_autofree char *running = g_strdup_printf (
      ngettext ("%u to go", "%u to go", self->n_running), self->n_running);
  g_autofree char *text = g_strdup_printf ("%s · %s · %s", done, failed, running);

  morsel_status_line_show (self->status_line, text);

  return G_SOURCE_CONTINUE;
}

static void
print_outcome (Printer      *self,
               const char   *address,
               FetchResult  *result,
               const GError *error)
{
  self->n_done++;
  count_failure (self, exit_status_of (result, error));
  morsel_status_line_hide (self->status_line);

  if (self->as_json)
    print_as_json (address, result, error);
  else
    print_as_text (address, result, error);

  /* g_print() flushes by itself, and says nothing. */
  if (fflush (stdout) != 0 || ferror (stdout))
    self->is_broken = TRUE;
}

static void read_on (Printer *self);

/* The idle callback, as in the window; here it only waits for the end. */
static gboolean
poll_cb (BackgroundCall *call, gpointer user_data)
{
  Job          *job = user_data;
  const GError *error;
  FetchResult  *result;

  if (!background_call_is_done (call))
    {
      /* What has come so far is not printed, and so it is not kept, either. */
      g_autoptr (GPtrArray) results G_GNUC_UNUSED = background_call_take_results (call);

      return G_SOURCE_CONTINUE;
    }

  error = background_call_get_error (call);
  result = error == NULL
               ? background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, NULL)
               : fetch_error_get_result (error);

  job->printer->n_running--;
  if (!job->printer->is_interrupted && !job->printer->is_broken)
    print_outcome (job->printer, job->address, result, error);
  read_on (job->printer);

  return G_SOURCE_REMOVE;
}

static void
begin (Printer *self, const char *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FetchRequest) request = fetch_request_new (address, &error);
  g_autoptr (BackgroundCall) call = NULL;
  Job *job;

  if (request == NULL || !morsel_request_options_apply (self->options, request, &error))
    {
      print_outcome (self, address, NULL, error);
      return;
    }

  job = g_new0 (Job, 1);
  job->printer = g_rc_box_acquire (self);
  job->address = g_strdup (address);
  self->n_running++;

  call = fetch_session_fetch (self->session, request);
  background_call_watch (call, NULL, poll_cb, job, job_free);
}

static void
filled_cb (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Printer) self = user_data;
  g_autoptr (GError) error = NULL;

  /* It was interrupted, or nobody reads any more. */
  if (self->session == NULL)
    return;

  self->is_reading = FALSE;
  self->is_at_end = !morsel_line_reader_fill_finish (self->input, result, &error);
  if (error != NULL)
    {
      morsel_status_line_hide (self->status_line);
      g_printerr ("morsel: %s\n", error->message);
      count_failure (self, EXIT_FAILURE);
    }
  read_on (self);
}

/* Begins what is in line, as long as there is not enough to do. */
static void
read_on (Printer *self)
{
  while (self->session != NULL && self->input != NULL && !self->is_reading &&
         self->n_running < MAX_RUNNING && !self->is_broken)
    {
      g_autofree char *line = morsel_line_reader_pop (self->input);

      if (line != NULL && *g_strstrip (line) != '\0')
        begin (self, line);
      else if (line == NULL && self->is_at_end)
        g_clear_pointer (&self->input, morsel_line_reader_unref);
      else if (line == NULL)
        {
          self->is_reading = TRUE;
          morsel_line_reader_fill_async (self->input, filled_cb, g_rc_box_acquire (self));
        }
    }

  quit_when_done (self);
}

static void
read_standard_input (Printer *self)
{
  g_autoptr (GInputStream) input = NULL;

  if (self->input != NULL)
    return;

  input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  self->input = morsel_line_reader_new (input, FETCH_URL_MAX_LENGTH);
  read_on (self);
}

static gboolean
interrupted_cb (gpointer user_data)
{
  Printer *self = user_data;

  self->is_interrupted = TRUE;
  g_main_loop_quit (self->loop);

  return G_SOURCE_CONTINUE;
}

/* How often the line that says how far it is may change, in milliseconds. */
#define STATUS_INTERVAL 200

#define MOST_JOBS 1000

/* NULL, and a sentence was printed, if an option is not valid. */
static FetchSession *
session_for (GVariantDict *options, gboolean is_one_address)
{
  g_autoptr (FetchRequest) request = fetch_request_new ("http://localhost/", NULL);
  g_autoptr (GError) error = NULL;
  guint max_transfers = FETCH_SESSION_DEFAULT_MAX_TRANSFERS;

  if (!morsel_request_options_apply (options, request, &error) ||
      !morsel_request_options_read_number (options, "jobs", 1, MOST_JOBS, &max_transfers,
                                           &error))
    {
      g_printerr ("morsel: %s\n", error->message);
      return NULL;
    }
  if (g_variant_dict_contains (options, "output") && !is_one_address)
    {
      g_printerr ("morsel: %s\n", _ ("--output goes with one address only."));
      return NULL;
    }

  return fetch_session_new_with_limits (
      max_transfers, MIN (max_transfers, FETCH_SESSION_DEFAULT_MAX_TRANSFERS_PER_HOST));
}

static void
say_how_many_were_done (Printer *self)
{
  morsel_status_line_hide (self->status_line);
  g_printerr (ngettext ("morsel: Interrupted when %u was done.\n",
                        "morsel: Interrupted when %u were done.\n", self->n_done),
              self->n_done);
}

/**
 * morsel_print:
 * @addresses: (array zero-terminated=1): what to fetch; “-” stands for those on standard
 *   input, one on a line
 * @options: the options of the command line
 *
 * Fetches and prints, until all is done. No display is needed.
 *
 * Returns: the exit status: 0 only if all succeeded; that of curl for the first that
 * failed
 */
int
morsel_print (const char *const *addresses, GVariantDict *options)
{
  g_autoptr (FetchSession)
      session = session_for (options, addresses[0] != NULL && addresses[1] == NULL &&
                                          !g_str_equal (addresses[0], "-"));
  g_autoptr (Printer) self = NULL;
  const int bad_usage = 2;
  guint     interrupt_id;

  if (session == NULL)
    return bad_usage;

  self = g_rc_box_new0 (Printer);
  self->options = g_variant_dict_ref (options);
  self->as_json = g_variant_dict_contains (options, "json");
  self->loop = g_main_loop_new (NULL, FALSE);
  self->session = g_steal_pointer (&session);
  self->status_line = morsel_status_line_new ();
  self->status_id = g_timeout_add (STATUS_INTERVAL, show_status_cb, self);
  interrupt_id = g_unix_signal_add (SIGINT, interrupted_cb, self);

  for (; *addresses != NULL; addresses++)
    if (g_str_equal (*addresses, "-"))
      read_standard_input (self);
    else
      begin (self, *addresses);

  if ((self->n_running > 0 || self->input != NULL) && !self->is_broken)
    g_main_loop_run (self->loop);

  g_source_remove (interrupt_id);
  g_source_remove (self->status_id);
  g_clear_object (&self->session);

  /* As a shell tells of a program that ended by Ctrl+C. */
  if (self->is_interrupted)
    {
      say_how_many_were_done (self);
      return 128 + SIGINT;
    }

  return self->is_broken ? EXIT_FAILURE : self->exit_status;
}
