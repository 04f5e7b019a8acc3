/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "demo/demo-server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backgroundcall/backgroundcall.h"
#include "demo/demo-pages.h"

/**
 * DemoServer:
 *
 * A little web server on the loopback interface, with pages that are slow, large, cut
 * off, or otherwise worth fetching. No network is needed.
 *
 * It listens from its creation to its end, on a port that was free. It is itself a use of
 * the layer: waiting for connections is one background call, and each connection another,
 * in plain blocking code. At its end, the sockets are shut down, and so all calls return.
 */
struct _DemoServer
{
  GObject parent_instance;

  struct Listening *listening;
  BackgroundCall   *call;
  guint             port;
};

G_DEFINE_FINAL_TYPE (DemoServer, demo_server, G_TYPE_OBJECT)

#define MAX_CONNECTIONS 512

/* What the threads of a server share. */
typedef struct Listening
{
  _Atomic (int)   ref_count;
  BackgroundPool *pool;

  pthread_mutex_t lock;

  /* Under the lock. */
  int         fd;
  GHashTable *connections; /* of file descriptors */
  gboolean    is_over;
} Listening;

typedef struct
{
  Listening *listening;
  int        fd;
} Connection;

static Listening *
listening_ref (Listening *self)
{
  atomic_fetch_add (&self->ref_count, 1);

  return self;
}

static void
listening_unref (Listening *self)
{
  if (atomic_fetch_sub (&self->ref_count, 1) > 1)
    return;

  close (self->fd);
  g_hash_table_unref (self->connections);
  background_pool_unref (self->pool);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

/* Whoever waits for one of these sockets comes back. */
static void
listening_shut_down (Listening *self)
{
  GHashTableIter iter;
  gpointer       fd;

  pthread_mutex_lock (&self->lock);
  self->is_over = TRUE;
  shutdown (self->fd, SHUT_RDWR);
  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &fd, NULL))
    shutdown (GPOINTER_TO_INT (fd), SHUT_RDWR);
  pthread_mutex_unlock (&self->lock);
}

static void
connection_free (gpointer data)
{
  Connection *self = data;

  listening_unref (self->listening);
  g_free (self);
}

static void
demo_server_dispose (GObject *object)
{
  DemoServer *self = DEMO_SERVER (object);

  if (self->listening != NULL)
    listening_shut_down (self->listening);
  g_clear_pointer (&self->listening, listening_unref);
  g_clear_object (&self->call);

  G_OBJECT_CLASS (demo_server_parent_class)->dispose (object);
}

static void
demo_server_class_init (DemoServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = demo_server_dispose;
}

static void
demo_server_init (DemoServer *self G_GNUC_UNUSED)
{
}

/* A BackgroundFunc: one request after the other, until one of the two sides ends it. */
static gpointer
serve_connection (BackgroundPromise *promise G_GNUC_UNUSED,
                  gpointer           data,
                  GError           **error G_GNUC_UNUSED)
{
  Connection *self = data;
  gboolean    is_over = FALSE;

  while (!is_over)
    {
      g_autoptr (DemoExchange) exchange = demo_exchange_read (self->fd);

      if (exchange == NULL)
        break;
      demo_pages_serve (exchange);
      is_over = demo_exchange_is_over (exchange);
    }

  /* Under the lock, so that nobody shuts down another socket with the same number. */
  pthread_mutex_lock (&self->listening->lock);
  g_hash_table_remove (self->listening->connections, GINT_TO_POINTER (self->fd));
  close (self->fd);
  pthread_mutex_unlock (&self->listening->lock);

  return NULL;
}

static BackgroundCall *
begin_connection (Listening *self, int fd)
{
  Connection *connection = g_new0 (Connection, 1);

  connection->listening = listening_ref (self);
  connection->fd = fd;

  pthread_mutex_lock (&self->lock);
  g_hash_table_add (self->connections, GINT_TO_POINTER (fd));
  if (self->is_over)
    shutdown (fd, SHUT_RDWR);
  pthread_mutex_unlock (&self->lock);

  return background_call_new_full (serve_connection, connection, connection_free, NULL,
                                   NULL, G_PRIORITY_DEFAULT, self->pool);
}

