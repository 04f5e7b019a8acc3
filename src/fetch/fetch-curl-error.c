/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-curl-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fetch/fetch-visible-text.h"

/*
 * What went wrong, from libcurl's words into a sentence for the one who asked: what
 * happened, and where it helps, what one can do.
 */

/* Of those for which a certificate is; the last is “…” then. */
#define MOST_NAMES 4

static int
seconds_of (gint64 microseconds)
{
  return MAX (1, microseconds / G_TIME_SPAN_SECOND);
}

static char *
get_host (FetchTransfer *transfer)
{
  CURLU *parts = curl_url ();
  char  *url = NULL;
  char  *host = NULL;
  char  *visible;

  curl_easy_getinfo (transfer->easy, CURLINFO_EFFECTIVE_URL, &url);
  curl_url_set (parts, CURLUPART_URL, url, 0);
  curl_url_get (parts, CURLUPART_HOST, &host, 0);
  visible = fetch_visible_line (host != NULL ? host : url);
  curl_free (host);
  curl_url_cleanup (parts);

  return visible;
}

static GError *
timed_out (FetchTransfer *transfer, FetchResult *result)
{
  FetchRequest    *request = transfer->request;
  gint64           total = fetch_request_get_total_timeout (request);
  g_autofree char *host = get_host (transfer);
  g_autofree char *message = NULL;
  int              seconds;

  /* libcurl's timers and ours don't agree to the millisecond. */
  if (fetch_result_get_duration (result) >= total - 100 * G_TIME_SPAN_MILLISECOND)
    {
      seconds = seconds_of (total);
      message = g_strdup_printf (ngettext ("Gave up after %d second, before the end.",
                                           "Gave up after %d seconds, before the end.",
                                           seconds),
                                 seconds);
    }
  else if (transfer->progress.phase < FETCH_PHASE_WAITING)
    {
      seconds = seconds_of (fetch_request_get_connect_timeout (request));
      message = g_strdup_printf (
          /* Translators: %s is the name of a host, such as example.org. */
          ngettext ("%s could not be reached within %d second.",
                    "%s could not be reached within %d seconds.", seconds),
          host, seconds);
    }
  else
    {
      seconds = seconds_of (fetch_request_get_stall_timeout (request));
      message = g_strdup_printf (
          ngettext ("Gave up, as the answer has not moved on for %d second.",
                    "Gave up, as the answer has not moved on for %d seconds.", seconds),
          seconds);
    }

  return fetch_error_new (FETCH_ERROR_TIMED_OUT, message, result);
}

static GError *
cut_off (FetchTransfer *transfer, FetchResult *result)
{
  g_autofree char *received = g_format_size (result->size_on_wire);
  g_autofree char *message = NULL;

  if (transfer->progress.total > 0)
    {
      g_autofree char *total = g_format_size (transfer->progress.total);

      message = g_strdup_printf (
          /* Translators: both are sizes, such as “1.2 kB”. */
          _ ("The connection broke off after %s of %s."), received, total);
    }
  else
    message = g_strdup_printf (
        /* Translators: %s is a size, such as “1.2 kB”. */
        _ ("The connection broke off after %s, before the end."), received);

  return fetch_error_new (FETCH_ERROR_CUT_OFF, message, result);
}

static GError *
header_too_large (FetchResult *result)
{
  g_autofree char *size = g_format_size (FETCH_MAX_HEADER_SIZE);
  g_autofree char *message = g_strdup_printf (
      /* Translators: %s is a size, such as “500 kB”. */
      _ ("The headers of the answer are too large: more than %s, or a line without end."),
      size);

  return fetch_error_new (FETCH_ERROR_TOO_LARGE, message, result);
}

static GError *
unpacks_to_too_much (FetchResult *result)
{
  return fetch_error_new (
      FETCH_ERROR_TOO_LARGE,
      _ ("The body is compressed so that little unpacks to very much. "
         "That is how an attack looks, so it was given up."),
      result);
}

static GError *
cannot_save (FetchTransfer *transfer, FetchResult *result)
{
  const GError *error = fetch_file_get_error (transfer->file);

  return fetch_error_new (error->code, error->message, result);
}

static GError *
has_no_file_left (FetchResult *result)
{
  return fetch_error_new (FETCH_ERROR_FAILED,
                          _ ("This program has too many files and connections open. "
                             "Try again when there are fewer."),
                          result);
}

static GError *
proxy_refused (long status, FetchResult *result)
{
  g_autofree char *message = g_strdup_printf (
      /* Translators: %ld is an HTTP status, such as 407. */
      _ ("The proxy server refused to connect (%ld)."), status);

  return fetch_error_new (FETCH_ERROR_CANNOT_CONNECT, message, result);
}

