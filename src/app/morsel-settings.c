/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "app/morsel-settings.h"

#include <glib/gi18n.h>
#include <string.h>

/*
 * What a person has set, in the preferences or elsewhere: the GSettings of the program,
 * which can make a request that is as they say.
 *
 * Other programs can read settings. So there are no secrets among them: no password in
 * the address of the proxy server, and no header that is one. What is there all the same
 * is not used.
 */
struct _MorselSettings
{
  GSettings parent_instance;

  /* What each request needs, read once, and again after a change. */
  gboolean         is_read;
  guint            preview_bytes;
  gboolean         stops_after_preview;
  gint64           connect_timeout; /* these four in microseconds */
  gint64           stall_timeout;
  gint64           header_timeout;
  gint64           total_timeout;
  guint            min_speed;
  guint            max_redirects;
  FetchHttpVersion http_version;
  FetchIpVersion   ip_version;
  MorselProxyMode  proxy_mode;
  char            *proxy;
  GStrv            headers; /* only those that may be sent */
};

G_DEFINE_FINAL_TYPE (MorselSettings, morsel_settings, G_TYPE_SETTINGS)

static GSettingsSchema *
look_up (GSettingsSchemaSource *source)
{
  return source != NULL
             ? g_settings_schema_source_lookup (source, MORSEL_APPLICATION_ID, FALSE)
             : NULL;
}

static GSettingsSchema *
look_up_in (const char *folder)
{
  g_autoptr (GSettingsSchemaSource) source = g_settings_schema_source_new_from_directory (
      folder, g_settings_schema_source_get_default (), FALSE, NULL);

  return look_up (source);
}

/* A program that has not been installed has its schema in the folder that it was built
 * in; one may be installed as well, and be older. */
static GSettingsSchema *
look_up_where_it_was_built (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *program_folder = NULL;
  g_autofree char *folder = NULL;

  if (program == NULL)
    return NULL;

  program_folder = g_path_get_dirname (program);
  folder = g_build_filename (program_folder, "..", "..", "data", NULL);

  return look_up_in (folder);
}

/* GLib ends the process if there is none, so it is looked for before it is used. */
static GSettingsSchema *
find_schema (void)
{
  GSettingsSchema *schema = look_up_where_it_was_built ();

  if (schema == NULL)
    schema = look_up (g_settings_schema_source_get_default ());
  /* Whoever installs to a place of their own may not have told GLib of it. */
  if (schema == NULL)
    schema = look_up_in (MORSEL_SCHEMA_DIR);

  return schema;
}

/* Returns a time without end for none. */
static gint64
read_time (MorselSettings *self, const char *key)
{
  guint seconds = g_settings_get_uint (G_SETTINGS (self), key);

  return seconds > 0 ? seconds * G_TIME_SPAN_SECOND : G_MAXINT64;
}

static void
read_headers (MorselSettings *self)
{
  g_auto (GStrv) fields = g_settings_get_strv (G_SETTINGS (self), "headers");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (gsize i = 0; fields[i] != NULL; i++)
    if (morsel_settings_check_header (fields[i], NULL))
      g_strv_builder_add (builder, fields[i]);

  g_strfreev (self->headers);
  self->headers = g_strv_builder_end (builder);
}

static void
read_all (MorselSettings *self)
{
  GSettings *settings = G_SETTINGS (self);

  self->preview_bytes = g_settings_get_uint (settings, "preview-bytes");
  self->stops_after_preview = g_settings_get_boolean (settings, "stop-after-preview");
  self->connect_timeout = read_time (self, "connect-timeout");
  self->stall_timeout = read_time (self, "stall-timeout");
  self->header_timeout = read_time (self, "header-timeout");
  self->total_timeout = read_time (self, "total-timeout");
  self->min_speed = g_settings_get_uint (settings, "min-speed");
  self->max_redirects = g_settings_get_uint (settings, "max-redirects");
  self->http_version = g_settings_get_enum (settings, "http-version");
  self->ip_version = g_settings_get_enum (settings, "ip-version");
  self->proxy_mode = g_settings_get_enum (settings, "proxy-mode");
  g_free (self->proxy);
  self->proxy = g_settings_get_string (settings, "proxy");
  read_headers (self);
  self->is_read = TRUE;
}

/* Nobody is asked instead of a proxy server that is not known: that it is to be used may
 * have its reasons. */
static gboolean
set_proxy (MorselSettings *self, FetchRequest *request, GError **error)
{
  switch (self->proxy_mode)
    {
    case MORSEL_PROXY_SYSTEM:
      return TRUE;
    case MORSEL_PROXY_NONE:
      return fetch_request_set_proxy (request, "", error);
    case MORSEL_PROXY_MANUAL:
      break;
    }

  if (morsel_settings_check_proxy (self->proxy, NULL))
    return fetch_request_set_proxy (request, self->proxy, error);

  g_set_error_literal (error, FETCH_ERROR, FETCH_ERROR_BAD_SETTING,
                       _ ("Fetches are to go through a proxy server, but its address is "
                          "missing. Type it in the preferences, or choose another "
                          "proxy setting there."));

  return FALSE;
}

static gboolean
morsel_settings_change_event (GSettings *settings, const GQuark *keys, int n_keys)
{
  /* Before anybody is told, and wants a request. */
  MORSEL_SETTINGS (settings)->is_read = FALSE;

  return G_SETTINGS_CLASS (morsel_settings_parent_class)
      ->change_event (settings, keys, n_keys);
}

static void
morsel_settings_finalize (GObject *object)
{
  MorselSettings *self = MORSEL_SETTINGS (object);

  g_free (self->proxy);
  g_strfreev (self->headers);

  G_OBJECT_CLASS (morsel_settings_parent_class)->finalize (object);
}

