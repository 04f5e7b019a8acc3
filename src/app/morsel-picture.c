/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-picture.h"

#include <glib/gi18n.h>
#include <string.h>

/*
 * Pictures from the network. Whoever wants to see one gets a call: a fetch, and then, on
 * a worker, the decoding of what came.
 *
 * What came may be made to harm. So only formats are read that have been read by all
 * browsers for decades, by what the bytes are and not by what a server says; the size is
 * looked at before there is memory for it; and it has a limited time. SVG is none of
 * them: it is a program to draw, without a bound that one could see before.
 */

/* The bytes go to the decoder in parts, between which it can be stopped: there are
 * formats of which a few kilobytes are much work. */
#define PART_SIZE 1024

#define MAX_DURATION (10 * G_TIME_SPAN_SECOND)

/* Some bytes. */
typedef struct
{
  const char *bytes;
  gsize       size;
} Mark;

#define MARK(literal)             \
  {                               \
    literal, sizeof (literal) - 1 \
  }

typedef struct
{
  const char *name; /* of the decoder */
  Mark        magic;
  Mark        pixels; /* what goes before the last of them */
  Mark        end;    /* what goes after them; empty where the decoder looks for it */
} Format;

static const Format formats[] = {
  { "png", MARK ("\x89PNG\r\n\x1a\n"), MARK ("IDAT"), MARK ("IEND") },
  { "jpeg", MARK ("\xff\xd8\xff"), MARK ("\xff\xda"), MARK ("\xff\xd9") },
  { "gif", MARK ("GIF87a"), MARK (""), MARK ("") },
  { "gif", MARK ("GIF89a"), MARK (""), MARK ("") },
};

/* What is known while a picture is decoded. */
typedef struct
{
  int      width; /* 0 until the decoder has read it */
  int      height;
  gboolean is_too_large;
  gboolean has_pixels;
} Decoding;

static const Format *
find_format (GBytes *bytes)
{
  gsize       size;
  const char *data = g_bytes_get_data (bytes, &size);

  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (size > formats[i].magic.size &&
        memcmp (data, formats[i].magic.bytes, formats[i].magic.size) == 0)
      return &formats[i];

  return NULL;
}

/* Returns where a mark is for the last time; -1 if it is nowhere. */
static gssize
find_last (GBytes *bytes, const Mark *mark)
{
  gsize       size;
  const char *data = g_bytes_get_data (bytes, &size);

  for (gssize i = (gssize) size - (gssize) mark->size; i >= 0; i--)
    if (memcmp (data + i, mark->bytes, mark->size) == 0)
      return i;

  return -1;
}

/* The decoders of PNG and JPEG are content with what there is. */
static gboolean
is_cut_off (GBytes *bytes, const Format *format)
{
  return format->end.size > 0 &&
         find_last (bytes, &format->end) <= find_last (bytes, &format->pixels);
}

/* The decoder asks before it makes room. */
static void
size_prepared_cb (GdkPixbufLoader *loader, int width, int height, Decoding *decoding)
{
  decoding->width = width;
  decoding->height = height;
  decoding->is_too_large = (gint64) width * height > MORSEL_PICTURE_MAX_PIXELS;
  if (decoding->is_too_large)
    /* It takes that for an error, and stops. */
    gdk_pixbuf_loader_set_size (loader, 0, 0);
}

/* The room for the pixels is as it was found in memory; not all of them may come. */
static void
area_prepared_cb (GdkPixbufLoader *loader)
{
  gdk_pixbuf_fill (gdk_pixbuf_loader_get_pixbuf (loader), 0);
}

static void
area_updated_cb (Decoding *decoding)
{
  decoding->has_pixels = TRUE;
}

static gboolean
write_all (GdkPixbufLoader *loader,
           GBytes          *bytes,
           GCancellable    *cancellable,
           GError         **error)
{
  gint64        end = g_get_monotonic_time () + MAX_DURATION;
  gsize         size;
  const guchar *data = g_bytes_get_data (bytes, &size);

  for (gsize offset = 0; offset < size; offset += PART_SIZE)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (g_get_monotonic_time () > end)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                               _ ("It takes too long to decode."));
          return FALSE;
        }
      if (!gdk_pixbuf_loader_write (loader, data + offset, MIN (PART_SIZE, size - offset),
                                    error))
        return FALSE;
    }

  return TRUE;
}

