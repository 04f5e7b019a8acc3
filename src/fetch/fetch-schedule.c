/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-schedule-private.h"

/*
 * Who may start: at most so many transfers at once, and at most so many of a host, so
 * that ten thousand addresses do not become ten thousand sockets, and a slow host does
 * not keep all others waiting.
 *
 * The transfers of a host start in the order in which they came; hosts take turns. What
 * somebody looks at goes first, as soon as its host may start one, and what is tried
 * again goes before what has not had its turn yet. All steps cost the same, however many
 * wait, and only new limits look at each host. I/O thread only.
 */

typedef struct
{
  char    *name;
  GQueue   waiting; /* of FetchTransfer, by their own link */
  guint    n_running;
  GList    link; /* in the queue of hosts that may start one */
  gboolean has_turn;
} Host;

struct _FetchSchedule
{
  guint       max_transfers;
  guint       max_transfers_per_host;
  guint       n_running;
  GHashTable *hosts; /* name → Host */
  GQueue      turns; /* hosts that may start one */
};

static void
host_free (gpointer data)
{
  Host *host = data;

  g_assert (host->waiting.length == 0);
  g_free (host->name);
  g_free (host);
}

static Host *
get_host (FetchSchedule *self, const char *name)
{
  Host *host = g_hash_table_lookup (self->hosts, name);

  if (host == NULL)
    {
      host = g_new0 (Host, 1);
      host->name = g_strdup (name);
      host->link.data = host;
      g_hash_table_insert (self->hosts, host->name, host);
    }

  return host;
}

static gboolean
is_urgent (Host *host)
{
  FetchTransfer *first = g_queue_peek_head (&host->waiting);

  return first != NULL && atomic_load (&first->is_urgent);
}

/* Gives the host its turn, takes it away, or forgets the host, as its numbers demand. */
static void
update_host (FetchSchedule *self, Host *host)
{
  gboolean may_start = host->waiting.length > 0 &&
                       host->n_running < self->max_transfers_per_host;

  if (may_start && !host->has_turn && is_urgent (host))
    g_queue_push_head_link (&self->turns, &host->link);
  else if (may_start && !host->has_turn)
    g_queue_push_tail_link (&self->turns, &host->link);
  else if (!may_start && host->has_turn)
    g_queue_unlink (&self->turns, &host->link);
  host->has_turn = may_start;

  if (host->waiting.length == 0 && host->n_running == 0)
    g_hash_table_remove (self->hosts, host->name);
}

/* One that starts nothing, until it is told how many it may. */
FetchSchedule *
fetch_schedule_new (void)
{
  FetchSchedule *self = g_new0 (FetchSchedule, 1);

  self->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, host_free);

  return self;
}

void
fetch_schedule_free (FetchSchedule *self)
{
  g_assert (self->n_running == 0);

  g_hash_table_unref (self->hosts);
  g_free (self);
}

/* Those that run go on, also if they are more than may start from now on. */
void
fetch_schedule_set_limits (FetchSchedule *self,
                           guint          max_transfers,
                           guint          max_transfers_per_host)
{
  GHashTableIter iter;
  gpointer       host;

  self->max_transfers = max_transfers;
  self->max_transfers_per_host = max_transfers_per_host;

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

  if (self->n_running >= self->max_transfers)
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
  update_host (self, host);

  return transfer;
}

void
fetch_schedule_end (FetchSchedule *self, FetchTransfer *transfer)
{
  Host *host = get_host (self, transfer->host);

  g_assert (host->n_running > 0 && self->n_running > 0);

  host->n_running--;
  self->n_running--;
  update_host (self, host);
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
