/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * MorselExportFormat:
 * @MORSEL_EXPORT_CSV: the facts, for a spreadsheet
 * @MORSEL_EXPORT_JSON: all that is known, as one array
 * @MORSEL_EXPORT_JSON_LINES: the same, an object a line
 * @MORSEL_EXPORT_HAR: an HTTP Archive, for developer tools
 *
 * What results can be written as.
 */
typedef enum
{
  MORSEL_EXPORT_CSV,
  MORSEL_EXPORT_JSON,
  MORSEL_EXPORT_JSON_LINES,
  MORSEL_EXPORT_HAR,
} MorselExportFormat;

#define MORSEL_EXPORT_N_FORMATS (MORSEL_EXPORT_HAR + 1)

const char *morsel_export_get_extension (MorselExportFormat format);
gboolean    morsel_export_find_format (const char *file_name, MorselExportFormat *format);

void     morsel_export_async (GListModel           *fetches,
                              MorselExportFormat    format,
                              GFile                *file,
                              GCancellable         *cancellable,
                              GFileProgressCallback progress,
                              gpointer              progress_data,
                              GAsyncReadyCallback   callback,
                              gpointer              user_data);
gboolean morsel_export_finish (GAsyncResult *result, guint *n_written, GError **error);

G_END_DECLS
