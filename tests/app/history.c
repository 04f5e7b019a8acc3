/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The list that comes back at the next start, whatever has become of its file. */

#include <curl/curl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../backgroundcall/gate.h"
#include "app/morsel-history-file.h"
#include "app/morsel-history.h"
#include "app/morsel-snapshot.h"
#include "fetching.h"

/* A history, and the list that it fills. */
typedef struct
{
  MorselHistory *history;
  GListStore    *fetches;
  guint          n_troubles;
  char          *trouble; /* the last one */
} Session;

static void
restored_cb (Session *session, guint position, GPtrArray *fetches)
{
  g_list_store_splice (session->fetches, position, 0, fetches->pdata, fetches->len);
}

static void
trouble_cb (Session *session, const char *title, const char *detail)
{
  session->n_troubles++;
  g_free (session->trouble);
  session->trouble = g_strdup_printf ("%s: %s", title, detail);
}

static Session *
session_new (Fetching *fetching, GListStore *fetches)
{
  g_autofree char *path = fetching_get_path (fetching, "history");
  Session         *self = g_new0 (Session, 1);

  self->fetches = fetches != NULL ? g_object_ref (fetches)
                                  : g_list_store_new (MORSEL_TYPE_FETCH);
  self->history = morsel_history_new (fetching->session, G_LIST_MODEL (self->fetches),
                                      path);
  g_signal_connect_swapped (self->history, "restored", G_CALLBACK (restored_cb), self);
  g_signal_connect_swapped (self->history, "trouble", G_CALLBACK (trouble_cb), self);

  return self;
}

/* As at the next start. */
static Session *
session_restore (Fetching *fetching)
{
  Session *self = session_new (fetching, NULL);

  morsel_history_restore (self->history);
  iterate_until (!morsel_history_is_busy (self->history));

  return self;
}

/* As at the end of the program. */
static void
session_end (Session *self)
{
  morsel_history_close (self->history);
  iterate_until (!morsel_history_is_busy (self->history));
  g_object_unref (self->history);
  g_object_unref (self->fetches);
  g_free (self->trouble);
  g_free (self);
}

static guint
count (Session *session)
{
  return g_list_model_get_n_items (G_LIST_MODEL (session->fetches));
}

static MorselFetch *
get (Session *session, guint position)
{
  g_autoptr (MorselFetch)
      fetch = g_list_model_get_item (G_LIST_MODEL (session->fetches), position);

  return fetch;
}

/* Writes the list as a program would that ends. */
static void
keep (Fetching *fetching)
{
  Session *session = session_new (fetching, fetching->fetches);

  morsel_history_set_enabled (session->history, TRUE);
  session_end (session);
}

static GVariant *
facts_of (MorselFetch *fetch)
{
  g_autoptr (MorselRecord) record = morsel_fetch_to_record (fetch);

  morsel_record_hide_secrets (record, FALSE);

  return g_variant_ref_sink (morsel_record_to_variant (record));
}

static void
assert_same (MorselFetch *one, MorselFetch *other)
{
  g_autoptr (GVariant) facts = facts_of (one);
  g_autoptr (GVariant) other_facts = facts_of (other);

  g_assert_cmpvariant (facts, other_facts);
  g_assert_cmpstr (morsel_fetch_get_address (one), ==, morsel_fetch_get_address (other));
  g_assert_cmpint (morsel_fetch_get_state (one), ==, morsel_fetch_get_state (other));
  g_assert_cmpint (morsel_fetch_can_retry (one), ==, morsel_fetch_can_retry (other));
}

static void
add_some (Fetching *fetching)
{
  g_autoptr (FetchRequest) nobody = fetch_request_new ("http://127.0.0.1:1/", NULL);
  g_autoptr (FetchRequest) special = fetching_new_request (fetching, "/echo");
  g_autoptr (GError)
      error = g_error_new_literal (FETCH_ERROR, FETCH_ERROR_BAD_ADDRESS, "It is none.");
  g_autoptr (MorselFetch) invalid = morsel_fetch_new_invalid ("?", error);

  fetch_request_add_header (special, "Accept-Language: de", NULL);
  fetch_request_set_preview_size (special, 7);
  fetch_request_set_max_redirects (special, 3);
  fetching_add_path (fetching, "/echo");
  fetching_add_path (fetching, "/no-such-page");
  fetching_add_path (fetching, "/cookie");
  fetching_add (fetching, nobody);
  fetching_add (fetching, special);
  g_list_store_append (fetching->fetches, invalid);
}

