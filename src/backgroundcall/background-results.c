/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-results-private.h"

/*
 * What a worker has found so far: any number of things, in order, of which none is lost.
 * The worker pushes without a lock, and whoever asks takes all that there are.
 */
struct _BackgroundInterim
{
  BackgroundInterim *next;
  gpointer           result;
  GDestroyNotify     destroy;
};

void
background_results_push (BackgroundResults *self, gpointer result, GDestroyNotify destroy)
{
  BackgroundInterim *interim = g_new0 (BackgroundInterim, 1);
  BackgroundInterim *newest = atomic_load (self);

  interim->result = result;
  interim->destroy = destroy;
  do
    interim->next = newest;
  while (!atomic_compare_exchange_weak (self, &newest, interim));
}

/* Returns NULL if there are none. */
GPtrArray *
background_results_take (BackgroundResults *self)
{
  BackgroundInterim *interim = atomic_exchange (self, NULL);
  GPtrArray         *results;

  if (interim == NULL)
    return NULL;

  results = g_ptr_array_new_with_free_func (interim->destroy);
  while (interim != NULL)
    {
      BackgroundInterim *next = interim->next;

      g_ptr_array_add (results, interim->result);
      g_free (interim);
      interim = next;
    }

  /* Oldest first. */
  for (guint i = 0; i < results->len / 2; i++)
    {
      gpointer swapped = results->pdata[i];

      results->pdata[i] = results->pdata[results->len - 1 - i];
      results->pdata[results->len - 1 - i] = swapped;
    }

  return results;
}
