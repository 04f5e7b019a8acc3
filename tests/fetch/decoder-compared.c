/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the decoder says of a body is what others say: the libraries, given all of it at
 * once, and the command-line tools, where they are installed. The bodies are random, and
 * so is where they are cut or damaged; GLib prints the seed, and takes it with --seed. */

#include <gio/gio.h>
#include <string.h>
#include <zlib.h>

#ifdef HAVE_BROTLI
#  include <brotli/decode.h>
#endif
#ifdef HAVE_ZSTD
#  include <zstd.h>
#endif

#include "coder.h"

#define N_ROUNDS 2000
#define N_ROUNDS_OF_TOOLS 100
#define MAX_SIZE 20000
#define MAX_OUTPUT (4 * 1024 * 1024)

typedef enum
{
  WHOLE,
  CUT,
  FLIPPED,
  REPEATED,
} Change;

typedef struct
{
  const char *coding;
  Change      change;
  GByteArray *plain;
  GByteArray *encoded;
} Body;

/* Letters that repeat, or anything: long matches, and literals. */
static GByteArray *
make_plain (void)
{
  GByteArray *plain = g_byte_array_new ();
  gsize       size = g_test_rand_int_range (0, 10) == 0
                         ? 0
                         : g_test_rand_int_range (1, g_test_rand_int_range (2, MAX_SIZE));
  int         n_letters = g_test_rand_int_range (1, 257);

  g_byte_array_set_size (plain, size);
  for (gsize i = 0; i < size; i++)
    if (i > 100 && g_test_rand_int_range (0, 50) == 0)
      {
        gsize length = g_test_rand_int_range (1, 100);

        length = MIN (length, size - i);
        memmove (plain->data + i, plain->data + i - length, length);
        i += length - 1;
      }
    else
      plain->data[i] = g_test_rand_int_range (0, n_letters);

  return plain;
}

static gboolean
can_repeat (const char *coding)
{
  return g_str_equal (coding, "gzip") || g_str_equal (coding, "zstd");
}

static void
change (Body *self)
{
  g_autoptr (GByteArray) second = NULL;
  gsize size = self->plain->len;

  switch (self->change)
    {
    case CUT:
      g_byte_array_set_size (self->encoded,
                             g_test_rand_int_range (1, self->encoded->len));
      break;

    /* In the first two bytes, it would be about which kind of deflate it is. */
    case FLIPPED:
      self->encoded->data[g_test_rand_int_range (2, self->encoded->len)] ^=
          1 << g_test_rand_int_range (0, 8);
      break;

    case REPEATED:
      second = coder_encode (self->coding, self->plain->data, self->plain->len, 1);
      g_byte_array_append (self->encoded, second->data, second->len);
      g_byte_array_set_size (self->plain, 2 * size);
      if (size > 0)
        memcpy (self->plain->data + size, self->plain->data, size);
      break;

    case WHOLE:
    default:
      break;
    }
}

static Body
make_body (const char *coding)
{
  Body self = { .coding = coding,
                .change = g_test_rand_int_range (WHOLE, REPEATED + 1),
                .plain = make_plain () };

  self.encoded = coder_encode (coding, self.plain->data, self.plain->len,
                               g_test_rand_int_range (1, 10));
  if (self.encoded->len < 3 || (self.change == REPEATED && !can_repeat (coding)))
    self.change = WHOLE;
  change (&self);

  return self;
}

static void
clear_body (Body *self)
{
  g_byte_array_unref (self->plain);
  g_byte_array_unref (self->encoded);
}

/* Returns whether all is a valid stream, and nothing follows it. */
static gboolean
inflate_all (GByteArray *encoded, int window_bits, guint8 *output, gsize *size)
{
  z_stream stream = { .next_in = encoded->data,
                      .avail_in = encoded->len,
                      .next_out = output,
                      .avail_out = MAX_OUTPUT };
  int      status = Z_STREAM_END;

  /* One member after the other. */
  while (status == Z_STREAM_END && stream.avail_in > 0)
    {
      z_stream member = stream;

      g_assert_cmpint (inflateInit2 (&member, window_bits), ==, Z_OK);
      status = inflate (&member, Z_FINISH);
      stream = member;
      inflateEnd (&member);
      if (window_bits <= MAX_WBITS)
        break;
    }
  *size = MAX_OUTPUT - stream.avail_out;

  return status == Z_STREAM_END && stream.avail_in == 0;
}

static gboolean
decode_with_library (const char *coding, GByteArray *encoded, guint8 *output, gsize *size)
{
  if (g_str_equal (coding, "gzip"))
    return inflate_all (encoded, MAX_WBITS + 16, output, size);
  if (g_str_equal (coding, "deflate"))
    return inflate_all (encoded, MAX_WBITS, output, size);
  if (g_str_equal (coding, "raw-deflate"))
    return inflate_all (encoded, -MAX_WBITS, output, size);
#ifdef HAVE_BROTLI
  if (g_str_equal (coding, "br"))
    {
      *size = MAX_OUTPUT;

      return BrotliDecoderDecompress (encoded->len, encoded->data, size, output) ==
             BROTLI_DECODER_RESULT_SUCCESS;
    }
#endif
#ifdef HAVE_ZSTD
  if (g_str_equal (coding, "zstd"))
    {
      *size = ZSTD_decompress (output, MAX_OUTPUT, encoded->data, encoded->len);

      return !ZSTD_isError (*size);
    }
#endif

  g_assert_not_reached ();
}

