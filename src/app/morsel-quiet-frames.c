/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-quiet-frames.h"

/*
 * While somebody scrolls, the thread that fetches is quiet as long as a frame is drawn.
 * To draw one, GTK asks the display server, which has to draw as well; with a thread that
 * always has something to do, and few processors, each of its answers comes late, and so
 * does the frame.
 *
 * It costs a tenth of the speed. So it is done only while something moves that somebody
 * looks at.
 */

/* Half of a frame: who draws for longer than that draws all the time, and nothing would
 * be fetched. */
#define LONGEST (8 * G_TIME_SPAN_MILLISECOND)

static void
before_paint_cb (FetchSession *session)
{
  fetch_session_stay_quiet (session, g_get_monotonic_time () + LONGEST);
}

static void
after_paint_cb (FetchSession *session)
{
  fetch_session_stay_quiet (session, 0);
}

static void
scrolled_cb (MorselListPage *list_page,
             GParamSpec     *property G_GNUC_UNUSED,
             FetchSession   *session)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (list_page));

  if (clock == NULL)
    return;

  if (morsel_list_page_is_scrolled (list_page))
    {
      g_signal_connect_object (clock, "before-paint", G_CALLBACK (before_paint_cb),
                               session, G_CONNECT_SWAPPED);
      g_signal_connect_object (clock, "after-paint", G_CALLBACK (after_paint_cb), session,
                               G_CONNECT_SWAPPED);
    }
  else
    {
      g_signal_handlers_disconnect_by_func (clock, before_paint_cb, session);
      g_signal_handlers_disconnect_by_func (clock, after_paint_cb, session);
    }
}

/**
 * morsel_quiet_frames_keep:
 * @list_page: what somebody scrolls
 * @session: what is quiet while that is drawn
 *
 * Lets the frames in which a list moves come before what is fetched for it.
 */
void
morsel_quiet_frames_keep (MorselListPage *list_page, FetchSession *session)
{
  g_return_if_fail (MORSEL_IS_LIST_PAGE (list_page));
  g_return_if_fail (FETCH_IS_SESSION (session));

  g_signal_connect_object (list_page, "notify::scrolled", G_CALLBACK (scrolled_cb),
                           session, 0);
}
