/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "fetch/fetch-session.h"
#include "hostile-server.h"

/*
 * One way for a server to misbehave, and what must come of it. A new case is a few lines
 * in the table of its subject:
 *
 *   {
 *       .name = "length/negative",
 *       .server = { .answer = "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello" },
 *       .fails = TRUE,
 *       .code = FETCH_ERROR_BAD_ANSWER,
 *   },
 *
 * After each case, a good page is fetched from the same server in the same session: on
 * the connection that has seen the case, if the session keeps it.
 */
typedef struct
{
  const char      *name;
  HostileBehaviour server;

  /* What is asked for. Timeouts in milliseconds; 0: as usual. */
  const char      *scheme; /* NULL: http */
  gboolean         trusts_anybody;
  FetchHttpVersion http_version;
  gint64           connect_timeout;
  gint64           stall_timeout;
  gint64           header_timeout;
  gint64           total_timeout;
  guint            max_redirects;
  guint64          max_size;
  gboolean         peeks;
  gboolean         wants_no_bytes;
  gboolean         takes_any_speed;

  /* What must come of it. */
  gboolean    fails;
  FetchError  code;          /* if it fails */
  FetchError  or_code;       /* with another libcurl than Debian 12 has; 0: the same */
  const char *words;         /* in the message; NULL: any */
  int         status;        /* 0: there is none */
  const char *first_bytes;   /* NULL: not compared, and neither is the size */
  gsize       n_first_bytes; /* 0: it is a text */
  guint64     size;          /* 0: these are all */
  gboolean    is_incomplete;
  gint64      size_on_wire; /* 0: not compared */
  int         note;         /* a FetchDecodingNote */
  const char *charset;      /* of the preview, if it is text; NULL: not compared */
  const char *preview;      /* its text; NULL: not compared */
  gboolean    is_binary;
  guint       n_redirects;
  const char *url_ends_with;      /* NULL: not compared */
  gboolean    is_bounded;         /* what is watched is how much memory it takes */
  gint64 (*get_most_time) (void); /* and how long, in microseconds; NULL: not watched */
} HostileCase;

/* Bytes with NUL among them: of a behaviour, and of what is expected. */
#define HOSTILE_ANSWER(bytes) .answer = bytes, .size = sizeof (bytes) - 1
#define HOSTILE_FIRST_BYTES(bytes) \
  .first_bytes = bytes, .n_first_bytes = sizeof (bytes) - 1

#define HOSTILE_REPEAT_10(text) text text text text text text text text text text
#define HOSTILE_REPEAT_100(text) HOSTILE_REPEAT_10 (HOSTILE_REPEAT_10 (text))

/* Adds the cases of a table, each a test of its own. */
#define hostile_cases_add(subject, cases) \
  hostile_cases_add_n (subject, cases, G_N_ELEMENTS (cases))
void hostile_cases_add_n (const char *subject, const HostileCase *cases, gsize n_cases);

/* The tables. */
void hostile_body_add (void);
void hostile_connection_add (void);
void hostile_encoding_add (void);
void hostile_exchange_add (void);
void hostile_header_add (void);
void hostile_http2_add (void);
void hostile_idle_add (void);
void hostile_redirect_add (void);
void hostile_retry_add (void);
void hostile_save_add (void);
void hostile_secrets_add (void);
void hostile_tls_add (void);

/* What tests that are no table entry need, too. */
FetchRequest *hostile_request_new (const char *url);
FetchResult  *hostile_result_of (BackgroundCall *call);
FetchResult  *hostile_assert_fails (BackgroundCall *call, FetchError code);
void          hostile_assert_good (BackgroundCall *call);
void          hostile_assert_still_works (FetchSession  *session,
                                          HostileServer *server,
                                          const char    *scheme);
gboolean      hostile_is_under_valgrind (void);
