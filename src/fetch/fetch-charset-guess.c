/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-charset-private.h"

#include <string.h>

/*
 * In which character set a text is of which nobody says so: a guess by which bytes are
 * there, and how often. It is shown by its name. Too short a text is Windows-1252, as is
 * one in a language that is not known here; browsers take it for that, too.
 */

/* Fewer tell nothing. */
#define LEAST_CHARACTERS 6

static gboolean
is_text_in_utf16 (gunichar character)
{
  return g_unichar_isdefined (character) &&
         g_unichar_type (character) != G_UNICODE_PRIVATE_USE &&
         (!g_unichar_iscntrl (character) || g_unichar_isspace (character));
}

/* Whether all of it is characters that there are. One may be cut off at the end. */
static gboolean
can_be_utf16 (const guchar *bytes, gsize size, gboolean is_big_endian)
{
  for (gsize i = 0; i + 1 < size; i += 2)
    {
      gunichar unit = is_big_endian ? bytes[i] << 8 | bytes[i + 1]
                                    : bytes[i + 1] << 8 | bytes[i];

      /* Half of a character that needs two. */
      if (unit >= 0xd800 && unit <= 0xdfff)
        continue;
      if (!is_text_in_utf16 (unit))
        return FALSE;
    }

  return TRUE;
}

/* Any thread. Without a byte order mark, UTF-16 shows by its NULs: nearly all of them are
 * at even places, or at odd ones. There may be others, as in “😀”. NULL if it is none. */
const char *
fetch_charset_guess_wide (const char *bytes, gsize size, gboolean is_cut)
{
  gsize    n_nuls[2] = { 0, 0 };
  gboolean is_big_endian;

  /* Most texts have none. */
  if (size < 4 || memchr (bytes, '\0', size) == NULL)
    return NULL;

  for (gsize i = 0; i < size; i++)
    if (bytes[i] == '\0')
      n_nuls[i % 2]++;
  is_big_endian = n_nuls[0] > n_nuls[1];

  /* “a‹NUL›” may be anything. */
  if ((size % 2 != 0 && !is_cut) || n_nuls[!is_big_endian] <= 3 * n_nuls[is_big_endian] ||
      !can_be_utf16 ((const guchar *) bytes, size, is_big_endian))
    return NULL;

  return is_big_endian ? "UTF-16BE" : "UTF-16LE";
}

/* What two bytes are in a character set. */
typedef enum
{
  PAIR_IS_NONE,   /* they are no character */
  PAIR_IS_SYMBOL, /* they say nothing of the language */
  PAIR_IS_RARE,
  PAIR_IS_COMMON,
} Pair;

static Pair
look_at_shift_jis (guchar lead, guchar trail)
{
  if (!((lead >= 0x81 && lead <= 0x9f) || (lead >= 0xe0 && lead <= 0xfc)) ||
      trail < 0x40 || trail == 0x7f || trail > 0xfc)
    return PAIR_IS_NONE;
  if (lead == 0x81)
    return PAIR_IS_SYMBOL;

  /* Hiragana and katakana. */
  return (lead == 0x82 && trail >= 0x9f) || (lead == 0x83 && trail <= 0x96)
             ? PAIR_IS_COMMON
             : PAIR_IS_RARE;
}

static Pair
look_at_euc (guchar lead, guchar trail, guchar first_common, guchar last_common)
{
  if (lead < 0xa1 || lead == 0xff || trail < 0xa1 || trail == 0xff)
    return PAIR_IS_NONE;
  if (lead <= 0xa3)
    return PAIR_IS_SYMBOL;

  return lead >= first_common && lead <= last_common ? PAIR_IS_COMMON : PAIR_IS_RARE;
}

/* Hiragana and katakana. */
static Pair
look_at_euc_jp (guchar lead, guchar trail)
{
  return look_at_euc (lead, trail, 0xa4, 0xa5);
}

/* Hangul. */
static Pair
look_at_euc_kr (guchar lead, guchar trail)
{
  return look_at_euc (lead, trail, 0xb0, 0xc8);
}

/* The characters that every Chinese reader knows. */
static Pair
look_at_gb18030 (guchar lead, guchar trail)
{
  return look_at_euc (lead, trail, 0xb0, 0xd7);
}

static Pair
look_at_big5 (guchar lead, guchar trail)
{
  if (lead < 0xa1 || lead > 0xf9 || trail < 0x40 || (trail > 0x7e && trail < 0xa1) ||
      trail == 0xff)
    return PAIR_IS_NONE;
  if (lead <= 0xa3)
    return PAIR_IS_SYMBOL;

  return lead <= 0xc6 ? PAIR_IS_COMMON : PAIR_IS_RARE;
}

