/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * What a person has: hands for real keys and a real pointer, eyes for the widgets in a
 * window, and a sense of when it stands still.
 */

void hands_focus (GtkWindow *window);
void hands_press (const char *keys);
void hands_type (const char *text);
void hands_point_at (GtkWidget *widget);
void hands_click (GtkWidget *widget);
void hands_right_click (GtkWidget *widget);
void hands_run (const char *const *arguments);

typedef gboolean (*EyesFunc) (GtkWidget *widget, gconstpointer data);

gpointer   eyes_find_window (GType type);
GtkWidget *eyes_find (GtkWidget *root, EyesFunc func, gconstpointer data);
GtkWidget *eyes_find_type (GtkWidget *root, GType type);
GtkWidget *eyes_find_label (GtkWidget *root, const char *start);
GtkWidget *eyes_find_button (GtkWidget *root, const char *label_or_tooltip);
gboolean   eyes_can_see (GtkWidget *widget);

typedef struct _Gaps Gaps;

Gaps  *gaps_watch (void);
double gaps_stop (Gaps *gaps);

G_END_DECLS
