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
  { "HTTPS://Example.org/Path", "https://example.org/Path", NULL },
  { "example.org", "https://example.org/", "http://example.org/" },
  { "example.org/a?b=c#d", "https://example.org/a?b=c#d", "http://example.org/a?b=c#d" },
  { "example.org:8080", "https://example.org:8080/", "http://example.org:8080/" },
  { "localhost:8080/x", "https://localhost:8080/x", "http://localhost:8080/x" },
  { "127.0.0.1", "https://127.0.0.1/", "http://127.0.0.1/" },
  { "[::1]:8080", "https://[::1]:8080/", "http://[::1]:8080/" },
  { "  example.org\n", "https://example.org/", "http://example.org/" },
  { "\u00a0example.org\u3000", "https://example.org/", "http://example.org/" },
  { "\ufeffhttps://example.org/", "https://example.org/", NULL },
  { "https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC", NULL },
  { "https://example.org/a%20b", "https://example.org/a%20b", NULL },
  { "https://example.org:443/./a/../b", "https://example.org/b", NULL },

  /* What strict servers refuse is percent-encoded, as browsers do. */
  { "https://example.org/\"<>`{}^?\"<>'",
    "https://example.org/%22%3C%3E%60%7B%7D%5E?%22%3C%3E%27", NULL },
  { "https://example.org/a\\b", "https://example.org/a/b", NULL },
  { "https://example.org/|?|`{}^\\[]", "https://example.org/|?|`{}^\\[]", NULL },
  { "https://example.org/a b?c d#e f", "https://example.org/a%20b?c%20d#e%20f", NULL },
  { "https://example.org/100%/%22%zz", "https://example.org/100%/%22%zz", NULL },
  { "example.org/a\"b", "https://example.org/a%22b", "http://example.org/a%22b" },

  /* Joiners where spelling needs them: Persian, Hindi, Sinhala, a family. */
  { "https://example.org/\u0646\u0627\u0645\u0647\u200c\u0627\u06cc",
    "https://example.org/%D9%86%D8%A7%D9%85%D9%87%E2%80%8C%D8%A7%DB%8C", NULL },
  { "https://example.org/?\u0915\u094d\u200d\u0937",
    "https://example.org/?%E0%A4%95%E0%A5%8D%E2%80%8D%E0%A4%B7", NULL },
  { "https://example.org/#\u0dc1\u0dca\u200d\u0dbb\u0dd3",
    "https://example.org/#%E0%B7%81%E0%B7%8A%E2%80%8D%E0%B6%BB%E0%B7%93", NULL },
  { "https://example.org/\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "https://example.org/%F0%9F%91%A8%E2%80%8D%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7", NULL },
  { "https://example.org/\u2764\ufe0f\u200d\U0001f525",
    "https://example.org/%E2%9D%A4%EF%B8%8F%E2%80%8D%F0%9F%94%A5", NULL },
  { "\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.example/a",
    "https://xn--mgba3gch31f060k.example/a", "http://xn--mgba3gch31f060k.example/a" },
  { "http://[fe80::1%25eth0]/", "http://[fe80::1%25eth0]/", NULL },
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
  { "example.org/a b", "can’t contain spaces" },
  { "https://exam ple.org/a", "can’t contain spaces" },
  { "https://example.org/a\u00a0b", "can’t contain spaces" },
  { "https://example.org/a\tb", "can’t contain spaces" },
  { "https://example.org/a\u200cb", "invisible character in the address (U+200C)" },
  { "https://example.org/a\u200db", "(U+200D)" },
  { "https://example.org/\u0646\u200c", "(U+200C)" },
  { "https://example.org/\u0646\u200db", "(U+200D)" },
  { "https://exam\u200cple.org/", "(U+200C)" },
  { "https://exam\u200dple.org/", "(U+200D)" },
  { "https://\u05d0b.example/", "host name" },
  { "https://example.org:0/", "port number" },
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

/* A name that is not ASCII is shown as it was typed, and one in ASCII, too: it may look
 * like another. */
static void
test_shown (void)
{
  static const char *const texts[][2] = {
    { "https://B\u00fccher.example:8080/\u00fc?q",
      "https://B\u00fccher.example:8080/%C3%BC?q" },
    { "b\u00fccher.example", "https://b\u00fccher.example/" },
    { " https:/b\u00fccher.example", "https://b\u00fccher.example/" },
    { "https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/" },
    { "https://EXAMPLE.org/\u00fc", "https://example.org/%C3%BC" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *url = NULL;
      g_autofree char *fallback_url = NULL;
      g_autofree char *shown = NULL;

      g_assert_true (fetch_url_parse (texts[i][0], &url, &fallback_url, NULL));
      shown = fetch_url_to_shown (url, texts[i][0]);
      g_assert_cmpstr (shown, ==, texts[i][1]);
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

#define BASE "http://h.test/a/b/c?q"

typedef struct
{
  const char     *base;
  const char     *reference;
  const char     *url; /* NULL if there is a problem */
  FetchUrlProblem problem;
} Reference;

#define INVALID NULL, FETCH_URL_PROBLEM_INVALID
#define SCHEME NULL, FETCH_URL_PROBLEM_SCHEME
#define USERINFO NULL, FETCH_URL_PROBLEM_USERINFO

static const Reference references[] = {
  /* Paths. */
  { BASE, "d", "http://h.test/a/b/d" },
  { BASE, "d/e", "http://h.test/a/b/d/e" },
  { BASE, "/d", "http://h.test/d" },
  { BASE, "/", "http://h.test/" },
  { BASE, ".", "http://h.test/a/b/" },
  { BASE, "./", "http://h.test/a/b/" },
  { BASE, "./d", "http://h.test/a/b/d" },
  { BASE, "..", "http://h.test/a/" },
  { BASE, "../", "http://h.test/a/" },
  { BASE, "../d", "http://h.test/a/d" },
  { BASE, "../../../../d", "http://h.test/d" },
  { BASE, "/./d/../e/.", "http://h.test/e/" },
  { BASE, "/d/..", "http://h.test/" },
  { BASE, "/d//../e", "http://h.test/d/e" },
  { BASE, "d//e", "http://h.test/a/b/d//e" },
  { BASE, "/..d/.e/f.", "http://h.test/..d/.e/f." },
  { BASE, "/...", "http://h.test/..." },
  { BASE, "%2e", "http://h.test/a/b/" },
  { BASE, "%2E%2e/d", "http://h.test/a/d" },
  { BASE, ".%2e/d", "http://h.test/a/d" },
  { BASE, "%2e./d", "http://h.test/a/d" },
  { BASE, "/%2e%2e%2e", "http://h.test/%2e%2e%2e" },
  { BASE, "/d%2fe/../f", "http://h.test/f" },
  { BASE, "d;p=1/../e", "http://h.test/a/b/e" },
  { BASE, "d:e", NULL, FETCH_URL_PROBLEM_SCHEME },
  { BASE, "./d:e", "http://h.test/a/b/d:e" },
  { BASE, ":d", "http://h.test/a/b/:d" },
  { BASE, "1:d", "http://h.test/a/b/1:d" },
  { BASE, "@d", "http://h.test/a/b/@d" },
  { BASE, "d@e:f", "http://h.test/a/b/d@e:f" },
  { "http://h.test", "d", "http://h.test/d" },
  { "http://h.test?q", "d", "http://h.test/d" },
  { "http://h.test/a/", "d", "http://h.test/a/d" },
  { "http://h.test/a/", "..", "http://h.test/" },
  { "http://h.test/a?b/c", "d", "http://h.test/d" },
  { "http://h.test/a#b/c", "d", "http://h.test/d#b/c" },

  /* Queries and fragments. That of the base stays, unless there is another. */
  { BASE, "", "http://h.test/a/b/c?q" },
  { BASE, "?", "http://h.test/a/b/c?" },
  { BASE, "?r", "http://h.test/a/b/c?r" },
  { BASE, "?r=/../s", "http://h.test/a/b/c?r=/../s" },
  { BASE, "?r?s", "http://h.test/a/b/c?r?s" },
  { BASE, "?r\\s", "http://h.test/a/b/c?r\\s" },
  { BASE, "d?r", "http://h.test/a/b/d?r" },
  { BASE, "#", "http://h.test/a/b/c?q#" },
  { BASE, "#f", "http://h.test/a/b/c?q#f" },
  { BASE, "#f?g#h\\i", "http://h.test/a/b/c?q#f?g#h\\i" },
  { BASE, "?#", "http://h.test/a/b/c?#" },
  { BASE, "d#f", "http://h.test/a/b/d#f" },
  { BASE "#old", "", "http://h.test/a/b/c?q#old" },
  { BASE "#old", "d", "http://h.test/a/b/d#old" },
  { BASE "#old", "?r", "http://h.test/a/b/c?r#old" },
  { BASE "#old", "d#new", "http://h.test/a/b/d#new" },
  { BASE "#old", "d#", "http://h.test/a/b/d#" },
  { BASE "#old", "//i.test/d", "http://i.test/d#old" },
  { BASE "#old", "https://i.test/d", "https://i.test/d#old" },
  { BASE "#old", "https://i.test/d#new", "https://i.test/d#new" },

  /* Hosts, and slashes that lean either way, are missing, or too many. */
  { BASE, "//i.test", "http://i.test/" },
  { BASE, "//i.test/d", "http://i.test/d" },
  { BASE, "//i.test?r", "http://i.test/?r" },
  { BASE, "//i.test#f", "http://i.test/#f" },
  { BASE, "///i.test/d", "http://i.test/d" },
  { BASE, "//////i.test//d", "http://i.test//d" },
  { BASE, "\\d", "http://h.test/d" },
  { BASE, "\\\\i.test\\d", "http://i.test/d" },
  { BASE, "/\\i.test/d", "http://i.test/d" },
  { BASE, "\\/i.test/d", "http://i.test/d" },
  { BASE, "d\\e\\..\\f", "http://h.test/a/b/d/f" },
  { BASE, "..\\d", "http://h.test/a/d" },
  { BASE, "http:\\\\i.test\\d", "http://i.test/d" },
  { BASE, "http:/\\i.test/d", "http://i.test/d" },
  { BASE, "https:\\\\i.test\\d?r\\s", "https://i.test/d?r\\s" },
  { BASE, "http://i.test\\@j.test/", "http://i.test/@j.test/" },
  { BASE, "http:d", "http://h.test/a/b/d" },
  { BASE, "http:/d", "http://h.test/d" },
  { BASE, "http:?r", "http://h.test/a/b/c?r" },
  { BASE, "http:#f", "http://h.test/a/b/c?q#f" },
  { BASE, "http:", "http://h.test/a/b/c?q" },
  { BASE, "HTTP:d", "http://h.test/a/b/d" },
  { BASE, "http:\\d", "http://h.test/d" },
  { BASE, "https:d", "https://d/" },
  { BASE, "https:/i.test/d", "https://i.test/d" },
  { BASE, "https:i.test", "https://i.test/" },
  { BASE, "https:///i.test/d", "https://i.test/d" },
  { "https://h.test/a", "http:i.test/d", "http://i.test/d" },
  { "https://h.test/a", "https:i.test/d", "https://h.test/i.test/d" },
  { "https://h.test/a", "//i.test/d", "https://i.test/d" },
  { NULL, "http:i.test", "http://i.test/" },
  { NULL, "http:/i.test", "http://i.test/" },
  { NULL, "http:\\\\i.test", "http://i.test/" },
  { NULL, "http://i.test/d", "http://i.test/d" },
  { NULL, "/d", INVALID },
  { NULL, "//i.test/d", INVALID },
  { NULL, "i.test", INVALID },
  { NULL, "", INVALID },
  { BASE, "HTTPS://I.Test/D", "https://i.test/D" },
  { BASE, "http://i.test./d", "http://i.test./d" },
  { BASE, "http://i_i.test/", "http://i_i.test/" },
  { BASE, "http://%69.test/", "http://i.test/" },
  { BASE, "http://", INVALID },
  { BASE, "//", INVALID },
  { BASE, "https:", INVALID },
  { BASE, "http://?r", INVALID },
  { BASE, "http://:80/", INVALID },
  { BASE, "http://i test/", INVALID },
  { BASE, "http://i%20test/", INVALID },
  { BASE, "http://i%2ftest/", INVALID },
  { BASE, "http://i%00test/", INVALID },
  { BASE, "http://i%zztest/", INVALID },
  { BASE, "http://i<test/", INVALID },
  { BASE, "http://i|test/", INVALID },
  { BASE, "http://i^test/", INVALID },

  /* Ports. */
  { BASE, "http://i.test:80/", "http://i.test/" },
  { BASE, "http://i.test:443/", "http://i.test:443/" },
  { BASE, "https://i.test:443/", "https://i.test/" },
  { BASE, "https://i.test:80/", "https://i.test:80/" },
  { BASE, "http://i.test:/", "http://i.test/" },
  { BASE, "http://i.test:0008080/", "http://i.test:8080/" },
  { BASE, "http://i.test:65535", "http://i.test:65535/" },
  { "http://h.test:8080/", "d", "http://h.test:8080/d" },
  { "http://h.test:8080/", "//i.test/", "http://i.test/" },
  { "http://h.test:8080/", "https://h.test", "https://h.test/" },
  { BASE, "http://i.test:65536/", INVALID },
  { BASE, "http://i.test:99999999999999999999/", INVALID },
  { BASE, "http://i.test:0/", INVALID },
  { BASE, "http://i.test:+80/", INVALID },
  { BASE, "http://i.test:8 0/", INVALID },
  { BASE, "http://i.test:x/", INVALID },
  { BASE, "http://i.test:80:80/", INVALID },

  /* Users. */
  { BASE, "http://tom@i.test/", USERINFO },
  { BASE, "http://tom:swordfish@i.test/", USERINFO },
  { BASE, "//tom:swordfish@i.test/", USERINFO },
  { BASE, "\\\\tom:swordfish@i.test/", USERINFO },
  { BASE, "http://:swordfish@i.test/", USERINFO },
  { BASE, "http://tom:@i.test/", USERINFO },
  { BASE, "http://a@b@i.test/", USERINFO },
  { BASE, "http://h.test%2f@i.test/", USERINFO },
  { BASE, "http://@i.test/", "http://i.test/" },
  { BASE, "http://:@i.test/", "http://i.test/" },
  { BASE, "http://tom@/", INVALID },
  { BASE, "http://i.test/@d", "http://i.test/@d" },
  { BASE, "http://i.test?@d", "http://i.test/?@d" },

  /* Numbers. */
  { BASE, "http://127.0.0.1/", "http://127.0.0.1/" },
  { BASE, "http://127.1/", "http://127.0.0.1/" },
  { BASE, "http://127.0.1/", "http://127.0.0.1/" },
  { BASE, "http://2130706433/", "http://127.0.0.1/" },
  { BASE, "http://0x7f000001/", "http://127.0.0.1/" },
  { BASE, "http://0x7F.1/", "http://127.0.0.1/" },
  { BASE, "http://0177.0.0.01/", "http://127.0.0.1/" },
  { BASE, "http://127.0.0.1./", "http://127.0.0.1/" },
  { BASE, "http://0/", "http://0.0.0.0/" },
  { BASE, "http://0x/", "http://0.0.0.0/" },
  { BASE, "http://%31%32%37.1/", "http://127.0.0.1/" },
  { BASE, "http://\uff11\uff12\uff17.1/", "http://127.0.0.1/" },
  { BASE, "http://4294967295/", "http://255.255.255.255/" },
  { BASE, "http://4294967296/", INVALID },
  { BASE, "http://256.0.0.1/", INVALID },
  { BASE, "http://1.2.3.256/", INVALID },
  { BASE, "http://1.2.3.4.5/", INVALID },
  { BASE, "http://1.2.3.08/", INVALID },
  { BASE, "http://a.1/", INVALID },
  { BASE, "http://1..2/", INVALID },
  { BASE, "http://1.a/", "http://1.a/" },
  { BASE, "http://[::1]/", "http://[::1]/" },
  { BASE, "http://[::1]:8080/d", "http://[::1]:8080/d" },
  { BASE, "http://[0:0:0:0:0:0:0:1]/", "http://[::1]/" },
  { BASE, "http://[2001:DB8:0:0:1:0:0:1]/", "http://[2001:db8::1:0:0:1]/" },
  { BASE, "http://[1:0:2:3:4:5:6:7]/", "http://[1:0:2:3:4:5:6:7]/" },
  { BASE, "http://[1:2:3:4:5:6::]/", "http://[1:2:3:4:5:6::]/" },
  { BASE, "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/" },
  { BASE, "http://[::]/", "http://[::]/" },
  { BASE, "http://[::1/", INVALID },
  { BASE, "http://::1/", INVALID },
  { BASE, "http://[::1]d/", INVALID },
  { BASE, "http://[::1%25lo]/", INVALID },
  { BASE, "http://[1:2]/", INVALID },
  { BASE, "http://[]/", INVALID },
  { BASE, "http://[127.0.0.1]/", INVALID },

  /* Names that are not ASCII. */
  { BASE, "http://b\u00fccher.test/", "http://xn--bcher-kva.test/" },
  { BASE, "http://B\u00dcCHER.test/", "http://xn--bcher-kva.test/" },
  { BASE, "http://b%C3%BCcher.test/", "http://xn--bcher-kva.test/" },
  { BASE, "http://mu\u0308ller.test/", "http://xn--mller-kva.test/" },
  { BASE, "http://xn--bcher-kva.test/", "http://xn--bcher-kva.test/" },
  { BASE, "http://fa\u00df.test/", "http://xn--fa-hia.test/" },
  { BASE, "http://\uff48.test/", "http://h.test/" },
  { BASE, "http://\u65e5\u672c\u3002test/", "http://xn--wgv71a.test/" },
  { BASE, "http://i\u2764.test/", "http://xn--i-7iq.test/" },
  { BASE, "http://\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.test/",
    "http://xn--mgba3gch31f060k.test/" },
  { BASE, "http://\u0dc1\u0dca\u200d\u0dbb\u0dd3.test/",
    "http://xn--10cl1a0b660p.test/" },
  { BASE, "http://a\u200cb.test/", INVALID },
  { BASE, "http://a\u200db.test/", INVALID },
  { BASE, "http://a\u200bb.test/", "http://ab.test/" },
  { BASE, "http://a\u202eb.test/", INVALID },
  { BASE, "http://a\u05beb.test/", INVALID },
  { BASE,
    "http://b\xfc"
    "cher.test/",
    INVALID },

  /* Percent-encoding. */
  { BASE, "/\"<>`{}^ ", "http://h.test/%22%3C%3E%60%7B%7D%5E" },
  { BASE, "/ \"<>`{}^", "http://h.test/%20%22%3C%3E%60%7B%7D%5E" },
  { BASE, "/|'()*[]~!$&,;=:@", "http://h.test/|'()*[]~!$&,;=:@" },
  { BASE, "?\"<>`{}^|'", "http://h.test/a/b/c?%22%3C%3E`{}^|%27" },
  { BASE, "?a b", "http://h.test/a/b/c?a%20b" },
  { BASE, "#\"<>`{}^|'", "http://h.test/a/b/c?q#%22%3C%3E%60{}^|'" },
  { BASE, "#a b", "http://h.test/a/b/c?q#a%20b" },
  { BASE, "/\u00fc?\u00fc#\u00fc", "http://h.test/%C3%BC?%C3%BC#%C3%BC" },
  { BASE, "/\xfc?\xfc#\xfc", "http://h.test/%FC?%FC#%FC" },
  { BASE, "/\x01\x7f?\x01\x7f", "http://h.test/%01%7F?%01%7F" },
  { BASE, "/%20%fc%C3%bc", "http://h.test/%20%fc%C3%bc" },
  { BASE, "/100%", "http://h.test/100%" },
  { BASE, "/%zz?%2", "http://h.test/%zz?%2" },
  { BASE, "/%3f%23", "http://h.test/%3f%23" },
  { BASE, "/\u202e\u200b", "http://h.test/%E2%80%AE%E2%80%8B" },

  /* White space. */
  { BASE, " d ", "http://h.test/a/b/d" },
  { BASE, "\t\n d\x01", "http://h.test/a/b/d" },
  { BASE, "ht\ntp:/\t/i.t\r\nest/d", "http://i.test/d" },
  { BASE, "/\t/i.test/", "http://i.test/" },
  { BASE, ".\t./d", "http://h.test/a/d" },
  { BASE, " ", "http://h.test/a/b/c?q" },
  { BASE, "http ://i.test/", "http://h.test/a/b/http%20://i.test/" },
  { BASE, "\u00a0/d", "http://h.test/a/b/%C2%A0/d" },

  /* Other schemes. */
  { BASE, "ftp://i.test/", SCHEME },
  { BASE, "file:///etc/passwd", SCHEME },
  { BASE, "file:d", SCHEME },
  { BASE, "\\\\", INVALID },
  { BASE, "javascript:alert(1)", SCHEME },
  { BASE, "data:,d", SCHEME },
  { BASE, "mailto:tom@i.test", SCHEME },
  { BASE, "about:blank", SCHEME },
  { BASE, "ws://i.test/", SCHEME },
  { BASE, "httpx://i.test/", SCHEME },
  { BASE, "view-source:http://i.test/", SCHEME },
  { BASE, "java\nscript:alert(1)", SCHEME },
  { BASE, "ftp://tom:swordfish@i.test/", SCHEME },
};

static void
test_references (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (references); i++)
    {
      const Reference *reference = &references[i];
      FetchUrlProblem  problem = 99;
      g_autofree char *url = fetch_url_resolve (reference->base, reference->reference,
                                                strlen (reference->reference), &problem);

      if (g_strcmp0 (url, reference->url) != 0 || problem != reference->problem)
        g_error ("“%s” became %s (%d)", reference->reference, url, problem);

      if (url != NULL)
        {
          g_autofree char *again = fetch_url_resolve (NULL, url, strlen (url), NULL);

          g_assert_cmpstr (again, ==, url);
        }
    }
}

/* A field may hold any bytes. */
static void
test_reference_with_nul (void)
{
  static const char        texts[][8] = { "/a\0b", "?a\0b", "#a\0b", "/ab\0" };
  static const char *const urls[] = {
    "http://h.test/a%00b",
    "http://h.test/a/b/c?a%00b",
    "http://h.test/a/b/c?q#a%00b",
    "http://h.test/ab",
  };
  static const char host[] = "//a\0.test/";
  FetchUrlProblem   problem;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *url = fetch_url_resolve (BASE, texts[i], 4, &problem);

      g_assert_cmpstr (url, ==, urls[i]);
    }

  g_assert_null (fetch_url_resolve (BASE, host, sizeof host - 1, &problem));
  g_assert_cmpint (problem, ==, FETCH_URL_PROBLEM_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/url/good", test_good);
  g_test_add_func ("/url/bad", test_bad);
  g_test_add_func ("/url/shown", test_shown);
  g_test_add_func ("/url/a-mebibyte", test_a_mebibyte);
  g_test_add_func ("/url/longest", test_longest);
  g_test_add_func ("/url/no-password-is-quoted", test_no_password_is_quoted);
  g_test_add_func ("/url/rest-is-quoted", test_rest_is_quoted);
  g_test_add_func ("/url/long-quotation-is-cut", test_long_quotation_is_cut);

  g_test_add_func ("/url/references", test_references);
  g_test_add_func ("/url/reference-with-nul", test_reference_with_nul);

  return g_test_run ();
}
