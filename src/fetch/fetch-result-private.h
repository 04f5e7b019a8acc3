/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <stdatomic.h>

#include "fetch/fetch-result.h"

G_BEGIN_DECLS

/* Filled by the I/O thread, and not changed once somebody else has it. */
struct _FetchResult
{
  _Atomic (int) ref_count;

  char    *url;
  int      status;
  char    *status_line;
  char    *content_type;
  GBytes  *first_bytes;
  guint64  size;
  guint64  size_on_wire;
  gboolean is_complete;
  gboolean is_fallback;
  guint    n_redirects;
  char    *remote_address;
  gint64   duration;
};

FetchResult *fetch_result_new (void);

G_END_DECLS
