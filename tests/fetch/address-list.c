/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Lists of addresses, in all the formats that people have them in. */

#include <string.h>

#include "fetch/fetch-address-list.h"
#include "fetch/fetch-error.h"
#include "fetch/fetch-url.h"

static FetchAddressList *
read_bytes (const char *text, gsize size, const char *name)
{
  FetchAddressList *list = fetch_address_list_new ();
  g_autoptr (GBytes) bytes = g_bytes_new (text, size);

  fetch_address_list_read (list, bytes, name);

  return list;
}

static FetchAddressList *
read_text (const char *text, const char *name)
{
  return read_bytes (text, strlen (text), name);
}

static void
check_addresses (FetchAddressList *list, const char *expected)
{
  g_autofree char *addresses = g_strjoinv (
      " ", (char **) fetch_address_list_get_addresses (list));

  g_assert_cmpstr (addresses, ==, expected);
  if (*expected == '\0')
    g_assert_cmpuint (fetch_address_list_get_n_addresses (list), ==, 0);
}

static const FetchBadLine *
get_bad_line (FetchAddressList *list, guint position)
{
  guint               n_bad_lines;
  const FetchBadLine *lines = fetch_address_list_get_bad_lines (list, &n_bad_lines);

  g_assert_cmpuint (position, <, n_bad_lines);

  return &lines[position];
}

static void
check_bad_line (FetchAddressList *list,
                guint             position,
                guint             line,
                const char       *text,
                const char       *reason)
{
  const FetchBadLine *bad = get_bad_line (list, position);

  g_assert_cmpuint (bad->line, ==, line);
  g_assert_cmpstr (bad->text, ==, text);
  g_test_message ("%s", bad->reason);
  g_assert_nonnull (strstr (bad->reason, reason));
}

/* As the numbers of the lines that are bad. */
static void
check_bad_lines (FetchAddressList *list, const char *expected)
{
  g_autoptr (GString) numbers = g_string_new (NULL);
  guint               n_bad_lines;
  const FetchBadLine *lines = fetch_address_list_get_bad_lines (list, &n_bad_lines);

  for (guint i = 0; i < n_bad_lines; i++)
    g_string_append_printf (numbers, "%s%u", i > 0 ? " " : "", lines[i].line);

  g_assert_cmpstr (numbers->str, ==, expected);
  g_assert_cmpuint (fetch_address_list_get_n_bad_lines (list), ==, n_bad_lines);
}

typedef struct
{
  const char *name;
  const char *text;
  const char *addresses;
  const char *bad_lines;
} Case;

