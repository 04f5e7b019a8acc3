/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The line that says how far it is, on a terminal of its own: it never takes more than a
 * row, as what goes on on another could not be taken back.
 */

#include <glib.h>
#include <locale.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/morsel-status-line.h"

#define BACK "\r"
#define ERASE "\033[K"

/* What comes out of a terminal with so many columns. */
static char *
shown_on_terminal (const char *text, unsigned short n_columns)
{
  const struct winsize size = { .ws_row = 24, .ws_col = n_columns };
  char                 shown[1024];
  gssize               length;
  int                  terminal, other_side, standard_error;
  MorselStatusLine    *line;

  g_assert_cmpint (openpty (&other_side, &terminal, NULL, NULL, &size), ==, 0);
  standard_error = dup (STDERR_FILENO);
  g_assert_cmpint (dup2 (terminal, STDERR_FILENO), ==, STDERR_FILENO);

  line = morsel_status_line_new ();
  morsel_status_line_show (line, text);
  g_assert_cmpint (dup2 (standard_error, STDERR_FILENO), ==, STDERR_FILENO);
  morsel_status_line_free (line);

  length = read (other_side, shown, sizeof shown);
  g_assert_cmpint (length, >, 0);
  close (standard_error);
  close (terminal);
  close (other_side);

  return g_strndup (shown, length);
}

static void
assert_shown (const char *text, unsigned short n_columns, const char *expected)
{
  g_autofree char *shown = shown_on_terminal (text, n_columns);
  g_autofree char *line = g_strconcat (BACK, expected, ERASE, NULL);

  g_assert_cmpstr (shown, ==, line);
}

static void
test_short_line_is_whole (void)
{
  assert_shown ("1 done", 20, "1 done");
  assert_shown ("完成 1 个", 20, "完成 1 个");
}

static void
test_long_line_is_cut (void)
{
  assert_shown ("1 done · 2 failed", 10, "1 done · ");
}

static void
test_wide_characters_take_two_columns (void)
{
  assert_shown ("完成失败剩余", 10, "完成失败");
  assert_shown ("a完成失败剩余", 10, "a完成失败");
}

static void
test_marks_take_no_column (void)
{
  assert_shown ("e\u0301e\u0301e\u0301e\u0301", 4, "e\u0301e\u0301e\u0301");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  setlocale (LC_ALL, "");

  g_test_add_func ("/status-line/short-is-whole", test_short_line_is_whole);
  g_test_add_func ("/status-line/long-is-cut", test_long_line_is_cut);
  g_test_add_func ("/status-line/wide-characters-take-two-columns",
                   test_wide_characters_take_two_columns);
  g_test_add_func ("/status-line/marks-take-no-column", test_marks_take_no_column);

  return g_test_run ();
}
