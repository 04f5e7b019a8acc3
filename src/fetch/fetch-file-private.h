/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-part-private.h"

G_BEGIN_DECLS

/* A file that is being written, beside the place where it will be. I/O thread only. */
typedef struct _FetchFile FetchFile;

FetchFile *fetch_file_new (const char *path, gboolean replaces);
void       fetch_file_free (FetchFile *self);

gboolean fetch_file_write (FetchFile *self, const void *bytes, gsize length);
gboolean fetch_file_start_over (FetchFile *self);
gboolean fetch_file_finish (FetchFile *self);

FetchPart  *fetch_file_take_part (FetchFile *self, const char *subject);
GByteArray *fetch_file_read_beginning (FetchFile *self, gsize length);
char       *fetch_file_keep_part (FetchFile *self, FetchPart *part);

guint64       fetch_file_get_size (FetchFile *self);
const GError *fetch_file_get_error (FetchFile *self);

/* Any thread. */
gboolean fetch_file_rename_without_replacing (const char *from, const char *to);

G_END_DECLS
