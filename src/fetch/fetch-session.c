/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-session.h"

#include <sys/resource.h>

#include "fetch/fetch-curl-error.h"
#include "fetch/fetch-io-private.h"

/**
 * FetchSession:
 *
 * Fetches what is behind addresses, many at once, off the main thread.
 *
 * A session has one thread, which drives all its fetches and reuses their connections.
 * [method@FetchSession.fetch] returns at once, with a [class@BackgroundCall.Call]: poll
 * it, watch it, wait for it or cancel it like any other.
 *
 * `curl_global_init` is to be called at the start of `main`.
 */
struct _FetchSession
{
  GObject parent_instance;

  FetchIo        *io;      /* NULL if there was no file left for it */
  BackgroundCall *io_call; /* the I/O thread: it runs until the session goes */
};

G_DEFINE_FINAL_TYPE (FetchSession, fetch_session, G_TYPE_OBJECT)

static void
fetch_session_dispose (GObject *object)
{
  FetchSession *self = FETCH_SESSION (object);

  if (self->io != NULL)
    fetch_io_close (self->io);
  g_clear_pointer (&self->io, fetch_io_unref);
  g_clear_object (&self->io_call);

  G_OBJECT_CLASS (fetch_session_parent_class)->dispose (object);
}

static void
fetch_session_class_init (FetchSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = fetch_session_dispose;
}

static void
fetch_session_init (FetchSession *self G_GNUC_UNUSED)
{
}

/* On a call: the transfer that it is about. */
static GQuark
get_transfer_quark (void)
{
  static GQuark quark = 0;

  if (quark == 0)
    quark = g_quark_from_static_string ("fetch-transfer");

  return quark;
}

static void
tell_cancelled (gpointer data)
{
  FetchTransfer *transfer = data;

  fetch_io_tell (transfer->io, transfer);
}

static void
transfer_unref (gpointer data)
{
  fetch_transfer_unref (data);
}

static void
io_unref (gpointer data)
{
  fetch_io_unref (data);
}

/* A connection may take several sockets while it is being made, some stay open for later,
 * and others want files, too. */
static guint
get_most_transfers_possible (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return G_MAXUINT;

  return CLAMP (limit.rlim_cur / 4, 1, G_MAXUINT);
}

/* With those that are slow, in whose stead others start. */
#define MAX_TIMES_AS_MANY 4

static guint
get_most_in_all (guint max_transfers)
{
  guint most = get_most_transfers_possible ();

  return max_transfers < most / MAX_TIMES_AS_MANY ? max_transfers * MAX_TIMES_AS_MANY
                                                  : most;
}

static FetchSession *
session_new (guint max_transfers, guint max_transfers_per_host, guint niceness)
{
  FetchSession *self = g_object_new (FETCH_TYPE_SESSION, NULL);
  /* A pool of its own, so that it never waits for anybody's thread. */
  g_autoptr (BackgroundPool) pool = background_pool_new ("fetch-io", 1);

  background_pool_set_niceness (pool, niceness);
  self->io = fetch_io_new (MIN (max_transfers, get_most_transfers_possible ()),
                           max_transfers_per_host, get_most_in_all (max_transfers));
  if (self->io == NULL)
    return self;

  self->io_call = background_call_new_full (fetch_io_run, fetch_io_ref (self->io),
                                            io_unref, NULL, NULL, G_PRIORITY_DEFAULT,
                                            pool);
  /* It has calls to answer, and comes to its end by itself. */
  background_call_detach (self->io_call);

  return self;
}

/**
 * fetch_session_new:
 *
 * Makes a session with the usual limits.
 *
 * Returns: (transfer full): a new session
 */
FetchSession *
fetch_session_new (void)
{
  return fetch_session_new_with_niceness (0);
}

/**
 * fetch_session_new_with_niceness:
 * @niceness: how much its thread gives way to the others, from 0 to 19
 *
 * Makes a session with the usual limits, for a program that has something more urgent to
 * do than to fetch, such as to draw.
 *
 * Returns: (transfer full): a new session
 */
FetchSession *
fetch_session_new_with_niceness (guint niceness)
{
  return session_new (FETCH_SESSION_DEFAULT_MAX_TRANSFERS,
                      FETCH_SESSION_DEFAULT_MAX_TRANSFERS_PER_HOST, niceness);
}

/**
 * fetch_session_new_with_limits:
 * @max_transfers: how many fetches run at once, at most (fewer, where the process may
 *   have only few files open); the others wait. A fetch that has received next to
 *   nothing for three seconds does not count, as long as there are at most four times as
 *   many.
 * @max_transfers_per_host: how many of them may go to the same host
 *
 * Makes a session with limits of its own.
 *
 * Returns: (transfer full): a new session
 */
FetchSession *
fetch_session_new_with_limits (guint max_transfers, guint max_transfers_per_host)
{
  g_return_val_if_fail (max_transfers > 0, NULL);
  g_return_val_if_fail (max_transfers_per_host > 0, NULL);

  return session_new (max_transfers, max_transfers_per_host, 0);
}

/**
 * fetch_session_set_limits:
 * @self: a session
 * @max_transfers: how many fetches run at once, at most, as in
 *   [ctor@FetchSession.new_with_limits]
 * @max_transfers_per_host: how many of them may go to the same host
 *
 * Sets new limits, for the fetches that wait and those that come. If more than that run,
 * they go on, and none is started until they are fewer.
 *
 * May be called in any thread; never blocks.
 */
