/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <adwaita.h>

#include "app/morsel-window.h"

G_BEGIN_DECLS

#define MORSEL_TYPE_APPLICATION (morsel_application_get_type ())

G_DECLARE_FINAL_TYPE (MorselApplication,
                      morsel_application,
                      MORSEL,
                      APPLICATION,
                      AdwApplication)

MorselApplication *morsel_application_new (void);

gboolean morsel_application_show_demo (MorselApplication *self, GError **error);

G_END_DECLS
