/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean morsel_print_output_open (GVariantDict *options, int *fd, GError **error);

G_END_DECLS
