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

/* What answered with a redirect, with @n_followed before it. */
static FetchResult *
redirect_to (const char *location, guint n_followed)
{
  FetchResult     *result = fetch_result_new (NULL);
  g_autofree char *field = location != NULL ? g_strconcat ("Location: ", location, NULL)
                                            : NULL;

  result->url = g_strdup ("http://example.org/from/here");
  result->status = 302;
  result->n_redirects = n_followed;
  result->first_bytes = g_bytes_new_static ("", 0);
  result->hops = fetch_hops_new ();
  fetch_hops_add (result->hops, result->url, "HTTP/1.1 302 Found", 18);
  if (field != NULL)
    fetch_hops_add_field (result->hops, field, strlen (field));
  result->redirect_url = fetch_result_find_redirect_url (result);

  return result;
}

/* What is said of a redirect is what it says itself, but for the user in it. */
static void
test_redirects_that_are_not_followed (void)
{
  static const struct
  {
    const char *location;
    const char *url;
  } redirects[] = {
    { "/there", "http://example.org/there" },
    { "there", "http://example.org/from/there" },
    { "https://tom:swordfish@example.net/?q#part", "https://example.net/?q#part" },
    { "ftp://tom@example.net/", "ftp://example.net/" },
    { "mailto:tom@example.net", "mailto:tom@example.net" },
    { "//example.net/there", "http://example.net/there" },
    { "http://[", "http://[" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (redirects); i++)
    {
      g_autoptr (FetchResult) result = redirect_to (redirects[i].location, 0);
      g_autofree char *explanation = fetch_status_explain_result (result);

      g_assert_cmpstr (fetch_result_get_redirect_url (result), ==, redirects[i].url);
      g_assert_nonnull (strstr (explanation, redirects[i].url));
      g_assert_null (strstr (explanation, "swordfish"));
    }
}

static void
test_redirects_that_lead_nowhere (void)
{
  g_autoptr (FetchResult) without = redirect_to (NULL, 0);
  g_autoptr (FetchResult) followed = redirect_to ("/there", 1);
  g_autofree char *explanation = fetch_status_explain_result (without);

  g_assert_null (fetch_result_get_redirect_url (without));
  g_assert_cmpstr (explanation, ==, fetch_status_explain (302));

  /* It was followed, and the error says what came of it. */
  g_assert_cmpstr (fetch_result_get_redirect_url (followed), ==,
                   "http://example.org/there");
  g_assert_null (fetch_status_explain_result (followed));
}

static void
test_too_large_is_an_error (void)
{
  g_autoptr (FetchResult) result = redirect_to (NULL, 0);
  g_autoptr (GError) error = NULL;

  result->ending = FETCH_ENDING_COMPLETE;
  g_assert_null (fetch_error_new_for_result (result));
  result->ending = FETCH_ENDING_STOPPED;
  g_assert_null (fetch_error_new_for_result (result));

  result->ending = FETCH_ENDING_TOO_LARGE;
  error = fetch_error_new_for_result (result);
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_TOO_LARGE);
  g_assert_true (fetch_error_get_result (error) == result);
}

/* Whoever knows curl knows it, also where an error is copied. */
static void
test_curl_code_comes_along (void)
{
  g_autoptr (GError) error = error_of (CURLE_RECV_ERROR, FETCH_PHASE_WAITING,
                                       "http://example.org/", DETAIL);
  g_autoptr (GError) copy = g_error_copy (error);
  g_autoptr (GError)
      own = fetch_error_new (FETCH_ERROR_FILE_EXISTS, "It is there.", NULL);

  g_assert_cmpint (fetch_error_get_curl_code (error), ==, CURLE_RECV_ERROR);
  g_assert_cmpint (fetch_error_get_curl_code (copy), ==, CURLE_RECV_ERROR);
  g_assert_cmpint (fetch_error_get_curl_code (own), ==, 0);
  g_assert_cmpint (fetch_error_get_curl_code (NULL), ==, 0);
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
  g_test_add_func ("/errors/redirects/not-followed",
                   test_redirects_that_are_not_followed);
  g_test_add_func ("/errors/redirects/lead-nowhere", test_redirects_that_lead_nowhere);
  g_test_add_func ("/errors/too-large", test_too_large_is_an_error);
  g_test_add_func ("/errors/curl-code", test_curl_code_comes_along);

  status = g_test_run ();
  curl_global_cleanup ();

  return status;
}
