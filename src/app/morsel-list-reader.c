/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-list-reader.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/morsel-address-file.h"
#include "app/morsel-line-reader.h"
#include "backgroundcall/backgroundcall.h"
#include "fetch/fetch-address-list.h"
#include "fetch/fetch-error.h"
#include "fetch/fetch-url.h"
#include "fetch/fetch-visible-text.h"

/*
 * A list of addresses that is read for `morsel --print`, by the same code as the
 * window's.
 *
 * A file is read whole. A stream may have no end, and its addresses are wanted while it
 * is being written: the first lines that have something in them decide what it is. If
 * each line stands by itself, the rest is read line by line, and no more is kept of it
 * than one block and one line. Of CSV, bookmarks, a sitemap, prose and UTF-16 the reader
 * has to see the whole, as far as the bounds of FetchAddressList go.
 */
struct _MorselListReader
{
  char         *name; /* NULL if it has none */
  GFile        *file; /* NULL if it is a stream, or has been read */
  GInputStream *input;
  GByteArray   *start;    /* what came before it was known what it is */
  gboolean      is_whole; /* of the stream, the start is not enough */

  MorselLineReader *lines; /* NULL unless each line stands by itself */

  BackgroundCall   *call;     /* NULL, or what has returned the list */
  FetchAddressList *own_list; /* NULL, or of the line that is taken apart */
  guint64           own_line;
  guint             n_addresses; /* of the list, those that were taken */
  guint             n_bad_lines;
  guint64           n_skipped;
  gboolean          was_cut;
};

/* At most as much is read in one go. What has no line with something in it until then, is
 * read line by line. */
#define CHUNK_SIZE (64 * 1024)

static MorselListReader *
list_reader_new (void)
{
  MorselListReader *self = g_rc_box_new0 (MorselListReader);

  self->start = g_byte_array_new ();

  return self;
}

static void
clear (gpointer data)
{
  MorselListReader *self = data;

  g_free (self->name);
  g_clear_object (&self->file);
  g_clear_object (&self->input);
  g_byte_array_unref (self->start);
  g_clear_pointer (&self->lines, morsel_line_reader_unref);
  g_clear_object (&self->call);
  g_clear_pointer (&self->own_list, fetch_address_list_free);
}

/* What a worker reads. */
typedef struct
{
  GFile  *file;  /* NULL, or */
  GBytes *bytes; /* NULL */
} Source;

