/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-sockets-private.h"

#include <arpa/inet.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * Waits for the sockets of libcurl, and lets it go on with those transfers only for which
 * something has happened: curl_multi_perform() would look at all of them each time.
 *
 * When an answer is over, libcurl does not wait for its socket any more, until the next
 * request goes there, which is often at once. The kernel is not told of that, unless
 * something happens to a socket that nobody waits for.
 *
 * A connection that is used again may have an answer on it before anybody has asked: the
 * rest of one to somebody else, or what a server says when it has waited for too long.
 * libcurl would take that for the answer to the next request. It names the connection
 * that it is about to use by its addresses and not by its socket, so who wants to look
 * has to know the sockets.
 */
typedef struct
{
  gboolean        is_connection; /* and not one that libcurl closes without telling us */
  gboolean        is_small;      /* it receives little before somebody has looked */
  guint32         wanted;        /* the events that libcurl waits for */
  guint32         watched;       /* those that the kernel tells of */
  gint64          last_input;    /* when there was something to read, last; 0: never */
  FetchConnection connection;    /* its local port is 0 until it is known */
} Socket;

/* So much in one go is part of something large, which comes fast. */
#define MUCH (64 * 1024)

/* In microseconds; the kernel makes twice as much of it. */
#define MOMENT 50

/* In microseconds: how soon this thread sees that it need not be quiet any more. */
#define NAP 100

struct _FetchSockets
{
  _Atomic (gint64) quiet_until; /* any thread; 0 if nobody needs the processors more */

  /* I/O thread only. */
  CURLM      *multi;
  int         wake_fd;
  int         epoll_fd;
  GHashTable *sockets;       /* file descriptor → Socket */
  GHashTable *by_connection; /* FetchConnection of a Socket → file descriptor */
  gint64      due;           /* when libcurl's timer runs out; -1 if it has set none */
  gsize       n_received;    /* bytes, since somebody waited last */
};

static guint
hash (gconstpointer data)
{
  const FetchConnection *self = data;

  return (guint) self->local_port << 16 | self->remote_port;
}

static gboolean
are_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (FetchConnection)) == 0;
}

static Socket *
get_socket (FetchSockets *self, curl_socket_t fd)
{
  Socket *known = g_hash_table_lookup (self->sockets, GINT_TO_POINTER (fd));

  if (known == NULL)
    {
      known = g_new0 (Socket, 1);
      g_hash_table_insert (self->sockets, GINT_TO_POINTER (fd), known);
    }

  return known;
}

/* Without memory for it in the kernel, the transfer ends with one of its timeouts. */
static void
watch (FetchSockets *self, curl_socket_t fd, Socket *known)
{
  struct epoll_event event = { .events = known->wanted, .data.fd = fd };
  int                operation = EPOLL_CTL_MOD;

  if (known->watched == known->wanted)
    return;

  if (known->wanted == 0)
    operation = EPOLL_CTL_DEL;
  else if (known->watched == 0)
    operation = EPOLL_CTL_ADD;
  if (epoll_ctl (self->epoll_fd, operation, fd, &event) == 0)
    known->watched = known->wanted;
}

static void
forget (FetchSockets *self, curl_socket_t fd, Socket *known)
{
  known->wanted = 0;
  watch (self, fd, known);

  if (g_hash_table_lookup (self->by_connection, &known->connection) ==
      GINT_TO_POINTER (fd))
    g_hash_table_remove (self->by_connection, &known->connection);
  g_hash_table_remove (self->sockets, GINT_TO_POINTER (fd));
}

static int
socket_cb (CURL         *easy G_GNUC_UNUSED,
           curl_socket_t fd,
           int           what,
           void         *user_data,
           void         *socket_data G_GNUC_UNUSED)
{
  FetchSockets *self = user_data;
  Socket       *known = get_socket (self, fd);

  known->wanted = 0;
  if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
    known->wanted |= EPOLLIN;
  if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
    known->wanted |= EPOLLOUT;

  if (known->wanted != 0)
    watch (self, fd, known);
  else if (!known->is_connection)
    forget (self, fd, known);

  return 0;
}

static int
timer_cb (CURLM *multi G_GNUC_UNUSED, long milliseconds, void *user_data)
{
  FetchSockets *self = user_data;

  self->due = milliseconds >= 0
                  ? g_get_monotonic_time () + milliseconds * G_TIME_SPAN_MILLISECOND
                  : -1;

  return 0;
}

/* When the multi handle is gone. */
void
fetch_sockets_free (FetchSockets *self)
{
  if (self->epoll_fd >= 0)
    close (self->epoll_fd);
  g_hash_table_unref (self->sockets);
  g_hash_table_unref (self->by_connection);
  g_free (self);
}

/* Any thread. @wake_fd is an eventfd that ends the waiting. Returns NULL if no file is
 * left. */
