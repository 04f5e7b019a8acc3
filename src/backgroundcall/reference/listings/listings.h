/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <backgroundcall/backgroundcall.h>
#include <gtk/gtk.h>

/* What the chapter "UI-safe threading in C" shows: all of it is compiled, and what is
 * right is run by a test. */

void touch_wrong (GtkLabel *label, const char *path);
void touch_right (GtkLabel *label, const char *path);

void idle_wrong (GtkProgressBar *bar, BackgroundCall *call);
void idle_right (GtkProgressBar *bar, BackgroundCall *call);

void join_wrong (GtkLabel *label, const char *path);
void join_right (GtkLabel *label, const char *path);

void outlive_wrong (GtkLabel *label, const char *path);
void outlive_right (GtkLabel *label, const char *path);

typedef void (*StepFunc) (int step, gpointer user_data);

void lock_wrong_add (StepFunc func, gpointer user_data);
void lock_wrong_step (void);
void lock_right_add (StepFunc func, gpointer user_data);
void lock_right_step (void);

gpointer ask_wrong (GtkWindow *window);
gpointer ask_right (CallQueue *ui, GtkWindow *window, GError **error);
