/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "app/morsel-record.h"

G_BEGIN_DECLS

void morsel_har_append_start (GString *har);
void morsel_har_append_record (GString *har, MorselRecord *record, gboolean is_first);
void morsel_har_append_end (GString *har);

G_END_DECLS
