/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-result.h"

G_BEGIN_DECLS

#define FETCH_ERROR (fetch_error_quark ())

/**
 * FetchError:
 * @FETCH_ERROR_BAD_ADDRESS: what was typed is not an address that can be fetched
 * @FETCH_ERROR_NAME_NOT_FOUND: there is no such host
 * @FETCH_ERROR_CANNOT_CONNECT: nobody answers there
 * @FETCH_ERROR_TLS: no secure connection could be made
 * @FETCH_ERROR_TIMED_OUT: it took too long, or stood still for too long
 * @FETCH_ERROR_CLOSED: the connection was closed before there was an answer
 * @FETCH_ERROR_CUT_OFF: the body ended before its end
 * @FETCH_ERROR_BAD_REDIRECT: there were too many redirects, or one to somewhere forbidden
 * @FETCH_ERROR_BAD_ANSWER: the answer does not follow the rules of HTTP
 * @FETCH_ERROR_TOO_LARGE: the headers are larger than allowed, or the body unpacks to
 *   more than is reasonable
 * @FETCH_ERROR_BAD_SETTING: a setting of the request is not valid
 * @FETCH_ERROR_FILE_EXISTS: there is a file already where the body was to be saved
 * @FETCH_ERROR_CANNOT_SAVE: the body could not be written
 * @FETCH_ERROR_CANCELLED: it was cancelled
 * @FETCH_ERROR_FAILED: something else, as the message says
 *
 * Why a fetch failed. The message is a sentence for the one who asked for the fetch.
 *
 * An error of a fetch that was begun carries what was learned before it failed: see
 * [func@fetch_error_get_result].
 */
typedef enum
{
  FETCH_ERROR_BAD_ADDRESS,
  FETCH_ERROR_NAME_NOT_FOUND,
  FETCH_ERROR_CANNOT_CONNECT,
  FETCH_ERROR_TLS,
  FETCH_ERROR_TIMED_OUT,
  FETCH_ERROR_CLOSED,
  FETCH_ERROR_CUT_OFF,
  FETCH_ERROR_BAD_REDIRECT,
  FETCH_ERROR_BAD_ANSWER,
  FETCH_ERROR_TOO_LARGE,
  FETCH_ERROR_BAD_SETTING,
  FETCH_ERROR_FILE_EXISTS,
  FETCH_ERROR_CANNOT_SAVE,
  FETCH_ERROR_CANCELLED,
  FETCH_ERROR_FAILED,
} FetchError;

GQuark       fetch_error_quark (void);
GError      *fetch_error_new (FetchError code, const char *message, FetchResult *result);
GError      *fetch_error_new_for_result (FetchResult *result);
FetchResult *fetch_error_get_result (const GError *error);
void         fetch_error_set_curl_code (GError *error, int curl_code);
int          fetch_error_get_curl_code (const GError *error);

G_END_DECLS
