/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "backgroundcall/background-call.h"
#include "backgroundcall/background-call-error.h"
#include "backgroundcall/background-combine.h"
#include "backgroundcall/background-pool.h"
#include "backgroundcall/background-promise.h"
#include "backgroundcall/call-queue.h"
