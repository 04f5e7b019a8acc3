/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-secrets-private.h"

#include <string.h>

/*
 * Finds secrets that a server repeats, and blanks them: as they are; percent-encoded,
 * form-encoded, escaped as in JSON or HTML; and within base64 of either alphabet, at any
 * of the three alignments.
 *
 * All of them are looked for at once (Aho and Corasick, 1975), so that the time grows
 * with the size of the text and not with the number of secrets: both may be an
 * attacker's. The text is read twice, as it is and with its escapes decoded.
 */

/* What is shorter is no secret, but a part of many words that are none. */
#define LEAST_LENGTH 4

/* Of base64, as short texts of it come about by chance. */
#define LEAST_BASE64_LENGTH 6

/* In bytes, of all secrets. The first are the request's, the others are cookies. */
#define MAX_TOTAL (32 * 1024)

/* What is longer is not looked for in base64. */
#define MAX_IN_BASE64 4096

/* A node stands for the beginning of a pattern. Node 0 is that of all. */
typedef struct
{
  guint32 first_child;
  guint32 next_sibling;
  guint32 suffix; /* the longest other node that ends like this one */
  guint32 depth;
  guint32 longest; /* length of the longest pattern that ends here; 0 for none */
  guint8  byte;
} Node;

struct _FetchSecretSearch
{
  GArray *nodes;      /* of Node */
  guint32 first[256]; /* children of node 0; 0 for none */
};

typedef struct
{
  gsize start;
  gsize end;
} Span;

static inline Node *
get_node (FetchSecretSearch *self, guint32 position)
{
  return &g_array_index (self->nodes, Node, position);
}

static guint32
find_child (FetchSecretSearch *self, guint32 position, guint8 byte)
{
  guint32 child;

  if (position == 0)
    return self->first[byte];

  child = get_node (self, position)->first_child;
  while (child != 0 && get_node (self, child)->byte != byte)
    child = get_node (self, child)->next_sibling;

  return child;
}

static guint32
add_child (FetchSecretSearch *self, guint32 position, guint8 byte)
{
  guint32 child = self->nodes->len;
  Node    node = { .byte = byte,
                   .depth = get_node (self, position)->depth + 1,
                   .next_sibling = get_node (self, position)->first_child };

  g_array_append_val (self->nodes, node);
  get_node (self, position)->first_child = child;
  if (position == 0)
    self->first[byte] = child;

  return child;
}

static void
add_pattern (FetchSecretSearch *self, const char *pattern, gsize length)
{
  guint32 position = 0;

  for (gsize i = 0; i < length; i++)
    {
      guint32 child = find_child (self, position, (guint8) pattern[i]);

      position = child != 0 ? child : add_child (self, position, (guint8) pattern[i]);
    }

  get_node (self, position)->longest = (guint32) length;
}

/* Adds those characters of base64 that the secret alone decides, if @n_before bytes come
 * before it in a group of three. */
static void
add_in_base64 (FetchSecretSearch *self, const char *secret, gsize length, gsize n_before)
{
  g_autofree guint8 *bytes = g_malloc0 (n_before + length);
  g_autofree char   *text = NULL;
  gsize              start = (n_before * 8 + 5) / 6;
  gsize              end = (n_before + length) * 8 / 6;

  if (end < start + LEAST_BASE64_LENGTH)
    {
      explicit_bzero (bytes, n_before + length);
      return;
    }

  memcpy (bytes + n_before, secret, length);
  text = g_base64_encode (bytes, n_before + length);
  add_pattern (self, text + start, end - start);
  for (char *c = text; *c != '\0'; c++)
    *c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
  add_pattern (self, text + start, end - start);

  explicit_bzero (text, strlen (text));
  explicit_bzero (bytes, n_before + length);
}

static void
add_secret (FetchSecretSearch *self, const char *secret, gsize length)
{
  add_pattern (self, secret, length);

  /* As a form is decoded. */
  if (memchr (secret, '+', length) != NULL)
    {
      g_autofree char *spaced = g_strdelimit (g_strdup (secret), "+", ' ');

      add_pattern (self, spaced, length);
      explicit_bzero (spaced, length);
    }

  if (length <= MAX_IN_BASE64)
    for (gsize n_before = 0; n_before < 3; n_before++)
      add_in_base64 (self, secret, length, n_before);
}