static void
test_list_comes_back (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  Session *session;

  add_some (fetching);
  keep (fetching);
  session = session_restore (fetching);

  g_assert_cmpuint (session->n_troubles, ==, 0);
  g_assert_cmpuint (count (session), ==, 6);
  for (guint i = 0; i < count (session); i++)
    {
      g_autoptr (MorselFetch)
          kept = g_list_model_get_item (G_LIST_MODEL (fetching->fetches), i);

      assert_same (get (session, i), kept);
    }

  session_end (session);
}

static void
test_restored_fetch_can_be_retried (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest) request = fetching_new_request (fetching, "/echo");
  Session         *session;
  MorselFetch     *fetch;
  g_autofree char *text = NULL;
  GBytes          *bytes;

  fetch_request_add_header (request, "Accept-Language: de", NULL);
  fetching_add (fetching, request);
  keep (fetching);
  session = session_restore (fetching);
  fetch = get (session, 0);

  morsel_fetch_retry (fetch);
  iterate_until (morsel_fetch_get_state (fetch) == MORSEL_FETCH_DONE);
  bytes = fetch_result_get_first_bytes (morsel_fetch_get_result (fetch));
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_nonnull (strstr (text, "Accept-Language: de"));

  session_end (session);
}

static void
test_running_fetch_comes_back_to_be_retried (Fetching     *fetching,
                                             gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = fetching_get_path (fetching, "history");
  g_autoptr (MorselFetch) running = morsel_fetch_new (
      fetching->session, fetching_new_request (fetching, "/silence"));
  g_autoptr (MorselFetch) restored = NULL;
  g_autoptr (MorselHistoryContent) content = NULL;
  Session *session = session_new (fetching, fetching->fetches);

  g_list_store_append (fetching->fetches, running);
  morsel_history_set_enabled (session->history, TRUE);
  morsel_history_save (session->history);
  iterate_until (g_file_test (path, G_FILE_TEST_EXISTS));

  content = morsel_history_file_read (path);
  g_assert_cmpuint (content->records->len, ==, 1);
  restored = morsel_fetch_new_from_record (fetching->session,
                                           g_ptr_array_steal_index (content->records, 0));
  g_assert_cmpint (morsel_fetch_get_state (restored), ==, MORSEL_FETCH_CANCELLED);
  g_assert_true (morsel_fetch_can_retry (restored));

  morsel_fetch_cancel (running);
  iterate_until (morsel_fetch_get_state (running) != MORSEL_FETCH_RUNNING);
  session_end (session);
}

static char *
read_whole (Fetching *fetching, gsize *size)
{
  g_autofree char *path = fetching_get_path (fetching, "history");
  g_autoptr (GError) error = NULL;
  char *content;

  g_file_get_contents (path, &content, size, &error);
  g_assert_no_error (error);

  return content;
}

