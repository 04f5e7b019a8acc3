/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "app/lab/lab-page.h"
#include "app/morsel-frame-gaps.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_LAB_CARD (morsel_lab_card_get_type ())

G_DECLARE_FINAL_TYPE (MorselLabCard, morsel_lab_card, MORSEL, LAB_CARD, AdwBin)

/**
 * MorselLabWay:
 * @title: what it is called; to be translated
 * @explanation: what it does, in a sentence; to be translated
 * @source: the name of the file that does it
 * @run: begins a fetch, which ends with [method@LabCard.show]
 * @freezes: whether the program stands still meanwhile
 *
 * A way to fetch a page.
 */
typedef struct
{
  const char *title;
  const char *explanation;
  const char *source;
  void (*run) (MorselLabCard *card, const char *url);
  gboolean freezes;
} MorselLabWay;

MorselLabCard      *morsel_lab_card_new (const MorselLabWay *way);
const MorselLabWay *morsel_lab_card_get_way (MorselLabCard *self);

void morsel_lab_card_run (MorselLabCard *self, const char *url);
void morsel_lab_card_show (MorselLabCard *self, LabPage *page, const GError *error);
void morsel_lab_card_focus (MorselLabCard *self);

gboolean         morsel_lab_card_is_running (MorselLabCard *self);
MorselFrameGaps *morsel_lab_card_get_gaps (MorselLabCard *self);

G_END_DECLS
