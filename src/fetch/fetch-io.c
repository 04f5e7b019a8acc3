/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-io-private.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include "fetch/fetch-schedule-private.h"

/* In bytes that are put out: what is decoded for one transfer before the others have
 * their turn, and for all transfers in one turn of the thread. It takes a few
 * milliseconds. */
#define MAX_WORK_AT_ONCE (1024 * 1024)
#define MAX_WORK_IN_TURN (4 * 1024 * 1024)

/*
 * The I/O thread: one background call that drives one multi handle of libcurl, and so all
 * fetches of a session.
 *
 * Nowhere else does libcurl transfer anything. The other threads push transfers onto a
 * list without a lock, and wake this one through an eventfd, for which it waits beside
 * its sockets: whatever has changed is told in the same way, and telling never blocks,
 * however busy this thread is.
 *
 * What happens goes out through the promises, and nothing else does.
 */
struct _FetchIo
{
  /* Any thread. */
  _Atomic (int)        ref_count;
  _Atomic (gboolean)   is_closed;
  _Atomic (gboolean)   is_ended; /* nobody reads the news any more */
  BackgroundChangeList news;
  _Atomic (guint)      wanted_transfers;
  _Atomic (guint)      wanted_transfers_per_host;
  _Atomic (guint)      wanted_in_all;
  _Atomic (gint64)     wanted_delay;
  BackgroundChangeList returned; /* of FetchResult, owned */
  int                  wake_fd;
  FetchSockets        *sockets; /* most of it is used by the I/O thread only */

  /* I/O thread only. */
  guint          max_transfers;
  guint          max_transfers_per_host;
  guint          max_in_all;
  gint64         delay;
  gint64         next_look; /* for transfers that are slow */
  FetchSchedule *schedule;
  FetchProxies  *proxies;
  CURLM         *multi;
  CURLSH        *share;   /* TLS sessions, which handles would forget with themselves */
  GHashTable    *running; /* of FetchTransfer, owned */
  GPtrArray     *with_interim; /* of FetchTransfer */
  GQueue         decoding;     /* of FetchTransfer: those that libcurl has paused */
  gsize          work_left;    /* in this turn, in bytes that are decoded */
  GSequence     *pausing; /* of FetchTransfer, owned: by when their next attempt is due */
};

FetchIo *
fetch_io_ref (FetchIo *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);

  return self;
}

void
fetch_io_unref (FetchIo *self)
{
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  g_clear_pointer (&self->sockets, fetch_sockets_free);
  if (self->wake_fd >= 0)
    close (self->wake_fd);
  g_free (self);
}

/* Returns NULL if no file is left in this process, nor a socket. */
FetchIo *
fetch_io_new (guint max_transfers, guint max_transfers_per_host, guint max_in_all)
{
  g_autoptr (FetchIo) self = g_new0 (FetchIo, 1);

  atomic_init (&self->ref_count, 1);
  atomic_init (&self->wanted_transfers, max_transfers);
  atomic_init (&self->wanted_transfers_per_host, max_transfers_per_host);
  atomic_init (&self->wanted_in_all, max_in_all);
  atomic_init (&self->wanted_delay, 0);
  self->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->wake_fd >= 0)
    self->sockets = fetch_sockets_new (self->wake_fd);

  return self->sockets != NULL ? g_steal_pointer (&self) : NULL;
}

static void
wake (FetchIo *self)
{
  /* A full counter (EAGAIN) is a wake-up as well. */
  (void) !write (self->wake_fd, &(guint64){ 1 }, sizeof (guint64));
}

static void
forget_news (FetchIo *self)
{
  BackgroundChange *change = background_change_list_take_in_order (&self->news);

  while (change != NULL)
    {
      BackgroundChange *next = change->next;

      fetch_transfer_unref (background_change_get_thing (change));
      change = next;
    }
}

/* Any thread: the transfer is new, cancelled or urgent, or its proxy is known. */
void
fetch_io_tell (FetchIo *self, FetchTransfer *transfer)
{
  if (atomic_exchange (&transfer->news.queued, true))
    return;

  fetch_transfer_ref (transfer);
  if (background_change_list_push (&self->news, &transfer->news))
    wake (self);

  /* Somebody cancelled just when it was answered. */
  if (atomic_load (&self->is_ended))
    forget_news (self);
}

/* Any thread: from now on, so many run at once, and so many of them to the same host.
 * While some are slow, there may be more: @max_in_all. */
