/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "demo/demo-pages.h"

#include "demo/demo-picture.h"
#include "demo/demo-request-pages.h"

#include <gio/gio.h>
#include <string.h>

/*
 * The pages of the demo server: each is a function that reads like what it does to its
 * client.
 */

#define MAX_BOMB (48 * 1024 * 1024)

static const char lines[] = "This page comes slowly, and that is what it is for.\n"
                            "\n"
                            "Somewhere a thread waits for each of these lines. It is\n"
                            "not the one that draws this window: move it, resize it,\n"
                            "scroll, type. Nothing waits for the network here.\n"
                            "\n"
                            "An idle callback polls the call that fetches the page.\n"
                            "While there is nothing new it sleeps; when a line has\n"
                            "come it moves the bar and shows the first bytes; when\n"
                            "the page is complete it goes.\n"
                            "\n";

static GString *
text_of_size (gsize size)
{
  GString *text = g_string_sized_new (size + sizeof lines);

  while (text->len < size)
    g_string_append (text, lines);
  g_string_truncate (text, size);

  return text;
}

static void
answer_text (DemoExchange *exchange, const char *status, const char *text)
{
  demo_exchange_answer (exchange, status, "Content-Type: text/plain; charset=utf-8\r\n",
                        text, strlen (text));
}

/* ?bytes= ?steps= ?pause= (of each step, in milliseconds) */
static void
serve_trickle (DemoExchange *exchange)
{
  gint64 size = demo_exchange_get_number (exchange, "bytes", 4000);
  gint64 n_steps = demo_exchange_get_number (exchange, "steps", 80);
  gint64 pause = demo_exchange_get_number (exchange, "pause", 100);
  g_autoptr (GString) text = text_of_size (size);

  demo_exchange_print (exchange,
                       "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
                       "Content-Length: %" G_GINT64_FORMAT "\r\n\r\n",
                       size);
  for (gint64 i = 0; i < n_steps; i++)
    {
      gint64 start = size * i / n_steps;
      gint64 end = size * (i + 1) / n_steps;

      demo_exchange_write (exchange, text->str + start, end - start);
      demo_exchange_pause (exchange, pause);
    }
}

static void
serve_unknown_length (DemoExchange *exchange)
{
  demo_exchange_print (exchange,
                       "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n");
  for (int i = 1; i <= 60; i++)
    {
      g_autofree char *line = g_strdup_printf (
          "Line %d, and nobody knows how many there will be.\n", i);

      demo_exchange_print_chunk (exchange, line, strlen (line));
      demo_exchange_pause (exchange, 100);
    }
  demo_exchange_print_chunk (exchange, "", 0);
}

static void
serve_redirect (DemoExchange *exchange)
{
  int n_left = atoi (demo_exchange_get_path (exchange) + strlen ("/redirect/"));
  g_autofree char *headers = n_left > 1 ? g_strdup_printf ("Location: /redirect/%d\r\n",
                                                           n_left - 1)
                                        : g_strdup ("Location: /hello\r\n");

  demo_exchange_answer (exchange, "302 Found", headers, "", 0);
}

static void
serve_hello (DemoExchange *exchange)
{
  answer_text (exchange, "200 OK",
               "Hello from the demo server.\n\nIt lives in this program, on the loopback "
               "interface. No network is needed.\n");
}

static void
serve_gzip (DemoExchange *exchange)
{
  g_autoptr (GString) text = text_of_size (20000);
  g_autoptr (GConverter) compressor = G_CONVERTER (
      g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1));
  g_autofree char *compressed = g_malloc (text->len + 1024);
  gsize            n_read, n_written;

  if (!demo_exchange_accepts_gzip (exchange) ||
      g_converter_convert (compressor, text->str, text->len, compressed, text->len + 1024,
                           G_CONVERTER_INPUT_AT_END, &n_read, &n_written,
                           NULL) != G_CONVERTER_FINISHED)
    answer_text (exchange, "200 OK", text->str);
  else
    demo_exchange_answer (exchange, "200 OK",
                          "Content-Type: text/plain; charset=utf-8\r\n"
                          "Content-Encoding: gzip\r\n",
                          compressed, n_written);
}

/* Every byte value, again and again. ?bytes= */
static void
serve_binary (DemoExchange *exchange)
{
  gint64             size = demo_exchange_get_number (exchange, "bytes", 65536);
  g_autofree guint8 *bytes = g_malloc (size);

  for (gint64 i = 0; i < size; i++)
    bytes[i] = i;
  demo_exchange_answer (exchange, "200 OK", "Content-Type: application/octet-stream\r\n",
                        bytes, size);
}

/* ?width= ?height= (that it says it has) ?bytes= (after which it breaks off) ?pause=
 * (before it comes, in milliseconds) */
