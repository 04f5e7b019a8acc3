/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Longer addresses exist, but no server is known to need them. */
#define FETCH_URL_MAX_LENGTH 8192

typedef enum
{
  FETCH_URL_PROBLEM_NONE,
  FETCH_URL_PROBLEM_INVALID,
  FETCH_URL_PROBLEM_SCHEME,
  FETCH_URL_PROBLEM_USERINFO,
} FetchUrlProblem;

char    *fetch_url_resolve (const char      *base,
                            const char      *reference,
                            gsize            length,
                            FetchUrlProblem *problem);
gboolean fetch_url_parse (const char *text,
                          char      **url,
                          char      **fallback_url,
                          GError    **error);
char    *fetch_url_get_origin (const char *url);

G_END_DECLS
