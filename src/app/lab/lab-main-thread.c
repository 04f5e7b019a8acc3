/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/lab/lab-ways.h"

void
lab_main_thread (MorselLabCard *card, const char *url)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LabPage) page = NULL;

  /* Comes back in three seconds. Until then nothing is drawn,
   * and no key and no click is heard. */
  page = lab_page_fetch (NULL, (gpointer) url, &error);

  morsel_lab_card_show (card, page, error);
}
