/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-words-for-import.h"

#include <glib/gi18n.h>

/* What came of a list of addresses, told to a person. */

static char *
words_for_addresses (guint n)
{
  if (n == 0)
    return g_strdup (_ ("Nothing added"));

  /* Translators: how many addresses of a list. All of these should be short. */
  return g_strdup_printf (ngettext ("%'u added", "%'u added", n), n);
}

static char *
words_for_duplicates (guint n)
{
  /* Translators: stands below “12 added”. They are in the list more than once, and are
     added once only. */
  return g_strdup_printf (ngettext ("%'u duplicate", "%'u duplicates", n), n);
}

static char *
words_for_known (guint n)
{
  /* Translators: stands below “12 added”. So many of these were in the window before, and
     are there twice now. */
  return g_strdup_printf (ngettext ("%'u was there already", "%'u were there already", n),
                          n);
}

/* Those that can't be shown: there are too many of them. */
static guint
count_lost_lines (FetchAddressList *list)
{
  guint n_kept;

  fetch_address_list_get_bad_lines (list, &n_kept);

  return fetch_address_list_get_n_bad_lines (list) - n_kept;
}

static char *
words_for_lost_lines (guint n)
{
  /* Translators: stands below “12 added”. Besides those that can be mended, there are
     even more lines that are no addresses. */
  return g_strdup_printf (ngettext ("%'u invalid line", "%'u invalid lines", n), n);
}

/**
 * morsel_words_for_import:
 * @list: what was found
 * @n_known: how many of the addresses were in the window before
 *
 * Returns: (transfer full): how much that is, in a few words, on one line or more
 */
char *
morsel_words_for_import (FetchAddressList *list, guint n_known)
{
  guint n_duplicates = fetch_address_list_get_n_duplicates (list);
  guint n_lost_lines = count_lost_lines (list);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = NULL;
  g_autofree char *addresses = words_for_addresses (
      fetch_address_list_get_n_addresses (list));

  g_strv_builder_add (builder, addresses);
  if (n_known > 0)
    {
      g_autofree char *known = words_for_known (n_known);

      g_strv_builder_add (builder, known);
    }
  if (n_duplicates > 0)
    {
      g_autofree char *duplicates = words_for_duplicates (n_duplicates);

      g_strv_builder_add (builder, duplicates);
    }
  if (n_lost_lines > 0)
    {
      g_autofree char *lost_lines = words_for_lost_lines (n_lost_lines);

      g_strv_builder_add (builder, lost_lines);
    }
  if (fetch_address_list_is_cut (list))
    /* Translators: stands below “100,000 added”. */
    g_strv_builder_add (builder, _ ("The rest is too much"));
  parts = g_strv_builder_end (builder);

  return g_strjoinv ("\n", parts);
}

/**
 * morsel_words_for_bad_lines:
 * @n_lines: how many there are
 *
 * Returns: (transfer full): the label, with a mnemonic, of a button with which they can
 *   be mended
 */
char *
morsel_words_for_bad_lines (guint n_lines)
{
  return g_strdup_printf (
      /* Translators: opens a window with so many lines that are no addresses. It should
         be short. */
      ngettext ("_Mend %'u Line", "_Mend %'u Lines", n_lines), n_lines);
}
