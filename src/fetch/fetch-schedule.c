/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-schedule-private.h"

#include "fetch/fetch-pace-private.h"

/*
 * Who may start: at most so many transfers at once, and at most so many of a host, so
 * that ten thousand addresses do not become ten thousand sockets, and a slow host does
 * not keep all others waiting.
 *
 * The transfers of a host start in the order in which they came; hosts take turns. What
 * somebody looks at goes first, as soon as its host may start one, and what is tried
 * again goes before what has not had its turn yet. Only new limits look at each host. All
 * other steps cost the same, however many wait; if the host has a pace, they cost the
 * logarithm of the number of such hosts. I/O thread only.
 *
 * A transfer that is slow does not take a place of the others: more may start in its
 * stead, up to a limit on all. So hosts that hang or drip can't stop a session.
 *
 * A host whose pace has to be remembered is kept for a while after its last transfer. The
 * number of such hosts is limited: the longest without a transfer are forgotten first.
 *
 * The clock is passed in, once for each turn of the loop.
 */

#define MAX_REMEMBERED 10000

typedef struct
{
  char          *name;
  GQueue         waiting; /* of FetchTransfer, by their own link */
  guint          n_running;
  GList          link; /* in the queue of hosts that may start one, or are remembered */
  gboolean       has_turn;
  GSequenceIter *delayed; /* NULL unless its next transfer has to wait for its time */
  gint64         due;     /* when that is */
  FetchPace      pace;
} Host;

struct _FetchSchedule
{
  guint       max_transfers;
  guint       max_transfers_per_host;
  guint       max_in_all; /* with those that are slow */
  gint64      delay;      /* between two starts to the same host */
  gint64      now;
  guint       n_running;
  guint       n_slow;     /* of these */
  GHashTable *hosts;      /* name → Host, with a transfer that waits or runs */
  GQueue      turns;      /* hosts that may start one */
  GSequence  *delayed;    /* of hosts, by when they may start one */
  GHashTable *remembered; /* name → Host, without any transfer */
  GQueue      idle;       /* the same, the longest without a transfer first */
};

static void
host_free (gpointer data)
{
  Host *host = data;

  g_assert (host->waiting.length == 0 && host->delayed == NULL);
  g_free (host->name);
  g_free (host);
}

static void
free_remembered (FetchSchedule *self, Host *host)
{
  g_queue_unlink (&self->idle, &host->link);
  g_hash_table_remove (self->remembered, host->name);
}

/* Moves a host that has no transfer any more to those that are remembered, or frees it.
 */
static void
leave (FetchSchedule *self, Host *host)
{
  g_hash_table_steal (self->hosts, host->name);
  if (!fetch_pace_is_memorable (&host->pace, self->delay, self->now))
    {
      host_free (host);
      return;
    }

  g_hash_table_insert (self->remembered, host->name, host);
  g_queue_push_tail_link (&self->idle, &host->link);

  /* Two at a time, so that the number goes down where one is added at a time. */
  for (int i = 0; i < 2 && self->idle.length > 0; i++)
    {
      Host *oldest = self->idle.head->data;

      if (self->idle.length > MAX_REMEMBERED ||
          !fetch_pace_is_memorable (&oldest->pace, self->delay, self->now))
        free_remembered (self, oldest);
    }
}

static Host *
get_host (FetchSchedule *self, const char *name)
{
  Host *host = g_hash_table_lookup (self->hosts, name);

  if (host != NULL)
    return host;

  host = g_hash_table_lookup (self->remembered, name);
  if (host != NULL)
    {
      g_queue_unlink (&self->idle, &host->link);
      g_hash_table_steal (self->remembered, name);
    }
  else
    {
      host = g_new0 (Host, 1);
      host->name = g_strdup (name);
      host->link.data = host;
    }
  g_hash_table_insert (self->hosts, host->name, host);

  return host;
}

/* A GCompareDataFunc. */
static int
compare_due (gconstpointer a, gconstpointer b, gpointer user_data G_GNUC_UNUSED)
{
  gint64 due_a = ((const Host *) a)->due;
  gint64 due_b = ((const Host *) b)->due;

  return (due_a > due_b) - (due_a < due_b);
}

static gboolean
is_urgent (Host *host)
{
  FetchTransfer *first = g_queue_peek_head (&host->waiting);

  return first != NULL && atomic_load (&first->is_urgent);
}

