/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-fetch-starter.h"

/*
 * Begins fetches, and puts them into the list: one at once, and many in slices of a
 * frame, so that the window goes on while a list of ten thousand is begun. Whether they
 * are addresses at all is found out in the background, as that takes longer than to begin
 * them.
 */
struct _MorselFetchStarter
{
  GObject parent_instance;

  MorselSettings  *settings;
  FetchSession    *session;
  MorselFetchList *list;

  BackgroundPool *pool;    /* of one thread, so that lists keep their order */
  GQueue          waiting; /* of Start */
  guint           start_id;
};

/* A fetch that is to be begun: anew, or for the first time. */
typedef struct
{
  MorselFetch *fetch; /* NULL for the first time */

  char         *address;
  FetchRequest *request; /* NULL if that is no address, or was not read yet */
  GError       *error;   /* why it is none */
} Start;

/* A list of addresses that is read in the background. */
typedef struct
{
  GStrv addresses; /* any thread: they stay as they are */

  /* Main thread only. */
  MorselFetchStarter *starter; /* not owned: the watch goes with it */
  guint               n_read;
} Reading;

G_DEFINE_FINAL_TYPE (MorselFetchStarter, morsel_fetch_starter, G_TYPE_OBJECT)

/* Two thirds of the time are for all else: a thread that never rests is kept waiting
 * longer for a processor, and the frame with it. */
#define SLICE G_TIME_SPAN_MILLISECOND
#define PAUSE_MILLISECONDS 2

/* How much the thread that reads addresses gives way to the others. */
#define NICENESS 10

/* How many addresses are handed over at a time. */
#define HANDFUL 100

static void
start_free (gpointer data)
{
  Start *start = data;

  if (start == NULL)
    return;

  g_clear_object (&start->fetch);
  g_free (start->address);
  g_clear_pointer (&start->request, fetch_request_free);
  g_clear_error (&start->error);
  g_free (start);
}

static void
reading_clear (gpointer data)
{
  Reading *self = data;

  g_strfreev (self->addresses);
}

static void
reading_unref (gpointer self)
{
  g_atomic_rc_box_release_full (self, reading_clear);
}

/* What is no address is in the list all the same, with the reason. */
static MorselFetch *
start_address (MorselFetchStarter *self, Start *start)
{
  if (start->request == NULL && start->error == NULL)
    start->request = fetch_request_new (start->address, &start->error);

  if (start->request == NULL ||
      !morsel_settings_apply (self->settings, start->request, &start->error))
    return morsel_fetch_new_invalid (start->address, start->error);

  return morsel_fetch_new (self->session, g_steal_pointer (&start->request));
}

/* What was begun anew, or removed, while it waited is left alone. */
static void
start_again (MorselFetch *fetch)
{
  if (morsel_fetch_is_listed (fetch) && morsel_fetch_can_retry (fetch))
    morsel_fetch_retry (fetch);
}

static void start_soon (MorselFetchStarter *self, guint milliseconds);

static gboolean
start_some_cb (gpointer user_data)
{
  MorselFetchStarter *self = user_data;
  g_autoptr (GPtrArray) fetches = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 end = g_get_monotonic_time () + SLICE;
  guint  n_started = 0;

  while (self->waiting.length > 0 && g_get_monotonic_time () < end)
    {
      Start *start = g_queue_pop_head (&self->waiting);

      if (start->fetch != NULL)
        start_again (start->fetch);
      else
        g_ptr_array_add (fetches, start_address (self, start));
      start_free (start);
      n_started++;
    }

  self->start_id = 0;
  start_soon (self, PAUSE_MILLISECONDS);
  morsel_fetch_list_append (self->list, fetches);
  morsel_fetch_list_arrived (self->list, n_started);

  return G_SOURCE_REMOVE;
}

static void
start_soon (MorselFetchStarter *self, guint milliseconds)
{
  if (self->start_id == 0 && self->waiting.length > 0)
    self->start_id = g_timeout_add_full (G_PRIORITY_DEFAULT_IDLE, milliseconds,
                                         start_some_cb, self, NULL);
}

static void
enqueue (MorselFetchStarter *self, Start *start)
{
  g_queue_push_tail (&self->waiting, start);
  start_soon (self, 0);
}

/* On a worker. */
static gpointer
read_addresses (BackgroundPromise *promise, gpointer data, GError **error G_GNUC_UNUSED)
{
  Reading   *reading = data;
  GPtrArray *starts = NULL;

  for (char **address = reading->addresses; *address != NULL; address++)
    {
      Start *start = g_new0 (Start, 1);

      start->address = g_strdup (*address);
      start->request = fetch_request_new (*address, &start->error);

      if (starts == NULL)
        starts = g_ptr_array_new_with_free_func (start_free);
      g_ptr_array_add (starts, start);

      if (starts->len < HANDFUL && address[1] != NULL)
        continue;
      background_promise_report_result (promise, g_steal_pointer (&starts),
                                        (GDestroyNotify) g_ptr_array_unref);
      if (background_promise_is_cancelled (promise))
        break;
    }

  return NULL;
}

/* No thread could be started: they are read here, a few at a time. */
static void
read_the_rest_here (Reading *reading)
{
  for (; reading->addresses[reading->n_read] != NULL; reading->n_read++)
    {
      Start *start = g_new0 (Start, 1);

      start->address = g_strdup (reading->addresses[reading->n_read]);
      enqueue (reading->starter, start);
    }
}

