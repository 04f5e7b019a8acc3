/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hostile-server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../backgroundcall/gate.h"

#define MAX_REQUEST_SIZE (1024 * 1024)

typedef struct
{
  HostileServer *server;
  gboolean       is_tls;
  int            fd;
  guint          port;
  pthread_t      thread;
} Listener;

struct _HostileServer
{
  /* Written once, before the threads start. */
  const HostileBehaviour *behaviour;
  Listener                listeners[2]; /* HTTP, HTTPS */
  SSL_CTX                *bad_context;
  SSL_CTX                *good_context;
  int                     refused_fd;
  guint                   refused_port;

  /* Any thread. */
  _Atomic (gboolean) behaves;
  _Atomic (guint)    n_connections;
  Gate               body_was_seen;
  Gate               written; /* open */
  _Atomic (guint64)  n_arrived;

  pthread_mutex_t lock;

  /* Under the lock. */
  GHashTable *fds; /* with whether a script has the whole connection */
  GArray     *threads;
  gboolean    is_over;
};

struct _HostileConnection
{
  HostileServer *server;
  gboolean       is_tls;
  int            fd;
  SSL           *ssl; /* NULL: plain, or not yet secure */
  GString       *request;
  char          *path;
  guint          n_requests;
};

/* A socket on a free port of the loopback interface. */
static int
bind_to_loopback (gboolean is_ipv6, guint *port)
{
  struct sockaddr_in  four = { .sin_family = AF_INET,
                               .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback };
  struct sockaddr    *address = is_ipv6 ? (struct sockaddr *) &six
                                        : (struct sockaddr *) &four;
  socklen_t           size = is_ipv6 ? sizeof six : sizeof four;
  int                 fd = socket (address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, address, size), ==, 0);
  g_assert_cmpint (getsockname (fd, address, &size), ==, 0);
  *port = ntohs (is_ipv6 ? six.sin6_port : four.sin_port);

  return fd;
}

