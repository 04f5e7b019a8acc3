/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "app/morsel-record.h"

G_BEGIN_DECLS

void morsel_csv_append_header (GString *csv);
void morsel_csv_append_record (GString *csv, MorselRecord *record);

G_END_DECLS