FetchSockets *
fetch_sockets_new (int wake_fd)
{
  FetchSockets *self = g_new0 (FetchSockets, 1);
  /* Of each writing one is told once, so nobody has to read. */
  struct epoll_event wake = { .events = EPOLLIN | EPOLLET, .data.fd = wake_fd };

  self->wake_fd = wake_fd;
  self->sockets = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->by_connection = g_hash_table_new (hash, are_equal);
  self->due = -1;
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll_fd < 0 ||
      epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, wake_fd, &wake) != 0)
    g_clear_pointer (&self, fetch_sockets_free);

  return self;
}

/* Before the multi handle has anything to do. */
void
fetch_sockets_serve (FetchSockets *self, CURLM *multi)
{
  self->multi = multi;
  curl_multi_setopt (multi, CURLMOPT_SOCKETFUNCTION, socket_cb);
  curl_multi_setopt (multi, CURLMOPT_SOCKETDATA, self);
  curl_multi_setopt (multi, CURLMOPT_TIMERFUNCTION, timer_cb);
  curl_multi_setopt (multi, CURLMOPT_TIMERDATA, self);
}

/* The socket of a new connection. */
void
fetch_sockets_add (FetchSockets *self, curl_socket_t fd, gboolean is_small)
{
  Socket *new = g_new0 (Socket, 1);
  Socket *closed = g_hash_table_lookup (self->sockets, GINT_TO_POINTER (fd));

  if (closed != NULL)
    forget (self, fd, closed);
  new->is_connection = TRUE;
  new->is_small = is_small;
  g_hash_table_insert (self->sockets, GINT_TO_POINTER (fd), new);
}

/* A curl_closesocket_callback, with the FetchSockets. */
int
fetch_sockets_close (void *sockets, curl_socket_t fd)
{
  FetchSockets *self = sockets;

  forget (self, fd, get_socket (self, fd));

  return close (fd);
}

static struct in6_addr
map_into_ipv6 (struct in_addr address)
{
  struct in6_addr mapped = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

  memcpy (&mapped.s6_addr[12], &address, sizeof address);

  return mapped;
}

static struct in6_addr
read_address (const char *ip)
{
  struct in6_addr address = { 0 };
  struct in_addr  old_address;

  if (inet_pton (AF_INET, ip, &old_address) == 1)
    return map_into_ipv6 (old_address);

  (void) !inet_pton (AF_INET6, ip, &address);

  return address;
}

/* As libcurl names a connection. */
FetchConnection
fetch_connection_of (const char *local_ip,
                     int         local_port,
                     const char *remote_ip,
                     int         remote_port)
{
  return (FetchConnection){ .local = read_address (local_ip),
                            .remote = read_address (remote_ip),
                            .local_port = local_port,
                            .remote_port = remote_port };
}

static void
read_end (const struct sockaddr_storage *end, struct in6_addr *address, guint16 *port)
{
  if (end->ss_family == AF_INET6)
    {
      *address = ((const struct sockaddr_in6 *) end)->sin6_addr;
      *port = ntohs (((const struct sockaddr_in6 *) end)->sin6_port);
    }
  else if (end->ss_family == AF_INET)
    {
      *address = map_into_ipv6 (((const struct sockaddr_in *) end)->sin_addr);
      *port = ntohs (((const struct sockaddr_in *) end)->sin_port);
    }
}

/* Returns FALSE if it is not connected. */
static gboolean
find_connection (int fd, FetchConnection *connection)
{
  struct sockaddr_storage local = { 0 };
  struct sockaddr_storage remote = { 0 };
  socklen_t               local_size = sizeof local;
  socklen_t               remote_size = sizeof remote;

  if (getpeername (fd, (struct sockaddr *) &remote, &remote_size) != 0 ||
      getsockname (fd, (struct sockaddr *) &local, &local_size) != 0)
    return FALSE;

  read_end (&local, &connection->local, &connection->local_port);
  read_end (&remote, &connection->remote, &connection->remote_port);

  return TRUE;
}

/* Those that were not connected when they were added. */
static void
find_new_connections (FetchSockets *self)
{
  GHashTableIter iter;
  gpointer       fd, value;

  g_hash_table_iter_init (&iter, self->sockets);
  while (g_hash_table_iter_next (&iter, &fd, &value))
    {
      Socket *known = value;

      if (known->is_connection && known->connection.local_port == 0 &&
          find_connection (GPOINTER_TO_INT (fd), &known->connection))
        g_hash_table_replace (self->by_connection, &known->connection, fd);
    }
}

/* Its socket; -1 if it is not known. */
static curl_socket_t
find_socket (FetchSockets *self, const FetchConnection *connection)
{
  gpointer fd;

  if (g_hash_table_lookup_extended (self->by_connection, connection, NULL, &fd))
    return GPOINTER_TO_INT (fd);

  find_new_connections (self);

  return g_hash_table_lookup_extended (self->by_connection, connection, NULL, &fd)
             ? GPOINTER_TO_INT (fd)
             : -1;
}

