/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-print.h"

#include <gio/gunixinputstream.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <unistd.h>

#include "app/morsel-interruption.h"
#include "app/morsel-line-reader.h"
#include "app/morsel-print-outcome.h"
#include "app/morsel-print-queue.h"
#include "app/morsel-request-options.h"
#include "app/morsel-status-line.h"
#include "fetch/fetch-session.h"
#include "fetch/fetch-url.h"

/*
 * `morsel --print`: the same fetches as in the window, on a plain main loop, in a
 * terminal or a pipe. Results come out as they come in.
 */

typedef struct
{
  GMainLoop        *loop;
  FetchSession     *session;
  GVariantDict     *options;
  MorselStatusLine *status_line;
  guint             status_id;
  MorselPrintQueue *queue; /* addresses that were read, and are not begun */
  guint             queue_id;
  MorselLineReader *input; /* NULL unless addresses come from standard input */
  gboolean          is_reading;
  gboolean          is_at_end;
  gboolean          as_json;
  gboolean          has_request_options;
  guint             n_running;
  guint             n_done;
  guint             n_failed;
  int               exit_status; /* of the first that failed */
  guint             flush_id;
  gboolean          is_broken; /* nobody reads what is printed */
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
  g_clear_pointer (&job->request, fetch_request_free);
  g_free (job);
}

static void
flush (Printer *self)
{
  g_clear_handle_id (&self->flush_id, g_source_remove);
  if (fflush (stdout) != 0 || ferror (stdout))
    self->is_broken = TRUE;
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

static void
count_failure (Printer *self, int exit_status)
{
  if (exit_status == EXIT_SUCCESS)
    return;

  self->n_failed++;
  if (self->exit_status == EXIT_SUCCESS)
    self->exit_status = exit_status;
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

static void
print_outcome (Printer      *self,
               const char   *address,
               FetchRequest *request,
               FetchResult  *result,
               const GError *error)
{
  int exit_status = morsel_print_get_exit_status (result, error);

  self->n_done++;
  count_failure (self, exit_status);
  morsel_status_line_hide (self->status_line);
  /* Where both go to the same file, no message is to come in the middle of a result. */
  if (exit_status != EXIT_SUCCESS)
    flush (self);
  morsel_print_outcome (address, request, result, error, self->as_json);

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

  job = g_new0 (Job, 1);
  job->printer = g_rc_box_acquire (self);
  job->address = g_strdup (address);
  job->request = self->has_request_options ? fetch_request_copy (request) : NULL;
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
      flush (self);
      morsel_status_line_hide (self->status_line);
      g_printerr ("morsel: %s\n", error->message);
      count_failure (self, EXIT_FAILURE);
    }
  read_on (self);
}

/* Begins what is in line, and reads on as long as there is not enough to do. */
static void
read_on (Printer *self)
{
  while (self->session != NULL && !self->is_broken)
    {
      g_autofree char *address = morsel_print_queue_pop (self->queue);
      g_autofree char *line = NULL;

      if (address != NULL)
        {
          begin (self, address);
          continue;
        }
      if (self->input == NULL || self->is_reading ||
          !morsel_print_queue_wants_more (self->queue))
        break;

      line = morsel_line_reader_pop (self->input);
      if (line != NULL && *g_strstrip (line) != '\0')
        morsel_print_queue_push (self->queue, line, g_get_monotonic_time ());
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

/* Where hosts are found to be slow, others may be behind them in the list. */
static gboolean
tick_cb (gpointer user_data)
{
  Printer *self = user_data;

  morsel_print_queue_tick (self->queue, g_get_monotonic_time ());
  read_on (self);

  return G_SOURCE_CONTINUE;
}

static void
read_standard_input (Printer *self)
{
  g_autoptr (GInputStream) input = NULL;

  if (self->input != NULL)
    return;

  input = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  self->input = morsel_line_reader_new (input, FETCH_URL_MAX_LENGTH);
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

/* NULL, and a sentence was printed, if an option is not valid. */
static FetchSession *
session_for (GVariantDict *options, gboolean is_one_address, MorselPrintQueue **queue)
{
  g_autoptr (FetchSession) session = NULL;
  g_autoptr (FetchRequest) request = fetch_request_new ("http://localhost/", NULL);
  g_autoptr (GError) error = NULL;
  guint  max_transfers = FETCH_SESSION_DEFAULT_MAX_TRANSFERS;
  guint  max_per_host = FETCH_SESSION_DEFAULT_MAX_TRANSFERS_PER_HOST;
  gint64 delay = 0;

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
  g_autoptr (MorselPrintQueue) queue = NULL;
  g_autoptr (FetchSession) session = session_for (
      options,
      addresses[0] != NULL && addresses[1] == NULL && !g_str_equal (addresses[0], "-"),
      &queue);
  g_autoptr (Printer) self = NULL;
  const int bad_usage = 2;
  guint     interruption_id;

  if (session == NULL)
    return bad_usage;

  self = g_rc_box_new0 (Printer);
  self->options = g_variant_dict_ref (options);
  self->as_json = g_variant_dict_contains (options, "json");
  self->has_request_options = morsel_request_options_find (options) != NULL;
  self->loop = g_main_loop_new (NULL, FALSE);
  self->session = g_steal_pointer (&session);
  self->queue = g_steal_pointer (&queue);
  self->queue_id = g_timeout_add (MORSEL_PRINT_QUEUE_INTERVAL, tick_cb, self);
  self->status_line = morsel_status_line_new ();
  self->status_id = g_timeout_add (STATUS_INTERVAL, show_status_cb, self);
  interruption_id = morsel_interruption_watch (interrupted_cb, self);

  for (; *addresses != NULL; addresses++)
    if (g_str_equal (*addresses, "-"))
      read_standard_input (self);
    else
      morsel_print_queue_push (self->queue, *addresses, g_get_monotonic_time ());
  read_on (self);

  if ((count_to_go (self) > 0 || self->input != NULL) && !self->is_broken)
    g_main_loop_run (self->loop);

  flush (self);
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

  return self->is_broken ? EXIT_FAILURE : self->exit_status;
}
