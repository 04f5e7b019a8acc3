/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define MORSEL_TYPE_HEADERS_GROUP (morsel_headers_group_get_type ())

G_DECLARE_FINAL_TYPE (MorselHeadersGroup,
                      morsel_headers_group,
                      MORSEL,
                      HEADERS_GROUP,
                      AdwPreferencesGroup)

void morsel_headers_group_bind (MorselHeadersGroup *self, GSettings *settings);

G_END_DECLS
