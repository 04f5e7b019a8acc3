/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fetch/fetch-url-private.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <net/if.h>
#include <string.h>

/*
 * Host parser of the WHATWG URL standard (https://url.spec.whatwg.org/#host-parsing) for
 * http and https. Internationalized names become A-labels here, because libcurl converts
 * them by the locale's encoding: in the C locale it can't.
 */

#define ZERO_WIDTH_NON_JOINER 0x200c
#define ZERO_WIDTH_JOINER 0x200d

/* What libcurl (7.88 and 8.23) takes in a host name, except for the percent sign: fewer
 * characters than the standard. No name in the DNS of the web needs the others. */
static gboolean
is_host_character (char c)
{
  return (guchar) c > ' ' && (guchar) c < 0x7f &&
         strchr ("\"#$%&'()*+,/:;<=>?@[\\]^`{|}!", c) == NULL;
}

static gboolean
is_ascii (const char *text)
{
  for (; *text != '\0'; text++)
    if ((guchar) *text >= 0x80)
      return FALSE;

  return TRUE;
}

/* Returns the decoded bytes, or NULL if there is a NUL among them. */
static char *
percent_decode (const char *text, gsize length)
{
  GString *decoded = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++)
    if (text[i] == '%' && i + 2 < length && g_ascii_isxdigit (text[i + 1]) &&
        g_ascii_isxdigit (text[i + 2]))
      {
        g_string_append_c (decoded, (char) (g_ascii_xdigit_value (text[i + 1]) * 16 +
                                            g_ascii_xdigit_value (text[i + 2])));
        i += 2;
      }
    else
      g_string_append_c (decoded, text[i]);

  if (strlen (decoded->str) != decoded->len)
    {
      g_string_free (decoded, TRUE);
      return NULL;
    }

  return g_string_free (decoded, FALSE);
}

/* Returns whether @host has a character that UTS #46 maps otherwise in transitional
 * processing (ß, ς, the zero-width joiners), or that is written from right to left. */
static gboolean
needs_strict_rules (const char *host)
{
  for (const char *p = host; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == 0xdf || c == 0x3c2 || c == 0x200c || c == 0x200d ||
          (c >= 0x590 && c < 0x900) || (c >= 0xfb1d && c <= 0xfdff) ||
          (c >= 0xfe70 && c <= 0xfefc) || (c >= 0x10800 && c < 0x11000) ||
          (c >= 0x1e800 && c < 0x1f000))
        return TRUE;
    }

  return FALSE;
}

/* Converts by UTS #46, non-transitional, as browsers do, with the rules of IDNA 2008 for
 * joiners (CONTEXTJ) and for mixed directions. libidn2 refuses symbols then, which UTS
 * #46 allows (as in “i❤.ws”): they are converted in the other way, if it makes nothing
 * else of the name. */
