/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is taken for a secret, and is not found again in what is given out. */

#include <string.h>

#include "fetch/fetch-secrets-private.h"
#include "fetch/fetch-secrets.h"

/* In the spellings of those who use them, and of HTTP/2, which has lower case only. */
static void
test_names (void)
{
  static const char *const secret[] = {
    "Authorization",
    "Proxy-Authorization",
    "Cookie",
    "Set-Cookie",
    "Ocp-Apim-Subscription-Key",
    "x-functions-key",
    "DD-API-KEY",
    "DD-APPLICATION-KEY",
    "X-Amz-Security-Token",
    "X-Goog-Api-Key",
    "PRIVATE-TOKEN",
    "X-Vault-Token",
    "X-Auth-Token",
    "Api-Key",
    "apikey",
    "ApiKey",
    "X-API-KEY",
    "x_api_key",
    "APIKey",
    "X-Access-Token",
    "X-CSRF-Token",
    "X-CSRFToken",
    "X-XSRF-TOKEN",
    "X-CSRF",
    "X-JWT",
    "X-JWT-Assertion",
    "X-Passphrase",
    "X-Pass",
    "X-Passwd",
    "Password",
    "X-Pwd",
    "X-Client-Secret",
    "clientSecret",
    "X-Hub-Signature-256",
    "X-Session-Id",
    "Session",
    "X-Auth",
    "X-Auth-Key",
    "X-Auth-Email",
    "CF-Access-Client-Secret",
    "X-GitHub-OTP",
    "X-Shopify-Access-Token",
    "X-Api-Secret",
    "X-Credentials",
    "X-Master-Key",
    "Key",
    "X-Subscriptionkey",
    "Licence-Key",
    "X-Amz-Server-Side-Encryption-Customer-Key",
    "Private-Key",
    "X-PHPSESSID",
    "Access-Key-Id",
  };
  static const char *const harmless[] = {
    "Accept",
    "Accept-Language",
    "User-Agent",
    "ETag",
    "If-None-Match",
    "Content-Type",
    "Keep-Alive",
    "X-Request-Id",
    "traceparent",
    "Author",
    "X-Author",
    "Authority",
    "WWW-Authenticate",
    "Proxy-Authenticate",
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Headers",
    "Sec-WebSocket-Key",
    "Surrogate-Key",
    "xkey",
    "Cache-Key",
    "X-Cache-Key",
    "Idempotency-Key",
    "X-Monkey",
    "Keywords",
    "Keys",
    "X-Bypass",
    "Passenger",
    "X-Compass",
    "X-Tokenizer",
    "X-Pass-Through",
    "Design",
    "X-Assigned",
    "Signal",
    "Max-Forwards",
    "X-RateLimit-Remaining",
    "Public-Key-Pins",
    "Compression",
    "Next-Page-Token",
    "nextPageToken",
    "",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (secret); i++)
    if (!fetch_secrets_is_name (secret[i], strlen (secret[i])))
      g_error ("“%s” is none", secret[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (harmless); i++)
    if (fetch_secrets_is_name (harmless[i], strlen (harmless[i])))
      g_error ("“%s” is one", harmless[i]);
}

/* Whatever it is called, if it is not among the fields that browsers send. */
static void
test_values (void)
{
  static const char *const secret[] = {
    "X-Morsel: 9f86d081884c7d659a2feaa0c55ad015",
    "X-Tenant: b2Fzdj8zMkxPcWVyOTEyMzRRd2VydHk1NjdB",
    "X-Custom: pk_live_51H8xYz2eZvKYlo2C9aB7dQwErTy",
    "X-Thing: ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "X-Thing: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    "X-Thing: jbswy3dpehpk3pxpjbswy3dpehpk3pxp",
    "X-Thing:   9f86d081884c7d659a2feaa0c55ad015  ",
  };
  static const char *const harmless[] = {
    "If-None-Match: \"9f86d081884c7d659a2feaa0c55ad015\"",
    "If-None-Match: W/9f86d081884c7d659a2feaa0c55ad015",
    "ETag: 9f86d081884c7d659a2feaa0c55ad015",
    "X-Request-Id: 9f86d081884c7d659a2feaa0c55ad015",
    "X-Correlation-ID: 7b3bf470-9456-11ee-b9d1-0242ac120002",
    "X-Something: 7b3bf470-9456-11ee-b9d1-0242ac120002",
    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "X-B3-TraceId: 80f198ee56343ba864fe8b2a57d3eff7",
    "x-b3-traceid: 80f198ee56343ba864fe8b2a57d3eff7",
    "X-Cloud-Trace-Context: 105445aa7843bc8bf206b12000100000/1;o=1",
    "baggage: id=80f198ee56343ba864fe8b2a57d3eff7",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101",
    "X-Real-IP: 2001:0db8:85a3:0000:0000:8a2e:0370:7334",
    "X-Date: 2026-11-30T22:00:00.123456+00:00",
    "X-Client: com.example.application-name/1.20.300.4567",
    "X-Path: /articles/2026/11/how-we-measure-frames-in-a-list-of-10000",
    "X-Long: 1234567890123456789012345678901234567890",
    "X-Words: averylongwordwithoutanyblanksinitatall12",
    "X-Names: HelloWorldThisIsCamelCase42AndMore",
    "X-Short: 9f86d081884c7d659",
    "Sec-CH-UA: 9f86d081884c7d659a2feaa0c55ad015",
    "Range: bytes=0-499",
    "no field",
    "",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (secret); i++)
    if (!fetch_secrets_is_field (secret[i]))
      g_error ("“%s” is none", secret[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (harmless); i++)
    if (fetch_secrets_is_field (harmless[i]))
      g_error ("“%s” is one", harmless[i]);
}

static void
test_tokens_in_addresses (void)
{
  static const char *const addresses[][2] = {
    { "https://h.test/?access_token=a", "https://h.test/?access_token=SECRET" },
    { "https://h.test/?a=1&id_token=b&c=2", "https://h.test/?a=1&id_token=SECRET&c=2" },
    { "https://h.test/?refresh_token=b#c", "https://h.test/?refresh_token=SECRET#c" },
    { "https://h.test/#access_token=b&c", "https://h.test/#access_token=SECRET&c" },
    { "https://h.test/?token=a&sig=b", "https://h.test/?token=SECRET&sig=SECRET" },
    { "https://h.test/?X-Amz-Signature=a&X-Amz-Credential=b%2Fc&X-Amz-Date=d",
      "https://h.test/?X-Amz-Signature=SECRET&X-Amz-Credential=SECRET&X-Amz-Date=d" },
    { "https://h.test/?X-Goog-Signature=a&key=b",
      "https://h.test/?X-Goog-Signature=SECRET&key=SECRET" },
    { "https://h.test/?apikey=a&api_key=b&apiKey=c",
      "https://h.test/?apikey=SECRET&api_key=SECRET&apiKey=SECRET" },
    { "https://h.test/?password=a&pwd=b&pass=c&secret=d&auth=e&session=f&jwt=g",
      "https://h.test/?password=SECRET&pwd=SECRET&pass=SECRET&secret=SECRET&auth=SECRET&"
      "session=SECRET&jwt=SECRET" },
    { "https://h.test/?client_secret=a&SAMLResponse=b",
      "https://h.test/?client_secret=SECRET&SAMLResponse=SECRET" },
    { "https://h.test/?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj",
      "https://h.test/?code=SECRET&state=af0ifjsldkj" },
    { "https://h.test/?ticket=ST-1856339-aA5Yuvrxzpv8Tau1cYQ7",
      "https://h.test/?ticket=SECRET" },
    { "https://h.test/a;jsessionid=4F2A/b?c=d",
      "https://h.test/a;jsessionid=SECRET/b?c=d" },
    { "https://h.test/?a=1;token=b;c&d=2", "https://h.test/?a=1;token=SECRET&d=2" },
    { "https://h.test/?access%5Ftoken=b", "https://h.test/?access%5Ftoken=SECRET" },
    { "https://h.test/?to=https%3A%2F%2Fi.test%2F%3Ftoken%3Db%26c%3Dd",
      "https://h.test/?to=https%3A%2F%2Fi.test%2F%3Ftoken%3DSECRET%26c%3Dd" },
    { "https://h.test/?token=a b\"c<d>&e", "https://h.test/?token=SECRET&e" },
    { "h.test?token=a", "h.test?token=SECRET" },
    { "https://h.test/a-long-1?token=a-long-1", "https://h.test/********?token=SECRET" },
    { "https://tom:a@h.test/?token=b", "https://SECRET@h.test/?token=SECRET" },

    { "https://h.test/?code=404&state=open&sid=12", NULL },
    { "https://h.test/?token=&a", NULL },
    { "https://h.test/?token", NULL },
    { "https://h.test/?author=a&authuser=0&keyword=b&max_tokens=5", NULL },
    { "https://h.test/?page_token=a&sort_key=b&design=c", NULL },
    { "https://h.test/token=a/key=b", NULL },
    { "https://h.test/?a=token=b", NULL },
    { "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      const char *expected = addresses[i][1] != NULL ? addresses[i][1] : addresses[i][0];
      g_autofree char *hidden = fetch_secrets_hide_in_address (addresses[i][0]);
      g_autofree char *again = fetch_secrets_hide_in_address (hidden);

      g_assert_cmpstr (hidden, ==, expected);
      g_assert_cmpstr (again, ==, expected);
    }
}

/* In fields and messages, which have more around them. */
static void
test_urls_in_texts (void)
{
  static const char *const texts[][2] = {
    { "Location: http://tom:a@h.test/", "Location: http://SECRET@h.test/" },
    { "Location: //tom:a@h.test/", "Location: //SECRET@h.test/" },
    { "location:\\\\tom:a@h.test", "location:\\\\SECRET@h.test" },
    { "Location: http:/\\tom:a@h.test", "Location: http:/\\SECRET@h.test" },
    { "Location: https:tom:a@h.test/", "Location: SECRET@h.test/" },
    { "Location: /a?b=c@d", "Location: /a?b=c@d" },
    { "Location: /@a", "Location: /@a" },
    { "Link: <https://h.test/?sig=a>; rel=next, <//b@h.test>",
      "Link: <https://h.test/?sig=SECRET>; rel=next, <//SECRET@h.test>" },
    { "Refresh: 5; url=\"/?token=a b\"", "Refresh: 5; url=\"/?token=SECRET b\"" },
    { "Not at http://a@b@c/d (http://e/@f)", "Not at http://SECRET@c/d (http://e/@f)" },
    { "Content-Type: text/html;charset=utf-8", "Content-Type: text/html;charset=utf-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *hidden = fetch_secrets_hide_urls (texts[i][0]);
      g_autofree char *again = fetch_secrets_hide_urls (hidden);

      g_assert_cmpstr (hidden, ==, texts[i][1]);
      g_assert_cmpstr (again, ==, texts[i][1]);
      if (!g_str_equal (texts[i][0], texts[i][1]))
        g_assert_true (fetch_secrets_has_urls (texts[i][0]));
    }
}

static FetchSecretSearch *
search_for (const char *const *secrets)
{
  g_autoptr (GPtrArray) array = g_ptr_array_new ();

  for (; *secrets != NULL; secrets++)
    g_ptr_array_add (array, (gpointer) *secrets);

  return fetch_secret_search_new (array);
}

static char *
hide (FetchSecretSearch *search, const char *text)
{
  char *copy = g_strdup (text);

  fetch_secret_search_hide (search, copy, strlen (copy), TRUE);
  g_assert_cmpuint (strlen (copy), ==, strlen (text));

  return copy;
}

/* In whatever way a server writes it. */
static void
test_repetitions (void)
{
  static const char *const secrets[] = { "a/b+c & \"d\"=\u00fc", "other-secret",
                                         "swordfish", NULL };
  static const char *const texts[] = {
    "a/b+c & \"d\"=\u00fc",
    "a%2Fb%2Bc%20%26%20%22d%22%3D%C3%BC",
    "a%2fb%2bc+%26+%22d%22%3d%c3%bc",
    "a/b+c%20&%20%22d%22=%C3%BC",
    "a\\/b+c & \\\"d\\\"=\\u00fc",
    "a/b+c \\u0026 \\u0022d\\u0022=\u00fc",
    "a/b+c &amp; &quot;d&quot;=\u00fc",
    "a&#47;b&#x2b;c &#38; &#34;d&#34;=&#xFC;",
    "%61%2f%62%2b%63%20%26%20%22%64%22%3d%c3%bc",
  };
  g_autoptr (FetchSecretSearch) search = search_for (secrets);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = g_strdup_printf ("<%s>", texts[i]);
      g_autofree char *hidden = hide (search, text);

      if (strspn (hidden + 1, "*") != strlen (texts[i]))
        g_error ("“%s” became “%s”", text, hidden);
      g_assert_cmpint (hidden[0], ==, '<');
      g_assert_true (g_str_has_suffix (hidden, ">"));
    }
}

static void
test_in_base64 (void)
{
  static const char *const secrets[] = { "sword\xff\xfe?>fish", NULL };
  static const char *const before[] = { "", "a", "ab", "abc", "user:", "user:x" };
  static const char *const after[] = { "", "z", "yz", "xyz" };
  g_autoptr (FetchSecretSearch) search = search_for (secrets);

  for (gsize i = 0; i < G_N_ELEMENTS (before) * G_N_ELEMENTS (after) * 2; i++)
    {
      g_autofree char   *plain = g_strconcat (before[i / 8], secrets[0], after[i / 2 % 4],
                                              NULL);
      g_autofree char   *text = g_base64_encode ((const guint8 *) plain, strlen (plain));
      g_autofree char   *hidden = NULL;
      g_autofree guint8 *decoded = NULL;
      gsize              size;

      if (i % 2 == 1)
        g_strdelimit (g_strdelimit (text, "+", '-'), "/", '_');
      hidden = hide (search, text);
      g_assert_nonnull (strstr (hidden, "**************"));

      /* What is left does not hold more than a byte at either end. */
      g_strdelimit (hidden, "*", 'A');
      decoded = g_base64_decode (hidden, &size);
      g_assert_null (memmem (decoded, size, "wo", 2));
      g_assert_null (memmem (decoded, size, "is", 2));
    }
}

/* Several that overlap, or of which one begins another; and one that is cut off. */
static void
test_overlaps (void)
{
  static const char *const secrets[] = { "abcdefgh", "cdef",    "fghijk", "ijklmnop",
                                         "xyz",      "abcdXYZ", NULL };
  static const char *const texts[][2] = {
    { "_abcdefgh_", "_********_" },
    { "_abcdef_", "_ab****_" },
    { "_cdefghijk_", "_*********_" },
    { "_abcdefghijklmnop_", "_****************_" },
    { "_abcdcdef_", "_abcd****_" },
    { "_abcdXYcdef_", "_abcdXY****_" },
    { "_xyz_", "_xyz_" },
    { "_abcd", "_****" },
    { "_abc", "_abc" },
    { "_ijklmno", "_*******" },
    { "", "" },
  };
  g_autoptr (FetchSecretSearch) search = search_for (secrets);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *hidden = hide (search, texts[i][0]);

      g_assert_cmpstr (hidden, ==, texts[i][1]);
    }
}

/* Where a text is whole, its end is not. */
static void
test_end_is_not_cut (void)
{
  static const char *const secrets[] = { "1234567890", NULL };
  g_autoptr (FetchSecretSearch) search = search_for (secrets);
  char text[] = "Content-Length: 12345";

  fetch_secret_search_hide (search, text, strlen (text), FALSE);
  g_assert_cmpstr (text, ==, "Content-Length: 12345");
}

static void
test_nothing_to_look_for (void)
{
  static const char *const none[] = { NULL };
  static const char *const short_ones[] = { "a", "abc", "", NULL };

  g_assert_null (search_for (none));
  g_assert_null (search_for (short_ones));
}

/* Where each place may begin each of them: an hour's work, one by one. */
static void
test_many_are_fast (void)
{
  g_autoptr (GPtrArray) secrets = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (FetchSecretSearch) search = NULL;
  const gsize      size = 4 * 1024 * 1024;
  g_autofree char *text = g_strnfill (size, 'a');
  g_autofree char *escapes = g_strnfill (size, '%');
  g_autofree char *parameters = g_malloc (size + 1);
  g_autofree char *hidden = NULL;
  gint64           begun = g_get_monotonic_time ();

  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *many = g_strnfill (1000, 'a');

      g_ptr_array_add (secrets, g_strdup_printf ("%s%u", many, i));
    }
  search = fetch_secret_search_new (secrets);
  fetch_secret_search_hide (search, text, size, TRUE);
  fetch_secret_search_hide (search, escapes, size, TRUE);

  for (gsize i = 0; i < size; i++)
    parameters[i] = "?code="[i % 6];
  parameters[size] = '\0';
  parameters[256 * 1024] = '\0';
  hidden = fetch_tokens_hide (parameters, FALSE);
  g_assert_cmpstr (hidden, ==, parameters);

  g_assert_cmpint (g_get_monotonic_time () - begun, <, 20 * G_TIME_SPAN_SECOND);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/secrets/names", test_names);
  g_test_add_func ("/secrets/values", test_values);
  g_test_add_func ("/secrets/tokens-in-addresses", test_tokens_in_addresses);
  g_test_add_func ("/secrets/urls-in-texts", test_urls_in_texts);
  g_test_add_func ("/secrets/repetitions", test_repetitions);
  g_test_add_func ("/secrets/in-base64", test_in_base64);
  g_test_add_func ("/secrets/overlaps", test_overlaps);
  g_test_add_func ("/secrets/end-is-not-cut", test_end_is_not_cut);
  g_test_add_func ("/secrets/nothing-to-look-for", test_nothing_to_look_for);
  g_test_add_func ("/secrets/many-are-fast", test_many_are_fast);

  return g_test_run ();
}
