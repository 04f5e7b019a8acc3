/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One coding of a body (RFC 9110 §8.4.1) while it is undone. Not thread-safe. */
typedef struct _FetchCoding FetchCoding;

typedef enum
{
  FETCH_CODING_GOES_ON, /* the output buffer is full, or the input is used up */
  FETCH_CODING_DAMAGED, /* no valid stream */
} FetchCodingStatus;

const char  *fetch_coding_get_names (void);
gboolean     fetch_coding_is_known (const char *name);
FetchCoding *fetch_coding_new (const char *name);
void         fetch_coding_free (FetchCoding *self);

void              fetch_coding_feed (FetchCoding *self, const guint8 *bytes, gsize size);
gsize             fetch_coding_get_n_unread (FetchCoding *self);
void              fetch_coding_drop_unread (FetchCoding *self);
FetchCodingStatus fetch_coding_read (FetchCoding *self,
                                     guint8      *buffer,
                                     gsize        size,
                                     gsize       *n_read);

gboolean    fetch_coding_is_cut (FetchCoding *self);
gboolean    fetch_coding_has_trailing_data (FetchCoding *self);
const char *fetch_coding_get_name (FetchCoding *self);
const char *fetch_coding_get_damage (FetchCoding *self);

G_END_DECLS
