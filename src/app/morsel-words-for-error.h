/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

const char *morsel_words_for_error (const GError *error);

G_END_DECLS
