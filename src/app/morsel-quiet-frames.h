/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "app/morsel-list-page.h"
#include "fetch/fetch-session.h"

G_BEGIN_DECLS

void morsel_quiet_frames_keep (MorselListPage *list_page, FetchSession *session);

G_END_DECLS
