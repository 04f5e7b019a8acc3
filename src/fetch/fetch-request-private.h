/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-request.h"

G_BEGIN_DECLS

/* A session's copy is not changed any more, and read by the I/O thread. */
struct _FetchRequest
{
  char *url;
  char *shown_url;
  char *fallback_url;

  FetchMethod  method;
  FetchBodyUse body_use;
  char        *save_path; /* with FETCH_BODY_SAVE */
  gboolean     replaces;
  gboolean     writes_to_stream;
  int          stream_fd; /* if it does; the caller keeps it open */

  char **header_fields; /* NULL for none */
  char  *user;          /* NULL for no basic authentication */
  char  *password;
  char  *bearer_token; /* NULL for none */

  FetchHttpVersion http_version;
  FetchIpVersion   ip_version;
  char            *proxy; /* NULL for the system's, empty for none */
  gboolean         trusts_anybody;
  char            *ca_file; /* NULL for the system's authorities */

  gboolean lacks_secrets; /* there are words in their places that say so */

  gsize   preview_size;
  guint64 max_size;
  guint   max_redirects;
  guint   max_retries;
  gint64  connect_timeout;
  gint64  stall_timeout;
  gint64  header_timeout;
  guint   min_speed; /* in bytes a second; 0 for any */
  gint64  total_timeout;
};

gboolean fetch_request_has_field (FetchRequest *self, const char *name);

G_END_DECLS
