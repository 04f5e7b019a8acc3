/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <curl/curl.h>
#include <glib.h>

G_BEGIN_DECLS

/* The sockets that libcurl has open, and its timer. */
typedef struct _FetchSockets FetchSockets;

FetchSockets *fetch_sockets_new (int wake_fd);
void          fetch_sockets_free (FetchSockets *self);

/* What follows is for the I/O thread. */
void     fetch_sockets_serve (FetchSockets *self, CURLM *multi);
void     fetch_sockets_add (FetchSockets *self, curl_socket_t fd, gboolean is_small);
int      fetch_sockets_close (void *self, curl_socket_t fd);
gboolean fetch_sockets_has_early_input (FetchSockets *self, int local_port);
gboolean fetch_sockets_fits (FetchSockets *self, int local_port, gboolean is_small);
gint64   fetch_sockets_get_last_input (FetchSockets *self, int local_port);
void     fetch_sockets_wait (FetchSockets *self, int timeout);

G_END_DECLS
