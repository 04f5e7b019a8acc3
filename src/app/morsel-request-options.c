/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-request-options.h"

#include <glib/gi18n.h>
#include <string.h>

#include "fetch/fetch-error.h"

/* How to fetch, on the command line: the settings of a request, for `morsel --print`. */

#define MOST_BYTES (16 * 1024 * 1024)
#define MOST_REDIRECTS 100
#define MOST_SECONDS 86400
#define MOST_SPEED 1000000000

static const GOptionEntry entries[] = {
  { "peek", 0, 0, G_OPTION_ARG_NONE, NULL,
    N_ ("Stop after the first bytes, and spare the rest"), NULL },
  { "bytes", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("How many bytes to show (500)"),
    N_ ("NUMBER") },
  { "head", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Ask for the headers only"), NULL },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, NULL,
    N_ ("Save the body in a file; “-” for standard output"), N_ ("FILE") },
  { "replace", 0, 0, G_OPTION_ARG_NONE, NULL,
    N_ ("Replace the file if there is one already"), NULL },
  { "header", 'H', 0, G_OPTION_ARG_STRING_ARRAY, NULL,
    N_ ("Send a header field, such as “Accept-Language: de”"),
    /* Translators: stands for a header field, in the list of options. */
    N_ ("FIELD") },
  { "user", 'u', 0, G_OPTION_ARG_STRING, NULL, N_ ("Send a user name and a password"),
    /* Translators: stand for a user name and a password, in the list of options. Keep the
       colon. */
    N_ ("NAME:PASSWORD") },
  { "bearer", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Send a token"),
    /* Translators: stands for a secret text, in the list of options. */
    N_ ("TOKEN") },
  { "timeout", 0, 0, G_OPTION_ARG_STRING, NULL,
    /* Translators: the number in parentheses is used if none is given. */
    N_ ("Total timeout (600; with --output, 86400)"),
    /* Translators: stands for a time in seconds, in the list of options. */
    N_ ("SECONDS") },
  { "connect-timeout", 0, 0, G_OPTION_ARG_STRING, NULL,
    N_ ("Give up if nobody can be reached for so many seconds (30)"), N_ ("SECONDS") },
  { "stall-timeout", 0, 0, G_OPTION_ARG_STRING, NULL,
    N_ ("Give up if nothing arrives for so many seconds (60)"), N_ ("SECONDS") },
  { "header-timeout", 0, 0, G_OPTION_ARG_STRING, NULL,
    N_ ("Response header timeout (120)"), N_ ("SECONDS") },
  { "min-speed", 0, 0, G_OPTION_ARG_STRING, NULL,
    N_ ("Minimum speed in bytes per second (10)"), N_ ("NUMBER") },
  { "redirects", 0, 0, G_OPTION_ARG_STRING, NULL, N_ ("Follow so many redirects (10)"),
    N_ ("NUMBER") },
  { "retry", 0, 0, G_OPTION_ARG_STRING, NULL,
    /* Translators: a fetch that failed is tried again, this many times. */
    N_ ("Try again so often what may well succeed then (0)"), N_ ("NUMBER") },
  { "proxy", 'x', 0, G_OPTION_ARG_STRING, NULL,
    N_ ("Use a proxy server; an empty one for none"),
    /* Translators: stands for the address of a proxy server, in the list of options. */
    N_ ("ADDRESS") },
  { "http1.1", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Speak HTTP/1.1"), NULL },
  { "http2", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Speak HTTP/2 where the server does"),
    NULL },
  { "ipv4", '4', 0, G_OPTION_ARG_NONE, NULL, N_ ("Use IPv4 only"), NULL },
  { "ipv6", '6', 0, G_OPTION_ARG_NONE, NULL, N_ ("Use IPv6 only"), NULL },
  { "ca-file", 0, 0, G_OPTION_ARG_FILENAME, NULL,
    N_ ("Trust the authorities in a file, in PEM format"), N_ ("FILE") },
  { "insecure", 'k', 0, G_OPTION_ARG_NONE, NULL,
    N_ ("Let servers answer that can’t prove who they are"), NULL },
  { NULL },
};

const GOptionEntry *
morsel_request_options_get_entries (void)
{
  return entries;
}

/* The first that was given, as its long name; NULL if none was. */
const char *
morsel_request_options_find (GVariantDict *options)
{
  for (const GOptionEntry *entry = entries; entry->long_name != NULL; entry++)
    if (g_variant_dict_contains (options, entry->long_name))
      return entry->long_name;

  return NULL;
}

/* Numbers are read here, and not by GApplication, to which a zero is as good as nothing.
 * Leaves the number as it is if there is no such option. */
gboolean
morsel_request_options_read_number (GVariantDict *options,
                                    const char   *name,
                                    guint         least,
                                    guint         most,
                                    guint        *number,
                                    GError      **error)
{
  g_autofree char *text = NULL;
  guint64          value;

  if (!g_variant_dict_lookup (options, name, "s", &text))
    return TRUE;

  if (g_ascii_string_to_unsigned (text, 10, least, most, &value, NULL))
    {
      *number = value;
      return TRUE;
    }

  g_set_error (error, FETCH_ERROR, FETCH_ERROR_BAD_SETTING,
               /* Translators: %s is the name of an option. */
               _ ("--%s wants a number from %u to %u."), name, least, most);

  return FALSE;
}

/* The same for a time in seconds, which is read in microseconds. */
gboolean
morsel_request_options_read_time (GVariantDict *options,
                                  const char   *name,
                                  gboolean      may_be_zero,
                                  gint64       *microseconds,
                                  GError      **error)
{
  g_autofree char *text = NULL;
  char            *end;
  double           seconds;

  if (!g_variant_dict_lookup (options, name, "s", &text))
    return TRUE;

  seconds = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0' ||
      !((may_be_zero ? seconds >= 0 : seconds > 0) && seconds <= MOST_SECONDS))
    {
      g_set_error (error, FETCH_ERROR, FETCH_ERROR_BAD_SETTING,
                   /* Translators: %s is the name of an option. */
                   _ ("--%s wants a time between 0 and 86400 seconds."), name);
      return FALSE;
    }

  *microseconds = MAX (seconds > 0 ? 1 : 0, seconds * G_TIME_SPAN_SECOND);

  return TRUE;
}

