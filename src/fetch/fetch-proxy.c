/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-proxy-private.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "fetch/fetch-error.h"
#include "fetch/fetch-io-private.h"
#include "fetch/fetch-url.h"
#include "fetch/fetch-visible-text.h"

/*
 * Which proxy server the system's settings want for a host. Asking them may take its time
 * (they may be in another process, or in a script that somebody has to fetch), so that is
 * done in the background, once for each host; whoever goes there waits for the answer, in
 * line, but not longer than for a connection. They are told the host and no more: what
 * follows it in an address may be a secret.
 *
 * Settings change, so an answer is good for a while only. Without one, nobody is asked:
 * what is meant to go through a proxy server must not go round it.
 *
 * The environment comes before the settings, with the variables and the rules of curl.
 * Not each GProxyResolver reads it, and those that do leave out variables: that of
 * libproxy knows neither all_proxy nor no_proxy. The hosts of no_proxy are matched by
 * libcurl, whoever has named the proxy server.
 */

/* In the order of curl, which takes no HTTP_PROXY: in a CGI program, that is a header
 * field of the request. */
static const char *const http_variables[] = { "http_proxy", "all_proxy", "ALL_PROXY",
                                              NULL };
static const char *const https_variables[] = { "https_proxy", "HTTPS_PROXY", "all_proxy",
                                               "ALL_PROXY", NULL };

#define LONGEST_AGE G_TIME_SPAN_MINUTE

/* So many answers are kept, beside those that somebody waits for. */
#define MAX_ANSWERS 1000

/* So many are asked for at once. A script may hang: it keeps no other threads. */
#define MAX_THREADS 4

typedef struct
{
  /* Any thread. */
  _Atomic (int)      ref_count;
  _Atomic (gboolean) is_answered; /* then the next two do not change any more */
  char        **proxies; /* in libcurl's words: at least one, unless there is an error */
  GError       *error;
  GCancellable *cancellable;

  /* I/O thread only. */
  char  *origin;
  gint64 asked;
  GQueue waiting; /* of FetchTransfer, owned, by their own link */
  GList  link;    /* in the queue of all, in the order of asking */
} Lookup;

struct _FetchProxies
{
  GProxyResolver *resolver; /* NULL without settings: libcurl looks at the environment */
  char           *http_proxy; /* of the environment; NULL if it names none */
  char           *https_proxy;
  BackgroundPool *pool;
  GHashTable     *lookups; /* origin → Lookup, owned */
  GQueue          by_age;  /* of Lookup */
  GSequence      *by_due;  /* of FetchTransfer: those that wait */
};

typedef struct
{
  GProxyResolver *resolver;
  Lookup         *lookup;
  char           *url;
  FetchTransfer  *transfer; /* the first that wants to know */
} Question;

static void
lookup_unref (gpointer data)
{
  Lookup *self = data;

  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  g_assert (self->waiting.length == 0);
  g_strfreev (self->proxies);
  g_clear_error (&self->error);
  g_object_unref (self->cancellable);
  g_free (self->origin);
  g_free (self);
}

static gboolean
has_settings (GProxyResolver *resolver)
{
  return g_proxy_resolver_is_supported (resolver) &&
         !g_str_equal (G_OBJECT_TYPE_NAME (resolver), "GDummyProxyResolver");
}

/* An empty variable is as good as none. */
static char *
get_first_variable (const char *const names[])
{
  for (gsize i = 0; names[i] != NULL; i++)
    {
      const char *value = g_getenv (names[i]);

      if (value != NULL && *value != '\0')
        return g_strdup (value);
    }

  return NULL;
}

FetchProxies *
fetch_proxies_new (void)
{
  FetchProxies   *self = g_new0 (FetchProxies, 1);
  GProxyResolver *resolver = g_proxy_resolver_get_default ();

  if (has_settings (resolver))
    self->resolver = g_object_ref (resolver);
  self->http_proxy = get_first_variable (http_variables);
  self->https_proxy = get_first_variable (https_variables);
  self->pool = background_pool_new ("fetch-proxy", MAX_THREADS);
  self->lookups = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, lookup_unref);
  self->by_due = g_sequence_new (NULL);

  return self;
}

