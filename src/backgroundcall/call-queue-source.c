/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/call-queue-source-private.h"

#include "backgroundcall/background-condition-private.h"

/*
 * Receives from a queue in a main loop: in slices of a frame, in the thread that owns the
 * queue and in no other, even if another one happens to iterate the context.
 */

#define SLICE (2 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  GSource         source;
  CallQueueCore  *core;
  BackgroundWake *wake;
  gpointer        wake_tag;
} QueueSource;

static bool
has_something_to_do (QueueSource *self)
{
  return call_queue_core_get_owner (self->core) == background_thread_get_id () &&
         call_queue_core_get_length (self->core) > 0;
}

static gboolean
queue_source_prepare (GSource *source, int *timeout)
{
  *timeout = -1;

  return has_something_to_do ((QueueSource *) source);
}

static gboolean
queue_source_check (GSource *source)
{
  QueueSource *self = (QueueSource *) source;

  background_wake_acknowledge (self->wake, source, self->wake_tag);

  return has_something_to_do (self);
}

static gboolean
queue_source_dispatch (GSource    *source,
                       GSourceFunc callback G_GNUC_UNUSED,
                       gpointer    user_data G_GNUC_UNUSED)
{
  QueueSource *self = (QueueSource *) source;
  g_autoptr (GError) error = NULL;

  /* GLib dispatches whenever the wake-up was there, too. */
  if (!has_something_to_do (self))
    return G_SOURCE_CONTINUE;

  call_queue_core_receive (self->core, CALL_QUEUE_UNBOUNDED,
                           background_deadline_of (SLICE), &error);
  if (error != NULL)
    g_message ("A call that was received has failed: %s", error->message);

  return G_SOURCE_CONTINUE;
}

static void
queue_source_finalize (GSource *source)
{
  QueueSource *self = (QueueSource *) source;

  call_queue_core_set_wake (self->core, NULL);
  call_queue_core_unref (self->core);
  background_wake_unref (self->wake);
}

static GSourceFuncs queue_source_funcs = {
  .prepare = queue_source_prepare,
  .check = queue_source_check,
  .dispatch = queue_source_dispatch,
  .finalize = queue_source_finalize,
};

GSource *
call_queue_source_new (CallQueueCore *core, int priority)
{
  GSource     *source = g_source_new (&queue_source_funcs, sizeof (QueueSource));
  QueueSource *self = (QueueSource *) source;

  self->core = call_queue_core_ref (core);
  self->wake = background_wake_new ();
  self->wake_tag = background_wake_add_to_source (self->wake, source);

  g_source_set_static_name (source, "[backgroundcall] call queue");
  g_source_set_priority (source, priority);
  g_source_set_can_recurse (source, TRUE);
  call_queue_core_set_wake (core, self->wake);

  return source;
}
