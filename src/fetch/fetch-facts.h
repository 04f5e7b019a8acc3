/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FetchEnding:
 * @FETCH_ENDING_COMPLETE: the whole body arrived
 * @FETCH_ENDING_RANGE: the server sent only the first bytes, as it was asked to
 * @FETCH_ENDING_STOPPED: the rest was not received, as it was not wanted
 * @FETCH_ENDING_TOO_LARGE: it was stopped at the largest size that the request allows
 * @FETCH_ENDING_FAILED: it ended before its end
 *
 * How much of a body arrived, and why not more.
 */
typedef enum
{
  FETCH_ENDING_COMPLETE,
  FETCH_ENDING_RANGE,
  FETCH_ENDING_STOPPED,
  FETCH_ENDING_TOO_LARGE,
  FETCH_ENDING_FAILED,
} FetchEnding;

/**
 * FetchDecodingNote:
 * @FETCH_DECODING_NOTE_NONE: there is nothing to say
 * @FETCH_DECODING_NOTE_TRAILING_DATA: bytes have followed what was compressed, and were
 *   left out
 * @FETCH_DECODING_NOTE_UNKNOWN_CODING: the server names a coding that is not known, so
 * the bytes are as they came
 * @FETCH_DECODING_NOTE_PART: a part from the middle can't be decoded, so the bytes are as
 *   they came
 *
 * How the decoding of a body (RFC 9110 §8.4) went otherwise than the server says, where
 * that is no error.
 */
typedef enum
{
  FETCH_DECODING_NOTE_NONE,
  FETCH_DECODING_NOTE_TRAILING_DATA,
  FETCH_DECODING_NOTE_UNKNOWN_CODING,
  FETCH_DECODING_NOTE_PART,
} FetchDecodingNote;

/**
 * FetchHop:
 * @url: what was asked
 * @status: the HTTP status code of the answer
 * @status_line: the first line of the answer
 * @fields: (array zero-terminated=1): the header fields of the answer, as they came
 *
 * One answer of a redirect chain. The strings come from the network as they are.
 */
typedef struct
{
  const char        *url;
  int                status;
  const char        *status_line;
  const char *const *fields;
} FetchHop;

/**
 * FetchTimeline:
 * @queued: until it was its turn
 * @name: looking for the host's address
 * @connect: reaching the host
 * @tls: agreeing on a secure connection
 * @wait: until the first byte of the answer
 * @receive: until the last byte
 *
 * Where the time went, in microseconds: the sum is the whole. In a redirect chain, each
 * is that of all answers together.
 */
typedef struct
{
  gint64 queued;
  gint64 name;
  gint64 connect;
  gint64 tls;
  gint64 wait;
  gint64 receive;
} FetchTimeline;

/**
 * FetchTls:
 * @version: (nullable): such as `TLSv1.3`; %NULL if they did not agree
 * @cipher: (nullable): such as `TLS_AES_256_GCM_SHA384`
 * @subject: (nullable): whom the server's certificate is for
 * @issuer: (nullable): who has signed it
 * @names: (array zero-terminated=1): the names that it holds for
 * @valid_from: since when, in seconds since 1970
 * @expires: until when, in seconds since 1970
 *
 * How a connection was secured. The strings come from the network as they are.
 */
typedef struct
{
  char  *version;
  char  *cipher;
  char  *subject;
  char  *issuer;
  char **names;
  gint64 valid_from;
  gint64 expires;
} FetchTls;

G_END_DECLS
