/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-history.h"

#include <glib/gi18n.h>

#include "app/morsel-fetch.h"
#include "app/morsel-history-file.h"
#include "app/morsel-history-place.h"
#include "app/morsel-snapshot.h"
#include "fetch/fetch-secrets.h"

/*
 * Keeps the list until the next start: brings back what was kept, and writes down what
 * is there, a while after it has changed.
 *
 * The main thread only takes and makes the fetches, a few at a time; workers read and
 * write.
 */
struct _MorselHistory
{
  GObject parent_instance;

  FetchSession       *session;
  GListModel         *fetches;
  MorselHistoryPlace *place;

  gboolean is_enabled;
  gboolean keeps_tokens; /* in addresses */
  gboolean is_foreign;   /* the file is not ours to be replaced */
  gboolean is_closed;

  /* Changes, and when the first and the last of those came that are not written. */
  gboolean      has_changed;
  gint64        first_change;
  gint64        last_change;
  guint         save_id;
  GCancellable *taking; /* NULL unless a snapshot is being taken */
  guint         n_writing;
  gboolean      has_told_trouble;

  /* What was read, and is not in the list yet. */
  gboolean   is_restoring;
  GPtrArray *records;
  guint      n_restored;
  guint      restore_id;
  gboolean   is_adding; /* and not the person */
};

G_DEFINE_FINAL_TYPE (MorselHistory, morsel_history, G_TYPE_OBJECT)

enum
{
  RESTORED,
  TROUBLE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* A change is written when nothing has changed for so long, ... */
#define CALM_SECONDS 5

/* ... or when so much time has passed in which there was always something. */
#define MOST_SECONDS 60

/* Of a frame. */
#define SLICE (4 * G_TIME_SPAN_MILLISECOND)

/* At once, as the list has work with each of them. */
#define MOST_AT_ONCE 200

static void
tell_trouble (MorselHistory *self, const char *title, const char *detail)
{
  g_signal_emit (self, signals[TROUBLE], 0, title, detail);
}

/* Once is enough, until it has gone well. */
static void
tell_not_written (MorselHistory *self, const GError *error)
{
  g_autofree char *detail = NULL;

  if (self->has_told_trouble)
    return;
  self->has_told_trouble = TRUE;

  if (self->is_enabled)
    {
      detail = g_strdup_printf (
          /* Translators: %s is the system’s reason, such as “No space left on device”. */
          _ ("The list could not be written, and will not come back at the next start: "
             "%s"),
          error->message);
      tell_trouble (self, _ ("The list can’t be kept"), detail);
      return;
    }

  detail = g_strdup_printf (
      /* Translators: %s is the system’s reason, such as “Permission denied”. */
      _ ("The list that was kept could not be removed: %s"), error->message);
  tell_trouble (self, _ ("The kept list can’t be removed"), detail);
}

static gboolean
written_cb (BackgroundCall *call, gpointer user_data)
{
  MorselHistory *self = user_data;

  if (background_call_is_done (call) == BACKGROUND_CALL_RUNNING)
    return G_SOURCE_CONTINUE;

  self->n_writing--;
  if (background_call_is_done (call) == BACKGROUND_CALL_RETURNED)
    {
      self->has_told_trouble = FALSE;
      return G_SOURCE_REMOVE;
    }

  /* It is tried again when something else changes, or at the end. */
  self->has_changed = self->is_enabled;
  tell_not_written (self, background_call_get_error (call));

  return G_SOURCE_REMOVE;
}

/* It goes on when the window is closed. Without records, the file is removed. */
static void
start_writing (MorselHistory *self, GPtrArray *records)
{
  g_autoptr (BackgroundCall)
      call = morsel_history_place_write (self->place, records, self->keeps_tokens);

  self->n_writing++;
  background_call_detach (call);
  background_call_watch (call, G_OBJECT (self), written_cb, self, NULL);
}

static void
taken_cb (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (MorselHistory) self = user_data;
  g_autoptr (GPtrArray) records = morsel_snapshot_take_finish (result, NULL);

  if (records == NULL || self->is_closed)
    return;

  g_clear_object (&self->taking);
  if (self->is_enabled)
    start_writing (self, g_steal_pointer (&records));
}

static gboolean
can_save (MorselHistory *self)
{
  return self->is_enabled && !self->is_foreign && !self->is_restoring && !self->is_closed;
}

static gboolean
save_cb (gpointer user_data)
{
  MorselHistory *self = user_data;
  gint64         now = g_get_monotonic_time ();

  if (now - self->last_change < CALM_SECONDS * G_TIME_SPAN_SECOND &&
      now - self->first_change < MOST_SECONDS * G_TIME_SPAN_SECOND)
    return G_SOURCE_CONTINUE;

  self->save_id = 0;
  morsel_history_save (self);

  return G_SOURCE_REMOVE;
}

static void
note_change (MorselHistory *self)
{
  if (self->is_closed || self->is_adding)
    return;

  self->last_change = g_get_monotonic_time ();
  if (!self->has_changed)
    self->first_change = self->last_change;
  self->has_changed = TRUE;
  if (self->save_id == 0 && can_save (self))
    self->save_id = g_timeout_add_seconds (CALM_SECONDS, save_cb, self);
}

static void
end_restoring (MorselHistory *self)
{
  self->is_restoring = FALSE;
  g_clear_pointer (&self->records, g_ptr_array_unref);
  /* What has come meanwhile. */
  if (self->has_changed)
    note_change (self);
}

/* Before the setting was there, or was changed, they may have been kept. */
static void
note_tokens (MorselHistory *self, MorselRecord *record)
{
  g_autofree char *hidden = fetch_secrets_hide_in_address (record->address);

  if (!self->keeps_tokens && !g_str_equal (hidden, record->address))
    self->has_changed = TRUE;
}

/* They come before what has been added meanwhile. */
static gboolean
restore_cb (gpointer user_data)
{
  MorselHistory *self = user_data;
  gint64         end = g_get_monotonic_time () + SLICE;
  guint n_before = MIN (self->n_restored, g_list_model_get_n_items (self->fetches));
  g_autoptr (GPtrArray) fetches = g_ptr_array_new_with_free_func (g_object_unref);

  while (self->n_restored < self->records->len && fetches->len < MOST_AT_ONCE &&
         g_get_monotonic_time () < end)
    {
      MorselRecord *record = g_steal_pointer (&self->records->pdata[self->n_restored++]);

      note_tokens (self, record);
      g_ptr_array_add (fetches, morsel_fetch_new_from_record (self->session, record));
    }

  self->is_adding = TRUE;
  g_signal_emit (self, signals[RESTORED], 0, n_before, fetches);
  self->is_adding = FALSE;
  if (self->is_closed)
    return G_SOURCE_REMOVE;
  if (self->n_restored < self->records->len)
    return G_SOURCE_CONTINUE;

  self->restore_id = 0;
  end_restoring (self);

  return G_SOURCE_REMOVE;
}

static gboolean
read_cb (BackgroundCall *call, gpointer user_data)
{
  MorselHistory        *self = user_data;
  MorselHistoryContent *content;

  if (background_call_is_done (call) == BACKGROUND_CALL_RUNNING)
    return G_SOURCE_CONTINUE;

  content = background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, NULL);
  if (self->is_closed || content == NULL)
    return G_SOURCE_REMOVE;

