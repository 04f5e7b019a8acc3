/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "backgroundcall/background-call-error.h"

#include <stdatomic.h>

/* G_DEFINE_QUARK() writes its number without an atomic, and errors come from any thread.
 */
GQuark
background_call_error_quark (void)
{
  static _Atomic (GQuark) quark = 0;
  GQuark                  known = atomic_load_explicit (&quark, memory_order_relaxed);

  if (known == 0)
    {
      known = g_quark_from_static_string ("background-call-error-quark");
      atomic_store_explicit (&quark, known, memory_order_relaxed);
    }

  return known;
}
