/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whatever is in a list, each address of it can be fetched, is there once, and what is
 * none is shown honestly. */

#include "fuzz.h"

#include <string.h>

#include "fetch/fetch-address-list.h"
#include "fetch/fetch-url.h"

/* Which of these the file is called is the first byte of an input. */
static const char *const names[] = { NULL,       "list.txt",  "list.csv",
                                     "list.tsv", "list.html", "list.xml" };

static void
check_is_a_line (const char *text)
{
  fuzz_assert_all_is_visible (text);
  g_assert_null (strpbrk (text, "\t\n"));
}

static void
check_addresses (FetchAddressList *list)
{
  const char *const *addresses = fetch_address_list_get_addresses (list);
  guint              n_addresses = fetch_address_list_get_n_addresses (list);
  g_autoptr (GHashTable)
      urls = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < n_addresses; i++)
    {
      char *url = NULL;

      g_assert_true (fetch_address_list_check (addresses[i], &url, NULL));
      g_assert_true (g_hash_table_add (urls, url));
    }
  g_assert_null (addresses[n_addresses]);
}

static void
check_bad_lines (FetchAddressList *list, gsize size)
{
  guint               n_lines;
  const FetchBadLine *lines = fetch_address_list_get_bad_lines (list, &n_lines);

  g_assert_cmpuint (n_lines, <=, fetch_address_list_get_n_bad_lines (list));
  for (guint i = 0; i < n_lines; i++)
    {
      g_assert_cmpuint (lines[i].line, >, 0);
      g_assert_cmpuint (lines[i].line, <=, size + 1);
      g_assert_cmpuint (strlen (lines[i].text), <=, FETCH_URL_MAX_LENGTH);
      check_is_a_line (lines[i].text);
      check_is_a_line (lines[i].reason);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (FetchAddressList) list = fetch_address_list_new ();
  g_autoptr (GBytes) bytes = NULL;
  guint n_addresses;

  if (size == 0)
    return 0;

  bytes = g_bytes_new (data + 1, size - 1);
  fetch_address_list_read (list, bytes, names[data[0] % G_N_ELEMENTS (names)]);
  check_addresses (list);
  check_bad_lines (list, size);

  /* The second time, nothing is new. */
  n_addresses = fetch_address_list_get_n_addresses (list);
  fetch_address_list_read (list, bytes, names[data[0] % G_N_ELEMENTS (names)]);
  g_assert_cmpuint (fetch_address_list_get_n_addresses (list), ==, n_addresses);
  g_assert_cmpuint (fetch_address_list_get_n_duplicates (list), >=, n_addresses);

  return 0;
}
