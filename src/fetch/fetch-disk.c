/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-disk-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <unistd.h>

/*
 * The threads that wait for the disk: fsync() may take seconds, on a USB stick minutes,
 * and the I/O thread has all other transfers to drive meanwhile. They are a pool of their
 * own, so that a slow disk takes no thread from anything else.
 */

#define MAX_THREADS 8

/* It stays until the process ends. Its threads go when there is nothing to do. */
BackgroundPool *
fetch_disk_get_pool (void)
{
  static gsize pool;

  if (g_once_init_enter (&pool))
    g_once_init_leave (&pool, (gsize) background_pool_new ("fetch-disk", MAX_THREADS));

  return (BackgroundPool *) pool;
}

struct _FetchSync
{
  _Atomic (int)      ref_count;
  _Atomic (gboolean) is_done;

  int     fd; /* a copy: the file may be closed meanwhile */
  guint64 size;
  int     error_number; /* written before it is done */
};

void
fetch_sync_unref (FetchSync *self)
{
  if (atomic_fetch_sub (&self->ref_count, 1) > 1)
    return;

  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}

/* It is not done if no thread could be started: then nothing more is known. */
static void
end (gpointer data)
{
  FetchSync *self = data;

  if (!atomic_load (&self->is_done))
    {
      self->size = 0;
      atomic_store (&self->is_done, TRUE);
    }
  fetch_sync_unref (self);
}

/* A BackgroundFunc. */
static gpointer
run (BackgroundPromise *promise G_GNUC_UNUSED,
     gpointer           data,
     GError           **error G_GNUC_UNUSED)
{
  FetchSync *self = data;

  /* Where there is no such thing, there is nothing to be afraid of, or nothing helps. */
  if (fdatasync (self->fd) != 0 && errno != EINVAL && errno != ENOSYS)
    self->error_number = errno;
  close (self->fd);
  self->fd = -1;
  atomic_store (&self->is_done, TRUE);

  return NULL;
}

/* Begins to write the first @size bytes of the file to the disk, in the background.
 * Returns NULL if that is not possible now. */
FetchSync *
fetch_sync_begin (int fd, guint64 size)
{
  FetchSync *self;
  int        copy = fcntl (fd, F_DUPFD_CLOEXEC, 0);
  g_autoptr (BackgroundCall) call = NULL;

  if (copy < 0)
    return NULL;

  self = g_new0 (FetchSync, 1);
  atomic_init (&self->ref_count, 2);
  self->fd = copy;
  self->size = size;
  call = background_call_new_full (run, self, end, NULL, NULL, G_PRIORITY_DEFAULT,
                                   fetch_disk_get_pool ());
  background_call_detach (call);

  return self;
}

/* Returns FALSE while it is on its way. Afterwards, @size bytes are on the disk, unless
 * there is an error. */
gboolean
fetch_sync_is_done (FetchSync *self, guint64 *size, int *error_number)
{
  if (!atomic_load (&self->is_done))
    return FALSE;

  *size = self->size;
  *error_number = self->error_number;

  return TRUE;
}
