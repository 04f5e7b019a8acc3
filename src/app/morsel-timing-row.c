/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-timing-row.h"

#include <glib/gi18n.h>

#include "app/morsel-accessible.h"
#include "app/morsel-copy.h"
#include "app/morsel-time-bar.h"
#include "app/morsel-words.h"

/*
 * Where the time went: a waterfall of the steps of a fetch, each with its name, a bar,
 * and the time that it took. It is put together when somebody wants to see it, and not
 * before.
 */

typedef enum
{
  STEP_QUEUED,
  STEP_NAME,
  STEP_CONNECT,
  STEP_TLS,
  STEP_WAIT,
  STEP_RECEIVE,
  N_STEPS,
} Step;

struct _MorselTimingRow
{
  AdwExpanderRow parent_instance;

  GtkWidget     *waterfall; /* hidden until it is wanted, so that nobody measures it */
  MorselTimeBar *bars[N_STEPS];
  GtkLabel      *times[N_STEPS];

  FetchResult *result;
  gboolean     is_shown; /* the result, in the waterfall */
};

G_DEFINE_FINAL_TYPE (MorselTimingRow, morsel_timing_row, ADW_TYPE_EXPANDER_ROW)

static const char *const step_names[N_STEPS] = {
  /* Translators: the steps of a fetch, each with the time that it took. */
  [STEP_QUEUED] = NC_ ("step", "Waiting for Its Turn"),
  [STEP_NAME] = NC_ ("step", "Finding the Host"),
  [STEP_CONNECT] = NC_ ("step", "Connecting"),
  /* Translators: agreeing with the server on how to encrypt. */
  [STEP_TLS] = NC_ ("step", "Securing"),
  [STEP_WAIT] = NC_ ("step", "Waiting for the Answer"),
  [STEP_RECEIVE] = NC_ ("step", "Receiving"),
};

static char *
words_for_moment (gint64 microseconds)
{
  /* Translators: the moment when a fetch begins. */
  return microseconds > 0 ? morsel_words_for_duration (microseconds)
                          : g_strdup (_ ("0 ms"));
}

static char *
words_for_step (Step step, gint64 start, gint64 duration)
{
  g_autofree char *from = words_for_moment (start);
  g_autofree char *to = words_for_moment (start + duration);
  g_autofree char *length = morsel_words_for_duration (duration);

  /* Translators: a step of a fetch, when it began and when it ended, and how long it
   * took, as in “Connecting: from 3 ms to 15 ms, 12 ms”. */
  return g_strdup_printf (_ ("%s: from %s to %s, %s"),
                          g_dpgettext2 (NULL, "step", step_names[step]), from, to,
                          length);
}

static void
show_step (MorselTimingRow *self, Step step, gint64 start, gint64 duration, gint64 whole)
{
  /* What was not done took no time, and not less than a millisecond. */
  g_autofree char *time = duration > 0 ? morsel_words_for_duration (duration)
                                       : g_strdup ("–");
  g_autofree char *words = duration > 0 ? words_for_step (step, start, duration) : NULL;

  morsel_time_bar_set_span (self->bars[step], (double) start / whole,
                            (double) (start + duration) / whole, words);
  gtk_label_set_label (self->times[step], time);
}

static gint64
get_whole (FetchResult *result)
{
  return MAX (1, fetch_result_get_timeline (result)->queued +
                     fetch_result_get_duration (result));
}

static void
show (MorselTimingRow *self)
{
  const FetchTimeline *timeline;
  gint64               times[N_STEPS];
  gint64               start = 0;

  if (self->is_shown)
    return;

  timeline = fetch_result_get_timeline (self->result);
  times[STEP_QUEUED] = timeline->queued;
  times[STEP_NAME] = timeline->name;
  times[STEP_CONNECT] = timeline->connect;
  times[STEP_TLS] = timeline->tls;
  times[STEP_WAIT] = timeline->wait;
  times[STEP_RECEIVE] = timeline->receive;

  for (Step step = 0; step < N_STEPS; step++)
    {
      show_step (self, step, start, times[step], get_whole (self->result));
      start += times[step];
    }
  gtk_widget_set_visible (self->waterfall, TRUE);
  self->is_shown = TRUE;
}

