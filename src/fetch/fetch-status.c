/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-status.h"

#include <glib/gi18n-lib.h>

#include "fetch/fetch-visible-text.h"

/**
 * fetch_status_is_redirect:
 * @status: an HTTP status code
 *
 * The Fetch standard follows these. The others of their class ask for a decision (300),
 * or for nothing (304), or are not in use any more (305, 306).
 *
 * Thread-safe.
 *
 * Returns: whether a response with this status and a Location leads to another one
 */
gboolean
fetch_status_is_redirect (int status)
{
  return status == 301 || status == 302 || status == 303 || status == 307 ||
         status == 308;
}

static const char *
explain_class (int status)
{
  switch (status / 100)
    {
    case 3:
      return fetch_status_is_redirect (status)
                 ? _ ("This is a redirect without a destination.")
                 : _ ("Redirects of this kind are not followed.");

    case 4:
      return _ ("The server does not accept the request. The address may be wrong.");

    case 5:
      return _ ("Something went wrong in the server. It may help to try again later.");

    case 0: /* there is none, as in HTTP/0.9 */
    case 2:
      return NULL;

    default:
      return _ ("The server answers with a status that means nothing in HTTP.");
    }
}

/**
 * fetch_status_explain:
 * @status: an HTTP status code
 *
 * Says in plain words what an answer means that is not what was asked for, and what one
 * can do.
 *
 * Returns: (transfer none) (nullable): a sentence or two; %NULL if it is a success
 */
const char *
fetch_status_explain (int status)
{
  switch (status)
    {
    case 304:
      return _ ("The server says that nothing has changed since the last time.");

    case 401:
      return _ ("The server wants to know who asks: a name and a password, or a token.");

    case 402:
      return _ ("The server wants to be paid first.");

    case 403:
      return _ (
          "The server does not show this to whoever asks. You may have to sign in.");

    case 404:
      return _ ("There is nothing at this address. It may be mistyped, or have moved.");

    case 405:
      return _ ("The server does not accept this kind of request here.");

    case 407:
      return _ ("The proxy server wants to know who asks.");

    case 408:
      return _ ("The request took too long for the server. Try again.");

    case 410:
      return _ ("What was at this address is gone for good.");

    case 413:
    case 414:
    case 431:
      return _ ("The request is too large for the server.");

    case 421:
      return _ ("The request came to a server that does not serve this host.");

    case 429:
      return _ ("The server was asked too often. Wait a while, and ask more slowly.");

    case 451:
      return _ ("The server must not show this, for legal reasons.");

    case 502:
    case 504:
      return _ (
          "The server that answers could not reach the one behind it. It may help to "
          "try again later.");

    case 503:
      return _ ("The server has no time now, or is being repaired. Try again later.");

    default:
      return explain_class (status);
    }
}

/* A redirect says where it leads, or it does not; if it was followed, what came of that
 * is told by the error. */
static char *
explain_redirect (FetchResult *result)
{
  const char      *target = fetch_result_get_redirect_url (result);
  g_autofree char *visible = NULL;

  if (fetch_result_get_n_redirects (result) >= fetch_result_get_n_hops (result))
    return NULL;
  if (target == NULL)
    return g_strdup (fetch_status_explain (fetch_result_get_status (result)));

  visible = fetch_visible_line (target);

  return g_strdup_printf (
      /* Translators: %s is an address. */
      _ ("This is a redirect to %s, which was not followed."), visible);
}

/**
 * fetch_status_explain_result:
 * @result: a result
 *
 * As [func@fetch_status_explain], for what answered in the end: of a redirect that was
 * not followed, it says where it leads.
 *
 * Thread-safe.
 *
 * Returns: (transfer full) (nullable): a sentence or two; %NULL if it is a success
 */
char *
fetch_status_explain_result (FetchResult *result)
{
  int status;

  g_return_val_if_fail (result != NULL, NULL);

  status = fetch_result_get_status (result);
  if (status / 100 == 3 && status != 304)
    return explain_redirect (result);

  return g_strdup (fetch_status_explain (status));
}
