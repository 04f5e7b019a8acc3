/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-secrets-private.h"

#include <string.h>

#include "fetch/fetch-secrets.h"

/* Hides users and tokens in addresses, and in texts that have URLs in them. */

#define PLACEHOLDER "SECRET"

/* What a server has chosen and is shorter, or consists of fewer letters and of nothing
 * else, may be a word like others, and is hidden only where it stands by its name. */
#define LEAST_RECEIVED_LENGTH 6
#define LEAST_RECEIVED_LETTERS 12

/* Behind the scheme and its slashes, of which libcurl takes one to three, and browsers
 * those that lean the other way, too. */
static const char *
find_authority (const char *address)
{
  const char *end = address + strcspn (address, "@?#");

  for (const char *p = address; p < end; p++)
    if (*p == ':' && (p[1] == '/' || p[1] == '\\'))
      return p + 1 + strspn (p + 1, "/\\");

  return address + strspn (address, " \t\r\n/\\");
}

/* Where the user ends, in what may be no valid address. */
static const char *
find_user_end (const char *authority)
{
  gsize       size = strcspn (authority, "/\\?#");
  const char *at = g_strrstr_len (authority, size, "@");
  const char *colon = memchr (authority, ':', size);

  if (at != NULL || colon == NULL || *authority == '[')
    return at;

  /* What is no port is a password, with a slash or the like in it. */
  return colon + 1 + strspn (colon + 1, "0123456789") == authority + size
             ? NULL
             : strchr (authority + size, '@');
}

/* Returns the user in the address of a proxy server, and its length with the password, or
 * NULL if there is none. */
const char *
fetch_secrets_find_user (const char *address, gsize *length)
{
  const char *start = find_authority (address);
  const char *at = find_user_end (start);

  *length = at != NULL ? at - start : 0;

  return at != NULL ? start : NULL;
}

/* Puts a word in the place of a user name and a password. */
char *
fetch_secrets_replace_user (const char *address, const char *user)
{
  const char *start = find_authority (address);
  const char *at = find_user_end (start);

  if (at == NULL)
    return g_strdup (address);

  return g_strdup_printf ("%.*s%s%s", (int) (start - address), address, user, at);
}

/**
 * fetch_secrets_hide_user:
 * @address: what somebody gave for an address
 *
 * Makes a user name and a password in front of the host unreadable: the name, too, as it
 * may be a token. Such an address is not fetched, but it is kept to be mended.
 *
 * May be called from any thread.
 *
 * Returns: (transfer full): the address without them
 */
char *
fetch_secrets_hide_user (const char *address)
{
  g_return_val_if_fail (address != NULL, NULL);

  return fetch_secrets_replace_user (address, PLACEHOLDER);
}

/* For arrays of secrets. */
void
fetch_secret_free (gpointer secret)
{
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

/* Returns whether what a server has chosen is likely no word of the page. */
static gboolean
is_worth_hiding (const char *value, gsize length)
{
  if (length < LEAST_RECEIVED_LENGTH)
    return FALSE;

  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalpha (value[i]))
      return TRUE;

  return length >= LEAST_RECEIVED_LETTERS;
}

/* Adds what a server has chosen to an array, as it is and decoded, if it can be told from
 * the words of a page. */
void
fetch_secrets_add_received (const char *value, gsize length, gpointer secrets)
{
  g_autofree char *decoded = NULL;

  if (!is_worth_hiding (value, length))
    return;

  g_ptr_array_add (secrets, g_strndup (value, length));
  if (memchr (value, '%', length) == NULL)
    return;
  decoded = g_uri_unescape_segment (value, value + length, NULL);
  if (decoded != NULL && is_worth_hiding (decoded, strlen (decoded)))
    g_ptr_array_add (secrets, g_steal_pointer (&decoded));
}

/* Hides the tokens in a URL, and where it repeats them. */
char *
fetch_secrets_hide_tokens (const char *url)
{
  g_autoptr (GPtrArray) tokens = g_ptr_array_new_with_free_func (fetch_secret_free);
  g_autoptr (FetchSecretSearch) search = NULL;
  char *hidden = fetch_tokens_hide (url, TRUE);

  fetch_tokens_foreach (url, TRUE, fetch_secrets_add_received, tokens);
  search = fetch_secret_search_new (tokens);
  if (search != NULL)
    fetch_secret_search_hide (search, hidden, strlen (hidden), FALSE);

  return hidden;
}

/**
 * fetch_secrets_hide_in_address:
 * @address: an address, or what somebody gave for one
 *
 * Hides a user name, a password, and the values of parameters such as `access_token`.
 *
 * Thread-safe.
 *
 * Returns: (transfer full): the address without them
 */
char *
fetch_secrets_hide_in_address (const char *address)
{
  g_autofree char *without_user = fetch_secrets_hide_user (address);

  return fetch_secrets_hide_tokens (without_user);
}

/* Returns the next two slashes, which may lean the other way, as browsers see it. */
static const char *
find_slashes (const char *text)
{
  while ((text = strpbrk (text, "/\\")) != NULL)
    {
      if (text[1] == '/' || text[1] == '\\')
        return text;
      text++;
    }

  return NULL;
}

/* Returns where a user in a URL within a text begins, behind its slashes, and where it
 * ends, at its “@”. */
static const char *
find_user_in_text (const char *text, const char **end)
{
  const char *start = text;

  while ((start = find_slashes (start)) != NULL)
    {
      gsize       size;
      const char *at;

      start += strspn (start, "/\\");
      size = strcspn (start, "/\\?# \t\r\n\"<>");
      at = g_strrstr_len (start, size, "@");
      if (at != NULL && !g_str_has_prefix (start, PLACEHOLDER "@"))
        {
          *end = at;
          return start;
        }
      start += size;
    }

  return NULL;
}

/* Returns the address in a Location field, if it is one with a scheme; browsers go there
 * also if its slashes lack. */
static const char *
find_location (const char *text)
{
  static const char location[] = "Location:";

  if (g_ascii_strncasecmp (text, location, strlen (location)) != 0)
    return NULL;
  text += strlen (location);
  text += strspn (text, " \t");

  return g_ascii_strncasecmp (text, "http", strlen ("http")) == 0 ? text : NULL;
}

/* Hides what is secret of the URLs in a message or a header field. */
char *
fetch_secrets_hide_urls (const char *text)
{
  const char      *value = find_location (text);
  g_autofree char *without_user = NULL;
  g_autofree char *field = NULL;
  g_autoptr (GString) without_users = g_string_new (NULL);
  const char *start;
  const char *end = NULL;

  if (value != NULL)
    {
      without_user = fetch_secrets_hide_user (value);
      field = g_strdup_printf ("%.*s%s", (int) (value - text), text, without_user);
      text = field;
    }

  while ((start = find_user_in_text (text, &end)) != NULL)
    {
      g_string_append_len (without_users, text, start - text);
      g_string_append (without_users, PLACEHOLDER);
      text = end;
    }
  g_string_append (without_users, text);

  return fetch_tokens_hide (without_users->str, FALSE);
}

gboolean
fetch_secrets_has_urls (const char *text)
{
  const char *end;

  if (find_location (text) != NULL && strchr (text, '@') != NULL)
    return TRUE;

  return find_user_in_text (text, &end) != NULL || fetch_tokens_has_any (text, FALSE);
}
