/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A compressed body is what it was, or it is told what is missing, wrong or too much. */

#include <string.h>

#ifdef HAVE_ZSTD
#  include <zstd.h>
#endif

#include "coder.h"

#define TEXT \
  "The quick brown fox jumps over the lazy dog, and over the lazy dog again. 12"
#define MEGABYTE (1024 * 1024)

static void
assert_outcome (const CoderOutcome *outcome, CoderVerdict verdict, const char *text)
{
  g_assert_cmpint (outcome->verdict, ==, verdict);
  g_assert_cmpmem (outcome->output->data, outcome->output->len, text, strlen (text));
}

static void
append (GByteArray *bytes, const char *text)
{
  g_byte_array_append (bytes, (const guint8 *) text, strlen (text));
}

static void
test_whole (gconstpointer data)
{
  const char *coding = data;
  g_autoptr (GByteArray) encoded = coder_encode (coding, TEXT, strlen (TEXT), 6);
  static const gsize steps[] = { 1, 2, 3, 7, 1000 };
  static const gsize works[] = { 1, 1000000 };

  for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (works); k++)
      {
        g_auto (CoderOutcome) outcome = coder_decode_in_steps (
            coder_get_name (coding), encoded->data, encoded->len, steps[i], works[k]);

        assert_outcome (&outcome, CODER_COMPLETE, TEXT);
        g_assert_false (outcome.has_trailing_data);
      }
}

/* Larger than all buffers and windows, and hard to compress in its middle. */
static void
test_large (gconstpointer data)
{
  const char        *coding = data;
  g_autofree guint8 *bytes = g_malloc0 (20 * MEGABYTE);
  g_autoptr (GByteArray) encoded = NULL;
  g_auto (CoderOutcome) outcome = { 0 };
  guint32 random = 1;

  for (gsize i = 9 * MEGABYTE; i < 11 * MEGABYTE; i++)
    {
      random = random * 1664525 + 1013904223;
      bytes[i] = random >> 24;
    }
  encoded = coder_encode (coding, bytes, 20 * MEGABYTE, 1);
  outcome = coder_decode_in_steps (coder_get_name (coding), encoded->data, encoded->len,
                                   16384, MEGABYTE);

  g_assert_cmpint (outcome.verdict, ==, CODER_COMPLETE);
  g_assert_cmpmem (outcome.output->data, outcome.output->len, bytes, 20 * MEGABYTE);
}

/* A body without a byte is empty, and all there; all others that end too early are not.
 */
static void
test_cut (gconstpointer data)
{
  const char *coding = data;
  const char *name = coder_get_name (coding);
  g_autoptr (GByteArray) encoded = coder_encode (coding, TEXT, strlen (TEXT), 6);
  g_auto (CoderOutcome) nothing = coder_decode (name, "", 0);

  assert_outcome (&nothing, CODER_COMPLETE, "");
  for (gsize size = 1; size < encoded->len; size++)
    for (gsize step = 1; step <= size; step = step < size ? size : size + 1)
      {
        g_auto (CoderOutcome)
            outcome = coder_decode_in_steps (name, encoded->data, size, step, 100);

        g_test_message ("%" G_GSIZE_FORMAT, size);
        g_assert_cmpint (outcome.verdict, ==, CODER_CUT);
        g_assert_cmpmem (outcome.output->data, outcome.output->len, TEXT,
                         outcome.output->len);
      }
}

static void
test_of_nothing (gconstpointer data)
{
  const char *coding = data;
  g_autoptr (GByteArray) encoded = coder_encode (coding, "", 0, 6);
  g_auto (CoderOutcome)
      outcome = coder_decode (coder_get_name (coding), encoded->data, encoded->len);

  assert_outcome (&outcome, CODER_COMPLETE, "");
}

static void
test_trailing_data (gconstpointer data)
{
  static const char *const endings[] = { "x", "\x1f\x1f", "(\xb5x", "and much more" };
  const char              *coding = data;

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autoptr (GByteArray) encoded = coder_encode (coding, TEXT, strlen (TEXT), 6);
      g_auto (CoderOutcome) at_once = { 0 };
      g_auto (CoderOutcome) in_steps = { 0 };

      append (encoded, endings[i]);
      at_once = coder_decode (coder_get_name (coding), encoded->data, encoded->len);
      in_steps = coder_decode_in_steps (coder_get_name (coding), encoded->data,
                                        encoded->len, 1, 1);

      assert_outcome (&at_once, CODER_COMPLETE, TEXT);
      g_assert_true (at_once.has_trailing_data);
      assert_outcome (&in_steps, CODER_COMPLETE, TEXT);
      g_assert_true (in_steps.has_trailing_data);
    }
}

