/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

typedef struct _BackgroundTimer BackgroundTimer;

/* Called on the timer's thread: it must not wait. If there is no such thread, as none
 * could be started, it is called at once, with the error, before background_timer_new
 * returns. */
typedef void (*BackgroundTimerFunc) (gpointer data, const GError *error);

BackgroundTimer *background_timer_new (gint64              timeout,
                                       BackgroundTimerFunc func,
                                       gpointer            data);
BackgroundTimer *background_timer_ref (BackgroundTimer *self);
void             background_timer_unref (BackgroundTimer *self);
bool             background_timer_cancel (BackgroundTimer *self);

G_END_DECLS
