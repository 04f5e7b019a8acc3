/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* However the pieces are in which a compressed body comes, and however often the decoder
 * pauses, it comes to the same, and never to more than it may. */

#include "fuzz.h"

#include <string.h>

#include "fetch/fetch-decoder-private.h"

/* What is larger takes long in small pieces. */
#define MAX_COMPARED (256 * 1024)

typedef struct
{
  FetchDecoderStatus status;
  gboolean           is_cut;
  gboolean           has_trailing_data;
  guint64            size;
  guint32            hash;
} Outcome;

static void
add_output (Outcome *self, const guint8 *bytes, gsize size)
{
  self->size += size;
  for (gsize i = 0; i < size; i++)
    self->hash = (self->hash ^ bytes[i]) * 16777619;
}

static FetchDecoderStatus
read_all (FetchDecoder *decoder, Outcome *outcome, gsize buffer_size)
{
  guint8             buffer[16 * 1024];
  FetchDecoderStatus status;
  gsize              n_read;

  while ((status = fetch_decoder_read (decoder, buffer, buffer_size, &n_read)) ==
         FETCH_DECODER_OUTPUT)
    {
      g_assert_cmpuint (n_read, >, 0);
      g_assert_cmpuint (n_read, <=, buffer_size);
      add_output (outcome, buffer, n_read);
    }

  return status;
}

/* Returns FALSE if there is nothing to decode. */
static gboolean
decode (Outcome       *outcome,
        const char    *codings,
        const uint8_t *data,
        gsize          size,
        gsize          step,
        gsize          work,
        gsize          buffer_size)
{
  FetchDecodingNote note;
  FetchDecoder     *decoder = fetch_decoder_new (codings, &note);
  gboolean          is_paused = FALSE;
  guint64           n_fed = 0;

  *outcome = (Outcome){ .status = FETCH_DECODER_WANTS_INPUT, .hash = 2166136261 };
  if (decoder == NULL)
    return FALSE;

  while ((size > 0 || is_paused) && outcome->status != FETCH_DECODER_DAMAGED &&
         outcome->status != FETCH_DECODER_BOMB)
    {
      gsize n_now = MIN (step, size);

      fetch_decoder_feed (decoder, data, n_now, work);
      outcome->status = read_all (decoder, outcome, buffer_size);
      g_assert_cmpuint (fetch_decoder_get_work (decoder), <=, work + 16 * 1024);
      is_paused = outcome->status == FETCH_DECODER_PAUSED;
      n_now -= fetch_decoder_take_unread (decoder);
      n_fed += n_now;
      data += n_now;
      size -= n_now;
    }

  g_assert_cmpuint (outcome->size, <=,
                    MAX (FETCH_MAX_UNPACKED, FETCH_MAX_RATIO * (n_fed + size)));
  outcome->is_cut = fetch_decoder_is_cut (decoder);
  outcome->has_trailing_data = fetch_decoder_has_trailing_data (decoder);
  if (outcome->status == FETCH_DECODER_DAMAGED)
    g_free (fetch_decoder_describe_damage (decoder));
  fetch_decoder_free (decoder);

  return TRUE;
}

/* What was put out before damage depends on how much came at once. */
static void
assert_same (const Outcome *a, const Outcome *b)
{
  g_assert_cmpint (a->status, ==, b->status);
  if (a->status != FETCH_DECODER_WANTS_INPUT)
    return;

  g_assert_cmpint (a->is_cut, ==, b->is_cut);
  g_assert_cmpint (a->has_trailing_data, ==, b->has_trailing_data);
  g_assert_cmpuint (a->size, ==, b->size);
  g_assert_cmpuint (a->hash, ==, b->hash);
}

/* The input is a line with the codings, and a body. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *codings = fuzz_take_line (&data, &size);
  Outcome          whole, in_steps, of_bytes;

  if (codings == NULL ||
      !decode (&whole, codings, data, size, G_MAXSIZE, 1024 * 1024, 16 * 1024) ||
      whole.size > MAX_COMPARED || whole.status == FETCH_DECODER_BOMB)
    return 0;

  decode (&in_steps, codings, data, size, 1 + size / 3, 1, 1 + size % 1000);
  decode (&of_bytes, codings, data, size, 1, 1 + size % 100, 100);
  assert_same (&whole, &in_steps);
  assert_same (&whole, &of_bytes);

  return 0;
}
