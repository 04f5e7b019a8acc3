/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>

G_BEGIN_DECLS

/*
 * A list that any thread pushes onto and one thread takes whole, without a lock: what has
 * changed, on its way to the thread that must know. (Not installed: for use inside the
 * house.)
 *
 * A BackgroundChange is part of the thing that changed, so telling costs no allocation,
 * and the thing is on the way at most once, however often it changes.
 */
typedef struct _BackgroundChange BackgroundChange;

struct _BackgroundChange
{
  BackgroundChange *next;
  _Atomic (bool)    queued;
  guint16           offset; /* of this, in the thing */
};

typedef _Atomic (BackgroundChange *) BackgroundChangeList;

#define background_change_init(thing, member) \
  ((thing)->member.offset = G_STRUCT_OFFSET (__typeof__ (*(thing)), member))

static inline gpointer
background_change_get_thing (BackgroundChange *self)
{
  return (char *) self - self->offset;
}

/* Returns whether the list was empty: then the caller must wake the one who takes it. */
static inline bool
background_change_list_push (BackgroundChangeList *self, BackgroundChange *change)
{
  BackgroundChange *first = atomic_load (self);

  do
    change->next = first;
  while (!atomic_compare_exchange_weak (self, &first, change));

  return first == NULL;
}

/* The list is last come, first served; this turns it round. */
static inline BackgroundChange *
background_change_list_take_in_order (BackgroundChangeList *self)
{
  BackgroundChange *change = atomic_exchange (self, NULL);
  BackgroundChange *in_order = NULL;

  while (change != NULL)
    {
      BackgroundChange *next = change->next;

      change->next = in_order;
      in_order = change;
      change = next;
    }

  return in_order;
}

G_END_DECLS
