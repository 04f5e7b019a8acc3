/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DEMO_PICTURE_WIDTH 640
#define DEMO_PICTURE_HEIGHT 400

GByteArray *demo_picture_new_png (guint32 said_width, guint32 said_height);

G_END_DECLS