void
fetch_io_set_limits (FetchIo *self,
                     guint    max_transfers,
                     guint    max_transfers_per_host,
                     guint    max_in_all)
{
  atomic_store (&self->wanted_transfers, max_transfers);
  atomic_store (&self->wanted_transfers_per_host, max_transfers_per_host);
  atomic_store (&self->wanted_in_all, max_in_all);
  wake (self);
}

/* Sets the time, in microseconds, between two starts to the same host. Thread-safe. */
void
fetch_io_set_delay (FetchIo *self, gint64 delay)
{
  atomic_store (&self->wanted_delay, delay);
  wake (self);
}

/* Any thread: until when, on the monotonic clock, all processors are for others. */
void
fetch_io_stay_quiet (FetchIo *self, gint64 until)
{
  fetch_sockets_stay_quiet (self->sockets, until);
}

static void
free_returned (FetchIo *self)
{
  BackgroundChange *change = background_change_list_take_in_order (&self->returned);

  while (change != NULL)
    {
      BackgroundChange *next = change->next;

      fetch_result_free (background_change_get_thing (change));
      change = next;
    }
}

/* Any thread: nobody wants the result any more. The thread that has made it frees it: two
 * that make and free the same memory wait for each other, and the main thread has better
 * things to do. */
void
fetch_io_take_back (FetchIo *self, FetchResult *result)
{
  fetch_io_ref (self);

  if (background_change_list_push (&self->returned, &result->returned))
    wake (self);
  if (atomic_load (&self->is_ended))
    free_returned (self);

  fetch_io_unref (self);
}

/* Any thread: no more transfers will come, and nobody wants those that are there. */
void
fetch_io_close (FetchIo *self)
{
  atomic_store (&self->is_closed, TRUE);
  fetch_sockets_stay_quiet (self->sockets, 0);
  wake (self);
}

/* What follows runs on the I/O thread. */

FetchSockets *
fetch_io_get_sockets (FetchIo *self)
{
  return self->sockets;
}

FetchProxies *
fetch_io_get_proxies (FetchIo *self)
{
  return self->proxies;
}

CURLSH *
fetch_io_get_share (FetchIo *self)
{
  return self->share;
}

static void
run (FetchIo *self, FetchTransfer *transfer)
{
  curl_multi_add_handle (self->multi, transfer->easy);
  g_hash_table_add (self->running, transfer);
}

/* The next one of an attempt, or the same one again. */
static void
begin_exchange (FetchIo *self, FetchTransfer *transfer)
{
  fetch_transfer_begin_exchange (transfer);
  run (self, transfer);
}

/* Begins an attempt, or goes on after a redirect. Returns FALSE if it could not begin:
 * then it is over. */
static gboolean
begin (FetchIo *self, FetchTransfer *transfer)
{
  if (fetch_redirect_is_read (&transfer->answer))
    fetch_redirect_follow (transfer);
  else if (!fetch_transfer_prepare (transfer))
    return FALSE;

  begin_exchange (self, transfer);

  return TRUE;
}

/* Takes the transfer off the multi handle. The caller gets the reference to it. */
static void
end (FetchIo *self, FetchTransfer *transfer)
{
  if (transfer->is_decoding_paused)
    g_queue_remove (&self->decoding, transfer);
  transfer->is_decoding_paused = FALSE;
  curl_multi_remove_handle (self->multi, transfer->easy);
  g_hash_table_steal (self->running, transfer);
}

/* How often the speed of those that run is looked at, while others wait for a place. */
#define LOOK_INTERVAL G_TIME_SPAN_SECOND

/* Finds the transfers that are slow, so that others start in their stead. Nothing is
 * looked at as long as there are places for all. */
static void
look_for_slow (FetchIo *self, gint64 now)
{
  GHashTableIter iter;
  gpointer       transfer;

  if (now < self->next_look || !fetch_schedule_lacks_places (self->schedule))
    return;

  self->next_look = now + LOOK_INTERVAL;
  g_hash_table_iter_init (&iter, self->running);
  while (g_hash_table_iter_next (&iter, &transfer, NULL))
    fetch_schedule_set_slow (self->schedule, transfer,
                             fetch_speed_is_slow (transfer, now));
}

static void
start_waiting (FetchIo *self)
{
  FetchTransfer *transfer;
  gint64         now = g_get_monotonic_time ();

  fetch_schedule_set_time (self->schedule, now);
  look_for_slow (self, now);

  while ((transfer = fetch_schedule_start_next (self->schedule)) != NULL)
    if (!begin (self, transfer))
      {
        fetch_schedule_end (self->schedule, transfer);
        fetch_transfer_unref (transfer);
      }
}

