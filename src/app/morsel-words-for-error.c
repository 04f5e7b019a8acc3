/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-words-for-error.h"

#include <glib/gi18n.h>

#include "backgroundcall/backgroundcall.h"

/**
 * morsel_words_for_error:
 * @error: why something could not be fetched
 *
 * The messages of the layer are for developers, and are not translated.
 *
 * Returns: (transfer none): a sentence for the one who asked
 */
const char *
morsel_words_for_error (const GError *error)
{
  if (g_error_matches (error, BACKGROUND_CALL_ERROR, BACKGROUND_CALL_ERROR_NO_THREAD))
    return _ ("The system starts no more threads. Try again when fewer programs run.");

  return error->message;
}
