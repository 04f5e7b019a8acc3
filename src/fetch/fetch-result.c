/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-result-private.h"

#include <curl/curl.h>
#include <gio/gio.h>
#include <string.h>

#include "fetch/fetch-header-private.h"
#include "fetch/fetch-io-private.h"
#include "fetch/fetch-secrets.h"
#include "fetch/fetch-status.h"
#include "fetch/fetch-tls-private.h"
#include "fetch/fetch-url.h"

/**
 * FetchResult:
 *
 * What was found behind an address: the first bytes, and the facts about the rest.
 *
 * It never changes, and may be used and freed in any thread. The strings in it come from
 * the network as they are: show them with [func@fetch_visible_text].
 */

G_DEFINE_BOXED_TYPE (FetchResult, fetch_result, fetch_result_ref, fetch_result_unref)

/* @io is whose thread makes it; NULL for one that comes from elsewhere. */
FetchResult *
fetch_result_new (FetchIo *io)
{
  FetchResult *self = g_new0 (FetchResult, 1);

  atomic_init (&self->ref_count, 1);
  background_change_init (self, returned);
  if (io != NULL)
    self->io = fetch_io_ref (io);

  return self;
}

void
fetch_result_free (FetchResult *self)
{
  g_free (self->url);
  g_strfreev (self->withheld_fields);
  g_free (self->content_type);
  g_clear_pointer (&self->first_bytes, g_bytes_unref);
  g_free (atomic_load (&self->sniffed_type));
  g_free (self->remote_address);
  g_free (self->saved_path);
  g_free (self->redirect_url);
  g_clear_pointer (&self->hops, fetch_hops_unref);
  g_clear_pointer (&self->tls, fetch_tls_free);
  g_clear_pointer (&self->io, fetch_io_unref);
  g_free (self);
}

/**
 * fetch_result_ref:
 * @self: a result
 *
 * May be called from any thread.
 *
 * Returns: (transfer full): @self
 */
FetchResult *
fetch_result_ref (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);

  return self;
}

/**
 * fetch_result_unref:
 * @self: (transfer full): a result
 *
 * May be called from any thread.
 */
void
fetch_result_unref (FetchResult *self)
{
  g_return_if_fail (self != NULL);

  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  if (self->io != NULL)
    fetch_io_take_back (self->io, self);
  else
    fetch_result_free (self);
}

/**
 * fetch_result_get_url:
 * @self: a result
 *
 * The address that has sent the final response, after all redirects; if no response came,
 * the address that was asked.
 *
 * Returns: (transfer none): an address
 */
const char *
fetch_result_get_url (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->url;
}

/* Leaves out the user name and the password of a reference with an authority; what has
 * none stays as it is. */
static char *
dup_without_userinfo (const char *reference)
{
  const char *authority = reference + strcspn (reference, ":/\\?#");
  gsize       length;
  const char *at;

  if (*authority == ':')
    authority++;
  if (strspn (authority, "/\\") < 2)
    return g_strdup (reference);

  authority += strspn (authority, "/\\");
  length = strcspn (authority, "/\\?#");
  at = g_strrstr_len (authority, length, "@");

  return at != NULL ? g_strdup_printf ("%.*s%s", (int) (authority - reference), reference,
                                       at + 1)
                    : g_strdup (reference);
}

/* Finds out where the last response redirects to: no response has come from there.
 * Returns NULL if it is no redirect. What is no URL is told as the server sent it; in
 * both cases without a user name in it. */
char *
fetch_result_find_redirect_url (FetchResult *self)
{
  guint            n_hops = fetch_result_get_n_hops (self);
  const char      *location;
  g_autofree char *harmless = NULL;
  char            *url;
  FetchUrlProblem  problem;

  if (n_hops == 0 || !fetch_status_is_redirect (self->status))
    return NULL;

  location = fetch_result_get_header (self, "Location");
  if (location == NULL || *location == '\0')
    return NULL;

  harmless = dup_without_userinfo (location);
  url = fetch_url_resolve (fetch_result_get_hop (self, n_hops - 1).url, harmless,
                           strlen (harmless), &problem);
  if (url != NULL)
    return url;

  return problem == FETCH_URL_PROBLEM_USERINFO ? fetch_secrets_hide_user (harmless)
                                               : g_steal_pointer (&harmless);
}

/**
 * fetch_result_get_redirect_url:
 * @self: a result
 *
 * Where the final response redirects to, if no response came from there: it was not
 * followed, as that is not possible or was not wanted, or it could not be reached. It has
 * no user name or password in it. If it is no valid address, it is what the server sent.
 *
 * Returns: (transfer none) (nullable): an address; %NULL for none
 */
const char *
fetch_result_get_redirect_url (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->redirect_url;
}

