/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-print.h"

#include <gio/gunixinputstream.h>
#include <glib/gi18n.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "app/morsel-descriptors.h"
#include "app/morsel-interruption.h"
#include "app/morsel-list-reader.h"
#include "app/morsel-print-outcome.h"
#include "app/morsel-print-output.h"
#include "app/morsel-print-queue.h"
#include "app/morsel-request-options.h"
#include "app/morsel-status-line.h"
#include "fetch/fetch-address-list.h"
#include "fetch/fetch-error.h"
#include "fetch/fetch-secrets.h"
#include "fetch/fetch-session.h"
#include "fetch/fetch-visible-text.h"

/*
 * `morsel --print`: the same fetches as in the window, on a plain main loop, in a
 * terminal or a pipe. Results come out as they come in.
 */

/* Exit statuses, as curl has them. */
#define BAD_USAGE 2
#define WRITE_ERROR 23
#define READ_ERROR 26

typedef struct
{
  GMainLoop        *loop;
  FetchSession     *session;
  GVariantDict     *options;
  MorselStatusLine *status_line;
  guint             status_id;
  MorselPrintQueue *queue; /* addresses that were read, and are not begun */
  guint             queue_id;
  MorselListReader *input;     /* NULL unless addresses come from a list */
  GQueue            inputs;    /* of MorselListReader: those that follow it */
  guint64           n_skipped; /* lines without an address */
  gboolean          is_reading;
  gboolean          is_at_end;
  gboolean          as_json;
  gboolean          has_request_options;
  guint             n_running;
  guint             n_done;
  guint             n_failed;
  int               exit_status; /* of the first that failed */
  guint             flush_id;
  gboolean          is_dry;    /* addresses are printed, and not fetched */
  int               output_fd; /* where the body is written to; -1 for nowhere. It stays
                                * open, as the I/O thread may write to it to the end */
  gboolean is_broken;          /* what is printed can't be written */
} Printer;

typedef struct
{
  Printer      *printer;
  char         *address;
  FetchRequest *request; /* NULL if there can be no secrets in it */
} Job;

