/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Lists that come in pieces of any size: each line comes out, none longer than its bound.
 */

#include "fuzz.h"

#include <string.h>

#include "app/morsel-line-reader.h"

/*
 * A stream whose reads are as short as the input says, as those from a pipe may be.
 */
#define SHORT_TYPE_STREAM (short_stream_get_type ())
G_DECLARE_FINAL_TYPE (ShortStream, short_stream, SHORT, STREAM, GMemoryInputStream)

struct _ShortStream
{
  GMemoryInputStream parent_instance;

  const uint8_t *sizes;
  gsize          n_sizes;
  gsize          n_reads;
};

G_DEFINE_FINAL_TYPE (ShortStream, short_stream, G_TYPE_MEMORY_INPUT_STREAM)

static gssize
short_stream_read (GInputStream *stream,
                   void         *buffer,
                   gsize         size,
                   GCancellable *cancellable,
                   GError      **error)
{
  ShortStream *self = SHORT_STREAM (stream);

  if (self->n_sizes > 0)
    size = MIN (size, 1 + (gsize) self->sizes[self->n_reads++ % self->n_sizes]);

  return G_INPUT_STREAM_CLASS (short_stream_parent_class)
      ->read_fn (stream, buffer, size, cancellable, error);
}

static void
short_stream_class_init (ShortStreamClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = short_stream_read;
}

static void
short_stream_init (ShortStream *self G_GNUC_UNUSED)
{
}

static void
filled_cb (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* Returns whether there is, or may be, more. */
static gboolean
fill (MorselLineReader *reader)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_there_more;

  morsel_line_reader_fill_async (reader, filled_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  is_there_more = morsel_line_reader_fill_finish (reader, result, &error);
  g_assert_no_error (error);

  return is_there_more;
}

static GPtrArray *
read_lines (GInputStream *stream, gsize max_length)
{
  g_autoptr (MorselLineReader) reader = morsel_line_reader_new (stream, max_length);
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  gboolean   is_there_more = TRUE;

  while (TRUE)
    {
      char *line = morsel_line_reader_pop (reader, NULL);

      if (line != NULL)
        g_ptr_array_add (lines, line);
      else if (is_there_more)
        is_there_more = fill (reader);
      else
        return lines;
    }
}

/* The same, with all of it in memory. */
static GPtrArray *
split_lines (const uint8_t *data, gsize size, gsize max_length)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  gsize      start = 0;

  for (gsize i = 0; i <= size; i++)
    {
      char *line;

      if (i < size && data[i] != '\n' && data[i] != '\r')
        continue;

      line = g_strndup ("", MIN (i - start, max_length + 1));
      for (gsize j = start; j < i && j - start <= max_length; j++)
        line[j - start] = data[j] != '\0' ? data[j] : '\1';
      if (i > start)
        g_ptr_array_add (lines, line);
      else
        g_free (line);
      start = i + 1;
    }

  return lines;
}

static void
check_lines (GPtrArray *lines, GPtrArray *expected, gsize max_length)
{
  g_assert_cmpuint (lines->len, ==, expected->len);
  for (guint i = 0; i < lines->len; i++)
    {
      g_assert_cmpuint (strlen (lines->pdata[i]), <=, max_length + 1);
      g_assert_cmpstr (lines->pdata[i], ==, expected->pdata[i]);
    }
}

/* The input is the bound of a line, how many sizes of pieces follow, these, and what is
 * read. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (ShortStream) stream = NULL;
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (GPtrArray) expected = NULL;
  gsize max_length;
  gsize n_sizes;

  if (size < 2)
    return 0;

  max_length = data[0];
  n_sizes = MIN (data[1], size - 2);
  data += 2;
  size -= 2;

  stream = g_object_new (SHORT_TYPE_STREAM, NULL);
  stream->sizes = data;
  stream->n_sizes = n_sizes;
  data += n_sizes;
  size -= n_sizes;
  g_memory_input_stream_add_data (G_MEMORY_INPUT_STREAM (stream), data, size, NULL);

  lines = read_lines (G_INPUT_STREAM (stream), max_length);
  expected = split_lines (data, size, max_length);
  check_lines (lines, expected, max_length);

  return 0;
}
