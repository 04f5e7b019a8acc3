/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A secret is not found again in a text that repeats it, whatever is around it; and the
 * text is as long as before. */

#include "fuzz.h"

#include <string.h>

#include "fetch/fetch-secrets-private.h"

/* What is hidden may let what is around it look like a key: then once more, but not for
 * ever. */
static void
check_tokens (const char *text, gboolean is_address)
{
  g_autofree char *hidden = fetch_tokens_hide (text, is_address);

  for (gsize i = 0; i < strlen (text) && fetch_tokens_has_any (hidden, is_address); i++)
    {
      char *again = fetch_tokens_hide (hidden, is_address);

      g_free (hidden);
      hidden = again;
    }

  g_assert_false (fetch_tokens_has_any (hidden, is_address));
}

/* The first lines are secrets, the rest is the text. */
static void
check_search (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "\n", 5);
  g_autoptr (GPtrArray) secrets = g_ptr_array_new ();
  g_autoptr (FetchSecretSearch) search = NULL;
  guint n_parts = g_strv_length (parts);

  if (n_parts < 2)
    return;

  for (guint i = 0; i + 1 < n_parts; i++)
    g_ptr_array_add (secrets, parts[i]);
  search = fetch_secret_search_new (secrets);
  if (search == NULL)
    return;

  for (guint i = 0; i < secrets->len; i++)
    {
      const char      *secret = secrets->pdata[i];
      const char      *rest = parts[n_parts - 1];
      gsize            length = strlen (secret);
      g_autofree char *base64 = g_base64_encode ((const guint8 *) secret, length);
      g_autofree char *escaped = g_uri_escape_bytes ((const guint8 *) secret, length,
                                                     NULL);
      g_autofree char *all = g_strconcat (rest, " ", secret, " ", escaped, " ", base64,
                                          NULL);
      gsize            size = strlen (all);
      g_autofree char *copy = g_strdup (all);

      fetch_secret_search_hide (search, copy, size, FALSE);
      g_assert_cmpuint (strlen (copy), ==, size);
      for (gsize k = 0; k < size; k++)
        g_assert_true (copy[k] == all[k] || copy[k] == '*');
      if (length >= 4 && strchr (secret, '*') == NULL)
        {
          g_assert_null (strstr (copy, secret));
          g_assert_null (strstr (copy, escaped));
        }
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  fetch_secrets_is_name (text, strlen (text));
  check_tokens (text, TRUE);
  check_tokens (text, FALSE);
  check_search (text);

  return 0;
}
