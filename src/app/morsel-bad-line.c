/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-bad-line.h"

#include <glib/gi18n.h>

#include "app/morsel-isolate.h"

/*
 * A line that is no address, until somebody has made one of it.
 */
struct _MorselBadLine
{
  GObject parent_instance;

  char *source; /* NULL if it has no name */
  guint line;
  char *original;
  char *reason;
  char *text;    /* as it is now; NULL as long as it is the original */
  char *message; /* what is wrong with the text; NULL if nothing is */
};

G_DEFINE_FINAL_TYPE (MorselBadLine, morsel_bad_line, G_TYPE_OBJECT)

static void
morsel_bad_line_finalize (GObject *object)
{
  MorselBadLine *self = MORSEL_BAD_LINE (object);

  g_free (self->source);
  g_free (self->original);
  g_free (self->reason);
  g_free (self->text);
  g_free (self->message);

  G_OBJECT_CLASS (morsel_bad_line_parent_class)->finalize (object);
}

static void
morsel_bad_line_class_init (MorselBadLineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = morsel_bad_line_finalize;
}

static void
morsel_bad_line_init (MorselBadLine *self G_GNUC_UNUSED)
{
}

/**
 * morsel_bad_line_new:
 * @line: what was found
 *
 * May be called from any thread.
 *
 * Returns: (transfer full): the same, to be mended
 */
MorselBadLine *
morsel_bad_line_new (const FetchBadLine *line)
{
  MorselBadLine *self = g_object_new (MORSEL_TYPE_BAD_LINE, NULL);

  self->source = g_strdup (line->source);
  self->line = line->line;
  self->original = g_strdup (line->text);
  self->reason = g_strdup (line->reason);

  return self;
}

/**
 * morsel_bad_line_dup_place:
 * @self: a line
 *
 * Returns: (transfer full): where it is, as one would say it
 */
char *
morsel_bad_line_dup_place (MorselBadLine *self)
{
  g_return_val_if_fail (MORSEL_IS_BAD_LINE (self), NULL);

  if (self->source == NULL)
    /* Translators: the number of a line in a text. */
    return g_strdup_printf (_ ("Line %'u"), self->line);

  /* Translators: the name of a file, and the number of a line in it. */
  return g_strdup_printf (_ ("%s, Line %'u"), self->source, self->line);
}

/**
 * morsel_bad_line_get_text:
 * @self: a line
 *
 * Returns: (transfer none): what stands there now
 */
const char *
morsel_bad_line_get_text (MorselBadLine *self)
{
  g_return_val_if_fail (MORSEL_IS_BAD_LINE (self), NULL);

  return self->text != NULL ? self->text : self->original;
}

/**
 * morsel_bad_line_set_text:
 * @self: a line
 * @text: what somebody has made of it
 *
 * Finds out whether it is an address now. What is as it was before is none, whatever it
 * looks like.
 */
void
morsel_bad_line_set_text (MorselBadLine *self, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (MORSEL_IS_BAD_LINE (self));

  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->message, g_free);
  if (g_str_equal (text, self->original))
    return;

  self->text = g_strdup (text);
  if (!fetch_address_list_check (text, NULL, &error))
    self->message = morsel_isolate_foreign_words (error->message);
}

/**
 * morsel_bad_line_get_message:
 * @self: a line
 *
 * Returns: (transfer none) (nullable): a sentence that says what is wrong with it; %NULL
 *   if it is an address now
 */
const char *
morsel_bad_line_get_message (MorselBadLine *self)
{
  g_return_val_if_fail (MORSEL_IS_BAD_LINE (self), NULL);

  return self->text != NULL ? self->message : self->reason;
}

/**
 * morsel_bad_line_is_mended:
 * @self: a line
 *
 * Returns: whether it is an address now
 */
gboolean
morsel_bad_line_is_mended (MorselBadLine *self)
{
  return morsel_bad_line_get_message (self) == NULL;
}
