/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-curl-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "fetch/fetch-certificate-words-private.h"
#include "fetch/fetch-visible-text.h"

/*
 * What went wrong, from libcurl's words into a sentence for the one who asked: what
 * happened, and where it helps, what one can do.
 */

static int
seconds_of (gint64 microseconds)
{
  return MAX (1, microseconds / G_TIME_SPAN_SECOND);
}

/* Of the address that was asked last, after redirects. NULL if there is no such part. */
static char *
get_part (FetchTransfer *transfer, CURLUPart part)
{
  CURLU *parts = curl_url ();
  char  *text = NULL;
  char  *copy;

  curl_url_set (parts, CURLUPART_URL, fetch_transfer_get_target (transfer), 0);
  curl_url_get (parts, part, &text, CURLU_DEFAULT_PORT);
  copy = g_strdup (text);
  curl_free (text);
  curl_url_cleanup (parts);

  return copy;
}

static char *
get_host (FetchTransfer *transfer)
{
  g_autofree char *host = get_part (transfer, CURLUPART_HOST);

  return fetch_visible_line (host != NULL ? host : fetch_transfer_get_target (transfer));
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
  GError          *error = fetch_error_new (code, message, result);

  fetch_error_set_curl_code (error, curl_code);

  return error;
}

/* With all attempts, and the pauses between them. */
static gint64
get_elapsed (FetchTransfer *transfer)
{
  return transfer->started > 0
             ? transfer->spent + g_get_monotonic_time () - transfer->started
             : 0;
}

static GError *
timed_out (FetchTransfer *transfer, CURLcode code, FetchResult *result)
{
  FetchRequest    *request = transfer->request;
  gint64           total = fetch_request_get_total_timeout (request);
  GError          *error;
  g_autofree char *host = get_host (transfer);
  g_autofree char *message = NULL;
  int              seconds;

  /* libcurl's timers and ours don't agree to the millisecond. */
  if (get_elapsed (transfer) >= total - 100 * G_TIME_SPAN_MILLISECOND)
    {
      seconds = seconds_of (total);
      message = g_strdup_printf (ngettext ("Gave up after %d second, before the end.",
                                           "Gave up after %d seconds, before the end.",
                                           seconds),
                                 seconds);
    }
  else if (transfer->progress.phase < FETCH_PHASE_WAITING)
    {
      seconds = seconds_of (fetch_transfer_get_connect_timeout (transfer));
      message = g_strdup_printf (
          /* Translators: %s is the name of a host, such as example.org. */
          ngettext ("%s could not be reached within %d second.",
                    "%s could not be reached within %d seconds.", seconds),
          host, seconds);
    }
  else if (transfer->answer.broken_by_us == FETCH_BREAK_HEADER_TIMEOUT)
    {
      seconds = seconds_of (fetch_request_get_header_timeout (request));
      message = g_strdup_printf (
          ngettext ("The server did not send the headers within %d second.",
                    "The server did not send the headers within %d seconds.", seconds),
          seconds);
    }
  else if (transfer->answer.broken_by_us == FETCH_BREAK_TOO_SLOW)
    {
      g_autofree char *speed = g_format_size (fetch_request_get_min_speed (request));

      seconds = seconds_of (fetch_request_get_stall_timeout (request));
      message = g_strdup_printf (
          /* Translators: %s is a size, such as “10 bytes”. */
          ngettext ("Too slow: less than %s per second for %d second.",
                    "Too slow: less than %s per second for %d seconds.", seconds),
          speed, seconds);
    }
  else
    {
      seconds = seconds_of (fetch_request_get_stall_timeout (request));
      message = g_strdup_printf (
          ngettext ("Gave up, as the answer has not moved on for %d second.",
                    "Gave up, as the answer has not moved on for %d seconds.", seconds),
          seconds);
    }

  if (transfer->answer.broken_by_us == FETCH_BREAK_NONE)
    return with_detail (FETCH_ERROR_TIMED_OUT, message, transfer, code, result);

  /* libcurl knows only that it was told to end. */
  error = fetch_error_new (FETCH_ERROR_TIMED_OUT, message, result);
  fetch_error_set_curl_code (error, code);

  return error;
}

