/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "fetch/fetch-session.h"

G_BEGIN_DECLS

/* The values of the setting `proxy-mode`. */
typedef enum
{
  MORSEL_PROXY_SYSTEM,
  MORSEL_PROXY_NONE,
  MORSEL_PROXY_MANUAL,
} MorselProxyMode;

#define MORSEL_TYPE_SETTINGS (morsel_settings_get_type ())

G_DECLARE_FINAL_TYPE (MorselSettings, morsel_settings, MORSEL, SETTINGS, GSettings)

MorselSettings *morsel_settings_new (GError **error);

gboolean morsel_settings_apply (MorselSettings *self,
                                FetchRequest   *request,
                                GError        **error);
void     morsel_settings_bind_session (MorselSettings *self, FetchSession *session);

gboolean morsel_settings_check_proxy (const char *proxy, GError **error);
gboolean morsel_settings_check_header (const char *field, GError **error);

G_END_DECLS
