/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * MorselJsonWriter:
 * @text: the text that is appended to; not owned
 *
 * A writer that appends one JSON value (RFC 8259) to a text, member by member.
 *
 * The other fields are private. The caller keeps the order: each `begin` has its `end`.
 * A name is given to what stands in an object, and %NULL to what stands in an array or by
 * itself; it has to be plain ASCII, without anything to escape.
 *
 * # Thread safety
 * A writer, and its text, belong to one thread at a time.
 */
typedef struct
{
  GString *text;

  gboolean needs_comma; /* the next value follows another one */
} MorselJsonWriter;

void morsel_json_writer_init (MorselJsonWriter *self, GString *text);

void morsel_json_writer_begin_object (MorselJsonWriter *self, const char *name);
void morsel_json_writer_end_object (MorselJsonWriter *self);
void morsel_json_writer_begin_array (MorselJsonWriter *self, const char *name);
void morsel_json_writer_end_array (MorselJsonWriter *self);

void morsel_json_writer_add_null (MorselJsonWriter *self, const char *name);
void morsel_json_writer_add_boolean (MorselJsonWriter *self,
                                     const char       *name,
                                     gboolean          value);
void morsel_json_writer_add_number (MorselJsonWriter *self,
                                    const char       *name,
                                    gint64            number);
void morsel_json_writer_add_size (MorselJsonWriter *self, const char *name, guint64 size);
void morsel_json_writer_add_milliseconds (MorselJsonWriter *self,
                                          const char       *name,
                                          gint64            microseconds);
void morsel_json_writer_add_text (MorselJsonWriter *self,
                                  const char       *name,
                                  const char       *text);
void morsel_json_writer_add_text_of_length (MorselJsonWriter *self,
                                            const char       *name,
                                            const char       *text,
                                            gsize             length);
void morsel_json_writer_add_texts (MorselJsonWriter  *self,
                                   const char        *name,
                                   const char *const *texts);
void morsel_json_writer_add_base64 (MorselJsonWriter *self,
                                    const char       *name,
                                    GBytes           *bytes);

G_END_DECLS
