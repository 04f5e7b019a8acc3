/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-result.h"

G_BEGIN_DECLS

gboolean    fetch_status_is_redirect (int status);
const char *fetch_status_explain (int status);
char       *fetch_status_explain_result (FetchResult *result);

G_END_DECLS
