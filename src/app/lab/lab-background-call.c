/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/lab/lab-ways.h"

/* An idle callback that asks whether it is done, too; but this
 * one sleeps until there is something new. */
static gboolean
poll_cb (BackgroundCall *call, gpointer card)
{
  LabPage *page;

  if (!background_call_is_done (call))
    return G_SOURCE_CONTINUE;

  page = background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, NULL);
  morsel_lab_card_show (card, page, background_call_get_error (call));

  return G_SOURCE_REMOVE;
}

void
lab_background_call (MorselLabCard *card, const char *url)
{
  g_autoptr (BackgroundCall) call = NULL;

  call = background_call_new_full (lab_page_fetch, g_strdup (url), g_free, lab_page_free,
                                   NULL, G_PRIORITY_DEFAULT, NULL);

  /* The watch goes with the card, and takes the call along. */
  background_call_watch (call, G_OBJECT (card), poll_cb, card, NULL);
}
