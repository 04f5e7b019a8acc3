/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-follower-private.h"

#include "backgroundcall/background-pool-private.h"
#include "backgroundcall/background-promise-private.h"

/*
 * Calls that depend on a call: they hear of its end at once, in the thread that ends it,
 * and need no main loop for that. (Who touches a widget watches instead.)
 */
struct _BackgroundFollower
{
  BackgroundFollower    *next;
  BackgroundFollowerFunc func;
  gpointer               data;
};

/* In the place of the list, from when they have been told. */
static BackgroundFollower told;

void
background_follower_add (BackgroundPromise     *promise,
                         BackgroundFollowerFunc func,
                         gpointer               data)
{
  BackgroundFollower *self = g_new0 (BackgroundFollower, 1);
  BackgroundFollower *first = atomic_load (&promise->followers);

  self->func = func;
  self->data = data;
  do
    self->next = first;
  while (first != &told &&
         !atomic_compare_exchange_weak (&promise->followers, &first, self));

  /* From here on it may be gone, unless it came too late. */
  if (first != &told)
    return;

  g_free (self);
  func (promise, data);
}

void
background_follower_tell_all (BackgroundPromise *promise)
{
  BackgroundFollower *follower = atomic_exchange (&promise->followers, &told);

  if (follower != NULL && follower != &told)
    background_pool_delay_finish ();

  while (follower != NULL && follower != &told)
    {
      BackgroundFollower *next = follower->next;

      follower->func (promise, follower->data);
      g_free (follower);
      follower = next;
    }
}
