/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define FETCH_TYPE_REQUEST (fetch_request_get_type ())

typedef struct _FetchRequest FetchRequest;

/**
 * FETCH_REQUEST_VARIANT_TYPE:
 *
 * The type of a request that is kept: see [method@FetchRequest.to_variant].
 */
#define FETCH_REQUEST_VARIANT_TYPE "(aymayyymayaayyyymaybmaytt(uu)(xxx)b)"

/**
 * FETCH_REQUEST_DEFAULT_PREVIEW_SIZE:
 *
 * How many bytes of a body are kept, unless told otherwise.
 */
#define FETCH_REQUEST_DEFAULT_PREVIEW_SIZE 500

/**
 * FETCH_REQUEST_DEFAULT_TOTAL_TIMEOUT:
 *
 * How long all of a fetch may take, in microseconds, unless told otherwise.
 */
#define FETCH_REQUEST_DEFAULT_TOTAL_TIMEOUT (10 * G_TIME_SPAN_MINUTE)

/**
 * FETCH_REQUEST_MOST_RETRIES:
 *
 * How often a fetch is tried again, at most.
 */
#define FETCH_REQUEST_MOST_RETRIES 10

/**
 * FetchMethod:
 * @FETCH_METHOD_GET: the body, too
 * @FETCH_METHOD_HEAD: the headers only
 *
 * What a server is asked for.
 */
typedef enum
{
  FETCH_METHOD_GET,
  FETCH_METHOD_HEAD,
} FetchMethod;

/**
 * FetchBodyUse:
 * @FETCH_BODY_COUNT: all of it is received; the first bytes are kept, the rest is counted
 * @FETCH_BODY_PEEK: the first bytes are kept, and no more is received than it takes
 * @FETCH_BODY_SAVE: all of it goes to a file; the first bytes are kept as well
 * @FETCH_BODY_KEEP: all of it is kept as the first bytes, which are seen at the end only
 *
 * What becomes of a body.
 */
typedef enum
{
  FETCH_BODY_COUNT,
  FETCH_BODY_PEEK,
  FETCH_BODY_SAVE,
  FETCH_BODY_KEEP,
} FetchBodyUse;

/**
 * FetchHttpVersion:
 * @FETCH_HTTP_VERSION_ANY: HTTP/2 where TLS is used and the server speaks it
 * @FETCH_HTTP_VERSION_1_1: HTTP/1.1
 * @FETCH_HTTP_VERSION_2: HTTP/2 where the server speaks it, even without TLS
 *
 * Which version of HTTP to speak.
 */
typedef enum
{
  FETCH_HTTP_VERSION_ANY,
  FETCH_HTTP_VERSION_1_1,
  FETCH_HTTP_VERSION_2,
} FetchHttpVersion;

/**
 * FetchIpVersion:
 * @FETCH_IP_VERSION_ANY: whichever works first
 * @FETCH_IP_VERSION_4: IPv4 only
 * @FETCH_IP_VERSION_6: IPv6 only
 *
 * Which version of the Internet Protocol to use.
 */
typedef enum
{
  FETCH_IP_VERSION_ANY,
  FETCH_IP_VERSION_4,
  FETCH_IP_VERSION_6,
} FetchIpVersion;

GType         fetch_request_get_type (void);
FetchRequest *fetch_request_new (const char *text, GError **error);
FetchRequest *fetch_request_copy (FetchRequest *self);
void          fetch_request_free (FetchRequest *self);

const char *fetch_request_get_url (FetchRequest *self);
const char *fetch_request_get_shown_url (FetchRequest *self);
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

/**
 * FETCH_REQUEST_DEFAULT_HEADER_TIMEOUT:
 *
 * How long the header of a response may take, unless told otherwise, in microseconds.
 */
#define FETCH_REQUEST_DEFAULT_HEADER_TIMEOUT (120 * G_TIME_SPAN_SECOND)

/**
 * FETCH_REQUEST_DEFAULT_MIN_SPEED:
 *
 * The lowest speed of a body, unless told otherwise, in bytes per second: far below the
 * slowest mobile network, and above what drips to keep a connection busy.
 */
#define FETCH_REQUEST_DEFAULT_MIN_SPEED 10

gint64 fetch_request_get_header_timeout (FetchRequest *self);
void   fetch_request_set_header_timeout (FetchRequest *self, gint64 microseconds);

guint fetch_request_get_min_speed (FetchRequest *self);
void  fetch_request_set_min_speed (FetchRequest *self, guint bytes_per_second);

gint64 fetch_request_get_total_timeout (FetchRequest *self);
void   fetch_request_set_total_timeout (FetchRequest *self, gint64 microseconds);

FetchMethod  fetch_request_get_method (FetchRequest *self);
void         fetch_request_set_method (FetchRequest *self, FetchMethod method);
FetchBodyUse fetch_request_get_body_use (FetchRequest *self);
void         fetch_request_write_to (FetchRequest *self, int fd);
void         fetch_request_set_body_use (FetchRequest *self, FetchBodyUse use);
void         fetch_request_keep_body (FetchRequest *self, gsize max_size);
void fetch_request_save_to (FetchRequest *self, const char *path, gboolean replaces);
const char *fetch_request_get_save_path (FetchRequest *self);
gboolean    fetch_request_get_replaces (FetchRequest *self);
void        fetch_request_set_replaces (FetchRequest *self, gboolean replaces);

gboolean fetch_request_check_header (const char *field, GError **error);
gboolean fetch_request_add_header (FetchRequest *self, const char *field, GError **error);
const char *const *fetch_request_get_headers (FetchRequest *self);
void               fetch_request_set_basic_auth (FetchRequest *self,
                                                 const char   *user,
                                                 const char   *password);
const char        *fetch_request_get_user (FetchRequest *self);
const char        *fetch_request_get_password (FetchRequest *self);
gboolean           fetch_request_set_bearer_token (FetchRequest *self,
                                                   const char   *token,
                                                   GError      **error);
const char        *fetch_request_get_bearer_token (FetchRequest *self);

FetchHttpVersion fetch_request_get_http_version (FetchRequest *self);
void fetch_request_set_http_version (FetchRequest *self, FetchHttpVersion version);
FetchIpVersion fetch_request_get_ip_version (FetchRequest *self);
void           fetch_request_set_ip_version (FetchRequest *self, FetchIpVersion version);
gboolean       fetch_request_check_proxy (const char *proxy, GError **error);
const char    *fetch_request_get_proxy (FetchRequest *self);
gboolean fetch_request_set_proxy (FetchRequest *self, const char *proxy, GError **error);

gboolean    fetch_request_get_verifies_tls (FetchRequest *self);
void        fetch_request_set_verifies_tls (FetchRequest *self, gboolean verifies);
const char *fetch_request_get_ca_file (FetchRequest *self);
void        fetch_request_set_ca_file (FetchRequest *self, const char *path);

guint fetch_request_get_max_retries (FetchRequest *self);
void  fetch_request_set_max_retries (FetchRequest *self, guint retries);

const char *fetch_request_get_user_agent (FetchRequest *self);
gboolean    fetch_request_lacks_secrets (FetchRequest *self);

GVariant     *fetch_request_to_variant (FetchRequest *self);
FetchRequest *fetch_request_new_from_variant (GVariant *variant);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FetchRequest, fetch_request_free)

G_END_DECLS
