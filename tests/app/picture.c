/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Pictures from the network are shown, whatever they are turned and scaled like, and do
 * no harm, whatever they say of themselves.
 */

#include <curl/curl.h>
#include <string.h>

#include "../backgroundcall/gate.h"
#include "app/morsel-picture.h"
#include "demo/demo-picture.h"
#include "fetching.h"

#define BYTES(literal) literal, sizeof literal - 1

static GBytes *
demo_picture (guint32 said_width, guint32 said_height)
{
  return g_byte_array_free_to_bytes (demo_picture_new_png (said_width, said_height));
}

/* A plain picture, as it would come. */
static GByteArray *
plain_picture (const char *format, int width, int height)
{
  g_autoptr (GdkPixbuf)
      pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  g_autoptr (GError) error = NULL;
  char *bytes = NULL;
  gsize size;

  gdk_pixbuf_fill (pixbuf, 0x336699ff);
  gdk_pixbuf_save_to_buffer (pixbuf, &bytes, &size, format, &error, NULL);
  g_assert_no_error (error);

  return g_byte_array_new_take ((guint8 *) bytes, size);
}

static MorselPicture *
decode (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  MorselPicture *picture = morsel_picture_decode (bytes, NULL, &error);

  g_assert_no_error (error);

  return picture;
}

static MorselPicture *
decode_array (GByteArray *array)
{
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (array);

  return decode (bytes);
}

static void
assert_size (const MorselPicture *picture, int width, int height)
{
  g_assert_cmpint (gdk_texture_get_width (picture->texture), ==, width);
  g_assert_cmpint (gdk_texture_get_height (picture->texture), ==, height);
}

static void
test_png (void)
{
  g_autoptr (GBytes) bytes = demo_picture (DEMO_PICTURE_WIDTH, DEMO_PICTURE_HEIGHT);
  g_autoptr (MorselPicture) picture = decode (bytes);

  g_assert_true (morsel_picture_is_likely (bytes));
  assert_size (picture, DEMO_PICTURE_WIDTH, DEMO_PICTURE_HEIGHT);
  g_assert_cmpint (picture->width, ==, DEMO_PICTURE_WIDTH);
  g_assert_cmpint (picture->height, ==, DEMO_PICTURE_HEIGHT);
  g_assert_null (picture->trouble);
}

static void
test_large_is_scaled_down (gconstpointer format)
{
  g_autoptr (MorselPicture) picture = decode_array (plain_picture (format, 4096, 30));

  assert_size (picture, 2048, 15);
  g_assert_cmpint (picture->width, ==, 4096);
  g_assert_cmpint (picture->height, ==, 30);
}

/* No pixel is lost, however thin it is. */
static void
test_thin_is_still_there (void)
{
  g_autoptr (MorselPicture) picture = decode_array (plain_picture ("png", 20000, 1));

  assert_size (picture, 2048, 1);
}

/* What a camera writes that was held upright. */
static void
test_turned (void)
{
  static const char orientation[] = "\xff\xe1\x00\x22"
                                    "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0"
                                    "\0\x06\0\0\0\0\0\0\0";
  GByteArray       *jpeg = plain_picture ("jpeg", 80, 20);
  GByteArray       *turned = g_byte_array_new ();
  g_autoptr (MorselPicture) picture = NULL;

  g_byte_array_append (turned, jpeg->data, 2);
  g_byte_array_append (turned, (const guint8 *) BYTES (orientation));
  g_byte_array_append (turned, jpeg->data + 2, jpeg->len - 2);
  g_byte_array_unref (jpeg);
  picture = decode_array (turned);

  assert_size (picture, 20, 80);
  g_assert_cmpint (picture->width, ==, 20);
  g_assert_cmpint (picture->height, ==, 80);
}

