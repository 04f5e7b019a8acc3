/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "demo/demo-exchange.h"

G_BEGIN_DECLS

void demo_pages_serve (DemoExchange *exchange);

const char *const *demo_pages_get_paths (void);

G_END_DECLS
