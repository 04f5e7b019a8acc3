/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "app/morsel-bad-line.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_MEND_WINDOW (morsel_mend_window_get_type ())

G_DECLARE_FINAL_TYPE (MorselMendWindow,
                      morsel_mend_window,
                      MORSEL,
                      MEND_WINDOW,
                      AdwWindow)

MorselMendWindow *morsel_mend_window_new (GtkWindow *parent, GListStore *bad_lines);

G_END_DECLS