static void
morsel_settings_class_init (MorselSettingsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = morsel_settings_finalize;
  G_SETTINGS_CLASS (klass)->change_event = morsel_settings_change_event;
}

static void
morsel_settings_init (MorselSettings *self G_GNUC_UNUSED)
{
}

/**
 * morsel_settings_new:
 * @error: where to put a sentence that says what is missing
 *
 * Returns: (transfer full) (nullable): the settings; %NULL if their schema is nowhere
 */
MorselSettings *
morsel_settings_new (GError **error)
{
  g_autoptr (GSettingsSchema) schema = find_schema ();

  if (schema != NULL)
    return g_object_new (MORSEL_TYPE_SETTINGS, "settings-schema", schema, NULL);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               /* Translators: %s is the name of a file. */
               _ ("A part of the program is missing: %s.gschema.xml. Install it again."),
               MORSEL_APPLICATION_ID);

  return NULL;
}

/**
 * morsel_settings_apply:
 * @self: settings
 * @request: what to fetch
 * @error: where to put a sentence that says what is wrong with the settings
 *
 * Lets @request be fetched as the settings say.
 *
 * Returns: whether that is possible
 */
gboolean
morsel_settings_apply (MorselSettings *self, FetchRequest *request, GError **error)
{
  g_return_val_if_fail (MORSEL_IS_SETTINGS (self), FALSE);

  if (!self->is_read)
    read_all (self);

  fetch_request_set_preview_size (request, self->preview_bytes);
  fetch_request_set_body_use (request, self->stops_after_preview ? FETCH_BODY_PEEK
                                                                 : FETCH_BODY_COUNT);
  fetch_request_set_connect_timeout (request, self->connect_timeout);
  fetch_request_set_stall_timeout (request, self->stall_timeout);
  fetch_request_set_header_timeout (request, self->header_timeout);
  fetch_request_set_total_timeout (request, self->total_timeout);
  fetch_request_set_min_speed (request, self->min_speed);
  fetch_request_set_max_redirects (request, self->max_redirects);
  fetch_request_set_http_version (request, self->http_version);
  fetch_request_set_ip_version (request, self->ip_version);
  for (gsize i = 0; self->headers[i] != NULL; i++)
    fetch_request_add_header (request, self->headers[i], NULL);

  return set_proxy (self, request, error);
}

static void
set_limits (MorselSettings *self, const char *key G_GNUC_UNUSED, gpointer session)
{
  GSettings *settings = G_SETTINGS (self);

  fetch_session_set_limits (session, g_settings_get_uint (settings, "jobs"),
                            g_settings_get_uint (settings, "jobs-per-host"));
}

static void
set_delay (MorselSettings *self, const char *key G_GNUC_UNUSED, gpointer session)
{
  fetch_session_set_delay (session, g_settings_get_uint (G_SETTINGS (self), "delay") *
                                        G_TIME_SPAN_MILLISECOND);
}

/**
 * morsel_settings_bind_session:
 * @self: settings
 * @session: what to fetch with
 *
 * Lets as many fetches run at once as the settings say, and as often from the same host,
 * now and when they change.
 */
void
morsel_settings_bind_session (MorselSettings *self, FetchSession *session)
{
  g_return_if_fail (MORSEL_IS_SETTINGS (self));
  g_return_if_fail (FETCH_IS_SESSION (session));

  g_signal_connect_object (self, "changed::jobs", G_CALLBACK (set_limits), session, 0);
  g_signal_connect_object (self, "changed::jobs-per-host", G_CALLBACK (set_limits),
                           session, 0);
  g_signal_connect_object (self, "changed::delay", G_CALLBACK (set_delay), session, 0);
  set_limits (self, NULL, session);
  set_delay (self, NULL, session);
}

/**
 * morsel_settings_check_proxy:
 * @proxy: what may be the address of a proxy server
 * @error: where to put a sentence that says what is wrong with it
 *
 * Returns: whether it is one, and may be a setting
 */
gboolean
morsel_settings_check_proxy (const char *proxy, GError **error)
{
  g_return_val_if_fail (proxy != NULL, FALSE);

  if (strchr (proxy, '@') == NULL)
    return fetch_request_check_proxy (proxy, error);

  g_set_error_literal (error, FETCH_ERROR, FETCH_ERROR_BAD_SETTING,
                       _ ("A user name or a password can’t be kept here, as other "
                          "programs could read it. The system’s proxy settings have a "
                          "place for it."));

  return FALSE;
}

/**
 * morsel_settings_check_header:
 * @field: what may be a header field
 * @error: where to put a sentence that says what is wrong with it
 *
 * Returns: whether it is one, and may be a setting
 */
gboolean
morsel_settings_check_header (const char *field, GError **error)
{
  static const char *const secrets[] = { "Authorization", "Cookie",
                                         "Proxy-Authorization" };
  gsize                    length;

  g_return_val_if_fail (field != NULL, FALSE);

  if (!fetch_request_check_header (field, error))
    return FALSE;

  length = strcspn (field, ":");
  for (gsize i = 0; i < G_N_ELEMENTS (secrets); i++)
    if (length == strlen (secrets[i]) &&
        g_ascii_strncasecmp (field, secrets[i], length) == 0)
      {
        g_set_error (
            error, FETCH_ERROR, FETCH_ERROR_BAD_SETTING,
            /* Translators: %s is the name of a header. Keep “morsel --print”. */
            _ ("“%s” is a secret: every server would get it, and other programs "
               "could read it here. “morsel --print” can send it to one server."),
            secrets[i]);
        return FALSE;
      }

  return TRUE;
}
