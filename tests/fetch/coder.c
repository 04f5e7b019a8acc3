/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "coder.h"

#include <string.h>
#include <zlib.h>

#ifdef HAVE_BROTLI
#  include <brotli/encode.h>
#endif
#ifdef HAVE_ZSTD
#  include <zstd.h>
#endif

/* Compresses, with the libraries that decode, and decodes with what is tested. */

#define BUFFER_SIZE 1000

const char *const coder_codings[] = {
  "gzip", "deflate", "raw-deflate",
#ifdef HAVE_BROTLI
  "br",
#endif
#ifdef HAVE_ZSTD
  "zstd",
#endif
  NULL,
};

void
coder_outcome_clear (CoderOutcome *self)
{
  g_clear_pointer (&self->output, g_byte_array_unref);
}

/* Returns how a header calls it. */
const char *
coder_get_name (const char *coding)
{
  return g_str_equal (coding, "raw-deflate") ? "deflate" : coding;
}

static void
deflate_all (GByteArray *output, const void *bytes, gsize size, int level, int bits)
{
  z_stream stream = { .next_in = (Bytef *) bytes, .avail_in = size };

  g_assert_cmpint (deflateInit2 (&stream, level, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY),
                   ==, Z_OK);
  g_byte_array_set_size (output, deflateBound (&stream, size));
  stream.next_out = output->data;
  stream.avail_out = output->len;
  g_assert_cmpint (deflate (&stream, Z_FINISH), ==, Z_STREAM_END);
  g_byte_array_set_size (output, stream.total_out);
  deflateEnd (&stream);
}

/* @level is from 1 to 9. */
GByteArray *
coder_encode (const char *coding, const void *bytes, gsize size, int level)
{
  GByteArray *output = g_byte_array_new ();

  if (g_str_equal (coding, "gzip"))
    deflate_all (output, bytes, size, level, MAX_WBITS + 16);
  else if (g_str_equal (coding, "deflate"))
    deflate_all (output, bytes, size, level, MAX_WBITS);
  else if (g_str_equal (coding, "raw-deflate"))
    deflate_all (output, bytes, size, level, -MAX_WBITS);
#ifdef HAVE_BROTLI
  else if (g_str_equal (coding, "br"))
    {
      size_t n_written = BrotliEncoderMaxCompressedSize (size) + 100;

      g_byte_array_set_size (output, n_written);
      g_assert_true (BrotliEncoderCompress (level, BROTLI_DEFAULT_WINDOW,
                                            BROTLI_MODE_GENERIC, size, bytes, &n_written,
                                            output->data));
      g_byte_array_set_size (output, n_written);
    }
#endif
#ifdef HAVE_ZSTD
  else if (g_str_equal (coding, "zstd"))
    {
      ZSTD_CCtx *context = ZSTD_createCCtx ();

      ZSTD_CCtx_setParameter (context, ZSTD_c_compressionLevel, level);
      ZSTD_CCtx_setParameter (context, ZSTD_c_checksumFlag, 1);
      g_byte_array_set_size (output, ZSTD_compressBound (size));
      g_byte_array_set_size (
          output, ZSTD_compress2 (context, output->data, output->len, bytes, size));
      ZSTD_freeCCtx (context);
    }
#endif
  else
    g_assert_not_reached ();

  return output;
}

static FetchDecoderStatus
read_all (FetchDecoder *decoder, GByteArray *output)
{
  guint8             buffer[BUFFER_SIZE];
  gsize              n_read;
  FetchDecoderStatus status;

  while ((status = fetch_decoder_read (decoder, buffer, sizeof buffer, &n_read)) ==
         FETCH_DECODER_OUTPUT)
    g_byte_array_append (output, buffer, n_read);

  return status;
}

/* Feeds @step bytes at a time, as they come from a network, and pauses after @work bytes
 * of output. There must be something to decode. */
CoderOutcome
coder_decode_in_steps (const char *codings,
                       const void *bytes,
                       gsize       size,
                       gsize       step,
                       gsize       work)
{
  FetchDecodingNote  note;
  FetchDecoder      *decoder = fetch_decoder_new (codings, &note);
  CoderOutcome       outcome = { .output = g_byte_array_new () };
  gboolean           is_paused = FALSE;
  FetchDecoderStatus status = FETCH_DECODER_WANTS_INPUT;

  g_assert_nonnull (decoder);
  while ((size > 0 || is_paused) && status != FETCH_DECODER_DAMAGED &&
         status != FETCH_DECODER_BOMB)
    {
      gsize n_fed = MIN (step, size);
      gsize n_used;

      fetch_decoder_feed (decoder, bytes, n_fed, work);
      status = read_all (decoder, outcome.output);
      n_used = n_fed - fetch_decoder_take_unread (decoder);
      is_paused = status == FETCH_DECODER_PAUSED;
      g_assert_true (is_paused || n_used == n_fed || status != FETCH_DECODER_WANTS_INPUT);
      bytes = (const guint8 *) bytes + n_used;
      size -= n_used;
    }

  if (status == FETCH_DECODER_BOMB)
    outcome.verdict = CODER_BOMB;
  else if (status == FETCH_DECODER_DAMAGED)
    outcome.verdict = CODER_DAMAGED;
  else
    outcome.verdict = fetch_decoder_is_cut (decoder) ? CODER_CUT : CODER_COMPLETE;
  outcome.has_trailing_data = fetch_decoder_has_trailing_data (decoder);
  if (outcome.verdict == CODER_DAMAGED)
    {
      g_autofree char *damage = fetch_decoder_describe_damage (decoder);

      g_assert_true (*damage != '\0');
    }
  fetch_decoder_free (decoder);

  return outcome;
}

CoderOutcome
coder_decode (const char *codings, const void *bytes, gsize size)
{
  return coder_decode_in_steps (codings, bytes, size, G_MAXSIZE, G_MAXSIZE);
}