static void
write_whole (Fetching *fetching, const char *content, gsize size)
{
  g_autofree char *path = fetching_get_path (fetching, "history");
  g_autoptr (GError) error = NULL;

  /* Over and over, so it does not wait for the disk. */
  g_unlink (path);
  g_file_set_contents_full (path, content, size, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

/* As the window does, if what is typed is no address. */
static void
add_bad (Fetching *fetching, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FetchRequest) request = fetch_request_new (text, &error);
  g_autoptr (MorselFetch) invalid = morsel_fetch_new_invalid (text, error);

  g_assert_null (request);
  g_list_store_append (fetching->fetches, invalid);
}

static void
test_secrets_are_not_kept (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const secrets[] = { "swordfish", "dG9tOnN3b3JkZmlzaA", "=good" };
  g_autoptr (FetchRequest) basic = fetching_new_request (fetching, "/echo");
  g_autoptr (FetchRequest) cookie = fetching_new_request (fetching, "/echo");
  g_autofree char *content = NULL;
  gsize            size;
  Session         *session;

  fetch_request_set_basic_auth (basic, "tom", "swordfish");
  fetch_request_add_header (cookie, "Cookie: a=swordfish", NULL);
  fetching_add (fetching, basic);
  fetching_add (fetching, cookie);
  fetching_add_path (fetching, "/cookie");
  add_bad (fetching, "https://tom:swordfish@example.org:99999/");
  keep (fetching);
  content = read_whole (fetching, &size);
  for (gsize i = 0; i < G_N_ELEMENTS (secrets); i++)
    g_assert_null (memmem (content, size, secrets[i], strlen (secrets[i])));

  session = session_restore (fetching);
  g_assert_cmpuint (count (session), ==, 4);
  for (guint i = 0; i < 3; i++)
    {
      gboolean lacks = i < 2;

      g_assert_cmpint (morsel_fetch_get_state (get (session, i)), ==, MORSEL_FETCH_DONE);
      g_assert_cmpint (morsel_fetch_lacks_secrets (get (session, i)), ==, lacks);
      g_assert_cmpint (morsel_fetch_can_retry (get (session, i)), ==, !lacks);
    }
  session_end (session);
}

/* In an address, they are kept only if that was chosen. */
static void
test_tokens_are_kept_if_chosen (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  static const char token[] = "Velvet-Anchor-42";

  fetching_add_path (fetching, "/echo?access_token=Velvet-Anchor-42&b=c");

  for (int keeps = 0; keeps < 2; keeps++)
    {
      g_autofree char *content = NULL;
      gsize            size;
      Session         *session = session_new (fetching, fetching->fetches);
      MorselFetch     *fetch;

      morsel_history_set_enabled (session->history, TRUE);
      morsel_history_set_keeps_tokens (session->history, keeps);
      session_end (session);
      content = read_whole (fetching, &size);
      g_assert_cmpint (memmem (content, size, token, strlen (token)) != NULL, ==, keeps);

      session = session_restore (fetching);
      g_assert_cmpuint (count (session), ==, 1);
      fetch = get (session, 0);
      g_assert_cmpint (morsel_fetch_lacks_secrets (fetch), ==, !keeps);
      g_assert_cmpint (morsel_fetch_can_retry (fetch), ==, keeps);
      g_assert_cmpint (strstr (morsel_fetch_get_address (fetch), token) != NULL, ==,
                       keeps);
      g_assert_nonnull (strstr (morsel_fetch_get_address (fetch), "&b=c"));
      session_end (session);
    }

  /* They had been kept; at the end of a session without that choice they are gone. */
  {
    g_autofree char *content = NULL;
    gsize            size;

    content = read_whole (fetching, &size);
    g_assert_null (memmem (content, size, token, strlen (token)));
  }
}

static void
test_file_is_for_its_owner_only (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = fetching_get_path (fetching, "history");
  GStatBuf         status;

  fetching_add_path (fetching, "/echo");
  keep (fetching);

  g_assert_no_errno (g_stat (path, &status));
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

static guint
count_files (Fetching *fetching, const char *part)
{
  g_autoptr (GDir) folder = g_dir_open (fetching->folder, 0, NULL);
  const char *name;
  guint       n_files = 0;

  while ((name = g_dir_read_name (folder)) != NULL)
    if (strstr (name, part) != NULL)
      n_files++;

  return n_files;
}

/* It is not in the way any more, and not lost. */
static void
assert_set_aside (Fetching *fetching, const char *content, gsize size)
{
  g_autofree char *path = fetching_get_path (fetching, "history");
  g_autofree char *aside = fetching_get_path (fetching, "history.damaged-1");
  g_autofree char *kept = NULL;
  gsize            kept_size;

  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_get_contents (aside, &kept, &kept_size, NULL));
  g_assert_cmpmem (kept, kept_size, content, size);
  g_assert_no_errno (g_unlink (aside));
}

static void
assert_damaged (Fetching *fetching, const char *content, gsize size)
{
  g_autofree char *path = fetching_get_path (fetching, "history");
  g_autoptr (MorselHistoryContent) found = NULL;

  write_whole (fetching, content, size);
  found = morsel_history_file_read (path);
  g_assert_nonnull (found->trouble);
  g_assert_nonnull (strstr (found->detail, "history.damaged-1"));
  g_assert_false (found->is_foreign);
  assert_set_aside (fetching, content, size);
}

static void
test_every_truncation_is_set_aside (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *content = NULL;
  gsize            size;

  fetching_add_path (fetching, "/cookie");
  keep (fetching);
  content = read_whole (fetching, &size);

  for (gsize length = 0; length < size; length++)
    assert_damaged (fetching, content, length);
}

/* But for the digits of the version: a newer one is not damaged. */
static void
test_every_flipped_byte_is_set_aside (Fetching     *fetching,
                                      gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *content = NULL;
  gsize            size;

  fetching_add_path (fetching, "/cookie");
  keep (fetching);
  content = read_whole (fetching, &size);

  for (gsize i = 0; i < size; i++)
    {
      content[i] ^= 0xff;
      assert_damaged (fetching, content, size);
      content[i] ^= 0xff;
    }
}

/* Whoever makes one up can compute a checksum, too. */
static void
sign (char *content, gsize size)
{
  g_autofree char *checksum = g_compute_checksum_for_data (
      G_CHECKSUM_SHA256, (guchar *) content + 88, size - 88);

  memcpy (content + 23, checksum, 64);
}

static void
use (MorselRecord *record, Fetching *fetching)
{
  g_autoptr (MorselFetch)
      fetch = morsel_fetch_new_from_record (fetching->session, record);
  FetchResult *result = morsel_fetch_get_result (fetch);

  g_assert_nonnull (morsel_fetch_get_address (fetch));
  g_assert_true (g_utf8_validate (morsel_fetch_get_address (fetch), -1, NULL));
  g_assert_true (morsel_fetch_get_error (fetch) != NULL || result != NULL);
  if (result == NULL)
    return;

  g_assert_cmpint (fetch_result_get_duration (result), >=, 0);
  g_assert_nonnull (fetch_result_get_first_bytes (result));
  g_assert_nonnull (fetch_result_get_url (result));
  for (guint i = 0; i < fetch_result_get_n_hops (result); i++)
    g_assert_nonnull (fetch_result_get_hop (result, i).status_line);
}

/* A file that was made up may say anything, and does no harm. */
static void
test_made_up_files_do_no_harm (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  static const guchar flips[] = { 0xff, 0x01 };
  g_autofree char    *path = fetching_get_path (fetching, "history");
  g_autofree char    *content = NULL;
  gsize               size;

  fetching_add_path (fetching, "/cookie");
  keep (fetching);
  content = read_whole (fetching, &size);

  for (gsize i = 88; i < size; i++)
    for (gsize k = 0; k < G_N_ELEMENTS (flips); k++)
      {
        g_autoptr (MorselHistoryContent) found = NULL;

        content[i] ^= flips[k];
        sign (content, size);
        write_whole (fetching, content, size);
        found = morsel_history_file_read (path);
        for (guint n = 0; n < found->records->len; n++)
          use (g_steal_pointer (&found->records->pdata[n]), fetching);
        if (found->trouble != NULL)
          assert_set_aside (fetching, content, size);
        content[i] ^= flips[k];
      }
}

/* What is whole of a damaged file comes back; and both files stay apart. */
static void
test_damaged_file_is_said_and_not_lost (Fetching     *fetching,
                                        gconstpointer data G_GNUC_UNUSED)
{
  Session *session;

  write_whole (fetching, "nonsense", 8);
  session = session_restore (fetching);
  g_assert_cmpuint (session->n_troubles, ==, 1);
  g_assert_cmpuint (count (session), ==, 0);
  g_list_store_append (session->fetches, fetching_add_path (fetching, "/echo"));
  session_end (session);
  g_assert_cmpuint (count_files (fetching, "damaged"), ==, 1);

  session = session_restore (fetching);
  g_assert_cmpuint (session->n_troubles, ==, 0);
  g_assert_cmpuint (count (session), ==, 1);
  session_end (session);

  /* The next one does not replace the first. */
  write_whole (fetching, "more nonsense", 13);
  session_end (session_restore (fetching));
  g_assert_cmpuint (count_files (fetching, "damaged"), ==, 2);
}

static void
test_newer_version_is_left_alone (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *content = g_strdup_printf ("MORSEL-HISTORY %07u %064d\nfuture", 2, 0);
  g_autofree char *after = NULL;
  gsize            size;
  Session         *session;

  write_whole (fetching, content, strlen (content));
  session = session_restore (fetching);
  g_assert_cmpuint (session->n_troubles, ==, 1);
  g_assert_nonnull (strstr (session->trouble, "newer"));
  g_list_store_append (session->fetches, fetching_add_path (fetching, "/echo"));
  morsel_history_save (session->history);
  session_end (session);

  after = read_whole (fetching, &size);
  g_assert_cmpmem (after, size, content, strlen (content));
}

static void
test_what_is_no_file_is_left_alone (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = fetching_get_path (fetching, "history");
  Session         *session;

  g_assert_no_errno (g_mkdir (path, 0700));
  session = session_restore (fetching);
  g_assert_cmpuint (session->n_troubles, ==, 1);
  session_end (session);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_DIR));
}