/* One pixel, which is red, and then blue. */
static void
test_first_frame (void)
{
  static const char gif[] = "GIF89a\x01\0\x01\0\x80\0\0\xff\0\0\0\0\xff"
                            "!\xf9\x04\0\x0a\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01"
                            "\0!\xf9\x04\0\x0a\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02"
                            "\x4c\x01\0;";
  g_autoptr (GBytes) bytes = g_bytes_new_static (BYTES (gif));
  g_autoptr (MorselPicture) picture = decode (bytes);
  guint32 pixel;

  gdk_texture_download (picture->texture, (guchar *) &pixel, sizeof pixel);

  g_assert_cmphex (pixel, ==, 0xffff0000);
}

/* The most memory that was in use since the beginning, in bytes. */
static gsize
peak_memory (void)
{
  g_autofree char *status = NULL;
  const char      *line;

  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  line = strstr (status, "VmHWM:");
  g_assert_nonnull (line);

  return g_ascii_strtoull (line + strlen ("VmHWM:"), NULL, 10) * 1024;
}

static void
assert_too_many_pixels (GBytes *bytes)
{
  gsize before = peak_memory ();
  g_autoptr (GError) error = NULL;
  MorselPicture *picture = morsel_picture_decode (bytes, NULL, &error);

  g_assert_null (picture);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
  g_assert_cmpuint (peak_memory () - before, <, 64 * 1024 * 1024);
  g_test_message ("%s", error->message);
}

static void
test_png_with_too_many_pixels (void)
{
  g_autoptr (GBytes) bytes = demo_picture (30000, 30000);

  assert_too_many_pixels (bytes);
}

static void
test_jpeg_with_too_many_pixels (void)
{
  GByteArray *jpeg = plain_picture ("jpeg", 80, 20);
  g_autoptr (GBytes) bytes = NULL;

  /* After SOF0, its length and the bits of a sample. */
  for (guint i = 0; i + 9 < jpeg->len; i++)
    if (memcmp (jpeg->data + i, "\xff\xc0\x00\x11\x08", 5) == 0)
      memcpy (jpeg->data + i + 5, "\xff\x00\xff\x00", 4);
  bytes = g_byte_array_free_to_bytes (jpeg);

  assert_too_many_pixels (bytes);
}

static void
test_gif_with_too_many_pixels (void)
{
  static const char gif[] = "GIF89a\xff\xff\xff\xff\x80\0\0\xff\0\0\0\0\xff"
                            ",\0\0\0\0\xff\xff\xff\xff\0\x02\x02\x44\x01\0;";
  g_autoptr (GBytes) bytes = g_bytes_new_static (BYTES (gif));

  assert_too_many_pixels (bytes);
}

static void
test_cut_off (gconstpointer format)
{
  GByteArray *bytes = plain_picture (format, 600, 400);
  g_autoptr (MorselPicture) picture = NULL;

  g_byte_array_set_size (bytes, bytes->len * 2 / 3);
  picture = decode_array (bytes);

  assert_size (picture, 600, 400);
  g_assert_nonnull (picture->trouble);
  g_test_message ("%s", picture->trouble);
}

/* What did not come is not what was in memory before. */
static void
test_missing_rows_are_empty (void)
{
  GByteArray *bytes = plain_picture ("png", 600, 400);
  g_autoptr (MorselPicture) picture = NULL;
  g_autofree guint32 *pixels = g_new (guint32, 600 * 400);

  g_byte_array_set_size (bytes, bytes->len * 2 / 3);
  picture = decode_array (bytes);
  gdk_texture_download (picture->texture, (guchar *) pixels, 600 * sizeof (guint32));

  g_assert_cmphex (pixels[0], ==, 0xff336699);
  g_assert_cmphex (pixels[600 * 400 - 1], ==, 0xff000000);
  for (int i = 0; i < 600 * 400; i++)
    g_assert_true (pixels[i] == 0xff336699 || pixels[i] == 0xff000000);
}

