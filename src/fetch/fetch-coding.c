/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-coding-private.h"

#include <string.h>
#include <zlib.h>

#ifdef HAVE_BROTLI
#  include <brotli/decode.h>
#endif
#ifdef HAVE_ZSTD
#  include <zstd.h>
#endif

/*
 * Undoes one coding of a body as it arrives: gzip (RFC 1952), deflate (RFC 1950, and RFC
 * 1951 as some servers understand it), br (RFC 7932) and zstd (RFC 8878).
 *
 * The libraries decode a single stream, and don't tell when the input ends before that.
 * Here is what they leave to the caller: where a stream begins, that another one may
 * follow it (a gzip member, a zstd frame), that other bytes may, and that the last one
 * has not ended.
 */

/* RFC 9659: a decoder of the web need not accept a larger window. libzstd would take up
 * to 128 MiB for each body, and 64 transfers at once 8 GiB. */
#define MAX_ZSTD_WINDOW_LOG 23

/* The size of the longest header of a zstd frame (RFC 8878 §3.1.1). */
#define ZSTD_MAX_HEADER 18

/* The longest beginning that tells which format a stream has. */
#define MAX_PREFIX 4

typedef enum
{
  BETWEEN_STREAMS, /* before the first one, too */
  IN_STREAM,
  AFTER_STREAMS,
} Place;

typedef enum
{
  STREAM_GOES_ON,
  STREAM_ENDS,
  STREAM_IS_DAMAGED,
} StreamStatus;

typedef struct
{
  const guint8 *input;
  gsize         n_input;
  guint8       *output;
  gsize         n_output;
} Buffers;

typedef struct
{
  const char *name;
  const char *other_name; /* NULL: there is none */

  /* The number of bytes that are read before a stream is opened. */
  guint n_prefix;

  /* Whether these bytes may be the first ones of a stream. */
  gboolean (*is_prefix) (const guint8 *bytes, guint n_bytes);

  /* Whether another stream may follow. */
  gboolean can_repeat;

  /* Opens a stream, or one more. Returns FALSE if there is no memory. */
  gboolean (*open) (FetchCoding *self);

  /* Uses input, and fills the output buffer. */
  StreamStatus (*decode) (FetchCoding *self, Buffers *buffers);

  void (*close) (FetchCoding *self);
} Format;

struct _FetchCoding
{
  const Format *format;
  Place         place;
  guint         n_streams;
  guint8        prefix[MAX_PREFIX];
  guint         n_prefix;      /* the bytes that were read */
  guint         n_prefix_used; /* the bytes of these that are decoded */
  const guint8 *input;         /* not owned */
  gsize         n_input;
  gboolean      has_input; /* any byte has come */
  gboolean      has_trailing_data;
  gboolean      is_open;
  gboolean      has_filled_output; /* there may be more of it, without more input */
  const char   *damage;            /* static, in English; NULL unless it is damaged */

  union
  {
    z_stream zlib;
#ifdef HAVE_BROTLI
    BrotliDecoderState *brotli;
#endif
#ifdef HAVE_ZSTD
    struct
    {
      ZSTD_DStream *stream;
      size_t        n_wanted; /* the bytes that end a header or a block; 0: any */
      guint8        header[ZSTD_MAX_HEADER];
      gsize         n_header;
      guint64       n_decoded; /* of this frame */
    } zstd;
#endif
  };
};

static gboolean
is_gzip_prefix (const guint8 *bytes, guint n_bytes)
{
  static const guint8 magic[] = { 0x1f, 0x8b, Z_DEFLATED };

  return memcmp (bytes, magic, n_bytes) == 0;
}

static gboolean
open_zlib (FetchCoding *self, int window_bits)
{
  return (self->is_open ? inflateReset2 (&self->zlib, window_bits)
                        : inflateInit2 (&self->zlib, window_bits)) == Z_OK;
}

static gboolean
open_gzip (FetchCoding *self)
{
  return open_zlib (self, MAX_WBITS + 16);
}

static gboolean
is_deflate_prefix (const guint8 *bytes G_GNUC_UNUSED, guint n_bytes G_GNUC_UNUSED)
{
  return TRUE;
}

/* The header of zlib's format, which RFC 9110 wants: a check that no stream without it
 * passes, as its first block would have to be stored, and padded with ones. */
static gboolean
has_zlib_header (const guint8 *prefix)
{
  return (prefix[0] & 0xf) == Z_DEFLATED && prefix[0] >> 4 <= 7 &&
         (prefix[0] << 8 | prefix[1]) % 31 == 0;
}

static gboolean
open_deflate (FetchCoding *self)
{
  return open_zlib (self, has_zlib_header (self->prefix) ? MAX_WBITS : -MAX_WBITS);
}

