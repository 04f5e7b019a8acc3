/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/lab/lab-ways.h"

typedef struct
{
  BackgroundCall *call;
  MorselLabCard  *card; /* NULL once it is gone */
} Poll;

static void
poll_free (gpointer data)
{
  Poll *self = data;

  g_clear_weak_pointer (&self->card);
  g_object_unref (self->call);
  g_free (self);
}

/* Asks whether it is done, as often as nothing else is to do:
 * the processor has no rest. */
static gboolean
poll_cb (gpointer data)
{
  Poll    *self = data;
  LabPage *page;

  if (self->card == NULL)
    return G_SOURCE_REMOVE;
  if (!background_call_is_done (self->call))
    return G_SOURCE_CONTINUE;

  page = background_call_get_return (self->call, BACKGROUND_CALL_NO_WAIT, NULL);
  morsel_lab_card_show (self->card, page, background_call_get_error (self->call));

  return G_SOURCE_REMOVE;
}

void
lab_busy_poll (MorselLabCard *card, const char *url)
{
  Poll *self = g_new0 (Poll, 1);

  self->call = background_call_new_full (lab_page_fetch, g_strdup (url), g_free,
                                         lab_page_free, NULL, G_PRIORITY_DEFAULT, NULL);
  g_set_weak_pointer (&self->card, card);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, poll_cb, self, poll_free);
}
