/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What is written as JSON is valid, whatever comes: read again with json-glib, and by
 * json_reader.py with Python's reader. `test-json-writer --emit` prints what that reads.
 */

#include <json-glib/json-glib.h>
#include <stdio.h>
#include <string.h>

#include "app/morsel-har.h"
#include "app/morsel-json-writer.h"
#include "app/morsel-json.h"
#include "fetch/fetch-error.h"
#include "fetch/fetch-result-private.h"

/* How many code points are in a text. */
#define BLOCK_SIZE 256

/* As UTF-8 would write it, if it were allowed to: surrogates, too (WTF-8). */
static void
append_code_point (GString *text, gunichar character)
{
  char buffer[6];

  g_string_append_len (text, buffer, g_unichar_to_utf8 (character, buffer));
}

/* NUL can't be in a string of C. A field has no line end in it. */
static char *
text_of_block (gunichar first)
{
  GString *text = g_string_new ("<");

  for (gunichar c = MAX (first, 1); c < first + BLOCK_SIZE; c++)
    if (c != '\r' && c != '\n')
      append_code_point (text, c);
  g_string_append_c (text, '>');

  return g_string_free (text, FALSE);
}

/* A result that has the text wherever a server can have its way. */
static FetchResult *
result_with (const char *text)
{
  g_autofree char  *field = g_strconcat ("Set-Cookie: ", text, "=", text, NULL);
  g_autofree char  *status_line = g_strconcat ("HTTP/1.1 200 ", text, NULL);
  const char *const names[] = { text, NULL };
  FetchResult      *result = fetch_result_new (NULL);

  result->url = g_strdup (text);
  result->status = 200;
  result->content_type = g_strdup (text);
  result->first_bytes = g_bytes_new (text, strlen (text));
  result->size = result->size_on_wire = G_MAXUINT64;
  result->full_size = -1;
  result->n_attempts = 1;
  result->remote_address = g_strdup (text);
  result->saved_path = g_strdup (text);
  result->redirect_url = g_strdup (text);
  result->hops = fetch_hops_new ();
  fetch_hops_add (result->hops, text, status_line, strlen (status_line));
  fetch_hops_add_field (result->hops, field, strlen (field));
  result->tls = g_new0 (FetchTls, 1);
  result->tls->version = g_strdup (text);
  result->tls->cipher = g_strdup (text);
  result->tls->subject = g_strdup (text);
  result->tls->issuer = g_strdup (text);
  result->tls->names = g_strdupv ((char **) names);
  result->tls->valid_from = G_MININT64;
  result->tls->expires = G_MAXINT64;

  return result;
}

static char *
json_of_block (gunichar first)
{
  g_autofree char *text = text_of_block (first);
  g_autoptr (FetchResult) result = result_with (text);
  g_autoptr (GError) error = fetch_error_new (FETCH_ERROR_FAILED, text, NULL);
  GString *json = g_string_new (NULL);

  morsel_json_append (json, text, result, error);

  return g_string_free (json, FALSE);
}

static JsonObject *
parse (JsonParser *parser, const char *json)
{
  g_autoptr (GError) error = NULL;

  json_parser_load_from_data (parser, json, -1, &error);
  g_assert_no_error (error);

  return json_node_get_object (json_parser_get_root (parser));
}

static void
test_every_code_point (void)
{
  static const char *const members[] = { "address",        "url",
                                         "content_type",   "redirect_url",
                                         "remote_address", "saved_path" };
  g_autoptr (JsonParser) parser = json_parser_new ();

  for (gunichar first = 0; first <= 0x10ffff; first += BLOCK_SIZE)
    {
      g_autofree char *text = text_of_block (first);
      g_autofree char *wanted = g_utf8_make_valid (text, -1);
      g_autofree char *json = json_of_block (first);
      JsonObject      *object = parse (parser, json);
      JsonArray       *names = json_object_get_array_member (
                json_object_get_object_member (object, "tls"), "names");

      for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
        g_assert_cmpstr (json_object_get_string_member (object, members[i]), ==, wanted);
      g_assert_cmpstr (json_array_get_string_element (names, 0), ==, wanted);
      for (const char *p = json; *p != '\0'; p++)
        g_assert_true ((guchar) *p >= 0x20 && *p != 0x7f);
    }
}

static void
test_every_code_point_in_archives (void)
{
  g_autoptr (JsonParser) parser = json_parser_new ();

  for (gunichar first = 0; first <= 0x10ffff; first += BLOCK_SIZE)
    {
      g_autofree char *text = text_of_block (first);
      g_autoptr (FetchResult) result = result_with (text);
      g_autoptr (GError) error = fetch_error_new (FETCH_ERROR_FAILED, text, NULL);
      g_autoptr (GString) har = g_string_new (NULL);
      MorselRecord record = { .address = text, .result = result, .error = error };
      JsonArray   *entries;

      morsel_har_append_start (har);
      morsel_har_append_record (har, &record, TRUE);
      morsel_har_append_end (har);
      entries = json_object_get_array_member (
          json_object_get_object_member (parse (parser, har->str), "log"), "entries");

      g_assert_cmpuint (json_array_get_length (entries), ==, 1);
    }
}

