/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-fetch-row.h"

#include <adwaita.h>

#include "app/morsel-fetch-button.h"
#include "app/morsel-line-height.h"
#include "app/morsel-words.h"

/*
 * What the list shows of a fetch: an icon for its state, its address, a line about it,
 * and a bar while it runs.
 *
 * GTK keeps two hundred rows at hand around those that can be seen, makes them all in one
 * go when a list is filled, and gives each another fetch when a search is typed. With a
 * widget for each part of a row that takes so long that the window stands still. So a row
 * draws itself; and only the one that somebody points at has a button, which is a widget.
 */
struct _MorselFetchRow
{
  GtkWidget parent_instance;

  MorselFetch  *fetch;
  GSignalGroup *signals;

  PangoLayout *address; /* these are NULL until they are drawn */
  PangoLayout *summary;
  int          text_height; /* of both lines; 0 until it is known */
  int          address_height;
  GtkWidget   *button; /* NULL until somebody points at it */

  MorselFetchState told_state; /* to screen readers */
  guint            tell_id;    /* 0 unless there is more to tell */

  double pulse; /* where the block is if nobody knows how much is left, from 0 to 1 */
  int    pulse_direction;
};

G_DEFINE_FINAL_TYPE (MorselFetchRow, morsel_fetch_row, GTK_TYPE_WIDGET)

#define ICON_SIZE 16
#define SPACING 12
#define LINE_SPACING 3
#define BUTTON_SIZE 34
#define LEAST_WIDTH 120
#define NATURAL_WIDTH 320

#define TRACK_HEIGHT 4
#define BLOCK_SIZE 0.25
#define PULSE_STEP 0.02
#define MIDDLE 0.5

#define SUMMARY_SCALE 0.82
#define SUMMARY_ALPHA 0.55
#define SUMMARY_ALPHA_HIGH_CONTRAST 0.9
#define TRACK_ALPHA 0.15
#define TRACK_ALPHA_HIGH_CONTRAST 0.35

#define TELLING_INTERVAL_SECONDS 1

/* The scheme is the same for nearly all, and what differs should be seen. */
static const char *
address_without_scheme (MorselFetch *fetch)
{
  const char *address = morsel_fetch_get_address (fetch);

  if (g_str_has_prefix (address, "https://"))
    return address + strlen ("https://");

  return address;
}

/* In a word, and with the facts. */
static char *
words_for_row (MorselFetch *fetch)
{
  MorselFetchState state = morsel_fetch_get_state (fetch);
  g_autofree char *summary = morsel_words_for_summary (fetch);

  if (state == MORSEL_FETCH_RUNNING || state == MORSEL_FETCH_CANCELLED)
    return g_steal_pointer (&summary);

  return g_strdup_printf ("%s · %s", morsel_words_for_state (state), summary);
}

/* For what one is likely to want; the detail has a button for the rest. */
static gboolean
has_button (MorselFetch *fetch)
{
  switch (morsel_fetch_get_state (fetch))
    {
    case MORSEL_FETCH_RUNNING:
      return TRUE;
    case MORSEL_FETCH_DONE:
      return FALSE;
    case MORSEL_FETCH_REFUSED:
    case MORSEL_FETCH_FAILED:
    case MORSEL_FETCH_CANCELLED:
    default:
      return morsel_fetch_can_retry (fetch);
    }
}

static PangoLayout *
new_line (MorselFetchRow *self, const char *text, double scale, PangoEllipsizeMode mode)
{
  PangoLayout *line = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  if (scale != 1)
    pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  pango_layout_set_attributes (line, attributes);
  pango_layout_set_ellipsize (line, mode);
  pango_layout_set_single_paragraph_mode (line, TRUE);

  return line;
}

static void
need_lines (MorselFetchRow *self)
{
  g_autofree char *words = NULL;

  if (self->address != NULL)
    return;

  words = words_for_row (self->fetch);
  self->address = new_line (self, address_without_scheme (self->fetch), 1,
                            PANGO_ELLIPSIZE_MIDDLE);
  self->summary = new_line (self, words, SUMMARY_SCALE, PANGO_ELLIPSIZE_END);
}

static void
forget_lines (MorselFetchRow *self)
{
  g_clear_object (&self->address);
  g_clear_object (&self->summary);
}

/* The same for all addresses, so that a list need not measure what it scrolls over. */
static void
measure_lines (MorselFetchRow *self)
{
  PangoContext *context;

  if (self->text_height > 0)
    return;

  context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  self->address_height = morsel_line_height_measure (context, 1);
  self->text_height = self->address_height + LINE_SPACING +
                      morsel_line_height_measure (context, SUMMARY_SCALE);
}

