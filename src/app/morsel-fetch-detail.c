/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-fetch-detail.h"

#include <glib/gi18n.h>

#include "app/morsel-accessible.h"
#include "app/morsel-connection-row.h"
#include "app/morsel-fact-row.h"
#include "app/morsel-fetch-button.h"
#include "app/morsel-headers-row.h"
#include "app/morsel-isolate.h"
#include "app/morsel-preview.h"
#include "app/morsel-progress-track.h"
#include "app/morsel-timing-row.h"
#include "app/morsel-words.h"
#include "fetch/fetch-visible-text.h"

/*
 * All that is known of the selected fetch: how it is, the facts, and the first bytes.
 */
struct _MorselFetchDetail
{
  AdwBin parent_instance;

  GtkStack            *stack;
  GtkLabel            *address;
  GtkImage            *icon;
  GtkLabel            *status;
  MorselFetchButton   *button;
  MorselProgressTrack *track;
  GtkWidget           *facts;
  MorselFactRow       *type;
  MorselFactRow       *size;
  MorselFactRow       *duration;
  MorselFactRow       *redirects;
  MorselFactRow       *withheld;
  MorselFactRow       *decoding;
  GtkWidget           *more;
  MorselHeadersRow    *headers;
  MorselTimingRow     *timing;
  MorselConnectionRow *connection;
  MorselPreview       *preview;

  MorselFetch  *fetch;
  GSignalGroup *signals;

  /* What is shown: most changes are of progress, and leave this as it is. */
  const char      *style_class;
  MorselFetchState shown_state;
  FetchResult     *shown_result; /* not owned: only to be compared */
  guint            outcome_id;   /* 0 unless the outcome is to be shown soon */
};

G_DEFINE_FINAL_TYPE (MorselFetchDetail, morsel_fetch_detail, ADW_TYPE_BIN)

static void
show_status (MorselFetchDetail *self)
{
  MorselFetchState state = morsel_fetch_get_state (self->fetch);
  const char      *style_class = morsel_style_for_state (state);
  g_autofree char *status = morsel_words_for_status (self->fetch);

  if (self->style_class != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), self->style_class);
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), style_class);
  self->style_class = style_class;

  gtk_image_set_from_icon_name (self->icon, morsel_icon_for_state (state));
  gtk_label_set_label (self->status, status);
}

static void
show_button (MorselFetchDetail *self)
{
  gboolean can_retry = morsel_fetch_can_retry (self->fetch);
  gboolean is_running = morsel_fetch_get_state (self->fetch) == MORSEL_FETCH_RUNNING;

  morsel_fetch_button_show (self->button, self->fetch);
  gtk_widget_set_visible (GTK_WIDGET (self->button), is_running || can_retry);
}

static void
show_progress (MorselFetchDetail *self)
{
  gboolean is_running = morsel_fetch_get_state (self->fetch) == MORSEL_FETCH_RUNNING;
  double   fraction = morsel_fetch_get_fraction (self->fetch);

  gtk_widget_set_visible (GTK_WIDGET (self->track), is_running);
  if (!is_running)
    return;

  if (fraction >= 0)
    morsel_progress_track_set_fraction (self->track, fraction);
  else
    morsel_progress_track_pulse (self->track);
}

static char *
words_for_size (FetchResult *result)
{
  guint64          size = fetch_result_get_size (result);
  guint64          size_on_wire = fetch_result_get_size_on_wire (result);
  g_autofree char *full = g_format_size_full (size, G_FORMAT_SIZE_LONG_FORMAT);
  g_autofree char *compressed = NULL;
  g_autofree char *both = NULL;

  if (size_on_wire >= size)
    return morsel_isolate_foreign_words (full);

  compressed = g_format_size (size_on_wire);
  /* Translators: both are sizes: of a body, and of its compressed form on the network. */
  both = g_strdup_printf (_ ("%s, %s compressed"), full, compressed);

  return morsel_isolate_foreign_words (both);
}

