/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "app/morsel-batch.h"

G_BEGIN_DECLS

char *morsel_words_for_batch (const MorselBatch *batch, gboolean is_short);
char *morsel_words_for_batch_end (const MorselBatch *batch);
char *morsel_words_for_batch_failures (const MorselBatch *batch);

G_END_DECLS