void
fetch_session_set_limits (FetchSession *self,
                          guint         max_transfers,
                          guint         max_transfers_per_host)
{
  g_return_if_fail (FETCH_IS_SESSION (self));
  g_return_if_fail (max_transfers > 0);
  g_return_if_fail (max_transfers_per_host > 0);

  if (self->io == NULL)
    return;

  fetch_io_set_limits (self->io, MIN (max_transfers, get_most_transfers_possible ()),
                       max_transfers_per_host, get_most_in_all (max_transfers));
}

/**
 * fetch_session_set_delay:
 * @self: a session
 * @microseconds: the least time between the starts of two fetches from the same host; 0
 *   for none, as it is unless told otherwise
 *
 * Sets a delay, for the fetches that wait and those that come. A new attempt counts as a
 * start; a redirect within a fetch is followed at once.
 *
 * May be called in any thread; never blocks.
 */
void
fetch_session_set_delay (FetchSession *self, gint64 microseconds)
{
  g_return_if_fail (FETCH_IS_SESSION (self));
  g_return_if_fail (microseconds >= 0);

  if (self->io != NULL)
    fetch_io_set_delay (self->io, microseconds);
}

/**
 * fetch_session_stay_quiet:
 * @self: a session
 * @until: a time of the monotonic clock, in microseconds, which should be a few
 *   milliseconds away; 0 to go on at once
 *
 * Lets the thread of the session do nothing for a moment, because somebody else has
 * something to do that cannot wait, such as a window that draws a frame. Where there are
 * few processors, niceness is not enough for that: a scheduler is fair over a longer time
 * than that of a frame.
 *
 * What arrives meanwhile, and what is cancelled, is looked at when that is over.
 *
 * May be called in any thread; never blocks.
 */
void
fetch_session_stay_quiet (FetchSession *self, gint64 until)
{
  g_return_if_fail (FETCH_IS_SESSION (self));
  g_return_if_fail (until >= 0);

  if (self->io != NULL)
    fetch_io_stay_quiet (self->io, until);
}

/* Why there is none. */
static GError *
error_without_thread (FetchSession *self)
{
  return self->io == NULL ? fetch_no_file_left_error_new (NULL)
                          : g_error_copy (background_call_get_error (self->io_call));
}

/**
 * fetch_session_fetch:
 * @self: a session
 * @request: what to fetch; it is copied
 *
 * Fetches something, and returns at once.
 *
 * The return value of the call is a [struct@FetchResult]. Its error is a
 * [error@FetchError], which carries what was learned until then
 * ([func@fetch_error_get_result]). Its progress is a [struct@FetchProgress]. Until the
 * first bytes are complete, it hands over what is known by then, as interim results of
 * the type [struct@FetchResult].
 *
 * A cancelled fetch fails with %FETCH_ERROR_CANCELLED, in a moment: with what had
 * arrived. Dropping the call cancels the fetch. When the session goes, so do all its
 * fetches, but for a file that is complete: it is still written to the disk and gets its
 * name.
 *
 * To be called in the thread that has the session; never blocks.
 *
 * Returns: (transfer full): the running call
 */
BackgroundCall *
fetch_session_fetch (FetchSession *self, FetchRequest *request)
{
  BackgroundPromise *promise = NULL;
  BackgroundCall    *call;
  FetchTransfer     *transfer;

  g_return_val_if_fail (FETCH_IS_SESSION (self), NULL);
  g_return_val_if_fail (request != NULL, NULL);

  call = background_call_new_for_promise (
      &promise, (GDestroyNotify) (void (*) (void)) fetch_result_unref, NULL);

  if (self->io == NULL || background_call_is_done (self->io_call))
    {
      background_promise_fail (promise, error_without_thread (self));
      background_promise_unref (promise);

      return call;
    }

  /* The I/O thread answers a cancellation: it has something to hand over even then. */
  background_promise_set_return_on_cancel (promise, FALSE);
  transfer = fetch_transfer_new (self->io, request, background_promise_ref (promise));
  background_promise_set_cancel_func (promise, tell_cancelled,
                                      fetch_transfer_ref (transfer), transfer_unref);
  g_object_set_qdata_full (G_OBJECT (call), get_transfer_quark (),
                           fetch_transfer_ref (transfer), transfer_unref);
  fetch_io_tell (self->io, transfer);

  fetch_transfer_unref (transfer);
  background_promise_unref (promise);

  return call;
}

/**
 * fetch_session_hurry:
 * @self: a session
 * @call: one of its fetches
 *
 * Starts a fetch before the others that wait, as somebody looks at it. One that runs, or
 * is done, goes on as it does.
 *
 * To be called in the thread that has the session; never blocks.
 */
void
fetch_session_hurry (FetchSession *self, BackgroundCall *call)
{
  FetchTransfer *transfer;

  g_return_if_fail (FETCH_IS_SESSION (self));
  g_return_if_fail (BACKGROUND_IS_CALL (call));

  transfer = g_object_get_qdata (G_OBJECT (call), get_transfer_quark ());
  if (transfer == NULL || background_call_is_done (call))
    return;

  atomic_store (&transfer->is_urgent, TRUE);
  fetch_io_tell (transfer->io, transfer);
}
