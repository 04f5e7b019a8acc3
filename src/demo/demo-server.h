/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define DEMO_TYPE_SERVER (demo_server_get_type ())

G_DECLARE_FINAL_TYPE (DemoServer, demo_server, DEMO, SERVER, GObject)

DemoServer *demo_server_new (GError **error);
char       *demo_server_get_url (DemoServer *self, const char *path);
GStrv       demo_server_get_demo_urls (DemoServer *self);

G_END_DECLS
