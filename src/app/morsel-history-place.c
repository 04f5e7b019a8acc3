/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-history-place.h"

#include <pthread.h>

#include "app/morsel-history-file.h"

/*
 * Where the list is kept, and the workers who read and write there, one at a time. Who
 * was asked later knows better: what an older worker has to say is not written after what
 * a newer one has said.
 */
struct _MorselHistoryPlace
{
  char *path;
  guint n_jobs; /* main thread only */

  /* Workers only: no other thread may have to wait for them. */
  pthread_mutex_t lock;
  guint           newest;
};

/* A worker's work: the records are its own, and it frees them. */
typedef struct
{
  MorselHistoryPlace *place;
  guint               number;
  GPtrArray          *records; /* NULL for a file that is to be removed */
  gboolean            keeps_tokens;
} Job;

static void
place_clear (gpointer data)
{
  MorselHistoryPlace *self = data;

  g_free (self->path);
  pthread_mutex_destroy (&self->lock);
}

static void
job_free (gpointer data)
{
  Job *self = data;

  morsel_history_place_unref (self->place);
  g_clear_pointer (&self->records, g_ptr_array_unref);
  g_free (self);
}

static Job *
job_new (MorselHistoryPlace *place, GPtrArray *records)
{
  Job *self = g_new (Job, 1);

  self->place = g_rc_box_acquire (place);
  self->number = ++place->n_jobs;
  self->records = records;
  self->keeps_tokens = FALSE;

  return self;
}

static gboolean
remove_file (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) delete_error = NULL;

  if (g_file_delete (file, NULL, &delete_error) ||
      g_error_matches (delete_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&delete_error));

  return FALSE;
}

/* On a worker. */
static gpointer
write_file (BackgroundPromise *promise G_GNUC_UNUSED, gpointer data, GError **error)
{
  Job                *job = data;
  MorselHistoryPlace *place = job->place;
  gboolean            is_done = TRUE;

  pthread_mutex_lock (&place->lock);
  if (job->number > place->newest)
    {
      place->newest = job->number;
      is_done = job->records != NULL
                    ? morsel_history_file_write (place->path, job->records,
                                                 job->keeps_tokens, error)
                    : remove_file (place->path, error);
    }
  pthread_mutex_unlock (&place->lock);

  return GINT_TO_POINTER (is_done);
}

/* On a worker. */
static gpointer
read_file (BackgroundPromise *promise G_GNUC_UNUSED,
           gpointer           data,
           GError           **error G_GNUC_UNUSED)
{
  Job                  *job = data;
  MorselHistoryContent *content;

  pthread_mutex_lock (&job->place->lock);
  content = morsel_history_file_read (job->place->path);
  pthread_mutex_unlock (&job->place->lock);

  return content;
}

static void
content_free (gpointer content)
{
  morsel_history_content_free (content);
}

/**
 * morsel_history_place_new:
 * @path: (type filename): the file
 *
 * Returns: (transfer full): a place, of the main thread
 */
MorselHistoryPlace *
morsel_history_place_new (const char *path)
{
  MorselHistoryPlace *self = g_rc_box_new0 (MorselHistoryPlace);

  self->path = g_strdup (path);
  pthread_mutex_init (&self->lock, NULL);

  return self;
}

/**
 * morsel_history_place_unref:
 * @self: (transfer full): a place; workers that have been started go on
 */
void
morsel_history_place_unref (MorselHistoryPlace *self)
{
  g_rc_box_release_full (self, place_clear);
}

/**
 * morsel_history_place_read:
 * @self: a place
 *
 * Returns: (transfer full): a call that returns a [struct@MorselHistoryContent]
 */
BackgroundCall *
morsel_history_place_read (MorselHistoryPlace *self)
{
  return background_call_new_full (read_file, job_new (self, NULL), job_free,
                                   content_free, NULL, G_PRIORITY_DEFAULT, NULL);
}

/**
 * morsel_history_place_write:
 * @self: a place
 * @records: (nullable) (transfer full): of [struct@MorselRecord]; %NULL to remove the
 * file
 * @keeps_tokens: whether tokens in addresses are written, too
 *
 * Returns: (transfer full): a call that fails if it can't be done
 */
BackgroundCall *
morsel_history_place_write (MorselHistoryPlace *self,
                            GPtrArray          *records,
                            gboolean            keeps_tokens)
{
  Job *job = job_new (self, records);

  job->keeps_tokens = keeps_tokens;

  return background_call_new (write_file, job, job_free);
}
