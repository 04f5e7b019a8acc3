/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What nobody has who opens a list by hand, and what a hostile file has. */
#define FETCH_ADDRESS_LIST_MAX_SIZE (16 * 1024 * 1024)
#define FETCH_ADDRESS_LIST_MAX_LINES 100000
#define FETCH_ADDRESS_LIST_MAX_BAD_LINES 10000

typedef struct _FetchAddressList FetchAddressList;

/**
 * FetchBadLine:
 * @source: (nullable): the name of the file that it is in
 * @line: where it begins, counted from 1
 * @text: what stands there instead of an address, with all that is in it made visible; at
 *   most [const@FETCH_URL_MAX_LENGTH] bytes
 * @reason: a sentence that says why it is none
 *
 * Something in a list that is no address.
 */
typedef struct
{
  const char *source;
  guint       line;
  const char *text;
  const char *reason;
} FetchBadLine;

FetchAddressList *fetch_address_list_new (void);
void              fetch_address_list_free (FetchAddressList *self);

void fetch_address_list_read (FetchAddressList *self, GBytes *bytes, const char *name);

const char *const  *fetch_address_list_get_addresses (FetchAddressList *self);
guint               fetch_address_list_get_n_addresses (FetchAddressList *self);
const char         *fetch_address_list_find (FetchAddressList *self, const char *url);
guint               fetch_address_list_get_n_duplicates (FetchAddressList *self);
const FetchBadLine *fetch_address_list_get_bad_lines (FetchAddressList *self,
                                                      guint            *n_shown);
guint               fetch_address_list_get_n_bad_lines (FetchAddressList *self);
gboolean            fetch_address_list_is_cut (FetchAddressList *self);
guint               fetch_address_list_get_n_skipped (FetchAddressList *self);

gboolean fetch_address_list_is_plain (const char *text);
gboolean fetch_address_list_check (const char *text, char **url, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FetchAddressList, fetch_address_list_free)

G_END_DECLS