static StreamStatus
decode_zlib (FetchCoding *self, Buffers *buffers)
{
  z_stream *stream = &self->zlib;
  uInt      n_input = MIN (buffers->n_input, G_MAXUINT / 2);
  uInt      n_output = MIN (buffers->n_output, G_MAXUINT / 2);
  int       status;

  stream->next_in = (Bytef *) buffers->input;
  stream->avail_in = n_input;
  stream->next_out = buffers->output;
  stream->avail_out = n_output;
  status = inflate (stream, Z_NO_FLUSH);

  buffers->input += n_input - stream->avail_in;
  buffers->n_input -= n_input - stream->avail_in;
  buffers->output += n_output - stream->avail_out;
  buffers->n_output -= n_output - stream->avail_out;

  switch (status)
    {
    /* The second one says that there was nothing to do, and not that it is an error. */
    case Z_OK:
    case Z_BUF_ERROR:
      return STREAM_GOES_ON;

    case Z_STREAM_END:
      return STREAM_ENDS;

    default:
      self->damage = stream->msg != NULL ? stream->msg : zError (status);
      return STREAM_IS_DAMAGED;
    }
}

static void
close_zlib (FetchCoding *self)
{
  inflateEnd (&self->zlib);
}

#ifdef HAVE_BROTLI

static gboolean
open_brotli (FetchCoding *self)
{
  self->brotli = BrotliDecoderCreateInstance (NULL, NULL, NULL);

  return self->brotli != NULL;
}

static StreamStatus
decode_brotli (FetchCoding *self, Buffers *buffers)
{
  switch (BrotliDecoderDecompressStream (self->brotli, &buffers->n_input, &buffers->input,
                                         &buffers->n_output, &buffers->output, NULL))
    {
    case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
    case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT:
      return STREAM_GOES_ON;

    case BROTLI_DECODER_RESULT_SUCCESS:
      return STREAM_ENDS;

    case BROTLI_DECODER_RESULT_ERROR:
    default:
      self->damage = BrotliDecoderErrorString (BrotliDecoderGetErrorCode (self->brotli));
      return STREAM_IS_DAMAGED;
    }
}

static void
close_brotli (FetchCoding *self)
{
  BrotliDecoderDestroyInstance (self->brotli);
}

#endif

#ifdef HAVE_ZSTD

/* A frame, or one that is skipped. libzstd may know others, which are older than the RFC,
 * and have other limits. */
static gboolean
is_zstd_prefix (const guint8 *bytes, guint n_bytes)
{
  static const guint8 magic[] = { 0x28, 0xb5, 0x2f, 0xfd };
  static const guint8 skippable[] = { 0x50, 0x2a, 0x4d, 0x18 };

  return memcmp (bytes, magic, n_bytes) == 0 ||
         ((bytes[0] & 0xf0) == skippable[0] &&
          memcmp (bytes + 1, skippable + 1, n_bytes - 1) == 0);
}

static gboolean
open_zstd (FetchCoding *self)
{
  self->zstd.n_wanted = 0;
  self->zstd.n_header = 0;
  self->zstd.n_decoded = 0;
  if (self->is_open)
    return !ZSTD_isError (ZSTD_DCtx_reset (self->zstd.stream, ZSTD_reset_session_only));

  self->zstd.stream = ZSTD_createDStream ();

  return self->zstd.stream != NULL &&
         !ZSTD_isError (ZSTD_DCtx_setParameter (self->zstd.stream, ZSTD_d_windowLogMax,
                                                MAX_ZSTD_WINDOW_LOG));
}

/* Tells whether a frame is as large as its header says. libzstd does not compare that if
 * the last block is empty, unless it gets the whole frame at once. */
static gboolean
has_zstd_size (FetchCoding *self)
{
  unsigned long long size = ZSTD_getFrameContentSize (self->zstd.header,
                                                      self->zstd.n_header);

  return size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR ||
         size == self->zstd.n_decoded;
}

static void
keep_zstd_header (FetchCoding *self, const guint8 *bytes, gsize size)
{
  size = MIN (size, ZSTD_MAX_HEADER - self->zstd.n_header);
  if (size > 0)
    memcpy (self->zstd.header + self->zstd.n_header, bytes, size);
  self->zstd.n_header += size;
}

/* Block by block: libzstd does not tell of output that comes before an error in the same
 * call, such as a wrong sum. */
