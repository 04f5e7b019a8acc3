/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-request.h"

G_BEGIN_DECLS

char *morsel_curl_command_for_request (FetchRequest *request);

G_END_DECLS
