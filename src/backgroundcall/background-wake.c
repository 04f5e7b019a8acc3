/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-wake-private.h"

#include <errno.h>
#include <glib-unix.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

/*
 * Wakes a main loop from any thread.
 *
 * It is an eventfd of our own, and not g_main_context_wakeup(): a worker may be done just
 * when the context goes, and must not touch it then. The workers know only this, which
 * outlives the context.
 */
struct _BackgroundWake
{
  _Atomic (int) ref_count;
  int           fd;
};

BackgroundWake *
background_wake_new (void)
{
  BackgroundWake *self = g_new0 (BackgroundWake, 1);

  atomic_init (&self->ref_count, 1);
  self->fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->fd < 0)
    g_error ("Creating a wake-up for the main loop failed: %s", g_strerror (errno));

  return self;
}

BackgroundWake *
background_wake_ref (BackgroundWake *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);

  return self;
}

void
background_wake_unref (BackgroundWake *self)
{
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  close (self->fd);
  g_free (self);
}

void
background_wake_up (BackgroundWake *self)
{
  /* A full counter (EAGAIN) is a wake-up as well. */
  (void) !write (self->fd, &(guint64){ 1 }, sizeof (guint64));
}

/* Before the source is attached. Returns a tag for background_wake_acknowledge(). */
gpointer
background_wake_add_to_source (BackgroundWake *self, GSource *source)
{
  return g_source_add_unix_fd (source, self->fd, G_IO_IN);
}

/* When the source is checked: the next sleep shall last until it is woken again. */
void
background_wake_acknowledge (BackgroundWake *self, GSource *source, gpointer tag)
{
  if (g_source_query_unix_fd (source, tag) != 0)
    (void) !read (self->fd, &(guint64){ 0 }, sizeof (guint64));
}
