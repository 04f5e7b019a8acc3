/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "demo/demo-picture.h"

#include <gio/gio.h>
#include <math.h>

/* A picture to be fetched: an evening behind hills, painted by arithmetic and written as
 * PNG. */

typedef struct
{
  double red, green, blue;
} Color;

static Color
mix (Color one, Color other, double share)
{
  return (Color){ one.red + (other.red - one.red) * share,
                  one.green + (other.green - one.green) * share,
                  one.blue + (other.blue - one.blue) * share };
}

/* From left to right and from top to bottom, each from 0 to 1. */
static Color
color_at (double x, double y)
{
  static const Color top = { 54, 40, 96 }, horizon = { 250, 168, 112 },
                     sun = { 255, 238, 190 }, far = { 116, 66, 108 },
                     middle = { 74, 44, 88 }, near = { 38, 26, 56 };
  double distance = hypot ((x - 0.62) * 1.6, y - 0.52);
  Color  sky = mix (top, horizon, pow (CLAMP (y / 0.7, 0, 1), 1.4));

  if (y > 0.84 + 0.05 * sin (x * 5 + 4) + 0.02 * sin (x * 13))
    return near;
  if (y > 0.72 + 0.06 * sin (x * 6 + 1) + 0.02 * sin (x * 17))
    return middle;
  if (y > 0.62 + 0.05 * sin (x * 8 + 5) + 0.02 * sin (x * 21))
    return far;

  return mix (sun, sky, CLAMP ((distance - 0.11) * 60, 0, 1 - 0.5 * exp (-distance * 6)));
}

/* Rows of pixels, each after a byte that says that it is not filtered. */
static GByteArray *
paint (void)
{
  GByteArray *rows = g_byte_array_new ();

  for (int y = 0; y < DEMO_PICTURE_HEIGHT; y++)
    {
      g_byte_array_append (rows, (const guint8 *) "\0", 1);
      for (int x = 0; x < DEMO_PICTURE_WIDTH; x++)
        {
          Color  color = color_at ((double) x / DEMO_PICTURE_WIDTH,
                                   (double) y / DEMO_PICTURE_HEIGHT);
          guint8 pixel[] = { color.red, color.green, color.blue };

          g_byte_array_append (rows, pixel, sizeof pixel);
        }
    }

  return rows;
}

static GByteArray *
compress (GByteArray *bytes)
{
  g_autoptr (GConverter) compressor = G_CONVERTER (
      g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB, -1));
  GByteArray *compressed = g_byte_array_new ();
  gsize       n_read, n_written;

  g_byte_array_set_size (compressed, bytes->len + 1024);
  g_converter_convert (compressor, bytes->data, bytes->len, compressed->data,
                       compressed->len, G_CONVERTER_INPUT_AT_END, &n_read, &n_written,
                       NULL);
  g_byte_array_set_size (compressed, n_written);

  return compressed;
}

static void
append_number (GByteArray *bytes, guint32 number)
{
  guint32 big_endian = GUINT32_TO_BE (number);

  g_byte_array_append (bytes, (const guint8 *) &big_endian, sizeof big_endian);
}

/* As PNG wants it. */
static guint32
sum_of (const guint8 *bytes, gsize size)
{
  guint32 sum = 0xffffffff;

  for (gsize i = 0; i < size; i++)
    {
      sum ^= bytes[i];
      for (int bit = 0; bit < 8; bit++)
        sum = sum >> 1 ^ (sum & 1 ? 0xedb88320 : 0);
    }

  return ~sum;
}

static void
append_chunk (GByteArray *png, const char *type, GByteArray *content)
{
  guint start;

  append_number (png, content->len);
  start = png->len;
  g_byte_array_append (png, (const guint8 *) type, 4);
  g_byte_array_append (png, content->data, content->len);
  append_number (png, sum_of (png->data + start, png->len - start));
}

/* Returns the picture, which may say that it is of another size than it is. */
GByteArray *
demo_picture_new_png (guint32 said_width, guint32 said_height)
{
  static const guint8 magic[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
  static const guint8 eight_bits_of_rgb[] = { 8, 2, 0, 0, 0 };
  g_autoptr (GByteArray) header = g_byte_array_new ();
  g_autoptr (GByteArray) rows = paint ();
  g_autoptr (GByteArray) compressed = compress (rows);
  g_autoptr (GByteArray) end = g_byte_array_new ();
  GByteArray *png = g_byte_array_new ();

  append_number (header, said_width);
  append_number (header, said_height);
  g_byte_array_append (header, eight_bits_of_rgb, sizeof eight_bits_of_rgb);

  g_byte_array_append (png, magic, sizeof magic);
  append_chunk (png, "IHDR", header);
  append_chunk (png, "IDAT", compressed);
  append_chunk (png, "IEND", end);

  return png;
}
