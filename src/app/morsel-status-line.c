/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-status-line.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct _MorselStatusLine
{
  gboolean is_on_terminal;
  gboolean is_shown;
};

MorselStatusLine *
morsel_status_line_new (void)
{
  MorselStatusLine *self = g_new0 (MorselStatusLine, 1);

  self->is_on_terminal = isatty (STDERR_FILENO);

  return self;
}

void
morsel_status_line_free (MorselStatusLine *self)
{
  morsel_status_line_hide (self);
  g_free (self);
}

/* A line that is longer than the terminal is wide could not be taken back. */
static int
get_width (void)
{
  struct winsize size;

  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return 80;

  return size.ws_col;
}

void
morsel_status_line_show (MorselStatusLine *self, const char *text)
{
  g_autofree char *fitting = NULL;

  if (!self->is_on_terminal)
    return;

  fitting = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), get_width () - 1));
  /* Back to the first column, and away with the rest of what was there. */
  g_printerr ("\r%s\033[K", fitting);
  self->is_shown = TRUE;
}

/* Before something else is printed. */
void
morsel_status_line_hide (MorselStatusLine *self)
{
  if (!self->is_shown)
    return;

  g_printerr ("\r\033[K");
  self->is_shown = FALSE;
}
