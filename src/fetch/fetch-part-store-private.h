/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The longest description, in bytes: more than any server has reason to name a version
 * with. */
#define FETCH_PART_MAX_DESCRIPTION 4096

/* These block, but not for long. */
gboolean fetch_part_store_write (int fd, const char *path, const char *text);
char    *fetch_part_store_read (int fd, const char *path);
void     fetch_part_store_remove (int fd, const char *path);
void     fetch_part_store_remove_beside (const char *path);
void fetch_part_store_move_beside (const char *part_path, const char *other_part_path);

G_END_DECLS
