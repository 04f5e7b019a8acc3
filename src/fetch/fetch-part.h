/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-request.h"

G_BEGIN_DECLS

void fetch_part_discard (FetchRequest *request);
void fetch_part_move (FetchRequest *request, const char *path);

G_END_DECLS
