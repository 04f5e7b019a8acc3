/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "backgroundcall/call-queue-core-private.h"

G_BEGIN_DECLS

GSource *call_queue_source_new (CallQueueCore *core, int priority);

G_END_DECLS