static void
test_no_permission (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = fetching_get_path (fetching, "history");
  Session         *session;

  if (geteuid () == 0)
    {
      g_test_skip ("root may read everything");
      return;
    }

  fetching_add_path (fetching, "/echo");
  keep (fetching);
  g_assert_no_errno (g_chmod (path, 0));
  session = session_restore (fetching);
  g_assert_cmpuint (session->n_troubles, ==, 1);
  g_assert_cmpuint (count (session), ==, 0);
  session_end (session);
  g_assert_cmpuint (count_files (fetching, "damaged"), ==, 0);
}

/* A limit for files is as good as a full disk. */
static void
test_full_disk_is_said_once (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize            size, size_after;
  struct rlimit    old_limit, limit;
  Session         *session;

  fetching_add_path (fetching, "/echo");
  keep (fetching);
  before = read_whole (fetching, &size);

  session = session_restore (fetching);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_no_errno (getrlimit (RLIMIT_FSIZE, &old_limit));
  limit = (struct rlimit){ 100, old_limit.rlim_max };
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &limit));
  g_list_store_append (session->fetches, fetching_add_path (fetching, "/echo"));
  morsel_history_save (session->history);
  iterate_until (session->n_troubles > 0);
  g_list_store_append (session->fetches, fetching_add_path (fetching, "/echo"));
  morsel_history_save (session->history);
  iterate_until (!morsel_history_is_busy (session->history));
  g_assert_cmpuint (session->n_troubles, ==, 1);
  after = read_whole (fetching, &size_after);
  g_assert_cmpmem (before, size, after, size_after);
  g_assert_cmpuint (count_files (fetching, ""), ==, 1);
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &old_limit));

  /* It is tried once more at the end. */
  session_end (session);
  session = session_restore (fetching);
  g_assert_cmpuint (count (session), ==, 3);
  session_end (session);
}

