/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Whatever somebody types is a web address without secrets, or an error to read; and so
 * is wherever a server redirects to. */

#include "fuzz.h"

#include <curl/curl.h>
#include <string.h>

#include "fetch/fetch-error.h"
#include "fetch/fetch-request.h"
#include "fetch/fetch-url.h"

/* More than any sentence about an address is long, with what it quotes made visible. */
#define MAX_MESSAGE_SIZE 1000

static void
check_has_no (CURLU *parts, CURLUPart part)
{
  char *text = NULL;

  g_assert_cmpint (curl_url_get (parts, part, &text, 0), !=, CURLUE_OK);
}

/* As libcurl reads it when it fetches. */
static void
check_parts (const char *url, const char *expected_scheme)
{
  CURLU *parts = curl_url ();
  char  *scheme = NULL;
  char  *host = NULL;

  g_assert_cmpint (curl_url_set (parts, CURLUPART_URL, url,
                                 CURLU_DISALLOW_USER | CURLU_NON_SUPPORT_SCHEME),
                   ==, CURLUE_OK);
  check_has_no (parts, CURLUPART_USER);
  check_has_no (parts, CURLUPART_PASSWORD);
  check_has_no (parts, CURLUPART_OPTIONS);

  g_assert_cmpint (curl_url_get (parts, CURLUPART_SCHEME, &scheme, 0), ==, CURLUE_OK);
  if (expected_scheme != NULL)
    g_assert_cmpstr (scheme, ==, expected_scheme);
  else if (!g_str_equal (scheme, "http"))
    g_assert_cmpstr (scheme, ==, "https");

  g_assert_cmpint (curl_url_get (parts, CURLUPART_HOST, &host, 0), ==, CURLUE_OK);
  g_assert_cmpstr (host, !=, "");

  curl_free (scheme);
  curl_free (host);
  curl_url_cleanup (parts);
}

static void
check_is_a_line (const char *text)
{
  fuzz_assert_all_is_visible (text);
  g_assert_null (strpbrk (text, "\t\n"));
}

/* An address that was read is read as itself. */
static void
check_again (const char *url)
{
  g_autofree char *second = NULL;
  g_autofree char *fallback_url = NULL;
  g_autoptr (GError) error = NULL;

  /* Percent-encoding makes it longer than what was typed. */
  if (strlen (url) > FETCH_URL_MAX_LENGTH)
    return;

  g_assert_true (fetch_url_parse (url, &second, &fallback_url, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (second, ==, url);
  g_assert_null (fallback_url);
}

static void
check_good (const char *url, const char *fallback_url)
{
  check_is_a_line (url);
  g_assert_null (strchr (url, ' '));
  check_parts (url, fallback_url != NULL ? "https" : NULL);
  check_again (url);

  if (fallback_url != NULL)
    {
      check_parts (fallback_url, "http");
      check_again (fallback_url);
      /* A port that is the one's own is not the other's. */
      g_assert_cmpstr (strchr (fallback_url + strlen ("http://"), '/'), ==,
                       strchr (url + strlen ("https://"), '/'));
    }
}

static void
check_request (const char *text, const char *url, const char *fallback_url)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FetchRequest) request = fetch_request_new (text, &error);

  if (url == NULL)
    {
      g_assert_null (request);
      g_assert_error (error, FETCH_ERROR, FETCH_ERROR_BAD_ADDRESS);
      return;
    }

  g_assert_no_error (error);
  g_assert_cmpstr (fetch_request_get_url (request), ==, url);
  g_assert_cmpstr (fetch_request_get_fallback_url (request), ==, fallback_url);
}

/* What a reference becomes is an address that libcurl reads, and stays itself. */
static void
check_resolved (const char *base, const char *reference, gsize length)
{
  FetchUrlProblem  problem;
  g_autofree char *url = fetch_url_resolve (base, reference, length, &problem);
  g_autofree char *again = NULL;
  g_autofree char *relative = NULL;
  g_autofree char *origin = NULL;
  g_autofree char *relative_origin = NULL;

  g_assert_cmpint (url == NULL, ==, problem != FETCH_URL_PROBLEM_NONE);
  if (url == NULL)
    return;

  for (const char *c = url; *c != '\0'; c++)
    g_assert_true (*c > ' ' && *c < 0x7f);
  check_parts (url, NULL);

  again = fetch_url_resolve (NULL, url, strlen (url), NULL);
  g_assert_cmpstr (again, ==, url);

  /* A path is of the same origin. */
  relative = fetch_url_resolve (url, "/", 1, NULL);
  origin = fetch_url_get_origin (url);
  relative_origin = fetch_url_get_origin (relative);
  g_assert_cmpstr (relative_origin, ==, origin);
  g_assert_true (g_str_has_prefix (url, origin));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *url = NULL;
  g_autofree char *fallback_url = NULL;
  g_autoptr (GError) error = NULL;

  if (fetch_url_parse (text, &url, &fallback_url, &error))
    {
      g_assert_no_error (error);
      check_good (url, fallback_url);
    }
  else
    {
      g_assert_error (error, FETCH_ERROR, FETCH_ERROR_BAD_ADDRESS);
      g_assert_null (url);
      g_assert_null (fallback_url);
      check_is_a_line (error->message);
      g_assert_cmpuint (strlen (error->message), <=, MAX_MESSAGE_SIZE);
    }
  check_request (text, url, fallback_url);

  check_resolved (NULL, (const char *) data, size);
  check_resolved ("http://h.test/a/b?c#d", (const char *) data, size);
  check_resolved ("https://[::1]:8080/", (const char *) data, size);

  return 0;
}
