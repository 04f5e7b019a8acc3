/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "demo/demo-exchange.h"

G_BEGIN_DECLS

void demo_serve_echo (DemoExchange *exchange);
void demo_serve_cookie (DemoExchange *exchange);
void demo_serve_large (DemoExchange *exchange);
void demo_serve_breaks_off (DemoExchange *exchange);
void demo_serve_busy (DemoExchange *exchange);

G_END_DECLS
