/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-interruption.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

/*
 * Ctrl+C, and what else asks a program in a terminal to end. GLib's source for signals
 * is asleep while the program waits for somebody to read what it prints, as the pager of
 * `morsel --print … | less` may not. Here, the signal breaks off such a write, and no
 * other one waits; a second signal ends the program as if nobody listened. What comes
 * within a moment of the first is the same one: timeout(1) sends it to the program, and
 * then to its process group.
 */

/* In nanoseconds. */
#define SAME_SIGNAL 500000000LL

typedef struct
{
  GSourceFunc callback;
  gpointer    user_data;
} Watch;

/* For the handler, which runs between any two instructions. */
static volatile sig_atomic_t caught;
static _Atomic (gint64)      caught_at;
static int                   event_fd = -1;
static int                   null_fd = -1;

static gint64
get_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);

  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void
caught_cb (int number)
{
  const guint64 one = 1;
  const int     errno_before = errno;

  if (caught != 0)
    {
      /* It is held back until this returns. */
      if (get_time () - atomic_load (&caught_at) > SAME_SIGNAL)
        {
          signal (number, SIG_DFL);
          raise (number);
        }
      return;
    }

  caught = number;
  atomic_store (&caught_at, get_time ());
  dup2 (null_fd, STDOUT_FILENO);
  /* It can't fail: there is room for more than the signals that are listened to. */
  if (write (event_fd, &one, sizeof one) == (ssize_t) sizeof one)
    errno = errno_before;
}

static gboolean
event_cb (int fd G_GNUC_UNUSED, GIOCondition condition G_GNUC_UNUSED, gpointer data)
{
  Watch *watch = data;

  return watch->callback (watch->user_data);
}

/* Whoever starts a program may have decided that it does not care, as nohup does. */
static void
listen_to (int number)
{
  struct sigaction action = { .sa_handler = caught_cb };
  struct sigaction before;

  sigaction (number, NULL, &before);
  if (before.sa_handler != SIG_IGN)
    sigaction (number, &action, NULL);
}

/**
 * morsel_interruption_watch:
 * @callback: what to call in the main loop, as long as the source is there
 * @user_data: what to give it
 *
 * Once in the life of the program. When the signal comes, standard output is closed to
 * what is not printed yet.
 *
 * Returns: the number of a source
 */
guint
morsel_interruption_watch (GSourceFunc callback, gpointer user_data)
{
  Watch *watch = g_new (Watch, 1);

  g_return_val_if_fail (event_fd < 0, 0);

  *watch = (Watch){ callback, user_data };
  null_fd = open ("/dev/null", O_WRONLY | O_CLOEXEC);
  event_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  listen_to (SIGINT);
  listen_to (SIGTERM);
  listen_to (SIGHUP);

  return g_unix_fd_add_full (G_PRIORITY_HIGH, event_fd, G_IO_IN, event_cb, watch, g_free);
}

/**
 * morsel_interruption_get_signal:
 *
 * Returns: the number of the signal that came; 0 if none did
 */
int
morsel_interruption_get_signal (void)
{
  return caught;
}