static void
test_change_is_written_after_a_while (Fetching     *fetching,
                                      gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = fetching_get_path (fetching, "history");
  Session         *session = session_restore (fetching);

  g_list_store_append (session->fetches, fetching_add_path (fetching, "/echo"));
  iterate_until (g_file_test (path, G_FILE_TEST_EXISTS));
  session_end (session);
}

/* A retry that has ended is a change, though the list is the same. */
static void
test_end_of_a_fetch_is_a_change (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize            size, size_after;
  Session         *session;

  fetching_add_path (fetching, "/echo");
  keep (fetching);
  before = read_whole (fetching, &size);
  session = session_restore (fetching);
  morsel_fetch_retry (get (session, 0));
  iterate_until (morsel_fetch_get_state (get (session, 0)) == MORSEL_FETCH_DONE);
  morsel_history_note_change (session->history);
  session_end (session);

  after = read_whole (fetching, &size_after);
  g_assert_true (size != size_after || memcmp (before, after, size) != 0);
}

static void
test_nothing_is_written_unless_it_is_wanted (Fetching     *fetching,
                                             gconstpointer data G_GNUC_UNUSED)
{
  Session *session = session_new (fetching, NULL);

  g_list_store_append (session->fetches, fetching_add_path (fetching, "/echo"));
  morsel_history_save (session->history);
  session_end (session);

  g_assert_cmpuint (count_files (fetching, ""), ==, 0);
}

static void
test_what_is_not_wanted_any_more_is_removed (Fetching     *fetching,
                                             gconstpointer data G_GNUC_UNUSED)
{
  Session *session;

  fetching_add_path (fetching, "/echo");
  keep (fetching);
  session = session_restore (fetching);
  morsel_history_set_enabled (session->history, FALSE);
  session_end (session);

  g_assert_cmpuint (count_files (fetching, ""), ==, 0);
}

/* Who closes the window while the list still comes back loses nothing of it. */
static void
test_closed_while_it_comes_back (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  Session *session;

  add_some (fetching);
  keep (fetching);
  session = session_new (fetching, NULL);
  morsel_history_restore (session->history);
  g_list_store_append (session->fetches, fetching_add_path (fetching, "/echo"));
  session_end (session);

  session = session_restore (fetching);
  g_assert_cmpuint (count (session), >=, 6);
  session_end (session);
}

