/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * MorselDropFunc:
 * @text: (nullable): text that was dropped, or links, one on a line
 * @files: (nullable) (element-type GFile): files that were dropped
 * @user_data: what was given with the function
 *
 * Takes what somebody has dropped.
 */
typedef void (*MorselDropFunc) (const char *text, GPtrArray *files, gpointer user_data);

void morsel_drop_watch (AdwToastOverlay *content,
                        MorselDropFunc   func,
                        gpointer         user_data);

G_END_DECLS