static void
set_turn (FetchSchedule *self, Host *host, gboolean has_turn)
{
  if (has_turn && !host->has_turn && is_urgent (host))
    g_queue_push_head_link (&self->turns, &host->link);
  else if (has_turn && !host->has_turn)
    g_queue_push_tail_link (&self->turns, &host->link);
  else if (!has_turn && host->has_turn)
    g_queue_unlink (&self->turns, &host->link);
  host->has_turn = has_turn;
}

static void
set_delayed (FetchSchedule *self, Host *host, gboolean is_delayed, gint64 due)
{
  if (host->delayed != NULL && (!is_delayed || due != host->due))
    g_sequence_remove (g_steal_pointer (&host->delayed));

  host->due = due;
  if (is_delayed && host->delayed == NULL)
    host->delayed = g_sequence_insert_sorted (self->delayed, host, compare_due, NULL);
}

/* Gives the host its turn, takes it away, lets it wait for its time, or forgets the host,
 * as its numbers demand. */
static void
update_host (FetchSchedule *self, Host *host)
{
  gboolean may_start = host->waiting.length > 0 &&
                       host->n_running < self->max_transfers_per_host;
  gint64 due = may_start ? fetch_pace_get_due (&host->pace, self->delay) : 0;

  set_turn (self, host, may_start && due <= self->now);
  set_delayed (self, host, may_start && due > self->now, due);

  if (host->waiting.length == 0 && host->n_running == 0)
    leave (self, host);
}

static Host *
get_first_delayed (FetchSchedule *self)
{
  GSequenceIter *first = g_sequence_get_begin_iter (self->delayed);

  return g_sequence_iter_is_end (first) ? NULL : g_sequence_get (first);
}

/* Those whose time has come have their turn. */
static void
end_delays (FetchSchedule *self)
{
  Host *host;

  while ((host = get_first_delayed (self)) != NULL && host->due <= self->now)
    update_host (self, host);
}

static gboolean
has_place (FetchSchedule *self)
{
  return self->n_running < self->max_in_all &&
         self->n_running - self->n_slow < self->max_transfers;
}

/* One that starts nothing, until it is told how many it may. */
FetchSchedule *
fetch_schedule_new (void)
{
  FetchSchedule *self = g_new0 (FetchSchedule, 1);

  self->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, host_free);
  self->remembered = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, host_free);
  self->delayed = g_sequence_new (NULL);

  return self;
}

void
fetch_schedule_free (FetchSchedule *self)
{
  g_assert (self->n_running == 0 && self->n_slow == 0);

  g_hash_table_unref (self->hosts);
  g_hash_table_unref (self->remembered);
  g_sequence_free (self->delayed);
  g_free (self);
}

/* Sets the time, on the monotonic clock. It never goes back. */
void
fetch_schedule_set_time (FetchSchedule *self, gint64 now)
{
  self->now = now;
}

/* Sets the limits: on the transfers that run at once, in all and of a host; on those
 * together with the slow ones; and on the time between two starts to the same host. Those
 * that run go on, also if they are more than may start from now on. */
void
fetch_schedule_set_limits (FetchSchedule *self,
                           guint          max_transfers,
                           guint          max_transfers_per_host,
                           guint          max_in_all,
                           gint64         delay)
{
  GHashTableIter iter;
  gpointer       host;

  self->max_transfers = max_transfers;
  self->max_transfers_per_host = max_transfers_per_host;
  self->max_in_all = MAX (max_in_all, max_transfers);
  self->delay = delay;

  /* None is forgotten meanwhile, as each has something that waits or runs. */
  g_hash_table_iter_init (&iter, self->hosts);
  while (g_hash_table_iter_next (&iter, NULL, &host))
    update_host (self, host);
}

/* The next of its host to start, and its host the next to have its turn, if it waits. */
void
fetch_schedule_move_to_front (FetchSchedule *self, FetchTransfer *transfer)
{
  Host *host;

  if (!transfer->is_waiting)
    return;

  host = get_host (self, transfer->host);
  g_queue_unlink (&host->waiting, &transfer->link);
  g_queue_push_head_link (&host->waiting, &transfer->link);
  if (host->has_turn)
    {
      g_queue_unlink (&self->turns, &host->link);
      g_queue_push_head_link (&self->turns, &host->link);
    }
}

