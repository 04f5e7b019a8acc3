/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <curl/curl.h>

#include "backgroundcall/background-change-list.h"
#include "fetch/fetch-decoder-private.h"
#include "fetch/fetch-file-private.h"
#include "fetch/fetch-progress.h"
#include "fetch/fetch-request-private.h"
#include "fetch/fetch-result-private.h"
#include "fetch/fetch-sockets-private.h"
#include "fetch/fetch-timings-private.h"
#include "fetch/fetch-tls-private.h"
#include "fetch/fetch-url.h"

G_BEGIN_DECLS

typedef struct _FetchTransfer FetchTransfer;
typedef struct _FetchIo       FetchIo;
typedef struct _FetchSchedule FetchSchedule;

/* Why we broke off an answer ourselves. */
typedef enum
{
  FETCH_BREAK_NONE,
  FETCH_BREAK_UNFIT_CONNECTION,
  FETCH_BREAK_HEADER_TOO_LARGE,
  FETCH_BREAK_BAD_LENGTH,
  FETCH_BREAK_OTHER_PART,
  FETCH_BREAK_CANNOT_DECODE,
  FETCH_BREAK_STALLED,
  FETCH_BREAK_HEADER_TIMEOUT,
  FETCH_BREAK_TOO_SLOW,
  FETCH_BREAK_UNPACKS_TO_TOO_MUCH,
  FETCH_BREAK_CANNOT_SAVE,
  FETCH_BREAK_OTHER_VERSION,
  FETCH_BREAK_REDIRECTED,
  FETCH_BREAK_ENOUGH,
  FETCH_BREAK_MAX_SIZE,
} FetchBreak;

/* What has arrived in one attempt: a chain of exchanges, each of which is a request and
 * its response, and all but the last of which are redirects. */
typedef struct
{
  FetchHops      *hops;
  FetchTls       *tls; /* of the last answer */
  GByteArray     *first_bytes;
  gsize           n_shown; /* of these, when they were shown last */
  guint64         size;
  gsize           header_size;
  gboolean        expects_status_line; /* and no field */
  gboolean        is_in_header;
  gboolean        has_coding;     /* the last answer, as its header says */
  gboolean        sets_cookies;   /* any of the answers */
  char           *content_length; /* of that, as it is said first; NULL if it is not */
  FetchConnection connection;     /* of the last request */
  guint64         n_moved;        /* bytes that had come when it was looked last */
  gint64          last_moved;     /* when that had changed */
  gint64          header_started; /* when it was asked for; 0: it is complete */
  gint64          speed_since;    /* the current period of the lowest speed; 0: none */
  guint64         speed_from;     /* bytes that had come by then */
  FetchBreak      broken_by_us;

  /* Of the body of the last response. */
  guint64           encoded_size;    /* the bytes that came: see size, too */
  FetchDecoder     *decoder;         /* NULL if they are taken as they come */
  FetchDecodingNote decoding_note;   /* without what the decoder says */
  gsize             n_decoded_early; /* what libcurl hands over again after a pause */
  gboolean          is_cut;          /* in the middle of a coding */

  /* Of the exchanges that are over. */
  guint              n_redirects;
  FetchTimeline      past; /* but for queued */
  struct curl_slist *cookies;
  gint64             ended;           /* when the last of them was over */
  GPtrArray         *withheld_fields; /* names of fields that stayed behind; or NULL */

  /* Of the exchange that is on its way. */
  FetchExchangeTimes times;
  gboolean           has_response; /* at least the status line of an interim one */
  char           *redirect_url; /* where the response leads, if that is to be followed */
  FetchUrlProblem redirect_problem; /* why it is not followed although it should be */
  gboolean        has_too_many_redirects;
  gint64          redirected_at; /* when the header of that was complete */
  gsize           skipped;       /* bytes of a body that nobody will see */
} FetchAnswer;

/* One fetch on its way: what the session asked for, and what the I/O thread makes of it.
 */
struct _FetchTransfer
{
  /* Any thread. */
  _Atomic (int)      ref_count;
  _Atomic (gboolean) is_urgent;
  BackgroundChange   news; /* it is new, cancelled or urgent, or its proxy is known */

  /* Written once, before the I/O thread knows of it. */
  FetchIo      *io;
  FetchRequest *request;
  gint64        asked;