static void
serve_picture (DemoExchange *exchange)
{
  g_autoptr (GByteArray) png = demo_picture_new_png (
      demo_exchange_get_number (exchange, "width", DEMO_PICTURE_WIDTH),
      demo_exchange_get_number (exchange, "height", DEMO_PICTURE_HEIGHT));
  gint64 size = demo_exchange_get_number (exchange, "bytes", png->len);

  demo_exchange_pause (exchange, demo_exchange_get_number (exchange, "pause", 0));
  demo_exchange_answer (exchange, "200 OK", "Content-Type: image/png\r\n", png->data,
                        MIN (size, png->len));
}

static void
serve_missing (DemoExchange *exchange)
{
  static const char body[] =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<title>Not found</title>\n"
      "<h1>Not found</h1>\n<p>There is nothing here, and this page says so.</p>\n</html>\n";

  demo_exchange_answer (exchange, "404 Not Found",
                        "Content-Type: text/html; charset=utf-8\r\n", body,
                        strlen (body));
}

static void
serve_stall (DemoExchange *exchange)
{
  demo_exchange_print (exchange, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                                 "Content-Length: 1000000\r\n\r\n"
                                 "The server begins, and then says nothing more.\n");
  demo_exchange_wait_for_the_end (exchange);
}

static void
serve_cut_off (DemoExchange *exchange)
{
  demo_exchange_print (
      exchange, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                "Content-Length: 10000\r\n\r\n"
                "The server promises ten thousand bytes, and hangs up after these.\n");
  demo_exchange_close (exchange);
}

static void
serve_endless (DemoExchange *exchange)
{
  g_autoptr (GString) text = text_of_size (16 * 1024);

  demo_exchange_print (exchange, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                                 "Transfer-Encoding: chunked\r\n\r\n");
  while (!demo_exchange_is_over (exchange))
    {
      demo_exchange_print_chunk (exchange, text->str, text->len);
      demo_exchange_pause (exchange, 20);
    }
}

/* What a page must not do, and some do: NULs, broken UTF-8, and marks that turn the text.
 */
static void
serve_hostile_text (DemoExchange *exchange)
{
  static const char body[] = "a\0b \xff\xfe c\x1b[31m "
                             "invoice\xe2\x80\xae"
                             "gpj.exe\n";

  demo_exchange_answer (exchange, "200 OK", "Content-Type: text/plain; charset=utf-8\r\n",
                        body, sizeof body - 1);
}

/* One line that does not end. ?bytes= */
static void
serve_long_header (DemoExchange *exchange)
{
  gint64 size = demo_exchange_get_number (exchange, "bytes", 10 * 1024 * 1024);
  g_autoptr (GString) text = g_string_sized_new (size);

  while ((gint64) text->len < size)
    g_string_append_c (text, 'x');
  demo_exchange_print (exchange, "HTTP/1.1 200 OK\r\nX-Long: ");
  demo_exchange_write (exchange, text->str, text->len);
  demo_exchange_print (exchange, "\r\nContent-Length: 0\r\n\r\n");
}

/* Many lines. ?lines= */
static void
serve_many_headers (DemoExchange *exchange)
{
  gint64 n_lines = demo_exchange_get_number (exchange, "lines", 100000);

  demo_exchange_print (exchange, "HTTP/1.1 200 OK\r\n");
  for (gint64 i = 0; i < n_lines && !demo_exchange_is_over (exchange); i++)
    demo_exchange_print (exchange, "X-Header-%" G_GINT64_FORMAT ": something\r\n", i);
  demo_exchange_print (exchange, "Content-Length: 0\r\n\r\n");
}

static void
serve_silence (DemoExchange *exchange)
{
  demo_exchange_wait_for_the_end (exchange);
}

static void
serve_hang_up (DemoExchange *exchange)
{
  demo_exchange_close (exchange);
}

static void
serve_redirect_to_file (DemoExchange *exchange)
{
  demo_exchange_answer (exchange, "302 Found", "Location: file:///etc/passwd\r\n", "", 0);
}

static void
serve_redirect_with_user (DemoExchange *exchange)
{
  demo_exchange_answer (exchange, "302 Found",
                        "Location: http://somebody:secret@127.0.0.1:1/\r\n", "", 0);
}

static void
serve_redirect_circle (DemoExchange *exchange)
{
  demo_exchange_answer (exchange, "302 Found", "Location: /redirect-circle\r\n", "", 0);
}

static void
serve_broken_gzip (DemoExchange *exchange)
{
  demo_exchange_answer (exchange, "200 OK", "Content-Encoding: gzip\r\n",
                        "not gzip at all", strlen ("not gzip at all"));
}