static gboolean
addresses_read_cb (BackgroundCall *call, gpointer user_data)
{
  Reading            *reading = user_data;
  BackgroundCallState state = background_call_is_done (call);
  g_autoptr (GPtrArray) handfuls = background_call_take_results (call);

  for (guint i = 0; handfuls != NULL && i < handfuls->len; i++)
    {
      GPtrArray *starts = handfuls->pdata[i];

      for (guint j = 0; j < starts->len; j++)
        enqueue (reading->starter, g_steal_pointer (&starts->pdata[j]));
      reading->n_read += starts->len;
    }
  if (state == BACKGROUND_CALL_FAILED)
    read_the_rest_here (reading);

  return state == BACKGROUND_CALL_RUNNING ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
morsel_fetch_starter_dispose (GObject *object)
{
  MorselFetchStarter *self = MORSEL_FETCH_STARTER (object);

  g_clear_handle_id (&self->start_id, g_source_remove);
  g_queue_clear_full (&self->waiting, start_free);
  g_clear_pointer (&self->pool, background_pool_unref);
  g_clear_object (&self->list);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (morsel_fetch_starter_parent_class)->dispose (object);
}

static void
morsel_fetch_starter_class_init (MorselFetchStarterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = morsel_fetch_starter_dispose;
}

static void
morsel_fetch_starter_init (MorselFetchStarter *self)
{
  g_queue_init (&self->waiting);
  self->pool = background_pool_new ("addresses", 1);
  background_pool_set_niceness (self->pool, NICENESS);
}

/**
 * morsel_fetch_starter_new:
 * @settings: how to fetch
 * @session: what to fetch with
 * @list: where the fetches go
 *
 * Returns: (transfer full): a starter
 */
MorselFetchStarter *
morsel_fetch_starter_new (MorselSettings  *settings,
                          FetchSession    *session,
                          MorselFetchList *list)
{
  MorselFetchStarter *self = g_object_new (MORSEL_TYPE_FETCH_STARTER, NULL);

  self->settings = g_object_ref (settings);
  self->session = g_object_ref (session);
  self->list = g_object_ref (list);

  return self;
}

/**
 * morsel_fetch_starter_start_request:
 * @self: a starter
 * @request: what to fetch, and how
 *
 * Begins a fetch at once, and adds it to the list.
 *
 * Returns: (transfer none): the fetch
 */
MorselFetch *
morsel_fetch_starter_start_request (MorselFetchStarter *self, FetchRequest *request)
{
  g_autoptr (GPtrArray) fetches = g_ptr_array_new_with_free_func (g_object_unref);

  g_return_val_if_fail (MORSEL_IS_FETCH_STARTER (self), NULL);

  g_ptr_array_add (fetches,
                   morsel_fetch_new (self->session, fetch_request_copy (request)));
  morsel_fetch_list_append (self->list, fetches);

  return fetches->pdata[0];
}

/**
 * morsel_fetch_starter_start:
 * @self: a starter
 * @address: an address, as somebody typed it
 * @error: where to put a sentence that says what is wrong with it
 *
 * Begins a fetch at once, and adds it to the list.
 *
 * Returns: (transfer none) (nullable): the fetch; %NULL if @address is none
 */
MorselFetch *
morsel_fetch_starter_start (MorselFetchStarter *self, const char *address, GError **error)
{
  g_autoptr (FetchRequest) request = NULL;

  g_return_val_if_fail (MORSEL_IS_FETCH_STARTER (self), NULL);

  request = fetch_request_new (address, error);
  if (request == NULL || !morsel_settings_apply (self->settings, request, error))
    return NULL;

  return morsel_fetch_starter_start_request (self, request);
}

/**
 * morsel_fetch_starter_start_all:
 * @self: a starter
 * @addresses: (array zero-terminated=1): addresses from elsewhere, some of which may be
 *   none
 *
 * Begins many fetches, a few at a time. What is no address gets into the list all the
 * same, with the reason.
 */
void
morsel_fetch_starter_start_all (MorselFetchStarter *self, const char *const *addresses)
{
  g_autoptr (BackgroundCall) call = NULL;
  Reading *reading;

  g_return_if_fail (MORSEL_IS_FETCH_STARTER (self));

  reading = g_atomic_rc_box_new0 (Reading);
  reading->starter = self;
  reading->addresses = g_strdupv ((char **) addresses);
  call = background_call_new_full (read_addresses, g_atomic_rc_box_acquire (reading),
                                   reading_unref, NULL, NULL, G_PRIORITY_DEFAULT,
                                   self->pool);
  background_call_watch (call, G_OBJECT (self), addresses_read_cb, reading,
                         reading_unref);
  morsel_fetch_list_await (self->list, g_strv_length ((char **) addresses));
}

/**
 * morsel_fetch_starter_retry_all:
 * @self: a starter
 * @fetches: (element-type MorselFetch): fetches of the list
 *
 * Begins those again that have ended, a few at a time.
 */
void
morsel_fetch_starter_retry_all (MorselFetchStarter *self, GPtrArray *fetches)
{
  g_return_if_fail (MORSEL_IS_FETCH_STARTER (self));

  for (guint i = 0; i < fetches->len; i++)
    if (morsel_fetch_can_retry (fetches->pdata[i]))
      {
        Start *start = g_new0 (Start, 1);

        start->fetch = g_object_ref (fetches->pdata[i]);
        enqueue (self, start);
        morsel_fetch_list_await (self->list, 1);
      }
}
