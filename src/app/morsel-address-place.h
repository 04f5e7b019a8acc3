/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MORSEL_TYPE_ADDRESS_PLACE (morsel_address_place_get_type ())
G_DECLARE_FINAL_TYPE (MorselAddressPlace,
                      morsel_address_place,
                      MORSEL,
                      ADDRESS_PLACE,
                      GObject)

MorselAddressPlace *morsel_address_place_new (AdwSqueezer *squeezer,
                                              AdwBin      *wide_slot,
                                              AdwBin      *narrow_slot);

G_END_DECLS
