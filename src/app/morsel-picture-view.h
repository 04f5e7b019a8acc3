/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "app/morsel-picture.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_PICTURE_VIEW (morsel_picture_view_get_type ())

G_DECLARE_FINAL_TYPE (MorselPictureView,
                      morsel_picture_view,
                      MORSEL,
                      PICTURE_VIEW,
                      GtkWidget)

void morsel_picture_view_set_picture (MorselPictureView   *self,
                                      const MorselPicture *picture,
                                      const char          *host);
void morsel_picture_view_clear (MorselPictureView *self);

G_END_DECLS
