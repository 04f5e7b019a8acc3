/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-request.h"

#include "fetch/fetch-url.h"

/**
 * FetchRequest:
 *
 * What to fetch, and within which bounds. It belongs to one thread at a time; a session
 * makes its own copy.
 */
struct _FetchRequest
{
  char   *url;
  char   *fallback_url;
  gsize   preview_size;
  guint64 max_size;
  guint   max_redirects;
  gint64  connect_timeout;
  gint64  stall_timeout;
  gint64  total_timeout;
};

G_DEFINE_BOXED_TYPE (FetchRequest, fetch_request, fetch_request_copy, fetch_request_free)

/**
 * fetch_request_new:
 * @text: an address, as somebody typed it; it need not be valid UTF-8
 * @error: where to put a sentence that says what is wrong with it
 *
 * Returns: (transfer full) (nullable): a request; %NULL if @text is no address
 */
FetchRequest *
fetch_request_new (const char *text, GError **error)
{
  g_autofree char *url = NULL;
  g_autofree char *fallback_url = NULL;
  FetchRequest    *self;

  g_return_val_if_fail (text != NULL, NULL);

  if (!fetch_url_parse (text, &url, &fallback_url, error))
    return NULL;

  self = g_new0 (FetchRequest, 1);
  self->url = g_steal_pointer (&url);
  self->fallback_url = g_steal_pointer (&fallback_url);
  self->preview_size = FETCH_REQUEST_DEFAULT_PREVIEW_SIZE;
  self->max_size = 1024 * 1024 * 1024;
  self->max_redirects = 10;
  self->connect_timeout = 30 * G_TIME_SPAN_SECOND;
  self->stall_timeout = 60 * G_TIME_SPAN_SECOND;
  self->total_timeout = 10 * G_TIME_SPAN_MINUTE;

  return self;
}

/**
 * fetch_request_copy:
 * @self: a request
 *
 * Returns: (transfer full): one like it
 */
FetchRequest *
fetch_request_copy (FetchRequest *self)
{
  FetchRequest *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new (FetchRequest, 1);
  *copy = *self;
  copy->url = g_strdup (self->url);
  copy->fallback_url = g_strdup (self->fallback_url);

  return copy;
}

/**
 * fetch_request_free:
 * @self: (transfer full): a request
 */
void
fetch_request_free (FetchRequest *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->url);
  g_free (self->fallback_url);
  g_free (self);
}

/**
 * fetch_request_get_url:
 * @self: a request
 *
 * Returns: (transfer none): the address to fetch
 */
const char *
fetch_request_get_url (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->url;
}

/**
 * fetch_request_get_fallback_url:
 * @self: a request
 *
 * Returns: (transfer none) (nullable): the address to fetch if nobody speaks HTTPS at the
 *   first; %NULL if the scheme was not left out
 */
const char *
fetch_request_get_fallback_url (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->fallback_url;
}

/**
 * fetch_request_get_preview_size:
 * @self: a request
 *
 * Returns: how many bytes of the body are kept
 */
gsize
fetch_request_get_preview_size (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->preview_size;
}

/**
 * fetch_request_set_preview_size:
 * @self: a request
 * @bytes: how many bytes of the body to keep; the others are counted
 */
void
fetch_request_set_preview_size (FetchRequest *self, gsize bytes)
{
  g_return_if_fail (self != NULL);

  self->preview_size = bytes;
}

/**
 * fetch_request_get_max_size:
 * @self: a request
 *
 * Returns: the size of the body, in bytes and decoded, at which the fetch stops
 */
guint64
fetch_request_get_max_size (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->max_size;
}

/**
 * fetch_request_set_max_size:
 * @self: a request
 * @bytes: at which size of the body to stop, decoded; the fetch then succeeds with a
 * result that is not complete
 */
void
fetch_request_set_max_size (FetchRequest *self, guint64 bytes)
{
  g_return_if_fail (self != NULL);

  self->max_size = bytes;
}

/**
 * fetch_request_get_max_redirects:
 * @self: a request
 *
 * Returns: how many redirects are followed, at most
 */
guint
fetch_request_get_max_redirects (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->max_redirects;
}

/**
 * fetch_request_set_max_redirects:
 * @self: a request
 * @redirects: how many redirects to follow, at most
 */
void
fetch_request_set_max_redirects (FetchRequest *self, guint redirects)
{
  g_return_if_fail (self != NULL);

  self->max_redirects = redirects;
}

/**
 * fetch_request_get_connect_timeout:
 * @self: a request
 *
 * Returns: how long finding and reaching the host may take, in microseconds
 */
gint64
fetch_request_get_connect_timeout (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->connect_timeout;
}

/**
 * fetch_request_set_connect_timeout:
 * @self: a request
 * @microseconds: how long finding and reaching the host may take
 */
void
fetch_request_set_connect_timeout (FetchRequest *self, gint64 microseconds)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (microseconds > 0);

  self->connect_timeout = microseconds;
}

/**
 * fetch_request_get_stall_timeout:
 * @self: a request
 *
 * Returns: how long nothing may arrive, in microseconds
 */
gint64
fetch_request_get_stall_timeout (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->stall_timeout;
}

/**
 * fetch_request_set_stall_timeout:
 * @self: a request
 * @microseconds: how long nothing may arrive; whole seconds count, and at least one
 */
void
fetch_request_set_stall_timeout (FetchRequest *self, gint64 microseconds)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (microseconds > 0);

  self->stall_timeout = microseconds;
}

/**
 * fetch_request_get_total_timeout:
 * @self: a request
 *
 * Returns: how long all of it may take, in microseconds
 */
gint64
fetch_request_get_total_timeout (FetchRequest *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->total_timeout;
}

/**
 * fetch_request_set_total_timeout:
 * @self: a request
 * @microseconds: how long all of it may take
 */
void
fetch_request_set_total_timeout (FetchRequest *self, gint64 microseconds)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (microseconds > 0);

  self->total_timeout = microseconds;
}