static GError *
cut_off (FetchTransfer *transfer, CURLcode code, FetchResult *result)
{
  g_autofree char *received = g_format_size (result->size_on_wire);
  g_autofree char *message = NULL;

  if (transfer->answer.is_cut)
    message = g_strdup_printf (
        /* Translators: %s is a size, such as “1.2 kB”. */
        _ ("The compressed body ends after %s, before its end. The server may have "
           "sent only a part of it."),
        received);
  else if (transfer->progress.total > 0)
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

  return with_detail (FETCH_ERROR_CUT_OFF, message, transfer, code, result);
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
cannot_write (FetchTransfer *transfer, FetchResult *result)
{
  g_autofree char *message = g_strdup_printf (
      /* Translators: %s is the system's reason, such as “No space left on device”. */
      _ ("The output can’t be written: %s."), g_strerror (transfer->stream_error));

  return fetch_error_new (FETCH_ERROR_CANNOT_SAVE, message, result);
}

/* Any thread: neither a file nor a socket can be opened in this process. */
GError *
fetch_no_file_left_error_new (FetchResult *result)
{
  return fetch_error_new (FETCH_ERROR_FAILED,
                          _ ("This program has too many files and connections open. "
                             "Try again when there are fewer."),
                          result);
}

static GError *
proxy_refused (FetchTransfer *transfer, CURLcode code, long status, FetchResult *result)
{
  g_autofree char *message = g_strdup_printf (
      /* Translators: %ld is an HTTP status, such as 407. */
      _ ("The proxy server refused to connect (%ld)."), status);

  return with_detail (FETCH_ERROR_CANNOT_CONNECT, message, transfer, code, result);
}

static GError *
name_not_found (FetchTransfer *transfer, CURLcode code, FetchResult *result)
{
  g_autofree char *host = get_host (transfer);
  g_autofree char *message = g_strdup_printf (
      /* Translators: %s is the name of a host, such as example.org. */
      _ ("There is no host named %s, or there is no network."), host);

  return with_detail (FETCH_ERROR_NAME_NOT_FOUND, message, transfer, code, result);
}

/* libcurl has one code for all whom it can't reach, and says whom it wanted to: as in
 * “Failed to connect to example.org port 80 after …”. It has no brackets around it, and
 * leaves off what resolvers don't take. */
static gboolean
is_about_proxy (FetchTransfer *transfer)
{
  const char      *start = strstr (transfer->curl_detail, "connect to ");
  const char      *end = start != NULL ? strstr (start, " port ") : NULL;
  g_autofree char *host = get_part (transfer, CURLUPART_HOST);
  g_autofree char *port = get_part (transfer, CURLUPART_PORT);
  const char      *own_host = host + (host != NULL && *host == '[' ? 1 : 0);

  if (end == NULL || host == NULL || port == NULL)
    return FALSE;

  start += strlen ("connect to ");
  if (g_ascii_strtoull (end + strlen (" port "), NULL, 10) !=
      g_ascii_strtoull (port, NULL, 10))
    return TRUE;

  return g_str_is_ascii (host) && g_ascii_strncasecmp (own_host, start, end - start) != 0;
}

static GError *
cannot_connect (FetchTransfer *transfer, CURLcode code, FetchResult *result)
{
  g_autofree char *host = get_host (transfer);
  g_autofree char *message = NULL;

  if (is_about_proxy (transfer))
    return with_detail (FETCH_ERROR_CANNOT_CONNECT,
                        _ ("The proxy server does not accept connections. It may be "
                           "down, or its address may be wrong in the settings."),
                        transfer, code, result);

  message = g_strdup_printf (
      /* Translators: %s is the name of a host, such as example.org. */
      _ ("%s does not accept connections. The server may be down, or the port may be "
         "wrong."),
      host);

  return with_detail (FETCH_ERROR_CANNOT_CONNECT, message, transfer, code, result);
}

static GError *
bad_answer (FetchTransfer *transfer, CURLcode code, FetchResult *result)
{
  return with_detail (FETCH_ERROR_BAD_ANSWER,
                      _ ("The answer does not follow the rules of HTTP."), transfer, code,
                      result);
}

static GError *
wants_certificate (FetchTransfer *transfer, CURLcode code, FetchResult *result)
{
  return with_detail (FETCH_ERROR_TLS,
                      _ ("The server wants a certificate of whoever asks, and there is "
                         "none to show."),
                      transfer, code, result);
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
    return wants_certificate (transfer, code, result);

  curl_easy_getinfo (transfer->easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
  if (proxy_status >= 300)
    return proxy_refused (transfer, code, proxy_status, result);

  if (result->status >= 200 && !transfer->answer.is_in_header)
    return cut_off (transfer, code, result);

  return with_detail (FETCH_ERROR_CLOSED,
                      _ ("The connection broke off before there was an answer."),
                      transfer, code, result);
}

static GError *
not_verified (FetchTransfer *transfer, CURLcode code, FetchResult *result)
{
  g_autofree char *host = get_host (transfer);
  g_autofree char *problem = fetch_certificate_explain (transfer->handshake, host);
  g_autofree char *sentences = g_strdup_printf (
      /* Translators: two sentences, one after the other. */
      C_ ("sentences", "%s %s"), problem,
      _ ("Somebody else may answer in the server’s place, so it was not asked."));

  return with_detail (FETCH_ERROR_TLS, sentences, transfer, code, result);
}

/* Why a redirect that should be followed is not. */
static const char *
words_for_redirect (const FetchAnswer *answer)
{
  switch (answer->redirect_problem)
    {
    case FETCH_URL_PROBLEM_SCHEME:
      return _ ("The server redirects to an address that is not http or https. It was "
                "not followed.");

    case FETCH_URL_PROBLEM_USERINFO:
      return _ ("The server redirects to an address with a user name in it. It was not "
                "followed.");

    case FETCH_URL_PROBLEM_INVALID:
      return _ ("The server redirects to an address that is not valid.");

    case FETCH_URL_PROBLEM_NONE:
    default:
      return _ ("Too many redirects (possible loop).");
    }
}

static GError *
redirect_not_followed (FetchTransfer *transfer, CURLcode code, FetchResult *result)
{
  GError *error = fetch_error_new (FETCH_ERROR_BAD_REDIRECT,
                                   words_for_redirect (&transfer->answer), result);

  fetch_error_set_curl_code (error, code);

  return error;
}

/* Whose name is looked up, and who is connected to. */
static GError *
explain_way (FetchTransfer *transfer, CURLcode code, FetchResult *result)
{
  switch (code)
    {
    case CURLE_COULDNT_RESOLVE_HOST:
      return name_not_found (transfer, code, result);

    case CURLE_COULDNT_RESOLVE_PROXY:
      return with_detail (FETCH_ERROR_NAME_NOT_FOUND,
                          _ ("The proxy server’s name was not found. It may be wrong in "
                             "the settings, or there is no network."),
                          transfer, code, result);

    case CURLE_COULDNT_CONNECT:
      return cannot_connect (transfer, code, result);

    case CURLE_PROXY:
      return with_detail (FETCH_ERROR_CANNOT_CONNECT,
                          _ ("The proxy server refused to connect. It may want a name "
                             "and a password, or not reach the host itself."),
                          transfer, code, result);

    case CURLE_OPERATION_TIMEDOUT:
      return timed_out (transfer, code, result);

    default:
      return NULL;
    }
}

static GError *
explain_security (FetchTransfer *transfer, CURLcode code, FetchResult *result)
{
  switch (code)
    {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      return not_verified (transfer, code, result);

    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
      return with_detail (FETCH_ERROR_BAD_SETTING,
                          _ ("The file with the authorities to trust can’t be read."),
                          transfer, code, result);

    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CLIENTCERT:
      return wants_certificate (transfer, code, result);

    /* What is stapled to a certificate is looked at when libcurl is content with it. */
    case CURLE_SSL_CONNECT_ERROR:
      if (transfer->handshake->problem != FETCH_CERTIFICATE_IS_FINE)
        return not_verified (transfer, CURLE_PEER_FAILED_VERIFICATION, result);
      G_GNUC_FALLTHROUGH;

    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_SHUTDOWN_FAILED:
    case CURLE_USE_SSL_FAILED:
      return with_detail (FETCH_ERROR_TLS,
                          _ ("No secure connection could be made. The server may speak "
                             "no TLS there, or only a kind that is too old."),
                          transfer, code, result);

    default:
      return NULL;
    }
}

static GError *
explain_answer (FetchTransfer *transfer, CURLcode code, FetchResult *result)
{
  switch (code)
    {
    case CURLE_GOT_NOTHING:
      return with_detail (FETCH_ERROR_CLOSED,
                          _ ("The server closed the connection without an answer."),
                          transfer, code, result);

    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2_STREAM:
    case CURLE_PARTIAL_FILE:
      return broke_off (transfer, code, result);

    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_LOGIN_DENIED:
      if (code == CURLE_URL_MALFORMAT)
        return with_detail (FETCH_ERROR_BAD_ADDRESS,
                            _ ("The host name in the address is not valid."), transfer,
                            code, result);
      return with_detail (FETCH_ERROR_BAD_ANSWER,
                          _ ("What answers there does not speak HTTP."), transfer, code,
                          result);

    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
      return bad_answer (transfer, code, result);

    case CURLE_RANGE_ERROR:
      return with_detail (FETCH_ERROR_BAD_ANSWER,
                          _ ("The server does not send the part that was asked for. "
                             "It may help to fetch all of it."),
                          transfer, code, result);

    case CURLE_BAD_CONTENT_ENCODING:
      return with_detail (FETCH_ERROR_BAD_ANSWER,
                          _ ("The body can’t be decompressed: it is damaged, or "
                             "compressed in a way that is not known."),
                          transfer, code, result);

#if LIBCURL_VERSION_NUM >= 0x080600
    case CURLE_TOO_LARGE:
      return header_too_large (result);
#endif

    /* libcurl calls a line so that is longer than it takes; GLib would have aborted if
     * there were no memory. */
    case CURLE_OUT_OF_MEMORY:
      return transfer->progress.phase == FETCH_PHASE_WAITING ? header_too_large (result)
                                                             : NULL;

    default:
      return NULL;
    }
}

static GError *
explain (FetchTransfer *transfer, CURLcode code, FetchResult *result)
{
  GError *error = explain_way (transfer, code, result);

  if (error == NULL)
    error = explain_security (transfer, code, result);
  if (error == NULL)
    error = explain_answer (transfer, code, result);
  if (error == NULL && code == CURLE_NOT_BUILT_IN)
    error = with_detail (FETCH_ERROR_BAD_SETTING,
                         _ ("A setting asks for what this system’s libcurl can’t do."),
                         transfer, code, result);
  if (error == NULL)
    error = with_detail (FETCH_ERROR_FAILED,
                         _ ("It could not be fetched. It may help to try again."),
                         transfer, code, result);

  return error;
}

/* I/O thread. The result is what was learned so far. */
GError *
fetch_curl_error_new (FetchTransfer *transfer, CURLcode code, FetchResult *result)
{
  if (transfer->file != NULL && fetch_file_get_error (transfer->file) != NULL)
    return cannot_save (transfer, result);
  if (transfer->stream_error != 0)
    return cannot_write (transfer, result);
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
  if (transfer->answer.has_too_many_redirects ||
      transfer->answer.redirect_problem != FETCH_URL_PROBLEM_NONE)
    return redirect_not_followed (transfer, code, result);
  if (transfer->has_no_file_left && code == CURLE_COULDNT_CONNECT)
    return fetch_no_file_left_error_new (result);

  return explain (transfer, code, result);
}