/* When nobody waits any more. */
void
fetch_proxies_free (FetchProxies *self)
{
  g_assert (g_sequence_is_empty (self->by_due));

  g_clear_object (&self->resolver);
  g_free (self->http_proxy);
  g_free (self->https_proxy);
  background_pool_unref (self->pool);
  g_hash_table_unref (self->lookups);
  g_sequence_free (self->by_due);
  g_free (self);
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
ask (BackgroundPromise *promise G_GNUC_UNUSED,
     gpointer           data,
     GError           **error G_GNUC_UNUSED)
{
  Question *self = data;
  Lookup   *lookup = self->lookup;
  char **uris = g_proxy_resolver_lookup (self->resolver, self->url, lookup->cancellable,
                                         &lookup->error);

  for (gsize i = 0; uris != NULL && uris[i] != NULL; i++)
    {
      char *uri = uris[i];

      uris[i] = proxy_of (uri);
      g_free (uri);
    }
  lookup->proxies = uris;
  if (lookup->error == NULL && (uris == NULL || *uris == NULL))
    g_set_error_literal (&lookup->error, G_IO_ERROR, G_IO_ERROR_FAILED,
                         "Neither a proxy nor none");
  atomic_store (&lookup->is_answered, TRUE);
  fetch_io_tell (self->transfer->io, self->transfer);

  return NULL;
}

static void
question_free (gpointer data)
{
  Question *self = data;

  g_object_unref (self->resolver);
  lookup_unref (self->lookup);
  g_free (self->url);
  fetch_transfer_unref (self->transfer);
  g_free (self);
}

static void
start_asking (FetchProxies *self, Lookup *lookup, FetchTransfer *transfer)
{
  Question *question = g_new (Question, 1);
  g_autoptr (BackgroundCall) call = NULL;

  atomic_fetch_add (&lookup->ref_count, 1);
  *question = (Question){ g_object_ref (self->resolver), lookup,
                          g_strconcat (lookup->origin, "/", NULL),
                          fetch_transfer_ref (transfer) };
  call = background_call_new_full (ask, question, question_free, NULL,
                                   lookup->cancellable, G_PRIORITY_DEFAULT, self->pool);
  background_call_detach (call);

  /* Without a thread, nobody asks. */
  if (background_call_get_error (call) == NULL)
    return;

  lookup->error = g_error_copy (background_call_get_error (call));
  atomic_store (&lookup->is_answered, TRUE);
  fetch_io_tell (transfer->io, transfer);
}

static void
forget (FetchProxies *self, Lookup *lookup)
{
  g_queue_unlink (&self->by_age, &lookup->link);
  g_hash_table_remove (self->lookups, lookup->origin);
}

static gboolean
is_old (Lookup *lookup)
{
  return g_get_monotonic_time () - lookup->asked >= LONGEST_AGE;
}

/* Those that somebody waits for are no more than there are transfers. */
static void
forget_old (FetchProxies *self)
{
  Lookup *oldest;

  while ((oldest = g_queue_peek_head (&self->by_age)) != NULL &&
         oldest->waiting.length == 0 &&
         (is_old (oldest) || self->by_age.length > MAX_ANSWERS))
    forget (self, oldest);
}

/* NULL if nobody has asked for a while. Where nobody waits, there is an answer. */
static Lookup *
get_new_enough (FetchProxies *self, const char *origin)
{
  Lookup *lookup;

  forget_old (self);
  lookup = g_hash_table_lookup (self->lookups, origin);
  if (lookup == NULL || lookup->waiting.length > 0 || !is_old (lookup))
    return lookup;

  forget (self, lookup);

  return NULL;
}

/* Takes @origin. */
static Lookup *
lookup_new (FetchProxies *self, char *origin, FetchTransfer *transfer)
{
  Lookup *lookup = g_new0 (Lookup, 1);

  atomic_init (&lookup->ref_count, 1);
  lookup->cancellable = g_cancellable_new ();
  lookup->origin = origin;
  lookup->asked = g_get_monotonic_time ();
  lookup->link.data = lookup;
  g_hash_table_insert (self->lookups, lookup->origin, lookup);
  g_queue_push_tail_link (&self->by_age, &lookup->link);
  start_asking (self, lookup, transfer);

  return lookup;
}

/* Whether they are to be asked for it. */
static gboolean
are_for (FetchProxies *self, FetchTransfer *transfer)
{
  return self->resolver != NULL && transfer->request->proxy == NULL;
}

/* NULL if the settings are to be asked. */
static const char *
get_from_environment (FetchProxies *self, const char *origin)
{
  return g_str_has_prefix (origin, "https:") ? self->https_proxy : self->http_proxy;
}

/* In microseconds. Whoever only guesses at HTTPS waits for the settings as others do. */
static gint64
get_patience (FetchTransfer *transfer)
{
  gint64 spent = transfer->spent;

  if (transfer->easy != NULL)
    spent += g_get_monotonic_time () - transfer->started;

  return MIN (transfer->request->connect_timeout,
              transfer->request->total_timeout - spent);
}

static void
let_wait (FetchProxies *self, Lookup *lookup, FetchTransfer *transfer)
{
  transfer->waits_for_proxy = TRUE;
  transfer->due = g_get_monotonic_time () + get_patience (transfer);
  transfer->pause = g_sequence_insert_sorted (self->by_due, transfer,
                                              fetch_transfer_compare_due, NULL);
  g_queue_push_tail_link (&lookup->waiting, &transfer->link);
}

static void
take (Lookup *lookup, FetchTransfer *transfer)
{
  transfer->waits_for_proxy = FALSE;
  g_sequence_remove (g_steal_pointer (&transfer->pause));
  g_queue_unlink (&lookup->waiting, &transfer->link);
}

/* Takes @proxies. */
static void
set_proxies (FetchTransfer *transfer, char **proxies)
{
  g_strfreev (transfer->system_proxies);
  transfer->system_proxies = proxies;
  transfer->n_dead_proxies = 0;
}

/* Whether the transfer may go to that address: it knows its proxy, or needs none. If not,
 * it waits in here, and is told again. */
gboolean
fetch_proxies_find (FetchProxies *self, FetchTransfer *transfer, const char *url)
{
  g_autofree char *origin = NULL;
  const char      *environment;
  Lookup          *lookup;

  if (!are_for (self, transfer))
    return TRUE;

  origin = fetch_url_get_origin (url);
  if (transfer->system_proxies != NULL &&
      g_str_equal (transfer->origin_of_proxies, origin))
    return TRUE;

  g_free (transfer->origin_of_proxies);
  transfer->origin_of_proxies = g_strdup (origin);
  environment = get_from_environment (self, origin);
  if (environment != NULL)
    {
      char **proxies = g_new0 (char *, 2);

      proxies[0] = g_strdup (environment);
      set_proxies (transfer, proxies);
      return TRUE;
    }

  lookup = get_new_enough (self, origin);
  if (lookup == NULL)
    lookup = lookup_new (self, g_steal_pointer (&origin), transfer);
  else if (lookup->waiting.length == 0)
    {
      set_proxies (transfer, g_strdupv (lookup->proxies));
      return TRUE;
    }

  let_wait (self, lookup, transfer);

  return FALSE;
}

static Lookup *
get_lookup (FetchProxies *self, FetchTransfer *transfer)
{
  return g_hash_table_lookup (self->lookups, transfer->origin_of_proxies);
}

/* When one has left it: without anybody who wants to know, it is not waited for, and who
 * comes after a failure asks anew. */
static void
forget_if_useless (FetchProxies *self, Lookup *lookup)
{
  gboolean is_good = atomic_load (&lookup->is_answered) && lookup->error == NULL;

  if (lookup->waiting.length > 0 || is_good)
    return;

  g_cancellable_cancel (lookup->cancellable);
  forget (self, lookup);
}

/* Nothing happens unless it waits here. */
void
fetch_proxies_remove (FetchProxies *self, FetchTransfer *transfer)
{
  Lookup *lookup;

  if (!transfer->waits_for_proxy)
    return;

  lookup = get_lookup (self, transfer);
  take (lookup, transfer);
  forget_if_useless (self, lookup);
}

static GError *
lookup_failed (Lookup *lookup)
{
  g_autofree char *origin = fetch_visible_line (lookup->origin);
  g_autofree char *detail = fetch_visible_line (lookup->error->message);
  g_autofree char *sentence = g_strdup_printf (
      /* Translators: %s is the beginning of an address, such as https://example.org. */
      _ ("The system’s proxy settings do not say how to reach %s. They may be wrong, or "
         "name a script that can’t be read."),
      origin);
  /* Translators: a sentence, and technical details in English. */
  g_autofree char *message = g_strdup_printf (_ ("%s (%s)"), sentence, detail);

  return fetch_error_new (FETCH_ERROR_CANNOT_CONNECT, message, NULL);
}

static GError *
lookup_timed_out (Lookup *lookup)
{
  g_autofree char *origin = fetch_visible_line (lookup->origin);
  g_autofree char *message = g_strdup_printf (
      /* Translators: %s is the beginning of an address, such as https://example.org. */
      _ ("The system’s proxy settings did not say in time how to reach %s. They may name "
         "a script that hangs, or whose server does not answer."),
      origin);

  return fetch_error_new (FETCH_ERROR_TIMED_OUT, message, NULL);
}

/* The next in line for where a transfer goes, which knows its proxy now, or has a
 * proxy_error; NULL if there is none. */
FetchTransfer *
fetch_proxies_take_answered (FetchProxies *self, FetchTransfer *transfer)
{
  Lookup        *lookup;
  FetchTransfer *first;

  if (transfer->origin_of_proxies == NULL)
    return NULL;

  lookup = get_lookup (self, transfer);
  if (lookup == NULL || lookup->waiting.length == 0 ||
      !atomic_load (&lookup->is_answered))
    return NULL;

  first = g_queue_peek_head (&lookup->waiting);
  take (lookup, first);
  if (lookup->error == NULL)
    set_proxies (first, g_strdupv (lookup->proxies));
  else
    first->proxy_error = lookup_failed (lookup);
  forget_if_useless (self, lookup);

  return first;
}

/* The next that has waited for too long, with a proxy_error; NULL if there is none. */
FetchTransfer *
fetch_proxies_take_overdue (FetchProxies *self)
{
  FetchTransfer *transfer = fetch_proxies_get_next_due (self);

  if (transfer == NULL || transfer->due > g_get_monotonic_time ())
    return NULL;

  transfer->proxy_error = lookup_timed_out (get_lookup (self, transfer));
  fetch_proxies_remove (self, transfer);

  return transfer;
}

/* The one that waits here and gives up first; NULL if none waits. */
FetchTransfer *
fetch_proxies_get_next_due (FetchProxies *self)
{
  GSequenceIter *first = g_sequence_get_begin_iter (self->by_due);

  return g_sequence_iter_is_end (first) ? NULL : g_sequence_get (first);
}