static int
get_content_height (MorselFetchRow *self)
{
  measure_lines (self);

  return MAX (self->text_height + LINE_SPACING + TRACK_HEIGHT, BUTTON_SIZE);
}

/* Made when somebody points at it, and not for each row that scrolls by. */
static void
show_button (MorselFetchRow *self)
{
  gboolean is_visible;

  if (self->button == NULL)
    return;

  is_visible = self->fetch != NULL && has_button (self->fetch);
  if (is_visible)
    morsel_fetch_button_show (MORSEL_FETCH_BUTTON (self->button), self->fetch);
  gtk_widget_set_visible (self->button, is_visible);
}

static void
pointed_at_cb (MorselFetchRow *self)
{
  if (self->button == NULL)
    {
      self->button = g_object_new (MORSEL_TYPE_FETCH_BUTTON, "compact", TRUE, "focusable",
                                   FALSE, NULL);
      gtk_widget_add_css_class (self->button, "flat");
      gtk_widget_add_css_class (self->button, "circular");
      gtk_widget_set_parent (self->button, GTK_WIDGET (self));
    }
  show_button (self);
}

/* What has the focus, and is read, is what the list has put around the row. */
static void
tell_now (MorselFetchRow *self)
{
  GtkWidget       *item = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *words = words_for_row (self->fetch);

  if (item == NULL)
    return;

  self->told_state = morsel_fetch_get_state (self->fetch);
  gtk_accessible_update_property (GTK_ACCESSIBLE (item), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  morsel_fetch_get_address (self->fetch),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
}

static gboolean
tell_cb (gpointer user_data)
{
  MorselFetchRow *self = user_data;

  self->tell_id = 0;
  tell_now (self);

  return G_SOURCE_REMOVE;
}

/* Whoever listens hears of progress once a second, and at once how it ended. */
static void
tell (MorselFetchRow *self)
{
  if (morsel_fetch_get_state (self->fetch) != self->told_state)
    tell_now (self);
  else if (self->tell_id == 0)
    self->tell_id = g_timeout_add_seconds (TELLING_INTERVAL_SECONDS, tell_cb, self);
}

static void
show_words (MorselFetchRow *self)
{
  g_autofree char *words = NULL;

  if (self->summary == NULL)
    return;

  words = words_for_row (self->fetch);
  pango_layout_set_text (self->summary, words, -1);
}

/* A step when something has happened, and none while the fetch stands still, or for those
 * who don't want to see things move. */
static void
pulse (MorselFetchRow *self)
{
  if (!adw_get_enable_animations (GTK_WIDGET (self)))
    {
      self->pulse = MIDDLE;
      return;
    }

  self->pulse += self->pulse_direction * PULSE_STEP;
  if (self->pulse < 0 || self->pulse > 1)
    self->pulse_direction = -self->pulse_direction;
  self->pulse = CLAMP (self->pulse, 0, 1);
}

static void
changed_cb (MorselFetchRow *self)
{
  pulse (self);
  show_words (self);
  tell (self);
  show_button (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
query_tooltip_cb (MorselFetchRow *self,
                  int             x G_GNUC_UNUSED,
                  int             y G_GNUC_UNUSED,
                  gboolean        by_keyboard G_GNUC_UNUSED,
                  GtkTooltip     *tooltip)
{
  g_autofree char *text = NULL;

  if (self->fetch == NULL)
    return FALSE;

  text = morsel_words_for_tooltip (self->fetch);
  gtk_tooltip_set_text (tooltip, text);

  return TRUE;
}

/* Parts are placed from the side where reading begins. */
static double
place (MorselFetchRow *self, double start, double width)
{
  GtkWidget *widget = GTK_WIDGET (self);

  return gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL
             ? gtk_widget_get_width (widget) - start - width
             : start;
}

static gboolean
has_high_contrast (void)
{
  return adw_style_manager_get_high_contrast (adw_style_manager_get_default ());
}

static GdkRGBA
look_up_color (MorselFetchRow *self, const char *name, const GdkRGBA *otherwise)
{
  GdkRGBA color;

  if (name != NULL && gtk_style_context_lookup_color (
                          gtk_widget_get_style_context (GTK_WIDGET (self)), name, &color))
    return color;

  return *otherwise;
}

static void
draw_icon (MorselFetchRow *self,
           GtkSnapshot    *snapshot,
           const char     *name,
           GdkRGBA         color,
           double          start,
           double          middle)
{
  GtkWidget    *widget = GTK_WIDGET (self);
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (widget));
  g_autoptr (GtkIconPaintable) icon = gtk_icon_theme_lookup_icon (
      theme, name, NULL, ICON_SIZE, gtk_widget_get_scale_factor (widget),
      gtk_widget_get_direction (widget), GTK_ICON_LOOKUP_FORCE_SYMBOLIC);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT ((float) place (self, start, ICON_SIZE),
                                                (float) (middle - ICON_SIZE / 2.0)));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot,
                                            ICON_SIZE, ICON_SIZE, &color, 1);
  gtk_snapshot_restore (snapshot);
}

