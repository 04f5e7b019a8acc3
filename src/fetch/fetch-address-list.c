/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-address-list-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fetch/fetch-charset.h"
#include "fetch/fetch-error.h"
#include "fetch/fetch-url.h"
#include "fetch/fetch-visible-text.h"

/*
 * The addresses that are in files, or in text from elsewhere, each once, and what stands
 * there that is none.
 *
 * Nothing is believed of what is read: it is bounded, in bytes and in lines, and takes a
 * time in proportion to its size, whatever is in it.
 */
struct _FetchAddressList
{
  GStringChunk *texts; /* of all that follows: they are freed at once */
  GPtrArray    *addresses;
  GArray       *bad_lines; /* of FetchBadLine, as many as are kept */
  guint         n_bad_lines;
  guint         n_duplicates;
  guint         n_skipped;
  gboolean      is_cut;
  gboolean      is_full;

  GTree *urls;        /* a set: the time that it takes can't be made to grow, as that of a
                       * hash table can by names that have the same hash */
  const char *source; /* of what is being read; NULL if it has no name */
};

#define CHUNK_SIZE (64 * 1024)

/* In the place of bytes that are no text. */
#define REPLACEMENT "\xef\xbf\xbd"

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer user_data G_GNUC_UNUSED)
{
  return strcmp (a, b);
}

static gboolean
fail (GError **error, const char *message)
{
  g_propagate_error (error, fetch_error_new (FETCH_ERROR_BAD_ADDRESS, message, NULL));

  return FALSE;
}

/* Nothing that is longer could be an address. A character is not cut in two. */
static char *
copy_start (const char *text, gsize length, gsize max_length)
{
  const char *end = text + length;

  if (length > max_length)
    end = g_utf8_find_prev_char (text, text + max_length + 1);

  return g_strndup (text, end != NULL ? end - text : 0);
}

/* Valid UTF-8 without a NUL in it. By itself, that is all that can be: who writes another
 * character set says so, by a byte order mark. */
static char *
decode (const char *data, gsize size, gboolean is_cut)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autofree char *decoded = NULL;
  gsize            bom_size;
  const char      *charset = fetch_charset_find (bytes, NULL, is_cut, &bom_size);
  gsize            length;

  data += bom_size;
  size -= bom_size;
  if (bom_size == 0 || g_str_equal (charset, "UTF-8"))
    {
      if (is_cut)
        size = fetch_charset_size_without_cut_character (data, size);
      return g_utf8_make_valid (data, size);
    }

  decoded = fetch_charset_to_utf8 (charset, data, size, is_cut, &length);

  return g_utf8_make_valid (decoded, length);
}

/* What was cut off may be half a line, and half an address is another one. */
static void
drop_last_line (char *text)
{
  gsize length = strlen (text);

  while (length > 0 && text[length - 1] != '\n' && text[length - 1] != '\r')
    length--;
  text[length] = '\0';
}

static gboolean
has_suffix (const char *name, const char *suffix)
{
  gsize length = name != NULL ? strlen (name) : 0;

  return length >= strlen (suffix) &&
         g_ascii_strcasecmp (name + length - strlen (suffix), suffix) == 0;
}

/* By what is in it, as far as that tells, and else by the name. */
static void
read_text (FetchAddressList *self, const char *text, const char *name)
{
  if (fetch_address_sitemap_is_one (text) || has_suffix (name, ".xml"))
    fetch_address_sitemap_read (self, text);
  else if (fetch_address_links_is_one (text) || has_suffix (name, ".html") ||
           has_suffix (name, ".htm"))
    fetch_address_links_read (self, text);
  else if (has_suffix (name, ".csv") || has_suffix (name, ".tsv") ||
           fetch_address_table_is_one (text))
    fetch_address_table_read (self, text);
  else
    fetch_address_text_read (self, text);
}

/* The size bounds one half of the work, and this the other. */
static gboolean
has_room (FetchAddressList *self)
{
  guint n_lines = self->addresses->len - 1 + self->n_duplicates + self->n_bad_lines;

  if (n_lines >= FETCH_ADDRESS_LIST_MAX_LINES)
    self->is_full = self->is_cut = TRUE;

  return !self->is_full;
}

/**
 * fetch_address_list_new:
 *
 * Returns: (transfer full): a list without anything in it, of whichever thread has it
 */
FetchAddressList *
fetch_address_list_new (void)
{
  FetchAddressList *self = g_new0 (FetchAddressList, 1);

  self->texts = g_string_chunk_new (CHUNK_SIZE);
  self->addresses = g_ptr_array_new ();
  g_ptr_array_add (self->addresses, NULL);
  self->bad_lines = g_array_new (FALSE, FALSE, sizeof (FetchBadLine));
  self->urls = g_tree_new_full (compare_cb, NULL, g_free, NULL);

  return self;
}

