/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-curl-command.h"

#include <string.h>

#include "fetch/fetch-secrets.h"

/* The same fetch, as one would ask curl for it in a shell. */

/* What need not be quoted in any shell, and is easier to read so. */
static gboolean
is_plain (const char *text)
{
  for (const char *next = text; *next != '\0'; next++)
    if (!g_ascii_isalnum (*next) && strchr ("-_./:,@%+=", *next) == NULL)
      return FALSE;

  return *text != '\0' && *text != '=';
}

static void
add_word (GString *command, const char *word)
{
  g_autofree char *quoted = is_plain (word) ? g_strdup (word) : g_shell_quote (word);

  g_string_append_printf (command, " %s", quoted);
}

static void
add_option (GString *command, const char *option, const char *value)
{
  g_string_append_printf (command, " %s", option);
  add_word (command, value);
}

static void
add_number (GString *command, const char *option, guint number)
{
  g_string_append_printf (command, " %s %u", option, number);
}

/* In seconds. What is no whole number of them is rounded to milliseconds. */
static void
add_time (GString *command, const char *option, gint64 microseconds)
{
  char   text[G_ASCII_DTOSTR_BUF_SIZE];
  double seconds = MAX (microseconds / G_TIME_SPAN_MILLISECOND, 1) / 1000.0;

  g_string_append_printf (command, " %s %s", option,
                          g_ascii_formatd (text, sizeof text, "%.12g", seconds));
}

static void
add_bounds (GString *command, FetchRequest *request)
{
  gint64 stall_seconds = fetch_request_get_stall_timeout (request) / G_TIME_SPAN_SECOND;

  g_string_append (command, " --location");
  add_option (command, "--proto-redir", "=http,https");
  add_number (command, "--max-redirs", fetch_request_get_max_redirects (request));
  add_time (command, "--connect-timeout", fetch_request_get_connect_timeout (request));
  add_time (command, "--max-time", fetch_request_get_total_timeout (request));
  g_string_append_printf (command, " --speed-limit %u --speed-time %" G_GINT64_FORMAT,
                          MAX (fetch_request_get_min_speed (request), 1),
                          MAX (stall_seconds, 1));
  if (fetch_request_get_max_retries (request) > 0)
    add_number (command, "--retry", fetch_request_get_max_retries (request));
}

static void
add_network (GString *command, FetchRequest *request)
{
  if (fetch_request_get_http_version (request) == FETCH_HTTP_VERSION_1_1)
    g_string_append (command, " --http1.1");
  if (fetch_request_get_http_version (request) == FETCH_HTTP_VERSION_2)
    g_string_append (command, " --http2");
  if (fetch_request_get_ip_version (request) == FETCH_IP_VERSION_4)
    g_string_append (command, " --ipv4");
  if (fetch_request_get_ip_version (request) == FETCH_IP_VERSION_6)
    g_string_append (command, " --ipv6");
  if (fetch_request_get_proxy (request) != NULL)
    add_option (command, "--proxy", fetch_request_get_proxy (request));
  if (!fetch_request_get_verifies_tls (request))
    g_string_append (command, " --insecure");
  if (fetch_request_get_ca_file (request) != NULL)
    add_option (command, "--cacert", fetch_request_get_ca_file (request));
}

/* curl takes “Name:” for one that is not to be sent, and “Name;” for an empty one. */
static void
add_header (GString *command, const char *field)
{
  gsize            name_length = strcspn (field, ":");
  g_autofree char *value = g_strstrip (g_strdup (field + name_length + 1));
  g_autofree char *empty = NULL;

  if (*value == '\0')
    empty = g_strdup_printf ("%.*s;", (int) name_length, field);
  add_option (command, "--header", empty != NULL ? empty : field);
}

static void
add_headers (GString *command, FetchRequest *request)
{
  const char *const *fields = fetch_request_get_headers (request);

  add_option (command, "--user-agent", fetch_request_get_user_agent (request));
  /* Cookies go from one answer of a redirect chain to the next. */
  add_option (command, "--cookie", "");
  for (; *fields != NULL; fields++)
    add_header (command, *fields);

  if (fetch_request_get_user (request) != NULL)
    {
      g_autofree char *both = g_strdup_printf ("%s:%s", fetch_request_get_user (request),
                                               fetch_request_get_password (request));

      g_string_append (command, " --basic");
      add_option (command, "--user", both);
    }
  else if (fetch_request_get_bearer_token (request) != NULL)
    add_option (command, "--oauth2-bearer", fetch_request_get_bearer_token (request));
}

static void
add_output (GString *command, const char *path)
{
  /* A dash alone would be the standard output. */
  g_autofree char *file = *path == '-' ? g_strconcat ("./", path, NULL) : g_strdup (path);

  add_option (command, "--output", file);
}

static void
add_body_use (GString *command, FetchRequest *request)
{
  gsize preview_size = fetch_request_get_preview_size (request);

  if (fetch_request_get_body_use (request) == FETCH_BODY_COUNT)
    g_string_append (command, " --compressed");
  else
    add_option (command, "--header", "Accept-Encoding: identity");

  if (fetch_request_get_method (request) == FETCH_METHOD_HEAD)
    g_string_append (command, " --head");
  else if (fetch_request_get_body_use (request) == FETCH_BODY_PEEK && preview_size > 0)
    g_string_append_printf (command, " --range 0-%" G_GSIZE_FORMAT, preview_size - 1);

  if (fetch_request_get_save_path (request) == NULL)
    return;
  if (!fetch_request_get_replaces (request))
    g_string_append (command, " --no-clobber");
  add_output (command, fetch_request_get_save_path (request));
}

/**
 * morsel_curl_command_for_request:
 * @request: a request
 *
 * Says the same to curl, for a POSIX shell. In the places of secrets there are words such
 * as `USER:PASSWORD`, for they would stay in the clipboard and in the shell's history.
 *
 * Returns: (transfer full) (type filename): a command on one line
 */
char *
morsel_curl_command_for_request (FetchRequest *request)
{
  g_autoptr (FetchRequest) harmless = NULL;
  GString *command;

  g_return_val_if_fail (request != NULL, NULL);

  harmless = fetch_request_copy_without_secrets (request);
  /* Brackets and braces in the address are meant as they are. */
  command = g_string_new ("curl --globoff");
  add_bounds (command, harmless);
  add_network (command, harmless);
  add_headers (command, harmless);
  add_body_use (command, harmless);
  add_word (command, fetch_request_get_url (harmless));

  return g_string_free (command, FALSE);
}
