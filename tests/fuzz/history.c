/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The list that was kept, which may have been damaged since, or made up: what is read
 * from it can be shown, and kept once more. */

#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/morsel-history-file.h"

/* As in the file, which this must not change without another version. */
#define HEADER_FORMAT "MORSEL-HISTORY 0000001 %s\n"

static GVariant *
keep (MorselRecord *record)
{
  return g_variant_ref_sink (morsel_record_to_variant (record));
}

static void
check_record (MorselRecord *record)
{
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GVariant) second = NULL;
  g_autoptr (MorselRecord) again = NULL;

  fuzz_assert_all_is_visible (record->address);
  if (record->error != NULL)
    fuzz_assert_all_is_visible (record->error->message);
  if (record->error == NULL)
    g_assert_nonnull (record->result);

  morsel_record_hide_secrets (record, FALSE);
  variant = keep (record);
  g_assert_true (g_variant_is_normal_form (variant));
  again = morsel_record_new_from_variant (variant);
  g_assert_nonnull (again);
  second = keep (again);
  g_assert_true (g_variant_equal (variant, second));
}

/* Whatever the bytes are, they are something of that type. */
static void
read_record (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GVariant) any = g_variant_ref_sink (g_variant_new_from_bytes (
      G_VARIANT_TYPE (MORSEL_RECORD_VARIANT_TYPE), bytes, FALSE));
  g_autoptr (GVariant) normal = g_variant_get_normal_form (any);
  g_autoptr (MorselRecord) record = morsel_record_new_from_variant (normal);

  if (record != NULL)
    check_record (record);
}

/* With a checksum that is right: the file is not damaged, it was made so. */
static void
read_file (const uint8_t *data, size_t size)
{
  g_autofree char *sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, size);
  g_autofree char *header = g_strdup_printf (HEADER_FORMAT, sum);
  int              fd = memfd_create ("history", MFD_CLOEXEC);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autoptr (MorselHistoryContent) content = NULL;

  g_assert_cmpint (write (fd, header, strlen (header)), ==, strlen (header));
  g_assert_cmpint (write (fd, data, size), ==, size);
  content = morsel_history_file_read (path);

  for (guint i = 0; i < content->records->len; i++)
    check_record (content->records->pdata[i]);
  g_assert_true ((content->trouble == NULL) == (content->detail == NULL));
  close (fd);
}

/* The input is a record, or a file without its first line. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  read_record (data, size);
  read_file (data, size);

  return 0;
}
