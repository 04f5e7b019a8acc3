/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <curl/curl.h>
#include <glib.h>
#include <netinet/in.h>

G_BEGIN_DECLS

/* Both ends of a connection: the same local port may be used for several peers. IPv4 is
 * mapped into IPv6. */
typedef struct
{
  struct in6_addr local;
  struct in6_addr remote;
  guint16         local_port; /* 0: there is no connection */
  guint16         remote_port;
} FetchConnection;

/* The sockets that libcurl has open, and its timer. */
typedef struct _FetchSockets FetchSockets;

FetchSockets *fetch_sockets_new (int wake_fd);
void          fetch_sockets_free (FetchSockets *self);

/* Any thread. */
void fetch_sockets_stay_quiet (FetchSockets *self, gint64 until);

/* What follows is for the I/O thread. */
void     fetch_sockets_serve (FetchSockets *self, CURLM *multi);
void     fetch_sockets_add (FetchSockets *self, curl_socket_t fd, gboolean is_small);
int      fetch_sockets_close (void *self, curl_socket_t fd);
gboolean fetch_sockets_has_early_input (FetchSockets          *self,
                                        const FetchConnection *connection);
gboolean fetch_sockets_fits (FetchSockets          *self,
                             const FetchConnection *connection,
                             gboolean               is_small);
gint64   fetch_sockets_get_last_input (FetchSockets          *self,
                                       const FetchConnection *connection);
void     fetch_sockets_count_received (FetchSockets *self, gsize size);
void     fetch_sockets_wait_while_quiet (FetchSockets *self);
void     fetch_sockets_wait (FetchSockets *self, int timeout);

FetchConnection fetch_connection_of (const char *local_ip,
                                     int         local_port,
                                     const char *remote_ip,
                                     int         remote_port);

G_END_DECLS
