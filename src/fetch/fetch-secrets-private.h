/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Names. */
gboolean fetch_secrets_is_name (const char *name, gsize length);
gboolean fetch_secrets_is_parameter (const char *name,
                                     gsize       name_length,
                                     const char *value,
                                     gsize       value_length);

/* Texts with URLs in them. */
typedef void (*FetchTokenFunc) (const char *value, gsize length, gpointer user_data);

void     fetch_tokens_foreach (const char    *text,
                               gboolean       is_address,
                               FetchTokenFunc func,
                               gpointer       user_data);
gboolean fetch_tokens_has_any (const char *text, gboolean is_address);
char    *fetch_tokens_hide (const char *text, gboolean is_address);

void fetch_secret_free (gpointer secret);
void fetch_secrets_add_received (const char *value, gsize length, gpointer secrets);
const char *fetch_secrets_find_user (const char *address, gsize *length);
char       *fetch_secrets_replace_user (const char *address, const char *user);
char       *fetch_secrets_hide_tokens (const char *url);
char       *fetch_secrets_hide_urls (const char *text);
gboolean    fetch_secrets_has_urls (const char *text);

/* Bytes that repeat secrets. */
typedef struct _FetchSecretSearch FetchSecretSearch;

FetchSecretSearch *fetch_secret_search_new (GPtrArray *secrets);
void               fetch_secret_search_free (FetchSecretSearch *self);
void               fetch_secret_search_hide (FetchSecretSearch *self,
                                             char              *bytes,
                                             gsize              size,
                                             gboolean           may_be_cut);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FetchSecretSearch, fetch_secret_search_free)

G_END_DECLS