static GError *
name_not_found (FetchTransfer *transfer, FetchResult *result)
{
  g_autofree char *host = get_host (transfer);
  g_autofree char *message = g_strdup_printf (
      /* Translators: %s is the name of a host, such as example.org. */
      _ ("There is no host named %s, or there is no network."), host);

  return fetch_error_new (FETCH_ERROR_NAME_NOT_FOUND, message, result);
}

static GError *
cannot_connect (FetchTransfer *transfer, FetchResult *result)
{
  g_autofree char *host = get_host (transfer);
  g_autofree char *message = g_strdup_printf (
      /* Translators: %s is the name of a host, such as example.org. */
      _ ("%s does not accept connections. The server may be down, or the port may be "
         "wrong."),
      host);

  return fetch_error_new (FETCH_ERROR_CANNOT_CONNECT, message, result);
}

/* libcurl repeats the address of a proxy server, with the password in it. */
static gboolean
may_be_secret (const char *curl_detail)
{
  return strstr (curl_detail, "proxy") != NULL && strchr (curl_detail, '@') != NULL;
}

static GError *
with_detail (FetchError     code,
             const char    *sentence,
             FetchTransfer *transfer,
             CURLcode       curl_code,
             FetchResult   *result)
{
  const char      *detail = *transfer->curl_detail != '\0' &&
                               !may_be_secret (transfer->curl_detail)
                                ? transfer->curl_detail
                                : curl_easy_strerror (curl_code);
  g_autofree char *visible = fetch_visible_line (detail);
  /* Translators: a sentence, and technical details in English. */
  g_autofree char *message = g_strdup_printf (_ ("%s (%s)"), sentence, visible);

  return fetch_error_new (code, message, result);
}

static GError *
bad_answer (FetchTransfer *transfer, CURLcode code, FetchResult *result)
{
  return with_detail (FETCH_ERROR_BAD_ANSWER,
                      _ ("The answer does not follow the rules of HTTP."), transfer, code,
                      result);
}

/* The connection broke off. */
static GError *
broke_off (FetchTransfer *transfer, CURLcode code, FetchResult *result)
{
  long proxy_status = 0;

  /* libcurl has one code for a connection that broke off, and for one that it broke off
   * itself. */
  if (strstr (transfer->curl_detail, "chunked-encoding") != NULL)
    return bad_answer (transfer, code, result);
  if (strstr (transfer->curl_detail, "alert certificate required") != NULL)
    return with_detail (FETCH_ERROR_TLS, _ ("No secure connection could be made."),
                        transfer, code, result);

  curl_easy_getinfo (transfer->easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
  if (proxy_status >= 300)
    return proxy_refused (proxy_status, result);

  if (result->status >= 200 && !transfer->answer.is_in_header)
    return cut_off (transfer, result);

  return fetch_error_new (FETCH_ERROR_CLOSED,
                          _ ("The connection broke off before there was an answer."),
                          result);
}

static char *
date_of (gint64 seconds)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_local (seconds);

  /* Translators: the date on which a certificate expires, in the form that is usual where
     this language is spoken: see the manual of strftime. */
  return date != NULL ? g_date_time_format (date, _ ("%-d %B %Y")) : g_strdup ("?");
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

  names = fetch_visible_line (tls->names[0] != NULL  ? tls->names[0]
                              : tls->subject != NULL ? tls->subject
                                                     : "");
  return g_strdup_printf (
      /* Translators: both are the names of hosts. */
      _ ("The server’s certificate is not for %s, but for another name: %s."), host,
      names);
}

/* What is wrong with the certificate, in a sentence. */
static char *
certificate_problem (FetchTransfer *transfer)
{
  const FetchHandshake *handshake = transfer->handshake;
  g_autofree char      *host = get_host (transfer);
  g_autofree char      *text = NULL;

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
      text = fetch_visible_line (handshake->tls->issuer);
      return g_strdup_printf (
          /* Translators: %s is who has signed a certificate. */
          _ ("The server’s certificate is signed by an unknown authority: %s."), text);

    case FETCH_CERTIFICATE_IS_REVOKED:
      return g_strdup (_ ("The server’s certificate was revoked."));

    case FETCH_CERTIFICATE_IS_BAD:
      return g_strdup (_ ("The server’s certificate is not valid."));

    case FETCH_CERTIFICATE_IS_FINE:
    default:
      if (handshake->tls == NULL)
        return g_strdup (_ ("The server could not prove who it is."));
      return words_for_other_names (handshake->tls, host);
    }
}

