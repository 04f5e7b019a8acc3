/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-part.h"

G_BEGIN_DECLS

/* What is known of the beginning of a body that is kept in a file. I/O thread only. */
typedef struct
{
  char   *subject; /* what was asked for */
  char   *entity;  /* which version of it this is */
  guint64 size;
  gint64  full_size; /* -1 if the server did not say */
} FetchPart;

void fetch_part_free (FetchPart *self);

char    *fetch_part_name_subject (FetchRequest *request);
char    *fetch_part_path_for (const char *path);
int      fetch_part_open (const char *path, const char *subject, FetchPart **part);
gboolean fetch_part_describe (const char *path, const FetchPart *part);
void     fetch_part_forget_description (int fd);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FetchPart, fetch_part_free)

G_END_DECLS
