/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "app/lab/lab-page.h"
#include "app/lab/morsel-lab-card.h"

G_BEGIN_DECLS

/*
 * Three ways to fetch a page for a widget. Each is compiled into the program and shown in
 * it, from the same file.
 */

void lab_main_thread (MorselLabCard *card, const char *url);
void lab_busy_poll (MorselLabCard *card, const char *url);
void lab_background_call (MorselLabCard *card, const char *url);

G_END_DECLS