static const Case cases[] = {
  /* One on each line. */
  { NULL, "", "", "" },
  { NULL, "\n\r\n  \r", "", "" },
  { NULL, "example.org", "example.org", "" },
  { NULL, "a.org\nb.org\r\nc.org\rd.org\n", "a.org b.org c.org d.org", "" },
  { NULL, "  a.org\t\n\u00a0b.org\u3000\n", "a.org b.org", "" },
  { NULL, "\ufeffa.org\nb.org", "a.org b.org", "" },
  { NULL, "localhost:80\n[::1]\n", "localhost:80 [::1]", "" },
  { NULL, "a.org\n\ntwo words\nftp://b.org\nc.org", "a.org c.org", "3 4" },
  { NULL, "https://a.org/b c\nhttps://d.org", "https://d.org", "1" },
  { NULL, "https://a.org/\"b\"\nhttps://a.org/%22b%22", "https://a.org/\"b\"", "" },
  { NULL, "https://a.org/ https://b.org/\thttp://c.org/",
    "https://a.org/ https://b.org/ http://c.org/", "" },
  { NULL, "https://a.org/,1\nhttps://b.org/,2", "https://a.org/,1 https://b.org/,2", "" },
  { NULL, "https://a.org/?u=https://b.org/", "https://a.org/?u=https://b.org/", "" },
  { NULL, "ftp://a.org/http://b.org/", "", "1" },
  { NULL, "<https://a.org/>\n“https://b.org/”\nc.org",
    "https://a.org/ https://b.org/ c.org", "" },
  { NULL, "- https://a.org/\n* https://b.org/\n1. https://c.org/",
    "https://a.org/ https://b.org/ https://c.org/", "" },
  { "list.uri", "# a comment\r\nhttps://a.org/\r\n#https://b.org/\r\n", "https://a.org/",
    "" },

  /* In what somebody has written. */
  { NULL, "Dear all,\nlook at https://a.org/b.\nOr (www.c.org/d_(e)), maybe?\nYours",
    "https://a.org/b www.c.org/d_(e)", "" },
  { NULL, "[a page](https://a.org/)[another one](https://b.org/x)",
    "https://a.org/ https://b.org/x", "" },
  { NULL, "it is **https://a.org/** and \"https://b.org/\", he said",
    "https://a.org/ https://b.org/", "" },
  { NULL, "请看 https://a.org/。谢谢", "https://a.org/", "" },
  { NULL, "请看https://a.org/，谢谢 再见", "https://a.org/", "" },
  { NULL, "nothing in\nhere to see", "", "1 2" },

  /* In a table. */
  { "a.csv", "url,title\nhttps://a.org/,A\nhttps://b.org/,B",
    "https://a.org/ https://b.org/", "" },
  { NULL, "url,title\nhttps://a.org/,A\nhttps://b.org/,B",
    "https://a.org/ https://b.org/", "" },
  { NULL, "A\thttps://a.org/\nB\thttps://b.org/", "https://a.org/ https://b.org/", "" },
  { NULL, "Name;Link\r\nA;https://a.org/\r\nB;https://b.org/\r\n",
    "https://a.org/ https://b.org/", "" },
  { "a.CSV", "\"https://a.org/?x=1,2\",\"a \"\"quoted\"\" name\"\r\nhttps://b.org/,B\r\n",
    "https://a.org/?x=1,2 https://b.org/", "" },
  { "a.csv", "title,url\n\"two\nlines\",https://a.org/\nB,ftp://b.org/", "https://a.org/",
    "4" },
  { "a.csv", "title,url\nA,https://a.org/\nB,\nC\n\nD,https://d.org/",
    "https://a.org/ https://d.org/", "3 4" },
  { "a.csv", "\"https://a.org/\nhttps://b.org/\n", "https://b.org/", "1" },
  { "a.csv", "a.org\nb.org\n", "a.org b.org", "" },
  { "a.csv", "site;n\na.org;1\nb.org;2,5\n", "a.org b.org", "" },

  /* In a page. */
  { NULL,
    "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><p>\n"
    "  <DT><A HREF=\"https://a.org/?b=1&amp;c=2\" ADD_DATE=\"1\">A</A>\n"
    "  <DT><a add_date=1 href='https://b.org/?&copy=&#38;&#x26;'>B</a>\n"
    "  <DT><A HREF=https://c.org/>C</A>\n"
    "  <DT><A HREF=\"javascript:alert(1)\">D</A>\n</DL>",
    "https://a.org/?b=1&c=2 https://b.org/?&copy=&& https://c.org/", "6" },
  { "a.html",
    "<p>See <a class=x\nhref = \"https://a.org/\">A</a>, <a href=b.html>B</a>, "
    "<a href='#c'>C</a><!-- <a href=\"https://d.org/\"> --><abbr href=\"https://e.org/\">",
    "https://a.org/", "2" },
  { "a.html", "<a href=\"https://a.org/b c\"><a href=\"https://a b.org/\">",
    "https://a.org/b%20c", "1" },
  { NULL, "<?xml version=\"1.0\"?><!-- x --><html><a href=\"https://a.org/\"/></html>",
    "https://a.org/", "" },
  { "a.html", "<a href=\"https://a.org/\"><a href=\"https://b.org/", "https://a.org/",
    "1" },
  { "a.html", "<a", "", "" },
  { "a.html", "<a href", "", "" },
  { "a.html", "<a =\"x\" / href=", "", "" },

  /* In a sitemap. */
  { NULL,
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
    "<url><loc>https://a.org/?b=1&amp;c=2</loc><image:loc>https://x.org/</image:loc></url>\n"
    "<url><loc>\n https://b.org/ \n</loc><lastmod>2024-01-01</lastmod></url>\n"
    "<url><loc><![CDATA[https://c.org/?d&e]]></loc></url>\n"
    "<url><loc>two words</loc></url></urlset>",
    "https://a.org/?b=1&c=2 https://b.org/ https://c.org/?d&e", "8" },
  { NULL,
    "<sitemapindex><sitemap><loc>https://a.org/b.xml</loc></sitemap></sitemapindex>",
    "https://a.org/b.xml", "" },
  { "a.xml", "<urlset>\n<url><loc>https://a.org/</loc></url>\n<url><loc>https://b",
    "https://a.org/", "3" },
  { "a.xml", "<urlset>\n<loc>https://a.org/</loc>&bad;", "https://a.org/", "2" },
};

