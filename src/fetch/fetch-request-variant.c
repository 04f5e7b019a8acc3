/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-request-private.h"
#include "fetch/fetch-secrets.h"
#include "fetch/fetch-url.h"
#include "fetch/fetch-variant-private.h"

/* A request as it is kept in a file: without its secrets, and read again as if somebody
 * had typed it. */

typedef enum
{
  AUTH_NONE,
  AUTH_BASIC,
  AUTH_BEARER,
} Auth;

/* The time limit of a header and the lowest speed share a number each with what is small.
 * Their bits are 0 in what was kept by versions that had neither, so that it can be read
 * as it is. */
#define HEADER_TIMEOUT_SHIFT 8
#define NO_HEADER_TIMEOUT 0xffffff
#define MAX_RETRIES_MASK 0xff
#define MIN_SPEED_SHIFT 32
#define PREVIEW_SIZE_MASK G_MAXUINT32

static guint
pack_header_timeout (FetchRequest *self)
{
  gint64 seconds = self->header_timeout / G_TIME_SPAN_SECOND;
  guint  packed = seconds < NO_HEADER_TIMEOUT ? MAX (seconds, 1) : NO_HEADER_TIMEOUT;

  return self->max_retries | packed << HEADER_TIMEOUT_SHIFT;
}

static guint64
pack_min_speed (FetchRequest *self)
{
  guint64 preview_size = MIN (self->preview_size, PREVIEW_SIZE_MASK);

  return preview_size | ((guint64) self->min_speed + 1) << MIN_SPEED_SHIFT;
}

/* Leaves what was not kept as it is by default. Returns FALSE if it is not valid. */
static gboolean
unpack_lower_bounds (FetchRequest *self, guint64 preview_size, guint max_retries)
{
  guint   header_timeout = max_retries >> HEADER_TIMEOUT_SHIFT;
  guint64 min_speed = preview_size >> MIN_SPEED_SHIFT;

  if (header_timeout == NO_HEADER_TIMEOUT)
    self->header_timeout = G_MAXINT64;
  else if (header_timeout > 0)
    self->header_timeout = header_timeout * G_TIME_SPAN_SECOND;
  if (min_speed > 0)
    self->min_speed = min_speed - 1;
  self->preview_size = preview_size & PREVIEW_SIZE_MASK;
  fetch_request_set_max_retries (self, max_retries & MAX_RETRIES_MASK);

  return self->preview_size <= G_MAXINT32;
}

static Auth
auth_of (FetchRequest *self)
{
  if (self->user != NULL)
    return AUTH_BASIC;

  return self->bearer_token != NULL ? AUTH_BEARER : AUTH_NONE;
}

/**
 * fetch_request_to_variant:
 * @self: a request
 *
 * Makes a copy that can be written to a file. Secrets are not in it, but for tokens in
 * the address: see [method@FetchRequest.copy_without_secrets].
 *
 * May be called from any thread.
 *
 * Returns: (transfer floating): a value of the type %FETCH_REQUEST_VARIANT_TYPE
 */
GVariant *
fetch_request_to_variant (FetchRequest *self)
{
  g_autoptr (FetchRequest) harmless = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  harmless = fetch_request_copy_keeping_tokens (self);

  return g_variant_new (
      "(@ay@mayyy@may@aayyyy@mayb@maytt(uu)(xxx)b)",
      g_variant_new_bytestring (harmless->url),
      fetch_variant_of_string (harmless->fallback_url), harmless->method,
      harmless->body_use, fetch_variant_of_string (harmless->save_path),
      g_variant_new_bytestring_array (fetch_request_get_headers (harmless), -1),
      auth_of (harmless), harmless->http_version, harmless->ip_version,
      fetch_variant_of_string (harmless->proxy), harmless->trusts_anybody,
      fetch_variant_of_string (harmless->ca_file), pack_min_speed (harmless),
      harmless->max_size, harmless->max_redirects, pack_header_timeout (harmless),
      harmless->connect_timeout, harmless->stall_timeout, harmless->total_timeout,
      harmless->lacks_secrets);
}

static gboolean
read_addresses (FetchRequest *self, GVariant *variant)
{
  g_autofree char *fallback_url = fetch_variant_dup_string (variant, 1);
  g_autofree char *none = NULL;

  /* One without a scheme would have a fallback of its own. */
  return fallback_url == NULL ||
         (fetch_url_parse (fallback_url, &self->fallback_url, &none, NULL) &&
          none == NULL);
}

