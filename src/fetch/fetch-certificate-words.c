/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-certificate-words-private.h"

#include <glib/gi18n-lib.h>

#include "fetch/fetch-visible-text.h"

/* What is wrong with a certificate, for whoever has to decide what to do about it. */

/* Of those for which a certificate is; the last is “…” then. */
#define MOST_NAMES 4

static char *
date_of (gint64 seconds)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_local (seconds);

  /* Translators: the date on which a certificate expires, in the form that is usual where
     this language is spoken: see the manual of strftime. */
  return date != NULL ? g_date_time_format (date, _ ("%-d %B %Y")) : g_strdup ("?");
}

/* A certificate may name neither whom it is for nor who has signed it. */
static char *
name_of (const char *name)
{
  return name != NULL ? fetch_visible_line (name) : g_strdup ("?");
}

/* As far as there is room for them. */
static char *
words_for_names (char **names)
{
  const char      *first[] = { NULL, NULL, NULL, NULL, NULL };
  g_autofree char *words = NULL;

  for (gsize i = 0; i < MOST_NAMES && names[i] != NULL; i++)
    first[i] = i < MOST_NAMES - 1 ? names[i] : "…";
  /* Translators: what stands between the names of a list. */
  words = g_strjoinv (C_ ("list separator", ", "), (char **) first);

  return fetch_visible_line (words);
}

static char *
words_for_other_names (const FetchTls *tls, const char *host)
{
  g_autofree char *names = NULL;

  if (tls->names[0] != NULL && tls->names[1] != NULL)
    {
      names = words_for_names (tls->names);
      return g_strdup_printf (
          /* Translators: the first %s is the name of a host, the second one a list of
             names. */
          _ ("The server’s certificate is not for %s, but for other names: %s."), host,
          names);
    }

  names = name_of (tls->names[0] != NULL ? tls->names[0] : tls->subject);
  return g_strdup_printf (
      /* Translators: both are the names of hosts. */
      _ ("The server’s certificate is not for %s, but for another name: %s."), host,
      names);
}

/* What is wrong with a certificate that the server's own one depends on. */
static char *
problem_of_authority (const FetchHandshake *handshake)
{
  const FetchTls  *tls = handshake->faulty;
  g_autofree char *name = name_of (tls->subject);
  g_autofree char *text = NULL;

  switch (handshake->problem)
    {
    case FETCH_CERTIFICATE_IS_EXPIRED:
      text = date_of (tls->expires);
      return g_strdup_printf (
          /* Translators: the first %s is who vouches for a server, the second a date. */
          _ ("The certificate of the authority behind the server’s, %s, expired on %s."),
          name, text);

    case FETCH_CERTIFICATE_IS_NOT_YET_VALID:
      text = date_of (tls->valid_from);
      return g_strdup_printf (
          /* Translators: the first %s is who vouches for a server, the second a date. */
          _ ("The certificate of the authority behind the server’s, %s, is not valid "
             "before %s. Is the clock right?"),
          name, text);

    case FETCH_CERTIFICATE_IS_OF_UNKNOWN_AUTHORITY:
      text = name_of (tls->issuer);
      return g_strdup_printf (
          /* Translators: the first %s is who has signed a certificate, the second who
             has signed that one's. */
          _ ("The server’s certificate is signed by %s, and that one’s by an unknown "
             "authority: %s."),
          name, text);

    default:
      return g_strdup_printf (
          /* Translators: %s is who vouches for a server. */
          _ ("The certificate of the authority behind the server’s, %s, is not valid."),
          name);
    }
}

/* What is wrong with the certificate that a host has shown, in a sentence. */
char *
fetch_certificate_explain (const FetchHandshake *handshake, const char *host)
{
  g_autofree char *text = NULL;

  if (handshake->faulty != NULL)
    return problem_of_authority (handshake);

  switch (handshake->problem)
    {
    case FETCH_CERTIFICATE_IS_EXPIRED:
      text = date_of (handshake->tls->expires);
      /* Translators: %s is a date. */
      return g_strdup_printf (_ ("The server’s certificate expired on %s."), text);

    case FETCH_CERTIFICATE_IS_NOT_YET_VALID:
      text = date_of (handshake->tls->valid_from);
      return g_strdup_printf (
          /* Translators: %s is a date. */
          _ ("The server’s certificate is not valid before %s. Is the clock right?"),
          text);

    case FETCH_CERTIFICATE_IS_SELF_SIGNED:
      return g_strdup (
          _ ("The server’s certificate is signed by itself, and by nobody who "
             "is trusted."));

    case FETCH_CERTIFICATE_IS_OF_UNKNOWN_AUTHORITY:
      text = name_of (handshake->tls->issuer);
      return g_strdup_printf (
          /* Translators: %s is who has signed a certificate. */
          _ ("The server’s certificate is signed by an unknown authority: %s."), text);

    case FETCH_CERTIFICATE_IS_REVOKED:
      return g_strdup (_ ("The server’s certificate was revoked by who signed it: it may "
                          "have been stolen."));

    case FETCH_CERTIFICATE_LACKS_STAPLE:
      return g_strdup (
          _ ("The server has not brought along the proof that its certificate "
             "was not revoked, which the certificate promises."));

    case FETCH_CERTIFICATE_IS_BAD:
      return g_strdup (_ ("The server’s certificate is not valid."));

    case FETCH_CERTIFICATE_IS_FINE:
    default:
      if (handshake->tls == NULL)
        return g_strdup (_ ("The server could not prove who it is."));
      return words_for_other_names (handshake->tls, host);
    }
}