/**
 * fetch_result_get_withheld_fields:
 * @self: a result
 *
 * The names of the request's header fields that were not sent to a redirect's target, as
 * they are secret, and the target has another scheme, host or port.
 *
 * Returns: (transfer none) (array zero-terminated=1) (nullable): names such as
 *   `Authorization`; %NULL for none
 */
const char *const *
fetch_result_get_withheld_fields (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *const *) self->withheld_fields;
}

/**
 * fetch_result_get_status:
 * @self: a result
 *
 * The HTTP status code.
 *
 * Returns: a number such as 200; 0 if there was no answer
 */
int
fetch_result_get_status (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->status;
}

/**
 * fetch_result_get_status_line:
 * @self: a result
 *
 * The first line of the answer, as the server sent it, such as `HTTP/1.1 404 Not Found`.
 *
 * Returns: (transfer none) (nullable): a line; %NULL if there was no answer
 */
const char *
fetch_result_get_status_line (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->hops != NULL ? fetch_hops_get_status_line (self->hops) : NULL;
}

/**
 * fetch_result_get_content_type:
 * @self: a result
 *
 * What the server says that the body is, such as `text/html; charset=utf-8`.
 *
 * Returns: (transfer none) (nullable): a type; %NULL if the server doesn't say
 */
const char *
fetch_result_get_content_type (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->content_type;
}

/**
 * fetch_result_get_first_bytes:
 * @self: a result
 *
 * The first bytes of the body, decoded: as many as the request asked for, or fewer if
 * there are no more.
 *
 * Returns: (transfer none): the bytes
 */
GBytes *
fetch_result_get_first_bytes (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->first_bytes;
}

/**
 * fetch_result_get_size:
 * @self: a result
 *
 * How large the body is that arrived, decoded.
 *
 * Returns: a size in bytes
 */
guint64
fetch_result_get_size (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->size;
}

/**
 * fetch_result_get_size_on_wire:
 * @self: a result
 *
 * How many bytes of body went over the network: less than the size, if it was compressed.
 *
 * Returns: a size in bytes
 */
guint64
fetch_result_get_size_on_wire (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->size_on_wire;
}

/**
 * fetch_result_get_full_size:
 * @self: a result
 *
 * How large the body is on the server, as that says, whether it arrived or not.
 *
 * Returns: a size in bytes; -1 if the server doesn't say
 */
gint64
fetch_result_get_full_size (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->full_size;
}

/**
 * fetch_result_get_ending:
 * @self: a result
 *
 * Tells how much of the body arrived, and why not more.
 *
 * Returns: how it ended
 */
FetchEnding
fetch_result_get_ending (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, FETCH_ENDING_FAILED);

  return self->ending;
}

/**
 * fetch_result_get_decoding_note:
 * @self: a result
 *
 * Tells whether the body was decoded otherwise than the server says, where that is no
 * error. [method@FetchResult.dup_content_codings] names the codings. Thread-safe.
 *
 * Returns: what there is to say of it
 */
FetchDecodingNote
fetch_result_get_decoding_note (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, FETCH_DECODING_NOTE_NONE);

  return self->decoding_note;
}

/**
 * fetch_result_dup_content_codings:
 * @self: a result
 *
 * Lists the codings that the server says the body has, as it names them, such as `gzip`
 * or `gzip, br`. Thread-safe.
 *
 * Returns: (transfer full) (nullable): a list; %NULL if the server names none
 */
char *
fetch_result_dup_content_codings (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return fetch_result_get_n_hops (self) > 0
             ? fetch_header_dup_content_codings (self->hops)
             : NULL;
}

/**
 * fetch_result_is_complete:
 * @self: a result
 *
 * Tells whether the whole body arrived. If not, [method@FetchResult.get_ending] tells
 * why.
 *
 * Returns: whether it is all there
 */
gboolean
fetch_result_is_complete (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->ending == FETCH_ENDING_COMPLETE;
}

/**
 * fetch_result_is_fallback:
 * @self: a result
 *
 * Tells whether an address that was typed without a scheme was fetched over plain HTTP,
 * as there was no HTTPS.
 *
 * Returns: whether it is not encrypted for that reason
 */
gboolean
fetch_result_is_fallback (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_fallback;
}

/**
 * fetch_result_get_n_redirects:
 * @self: a result
 *
 * Returns: how many redirects were followed
 */
guint
fetch_result_get_n_redirects (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_redirects;
}

/**
 * fetch_result_get_remote_address:
 * @self: a result
 *
 * Who answered: an IP address and a port.
 *
 * Returns: (transfer none) (nullable): an address; %NULL if there was no connection
 */
const char *
fetch_result_get_remote_address (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->remote_address;
}

