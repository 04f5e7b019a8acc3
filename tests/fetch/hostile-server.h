/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "hostile-certificate.h"

/*
 * A server that misbehaves as it is told, on two free ports of the loopback interface:
 * one for HTTP, one for HTTPS.
 *
 * It answers each request with the bytes of its behaviour, or lets a script write them,
 * and then ends the connection in the way that the behaviour says. Two things let a test
 * see whether a client survives that: what is asked for as /good gets a good page, also
 * on a connection that has seen the behaviour; and once the server is told to, it behaves
 * well in all new connections.
 *
 * There is one thread a connection, in plain blocking code. None of them waits for ever:
 * no longer than PATIENCE for the client, and no longer than the server lives.
 */
typedef struct _HostileServer     HostileServer;
typedef struct _HostileConnection HostileConnection;

/* Writes to the client whatever it likes. */
typedef void (*HostileScript) (HostileConnection *connection);

/* What becomes of a connection after the answer. */
typedef enum
{
  HOSTILE_CLOSES,            /* in order: under TLS, with a farewell */
  HOSTILE_BREAKS_OFF,        /* under TLS, without a farewell */
  HOSTILE_RESETS,            /* at once: what is on the way may be lost */
  HOSTILE_RESETS_AFTER_BODY, /* when the test says that the client has seen some */
  HOSTILE_STALLS,            /* until the client goes */
  HOSTILE_GOES_ON,           /* with the next request */
} HostileEnd;

typedef struct
{
  /* The answer to each request. In a text, {port}, {tls-port} and {refused-port} are
   * replaced by where the server listens, and where nobody does; with a size, the bytes
   * are sent as they are. */
  const char *answer;
  gsize       size;

  /* Instead: when a request was read; when there is a connection, and under TLS a secure
   * one; or when nothing was read yet. The second and the third end the connection. */
  HostileScript on_request;
  HostileScript on_connection;
  HostileScript on_accept;

  HostileEnd then;

  HostileCertificate certificate;
  int                max_tls_version; /* 0: the newest */
  const char        *cipher;          /* of TLS 1.2; NULL: any */
  gboolean           wants_client_certificate;
  gboolean speaks_http2; /* it offers nothing else; on_connection has to speak it */
  gboolean is_ipv6;
} HostileBehaviour;

HostileServer *hostile_server_new (const HostileBehaviour *behaviour);
void           hostile_server_free (HostileServer *self);

char *hostile_server_get_url (HostileServer *self, const char *scheme, const char *path);
char *hostile_server_expand (HostileServer *self, const char *text);
guint hostile_server_get_n_connections (HostileServer *self);

void    hostile_server_behave (HostileServer *self);
void    hostile_server_tell_body_was_seen (HostileServer *self);
void    hostile_server_await_written (HostileServer *self);
guint64 hostile_server_get_n_arrived (HostileServer *self);

/* The body of the good page. */
#define HOSTILE_GOOD_BODY "A good page.\n"

/* In scripts. Writing returns whether the client is still there. */
gboolean hostile_write (HostileConnection *connection, const void *bytes, gsize size);
gboolean hostile_write_text (HostileConnection *connection, const char *text);
gboolean hostile_read (HostileConnection *connection, void *bytes, gsize size);
gboolean hostile_write_under_tls (HostileConnection *connection,
                                  const void        *bytes,
                                  gsize              size);
void     hostile_pause (gint64 microseconds);
void     hostile_end (HostileConnection *connection, HostileEnd how);
void     hostile_await_body_was_seen (HostileConnection *connection);
void     hostile_tell_written (HostileConnection *connection);
void     hostile_write_for_ever (HostileConnection *connection,
                                 const void        *bytes,
                                 gsize              size);

const char *hostile_get_path (HostileConnection *connection);
const char *hostile_get_request (HostileConnection *connection);
guint       hostile_get_n_requests (HostileConnection *connection);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HostileServer, hostile_server_free)
