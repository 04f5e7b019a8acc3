/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-result.h"

G_BEGIN_DECLS

char *morsel_json_new_line (const char   *address,
                            FetchResult  *result,
                            const GError *error);

G_END_DECLS
