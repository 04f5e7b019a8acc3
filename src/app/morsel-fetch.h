/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "app/morsel-record.h"
#include "fetch/fetch-session.h"

G_BEGIN_DECLS

/**
 * MorselFetchState:
 * @MORSEL_FETCH_RUNNING: it waits for its turn, or runs
 * @MORSEL_FETCH_DONE: the server answered with what was asked for
 * @MORSEL_FETCH_REFUSED: the server answered, with a status that says no
 * @MORSEL_FETCH_FAILED: there was no answer, or not all of it
 * @MORSEL_FETCH_CANCELLED: somebody cancelled it
 *
 * What a person sees of how a fetch is.
 */
typedef enum
{
  MORSEL_FETCH_RUNNING,
  MORSEL_FETCH_DONE,
  MORSEL_FETCH_REFUSED,
  MORSEL_FETCH_FAILED,
  MORSEL_FETCH_CANCELLED,
} MorselFetchState;

/**
 * MORSEL_FETCH_N_STATES:
 *
 * How many states there are.
 */
#define MORSEL_FETCH_N_STATES (MORSEL_FETCH_CANCELLED + 1)

#define MORSEL_TYPE_FETCH (morsel_fetch_get_type ())

G_DECLARE_FINAL_TYPE (MorselFetch, morsel_fetch, MORSEL, FETCH, GObject)

/**
 * MorselFetchFunc:
 * @fetch: a fetch that has changed
 * @user_data: as it was given
 *
 * What the list that a fetch is in wants to know.
 */
typedef void (*MorselFetchFunc) (MorselFetch *fetch, gpointer user_data);

MorselFetch *morsel_fetch_new (FetchSession *session, FetchRequest *request);
MorselFetch *morsel_fetch_new_invalid (const char *text, const GError *error);
MorselFetch *morsel_fetch_new_from_record (FetchSession *session, MorselRecord *record);

void morsel_fetch_set_changed_func (MorselFetch    *self,
                                    MorselFetchFunc func,
                                    gpointer        user_data);

MorselRecord *morsel_fetch_to_record (MorselFetch *self);
FetchRequest *morsel_fetch_get_request (MorselFetch *self);
FetchSession *morsel_fetch_get_session (MorselFetch *self);
gboolean      morsel_fetch_lacks_secrets (MorselFetch *self);

gint64           morsel_fetch_get_ordinal (MorselFetch *self);
const char      *morsel_fetch_get_address (MorselFetch *self);
MorselFetchState morsel_fetch_get_state (MorselFetch *self);
FetchProgress    morsel_fetch_get_progress (MorselFetch *self);
double           morsel_fetch_get_fraction (MorselFetch *self);
FetchResult     *morsel_fetch_get_result (MorselFetch *self);
const GError    *morsel_fetch_get_error (MorselFetch *self);
guint64          morsel_fetch_get_size (MorselFetch *self);
guint64          morsel_fetch_get_received (MorselFetch *self);

gboolean morsel_fetch_is_listed (MorselFetch *self);
gboolean morsel_fetch_can_retry (MorselFetch *self);
void     morsel_fetch_retry (MorselFetch *self);
void morsel_fetch_retry_saving (MorselFetch *self, const char *path, gboolean replaces);
void morsel_fetch_cancel (MorselFetch *self);

const char *morsel_fetch_get_save_path (MorselFetch *self);
void        morsel_fetch_discard_part (MorselFetch *self);

void morsel_fetch_hurry (MorselFetch *self);

G_END_DECLS
