/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-stream-private.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

/*
 * Writes a body to a pipe, a terminal or another device, which has no name to get when it
 * is complete. The descriptor is shared with other processes, so it can't be made
 * non-blocking. Instead, it is polled before each write of no more than a pipe takes at
 * once when it says that it can be written to (pipe(7)): then write() does not block, and
 * whoever waits for the reader can be cancelled.
 */

/* How long to wait for the reader before looking whether it was cancelled, in
 * milliseconds. */
#define POLL_TIMEOUT 100

/* I/O thread only. Waits until all is written, or @is_cancelled says TRUE. Returns 0, or
 * a number of errno. */
int
fetch_stream_write (int             fd,
                    const char     *bytes,
                    gsize           length,
                    FetchStreamFunc is_cancelled,
                    gpointer        user_data)
{
  while (length > 0)
    {
      struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
      gssize        n;

      if (poll (&poll_fd, 1, POLL_TIMEOUT) <= 0)
        {
          if (is_cancelled (user_data))
            return ECANCELED;
          continue;
        }

      n = write (fd, bytes, MIN (length, PIPE_BUF));
      if (n < 0 && errno != EINTR && errno != EAGAIN)
        return errno;
      bytes += MAX (n, 0);
      length -= MAX (n, 0);
    }

  return 0;
}