/* Each byte of the end, as it may be a sum. */
static void
test_wrong_sum (gconstpointer data)
{
  const char *coding = data;

  for (guint i = 1; i <= 4; i++)
    {
      g_autoptr (GByteArray) encoded = coder_encode (coding, TEXT, strlen (TEXT), 6);
      g_auto (CoderOutcome) outcome = { 0 };

      encoded->data[encoded->len - i] ^= 1;
      outcome = coder_decode (coder_get_name (coding), encoded->data, encoded->len);

      assert_outcome (&outcome, CODER_DAMAGED, TEXT);
    }
}

static void
test_not_compressed (gconstpointer data)
{
  g_auto (CoderOutcome)
      outcome = coder_decode (coder_get_name (data), "\x11\x11\x11\x11\x11", 5);

  assert_outcome (&outcome, CODER_DAMAGED, "");
}

/* Several streams, one behind the other. */
static void
test_repeated (gconstpointer data)
{
  const char *coding = data;
  g_autoptr (GByteArray) encoded = coder_encode (coding, TEXT, strlen (TEXT), 6);
  g_autoptr (GByteArray) empty = coder_encode (coding, "", 0, 6);
  g_autoptr (GByteArray) second = coder_encode (coding, "second", 6, 6);
  gsize first_size;

  g_byte_array_append (encoded, empty->data, empty->len);
  first_size = encoded->len;
  g_byte_array_append (encoded, second->data, second->len);
  for (gsize size = first_size + 1; size <= encoded->len; size++)
    for (gsize step = 1; step <= size; step = step < size ? size : size + 1)
      {
        g_auto (CoderOutcome)
            outcome = coder_decode_in_steps (coding, encoded->data, size, step, 50);

        g_assert_false (outcome.has_trailing_data);
        if (size == encoded->len)
          assert_outcome (&outcome, CODER_COMPLETE, TEXT "second");
        else
          {
            g_assert_cmpint (outcome.verdict, ==, CODER_CUT);
            g_assert_cmpmem (outcome.output->data, outcome.output->len, TEXT "second",
                             outcome.output->len);
          }
      }
}

static GByteArray *
encode_all (const char *const *codings, const char *text)
{
  GByteArray *encoded = g_byte_array_new ();

  append (encoded, text);
  for (; *codings != NULL; codings++)
    {
      GByteArray *more = coder_encode (*codings, encoded->data, encoded->len, 6);

      g_byte_array_unref (encoded);
      encoded = more;
    }

  return encoded;
}

static void
test_stack (void)
{
  static const char *const twice[] = { "gzip", "deflate", NULL };
  static const char *const five_times[] = { "gzip", "gzip",        "deflate",
                                            "gzip", "raw-deflate", NULL };
  g_autoptr (GByteArray) two = encode_all (twice, TEXT);
  g_autoptr (GByteArray) five = encode_all (five_times, TEXT);

  for (gsize step = 1; step < 2000; step += 999)
    {
      g_auto (CoderOutcome) of_two = coder_decode_in_steps (
          " GZip , identity,deflate,, ", two->data, two->len, step, step);
      g_auto (CoderOutcome) of_five = coder_decode_in_steps (
          "x-gzip,gzip,deflate,gzip,deflate", five->data, five->len, step, step);

      assert_outcome (&of_two, CODER_COMPLETE, TEXT);
      assert_outcome (&of_five, CODER_COMPLETE, TEXT);
    }
  for (gsize size = 1; size < five->len; size++)
    {
      g_auto (CoderOutcome)
          outcome = coder_decode ("gzip,gzip,deflate,gzip,deflate", five->data, size);

      g_assert_cmpint (outcome.verdict, ==, CODER_CUT);
    }
}

/* The outer one is whole, and the inner one is not. */
static void
test_cut_inside_a_stack (void)
{
  g_autoptr (GByteArray) inner = coder_encode ("gzip", TEXT, strlen (TEXT), 6);
  g_autoptr (GByteArray) outer = coder_encode ("deflate", inner->data, inner->len - 9, 6);
  g_auto (CoderOutcome) outcome = coder_decode ("gzip, deflate", outer->data, outer->len);

  g_assert_cmpint (outcome.verdict, ==, CODER_CUT);
}