static gboolean
read_headers (FetchRequest *self, GVariant *variant)
{
  g_autoptr (GVariant) fields = g_variant_get_child_value (variant, 5);
  g_autofree const char **texts = g_variant_get_bytestring_array (fields, NULL);

  for (gsize i = 0; texts[i] != NULL; i++)
    if (!fetch_request_add_header (self, texts[i], NULL))
      return FALSE;

  return TRUE;
}

static gboolean
read_choices (FetchRequest *self, GVariant *variant)
{
  g_autofree char *save_path = fetch_variant_dup_string (variant, 4);
  guint8           method, body_use, auth, http_version, ip_version;

  g_variant_get_child (variant, 2, "y", &method);
  g_variant_get_child (variant, 3, "y", &body_use);
  g_variant_get_child (variant, 6, "y", &auth);
  g_variant_get_child (variant, 7, "y", &http_version);
  g_variant_get_child (variant, 8, "y", &ip_version);
  if (method > FETCH_METHOD_HEAD || body_use > FETCH_BODY_KEEP || auth > AUTH_BEARER ||
      http_version > FETCH_HTTP_VERSION_2 || ip_version > FETCH_IP_VERSION_6 ||
      (body_use == FETCH_BODY_SAVE) != (save_path != NULL))
    return FALSE;

  /* That it may replace a file was said of the file that was there then. */
  if (save_path != NULL)
    fetch_request_save_to (self, save_path, FALSE);
  self->method = method;
  self->body_use = body_use;
  self->http_version = http_version;
  self->ip_version = ip_version;
  if (auth == AUTH_BASIC)
    fetch_request_set_basic_auth (self, "USER", "PASSWORD");
  if (auth == AUTH_BEARER)
    fetch_request_set_bearer_token (self, "TOKEN", NULL);

  return TRUE;
}

static gboolean
read_network (FetchRequest *self, GVariant *variant)
{
  g_autofree char *proxy = fetch_variant_dup_string (variant, 9);
  g_autofree char *ca_file = fetch_variant_dup_string (variant, 11);

  g_variant_get_child (variant, 10, "b", &self->trusts_anybody);
  fetch_request_set_ca_file (self, ca_file);

  return fetch_request_set_proxy (self, proxy, NULL);
}

static gboolean
read_bounds (FetchRequest *self, GVariant *variant)
{
  guint64 preview_size;
  guint   max_retries;

  g_variant_get_child (variant, 12, "t", &preview_size);
  g_variant_get_child (variant, 13, "t", &self->max_size);
  g_variant_get_child (variant, 14, "(uu)", &self->max_redirects, &max_retries);
  g_variant_get_child (variant, 15, "(xxx)", &self->connect_timeout, &self->stall_timeout,
                       &self->total_timeout);
  g_variant_get_child (variant, 16, "b", &self->lacks_secrets);

  return unpack_lower_bounds (self, preview_size, max_retries) &&
         self->max_redirects <= G_MAXINT && self->connect_timeout > 0 &&
         self->stall_timeout > 0 && self->total_timeout > 0;
}

/**
 * fetch_request_new_from_variant:
 * @variant: a value of the type %FETCH_REQUEST_VARIANT_TYPE, in normal form
 *
 * Makes a request of what was kept, which may have been damaged since.
 *
 * May be called from any thread.
 *
 * Returns: (transfer full) (nullable): a request; %NULL if it is not a valid one
 */
FetchRequest *
fetch_request_new_from_variant (GVariant *variant)
{
  g_autoptr (FetchRequest) self = NULL;
  g_autoptr (GVariant) url = NULL;

  g_return_val_if_fail (
      g_variant_is_of_type (variant, G_VARIANT_TYPE (FETCH_REQUEST_VARIANT_TYPE)), NULL);

  url = g_variant_get_child_value (variant, 0);
  self = fetch_request_new (g_variant_get_bytestring (url), NULL);
  if (self == NULL)
    return NULL;

  g_clear_pointer (&self->fallback_url, g_free);
  if (!read_addresses (self, variant) || !read_headers (self, variant) ||
      !read_choices (self, variant) || !read_network (self, variant) ||
      !read_bounds (self, variant))
    return NULL;

  return g_steal_pointer (&self);
}
