/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-json-builder.h"

#include <string.h>

#include "fetch/fetch-visible-text.h"

/* What all that is written as JSON has in common. */

/**
 * morsel_json_add_text:
 * @builder: what to add to, in an object
 * @name: the name of the member
 * @text: (nullable): its value, which need not be valid UTF-8
 */
void
morsel_json_add_text (JsonBuilder *builder, const char *name, const char *text)
{
  g_autofree char *valid = NULL;

  json_builder_set_member_name (builder, name);
  if (text == NULL)
    {
      json_builder_add_null_value (builder);
      return;
    }

  valid = g_utf8_make_valid (text, -1);
  json_builder_add_string_value (builder, valid);
}

/**
 * morsel_json_add_number:
 * @builder: what to add to, in an object
 * @name: the name of the member
 * @number: its value
 */
void
morsel_json_add_number (JsonBuilder *builder, const char *name, gint64 number)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, number);
}

/* json-glib escapes what JSON wants escaped. Some terminals obey the control characters
 * above U+007F, too. */
static char *
escape_terminal_controls (const char *json)
{
  GString *escaped = g_string_sized_new (strlen (json));

  while (*json != '\0')
    {
      const char *next = json;
      gunichar    character;

      while (*next > 0 && *next < 0x7f)
        next++;
      g_string_append_len (escaped, json, next - json);
      json = next;
      if (*json == '\0')
        break;

      character = g_utf8_get_char (json);
      if (fetch_visible_is_hidden (character) && character < 0x10000)
        g_string_append_printf (escaped, "\\u%04x", character);
      else
        g_string_append_unichar (escaped, character);
      json = g_utf8_next_char (json);
    }

  return g_string_free (escaped, FALSE);
}

/**
 * morsel_json_to_line:
 * @builder: a whole value
 *
 * Returns: (transfer full): it, on one line, without the line end; UTF-8 that a terminal
 *   does not obey
 */
char *
morsel_json_to_line (JsonBuilder *builder)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *line = NULL;

  json_generator_set_root (generator, root);
  line = json_generator_to_data (generator, NULL);

  return escape_terminal_controls (line);
}
