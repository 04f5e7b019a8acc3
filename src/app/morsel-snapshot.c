/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-snapshot.h"

#include "app/morsel-fetch.h"

/* What is known of each fetch of a list, for another thread that writes it down. */

/* Of a frame. */
#define SLICE (4 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  GPtrArray *fetches; /* of MorselFetch, as they were in the list at the beginning */
  GPtrArray *records; /* of MorselRecord */
} Snapshot;

static void
snapshot_free (gpointer data)
{
  Snapshot *self = data;

  g_ptr_array_unref (self->fetches);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_free (self);
}

static Snapshot *
snapshot_new (GListModel *fetches)
{
  Snapshot *self = g_new0 (Snapshot, 1);
  guint     n_fetches = g_list_model_get_n_items (fetches);

  self->fetches = g_ptr_array_new_full (n_fetches, g_object_unref);
  self->records = g_ptr_array_new_full (n_fetches, (GDestroyNotify) morsel_record_free);
  for (guint i = 0; i < n_fetches; i++)
    g_ptr_array_add (self->fetches, g_list_model_get_item (fetches, i));

  return self;
}

/* Returns whether all have been taken. */
static gboolean
snapshot_go_on (Snapshot *self, gint64 end)
{
  while (self->records->len < self->fetches->len && g_get_monotonic_time () < end)
    g_ptr_array_add (self->records,
                     morsel_fetch_to_record (self->fetches->pdata[self->records->len]));

  return self->records->len == self->fetches->len;
}

/**
 * morsel_snapshot_take:
 * @fetches: a list of [class@MorselFetch]
 *
 * Takes all of them at once, which is for the end of the program.
 *
 * Returns: (transfer full): an array of [struct@MorselRecord]
 */
GPtrArray *
morsel_snapshot_take (GListModel *fetches)
{
  Snapshot  *snapshot = snapshot_new (fetches);
  GPtrArray *records;

  snapshot_go_on (snapshot, G_MAXINT64);
  records = g_steal_pointer (&snapshot->records);
  snapshot_free (snapshot);

  return records;
}

static gboolean
go_on_cb (gpointer user_data)
{
  GTask    *task = user_data;
  Snapshot *snapshot = g_task_get_task_data (task);

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;
  if (!snapshot_go_on (snapshot, g_get_monotonic_time () + SLICE))
    return G_SOURCE_CONTINUE;

  g_task_return_pointer (task, g_steal_pointer (&snapshot->records),
                         (GDestroyNotify) g_ptr_array_unref);

  return G_SOURCE_REMOVE;
}

/**
 * morsel_snapshot_take_async:
 * @fetches: a list of [class@MorselFetch]
 * @cancellable: (nullable): ends it
 * @callback: what to call when it is done
 * @user_data: data for @callback
 *
 * Takes a few of them at a time, so that the window goes on meanwhile. Those are taken
 * that are in the list now, each as it is when it is its turn.
 */
void
morsel_snapshot_take_async (GListModel         *fetches,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  GTask *task;

  g_return_if_fail (G_IS_LIST_MODEL (fetches));

  task = g_task_new (fetches, cancellable, callback, user_data);
  g_task_set_source_tag (task, morsel_snapshot_take_async);
  g_task_set_task_data (task, snapshot_new (fetches), snapshot_free);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, go_on_cb, task, g_object_unref);
}

/**
 * morsel_snapshot_take_finish:
 * @result: what the callback got
 * @error: where to put that it was cancelled
 *
 * Returns: (transfer full) (nullable): an array of [struct@MorselRecord]; %NULL if it was
 *   cancelled
 */
GPtrArray *
morsel_snapshot_take_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, morsel_snapshot_take_async),
                        NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
