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

/* Its beginning, as far as it fits: some characters take two columns, and some none. */
static char *
get_fitting (const char *text, int n_columns)
{
  const char *p;

  for (p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar character = g_utf8_get_char (p);

      if (g_unichar_iszerowidth (character))
        continue;
      n_columns -= g_unichar_iswide (character) ? 2 : 1;
      if (n_columns < 0)
        break;
    }

  return g_strndup (text, p - text);
}

void
morsel_status_line_show (MorselStatusLine *self, const char *text)
{
  g_autofree char *fitting = NULL;

  if (!self->is_on_terminal)
    return;

  fitting = get_fitting (text, get_width () - 1);
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