static void
draw_line (MorselFetchRow *self,
           GtkSnapshot    *snapshot,
           PangoLayout    *line,
           GdkRGBA         color,
           double          start,
           double          top,
           int             width)
{
  int line_width;

  pango_layout_set_width (line, MAX (width, 0) * PANGO_SCALE);
  pango_layout_get_pixel_size (line, &line_width, NULL);
  /* What is aligned to the other side within its width comes back to this one. */
  pango_layout_set_width (line, MIN (line_width + 1, width) * PANGO_SCALE);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot,
      &GRAPHENE_POINT_INIT ((float) place (self, start, MIN (line_width + 1, width)),
                            (float) top));
  gtk_snapshot_append_layout (snapshot, line, &color);
  gtk_snapshot_restore (snapshot);
}

static void
draw_bar (MorselFetchRow *self,
          GtkSnapshot    *snapshot,
          GdkRGBA         color,
          double          start,
          double          top,
          double          width)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT ((float) place (self, start, width),
                                               (float) top, (float) width, TRACK_HEIGHT);
  GskRoundedRect  outline;

  gsk_rounded_rect_init_from_rect (&outline, &bounds, TRACK_HEIGHT / 2.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, &color, &bounds);
  gtk_snapshot_pop (snapshot);
}

static void
draw_progress (MorselFetchRow *self,
               GtkSnapshot    *snapshot,
               GdkRGBA         color,
               double          start,
               double          top,
               double          width)
{
  double fraction = morsel_fetch_get_fraction (self->fetch);
  /* The accent color is about as bright as the track that has more contrast. */
  GdkRGBA done = look_up_color (self, has_high_contrast () ? NULL : "accent_bg_color",
                                &color);
  GdkRGBA faint = color;

  faint.alpha *= has_high_contrast () ? TRACK_ALPHA_HIGH_CONTRAST : TRACK_ALPHA;
  draw_bar (self, snapshot, faint, start, top, width);

  if (fraction >= 0)
    draw_bar (self, snapshot, done, start, top, width * MIN (fraction, 1));
  else
    draw_bar (self, snapshot, done, start + self->pulse * width * (1 - BLOCK_SIZE), top,
              width * BLOCK_SIZE);
}

static void
morsel_fetch_row_measure (GtkWidget     *widget,
                          GtkOrientation orientation,
                          int            for_size G_GNUC_UNUSED,
                          int           *minimum,
                          int           *natural,
                          int           *minimum_baseline G_GNUC_UNUSED,
                          int           *natural_baseline G_GNUC_UNUSED)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = LEAST_WIDTH;
      *natural = NATURAL_WIDTH;
    }
  else
    *minimum = *natural = get_content_height (MORSEL_FETCH_ROW (widget));
}

static void
morsel_fetch_row_size_allocate (GtkWidget *widget,
                                int        width G_GNUC_UNUSED,
                                int        height,
                                int        baseline G_GNUC_UNUSED)
{
  MorselFetchRow *self = MORSEL_FETCH_ROW (widget);
  GtkAllocation   allocation = { .y = (height - BUTTON_SIZE) / 2,
                                 .width = BUTTON_SIZE,
                                 .height = BUTTON_SIZE };

  if (self->button == NULL || !gtk_widget_should_layout (self->button))
    return;

  allocation.x = (int) place (self, width - BUTTON_SIZE, BUTTON_SIZE);
  gtk_widget_measure (self->button, GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL,
                      NULL);
  gtk_widget_size_allocate (self->button, &allocation, -1);
}

