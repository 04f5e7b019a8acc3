/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-proxy-private.h"

#include <gio/gio.h>
#include <string.h>

#include "fetch/fetch-io-private.h"

/*
 * Which proxy server the system's settings want for a host. Asking them may take its time
 * (they may be in another process, or in a script that somebody has to fetch), so that is
 * done in the background, once for each host; whoever goes there waits for the answer, in
 * line.
 */
typedef struct
{
  _Atomic (int)    ref_count;
  _Atomic (char *) proxy; /* NULL until it is known; then it does not change */

  /* I/O thread only. */
  GQueue waiting; /* of FetchTransfer, owned, by their own link */
} Host;

struct _FetchProxies
{
  GProxyResolver
             *resolver; /* NULL if there are no settings: libcurl's environment counts */
  GHashTable *hosts;    /* name → Host */
};

typedef struct
{
  GProxyResolver *resolver;
  Host           *host;
  FetchTransfer  *transfer; /* the first that wants to know */
} Question;

static void
host_unref (gpointer data)
{
  Host *self = data;

  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  g_assert (self->waiting.length == 0);
  g_free (atomic_load (&self->proxy));
  g_free (self);
}

static gboolean
has_settings (GProxyResolver *resolver)
{
  return g_proxy_resolver_is_supported (resolver) &&
         !g_str_equal (G_OBJECT_TYPE_NAME (resolver), "GDummyProxyResolver");
}

FetchProxies *
fetch_proxies_new (void)
{
  FetchProxies   *self = g_new0 (FetchProxies, 1);
  GProxyResolver *resolver = g_proxy_resolver_get_default ();

  if (has_settings (resolver))
    self->resolver = g_object_ref (resolver);
  self->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, host_unref);

  return self;
}

void
fetch_proxies_free (FetchProxies *self)
{
  g_clear_object (&self->resolver);
  g_hash_table_unref (self->hosts);
  g_free (self);
}

/* From GIO's words to libcurl's: empty for none. */
static char *
proxy_of (const char *uri)
{
  if (uri == NULL || g_str_has_prefix (uri, "direct:"))
    return g_strdup ("");
  /* A proxy that can look up names itself is asked to. */
  if (g_str_has_prefix (uri, "socks:") || g_str_has_prefix (uri, "socks5:"))
    return g_strconcat ("socks5h", strchr (uri, ':'), NULL);

  return g_strdup (uri);
}

/* A BackgroundFunc. */
static gpointer
ask (BackgroundPromise *promise G_GNUC_UNUSED,
     gpointer           data,
     GError           **error G_GNUC_UNUSED)
{
  Question *self = data;
  g_auto (GStrv) uris = g_proxy_resolver_lookup (
      self->resolver, self->transfer->request->url, NULL, NULL);

  atomic_store (&self->host->proxy, proxy_of (uris != NULL ? uris[0] : NULL));
  fetch_io_tell (self->transfer->io, self->transfer);

  return NULL;
}

static void
question_free (gpointer data)
{
  Question *self = data;

  g_object_unref (self->resolver);
  host_unref (self->host);
  fetch_transfer_unref (self->transfer);
  g_free (self);
}

static Host *
host_new (FetchProxies *self, FetchTransfer *transfer)
{
  Host     *host = g_new0 (Host, 1);
  Question *question = g_new (Question, 1);
  g_autoptr (BackgroundCall) call = NULL;

  atomic_init (&host->ref_count, 2);
  *question = (Question){ g_object_ref (self->resolver), host,
                          fetch_transfer_ref (transfer) };
  call = background_call_new (ask, question, question_free);
  background_call_detach (call);

  /* Without a thread, nobody asks. */
  if (background_call_get_error (call) != NULL)
    atomic_store (&host->proxy, proxy_of (NULL));

  return host;
}

static void
take (Host *host, FetchTransfer *transfer)
{
  transfer->waits_for_proxy = FALSE;
  g_queue_unlink (&host->waiting, &transfer->link);
}

/* Whether the transfer may start: it knows its proxy, or needs none. If not, it waits in
 * here, and is told again. */
gboolean
fetch_proxies_find (FetchProxies *self, FetchTransfer *transfer)
{
  Host       *host;
  const char *proxy;

  if (transfer->request->proxy != NULL || self->resolver == NULL)
    return TRUE;

  host = g_hash_table_lookup (self->hosts, transfer->host);
  if (host == NULL)
    {
      host = host_new (self, transfer);
      g_hash_table_insert (self->hosts, g_strdup (transfer->host), host);
    }

  proxy = atomic_load (&host->proxy);
  if (proxy != NULL && host->waiting.length == 0)
    {
      transfer->system_proxy = g_strdup (proxy);
      return TRUE;
    }

  transfer->waits_for_proxy = TRUE;
  g_queue_push_tail_link (&host->waiting, &transfer->link);

  return FALSE;
}

/* Returns whether it was waiting here. */
gboolean
fetch_proxies_remove (FetchProxies *self, FetchTransfer *transfer)
{
  if (!transfer->waits_for_proxy)
    return FALSE;

  take (g_hash_table_lookup (self->hosts, transfer->host), transfer);

  return TRUE;
}

/* The next in line for the host of a transfer that may start now; NULL if none may. */
FetchTransfer *
fetch_proxies_take_found (FetchProxies *self, FetchTransfer *transfer)
{
  Host          *host = g_hash_table_lookup (self->hosts, transfer->host);
  FetchTransfer *first;

  if (host == NULL || host->waiting.length == 0 || atomic_load (&host->proxy) == NULL)
    return NULL;

  first = g_queue_peek_head (&host->waiting);
  take (host, first);
  first->system_proxy = g_strdup (atomic_load (&host->proxy));

  return first;
}

/* Takes one of those that wait, whichever; NULL if none does. */
FetchTransfer *
fetch_proxies_take_any (FetchProxies *self)
{
  GHashTableIter iter;
  gpointer       value;

  g_hash_table_iter_init (&iter, self->hosts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Host          *host = value;
      FetchTransfer *transfer = g_queue_peek_head (&host->waiting);

      if (transfer == NULL)
        continue;

      take (host, transfer);

      return transfer;
    }

  return NULL;
}
