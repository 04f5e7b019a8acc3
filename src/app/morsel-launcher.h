/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MORSEL_TYPE_LAUNCHER (morsel_launcher_get_type ())

G_DECLARE_FINAL_TYPE (MorselLauncher, morsel_launcher, MORSEL, LAUNCHER, GApplication)

GApplication *morsel_launcher_new (char **arguments);

G_END_DECLS
