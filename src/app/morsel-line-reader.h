/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MorselLineReader MorselLineReader;

MorselLineReader *morsel_line_reader_new (GInputStream *input, gsize max_length);
MorselLineReader *morsel_line_reader_ref (MorselLineReader *self);
void              morsel_line_reader_unref (MorselLineReader *self);

void  morsel_line_reader_unread (MorselLineReader *self,
                                 GBytes           *bytes,
                                 gboolean          is_at_end);
char *morsel_line_reader_pop (MorselLineReader *self, guint64 *number);

void     morsel_line_reader_fill_async (MorselLineReader   *self,
                                        GAsyncReadyCallback callback,
                                        gpointer            user_data);
gboolean morsel_line_reader_fill_finish (MorselLineReader *self,
                                         GAsyncResult     *result,
                                         GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MorselLineReader, morsel_line_reader_unref)

G_END_DECLS