static void
source_free (gpointer data)
{
  Source *self = data;

  g_clear_object (&self->file);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

static void
list_free (gpointer list)
{
  fetch_address_list_free (list);
}

/* On a worker. */
static gpointer
read_list (BackgroundPromise *promise, gpointer data, GError **error)
{
  Source *source = data;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char  *name = NULL;
  FetchAddressList *list;

  if (source->file != NULL)
    {
      name = g_file_get_basename (source->file);
      bytes = morsel_address_file_read (
          source->file, background_promise_get_cancellable (promise), error);
      if (bytes == NULL)
        return NULL;
    }
  else
    bytes = g_bytes_ref (source->bytes);

  list = fetch_address_list_new ();
  fetch_address_list_read (list, bytes, name);

  return list;
}

static FetchAddressList *
get_list (MorselListReader *self)
{
  return self->call != NULL
             ? background_call_get_return (self->call, BACKGROUND_CALL_NO_WAIT, NULL)
             : self->own_list;
}

static gboolean
poll_cb (BackgroundCall *call, gpointer user_data)
{
  GTask            *task = user_data;
  MorselListReader *self = g_task_get_task_data (task);
  const GError     *error;

  if (!background_call_is_done (call))
    return G_SOURCE_CONTINUE;

  error = background_call_get_error (call);
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    {
      self->call = g_object_ref (call);
      self->was_cut = fetch_address_list_is_cut (get_list (self));
      self->n_skipped += fetch_address_list_get_n_skipped (get_list (self));
      g_task_return_boolean (task, FALSE);
    }

  return G_SOURCE_REMOVE;
}

/* Takes the source. */
static void
begin_list (GTask *task, Source *source)
{
  g_autoptr (BackgroundCall) call = background_call_new_full (
      read_list, source, source_free, list_free, NULL, G_PRIORITY_DEFAULT, NULL);

  background_call_watch (call, NULL, poll_cb, task, g_object_unref);
}

typedef enum
{
  START_IS_TOO_SHORT,
  START_IS_PLAIN,
  START_IS_OTHER,
} StartKind;

/* UTF-16 and UTF-32 have a mark (RFC 2781), or are told by their NULs. */
static gboolean
is_wide (GByteArray *start)
{
  return start->len > 0 && (start->data[0] == 0xfe || start->data[0] == 0xff ||
                            memchr (start->data, '\0', start->len) != NULL);
}

static gsize
get_mark_size (GByteArray *start)
{
  return start->len >= 3 && memcmp (start->data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* The lines that are there to their end. */
static char *
dup_lines (GByteArray *start, gboolean is_at_end)
{
  const char *text;
  gsize       size = start->len - get_mark_size (start);

  if (size == 0)
    return g_strdup ("");

  text = (const char *) start->data + get_mark_size (start);
  while (!is_at_end && size > 0 && text[size - 1] != '\n' && text[size - 1] != '\r')
    size--;

  return g_utf8_make_valid (text, size);
}

/* Whether there is more than blank lines and comments. */
static gboolean
has_line (const char *lines)
{
  while (*lines != '\0')
    {
      const char *text = lines + strspn (lines, " \t");

      if (strchr ("#\r\n", *text) == NULL)
        return TRUE;
      lines = text + strcspn (text, "\r\n");
      lines += strspn (lines, "\r\n");
    }

  return FALSE;
}

static StartKind
look_at_start (MorselListReader *self, gboolean is_at_end)
{
  g_autofree char *lines = NULL;

  if (self->is_whole || is_wide (self->start))
    return START_IS_OTHER;

  lines = dup_lines (self->start, is_at_end || self->start->len >= CHUNK_SIZE);
  if (!is_at_end && self->start->len < CHUNK_SIZE && !has_line (lines))
    return START_IS_TOO_SHORT;

  return fetch_address_list_is_plain (lines) ? START_IS_PLAIN : START_IS_OTHER;
}

static void
begin_lines (MorselListReader *self, gboolean is_at_end)
{
  gsize mark_size = get_mark_size (self->start);
  g_autoptr (GBytes)
      bytes = g_bytes_new (self->start->data + mark_size, self->start->len - mark_size);

  self->lines = morsel_line_reader_new (self->input, FETCH_URL_MAX_LENGTH);
  morsel_line_reader_unread (self->lines, bytes, is_at_end);
  g_byte_array_set_size (self->start, 0);
}

static void
begin_whole (MorselListReader *self, GTask *task)
{
  Source *source = g_new0 (Source, 1);

  source->bytes = g_byte_array_free_to_bytes (self->start);
  self->start = g_byte_array_new ();
  begin_list (task, source);
}

static void
start_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MorselListReader *self = g_task_get_task_data (task);
  GError           *error = NULL;
  g_autoptr (GBytes)
      bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  gboolean is_at_end;

  if (bytes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  is_at_end = g_bytes_get_size (bytes) == 0;
  g_byte_array_append (self->start, g_bytes_get_data (bytes, NULL),
                       g_bytes_get_size (bytes));

  switch (look_at_start (self, is_at_end))
    {
    case START_IS_PLAIN:
      begin_lines (self, is_at_end);
      g_task_return_boolean (task, !is_at_end);
      break;

    case START_IS_OTHER:
      self->is_whole = TRUE;
      if (is_at_end || self->start->len > FETCH_ADDRESS_LIST_MAX_SIZE)
        {
          begin_whole (self, g_steal_pointer (&task));
          break;
        }
      G_GNUC_FALLTHROUGH;

    case START_IS_TOO_SHORT:
    default:
      g_input_stream_read_bytes_async (self->input, CHUNK_SIZE, G_PRIORITY_DEFAULT_IDLE,
                                       NULL, start_read_cb, g_steal_pointer (&task));
    }
}

static void
lines_filled_cb (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MorselListReader *self = g_task_get_task_data (task);
  GError           *error = NULL;
  gboolean has_more = morsel_line_reader_fill_finish (self->lines, result, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, has_more);
}

/* Whether the line can only be one address, or none: there is nothing between its
 * characters that could end one. */
static gboolean
is_one_word (const char *line)
{
  const char *p = line;

  if (!g_ascii_isalnum (*line))
    return FALSE;

  while (g_ascii_isgraph (*p))
    p++;

  return *p == '\0';
}

/* Takes a line apart that has something else in it, too. */
static void
take_apart (MorselListReader *self, const char *line, guint64 number)
{
  g_autoptr (GBytes) bytes = g_bytes_new (line, strlen (line));

  self->own_list = fetch_address_list_new ();
  self->own_line = number;
  self->n_addresses = self->n_bad_lines = 0;
  fetch_address_list_read (self->own_list, bytes, NULL);
  self->n_skipped += fetch_address_list_get_n_skipped (self->own_list);
}

static gboolean
pop_of_list (MorselListReader *self, FetchAddressList *list, MorselListItem *item)
{
  const char *const  *addresses = fetch_address_list_get_addresses (list);
  guint               n_bad_lines;
  const FetchBadLine *bad_lines = fetch_address_list_get_bad_lines (list, &n_bad_lines);

  if (addresses[self->n_addresses] != NULL)
    {
      item->text = g_strdup (addresses[self->n_addresses++]);
      return TRUE;
    }

  if (self->n_bad_lines < n_bad_lines)
    {
      const FetchBadLine *line = &bad_lines[self->n_bad_lines++];

      item->text = g_strdup (line->text);
      item->line = self->own_line > 0 ? self->own_line : line->line;
      item->error = fetch_error_new (FETCH_ERROR_BAD_ADDRESS, line->reason, NULL);
      return TRUE;
    }

  return FALSE;
}

/* Frees the list, of which nothing is left. */
static void
end_list (MorselListReader *self)
{
  g_clear_object (&self->call);
  g_clear_pointer (&self->own_list, fetch_address_list_free);
  self->own_line = 0;
}

/**
 * morsel_list_item_clear:
 * @item: an item
 */
void
morsel_list_item_clear (MorselListItem *item)
{
  g_clear_pointer (&item->text, g_free);
  g_clear_error (&item->error);
}

/**
 * morsel_list_reader_new_for_stream:
 * @input: a stream, such as standard input
 *
 * Returns: (transfer full): a reader
 */
MorselListReader *
morsel_list_reader_new_for_stream (GInputStream *input)
{
  MorselListReader *self = list_reader_new ();

  self->input = g_object_ref (input);

  return self;
}

/**
 * morsel_list_reader_new_for_file:
 * @file: a file
 *
 * Returns: (transfer full): a reader
 */
MorselListReader *
morsel_list_reader_new_for_file (GFile *file)
{
  MorselListReader *self = list_reader_new ();
  g_autofree char  *name = g_file_get_basename (file);

  self->file = g_object_ref (file);
  self->name = fetch_visible_line (name);

  return self;
}

/**
 * morsel_list_reader_ref:
 * @self: a reader
 *
 * Returns: (transfer full): @self
 */
MorselListReader *
morsel_list_reader_ref (MorselListReader *self)
{
  return g_rc_box_acquire (self);
}

/**
 * morsel_list_reader_unref:
 * @self: (transfer full): a reader
 */
void
morsel_list_reader_unref (MorselListReader *self)
{
  g_rc_box_release_full (self, clear);
}

/**
 * morsel_list_reader_get_name:
 * @self: a reader
 *
 * Returns: (transfer none) (nullable): the name of the file, to be shown; %NULL for a
 *   stream
 */
const char *
morsel_list_reader_get_name (MorselListReader *self)
{
  return self->name;
}

/**
 * morsel_list_reader_get_n_skipped:
 * @self: a reader
 *
 * Returns: the number of lines so far that have other words in them, and no address
 */
guint64
morsel_list_reader_get_n_skipped (MorselListReader *self)
{
  return self->n_skipped;
}

/**
 * morsel_list_reader_pop:
 * @self: a reader
 * @item: (out): return location for what comes next, to be cleared
 *
 * Takes one item out of what was read.
 *
 * Returns: %FALSE if more has to be read first, or there is none any more
 */
gboolean
morsel_list_reader_pop (MorselListReader *self, MorselListItem *item)
{
  *item = (MorselListItem){ 0 };

  while (TRUE)
    {
      FetchAddressList *list = get_list (self);
      g_autofree char  *line = NULL;

      if (list != NULL && pop_of_list (self, list, item))
        return TRUE;

      end_list (self);
      if (self->was_cut)
        {
          self->was_cut = FALSE;
          item->error = fetch_error_new (
              FETCH_ERROR_TOO_LARGE, _ ("The list is too long. Only its start was read."),
              NULL);
          return TRUE;
        }

      if (self->lines != NULL)
        line = morsel_line_reader_pop (self->lines, &item->line);
      if (line == NULL)
        return FALSE;

      g_strstrip (line);
      if (is_one_word (line))
        {
          item->text = g_steal_pointer (&line);
          return TRUE;
        }
      if (*line != '\0' && *line != '#')
        take_apart (self, line, item->line);
    }
}

/**
 * morsel_list_reader_fill_async:
 * @self: a reader that has nothing left
 * @callback: (scope async): a #GAsyncReadyCallback
 * @user_data: data to pass to @callback
 *
 * Reads some more. Must not be called while it reads, nor after the end.
 */
void
morsel_list_reader_fill_async (MorselListReader   *self,
                               GAsyncReadyCallback callback,
                               gpointer            user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_task_data (task, morsel_list_reader_ref (self),
                        (GDestroyNotify) (void (*) (void)) morsel_list_reader_unref);

  if (self->file != NULL)
    {
      Source *source = g_new0 (Source, 1);

      source->file = g_steal_pointer (&self->file);
      begin_list (task, source);
    }
  else if (self->lines != NULL)
    morsel_line_reader_fill_async (self->lines, lines_filled_cb, task);
  else
    g_input_stream_read_bytes_async (self->input, CHUNK_SIZE, G_PRIORITY_DEFAULT_IDLE,
                                     NULL, start_read_cb, task);
}

/**
 * morsel_list_reader_fill_finish:
 * @self: a reader
 * @result: a #GAsyncResult
 * @error: return location for a #GError, or %NULL
 *
 * Returns: %TRUE if there is, or may be, more to read; if not, the last items may be
 * there to pop
 */
gboolean
morsel_list_reader_fill_finish (MorselListReader *self G_GNUC_UNUSED,
                                GAsyncResult     *result,
                                GError          **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