/* Whether something is to be read from the socket of a connection. */
gboolean
fetch_sockets_has_early_input (FetchSockets *self, const FetchConnection *connection)
{
  curl_socket_t fd = find_socket (self, connection);
  char          byte;

  return fd >= 0 && recv (fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* Whether the socket of a connection, if it is known, is small or not as it should be. */
gboolean
fetch_sockets_fits (FetchSockets          *self,
                    const FetchConnection *connection,
                    gboolean               is_small)
{
  curl_socket_t fd = find_socket (self, connection);

  return fd < 0 || get_socket (self, fd)->is_small == is_small;
}

/* When there was something to read from the socket of a connection, last; 0 if there has
 * not been anything. */
gint64
fetch_sockets_get_last_input (FetchSockets *self, const FetchConnection *connection)
{
  curl_socket_t fd = find_socket (self, connection);

  return fd >= 0 ? get_socket (self, fd)->last_input : 0;
}

/* Any thread: until when, on the monotonic clock, all processors are for others. */
void
fetch_sockets_stay_quiet (FetchSockets *self, gint64 until)
{
  atomic_store_explicit (&self->quiet_until, until, memory_order_relaxed);
}

/* Naps, rather than waiting to be woken: who draws should not have to do more than to
 * store a number. */
void
fetch_sockets_wait_while_quiet (FetchSockets *self)
{
  gint64 until;

  while ((until = atomic_load_explicit (&self->quiet_until, memory_order_relaxed)) != 0 &&
         g_get_monotonic_time () < until)
    g_usleep (NAP);
}

/* Lets libcurl go on. What is wrong with a socket shows when it is read or written. */
static void
act (FetchSockets *self, curl_socket_t fd, guint32 events, gint64 now)
{
  Socket *known = g_hash_table_lookup (self->sockets, GINT_TO_POINTER (fd));
  int     bits = 0;
  int     n_running;

  /* What happened to others before may have closed it. */
  if (known == NULL)
    return;

  if (known->wanted == 0)
    {
      watch (self, fd, known);
      return;
    }

  if ((events & (EPOLLERR | EPOLLHUP)) != 0)
    events |= known->wanted;
  if ((events & EPOLLIN) != 0)
    {
      bits |= CURL_CSELECT_IN;
      known->last_input = now;
    }
  if ((events & EPOLLOUT) != 0)
    bits |= CURL_CSELECT_OUT;
  curl_multi_socket_action (self->multi, fd, bits, &n_running);
}

/* In milliseconds, and later rather than too soon. */
static int
time_until (gint64 due)
{
  gint64 left = due - g_get_monotonic_time ();

  return CLAMP ((left + G_TIME_SPAN_MILLISECOND - 1) / G_TIME_SPAN_MILLISECOND, 0,
                G_MAXINT);
}

/* Some of a body has arrived. */
void
fetch_sockets_count_received (FetchSockets *self, gsize size)
{
  self->n_received += size;
}

/* Who reads as fast as something large comes is woken for each piece of it, and the
 * sender, if it is on this machine, has to wake it each time. So when all is read that is
 * there, it is left to pile up for a moment. */
static int
wait_for_events (FetchSockets *self, struct epoll_event *events, int size, int timeout)
{
  gboolean comes_fast = self->n_received >= MUCH;

  self->n_received = 0;
  if (comes_fast)
    {
      int n_events = epoll_wait (self->epoll_fd, events, size, 0);

      if (n_events > 0)
        return n_events;

      g_usleep (MOMENT);
    }

  return epoll_wait (self->epoll_fd, events, size, timeout);
}

/* Sleeps until something happens, and lets libcurl go on with what that is about.
 * @timeout is in milliseconds; -1 for none. */
void
fetch_sockets_wait (FetchSockets *self, int timeout)
{
  struct epoll_event events[64];
  int                n_running, n_events;
  gint64             now;

  if (self->due >= 0)
    timeout = timeout < 0 ? time_until (self->due)
                          : MIN (timeout, time_until (self->due));

  n_events = wait_for_events (self, events, G_N_ELEMENTS (events), timeout);
  now = g_get_monotonic_time ();
  for (int i = 0; i < n_events; i++)
    if (events[i].data.fd != self->wake_fd)
      {
        fetch_sockets_wait_while_quiet (self);
        act (self, events[i].data.fd, events[i].events, now);
      }

  if (self->due >= 0 && g_get_monotonic_time () >= self->due)
    {
      fetch_sockets_wait_while_quiet (self);
      self->due = -1;
      curl_multi_socket_action (self->multi, CURL_SOCKET_TIMEOUT, 0, &n_running);
    }
}