static void
test_ten_thousand (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  Session         *session;
  g_autofree char *content = NULL;
  gsize            size;
  gint64           start, kept, largest = 0;

  fetching_fill (fetching, fetching_add_path (fetching, "/echo"), 9999);
  start = g_get_monotonic_time ();
  keep (fetching);
  kept = g_get_monotonic_time ();
  session = session_new (fetching, NULL);
  morsel_history_restore (session->history);
  while (morsel_history_is_busy (session->history))
    {
      gint64 before = g_get_monotonic_time ();

      g_assert_cmpint (before - kept, <, PATIENCE);
      if (g_main_context_iteration (NULL, FALSE))
        largest = MAX (largest, g_get_monotonic_time () - before);
      else
        g_usleep (100);
    }
  g_assert_cmpuint (count (session), ==, 10000);
  content = read_whole (fetching, &size);
  g_test_message ("10 000 fetches, %.1f MB: written in %.0f ms, back in %.0f ms, longest "
                  "turn of the main loop %.1f ms",
                  size / 1e6, (kept - start) / 1000.0,
                  (g_get_monotonic_time () - kept) / 1000.0, largest / 1000.0);
  session_end (session);
}

/* Of more than there is room for, the newest are kept. */
static void
test_size_is_bounded (Fetching *fetching, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (FetchRequest)
      large = fetching_new_request (fetching, "/large?bytes=3000000");
  g_autofree char *content = NULL;
  gsize            size;
  MorselFetch     *fetch;
  Session         *session;

  fetching_add_path (fetching, "/echo");
  fetch_request_set_preview_size (large, 3000000);
  fetch = fetching_add (fetching, large);
  for (int i = 0; i < 30; i++)
    g_list_store_append (fetching->fetches, fetch);
  fetching_add_path (fetching, "/no-such-page");
  keep (fetching);
  content = read_whole (fetching, &size);
  g_assert_cmpuint (size, <=, 64 * 1024 * 1024);

  session = session_restore (fetching);
  g_assert_cmpuint (session->n_troubles, ==, 0);
  g_assert_cmpuint (count (session), >, 10);
  g_assert_cmpuint (count (session), <, 30);
  g_assert_cmpint (morsel_fetch_get_state (get (session, count (session) - 1)), ==,
                   MORSEL_FETCH_REFUSED);
  session_end (session);
}

#define add(path, function) \
  g_test_add (path, Fetching, NULL, fetching_set_up, function, fetching_tear_down)

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  curl_global_init (CURL_GLOBAL_DEFAULT);

  add ("/history/list-comes-back", test_list_comes_back);
  add ("/history/restored-fetch-can-be-retried", test_restored_fetch_can_be_retried);
  add ("/history/running-fetch-comes-back-to-be-retried",
       test_running_fetch_comes_back_to_be_retried);
  add ("/history/secrets-are-not-kept", test_secrets_are_not_kept);
  add ("/history/tokens-are-kept-if-chosen", test_tokens_are_kept_if_chosen);
  add ("/history/file-is-for-its-owner-only", test_file_is_for_its_owner_only);
  add ("/history/every-truncation-is-set-aside", test_every_truncation_is_set_aside);
  add ("/history/every-flipped-byte-is-set-aside", test_every_flipped_byte_is_set_aside);
  add ("/history/made-up-files-do-no-harm", test_made_up_files_do_no_harm);
  add ("/history/damaged-file-is-said-and-not-lost",
       test_damaged_file_is_said_and_not_lost);
  add ("/history/newer-version-is-left-alone", test_newer_version_is_left_alone);
  add ("/history/what-is-no-file-is-left-alone", test_what_is_no_file_is_left_alone);
  add ("/history/no-permission", test_no_permission);
  add ("/history/full-disk-is-said-once", test_full_disk_is_said_once);
  add ("/history/change-is-written-after-a-while", test_change_is_written_after_a_while);
  add ("/history/end-of-a-fetch-is-a-change", test_end_of_a_fetch_is_a_change);
  add ("/history/nothing-is-written-unless-it-is-wanted",
       test_nothing_is_written_unless_it_is_wanted);
  add ("/history/what-is-not-wanted-any-more-is-removed",
       test_what_is_not_wanted_any_more_is_removed);
  add ("/history/closed-while-it-comes-back", test_closed_while_it_comes_back);
  add ("/history/ten-thousand", test_ten_thousand);
  add ("/history/size-is-bounded", test_size_is_bounded);

  status = g_test_run ();
  curl_global_cleanup ();

  return status;
}
