/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-print-output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fetch/fetch-error.h"
#include "fetch/fetch-visible-text.h"

/**
 * morsel_print_output_open:
 * @options: the options of the command line
 * @fd: (out): return location for a file descriptor; -1 for none
 * @error: return location for a #GError, or %NULL
 *
 * Finds out whether the body goes to a stream rather than to a file that gets its name
 * when it is complete: standard output, or with --replace a device or a pipe. A named
 * pipe is opened when its reader is there, as other programs do, so this may block.
 *
 * Returns: %FALSE if it can't be opened
 */
gboolean
morsel_print_output_open (GVariantDict *options, int *fd, GError **error)
{
  g_autofree char *path = NULL;
  g_autofree char *visible = NULL;
  struct stat      status;

  *fd = -1;
  if (!g_variant_dict_lookup (options, "output", "^ay", &path))
    return TRUE;

  if (g_str_equal (path, "-"))
    *fd = STDOUT_FILENO;
  if (*fd >= 0 || !g_variant_dict_contains (options, "replace"))
    return TRUE;

  if (g_str_equal (path, "/dev/stdout"))
    *fd = STDOUT_FILENO;
  else if (g_str_equal (path, "/dev/stderr"))
    *fd = STDERR_FILENO;
  if (*fd >= 0 || stat (path, &status) != 0 ||
      !(S_ISCHR (status.st_mode) || S_ISFIFO (status.st_mode)))
    return TRUE;

  *fd = open (path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (*fd >= 0)
    return TRUE;

  visible = fetch_visible_line (path);
  g_set_error (error, FETCH_ERROR, FETCH_ERROR_CANNOT_SAVE,
               /* Translators: the first %s is the name of a file, the second one the
                  system's reason, such as “Permission denied”. */
               _ ("%s can’t be written: %s."), visible, g_strerror (errno));

  return FALSE;
}
