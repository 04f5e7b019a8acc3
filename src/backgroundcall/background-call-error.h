/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "backgroundcall/background-export.h"

G_BEGIN_DECLS

/**
 * BACKGROUND_CALL_ERROR:
 *
 * The error domain of what the layer itself has to report. An error that a function
 * raised in the background keeps its own domain.
 */
#define BACKGROUND_CALL_ERROR (background_call_error_quark ())

/**
 * BackgroundCallError:
 * @BACKGROUND_CALL_ERROR_NOT_DONE: the return value was asked for without waiting, and
 *   the call is still running
 * @BACKGROUND_CALL_ERROR_TIMED_OUT: the call was still running when the time was up; it
 *   goes on, and may be asked again
 * @BACKGROUND_CALL_ERROR_ABANDONED: every reference to the [struct@Promise] was
 *   dropped without an answer
 * @BACKGROUND_CALL_ERROR_NO_THREAD: the system would not start a thread for the call
 * @BACKGROUND_CALL_ERROR_DEADLOCK: waiting would never end: what is waited for waits, in
 *   the end, for the one who asks
 * @BACKGROUND_CALL_ERROR_FULL: the [class@Queue] holds as many calls as it may
 * @BACKGROUND_CALL_ERROR_CLOSED: the [class@Queue] is closed
 *
 * What the layer itself has to report. The messages are for developers, in English: a
 * program tells a person by the code, in words of its own.
 *
 * A cancelled call fails with %G_IO_ERROR_CANCELLED, as everywhere in GLib.
 */
typedef enum
{
  BACKGROUND_CALL_ERROR_NOT_DONE,
  BACKGROUND_CALL_ERROR_TIMED_OUT,
  BACKGROUND_CALL_ERROR_ABANDONED,
  BACKGROUND_CALL_ERROR_NO_THREAD,
  BACKGROUND_CALL_ERROR_DEADLOCK,
  BACKGROUND_CALL_ERROR_FULL,
  BACKGROUND_CALL_ERROR_CLOSED,
} BackgroundCallError;

BACKGROUND_EXPORT
GQuark background_call_error_quark (void);

G_END_DECLS
