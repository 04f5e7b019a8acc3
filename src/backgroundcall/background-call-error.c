/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-call-error.h"

/* clang-format off */
G_DEFINE_QUARK (background-call-error-quark, background_call_error)
/* clang-format on */
