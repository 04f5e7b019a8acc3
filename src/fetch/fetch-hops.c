/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-hops-private.h"

#include <stdatomic.h>
#include <string.h>

/*
 * A header is many short strings. They are kept together, as a piece of memory for each
 * would cost more than what is in it.
 */
typedef struct
{
  const char *url;
  const char *status_line;
  int         status;
  guint       first_field;
} Hop;

struct _FetchHops
{
  _Atomic (int) ref_count;
  GStringChunk *text;
  GArray       *hops;   /* of Hop */
  GPtrArray    *fields; /* of char *: those of each hop, and a NULL */
};

/* So much text at a time: few headers are larger. */
#define TEXT_SIZE 512

#define USUAL_N_FIELDS 16

FetchHops *
fetch_hops_new (void)
{
  FetchHops *self = g_new (FetchHops, 1);

  atomic_init (&self->ref_count, 1);
  self->text = g_string_chunk_new (TEXT_SIZE);
  self->hops = g_array_sized_new (FALSE, FALSE, sizeof (Hop), 1);
  self->fields = g_ptr_array_sized_new (USUAL_N_FIELDS);

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

  g_string_chunk_free (self->text);
  g_array_unref (self->hops);
  g_ptr_array_unref (self->fields);
  g_free (self);
}

static FetchHops *
copy_of (FetchHops *self)
{
  FetchHops *copy = fetch_hops_new ();

  for (guint i = 0; i < self->hops->len; i++)
    {
      FetchHop hop = fetch_hops_get (self, i);

      fetch_hops_add (copy, hop.url, hop.status_line, strlen (hop.status_line));
      for (gsize k = 0; hop.fields[k] != NULL; k++)
        fetch_hops_add_field (copy, hop.fields[k], strlen (hop.fields[k]));
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
keep_line (FetchHops *self, const char *line, gsize length)
{
  length = strnlen (line, length);
  while (length > 0 && g_ascii_isspace (line[length - 1]))
    length--;

  return g_string_chunk_insert_len (self->text, line, length);
}

/* NULL if there is none. */
static const Hop *
get_last (FetchHops *self)
{
  return self->hops->len > 0 ? &g_array_index (self->hops, Hop, self->hops->len - 1)
                             : NULL;
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
  const Hop *last = get_last (self);
  Hop        hop = { 0 };

  if (last != NULL && last->status / 100 == 1)
    {
      /* Text is not given back: thousands of them need no copies of a long address. */
      hop.url = last->url;
      g_ptr_array_set_size (self->fields, last->first_field);
      g_array_set_size (self->hops, self->hops->len - 1);
    }

  if (hop.url == NULL)
    hop.url = g_string_chunk_insert (self->text, url);
  hop.status_line = keep_line (self, line, length);
  hop.status = status_of (hop.status_line);
  hop.first_field = self->fields->len;
  g_ptr_array_add (self->fields, NULL);
  g_array_append_val (self->hops, hop);
}

void
fetch_hops_add_field (FetchHops *self, const char *line, gsize length)
{
  self->fields->pdata[self->fields->len - 1] = keep_line (self, line, length);
  g_ptr_array_add (self->fields, NULL);
}

guint
fetch_hops_get_length (FetchHops *self)
{
  return self->hops->len;
}

FetchHop
fetch_hops_get (FetchHops *self, guint position)
{
  const Hop *hop = &g_array_index (self->hops, Hop, position);

  return (FetchHop){ .url = hop->url,
                     .status = hop->status,
                     .status_line = hop->status_line,
                     .fields = (const char *const *) self->fields->pdata +
                               hop->first_field };
}

/* That of the last answer. */
const char *
fetch_hops_get_status_line (FetchHops *self)
{
  const Hop *hop = get_last (self);

  return hop != NULL ? hop->status_line : NULL;
}

/* That of the last answer; 0 if there was none. */
int
fetch_hops_get_status (FetchHops *self)
{
  const Hop *hop = get_last (self);

  return hop != NULL ? hop->status : 0;
}

static gboolean
is_called (const char *field, const char *name, gsize length)
{
  return g_ascii_strncasecmp (field, name, length) == 0 && field[length] == ':';
}

/* In the last answer. */
guint
fetch_hops_count_fields (FetchHops *self, const char *name)
{
  gsize      length = strlen (name);
  const Hop *hop = get_last (self);
  guint      n_fields = 0;

  for (guint i = hop != NULL ? hop->first_field : G_MAXUINT; i + 1 < self->fields->len;
       i++)
    if (is_called (self->fields->pdata[i], name, length))
      n_fields++;

  return n_fields;
}

/* In the last answer: what follows the colon. */
const char *
fetch_hops_find_field (FetchHops *self, const char *name)
{
  gsize      length = strlen (name);
  const Hop *hop = get_last (self);

  if (hop == NULL)
    return NULL;

  for (guint i = hop->first_field; i + 1 < self->fields->len; i++)
    {
      const char *field = self->fields->pdata[i];

      if (is_called (field, name, length))
        {
          field += length + 1;
          while (*field == ' ' || *field == '\t')
            field++;

          return field;
        }
    }

  return NULL;
}
