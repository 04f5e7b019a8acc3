/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-coding-format-private.h"

#include <string.h>

/*
 * The codings: gzip (RFC 1952), deflate (RFC 1950, and RFC 1951 as some servers
 * understand it), br (RFC 7932) and zstd (RFC 8878), each with the library that decodes
 * it.
 */

/* RFC 9659: a decoder of the web need not accept a larger window. libzstd would take up
 * to 128 MiB for each body, and 64 transfers at once 8 GiB. */
#define MAX_ZSTD_WINDOW_LOG 23

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

static FetchStreamStatus
decode_zlib (FetchCoding *self, FetchCodingBuffers *buffers)
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
      return FETCH_STREAM_GOES_ON;

    case Z_STREAM_END:
      return FETCH_STREAM_ENDS;

    default:
      self->damage = stream->msg != NULL ? stream->msg : zError (status);
      return FETCH_STREAM_IS_DAMAGED;
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

static FetchStreamStatus
decode_brotli (FetchCoding *self, FetchCodingBuffers *buffers)
{
  switch (BrotliDecoderDecompressStream (self->brotli, &buffers->n_input, &buffers->input,
                                         &buffers->n_output, &buffers->output, NULL))
    {
    case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
    case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT:
      return FETCH_STREAM_GOES_ON;

    case BROTLI_DECODER_RESULT_SUCCESS:
      return FETCH_STREAM_ENDS;

    case BROTLI_DECODER_RESULT_ERROR:
    default:
      self->damage = BrotliDecoderErrorString (BrotliDecoderGetErrorCode (self->brotli));
      return FETCH_STREAM_IS_DAMAGED;
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
  size = MIN (size, FETCH_CODING_MAX_ZSTD_HEADER - self->zstd.n_header);
  if (size > 0)
    memcpy (self->zstd.header + self->zstd.n_header, bytes, size);
  self->zstd.n_header += size;
}

/* Block by block: libzstd does not tell of output that comes before an error in the same
 * call, such as a wrong sum. */
static FetchStreamStatus
decode_zstd (FetchCoding *self, FetchCodingBuffers *buffers)
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
    return FETCH_STREAM_IS_DAMAGED;

  return status == 0 ? FETCH_STREAM_ENDS : FETCH_STREAM_GOES_ON;
}

static void
close_zstd (FetchCoding *self)
{
  ZSTD_freeDStream (self->zstd.stream);
}

#endif

static const FetchCodingFormat formats[] = {
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
const FetchCodingFormat *
fetch_coding_format_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_ascii_strcasecmp (name, formats[i].name) == 0 ||
        (formats[i].other_name != NULL &&
         g_ascii_strcasecmp (name, formats[i].other_name) == 0))
      return &formats[i];

  return NULL;
}
