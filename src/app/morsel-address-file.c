/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-address-file.h"

#include <glib/gi18n.h>

#include "fetch/fetch-address-list.h"

/* Somebody may have to write to a pipe first, and a device may have no end. */
static gboolean
check_type (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInfo) info = g_file_query_info (
      file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE, cancellable, error);

  if (info == NULL)
    return FALSE;

  switch (g_file_info_get_file_type (info))
    {
    case G_FILE_TYPE_REGULAR:
      return TRUE;

    case G_FILE_TYPE_DIRECTORY:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY,
                           _ ("It is a folder. Choose the files in it."));
      return FALSE;

    default:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                           _ ("It is not a file that can be read."));
      return FALSE;
    }
}

/**
 * morsel_address_file_read:
 * @file: a file with addresses
 * @cancellable: (nullable): a cancellable
 * @error: return location for a #GError, or %NULL
 *
 * Reads a file for [func@fetch_address_list_read]: no more than is of use, and one byte
 * by which it is known that there is more. Blocks: to be called on a worker.
 *
 * Returns: (transfer full) (nullable): the bytes, or %NULL
 */
GBytes *
morsel_address_file_read (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) stream = NULL;
  g_autofree char *buffer = NULL;
  gsize            size;

  if (!check_type (file, cancellable, error))
    return NULL;

  stream = g_file_read (file, cancellable, error);
  if (stream == NULL)
    return NULL;

  buffer = g_malloc (FETCH_ADDRESS_LIST_MAX_SIZE + 1);
  if (!g_input_stream_read_all (G_INPUT_STREAM (stream), buffer,
                                FETCH_ADDRESS_LIST_MAX_SIZE + 1, &size, cancellable,
                                error))
    return NULL;

  return g_bytes_new_take (g_steal_pointer (&buffer), size);
}