static gboolean
apply_time (GVariantDict *options,
            const char   *name,
            FetchRequest *request,
            void (*set_time) (FetchRequest *request, gint64 microseconds),
            GError **error)
{
  gint64 microseconds = 0;

  if (!morsel_request_options_read_time (options, name, FALSE, &microseconds, error))
    return FALSE;

  if (microseconds > 0)
    set_time (request, microseconds);

  return TRUE;
}

/* Where more time without any data is allowed than the header may take by default, it may
 * take as long. */
static gboolean
apply_header_timeout (GVariantDict *options, FetchRequest *request, GError **error)
{
  fetch_request_set_header_timeout (request,
                                    MAX (fetch_request_get_header_timeout (request),
                                         fetch_request_get_stall_timeout (request)));

  return apply_time (options, "header-timeout", request, fetch_request_set_header_timeout,
                     error);
}

static gboolean
apply_numbers (GVariantDict *options, FetchRequest *request, GError **error)
{
  guint bytes = FETCH_REQUEST_DEFAULT_PREVIEW_SIZE;
  guint redirects = fetch_request_get_max_redirects (request);
  guint retries = 0;
  guint speed = fetch_request_get_min_speed (request);

  if (!morsel_request_options_read_number (options, "bytes", 0, MOST_BYTES, &bytes,
                                           error) ||
      !morsel_request_options_read_number (options, "redirects", 0, MOST_REDIRECTS,
                                           &redirects, error) ||
      !morsel_request_options_read_number (options, "retry", 0,
                                           FETCH_REQUEST_MOST_RETRIES, &retries, error) ||
      !morsel_request_options_read_number (options, "min-speed", 0, MOST_SPEED, &speed,
                                           error))
    return FALSE;

  fetch_request_set_preview_size (request, bytes);
  fetch_request_set_max_redirects (request, redirects);
  fetch_request_set_max_retries (request, retries);
  fetch_request_set_min_speed (request, speed);

  return TRUE;
}