/* Each byte alone, and each pair of bytes that could be the start of a character. */
static void
test_every_byte (void)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GString) json = g_string_new (NULL);

  for (guint first = 1; first < 256; first++)
    for (guint second = 1; second < 256; second++)
      {
        const char       text[] = { first, second, '\0' };
        g_autofree char *wanted = g_utf8_make_valid (text, -1);
        MorselJsonWriter writer;

        g_string_truncate (json, 0);
        morsel_json_writer_init (&writer, json);
        morsel_json_writer_begin_object (&writer, NULL);
        morsel_json_writer_add_text (&writer, "text", text);
        morsel_json_writer_end_object (&writer);

        g_assert_cmpstr (
            json_object_get_string_member (parse (parser, json->str), "text"), ==,
            wanted);
      }
}

static void
assert_written (GString *json, const char *wanted)
{
  g_assert_cmpstr (json->str, ==, wanted);
  g_string_truncate (json, 0);
}

static void
test_escapes (void)
{
  g_autoptr (GString) json = g_string_new (NULL);
  MorselJsonWriter writer;

  morsel_json_writer_init (&writer, json);
  morsel_json_writer_add_text (&writer, NULL, "\x01\x1f\x7f\"\\/\b\t\r\n");
  assert_written (json, "\"\\u0001\\u001f\\u007f\\\"\\\\/\\u0008\\t\\r\\n\"");

  morsel_json_writer_init (&writer, json);
  morsel_json_writer_add_text (&writer, NULL,
                               "é\u2028\u202e\xc2\x85\U000e0041\U0001f600");
  assert_written (json, "\"é\\u2028\\u202e\\u0085\\udb40\\udc41\U0001f600\"");

  morsel_json_writer_init (&writer, json);
  morsel_json_writer_add_text_of_length (&writer, NULL, "a\0b", 3);
  assert_written (json, "\"a\\u0000b\"");

  morsel_json_writer_init (&writer, json);
  morsel_json_writer_add_text (&writer, NULL, NULL);
  assert_written (json, "null");
}

static void
test_numbers (void)
{
  g_autoptr (GString) json = g_string_new (NULL);
  MorselJsonWriter writer;

  morsel_json_writer_init (&writer, json);
  morsel_json_writer_begin_array (&writer, NULL);
  morsel_json_writer_add_number (&writer, NULL, 0);
  morsel_json_writer_add_number (&writer, NULL, G_MININT64);
  morsel_json_writer_add_number (&writer, NULL, G_MAXINT64);
  morsel_json_writer_add_size (&writer, NULL, G_MAXUINT64);
  morsel_json_writer_add_milliseconds (&writer, NULL, -5);
  morsel_json_writer_add_milliseconds (&writer, NULL, 7);
  morsel_json_writer_add_milliseconds (&writer, NULL, 12000);
  morsel_json_writer_add_milliseconds (&writer, NULL, 1234567);
  morsel_json_writer_end_array (&writer);

  assert_written (json, "[0,-9223372036854775808,9223372036854775807,"
                        "18446744073709551615,-1,0.007,12,1234.567]");
}

static void
test_structure (void)
{
  static const guint8 bytes[] = { 0, 0xff, 'a', 'b' };
  g_autoptr (GBytes) some = g_bytes_new_static (bytes, sizeof bytes);
  g_autoptr (GBytes) none = g_bytes_new_static ("", 0);
  g_autoptr (GString) json = g_string_new (NULL);
  MorselJsonWriter writer;

  morsel_json_writer_init (&writer, json);
  morsel_json_writer_begin_object (&writer, NULL);
  morsel_json_writer_begin_array (&writer, "a");
  morsel_json_writer_end_array (&writer);
  morsel_json_writer_begin_object (&writer, "b");
  morsel_json_writer_end_object (&writer);
  morsel_json_writer_add_boolean (&writer, "c", TRUE);
  morsel_json_writer_add_boolean (&writer, "d", FALSE);
  morsel_json_writer_add_base64 (&writer, "e", some);
  morsel_json_writer_add_base64 (&writer, "f", none);
  morsel_json_writer_end_object (&writer);

  assert_written (json, "{\"a\":[],\"b\":{},\"c\":true,\"d\":false,\"e\":\"AP9hYg==\","
                        "\"f\":\"\"}");
}

/* The body was cut at the bound for it: for a script, that is no success. */
static void
test_too_large_is_an_error (void)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (FetchResult) result = result_with ("text");
  g_autoptr (GString) json = g_string_new (NULL);
  JsonObject *object;

  result->ending = FETCH_ENDING_TOO_LARGE;
  morsel_json_append (json, "http://example.org/", result, NULL);
  object = json_object_get_object_member (parse (parser, json->str), "error");

  g_assert_cmpstr (json_object_get_string_member (object, "name"), ==, "too-large");
}

static void
emit (void)
{
  for (gunichar first = 0; first <= 0x10ffff; first += BLOCK_SIZE)
    {
      g_autofree char *json = json_of_block (first);

      puts (json);
    }
}

int
main (int argc, char *argv[])
{
  if (argc == 2 && g_str_equal (argv[1], "--emit"))
    {
      emit ();
      return 0;
    }

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json/every-code-point", test_every_code_point);
  g_test_add_func ("/json/every-code-point-in-archives",
                   test_every_code_point_in_archives);
  g_test_add_func ("/json/every-byte", test_every_byte);
  g_test_add_func ("/json/escapes", test_escapes);
  g_test_add_func ("/json/numbers", test_numbers);
  g_test_add_func ("/json/structure", test_structure);
  g_test_add_func ("/json/too-large", test_too_large_is_an_error);

  return g_test_run ();
}
