/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "app/morsel-record.h"

G_BEGIN_DECLS

/**
 * MorselHistoryContent:
 * @records: of [struct@MorselRecord]
 * @trouble: (nullable): a few words for what went wrong
 * @detail: (nullable): sentences about it
 * @is_foreign: whether the file is to be left as it is
 *
 * What was found in a history file.
 */
typedef struct
{
  GPtrArray *records;
  char      *trouble;
  char      *detail;
  gboolean   is_foreign;
} MorselHistoryContent;

void morsel_history_content_free (MorselHistoryContent *self);

MorselHistoryContent *morsel_history_file_read (const char *path);
gboolean              morsel_history_file_write (const char *path,
                                                 GPtrArray  *records,
                                                 gboolean    keeps_tokens,
                                                 GError    **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MorselHistoryContent, morsel_history_content_free)

G_END_DECLS