/* Returns NULL if there is nothing to say. */
static char *
words_for_decoding (FetchResult *result)
{
  g_autofree char *codings = fetch_result_dup_content_codings (result);
  g_autofree char *visible = NULL;
  g_autofree char *isolated = NULL;

  switch (fetch_result_get_decoding_note (result))
    {
    case FETCH_DECODING_NOTE_TRAILING_DATA:
      return g_strdup (_ ("Extra data after the compressed body was ignored."));

    case FETCH_DECODING_NOTE_UNKNOWN_CODING:
      if (codings == NULL)
        return g_strdup (_ ("Unknown coding; shown as received."));

      visible = morsel_words_shorten (fetch_visible_line (codings));
      isolated = morsel_isolate_foreign_words (visible);
      return g_strdup_printf (
          /* Translators: %s is what a server calls a way of compressing, such as
             “aws-chunked”. */
          _ ("Unknown coding “%s”; shown as received."), isolated);

    case FETCH_DECODING_NOTE_PART:
      return g_strdup (_ ("A part from the middle can’t be decompressed; shown as "
                          "received."));

    case FETCH_DECODING_NOTE_NONE:
    default:
      return NULL;
    }
}

/* Where the fetch has ended after a redirect, or where one leads that ended there. */
static const char *
get_redirect_target (FetchResult *result)
{
  if (fetch_result_get_redirect_url (result) != NULL)
    return fetch_result_get_redirect_url (result);

  return fetch_result_get_n_hops (result) > 1 ? fetch_result_get_url (result) : NULL;
}

static char *
words_for_withheld_fields (FetchResult *result)
{
  const char *const *names = fetch_result_get_withheld_fields (result);

  return names != NULL ? g_strjoinv (C_ ("list separator", ", "), (char **) names) : NULL;
}

static void
show_facts (MorselFetchDetail *self)
{
  FetchResult     *result = morsel_fetch_get_result (self->fetch);
  g_autofree char *size = NULL;
  g_autofree char *decoding = NULL;
  g_autofree char *duration = NULL;
  g_autofree char *withheld = NULL;

  gtk_widget_set_visible (self->facts, result != NULL);
  if (result == NULL)
    return;

  withheld = words_for_withheld_fields (result);

  if (morsel_fetch_get_state (self->fetch) != MORSEL_FETCH_RUNNING)
    {
      if (fetch_result_get_status (result) > 0)
        size = words_for_size (result);
      decoding = words_for_decoding (result);
      duration = morsel_words_for_duration (fetch_result_get_duration (result));
    }
  morsel_fact_row_set_fact_from_network (self->type,
                                         fetch_result_get_content_type (result));
  morsel_fact_row_set_fact (self->size, size);
  morsel_fact_row_set_fact (self->decoding, decoding);
  morsel_fact_row_set_fact (self->duration, duration);
  morsel_fact_row_set_fact_from_network (self->redirects, get_redirect_target (result));
  morsel_fact_row_set_fact (self->withheld, withheld);
}

static void
show_more (MorselFetchDetail *self)
{
  FetchResult *result = morsel_fetch_get_result (self->fetch);
  gboolean     is_over = morsel_fetch_get_state (self->fetch) != MORSEL_FETCH_RUNNING;

  gtk_widget_set_visible (self->more, result != NULL);
  morsel_headers_row_set_result (self->headers, result);
  morsel_timing_row_set_result (self->timing, is_over ? result : NULL);
  morsel_connection_row_set_result (self->connection, result);
}

static void
show_outcome (MorselFetchDetail *self)
{
  self->shown_state = morsel_fetch_get_state (self->fetch);
  self->shown_result = morsel_fetch_get_result (self->fetch);
  show_button (self);
  show_facts (self);
  morsel_preview_show (self->preview, self->fetch);
  show_more (self);
}

static gboolean
show_outcome_cb (GtkWidget     *widget,
                 GdkFrameClock *clock G_GNUC_UNUSED,
                 gpointer       user_data G_GNUC_UNUSED)
{
  MorselFetchDetail *self = MORSEL_FETCH_DETAIL (widget);

  self->outcome_id = 0;
  show_outcome (self);

  return G_SOURCE_REMOVE;
}

static void
forget_outcome (MorselFetchDetail *self)
{
  if (self->outcome_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->outcome_id);
  self->outcome_id = 0;
}

/* Where nothing was before, it comes a frame after the rest: all at once takes as long as
 * two, while the list is being filled. */
