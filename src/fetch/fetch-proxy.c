/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-proxy-private.h"

#include <gio/gio.h>
#include <pthread.h>
#include <string.h>

#include "fetch/fetch-io-private.h"

/*
 * Which proxy server the system's settings want for a host. Asking them may take its time
 * (they may be in another process, or in a script that somebody has to fetch), so that is
 * done in the background, and once for each host.
 */
struct _FetchProxies
{
  _Atomic (int)      ref_count;
  _Atomic (gboolean) has_no_settings; /* then libcurl looks at the environment */

  /* Under this lock, which is held for a look into the table only. */
  pthread_mutex_t lock;
  GHashTable     *known; /* host → proxy */
};

typedef struct
{
  FetchProxies  *proxies;
  FetchTransfer *transfer;
} Question;

FetchProxies *
fetch_proxies_new (void)
{
  FetchProxies *self = g_new0 (FetchProxies, 1);

  atomic_init (&self->ref_count, 1);
  pthread_mutex_init (&self->lock, NULL);
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return self;
}

void
fetch_proxies_unref (FetchProxies *self)
{
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  g_hash_table_unref (self->known);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

static char *
find (FetchProxies *self, const char *host)
{
  char *proxy;

  pthread_mutex_lock (&self->lock);
  proxy = g_strdup (g_hash_table_lookup (self->known, host));
  pthread_mutex_unlock (&self->lock);

  return proxy;
}

static void
remember (FetchProxies *self, const char *host, const char *proxy)
{
  pthread_mutex_lock (&self->lock);
  g_hash_table_replace (self->known, g_strdup (host), g_strdup (proxy));
  pthread_mutex_unlock (&self->lock);
}

static gboolean
has_settings (GProxyResolver *resolver)
{
  return g_proxy_resolver_is_supported (resolver) &&
         !g_str_equal (G_OBJECT_TYPE_NAME (resolver), "GDummyProxyResolver");
}

/* From GIO's words to libcurl's: empty for none. */
static char *
proxy_of (const char *uri)
{
  if (g_str_has_prefix (uri, "direct:"))
    return g_strdup ("");
  /* A proxy that can look up names itself is asked to. */
  if (g_str_has_prefix (uri, "socks:") || g_str_has_prefix (uri, "socks5:"))
    return g_strconcat ("socks5h", strchr (uri, ':'), NULL);

  return g_strdup (uri);
}

/* A BackgroundFunc. */
static gpointer
look_up (BackgroundPromise *promise G_GNUC_UNUSED,
         gpointer           data,
         GError           **error G_GNUC_UNUSED)
{
  Question       *question = data;
  FetchProxies   *self = question->proxies;
  FetchTransfer  *transfer = question->transfer;
  GProxyResolver *resolver = g_proxy_resolver_get_default ();
  g_auto (GStrv) uris = NULL;

  if (!has_settings (resolver))
    atomic_store (&self->has_no_settings, TRUE);
  else
    uris = g_proxy_resolver_lookup (resolver, transfer->request->url, NULL, NULL);

  if (uris != NULL && uris[0] != NULL)
    {
      transfer->system_proxy = proxy_of (uris[0]);
      remember (self, transfer->host, transfer->system_proxy);
    }
  atomic_store (&transfer->has_system_proxy, TRUE);
  fetch_io_tell (transfer->io, transfer);

  return NULL;
}

static void
question_free (gpointer data)
{
  Question *question = data;

  fetch_transfer_unref (question->transfer);
  fetch_proxies_unref (question->proxies);
  g_free (question);
}

/* Tells the I/O thread of the transfer, and once more when the proxy is known. */
void
fetch_proxies_look_up (FetchProxies *self, FetchTransfer *transfer)
{
  g_autoptr (BackgroundCall) call = NULL;
  Question *question;

  if (transfer->request->proxy == NULL && !atomic_load (&self->has_no_settings))
    transfer->system_proxy = find (self, transfer->host);

  if (transfer->request->proxy != NULL || transfer->system_proxy != NULL ||
      atomic_load (&self->has_no_settings))
    {
      atomic_store (&transfer->has_system_proxy, TRUE);
      fetch_io_tell (transfer->io, transfer);
      return;
    }

  /* So that the I/O thread can cancel it meanwhile. */
  fetch_io_tell (transfer->io, transfer);
  question = g_new (Question, 1);
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);
  *question = (Question){ self, fetch_transfer_ref (transfer) };
  call = background_call_new (look_up, question, question_free);
  background_call_detach (call);

  /* Without a thread, there is no proxy. */
  if (background_call_get_error (call) != NULL)
    {
      atomic_store (&transfer->has_system_proxy, TRUE);
      fetch_io_tell (transfer->io, transfer);
    }
}
