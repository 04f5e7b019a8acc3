/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Hostile bytes, turned into honest text. */

#include <string.h>

#include "fetch/fetch-hex-dump.h"
#include "fetch/fetch-preview.h"
#include "fetch/fetch-visible-text.h"

#define BYTES(literal) literal, sizeof literal - 1

typedef struct
{
  const char      *name;
  const char      *bytes;
  gsize            size;
  const char      *content_type;
  gboolean         is_cut;
  FetchPreviewKind kind;
  const char      *text;
  const char      *charset;
} Case;

static const Case cases[] = {
  { "empty", BYTES (""), "text/plain", FALSE, FETCH_PREVIEW_EMPTY, "", NULL },
  { "ascii", BYTES ("hello"), NULL, FALSE, FETCH_PREVIEW_TEXT, "hello", "UTF-8" },
  { "utf-8", BYTES ("grüße"), NULL, FALSE, FETCH_PREVIEW_TEXT, "grüße", "UTF-8" },
  { "utf-8-cut-off-at-the-edge", BYTES ("abc\xe2\x82"), NULL, TRUE, FETCH_PREVIEW_TEXT,
    "abc", "UTF-8" },
  { "utf-8-emoji-cut-off-at-the-edge", BYTES ("abc\xf0\x9f\x98"),
    "text/plain; charset=utf-8", TRUE, FETCH_PREVIEW_TEXT, "abc", "UTF-8" },
  { "utf-8-broken-at-the-end", BYTES ("abc\xe2\x82"), "text/plain; charset=utf-8", FALSE,
    FETCH_PREVIEW_TEXT, "abc��", "UTF-8" },
  { "utf-8-broken-in-the-middle",
    BYTES ("a\xff"
           "b"),
    "text/plain; charset=UTF-8", FALSE, FETCH_PREVIEW_TEXT, "a�b", "UTF-8" },
  { "utf-8-too-long-form", BYTES ("a\xc0\xaf"), "text/plain; charset=utf-8", FALSE,
    FETCH_PREVIEW_TEXT, "a��", "UTF-8" },
  { "bom-goes-before-header",
    BYTES ("\xef\xbb\xbf"
           "hé"),
    "text/plain; charset=windows-1252", FALSE, FETCH_PREVIEW_TEXT, "hé", "UTF-8" },
  { "utf-16le-bom",
    BYTES ("\xff\xfe"
           "h\0i\0"),
    NULL, FALSE, FETCH_PREVIEW_TEXT, "hi", "UTF-16LE" },
  { "utf-16be-bom", BYTES ("\xfe\xff\0h\0i"), NULL, FALSE, FETCH_PREVIEW_TEXT, "hi",
    "UTF-16BE" },
  { "utf-16-cut-off-at-the-edge",
    BYTES ("\xff\xfe"
           "h\0i"),
    NULL, TRUE, FETCH_PREVIEW_TEXT, "h", "UTF-16LE" },
  { "header-charset", BYTES ("\xcf\xf0\xe8\xe2\xe5\xf2"),
    "text/html; charset=windows-1251", FALSE, FETCH_PREVIEW_TEXT, "Привет",
    "WINDOWS-1251" },
  { "header-charset-in-quotes", BYTES ("\x93\xfa\x96\x7b"),
    "text/html; x=y; charset=\"Shift_JIS\"", FALSE, FETCH_PREVIEW_TEXT, "日本",
    "SHIFT_JIS" },
  { "latin-1-is-windows-1252", BYTES ("\x80 caf\xe9"), "text/plain; charset=ISO-8859-1",
    FALSE, FETCH_PREVIEW_TEXT, "€ café", "WINDOWS-1252" },
  { "guess-is-windows-1252", BYTES ("caf\xe9"), "text/plain", FALSE, FETCH_PREVIEW_TEXT,
    "café", "WINDOWS-1252" },
  { "last-character-is-not-lost", BYTES ("Hello"), "text/plain; charset=windows-1258",
    FALSE, FETCH_PREVIEW_TEXT, "Hello", "WINDOWS-1258" },
  { "letter-stays-before-what-is-broken", BYTES ("A\x8a!"),
    "text/plain; charset=windows-1258", FALSE, FETCH_PREVIEW_TEXT, "A\ufffd!",
    "WINDOWS-1258" },
  { "unknown-charset-is-ignored", BYTES ("hello"), "text/plain; charset=//TRANSLIT",
    FALSE, FETCH_PREVIEW_TEXT, "hello", "UTF-8" },
  { "nul-in-text-shows", BYTES ("a\0b"), "text/plain", FALSE, FETCH_PREVIEW_TEXT,
    "a‹NUL›b", "UTF-8" },
  { "nul-elsewhere-is-binary", BYTES ("a\0b"), "application/octet-stream", FALSE,
    FETCH_PREVIEW_BINARY, "0000  61 00 62                                          a.b",
    NULL },
  { "controls-show", BYTES ("a\x1b[31mb\x07 and so on and so on"), "text/plain", FALSE,
    FETCH_PREVIEW_TEXT, "a‹ESC›[31mb‹BEL› and so on and so on", "UTF-8" },
  { "line-ends-are-newlines", BYTES ("a\r\nb\rc\n"), "text/plain", FALSE,
    FETCH_PREVIEW_TEXT, "a\nb\nc\n", "UTF-8" },
  { "direction-override-shows", BYTES ("invoice\u202egpj.exe"), "text/plain", FALSE,
    FETCH_PREVIEW_TEXT, "invoice‹U+202E›gpj.exe", "UTF-8" },
  { "direction-isolate-shows", BYTES ("a\u2066b"), "text/plain", FALSE,
    FETCH_PREVIEW_TEXT, "a‹U+2066›b", "UTF-8" },
  { "zero-width-shows", BYTES ("pay\u200bpal"), "text/plain", FALSE, FETCH_PREVIEW_TEXT,
    "pay‹U+200B›pal", "UTF-8" },
  { "byte-order-mark-inside-shows", BYTES ("a\ufeffb"), "text/plain", FALSE,
    FETCH_PREVIEW_TEXT, "a‹U+FEFF›b", "UTF-8" },
  { "tag-characters-show", BYTES ("a\U000e0041"), "text/plain", FALSE, FETCH_PREVIEW_TEXT,
    "a‹U+E0041›", "UTF-8" },
  { "c1-controls-show", BYTES ("a\xc2\x9b"), "text/plain; charset=utf-8", FALSE,
    FETCH_PREVIEW_TEXT, "a‹U+009B›", "UTF-8" },
  { "emoji-stays", BYTES ("❤\ufe0f"), "text/plain", FALSE, FETCH_PREVIEW_TEXT, "❤\ufe0f",
    "UTF-8" },
  { "json-is-text", BYTES ("{\"a\": 1}"), "application/json", FALSE, FETCH_PREVIEW_TEXT,
    "{\"a\": 1}", "UTF-8" },
};

