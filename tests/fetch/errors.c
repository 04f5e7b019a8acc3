/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whatever libcurl says: a sentence for whoever asked, with libcurl's own words behind.
 */

#include <curl/curl.h>
#include <string.h>

#include "fetch/fetch-curl-error.h"
#include "fetch/fetch-error.h"
#include "fetch/fetch-status.h"

#define DETAIL "libcurl's own words"

/* One that has failed at its first attempt. */
static GError *
error_of (CURLcode code, FetchPhase phase, const char *address, const char *detail)
{
  g_autoptr (FetchRequest) request = fetch_request_new (address, NULL);
  FetchResult  *result = fetch_result_new (NULL);
  FetchTransfer transfer = { .request = request,
                             .easy = curl_easy_init (),
                             .handshake = fetch_handshake_new (),
                             .progress = { .phase = phase, .total = -1 } };
  GError       *error;

  curl_easy_setopt (transfer.easy, CURLOPT_URL, fetch_transfer_get_url (&transfer));
  g_strlcpy (transfer.curl_detail, detail, sizeof transfer.curl_detail);
  error = fetch_curl_error_new (&transfer, code, result);

  curl_easy_cleanup (transfer.easy);
  fetch_handshake_unref (transfer.handshake);
  fetch_result_unref (result);

  return error;
}

/* Those that a fetch can end with, as its user sees it. */
static const struct
{
  CURLcode    code;
  FetchError  error;
  const char *words;
} cases[] = {
  { CURLE_UNSUPPORTED_PROTOCOL, FETCH_ERROR_BAD_ANSWER, "does not speak HTTP" },
  { CURLE_URL_MALFORMAT, FETCH_ERROR_BAD_ADDRESS, "host name" },
  { CURLE_NOT_BUILT_IN, FETCH_ERROR_BAD_SETTING, "setting" },
  { CURLE_COULDNT_RESOLVE_PROXY, FETCH_ERROR_NAME_NOT_FOUND, "proxy server’s name" },
  { CURLE_COULDNT_RESOLVE_HOST, FETCH_ERROR_NAME_NOT_FOUND, "no host named" },
  { CURLE_COULDNT_CONNECT, FETCH_ERROR_CANNOT_CONNECT, "does not accept connections" },
  { CURLE_WEIRD_SERVER_REPLY, FETCH_ERROR_BAD_ANSWER, "rules of HTTP" },
  { CURLE_HTTP2, FETCH_ERROR_BAD_ANSWER, "rules of HTTP" },
  { CURLE_PARTIAL_FILE, FETCH_ERROR_CLOSED, "broke off" },
  { CURLE_OPERATION_TIMEDOUT, FETCH_ERROR_TIMED_OUT, "within 30 seconds" },
  { CURLE_RANGE_ERROR, FETCH_ERROR_BAD_ANSWER, "part" },
  { CURLE_SSL_CONNECT_ERROR, FETCH_ERROR_TLS, "secure connection" },
  { CURLE_GOT_NOTHING, FETCH_ERROR_CLOSED, "without an answer" },
  { CURLE_SEND_ERROR, FETCH_ERROR_CLOSED, "broke off" },
  { CURLE_RECV_ERROR, FETCH_ERROR_CLOSED, "broke off" },
  { CURLE_SSL_CERTPROBLEM, FETCH_ERROR_TLS, "wants a certificate" },
  { CURLE_SSL_CIPHER, FETCH_ERROR_TLS, "secure connection" },
  { CURLE_PEER_FAILED_VERIFICATION, FETCH_ERROR_TLS, "prove who it is" },
  { CURLE_BAD_CONTENT_ENCODING, FETCH_ERROR_BAD_ANSWER, "decompressed" },
  { CURLE_LOGIN_DENIED, FETCH_ERROR_BAD_ANSWER, "does not speak HTTP" },
  { CURLE_SSL_CACERT_BADFILE, FETCH_ERROR_BAD_SETTING, "file with the authorities" },
  { CURLE_SSL_INVALIDCERTSTATUS, FETCH_ERROR_TLS, "prove who it is" },
  { CURLE_HTTP2_STREAM, FETCH_ERROR_CLOSED, "broke off" },
  { CURLE_PROXY, FETCH_ERROR_CANNOT_CONNECT, "proxy server refused" },
  { CURLE_SSL_CLIENTCERT, FETCH_ERROR_TLS, "wants a certificate" },
};

