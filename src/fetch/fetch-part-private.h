/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-part.h"

G_BEGIN_DECLS

/* The description of a partial download: the beginning of a body, in a file. */
typedef struct
{
  char   *subject;   /* the request key */
  char   *entity;    /* the strong validator; NULL if the body can't be resumed */
  guint64 size;      /* the number of bytes that can be resumed after */
  gint64  full_size; /* the complete length; -1 if the server did not say */
  guint64 durable;   /* the number of bytes that survive a crash of the machine */
} FetchPart;

/* The number of names that a part can have, when the first ones are taken. */
#define FETCH_PART_N_NAMES 9

void fetch_part_free (FetchPart *self);

char *fetch_part_name_subject (FetchRequest *request);
char *fetch_part_path_for (const char *path, guint number);

gboolean fetch_part_is_at (int fd, const char *path);
int      fetch_part_create (const char *path);
int      fetch_part_open (const char *path, const char *subject, FetchPart **part);
void     fetch_part_close (int fd);

gboolean fetch_part_describe_open (int fd, const char *path, const FetchPart *part);
gboolean fetch_part_describe_closed (int fd, const char *path, const FetchPart *part);
void     fetch_part_forget_description (int fd, const char *path);
void     fetch_part_remove (int fd, const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FetchPart, fetch_part_free)

G_END_DECLS
