/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-print-queue.h"

#include <string.h>

/*
 * The addresses that `morsel --print` has read and not given to the session yet, in a
 * line for each host.
 *
 * The session holds only some addresses of a host at a time, as a fetch takes a hundred
 * times the memory of an address. The number grows with the results of the host, so that
 * a fast host is never short of them, and one that hangs does not fill the session.
 *
 * How far to read ahead is a compromise. A list may have a million addresses, which
 * should not all be in memory; but behind a thousand of a host that hangs there may be
 * others that answer. So the lines of fast hosts are short: what is behind them is
 * reached soon. The lines of slow hosts may be long, as only reading on finds work for
 * the places that they leave idle. Both are limited in bytes, and when the session has
 * enough to do, nothing is read.
 *
 * A host is known by the text of its addresses. Two spellings make two lines, which is
 * harmless.
 */

/* In bytes, of all lines of hosts that are not slow; and of all lines. */
#define MAX_BYTES_FAST (256 * 1024)
#define MAX_BYTES (16 * 1024 * 1024)

/* Addresses of a host in the session: at first, and at most. */
#define MIN_WINDOW 32
#define MAX_WINDOW 500

/* Fetches in the session, besides four for each transfer that runs at once: enough that a
 * window for each of the hosts that fill the session leaves room for others. */
#define MIN_FETCHES 2000
#define FETCHES_PER_TRANSFER 4

/* A host is slow if it has fewer results in a period. */
#define PERIOD (MORSEL_PRINT_QUEUE_INTERVAL * G_TIME_SPAN_MILLISECOND)
#define FEWEST_RESULTS 100

typedef struct
{
  char    *host;
  GString *addresses; /* each with a NUL at its end */
  gsize    first;     /* where those begin that wait */
  guint    n_waiting;
  guint    n_running;
  guint    window;
  gboolean has_turn;
  gboolean is_slow;
  gint64   since;     /* when the period began; while addresses wait */
  guint    n_results; /* since then */
  GList    turn;      /* in the queue of lines that may give an address */
  GList    check;     /* in the queue of lines by when their period began */
} Line;

struct _MorselPrintQueue
{
  guint       min_window;
  guint       max_running;
  guint       n_running;
  guint       n_waiting;
  gsize       n_bytes;
  gsize       n_bytes_fast;
  GHashTable *lines; /* host → Line, with an address that waits or runs */
  GQueue      turns;
  GQueue      checks; /* lines in which addresses wait */
};

static void
line_free (gpointer data)
{
  Line *line = data;

  g_string_free (line->addresses, TRUE);
  g_free (line->host);
  g_free (line);
}

/* Returns the scheme, the host and the port, as they are written. */
static char *
host_of (const char *address)
{
  const char *colon = strstr (address, "://");
  const char *start = colon != NULL ? colon + strlen ("://") : address;
  gsize       length = strcspn (start, "/?#\\");
  const char *at = g_strrstr_len (start, length, "@");
  const char *host = at != NULL ? at + 1 : start;

  g_autofree char *text = g_strdup_printf ("%.*s%.*s", (int) (start - address), address,
                                           (int) (start + length - host), host);

  return g_ascii_strdown (text, -1);
}

static gsize
get_size (const Line *line)
{
  return line->addresses->len - line->first;
}

static void
set_slow (MorselPrintQueue *self, Line *line, gboolean is_slow)
{
  if (is_slow == line->is_slow)
    return;

  line->is_slow = is_slow;
  if (is_slow)
    self->n_bytes_fast -= get_size (line);
  else
    self->n_bytes_fast += get_size (line);
}

static void
count_bytes (MorselPrintQueue *self, Line *line, gssize n_bytes)
{
  self->n_bytes += n_bytes;
  if (!line->is_slow)
    self->n_bytes_fast += n_bytes;
}

/* Gives the line its turn or takes it away, or forgets the line. */
static void
update_line (MorselPrintQueue *self, Line *line)
{
  gboolean has_turn = line->n_waiting > 0 && line->n_running < line->window;

  if (has_turn && !line->has_turn)
    g_queue_push_tail_link (&self->turns, &line->turn);
  else if (!has_turn && line->has_turn)
    g_queue_unlink (&self->turns, &line->turn);
  line->has_turn = has_turn;

  if (line->n_waiting == 0 && line->n_running == 0)
    g_hash_table_remove (self->lines, line->host);
}

static Line *
get_line (MorselPrintQueue *self, const char *address)
{
  g_autofree char *host = host_of (address);
  Line            *line = g_hash_table_lookup (self->lines, host);

  if (line == NULL)
    {
      line = g_new0 (Line, 1);
      line->host = g_steal_pointer (&host);
      line->addresses = g_string_new (NULL);
      line->window = self->min_window;
      line->turn.data = line;
      line->check.data = line;
      g_hash_table_insert (self->lines, line->host, line);
    }

  return line;
}

