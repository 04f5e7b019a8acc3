/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "backgroundcall/backgroundcall.h"
#include "fetch/fetch-error.h"
#include "fetch/fetch-progress.h"
#include "fetch/fetch-request.h"
#include "fetch/fetch-result.h"

G_BEGIN_DECLS

/**
 * FETCH_SESSION_DEFAULT_MAX_TRANSFERS:
 *
 * How many fetches of a session run at once, unless told otherwise; the others wait.
 */
#define FETCH_SESSION_DEFAULT_MAX_TRANSFERS 64

/**
 * FETCH_SESSION_DEFAULT_MAX_TRANSFERS_PER_HOST:
 *
 * How many of them may go to the same host: as many as a browser would.
 */
#define FETCH_SESSION_DEFAULT_MAX_TRANSFERS_PER_HOST 6

#define FETCH_TYPE_SESSION (fetch_session_get_type ())

G_DECLARE_FINAL_TYPE (FetchSession, fetch_session, FETCH, SESSION, GObject)

FetchSession *fetch_session_new (void);
FetchSession *fetch_session_new_with_niceness (guint niceness);
FetchSession *fetch_session_new_with_limits (guint max_transfers,
                                             guint max_transfers_per_host);

void fetch_session_set_limits (FetchSession *self,
                               guint         max_transfers,
                               guint         max_transfers_per_host);
void fetch_session_set_delay (FetchSession *self, gint64 microseconds);
void fetch_session_stay_quiet (FetchSession *self, gint64 until);

BackgroundCall *fetch_session_fetch (FetchSession *self, FetchRequest *request);
void            fetch_session_hurry (FetchSession *self, BackgroundCall *call);

G_END_DECLS