static GError *
not_verified (FetchTransfer *transfer, CURLcode code, FetchResult *result)
{
  g_autofree char *problem = certificate_problem (transfer);
  g_autofree char *sentences = g_strdup_printf (
      /* Translators: two sentences, one after the other. */
      C_ ("sentences", "%s %s"), problem,
      _ ("Somebody else may answer in the server’s place, so it was not asked."));

  return with_detail (FETCH_ERROR_TLS, sentences, transfer, code, result);
}

/* Whether the last answer was a redirect that was not followed; not one that was, and
 * whose target has failed. */
static gboolean
is_at_redirect (FetchTransfer *transfer, FetchResult *result)
{
  return result->status >= 300 && result->status < 400 &&
         !transfer->answer.expects_status_line;
}

static GError *
redirect_not_followed (FetchResult *result)
{
  /* libcurl counts it before it looks where it goes. */
  result->n_redirects = MAX (result->n_redirects, 1) - 1;

  return fetch_error_new (FETCH_ERROR_BAD_REDIRECT,
                          _ ("The server redirects to an address that is not followed: "
                             "not http or https, with a user name in it, or not valid."),
                          result);
}

/* I/O thread. The result is what was learned so far. */
GError *
fetch_curl_error_new (FetchTransfer *transfer, CURLcode code, FetchResult *result)
{
  if (transfer->file != NULL && fetch_file_get_error (transfer->file) != NULL)
    return cannot_save (transfer, result);
  if (transfer->answer.broken_by_us == FETCH_BREAK_OTHER_VERSION)
    return fetch_error_new (
        FETCH_ERROR_CANNOT_SAVE,
        _ ("It was not saved, as it has changed again and again meanwhile."), result);
  if (transfer->answer.broken_by_us == FETCH_BREAK_HEADER_TOO_LARGE)
    return header_too_large (result);
  if (transfer->answer.broken_by_us == FETCH_BREAK_BAD_LENGTH)
    return fetch_error_new (FETCH_ERROR_BAD_ANSWER,
                            _ ("The answer does not follow the rules of HTTP: it has two "
                               "lengths, or one that can’t be."),
                            result);
  if (transfer->answer.broken_by_us == FETCH_BREAK_UNPACKS_TO_TOO_MUCH)
    return unpacks_to_too_much (result);
  if (transfer->has_no_file_left && code == CURLE_COULDNT_CONNECT)
    return has_no_file_left (result);

  switch (code)
    {
    case CURLE_COULDNT_RESOLVE_HOST:
      return name_not_found (transfer, result);

    case CURLE_COULDNT_CONNECT:
      return cannot_connect (transfer, result);

    case CURLE_OPERATION_TIMEDOUT:
      return timed_out (transfer, result);

    case CURLE_GOT_NOTHING:
      return fetch_error_new (FETCH_ERROR_CLOSED,
                              _ ("The server closed the connection without an answer."),
                              result);

    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2_STREAM:
    case CURLE_PARTIAL_FILE:
      return broke_off (transfer, code, result);

    case CURLE_TOO_MANY_REDIRECTS:
      return fetch_error_new (
          FETCH_ERROR_BAD_REDIRECT,
          _ ("There are too many redirects; perhaps they go in a circle."), result);

    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_LOGIN_DENIED:
      if (is_at_redirect (transfer, result))
        return redirect_not_followed (result);
      if (code == CURLE_URL_MALFORMAT)
        return fetch_error_new (FETCH_ERROR_BAD_ADDRESS,
                                _ ("The host name in the address is not valid."), result);
      return fetch_error_new (FETCH_ERROR_BAD_ANSWER,
                              _ ("What answers there does not speak HTTP."), result);

    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
      return bad_answer (transfer, code, result);

    case CURLE_BAD_CONTENT_ENCODING:
      return with_detail (FETCH_ERROR_BAD_ANSWER,
                          _ ("The body can’t be decompressed: it is damaged, or "
                             "compressed in a way that is not known."),
                          transfer, code, result);

    case CURLE_PEER_FAILED_VERIFICATION:
      return not_verified (transfer, code, result);

    case CURLE_SSL_CACERT_BADFILE:
      return with_detail (FETCH_ERROR_BAD_SETTING,
                          _ ("The file with the authorities to trust can’t be read."),
                          transfer, code, result);

    case CURLE_SSL_CONNECT_ERROR:
      return with_detail (FETCH_ERROR_TLS, _ ("No secure connection could be made."),
                          transfer, code, result);

    case CURLE_OUT_OF_MEMORY:
      /* libcurl calls a line so that is longer than it takes; GLib would have aborted if
       * there were no memory. */
      if (transfer->progress.phase == FETCH_PHASE_WAITING)
        return header_too_large (result);
      G_GNUC_FALLTHROUGH;

    default:
      return with_detail (FETCH_ERROR_FAILED, _ ("It could not be fetched."), transfer,
                          code, result);
    }
}