static void
printer_clear (gpointer data)
{
  Printer *self = data;

  g_clear_object (&self->session);
  g_clear_pointer (&self->queue, morsel_print_queue_free);
  g_clear_pointer (&self->input, morsel_list_reader_unref);
  g_queue_clear_full (&self->inputs, (GDestroyNotify) morsel_list_reader_unref);
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
  g_clear_pointer (&job->request, fetch_request_free);
  g_free (job);
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

static void
say_error (Printer *self, int exit_status, const char *message)
{
  morsel_status_line_hide (self->status_line);
  g_printerr ("morsel: %s\n", message);
  count_failure (self, exit_status);
}

/* A reader that has seen enough, as in `morsel --print … | head`, needs no word. */
static void
say_that_output_is_broken (Printer *self)
{
  int              number = errno;
  g_autofree char *message = NULL;

  if (self->is_broken)
    return;

  self->is_broken = TRUE;
  self->exit_status = WRITE_ERROR;
  if (number == EPIPE || morsel_interruption_get_signal () != 0)
    return;

  if (morsel_descriptors_was_closed (STDOUT_FILENO))
    message = g_strdup (_ ("Standard output is closed."));
  else
    message = g_strdup_printf (
        /* Translators: %s is the system's reason, such as “No space left on device”. */
        _ ("Standard output can’t be written: %s."), g_strerror (number));
  say_error (self, WRITE_ERROR, message);
}

static void
flush (Printer *self)
{
  g_clear_handle_id (&self->flush_id, g_source_remove);
  if (fflush (stdout) != 0)
    say_that_output_is_broken (self);
}

static guint
count_to_go (Printer *self)
{
  return self->n_running + morsel_print_queue_get_n_waiting (self->queue);
}

static void
quit_when_done (Printer *self)
{
  if ((count_to_go (self) == 0 && self->input == NULL) || self->is_broken)
    g_main_loop_quit (self->loop);
}

/* While there is more to read, nobody knows how many there are. */
static char *
words_for_to_go (Printer *self)
{
  guint n_to_go = count_to_go (self);

  return self->input != NULL
             ? g_strdup_printf (
                   /* Translators: more than so many fetches have not ended yet, as their
                      list is still being read. */
                   ngettext ("more than %u to go", "more than %u to go", n_to_go),
                   n_to_go)
             : g_strdup_printf (
                   /* Translators: so many fetches have not ended yet. */
                   ngettext ("%u to go", "%u to go", n_to_go), n_to_go);
}

static gboolean
show_status_cb (gpointer user_data)
{
  Printer         *self = user_data;
  g_autofree char *done = g_strdup_printf (
      /* Translators: so many fetches have ended. */
      ngettext ("%u done", "%u done", self->n_done), self->n_done);
  g_autofree char *failed = g_strdup_printf (
      /* Translators: so many fetches did not find what they were to find. */
      ngettext ("%u failed", "%u failed", self->n_failed), self->n_failed);
  g_autofree char *to_go = words_for_to_go (self);
  g_autofree char *text = g_strdup_printf ("%s · %s · %s", done, failed, to_go);

  morsel_status_line_show (self->status_line, text);

  return G_SOURCE_CONTINUE;
}

static gboolean
flush_cb (gpointer user_data)
{
  Printer *self = user_data;

  self->flush_id = 0;
  flush (self);
  quit_when_done (self);

  return G_SOURCE_REMOVE;
}

/* What was to be saved, and is not, as only a success is. */
static GError *
not_saved (Printer *self, FetchResult *result)
{
  if (!g_variant_dict_contains (self->options, "output") ||
      g_variant_dict_contains (self->options, "head") ||
      fetch_result_get_status (result) / 100 != 3)
    return NULL;

  return fetch_error_new (FETCH_ERROR_CANNOT_SAVE,
                          _ ("Nothing was saved: the response is a redirect that was not "
                             "followed."),
                          result);
}

static void
print_outcome (Printer      *self,
               const char   *address,
               FetchRequest *request,
               FetchResult  *result,
               const GError *error)
{
  g_autoptr (GError) own_error = NULL;
  FILE *stream = self->output_fd == STDOUT_FILENO ? stderr : stdout;
  int   exit_status;

  if (error == NULL && result != NULL)
    own_error = fetch_error_new_for_result (result);
  if (error == NULL && own_error == NULL && result != NULL)
    own_error = not_saved (self, result);
  if (own_error != NULL)
    error = own_error;

  exit_status = morsel_print_get_exit_status (result, error);
  self->n_done++;
  count_failure (self, exit_status);
  morsel_status_line_hide (self->status_line);
  /* Where both go to the same file, no message is to come in the middle of a result. */
  if (exit_status != EXIT_SUCCESS)
    flush (self);
  if (!morsel_print_outcome (stream, address, request, result, error, self->as_json) &&
      stream == stdout)
    say_that_output_is_broken (self);

  /* What comes together goes out together. */
  if (self->flush_id == 0)
    self->flush_id = g_idle_add (flush_cb, self);
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
  morsel_print_queue_end (job->printer->queue, job->address);
  if (morsel_interruption_get_signal () == 0 && !job->printer->is_broken)
    print_outcome (job->printer, job->address, job->request, result, error);
  read_on (job->printer);

  return G_SOURCE_REMOVE;
}

/* For what is no address. The source is a list; NULL for the command line. */
static void
print_bad_line (Printer *self, const char *source, const MorselListItem *item)
{
  g_autofree char *line = g_strdup_printf ("%" G_GUINT64_FORMAT, item->line);
  g_autofree char *harmless = NULL;
  g_autofree char *visible = NULL;
  g_autofree char *message = NULL;

  if (item->text != NULL && !self->is_dry)
    {
      print_outcome (self, item->text, NULL, NULL, item->error);
      return;
    }

  flush (self);
  harmless = fetch_secrets_hide_user (item->text != NULL ? item->text : "");
  visible = fetch_visible_line (harmless);
  message = g_strconcat (source != NULL ? source : "", source != NULL ? ":" : "",
                         item->line > 0 ? line : "", item->line > 0 ? ":" : "",
                         source != NULL ? " " : "", visible,
                         item->text != NULL ? ": " : "", item->error->message, NULL);
  say_error (self,
             item->text != NULL ? morsel_print_get_exit_status (NULL, item->error)
                                : READ_ERROR,
             message);
}

/* Instead of fetching it. */
static void
print_address (Printer *self, const char *address)
{
  g_autofree char *line = fetch_visible_line (address);

  morsel_status_line_hide (self->status_line);
  if (puts (line) == EOF)
    say_that_output_is_broken (self);
  if (self->flush_id == 0)
    self->flush_id = g_idle_add (flush_cb, self);
}

static void
begin (Printer *self, const char *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FetchRequest) request = fetch_request_new (address, &error);
  g_autoptr (BackgroundCall) call = NULL;
  Job *job;

  if (request == NULL || (self->has_request_options &&
                          !morsel_request_options_apply (self->options, request, &error)))
    {
      morsel_print_queue_end (self->queue, address);
      print_outcome (self, address, request, NULL, error);
      return;
    }
  if (self->output_fd >= 0)
    fetch_request_write_to (request, self->output_fd);

  job = g_new0 (Job, 1);
  job->printer = g_rc_box_acquire (self);
  job->address = g_strdup (address);
  job->request = self->has_request_options ? fetch_request_copy (request) : NULL;
  self->n_running++;

  call = fetch_session_fetch (self->session, request);
  background_call_watch (call, NULL, poll_cb, job, job_free);
}

