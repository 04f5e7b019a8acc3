/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Servers that redirect to somewhere else, to have what was meant for them sent there. */

#include <string.h>

#include "fetch/fetch-secrets.h"
#include "hostile-case.h"

/* What is asked for as /echo gets the request back. */
static void
redirect_or_echo (HostileConnection *connection)
{
  const char *path = hostile_get_path (connection);

  if (g_str_equal (path, "/echo"))
    {
      const char      *request = hostile_get_request (connection);
      g_autofree char *answer = g_strdup_printf ("HTTP/1.1 200 OK\r\n"
                                                 "Content-Length: %zu\r\n\r\n%s",
                                                 strlen (request), request);

      hostile_write (connection, answer, strlen (answer));
    }
  else if (g_str_equal (path, "/to-same"))
    hostile_write_text (connection, "HTTP/1.1 302 Found\r\nLocation: /echo\r\n"
                                    "Content-Length: 0\r\n\r\n");
  else if (g_str_equal (path, "/to-other-host"))
    hostile_write_text (connection,
                        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{port}/echo\r\n"
                        "Content-Length: 0\r\n\r\n");
  else
    hostile_write_text (connection, "HTTP/1.1 302 Found\r\n"
                                    "Location: https://good.test:{tls-port}/echo\r\n"
                                    "Content-Length: 0\r\n\r\n");
}

static const HostileBehaviour redirects = { .on_request = redirect_or_echo,
                                            .then = HOSTILE_GOES_ON };

static void
set_basic_auth (FetchRequest *request)
{
  fetch_request_set_basic_auth (request, "tom", "swordfish");
}

static void
set_bearer_token (FetchRequest *request)
{
  g_assert_true (fetch_request_set_bearer_token (request, "swordfish", NULL));
}

static void
add_authorization (FetchRequest *request)
{
  g_assert_true (
      fetch_request_add_header (request, "Authorization: Bearer swordfish", NULL));
}

static void
add_cookie (FetchRequest *request)
{
  g_assert_true (fetch_request_add_header (request, "Cookie: a=swordfish", NULL));
}

static void
add_other_field (FetchRequest *request)
{
  g_assert_true (fetch_request_add_header (request, "X-Morsel: swordfish", NULL));
}

typedef struct
{
  const char *name;
  void (*set) (FetchRequest *request);
  const char *sent;
} Secret;

static const Secret secrets[] = {
  { "basic", set_basic_auth, "\r\nAuthorization: Basic dG9tOnN3b3JkZmlzaA==\r\n" },
  { "bearer", set_bearer_token, "\r\nAuthorization: Bearer swordfish\r\n" },
  { "header", add_authorization, "\r\nAuthorization: Bearer swordfish\r\n" },
  { "cookie", add_cookie, "\r\nCookie: a=swordfish\r\n" },
};