static void
show_if_expanded (MorselTimingRow *self)
{
  if (self->result != NULL && adw_expander_row_get_expanded (ADW_EXPANDER_ROW (self)))
    show (self);
}

static void
morsel_timing_row_dispose (GObject *object)
{
  MorselTimingRow *self = MORSEL_TIMING_ROW (object);

  g_clear_pointer (&self->result, fetch_result_unref);

  G_OBJECT_CLASS (morsel_timing_row_parent_class)->dispose (object);
}

static void
morsel_timing_row_class_init (MorselTimingRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = morsel_timing_row_dispose;
}

static void
add_step (MorselTimingRow *self, GtkGrid *grid, Step step)
{
  GtkWidget *name = g_object_new (GTK_TYPE_LABEL, "label",
                                  g_dpgettext2 (NULL, "step", step_names[step]), "xalign",
                                  0.0, "wrap", TRUE, NULL);

  self->bars[step] = g_object_new (MORSEL_TYPE_TIME_BAR, NULL);
  self->times[step] = g_object_new (GTK_TYPE_LABEL, "xalign", 1.0, "selectable", TRUE,
                                    NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->times[step]), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (self->times[step]), "dim-label");
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->times[step]),
                                  GTK_ACCESSIBLE_RELATION_LABELLED_BY, name, NULL, -1);

  gtk_grid_attach (grid, name, 0, step, 1, 1);
  gtk_grid_attach (grid, GTK_WIDGET (self->bars[step]), 1, step, 1, 1);
  gtk_grid_attach (grid, GTK_WIDGET (self->times[step]), 2, step, 1, 1);
}

static void
copy_cb (MorselTimingRow *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  show (self);
  for (Step step = 0; step < N_STEPS; step++)
    /* Translators: a name and a fact, in a text that is copied. */
    g_string_append_printf (text, _ ("%s: %s\n"),
                            g_dpgettext2 (NULL, "step", step_names[step]),
                            gtk_label_get_label (self->times[step]));
  morsel_copy_text (GTK_WIDGET (self), text->str, _ ("Timing copied"));
}

static void
morsel_timing_row_init (MorselTimingRow *self)
{
  GtkWidget *button = morsel_copy_button_new (_ ("Copy Timing"));
  GtkGrid   *grid = g_object_new (GTK_TYPE_GRID, "column-spacing", 12, "row-spacing", 6,
                                  NULL);

  self->waterfall = g_object_new (ADW_TYPE_PREFERENCES_ROW, "activatable", FALSE, "title",
                                  _ ("Timing"), "child", grid, "visible", FALSE, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (grid), "fact");
  for (Step step = 0; step < N_STEPS; step++)
    add_step (self, grid, step);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (copy_cb), self);
  adw_expander_row_add_action (ADW_EXPANDER_ROW (self), button);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), self->waterfall);
  /* Translators: a noun: where the time went. */
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _ ("Timing"));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  morsel_accessible_name_row (ADW_PREFERENCES_ROW (self->waterfall));
  morsel_accessible_name_row (ADW_PREFERENCES_ROW (self));
  morsel_accessible_name_lists (
      GTK_WIDGET (self), adw_preferences_row_get_title (ADW_PREFERENCES_ROW (self)));
  g_signal_connect (self, "notify::expanded", G_CALLBACK (show_if_expanded), NULL);
}

/**
 * morsel_timing_row_set_result:
 * @self: a row
 * @result: (nullable): of what is over, where its time went; %NULL hides the row
 */
void
morsel_timing_row_set_result (MorselTimingRow *self, FetchResult *result)
{
  g_autofree char *whole = NULL;

  g_return_if_fail (MORSEL_IS_TIMING_ROW (self));

  gtk_widget_set_visible (GTK_WIDGET (self), result != NULL);
  if (result == self->result)
    return;

  g_clear_pointer (&self->result, fetch_result_unref);
  self->is_shown = FALSE;
  if (result == NULL)
    return;

  self->result = fetch_result_ref (result);
  whole = morsel_words_for_duration (fetch_result_get_duration (result));
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), whole);
  show_if_expanded (self);
}
