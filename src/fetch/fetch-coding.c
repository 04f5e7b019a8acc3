/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-coding-format-private.h"

/*
 * Undoes one coding of a body as it arrives.
 *
 * The libraries decode a single stream, and don't tell when the input ends before that.
 * Here is what they leave to the caller: where a stream begins, that another one may
 * follow it (a gzip member, a zstd frame), that other bytes may, and that the last one
 * has not ended.
 */

/* Tells whether the coding can be undone. Thread-safe. */
gboolean
fetch_coding_is_known (const char *name)
{
  return fetch_coding_format_find (name) != NULL;
}

/* Creates what undoes the coding, which must be known. */
FetchCoding *
fetch_coding_new (const char *name)
{
  FetchCoding *self = g_new0 (FetchCoding, 1);

  self->format = fetch_coding_format_find (name);
  g_assert (self->format != NULL);

  return self;
}

void
fetch_coding_free (FetchCoding *self)
{
  if (self->is_open)
    self->format->close (self);
  g_free (self);
}

/* Adds input, when there is none left. The caller keeps @bytes until all of it is read,
 * or dropped. */
void
fetch_coding_feed (FetchCoding *self, const guint8 *bytes, gsize size)
{
  g_assert (self->n_input == 0);

  self->input = bytes;
  self->n_input = size;
  self->has_input |= size > 0;
}

/* Returns the number of bytes that were fed and not read, and of which nothing is kept
 * here. */
gsize
fetch_coding_get_n_unread (FetchCoding *self)
{
  return self->n_input;
}

/* Forgets the input that is left. The caller feeds it again, later. */
void
fetch_coding_drop_unread (FetchCoding *self)
{
  self->input = NULL;
  self->n_input = 0;
}

/* Reads the bytes that tell whether a stream begins here. Returns whether one does: if
 * not, more input is needed, or it is over, or damaged. */
static gboolean
find_stream (FetchCoding *self)
{
  const FetchCodingFormat *format = self->format;

  while (self->n_prefix < format->n_prefix && self->n_input > 0)
    {
      self->prefix[self->n_prefix++] = *self->input++;
      self->n_input--;

      if (format->is_prefix (self->prefix, self->n_prefix))
        continue;

      if (self->n_streams == 0)
        self->damage = "it does not begin as such data does";
      else
        {
          self->place = FETCH_CODING_AFTER_STREAMS;
          self->has_trailing_data = TRUE;
        }
      return FALSE;
    }

  return self->n_prefix == format->n_prefix && (self->n_input > 0 || self->n_prefix > 0);
}

static void
open_stream (FetchCoding *self)
{
  if (!self->format->open (self))
    {
      self->damage = "out of memory";
      return;
    }

  self->is_open = TRUE;
  self->place = FETCH_CODING_IN_STREAM;
  self->n_prefix_used = 0;
}

static void
end_stream (FetchCoding *self)
{
  self->n_streams++;
  self->n_prefix = 0;
  self->n_prefix_used = 0;
  self->place = self->format->can_repeat ? FETCH_CODING_BETWEEN_STREAMS
                                         : FETCH_CODING_AFTER_STREAMS;
}

static gboolean
has_to_do (FetchCoding *self)
{
  return self->n_input > 0 || self->n_prefix_used < self->n_prefix ||
         self->has_filled_output;
}

/* The bytes that were read to find the stream come first. Returns whether more can be
 * done with the same input and output. */
static gboolean
decode_stream (FetchCoding *self, FetchCodingBuffers *output)
{
  gboolean           is_prefix = self->n_prefix_used < self->n_prefix;
  FetchCodingBuffers buffers = *output;
  gsize              n_read;
  FetchStreamStatus  status;

  buffers.input = is_prefix ? self->prefix + self->n_prefix_used : self->input;
  buffers.n_input = is_prefix ? self->n_prefix - self->n_prefix_used : self->n_input;
  n_read = buffers.n_input;
  status = self->format->decode (self, &buffers);
  n_read -= buffers.n_input;

  if (is_prefix)
    self->n_prefix_used += n_read;
  else
    {
      self->input += n_read;
      self->n_input -= n_read;
    }
  output->output = buffers.output;
  output->n_output = buffers.n_output;
  self->has_filled_output = buffers.n_output == 0;

  if (status == FETCH_STREAM_ENDS)
    end_stream (self);

  return output->n_output > 0 && has_to_do (self);
}

/* Decodes what was fed, until @buffer is full or the input is used up. What was decoded
 * before the damage is read first. */
FetchCodingStatus
fetch_coding_read (FetchCoding *self, guint8 *buffer, gsize size, gsize *n_read)
{
  FetchCodingBuffers output = { .output = buffer, .n_output = size };
  gboolean           can_go_on = TRUE;

  while (can_go_on && self->damage == NULL)
    switch (self->place)
      {
      case FETCH_CODING_BETWEEN_STREAMS:
        if (find_stream (self))
          open_stream (self);
        else
          can_go_on = self->n_input > 0;
        break;

      case FETCH_CODING_IN_STREAM:
        can_go_on = has_to_do (self) && decode_stream (self, &output);
        break;

      case FETCH_CODING_AFTER_STREAMS:
      default:
        self->has_trailing_data |= self->n_input > 0;
        fetch_coding_drop_unread (self);
        can_go_on = FALSE;
        break;
      }

  *n_read = size - output.n_output;

  return self->damage != NULL && *n_read == 0 ? FETCH_CODING_DAMAGED
                                              : FETCH_CODING_GOES_ON;
}

/* Tells whether something is missing, if no more input comes. A body of no bytes has
 * nothing missing: browsers show it, too. */
gboolean
fetch_coding_is_cut (FetchCoding *self)
{
  return self->has_input && (self->place == FETCH_CODING_IN_STREAM ||
                             (self->place == FETCH_CODING_BETWEEN_STREAMS &&
                              (self->n_prefix > 0 || self->n_streams == 0)));
}

/* Tells whether bytes have followed the last stream, which are no stream. */
gboolean
fetch_coding_has_trailing_data (FetchCoding *self)
{
  return self->has_trailing_data;
}

const char *
fetch_coding_get_name (FetchCoding *self)
{
  return self->format->name;
}

/* Returns what is wrong, in a library's words; NULL unless it is damaged. */
const char *
fetch_coding_get_damage (FetchCoding *self)
{
  return self->damage;
}
