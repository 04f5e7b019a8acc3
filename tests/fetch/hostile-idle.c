/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Servers that end connections while nothing is asked through them, and say so too late:
 * when the next request is on its way. None of the fetches may fail. */

#include <glib/gstdio.h>
#include <stdatomic.h>
#include <string.h>

#include "hostile-case.h"

#define N_FETCHES 100

#define GOOD                                                   \
  "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nAccept-Ranges: bytes\r\n" \
  "Content-Length: 13\r\n\r\n" HOSTILE_GOOD_BODY

static gboolean
is_redirect (HostileConnection *connection)
{
  return g_str_equal (hostile_get_path (connection), "/redirect");
}

/* Those that have come to the one server that runs. */
static _Atomic (int) n_requests;

/* The first request of each connection gets its response. */
static void
respond_once (HostileConnection *connection, HostileEnd end)
{
  atomic_fetch_add (&n_requests, 1);
  if (hostile_get_n_requests (connection) > 1)
    hostile_end (connection, end);
  else if (is_redirect (connection))
    hostile_write_text (connection, "HTTP/1.1 302 Found\r\nLocation: /page\r\n"
                                    "Content-Length: 0\r\n\r\n");
  else
    hostile_write_text (connection, GOOD);
}

static void
close_at_second_request (HostileConnection *connection)
{
  respond_once (connection, HOSTILE_CLOSES);
}

static void
break_off_at_second_request (HostileConnection *connection)
{
  respond_once (connection, HOSTILE_BREAKS_OFF);
}

static void
reset_at_second_request (HostileConnection *connection)
{
  respond_once (connection, HOSTILE_RESETS);
}

typedef struct
{
  const char      *name;
  HostileBehaviour server;
} Server;

static const Server servers[] = {
  { "closes", { .on_request = close_at_second_request, .then = HOSTILE_GOES_ON } },
  { "breaks-off",
    { .on_request = break_off_at_second_request, .then = HOSTILE_GOES_ON } },
  { "resets", { .on_request = reset_at_second_request, .then = HOSTILE_GOES_ON } },
  { "closes-unannounced", { .answer = GOOD, .then = HOSTILE_CLOSES } },
};

static const char *const schemes[] = { "http", "https" };

typedef enum
{
  USE_COUNT,
  USE_PEEK,
  USE_SAVE,
  USE_REDIRECT,
  N_USES
} Use;

static const char *const use_names[N_USES] = { "count", "peek", "save", "redirect" };

typedef struct
{
  const Server *server;
  const char   *scheme;
  Use           use;
} IdleCase;

static BackgroundCall *
fetch (const IdleCase *self,
       FetchSession   *session,
       HostileServer  *server,
       const char     *folder,
       int             number)
{
  g_autofree char *name = g_strdup_printf ("%d", number);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *url = hostile_server_get_url (
      server, self->scheme, self->use == USE_REDIRECT ? "/redirect" : "/page");
  g_autoptr (FetchRequest) request = hostile_request_new (url);

  if (self->use == USE_PEEK)
    fetch_request_set_body_use (request, FETCH_BODY_PEEK);
  if (self->use == USE_SAVE)
    fetch_request_save_to (request, path, FALSE);

  return fetch_session_fetch (session, request);
}

static void
remove_files (const char *folder)
{
  g_autoptr (GDir) names = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (names)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}

static void
test_none_fails (gconstpointer data)
{
  const IdleCase *self = data;
  g_autoptr (HostileServer) server = hostile_server_new (&self->server->server);
  g_autoptr (FetchSession) session = fetch_session_new ();
  g_autoptr (GPtrArray) calls = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *folder = g_dir_make_tmp ("morsel-XXXXXX", NULL);
  int              n_exchanges = self->use == USE_REDIRECT ? 2 * N_FETCHES : N_FETCHES;

  atomic_store (&n_requests, 0);
  for (int i = 0; i < N_FETCHES; i++)
    g_ptr_array_add (calls, fetch (self, session, server, folder, i));
  for (int i = 0; i < N_FETCHES; i++)
    {
      hostile_assert_good (calls->pdata[i]);
      g_assert_cmpuint (fetch_result_get_n_attempts (hostile_result_of (calls->pdata[i])),
                        ==, 1);
    }
  remove_files (folder);

  /* Each is sent twice at most, whatever number of dead connections there is. */
  g_assert_cmpint (atomic_load (&n_requests), <=, 2 * n_exchanges);
}

/* A new connection that ends before a response comes is a failure like others. */
static void
end_at_first_request (HostileConnection *connection)
{
  hostile_end (connection, HOSTILE_CLOSES);
}

static void
test_new_connection_counts (void)
{
  static const HostileBehaviour behaviour = { .on_request = end_at_first_request,
                                              .then = HOSTILE_GOES_ON };
  g_autoptr (HostileServer) server = hostile_server_new (&behaviour);
  g_autoptr (FetchSession) session = fetch_session_new ();
  g_autofree char *url = hostile_server_get_url (server, "http", "/page");
  g_autoptr (FetchRequest) request = hostile_request_new (url);
  g_autoptr (BackgroundCall) call = fetch_session_fetch (session, request);

  hostile_assert_fails (call, FETCH_ERROR_CLOSED);
  g_assert_cmpuint (hostile_server_get_n_connections (server), ==, 1);
}

void
hostile_idle_add (void)
{
  static IdleCase cases[G_N_ELEMENTS (servers) * G_N_ELEMENTS (schemes) * N_USES];
  gsize           n_cases = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (servers); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (schemes); k++)
      for (Use use = 0; use < N_USES; use++)
        {
          g_autofree char *path = g_strdup_printf (
              "/hostile/idle/%s/%s/%s", servers[i].name, schemes[k], use_names[use]);

          /* What closes after each response has no redirects. */
          if (use == USE_REDIRECT && servers[i].server.answer != NULL)
            continue;

          cases[n_cases] = (IdleCase){ &servers[i], schemes[k], use };
          g_test_add_data_func (path, &cases[n_cases], test_none_fails);
          n_cases++;
        }
  g_test_add_func ("/hostile/idle/new-connection-counts", test_new_connection_counts);
}