static char *
echo_after (HostileServer *server, const Secret *secret, const char *text)
{
  g_autoptr (FetchSession) session = fetch_session_new ();
  g_autofree char *url = hostile_server_expand (server, text);
  g_autoptr (FetchRequest) request = hostile_request_new (url);
  g_autoptr (BackgroundCall) call = NULL;
  GBytes *bytes;

  fetch_request_set_preview_size (request, 4000);
  secret->set (request);
  call = fetch_session_fetch (session, request);
  bytes = fetch_result_get_first_bytes (hostile_result_of (call));

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
test_stays_with_its_host (gconstpointer data)
{
  const Secret *secret = data;
  g_autoptr (HostileServer) server = hostile_server_new (&redirects);
  g_autofree char *same = echo_after (server, secret, "http://good.test:{port}/to-same");
  g_autofree char *host = echo_after (server, secret,
                                      "http://good.test:{port}/to-other-host");
  g_autofree char *port = echo_after (server, secret,
                                      "http://good.test:{port}/to-other-port");

  g_assert_nonnull (strstr (same, secret->sent));
  g_assert_null (strstr (host, secret->sent));
  g_assert_null (strstr (host, "Authorization"));
  g_assert_null (strstr (port, secret->sent));
  g_assert_null (strstr (port, "Authorization"));
}

/* As the manual says: nobody knows what it means, so it is like others. */
static void
test_another_field_goes_along (void)
{
  static const Secret field = { "other", add_other_field, "\r\nX-Morsel: swordfish\r\n" };
  g_autoptr (HostileServer) server = hostile_server_new (&redirects);
  g_autofree char *echo = echo_after (server, &field,
                                      "http://good.test:{port}/to-other-host");

  g_assert_nonnull (strstr (echo, field.sent));
}

/* All of it is a secret: the mark of equality in what follows names nothing. */
static void
test_cookie_without_a_name (void)
{
  static const HostileBehaviour sets_cookie = {
    .answer = "HTTP/1.1 200 OK\r\nSet-Cookie: swordfish; Path=/\r\n"
              "Content-Length: 0\r\n\r\n",
  };
  g_autoptr (HostileServer) server = hostile_server_new (&sets_cookie);
  g_autoptr (FetchSession) session = fetch_session_new ();
  g_autofree char *url = hostile_server_get_url (server, "http", "/hostile");
  g_autoptr (FetchRequest) request = hostile_request_new (url);
  g_autoptr (BackgroundCall) call = fetch_session_fetch (session, request);
  g_autoptr (FetchResult)
      result = fetch_result_without_secrets (hostile_result_of (call), NULL);

  g_assert_cmpstr (fetch_result_get_hop (result, 0).fields[0], ==, "Set-Cookie: SECRET");
}

/* A chain that sets cookies and hands out a token, to a page that repeats all of them in
 * several ways, in its header, too. */
static void
repeat_secrets (HostileConnection *connection)
{
  const char *path = hostile_get_path (connection);

  if (g_str_has_prefix (path, "/user"))
    hostile_write_text (connection,
                        "HTTP/1.1 302 Found\r\n"
                        "Location: http://tom:swordfish@good.test/?key=Copper-Kite-9\r\n"
                        "Content-Length: 0\r\n\r\n");
  else if (g_str_has_prefix (path, "/start"))
    hostile_write_text (connection,
                        "HTTP/1.1 302 Found\r\n"
                        "Set-Cookie: id=Velvet-Anchor/42; Path=/\r\n"
                        "Set-Cookie: lang=en; Path=/\r\n"
                        "Set-Cookie: mode=simple; Path=/\r\n"
                        "Location: /end?access_token=Mossy-Lantern-7&page=2\r\n"
                        "Content-Length: 0\r\n\r\n");
  else
    {
      static const char body[] =
          "Velvet-Anchor/42 Velvet-Anchor%2f42 Velvet-Anchor\\/42 Velvet-Anchor&#x2F;42 "
          "VmVsdmV0LUFuY2hvci80Mg== Mossy-Lantern-7 Copper-Kite-9 "
          "(simple en page) Velvet-An";
      g_autofree char *answer = g_strdup_printf (
          "HTTP/1.1 200 Velvet-Anchor/42\r\n"
          "X-Seen: Velvet-Anchor%%2F42, Mossy-Lantern-7, Copper-Kite-9\r\n"
          "Link: <https://h.test/?sig=Brass-Owl-3&a=b>; rel=next\r\n"
          "Content-Location: http://tom:swordfish@h.test/\r\n"
          "Content-Type: text/plain; x=Velvet-Anchor/42\r\n"
          "Content-Length: %zu\r\n\r\n%s",
          strlen (body), body);

      hostile_write (connection, answer, strlen (answer));
    }
}

/* All that is given out of a result, but what is the program's own. */
static char *
text_of (FetchResult *result)
{
  GString *text = g_string_new (NULL);
  GBytes  *bytes = fetch_result_get_first_bytes (result);

  g_string_append_len (text, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_string_append_printf (text, "\n%s\n%s\n", fetch_result_get_url (result),
                          fetch_result_get_content_type (result));
  for (guint i = 0; i < fetch_result_get_n_hops (result); i++)
    {
      FetchHop hop = fetch_result_get_hop (result, i);

      g_string_append_printf (text, "%s\n%s\n", hop.url, hop.status_line);
      for (const char *const *field = hop.fields; *field != NULL; field++)
        g_string_append_printf (text, "%s\n", *field);
    }
  g_test_message ("%s", text->str);

  return g_string_free (text, FALSE);
}

static void
assert_has_none (const char *text, const char *const *words)
{
  for (; *words != NULL; words++)
    if (strstr (text, *words) != NULL)
      g_error ("“%s” is in “%s”", *words, text);
}

/* What was received on the way is as secret as what was sent. What is short or a word is
 * none where it stands alone. */
static void
test_received_secrets_are_hidden (void)
{
  static const HostileBehaviour repeats = { .on_request = repeat_secrets,
                                            .then = HOSTILE_GOES_ON };
  static const char *const hidden_words[] = { "Velvet", "Mossy",  "VmVsdmV0", "swordfish",
                                              "tom:",   "Copper", "Brass",    NULL };
  g_autoptr (HostileServer) server = hostile_server_new (&repeats);
  g_autoptr (FetchSession) session = fetch_session_new ();
  g_autofree char *url = hostile_server_get_url (server, "http",
                                                 "/start?key=Copper-Kite-9&b=c");
  g_autoptr (FetchRequest) request = hostile_request_new (url);
  g_autoptr (BackgroundCall) call = NULL;
  g_autoptr (FetchResult) hidden = NULL;
  g_autoptr (FetchResult) kept = NULL;
  g_autofree char *text = NULL;
  FetchResult     *result;

  fetch_request_set_preview_size (request, 4000);
  call = fetch_session_fetch (session, request);
  result = hostile_result_of (call);

  hidden = fetch_result_without_secrets (result, request);
  text = text_of (hidden);
  assert_has_none (text, hidden_words);
  g_assert_nonnull (strstr (text, "(simple en page)"));
  g_assert_nonnull (strstr (text, "/start?key=SECRET&b=c\n"));
  g_assert_nonnull (strstr (text, "Location: /end?access_token=SECRET&page=2\n"));
  g_assert_nonnull (strstr (text, "<https://h.test/?sig=SECRET&a=b>; rel=next\n"));
  g_assert_nonnull (strstr (text, "Content-Location: http://SECRET@h.test/\n"));

  /* Also if the request is not known any more. */
  g_clear_pointer (&text, g_free);
  g_clear_pointer (&hidden, fetch_result_unref);
  hidden = fetch_result_without_secrets (result, NULL);
  text = text_of (hidden);
  assert_has_none (text, hidden_words);

  /* Where the user wants it so, they stay in addresses, and nowhere else. */
  kept = fetch_result_keeping_tokens (result, request);
  g_assert_nonnull (
      strstr (fetch_result_get_url (kept), "/end?access_token=Mossy-Lantern-7&page=2"));
  g_assert_nonnull (strstr (fetch_result_get_hop (kept, 0).url, "key=Copper-Kite-9"));
  g_assert_null (
      g_strstr_len (g_bytes_get_data (fetch_result_get_first_bytes (kept), NULL),
                    g_bytes_get_size (fetch_result_get_first_bytes (kept)), "Mossy"));
}

/* A message may quote where a server redirects to. */
static void
test_errors_have_no_secrets (void)
{
  static const HostileBehaviour redirects_to_user = { .on_request = repeat_secrets };
  static const char *const      hidden_words[] = { "tom:", "swordfish", "Copper", "Mossy",
                                                   NULL };
  g_autoptr (HostileServer) server = hostile_server_new (&redirects_to_user);
  g_autoptr (FetchSession) session = fetch_session_new ();
  g_autofree char *url = hostile_server_get_url (server, "http",
                                                 "/user?token=Mossy-Lantern-7");
  g_autoptr (FetchRequest) request = hostile_request_new (url);
  g_autoptr (BackgroundCall) call = fetch_session_fetch (session, request);
  g_autoptr (FetchResult) hidden = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  hidden = fetch_result_without_secrets (
      hostile_assert_fails (call, FETCH_ERROR_BAD_REDIRECT), request);
  text = text_of (hidden);
  assert_has_none (text, hidden_words);

  error = fetch_error_without_secrets (background_call_get_error (call), request);
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_BAD_REDIRECT);
  assert_has_none (error->message, hidden_words);
}

/* What is asked for as something else gets the request back. */
static void
set_cookie_or_echo (HostileConnection *connection)
{
  const char *path = hostile_get_path (connection);

  if (g_str_equal (path, "/early"))
    hostile_write_text (connection, "HTTP/1.1 103 Early Hints\r\n"
                                    "Set-Cookie: a=swordfish; Path=/\r\n\r\n"
                                    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  else if (g_str_equal (path, "/broken"))
    hostile_write_text (connection, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
                                    "sEt-cOOkie:a=swordfish; Path=/\r\n"
                                    "Content-Length: 2\r\n\r\n12");
  else
    redirect_or_echo (connection);
}

/* Also if it came in an answer before the answer, or in one that was broken off. */
static void
test_cookie_goes_to_no_other_fetch (void)
{
  static const HostileBehaviour sets_cookies = { .on_request = set_cookie_or_echo,
                                                 .then = HOSTILE_GOES_ON };
  static const char *const      paths[] = { "/early", "/broken" };
  g_autoptr (HostileServer) server = hostile_server_new (&sets_cookies);
  g_autoptr (FetchSession) session = fetch_session_new_with_limits (1, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *url = hostile_server_get_url (server, "http", paths[i]);
      g_autofree char *echo_url = hostile_server_get_url (server, "http", "/echo");
      g_autoptr (FetchRequest) request = fetch_request_new (url, NULL);
      g_autoptr (FetchRequest) echo_request = fetch_request_new (echo_url, NULL);
      g_autoptr (BackgroundCall) call = fetch_session_fetch (session, request);
      g_autoptr (BackgroundCall) echo_call = fetch_session_fetch (session, echo_request);
      GBytes     *echo = fetch_result_get_first_bytes (hostile_result_of (echo_call));
      gsize       size;
      const char *text = g_bytes_get_data (echo, &size);

      g_assert_cmpint (background_call_is_done (call), !=, BACKGROUND_CALL_RUNNING);
      g_assert_nonnull (g_strstr_len (text, size, "GET /echo"));
      g_assert_null (g_strstr_len (text, size, "swordfish"));
    }
}

void
hostile_secrets_add (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (secrets); i++)
    {
      g_autofree char *path = g_strdup_printf ("/hostile/secrets/%s-stays-with-its-host",
                                               secrets[i].name);

      g_test_add_data_func (path, &secrets[i], test_stays_with_its_host);
    }
  g_test_add_func ("/hostile/secrets/another-field-goes-along",
                   test_another_field_goes_along);
  g_test_add_func ("/hostile/secrets/cookie-without-a-name", test_cookie_without_a_name);
  g_test_add_func ("/hostile/secrets/received-secrets-are-hidden",
                   test_received_secrets_are_hidden);
  g_test_add_func ("/hostile/secrets/errors-have-no-secrets",
                   test_errors_have_no_secrets);
  g_test_add_func ("/hostile/secrets/cookie-goes-to-no-other-fetch",
                   test_cookie_goes_to_no_other_fetch);
}