static StreamStatus
decode_zstd (FetchCoding *self, Buffers *buffers)
{
  gsize n_wanted = self->zstd.n_wanted > 0 ? self->zstd.n_wanted : buffers->n_input;
  ZSTD_inBuffer  input = { .src = buffers->input,
                           .size = MIN (buffers->n_input, n_wanted) };
  ZSTD_outBuffer output = { .dst = buffers->output, .size = buffers->n_output };
  size_t         status = ZSTD_decompressStream (self->zstd.stream, &output, &input);

  keep_zstd_header (self, buffers->input, input.pos);
  buffers->input += input.pos;
  buffers->n_input -= input.pos;
  buffers->output += output.pos;
  buffers->n_output -= output.pos;
  self->zstd.n_decoded += output.pos;
  self->zstd.n_wanted = status;

  if (ZSTD_isError (status))
    self->damage = ZSTD_getErrorName (status);
  else if (status == 0 && !has_zstd_size (self))
    self->damage = "Data corruption detected";
  if (self->damage != NULL)
    return STREAM_IS_DAMAGED;

  return status == 0 ? STREAM_ENDS : STREAM_GOES_ON;
}

static void
close_zstd (FetchCoding *self)
{
  ZSTD_freeDStream (self->zstd.stream);
}

#endif

static const Format formats[] = {
  {
      .name = "gzip",
      .other_name = "x-gzip",
      .n_prefix = 3,
      .is_prefix = is_gzip_prefix,
      .can_repeat = TRUE,
      .open = open_gzip,
      .decode = decode_zlib,
      .close = close_zlib,
  },
  {
      .name = "deflate",
      .n_prefix = 2,
      .is_prefix = is_deflate_prefix,
      .open = open_deflate,
      .decode = decode_zlib,
      .close = close_zlib,
  },
#ifdef HAVE_BROTLI
  {
      .name = "br",
      .open = open_brotli,
      .decode = decode_brotli,
      .close = close_brotli,
  },
#endif
#ifdef HAVE_ZSTD
  {
      .name = "zstd",
      .n_prefix = 4,
      .is_prefix = is_zstd_prefix,
      .can_repeat = TRUE,
      .open = open_zstd,
      .decode = decode_zstd,
      .close = close_zstd,
  },
#endif
};

/* Returns the codings that can be undone, as an Accept-Encoding field lists them.
 * Thread-safe. */
const char *
fetch_coding_get_names (void)
{
  return "gzip, deflate"
#ifdef HAVE_BROTLI
         ", br"
#endif
#ifdef HAVE_ZSTD
         ", zstd"
#endif
      ;
}

/* Returns NULL if the coding is not known. */
static const Format *
find_format (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_ascii_strcasecmp (name, formats[i].name) == 0 ||
        (formats[i].other_name != NULL &&
         g_ascii_strcasecmp (name, formats[i].other_name) == 0))
      return &formats[i];

  return NULL;
}

/* Tells whether the coding can be undone. Thread-safe. */
gboolean
fetch_coding_is_known (const char *name)
{
  return find_format (name) != NULL;
}

/* Creates what undoes the coding, which must be known. */
FetchCoding *
fetch_coding_new (const char *name)
{
  FetchCoding *self = g_new0 (FetchCoding, 1);

  self->format = find_format (name);
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
  const Format *format = self->format;

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
          self->place = AFTER_STREAMS;
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
  self->place = IN_STREAM;
  self->n_prefix_used = 0;
}

static void
end_stream (FetchCoding *self)
{
  self->n_streams++;
  self->n_prefix = 0;
  self->n_prefix_used = 0;
  self->place = self->format->can_repeat ? BETWEEN_STREAMS : AFTER_STREAMS;
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
decode_stream (FetchCoding *self, Buffers *output)
{
  gboolean     is_prefix = self->n_prefix_used < self->n_prefix;
  Buffers      buffers = *output;
  gsize        n_read;
  StreamStatus status;

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

  if (status == STREAM_ENDS)
    end_stream (self);

  return output->n_output > 0 && has_to_do (self);
}

/* Decodes what was fed, until @buffer is full or the input is used up. What was decoded
 * before the damage is read first. */
FetchCodingStatus
fetch_coding_read (FetchCoding *self, guint8 *buffer, gsize size, gsize *n_read)
{
  Buffers  output = { .output = buffer, .n_output = size };
  gboolean can_go_on = TRUE;

  while (can_go_on && self->damage == NULL)
    switch (self->place)
      {
      case BETWEEN_STREAMS:
        if (find_stream (self))
          open_stream (self);
        else
          can_go_on = self->n_input > 0;
        break;

      case IN_STREAM:
        can_go_on = has_to_do (self) && decode_stream (self, &output);
        break;

      case AFTER_STREAMS:
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
  return self->has_input &&
         (self->place == IN_STREAM || (self->place == BETWEEN_STREAMS &&
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