/**
 * fetch_address_list_free:
 * @self: (transfer full): a list
 */
void
fetch_address_list_free (FetchAddressList *self)
{
  g_tree_unref (self->urls);
  g_array_unref (self->bad_lines);
  g_ptr_array_unref (self->addresses);
  g_string_chunk_free (self->texts);
  g_free (self);
}

/* Whether there is no room for what has been found, nor for what may follow. */
gboolean
fetch_address_list_is_full (FetchAddressList *self)
{
  return self->is_full;
}

/* Returns whether there is a blank in @text, except for its ends. In a line of a list,
 * something else may follow an address: then it is for the user to say what is meant. */
static gboolean
has_blank (const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  return strchr (stripped, ' ') != NULL;
}

/* Without white space at its ends, which means nothing. */
void
fetch_address_list_add (FetchAddressList *self,
                        guint             line,
                        const char       *text,
                        gsize             length)
{
  g_autofree char *address = copy_start (text, length, FETCH_URL_MAX_LENGTH + 1);
  g_autoptr (GError) error = NULL;
  char *url = NULL;

  if (!has_room (self))
    return;

  if (!fetch_address_list_check (address, &url, &error))
    {
      fetch_address_list_add_bad_line (self, line, text, length, error->message);
      return;
    }

  if (g_tree_lookup (self->urls, url) != NULL)
    {
      g_free (url);
      self->n_duplicates++;
      return;
    }

  g_tree_insert (self->urls, url, url);
  self->addresses->pdata[self->addresses->len - 1] = g_string_chunk_insert (
      self->texts, g_strstrip (address));
  g_ptr_array_add (self->addresses, NULL);
}

void
fetch_address_list_add_bad_line (FetchAddressList *self,
                                 guint             line,
                                 const char       *text,
                                 gsize             length,
                                 const char       *reason)
{
  g_autofree char *start = NULL;
  g_autofree char *visible = NULL;
  g_autofree char *visible_start = NULL;

  if (!has_room (self) || self->n_bad_lines++ >= FETCH_ADDRESS_LIST_MAX_BAD_LINES)
    return;

  start = copy_start (text, length, FETCH_URL_MAX_LENGTH);
  visible = fetch_visible_line (start);
  visible_start = copy_start (visible, strlen (visible), FETCH_URL_MAX_LENGTH);
  g_array_append_vals (
      self->bad_lines,
      &(FetchBadLine){ .source = self->source,
                       .line = line,
                       .text = g_string_chunk_insert (self->texts, visible_start),
                       .reason = g_string_chunk_insert (self->texts, reason) },
      1);
}

/* Counts a line of a text that has other words in it, and no address. */
void
fetch_address_list_skip (FetchAddressList *self)
{
  self->n_skipped++;
}

/* What is found wrong in each line of a picture, say, is of no use to anybody. */
static void
forget_bad_lines (FetchAddressList *self, guint n_before, guint n_kept_before)
{
  self->n_bad_lines = n_before;
  g_array_set_size (self->bad_lines, n_kept_before);
  fetch_address_list_add_bad_line (self, 1, "", 0, _ ("This file is no text."));
}

/**
 * fetch_address_list_read:
 * @self: a list
 * @bytes: a list of addresses as somebody has it: a text with one on each line, or with
 *   some of them in it, a table (CSV), a page with links, such as the bookmarks that a
 *   browser exports, or a sitemap
 * @name: (nullable): the name of the file that it comes from
 *
 * Adds what is in there.
 *
 * May be called from any thread; large lists take their time.
 */
void
fetch_address_list_read (FetchAddressList *self, GBytes *bytes, const char *name)
{
  gsize            size;
  const char      *data = g_bytes_get_data (bytes, &size);
  gboolean         is_cut = size > FETCH_ADDRESS_LIST_MAX_SIZE;
  guint            n_addresses = self->addresses->len;
  guint            n_bad_lines = self->n_bad_lines;
  guint            n_kept = self->bad_lines->len;
  g_autofree char *text = NULL;

  if (size == 0 || fetch_address_list_is_full (self))
    return;

  text = decode (data, MIN (size, FETCH_ADDRESS_LIST_MAX_SIZE), is_cut);
  if (is_cut)
    drop_last_line (text);
  self->is_cut = self->is_cut || is_cut;

  if (name != NULL)
    {
      g_autofree char *visible = fetch_visible_line (name);

      self->source = g_string_chunk_insert_const (self->texts, visible);
    }
  read_text (self, text, name);
  if (self->addresses->len == n_addresses && strstr (text, REPLACEMENT) != NULL &&
      self->n_bad_lines > n_bad_lines && memchr (data, '\0', size) != NULL)
    forget_bad_lines (self, n_bad_lines, n_kept);
  self->source = NULL;
}