static int
choose_protocol_cb (SSL                  *ssl G_GNUC_UNUSED,
                    const unsigned char **chosen,
                    unsigned char        *chosen_size,
                    const unsigned char  *offered,
                    unsigned int          offered_size,
                    void                 *protocol)
{
  unsigned char *found;

  if (SSL_select_next_proto (&found, chosen_size, protocol, strlen (protocol), offered,
                             offered_size) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *chosen = found;

  return SSL_TLSEXT_ERR_OK;
}

static SSL_CTX *
make_context (const HostileBehaviour *behaviour)
{
  SSL_CTX *context = SSL_CTX_new (TLS_server_method ());

  hostile_certificate_use (behaviour->certificate, context);
  SSL_CTX_set_mode (context, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_alpn_select_cb (context, choose_protocol_cb,
                              behaviour->speaks_http2 ? (char *) "\2h2"
                                                      : (char *) "\10http/1.1");
  if (behaviour->max_tls_version != 0)
    {
      /* What is old enough is forbidden to the server, too, by its security level. */
      SSL_CTX_set_security_level (context, 0);
      SSL_CTX_set_min_proto_version (context, behaviour->max_tls_version);
      SSL_CTX_set_max_proto_version (context, behaviour->max_tls_version);
    }
  if (behaviour->cipher != NULL)
    g_assert_cmpint (SSL_CTX_set_cipher_list (context, behaviour->cipher), ==, 1);
  if (behaviour->wants_client_certificate)
    SSL_CTX_set_verify (context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);

  return context;
}

/* Writes directly to the socket. */
gboolean
hostile_write_under_tls (HostileConnection *connection, const void *bytes, gsize size)
{
  const char *next = bytes;

  while (size > 0)
    {
      ssize_t written = send (connection->fd, next, size, MSG_NOSIGNAL);

      if (written < 0)
        return FALSE;
      next += written;
      size -= written;
    }

  return TRUE;
}

gboolean
hostile_write (HostileConnection *connection, const void *bytes, gsize size)
{
  size_t written;

  if (connection->ssl == NULL)
    return hostile_write_under_tls (connection, bytes, size);

  return size == 0 || SSL_write_ex (connection->ssl, bytes, size, &written) == 1;
}

gboolean
hostile_write_text (HostileConnection *connection, const char *text)
{
  g_autofree char *expanded = hostile_server_expand (connection->server, text);

  return hostile_write (connection, expanded, strlen (expanded));
}

/* Some bytes; 0 at the end. */
static gsize
read_some (HostileConnection *connection, void *bytes, gsize size)
{
  size_t n_read = 0;

  if (connection->ssl == NULL)
    {
      ssize_t n_received = recv (connection->fd, bytes, size, 0);

      return MAX (0, n_received);
    }

  return SSL_read_ex (connection->ssl, bytes, size, &n_read) == 1 ? n_read : 0;
}

/* As many bytes as asked for; otherwise, the client has gone. */
gboolean
hostile_read (HostileConnection *connection, void *bytes, gsize size)
{
  for (gsize n_read = 0, n; n_read < size; n_read += n)
    if ((n = read_some (connection, (char *) bytes + n_read, size - n_read)) == 0)
      return FALSE;

  return TRUE;
}

void
hostile_pause (gint64 microseconds)
{
  g_usleep (microseconds);
}

/* The path of the request that is being answered. */
const char *
hostile_get_path (HostileConnection *connection)
{
  return connection->path;
}

/* The request that is being answered, as it came. */
const char *
hostile_get_request (HostileConnection *connection)
{
  return connection->request->str;
}

/* How many requests have come through this connection. */
guint
hostile_get_n_requests (HostileConnection *connection)
{
  return connection->n_requests;
}

static gboolean
read_request (HostileConnection *self)
{
  const char *start;

  g_string_truncate (self->request, 0);
  while (strstr (self->request->str, "\r\n\r\n") == NULL)
    {
      char  bytes[4096];
      gsize n_read = read_some (self, bytes, sizeof bytes);

      if (n_read == 0 || self->request->len + n_read > MAX_REQUEST_SIZE ||
          (self->request->len == 0 && !g_ascii_isupper (bytes[0])))
        return FALSE;
      g_string_append_len (self->request, bytes, n_read);
    }

  start = strchr (self->request->str, ' ');
  g_free (self->path);
  self->path = start != NULL ? g_strndup (start + 1, strcspn (start + 1, " \r"))
                             : g_strdup ("");
  self->n_requests++;

  return TRUE;
}

/* Until the client goes, or the server ends. */
static void
await_client_gone (HostileConnection *self)
{
  char bytes[4096];

  while (recv (self->fd, bytes, sizeof bytes, 0) > 0)
    ;
}

static void
reset (HostileConnection *self)
{
  struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  /* No further request is read, also after a script that has done this. */
  shutdown (self->fd, SHUT_RD);
}

/* For what a client has to have before it goes on. */
void
hostile_await_body_was_seen (HostileConnection *connection)
{
  gate_pass (&connection->server->body_was_seen);
}

void
hostile_tell_written (HostileConnection *connection)
{
  gate_pass (&connection->server->written);
}

/* The same again and again, until the client has gone; then tells so, and how many bytes
 * the client's system has taken. */
void
hostile_write_for_ever (HostileConnection *connection, const void *bytes, gsize size)
{
  struct tcp_info info = { 0 };
  socklen_t       info_size = sizeof info;

  while (hostile_write (connection, bytes, size))
    ;

  g_assert_cmpint (getsockopt (connection->fd, IPPROTO_TCP, TCP_INFO, &info, &info_size),
                   ==, 0);
  atomic_store (&connection->server->n_arrived, info.tcpi_bytes_acked);
  hostile_tell_written (connection);
}

void
hostile_end (HostileConnection *self, HostileEnd how)
{
  switch (how)
    {
    case HOSTILE_CLOSES:
      if (self->ssl != NULL)
        SSL_shutdown (self->ssl);
      G_GNUC_FALLTHROUGH;

    case HOSTILE_BREAKS_OFF:
      /* Closing while there is something to read would be a reset. */
      shutdown (self->fd, SHUT_WR);
      await_client_gone (self);
      break;

    case HOSTILE_RESETS_AFTER_BODY:
      hostile_await_body_was_seen (self);
      G_GNUC_FALLTHROUGH;

    case HOSTILE_RESETS:
      reset (self);
      break;

    case HOSTILE_STALLS:
    case HOSTILE_GOES_ON:
      await_client_gone (self);
      break;
    }
}

static gboolean
answer_well (HostileConnection *self)
{
  g_autofree char *text = g_strdup_printf ("HTTP/1.1 200 OK\r\n"
                                           "Content-Type: text/plain\r\n"
                                           "Content-Length: %zu\r\n"
                                           "\r\n"
                                           "%s",
                                           strlen (HOSTILE_GOOD_BODY), HOSTILE_GOOD_BODY);

  return hostile_write (self, text, strlen (text));
}

static void
answer_as_told (HostileConnection *self)
{
  const HostileBehaviour *behaviour = self->server->behaviour;

  if (behaviour->on_request != NULL)
    behaviour->on_request (self);
  else if (behaviour->size > 0)
    hostile_write (self, behaviour->answer, behaviour->size);
  else if (behaviour->answer != NULL)
    hostile_write_text (self, behaviour->answer);
}

static void
serve_requests (HostileConnection *self)
{
  const HostileBehaviour *behaviour = self->server->behaviour;

  while (read_request (self))
    {
      if (atomic_load (&self->server->behaves) || g_str_has_prefix (self->path, "/good"))
        {
          answer_well (self);
          continue;
        }

      answer_as_told (self);
      if (behaviour->then != HOSTILE_GOES_ON)
        {
          hostile_end (self, behaviour->then);
          return;
        }
    }

  hostile_end (self, HOSTILE_CLOSES);
}

static gboolean
shake_hands (HostileConnection *self, SSL_CTX *context)
{
  self->ssl = SSL_new (context);
  SSL_set_fd (self->ssl, self->fd);

  return SSL_accept (self->ssl) == 1;
}

/* The script has the connection until it ends, or until the server has to behave. */
static void
run_script (HostileConnection *self, HostileScript script)
{
  HostileServer *server = self->server;

  pthread_mutex_lock (&server->lock);
  g_hash_table_insert (server->fds, GINT_TO_POINTER (self->fd), GINT_TO_POINTER (TRUE));
  if (atomic_load (&server->behaves))
    shutdown (self->fd, SHUT_RDWR);
  pthread_mutex_unlock (&server->lock);

  script (self);
  hostile_end (self, server->behaviour->then);
}

static void
serve (HostileConnection *self)
{
  HostileServer          *server = self->server;
  gboolean                behaves = atomic_load (&server->behaves);
  const HostileBehaviour *behaviour = server->behaviour;

  if (behaviour->on_accept != NULL && !behaves)
    run_script (self, behaviour->on_accept);
  else if (self->is_tls &&
           !shake_hands (self, behaves ? server->good_context : server->bad_context))
    hostile_end (self, HOSTILE_BREAKS_OFF);
  else if (behaviour->on_connection != NULL && !behaves)
    run_script (self, behaviour->on_connection);
  else
    serve_requests (self);
}

/* A thread. */
static gpointer
serve_connection (gpointer data)
{
  HostileConnection *self = data;
  HostileServer     *server = self->server;

  serve (self);

  /* Under the lock, so that nobody shuts down another socket with the same number. */
  pthread_mutex_lock (&server->lock);
  g_hash_table_remove (server->fds, GINT_TO_POINTER (self->fd));
  close (self->fd);
  pthread_mutex_unlock (&server->lock);

  SSL_free (self->ssl);
  g_string_free (self->request, TRUE);
  g_free (self->path);
  g_free (self);

  return NULL;
}

static void
begin_connection (Listener *listener, int fd)
{
  HostileServer     *server = listener->server;
  HostileConnection *connection = g_new0 (HostileConnection, 1);
  struct timeval     patience = { .tv_sec = PATIENCE / G_TIME_SPAN_SECOND };
  pthread_t          thread;

  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  /* What is written piece by piece goes out piece by piece. */
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof (int));

  connection->server = server;
  connection->is_tls = listener->is_tls;
  connection->fd = fd;
  connection->request = g_string_new (NULL);
  atomic_fetch_add (&server->n_connections, 1);

  pthread_mutex_lock (&server->lock);
  g_hash_table_insert (server->fds, GINT_TO_POINTER (fd), GINT_TO_POINTER (FALSE));
  if (server->is_over)
    shutdown (fd, SHUT_RDWR);
  g_assert_cmpint (pthread_create (&thread, NULL, serve_connection, connection), ==, 0);
  g_array_append_val (server->threads, thread);
  pthread_mutex_unlock (&server->lock);
}

/* A thread. */
static gpointer
accept_connections (gpointer data)
{
  Listener     *self = data;
  struct pollfd listening = { .fd = self->fd, .events = POLLIN };
  int           fd;

  /* The kernel takes a number for the new file before it waits: where a test leaves none,
   * accepting fails at once, though there is nothing to accept. So it waits before. */
  do
    {
      poll (&listening, 1, -1);
      fd = accept4 (self->fd, NULL, NULL, SOCK_CLOEXEC);
      if (fd >= 0)
        begin_connection (self, fd);
    }
  while (fd >= 0 || errno == ECONNABORTED || errno == EINTR || errno == EMFILE);

  return NULL;
}

/* Whoever writes to a client that has gone gets an error and no signal: the threads of
 * the server only, as the client has to see to that itself. */
static void
start_listening (HostileServer *self)
{
  sigset_t broken_pipe;
  sigset_t before;

  sigemptyset (&broken_pipe);
  sigaddset (&broken_pipe, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &broken_pipe, &before);
  for (gsize i = 0; i < G_N_ELEMENTS (self->listeners); i++)
    {
      Listener *listener = &self->listeners[i];

      listener->server = self;
      listener->is_tls = i == 1;
      listener->fd = bind_to_loopback (self->behaviour->is_ipv6, &listener->port);
      g_assert_cmpint (listen (listener->fd, SOMAXCONN), ==, 0);
      g_assert_cmpint (
          pthread_create (&listener->thread, NULL, accept_connections, listener), ==, 0);
    }
  pthread_sigmask (SIG_SETMASK, &before, NULL);
}

/* The behaviour has to live as long as the server does. */
HostileServer *
hostile_server_new (const HostileBehaviour *behaviour)
{
  static const HostileBehaviour good_behaviour = { 0 };
  HostileServer                *self = g_new0 (HostileServer, 1);

  self->behaviour = behaviour;
  self->bad_context = make_context (behaviour);
  self->good_context = make_context (&good_behaviour);
  self->refused_fd = bind_to_loopback (behaviour->is_ipv6, &self->refused_port);
  self->body_was_seen = (Gate) GATE_INIT;
  self->written = (Gate) GATE_INIT;
  gate_open (&self->written);
  pthread_mutex_init (&self->lock, NULL);
  self->fds = g_hash_table_new (NULL, NULL);
  self->threads = g_array_new (FALSE, FALSE, sizeof (pthread_t));
  start_listening (self);

  return self;
}

/* Ends all connections, and waits for the threads. */
void
hostile_server_free (HostileServer *self)
{
  GHashTableIter iter;
  gpointer       fd;

  pthread_mutex_lock (&self->lock);
  self->is_over = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (self->listeners); i++)
    shutdown (self->listeners[i].fd, SHUT_RDWR);
  g_hash_table_iter_init (&iter, self->fds);
  while (g_hash_table_iter_next (&iter, &fd, NULL))
    shutdown (GPOINTER_TO_INT (fd), SHUT_RDWR);
  pthread_mutex_unlock (&self->lock);
  gate_open (&self->body_was_seen);

  /* Nobody adds a thread once these two have ended. */
  for (gsize i = 0; i < G_N_ELEMENTS (self->listeners); i++)
    {
      pthread_join (self->listeners[i].thread, NULL);
      close (self->listeners[i].fd);
    }
  for (guint i = 0; i < self->threads->len; i++)
    pthread_join (g_array_index (self->threads, pthread_t, i), NULL);

  close (self->refused_fd);
  SSL_CTX_free (self->bad_context);
  SSL_CTX_free (self->good_context);
  g_hash_table_unref (self->fds);
  g_array_unref (self->threads);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

static void
replace_port (GString *text, const char *placeholder, guint port)
{
  g_autofree char *number = g_strdup_printf ("%u", port);

  g_string_replace (text, placeholder, number, 0);
}

/* The text, with the ports of this server instead of the placeholders. */
char *
hostile_server_expand (HostileServer *self, const char *text)
{
  GString *expanded = g_string_new (text);

  replace_port (expanded, "{port}", self->listeners[0].port);
  replace_port (expanded, "{tls-port}", self->listeners[1].port);
  replace_port (expanded, "{refused-port}", self->refused_port);

  return g_string_free (expanded, FALSE);
}

char *
hostile_server_get_url (HostileServer *self, const char *scheme, const char *path)
{
  gboolean is_tls = g_str_equal (scheme, "https");

  return g_strdup_printf ("%s://%s:%u%s", scheme,
                          self->behaviour->is_ipv6 ? "[::1]" : "127.0.0.1",
                          self->listeners[is_tls].port, path);
}

/* How many connections have been accepted, all in all. */
guint
hostile_server_get_n_connections (HostileServer *self)
{
  return atomic_load (&self->n_connections);
}

/* From now on, it behaves well, and the connections end that can't. */
void
hostile_server_behave (HostileServer *self)
{
  GHashTableIter iter;
  gpointer       fd;
  gpointer       is_scripted;

  pthread_mutex_lock (&self->lock);
  atomic_store (&self->behaves, TRUE);
  g_hash_table_iter_init (&iter, self->fds);
  while (g_hash_table_iter_next (&iter, &fd, &is_scripted))
    if (GPOINTER_TO_INT (is_scripted))
      shutdown (GPOINTER_TO_INT (fd), SHUT_RDWR);
  pthread_mutex_unlock (&self->lock);
}

/* For HOSTILE_RESETS_AFTER_BODY, and scripts that wait for it. */
void
hostile_server_tell_body_was_seen (HostileServer *self)
{
  gate_open (&self->body_was_seen);
}

/* All that has come through a connection that was written to for ever, with the bytes of
 * TLS. */
guint64
hostile_server_get_n_arrived (HostileServer *self)
{
  return atomic_load (&self->n_arrived);
}

/* Until a script has told so. */
void
hostile_server_await_written (HostileServer *self)
{
  gate_await (&self->written, 1);
}