static void
morsel_fetch_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  MorselFetchRow *self = MORSEL_FETCH_ROW (widget);
  int             width = gtk_widget_get_width (widget);
  double          middle = gtk_widget_get_height (widget) / 2.0;
  double          start = ICON_SIZE + SPACING;
  double          top;
  gboolean        is_running, with_button;
  GdkRGBA         color, dim;

  if (self->fetch == NULL)
    return;

  need_lines (self);
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  dim = color;
  dim.alpha *= has_high_contrast () ? SUMMARY_ALPHA_HIGH_CONTRAST : SUMMARY_ALPHA;
  is_running = morsel_fetch_get_state (self->fetch) == MORSEL_FETCH_RUNNING;
  with_button = has_button (self->fetch);
  top = middle - get_content_height (self) / 2.0;
  width -= (int) start + (with_button ? SPACING + BUTTON_SIZE : 0);
  if (!is_running)
    top = middle - self->text_height / 2.0;

  draw_icon (self, snapshot, morsel_icon_for_state (morsel_fetch_get_state (self->fetch)),
             look_up_color (self,
                            morsel_color_for_state (morsel_fetch_get_state (self->fetch)),
                            &dim),
             0, middle);
  draw_line (self, snapshot, self->address, color, start, top, width);
  draw_line (self, snapshot, self->summary, dim, start,
             top + self->address_height + LINE_SPACING, width);
  if (is_running)
    draw_progress (self, snapshot, color, start, top + self->text_height + LINE_SPACING,
                   width);

  if (self->button != NULL)
    gtk_widget_snapshot_child (widget, self->button, snapshot);
  else if (with_button)
    draw_icon (self, snapshot, morsel_fetch_button_get_icon_name (self->fetch), color,
               gtk_widget_get_width (widget) - (BUTTON_SIZE + ICON_SIZE) / 2.0, middle);
}

/* The font may be another one. */
static void
morsel_fetch_row_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  MorselFetchRow *self = MORSEL_FETCH_ROW (widget);

  GTK_WIDGET_CLASS (morsel_fetch_row_parent_class)->css_changed (widget, change);

  forget_lines (self);
  self->text_height = 0;
}

static void
morsel_fetch_row_dispose (GObject *object)
{
  MorselFetchRow *self = MORSEL_FETCH_ROW (object);

  g_clear_handle_id (&self->tell_id, g_source_remove);
  g_clear_object (&self->signals);
  g_clear_object (&self->fetch);
  forget_lines (self);
  g_clear_pointer (&self->button, gtk_widget_unparent);

  G_OBJECT_CLASS (morsel_fetch_row_parent_class)->dispose (object);
}

static void
morsel_fetch_row_class_init (MorselFetchRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = morsel_fetch_row_dispose;
  widget_class->measure = morsel_fetch_row_measure;
  widget_class->size_allocate = morsel_fetch_row_size_allocate;
  widget_class->snapshot = morsel_fetch_row_snapshot;
  widget_class->css_changed = morsel_fetch_row_css_changed;

  gtk_widget_class_set_css_name (widget_class, "fetchrow");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
morsel_fetch_row_init (MorselFetchRow *self)
{
  GtkEventController *pointer = gtk_event_controller_motion_new ();

  self->pulse_direction = 1;
  self->signals = g_signal_group_new (MORSEL_TYPE_FETCH);
  g_signal_group_connect_swapped (self->signals, "changed", G_CALLBACK (changed_cb),
                                  self);

  g_signal_connect_swapped (pointer, "enter", G_CALLBACK (pointed_at_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), pointer);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (query_tooltip_cb), NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::high-contrast",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

/**
 * morsel_fetch_row_new:
 *
 * Returns: (transfer floating): a row that stands for no fetch yet
 */
GtkWidget *
morsel_fetch_row_new (void)
{
  return g_object_new (MORSEL_TYPE_FETCH_ROW, NULL);
}

/**
 * morsel_fetch_row_set_fetch:
 * @self: a row
 * @fetch: (nullable): which fetch it stands for
 */
void
morsel_fetch_row_set_fetch (MorselFetchRow *self, MorselFetch *fetch)
{
  g_return_if_fail (MORSEL_IS_FETCH_ROW (self));

  if (!g_set_object (&self->fetch, fetch))
    return;

  g_clear_handle_id (&self->tell_id, g_source_remove);
  self->pulse = 0;
  self->pulse_direction = 1;
  forget_lines (self);
  g_signal_group_set_target (self->signals, fetch);
  show_button (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (fetch != NULL)
    tell_now (self);
}

/**
 * morsel_fetch_row_get_fetch:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): the fetch that it stands for
 */
MorselFetch *
morsel_fetch_row_get_fetch (MorselFetchRow *self)
{
  g_return_val_if_fail (MORSEL_IS_FETCH_ROW (self), NULL);

  return self->fetch;
}