/* Level by level, so that the shorter ones are ready. */
static void
connect_suffixes (FetchSecretSearch *self)
{
  g_autoptr (GArray) queue = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < G_N_ELEMENTS (self->first); i++)
    if (self->first[i] != 0)
      g_array_append_val (queue, self->first[i]);

  for (guint i = 0; i < queue->len; i++)
    {
      guint32 position = g_array_index (queue, guint32, i);

      for (guint32 child = get_node (self, position)->first_child; child != 0;
           child = get_node (self, child)->next_sibling)
        {
          Node   *node = get_node (self, child);
          guint32 suffix = get_node (self, position)->suffix;
          guint32 next;

          while ((next = find_child (self, suffix, node->byte)) == 0 && suffix != 0)
            suffix = get_node (self, suffix)->suffix;
          node->suffix = next;
          node->longest = MAX (node->longest, get_node (self, next)->longest);
          g_array_append_val (queue, child);
        }
    }
}

/* Looks for @secrets, strings of which those count that come first, up to a total size.
 * NULL if there are none that can be looked for. */
FetchSecretSearch *
fetch_secret_search_new (GPtrArray *secrets)
{
  FetchSecretSearch *self = NULL;
  gsize              total = 0;

  for (guint i = 0; i < secrets->len; i++)
    {
      const char *secret = secrets->pdata[i];
      gsize       length = strlen (secret);

      if (length < LEAST_LENGTH || total + length > MAX_TOTAL)
        continue;
      total += length;

      if (self == NULL)
        {
          self = g_new0 (FetchSecretSearch, 1);
          self->nodes = g_array_sized_new (FALSE, TRUE, sizeof (Node), 256);
          g_array_set_size (self->nodes, 1);
        }
      add_secret (self, secret, length);
    }

  if (self != NULL)
    connect_suffixes (self);

  return self;
}

void
fetch_secret_search_free (FetchSecretSearch *self)
{
  if (self == NULL)
    return;

  explicit_bzero (self->nodes->data, self->nodes->len * sizeof (Node));
  g_array_unref (self->nodes);
  g_free (self);
}

/* Spans come in the order of their ends. */
static void
add_span (GArray *spans, gsize start, gsize end)
{
  while (spans->len > 0)
    {
      Span *last = &g_array_index (spans, Span, spans->len - 1);

      if (last->end < start)
        break;
      start = MIN (start, last->start);
      g_array_set_size (spans, spans->len - 1);
    }

  g_array_append_vals (spans, &(Span){ start, end }, 1);
}

/* What has been cut off in the middle of a secret ends in a part of it. */
static GArray *
find_all (FetchSecretSearch *self, const char *bytes, gsize size, gboolean may_be_cut)
{
  GArray *spans = g_array_new (FALSE, FALSE, sizeof (Span));
  guint32 position = 0;

  for (gsize i = 0; i < size; i++)
    {
      guint32 next;

      while ((next = find_child (self, position, (guint8) bytes[i])) == 0 &&
             position != 0)
        position = get_node (self, position)->suffix;
      position = next;
      if (get_node (self, position)->longest > 0)
        add_span (spans, i + 1 - get_node (self, position)->longest, i + 1);
    }
  if (may_be_cut && get_node (self, position)->depth >= LEAST_LENGTH)
    add_span (spans, size - get_node (self, position)->depth, size);

  return spans;
}

/* A text without its escapes, and where each byte of it comes from. */
typedef struct
{
  GByteArray *bytes;
  GArray     *starts; /* of gsize; one more than there are bytes */
} Decoded;

static void
decoded_clear (Decoded *self)
{
  explicit_bzero (self->bytes->data, self->bytes->len);
  g_byte_array_unref (self->bytes);
  g_array_unref (self->starts);
}

static void
append (Decoded *self, gunichar character, gboolean is_byte, gsize start)
{
  char text[6] = { (char) character };
  int  length = is_byte ? 1 : g_unichar_to_utf8 (character, text);

  g_byte_array_append (self->bytes, (const guint8 *) text, length);
  for (int i = 0; i < length; i++)
    g_array_append_val (self->starts, start);
}

/* Reads up to @most digits of a number. Returns how many there were. */
static gsize
read_number (const char *text, gsize size, guint base, gsize most, gunichar *number)
{
  gsize n = 0;

  *number = 0;
  for (; n < MIN (size, most); n++)
    {
      int value = g_ascii_xdigit_value (text[n]);

      if (value < 0 || (guint) value >= base)
        break;
      *number = *number * base + (guint) value;
    }

  return n;
}

/* “%2F”. Returns the length of the escape, or 0 if it is none. So do the others. */
static gsize
read_percent (const char *text, gsize size, gunichar *byte)
{
  return read_number (text + 1, size - 1, 16, 2, byte) == 2 ? 3 : 0;
}

