/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-part-private.h"

G_BEGIN_DECLS

/* A file that is being written, beside the place where it will be. One thread at a time:
 * the I/O thread, until it hands the file over (fetch-save.c). */
typedef struct _FetchFile FetchFile;

FetchFile *fetch_file_new (const char *path, gboolean replaces, const char *subject);
void       fetch_file_free (FetchFile *self);

gboolean fetch_file_start_over (FetchFile *self);
gboolean fetch_file_begin (FetchFile *self, const char *entity, gint64 full_size);
gboolean fetch_file_write (FetchFile *self, const void *bytes, gsize length);

const FetchPart *fetch_file_get_part (FetchFile *self);
GByteArray      *fetch_file_read_beginning (FetchFile *self, gsize length);
char            *fetch_file_keep_part (FetchFile *self);

/* These block, so they are not for the I/O thread. */
gboolean fetch_file_sync (FetchFile *self);
gboolean fetch_file_rename (FetchFile *self);
void     fetch_file_remove_leftovers (const char *path);

guint64       fetch_file_get_size (FetchFile *self);
const GError *fetch_file_get_error (FetchFile *self);

/* Any thread. */
gboolean fetch_file_rename_without_replacing (const char *from, const char *to);

G_END_DECLS
