/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "backgroundcall/backgroundcall.h"
#include "fetch/fetch-file-private.h"
#include "fetch/fetch-result.h"

G_BEGIN_DECLS

/* I/O thread. */
void fetch_save_finish (FetchFile         *file,
                        const char        *path,
                        FetchResult       *result,
                        BackgroundPromise *promise);
void fetch_save_keep_part (FetchFile *file, GError *error);

G_END_DECLS
