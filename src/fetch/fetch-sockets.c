/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-sockets-private.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * A connection that is used again may have an answer on it before anybody has asked: the
 * rest of one to somebody else, or what a server says when it has waited for too long.
 * libcurl would take that for the answer to the next request. It names the connection
 * that it is about to use by its local port only, so who wants to look has to know the
 * sockets.
 */
struct _FetchSockets
{
  GHashTable *ports; /* of each socket; 0 until it is known */
  GHashTable *by_port;
};

FetchSockets *
fetch_sockets_new (void)
{
  FetchSockets *self = g_new (FetchSockets, 1);

  self->ports = g_hash_table_new (NULL, NULL);
  self->by_port = g_hash_table_new (NULL, NULL);

  return self;
}

void
fetch_sockets_free (FetchSockets *self)
{
  g_hash_table_unref (self->ports);
  g_hash_table_unref (self->by_port);
  g_free (self);
}

void
fetch_sockets_add (FetchSockets *self, curl_socket_t fd)
{
  g_hash_table_insert (self->ports, GINT_TO_POINTER (fd), GINT_TO_POINTER (0));
}

/* A curl_closesocket_callback, with the FetchSockets. */
int
fetch_sockets_close (void *sockets, curl_socket_t fd)
{
  FetchSockets *self = sockets;
  gpointer      port = g_hash_table_lookup (self->ports, GINT_TO_POINTER (fd));

  if (g_hash_table_lookup (self->by_port, port) == GINT_TO_POINTER (fd))
    g_hash_table_remove (self->by_port, port);
  g_hash_table_remove (self->ports, GINT_TO_POINTER (fd));

  return close (fd);
}

static int
find_local_port (int fd)
{
  struct sockaddr_storage address = { 0 };
  socklen_t               size = sizeof address;

  if (getsockname (fd, (struct sockaddr *) &address, &size) != 0)
    return 0;

  return ntohs (address.ss_family == AF_INET6
                    ? ((struct sockaddr_in6 *) &address)->sin6_port
                    : ((struct sockaddr_in *) &address)->sin_port);
}

/* Those that were not connected when they were added. */
static void
find_new_ports (FetchSockets *self)
{
  GHashTableIter iter;
  gpointer       fd, port;

  g_hash_table_iter_init (&iter, self->ports);
  while (g_hash_table_iter_next (&iter, &fd, &port))
    {
      if (port != GINT_TO_POINTER (0))
        continue;

      port = GINT_TO_POINTER (find_local_port (GPOINTER_TO_INT (fd)));
      g_hash_table_iter_replace (&iter, port);
      g_hash_table_insert (self->by_port, port, fd);
    }
}

/* Whether something is to be read from the socket with that port. */
gboolean
fetch_sockets_has_early_input (FetchSockets *self, int local_port)
{
  gpointer fd;
  char     byte;

  if (!g_hash_table_lookup_extended (self->by_port, GINT_TO_POINTER (local_port), NULL,
                                     &fd))
    {
      find_new_ports (self);
      if (!g_hash_table_lookup_extended (self->by_port, GINT_TO_POINTER (local_port),
                                         NULL, &fd))
        return FALSE;
    }

  return recv (GPOINTER_TO_INT (fd), &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}