void
fetch_schedule_add (FetchSchedule *self, FetchTransfer *transfer)
{
  Host *host = get_host (self, transfer->host);

  transfer->is_waiting = TRUE;
  if (transfer->n_attempts > 0)
    g_queue_push_head_link (&host->waiting, &transfer->link);
  else
    g_queue_push_tail_link (&host->waiting, &transfer->link);
  update_host (self, host);

  if (atomic_load (&transfer->is_urgent))
    fetch_schedule_move_to_front (self, transfer);
}

static void
take (Host *host, FetchTransfer *transfer)
{
  transfer->is_waiting = FALSE;
  g_queue_unlink (&host->waiting, &transfer->link);
}

/* Returns whether it was waiting. */
gboolean
fetch_schedule_remove (FetchSchedule *self, FetchTransfer *transfer)
{
  Host *host;

  if (!transfer->is_waiting)
    return FALSE;

  host = get_host (self, transfer->host);
  take (host, transfer);
  update_host (self, host);

  return TRUE;
}

/* The next that may run, which then counts as running; NULL if none may. */
FetchTransfer *
fetch_schedule_start_next (FetchSchedule *self)
{
  GList         *link;
  Host          *host;
  FetchTransfer *transfer;

  end_delays (self);
  if (!has_place (self))
    return NULL;

  link = g_queue_pop_head_link (&self->turns);
  if (link == NULL)
    return NULL;

  host = link->data;
  host->has_turn = FALSE;
  transfer = g_queue_peek_head (&host->waiting);
  take (host, transfer);
  host->n_running++;
  self->n_running++;
  fetch_pace_start (&host->pace, self->now);
  update_host (self, host);

  return transfer;
}

/* Says of a transfer that runs whether another one may start in its stead. */
void
fetch_schedule_set_slow (FetchSchedule *self, FetchTransfer *transfer, gboolean is_slow)
{
  if (is_slow == transfer->is_slow)
    return;

  transfer->is_slow = is_slow;
  if (is_slow)
    self->n_slow++;
  else
    self->n_slow--;
}

void
fetch_schedule_end (FetchSchedule *self, FetchTransfer *transfer)
{
  Host *host = get_host (self, transfer->host);

  g_assert (host->n_running > 0 && self->n_running > 0);

  fetch_schedule_set_slow (self, transfer, FALSE);
  host->n_running--;
  self->n_running--;
  update_host (self, host);
}

/* Returns when the next host that waits for its time may start a transfer; G_MAXINT64 if
 * none does, or if there is no place for it. */
gint64
fetch_schedule_get_next_due (FetchSchedule *self)
{
  Host *host = has_place (self) ? get_first_delayed (self) : NULL;

  return host != NULL ? host->due : G_MAXINT64;
}

/* Returns whether a transfer could start if one of those that run was slow. */
gboolean
fetch_schedule_lacks_places (FetchSchedule *self)
{
  return self->turns.length > 0 && self->n_running < self->max_in_all &&
         !has_place (self);
}

/* Tells that a host has answered a request that was sent at @started. */
void
fetch_schedule_accept (FetchSchedule *self, const char *name, gint64 started)
{
  Host *host = get_host (self, name);

  fetch_pace_accept (&host->pace, started, self->now);
  update_host (self, host);
}

/* Tells that a host has refused a request that was sent at @started. @retry_after is as
 * long as it wants to be left alone, or -1. Returns FALSE if others were refused before,
 * when the request was on its way. */
gboolean
fetch_schedule_refuse (FetchSchedule *self,
                       const char    *name,
                       gint64         started,
                       gint64         retry_after,
                       gint64        *held_until)
{
  Host    *host = get_host (self, name);
  gboolean is_news = fetch_pace_refuse (&host->pace, started, retry_after, self->now);

  *held_until = host->pace.held_until;
  update_host (self, host);

  return is_news;
}

/* Takes one of those that wait, whichever; NULL if none does. */
FetchTransfer *
fetch_schedule_take_any (FetchSchedule *self)
{
  GHashTableIter iter;
  gpointer       value;

  g_hash_table_iter_init (&iter, self->hosts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Host          *host = value;
      FetchTransfer *transfer = g_queue_peek_head (&host->waiting);

      if (transfer == NULL)
        continue;

      take (host, transfer);
      update_host (self, host);

      return transfer;
    }

  return NULL;
}
