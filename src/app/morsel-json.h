/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-result.h"

G_BEGIN_DECLS

void morsel_json_append (GString      *json,
                         const char   *address,
                         FetchResult  *result,
                         const GError *error);

G_END_DECLS