/* Others have its place meanwhile. */
static void
let_pause (FetchIo *self, FetchTransfer *transfer, gint64 pause)
{
  transfer->due = g_get_monotonic_time () + pause;
  transfer->pause = g_sequence_insert_sorted (self->pausing, transfer,
                                              fetch_transfer_compare_due, NULL);
}

static void
end_pause (FetchTransfer *transfer)
{
  g_sequence_remove (g_steal_pointer (&transfer->pause));
}

/* The one whose pause is over first; NULL if there is none. */
static FetchTransfer *
get_first_pausing (FetchIo *self)
{
  GSequenceIter *first = g_sequence_get_begin_iter (self->pausing);

  return g_sequence_iter_is_end (first) ? NULL : g_sequence_get (first);
}

/* Where the transfer goes when it has its turn. */
static const char *
get_next_url (FetchTransfer *transfer)
{
  return fetch_redirect_is_read (&transfer->answer) ? transfer->answer.redirect_url
                                                    : fetch_transfer_get_url (transfer);
}

/* It has its turn when it knows its proxy. */
static void
line_up (FetchIo *self, FetchTransfer *transfer)
{
  if (fetch_proxies_find (self->proxies, transfer, get_next_url (transfer)))
    fetch_schedule_add (self->schedule, transfer);
}

static void
end_pauses (FetchIo *self)
{
  FetchTransfer *transfer;

  while ((transfer = get_first_pausing (self)) != NULL &&
         transfer->due <= g_get_monotonic_time ())
    {
      end_pause (transfer);
      line_up (self, transfer);
    }
}

/* Nobody wants it any more, whether it waits, runs, or is done. */
static void
drop (FetchIo *self, FetchTransfer *transfer)
{
  gboolean is_running = g_hash_table_contains (self->running, transfer);

  if (is_running)
    end (self, transfer);
  else if (transfer->waits_for_proxy)
    fetch_proxies_remove (self->proxies, transfer);
  else if (transfer->pause != NULL)
    end_pause (transfer);
  else if (!fetch_schedule_remove (self->schedule, transfer))
    return;

  fetch_transfer_finish_cancelled (transfer);
  if (is_running)
    fetch_schedule_end (self->schedule, transfer);
  fetch_transfer_unref (transfer);
}

/* It has waited for its proxy: there is one, or a proxy_error. */
static void
go_on (FetchIo *self, FetchTransfer *transfer)
{
  if (transfer->proxy_error != NULL)
    {
      fetch_transfer_finish_without_proxy (transfer);
      fetch_transfer_unref (transfer);
    }
  else
    fetch_schedule_add (self->schedule, transfer);
}

/* The answer that they waited for may have come: in the order in which they came. */
static void
go_on_with_proxy (FetchIo *self, FetchTransfer *transfer)
{
  FetchTransfer *answered;

  while ((answered = fetch_proxies_take_answered (self->proxies, transfer)) != NULL)
    go_on (self, answered);
}

static void
end_waiting_for_proxies (FetchIo *self)
{
  FetchTransfer *overdue;

  while ((overdue = fetch_proxies_take_overdue (self->proxies)) != NULL)
    go_on (self, overdue);
}

static void
read_limits (FetchIo *self)
{
  guint  max_transfers = atomic_load (&self->wanted_transfers);
  guint  max_transfers_per_host = atomic_load (&self->wanted_transfers_per_host);
  guint  max_in_all = atomic_load (&self->wanted_in_all);
  gint64 delay = atomic_load (&self->wanted_delay);

  if (max_transfers == self->max_transfers &&
      max_transfers_per_host == self->max_transfers_per_host &&
      max_in_all == self->max_in_all && delay == self->delay)
    return;

  self->max_transfers = max_transfers;
  self->max_transfers_per_host = max_transfers_per_host;
  self->max_in_all = max_in_all;
  self->delay = delay;
  fetch_schedule_set_limits (self->schedule, max_transfers, max_transfers_per_host,
                             max_in_all, delay);
  /* With those that are idle: the next transfer may be to a host whose connections would
   * be closed to make room for others. */
  curl_multi_setopt (self->multi, CURLMOPT_MAXCONNECTS, 2L * max_transfers);
}

