/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-words.h"

#include <glib/gi18n.h>

#include "app/morsel-isolate.h"
#include "app/morsel-words-for-error.h"
#include "fetch/fetch-status.h"
#include "fetch/fetch-visible-text.h"

/*
 * How a fetch is told to a person: in words, with an icon, in a color.
 */

/* In characters. */
#define MAX_LENGTH 256

/**
 * morsel_words_shorten:
 * @text: (transfer full): some text of unknown length
 *
 * Cuts off what nobody would read, and what would take long to lay out.
 *
 * Returns: (transfer full): its beginning
 */
char *
morsel_words_shorten (char *text)
{
  glong            length = g_utf8_strlen (text, -1);
  g_autofree char *whole = text;
  g_autofree char *beginning = NULL;

  if (length <= MAX_LENGTH)
    return g_steal_pointer (&whole);

  beginning = g_utf8_substring (whole, 0, MAX_LENGTH);

  return g_strconcat (beginning, "…", NULL);
}

static char *
words_for_failure (MorselFetch *fetch)
{
  return morsel_isolate_foreign_words (
      morsel_words_for_error (morsel_fetch_get_error (fetch)));
}

/**
 * morsel_words_for_tooltip:
 * @fetch: a fetch
 *
 * Returns: (transfer full): what a row of the list may have had no room for
 */
char *
morsel_words_for_tooltip (MorselFetch *fetch)
{
  g_autofree char *address = morsel_words_shorten (
      g_strdup (morsel_fetch_get_address (fetch)));
  g_autofree char *failure = NULL;

  if (morsel_fetch_get_error (fetch) == NULL)
    return g_steal_pointer (&address);

  failure = words_for_failure (fetch);

  return g_strdup_printf ("%s\n%s", address, failure);
}

static char *
words_for_received (FetchProgress progress)
{
  g_autofree char *received = g_format_size (progress.received);
  g_autofree char *total = NULL;

  if (progress.total <= 0)
    /* Translators: %s is a size, such as “1.2 kB”, of what has arrived so far. */
    return g_strdup_printf (_ ("Receiving: %s"), received);

  total = g_format_size (progress.total);

  /* Translators: both are sizes, such as “1.2 kB”: what has arrived, and of how much. */
  return g_strdup_printf (_ ("Receiving: %s of %s"), received, total);
}

static char *
words_for_progress (FetchProgress progress)
{
  switch (progress.phase)
    {
    case FETCH_PHASE_QUEUED:
      return g_strdup (C_ ("state", "Waiting for its turn"));
    case FETCH_PHASE_RESOLVING:
      return g_strdup (C_ ("state", "Looking up the host"));
    case FETCH_PHASE_CONNECTING:
      return g_strdup (C_ ("state", "Connecting"));
    case FETCH_PHASE_WAITING:
      return g_strdup (C_ ("state", "Waiting for the answer"));
    case FETCH_PHASE_RECEIVING:
    default:
      return words_for_received (progress);
    }
}

/* The type without its parameters, as there is little room. */
static char *
short_type (FetchResult *result)
{
  const char *type = fetch_result_get_content_type (result);
  char       *line = fetch_visible_line (type != NULL ? type : "");
  char       *semicolon = strchr (line, ';');

  if (semicolon != NULL)
    *semicolon = '\0';

  return g_strchomp (line);
}

static char *
words_for_result (FetchResult *result)
{
  g_autofree char *type = short_type (result);
  g_autofree char *size = g_format_size (fetch_result_get_size (result));
  g_autofree char *duration = morsel_words_for_duration (
      fetch_result_get_duration (result));
  GString *words = g_string_new (NULL);

  g_string_append_printf (words, "%d · %s · %s", fetch_result_get_status (result), size,
                          duration);
  if (*type != '\0')
    g_string_append_printf (words, " · %s", type);

  return g_string_free (words, FALSE);
}

/* In a language that is read from right to left, the unit of a size may be of another. */
static char *
isolate (char *words)
{
  g_autofree char *plain = words;

  return morsel_isolate_foreign_words (plain);
}

/**
 * morsel_words_for_summary:
 * @fetch: a fetch
 *
 * Returns: (transfer full): one short line about how it is
 */
char *
morsel_words_for_summary (MorselFetch *fetch)
{
  switch (morsel_fetch_get_state (fetch))
    {
    case MORSEL_FETCH_RUNNING:
      return isolate (words_for_progress (morsel_fetch_get_progress (fetch)));

    case MORSEL_FETCH_DONE:
    case MORSEL_FETCH_REFUSED:
      return isolate (words_for_result (morsel_fetch_get_result (fetch)));

    case MORSEL_FETCH_FAILED:
    case MORSEL_FETCH_CANCELLED:
    default:
      return words_for_failure (fetch);
    }
}

/* A sentence, or the server's own status line, and on a second line what that means if it
 * is no success. */