  self->is_foreign = content->is_foreign;
  self->records = g_ptr_array_ref (content->records);
  if (content->trouble != NULL)
    tell_trouble (self, content->trouble, content->detail);
  if (self->records->len > 0)
    self->restore_id = g_idle_add (restore_cb, self);
  else
    end_restoring (self);

  return G_SOURCE_REMOVE;
}

static void
morsel_history_dispose (GObject *object)
{
  MorselHistory *self = MORSEL_HISTORY (object);

  morsel_history_close (self);
  g_clear_object (&self->fetches);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (morsel_history_parent_class)->dispose (object);
}

static void
morsel_history_finalize (GObject *object)
{
  MorselHistory *self = MORSEL_HISTORY (object);

  g_clear_pointer (&self->records, g_ptr_array_unref);
  morsel_history_place_unref (self->place);

  G_OBJECT_CLASS (morsel_history_parent_class)->finalize (object);
}

static void
morsel_history_class_init (MorselHistoryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = morsel_history_dispose;
  object_class->finalize = morsel_history_finalize;

  /**
   * MorselHistory::restored:
   * @self: a history
   * @position: where in the list they belong
   * @fetches: (element-type MorselFetch): some fetches that were kept
   *
   * Whoever has the list puts them there.
   */
  signals[RESTORED] = g_signal_new ("restored", MORSEL_TYPE_HISTORY, G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT,
                                    G_TYPE_PTR_ARRAY);

  /**
   * MorselHistory::trouble:
   * @self: a history
   * @title: what is wrong, in a few words
   * @detail: sentences about it
   *
   * Something that the person should know of.
   */
  signals[TROUBLE] = g_signal_new ("trouble", MORSEL_TYPE_HISTORY, G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                                   G_TYPE_STRING);
}

static void
morsel_history_init (MorselHistory *self G_GNUC_UNUSED)
{
}

/**
 * morsel_history_get_default_path:
 *
 * Returns: (transfer full) (type filename): where the list of this person is kept
 */
char *
morsel_history_get_default_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "morsel", "history", NULL);
}

/**
 * morsel_history_new:
 * @session: what restored fetches are retried with
 * @fetches: the list, of [class@MorselFetch]
 * @path: (type filename): the file that keeps it
 *
 * It does nothing until it is asked to restore, or enabled.
 *
 * Returns: (transfer full): a history
 */
