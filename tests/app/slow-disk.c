/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A library that stands before libc: each of these takes up to 30 ms, before and after,
 * so that a kill at a random time hits it. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static void
take_time (void)
{
  struct timespec now, pause = { 0 };

  clock_gettime (CLOCK_MONOTONIC, &now);
  pause.tv_nsec = now.tv_nsec / 1000 % 15 * 1000000;
  nanosleep (&pause, NULL);
}

static long
call (long number, long a, long b, long c, long d, long e)
{
  long result;
  int  error_number;

  take_time ();
  result = syscall (number, a, b, c, d, e);
  error_number = errno;
  take_time ();
  errno = error_number;

  return result;
}

int
fsync (int fd)
{
  return call (SYS_fsync, fd, 0, 0, 0, 0);
}

int
fdatasync (int fd)
{
  return call (SYS_fdatasync, fd, 0, 0, 0, 0);
}

int
rename (const char *from, const char *to)
{
  return call (SYS_renameat2, AT_FDCWD, (long) from, AT_FDCWD, (long) to, 0);
}

int
renameat2 (int         from_folder,
           const char *from,
           int         to_folder,
           const char *to,
           unsigned    flags)
{
  return call (SYS_renameat2, from_folder, (long) from, to_folder, (long) to, flags);
}

int
linkat (int from_folder, const char *from, int to_folder, const char *to, int flags)
{
  return call (SYS_linkat, from_folder, (long) from, to_folder, (long) to, flags);
}

int
fsetxattr (int fd, const char *name, const void *value, size_t size, int flags)
{
  return call (SYS_fsetxattr, fd, (long) name, (long) value, size, flags);
}

int
fremovexattr (int fd, const char *name)
{
  return call (SYS_fremovexattr, fd, (long) name, 0, 0, 0);
}