/* Takes what is in a list, or on the command line, where that is NULL. */
static void
begin_item (Printer *self, const char *source, MorselListItem *item)
{
  if (item->error == NULL && self->is_dry)
    fetch_address_list_check (item->text, NULL, &item->error);

  if (item->error != NULL)
    print_bad_line (self, source, item);
  else if (self->is_dry)
    print_address (self, item->text);
  else
    morsel_print_queue_push (self->queue, item->text, g_get_monotonic_time ());
}

/* The name of the list that is being read. */
static const char *
get_source (Printer *self)
{
  const char *name = morsel_list_reader_get_name (self->input);

  return name != NULL ? name : "-";
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
  self->is_at_end = !morsel_list_reader_fill_finish (self->input, result, &error);
  if (error != NULL)
    {
      g_autofree char *message = g_strdup_printf ("%s: %s", get_source (self),
                                                  error->message);

      flush (self);
      say_error (self, READ_ERROR, message);
    }
  read_on (self);
}

static void
end_input (Printer *self)
{
  self->n_skipped += morsel_list_reader_get_n_skipped (self->input);
  morsel_list_reader_unref (self->input);
  self->input = g_queue_pop_head (&self->inputs);
  self->is_at_end = FALSE;
}

/* Begins what is in line, and reads on as long as there is not enough to do. */
static void
read_on (Printer *self)
{
  while (self->session != NULL && !self->is_broken)
    {
      g_autofree char *address = morsel_print_queue_pop (self->queue);
      g_auto (MorselListItem) item = { 0 };

      if (address != NULL)
        {
          begin (self, address);
          continue;
        }
      if (self->input == NULL || self->is_reading ||
          !morsel_print_queue_wants_more (self->queue))
        break;

      if (morsel_list_reader_pop (self->input, &item))
        begin_item (self, get_source (self), &item);
      else if (self->is_at_end)
        end_input (self);
      else
        {
          self->is_reading = TRUE;
          morsel_list_reader_fill_async (self->input, filled_cb, g_rc_box_acquire (self));
        }
    }

  quit_when_done (self);
}

/* Where hosts are found to be slow, others may be behind them in the list. */
static gboolean
tick_cb (gpointer user_data)
{
  Printer *self = user_data;

  morsel_print_queue_tick (self->queue, g_get_monotonic_time ());
  read_on (self);

  return G_SOURCE_CONTINUE;
}

/* Takes the reader. */
static void
add_input (Printer *self, MorselListReader *reader)
{
  if (self->input == NULL)
    self->input = reader;
  else
    g_queue_push_tail (&self->inputs, reader);
}

