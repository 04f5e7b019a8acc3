/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-progress.h"

/**
 * fetch_progress_of:
 * @call: a call that a [class@FetchSession] made
 *
 * How far a fetch is, by its newest report.
 *
 * May be called from any thread, at any time; never blocks.
 *
 * Returns: its progress
 */
FetchProgress
fetch_progress_of (BackgroundCall *call)
{
  FetchProgress progress = { .phase = FETCH_PHASE_QUEUED, .total = -1 };

  background_call_get_snapshot (call, &progress, sizeof progress);

  return progress;
}
