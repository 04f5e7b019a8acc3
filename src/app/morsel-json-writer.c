/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-json-writer.h"

#include <string.h>

#include "fetch/fetch-visible-text.h"

/*
 * Writes JSON straight into a text that the caller uses again: what is exported and
 * printed needs no tree of nodes first.
 *
 * Strings are checked and escaped in one pass. They come from servers, so they may hold
 * anything: control characters, of which JSON allows none (RFC 8259 §7) and terminals
 * obey more than those; bytes that are not UTF-8; and U+2028 and bidirectional controls,
 * which are valid, but mislead whoever looks at the text. All but the bytes are written
 * as \u escapes, so that a reader gets what was there.
 */

/* In the place of a byte that belongs to no character. */
#define REPLACEMENT "\xef\xbf\xbd"

/**
 * morsel_json_writer_init:
 * @self: (out caller-allocates): a writer
 * @text: the text to append to; it must live as long as @self is used
 *
 * Makes a writer, which needs not be freed.
 */
void
morsel_json_writer_init (MorselJsonWriter *self, GString *text)
{
  *self = (MorselJsonWriter){ .text = text };
}

/* Whatever stands before a value: a comma, and its name. */
static void
start_value (MorselJsonWriter *self, const char *name)
{
  if (self->needs_comma)
    g_string_append_c (self->text, ',');
  self->needs_comma = TRUE;

  if (name == NULL)
    return;

  g_string_append_c (self->text, '"');
  g_string_append (self->text, name);
  g_string_append_len (self->text, "\":", 2);
}

/**
 * morsel_json_writer_begin_object:
 * @self: a writer
 * @name: (nullable): the name of the member
 *
 * Starts an object. What follows are its members, up to
 * [method@MorselJsonWriter.end_object].
 */
void
morsel_json_writer_begin_object (MorselJsonWriter *self, const char *name)
{
  start_value (self, name);
  g_string_append_c (self->text, '{');
  self->needs_comma = FALSE;
}

/**
 * morsel_json_writer_end_object:
 * @self: a writer
 */
void
morsel_json_writer_end_object (MorselJsonWriter *self)
{
  g_string_append_c (self->text, '}');
  self->needs_comma = TRUE;
}

/**
 * morsel_json_writer_begin_array:
 * @self: a writer
 * @name: (nullable): the name of the member
 *
 * Starts an array. What follows are its elements, without names, up to
 * [method@MorselJsonWriter.end_array].
 */
void
morsel_json_writer_begin_array (MorselJsonWriter *self, const char *name)
{
  start_value (self, name);
  g_string_append_c (self->text, '[');
  self->needs_comma = FALSE;
}

/**
 * morsel_json_writer_end_array:
 * @self: a writer
 */
void
morsel_json_writer_end_array (MorselJsonWriter *self)
{
  g_string_append_c (self->text, ']');
  self->needs_comma = TRUE;
}

/**
 * morsel_json_writer_add_null:
 * @self: a writer
 * @name: (nullable): the name of the member
 */
void
morsel_json_writer_add_null (MorselJsonWriter *self, const char *name)
{
  start_value (self, name);
  g_string_append_len (self->text, "null", 4);
}

/**
 * morsel_json_writer_add_boolean:
 * @self: a writer
 * @name: (nullable): the name of the member
 * @value: its value
 */
void
morsel_json_writer_add_boolean (MorselJsonWriter *self, const char *name, gboolean value)
{
  start_value (self, name);
  g_string_append (self->text, value ? "true" : "false");
}

/* The shortest form, whatever the locale is. */
static void
append_digits (GString *text, guint64 number)
{
  char  digits[20]; /* of 2^64 - 1 */
  char *start = digits + sizeof digits;

  do
    *--start = '0' + number % 10;
  while ((number /= 10) != 0);

  g_string_append_len (text, start, digits + sizeof digits - start);
}

/**
 * morsel_json_writer_add_size:
 * @self: a writer
 * @name: (nullable): the name of the member
 * @size: its value
 */
void
morsel_json_writer_add_size (MorselJsonWriter *self, const char *name, guint64 size)
{
  start_value (self, name);
  append_digits (self->text, size);
}

/**
 * morsel_json_writer_add_number:
 * @self: a writer
 * @name: (nullable): the name of the member
 * @number: its value
 */
void
morsel_json_writer_add_number (MorselJsonWriter *self, const char *name, gint64 number)
{
  start_value (self, name);
  if (number < 0)
    g_string_append_c (self->text, '-');
  /* The smallest number has no positive counterpart. */
  append_digits (self->text, number < 0 ? -(guint64) number : (guint64) number);
}

/**
 * morsel_json_writer_add_milliseconds:
 * @self: a writer
 * @name: (nullable): the name of the member
 * @microseconds: a time; negative for one that is not known, which is written as -1
 *
 * Adds a time in milliseconds, as a decimal fraction. It is not made from a floating
 * point number: there is no locale, exponent or NaN in it.
 */
void
morsel_json_writer_add_milliseconds (MorselJsonWriter *self,
                                     const char       *name,
                                     gint64            microseconds)
{
  int fraction = MAX (microseconds, 0) % 1000;

  morsel_json_writer_add_number (self, name, microseconds < 0 ? -1 : microseconds / 1000);
  if (fraction > 0)
    {
      const char digits[] = { '.', '0' + fraction / 100, '0' + fraction / 10 % 10,
                              '0' + fraction % 10 };

      g_string_append_len (self->text, digits, sizeof digits);
    }
}