/**
 * fetch_address_list_get_addresses:
 * @self: a list
 *
 * Returns: (array zero-terminated=1) (transfer none): the addresses, in their order, each
 *   as it stood there first
 */
const char *const *
fetch_address_list_get_addresses (FetchAddressList *self)
{
  return (const char *const *) self->addresses->pdata;
}

/**
 * fetch_address_list_get_n_addresses:
 * @self: a list
 *
 * Returns: how many addresses there are
 */
guint
fetch_address_list_get_n_addresses (FetchAddressList *self)
{
  return self->addresses->len - 1;
}

/**
 * fetch_address_list_find:
 * @self: a list
 * @url: a URL, as a [struct@FetchRequest] has it
 *
 * Returns: (transfer none) (nullable): the URL as the list has it, if one of its
 * addresses means the same
 */
const char *
fetch_address_list_find (FetchAddressList *self, const char *url)
{
  return g_tree_lookup (self->urls, url);
}

/**
 * fetch_address_list_get_n_duplicates:
 * @self: a list
 *
 * Returns: how many more there were, that mean the same as others
 */
guint
fetch_address_list_get_n_duplicates (FetchAddressList *self)
{
  return self->n_duplicates;
}

/**
 * fetch_address_list_get_bad_lines:
 * @self: a list
 * @n_shown: (out): how many are kept
 *
 * Returns: (array length=n_shown) (transfer none): what is no address, in its order, as
 *   long as @self is there and nothing is added to it
 */
const FetchBadLine *
fetch_address_list_get_bad_lines (FetchAddressList *self, guint *n_shown)
{
  *n_shown = self->bad_lines->len;

  return (const FetchBadLine *) self->bad_lines->data;
}

/**
 * fetch_address_list_get_n_bad_lines:
 * @self: a list
 *
 * Returns: how many there were, with those that are not kept
 */
guint
fetch_address_list_get_n_bad_lines (FetchAddressList *self)
{
  return self->n_bad_lines;
}

/**
 * fetch_address_list_get_n_skipped:
 * @self: a list
 *
 * Returns: the number of lines without an address, in a text that has addresses between
 *   other words
 */
guint
fetch_address_list_get_n_skipped (FetchAddressList *self)
{
  return self->n_skipped;
}

/**
 * fetch_address_list_is_cut:
 * @self: a list
 *
 * Returns: whether there was more than is read
 */
gboolean
fetch_address_list_is_cut (FetchAddressList *self)
{
  return self->is_cut;
}

/**
 * fetch_address_list_is_plain:
 * @text: the start of a list, in UTF-8, as far as it has come: whole lines
 *
 * Tells whether a list has one address on each line, as far as that can be seen. Its
 * lines can then be read one by one; of others, such as CSV or a sitemap, a reader has to
 * see the whole.
 *
 * Thread-safe.
 *
 * Returns: %TRUE if each line stands by itself
 */
gboolean
fetch_address_list_is_plain (const char *text)
{
  const char *first = text + strspn (text, " \t\r\n");

  /* Markup and JSON begin so, and no address does. */
  if (*first == '<' || *first == '{' || *first == '[')
    return FALSE;

  return !fetch_address_table_is_one (text) && !fetch_address_text_is_prose (text);
}

/**
 * fetch_address_list_check:
 * @text: the text of a line, as it was read or as it is shown
 * @url: (out) (optional): where to put the address as it is fetched
 * @error: where to put a sentence that says what is wrong with it
 *
 * As [func@fetch_url_parse], for what may have lost something: what stands for characters
 * that can't be seen, or for bytes that are no text, is not taken for a part of an
 * address.
 *
 * May be called from any thread.
 *
 * Returns: whether it is an address
 */
gboolean
fetch_address_list_check (const char *text, char **url, GError **error)
{
  g_autofree char *own_url = NULL;
  g_autofree char *fallback_url = NULL;

  if (strstr (text, REPLACEMENT) != NULL)
    return fail (error, _ ("There is something in the address that is not text. Replace "
                           "“\xef\xbf\xbd” by what it was."));
  if (strstr (text, "‹") != NULL || strstr (text, "›") != NULL)
    return fail (error, _ ("There is an invisible character in the address. Remove what "
                           "stands for it: “‹”, “›”, and what is between them."));
  if (!fetch_url_parse (text, &own_url, &fallback_url, error))
    return FALSE;
  if (has_blank (text))
    return fail (error,
                 /* xgettext:no-c-format */
                 _ ("An address can’t contain spaces or line breaks. Write a space as "
                    "%20."));

  if (url != NULL)
    *url = g_steal_pointer (&own_url);

  return TRUE;
}
