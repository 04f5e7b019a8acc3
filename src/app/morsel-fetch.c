/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-fetch.h"

#include <glib/gi18n.h>

#include "fetch/fetch-part.h"
#include "fetch/fetch-visible-text.h"

/*
 * One row of the list: an address, and how far its fetch is.
 *
 * This is where the background meets the window. A call runs on the I/O thread; the idle
 * callback below polls it, and what it finds is told to whoever shows this fetch, with
 * the signal "changed". It all happens in the main thread, and nothing in here waits.
 */
struct _MorselFetch
{
  GObject parent_instance;

  gint64        ordinal;
  FetchSession *session;
  FetchRequest *request; /* NULL if what was typed is no address */
  char         *address; /* as it is shown */
  gint64        begun;   /* when, in microseconds since 1970; 0 if never */

  BackgroundCall *call; /* NULL unless it is running */
  guint           watch_id;

  MorselFetchFunc changed_func; /* NULL unless it is in a list */
  gpointer        changed_data;

  MorselFetchState state;
  FetchProgress    progress;
  double           fraction;
  FetchResult     *result;
  GError          *error;
};

G_DEFINE_FINAL_TYPE (MorselFetch, morsel_fetch, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
tell_changed (MorselFetch *self)
{
  if (self->changed_func != NULL)
    self->changed_func (self, self->changed_data);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
set_result (MorselFetch *self, FetchResult *result)
{
  if (result != NULL)
    fetch_result_ref (result);
  g_clear_pointer (&self->result, fetch_result_unref);
  self->result = result;
}

/* The first bytes come before the last. */
static void
take_newest_result (MorselFetch *self, BackgroundCall *call)
{
  g_autoptr (GPtrArray) results = background_call_take_results (call);

  if (results != NULL)
    set_result (self, results->pdata[results->len - 1]);
}

static void
show_progress (MorselFetch *self, BackgroundCall *call)
{
  take_newest_result (self, call);
  self->progress = fetch_progress_of (call);
  self->fraction = background_call_get_progress (call);
  tell_changed (self);
}

static MorselFetchState
state_of_result (FetchResult *result)
{
  return fetch_result_get_status (result) < 400 ? MORSEL_FETCH_DONE
                                                : MORSEL_FETCH_REFUSED;
}

static MorselFetchState
state_of_error (const GError *error)
{
  return g_error_matches (error, FETCH_ERROR, FETCH_ERROR_CANCELLED)
             ? MORSEL_FETCH_CANCELLED
             : MORSEL_FETCH_FAILED;
}

static void
show_result (MorselFetch *self, FetchResult *result)
{
  set_result (self, result);
  self->state = state_of_result (result);
  g_clear_object (&self->call);
  tell_changed (self);
}

static void
show_error (MorselFetch *self, const GError *error)
{
  self->error = g_error_copy (error);
  set_result (self, fetch_error_get_result (error));
  self->state = state_of_error (error);
  g_clear_object (&self->call);
  tell_changed (self);
}

/* The idle callback. It runs in the main loop, when there is something new to see: after
 * progress, at most once a frame, and when the call is done. In between it sleeps. */
static gboolean
poll_cb (BackgroundCall *call, gpointer user_data)
{
  MorselFetch *self = user_data;

  switch (background_call_is_done (call))
    {
    case BACKGROUND_CALL_RUNNING:
      show_progress (self, call);
      return G_SOURCE_CONTINUE;

    case BACKGROUND_CALL_RETURNED:
      show_result (self,
                   background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, NULL));
      return G_SOURCE_REMOVE;

    case BACKGROUND_CALL_FAILED:
    default:
      show_error (self, background_call_get_error (call));
      return G_SOURCE_REMOVE;
    }
}

static void
start (MorselFetch *self)
{
  g_clear_pointer (&self->result, fetch_result_unref);
  g_clear_error (&self->error);
  self->state = MORSEL_FETCH_RUNNING;
  self->progress = (FetchProgress){ .phase = FETCH_PHASE_QUEUED, .total = -1 };
  self->fraction = -1.0;
  self->begun = g_get_real_time ();

  self->call = fetch_session_fetch (self->session, self->request);

  /* That it may replace a file was said of the one that is there now. */
  fetch_request_set_replaces (self->request, FALSE);

  /* The watch could look by itself whether this object is still there. But here is all
   * that has to do with the call, and what looks after itself costs more: there are ten
   * thousand. */
  self->watch_id = background_call_watch (self->call, NULL, poll_cb, self, NULL);
}

/* What is to be removed of a body: when the fetch of it has ended. */
typedef struct
{
  FetchRequest   *request;
  BackgroundCall *call; /* NULL if it has */
} Part;

static void
part_free (gpointer data)
{
  Part *self = data;

  fetch_request_free (self->request);
  g_clear_object (&self->call);
  g_free (self);
}

/* On a worker. */
static gpointer
discard_part (BackgroundPromise *promise G_GNUC_UNUSED,
              gpointer           data,
              GError           **error G_GNUC_UNUSED)
{
  Part *part = data;

  if (part->call != NULL)
    background_call_get_return (part->call, BACKGROUND_CALL_WAIT_FOREVER, NULL);
  fetch_part_discard (part->request);

  return NULL;
}

static void
morsel_fetch_dispose (GObject *object)
{
  MorselFetch *self = MORSEL_FETCH (object);

  /* A row that is removed is a fetch that is cancelled. */
  if (self->call != NULL)
    background_call_unwatch (self->call, self->watch_id);
  g_clear_object (&self->call);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (morsel_fetch_parent_class)->dispose (object);
}

static void
morsel_fetch_finalize (GObject *object)
{
  MorselFetch *self = MORSEL_FETCH (object);

  g_clear_pointer (&self->request, fetch_request_free);
  g_clear_pointer (&self->address, g_free);
  g_clear_pointer (&self->result, fetch_result_unref);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (morsel_fetch_parent_class)->finalize (object);
}

static void
morsel_fetch_class_init (MorselFetchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = morsel_fetch_dispose;
  object_class->finalize = morsel_fetch_finalize;

  signals[CHANGED] = g_signal_new ("changed", MORSEL_TYPE_FETCH, G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
morsel_fetch_init (MorselFetch *self)
{
  static gint64 n_made;

  self->ordinal = n_made++;
}

/**
 * morsel_fetch_new:
 * @session: what to fetch with
 * @request: (transfer full): what to fetch
 *
 * Begins a fetch.
 *
 * Returns: (transfer full): a fetch, which is cancelled when it is dropped
 */
MorselFetch *
morsel_fetch_new (FetchSession *session, FetchRequest *request)
{
  MorselFetch *self = g_object_new (MORSEL_TYPE_FETCH, NULL);

  self->session = g_object_ref (session);
  self->request = request;
  self->address = fetch_visible_line (fetch_request_get_shown_url (request));
  start (self);

  return self;
}

/**
 * morsel_fetch_new_invalid:
 * @text: what somebody gave for an address
 * @error: why it is none
 *
 * Makes a fetch that has failed before it began, so that what was given is not lost.
 *
 * Returns: (transfer full): a fetch
 */
MorselFetch *
morsel_fetch_new_invalid (const char *text, const GError *error)
{
  MorselFetch *self = g_object_new (MORSEL_TYPE_FETCH, NULL);

  self->address = fetch_visible_line (text);
  self->state = MORSEL_FETCH_FAILED;
  self->error = g_error_copy (error);

  return self;
}

/**
 * morsel_fetch_new_from_record:
 * @session: what to fetch with, when it is retried
 * @record: (transfer full): what was known of a fetch that has ended
 *
 * Makes a fetch that has ended, and can be begun again. It comes before those of this
 * session.
 *
 * Returns: (transfer full): a fetch
 */
MorselFetch *
morsel_fetch_new_from_record (FetchSession *session, MorselRecord *record)
{
  static gint64 n_restored;
  MorselFetch  *self = g_object_new (MORSEL_TYPE_FETCH, NULL);

  self->ordinal = G_MININT64 + n_restored++;
  self->session = g_object_ref (session);
  self->address = g_steal_pointer (&record->address);
  self->begun = record->begun;
  self->request = g_steal_pointer (&record->request);
  self->result = g_steal_pointer (&record->result);
  self->error = g_steal_pointer (&record->error);
  self->state = self->error != NULL ? state_of_error (self->error)
                                    : state_of_result (self->result);
  self->progress = (FetchProgress){ .total = -1 };
  self->fraction = -1.0;
  morsel_record_free (record);

  return self;
}

/**
 * morsel_fetch_set_changed_func:
 * @self: a fetch
 * @func: (nullable): what to call when it changes
 * @user_data: what to give to @func
 *
 * For the one list that it is in. It is a plain call, as there are ten thousand of them:
 * handlers of a signal are for the few who show it.
 */
void
morsel_fetch_set_changed_func (MorselFetch    *self,
                               MorselFetchFunc func,
                               gpointer        user_data)
{
  g_return_if_fail (MORSEL_IS_FETCH (self));

  self->changed_func = func;
  self->changed_data = user_data;
}

/**
 * morsel_fetch_is_listed:
 * @self: a fetch
 *
 * Returns: whether it is in a list, and somebody can see it
 */
gboolean
morsel_fetch_is_listed (MorselFetch *self)
{
  g_return_val_if_fail (MORSEL_IS_FETCH (self), FALSE);

  return self->changed_func != NULL;
}

/**
 * morsel_fetch_to_record:
 * @self: a fetch
 *
 * Returns: (transfer full): what is known of it now, secrets included
 */
MorselRecord *
morsel_fetch_to_record (MorselFetch *self)
{
  MorselRecord *record;

  g_return_val_if_fail (MORSEL_IS_FETCH (self), NULL);

  record = g_new0 (MorselRecord, 1);
  record->address = g_strdup (self->address);
  record->begun = self->begun;
  if (self->request != NULL)
    record->request = fetch_request_copy (self->request);
  if (self->result != NULL)
    record->result = fetch_result_ref (self->result);
  if (self->error != NULL)
    record->error = g_error_copy (self->error);
  else if (self->state == MORSEL_FETCH_RUNNING)
    record->error = fetch_error_new (
        FETCH_ERROR_CANCELLED, _ ("It was still running when this was saved."), NULL);

  return record;
}

/**
 * morsel_fetch_get_request:
 * @self: a fetch
 *
 * Returns: (transfer none) (nullable): how it is fetched; %NULL if there is no address
 */
FetchRequest *
morsel_fetch_get_request (MorselFetch *self)
{
  g_return_val_if_fail (MORSEL_IS_FETCH (self), NULL);

  return self->request;
}

/**
 * morsel_fetch_get_session:
 * @self: a fetch
 *
 * Returns: (transfer none) (nullable): what it is fetched with; %NULL if there is no
 * address
 */
FetchSession *
morsel_fetch_get_session (MorselFetch *self)
{
  g_return_val_if_fail (MORSEL_IS_FETCH (self), NULL);

  return self->session;
}

/**
 * morsel_fetch_lacks_secrets:
 * @self: a fetch
 *
 * Returns: whether it can't be retried, as a password or token that it needs was not kept
 */
gboolean
morsel_fetch_lacks_secrets (MorselFetch *self)
{
  g_return_val_if_fail (MORSEL_IS_FETCH (self), FALSE);

  return self->request != NULL && fetch_request_lacks_secrets (self->request);
}

/**
 * morsel_fetch_get_ordinal:
 * @self: a fetch
 *
 * Returns: a number that is larger than those of the fetches that were made before it
 */
gint64
morsel_fetch_get_ordinal (MorselFetch *self)
{
  g_return_val_if_fail (MORSEL_IS_FETCH (self), 0);

  return self->ordinal;
}

/**
 * morsel_fetch_get_address:
 * @self: a fetch
 *
 * Returns: (transfer none): the address, on one line in which nothing is hidden
 */
const char *
morsel_fetch_get_address (MorselFetch *self)
{
  g_return_val_if_fail (MORSEL_IS_FETCH (self), NULL);

  return self->address;
}

/**
 * morsel_fetch_get_state:
 * @self: a fetch
 *
 * Returns: how it is
 */
MorselFetchState
morsel_fetch_get_state (MorselFetch *self)
{
  g_return_val_if_fail (MORSEL_IS_FETCH (self), MORSEL_FETCH_FAILED);

  return self->state;
}

/**
 * morsel_fetch_get_progress:
 * @self: a fetch
 *
 * Returns: how far it is, or was when it ended
 */
FetchProgress
morsel_fetch_get_progress (MorselFetch *self)
{
  g_return_val_if_fail (MORSEL_IS_FETCH (self), (FetchProgress){ .total = -1 });

  return self->progress;
}

/**
 * morsel_fetch_get_fraction:
 * @self: a fetch
 *
 * Returns: how much of it is done, from 0 to 1; negative if that isn't known
 */
double
morsel_fetch_get_fraction (MorselFetch *self)
{
  g_return_val_if_fail (MORSEL_IS_FETCH (self), -1.0);

  return self->fraction;
}

/**
 * morsel_fetch_get_result:
 * @self: a fetch
 *
 * Returns: (transfer none) (nullable): what was found; of a fetch that runs or has
 * failed, what was found until then
 */
FetchResult *
morsel_fetch_get_result (MorselFetch *self)
{
  g_return_val_if_fail (MORSEL_IS_FETCH (self), NULL);

  return self->result;
}

/**
 * morsel_fetch_get_error:
 * @self: a fetch
 *
 * Returns: (transfer none) (nullable): why it failed or ended early
 */
const GError *
morsel_fetch_get_error (MorselFetch *self)
{
  g_return_val_if_fail (MORSEL_IS_FETCH (self), NULL);

  return self->error;
}

/**
 * morsel_fetch_get_size:
 * @self: a fetch
 *
 * Returns: how many bytes of the body there are until now, decoded
 */
guint64
morsel_fetch_get_size (MorselFetch *self)
{
  g_return_val_if_fail (MORSEL_IS_FETCH (self), 0);

  if (self->state == MORSEL_FETCH_RUNNING || self->result == NULL)
    return self->progress.received;

  return fetch_result_get_size (self->result);
}

/**
 * morsel_fetch_get_received:
 * @self: a fetch
 *
 * Returns: how many bytes of the body have arrived until now, as on the wire
 */
guint64
morsel_fetch_get_received (MorselFetch *self)
{
  g_return_val_if_fail (MORSEL_IS_FETCH (self), 0);

  if (self->state == MORSEL_FETCH_RUNNING || self->result == NULL)
    return self->progress.received;

  return fetch_result_get_size_on_wire (self->result);
}

/**
 * morsel_fetch_can_retry:
 * @self: a fetch
 *
 * Returns: whether it has ended, and could be begun again
 */
gboolean
morsel_fetch_can_retry (MorselFetch *self)
{
  g_return_val_if_fail (MORSEL_IS_FETCH (self), FALSE);

  return self->call == NULL && self->request != NULL &&
         !fetch_request_lacks_secrets (self->request);
}

/**
 * morsel_fetch_retry:
 * @self: a fetch that can be retried
 *
 * Begins it again.
 */
void
morsel_fetch_retry (MorselFetch *self)
{
  g_return_if_fail (MORSEL_IS_FETCH (self));
  g_return_if_fail (morsel_fetch_can_retry (self));

  start (self);
  tell_changed (self);
}

/**
 * morsel_fetch_retry_saving:
 * @self: a fetch that can be retried
 * @path: (type filename): where to save the body
 * @replaces: whether a file that is there may be replaced, as somebody has just said
 *
 * Begins it again, with its body saved at another place, or over what is there.
 */
void
morsel_fetch_retry_saving (MorselFetch *self, const char *path, gboolean replaces)
{
  g_autofree char *new_path = g_strdup (path);

  g_return_if_fail (MORSEL_IS_FETCH (self));
  g_return_if_fail (morsel_fetch_can_retry (self));

  fetch_request_save_to (self->request, new_path, replaces);
  morsel_fetch_retry (self);
}

/**
 * morsel_fetch_get_save_path:
 * @self: a fetch
 *
 * Returns: (transfer none) (nullable) (type filename): where its body is saved; %NULL if
 *   it is not
 */
const char *
morsel_fetch_get_save_path (MorselFetch *self)
{
  g_return_val_if_fail (MORSEL_IS_FETCH (self), NULL);

  return self->request != NULL ? fetch_request_get_save_path (self->request) : NULL;
}

/**
 * morsel_fetch_discard_part:
 * @self: a fetch that has ended, or is cancelled
 *
 * Removes what is kept of its body, if it was not saved to its end: nobody will go on
 * with it. It happens in the background.
 */
void
morsel_fetch_discard_part (MorselFetch *self)
{
  g_autoptr (BackgroundCall) call = NULL;
  Part *part;

  g_return_if_fail (MORSEL_IS_FETCH (self));

  if (morsel_fetch_get_save_path (self) == NULL || self->state == MORSEL_FETCH_DONE)
    return;

  part = g_new0 (Part, 1);
  part->request = fetch_request_copy (self->request);
  if (self->call != NULL)
    part->call = g_object_ref (self->call);
  call = background_call_new_full (discard_part, part, part_free, NULL, NULL,
                                   G_PRIORITY_DEFAULT, NULL);
  background_call_detach (call);
}

/**
 * morsel_fetch_cancel:
 * @self: a fetch
 *
 * Cancels it, if it is running. It ends a moment later, with what has arrived.
 */
void
morsel_fetch_cancel (MorselFetch *self)
{
  g_return_if_fail (MORSEL_IS_FETCH (self));

  if (self->call != NULL)
    background_call_cancel (self->call);
}

/**
 * morsel_fetch_hurry:
 * @self: a fetch
 *
 * Lets it begin before the others that wait, as somebody looks at it.
 */
void
morsel_fetch_hurry (MorselFetch *self)
{
  g_return_if_fail (MORSEL_IS_FETCH (self));

  if (self->call != NULL)
    fetch_session_hurry (self->session, self->call);
}
