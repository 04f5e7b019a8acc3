/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Strings that come from the network, or are the names of files, need not be valid text:
 * they are kept as bytes. */

static inline GVariant *
fetch_variant_of_string (const char *text)
{
  return g_variant_new_maybe (G_VARIANT_TYPE_BYTESTRING,
                              text != NULL ? g_variant_new_bytestring (text) : NULL);
}

/* Of what is a string or nothing; NULL for nothing. */
static inline char *
fetch_variant_dup_string (GVariant *parent, gsize position)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (parent, position);
  g_autoptr (GVariant) text = g_variant_get_maybe (child);

  return text != NULL ? g_variant_dup_bytestring (text, NULL) : NULL;
}

G_END_DECLS
