/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What somebody types, read as an address. */

#include <string.h>

#include "fetch/fetch-error.h"
#include "fetch/fetch-secrets.h"
#include "fetch/fetch-url.h"

typedef struct
{
  const char *text;
  const char *url;
  const char *fallback_url;
} Good;

static const Good good[] = {
  { "https://example.org/", "https://example.org/", NULL },
  { "http://example.org", "http://example.org/", NULL },
  { "HTTPS://Example.org/Path", "https://Example.org/Path", NULL },
  { "example.org", "https://example.org/", "http://example.org/" },
  { "example.org/a?b=c#d", "https://example.org/a?b=c#d", "http://example.org/a?b=c#d" },
  { "example.org:8080", "https://example.org:8080/", "http://example.org:8080/" },
  { "localhost:8080/x", "https://localhost:8080/x", "http://localhost:8080/x" },
  { "127.0.0.1", "https://127.0.0.1/", "http://127.0.0.1/" },
  { "[::1]:8080", "https://[::1]:8080/", "http://[::1]:8080/" },
  { "  example.org\n", "https://example.org/", "http://example.org/" },
  { "\u00a0example.org\u3000", "https://example.org/", "http://example.org/" },
  { "\ufeffhttps://example.org/", "https://example.org/", NULL },
  { "https://bücher.example/ü", "https://bücher.example/%c3%bc", NULL },
  { "https://example.org/a%20b", "https://example.org/a%20b", NULL },
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *url = NULL;
      g_autofree char *fallback_url = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", good[i].text);
      g_assert_true (fetch_url_parse (good[i].text, &url, &fallback_url, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (url, ==, good[i].url);
      g_assert_cmpstr (fallback_url, ==, good[i].fallback_url);
    }
}

typedef struct
{
  const char *text;
  const char *message; /* a part of it */
} Bad;

static const Bad bad[] = {
  { "", "Type an address" },
  { "   \t\n", "Type an address" },
  { "\ufeff", "Type an address" },
  { "http://", "no host name in “http://”" },
  { "https://", "no host name" },
  { "http://?x", "no host name" },
  { "two words", "can’t contain spaces" },
  { "https://example.org/a b", "can’t contain spaces" },
  { "https://example.org/\nhttps://example.com/", "line breaks" },
  { "https://example.org/gpj\u202eexe", "invisible character in the address (U+202E)" },
  { "https://exam\u200bple.org/", "(U+200B)" },
  { "https://example.org/\x01", "(U+0001)" },
  { "https://exam%e2%80%abple.org/", "(U+202B)" },
  { "http://%39/", "host name in “http://%39/” is not valid" },
  { "https://exam%20ple.org/", "“https://exam%20ple.org/”" },
  { "//example.org/", "“//example.org/”" },
  { "file:///etc/passwd", "not “file”" },
  { "file:/etc/passwd", "not “file”" },
  { "ftp://example.org/", "not “ftp”" },
  { "javascript:alert(1)", "not “javascript”" },
  { "mailto:somebody@example.org", "not “mailto”" },
  { "data:text/plain,hello", "not “data”" },
  { "https://example.org:99999/", "port number" },
  { "https://example.org:http/", "port number" },
  { "http://[::1/", "host name in “http://[::1/” is not valid" },
  { "http://exa\\mple.org/", "host name" },
  { "https:example.org", "is not a valid address" },
  { "https://somebody:secret@example.org/", "Take the user name and the password out" },
  { "somebody@example.org", "Take the user name" },
  { "\xff\xfe", "not valid text" },
};

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *url = NULL;
      g_autofree char *fallback_url = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_false (fetch_url_parse (bad[i].text, &url, &fallback_url, &error));
      g_assert_error (error, FETCH_ERROR, FETCH_ERROR_BAD_ADDRESS);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, bad[i].message));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_null (url);
      g_assert_null (fallback_url);
    }
}