static void
forget_finished (GPtrArray *calls)
{
  for (guint i = calls->len; i > 0; i--)
    if (background_call_is_done (calls->pdata[i - 1]))
      g_ptr_array_remove_index_fast (calls, i - 1);
}

/* Whether the next connection may be accepted all the same. Where there is no file left,
 * not at once. */
static gboolean
passes (int code)
{
  if (code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM)
    {
      g_usleep (50 * G_TIME_SPAN_MILLISECOND);
      return TRUE;
    }

  return code == ECONNABORTED || code == EINTR;
}

/* A BackgroundFunc: accepts connections until the server ends. */
static gpointer
accept_connections (BackgroundPromise *promise G_GNUC_UNUSED,
                    gpointer           data,
                    GError           **error G_GNUC_UNUSED)
{
  Listening *self = data;
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);
  int fd;

  while ((fd = accept4 (self->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0 || passes (errno))
    {
      forget_finished (calls);
      if (fd < 0)
        continue;
      /* What a page writes piece by piece goes out piece by piece. */
      setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof (int));
      g_ptr_array_add (calls, begin_connection (self, fd));
    }

  for (guint i = 0; i < calls->len; i++)
    background_call_get_return (calls->pdata[i], BACKGROUND_CALL_WAIT_FOREVER, NULL);

  return NULL;
}

static int
listen_on_loopback (guint *port, GError **error)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  socklen_t size = sizeof address;
  int       fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (fd < 0 || bind (fd, (struct sockaddr *) &address, size) != 0 ||
      listen (fd, SOMAXCONN) != 0 ||
      getsockname (fd, (struct sockaddr *) &address, &size) != 0)
    {
      int code = errno;

      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code),
                           g_strerror (code));
      if (fd >= 0)
        close (fd);
      return -1;
    }

  *port = ntohs (address.sin_port);

  return fd;
}

static void
unref_listening (gpointer data)
{
  listening_unref (data);
}

/**
 * demo_server_new:
 * @error: where to put what went wrong
 *
 * Starts a server, on a free port of the loopback interface.
 *
 * Returns: (transfer full) (nullable): a server, which goes on until it is dropped
 */
DemoServer *
demo_server_new (GError **error)
{
  DemoServer *self;
  Listening  *listening;
  guint       port;
  int         fd = listen_on_loopback (&port, error);

  if (fd < 0)
    return NULL;

  listening = g_new0 (Listening, 1);
  atomic_init (&listening->ref_count, 1);
  pthread_mutex_init (&listening->lock, NULL);
  listening->fd = fd;
  listening->connections = g_hash_table_new (NULL, NULL);
  listening->pool = background_pool_new ("demo-server", 1 + MAX_CONNECTIONS);

  self = g_object_new (DEMO_TYPE_SERVER, NULL);
  self->port = port;
  self->listening = listening;
  self->call = background_call_new_full (accept_connections, listening_ref (listening),
                                         unref_listening, NULL, NULL, G_PRIORITY_DEFAULT,
                                         listening->pool);
  /* It waits for the calls of its connections, and comes to its end by itself. */
  background_call_detach (self->call);

  return self;
}

/**
 * demo_server_get_url:
 * @self: a server
 * @path: the path of a page, with its slash
 *
 * Returns: (transfer full): where the page is
 */
char *
demo_server_get_url (DemoServer *self, const char *path)
{
  g_return_val_if_fail (DEMO_IS_SERVER (self), NULL);

  return g_strdup_printf ("http://127.0.0.1:%u%s", self->port, path);
}

/**
 * demo_server_get_demo_urls:
 * @self: a server
 *
 * Returns: (transfer full): where the pages are that are worth showing
 */
GStrv
demo_server_get_demo_urls (DemoServer *self)
{
  const char *const *paths = demo_pages_get_paths ();
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (DEMO_IS_SERVER (self), NULL);

  for (; *paths != NULL; paths++)
    {
      g_autofree char *url = demo_server_get_url (self, *paths);

      g_strv_builder_add (builder, url);
    }

  return g_strv_builder_end (builder);
}
