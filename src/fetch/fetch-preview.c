/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-preview.h"

#include <string.h>

#include "fetch/fetch-charset.h"
#include "fetch/fetch-hex-dump.h"
#include "fetch/fetch-visible-text.h"

/**
 * FetchPreview:
 *
 * The first bytes of a body, made fit to be shown: as text in which nothing is hidden, or
 * as a hex dump.
 */
struct _FetchPreview
{
  FetchPreviewKind kind;
  char            *text;
  const char      *charset;
};

G_DEFINE_BOXED_TYPE (FetchPreview, fetch_preview, fetch_preview_copy, fetch_preview_free)

/* Types that are text, although they don't start with “text/”. */
static gboolean
is_declared_as_text (const char *content_type)
{
  static const char *const words[] = { "text/",      "json",       "xml",
                                       "javascript", "urlencoded", "yaml" };
  g_autofree char         *lower = NULL;

  if (content_type == NULL)
    return FALSE;

  lower = g_ascii_strdown (content_type, -1);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strstr (lower, words[i]) != NULL)
      return TRUE;

  return FALSE;
}

static gboolean
is_control (guchar byte)
{
  return byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\f' && byte != '\r' &&
         byte != '\033';
}

/* Text has few control characters. What somebody says is text has the benefit of the
 * doubt, and what nobody says is text has no NULs. */
static gboolean
looks_binary (const char *bytes, gsize size, const char *content_type)
{
  gsize n_controls = 0;

  if (fetch_visible_is_plain (bytes, size))
    return FALSE;

  for (gsize i = 0; i < size; i++)
    if (is_control (bytes[i]))
      n_controls++;

  if (is_declared_as_text (content_type))
    return n_controls > size / 2;

  return n_controls > size / 5 || memchr (bytes, '\0', size) != NULL;
}

static gboolean
is_wide (const char *charset)
{
  return g_str_has_prefix (charset, "UTF-16");
}

static char *
decode (const char *charset, const char *bytes, gsize size, gboolean is_cut)
{
  g_autofree char *utf8 = NULL;
  gsize            n_bytes;

  if (g_str_equal (charset, "UTF-8"))
    {
      if (is_cut)
        size = fetch_charset_size_without_cut_character (bytes, size);

      return fetch_visible_text (bytes, size);
    }

  utf8 = fetch_charset_to_utf8 (charset, bytes, size, is_cut, &n_bytes);

  return fetch_visible_text (utf8, n_bytes);
}

/**
 * fetch_preview_new:
 * @bytes: the first bytes of a body
 * @content_type: (nullable): what the server says that it is
 * @is_cut: whether there are more bytes than these
 *
 * May be called from any thread.
 *
 * Returns: (transfer full): a preview
 */
FetchPreview *
fetch_preview_new (GBytes *bytes, const char *content_type, gboolean is_cut)
{
  FetchPreview *self = g_new0 (FetchPreview, 1);
  gsize         size, bom_size;
  const char   *data = g_bytes_get_data (bytes, &size);
  const char   *charset = fetch_charset_find (bytes, content_type, is_cut, &bom_size);

  if (size == 0)
    {
      self->kind = FETCH_PREVIEW_EMPTY;
      self->text = g_strdup ("");
    }
  else if (!is_wide (charset) && looks_binary (data, size, content_type))
    {
      self->kind = FETCH_PREVIEW_BINARY;
      self->text = fetch_hex_dump (bytes);
    }
  else
    {
      self->kind = FETCH_PREVIEW_TEXT;
      self->text = decode (charset, data + bom_size, size - bom_size, is_cut);
      self->charset = charset;
    }

  return self;
}

/**
 * fetch_preview_new_for_result:
 * @result: what was fetched
 *
 * May be called from any thread.
 *
 * Returns: (transfer full): a preview of its first bytes
 */
FetchPreview *
fetch_preview_new_for_result (FetchResult *result)
{
  GBytes *bytes = fetch_result_get_first_bytes (result);

  return fetch_preview_new (bytes, fetch_result_get_content_type (result),
                            !fetch_result_is_complete (result) ||
                                fetch_result_get_size (result) >
                                    g_bytes_get_size (bytes));
}

/**
 * fetch_preview_copy:
 * @self: a preview
 *
 * Returns: (transfer full): one like it
 */
FetchPreview *
fetch_preview_copy (FetchPreview *self)
{
  FetchPreview *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new (FetchPreview, 1);
  *copy = *self;
  copy->text = g_strdup (self->text);

  return copy;
}

/**
 * fetch_preview_free:
 * @self: (transfer full): a preview
 */
void
fetch_preview_free (FetchPreview *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->text);
  g_free (self);
}

/**
 * fetch_preview_get_kind:
 * @self: a preview
 *
 * Returns: what the bytes are
 */
FetchPreviewKind
fetch_preview_get_kind (FetchPreview *self)
{
  g_return_val_if_fail (self != NULL, FETCH_PREVIEW_EMPTY);

  return self->kind;
}

/**
 * fetch_preview_get_text:
 * @self: a preview
 *
 * Returns: (transfer none): the text, or the hex dump; valid UTF-8 in which nothing is
 * hidden
 */
const char *
fetch_preview_get_text (FetchPreview *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->text;
}

/**
 * fetch_preview_get_charset:
 * @self: a preview
 *
 * Returns: (transfer none) (nullable): in which character set the text was; %NULL if it
 * is no text
 */
const char *
fetch_preview_get_charset (FetchPreview *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->charset;
}
