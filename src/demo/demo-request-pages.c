/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "demo/demo-request-pages.h"

#include <pthread.h>
#include <string.h>

/* The pages of the demo server that depend on what the request says, or on how often it
 * came. */

/* How often this very request has come, with this one. */
static guint
count_visits (DemoExchange *exchange)
{
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static GHashTable     *visits = NULL;
  const char            *head = demo_exchange_get_head (exchange);
  g_autofree char       *line = g_strndup (head, strcspn (head, "\r"));
  g_autofree char       *host = demo_exchange_get_field (exchange, "Host");
  char                  *key = g_strconcat (line, host, NULL);
  guint                  n_visits;

  pthread_mutex_lock (&lock);
  if (visits == NULL)
    visits = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  n_visits = GPOINTER_TO_UINT (g_hash_table_lookup (visits, key)) + 1;
  g_hash_table_replace (visits, key, GUINT_TO_POINTER (n_visits));
  pthread_mutex_unlock (&lock);

  return n_visits;
}

/* What was asked, as it was asked. */
void
demo_serve_echo (DemoExchange *exchange)
{
  const char *head = demo_exchange_get_head (exchange);

  demo_exchange_answer (exchange, "200 OK", "Content-Type: text/plain\r\n", head,
                        strlen (head));
}

void
demo_serve_cookie (DemoExchange *exchange)
{
  demo_exchange_answer (exchange, "302 Found",
                        "Location: /echo\r\nSet-Cookie: taste=good; Path=/\r\n", "", 0);
}

/* The byte at a place: another one than at those around it, and than in other versions.
 */
static char
byte_at (gint64 offset, guint version)
{
  offset += version;

  return 'a' + (offset + offset / 26) % 26;
}

static void
write_bytes (DemoExchange *exchange, guint version, gint64 first, gint64 last)
{
  char block[16 * 1024];

  if (!demo_exchange_wants_body (exchange))
    return;

  while (first <= last && !demo_exchange_is_over (exchange))
    {
      gint64 n_bytes = MIN ((gint64) sizeof block, last - first + 1);

      for (gint64 i = 0; i < n_bytes; i++)
        block[i] = byte_at (first + i, version);
      demo_exchange_write (exchange, block, n_bytes);
      first += n_bytes;
    }
}

static gboolean
has_range (DemoExchange *exchange, gint64 size, gint64 *first, gint64 *last)
{
  g_autofree char *range = demo_exchange_get_field (exchange, "Range");
  char            *end;

  if (range == NULL || !g_str_has_prefix (range, "bytes="))
    return FALSE;

  *first = g_ascii_strtoll (range + strlen ("bytes="), &end, 10);
  *last = *end == '-' && end[1] != '\0' ? g_ascii_strtoll (end + 1, NULL, 10) : size - 1;
  *last = MIN (*last, size - 1);

  return *first >= 0 && *first <= *last;
}

/* Up to a place, where it stops if that is before the end. */
static void
serve_bytes (DemoExchange *exchange,
             guint         version,
             gint64        size,
             gint64        n_bytes,
             void (*stop) (DemoExchange *exchange))
{
  gint64 first = 0, last = size - 1;

  if (has_range (exchange, size, &first, &last))
    demo_exchange_print (exchange,
                         "HTTP/1.1 206 Partial Content\r\n"
                         "Content-Range: bytes %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT
                         "/%" G_GINT64_FORMAT "\r\n",
                         first, last, size);
  else
    demo_exchange_print (exchange, "HTTP/1.1 200 OK\r\nAccept-Ranges: bytes\r\n");

  demo_exchange_print (exchange,
                       "Content-Type: text/plain\r\nETag: \"version-%u\"\r\n"
                       "Content-Length: %" G_GINT64_FORMAT "\r\n\r\n",
                       version, last - first + 1);
  write_bytes (exchange, version, first, MIN (last, first + n_bytes - 1));
  if (first + n_bytes <= last && demo_exchange_wants_body (exchange))
    stop (exchange);
}

/* ?bytes= ?ranges=0 for a server that knows none */
void
demo_serve_large (DemoExchange *exchange)
{
  gint64 size = demo_exchange_get_number (exchange, "bytes", 16 * 1024 * 1024);

  if (demo_exchange_get_number (exchange, "ranges", 1) != 0)
    {
      serve_bytes (exchange, 0, size, size, demo_exchange_close);
      return;
    }

  demo_exchange_print (exchange,
                       "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                       "Content-Length: %" G_GINT64_FORMAT "\r\n\r\n",
                       size);
  write_bytes (exchange, 0, 0, size - 1);
}

/* ?bytes= ?times= how often it breaks off, each time after a third of the whole
 * ?stalls=1 to say nothing more there instead
 * ?changes=1 for another version each time, whatever a client has to go on with
 * ?grows=1 for a byte more each time, which is said to be the same version */
void
demo_serve_breaks_off (DemoExchange *exchange)
{
  gint64   size = demo_exchange_get_number (exchange, "bytes", 300000);
  gint64   n_times = demo_exchange_get_number (exchange, "times", 2);
  gboolean stalls = demo_exchange_get_number (exchange, "stalls", 0) != 0;
  gboolean changes = demo_exchange_get_number (exchange, "changes", 0) != 0;
  gboolean grows = demo_exchange_get_number (exchange, "grows", 0) != 0;
  guint    n_visits = count_visits (exchange);

  if (grows)
    size += n_visits;
  serve_bytes (exchange, changes ? n_visits : 0, size,
               n_visits <= n_times ? size / 3 : size,
               stalls ? demo_exchange_wait_for_the_end : demo_exchange_close);
}

/* ?times= how often it has no time ?seconds= when to come again */
void
demo_serve_busy (DemoExchange *exchange)
{
  g_autofree char *headers = NULL;

  if (count_visits (exchange) > demo_exchange_get_number (exchange, "times", 1))
    {
      demo_serve_echo (exchange);
      return;
    }

  headers = g_strdup_printf ("Retry-After: %" G_GINT64_FORMAT "\r\n",
                             demo_exchange_get_number (exchange, "seconds", 0));
  demo_exchange_answer (exchange, "503 Service Unavailable", headers, "Busy.\n", 6);
}
