/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-line-height.h"

#include <pango/pangocairo.h>

/*
 * How tall a line of text is. Each widget has a context of its own for its text, and
 * Pango asks all fonts of a language anew for each: for two hundred rows of a list that
 * takes longer than all else that is done with them. But they are all written alike. So
 * what was measured is kept, with all that it depends on.
 */
typedef struct
{
  PangoFontDescription *font; /* NULL if nothing was measured */
  PangoLanguage        *language;
  guint                 fonts_serial;
  double                resolution;

  int height;
} Line;

/* Of a row: one of its address, one of what is said of it, and both for another size of
 * text while that changes. */
#define N_KEPT 4

static Line  kept[N_KEPT];
static guint n_measured;

static PangoFontDescription *
scale_font (PangoContext *context, double scale)
{
  const PangoFontDescription *font = pango_context_get_font_description (context);
  PangoFontDescription       *scaled = pango_font_description_copy (font);
  double                      size = scale * pango_font_description_get_size (font);

  if (pango_font_description_get_size_is_absolute (font))
    pango_font_description_set_absolute_size (scaled, size);
  else
    pango_font_description_set_size (scaled, (int) size);

  return scaled;
}

static gboolean
is_alike (const Line *one, const Line *other)
{
  return one->font != NULL && one->language == other->language &&
         one->fonts_serial == other->fonts_serial &&
         one->resolution == other->resolution &&
         pango_font_description_equal (one->font, other->font);
}

static int
measure (PangoContext *context, const PangoFontDescription *font)
{
  PangoFontMetrics *metrics = pango_context_get_metrics (context, font, NULL);
  int               height = pango_font_metrics_get_ascent (metrics) +
               pango_font_metrics_get_descent (metrics);

  pango_font_metrics_unref (metrics);

  return PANGO_PIXELS_CEIL (height);
}

/**
 * morsel_line_height_measure:
 * @context: how text is written
 * @scale: how much larger than that
 *
 * With the fonts in which the language of the program is written: some are taller. To be
 * called on the main thread.
 *
 * Returns: the height of a line, in pixels
 */
int
morsel_line_height_measure (PangoContext *context, double scale)
{
  Line line = {
    .font = scale_font (context, scale),
    .language = pango_context_get_language (context),
    .fonts_serial = pango_font_map_get_serial (pango_context_get_font_map (context)),
    .resolution = pango_cairo_context_get_resolution (context),
  };
  Line *place;

  for (guint i = 0; i < N_KEPT; i++)
    if (is_alike (&kept[i], &line))
      {
        pango_font_description_free (line.font);
        return kept[i].height;
      }

  line.height = measure (context, line.font);
  place = &kept[n_measured++ % N_KEPT];
  g_clear_pointer (&place->font, pango_font_description_free);
  *place = line;

  return line.height;
}
