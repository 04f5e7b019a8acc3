/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-line-reader.h"

#include <string.h>

/*
 * Lines from a stream that may have no end, and a line that may have none: no more is
 * read than is asked for, and no more is kept of a line than its bound and one byte, by
 * which it is known to be too long.
 */
struct _MorselLineReader
{
  GInputStream *input;
  gsize         max_length;
  GBytes       *chunk;
  gsize         position;     /* in the chunk */
  GString      *line;         /* the beginning of one */
  guint64       number;       /* of it, from 1 */
  gboolean      after_return; /* a line feed belongs to the end that was read */
  gboolean      is_at_end;
};

#define CHUNK_SIZE (64 * 1024)

/**
 * morsel_line_reader_new:
 * @input: where to read
 * @max_length: how many bytes of a line are of use
 *
 * Returns: (transfer full): a reader
 */
MorselLineReader *
morsel_line_reader_new (GInputStream *input, gsize max_length)
{
  MorselLineReader *self = g_rc_box_new0 (MorselLineReader);

  self->input = g_object_ref (input);
  self->max_length = max_length;
  self->line = g_string_new (NULL);
  self->number = 1;

  return self;
}

/**
 * morsel_line_reader_ref:
 * @self: a reader
 *
 * Returns: (transfer full): @self
 */
MorselLineReader *
morsel_line_reader_ref (MorselLineReader *self)
{
  return g_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  MorselLineReader *self = data;

  g_object_unref (self->input);
  g_clear_pointer (&self->chunk, g_bytes_unref);
  g_string_free (self->line, TRUE);
}

/**
 * morsel_line_reader_unref:
 * @self: (transfer full): a reader
 */
void
morsel_line_reader_unref (MorselLineReader *self)
{
  g_rc_box_release_full (self, clear);
}

static char *
take_line (MorselLineReader *self)
{
  char *line = g_strndup (self->line->str, self->line->len);

  g_string_truncate (self->line, 0);

  return line;
}

/* A NUL would end the line for whoever reads it, and hide the rest: it becomes something
 * that nobody takes for a character of an address. */
static void
append (MorselLineReader *self, char byte)
{
  if (self->line->len <= self->max_length)
    g_string_append_c (self->line, byte != '\0' ? byte : '\1');
}

/* Counts the line. Returns FALSE for the second half of a line end of two bytes. */
static gboolean
end_line (MorselLineReader *self, char byte, guint64 *number)
{
  gboolean is_second = byte == '\n' && self->after_return && self->line->len == 0;

  self->after_return = byte == '\r';
  if (is_second)
    return FALSE;

  if (number != NULL)
    *number = self->number;
  self->number++;

  return TRUE;
}

/**
 * morsel_line_reader_unread:
 * @self: a reader that has read nothing
 * @bytes: what somebody else has read of the stream
 * @is_at_end: whether nothing follows it
 *
 * Gives back the start of the stream.
 */
void
morsel_line_reader_unread (MorselLineReader *self, GBytes *bytes, gboolean is_at_end)
{
  g_return_if_fail (self->chunk == NULL);

  self->chunk = g_bytes_ref (bytes);
  self->is_at_end = is_at_end;
}

/**
 * morsel_line_reader_pop:
 * @self: a reader
 * @number: (out) (optional): return location for the number of the line, from 1
 *
 * Takes one line out of what was read. Blank lines are left out.
 *
 * Returns: (transfer full) (nullable): a line without its end; %NULL if more has to be
 *   read first, or there is none any more
 */
char *
morsel_line_reader_pop (MorselLineReader *self, guint64 *number)
{
  gsize       size = 0;
  const char *bytes = self->chunk != NULL ? g_bytes_get_data (self->chunk, &size) : NULL;

  while (self->position < size)
    {
      char byte = bytes[self->position++];

      if (byte != '\n' && byte != '\r')
        append (self, byte);
      else if (end_line (self, byte, number) && self->line->len > 0)
        return take_line (self);
    }

  if (self->is_at_end && self->line->len > 0)
    {
      end_line (self, '\n', number);
      return take_line (self);
    }

  return NULL;
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  MorselLineReader *self = g_task_get_task_data (task);
  GError           *error = NULL;

  g_clear_pointer (&self->chunk, g_bytes_unref);
  self->position = 0;
  self->chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result,
                                                  &error);
  self->is_at_end = self->chunk == NULL || g_bytes_get_size (self->chunk) == 0;

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, !self->is_at_end);
}

/**
 * morsel_line_reader_fill_async:
 * @self: a reader that has no whole line left
 * @callback: (scope async): what to call when more has been read
 * @user_data: data for @callback
 *
 * Reads some more.
 */
void
morsel_line_reader_fill_async (MorselLineReader   *self,
                               GAsyncReadyCallback callback,
                               gpointer            user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_task_data (task, morsel_line_reader_ref (self),
                        (GDestroyNotify) (void (*) (void)) morsel_line_reader_unref);
  g_input_stream_read_bytes_async (self->input, CHUNK_SIZE, G_PRIORITY_DEFAULT_IDLE, NULL,
                                   read_cb, task);
}

/**
 * morsel_line_reader_fill_finish:
 * @self: a reader
 * @result: what the callback got
 * @error: where to put what went wrong
 *
 * Returns: whether there is, or may be, more; if not, one last line may be there to pop
 */
gboolean
morsel_line_reader_fill_finish (MorselLineReader *self G_GNUC_UNUSED,
                                GAsyncResult     *result,
                                GError          **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
