/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-error.h"
#include "fetch/fetch-transfer-private.h"

G_BEGIN_DECLS

GError *fetch_curl_error_new (FetchTransfer *transfer,
                              CURLcode       code,
                              FetchResult   *result);
GError *fetch_no_file_left_error_new (FetchResult *result);

G_END_DECLS