static gboolean
apply_headers (GVariantDict *options, FetchRequest *request, GError **error)
{
  g_auto (GStrv) fields = NULL;

  if (!g_variant_dict_lookup (options, "header", "^as", &fields))
    return TRUE;

  for (gsize i = 0; fields[i] != NULL; i++)
    if (!fetch_request_add_header (request, fields[i], error))
      {
        g_prefix_error (error, "--header: ");
        return FALSE;
      }

  return TRUE;
}

static gboolean
apply_secrets (GVariantDict *options, FetchRequest *request, GError **error)
{
  g_autofree char *user = NULL;
  g_autofree char *token = NULL;

  if (g_variant_dict_lookup (options, "user", "s", &user))
    {
      char *colon = strchr (user, ':');

      if (colon != NULL)
        *colon = '\0';
      fetch_request_set_basic_auth (request, user, colon != NULL ? colon + 1 : NULL);
    }
  if (g_variant_dict_lookup (options, "bearer", "s", &token) &&
      !fetch_request_set_bearer_token (request, token, error))
    {
      g_prefix_error (error, "--bearer: ");
      return FALSE;
    }

  return TRUE;
}

static gboolean
apply_network (GVariantDict *options, FetchRequest *request, GError **error)
{
  g_autofree char *proxy = NULL;
  g_autofree char *ca_file = NULL;

  if (g_variant_dict_contains (options, "http1.1"))
    fetch_request_set_http_version (request, FETCH_HTTP_VERSION_1_1);
  if (g_variant_dict_contains (options, "http2"))
    fetch_request_set_http_version (request, FETCH_HTTP_VERSION_2);
  if (g_variant_dict_contains (options, "ipv4"))
    fetch_request_set_ip_version (request, FETCH_IP_VERSION_4);
  if (g_variant_dict_contains (options, "ipv6"))
    fetch_request_set_ip_version (request, FETCH_IP_VERSION_6);
  if (g_variant_dict_contains (options, "insecure"))
    fetch_request_set_verifies_tls (request, FALSE);
  if (g_variant_dict_lookup (options, "ca-file", "^ay", &ca_file))
    fetch_request_set_ca_file (request, ca_file);

  if (g_variant_dict_lookup (options, "proxy", "s", &proxy) &&
      !fetch_request_set_proxy (request, proxy, error))
    {
      g_prefix_error (error, "--proxy: ");
      return FALSE;
    }

  return TRUE;
}

static void
apply_body_use (GVariantDict *options, FetchRequest *request)
{
  g_autofree char *path = NULL;

  if (g_variant_dict_contains (options, "head"))
    fetch_request_set_method (request, FETCH_METHOD_HEAD);
  if (g_variant_dict_contains (options, "peek"))
    fetch_request_set_body_use (request, FETCH_BODY_PEEK);
  if (g_variant_dict_lookup (options, "output", "^ay", &path))
    fetch_request_save_to (request, path, g_variant_dict_contains (options, "replace"));
}

/* Returns FALSE, and a sentence, if one of them is not valid. */
gboolean
morsel_request_options_apply (GVariantDict *options,
                              FetchRequest *request,
                              GError      **error)
{
  apply_body_use (options, request);

  return apply_secrets (options, request, error) &&
         apply_numbers (options, request, error) &&
         apply_time (options, "timeout", request, fetch_request_set_total_timeout,
                     error) &&
         apply_time (options, "connect-timeout", request,
                     fetch_request_set_connect_timeout, error) &&
         apply_time (options, "stall-timeout", request, fetch_request_set_stall_timeout,
                     error) &&
         apply_header_timeout (options, request, error) &&
         apply_headers (options, request, error) &&
         apply_network (options, request, error);
}