/* A loader is to be closed, whatever came of it. Returns what went wrong, or NULL. */
static GError *
run (GdkPixbufLoader *loader,
     GBytes          *bytes,
     const Format    *format,
     GCancellable    *cancellable)
{
  GError *error = NULL;

  if (!write_all (loader, bytes, cancellable, &error))
    gdk_pixbuf_loader_close (loader, NULL);
  else if (gdk_pixbuf_loader_close (loader, &error) && is_cut_off (bytes, format))
    error = g_error_new_literal (GDK_PIXBUF_ERROR, GDK_PIXBUF_ERROR_CORRUPT_IMAGE,
                                 _ ("It breaks off before its end."));

  return error;
}

static GError *
new_too_large_error (const Decoding *decoding)
{
  return g_error_new (G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                      /* Translators: the width and the height of a picture in pixels,
                       * and how many millions of pixels there may be. */
                      _ ("It says that it has %d × %d pixels, and more than %d million "
                         "are not decoded."),
                      decoding->width, decoding->height,
                      MORSEL_PICTURE_MAX_PIXELS / (1000 * 1000));
}

/* Not by the loader: it says of what it scales that there are pixels, whether any came or
 * not. */
static GdkPixbuf *
scale_down (GdkPixbuf *pixbuf)
{
  int        width = gdk_pixbuf_get_width (pixbuf);
  int        height = gdk_pixbuf_get_height (pixbuf);
  double     scale = (double) MORSEL_PICTURE_MAX_LENGTH / MAX (width, height);
  GdkPixbuf *scaled;

  if (scale >= 1)
    return g_object_ref (pixbuf);

  scaled = gdk_pixbuf_scale_simple (pixbuf, MAX (1, (int) (width * scale)),
                                    MAX (1, (int) (height * scale)), GDK_INTERP_BILINEAR);
  /* Among them is how it is to be turned. */
  gdk_pixbuf_copy_options (pixbuf, scaled);

  return scaled;
}

static MorselPicture *
picture_new (GdkPixbuf *pixbuf, const Decoding *decoding, const char *trouble)
{
  MorselPicture *self = g_new0 (MorselPicture, 1);
  g_autoptr (GdkPixbuf) scaled = scale_down (pixbuf);
  g_autoptr (GdkPixbuf) upright = gdk_pixbuf_apply_embedded_orientation (scaled);
  /* A camera that is held upright says that its picture is to be turned. */
  gboolean is_turned = (gdk_pixbuf_get_width (upright) >
                        gdk_pixbuf_get_height (upright)) !=
                       (gdk_pixbuf_get_width (pixbuf) > gdk_pixbuf_get_height (pixbuf));

  self->texture = gdk_texture_new_for_pixbuf (upright);
  self->width = is_turned ? decoding->height : decoding->width;
  self->height = is_turned ? decoding->width : decoding->height;
  self->trouble = g_strdup (trouble);

  return self;
}

/* Of a picture that breaks off, there is a part to see. */
static MorselPicture *
take_picture (GdkPixbufLoader *loader,
              const Decoding  *decoding,
              GError          *trouble,
              GError         **error)
{
  GdkPixbuf *pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);

  if (decoding->is_too_large)
    g_propagate_error (error, new_too_large_error (decoding));
  else if (trouble != NULL &&
           (trouble->domain == G_IO_ERROR || !decoding->has_pixels || pixbuf == NULL))
    g_propagate_error (error, g_error_copy (trouble));
  else if (!decoding->has_pixels || pixbuf == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                         _ ("It ends before it shows anything."));
  else
    return picture_new (pixbuf, decoding, trouble != NULL ? trouble->message : NULL);

  return NULL;
}

/**
 * morsel_picture_is_likely:
 * @first_bytes: the first bytes of a body
 *
 * Returns: whether they are those of a picture that can be decoded, whatever the server
 *   says that it is
 */
gboolean
morsel_picture_is_likely (GBytes *first_bytes)
{
  g_return_val_if_fail (first_bytes != NULL, FALSE);

  return find_format (first_bytes) != NULL;
}

/**
 * morsel_picture_decode:
 * @bytes: what somebody says is a picture
 * @cancellable: (nullable): stops it
 * @error: where to put a sentence that says what is wrong with it
 *
 * Decodes a picture, in bounded time and memory. That may take seconds: it is for a
 * worker.
 *
 * May be called from any thread.
 *
 * Returns: (transfer full) (nullable): the picture, or the part of it that there is
 */
