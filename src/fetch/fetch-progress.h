/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "backgroundcall/backgroundcall.h"

G_BEGIN_DECLS

/**
 * FetchPhase:
 * @FETCH_PHASE_QUEUED: it waits until others are done
 * @FETCH_PHASE_RESOLVING: it looks for the host's address
 * @FETCH_PHASE_CONNECTING: it makes a connection
 * @FETCH_PHASE_WAITING: it has asked, and waits for the answer
 * @FETCH_PHASE_RECEIVING: the body arrives
 *
 * What a running fetch is doing.
 */
typedef enum
{
  FETCH_PHASE_QUEUED,
  FETCH_PHASE_RESOLVING,
  FETCH_PHASE_CONNECTING,
  FETCH_PHASE_WAITING,
  FETCH_PHASE_RECEIVING,
} FetchPhase;

/**
 * FetchProgress:
 * @phase: what it is doing
 * @received: how much of the body has arrived, in bytes, as on the wire
 * @total: how much there will be, in bytes; -1 if the server doesn't say
 *
 * How far a running fetch is: the snapshot that its call carries.
 */
typedef struct
{
  FetchPhase phase;
  gint64     received;
  gint64     total;
} FetchProgress;

FetchProgress fetch_progress_of (BackgroundCall *call);

G_END_DECLS
