/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-call-error.h"

G_DEFINE_QUARK (background - call - error - quark, background_call_error)