/* Damage may do no harm, as in the time in a header of gzip. */
static void
assert_verdict (const Body *self, const CoderOutcome *outcome)
{
  if (self->change == WHOLE || self->change == REPEATED)
    g_assert_cmpint (outcome->verdict, ==, CODER_COMPLETE);
  else if (self->change == CUT)
    g_assert_cmpint (outcome->verdict, ==, CODER_CUT);
  if (outcome->verdict == CODER_COMPLETE && self->change != FLIPPED)
    g_assert_cmpmem (outcome->output->data, outcome->output->len, self->plain->data,
                     self->plain->len);
  else if (self->change == CUT)
    g_assert_cmpmem (outcome->output->data, outcome->output->len, self->plain->data,
                     outcome->output->len);
}

/* Other bytes may follow where damage has made an end, which not all take. libzstd does
 * not mind in which way a block is empty, unless it gets the whole frame at once. */
static void
assert_not_complete (const CoderOutcome *outcome)
{
  g_assert_true (outcome->verdict != CODER_COMPLETE || outcome->has_trailing_data ||
                 outcome->output->len == 0);
}

static CoderOutcome
decode (const Body *self)
{
  return coder_decode_in_steps (coder_get_name (self->coding), self->encoded->data,
                                self->encoded->len, g_test_rand_int_range (1, 3000),
                                g_test_rand_int_range (1, 3000));
}

static void
test_library (gconstpointer data)
{
  g_autofree guint8 *output = g_malloc (MAX_OUTPUT);

  for (int i = 0; i < N_ROUNDS; i++)
    {
      Body     body = make_body (data);
      gsize    size = 0;
      gboolean is_good = decode_with_library (body.coding, body.encoded, output, &size);
      g_auto (CoderOutcome) outcome = decode (&body);

      assert_verdict (&body, &outcome);
      if (is_good)
        {
          g_assert_cmpint (outcome.verdict, ==, CODER_COMPLETE);
          g_assert_cmpmem (outcome.output->data, outcome.output->len, output, size);
        }
      else
        assert_not_complete (&outcome);
      clear_body (&body);
    }
}

static GBytes *
run_tool (const char *const *arguments, GByteArray *input, int *status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_newv (
      arguments,
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
          G_SUBPROCESS_FLAGS_STDERR_SILENCE,
      &error);
  g_autoptr (GBytes) bytes = g_bytes_new (input->data, input->len);
  GBytes *output = NULL;

  g_assert_no_error (error);

  /* A tool that finds damage may end before it has read all. */
  if (!g_subprocess_communicate (process, bytes, NULL, &output, NULL, &error))
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE);
  g_assert_true (g_subprocess_wait (process, NULL, NULL));
  *status = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process)
                                                 : -1;

  return output;
}

/* gzip warns of what follows (2), and is content. */
static gboolean
is_content (const char *tool, int status)
{
  return status == 0 || (status == 2 && g_str_equal (tool, "gzip"));
}

static void
compare_with_tool (const char *coding, const char *const *arguments)
{
  g_autofree char *program = g_find_program_in_path (arguments[0]);

  if (program == NULL)
    {
      g_test_skip ("The tool is not installed.");
      return;
    }

  for (int i = 0; i < N_ROUNDS_OF_TOOLS; i++)
    {
      Body body = make_body (coding);
      int  status;
      g_autoptr (GBytes) output = run_tool (arguments, body.encoded, &status);
      g_auto (CoderOutcome) outcome = decode (&body);

      assert_verdict (&body, &outcome);
      if (is_content (arguments[0], status))
        {
          gsize         size;
          gconstpointer bytes = g_bytes_get_data (output, &size);

          g_assert_cmpint (outcome.verdict, ==, CODER_COMPLETE);
          g_assert_cmpmem (outcome.output->data, outcome.output->len, bytes, size);
        }
      else
        assert_not_complete (&outcome);
      clear_body (&body);
    }
}

static void
test_gzip_tool (void)
{
  static const char *const arguments[] = { "gzip", "-dc", NULL };

  compare_with_tool ("gzip", arguments);
}

#ifdef HAVE_BROTLI

static void
test_brotli_tool (void)
{
  static const char *const arguments[] = { "brotli", "-dc", NULL };

  compare_with_tool ("br", arguments);
}

#endif

#ifdef HAVE_ZSTD

static void
test_zstd_tool (void)
{
  static const char *const arguments[] = { "zstd", "-dc", "--memory=8MiB", NULL };

  compare_with_tool ("zstd", arguments);
}

#endif

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; coder_codings[i] != NULL; i++)
    {
      g_autofree char *path = g_strdup_printf ("/decoder-compared/library/%s",
                                               coder_codings[i]);

      g_test_add_data_func (path, coder_codings[i], test_library);
    }
  g_test_add_func ("/decoder-compared/tool/gzip", test_gzip_tool);
#ifdef HAVE_BROTLI
  g_test_add_func ("/decoder-compared/tool/brotli", test_brotli_tool);
#endif
#ifdef HAVE_ZSTD
  g_test_add_func ("/decoder-compared/tool/zstd", test_zstd_tool);
#endif

  return g_test_run ();
}
