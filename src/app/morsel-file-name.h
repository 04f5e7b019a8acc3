/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-result.h"

G_BEGIN_DECLS

char *morsel_file_name_suggest (const char *url, FetchResult *result);

G_END_DECLS
