/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Longer addresses exist, but no server is known to need them. */
#define FETCH_URL_MAX_LENGTH 8192

/**
 * FetchUrlProblem:
 * @FETCH_URL_PROBLEM_NONE: none
 * @FETCH_URL_PROBLEM_INVALID: it is not a valid URL
 * @FETCH_URL_PROBLEM_SCHEME: its scheme is neither http nor https
 * @FETCH_URL_PROBLEM_USERINFO: it has a user name or a password, which are not sent
 *
 * Why a URL reference can't be followed.
 */
typedef enum
{
  FETCH_URL_PROBLEM_NONE,
  FETCH_URL_PROBLEM_INVALID,
  FETCH_URL_PROBLEM_SCHEME,
  FETCH_URL_PROBLEM_USERINFO,
} FetchUrlProblem;

gboolean fetch_url_parse (const char *text,
                          char      **url,
                          char      **fallback_url,
                          GError    **error);
char    *fetch_url_to_shown (const char *url, const char *text);
char    *fetch_url_get_origin (const char *url);
char    *fetch_url_resolve (const char      *base,
                            const char      *reference,
                            gsize            length,
                            FetchUrlProblem *problem);

G_END_DECLS