/* Larger than what is shown, too: to scale nothing makes no picture of it. */
static void
test_header_only (gconstpointer format)
{
  const int sides[] = { 30, 3000 };

  for (gsize i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      GByteArray *array = plain_picture (format, sides[i], sides[i]);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;

      for (guint end = 8; end + 4 < array->len; end++)
        if (memcmp (array->data + end, "IDAT", 4) == 0 ||
            memcmp (array->data + end, "\xff\xda", 2) == 0)
          g_byte_array_set_size (array, end);
      bytes = g_byte_array_free_to_bytes (array);

      g_assert_null (morsel_picture_decode (bytes, NULL, &error));
      g_assert_nonnull (error);
      g_test_message ("%s", error->message);
    }
}

static void
test_no_picture (void)
{
  static const struct
  {
    const char *bytes;
    gsize       size;
  } bodies[] = {
    { BYTES ("") },
    { BYTES ("GIF8") },
    { BYTES ("\x89PNG\r\n\x1a\n") },
    { BYTES ("<svg xmlns='http://www.w3.org/2000/svg'/>") },
    { BYTES ("\x89PNG\r\n\x1a\nand then something else altogether") },
    { BYTES ("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\0") },
    { BYTES ("\xff\xd8\xff\xe0\0\x10JFIF\0") },
    { BYTES ("GIF89a\0\0\0\0\0\0\0;") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (bodies[i].bytes, bodies[i].size);
      g_autoptr (GError) error = NULL;

      g_assert_null (morsel_picture_decode (bytes, NULL, &error));
      g_assert_nonnull (error);
      g_test_message ("%s", error->message);
    }
}

/* Whatever is changed in a picture, there is a picture or a sentence. */
static void
test_random_damage (gconstpointer format)
{
  for (int round = 0; round < 300; round++)
    {
      GByteArray *array = plain_picture (format, 40, 30);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      MorselPicture *picture;

      for (int i = 0; i < 4; i++)
        array->data[g_test_rand_int_range (8, array->len)] = g_test_rand_int_range (0,
                                                                                    256);
      bytes = g_byte_array_free_to_bytes (array);
      picture = morsel_picture_decode (bytes, NULL, &error);

      g_assert_true ((picture != NULL) == (error == NULL));
      g_clear_pointer (&picture, morsel_picture_free);
    }
}

static void
test_cancelled (void)
{
  g_autoptr (GBytes) bytes = demo_picture (DEMO_PICTURE_WIDTH, DEMO_PICTURE_HEIGHT);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);

  g_assert_null (morsel_picture_decode (bytes, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_fetched (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest) request = fetching_new_request (fetching, "/picture");
  g_autoptr (BackgroundCall) call = morsel_picture_fetch (fetching->session, request);
  MorselPicture *picture;

  iterate_until (background_call_is_done (call));
  picture = background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, NULL);

  assert_size (picture, DEMO_PICTURE_WIDTH, DEMO_PICTURE_HEIGHT);
  g_assert_cmpstr (picture->url, ==, fetch_request_get_url (request));
  g_assert_cmpuint (fetch_request_get_preview_size (request), ==, 500);
}

static void
assert_request_fails (Fetching *fetching, FetchRequest *request, GQuark domain, int code)
{
  g_autoptr (BackgroundCall) call = morsel_picture_fetch (fetching->session, request);

  iterate_until (background_call_is_done (call));

  g_assert_error (background_call_get_error (call), domain, code);
  g_test_message ("%s", background_call_get_error (call)->message);
}

static void
assert_fetch_fails (Fetching *fetching, const char *path, GQuark domain, int code)
{
  g_autoptr (FetchRequest) request = fetching_new_request (fetching, path);

  assert_request_fails (fetching, request, domain, code);
}

/* The first time it breaks off, and the next time it would be all there. */
static void
test_not_tried_twice (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest)
      request = fetching_new_request (fetching, "/breaks-off?bytes=3000&times=1");

  fetch_request_set_max_retries (request, 10);

  assert_request_fails (fetching, request, FETCH_ERROR, FETCH_ERROR_CUT_OFF);
}

