/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-session.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_HISTORY (morsel_history_get_type ())

G_DECLARE_FINAL_TYPE (MorselHistory, morsel_history, MORSEL, HISTORY, GObject)

char *morsel_history_get_default_path (void);

MorselHistory *morsel_history_new (FetchSession *session,
                                   GListModel   *fetches,
                                   const char   *path);

void     morsel_history_restore (MorselHistory *self);
gboolean morsel_history_is_busy (MorselHistory *self);
void     morsel_history_set_enabled (MorselHistory *self, gboolean is_enabled);
void     morsel_history_set_keeps_tokens (MorselHistory *self, gboolean keeps_tokens);
void     morsel_history_note_change (MorselHistory *self);
void     morsel_history_save (MorselHistory *self);
void     morsel_history_close (MorselHistory *self);

G_END_DECLS
