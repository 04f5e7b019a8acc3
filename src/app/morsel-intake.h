/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MORSEL_TYPE_INTAKE (morsel_intake_get_type ())

G_DECLARE_FINAL_TYPE (MorselIntake, morsel_intake, MORSEL, INTAKE, GObject)

/**
 * MorselIntakeFunc:
 * @window: whose list it is
 * @addresses: (array zero-terminated=1): valid addresses, each once
 *
 * Begins many fetches, and adds them to the list.
 */
typedef void (*MorselIntakeFunc) (GtkWindow *window, const char *const *addresses);

MorselIntake *morsel_intake_new (AdwApplicationWindow *window,
                                 AdwToastOverlay      *toasts,
                                 GtkEntry             *entry,
                                 GListModel           *fetches,
                                 MorselIntakeFunc      fetch_all);

void morsel_intake_open (MorselIntake *self, GPtrArray *files);
void morsel_intake_paste (MorselIntake *self, const char *text);

G_END_DECLS