static void
test_case (gconstpointer data)
{
  const Case *test_case = data;
  g_autoptr (GBytes) bytes = g_bytes_new_static (test_case->bytes, test_case->size);
  g_autoptr (FetchPreview)
      preview = fetch_preview_new (bytes, test_case->content_type, test_case->is_cut);

  g_assert_cmpstr (fetch_preview_get_text (preview), ==, test_case->text);
  g_assert_cmpint (fetch_preview_get_kind (preview), ==, test_case->kind);
  g_assert_cmpstr (fetch_preview_get_charset (preview), ==, test_case->charset);
}

/* What a text says of itself is read as browsers do it. */
static const Case declared[] = {
  { "meta", BYTES ("<!DOCTYPE html><title>x</title><meta charset=windows-1251>\xcf\xf0"),
    "text/html", FALSE, FETCH_PREVIEW_TEXT,
    "<!DOCTYPE html><title>x</title><meta charset=windows-1251>Пр", "WINDOWS-1251" },
  { "meta-without-any-type", BYTES ("<meta charset='koi8-r'/>\xf0"), NULL, FALSE,
    FETCH_PREVIEW_TEXT, "<meta charset='koi8-r'/>П", "KOI8-R" },
  { "meta-of-the-old-kind",
    BYTES ("<META content=\"text/html; charset=Shift_JIS\" "
           "HTTP-EQUIV=Content-Type>\x93\xfa"),
    "text/html", FALSE, FETCH_PREVIEW_TEXT,
    "<META content=\"text/html; charset=Shift_JIS\" HTTP-EQUIV=Content-Type>日",
    "SHIFT_JIS" },
  { "content-of-another-meta", BYTES ("<meta name=x content='charset=koi8-r'>\xe9"),
    "text/html", FALSE, FETCH_PREVIEW_TEXT, "<meta name=x content='charset=koi8-r'>é",
    "WINDOWS-1252" },
  { "meta-in-a-comment", BYTES ("<!-- <meta charset=koi8-r> -->\xe9"), "text/html", FALSE,
    FETCH_PREVIEW_TEXT, "<!-- <meta charset=koi8-r> -->é", "WINDOWS-1252" },
  { "meta-in-an-attribute", BYTES ("<a title='<meta charset=koi8-r>'>\xe9"), "text/html",
    FALSE, FETCH_PREVIEW_TEXT, "<a title='<meta charset=koi8-r>'>é", "WINDOWS-1252" },
  { "metadata-is-no-meta", BYTES ("<metadata charset=koi8-r>\xe9"), "text/html", FALSE,
    FETCH_PREVIEW_TEXT, "<metadata charset=koi8-r>é", "WINDOWS-1252" },
  { "second-meta-where-the-first-is-unknown",
    BYTES ("<meta charset=martian><meta charset=iso-8859-2>\xb1"), "text/html", FALSE,
    FETCH_PREVIEW_TEXT, "<meta charset=martian><meta charset=iso-8859-2>ą",
    "ISO-8859-2" },
  { "meta-can-t-be-utf-16", BYTES ("<meta charset=utf-16>ü"), "text/html", FALSE,
    FETCH_PREVIEW_TEXT, "<meta charset=utf-16>ü", "UTF-8" },
  { "meta-user-defined", BYTES ("<meta charset=x-user-defined>\xe9"), "text/html", FALSE,
    FETCH_PREVIEW_TEXT, "<meta charset=x-user-defined>é", "WINDOWS-1252" },
  { "header-goes-before-meta", BYTES ("<meta charset=koi8-r>\xe9"),
    "text/html; charset=windows-1252", FALSE, FETCH_PREVIEW_TEXT,
    "<meta charset=koi8-r>é", "WINDOWS-1252" },
  { "meta-in-plain-text", BYTES ("<meta charset=koi8-r>\xe9"), "text/plain", FALSE,
    FETCH_PREVIEW_TEXT, "<meta charset=koi8-r>é", "WINDOWS-1252" },
  { "meta-cut-off", BYTES ("<meta charset=koi8"), "text/html", TRUE, FETCH_PREVIEW_TEXT,
    "<meta charset=koi8", "KOI8-R" },
  { "xml", BYTES ("<?xml version=\"1.0\" encoding=\"windows-1251\"?><a>\xcf</a>"),
    "application/rss+xml", FALSE, FETCH_PREVIEW_TEXT,
    "<?xml version=\"1.0\" encoding=\"windows-1251\"?><a>П</a>", "WINDOWS-1251" },
  { "xml-can-t-be-utf-16", BYTES ("<?xml encoding='UTF-16'?>ü"), "text/xml", FALSE,
    FETCH_PREVIEW_TEXT, "<?xml encoding='UTF-16'?>ü", "UTF-8" },
  { "xml-not-at-the-start", BYTES (" <?xml encoding='koi8-r'?>\xe9"), "text/xml", FALSE,
    FETCH_PREVIEW_TEXT, " <?xml encoding='koi8-r'?>é", "WINDOWS-1252" },
  { "xml-has-no-meta", BYTES ("<meta charset='koi8-r'/>\xe9"), "application/xml", FALSE,
    FETCH_PREVIEW_TEXT, "<meta charset='koi8-r'/>é", "WINDOWS-1252" },
  { "shift-jis-is-that-of-windows", BYTES ("a\\b~\x87\x40"),
    "text/plain; charset=shift_jis", FALSE, FETCH_PREVIEW_TEXT, "a\\b~①", "SHIFT_JIS" },
  { "euc-kr-is-that-of-windows", BYTES ("\x81\x41"), "text/plain; charset=euc-kr", FALSE,
    FETCH_PREVIEW_TEXT, "갂", "EUC-KR" },
  { "gbk-is-gb18030", BYTES ("\x81\x30\x84\x36"), "text/plain; charset=gb2312", FALSE,
    FETCH_PREVIEW_TEXT, "¥", "GBK" },
  { "label-in-header", BYTES ("\xcf"), "text/plain; charset=cp1251", FALSE,
    FETCH_PREVIEW_TEXT, "П", "WINDOWS-1251" },
  { "label-x-sjis", BYTES ("\x93\xfa"), "text/plain; charset=x-sjis", FALSE,
    FETCH_PREVIEW_TEXT, "日", "SHIFT_JIS" },
  { "label-gb_2312-80", BYTES ("\xc4\xe3"), "text/plain; charset=GB_2312-80", FALSE,
    FETCH_PREVIEW_TEXT, "你", "GBK" },
  { "label-iso8859-1", BYTES ("\xe9"), "text/plain; charset=iso8859-1", FALSE,
    FETCH_PREVIEW_TEXT, "é", "WINDOWS-1252" },
};

