/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "app/morsel-fetch.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_SAVING (morsel_saving_get_type ())

G_DECLARE_FINAL_TYPE (MorselSaving, morsel_saving, MORSEL, SAVING, GObject)

/**
 * MorselSavingFunc:
 * @window: whose list it is
 * @request: what to fetch, and where to save it
 *
 * Begins a fetch, and adds it to the list.
 */
typedef void (*MorselSavingFunc) (GtkWindow *window, FetchRequest *request);

MorselSaving *morsel_saving_new (AdwApplicationWindow *window,
                                 AdwToastOverlay      *toasts,
                                 GtkSelectionModel    *fetches,
                                 MorselSavingFunc      fetch);

G_END_DECLS