static void
add_standard_input (Printer *self)
{
  g_autoptr (GInputStream) input = g_unix_input_stream_new (STDIN_FILENO, FALSE);

  add_input (self, morsel_list_reader_new_for_stream (input));
}

/* What is named with --open. */
static void
add_files (Printer *self)
{
  g_autofree const char **paths = NULL;
  g_autoptr (GVariant) variant = g_variant_dict_lookup_value (
      self->options, "open", G_VARIANT_TYPE_BYTESTRING_ARRAY);

  if (variant != NULL)
    paths = g_variant_get_bytestring_array (variant, NULL);
  for (gsize i = 0; paths != NULL && paths[i] != NULL; i++)
    {
      g_autoptr (GFile) file = g_file_new_for_commandline_arg (paths[i]);

      add_input (self, morsel_list_reader_new_for_file (file));
    }
}

static gboolean
interrupted_cb (gpointer user_data)
{
  Printer *self = user_data;

  g_main_loop_quit (self->loop);

  return G_SOURCE_CONTINUE;
}

/* How often the line that says how far it is may change, in milliseconds. */
#define STATUS_INTERVAL 200

#define MOST_JOBS 1000

/* What asks for less than a whole body, which is what is saved; NULL if nothing does. */
static const char *
find_unfit_for_output (GVariantDict *options)
{
  g_autofree const char **fields = NULL;

  if (!g_variant_dict_contains (options, "output"))
    return NULL;
  if (g_variant_dict_contains (options, "peek"))
    return "peek";
  if (g_variant_dict_contains (options, "head"))
    return "head";

  g_variant_dict_lookup (options, "header", "^a&s", &fields);
  for (gsize i = 0; fields != NULL && fields[i] != NULL; i++)
    if (g_ascii_strncasecmp (fields[i], "Range:", strlen ("Range:")) == 0)
      return "header=Range";

  return NULL;
}

/* NULL, and a sentence was printed, if an option is not valid. */
static FetchSession *
session_for (GVariantDict *options, gboolean is_one_address, MorselPrintQueue **queue)
{
  g_autoptr (FetchSession) session = NULL;
  g_autoptr (FetchRequest) request = fetch_request_new ("http://localhost/", NULL);
  g_autoptr (GError) error = NULL;
  const char *unfit;
  guint       max_transfers = FETCH_SESSION_DEFAULT_MAX_TRANSFERS;
  guint       max_per_host = FETCH_SESSION_DEFAULT_MAX_TRANSFERS_PER_HOST;
  gint64      delay = 0;

  if (!morsel_request_options_apply (options, request, &error) ||
      !morsel_request_options_read_number (options, "jobs", 1, MOST_JOBS, &max_transfers,
                                           &error) ||
      !morsel_request_options_read_number (options, "jobs-per-host", 1, MOST_JOBS,
                                           &max_per_host, &error) ||
      !morsel_request_options_read_time (options, "delay", TRUE, &delay, &error))
    {
      g_printerr ("morsel: %s\n", error->message);
      return NULL;
    }
  if (g_variant_dict_contains (options, "output") && !is_one_address)
    {
      /* Translators: keep “--output”. */
      g_printerr ("morsel: %s\n", _ ("--output goes with one address only."));
      return NULL;
    }

  unfit = find_unfit_for_output (options);
  if (unfit != NULL)
    {
      g_autofree char *message = g_strdup_printf (
          /* Translators: %s is the name of an option. Keep “--output”. */
          _ ("--%s can’t be used with --output."), unfit);

      g_printerr ("morsel: %s\n", message);
      return NULL;
    }

  max_per_host = MIN (max_transfers, max_per_host);
  *queue = morsel_print_queue_new (max_transfers, max_per_host);
  session = fetch_session_new_with_limits (max_transfers, max_per_host);
  fetch_session_set_delay (session, delay);

  return g_steal_pointer (&session);
}

