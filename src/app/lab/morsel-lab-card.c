/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/lab/morsel-lab-card.h"

#include <glib/gi18n.h>
#include <string.h>
#include <time.h>

#include "app/morsel-announcer.h"
#include "app/morsel-frame-plot.h"
#include "app/morsel-no-stop.h"
#include "app/morsel-words.h"

/*
 * One way to fetch a page: what it is, a button that does it, what it does to the window,
 * and its source.
 */
struct _MorselLabCard
{
  AdwBin parent_instance;

  GtkLabel        *title;
  GtkLabel        *explanation;
  GtkWidget       *button;
  MorselFramePlot *plot;
  GtkLabel        *status;
  GtkLabel        *worst;
  GtkLabel        *frames;
  GtkLabel        *cpu;
  GtkLabel        *latency;
  GtkLabel        *source_name;
  GtkTextView     *source;

  const MorselLabWay *way;

  char  *url;      /* NULL unless it is running */
  guint  n_frames; /* since the button was pressed */
  gint64 started;
  gint64 cpu_at_start;
};

G_DEFINE_FINAL_TYPE (MorselLabCard, morsel_lab_card, ADW_TYPE_BIN)

enum
{
  FINISHED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Until the window is drawn as it shall be seen while it is frozen. */
#define FRAMES_BEFORE_START 3

/* What all threads of the program have used, in microseconds. */
static gint64
get_cpu_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);

  return (gint64) time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static void
gaps_changed_cb (MorselLabCard *self)
{
  MorselFrameGaps *gaps = morsel_frame_plot_get_gaps (self->plot);
  guint            n_gaps = morsel_frame_gaps_get_n_gaps (gaps);
  g_autofree char *worst = morsel_words_for_duration (morsel_frame_gaps_get_worst (gaps));
  g_autofree char *frames = g_strdup_printf ("%u", n_gaps);

  gtk_label_set_label (self->worst, n_gaps > 0 ? worst : "–");
  gtk_label_set_label (self->frames, n_gaps > 0 ? frames : "–");
}

static void
show_cpu_time (MorselLabCard *self, gint64 used, gint64 elapsed)
{
  g_autofree char *duration = morsel_words_for_duration (used);
  /* Translators: a duration, such as “20 ms”, and how much of the time that is. */
  g_autofree char *text = g_strdup_printf (_ ("%s (%d %%)"), duration,
                                           (int) (100 * used / MAX (elapsed, 1)));

  gtk_label_set_label (self->cpu, text);
}

static void
show_page (MorselLabCard *self, LabPage *page, gint64 seen)
{
  g_autofree char *size = g_format_size (page->size);
  g_autofree char *elapsed = morsel_words_for_duration (page->done - self->started);
  /* Translators: a size, such as “4.0 kB”, and a duration, such as “3.0 s”. */
  g_autofree char *status = g_strdup_printf (_ ("%s in %s"), size, elapsed);
  g_autofree char *latency = g_strdup_printf (
      /* Translators: a duration in milliseconds, with two decimals. */
      _ ("%.2f ms"), (seen - page->done) / (double) G_TIME_SPAN_MILLISECOND);

  gtk_label_set_label (self->status, status);
  gtk_label_set_label (self->latency, latency);
  morsel_announce (GTK_WIDGET (self), status);
}

static gboolean
start_cb (GtkWidget     *widget,
          GdkFrameClock *frame_clock G_GNUC_UNUSED,
          gpointer       user_data G_GNUC_UNUSED)
{
  MorselLabCard   *self = MORSEL_LAB_CARD (widget);
  g_autofree char *url = NULL;

  if (++self->n_frames < FRAMES_BEFORE_START)
    return G_SOURCE_CONTINUE;

  url = g_strdup (self->url);
  morsel_frame_plot_set_is_running (self->plot, TRUE);
  self->cpu_at_start = get_cpu_time ();
  self->started = g_get_monotonic_time ();
  self->way->run (self, url);

  return G_SOURCE_REMOVE;
}

/* To those who hear it, what it runs: there are several buttons. */
static void
show_button (MorselLabCard *self)
{
  g_autofree char *name = g_strdup_printf (
      /* Translators: for screen readers: buttons; %s is the title of what they run. */
      self->way->freezes ? _ ("Freeze It: %s") : _ ("Run: %s"), _ (self->way->title));

  gtk_button_set_label (GTK_BUTTON (self->button),
                        self->way->freezes ? _ ("Freeze It…")
                                           /* Translators: a verb: starts a fetch. */
                                           : C_ ("lab", "Run"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->button), "s",
                                    self->way->source);
}

static void
show_source (MorselLabCard *self)
{
  g_autofree char *path = g_strconcat (MORSEL_RESOURCES "lab/", self->way->source, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes)
      bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  const char *text, *license_end;
  gsize       size;

  g_assert_no_error (error);
  text = g_bytes_get_data (bytes, &size);
  license_end = memchr (text, '\n', size);
  g_assert (license_end != NULL);

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->source), license_end + 1,
                            text + size - license_end - 1);
  gtk_label_set_label (self->source_name, self->way->source);
}

static void
morsel_lab_card_finalize (GObject *object)
{
  MorselLabCard *self = MORSEL_LAB_CARD (object);

  g_clear_pointer (&self->url, g_free);

  G_OBJECT_CLASS (morsel_lab_card_parent_class)->finalize (object);
}