static char *
to_ascii (const char *host)
{
  char *encoded = NULL;
  char *copy = NULL;
  int   code;

  if (is_ascii (host))
    return g_ascii_strdown (host, -1);

  if (!g_utf8_validate (host, -1, NULL))
    return NULL;

  code = idn2_to_ascii_8z (host, &encoded, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
  if (code == IDN2_DISALLOWED && !needs_strict_rules (host))
    code = idn2_to_ascii_8z (host, &encoded, IDN2_TRANSITIONAL | IDN2_NFC_INPUT);

  if (code == IDN2_OK)
    {
      copy = g_ascii_strdown (encoded, -1);
      idn2_free (encoded);
    }

  return copy;
}

/* Reads a decimal, hexadecimal (0x…) or octal (0…) number. One that is too large for an
 * address becomes G_MAXUINT64. */
static gboolean
read_ipv4_number (const char *text, guint64 *number)
{
  const char *digits = text;
  guint64     base = 10;

  if (*text == '\0')
    return FALSE;

  if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
    {
      base = 16;
      digits = text + 2;
    }
  else if (text[0] == '0' && text[1] != '\0')
    {
      base = 8;
      digits = text + 1;
    }

  *number = 0;
  for (; *digits != '\0'; digits++)
    {
      int value = g_ascii_xdigit_value (*digits);

      if (value < 0 || (guint64) value >= base)
        return FALSE;
      if (*number > G_MAXUINT32)
        *number = G_MAXUINT64;
      else
        *number = *number * base + (guint64) value;
    }

  return TRUE;
}

/* Splits at dots, without the empty part behind a dot at the end. */
static char **
split_host (const char *host)
{
  char **parts = g_strsplit (host, ".", -1);
  guint  n_parts = g_strv_length (parts);

  if (n_parts > 1 && *parts[n_parts - 1] == '\0')
    g_clear_pointer (&parts[n_parts - 1], g_free);

  return parts;
}

static gboolean
ends_in_number (char **parts)
{
  const char *last = parts[g_strv_length (parts) - 1];
  guint64     number;

  return *last != '\0' && (strspn (last, "0123456789") == strlen (last) ||
                           read_ipv4_number (last, &number));
}

static char *
parse_ipv4 (char **parts)
{
  guint   n_parts = g_strv_length (parts);
  guint64 numbers[4];
  guint32 address;

  if (n_parts > G_N_ELEMENTS (numbers))
    return NULL;

  for (guint i = 0; i < n_parts; i++)
    if (!read_ipv4_number (parts[i], &numbers[i]) ||
        (i + 1 < n_parts && numbers[i] > 255))
      return NULL;

  /* The last number fills all bytes that are left. */
  if (numbers[n_parts - 1] >= G_GUINT64_CONSTANT (1) << (8 * (5 - n_parts)))
    return NULL;

  address = (guint32) numbers[n_parts - 1];
  for (guint i = 0; i + 1 < n_parts; i++)
    address |= (guint32) numbers[i] << (8 * (3 - i));

  return g_strdup_printf ("%u.%u.%u.%u", address >> 24, address >> 16 & 255,
                          address >> 8 & 255, address & 255);
}

/* Returns the zone of a link-local address (RFC 6874), as in “fe80::1%25eth0”, or NULL if
 * there is none. The standard has none, but without one such a host can't be reached. */
static const char *
find_zone (const char *address)
{
  const char *zone = strstr (address, "%25");
  gsize       zone_length;

  if (zone == NULL || g_ascii_strncasecmp (address, "fe80:", strlen ("fe80:")) != 0)
    return NULL;

  for (const char *c = zone + strlen ("%25"); *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("-._~", *c) == NULL)
      return NULL;

  zone_length = strlen (zone) - strlen ("%25");

  return zone_length > 0 && zone_length < IF_NAMESIZE ? zone : NULL;
}

/* Writes the address as the standard does: the first of the longest runs of two or more
 * zeros is left out (RFC 5952), and no part is written in decimal. */
static char *
parse_ipv6 (const char *text, gsize length)
{
  g_autofree char *address = g_strndup (text, length);
  g_autofree char *zone = g_strdup (find_zone (address));
  GString         *host;
  guint8           bytes[16];
  guint16          pieces[8];
  int              run_start = -1;
  int              run_length = 1;

  if (strlen (address) != length)
    return NULL;
  if (zone != NULL)
    address[length - strlen (zone)] = '\0';
  if (inet_pton (AF_INET6, address, bytes) != 1)
    return NULL;

  for (int i = 0; i < 8; i++)
    pieces[i] = (guint16) (bytes[2 * i] << 8 | bytes[2 * i + 1]);

  for (int i = 0; i < 8; i++)
    {
      int n = 0;

      while (i + n < 8 && pieces[i + n] == 0)
        n++;
      if (n > run_length)
        {
          run_start = i;
          run_length = n;
        }
    }

  host = g_string_new ("[");
  for (int i = 0; i < 8; i++)
    if (i == run_start)
      {
        g_string_append (host, i == 0 ? "::" : ":");
        i += run_length - 1;
      }
    else
      g_string_append_printf (host, i < 7 ? "%x:" : "%x", pieces[i]);
  g_string_append_printf (host, "%s]", zone != NULL ? zone : "");

  return g_string_free (host, FALSE);
}

/* Returns the host as it stands in a normalized URL: an IPv4 address in four decimal
 * numbers, an IPv6 address in brackets, or a name in lower case with A-labels. NULL if it
 * is not valid. Thread-safe. */
char *
fetch_url_normalize_host (const char *text, gsize length)
{
  g_autofree char *decoded = NULL;
  g_autofree char *host = NULL;
  g_auto (GStrv) parts = NULL;

  if (length > 2 && text[0] == '[' && text[length - 1] == ']')
    return parse_ipv6 (text + 1, length - 2);

  decoded = percent_decode (text, length);
  host = decoded != NULL ? to_ascii (decoded) : NULL;
  if (host == NULL || *host == '\0')
    return NULL;

  for (const char *c = host; *c != '\0'; c++)
    if (!is_host_character (*c))
      return NULL;

  parts = split_host (host);
  if (ends_in_number (parts))
    return parse_ipv4 (parts);

  return g_steal_pointer (&host);
}
