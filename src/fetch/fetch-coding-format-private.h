/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <zlib.h>

#ifdef HAVE_BROTLI
#  include <brotli/decode.h>
#endif
#ifdef HAVE_ZSTD
#  include <zstd.h>
#endif

#include "fetch/fetch-coding-private.h"

G_BEGIN_DECLS

/* The format of a coding: how a stream of it begins, and which library decodes it. */

/* The size of the longest header of a zstd frame (RFC 8878 §3.1.1). */
#define FETCH_CODING_MAX_ZSTD_HEADER 18

/* The longest beginning that tells which format a stream has. */
#define FETCH_CODING_MAX_PREFIX 4

typedef enum
{
  FETCH_CODING_BETWEEN_STREAMS, /* before the first one, too */
  FETCH_CODING_IN_STREAM,
  FETCH_CODING_AFTER_STREAMS,
} FetchCodingPlace;

typedef enum
{
  FETCH_STREAM_GOES_ON,
  FETCH_STREAM_ENDS,
  FETCH_STREAM_IS_DAMAGED,
} FetchStreamStatus;

typedef struct
{
  const guint8 *input;
  gsize         n_input;
  guint8       *output;
  gsize         n_output;
} FetchCodingBuffers;

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
  FetchStreamStatus (*decode) (FetchCoding *self, FetchCodingBuffers *buffers);

  void (*close) (FetchCoding *self);
} FetchCodingFormat;

struct _FetchCoding
{
  const FetchCodingFormat *format;
  FetchCodingPlace         place;
  guint                    n_streams;
  guint8                   prefix[FETCH_CODING_MAX_PREFIX];
  guint                    n_prefix;      /* the bytes that were read */
  guint                    n_prefix_used; /* the bytes of these that are decoded */
  const guint8            *input;         /* not owned */
  gsize                    n_input;
  gboolean                 has_input; /* any byte has come */
  gboolean                 has_trailing_data;
  gboolean                 is_open;
  gboolean    has_filled_output; /* there may be more of it, without more input */
  const char *damage;            /* static, in English; NULL unless it is damaged */

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
      guint8        header[FETCH_CODING_MAX_ZSTD_HEADER];
      gsize         n_header;
      guint64       n_decoded; /* of this frame */
    } zstd;
#endif
  };
};

const FetchCodingFormat *fetch_coding_format_find (const char *name);

G_END_DECLS