/* Whether a byte stands for itself in a string. */
static gboolean
is_plain (guchar byte)
{
  return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

static void
append_unit (GString *text, guint unit)
{
  static const char digits[] = "0123456789abcdef";
  const char        escape[] = { '\\',
                                 'u',
                                 digits[unit >> 12 & 0xf],
                                 digits[unit >> 8 & 0xf],
                                 digits[unit >> 4 & 0xf],
                                 digits[unit & 0xf] };

  g_string_append_len (text, escape, sizeof escape);
}

/* JSON writes a character beyond U+FFFF as a pair of surrogates. */
static void
append_escaped (GString *text, gunichar character)
{
  switch (character)
    {
    case '"':
      g_string_append_len (text, "\\\"", 2);
      break;

    case '\\':
      g_string_append_len (text, "\\\\", 2);
      break;

    case '\n':
      g_string_append_len (text, "\\n", 2);
      break;

    case '\r':
      g_string_append_len (text, "\\r", 2);
      break;

    case '\t':
      g_string_append_len (text, "\\t", 2);
      break;

    default:
      if (character < 0x10000)
        append_unit (text, character);
      else
        {
          append_unit (text, 0xd800 + ((character - 0x10000) >> 10));
          append_unit (text, 0xdc00 + ((character - 0x10000) & 0x3ff));
        }
    }
}

/* Appends the character at the start of @bytes. Returns how many bytes it has. */
static gsize
append_character (GString *text, const char *bytes, gsize n_bytes)
{
  gunichar character = (guchar) *bytes;
  gsize    size = 1;

  if (character >= 0x80)
    {
      character = g_utf8_get_char_validated (bytes, MIN (n_bytes, 4));
      if (character >= 0x110000)
        {
          g_string_append_len (text, REPLACEMENT, strlen (REPLACEMENT));
          return 1;
        }
      size = g_utf8_skip[(guchar) *bytes];
    }

  if (character < 0x80 || fetch_visible_is_hidden (character))
    append_escaped (text, character);
  else
    g_string_append_len (text, bytes, size);

  return size;
}

/**
 * morsel_json_writer_add_text_of_length:
 * @self: a writer
 * @name: (nullable): the name of the member
 * @text: (array length=length): its value, which need not be valid UTF-8
 * @length: the length of @text in bytes
 *
 * Adds a string. Each byte that belongs to no character becomes U+FFFD.
 */
void
morsel_json_writer_add_text_of_length (MorselJsonWriter *self,
                                       const char       *name,
                                       const char       *text,
                                       gsize             length)
{
  start_value (self, name);
  g_string_append_c (self->text, '"');
  for (gsize position = 0; position < length;)
    {
      gsize n_plain = 0;

      while (position + n_plain < length && is_plain (text[position + n_plain]))
        n_plain++;
      g_string_append_len (self->text, text + position, n_plain);
      position += n_plain;

      if (position < length)
        position += append_character (self->text, text + position, length - position);
    }
  g_string_append_c (self->text, '"');
}

/**
 * morsel_json_writer_add_text:
 * @self: a writer
 * @name: (nullable): the name of the member
 * @text: (nullable): its value, which need not be valid UTF-8
 *
 * Adds a string, or `null`.
 */
void
morsel_json_writer_add_text (MorselJsonWriter *self, const char *name, const char *text)
{
  if (text != NULL)
    morsel_json_writer_add_text_of_length (self, name, text, strlen (text));
  else
    morsel_json_writer_add_null (self, name);
}

/**
 * morsel_json_writer_add_texts:
 * @self: a writer
 * @name: (nullable): the name of the member
 * @texts: (array zero-terminated=1): strings, which need not be valid UTF-8
 *
 * Adds an array of strings.
 */
void
morsel_json_writer_add_texts (MorselJsonWriter  *self,
                              const char        *name,
                              const char *const *texts)
{
  morsel_json_writer_begin_array (self, name);
  for (; *texts != NULL; texts++)
    morsel_json_writer_add_text (self, NULL, *texts);
  morsel_json_writer_end_array (self);
}

/**
 * morsel_json_writer_add_base64:
 * @self: a writer
 * @name: (nullable): the name of the member
 * @bytes: its value
 *
 * Adds a string with the bytes in base64.
 */
void
morsel_json_writer_add_base64 (MorselJsonWriter *self, const char *name, GBytes *bytes)
{
  gsize         n_bytes;
  const guchar *data = g_bytes_get_data (bytes, &n_bytes);
  gsize         before, n_written;
  int           state = 0, save = 0;

  start_value (self, name);
  g_string_append_c (self->text, '"');

  /* What g_base64_encode_step() wants, and g_base64_encode_close(). */
  before = self->text->len;
  g_string_set_size (self->text, before + (n_bytes / 3 + 1) * 4 + 4);
  n_written = g_base64_encode_step (data, n_bytes, FALSE, self->text->str + before,
                                    &state, &save);
  n_written += g_base64_encode_close (FALSE, self->text->str + before + n_written, &state,
                                      &save);
  g_string_truncate (self->text, before + n_written);

  g_string_append_c (self->text, '"');
}
