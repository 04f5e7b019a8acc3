/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdio.h>

#include "fetch/fetch-request.h"
#include "fetch/fetch-result.h"

G_BEGIN_DECLS

gboolean morsel_print_outcome (FILE         *stream,
                               const char   *address,
                               FetchRequest *request,
                               FetchResult  *result,
                               const GError *error,
                               gboolean      as_json);
int      morsel_print_get_exit_status (FetchResult *result, const GError *error);

G_END_DECLS
