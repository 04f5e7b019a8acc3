/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdatomic.h>

#include "backgroundcall/background-change-list.h"
#include "fetch/fetch-hops-private.h"
#include "fetch/fetch-result.h"

G_BEGIN_DECLS

/* Filled by the I/O thread; but for what is said, not changed once somebody else has it.
 */
struct _FetchResult
{
  _Atomic (int) ref_count;

  /* Found by the first who asks, in any thread; empty for none. */
  _Atomic (char *) sniffed_type;

  char         *url;
  char        **withheld_fields; /* NULL for none */
  int           status;
  char         *content_type;
  GBytes       *first_bytes;
  guint64       size;
  guint64       size_on_wire;
  gint64        full_size;
  FetchEnding   ending;
  gboolean      is_fallback;
  guint         n_redirects;
  guint         n_attempts;
  char         *remote_address;
  const char   *http_version; /* static */
  char         *saved_path;
  char         *redirect_url; /* of a redirect that has led to no response; or NULL */
  FetchHops    *hops;
  FetchTimeline timeline;
  FetchTls     *tls; /* NULL without TLS */

  FetchDecodingNote decoding_note;

  struct _FetchIo *io;       /* whose thread has made it */
  BackgroundChange returned; /* it is on the way back there */
};

FetchResult *fetch_result_new (struct _FetchIo *io);
char        *fetch_result_find_redirect_url (FetchResult *self);
void         fetch_result_free (FetchResult *self);

G_END_DECLS
