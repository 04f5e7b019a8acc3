/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

#include "fetch/fetch-session.h"

G_BEGIN_DECLS

/**
 * MORSEL_PICTURE_MAX_SIZE:
 *
 * How many bytes are fetched for a picture, at most.
 */
#define MORSEL_PICTURE_MAX_SIZE (8 * 1024 * 1024)

/**
 * MORSEL_PICTURE_MAX_PIXELS:
 *
 * How many pixels a picture may have: more than fit into as many bytes, unless it is made
 * to harm. A JPEG in several passes takes the most memory, some nine bytes for each.
 */
#define MORSEL_PICTURE_MAX_PIXELS (32 * 1000 * 1000)

/**
 * MORSEL_PICTURE_MAX_LENGTH:
 *
 * How wide and how high a picture is shown, at most, in pixels; larger ones are scaled
 * down.
 */
#define MORSEL_PICTURE_MAX_LENGTH 2048

/**
 * MorselPicture:
 * @texture: what to show; of a picture that moves, the beginning
 * @width: of the picture as it was sent, in pixels
 * @height: the same
 * @trouble: (nullable): why this is not all of it
 * @url: (nullable): where it was fetched from for this, after redirects
 *
 * A picture that was decoded.
 */
typedef struct
{
  GdkTexture *texture;
  int         width;
  int         height;
  char       *trouble;
  char       *url;
} MorselPicture;

gboolean morsel_picture_is_likely (GBytes *first_bytes);

MorselPicture *morsel_picture_decode (GBytes       *bytes,
                                      GCancellable *cancellable,
                                      GError      **error);
void           morsel_picture_free (MorselPicture *self);

BackgroundCall *morsel_picture_new_call_for_bytes (GBytes *bytes);
BackgroundCall *morsel_picture_fetch (FetchSession *session, FetchRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MorselPicture, morsel_picture_free)

G_END_DECLS
