/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MORSEL_TYPE_SINGLE_STOP (morsel_single_stop_get_type ())
G_DECLARE_FINAL_TYPE (MorselSingleStop, morsel_single_stop, MORSEL, SINGLE_STOP, AdwBin)

G_END_DECLS