/* “\/”, “\"”, “\\” or “\u0026”. */
static gsize
read_json (const char *text, gsize size, gunichar *character)
{
  if (size >= 2 && strchr ("/\"\\'", text[1]) != NULL && text[1] != '\0')
    {
      *character = (guchar) text[1];
      return 2;
    }
  if (size >= 6 && text[1] == 'u' && read_number (text + 2, 4, 16, 4, character) == 4 &&
      *character > 0 && (*character < 0xd800 || *character > 0xdfff))
    return 6;

  return 0;
}

/* “&amp;”, “&#38;” or “&#x26;”. */
static gsize
read_html (const char *text, gsize size, gunichar *character)
{
  static const struct
  {
    const char *name;
    char        character;
  } entities[] = { { "&amp;", '&' },
                   { "&lt;", '<' },
                   { "&gt;", '>' },
                   { "&quot;", '"' },
                   { "&apos;", '\'' } };
  gboolean is_hex;
  gsize    start;
  gsize    n;

  for (gsize i = 0; i < G_N_ELEMENTS (entities); i++)
    if (size >= strlen (entities[i].name) &&
        memcmp (text, entities[i].name, strlen (entities[i].name)) == 0)
      {
        *character = (guchar) entities[i].character;
        return strlen (entities[i].name);
      }

  if (size < 4 || text[1] != '#')
    return 0;

  is_hex = text[2] == 'x' || text[2] == 'X';
  start = is_hex ? 3 : 2;
  n = read_number (text + start, size - start, is_hex ? 16 : 10, 7, character);

  return n > 0 && start + n < size && text[start + n] == ';' && *character > 0 &&
                 g_unichar_validate (*character)
             ? start + n + 1
             : 0;
}

static void
decode (Decoded *self, const char *bytes, gsize size)
{
  self->bytes = g_byte_array_sized_new (size);
  self->starts = g_array_sized_new (FALSE, FALSE, sizeof (gsize), size + 1);

  for (gsize i = 0; i < size;)
    {
      gunichar character = 0;
      gsize    length = 0;
      gboolean is_byte = TRUE;

      switch (bytes[i])
        {
        case '%':
          length = read_percent (bytes + i, size - i, &character);
          break;
        case '\\':
          length = read_json (bytes + i, size - i, &character);
          is_byte = FALSE;
          break;
        case '&':
          length = read_html (bytes + i, size - i, &character);
          is_byte = FALSE;
          break;
        case '+':
          character = ' ';
          length = 1;
          break;
        default:
          break;
        }

      if (length == 0)
        append (self, (guchar) bytes[i], TRUE, i);
      else
        append (self, character, is_byte, i);
      i += MAX (length, 1);
    }
  g_array_append_val (self->starts, size);
}

static gboolean
has_escapes (const char *bytes, gsize size)
{
  return memchr (bytes, '%', size) != NULL || memchr (bytes, '\\', size) != NULL ||
         memchr (bytes, '&', size) != NULL || memchr (bytes, '+', size) != NULL;
}

static GArray *
find_escaped (FetchSecretSearch *self, const char *bytes, gsize size, gboolean may_be_cut)
{
  Decoded decoded;
  GArray *spans;

  decode (&decoded, bytes, size);
  spans = find_all (self, (const char *) decoded.bytes->data, decoded.bytes->len,
                    may_be_cut);
  for (guint i = 0; i < spans->len; i++)
    {
      Span *span = &g_array_index (spans, Span, i);

      span->start = g_array_index (decoded.starts, gsize, span->start);
      span->end = g_array_index (decoded.starts, gsize, span->end);
    }
  decoded_clear (&decoded);

  return spans;
}

/* Overwrites all of them with asterisks, and if the bytes may have been cut off, the
 * beginning of one at their end. The length stays. Thread-safe. */
void
fetch_secret_search_hide (FetchSecretSearch *self,
                          char              *bytes,
                          gsize              size,
                          gboolean           may_be_cut)
{
  g_autoptr (GArray) spans = find_all (self, bytes, size, may_be_cut);
  g_autoptr (GArray) escaped = has_escapes (bytes, size)
                                   ? find_escaped (self, bytes, size, may_be_cut)
                                   : NULL;

  for (guint i = 0; i < spans->len; i++)
    {
      const Span *span = &g_array_index (spans, Span, i);

      memset (bytes + span->start, '*', span->end - span->start);
    }
  for (guint i = 0; escaped != NULL && i < escaped->len; i++)
    {
      const Span *span = &g_array_index (escaped, Span, i);

      memset (bytes + span->start, '*', span->end - span->start);
    }
}
