/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _DemoExchange DemoExchange;

DemoExchange *demo_exchange_read (int fd);
void          demo_exchange_free (DemoExchange *self);

const char *demo_exchange_get_path (DemoExchange *self);
const char *demo_exchange_get_head (DemoExchange *self);
char       *demo_exchange_get_field (DemoExchange *self, const char *name);
gint64 demo_exchange_get_number (DemoExchange *self, const char *name, gint64 otherwise);
gboolean demo_exchange_accepts_gzip (DemoExchange *self);
gboolean demo_exchange_is_over (DemoExchange *self);

void demo_exchange_write (DemoExchange *self, gconstpointer bytes, gsize size);
void demo_exchange_print (DemoExchange *self, const char *format, ...)
    G_GNUC_PRINTF (2, 3);
void     demo_exchange_print_chunk (DemoExchange *self, gconstpointer bytes, gsize size);
gboolean demo_exchange_wants_body (DemoExchange *self);
void     demo_exchange_answer (DemoExchange *self,
                               const char   *status,
                               const char   *headers,
                               gconstpointer body,
                               gsize         size);
void     demo_exchange_pause (DemoExchange *self, int milliseconds);
void     demo_exchange_wait_for_the_end (DemoExchange *self);
void     demo_exchange_close (DemoExchange *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DemoExchange, demo_exchange_free)

G_END_DECLS