static void
morsel_lab_card_class_init (MorselLabCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = morsel_lab_card_finalize;

  signals[FINISHED] = g_signal_new ("finished", MORSEL_TYPE_LAB_CARD, G_SIGNAL_RUN_LAST,
                                    0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);

  g_type_ensure (MORSEL_TYPE_FRAME_PLOT);
  g_type_ensure (MORSEL_TYPE_NO_STOP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               MORSEL_RESOURCES "lab/morsel-lab-card.ui");
  gtk_widget_class_bind_template_child (widget_class, MorselLabCard, title);
  gtk_widget_class_bind_template_child (widget_class, MorselLabCard, explanation);
  gtk_widget_class_bind_template_child (widget_class, MorselLabCard, button);
  gtk_widget_class_bind_template_child (widget_class, MorselLabCard, plot);
  gtk_widget_class_bind_template_child (widget_class, MorselLabCard, status);
  gtk_widget_class_bind_template_child (widget_class, MorselLabCard, worst);
  gtk_widget_class_bind_template_child (widget_class, MorselLabCard, frames);
  gtk_widget_class_bind_template_child (widget_class, MorselLabCard, cpu);
  gtk_widget_class_bind_template_child (widget_class, MorselLabCard, latency);
  gtk_widget_class_bind_template_child (widget_class, MorselLabCard, source_name);
  gtk_widget_class_bind_template_child (widget_class, MorselLabCard, source);
  gtk_widget_class_bind_template_callback (widget_class, gaps_changed_cb);
}

static void
morsel_lab_card_init (MorselLabCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  /* The source has its own direction, and not that of the user's language. */
  gtk_widget_set_direction (GTK_WIDGET (self->source), GTK_TEXT_DIR_LTR);
}

/**
 * morsel_lab_card_new:
 * @way: (transfer none): a way to fetch a page, which stays
 *
 * Returns: (transfer floating): a card for it, with a button for the action “lab.run”
 */
MorselLabCard *
morsel_lab_card_new (const MorselLabWay *way)
{
  MorselLabCard *self = g_object_new (MORSEL_TYPE_LAB_CARD, NULL);

  self->way = way;
  gtk_label_set_label (self->title, _ (way->title));
  gtk_label_set_label (self->explanation, _ (way->explanation));
  show_button (self);
  show_source (self);

  return self;
}

/**
 * morsel_lab_card_get_way:
 * @self: a card
 *
 * Returns: (transfer none): the way that it is for
 */
const MorselLabWay *
morsel_lab_card_get_way (MorselLabCard *self)
{
  g_return_val_if_fail (MORSEL_IS_LAB_CARD (self), NULL);

  return self->way;
}

/**
 * morsel_lab_card_run:
 * @self: a card that isn't running
 * @url: what to fetch
 *
 * Fetches a page in the way of the card, and measures what that does to the window. The
 * signal “finished” says that it is over.
 */
void
morsel_lab_card_run (MorselLabCard *self, const char *url)
{
  g_return_if_fail (MORSEL_IS_LAB_CARD (self));
  g_return_if_fail (self->url == NULL);

  self->url = g_strdup (url);
  self->n_frames = 0;
  morsel_frame_plot_reset (self->plot);
  gtk_label_set_label (self->status, C_ ("lab", "Running"));
  gtk_label_set_label (self->cpu, "–");
  gtk_label_set_label (self->latency, "–");

  gtk_widget_add_tick_callback (GTK_WIDGET (self), start_cb, NULL, NULL);
}

/**
 * morsel_lab_card_show:
 * @self: a card that is running
 * @page: (nullable) (transfer none): what came
 * @error: (nullable): why nothing did
 *
 * Shows what came of a fetch, and what that took.
 */
void
morsel_lab_card_show (MorselLabCard *self, LabPage *page, const GError *error)
{
  gint64 seen = g_get_monotonic_time ();

  g_return_if_fail (MORSEL_IS_LAB_CARD (self));
  g_return_if_fail (self->url != NULL);
  g_return_if_fail ((page == NULL) == (error != NULL));

  morsel_frame_plot_set_is_running (self->plot, FALSE);
  show_cpu_time (self, get_cpu_time () - self->cpu_at_start, seen - self->started);
  if (page != NULL)
    show_page (self, page, seen);
  else
    gtk_label_set_label (self->status, error->message);

  g_clear_pointer (&self->url, g_free);
  g_signal_emit (self, signals[FINISHED], 0);
}

/**
 * morsel_lab_card_focus:
 * @self: a card
 *
 * Moves the focus to the button.
 */
void
morsel_lab_card_focus (MorselLabCard *self)
{
  g_return_if_fail (MORSEL_IS_LAB_CARD (self));

  gtk_widget_grab_focus (self->button);
}

/**
 * morsel_lab_card_is_running:
 * @self: a card
 *
 * Returns: whether it is running, or about to
 */
gboolean
morsel_lab_card_is_running (MorselLabCard *self)
{
  g_return_val_if_fail (MORSEL_IS_LAB_CARD (self), FALSE);

  return self->url != NULL;
}

/**
 * morsel_lab_card_get_gaps:
 * @self: a card
 *
 * Returns: (transfer none): the gaps between the frames of the last run
 */
MorselFrameGaps *
morsel_lab_card_get_gaps (MorselLabCard *self)
{
  g_return_val_if_fail (MORSEL_IS_LAB_CARD (self), NULL);

  return morsel_frame_plot_get_gaps (self->plot);
}
