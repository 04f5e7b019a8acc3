/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-address-list.h"

G_BEGIN_DECLS

char *morsel_words_for_import (FetchAddressList *list, guint n_known);
char *morsel_words_for_bad_lines (guint n_lines);

G_END_DECLS