  /* I/O thread only. */
  BackgroundPromise *promise; /* NULL when it is answered */
  char              *host;    /* scheme, host and port: whose connections it uses */
  GList              link;    /* in a queue of its host */
  GSequenceIter     *pause;   /* NULL unless it waits for its next attempt, or proxy */
  gint64             due;     /* when that ends */
  gboolean           is_known;
  gboolean           has_interim; /* something to show, which nobody has seen */
  gboolean           is_decoding_paused;
  gboolean           is_waiting;
  gboolean           waits_for_proxy;
  char   **system_proxies; /* empty ones for none; NULL for what the environment says */
  char    *origin_of_proxies;
  guint    n_dead_proxies; /* of these: they can't be reached */
  GError  *proxy_error;
  char    *target;          /* where a redirect has led; NULL at the start of the chain */
  gboolean has_left_origin; /* a redirect has led to another one, or back from there */
  CURL    *easy;            /* NULL unless it is running, or waits at a redirect */
  struct curl_slist *fields;
  FetchHandshake    *handshake;
  gboolean           is_fallback;
  gboolean           is_range_refused;
  gboolean           wants_new_connection;
  guint              n_resends; /* of the present exchange, on new connections */
  guint              n_attempts;
  gint64             started; /* this attempt */
  gint64             spent;   /* in attempts that failed, and in the pauses after them */
  guint              n_excused;  /* attempts that were refused together with others */
  gint64             held_until; /* by the host that has refused the last one */
  gint64             looked;     /* when its speed was looked at last, in this attempt */
  guint64            n_at_look;  /* bytes that had come by then */
  gint64             last_fast;  /* when it was not slow */
  gboolean           is_slow;    /* another one may start in its stead */
  FetchTimeline      past;       /* of attempts that failed, but for queued */
  FetchProgress      progress;
  FetchAnswer        answer;
  FetchFile         *file; /* NULL unless the body is saved */
  char  *entity; /* which version of the body is in the file; NULL if it has no name */
  gint64 expected_size;   /* of that version; -1 if the server does not say */
  GByteArray *kept_bytes; /* the first ones in the file, when its body is gone on with */
  guint64     wire_size_before; /* of the attempts whose bytes are in the file */
  gboolean    has_written;      /* to a stream, from which nothing can be taken back */
  int         stream_error;     /* why that failed: a number of errno; or 0 */
  gboolean    has_no_file_left; /* nor a socket, in this process */
  char        curl_detail[CURL_ERROR_SIZE];
};

/* Of a whole redirect chain. libcurl has a limit of its own, 300 KiB in a response, since
 * 8.3; with this one an older libcurl behaves the same, and the error says what it is. */
#define FETCH_MAX_HEADER_SIZE (256 * 1024)

/* As much as libcurl reads in one go: a large body wants few system calls, and a small
 * one touches no more of it than it needs. */
#define FETCH_RECEIVE_BUFFER (100 * 1024)

/* How long to wait for HTTPS where nobody said that there is any. */
#define FETCH_GUESS_TIMEOUT (5 * G_TIME_SPAN_SECOND)

FetchTransfer *fetch_transfer_new (FetchIo           *io,
                                   FetchRequest      *request,
                                   BackgroundPromise *promise);
FetchTransfer *fetch_transfer_ref (FetchTransfer *self);
void           fetch_transfer_unref (FetchTransfer *self);

/* What follows is for the I/O thread. */
int fetch_transfer_compare_due (gconstpointer a, gconstpointer b, gpointer user_data);
gboolean fetch_transfer_is_of_host (FetchTransfer *self, const char *url);
void     fetch_transfer_set_host (FetchTransfer *self, const char *url);
gboolean fetch_transfer_prepare (FetchTransfer *self);
void     fetch_transfer_begin_exchange (FetchTransfer *self);
gboolean fetch_transfer_should_resend (FetchTransfer *self, CURLcode code);
gboolean fetch_transfer_try_again (FetchTransfer *self, CURLcode code, gint64 *pause);
void     fetch_transfer_finish (FetchTransfer *self, CURLcode code);
void     fetch_transfer_finish_cancelled (FetchTransfer *self);
void     fetch_transfer_finish_without_proxy (FetchTransfer *self);
void     fetch_transfer_report_interim (FetchTransfer *self);

/* In fetch-transfer-options.c. */
const char *fetch_transfer_get_url (FetchTransfer *self);
const char *fetch_transfer_get_target (FetchTransfer *self);
const char *fetch_transfer_get_proxy (FetchTransfer *self);
gint64      fetch_transfer_get_connect_timeout (FetchTransfer *self);
gboolean    fetch_transfer_wants_range (FetchTransfer *self);
void        fetch_transfer_set_options (FetchTransfer *self);

/* In fetch-answer.c. */
void        fetch_answer_begin (FetchTransfer *self);
void        fetch_answer_listen (FetchTransfer *self);
void        fetch_answer_clear (FetchAnswer *self);
int         fetch_answer_get_status (FetchTransfer *self);
const char *fetch_answer_get_status_line (const FetchAnswer *self);
gboolean    fetch_answer_is_cut (FetchTransfer *self);

FetchDecodingNote fetch_answer_get_decoding_note (const FetchAnswer *self);

/* In fetch-redirect.c. */
void       fetch_redirect_read (FetchTransfer *self);
gboolean   fetch_redirect_is_read (FetchAnswer *answer);
FetchBreak fetch_redirect_skip_body (FetchTransfer *self, size_t length);
gboolean   fetch_redirect_has_shown_enough (FetchTransfer *self);
gboolean   fetch_redirect_takes_too_long (FetchTransfer *self);
void       fetch_redirect_end_exchange (FetchTransfer *self);
void       fetch_redirect_follow (FetchTransfer *self);

/* In fetch-learn.c. */
FetchResult  *fetch_learn (FetchTransfer *self);
FetchTimeline fetch_learn_past (FetchTransfer *self);

/* In fetch-retry.c. */
void     fetch_retry_tell_schedule (FetchTransfer *self,
                                    FetchSchedule *schedule,
                                    CURLcode       code);
gboolean fetch_retry_has_any_left (FetchTransfer *self);
gboolean fetch_retry_is_worth_it (FetchTransfer *self, CURLcode code, gint64 *pause);

/* In fetch-speed.c. */
void       fetch_speed_start_header (FetchTransfer *self);
void       fetch_speed_restart (FetchTransfer *self);
void       fetch_speed_end_header (FetchTransfer *self);
FetchBreak fetch_speed_check (FetchTransfer *self, guint64 n_received, gint64 now);
gboolean   fetch_speed_is_slow (FetchTransfer *self, gint64 now);

G_END_DECLS