static void
test_a_mebibyte (void)
{
  g_autofree char *text = g_strnfill (1024 * 1024, 'a');
  g_autofree char *url = NULL;
  g_autofree char *fallback_url = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (fetch_url_parse (text, &url, &fallback_url, &error));

  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_BAD_ADDRESS);
  g_assert_cmpuint (strlen (error->message), <, 200);
}

static void
test_longest (void)
{
  g_autoptr (GString) text = g_string_new ("https://example.org/");
  g_autofree char *url = NULL;
  g_autofree char *fallback_url = NULL;
  g_autoptr (GError) error = NULL;

  while (text->len < FETCH_URL_MAX_LENGTH)
    g_string_append_c (text, 'a');
  g_assert_true (fetch_url_parse (text->str, &url, &fallback_url, &error));
  g_assert_cmpstr (url, ==, text->str);

  g_clear_pointer (&url, g_free);
  g_string_append_c (text, 'a');
  g_assert_false (fetch_url_parse (text->str, &url, &fallback_url, &error));
}

static void
check_quotation_is_cut (const char *before, const char *after)
{
  g_autofree char *middle = g_strnfill (1000, 'a');
  g_autofree char *text = g_strconcat (before, middle, after, NULL);
  g_autofree char *url = NULL;
  g_autofree char *fallback_url = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (fetch_url_parse (text, &url, &fallback_url, &error));

  g_assert_cmpuint (strlen (error->message), <, 140);
  g_assert_nonnull (strstr (error->message, "…”"));
}

/* A long address is not repeated whole in a sentence about it. */
static void
test_long_quotation_is_cut (void)
{
  check_quotation_is_cut ("http://[", "");
  check_quotation_is_cut ("", "://example.org/");
}

/* What a message says is kept, and printed. */
static void
test_no_password_is_quoted (void)
{
  static const char *const texts[] = {
    "https://tom:swordfish@example.org:99999/",
    "https:/tom:swordfish@example.org:99999/",
    "https:///tom:swordfish@example.org:99999/",
    "tom:swordfish@example.org:99999",
    "//tom:swordfish@example.org:99999",
    "https://tom:a/swordfish@example.org/",
    "https://tom:a#swordfish@example.org/",
    "https://tom:a?swordfish@example.org/",
    "https://tom:a@b:swordfish@[::1/",
    "https:\\\\tom:swordfish@example.org",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *url = NULL;
      g_autofree char *fallback_url = NULL;
      g_autofree char *harmless = fetch_secrets_hide_user (texts[i]);
      g_autoptr (GError) error = NULL;

      g_assert_false (fetch_url_parse (texts[i], &url, &fallback_url, &error));
      g_test_message ("%s: %s", harmless, error->message);
      g_assert_null (strstr (error->message, "swordfish"));
      g_assert_null (strstr (harmless, "swordfish"));
      g_assert_null (strstr (harmless, "tom"));
    }
}

/* Nothing else is taken for one. */
static void
test_rest_is_quoted (void)
{
  static const char *const texts[] = {
    "https://example.org/@user",   "https://example.org:8080/a@b", "http://[::1]/a@b",
    "https://example.org?a:b@c.d", "example.org:80/a:b@c.d",       "[::1]:8080",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *harmless = fetch_secrets_hide_user (texts[i]);

      g_assert_cmpstr (harmless, ==, texts[i]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/url/good", test_good);
  g_test_add_func ("/url/bad", test_bad);
  g_test_add_func ("/url/a-mebibyte", test_a_mebibyte);
  g_test_add_func ("/url/longest", test_longest);
  g_test_add_func ("/url/no-password-is-quoted", test_no_password_is_quoted);
  g_test_add_func ("/url/rest-is-quoted", test_rest_is_quoted);
  g_test_add_func ("/url/long-quotation-is-cut", test_long_quotation_is_cut);

  return g_test_run ();
}
