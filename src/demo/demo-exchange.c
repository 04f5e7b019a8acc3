/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "demo/demo-exchange.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/*
 * One request and its answer, as a page of the demo sees it: plain blocking code, written
 * top to bottom, on a thread of its own. Once the client has gone or the server stops,
 * the exchange is over, and writing and pausing do nothing more: a page need not look
 * each time.
 */
#define MAX_NUMBER (64 * 1024 * 1024)

struct _DemoExchange
{
  int         fd; /* not owned */
  char       *path;
  GHashTable *query;
  char       *head; /* of the request, as it came */
  gboolean    accepts_gzip;
  gboolean    is_over;
};

#define MAX_REQUEST_SIZE (16 * 1024)

/* Reads up to the empty line. A client of ours sends no body, and nothing ahead of time.
 */
static char *
read_head (int fd)
{
  g_autoptr (GString) head = g_string_new (NULL);

  while (strstr (head->str, "\r\n\r\n") == NULL)
    {
      char    buffer[1024];
      ssize_t n_read = recv (fd, buffer, sizeof buffer, 0);

      if (n_read <= 0 || head->len + n_read > MAX_REQUEST_SIZE)
        return NULL;
      g_string_append_len (head, buffer, n_read);
      if (!g_ascii_isalpha (*head->str))
        return NULL;
    }

  return g_strdup (head->str);
}

/* Waits until there is a request on the connection, and reads it. NULL if none comes. */
DemoExchange *
demo_exchange_read (int fd)
{
  g_autofree char *head = read_head (fd);
  g_autofree char *path = NULL;
  g_autofree char *query = NULL;
  g_auto (GStrv) words = NULL;
  DemoExchange *self;

  if (head == NULL)
    return NULL;

  words = g_strsplit (head, " ", 3);
  if (g_strv_length (words) < 3 || !g_uri_split (words[1], G_URI_FLAGS_NONE, NULL, NULL,
                                                 NULL, NULL, &path, &query, NULL, NULL))
    return NULL;

  self = g_new0 (DemoExchange, 1);
  self->fd = fd;
  self->path = g_steal_pointer (&path);
  if (query != NULL)
    self->query = g_uri_parse_params (query, -1, "&", G_URI_PARAMS_NONE, NULL);
  self->accepts_gzip = strstr (head, "gzip") != NULL;
  self->head = g_steal_pointer (&head);

  return self;
}

void
demo_exchange_free (DemoExchange *self)
{
  g_free (self->path);
  g_free (self->head);
  g_clear_pointer (&self->query, g_hash_table_unref);
  g_free (self);
}

const char *
demo_exchange_get_path (DemoExchange *self)
{
  return self->path;
}

/* The request: its first line and its header. */
const char *
demo_exchange_get_head (DemoExchange *self)
{
  return self->head;
}

/* A field of the request; NULL if it has none of that name. */
char *
demo_exchange_get_field (DemoExchange *self, const char *name)
{
  g_auto (GStrv) lines = g_strsplit (self->head, "\r\n", -1);
  gsize length = strlen (name);

  for (gsize i = 1; lines[i] != NULL; i++)
    if (g_ascii_strncasecmp (lines[i], name, length) == 0 && lines[i][length] == ':')
      return g_strstrip (g_strdup (lines[i] + length + 1));

  return NULL;
}

/* A number from the query: none that would take the program with it. */
gint64
demo_exchange_get_number (DemoExchange *self, const char *name, gint64 otherwise)
{
  const char *text = self->query != NULL ? g_hash_table_lookup (self->query, name) : NULL;

  return text != NULL ? CLAMP (g_ascii_strtoll (text, NULL, 10), 0, MAX_NUMBER)
                      : otherwise;
}

gboolean
demo_exchange_accepts_gzip (DemoExchange *self)
{
  return self->accepts_gzip;
}

/* Whether the client has gone, or the server stops. */
gboolean
demo_exchange_is_over (DemoExchange *self)
{
  return self->is_over;
}

void
demo_exchange_write (DemoExchange *self, gconstpointer bytes, gsize size)
{
  const char *rest = bytes;

  while (size > 0 && !self->is_over)
    {
      ssize_t n_sent = send (self->fd, rest, size, MSG_NOSIGNAL);

      if (n_sent < 0)
        {
          self->is_over = TRUE;
          return;
        }
      rest += n_sent;
      size -= n_sent;
    }
}

void
demo_exchange_print (DemoExchange *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list          arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  demo_exchange_write (self, text, strlen (text));
}

/* One chunk of a chunked body; the last one has no bytes. */
void
demo_exchange_print_chunk (DemoExchange *self, gconstpointer bytes, gsize size)
{
  demo_exchange_print (self, "%" G_GSIZE_MODIFIER "x\r\n", size);
  demo_exchange_write (self, bytes, size);
  demo_exchange_write (self, "\r\n", 2);
}

/* Whether the client wants more than the headers. */
gboolean
demo_exchange_wants_body (DemoExchange *self)
{
  return !g_str_has_prefix (self->head, "HEAD ");
}

/* A whole answer of known length. The headers end with a line end, each. */
void
demo_exchange_answer (DemoExchange *self,
                      const char   *status,
                      const char   *headers,
                      gconstpointer body,
                      gsize         size)
{
  demo_exchange_print (self,
                       "HTTP/1.1 %s\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n%s\r\n",
                       status, size, headers);
  if (demo_exchange_wants_body (self))
    demo_exchange_write (self, body, size);
}

/* Returns early when the exchange is over. */
void
demo_exchange_pause (DemoExchange *self, int milliseconds)
{
  struct pollfd fd = { .fd = self->fd, .events = POLLIN };

  /* The client has said all it had to say: if there is something to read, it is the end.
   */
  if (!self->is_over && poll (&fd, 1, milliseconds) != 0)
    self->is_over = TRUE;
}

/* Says nothing more until the client is tired of it. */
void
demo_exchange_wait_for_the_end (DemoExchange *self)
{
  demo_exchange_pause (self, -1);
}

/* Ends the connection, in the middle of whatever was said. */
void
demo_exchange_close (DemoExchange *self)
{
  self->is_over = TRUE;
}