static void
show_outcome_soon (MorselFetchDetail *self)
{
  gtk_widget_set_visible (self->facts, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->preview), FALSE);
  gtk_widget_set_visible (self->more, FALSE);
  show_button (self);
  self->outcome_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), show_outcome_cb,
                                                   NULL, NULL);
}

static void
changed_cb (MorselFetchDetail *self)
{
  show_status (self);
  show_progress (self);
  if (self->outcome_id != 0)
    show_button (self);
  else if (morsel_fetch_get_state (self->fetch) != self->shown_state ||
           morsel_fetch_get_result (self->fetch) != self->shown_result)
    show_outcome (self);
}

static void
morsel_fetch_detail_dispose (GObject *object)
{
  MorselFetchDetail *self = MORSEL_FETCH_DETAIL (object);

  forget_outcome (self);
  g_clear_object (&self->signals);
  g_clear_object (&self->fetch);

  G_OBJECT_CLASS (morsel_fetch_detail_parent_class)->dispose (object);
}

static void
morsel_fetch_detail_class_init (MorselFetchDetailClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = morsel_fetch_detail_dispose;

  g_type_ensure (MORSEL_TYPE_CONNECTION_ROW);
  g_type_ensure (MORSEL_TYPE_FACT_ROW);
  g_type_ensure (MORSEL_TYPE_FETCH_BUTTON);
  g_type_ensure (MORSEL_TYPE_HEADERS_ROW);
  g_type_ensure (MORSEL_TYPE_PREVIEW);
  g_type_ensure (MORSEL_TYPE_PROGRESS_TRACK);
  g_type_ensure (MORSEL_TYPE_TIMING_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               MORSEL_RESOURCES "morsel-fetch-detail.ui");
  gtk_widget_class_bind_template_child (widget_class, MorselFetchDetail, stack);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchDetail, address);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchDetail, icon);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchDetail, status);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchDetail, button);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchDetail, track);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchDetail, facts);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchDetail, type);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchDetail, size);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchDetail, duration);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchDetail, redirects);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchDetail, withheld);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchDetail, decoding);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchDetail, more);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchDetail, headers);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchDetail, timing);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchDetail, connection);
  gtk_widget_class_bind_template_child (widget_class, MorselFetchDetail, preview);
}

static void
morsel_fetch_detail_init (MorselFetchDetail *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  morsel_accessible_name_lists (self->facts, _ ("Facts"));
  /* Translators: headers, times and the connection of a fetch. */
  morsel_accessible_name_lists (self->more, _ ("Details"));

  self->signals = g_signal_group_new (MORSEL_TYPE_FETCH);
  g_signal_group_connect_swapped (self->signals, "changed", G_CALLBACK (changed_cb),
                                  self);
}

/**
 * morsel_fetch_detail_set_fetch:
 * @self: a detail
 * @fetch: (nullable): which fetch to show
 */
void
morsel_fetch_detail_set_fetch (MorselFetchDetail *self, MorselFetch *fetch)
{
  gboolean is_first;

  g_return_if_fail (MORSEL_IS_FETCH_DETAIL (self));

  is_first = self->fetch == NULL;
  if (!g_set_object (&self->fetch, fetch))
    return;

  forget_outcome (self);
  g_signal_group_set_target (self->signals, fetch);
  gtk_stack_set_visible_child_name (self->stack, fetch != NULL ? "fetch" : "nothing");
  if (fetch == NULL)
    {
      morsel_preview_show (self->preview, NULL);
      return;
    }

  gtk_label_set_label (self->address, morsel_fetch_get_address (fetch));
  show_status (self);
  show_progress (self);
  if (is_first)
    show_outcome_soon (self);
  else
    show_outcome (self);
}

/**
 * morsel_fetch_detail_focus_button:
 * @self: a detail
 *
 * Moves the focus to what one can do, and not to the first text that can be selected; to
 * the address where nothing can be done.
 */
void
morsel_fetch_detail_focus_button (MorselFetchDetail *self)
{
  g_return_if_fail (MORSEL_IS_FETCH_DETAIL (self));

  gtk_widget_grab_focus (gtk_widget_get_visible (GTK_WIDGET (self->button))
                             ? GTK_WIDGET (self->button)
                             : GTK_WIDGET (self->address));
}