MorselHistory *
morsel_history_new (FetchSession *session, GListModel *fetches, const char *path)
{
  MorselHistory *self = g_object_new (MORSEL_TYPE_HISTORY, NULL);

  self->session = g_object_ref (session);
  self->fetches = g_object_ref (fetches);
  g_signal_connect_object (fetches, "items-changed", G_CALLBACK (note_change), self,
                           G_CONNECT_SWAPPED);
  self->place = morsel_history_place_new (path);

  return self;
}

/**
 * morsel_history_restore:
 * @self: a history
 *
 * Brings back what was kept, with the signal [signal@MorselHistory::restored], and keeps
 * the list from now on. To be called once, at the start.
 */
void
morsel_history_restore (MorselHistory *self)
{
  g_autoptr (BackgroundCall) call = NULL;

  g_return_if_fail (MORSEL_IS_HISTORY (self));
  g_return_if_fail (!self->is_enabled && !self->is_closed);

  self->is_enabled = TRUE;
  self->is_restoring = TRUE;
  call = morsel_history_place_read (self->place);
  background_call_watch (call, G_OBJECT (self), read_cb, self, NULL);
}

/**
 * morsel_history_is_busy:
 * @self: a history
 *
 * Returns: whether it still brings back what was kept, or writes
 */
gboolean
morsel_history_is_busy (MorselHistory *self)
{
  g_return_val_if_fail (MORSEL_IS_HISTORY (self), FALSE);

  return self->is_restoring || self->taking != NULL || self->n_writing > 0;
}

/**
 * morsel_history_set_enabled:
 * @self: a history
 * @is_enabled: whether the list is kept
 *
 * When somebody does not want it any more, what was kept is removed.
 */
void
morsel_history_set_enabled (MorselHistory *self, gboolean is_enabled)
{
  g_return_if_fail (MORSEL_IS_HISTORY (self));

  is_enabled = is_enabled != FALSE;
  if (self->is_closed || self->is_enabled == is_enabled)
    return;

  self->is_enabled = is_enabled;
  if (is_enabled)
    {
      note_change (self);
      return;
    }

  g_clear_handle_id (&self->save_id, g_source_remove);
  if (!self->is_foreign)
    start_writing (self, NULL);
}

/**
 * morsel_history_set_keeps_tokens:
 * @self: a history
 * @keeps_tokens: whether tokens in addresses are kept, so that such fetches can be begun
 *   again after the next start; %FALSE unless told otherwise
 */
void
morsel_history_set_keeps_tokens (MorselHistory *self, gboolean keeps_tokens)
{
  g_return_if_fail (MORSEL_IS_HISTORY (self));

  keeps_tokens = keeps_tokens != FALSE;
  if (self->keeps_tokens == keeps_tokens)
    return;

  self->keeps_tokens = keeps_tokens;
  if (self->is_enabled)
    note_change (self);
}

/**
 * morsel_history_note_change:
 * @self: a history
 *
 * To be told when fetches of the list have ended: the list itself is watched. Their
 * progress changes nothing, as what is running is not kept.
 */
void
morsel_history_note_change (MorselHistory *self)
{
  g_return_if_fail (MORSEL_IS_HISTORY (self));

  note_change (self);
}

/**
 * morsel_history_save:
 * @self: a history
 *
 * Begins to write the list, if it has changed, without waiting for calmer times.
 */
void
morsel_history_save (MorselHistory *self)
{
  g_return_if_fail (MORSEL_IS_HISTORY (self));

  g_clear_handle_id (&self->save_id, g_source_remove);
  if (!can_save (self) || !self->has_changed || self->taking != NULL)
    return;

  self->has_changed = FALSE;
  self->taking = g_cancellable_new ();
  morsel_snapshot_take_async (self->fetches, self->taking, taken_cb, g_object_ref (self));
}

/**
 * morsel_history_close:
 * @self: a history
 *
 * Hands what has changed to a worker, and does no more. The program waits for workers
 * before it ends, but not for long.
 */
void
morsel_history_close (MorselHistory *self)
{
  gboolean has_changed;

  g_return_if_fail (MORSEL_IS_HISTORY (self));

  if (self->is_closed)
    return;

  has_changed = self->has_changed || self->taking != NULL;
  if (has_changed && can_save (self))
    start_writing (self, morsel_snapshot_take (self->fetches));

  self->is_closed = TRUE;
  self->is_restoring = FALSE;
  if (self->taking != NULL)
    g_cancellable_cancel (self->taking);
  g_clear_object (&self->taking);
  g_clear_handle_id (&self->save_id, g_source_remove);
  g_clear_handle_id (&self->restore_id, g_source_remove);
}
