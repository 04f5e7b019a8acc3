/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MorselPrintQueue MorselPrintQueue;

/* How often morsel_print_queue_tick() wants to be called, in milliseconds. */
#define MORSEL_PRINT_QUEUE_INTERVAL 500

MorselPrintQueue *morsel_print_queue_new (guint max_transfers,
                                          guint max_transfers_per_host);
void              morsel_print_queue_free (MorselPrintQueue *self);

void  morsel_print_queue_push (MorselPrintQueue *self, const char *address, gint64 now);
char *morsel_print_queue_pop (MorselPrintQueue *self);
void  morsel_print_queue_end (MorselPrintQueue *self, const char *address);
void  morsel_print_queue_tick (MorselPrintQueue *self, gint64 now);

gboolean morsel_print_queue_wants_more (MorselPrintQueue *self);
guint    morsel_print_queue_get_n_waiting (MorselPrintQueue *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MorselPrintQueue, morsel_print_queue_free)

G_END_DECLS