/* A gzip of a gzip of a gzip of nothing but zeros: some hundred bytes. ?bytes= */
static void
serve_bomb (DemoExchange *exchange)
{
  gint64             size = demo_exchange_get_number (exchange, "bytes", MAX_BOMB);
  g_autofree guint8 *bytes = g_malloc0 (size);
  gsize              n_bytes = size;

  for (int i = 0; i < 3; i++)
    {
      g_autoptr (GConverter) compressor = G_CONVERTER (
          g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9));
      gsize              room = n_bytes / 500 + 1024;
      g_autofree guint8 *compressed = g_malloc (room);
      gsize              n_read;
      gsize              n_written;

      g_converter_convert (compressor, bytes, n_bytes, compressed, room,
                           G_CONVERTER_INPUT_AT_END, &n_read, &n_written, NULL);
      g_free (bytes);
      bytes = g_steal_pointer (&compressed);
      n_bytes = n_written;
    }

  demo_exchange_answer (exchange, "200 OK", "Content-Encoding: gzip, gzip, gzip\r\n",
                        bytes, n_bytes);
}

/* A field that looks like the status line of a better answer. */
static void
serve_forged_status (DemoExchange *exchange)
{
  demo_exchange_answer (exchange, "500 Internal Server Error",
                        "HTTP/1.1 200 OK: fine\r\n", "", 0);
}

static void
serve_early_hints (DemoExchange *exchange)
{
  demo_exchange_print (exchange,
                       "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n");
  serve_hello (exchange);
}

static void
serve_half_a_header (DemoExchange *exchange)
{
  demo_exchange_print (exchange, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nCont");
  demo_exchange_close (exchange);
}

static void
serve_redirect_to_garbage (DemoExchange *exchange)
{
  demo_exchange_answer (exchange, "302 Found", "Location: /garbage\r\n", "", 0);
}

/* What takes a line of the window to show, and much time to lay out. */
static void
serve_long_type (DemoExchange *exchange)
{
  g_autofree char *filling = g_strnfill (3000, 'x');
  g_autofree char *headers = g_strdup_printf ("Content-Type: text/plain; %s\r\n",
                                              filling);

  demo_exchange_answer (exchange, "200 OK", headers, "", 0);
}

static void
serve_garbage (DemoExchange *exchange)
{
  demo_exchange_print (exchange, "220 mail.example.org ready\r\n");
  demo_exchange_close (exchange);
}

typedef struct
{
  const char *path;
  void (*serve) (DemoExchange *exchange);
} Page;

static const Page pages[] = {
  { "/hello", serve_hello },
  { "/trickle", serve_trickle },
  { "/unknown-length", serve_unknown_length },
  { "/redirect/", serve_redirect },
  { "/gzip", serve_gzip },
  { "/binary", serve_binary },
  { "/picture", serve_picture },
  { "/missing", serve_missing },
  { "/stall", serve_stall },
  { "/cut-off", serve_cut_off },
  { "/endless", serve_endless },
  { "/hostile-text", serve_hostile_text },
  { "/long-header", serve_long_header },
  { "/many-headers", serve_many_headers },
  { "/silence", serve_silence },
  { "/hang-up", serve_hang_up },
  { "/redirect-to-file", serve_redirect_to_file },
  { "/redirect-with-user", serve_redirect_with_user },
  { "/redirect-circle", serve_redirect_circle },
  { "/broken-gzip", serve_broken_gzip },
  { "/garbage", serve_garbage },
  { "/bomb", serve_bomb },
  { "/forged-status", serve_forged_status },
  { "/early-hints", serve_early_hints },
  { "/half-a-header", serve_half_a_header },
  { "/redirect-to-garbage", serve_redirect_to_garbage },
  { "/long-type", serve_long_type },
  { "/echo", demo_serve_echo },
  { "/cookie", demo_serve_cookie },
  { "/large", demo_serve_large },
  { "/breaks-off", demo_serve_breaks_off },
  { "/busy", demo_serve_busy },
};

/* Answers a request. A path that ends with a slash stands for all below it. */
void
demo_pages_serve (DemoExchange *exchange)
{
  const char *path = demo_exchange_get_path (exchange);

  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      gboolean is_folder = g_str_has_suffix (pages[i].path, "/");

      if (is_folder ? g_str_has_prefix (path, pages[i].path)
                    : g_str_equal (path, pages[i].path))
        {
          pages[i].serve (exchange);
          return;
        }
    }

  serve_missing (exchange);
}

/* The pages that `morsel --demo` shows. */
const char *const *
demo_pages_get_paths (void)
{
  static const char *const paths[] = {
    "/trickle",      "/unknown-length", "/redirect/3", "/gzip",
    "/hostile-text", "/picture",        "/missing",    "/cut-off",
    "/stall",        "/endless",        NULL,
  };

  return paths;
}
