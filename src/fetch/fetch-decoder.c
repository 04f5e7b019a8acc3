/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-decoder-private.h"

#include "fetch/fetch-coding-private.h"

/*
 * A stack of codings (RFC 9110 §8.4): what one of them has decoded is the input of the
 * next. Each has a small buffer before it, so that memory is bounded however large the
 * body becomes.
 *
 * All output counts as work, also that of a coding in the middle: 10 GB of empty gzip
 * members, compressed once more, are 10 MB of input and no output at all.
 */

#define BUFFER_SIZE (16 * 1024)

typedef struct
{
  FetchCoding *coding;
  guint8      *buffer; /* its input; NULL for the first one, which has what was fed */
} Stage;

struct _FetchDecoder
{
  GArray  *stages; /* of Stage: the one that was applied last is the first */
  gboolean is_too_deep;
  guint64  n_fed;
  guint64  n_decoded; /* by all stages */
  gsize    work;      /* since it was fed */
  gsize    max_work;
};

static void
clear_stage (gpointer data)
{
  Stage *stage = data;

  fetch_coding_free (stage->coding);
  g_free (stage->buffer);
}

static gboolean
is_coding (const char *name)
{
  return *name != '\0' && g_ascii_strcasecmp (name, "identity") != 0;
}

/* Creates a decoder for a list of codings in the order in which they were applied, such
 * as "gzip, br". Returns NULL if the bytes are to be taken as they are: there is no
 * coding in the list, or one that is not known, which is put into @note. Servers send
 * names such as “UTF-8” and “aws-chunked” with bodies that browsers show. */
FetchDecoder *
fetch_decoder_new (const char *codings, FetchDecodingNote *note)
{
  g_auto (GStrv) names = g_strsplit (codings, ",", -1);
  FetchDecoder *self;
  guint         n_codings = 0;

  *note = FETCH_DECODING_NOTE_NONE;
  for (gsize i = 0; names[i] != NULL; i++)
    {
      g_strstrip (names[i]);
      if (!is_coding (names[i]))
        continue;

      n_codings++;
      if (!fetch_coding_is_known (names[i]))
        *note = FETCH_DECODING_NOTE_UNKNOWN_CODING;
    }
  if (n_codings == 0 || *note != FETCH_DECODING_NOTE_NONE)
    return NULL;

  self = g_new0 (FetchDecoder, 1);
  self->stages = g_array_new (FALSE, TRUE, sizeof (Stage));
  g_array_set_clear_func (self->stages, clear_stage);
  self->is_too_deep = n_codings > FETCH_MAX_CODINGS;
  for (gsize i = self->is_too_deep ? 0 : g_strv_length (names); i > 0; i--)
    if (is_coding (names[i - 1]))
      {
        Stage stage = { .coding = fetch_coding_new (names[i - 1]) };

        if (self->stages->len > 0)
          stage.buffer = g_malloc (BUFFER_SIZE);
        g_array_append_val (self->stages, stage);
      }

  return self;
}

void
fetch_decoder_free (FetchDecoder *self)
{
  g_array_unref (self->stages);
  g_free (self);
}

static Stage *
get_stage (FetchDecoder *self, guint position)
{
  return &g_array_index (self->stages, Stage, position);
}

/* Adds input, when there is none left. The caller keeps @bytes until all is read. After
 * @work bytes of output, of all codings together, the decoder pauses: then the caller
 * takes the input that is left back, and feeds it again when others had their turn. */
void
fetch_decoder_feed (FetchDecoder *self, const void *bytes, gsize size, gsize work)
{
  self->n_fed += size;
  self->work = 0;
  self->max_work = work;
  if (!self->is_too_deep)
    fetch_coding_feed (get_stage (self, 0)->coding, bytes, size);
}

/* Returns the number of bytes that were fed and not used, and forgets them. */
gsize
fetch_decoder_take_unread (FetchDecoder *self)
{
  FetchCoding *first = self->is_too_deep ? NULL : get_stage (self, 0)->coding;
  gsize        n_unread = first != NULL ? fetch_coding_get_n_unread (first) : 0;

  if (n_unread > 0)
    fetch_coding_drop_unread (first);
  self->n_fed -= n_unread;

  return n_unread;
}

static gboolean
is_bomb (FetchDecoder *self)
{
  return self->n_decoded > MAX (FETCH_MAX_UNPACKED, FETCH_MAX_RATIO * self->n_fed);
}

static FetchDecoderStatus
read_stage (FetchDecoder *self, guint position, guint8 *buffer, gsize size, gsize *n_read)
{
  Stage *stage = get_stage (self, position);

  for (;;)
    {
      FetchDecoderStatus status;
      gsize              n_input;

      if (self->work >= self->max_work)
        return FETCH_DECODER_PAUSED;
      if (fetch_coding_read (stage->coding, buffer, size, n_read) == FETCH_CODING_DAMAGED)
        return FETCH_DECODER_DAMAGED;

      self->n_decoded += *n_read;
      self->work += *n_read;
      if (is_bomb (self))
        return FETCH_DECODER_BOMB;
      if (*n_read > 0)
        return FETCH_DECODER_OUTPUT;
      if (position == 0)
        return FETCH_DECODER_WANTS_INPUT;

      status = read_stage (self, position - 1, stage->buffer, BUFFER_SIZE, &n_input);
      if (status != FETCH_DECODER_OUTPUT)
        return status;
      fetch_coding_feed (stage->coding, stage->buffer, n_input);
    }
}

/* Decodes some of what was fed. Call it until it returns something else than output. */
FetchDecoderStatus
fetch_decoder_read (FetchDecoder *self, guint8 *buffer, gsize size, gsize *n_read)
{
  FetchDecoderStatus status;

  *n_read = 0;
  if (self->is_too_deep)
    return FETCH_DECODER_DAMAGED;

  status = read_stage (self, self->stages->len - 1, buffer, size, n_read);
  if (status != FETCH_DECODER_OUTPUT)
    *n_read = 0;

  return status;
}

/* Returns the number of bytes that all codings have put out since it was fed. */
gsize
fetch_decoder_get_work (FetchDecoder *self)
{
  return self->work;
}

/* Tells whether something is missing, if no more input comes. */
gboolean
fetch_decoder_is_cut (FetchDecoder *self)
{
  for (guint i = 0; i < self->stages->len; i++)
    if (fetch_coding_is_cut (get_stage (self, i)->coding))
      return TRUE;

  return FALSE;
}

/* Tells whether there were bytes after the end of what was compressed, which were left
 * out. */
gboolean
fetch_decoder_has_trailing_data (FetchDecoder *self)
{
  for (guint i = 0; i < self->stages->len; i++)
    if (fetch_coding_has_trailing_data (get_stage (self, i)->coding))
      return TRUE;

  return FALSE;
}

/* Returns in English what is damaged, and how, such as "gzip: incorrect data check".
 * Transfer full. */
char *
fetch_decoder_describe_damage (FetchDecoder *self)
{
  if (self->is_too_deep)
    return g_strdup_printf ("more than %d codings", FETCH_MAX_CODINGS);

  for (guint i = 0; i < self->stages->len; i++)
    {
      FetchCoding *coding = get_stage (self, i)->coding;

      if (fetch_coding_get_damage (coding) != NULL)
        return g_strdup_printf ("%s: %s", fetch_coding_get_name (coding),
                                fetch_coding_get_damage (coding));
    }

  return g_strdup ("no damage");
}