static void
test_too_deep (void)
{
  g_auto (CoderOutcome) outcome = coder_decode ("gzip,gzip,gzip,gzip,gzip,gzip", "x", 1);
  g_auto (CoderOutcome) nothing = coder_decode ("gzip,gzip,gzip,gzip,gzip,gzip", "", 0);

  assert_outcome (&outcome, CODER_DAMAGED, "");
  assert_outcome (&nothing, CODER_COMPLETE, "");
}

static void
test_unknown (void)
{
  static const char *const unknown[] = { "UTF-8",       "aws-chunked", "binary",
                                         "none",        "gzip, UTF-8", "UTF-8, gzip",
                                         "gzip;q=1",    "gzip br",     "compress",
                                         "raw-deflate", "\xff" };
  static const char *const none[] = { "", " ", ",", ",,", "identity", " Identity ," };
  FetchDecodingNote        note;

  for (gsize i = 0; i < G_N_ELEMENTS (unknown); i++)
    {
      g_assert_null (fetch_decoder_new (unknown[i], &note));
      g_assert_cmpint (note, ==, FETCH_DECODING_NOTE_UNKNOWN_CODING);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (none); i++)
    {
      g_assert_null (fetch_decoder_new (none[i], &note));
      g_assert_cmpint (note, ==, FETCH_DECODING_NOTE_NONE);
    }
}

/* As dense as gzip can be. */
static void
test_dense_is_no_bomb (void)
{
  g_autofree guint8 *zeros = g_malloc0 (64 * MEGABYTE);
  g_autoptr (GByteArray) encoded = coder_encode ("gzip", zeros, 64 * MEGABYTE, 9);
  g_auto (CoderOutcome) outcome = coder_decode_in_steps ("gzip", encoded->data,
                                                         encoded->len, 16384, MEGABYTE);

  g_assert_cmpint (outcome.verdict, ==, CODER_COMPLETE);
  g_assert_cmpuint (outcome.output->len, ==, 64 * MEGABYTE);
}

static void
test_bomb (void)
{
  g_autofree guint8 *zeros = g_malloc0 (64 * MEGABYTE);
  g_autoptr (GByteArray) once = coder_encode ("gzip", zeros, 64 * MEGABYTE, 9);
  g_autoptr (GByteArray) twice = coder_encode ("gzip", once->data, once->len, 9);
  g_auto (CoderOutcome) outcome = coder_decode ("gzip, gzip", twice->data, twice->len);

  g_assert_cmpint (outcome.verdict, ==, CODER_BOMB);
  g_assert_cmpuint (outcome.output->len, <=, FETCH_MAX_UNPACKED);
  g_assert_cmpuint (outcome.output->len, >, FETCH_MAX_UNPACKED / 2);
}

/* Gzip members of nothing, compressed once more: it would go on and on without a byte of
 * output. The decoder pauses all the same, and gives it up. */
static void
test_bomb_of_nothing (void)
{
  g_autoptr (GByteArray) empty = coder_encode ("gzip", "", 0, 9);
  g_autoptr (GByteArray) many = g_byte_array_new ();
  g_autoptr (GByteArray) twice = NULL;
  g_autoptr (GByteArray) thrice = NULL;
  FetchDecodingNote  note;
  FetchDecoder      *decoder = fetch_decoder_new ("gzip, gzip, gzip", &note);
  guint              n_pauses = 0;
  FetchDecoderStatus status;

  while (many->len < 64 * MEGABYTE)
    g_byte_array_append (many, empty->data, empty->len);
  twice = coder_encode ("gzip", many->data, many->len, 9);
  thrice = coder_encode ("gzip", twice->data, twice->len, 9);

  fetch_decoder_feed (decoder, thrice->data, thrice->len, MEGABYTE);
  for (;;)
    {
      guint8 buffer[1000];
      gsize  n_read;
      gsize  n_unread;

      status = fetch_decoder_read (decoder, buffer, sizeof buffer, &n_read);
      g_assert_cmpuint (n_read, ==, 0);
      g_assert_cmpuint (fetch_decoder_get_work (decoder), <, 2 * MEGABYTE);
      if (status != FETCH_DECODER_PAUSED)
        break;

      n_pauses++;
      n_unread = fetch_decoder_take_unread (decoder);
      fetch_decoder_feed (decoder, thrice->data + thrice->len - n_unread, n_unread,
                          MEGABYTE);
    }

  g_assert_cmpint (status, ==, FETCH_DECODER_BOMB);
  g_assert_cmpuint (n_pauses, >, 20);
  fetch_decoder_free (decoder);
}