/* Only the first 1024 bytes are looked at, so that a page without it costs no more. */
static void
test_meta_too_far_away (void)
{
  g_autofree char *spaces = g_strnfill (1024, ' ');
  g_autofree char *text = g_strconcat (spaces, "<meta charset=koi8-r>\xe9", NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (FetchPreview) preview = fetch_preview_new (bytes, "text/html", FALSE);

  g_assert_cmpstr (fetch_preview_get_charset (preview), ==, "WINDOWS-1252");
}

typedef struct
{
  const char *name;
  const char *charset; /* in which it comes */
  const char *text;
  const char *guess; /* NULL: the same */
} Guess;

static const Guess guesses[] = {
  { "utf-16le", "UTF-16LE", "Hello, world!\n", NULL },
  { "utf-16be", "UTF-16BE", "Hello, world!\n", NULL },
  { "utf-16le-russian", "UTF-16LE", "Привет, мир", NULL },
  { "utf-16be-emoji", "UTF-16BE", "Hello 😀", NULL },
  { "windows-1251", "WINDOWS-1251", "Все счастливые семьи похожи друг на друга.", NULL },
  { "windows-1251-ukrainian", "WINDOWS-1251", "Реве та стогне Дніпр широкий, сердитий",
    NULL },
  { "koi8-r", "KOI8-R", "Все счастливые семьи похожи друг на друга.", NULL },
  { "shift-jis", "SHIFT_JIS", "吾輩は猫である。名前はまだ無い。", NULL },
  { "euc-jp", "EUC-JP", "吾輩は猫である。名前はまだ無い。", NULL },
  { "gb18030", "GB18030", "天下大势，分久必合，合久必分。", NULL },
  { "big5", "BIG5", "話說天下大勢，分久必合，合久必分。", NULL },
  { "euc-kr", "EUC-KR", "모든 인간은 태어날 때부터 자유로우며", NULL },
  { "french", "WINDOWS-1252", "Où est passé l’été ? À côté de la forêt, très près.",
    NULL },
  { "german", "WINDOWS-1252", "Zwölf Boxkämpfer jagen Viktor quer über den Sylter Deich",
    NULL },
  { "icelandic", "WINDOWS-1252", "Kæmi ný öxi hér, ykist þjófum nú bæði víl og ádrepa",
    NULL },
  { "too-short", "WINDOWS-1251", "Да, да", "WINDOWS-1252" },
  { "greek-is-not-taken-for-russian", "WINDOWS-1253",
    "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι", "WINDOWS-1252" },
};

static void
test_guess (gconstpointer data)
{
  const Guess *guess = data;
  gsize        size;
  char *encoded = g_convert (guess->text, -1, guess->charset, "UTF-8", NULL, &size, NULL);
  g_autoptr (GBytes) bytes = g_bytes_new_take (encoded, size);
  g_autoptr (FetchPreview) whole = fetch_preview_new (bytes, "text/plain", FALSE);
  g_autoptr (GBytes) start = g_bytes_new_from_bytes (bytes, 0, size - 1);
  g_autoptr (FetchPreview) cut = fetch_preview_new (start, "text/plain", TRUE);

  g_assert_nonnull (encoded);
  g_assert_cmpint (fetch_preview_get_kind (whole), ==, FETCH_PREVIEW_TEXT);
  g_assert_cmpstr (fetch_preview_get_charset (whole), ==,
                   guess->guess != NULL ? guess->guess : guess->charset);
  g_assert_cmpstr (fetch_preview_get_charset (cut), ==,
                   fetch_preview_get_charset (whole));
  if (guess->guess == NULL)
    g_assert_cmpstr (fetch_preview_get_text (whole), ==, guess->text);
  g_assert_true (
      g_str_has_prefix (fetch_preview_get_text (whole), fetch_preview_get_text (cut)));
}

static void
test_hex_dump (void)
{
  guint8 data[40];
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (FetchPreview) preview = NULL;

  for (guint i = 0; i < sizeof data; i++)
    data[i] = i;
  bytes = g_bytes_new_static (data, sizeof data);
  preview = fetch_preview_new (bytes, "image/png", TRUE);

  g_assert_cmpstr (fetch_preview_get_text (preview), ==,
                   "0000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  "
                   "................\n"
                   "0010  10 11 12 13 14 15 16 17  18 19 1a 1b 1c 1d 1e 1f  "
                   "................\n"
                   "0020  20 21 22 23 24 25 26 27                            !\"#$%&'");
}

/* A text is bytes, too. */
static void
test_hex_dump_of_text (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("grüße\n", strlen ("grüße\n"));
  g_autoptr (GBytes) none = g_bytes_new_static ("", 0);
  g_autofree char *dump = fetch_hex_dump (bytes);
  g_autofree char *empty_dump = fetch_hex_dump (none);

  g_assert_cmpstr (dump, ==,
                   "0000  67 72 c3 bc c3 9f 65 0a                           gr....e.");
  g_assert_cmpstr (empty_dump, ==, "");
}

/* As a body without bytes comes from the network. Clang's UndefinedBehaviorSanitizer sees
 * what is done with the pointer. */
static void
test_no_bytes_need_no_pointer (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new (NULL, 0);
  g_autoptr (FetchPreview) preview = fetch_preview_new (bytes, NULL, FALSE);

  g_assert_cmpint (fetch_preview_get_kind (preview), ==, FETCH_PREVIEW_EMPTY);
  g_assert_cmpstr (fetch_preview_get_text (preview), ==, "");
}

/* Whatever the bytes are and whatever they are said to be, what is shown is valid, and
 * nothing in it is hidden. */
static void
test_random_bytes_never_hide_anything (void)
{
  static const char *const types[] = {
    NULL,
    "text/plain",
    "text/html; charset=utf-8",
    "text/plain; charset=utf-16le",
    "text/plain; charset=gb18030",
    "text/plain; charset=shift_jis",
    "text/plain; charset=koi8-r",
  };

  for (int round = 0; round < 2000; round++)
    {
      guint8 data[64];
      gsize  size = g_test_rand_int_range (0, sizeof data);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (FetchPreview) preview = NULL;

      for (gsize i = 0; i < size; i++)
        data[i] = g_test_rand_int_range (0, g_test_rand_bit () ? 256 : 128);
      bytes = g_bytes_new_static (data, size);
      preview = fetch_preview_new (bytes, types[round % G_N_ELEMENTS (types)], round % 2);

      g_assert_true (g_utf8_validate (fetch_preview_get_text (preview), -1, NULL));
      for (const char *p = fetch_preview_get_text (preview); *p; p = g_utf8_next_char (p))
        g_assert_false (fetch_visible_is_hidden (g_utf8_get_char (p)));
    }
}

static void
test_line_has_no_line_ends (void)
{
  g_autofree char *line = fetch_visible_line ("a\tb\r\nc\nd\xff");

  g_assert_cmpstr (line, ==, "a‹TAB›b‹LF›c‹LF›d�");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/preview/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (declared); i++)
    {
      g_autofree char *path = g_strconcat ("/preview/declared/", declared[i].name, NULL);

      g_test_add_data_func (path, &declared[i], test_case);
    }
  g_test_add_func ("/preview/declared/meta-too-far-away", test_meta_too_far_away);
  for (gsize i = 0; i < G_N_ELEMENTS (guesses); i++)
    {
      g_autofree char *path = g_strconcat ("/preview/guess/", guesses[i].name, NULL);

      g_test_add_data_func (path, &guesses[i], test_guess);
    }
  g_test_add_func ("/preview/hex-dump", test_hex_dump);
  g_test_add_func ("/preview/hex-dump-of-text", test_hex_dump_of_text);
  g_test_add_func ("/preview/no-bytes-need-no-pointer", test_no_bytes_need_no_pointer);
  g_test_add_func ("/preview/random-bytes-never-hide-anything",
                   test_random_bytes_never_hide_anything);
  g_test_add_func ("/preview/line-has-no-line-ends", test_line_has_no_line_ends);

  return g_test_run ();
}
