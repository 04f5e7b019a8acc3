/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

int morsel_print (const char *const *addresses, GVariantDict *options);

G_END_DECLS
