/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whatever a server sends for a header: each answer has one status line and its own
 * fields, and what is found is in there. */

#include "fuzz.h"

#include <string.h>

#include "fetch/fetch-hops-private.h"

#define URL "http://example.org/"

static void
check_hop (FetchHops *hops, guint position)
{
  FetchHop hop = fetch_hops_get (hops, position);

  g_assert_cmpstr (hop.url, ==, URL);
  g_assert_nonnull (hop.status_line);
  g_assert_cmpint (hop.status, >=, 0);
  g_assert_cmpint (hop.status, <=, 999);
  for (gsize i = 0; hop.fields[i] != NULL; i++)
    g_assert_cmpuint (strlen (hop.fields[i]), <, 100000);
}

static void
check_found (FetchHops *hops, const char *name)
{
  const char *value = fetch_hops_find_field (hops, name);
  FetchHop    last = fetch_hops_get (hops, fetch_hops_get_length (hops) - 1);
  gboolean    is_there = FALSE;

  for (gsize i = 0; last.fields[i] != NULL && !is_there; i++)
    {
      gsize length = strlen (name);

      is_there = g_ascii_strncasecmp (last.fields[i], name, length) == 0 &&
                 last.fields[i][length] == ':';
      if (is_there)
        g_assert_true (g_str_has_suffix (last.fields[i], value));
    }
  g_assert_true (is_there == (value != NULL));
}

/* As libcurl calls back: line by line, and an empty one ends the header. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FetchHops *hops = fetch_hops_new ();
  FetchHops *seen = NULL;
  gboolean   expects_status_line = TRUE;

  while (size > 0)
    {
      const uint8_t *end = memchr (data, '\n', size);
      gsize          length = end != NULL ? (gsize) (end - data) + 1 : size;

      if (expects_status_line)
        {
          fetch_hops_make_own (&hops);
          fetch_hops_add (hops, URL, (const char *) data, length);
          expects_status_line = FALSE;
        }
      else if (*data == '\r' || *data == '\n')
        {
          /* Somebody looks at what is there, and it does not change any more. */
          expects_status_line = TRUE;
          g_clear_pointer (&seen, fetch_hops_unref);
          seen = fetch_hops_ref (hops);
        }
      else if (seen != hops)
        fetch_hops_add_field (hops, (const char *) data, length);

      data += length;
      size -= length;
    }

  for (guint i = 0; i < fetch_hops_get_length (hops); i++)
    check_hop (hops, i);
  if (fetch_hops_get_length (hops) > 0)
    {
      check_found (hops, "Location");
      check_found (hops, "Content-Range");
    }
  g_clear_pointer (&seen, fetch_hops_unref);
  fetch_hops_unref (hops);

  return 0;
}
