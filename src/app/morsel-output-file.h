/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _MorselOutputFile MorselOutputFile;

MorselOutputFile *morsel_output_file_new (const char *path, GError **error);
void              morsel_output_file_free (MorselOutputFile *self);

GOutputStream *morsel_output_file_get_stream (MorselOutputFile *self);
gboolean       morsel_output_file_finish (MorselOutputFile *self,
                                          GCancellable     *cancellable,
                                          GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MorselOutputFile, morsel_output_file_free)

G_END_DECLS
