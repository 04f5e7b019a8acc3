/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-address-list-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fetch/fetch-url.h"

/*
 * The addresses that a web site lists for search engines (sitemaps.org), or those of more
 * such lists.
 */
typedef struct
{
  FetchAddressList *list;
  guint             depth;
  gboolean          is_address; /* what is read now */
  guint             line;       /* where it begins */
  GString          *address;    /* its beginning, as far as it could be of use */
} Sitemap;

/* GMarkup remembers each element that is open. */
#define MAX_DEPTH 64

#define START_SIZE 4096
#define CHUNK_SIZE (64 * 1024)

static guint
get_line (GMarkupParseContext *context)
{
  int line;

  g_markup_parse_context_get_position (context, &line, NULL);

  return line;
}

static void
start_element_cb (GMarkupParseContext *context,
                  const char          *name,
                  const char         **attribute_names G_GNUC_UNUSED,
                  const char         **attribute_values G_GNUC_UNUSED,
                  gpointer             user_data,
                  GError             **error)
{
  Sitemap *self = user_data;

  if (++self->depth > MAX_DEPTH)
    {
      g_set_error_literal (error, G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT,
                           "no sitemap");
      return;
    }

  self->is_address = g_str_equal (name, "loc");
  self->line = get_line (context);
  g_string_truncate (self->address, 0);
}

static void
text_cb (GMarkupParseContext *context G_GNUC_UNUSED,
         const char          *text,
         gsize                length,
         gpointer             user_data,
         GError             **error G_GNUC_UNUSED)
{
  Sitemap *self = user_data;
  gsize    room = FETCH_URL_MAX_LENGTH + 1 - self->address->len;

  if (self->is_address)
    g_string_append_len (self->address, text, MIN (length, room));
}

static void
end_element_cb (GMarkupParseContext *context G_GNUC_UNUSED,
                const char          *name G_GNUC_UNUSED,
                gpointer             user_data,
                GError             **error G_GNUC_UNUSED)
{
  Sitemap *self = user_data;

  self->depth--;
  if (self->is_address)
    fetch_address_list_add (self->list, self->line, self->address->str,
                            self->address->len);
  self->is_address = FALSE;
}

gboolean
fetch_address_sitemap_is_one (const char *text)
{
  text += strspn (text, " \t\r\n");

  return *text == '<' && (g_strstr_len (text, START_SIZE, "<urlset") != NULL ||
                          g_strstr_len (text, START_SIZE, "<sitemapindex") != NULL);
}

void
fetch_address_sitemap_read (FetchAddressList *list, const char *text)
{
  static const GMarkupParser parser = { .start_element = start_element_cb,
                                        .end_element = end_element_cb,
                                        .text = text_cb };
  Sitemap                    sitemap = { .list = list, .address = g_string_new (NULL) };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (
      &parser, G_MARKUP_TREAT_CDATA_AS_TEXT, &sitemap, NULL);
  const char *end = text + strlen (text);
  gboolean    is_good = TRUE;

  /* White space before the declaration is a mistake that many make. */
  for (const char *p = text; p < end && is_good && !fetch_address_list_is_full (list);
       p += CHUNK_SIZE)
    is_good = g_markup_parse_context_parse (context, p, MIN (CHUNK_SIZE, end - p), NULL);
  if (is_good && !fetch_address_list_is_full (list))
    is_good = g_markup_parse_context_end_parse (context, NULL);

  if (!is_good)
    fetch_address_list_add_bad_line (
        list, get_line (context), "", 0,
        _ ("From here on, the file can’t be read: it is damaged, or no sitemap."));
  g_string_free (sitemap.address, TRUE);
}