static void
test_each_says_what_it_is (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = error_of (cases[i].code, FETCH_PHASE_CONNECTING,
                                           "http://example.org/", DETAIL);

      g_test_message ("%d: %s", cases[i].code, error->message);
      g_assert_error (error, FETCH_ERROR, (int) cases[i].error);
      g_assert_nonnull (strstr (error->message, cases[i].words));
      g_assert_true (g_str_has_suffix (error->message, ". (" DETAIL ")"));
    }
}

/* Also of codes that are not thought of here, and of those that later versions bring. */
static void
test_all_are_sentences (void)
{
  for (int code = 1; code < CURL_LAST + 5; code++)
    {
      g_autoptr (GError)
          error = error_of (code, FETCH_PHASE_CONNECTING, "http://example.org/", "");

      g_test_message ("%d: %s", code, error->message);
      g_assert_cmpint (error->domain, ==, FETCH_ERROR);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_nonnull (strstr (error->message, ". ("));
      g_assert_cmpint (strstr (error->message, ". (") - error->message, >, 30);
      g_assert_nonnull (fetch_error_get_result (error));
    }
}

/* What is tried first, where nobody said that there is HTTPS, is not tried for long. */
static void
test_timeout_of_a_guess (void)
{
  g_autoptr (GError) error = error_of (CURLE_OPERATION_TIMEDOUT, FETCH_PHASE_CONNECTING,
                                       "example.org", "");

  g_assert_nonnull (strstr (error->message, "within 5 seconds"));
}

/* Who could not be reached is found in libcurl's words. */
static void
test_who_was_not_reached (void)
{
  static const struct
  {
    const char *address;
    const char *detail;
    gboolean    is_proxy;
  } ways[] = {
    { "http://h.example/", "Failed to connect to h.example port 80 after 0 ms: x",
      FALSE },
    { "http://H.example./", "Failed to connect to h.example port 80 after 0 ms: x",
      FALSE },
    { "http://[::1]/", "Failed to connect to ::1 port 80 after 0 ms: x", FALSE },
    { "https://bücher.example/",
      "Failed to connect to xn--bcher-kva.example port 443 after 0 ms: x", FALSE },
    { "http://h.example/", "Couldn't connect to server", FALSE },
    { "http://h.example/", "Failed to connect to p.example port 80 after 0 ms: x", TRUE },
    { "https://h.example/", "Failed to connect to p.example port 80 after 0 ms: x",
      TRUE },
    { "http://h.example/", "Failed to connect to h.example port 3128 after 0 ms: x",
      TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (GError) error = error_of (CURLE_COULDNT_CONNECT, FETCH_PHASE_CONNECTING,
                                           ways[i].address, ways[i].detail);

      g_test_message ("%s", error->message);
      g_assert_cmpint (g_str_has_prefix (error->message, "The proxy server"), ==,
                       ways[i].is_proxy);
    }
}

static void
test_proxy_password_is_not_repeated (void)
{
  g_autoptr (GError) error = error_of (
      CURLE_COULDNT_RESOLVE_PROXY, FETCH_PHASE_CONNECTING, "http://example.org/",
      "Unsupported proxy syntax in 'http://tom:swordfish@h:99999'");

  g_assert_null (strstr (error->message, "swordfish"));
}

static void
test_statuses (void)
{
  static const int successes[] = { 0, 200, 204, 206, 299 };

  for (gsize i = 0; i < G_N_ELEMENTS (successes); i++)
    g_assert_null (fetch_status_explain (successes[i]));
  for (int status = 300; status < 1000; status++)
    {
      g_assert_nonnull (fetch_status_explain (status));
      g_assert_true (g_str_has_suffix (fetch_status_explain (status), "."));
    }
  g_assert_nonnull (strstr (fetch_status_explain (600), "means nothing"));
  g_assert_nonnull (strstr (fetch_status_explain (999), "means nothing"));
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);

  g_test_add_func ("/errors/each-says-what-it-is", test_each_says_what_it_is);
  g_test_add_func ("/errors/all-are-sentences", test_all_are_sentences);
  g_test_add_func ("/errors/timeout-of-a-guess", test_timeout_of_a_guess);
  g_test_add_func ("/errors/who-was-not-reached", test_who_was_not_reached);
  g_test_add_func ("/errors/proxy-password-is-not-repeated",
                   test_proxy_password_is_not_repeated);
  g_test_add_func ("/errors/statuses", test_statuses);

  status = g_test_run ();
  curl_global_cleanup ();

  return status;
}
