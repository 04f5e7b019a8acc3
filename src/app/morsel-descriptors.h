/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void     morsel_descriptors_open_standard_streams (void);
gboolean morsel_descriptors_was_closed (int fd);
gboolean morsel_descriptors_have_room (void);
void     morsel_descriptors_raise_limit (void);

G_END_DECLS