static void
test_formats (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FetchAddressList) list = read_text (cases[i].text, cases[i].name);

      g_test_message ("%s", cases[i].text);
      check_addresses (list, cases[i].addresses);
      check_bad_lines (list, cases[i].bad_lines);
      g_assert_false (fetch_address_list_is_cut (list));
    }
}

static void
test_bad_lines_have_number_text_and_reason (void)
{
  g_autoptr (FetchAddressList) list = read_text ("a.org\nftp://b.org/\n"
                                                 "https://c.org/gpj\u202eexe",
                                                 "a\nfile");

  check_bad_line (list, 0, 2, "ftp://b.org/", "not “ftp”");
  check_bad_line (list, 1, 3, "https://c.org/gpj‹U+202E›exe", "invisible character");
  g_assert_cmpstr (get_bad_line (list, 0)->source, ==, "a‹LF›file");
}

static void
test_duplicates_are_counted (void)
{
  g_autoptr (FetchAddressList) list = read_text (
      "a.org\nhttps://a.org\nhttps://a.org/\nhttp://a.org/\nHTTPS://a.org", NULL);
  g_autoptr (GBytes) more = g_bytes_new_static ("a.org", 5);

  check_addresses (list, "a.org http://a.org/");
  g_assert_cmpuint (fetch_address_list_get_n_duplicates (list), ==, 3);

  fetch_address_list_read (list, more, NULL);
  check_addresses (list, "a.org http://a.org/");
  g_assert_cmpuint (fetch_address_list_get_n_duplicates (list), ==, 4);
}

static void
test_utf_16 (void)
{
  static const char little[] = "\xff\xfe"
                               "a\0.\0o\0r\0g\0\n\0\xfc\0.\0d\0e\0";
  static const char big[] = "\xfe\xff\0a\0.\0o\0r\0g\0\n\0\xfc\0.\0d\0e";
  g_autoptr (FetchAddressList) first = read_bytes (little, sizeof little - 1, NULL);
  g_autoptr (FetchAddressList) second = read_bytes (big, sizeof big - 1, NULL);

  check_addresses (first, "a.org ü.de");
  check_addresses (second, "a.org ü.de");
}

/* What can't be read is not taken for an address, and the rest is. */
static void
test_bytes_that_are_no_text (void)
{
  static const char bytes[] = "a.org\nb\0.org\n\xff.org\nhttps://c.org/\xe9\nd.org";
  g_autoptr (FetchAddressList) list = read_bytes (bytes, sizeof bytes - 1, NULL);

  check_addresses (list, "a.org d.org");
  check_bad_lines (list, "2 3 4");
  check_bad_line (list, 0, 2, "b\xef\xbf\xbd.org", "not text");
}

static void
test_picture (void)
{
  static const char picture[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\n\0\n.\0\n,\0\n";
  g_autoptr (FetchAddressList) list = read_bytes (picture, sizeof picture - 1, "a.png");

  check_addresses (list, "");
  check_bad_lines (list, "1");
  check_bad_line (list, 0, 1, "", "no text");
}

static void
test_what_stands_for_something_is_no_address (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (fetch_address_list_check ("a.org/‹U+202E›", NULL, &error));
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_BAD_ADDRESS);
  g_clear_error (&error);

  g_assert_false (fetch_address_list_check ("a.org/\xef\xbf\xbd", NULL, &error));
  g_assert_error (error, FETCH_ERROR, FETCH_ERROR_BAD_ADDRESS);
}

static char *
repeat (const char *start, guint n)
{
  GString *string = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (string, "%s%u\n", start, i);

  return g_string_free (string, FALSE);
}

static void
test_longest_list (void)
{
  g_autofree char *text = repeat ("a.org/", FETCH_ADDRESS_LIST_MAX_LINES);
  g_autofree char *longer = g_strconcat (text, "b.org", NULL);
  g_autoptr (FetchAddressList) list = read_text (text, NULL);
  g_autoptr (FetchAddressList) longer_list = read_text (longer, NULL);

  g_assert_cmpuint (fetch_address_list_get_n_addresses (list), ==,
                    FETCH_ADDRESS_LIST_MAX_LINES);
  g_assert_false (fetch_address_list_is_cut (list));
  g_assert_cmpuint (fetch_address_list_get_n_addresses (longer_list), ==,
                    FETCH_ADDRESS_LIST_MAX_LINES);
  g_assert_true (fetch_address_list_is_cut (longer_list));
}

