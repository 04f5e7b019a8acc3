/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-facts.h"

G_BEGIN_DECLS

/* Undoes the codings of a body, as it arrives. Not thread-safe. */
typedef struct _FetchDecoder FetchDecoder;

typedef enum
{
  FETCH_DECODER_OUTPUT,      /* decoded bytes were read */
  FETCH_DECODER_WANTS_INPUT, /* all that was fed is decoded */
  FETCH_DECODER_PAUSED,      /* enough work was done: see fetch_decoder_feed () */
  FETCH_DECODER_DAMAGED,     /* no valid coding */
  FETCH_DECODER_BOMB,        /* little became too much */
} FetchDecoderStatus;

/* Limits on what the decoder does with a body. One that was compressed thrice can become
 * a thousand million times as large. One that was compressed once with gzip, as is
 * common, becomes 1032 times as large at most. */
#define FETCH_MAX_UNPACKED (32 * 1024 * 1024)
#define FETCH_MAX_RATIO 1100

/* As libcurl has it. */
#define FETCH_MAX_CODINGS 5

FetchDecoder *fetch_decoder_new (const char *codings, FetchDecodingNote *note);
void          fetch_decoder_free (FetchDecoder *self);

void  fetch_decoder_feed (FetchDecoder *self, const void *bytes, gsize size, gsize work);
gsize fetch_decoder_take_unread (FetchDecoder *self);
FetchDecoderStatus fetch_decoder_read (FetchDecoder *self,
                                       guint8       *buffer,
                                       gsize         size,
                                       gsize        *n_read);
gsize              fetch_decoder_get_work (FetchDecoder *self);

gboolean fetch_decoder_is_cut (FetchDecoder *self);
gboolean fetch_decoder_has_trailing_data (FetchDecoder *self);
char    *fetch_decoder_describe_damage (FetchDecoder *self);

G_END_DECLS