#ifdef HAVE_ZSTD

static GByteArray *
encode_with_window (int window_log)
{
  ZSTD_CCtx     *context = ZSTD_createCCtx ();
  GByteArray    *output = g_byte_array_new ();
  ZSTD_inBuffer  from = { .src = TEXT, .size = strlen (TEXT) };
  ZSTD_outBuffer to = { .size = 1000 };

  g_byte_array_set_size (output, to.size);
  to.dst = output->data;
  ZSTD_CCtx_setParameter (context, ZSTD_c_windowLog, window_log);

  /* In two calls, or the window would be as small as the text. */
  ZSTD_compressStream2 (context, &to, &from, ZSTD_e_continue);
  g_assert_cmpuint (ZSTD_compressStream2 (context, &to, &from, ZSTD_e_end), ==, 0);
  g_byte_array_set_size (output, to.pos);
  ZSTD_freeCCtx (context);

  return output;
}

static void
test_zstd_window (void)
{
  g_autoptr (GByteArray) largest = encode_with_window (23);
  g_autoptr (GByteArray) too_large = encode_with_window (24);
  g_auto (CoderOutcome) good = coder_decode ("zstd", largest->data, largest->len);
  g_auto (CoderOutcome) bad = coder_decode ("zstd", too_large->data, too_large->len);

  assert_outcome (&good, CODER_COMPLETE, TEXT);
  assert_outcome (&bad, CODER_DAMAGED, "");
}

/* A frame that is not for us, before and after one that is. */
static void
test_zstd_skippable_frame (void)
{
  static const guint8 skippable[] = { 0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'a', 'b', 'c' };
  g_autoptr (GByteArray) frame = coder_encode ("zstd", TEXT, strlen (TEXT), 6);
  g_autoptr (GByteArray) all = g_byte_array_new ();

  g_byte_array_append (all, skippable, sizeof skippable);
  g_byte_array_append (all, frame->data, frame->len);
  g_byte_array_append (all, skippable, sizeof skippable);
  for (gsize step = 1; step < 2000; step += 999)
    {
      g_auto (CoderOutcome)
          outcome = coder_decode_in_steps ("zstd", all->data, all->len, step, step);
      g_auto (CoderOutcome)
          cut = coder_decode_in_steps ("zstd", all->data, all->len - 1, step, step);

      assert_outcome (&outcome, CODER_COMPLETE, TEXT);
      g_assert_false (outcome.has_trailing_data);
      assert_outcome (&cut, CODER_CUT, TEXT);
    }
}

#endif

static void
add_for (const char *coding, const char *name, GTestDataFunc function)
{
  g_autofree char *path = g_strdup_printf ("/decoder/%s/%s", coding, name);

  g_test_add_data_func (path, coding, function);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; coder_codings[i] != NULL; i++)
    {
      const char *coding = coder_codings[i];
      gboolean can_repeat = g_str_equal (coding, "gzip") || g_str_equal (coding, "zstd");
      gboolean has_sum = can_repeat || g_str_equal (coding, "deflate");

      add_for (coding, "whole", test_whole);
      add_for (coding, "large", test_large);
      add_for (coding, "cut", test_cut);
      add_for (coding, "of-nothing", test_of_nothing);
      add_for (coding, "trailing-data", test_trailing_data);
      add_for (coding, "not-compressed", test_not_compressed);
      if (has_sum)
        add_for (coding, "wrong-sum", test_wrong_sum);
      if (can_repeat)
        add_for (coding, "repeated", test_repeated);
    }
  g_test_add_func ("/decoder/stack", test_stack);
  g_test_add_func ("/decoder/stack/is-cut-inside", test_cut_inside_a_stack);
  g_test_add_func ("/decoder/stack/is-too-deep", test_too_deep);
  g_test_add_func ("/decoder/unknown", test_unknown);
  g_test_add_func ("/decoder/dense-is-no-bomb", test_dense_is_no_bomb);
  g_test_add_func ("/decoder/bomb", test_bomb);
  g_test_add_func ("/decoder/bomb/of-nothing", test_bomb_of_nothing);
#ifdef HAVE_ZSTD
  g_test_add_func ("/decoder/zstd/window", test_zstd_window);
  g_test_add_func ("/decoder/zstd/skippable-frame", test_zstd_skippable_frame);
#endif

  return g_test_run ();
}
