/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Everything is hidden but what is marked with this: the library's symbols are those that
 * its headers declare. */
#define BACKGROUND_EXPORT __attribute__ ((visibility ("default"))) extern