static void
read_news (FetchIo *self)
{
  BackgroundChange *change = background_change_list_take_in_order (&self->news);

  while (change != NULL)
    {
      BackgroundChange *next = change->next;
      FetchTransfer    *transfer = background_change_get_thing (change);

      /* Before looking: what comes from now on is news again. */
      atomic_store (&change->queued, false);

      if (!transfer->is_known)
        {
          transfer->is_known = TRUE;
          line_up (self, fetch_transfer_ref (transfer));
        }
      go_on_with_proxy (self, transfer);
      if (transfer->promise != NULL &&
          background_promise_is_cancelled (transfer->promise))
        drop (self, transfer);
      else if (atomic_load (&transfer->is_urgent))
        fetch_schedule_move_to_front (self->schedule, transfer);

      fetch_transfer_unref (transfer);
      change = next;
    }
}

void
fetch_io_note_interim (FetchIo *self, FetchTransfer *transfer)
{
  if (transfer->has_interim)
    return;

  transfer->has_interim = TRUE;
  g_ptr_array_add (self->with_interim, fetch_transfer_ref (transfer));
}

/* Those that are done by now have more to tell than this. */
static void
report_interim (FetchIo *self)
{
  for (guint i = 0; i < self->with_interim->len; i++)
    {
      FetchTransfer *transfer = self->with_interim->pdata[i];

      transfer->has_interim = FALSE;
      if (transfer->easy != NULL)
        fetch_transfer_report_interim (transfer);
    }
  g_ptr_array_set_size (self->with_interim, 0);
}

/* A redirect within an origin keeps its place among those that run. One that leads
 * elsewhere waits for its turn there: the limits and the pace of a host hold for what is
 * redirected to it, too. */
static void
follow_redirect (FetchIo *self, FetchTransfer *transfer)
{
  gint64 started = transfer->answer.times.started;

  fetch_redirect_end_exchange (transfer);
  if (fetch_transfer_is_of_host (transfer, transfer->answer.redirect_url))
    {
      begin (self, transfer);
      return;
    }

  fetch_schedule_accept (self->schedule, transfer->host, started);
  fetch_schedule_end (self->schedule, transfer);
  fetch_transfer_set_host (transfer, transfer->answer.redirect_url);
  line_up (self, transfer);
}

/* In its place among those that run, unless others are to have that meanwhile, or a
 * redirect has led it to another host. */
static void
try_again (FetchIo *self, FetchTransfer *transfer, gint64 pause)
{
  const char *url = fetch_transfer_get_url (transfer);

  if (pause == 0 && fetch_transfer_is_of_host (transfer, url) &&
      fetch_proxies_find (self->proxies, transfer, url))
    {
      if (begin (self, transfer))
        return;

      fetch_schedule_end (self->schedule, transfer);
      fetch_transfer_unref (transfer);
      return;
    }

  fetch_schedule_end (self->schedule, transfer);
  fetch_transfer_set_host (transfer, url);
  if (pause > 0)
    let_pause (self, transfer, pause);
  else if (!transfer->waits_for_proxy)
    line_up (self, transfer);
}

static void
end_transfer (FetchIo *self, FetchTransfer *transfer, CURLcode code)
{
  gint64 pause;

  end (self, transfer);

  if (fetch_redirect_is_read (&transfer->answer))
    {
      follow_redirect (self, transfer);
      return;
    }
  if (fetch_transfer_should_resend (transfer, code))
    {
      begin_exchange (self, transfer);
      return;
    }

  fetch_retry_tell_schedule (transfer, self->schedule, code);
  if (fetch_transfer_try_again (transfer, code, &pause))
    try_again (self, transfer, pause);
  else
    {
      fetch_transfer_finish (transfer, code);
      fetch_schedule_end (self->schedule, transfer);
      fetch_transfer_unref (transfer);
    }
}

static void
end_finished (FetchIo *self)
{
  CURLMsg *message;
  int      n_left;

  fetch_schedule_set_time (self->schedule, g_get_monotonic_time ());

  while ((message = curl_multi_info_read (self->multi, &n_left)) != NULL)
    {
      FetchTransfer *transfer;

      curl_easy_getinfo (message->easy_handle, CURLINFO_PRIVATE, &transfer);
      end_transfer (self, transfer, message->data.result);
    }
}

gsize
fetch_io_get_work_left (FetchIo *self)
{
  return MIN (self->work_left, MAX_WORK_AT_ONCE);
}

void
fetch_io_count_work (FetchIo *self, gsize work)
{
  self->work_left -= MIN (self->work_left, work);
}

