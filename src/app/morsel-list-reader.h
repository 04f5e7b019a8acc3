/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MorselListReader MorselListReader;

/**
 * MorselListItem:
 * @text: (nullable): an address, or what stands in its place; %NULL if it is the list
 *   itself that is not all right
 * @line: the number of the line that it is on, from 1; 0 if it is not known
 * @error: (nullable): why it is no address
 *
 * Something that is in a list.
 */
typedef struct
{
  char   *text;
  guint64 line;
  GError *error;
} MorselListItem;

void morsel_list_item_clear (MorselListItem *item);

MorselListReader *morsel_list_reader_new_for_stream (GInputStream *input);
MorselListReader *morsel_list_reader_new_for_file (GFile *file);
MorselListReader *morsel_list_reader_ref (MorselListReader *self);
void              morsel_list_reader_unref (MorselListReader *self);

const char *morsel_list_reader_get_name (MorselListReader *self);
guint64     morsel_list_reader_get_n_skipped (MorselListReader *self);
gboolean    morsel_list_reader_pop (MorselListReader *self, MorselListItem *item);

void     morsel_list_reader_fill_async (MorselListReader   *self,
                                        GAsyncReadyCallback callback,
                                        gpointer            user_data);
gboolean morsel_list_reader_fill_finish (MorselListReader *self,
                                         GAsyncResult     *result,
                                         GError          **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MorselListItem, morsel_list_item_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MorselListReader, morsel_list_reader_unref)

G_END_DECLS
