/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-hops-private.h"

#include <stdatomic.h>
#include <string.h>

typedef struct
{
  char      *url;
  char      *status_line;
  int        status;
  GPtrArray *fields; /* of char *, and a NULL at the end */
} Hop;

struct _FetchHops
{
  _Atomic (int) ref_count;
  GPtrArray    *hops; /* of Hop */
};

static void
hop_free (gpointer data)
{
  Hop *hop = data;

  g_free (hop->url);
  g_free (hop->status_line);
  g_ptr_array_unref (hop->fields);
  g_free (hop);
}

FetchHops *
fetch_hops_new (void)
{
  FetchHops *self = g_new (FetchHops, 1);

  atomic_init (&self->ref_count, 1);
  self->hops = g_ptr_array_new_with_free_func (hop_free);

  return self;
}

FetchHops *
fetch_hops_ref (FetchHops *self)
{
  atomic_fetch_add_explicit (&self->ref_count, 1, memory_order_relaxed);

  return self;
}

void
fetch_hops_unref (FetchHops *self)
{
  if (atomic_fetch_sub_explicit (&self->ref_count, 1, memory_order_acq_rel) > 1)
    return;

  g_ptr_array_unref (self->hops);
  g_free (self);
}

static FetchHops *
copy_of (FetchHops *self)
{
  FetchHops *copy = fetch_hops_new ();

  for (guint i = 0; i < self->hops->len; i++)
    {
      Hop *hop = self->hops->pdata[i];

      fetch_hops_add (copy, hop->url, hop->status_line, strlen (hop->status_line));
      for (guint k = 0; k + 1 < hop->fields->len; k++)
        fetch_hops_add_field (copy, hop->fields->pdata[k],
                              strlen (hop->fields->pdata[k]));
    }

  return copy;
}

/* Before it grows: others may look at it as it is. */
void
fetch_hops_make_own (FetchHops **self)
{
  FetchHops *shared = *self;

  if (atomic_load (&shared->ref_count) == 1)
    return;

  *self = copy_of (shared);
  fetch_hops_unref (shared);
}

static char *
line_of (const char *line, gsize length)
{
  return g_strchomp (g_strndup (line, length));
}

/* The number after the first blank, as in “HTTP/1.1 404 Not Found”. */
static int
status_of (const char *status_line)
{
  const char *blank = strchr (status_line, ' ');

  return blank != NULL ? CLAMP (g_ascii_strtoll (blank, NULL, 10), 0, 999) : 0;
}

/* The status line of one more answer. An interim one (1xx) has only said that another
 * would follow. */
void
fetch_hops_add (FetchHops *self, const char *url, const char *line, gsize length)
{
  Hop *hop = g_new (Hop, 1);

  if (self->hops->len > 0 &&
      ((Hop *) self->hops->pdata[self->hops->len - 1])->status / 100 == 1)
    g_ptr_array_set_size (self->hops, self->hops->len - 1);

  hop->url = g_strdup (url);
  hop->status_line = line_of (line, length);
  hop->status = status_of (hop->status_line);
  hop->fields = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (hop->fields, NULL);
  g_ptr_array_add (self->hops, hop);
}

void
fetch_hops_add_field (FetchHops *self, const char *line, gsize length)
{
  Hop *hop = self->hops->pdata[self->hops->len - 1];

  hop->fields->pdata[hop->fields->len - 1] = line_of (line, length);
  g_ptr_array_add (hop->fields, NULL);
}

guint
fetch_hops_get_length (FetchHops *self)
{
  return self->hops->len;
}

FetchHop
fetch_hops_get (FetchHops *self, guint position)
{
  Hop *hop = self->hops->pdata[position];

  return (FetchHop){ .url = hop->url,
                     .status = hop->status,
                     .status_line = hop->status_line,
                     .fields = (const char *const *) hop->fields->pdata };
}

/* That of the last answer. */
const char *
fetch_hops_get_status_line (FetchHops *self)
{
  Hop *hop;

  if (self->hops->len == 0)
    return NULL;

  hop = self->hops->pdata[self->hops->len - 1];

  return hop->status_line;
}

/* In the last answer: what follows the colon. */
const char *
fetch_hops_find_field (FetchHops *self, const char *name)
{
  gsize length = strlen (name);
  Hop  *hop;

  if (self->hops->len == 0)
    return NULL;

  hop = self->hops->pdata[self->hops->len - 1];
  for (guint i = 0; i + 1 < hop->fields->len; i++)
    {
      const char *field = hop->fields->pdata[i];

      if (g_ascii_strncasecmp (field, name, length) == 0 && field[length] == ':')
        {
          field += length + 1;
          while (*field == ' ' || *field == '\t')
            field++;

          return field;
        }
    }

  return NULL;
}