static void
test_bad_lines_that_are_too_many_are_counted (void)
{
  g_autofree char *text = repeat ("bad line ", 20000);
  g_autoptr (FetchAddressList) list = read_text (text, NULL);
  guint n_kept;

  fetch_address_list_get_bad_lines (list, &n_kept);
  g_assert_cmpuint (n_kept, ==, FETCH_ADDRESS_LIST_MAX_BAD_LINES);
  g_assert_cmpuint (fetch_address_list_get_n_bad_lines (list), ==, 20000);
}

/* The line that is cut through is not half an address. */
static void
test_largest_file (void)
{
  g_autofree char *text = g_malloc (FETCH_ADDRESS_LIST_MAX_SIZE + 1);
  g_autoptr (FetchAddressList) list = NULL;

  memset (text, '#', FETCH_ADDRESS_LIST_MAX_SIZE + 1);
  memcpy (text, "a.org\n", 6);
  memcpy (text + FETCH_ADDRESS_LIST_MAX_SIZE - 6, "\nb.org/c", 7);
  list = read_bytes (text, FETCH_ADDRESS_LIST_MAX_SIZE + 1, NULL);

  check_addresses (list, "a.org");
  g_assert_true (fetch_address_list_is_cut (list));
}

/* Of each of them, some mebibytes would take hours in a time that grows with the square.
 */
static const Case hostile[] = {
  { NULL, "a", "", "1" },
  { NULL, "http://", "", "1" },
  { NULL, "(https://a.org/", NULL, NULL },
  { NULL, "x https://a.org/))))", NULL, NULL },
  { NULL, "a b", NULL, NULL },
  { NULL, "\n", "", "" },
  { NULL, "\t\n", "", "" },
  { "a.csv", ",", NULL, NULL },
  { "a.csv", "\"", NULL, NULL },
  { "a.csv", "\"\n", NULL, NULL },
  { "a.csv", "\"a\"\"\n", NULL, NULL },
  { "a.html", "<", NULL, NULL },
  { "a.html", "<a href=\"", NULL, NULL },
  { "a.html", "<a b=\"", NULL, NULL },
  { "a.html", "<a b=", NULL, NULL },
  { "a.html", "<!--", "", "" },
  { "a.html", "<a href=&#1;", NULL, NULL },
  { "a.xml", "<urlset>", "", "1" },
  { "a.xml", "<urlset a='&amp;", "", NULL },
  { "a.xml", "<loc>a</loc>", NULL, NULL },
};

static void
test_hostile_files_take_no_time (void)
{
  gsize  size = g_test_slow () ? FETCH_ADDRESS_LIST_MAX_SIZE : 4 * 1024 * 1024;
  gint64 longest = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      gsize            length = strlen (hostile[i].text);
      g_autofree char *text = g_malloc (size);
      g_autoptr (FetchAddressList) list = NULL;
      gint64 start;

      for (gsize n = 0; n < size; n++)
        text[n] = hostile[i].text[n % length];
      start = g_get_monotonic_time ();
      list = read_bytes (text, size, hostile[i].name);
      longest = MAX (longest, g_get_monotonic_time () - start);
      g_test_message ("%s: %d ms", hostile[i].text,
                      (int) ((g_get_monotonic_time () - start) / 1000));

      if (hostile[i].addresses != NULL)
        check_addresses (list, hostile[i].addresses);
      if (hostile[i].bad_lines != NULL)
        check_bad_lines (list, hostile[i].bad_lines);
    }

  g_test_minimized_result (longest / 1e6, "longest: %d ms", (int) (longest / 1000));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/address-list/formats", test_formats);
  g_test_add_func ("/address-list/bad-lines-have-number-text-and-reason",
                   test_bad_lines_have_number_text_and_reason);
  g_test_add_func ("/address-list/duplicates-are-counted", test_duplicates_are_counted);
  g_test_add_func ("/address-list/utf-16", test_utf_16);
  g_test_add_func ("/address-list/bytes-that-are-no-text", test_bytes_that_are_no_text);
  g_test_add_func ("/address-list/picture", test_picture);
  g_test_add_func ("/address-list/what-stands-for-something-is-no-address",
                   test_what_stands_for_something_is_no_address);
  g_test_add_func ("/address-list/longest-list", test_longest_list);
  g_test_add_func ("/address-list/bad-lines-that-are-too-many-are-counted",
                   test_bad_lines_that_are_too_many_are_counted);
  g_test_add_func ("/address-list/largest-file", test_largest_file);
  g_test_add_func ("/address-list/hostile-files-take-no-time",
                   test_hostile_files_take_no_time);

  return g_test_run ();
}