static void
say_how_many_were_done (Printer *self)
{
  g_autofree char *message = g_strdup_printf (
      /* Translators: the program was interrupted when so many fetches had ended. */
      ngettext ("Interrupted when %u was done.", "Interrupted when %u were done.",
                self->n_done),
      self->n_done);

  morsel_status_line_hide (self->status_line);
  g_printerr ("morsel: %s\n", message);
}

/* At the end of the lists. */
static void
say_how_many_were_skipped (Printer *self)
{
  g_autofree char *message = NULL;

  if (self->n_skipped == 0)
    return;

  message = g_strdup_printf (
      /* Translators: %u lines of a list. */
      ngettext ("%u line without an address was skipped.",
                "%u lines without an address were skipped.", self->n_skipped),
      (guint) MIN (self->n_skipped, G_MAXUINT));
  morsel_status_line_hide (self->status_line);
  g_printerr ("morsel: %s\n", message);
}

static gboolean
has_standard_input (const char *const *addresses)
{
  return addresses != NULL && g_strv_contains (addresses, "-");
}

/* Those that are given on the command line, and then those that are in lists. */
static void
begin_all (Printer *self, const char *const *addresses)
{
  for (gsize i = 0; addresses != NULL && addresses[i] != NULL; i++)
    {
      g_auto (MorselListItem) item = { 0 };

      if (g_str_equal (addresses[i], "-"))
        continue;

      item.text = g_strdup (addresses[i]);
      begin_item (self, NULL, &item);
    }

  add_files (self);
  if (has_standard_input (addresses))
    add_standard_input (self);
  read_on (self);
}

/**
 * morsel_print:
 * @addresses: (array zero-terminated=1) (nullable): what to fetch; “-” stands for a list
 *   on standard input
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
  gboolean is_one_address = addresses != NULL && addresses[0] != NULL &&
                            addresses[1] == NULL && !has_standard_input (addresses) &&
                            !g_variant_dict_contains (options, "open");
  g_autoptr (MorselPrintQueue) queue = NULL;
  g_autoptr (FetchSession) session = NULL;
  g_autoptr (Printer) self = NULL;
  g_autoptr (GError) error = NULL;
  int   output_fd;
  guint interruption_id;

  morsel_descriptors_raise_limit ();
  session = session_for (options, is_one_address, &queue);
  if (session == NULL)
    return BAD_USAGE;
  if (has_standard_input (addresses) && morsel_descriptors_was_closed (STDIN_FILENO))
    {
      g_printerr ("morsel: %s\n", _ ("Standard input is closed."));
      return READ_ERROR;
    }
  if (!morsel_print_output_open (options, &output_fd, &error))
    {
      g_printerr ("morsel: %s\n", error->message);
      return WRITE_ERROR;
    }

  self = g_rc_box_new0 (Printer);
  self->options = g_variant_dict_ref (options);
  self->as_json = g_variant_dict_contains (options, "json");
  self->is_dry = g_variant_dict_contains (options, "dry-run");
  self->output_fd = output_fd;
  self->has_request_options = morsel_request_options_find (options) != NULL;
  self->loop = g_main_loop_new (NULL, FALSE);
  self->session = g_steal_pointer (&session);
  self->queue = g_steal_pointer (&queue);
  self->queue_id = g_timeout_add (MORSEL_PRINT_QUEUE_INTERVAL, tick_cb, self);
  self->status_line = morsel_status_line_new ();
  self->status_id = g_timeout_add (STATUS_INTERVAL, show_status_cb, self);
  interruption_id = morsel_interruption_watch (interrupted_cb, self);

  begin_all (self, addresses);
  if ((count_to_go (self) > 0 || self->input != NULL) && !self->is_broken)
    g_main_loop_run (self->loop);

  flush (self);
  say_how_many_were_skipped (self);
  g_source_remove (interruption_id);
  g_source_remove (self->status_id);
  g_source_remove (self->queue_id);
  g_clear_object (&self->session);

  /* As a shell tells of a program that a signal has ended. */
  if (morsel_interruption_get_signal () != 0)
    {
      say_how_many_were_done (self);
      return 128 + morsel_interruption_get_signal ();
    }

  return self->exit_status;
}
