/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MORSEL_TYPE_NO_STOP (morsel_no_stop_get_type ())

G_DECLARE_FINAL_TYPE (MorselNoStop, morsel_no_stop, MORSEL, NO_STOP, AdwBin)

G_END_DECLS
