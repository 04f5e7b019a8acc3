/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <curl/curl.h>

#include "backgroundcall/background-change-list.h"
#include "fetch/fetch-progress.h"
#include "fetch/fetch-request.h"
#include "fetch/fetch-result-private.h"

G_BEGIN_DECLS

typedef struct _FetchTransfer FetchTransfer;
typedef struct _FetchIo       FetchIo;

/* One fetch on its way: what the session asked for, and what the I/O thread makes of it.
 */
struct _FetchTransfer
{
  /* Any thread. */
  _Atomic (int)    ref_count;
  BackgroundChange news; /* it is new, or cancelled */

  /* Written once, before the I/O thread knows of it. */
  FetchIo      *io;
  FetchRequest *request;

  /* I/O thread only. */
  BackgroundPromise *promise; /* NULL when it is answered */
  char              *host;    /* scheme, host and port: whose connections it uses */
  GList              link;    /* in the queue of its host */
  gboolean           is_known;
  gboolean           is_waiting;
  CURL              *easy; /* NULL unless it is running */
  gboolean           is_fallback;
  gint64             started;
  FetchProgress      progress;
  GByteArray        *first_bytes;
  guint64            size;
  gsize              header_size;
  char              *status_line;
  gboolean           expects_status_line; /* and no field */
  gboolean           is_in_header;
  gboolean           has_no_file_left; /* nor a socket, in this process */
  gboolean           is_header_too_large;
  curl_off_t         unpacked_from; /* the size on the wire, where this was unpacked */
  guint64            unpacked;
  gboolean           unpacks_to_too_much;
  gboolean           is_stopped_at_max_size;
  char               curl_detail[CURL_ERROR_SIZE];
};

/* Of a whole redirect chain. libcurl has a limit of its own, 300 KiB in a response, since
 * 8.3; with this one an older libcurl behaves the same, and the error says what it is. */
#define FETCH_MAX_HEADER_SIZE (256 * 1024)

/* What libcurl hands over without having read more from the network. A body that was
 * compressed thrice can be a thousand million times as large as it seems, and while it is
 * unpacked, the thread of all fetches does nothing else. What is compressed once, as is
 * common, unpacks to half of this at most: libcurl reads 16 KiB at a time. */
#define FETCH_MAX_UNPACKED (32 * 1024 * 1024)

/* How long to wait for HTTPS where nobody said that there is any. */
#define FETCH_GUESS_TIMEOUT (5 * G_TIME_SPAN_SECOND)

FetchTransfer *fetch_transfer_new (FetchIo           *io,
                                   FetchRequest      *request,
                                   BackgroundPromise *promise);
FetchTransfer *fetch_transfer_ref (FetchTransfer *self);
void           fetch_transfer_unref (FetchTransfer *self);

void     fetch_transfer_prepare (FetchTransfer *self);
gboolean fetch_transfer_fall_back (FetchTransfer *self, CURLcode code);
void     fetch_transfer_finish (FetchTransfer *self, CURLcode code);
void     fetch_transfer_finish_cancelled (FetchTransfer *self);

G_END_DECLS
