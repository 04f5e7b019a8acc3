/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-snapshot-private.h"

#include <stdatomic.h>
#include <string.h>

/*
 * The newest value of a small struct: one thread writes it, any thread reads it whole.
 *
 * There are two places. The writer fills the one that is not shown, and then shows it. So
 * whoever reads finds a whole value, even while the writer, perhaps interrupted in the
 * middle, has half a new one: nobody waits. Only if a whole report comes during the
 * reading (which takes some nanoseconds) must it be read again, as the place may be
 * filled anew.
 */
struct _BackgroundSnapshot
{
  _Atomic (guint)   n_reports; /* its last bit is the place that is shown */
  guint             size;      /* in bytes */
  _Atomic (guint64) words[];   /* of both places */
};

static gsize
n_words (gsize size)
{
  return (size + sizeof (guint64) - 1) / sizeof (guint64);
}

static _Atomic (guint64) *
place_of (BackgroundSnapshot *self, guint report)
{
  return self->words + (report % 2) * n_words (self->size);
}

/* The words are stored after whatever was shown before, and shown after they are stored:
 * hence the releases. */
static void
fill (_Atomic (guint64) *place, const char *source, gsize size)
{
  for (gsize offset = 0; offset < size; offset += sizeof (guint64))
    {
      guint64 word = 0;

      memcpy (&word, source + offset, MIN (sizeof word, size - offset));
      atomic_store_explicit (place++, word, memory_order_release);
    }
}

static void
copy (_Atomic (guint64) *place, char *target, gsize size)
{
  for (gsize offset = 0; offset < size; offset += sizeof (guint64))
    {
      guint64 word = atomic_load_explicit (place++, memory_order_acquire);

      memcpy (target + offset, &word, MIN (sizeof word, size - offset));
    }
}

BackgroundSnapshot *
background_snapshot_new (gconstpointer first, gsize size)
{
  BackgroundSnapshot *self = g_malloc0 (sizeof *self +
                                        2 * n_words (size) * sizeof self->words[0]);

  self->size = size;
  fill (place_of (self, 0), first, size);

  return self;
}

void
background_snapshot_free (BackgroundSnapshot *self)
{
  g_free (self);
}

void
background_snapshot_write (BackgroundSnapshot *self, gconstpointer source, gsize size)
{
  guint next = atomic_load_explicit (&self->n_reports, memory_order_relaxed) + 1;

  g_return_if_fail (size == self->size);

  fill (place_of (self, next), source, size);
  atomic_store_explicit (&self->n_reports, next, memory_order_release);
}

void
background_snapshot_read (BackgroundSnapshot *self, gpointer target, gsize size)
{
  guint newest;

  g_return_if_fail (size == self->size);

  do
    {
      newest = atomic_load_explicit (&self->n_reports, memory_order_acquire);
      copy (place_of (self, newest), target, size);
    }
  while (atomic_load_explicit (&self->n_reports, memory_order_relaxed) != newest);
}
