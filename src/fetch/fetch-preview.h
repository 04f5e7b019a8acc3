/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-result.h"

G_BEGIN_DECLS

#define FETCH_TYPE_PREVIEW (fetch_preview_get_type ())

typedef struct _FetchPreview FetchPreview;

/**
 * FetchPreviewKind:
 * @FETCH_PREVIEW_EMPTY: there are no bytes
 * @FETCH_PREVIEW_TEXT: it is text
 * @FETCH_PREVIEW_BINARY: it is something else, shown as a hex dump
 *
 * What the first bytes of a body are.
 */
typedef enum
{
  FETCH_PREVIEW_EMPTY,
  FETCH_PREVIEW_TEXT,
  FETCH_PREVIEW_BINARY,
} FetchPreviewKind;

GType         fetch_preview_get_type (void);
FetchPreview *fetch_preview_new (GBytes     *bytes,
                                 const char *content_type,
                                 gboolean    is_cut);
FetchPreview *fetch_preview_new_for_result (FetchResult *result);
FetchPreview *fetch_preview_copy (FetchPreview *self);
void          fetch_preview_free (FetchPreview *self);

FetchPreviewKind fetch_preview_get_kind (FetchPreview *self);
const char      *fetch_preview_get_text (FetchPreview *self);
const char      *fetch_preview_get_charset (FetchPreview *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FetchPreview, fetch_preview_free)

G_END_DECLS
