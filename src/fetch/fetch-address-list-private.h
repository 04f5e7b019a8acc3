/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-address-list.h"

G_BEGIN_DECLS

/* The formats. Each is given the whole of a text: valid UTF-8 that ends with a NUL. */
gboolean fetch_address_table_is_one (const char *text);
void     fetch_address_table_read (FetchAddressList *list, const char *text);
gboolean fetch_address_links_is_one (const char *text);
void     fetch_address_links_read (FetchAddressList *list, const char *text);
gboolean fetch_address_sitemap_is_one (const char *text);
void     fetch_address_sitemap_read (FetchAddressList *list, const char *text);
gboolean fetch_address_text_is_prose (const char *text);
void     fetch_address_text_read (FetchAddressList *list, const char *text);

/* What they find. */
gboolean fetch_address_list_is_full (FetchAddressList *self);
void     fetch_address_list_add (FetchAddressList *self,
                                 guint             line,
                                 const char       *text,
                                 gsize             length);
void     fetch_address_list_add_bad_line (FetchAddressList *self,
                                          guint             line,
                                          const char       *text,
                                          gsize             length,
                                          const char       *reason);
void     fetch_address_list_skip (FetchAddressList *self);

/* What is asked of the text by several of them. */
gboolean    fetch_address_text_has_scheme (const char *text);
const char *fetch_address_text_next_line (const char  *text,
                                          const char **end,
                                          guint       *line);

G_END_DECLS
