/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A connection is known by both its ends, and what is waited for is noticed. */

#include <arpa/inet.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../backgroundcall/gate.h"
#include "fetch/fetch-sockets-private.h"

static int
bind_to (int port, int (*use) (int fd))
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int                fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof (int));
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (use (fd), ==, 0);

  return fd;
}

static int
let_listen (int fd)
{
  return listen (fd, 1);
}

static int
leave (int fd G_GNUC_UNUSED)
{
  return 0;
}

static int
port_of (int fd)
{
  struct sockaddr_in address;
  socklen_t          size = sizeof address;

  g_assert_cmpint (getsockname (fd, (struct sockaddr *) &address, &size), ==, 0);

  return ntohs (address.sin_port);
}

typedef struct
{
  int             listener;
  int             client;
  int             server;
  FetchConnection connection;
} Connection;

/* @local_port is 0 for any. */
static void
connection_open (Connection *self, int local_port)
{
  struct sockaddr_in address;
  socklen_t          size = sizeof address;

  self->listener = bind_to (0, let_listen);
  self->client = bind_to (local_port, leave);
  g_assert_cmpint (getsockname (self->listener, (struct sockaddr *) &address, &size), ==,
                   0);
  g_assert_cmpint (connect (self->client, (struct sockaddr *) &address, size), ==, 0);
  self->server = accept (self->listener, NULL, NULL);
  g_assert_cmpint (self->server, >=, 0);
  self->connection = fetch_connection_of ("127.0.0.1", port_of (self->client),
                                          "127.0.0.1", port_of (self->listener));
}

static void
connection_close (Connection *self, FetchSockets *sockets)
{
  fetch_sockets_close (sockets, self->client);
  close (self->server);
  close (self->listener);
}

static void
assert_gets_input (FetchSockets *sockets, const Connection *connection)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE;

  while (!fetch_sockets_has_early_input (sockets, &connection->connection))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (G_TIME_SPAN_MILLISECOND);
    }
}

/* Which Linux gives to connections to different hosts, when it has few left. */
static void
test_same_local_port (void)
{
  int           wake_fd = eventfd (0, EFD_CLOEXEC);
  FetchSockets *sockets = fetch_sockets_new (wake_fd);
  Connection    small, large;

  connection_open (&small, 0);
  connection_open (&large, port_of (small.client));
  g_assert_cmpint (port_of (small.client), ==, port_of (large.client));
  fetch_sockets_add (sockets, small.client, TRUE);
  fetch_sockets_add (sockets, large.client, FALSE);

  g_assert_true (fetch_sockets_fits (sockets, &small.connection, TRUE));
  g_assert_false (fetch_sockets_fits (sockets, &small.connection, FALSE));
  g_assert_true (fetch_sockets_fits (sockets, &large.connection, FALSE));
  g_assert_false (fetch_sockets_fits (sockets, &large.connection, TRUE));

  g_assert_cmpint (write (large.server, "!", 1), ==, 1);
  assert_gets_input (sockets, &large);
  g_assert_false (fetch_sockets_has_early_input (sockets, &small.connection));

  /* What is left is still known. */
  connection_close (&small, sockets);
  g_assert_false (fetch_sockets_has_early_input (sockets, &small.connection));
  g_assert_true (fetch_sockets_has_early_input (sockets, &large.connection));

  connection_close (&large, sockets);
  fetch_sockets_free (sockets);
  close (wake_fd);
}

static gpointer
wake_in_a_moment (gpointer wake_fd)
{
  g_usleep (10 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpint (write (*(int *) wake_fd, &(guint64){ 1 }, sizeof (guint64)), ==, 8);

  return NULL;
}

/* When the next piece of something large is left to pile up, nothing is missed. */
static void
test_wakes_after_much (void)
{
  const gsize   much = 1024 * 1024;
  int           wake_fd = eventfd (0, EFD_CLOEXEC);
  FetchSockets *sockets = fetch_sockets_new (wake_fd);
  GThread      *thread;
  gint64        begin;

  fetch_sockets_count_received (sockets, much);
  g_assert_cmpint (write (wake_fd, &(guint64){ 1 }, sizeof (guint64)), ==, 8);
  fetch_sockets_wait (sockets, -1);

  fetch_sockets_count_received (sockets, much);
  thread = g_thread_new ("wake", wake_in_a_moment, &wake_fd);
  fetch_sockets_wait (sockets, -1);
  g_thread_join (thread);

  fetch_sockets_count_received (sockets, much);
  begin = g_get_monotonic_time ();
  fetch_sockets_wait (sockets, 20);
  g_assert_cmpint (g_get_monotonic_time () - begin, >=, 20 * G_TIME_SPAN_MILLISECOND);

  fetch_sockets_free (sockets);
  close (wake_fd);
}

static void
test_addresses (void)
{
  FetchConnection old = fetch_connection_of ("127.0.0.1", 1, "127.0.0.2", 2);
  FetchConnection mapped = fetch_connection_of ("::ffff:127.0.0.1", 1, "::ffff:127.0.0.2",
                                                2);
  FetchConnection new = fetch_connection_of ("::1", 1, "::2", 2);
  FetchConnection other = fetch_connection_of ("::1", 1, "::3", 2);

  g_assert_cmpmem (&old, sizeof old, &mapped, sizeof mapped);
  g_assert_cmpint (memcmp (&old, &new, sizeof old), !=, 0);
  g_assert_cmpint (memcmp (&new, &other, sizeof new), !=, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sockets/same-local-port", test_same_local_port);
  g_test_add_func ("/sockets/wakes-after-much", test_wakes_after_much);
  g_test_add_func ("/sockets/addresses", test_addresses);

  return g_test_run ();
}