/**
 * morsel_print_queue_new:
 * @max_transfers: the number of transfers that the session runs at once
 * @max_transfers_per_host: the number of these that go to the same host
 *
 * Returns: (transfer full): an empty queue
 */
MorselPrintQueue *
morsel_print_queue_new (guint max_transfers, guint max_transfers_per_host)
{
  MorselPrintQueue *self = g_new0 (MorselPrintQueue, 1);

  self->min_window = MAX (MIN_WINDOW, 2 * max_transfers_per_host);
  self->max_running = MIN_FETCHES + FETCHES_PER_TRANSFER * max_transfers;
  self->lines = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, line_free);

  return self;
}

/**
 * morsel_print_queue_free:
 * @self: (transfer full): a queue
 */
void
morsel_print_queue_free (MorselPrintQueue *self)
{
  g_hash_table_unref (self->lines);
  g_free (self);
}

/**
 * morsel_print_queue_push:
 * @self: a queue
 * @address: an address, which need not be a valid one
 * @now: the time, in microseconds of the monotonic clock
 *
 * Adds an address at the end of the line of its host.
 */
void
morsel_print_queue_push (MorselPrintQueue *self, const char *address, gint64 now)
{
  Line *line = get_line (self, address);
  gsize size = strlen (address) + 1;

  if (line->n_waiting == 0)
    {
      line->since = now;
      line->n_results = 0;
      g_queue_push_tail_link (&self->checks, &line->check);
    }

  g_string_append_len (line->addresses, address, size);
  line->n_waiting++;
  self->n_waiting++;
  count_bytes (self, line, size);
  update_line (self, line);
}

/* Frees the memory of the addresses that are gone, when these are most of it. */
static void
tidy (Line *line)
{
  if (line->first < line->addresses->len / 2)
    return;

  if (line->first < line->addresses->len)
    g_string_erase (line->addresses, 0, line->first);
  else
    {
      g_string_free (line->addresses, TRUE);
      line->addresses = g_string_new (NULL);
    }
  line->first = 0;
}

/**
 * morsel_print_queue_pop:
 * @self: a queue
 *
 * Takes an address for the session. Hosts take turns. It counts as running until
 * morsel_print_queue_end().
 *
 * Returns: (transfer full) (nullable): an address; %NULL if there is none for now
 */
char *
morsel_print_queue_pop (MorselPrintQueue *self)
{
  GList *link = self->n_running < self->max_running ? g_queue_pop_head_link (&self->turns)
                                                    : NULL;
  Line  *line;
  char  *address;

  if (link == NULL)
    return NULL;

  line = link->data;
  line->has_turn = FALSE;
  address = g_strdup (line->addresses->str + line->first);
  line->first += strlen (address) + 1;
  line->n_waiting--;
  line->n_running++;
  self->n_waiting--;
  self->n_running++;
  count_bytes (self, line, -(gssize) (strlen (address) + 1));
  if (line->n_waiting == 0)
    {
      g_queue_unlink (&self->checks, &line->check);
      set_slow (self, line, FALSE);
    }
  tidy (line);
  update_line (self, line);

  return address;
}

/**
 * morsel_print_queue_end:
 * @self: a queue
 * @address: an address that was taken from it
 *
 * Tells that there is a result for @address.
 */
void
morsel_print_queue_end (MorselPrintQueue *self, const char *address)
{
  Line *line = get_line (self, address);

  g_assert (line->n_running > 0);

  line->n_running--;
  self->n_running--;
  line->n_results++;
  line->window = MIN (line->window + 1, MAX (MAX_WINDOW, self->min_window));
  update_line (self, line);
}

/**
 * morsel_print_queue_tick:
 * @self: a queue
 * @now: the time, in microseconds of the monotonic clock
 *
 * Finds out which hosts are slow. Call it each %MORSEL_PRINT_QUEUE_INTERVAL.
 */
void
morsel_print_queue_tick (MorselPrintQueue *self, gint64 now)
{
  GList *link;

  while ((link = g_queue_peek_head_link (&self->checks)) != NULL)
    {
      Line *line = link->data;

      if (now - line->since < PERIOD)
        break;

      set_slow (self, line, line->n_results < FEWEST_RESULTS);
      if (line->is_slow)
        line->window = self->min_window;
      line->since = now;
      line->n_results = 0;
      g_queue_unlink (&self->checks, link);
      g_queue_push_tail_link (&self->checks, link);
      update_line (self, line);
    }
}

/**
 * morsel_print_queue_wants_more:
 * @self: a queue
 *
 * Returns: whether to read another address, if morsel_print_queue_pop() has none
 */
gboolean
morsel_print_queue_wants_more (MorselPrintQueue *self)
{
  return self->n_running < self->max_running && self->n_bytes_fast < MAX_BYTES_FAST &&
         self->n_bytes < MAX_BYTES;
}

/**
 * morsel_print_queue_get_n_waiting:
 * @self: a queue
 *
 * Returns: the number of addresses that wait
 */
guint
morsel_print_queue_get_n_waiting (MorselPrintQueue *self)
{
  return self->n_waiting;
}