static void
test_shorter_time_is_kept (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest) request = fetching_new_request (fetching, "/silence");

  fetch_request_set_total_timeout (request, G_TIME_SPAN_SECOND / 10);

  assert_request_fails (fetching, request, FETCH_ERROR, FETCH_ERROR_TIMED_OUT);
}

static void
test_what_is_no_picture_is_said (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  assert_fetch_fails (fetching, "/large?bytes=16000000", G_IO_ERROR,
                      G_IO_ERROR_MESSAGE_TOO_LARGE);
  assert_fetch_fails (fetching, "/hello", G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  assert_fetch_fails (fetching, "/cut-off", FETCH_ERROR, FETCH_ERROR_CUT_OFF);
  assert_fetch_fails (fetching, "/picture?width=30000&height=30000", G_IO_ERROR,
                      G_IO_ERROR_MESSAGE_TOO_LARGE);
}

/* At any time: the fixture's end sees to it that nothing is left. */
static void
test_dropped (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  for (int pause = 0; pause < 40; pause++)
    {
      g_autoptr (FetchRequest) request = fetching_new_request (fetching, "/picture");
      BackgroundCall *call = morsel_picture_fetch (fetching->session, request);
      gint64          end = g_get_monotonic_time () + pause * G_TIME_SPAN_MILLISECOND;

      while (g_get_monotonic_time () < end)
        g_main_context_iteration (NULL, FALSE);
      g_object_unref (call);
    }
}

#define add(path, function) \
  g_test_add (path, Fetching, NULL, fetching_set_up, function, fetching_tear_down)

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);

  g_test_add_func ("/picture/png", test_png);
  g_test_add_data_func ("/picture/large-is-scaled-down/png", "png",
                        test_large_is_scaled_down);
  g_test_add_data_func ("/picture/large-is-scaled-down/jpeg", "jpeg",
                        test_large_is_scaled_down);
  g_test_add_func ("/picture/thin-is-still-there", test_thin_is_still_there);
  g_test_add_func ("/picture/turned", test_turned);
  g_test_add_func ("/picture/first-frame", test_first_frame);
  g_test_add_func ("/picture/too-many-pixels/png", test_png_with_too_many_pixels);
  g_test_add_func ("/picture/too-many-pixels/jpeg", test_jpeg_with_too_many_pixels);
  g_test_add_func ("/picture/too-many-pixels/gif", test_gif_with_too_many_pixels);
  g_test_add_data_func ("/picture/cut-off-is-shown-in-part/png", "png", test_cut_off);
  g_test_add_data_func ("/picture/cut-off-is-shown-in-part/jpeg", "jpeg", test_cut_off);
  g_test_add_func ("/picture/cut-off-is-shown-in-part/missing-rows-are-empty",
                   test_missing_rows_are_empty);
  g_test_add_data_func ("/picture/header-only/png", "png", test_header_only);
  g_test_add_data_func ("/picture/header-only/jpeg", "jpeg", test_header_only);
  g_test_add_func ("/picture/no-picture", test_no_picture);
  g_test_add_data_func ("/picture/random-damage/png", "png", test_random_damage);
  g_test_add_data_func ("/picture/random-damage/jpeg", "jpeg", test_random_damage);
  g_test_add_func ("/picture/cancelled", test_cancelled);
  add ("/picture/fetched", test_fetched);
  add ("/picture/what-is-no-picture-is-said", test_what_is_no_picture_is_said);
  add ("/picture/not-tried-twice", test_not_tried_twice);
  add ("/picture/shorter-time-is-kept", test_shorter_time_is_kept);
  add ("/picture/dropped", test_dropped);

  status = g_test_run ();
  curl_global_cleanup ();

  return status;
}