static char *
words_for_outcome (MorselFetch *fetch)
{
  FetchResult     *result = morsel_fetch_get_result (fetch);
  g_autofree char *line = NULL;
  g_autofree char *explanation = NULL;

  if (morsel_fetch_get_error (fetch) != NULL ||
      morsel_fetch_get_state (fetch) == MORSEL_FETCH_RUNNING)
    return morsel_words_for_summary (fetch);

  line = morsel_words_shorten (
      fetch_visible_line (fetch_result_get_status_line (result)));
  explanation = fetch_status_explain_result (result);

  return explanation != NULL ? g_strdup_printf ("%s\n%s", line, explanation)
                             : g_steal_pointer (&line);
}

/**
 * morsel_words_for_status:
 * @fetch: a fetch
 *
 * Returns: (transfer full): a sentence, or the server's own status line, that tells how
 * it is, and on more lines what that means if it is no success, and what one can't do
 */
char *
morsel_words_for_status (MorselFetch *fetch)
{
  g_autofree char *outcome = words_for_outcome (fetch);

  if (!morsel_fetch_lacks_secrets (fetch))
    return g_steal_pointer (&outcome);

  /* Translators: %s is how a fetch has ended. */
  return g_strdup_printf (_ ("%s\nIt was fetched with a password, a token or a cookie, "
                             "which is not kept. To fetch it again, type its address."),
                          outcome);
}

/**
 * morsel_words_for_state:
 * @state: how a fetch is
 *
 * Returns: (transfer none): the same, in a word
 */
const char *
morsel_words_for_state (MorselFetchState state)
{
  switch (state)
    {
    case MORSEL_FETCH_RUNNING:
      /* Translators: how one fetch is. So are the others here. */
      return C_ ("state", "Running");
    case MORSEL_FETCH_DONE:
      return C_ ("state", "Done");
    case MORSEL_FETCH_REFUSED:
      /* Translators: the server answered, and the answer is no, as in “404 Not Found”. */
      return C_ ("state", "Refused");
    case MORSEL_FETCH_CANCELLED:
      return C_ ("state", "Cancelled");
    case MORSEL_FETCH_FAILED:
    default:
      return C_ ("state", "Failed");
    }
}

/**
 * morsel_icon_for_state:
 * @state: how a fetch is
 *
 * Returns: (transfer none): the name of an icon that shows it
 */
const char *
morsel_icon_for_state (MorselFetchState state)
{
  switch (state)
    {
    case MORSEL_FETCH_RUNNING:
      return "content-loading-symbolic";
    case MORSEL_FETCH_DONE:
      return "emblem-ok-symbolic";
    case MORSEL_FETCH_REFUSED:
      return "dialog-warning-symbolic";
    case MORSEL_FETCH_CANCELLED:
      return "process-stop-symbolic";
    case MORSEL_FETCH_FAILED:
    default:
      return "dialog-error-symbolic";
    }
}

/**
 * morsel_style_for_state:
 * @state: how a fetch is
 *
 * Returns: (transfer none): the style class that colors its icon
 */
const char *
morsel_style_for_state (MorselFetchState state)
{
  switch (state)
    {
    case MORSEL_FETCH_DONE:
      return "success";
    case MORSEL_FETCH_REFUSED:
      return "warning";
    case MORSEL_FETCH_FAILED:
      return "error";
    case MORSEL_FETCH_RUNNING:
    case MORSEL_FETCH_CANCELLED:
    default:
      return "dim-label";
    }
}

/**
 * morsel_color_for_state:
 * @state: how a fetch is
 *
 * Returns: (transfer none) (nullable): the name of the color of its icon; %NULL for that
 *   of less important text
 */
const char *
morsel_color_for_state (MorselFetchState state)
{
  switch (state)
    {
    case MORSEL_FETCH_DONE:
      return "success_color";
    case MORSEL_FETCH_REFUSED:
      return "warning_color";
    case MORSEL_FETCH_FAILED:
      return "error_color";
    case MORSEL_FETCH_RUNNING:
    case MORSEL_FETCH_CANCELLED:
    default:
      return NULL;
    }
}

/**
 * morsel_words_new_text_label:
 *
 * Returns: (transfer floating): a label for text from the network, which can be selected,
 *   wraps, and shows nothing that isn't there
 */
GtkWidget *
morsel_words_new_text_label (void)
{
  GtkLabel *label = g_object_new (GTK_TYPE_LABEL, "selectable", TRUE, "wrap", TRUE,
                                  "wrap-mode", PANGO_WRAP_WORD_CHAR, "xalign", 0.0,
                                  "yalign", 0.0, NULL);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  /* Nothing is shown that isn't there. */
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (label, attributes);
  gtk_widget_add_css_class (GTK_WIDGET (label), "monospace");

  /* The text has its own direction, and not that of the user's language. */
  gtk_widget_set_direction (GTK_WIDGET (label), GTK_TEXT_DIR_LTR);

  return GTK_WIDGET (label);
}