/**
 * fetch_result_get_duration:
 * @self: a result
 *
 * How long it took, from when it was begun (and not only asked for) to the end.
 *
 * Returns: a time in microseconds
 */
gint64
fetch_result_get_duration (FetchResult *self)
{
  const FetchTimeline *timeline;

  g_return_val_if_fail (self != NULL, 0);

  timeline = &self->timeline;

  return timeline->name + timeline->connect + timeline->tls + timeline->wait +
         timeline->receive;
}

/**
 * fetch_result_get_timeline:
 * @self: a result
 *
 * Returns: (transfer none): where the time went
 */
const FetchTimeline *
fetch_result_get_timeline (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->timeline;
}

/**
 * fetch_result_get_n_hops:
 * @self: a result
 *
 * Returns: how many answers there were: one more than redirects that were followed, if
 *   there was an answer in the end
 */
guint
fetch_result_get_n_hops (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->hops != NULL ? fetch_hops_get_length (self->hops) : 0;
}

/**
 * fetch_result_get_hop:
 * @self: a result
 * @position: which answer, from 0 for the first
 *
 * Returns: (transfer none): an answer of the redirect chain, whose strings live as long
 * as
 *   @self
 */
FetchHop
fetch_result_get_hop (FetchResult *self, guint position)
{
  g_return_val_if_fail (position < fetch_result_get_n_hops (self), (FetchHop){ 0 });

  return fetch_hops_get (self->hops, position);
}

/**
 * fetch_result_get_header:
 * @self: a result
 * @name: the name of a header field, in whichever case
 *
 * Looks for a header field of the last answer.
 *
 * Returns: (transfer none) (nullable): what the first of that name says; %NULL if there
 * is none
 */
const char *
fetch_result_get_header (FetchResult *self, const char *name)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return self->hops != NULL ? fetch_hops_find_field (self->hops, name) : NULL;
}

/**
 * fetch_result_get_tls:
 * @self: a result
 *
 * Returns: (transfer none) (nullable): how the connection was secured; %NULL if it was
 * not, or if libcurl was built with a library that doesn't tell
 */
const FetchTls *
fetch_result_get_tls (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->tls;
}

/**
 * fetch_result_get_http_version:
 * @self: a result
 *
 * Returns: (transfer none) (nullable): such as `HTTP/2`; %NULL if there was no answer
 */
const char *
fetch_result_get_http_version (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->http_version;
}

/* The last part of the path, which may end like the name of a file. */
static char *
file_name_of (const char *url)
{
  CURLU      *parts = curl_url ();
  char       *path = NULL;
  const char *slash;
  char       *name;

  curl_url_set (parts, CURLUPART_URL, url, 0);
  curl_url_get (parts, CURLUPART_PATH, &path, 0);
  slash = path != NULL ? strrchr (path, '/') : NULL;
  name = slash != NULL && slash[1] != '\0' ? g_strdup (slash + 1) : NULL;
  curl_free (path);
  curl_url_cleanup (parts);

  return name;
}

static char *
sniff (FetchResult *self)
{
  g_autofree char *name = file_name_of (self->url);
  g_autofree char *type = NULL;
  gsize            size;
  const guint8    *bytes = g_bytes_get_data (self->first_bytes, &size);

  if (size == 0)
    return g_strdup ("");

  type = g_content_type_guess (name, bytes, size, NULL);
  if (g_content_type_is_unknown (type))
    return g_strdup ("");

  return g_content_type_get_mime_type (type);
}

/**
 * fetch_result_get_sniffed_type:
 * @self: a result
 *
 * What the first bytes, and the end of the address, look like, whatever the server says.
 * It is found out when it is asked for, as that costs more than fetching them.
 *
 * Returns: (transfer none) (nullable): a MIME type, such as `image/png`; %NULL if there
 * are no bytes, or they look like nothing in particular
 */
const char *
fetch_result_get_sniffed_type (FetchResult *self)
{
  char *type, *known = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  type = atomic_load (&self->sniffed_type);
  if (type == NULL)
    {
      type = sniff (self);
      /* Another thread may have been faster. */
      if (!atomic_compare_exchange_strong (&self->sniffed_type, &known, type))
        {
          g_free (type);
          type = known;
        }
    }

  return *type != '\0' ? type : NULL;
}

/**
 * fetch_result_get_saved_path:
 * @self: a result
 *
 * Returns: (transfer none) (nullable): the file that has the body; %NULL if it was not
 *   saved
 */
const char *
fetch_result_get_saved_path (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->saved_path;
}

/**
 * fetch_result_get_n_attempts:
 * @self: a result
 *
 * Returns: how often it was tried; 1 if the first time was the last
 */
guint
fetch_result_get_n_attempts (FetchResult *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_attempts;
}
