/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-hex-dump.h"

#define BYTES_PER_ROW 16

static void
append_row (GString *dump, gsize offset, const guchar *bytes, gsize size)
{
  g_string_append_printf (dump, "%04" G_GSIZE_MODIFIER "x ", offset);

  for (gsize i = 0; i < BYTES_PER_ROW; i++)
    {
      if (i % 8 == 0)
        g_string_append_c (dump, ' ');
      if (i < size)
        g_string_append_printf (dump, "%02x ", bytes[i]);
      else
        g_string_append (dump, "   ");
    }

  g_string_append_c (dump, ' ');
  for (gsize i = 0; i < size; i++)
    g_string_append_c (dump, g_ascii_isprint (bytes[i]) ? bytes[i] : '.');
}

/**
 * fetch_hex_dump:
 * @bytes: any bytes
 *
 * Writes rows of sixteen bytes: where they are, their values, and what they are in ASCII.
 *
 * May be called from any thread.
 *
 * Returns: (transfer full): the rows, with newlines between them
 */
char *
fetch_hex_dump (GBytes *bytes)
{
  GString      *dump = g_string_new (NULL);
  gsize         size;
  const guchar *data = g_bytes_get_data (bytes, &size);

  for (gsize offset = 0; offset < size; offset += BYTES_PER_ROW)
    {
      if (offset > 0)
        g_string_append_c (dump, '\n');
      append_row (dump, offset, data + offset, MIN (BYTES_PER_ROW, size - offset));
    }

  return g_string_free (dump, FALSE);
}
