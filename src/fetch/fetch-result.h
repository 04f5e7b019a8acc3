/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "fetch/fetch-facts.h"

G_BEGIN_DECLS

#define FETCH_TYPE_RESULT (fetch_result_get_type ())

typedef struct _FetchResult FetchResult;

/**
 * FETCH_RESULT_VARIANT_TYPE:
 *
 * The type of a result that is kept: see [method@FetchResult.to_variant].
 */
#define FETCH_RESULT_VARIANT_TYPE \
  "(ayimayayttxybuumayymaya(ayayaay)(xxxxxx)m(maymaymaymayaayxx))"

GType        fetch_result_get_type (void);
FetchResult *fetch_result_ref (FetchResult *self);
void         fetch_result_unref (FetchResult *self);

const char        *fetch_result_get_url (FetchResult *self);
const char        *fetch_result_get_redirect_url (FetchResult *self);
const char *const *fetch_result_get_withheld_fields (FetchResult *self);
int                fetch_result_get_status (FetchResult *self);
const char        *fetch_result_get_status_line (FetchResult *self);
const char        *fetch_result_get_content_type (FetchResult *self);
GBytes            *fetch_result_get_first_bytes (FetchResult *self);
guint64            fetch_result_get_size (FetchResult *self);
guint64            fetch_result_get_size_on_wire (FetchResult *self);
gint64             fetch_result_get_full_size (FetchResult *self);
FetchEnding        fetch_result_get_ending (FetchResult *self);
gboolean           fetch_result_is_complete (FetchResult *self);
gboolean           fetch_result_is_fallback (FetchResult *self);
guint              fetch_result_get_n_redirects (FetchResult *self);
const char        *fetch_result_get_remote_address (FetchResult *self);
gint64             fetch_result_get_duration (FetchResult *self);

guint                fetch_result_get_n_hops (FetchResult *self);
FetchHop             fetch_result_get_hop (FetchResult *self, guint position);
const char          *fetch_result_get_header (FetchResult *self, const char *name);
const FetchTimeline *fetch_result_get_timeline (FetchResult *self);
const FetchTls      *fetch_result_get_tls (FetchResult *self);
const char          *fetch_result_get_http_version (FetchResult *self);
const char          *fetch_result_get_sniffed_type (FetchResult *self);
const char          *fetch_result_get_saved_path (FetchResult *self);
guint                fetch_result_get_n_attempts (FetchResult *self);

FetchDecodingNote fetch_result_get_decoding_note (FetchResult *self);
char             *fetch_result_dup_content_codings (FetchResult *self);

GVariant    *fetch_result_to_variant (FetchResult *self);
FetchResult *fetch_result_new_from_variant (GVariant *variant);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FetchResult, fetch_result_unref)

G_END_DECLS
