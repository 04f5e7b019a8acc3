/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * The file descriptors that the process starts with. A service manager, cron or a shell
 * (`<&-`) may close the standard streams. The next file or socket then gets the number of
 * one of them, and what is printed ends up in it.
 */

/* The descriptors of a program that fetches one address: a main context and a pool have
 * an eventfd each; libcurl has some of its own, and a resolver, a module of GIO and a
 * certificate store open files for a moment. GLib aborts the process where it gets none
 * for an eventfd. 16 were enough in tests on Debian 12. */
#define ROOM 24

/* Enough for the largest number of jobs. */
#define WANTED_LIMIT 8192

static gboolean was_closed[STDERR_FILENO + 1];

/**
 * morsel_descriptors_open_standard_streams:
 *
 * Opens the standard streams that are closed. Must be called before anything else opens a
 * file. Each is opened for the direction in which nobody uses it, so that reading and
 * writing fail as they do with a closed one.
 */
void
morsel_descriptors_open_standard_streams (void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl (fd, F_GETFD) < 0 && errno == EBADF)
      {
        /* The lowest number that is free is this one. */
        int opened = open ("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);

        was_closed[fd] = TRUE;
        if (opened >= 0 && opened != fd)
          close (opened);
      }
}

/**
 * morsel_descriptors_was_closed:
 * @fd: STDIN_FILENO, STDOUT_FILENO or STDERR_FILENO
 *
 * Returns: %TRUE if the stream was closed when the program started
 */
gboolean
morsel_descriptors_was_closed (int fd)
{
  g_return_val_if_fail (fd >= 0 && fd <= STDERR_FILENO, FALSE);

  return was_closed[fd];
}

/**
 * morsel_descriptors_have_room:
 *
 * Looks whether the process may open as many descriptors as it needs at least, whatever
 * it has inherited.
 *
 * Returns: %TRUE if it may
 */
gboolean
morsel_descriptors_have_room (void)
{
  int fds[ROOM];
  int n_fds = 0;

  for (; n_fds < ROOM; n_fds++)
    {
      fds[n_fds] = dup (STDERR_FILENO);
      if (fds[n_fds] < 0)
        break;
    }
  for (int i = 0; i < n_fds; i++)
    close (fds[i]);

  return n_fds == ROOM;
}

/**
 * morsel_descriptors_raise_limit:
 *
 * Raises the limit on descriptors as far as the process may, and as is of use. Not for a
 * program that starts others: those that call select() do not survive a high limit.
 */
void
morsel_descriptors_raise_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= WANTED_LIMIT)
    return;

  limit.rlim_cur = MIN (limit.rlim_max, WANTED_LIMIT);
  setrlimit (RLIMIT_NOFILE, &limit);
}