MorselPicture *
morsel_picture_decode (GBytes *bytes, GCancellable *cancellable, GError **error)
{
  g_autoptr (GdkPixbufLoader) loader = NULL;
  g_autoptr (GError) trouble = NULL;
  const Format *format;
  Decoding      decoding = { 0 };

  g_return_val_if_fail (bytes != NULL, NULL);

  format = find_format (bytes);
  if (format == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           _ ("It begins like no kind of picture that is known."));
      return NULL;
    }

  loader = gdk_pixbuf_loader_new_with_type (format->name, error);
  if (loader == NULL)
    return NULL;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (size_prepared_cb), &decoding);
  /* That of GIF has drawn then already, and clears what it draws on. */
  if (!g_str_equal (format->name, "gif"))
    g_signal_connect (loader, "area-prepared", G_CALLBACK (area_prepared_cb), NULL);
  g_signal_connect_swapped (loader, "area-updated", G_CALLBACK (area_updated_cb),
                            &decoding);
  trouble = run (loader, bytes, format, cancellable);

  return take_picture (loader, &decoding, trouble, error);
}

/**
 * morsel_picture_free:
 * @self: (transfer full): a picture
 */
void
morsel_picture_free (MorselPicture *self)
{
  g_return_if_fail (self != NULL);

  g_object_unref (self->texture);
  g_free (self->trouble);
  g_free (self->url);
  g_free (self);
}

static void
destroy_picture (gpointer picture)
{
  morsel_picture_free (picture);
}

/* On a worker. */
static gpointer
decode_bytes (BackgroundPromise *promise, gpointer data, GError **error)
{
  return morsel_picture_decode (data, background_promise_get_cancellable (promise),
                                error);
}

/* On a worker, when it is fetched. */
static gpointer
decode_result (BackgroundPromise *promise,
               BackgroundCall    *fetch,
               gpointer           data G_GNUC_UNUSED,
               GError           **error)
{
  FetchResult *result = background_call_get_return (fetch, BACKGROUND_CALL_NO_WAIT, NULL);
  MorselPicture *picture;

  if (fetch_result_get_ending (result) == FETCH_ENDING_TOO_LARGE)
    {
      g_autofree char *size = g_format_size (MORSEL_PICTURE_MAX_SIZE);

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                   /* Translators: %s is a size, such as “8.4 MB”. */
                   _ ("It is larger than the %s that are fetched for it."), size);
      return NULL;
    }

  picture = morsel_picture_decode (fetch_result_get_first_bytes (result),
                                   background_promise_get_cancellable (promise), error);
  if (picture != NULL)
    picture->url = g_strdup (fetch_result_get_url (result));

  return picture;
}

/**
 * morsel_picture_new_call_for_bytes:
 * @bytes: all the bytes of a picture
 *
 * Decodes a picture in the background.
 *
 * Returns: (transfer full): the running call, which returns a [struct@MorselPicture] of
 *   its own
 */
BackgroundCall *
morsel_picture_new_call_for_bytes (GBytes *bytes)
{
  g_return_val_if_fail (bytes != NULL, NULL);

  return background_call_new_full (decode_bytes, g_bytes_ref (bytes),
                                   (GDestroyNotify) g_bytes_unref, destroy_picture, NULL,
                                   G_PRIORITY_DEFAULT, NULL);
}

/**
 * morsel_picture_fetch:
 * @session: what to fetch with
 * @request: how what looks like a picture was fetched
 *
 * Fetches a picture, as much of it as is allowed, and decodes it, all in the background.
 *
 * Returns: (transfer full): the running call, which returns a [struct@MorselPicture] of
 *   its own; its error is a [error@FetchError] if it could not be fetched
 */
BackgroundCall *
morsel_picture_fetch (FetchSession *session, FetchRequest *request)
{
  g_autoptr (FetchRequest) whole = NULL;
  g_autoptr (BackgroundCall) fetch = NULL;

  g_return_val_if_fail (FETCH_IS_SESSION (session), NULL);
  g_return_val_if_fail (request != NULL, NULL);

  whole = fetch_request_copy (request);
  fetch_request_keep_body (whole, MORSEL_PICTURE_MAX_SIZE);
  /* Somebody waits for it, even where it was saved, and might have taken a day. */
  fetch_request_set_total_timeout (whole, MIN (fetch_request_get_total_timeout (whole),
                                               FETCH_REQUEST_DEFAULT_TOTAL_TIMEOUT));
  fetch_request_set_max_retries (whole, 0);
  fetch = fetch_session_fetch (session, whole);
  fetch_session_hurry (session, fetch);

  return background_call_new_then (fetch, decode_result, NULL, NULL, destroy_picture,
                                   NULL);
}
