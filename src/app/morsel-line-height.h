/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <pango/pango.h>

G_BEGIN_DECLS

int morsel_line_height_measure (PangoContext *context, double scale);

G_END_DECLS
