/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Six downloads, by three threads, and the results are collected: the example of the
 * recipe CallQueue. */

#include <backgroundcall/backgroundcall.h>

static gpointer
download (gpointer number, GError **error)
{
  g_usleep (100 * G_TIME_SPAN_MILLISECOND);
  if (GPOINTER_TO_INT (number) == 4)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "Page 4 is not there");
      return NULL;
    }

  return g_strdup_printf ("page %d", GPOINTER_TO_INT (number));
}

int
main (void)
{
  g_autoptr (CallQueue) queue = call_queue_new (CALL_QUEUE_UNBOUNDED);

  call_queue_set_max_consumers (queue, 3);
  for (int i = 1; i <= 6; i++)
    call_queue_call_and_collect (queue, download, GINT_TO_POINTER (i), NULL, g_free,
                                 NULL);

  while (!call_queue_is_done (queue))
    {
      g_autoptr (BackgroundCall) call = call_queue_get_next_collected (queue);
      g_autoptr (GError) error = NULL;
      const char *page;

      if (call == NULL)
        {
          g_usleep (10 * G_TIME_SPAN_MILLISECOND);
          continue;
        }

      page = background_call_get_return (call, BACKGROUND_CALL_NO_WAIT, &error);
      g_print ("%s\n", error == NULL ? page : error->message);
    }

  g_clear_object (&queue);
  background_pool_drain (BACKGROUND_CALL_WAIT_FOREVER);

  return 0;
}