typedef struct
{
  const char *charset;
  Pair (*look_at) (guchar lead, guchar trail);
  guint    least_common; /* in percent of the characters that are no symbols */
  guint    least_narrow; /* of those whose second byte is ASCII */
  gboolean has_single;   /* high bytes that stand for themselves */
} DoubleByte;

/* Each before those whose common characters it shares: Korean has some of the Chinese
 * ones only, and Chinese text has all of them. */
static const DoubleByte double_bytes[] = {
  { "SHIFT_JIS", look_at_shift_jis, 30, 0, TRUE },
  { "EUC-JP", look_at_euc_jp, 30, 0, FALSE },
  { "EUC-KR", look_at_euc_kr, 95, 0, FALSE },
  { "GB18030", look_at_gb18030, 80, 0, FALSE },
  { "BIG5", look_at_big5, 80, 15, FALSE },
};

static gboolean
can_be_double_byte (const DoubleByte *self,
                    const guchar     *bytes,
                    gsize             size,
                    gboolean          is_cut)
{
  guint n_characters = 0;
  guint n_common = 0;
  guint n_narrow = 0;

  for (gsize i = 0; i < size; i++)
    {
      Pair pair;

      if (bytes[i] < 0x80)
        continue;
      if (self->has_single && bytes[i] >= 0xa1 && bytes[i] <= 0xdf)
        {
          n_characters++;
          continue;
        }
      if (i + 1 == size)
        {
          if (!is_cut)
            return FALSE;
          break;
        }

      pair = self->look_at (bytes[i], bytes[i + 1]);
      if (pair == PAIR_IS_NONE)
        return FALSE;
      i++;
      if (pair == PAIR_IS_SYMBOL)
        continue;
      n_characters++;
      n_common += pair == PAIR_IS_COMMON ? 1 : 0;
      n_narrow += bytes[i] < 0x80 ? 1 : 0;
    }

  return n_characters >= LEAST_CHARACTERS &&
         n_common * 100 >= n_characters * self->least_common &&
         n_narrow * 100 >= n_characters * self->least_narrow;
}

/* “о”, “а”, “и”, “т” and “е”: two of five letters in a Russian text. */
static const struct
{
  const char *charset;
  guchar      vowels[5];
} cyrillic[] = {
  { "WINDOWS-1251", { 0xee, 0xe0, 0xe8, 0xf2, 0xe5 } },
  { "KOI8-R", { 0xcf, 0xc1, 0xc9, 0xd4, 0xc5 } },
};

#define LEAST_VOWELS 30 /* in percent */

/* Whole words are of such letters; in the languages of Western Europe, they are alone
 * among others. */
static const char *
guess_cyrillic (const guchar *bytes, gsize size)
{
  guint n_high = 0;
  guint n_joined = 0;
  guint n_vowels[G_N_ELEMENTS (cyrillic)] = { 0 };

  for (gsize i = 0; i < size; i++)
    {
      if (bytes[i] < 0x80)
        continue;

      n_high++;
      n_joined += (i > 0 && bytes[i - 1] >= 0xc0) ||
                          (i + 1 < size && bytes[i + 1] >= 0xc0)
                      ? 1
                      : 0;
      for (gsize k = 0; k < G_N_ELEMENTS (cyrillic); k++)
        for (gsize v = 0; v < G_N_ELEMENTS (cyrillic[k].vowels); v++)
          n_vowels[k] += bytes[i] == cyrillic[k].vowels[v] ? 1 : 0;
    }

  if (n_high < LEAST_CHARACTERS || n_joined * 100 < n_high * 75)
    return NULL;
  for (gsize k = 0; k < G_N_ELEMENTS (cyrillic); k++)
    if (n_vowels[k] * 100 >= n_high * LEAST_VOWELS)
      return cyrillic[k].charset;

  return NULL;
}

/* Any thread. Of what can't be UTF-8. */
const char *
fetch_charset_guess_legacy (const char *bytes, gsize size, gboolean is_cut)
{
  const guchar *unsigned_bytes = (const guchar *) bytes;
  const char   *charset;

  for (gsize i = 0; i < G_N_ELEMENTS (double_bytes); i++)
    if (can_be_double_byte (&double_bytes[i], unsigned_bytes, size, is_cut))
      return double_bytes[i].charset;

  charset = guess_cyrillic (unsigned_bytes, size);

  return charset != NULL ? charset : "WINDOWS-1252";
}
