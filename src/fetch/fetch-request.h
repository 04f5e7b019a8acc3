/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define FETCH_TYPE_REQUEST (fetch_request_get_type ())

typedef struct _FetchRequest FetchRequest;

/**
 * FETCH_REQUEST_DEFAULT_PREVIEW_SIZE:
 *
 * How many bytes of a body are kept, unless told otherwise.
 */
#define FETCH_REQUEST_DEFAULT_PREVIEW_SIZE 500

GType         fetch_request_get_type (void);
FetchRequest *fetch_request_new (const char *text, GError **error);
FetchRequest *fetch_request_copy (FetchRequest *self);
void          fetch_request_free (FetchRequest *self);

const char *fetch_request_get_url (FetchRequest *self);
const char *fetch_request_get_fallback_url (FetchRequest *self);

gsize fetch_request_get_preview_size (FetchRequest *self);
void  fetch_request_set_preview_size (FetchRequest *self, gsize bytes);

guint64 fetch_request_get_max_size (FetchRequest *self);
void    fetch_request_set_max_size (FetchRequest *self, guint64 bytes);

guint fetch_request_get_max_redirects (FetchRequest *self);
void  fetch_request_set_max_redirects (FetchRequest *self, guint redirects);

gint64 fetch_request_get_connect_timeout (FetchRequest *self);
void   fetch_request_set_connect_timeout (FetchRequest *self, gint64 microseconds);

gint64 fetch_request_get_stall_timeout (FetchRequest *self);
void   fetch_request_set_stall_timeout (FetchRequest *self, gint64 microseconds);

gint64 fetch_request_get_total_timeout (FetchRequest *self);
void   fetch_request_set_total_timeout (FetchRequest *self, gint64 microseconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FetchRequest, fetch_request_free)

G_END_DECLS
