/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "app/morsel-fetch.h"

G_BEGIN_DECLS

/**
 * MorselPreviewForm:
 * @MORSEL_PREVIEW_TEXT: as text
 * @MORSEL_PREVIEW_HEX: as a hex dump
 * @MORSEL_PREVIEW_PICTURE: as a picture
 *
 * In which form a body is shown.
 */
typedef enum
{
  MORSEL_PREVIEW_TEXT,
  MORSEL_PREVIEW_HEX,
  MORSEL_PREVIEW_PICTURE,
} MorselPreviewForm;

#define MORSEL_TYPE_PREVIEW_FORM (morsel_preview_form_get_type ())

GType morsel_preview_form_get_type (void);

#define MORSEL_TYPE_PREVIEW (morsel_preview_get_type ())

G_DECLARE_FINAL_TYPE (MorselPreview, morsel_preview, MORSEL, PREVIEW, AdwBin)

void morsel_preview_show (MorselPreview *self, MorselFetch *fetch);

G_END_DECLS