void
fetch_io_pause_decoding (FetchIo *self, FetchTransfer *transfer)
{
  if (transfer->is_decoding_paused)
    return;

  transfer->is_decoding_paused = TRUE;
  g_queue_push_tail (&self->decoding, transfer);
}

/* Lets those that wait decode some more, each once at most. libcurl hands over what it
 * has kept before curl_easy_pause () returns: the transfer may be paused again then, and
 * if its callback has broken it off, nothing but the return value tells that. */
static void
go_on_decoding (FetchIo *self)
{
  guint n_waiting = self->decoding.length;

  self->work_left = MAX_WORK_IN_TURN;
  for (guint i = 0; i < n_waiting && self->work_left > 0; i++)
    {
      FetchTransfer *transfer = g_queue_pop_head (&self->decoding);
      CURLcode       code;

      transfer->is_decoding_paused = FALSE;
      fetch_sockets_wait_while_quiet (self->sockets);
      code = curl_easy_pause (transfer->easy, CURLPAUSE_CONT);
      if (code != CURLE_OK)
        end_transfer (self, transfer, code);
    }
}

static void
drop_all (FetchIo *self)
{
  GHashTableIter iter;
  FetchTransfer *transfer;
  gpointer       running;

  read_news (self);

  while ((transfer = fetch_schedule_take_any (self->schedule)) != NULL)
    {
      fetch_transfer_finish_cancelled (transfer);
      fetch_transfer_unref (transfer);
    }
  while ((transfer = fetch_proxies_get_next_due (self->proxies)) != NULL)
    drop (self, transfer);
  while ((transfer = get_first_pausing (self)) != NULL)
    drop (self, transfer);

  for (g_hash_table_iter_init (&iter, self->running);
       g_hash_table_iter_next (&iter, &running, NULL);
       g_hash_table_iter_init (&iter, self->running))
    drop (self, running);
}

/* Until the next pause is over, a host may be asked again, it is time to look for what is
 * slow, or somebody waits no longer for a proxy, in milliseconds; -1 if there is none. */
static int
get_time_to_wait (FetchIo *self)
{
  FetchTransfer *pausing = get_first_pausing (self);
  FetchTransfer *waiting = fetch_proxies_get_next_due (self->proxies);
  gint64         due = fetch_schedule_get_next_due (self->schedule);

  if (self->decoding.length > 0)
    return 0;

  if (pausing != NULL)
    due = MIN (due, pausing->due);
  if (waiting != NULL)
    due = MIN (due, waiting->due);
  if (fetch_schedule_lacks_places (self->schedule))
    due = MIN (due, self->next_look);
  if (due == G_MAXINT64)
    return -1;

  return CLAMP ((due - g_get_monotonic_time ()) / 1000 + 1, 0, G_MAXINT);
}

static void
unref_transfer (gpointer transfer)
{
  fetch_transfer_unref (transfer);
}

/* A BackgroundFunc: runs until the session is closed. */
gpointer
fetch_io_run (BackgroundPromise *promise G_GNUC_UNUSED,
              gpointer           io,
              GError           **error G_GNUC_UNUSED)
{
  FetchIo *self = io;

  self->schedule = fetch_schedule_new ();
  self->proxies = fetch_proxies_new ();
  self->running = g_hash_table_new (NULL, NULL);
  self->with_interim = g_ptr_array_new_with_free_func (unref_transfer);
  self->pausing = g_sequence_new (NULL);
  self->multi = curl_multi_init ();
  self->share = curl_share_init ();
  /* One thread uses it, so it needs no lock. */
  curl_share_setopt (self->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  fetch_sockets_serve (self->sockets, self->multi);

  while (!atomic_load (&self->is_closed))
    {
      free_returned (self);
      read_limits (self);
      read_news (self);
      end_pauses (self);
      end_waiting_for_proxies (self);
      start_waiting (self);
      go_on_decoding (self);
      fetch_sockets_wait (self->sockets, get_time_to_wait (self));
      end_finished (self);
      report_interim (self);
    }

  drop_all (self);
  curl_multi_cleanup (self->multi);
  curl_share_cleanup (self->share);
  fetch_proxies_free (self->proxies);
  g_hash_table_unref (self->running);
  g_ptr_array_unref (self->with_interim);
  g_sequence_free (self->pausing);
  fetch_schedule_free (self->schedule);

  atomic_store (&self->is_ended, TRUE);
  forget_news (self);
  free_returned (self);

  return NULL;
}
